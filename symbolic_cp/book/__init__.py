"""The book: proof scripts, their steps, and verdicts that are computed from proofs and counterexamples."""

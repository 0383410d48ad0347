"""The prover: untrusted search for proofs and counterexamples; the kernel checks whatever it finds."""

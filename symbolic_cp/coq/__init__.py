"""The third checker: a library in Coq whose checker is proved correct, and an exporter of proofs for it."""

"""Independent verification of proof certificates, sharing no code with the prover except the language definition."""

"""The proof that every possible situation gets exactly one verdict: errors, warnings, and the certificate."""

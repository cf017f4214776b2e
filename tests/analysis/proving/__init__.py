"""Proofs: their findings, mends, budgets and words."""

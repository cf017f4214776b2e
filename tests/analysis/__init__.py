"""Proofs, decisions, plans, differences, cases, tables."""

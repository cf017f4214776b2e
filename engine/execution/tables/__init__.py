"""Vectorized decisions for tables of records."""

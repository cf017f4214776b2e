"""Guarantees: from nodes to their values, and what is said of slips in them."""

"""Guarantees: their definition, and pairs of situations as the situations of one policy; outputs without a value."""

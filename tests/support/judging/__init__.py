"""Independent judges: brute force, z3, databases."""

"""A policy as SQL, run by databases."""

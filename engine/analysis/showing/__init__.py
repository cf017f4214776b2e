"""A policy as a decision table and as a picture."""

"""A policy as a decision table, as a table of its rules, and as a picture."""

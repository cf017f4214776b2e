"""A policy as a decision table."""

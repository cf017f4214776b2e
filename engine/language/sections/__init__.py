"""Readers for the sections of a policy file: nodes to `Policy`, with all problems collected."""

"""Outputs of rules, drawn for a policy."""

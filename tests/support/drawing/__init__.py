"""Hypothesis strategies: policies, records, tables, certificates and their alterations."""

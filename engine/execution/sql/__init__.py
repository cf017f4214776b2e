"""Policies compiled to SQL."""

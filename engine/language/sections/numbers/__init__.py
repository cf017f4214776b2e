"""Readers for derived numbers."""

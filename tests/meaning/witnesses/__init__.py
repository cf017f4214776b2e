"""Situations that show something without a search."""

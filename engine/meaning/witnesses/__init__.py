"""Situations that show something without a search: of one rule, and of conditions of any kind."""

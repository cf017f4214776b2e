"""Minimal edits of the author's text: entries of rules in YAML, and cells and rows of a table in CSV."""

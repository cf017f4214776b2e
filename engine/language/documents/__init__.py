"""Bytes to nodes with places: YAML, JSON, plain Python data, and what names and texts are near each other."""

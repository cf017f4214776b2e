"""Constructs of other languages, and how each is written in this one with the names and values of the author."""

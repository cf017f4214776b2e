"""Draws derived numbers of every kind."""

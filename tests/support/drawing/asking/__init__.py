"""Draws which questions are asked."""

"""Judges what a proof says: apart from any order, and of what makes no difference."""

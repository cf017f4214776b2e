"""Decisions that build on each other, and the numbers that their rules give."""

"""Mends of gaps and conflicts: what is proposed, and what becomes of it once it is made."""

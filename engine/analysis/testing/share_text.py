"""How is a share told? Never as all of it while something is missing."""

from __future__ import annotations


def share(reached: int, total: int) -> float:
    """How many of a hundred, with one decimal, rounded down; all of nothing is all."""
    return reached * 1000 // total / 10 if total else 100.0

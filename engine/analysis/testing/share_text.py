"""Percentages that are never rounded up to 100."""

from __future__ import annotations


def share(reached: int, total: int) -> float:
    """Return the percentage, rounded down to one decimal; 100 if `total` is 0."""
    return reached * 1000 // total / 10 if total else 100.0

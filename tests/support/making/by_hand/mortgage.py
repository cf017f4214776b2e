"""Who is prequalified for a mortgage, and at what price, by nothing but comparisons."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

_SCORES = (620, 640, 660, 680, 700, 720, 740)
# What is added, by the share of the value that is lent and by the scores from 620 on, in hundredths of a percent.
_ADDED = {
    60: (50, 50, 0, 0, 0, 0, 0),
    70: (150, 125, 100, 50, 50, 25, 25),
    75: (300, 275, 225, 125, 100, 50, 25),
    80: (300, 300, 275, 175, 125, 75, 50),
}


def worked_out(record: Mapping[str, Any]) -> tuple[str, float | None]:
    """The verdict of a situation, and what is added if it is approved, in percent."""
    share, score, debts = 100 * record["loan"], record["score"], record["debts"]
    band = next((most for most in _ADDED if share <= most * record["value"]), None)
    if band is None or score < (680 if band == 80 else 620):
        return "decline", None
    if debts == "none":
        return "later", None
    least = (680 if band == 80 else 620) + (20 if debts * 100 > 36 else 0)
    if debts * 100 > 45 or score < least:
        return "decline", None
    return "approve", _ADDED[band][bisect_right(_SCORES, score) - 1] / 100

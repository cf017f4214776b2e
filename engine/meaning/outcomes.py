"""The kinds of outcomes: what becomes of a situation, or of a record, in the words of every result, file and table."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

DECIDED: Final = "decided"
GAP: Final = "gap"
CONFLICT: Final = "conflict"
IMPOSSIBLE: Final = "impossible"
UNDECIDED: Final = "undecided"
Fault: TypeAlias = Literal["gap", "conflict"]
NoVerdict: TypeAlias = Literal["gap", "conflict", "impossible"]
OutcomeKind: TypeAlias = Literal["decided", "gap", "conflict"]

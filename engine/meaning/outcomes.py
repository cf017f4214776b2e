"""What becomes of a situation or of a record: the kinds of outcomes, in the words of every result, and one outcome."""

from __future__ import annotations

from dataclasses import field as declared
from typing import Any, Final, Literal, TypeAlias

from engine.frozen import frozen_value

DECIDED: Final = "decided"
GAP: Final = "gap"
CONFLICT: Final = "conflict"
IMPOSSIBLE: Final = "impossible"
UNDECIDED: Final = "undecided"
Fault: TypeAlias = Literal["gap", "conflict"]
NoVerdict: TypeAlias = Literal["gap", "conflict", "impossible"]
OutcomeKind: TypeAlias = Literal["decided", "gap", "conflict"]


@frozen_value
class Outcome:
    """The outcome of one situation: the rules that apply, those of them that stand, and what these give.

    `verdicts` are those of the standing rules. If there is one, `output` is what all of them give under it, with
    amounts worked out. `disputed` names the outputs on which they do not agree, and `lacking` those that are worked out
    from a number without a value, which are None.

    If a step has none or several, that is the outcome of the situation: the first such `step`, its rules, and its
    outcomes in place of verdicts.
    """

    applies: tuple[str, ...]
    stands: tuple[str, ...]
    verdicts: tuple[str, ...]
    step: str = ""
    disputed: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    output: Any = declared(default=None, hash=False)

    @property
    def kind(self) -> OutcomeKind:
        """Whether the situation is decided, a gap (no verdict) or a conflict (several verdicts or values)."""
        if len(self.verdicts) > 1 or self.disputed:
            return CONFLICT
        return DECIDED if self.verdicts else GAP

    @property
    def verdict(self) -> str | None:
        """The verdict, or the outcome of a step; None unless there is exactly one, with one value of every output."""
        return self.verdicts[0] if self.kind == DECIDED else None

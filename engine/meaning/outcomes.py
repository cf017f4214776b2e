"""What becomes of a situation or of a record: the kinds of outcomes, in the words of every result, and one outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field as declared
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from engine.frozen import frozen_value

if TYPE_CHECKING:
    from fractions import Fraction

    from engine.language.model.policy import Policy

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


def with_outputs(found: Outcome, policy: Policy, numbers: Mapping[str, Fraction | None]) -> Outcome:
    """Return an outcome with one verdict together with what its rules give under it, or that they do not agree.

    Args:
        found: The outcome.
        policy: The policy.
        numbers: The values of its derived numbers in the situation.
    """
    if not policy.has_rule_outputs:
        return replace(found, output=policy.verdict[found.verdicts[0]].output)
    from engine.language.model.relations.rule_outputs import differing_outputs, outputs_together
    from engine.language.model.values.computed_outputs import computed_in, work_out

    disputed = differing_outputs(policy, found.stands)
    if disputed:
        return replace(found, disputed=disputed)
    given = outputs_together(policy, found.stands)
    lacking = tuple(name for name, each in computed_in(given) if numbers[each.number] is None)
    return replace(found, lacking=lacking, output=work_out(given, numbers.__getitem__))

"""Under which answers to other questions might a question be asked?"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

from tests.support.drawing.fields import Hand
from tests.support.judging.axes import draw_half, draw_nested, fact_axis, field_axes
from tests.support.judging.oracle import mentioned
from tests.support.judging.spaces import LINES, day_field, kind, length
from tests.support.step_order import steps_mentioned


def draw_applicability(hand: Hand, fields: dict[str, dict[str, Any]], most: int | None = None) -> None:
    """Let some fields apply only under answers to those before them, or to those after them, in file order.

    Where `most` is given, the fields have at most so many combinations of answers, with what is not asked.
    """
    names = list(fields)
    if hand.chance(30):
        names.reverse()
        for spec in fields.values():
            spec.pop("ask_after", None)
    for place, name in enumerate(names):
        if place and may_depend(fields[name]) and hand.chance(60):
            axes = field_axes({each: fields[each] for each in names[:place]})
            draw = draw_nested if hand.chance(25) else draw_half
            fields[name]["applies_when"] = draw(hand, axes)[0]
            _keep_within(most, fields, name)


def _keep_within(most: int | None, fields: dict[str, dict[str, Any]], name: str) -> None:
    """Let a field always apply where there are too many situations otherwise."""
    if most is not None and prod(map(length, fields.values())) > most:
        del fields[name]["applies_when"]


def may_depend(spec: Mapping[str, Any]) -> bool:
    """Whether a field may have `applies_when`: a line needs an end."""
    return kind(spec) not in LINES or bool({"from", "to"} & spec.keys())


def ask_days_first(policy: dict[str, Any]) -> None:
    """Let the days that say which values hold wait for no other question, since conditions may read such values."""
    for name in policy.get("constants", {}):
        on = day_field(policy, name)
        if on is not None:
            policy["situation"][on].pop("ask_after", None)


def draw_by_fact(hand: Hand, policy: dict[str, Any], most: int | None) -> None:
    """Let a field apply where a fact holds, or does not, that does not depend on it; `most` as above."""
    fields = policy["situation"]
    days = {policy.get("as_of"), *(day_field(policy, name) for name in policy.get("constants", {}))}
    for fact, said in policy.get("facts", {}).items():
        if steps_mentioned(policy, [said["when"]]):
            # Which questions are asked is known before anything is decided.
            continue
        read = _before(policy, mentioned(policy, said["when"]))
        free = [name for name, spec in fields.items() if name not in read and name not in days and may_depend(spec)
                and "applies_when" not in spec and "ask_after" not in spec]  # fmt: skip
        if free and hand.chance(50):
            name = hand.pick(free)
            fields[name]["applies_when"] = draw_half(hand, [fact_axis(fact)])[0]
            _keep_within(most, fields, name)


def _before(policy: Mapping[str, Any], names: set[str]) -> set[str]:
    """Some fields, and all that say whether these are asked or whose questions come before."""
    found: set[str] = set()
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        found.add(name)
        spec = policy["situation"][name]
        more = mentioned(policy, spec.get("applies_when", {})) | {spec.get("ask_after", name)}
        waiting |= more - found
    return found

"""The values on the right of comparisons and in sums: written out, or those of constants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.frozen import NamedTuple
from engine.language.documents.text import shorten
from engine.language.model.condition_tree import All, ByDay, Compare, Condition, Some, day_spans

if TYPE_CHECKING:
    from engine.problems import Place


class Bound(NamedTuple):
    """A value to compare with, and the name of the constant that it comes from; empty if it is written out.

    The value of a dated constant is a `ByDay`.
    """

    value: Any
    constant: str = ""


def compare(name: str, op: str, compared: Bound | tuple[Bound, ...], place: Place) -> Condition:
    """Return the comparison of a field or number with a value, or with a list of them."""
    # `Bound` is itself a tuple.
    if isinstance(compared, Bound):
        test = Compare(name, op, compared.value, place, compared.constant)
        return by_period(test) if isinstance(compared.value, ByDay) else test
    named = tuple(bound.constant for bound in compared)
    test = Compare(name, op, tuple(bound.value for bound in compared), place, named if any(named) else "")
    return by_period(test) if any(isinstance(bound.value, ByDay) for bound in compared) else test


def by_period(written: Compare) -> Condition:
    """Return the condition that a comparison with dated constants states: in each period, with the values that hold."""
    values: Any = written.value if isinstance(written.value, tuple) else (written.value,)
    parts = []
    for first_days, days in day_spans((value for value in values if isinstance(value, ByDay)), written.place):
        held = tuple(value.at(first_days[value.on]) if isinstance(value, ByDay) else value for value in values)
        # Values that are equal in this period are listed once.
        named = dict(zip(held, written.named, strict=True)) if isinstance(written.named, tuple) else {}
        test = Compare(written.name, written.op, held[0], written.place, written.named)
        if isinstance(written.value, tuple):
            test = Compare(written.name, written.op, tuple(dict.fromkeys(held)), written.place, tuple(named.values()))
        parts.append(All((*days, test), written.place))
    return Some(tuple(parts), written.place, written)


def repetition(bound: Bound, written: str, where: str = "list") -> str:
    """The message about a value that stands in a list, or in a cell, for the second time."""
    from engine.language.model.values.value_texts import quantity_text

    value = f" ({quantity_text(bound.value)})" if bound.constant and not isinstance(bound.value, ByDay) else ""
    return f"`{shorten(written)}`{value} is in the {where} twice"

"""Short rows of a decision table: as few and short as possible, in terms of the author's facts, each with one outcome.

They are found in the opened policy (`opened_facts.py`): first disjoint rows, then for each outcome fewer and shorter
ones that may overlap. They may include impossible situations, and combinations that are no situations, where that makes
them shorter.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.analysis.describing.short_regions import shorten
from engine.analysis.showing.opened_facts import close_facts, open_facts
from engine.analysis.showing.table_rows import Found, find_rows
from engine.budget import Budget
from engine.frozen import NamedTuple
from engine.language.model.condition_tree import All
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.logic import Logic
from engine.meaning.spaces.areas import Area
from engine.meaning.spaces.wording import condition_of

# Larger tables are not shortened: nobody would read the result.
_MOST_SHORTENED = 400
# Steps for reducing the number of disjoint rows first.
_FURTHER = 30_000


class ShortRows(NamedTuple):
    """Areas of the opened policy with their outcomes; `overlapping` says whether a situation may be in several."""

    opened: Logic
    found: Found
    overlapping: bool


def find_short_rows(logic: Logic, budget: Budget) -> ShortRows | None:
    """Find short rows; None if there are too many disjoint rows to shorten.

    Args:
        logic: The logic of the policy.
        budget: The step budget.

    Raises:
        OutOfSteps: The budget is spent.
    """
    found = _sorted(logic, budget)
    if found is None:
        return None
    free = [*found.unreal, *_impossible(found.opened, budget)]
    rows: list[tuple[Label, Area]] = []
    overlapping = False
    for label, areas in found.real.items():
        shorter = [each.area for each in shorten(found.opened, areas, free)]
        overlapping |= len(shorter) > 1
        rows += [(label, area) for area in shorter or areas]
    return ShortRows(found.opened, Found(tuple(rows), len(rows)), overlapping)


def find_unreal(logic: Logic, budget: Budget) -> tuple[Logic, list[Area]] | None:
    """Return the logic of the opened policy, and areas of it without a possible situation; None if there are too many
    rows.

    Raises:
        OutOfSteps: The budget is spent.
    """
    found = _sorted(logic, budget)
    return None if found is None else (found.opened, found.unreal)


class _Sorted(NamedTuple):
    """Disjoint areas of the opened policy: those with a possible situation, by outcome, and those without."""

    opened: Logic
    real: dict[Label, list[Area]]
    unreal: list[Area]


def _sorted(logic: Logic, budget: Budget) -> _Sorted | None:
    """Sort disjoint areas of the opened policy by whether they contain a possible situation.

    None if there are too many.
    """
    opened_policy = open_facts(logic.policy)
    opened = logic if opened_policy is logic.policy else Logic(opened_policy)
    found = find_rows(opened, _MOST_SHORTENED + 1, budget, Budget(_FURTHER))
    if found.total > _MOST_SHORTENED:
        return None
    sorted_ = _Sorted(opened, {}, [])
    for label, area in found.areas:
        if opened is logic or _is_real(logic, opened, area, budget):
            sorted_.real.setdefault(label, []).append(area)
        else:
            sorted_.unreal.append(area)
    return sorted_


def _impossible(opened: Logic, budget: Budget) -> Iterator[Area]:
    if opened.policy.impossible:
        tree = opened.yields.grow(opened.areas.whole, budget)
        yield from tree.places(opened.areas, lambda label: label is Ending.IMPOSSIBLE, budget)


def when_of(logic: Logic, opened: Logic, area: Area) -> All:
    """Return the condition of an area of the opened policy, in terms of the author's facts."""
    return close_facts(logic.policy, condition_of(opened.policy, opened.areas, area))


def _is_real(logic: Logic, opened: Logic, area: Area, budget: Budget) -> bool:
    """Whether a possible situation lies in an area of the opened policy."""
    return logic.query([logic.condition(when_of(logic, opened, area))]).exists(budget)

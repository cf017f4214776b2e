"""Where exactly is a finding true? Regions in the author's terms that together are all of it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

from engine.analysis.describing.box_growing import join
from engine.analysis.describing.short_regions import Described
from engine.budget import Budget, OutOfSteps
from engine.frozen import frozen_value
from engine.language.model.canonical import condition_data
from engine.language.model.condition_tree import All
from engine.language.model.policy import Policy
from engine.language.model.words import condition_words, number_words
from engine.meaning.queries import Question
from engine.meaning.spaces.areas import Area, Areas
from engine.meaning.spaces.box_merging import joined
from engine.meaning.spaces.wording import condition_of

# More are not read by anybody; of what is left out, the number is told.
MOST_SHOWN = 20
# So many areas of a tree are looked at in order to be merged.
_MOST_MERGED = 2_000


@frozen_value
class Region:
    """All situations that meet a condition; `situations` is None where they cannot be counted or were not."""

    when: All
    words: tuple[str, ...]
    situations: int | None

    def to_dict(self) -> dict[str, Any]:
        return {"when": condition_data(self.when), "words": list(self.words), "situations": self.situations}


@frozen_value
class Regions:
    """The first disjoint regions of a finding, and how many there are: of the areas merged, or, of many, as found.

    `short` says all of it again in fewer words, in regions that may overlap and use the author's facts; there are none
    where that was not asked for, or does not take fewer words.
    """

    shown: tuple[Region, ...]
    total: int
    short: tuple[Region, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {"total": self.total, "shown": [region.to_dict() for region in self.shown]}

    def lines(self, most: int = MOST_SHOWN) -> list[str]:
        """The disjoint regions as text, so many at most."""
        return _lines(self.shown[:most], self.total, "one of these")

    def short_lines(self, most: int = MOST_SHOWN) -> list[str]:
        """The short regions as text, so many at most; the disjoint ones, where there are no short ones."""
        if not self.short:
            return self.lines(most)
        return _lines(self.short[:most], len(self.short), "at least one of these")


def _lines(shown: tuple[Region, ...], total: int, which: str) -> list[str]:
    """What all regions have in common, then what each has beside it."""
    everywhere = total == len(shown)
    common = [words for words in shown[0].words if _in_all(words, shown)] if everywhere and shown else []
    if total == 1:
        return common or ["every situation"]
    found = [*common, f"and {which} {total:,}:" if common else f"{which} {total:,}:"]
    for number, region in enumerate(shown, start=1):
        many = "" if region.situations is None else f"  ({number_words(region.situations)})"
        words = [each for each in region.words if each not in common] or ["every situation"]
        mark = f"{number}. "
        found += [f"{mark}{words[0]}", *(f"{'':<{len(mark)}}{line}" for line in words[1:])]
        found[-1] += many
    if not everywhere:
        found.append(f"and {total - len(shown):,} more")
    return found


def _in_all(words: str, regions: tuple[Region, ...]) -> bool:
    return not words.startswith(" ") and all(words in region.words for region in regions)


def regions_of(policy: Policy, question: Question, budget: Budget) -> Regions | None:
    """The regions of what is asked; None where there is no whole tree of it within the steps."""
    found = areas_of(question, budget)
    return None if found is None else regions_in(policy, question, *found, budget)


def regions_in(
    policy: Policy,
    question: Question,
    found: list[Area],
    total: int,
    budget: Budget,
    described: Sequence[Described] = (),
) -> Regions:
    """The regions of what is asked, of its areas and their number; and short ones, where it was described in such."""
    areas = question.areas
    shown = tuple(_region(policy, areas, Described(area, (), (area,)), budget) for area in found[:MOST_SHOWN])
    return Regions(shown, total, tuple(_region(policy, areas, each, budget) for each in described))


def areas_of(question: Question, budget: Budget) -> tuple[list[Area], int] | None:
    """The areas of what is asked, merged as far as they are few enough, and how many there are; of many, the first.

    None where there is no whole tree within the steps.
    """
    areas = question.areas
    try:
        tree = question.tree(budget)
        if tree is None:
            return [], 0
        total = tree.paths(question.wanted)
        found = list(islice(tree.places(areas, question.wanted, budget), _MOST_MERGED))
        if total <= _MOST_MERGED:
            found = join(areas, joined(areas, found))
            total = len(found)
    except OutOfSteps:
        return None
    return found, total


def _region(policy: Policy, areas: Areas, described: Described, budget: Budget) -> Region:
    when = All((*described.facts, *condition_of(policy, areas, described.area).parts))
    situations = None
    if areas.space.countable:
        try:
            situations = sum(areas.size(part, budget) for part in described.parts)
        except OutOfSteps:
            situations = None
    return Region(when, tuple(condition_words(policy, when)), situations)

"""Regions: the set of all situations that match a query, as a union of regions in the author's terms."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

from engine.analysis.describing.box_growing import join
from engine.analysis.describing.named_bounds import Names, name_bounds
from engine.analysis.describing.short_regions import Described
from engine.budget import Budget, OutOfSteps, attempt
from engine.frozen import data_of, frozen_value
from engine.language.model.canonical import condition_data
from engine.language.model.condition_tree import All
from engine.language.model.policy import Policy
from engine.language.model.words import condition_words, number_words
from engine.meaning.queries import Query
from engine.meaning.spaces.areas import Area, Areas
from engine.meaning.spaces.box_merging import merge
from engine.meaning.spaces.wording import condition_of

# Nobody reads more regions; the rest is only counted.
MOST_SHOWN = 20
# Areas of a tree that are merged; more are left as they are.
_MOST_MERGED = 2_000


@frozen_value
class Region:
    """A set of situations, described by a condition.

    Attributes:
        when: The condition.
        words: The condition as lines of text, in the author's words.
        situations: Number of situations; None if not counted.

    Example:
        >>> from engine import check, load
        >>> finding = check(load("other-interviews-as-written"), regions=True).findings[1]
        >>> region = finding.regions.shown[0]
        >>> region.situations, len(region.words)
        (320, 8)
    """

    when: All
    words: tuple[str, ...]
    situations: int | None

    def to_dict(self) -> dict[str, Any]:
        """Return the region as JSON data, its condition as the language writes it."""
        return {"when": condition_data(self.when)} | data_of(self, "words", "situations")


@frozen_value
class Regions:
    """A set of situations as a union of disjoint regions.

    Attributes:
        shown: The regions, the first 20 of them.
        total: Number of regions.
        short: The same set in fewer words, as regions that may overlap and use the author's facts; empty if not
            computed, or not shorter.

    Example:
        >>> from engine import check, load
        >>> gap = check(load("other-interviews-as-written"), regions=True).errors[-1]
        >>> gap.regions.total, sum(region.situations for region in gap.regions.shown)
        (10, 1264)
    """

    shown: tuple[Region, ...]
    total: int
    short: tuple[Region, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the disjoint regions as JSON data."""
        return data_of(self, "total", "shown")

    def lines(self, most: int = MOST_SHOWN) -> list[str]:
        """Write the disjoint regions as text.

        Args:
            most: Largest number of regions to write.

        Returns:
            Lines of text.
        """
        return _lines(self.shown[:most], self.total, "one of these")

    def short_lines(self, most: int = MOST_SHOWN) -> list[str]:
        """Write the short regions as text, or the disjoint ones if there are none.

        Args:
            most: Largest number of regions to write.

        Returns:
            Lines of text.
        """
        if not self.short:
            return self.lines(most)
        return _lines(self.short[:most], len(self.short), "at least one of these")


def _lines(shown: tuple[Region, ...], total: int, which: str) -> list[str]:
    """Write what all regions have in common, then what each has besides."""
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


def regions_of(policy: Policy, query: Query, budget: Budget) -> Regions | None:
    """Return the regions of a query; None if its whole tree cannot be grown within the steps."""
    found = areas_of(query, budget)
    return None if found is None else regions_in(policy, query, *found, budget)


def regions_in(
    policy: Policy,
    query: Query,
    found: list[Area],
    total: int,
    budget: Budget,
    described: Sequence[Described] = (),
    names: Names | None = None,
) -> Regions:
    """Return the regions of a query.

    Args:
        policy: The policy whose words are used.
        query: The query.
        found: Its areas, possibly only the first.
        total: The number of all its areas.
        budget: The step budget of counting; regions beyond it have no number.
        described: Short regions of the same set, if any; they are used only if they are shorter as written, too.
        names: The constants that name bounds; those that the policy compares with the same, if left out.
    """
    areas = query.areas
    shown = tuple(_region(policy, areas, Described(area, (), (area,)), names, budget) for area in found[:MOST_SHOWN])
    if not described:
        return Regions(shown, total)
    short = tuple(_region(policy, areas, each, names, budget) for each in described)
    written = [len(_condition(policy, areas, Described(area, (), (area,))).parts) for area in found]
    return Regions(shown, total, short if _is_shorter(short, written) else ())


def _is_shorter(short: tuple[Region, ...], written: list[int]) -> bool:
    """Return whether short regions have no more conditions than the disjoint ones as written, and are no more.

    A box of cells also restricts the sums that tied fields determine, which are not written; its length may be larger.
    """
    conditions = sum(len(region.when.parts) for region in short)
    many, before = len(short), sum(written)
    return conditions <= before and many <= len(written) and (conditions, many) != (before, len(written))


def areas_of(query: Query, budget: Budget) -> tuple[list[Area], int] | None:
    """Return the areas of a query, and their number; only the first if there are too many to merge.

    None if the whole tree cannot be grown within the steps.
    """
    areas = query.areas
    try:
        tree = query.tree(budget)
        if tree is None:
            return [], 0
        places = tree.places(areas, query.wanted, budget)
        found = list(islice(places, _MOST_MERGED + 1))
        total = tree.paths(query.wanted)
        if areas.steps is not None:
            # A path may lead to several areas, or to none.
            total = len(found) + sum(1 for _ in places)
        if total <= _MOST_MERGED:
            found = join(areas, merge(areas, found))
            total = len(found)
    except OutOfSteps:
        return None
    return found, total


def _condition(policy: Policy, areas: Areas, described: Described) -> All:
    return All((*described.facts, *condition_of(policy, areas, described.area).parts))


def _region(policy: Policy, areas: Areas, described: Described, names: Names | None, budget: Budget) -> Region:
    when = _condition(policy, areas, described)
    sizes = (areas.size(part, budget) for part in described.parts)
    situations = attempt(sum, sizes) if areas.space.countable else None
    return Region(when, tuple(condition_words(policy, name_bounds(policy, when, names))), situations)

"""Counts of the situations of each verdict of a chain, by its rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.budget import Budget, attempt
from engine.meaning.hit_policies import Label
from engine.meaning.spaces.areas import Areas


def counts_by_rule(
    gives: Sequence[str], count_standing: Callable[[int], int | None], areas: Areas, budget: Budget
) -> dict[Label, int] | None:
    """Return the number of situations with each verdict, if the rules of a chain exclude each other.

    The rules of a large chain are counted in any case, and its tree takes as long again. Where every situation is
    possible and gets a verdict, and the rules stand in as many situations as there are, exactly one stands in each.

    Args:
        gives: The verdict that each rule gives.
        count_standing: Returns in how many situations a rule stands; None if that is not known.
        areas: The areas of the chain.
        budget: For counting all situations.

    Returns:
        The counts; None where rules may stand together, and where some count is not known.
    """
    found: dict[Label, int] = {}
    for rule, verdict in enumerate(gives):
        many = count_standing(rule)
        if many is None:
            return None
        found[verdict] = found.get(verdict, 0) + many
    return found if sum(found.values()) == attempt(areas.size, areas.whole, budget) else None

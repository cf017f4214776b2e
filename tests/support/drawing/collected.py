"""The same drawn policies on every run, as a list."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from hypothesis import given, seed, settings
from hypothesis import strategies as st

from tests.support.drawing.strategies import policies
from tests.support.judging import oracle

steady = settings(deadline=None, derandomize=True, database=None)
# Hypothesis also draws neighbours of what it has drawn, so that few draws at once are more different.
_AT_ONCE = 20


def collect(strategy: st.SearchStrategy[Any], many: int) -> list[Any]:
    """The same so many draws on every run, in rounds that know nothing of each other."""
    return list(draws(strategy, many))


def draws(strategy: st.SearchStrategy[Any], most: int) -> Iterator[Any]:
    """As `collect`, one by one, for whoever may have enough sooner."""
    for start in range(0, most, _AT_ONCE):
        yield from _round(strategy, start, min(_AT_ONCE, most - start))


def _round(strategy: st.SearchStrategy[Any], number: int, many: int) -> list[Any]:
    drawn = []

    @seed(number)
    @settings(steady, max_examples=many)
    @given(strategy)
    def keep(value: Any) -> None:
        drawn.append(value)

    keep()
    return drawn


@cache
def small_policies() -> list[dict[str, Any]]:
    """Three hundred small policies."""
    return collect(policies(countable=True, small=True), 300)


def policies_up_to(most: int) -> list[dict[str, Any]]:
    """Those of the small policies that have at most so many situations."""
    return [each for each in small_policies() if 0 < (oracle.size(each) or 0) <= most]

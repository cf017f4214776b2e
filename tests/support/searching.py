"""The long searches: how long each goes on, and the seed that makes a run repeatable."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import seed as seeded
from hypothesis.strategies import SearchStrategy

SEARCH_SECONDS = int(os.environ.get("SEARCH_SECONDS", "60"))
# `conftest.py` draws one where nobody has said which, before any test is imported, and prints it.
SEARCH_SEED = int(os.environ.get("SEARCH_SEED", "0"))


def search_rounds() -> Iterator[int]:
    """Yield the number of each round, from 0, until `SEARCH_SECONDS` are over.

    Yields:
        How many rounds came before.
    """
    ends = time.monotonic() + SEARCH_SECONDS
    number = 0
    while time.monotonic() < ends:
        yield number
        number += 1


def draw_round(test: Callable[..., Any], number: int) -> None:
    """Run a test of Hypothesis on the examples of one round: the same ones for the same `SEARCH_SEED`.

    Args:
        test: The test; all of its arguments are drawn.
        number: The number of the round.
    """
    seeded(f"{SEARCH_SEED} {number} {test.__module__} {test.__qualname__}")(test)()


def search_examples(
    drawn: SearchStrategy[Any], agrees: Callable[[Any], object], many: int, most: int | None = None
) -> int:
    """Draw fresh examples until `SEARCH_SECONDS` are over.

    Args:
        drawn: What is drawn.
        agrees: Called with each example; raises an exception if something is wrong with it.
        many: How many examples a round has.
        most: After how many the search ends sooner, if it may.

    Returns:
        How many examples there were.
    """
    reached = 0

    @settings(max_examples=many, derandomize=False)
    @given(example=drawn)
    def compare(example: Any) -> None:
        nonlocal reached
        reached += 1
        agrees(example)

    for number in search_rounds():
        draw_round(compare, number)
        if most is not None and reached >= most:
            break
    return reached

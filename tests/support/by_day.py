"""Which tests draw only a few examples by day, and leave the rest to the long searches?"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import settings

Test = Callable[[], None]
# What `test_answers_searched.py` goes on with, so many examples of each at once.
DRAWN_BY_DAY: list[Test] = []
AT_ONCE = 10


_EACH = 3


def cross(names: str, first: Iterable[Any], second: Iterable[Any]) -> pytest.MarkDecorator:
    """Cases with every one of the first and some of the second by day, the others in the search.

    Args:
        names: The two arguments of the test, with a comma between them.
        first: What the first argument may be.
        second: What the second may be; each of them is in a case by day.

    Returns:
        A decorator for the test.
    """
    others = list(second)
    cases = [
        pytest.param(one, other, marks=() if (at + place) % _EACH == 0 else pytest.mark.search)
        for at, one in enumerate(first)
        for place, other in enumerate(others)
    ]
    return pytest.mark.parametrize(names, cases)


def some(values: Iterable[Any]) -> list[Any]:
    """Cases of which every third one is tried by day, the others in the search.

    Args:
        values: What the argument of the test may be.

    Returns:
        The cases for `pytest.mark.parametrize`.
    """
    return [
        pytest.param(value, marks=() if place % _EACH == 0 else pytest.mark.search)
        for place, value in enumerate(values)
    ]


def is_searching() -> bool:
    """Whether the tests draw afresh, and larger ones, as `conftest.py` has it for `pytest -m search`."""
    return not settings().derandomize


def draw_by_day(examples: int, **others: Any) -> Callable[[Test], Test]:
    """The settings of a drawn test that needs many more examples than there is time for by day.

    By day it draws the same ones on every machine; the search draws fresh ones, a few at once, as long as the time
    allows.

    Args:
        examples: How many are drawn by day.
        **others: Other settings of Hypothesis.

    Returns:
        A decorator for a test whose arguments are all drawn; it stands above `given`.

    Raises:
        TypeError: The test has arguments that are not drawn, so that nothing but pytest can call it.

    Examples:
        >>> @draw_by_day(30)
        ... @given(policies())
        ... def test_it_is_read(policy): ...
    """

    def decorate(test: Test) -> Test:
        left = inspect.signature(test).parameters
        if left:
            raise TypeError(f"{test.__name__}: not drawn: {', '.join(left)}")
        drawn: Test = settings(max_examples=AT_ONCE if is_searching() else examples, **others)(test)
        DRAWN_BY_DAY.append(drawn)
        return drawn

    return decorate

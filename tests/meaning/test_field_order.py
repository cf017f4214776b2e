"""Are fields asked in an order that settles one rule after another, whatever rule comes first?"""

from __future__ import annotations

from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from engine.meaning.spaces import field_order

_NAMES = [f"field_{each}" for each in range(10)]
_RULES = st.lists(st.sets(st.sampled_from(_NAMES), min_size=1, max_size=4).map(frozenset[str]), min_size=1, max_size=6)


@given(_RULES, st.integers(0, 3_000))
def test_an_order_of_fields_is_never_made_worse(rules: list[frozenset[str]], most: int) -> None:
    """However often fields are moved: the same fields, in an order that keeps no more states."""
    given_order = sorted(frozenset[str]().union(*rules))
    with mock.patch.object(field_order, "_MOST_MOVES", most):
        found = field_order._moved(given_order, rules)
    assert sorted(found) == given_order
    assert field_order._states(found, rules) <= field_order._states(given_order, rules)


@given(_RULES, st.sampled_from((0, 100, 40_000)))
def test_each_order_begins_with_another_rule(rules: list[frozenset[str]], most: int) -> None:
    """With every rule to begin with, or with the nearest one alone; fields that no rule reads come last."""
    with mock.patch.object(field_order, "_MOST_COMPARED", most):
        orders = field_order._greedy_orders(_NAMES, rules)
    assert len(orders) == min(len(set(rules)), max(1, most // len(rules) ** 3))
    read = frozenset[str]().union(*rules)
    for order in orders:
        assert sorted(order) == _NAMES
        assert set(order[: len(read)]) == read
        assert any(set(order[: len(rule)]) == rule for rule in rules)

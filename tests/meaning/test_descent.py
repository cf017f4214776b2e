"""Do all ways of choosing the next test give the same answers, and are overlapping rules found exactly?"""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import load
from engine.budget import Budget
from engine.meaning import cubes, hit_policies
from engine.meaning import descent as descents
from engine.meaning.cubes import as_bits
from engine.meaning.hit_policies import Unique
from engine.meaning.logic import Logic
from engine.meaning.overlaps import Boxes
from engine.meaning.spaces.areas import bits
from engine.meaning.splits import free, ordered, settling
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import policies
from tests.support.making.tables import first_table, tree_table

PLENTY = 1_000_000


@pytest.mark.thorough
@settings(max_examples=80)
@given(data=policies(countable=True), few=st.sampled_from((0, 32)), kept=st.sampled_from((1, 1_000)))
def test_every_order_counts_the_same(data: dict[str, Any], few: int, kept: int) -> None:
    """The outcomes of all situations do not depend on which test comes first, nor on what is kept meanwhile."""
    logic = Logic(load(data))
    judged = mock.patch.multiple(descents, _FEW_CUBES=few, _MOST_JUDGED=kept)
    with judged, mock.patch.object(cubes, "_MOST_LISTED", kept):
        _count_in_every_order(logic)


def _count_in_every_order(logic: Logic) -> None:
    descent = logic.outcomes
    state, label = descent.enter(logic.areas.whole)
    if label is not None:
        return
    axes = range(len(logic.space.axes))
    # The axes of tied fields stay together.
    grouped = [axis for axes_of in logic.areas.tied.group_axes for axis in axes_of]
    alone = [axis for axis in axes if axis not in grouped]
    ways = [free, settling, ordered([*alone, *grouped]), ordered([*grouped, *reversed(alone)])]
    counts = []
    for way in ways:
        tree = descent._grown(state, way, Budget(PLENTY))
        found = tree.counts(logic.areas, Budget(PLENTY))
        assert sum(found.values()) == logic.areas.size(logic.areas.whole, Budget(PLENTY))
        counts.append(found)
    assert counts == [counts[0]] * len(ways)


@settings(max_examples=300)
@given(
    overrides=st.dictionaries(st.integers(0, 9), st.integers(1, 2**10 - 1), max_size=10)
    | st.integers(1, 9).map(lambda far: {rule: 1 << rule - far for rule in range(far, 10)})
    | st.integers(1, 9).map(lambda far: {rule: 1 << rule + far for rule in range(10 - far)}),
    rules=st.integers(0, 2**10 - 1),
    others=st.integers(0, 2**10 - 1),
    near=st.sampled_from((hit_policies.MOST_NEAR, 0, 1, 2, 3)),
)
def test_overrides_are_followed_both_ways(overrides: dict[int, int], rules: int, others: int, near: int) -> None:
    """Whom rules override, and which of them override others: one by one where they are few, else by distance.

    A rule that overrides many others is looked at by itself.
    """
    with mock.patch.object(hit_policies, "MOST_NEAR", near):
        judge = Unique(["one"] * 10, overrides)
    beaten = 0
    for rule in bits(rules):
        beaten |= overrides.get(rule, 0)
    assert judge._beaten_by(rules) == beaten
    assert judge._overriders(rules, others) == as_bits(rule for rule in bits(rules) if overrides.get(rule, 0) & others)


@settings(max_examples=40)
@given(data=policies(countable=True), drawn=st.data())
def test_cells_hold_as_many_values_together_as_one_by_one(data: dict[str, Any], drawn: st.DataObject) -> None:
    """Few cells and many, in one run and in several."""
    limits = [{"rule": f"at-{low}", "when": {"rows": {"at_least": low}}, "then": "a", "because": "So."}
              for low in drawn.draw(st.sets(st.integers(1, 60), min_size=1))]  # fmt: skip
    field = {"ask": "How many?", "type": "integer", "from": 0, "to": 60}
    own = {"situation": {"rows": field}, "rules": limits, "verdicts": {"a": {"title": "A"}}}
    for policy in (data, {"policy": "rows", "title": "Which?", **own}):
        areas = Logic(load(policy)).areas
        for number, axis in enumerate(areas.space.axes):
            if axis.fields and all(cell.size is not None for cell in axis.cells):
                mask = drawn.draw(st.integers(1, axis.full))
                assert areas.size_on(number, mask) == sum(axis.cells[cell].size or 0 for cell in bits(mask))


MASKS = st.integers(1, 2**12 - 1)


@settings(max_examples=200)
@given(boxes=st.lists(st.dictionaries(st.integers(0, 3), MASKS), max_size=20))
def test_overlaps_are_those_of_all_pairs(boxes: list[dict[int, int]]) -> None:
    """Boxes meet where they have a cell in common on every axis that both test; masks with holes too."""
    expected = [
        as_bits(
            other
            for other, second in enumerate(boxes)
            if all(mask & second.get(axis, mask) for axis, mask in first.items())
        )
        for first in boxes
    ]
    assert [Boxes(boxes).meeting(box) for box in range(len(boxes))] == expected


@draw_by_day(50)
@given(boxes=st.lists(st.dictionaries(st.integers(0, 3), MASKS), max_size=20))
def test_containers_are_those_of_all_pairs(boxes: list[dict[int, int]]) -> None:
    """A box is contained in another that has all its cells on every axis that the other tests."""
    everywhere = (1 << 12) - 1
    expected = [
        as_bits(
            other
            for other, second in enumerate(boxes)
            if all(not first.get(axis, everywhere) & ~mask for axis, mask in second.items())
        )
        for first in boxes
    ]
    # An axis that is not tested is whole, and no mask of a formula ever is.
    tested = Boxes([{axis: mask for axis, mask in box.items() if mask != everywhere} for box in boxes])
    assert [tested.containing(box) for box in range(len(boxes))] == expected


@given(mask=st.integers(0, 2**300))
def test_bits_are_the_places_of_ones(mask: int) -> None:
    """However dense a mask is, its places are listed in order."""
    assert bits(mask) == [place for place in range(mask.bit_length()) if mask >> place & 1]
    assert as_bits(bits(mask)) == mask


def test_a_tree_of_disjoint_rows_has_a_node_for_every_row_but_one() -> None:
    """Cut where no row is cut, the leaves of a decision tree give that tree back."""
    logic = Logic(load(tree_table(400, 10, 7, grown=0)))
    tree = logic.outcomes.grow(logic.areas.whole, Budget(PLENTY))
    assert len(tree.nodes) <= 399
    assert sum(tree.counts(logic.areas, Budget(PLENTY)).values()) == logic.areas.size(logic.areas.whole, Budget(PLENTY))


def test_a_list_is_summed_rule_by_rule() -> None:
    """What the rules of a list decide, each for itself, adds up to all situations, as its default makes sure."""
    logic = Logic(load(first_table(60, 5, 3)))
    counts = [logic.standing(rule).count(Budget(PLENTY)) for rule in range(len(logic.applies))]
    assert sum(counts) == logic.areas.size(logic.areas.whole, Budget(PLENTY))


def test_nested_conditions_do_not_explode() -> None:
    """A hundred pairs of which one each must hold are a graph of two hundred nodes, not 2 ** 100 boxes."""
    pairs = [{"any": [{f"x{2 * i}": True}, {f"x{2 * i + 1}": True}]} for i in range(100)]
    policy = load({
        "policy": "pairs",
        "title": "All of them?",
        "situation": {f"x{i}": {"ask": "And this?", "type": "yes_no"} for i in range(200)},
        "verdicts": {"all": {"title": "All"}, "some": {"title": "Some"}},
        "rules": [
            {"rule": "every", "when": {"all": pairs}, "then": "all", "because": "Every pair has one."},
            {"rule": "rest", "when": {"not": {"all": pairs}}, "then": "some", "because": "Some pair has none."},
        ],
    })  # fmt: skip
    logic = Logic(policy)
    tree = logic.outcomes.grow(logic.areas.whole, Budget(PLENTY))
    assert len(tree.nodes) == 200
    assert tree.counts(logic.areas, Budget(PLENTY)) == {"all": 3**100, "some": 4**100 - 3**100}

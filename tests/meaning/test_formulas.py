"""Does what is left of a formula hold where the formula does, and are the cells that it tells apart found?"""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from engine import load
from engine.meaning.formulas import Formulas
from engine.meaning.spaces.space import Space
from tests.support.drawing.fields import Hand

AXES, CELLS = 3, 4


def _space() -> Space:
    field = {"ask": "How many?", "type": "integer", "from": 0, "to": CELLS - 1}
    rules = [
        {"rule": f"r{axis}-{cell}", "when": {f"a{axis}": cell}, "then": "v", "because": "So."}
        for axis in range(AXES)
        for cell in range(CELLS)
    ]
    return Space(
        load(
            {
                "policy": "cells",
                "title": "Which?",
                "situation": {f"a{axis}": field for axis in range(AXES)},
                "verdicts": {"v": {"title": "V"}},
                "rules": rules,
            }
        )
    )


SPACE = _space()


def _drawn(formulas: Formulas, hand: Hand, depth: int) -> int:
    """Return a formula: a literal, several joined, or a choice between the bands of an axis."""
    if not depth or hand.count(0, 3) == 0:
        return formulas.literal(hand.count(0, AXES - 1), hand.count(0, 2**CELLS - 1))
    if hand.count(0, 1):
        axis = hand.count(0, AXES - 1)
        cases = [
            formulas.conjunction([formulas.literal(axis, 1 << cell), _drawn(formulas, hand, depth - 1)])
            for cell in range(CELLS)
        ]
        chosen = formulas.disjunction(cases)
        return chosen if hand.count(0, 1) else formulas.negation[chosen]
    join = formulas.conjunction if hand.count(0, 1) else formulas.disjunction
    return join([_drawn(formulas, hand, depth - 1) for _ in range(hand.count(1, 5))])


@settings(max_examples=300)
@given(drawn=st.data())
def test_what_is_left_holds_where_the_formula_does(drawn: st.DataObject) -> None:
    """After one restriction and after another, and where cells that are not told apart leave the same."""
    hand = Hand(drawn.draw)
    formulas = Formulas(SPACE)
    whole = _drawn(formulas, hand, 3)
    left = [(1 << CELLS) - 1] * AXES
    found = whole
    for axis in hand.some(range(AXES), hand.count(1, AXES)):
        for cells in (hand.count(1, 2**CELLS - 1), 2**CELLS - 1):
            left[axis] = left[axis] & cells or left[axis]
            found = formulas.restrict(found, axis, left[axis])
        told_apart = formulas.masks_apart(found, axis)
        for one, other in product(range(CELLS), repeat=2):
            if all(mask >> one & 1 == mask >> other & 1 for mask in told_apart):
                assert formulas.restrict(found, axis, 1 << one) == formulas.restrict(found, axis, 1 << other)
    points = [point for point in product(range(CELLS), repeat=AXES) if all(map(_is_in, left, point))]
    assert [formulas.holds(found, point) for point in points] == [formulas.holds(whole, point) for point in points]


def _is_in(mask: int, cell: int) -> bool:
    return bool(mask >> cell & 1)


@given(drawn=st.data())
def test_a_formula_and_its_negation_are_never_both_true(drawn: st.DataObject) -> None:
    """Joined formulas hold where all or one of them do, and negations where they do not."""
    hand = Hand(drawn.draw)
    formulas = Formulas(SPACE)
    parts = [_drawn(formulas, hand, 2) for _ in range(hand.count(1, 4))]
    both, one = formulas.conjunction(parts), formulas.disjunction(parts)
    for point in product(range(CELLS), repeat=AXES):
        held = [formulas.holds(part, point) for part in parts]
        assert formulas.holds(both, point) == all(held)
        assert formulas.holds(one, point) == any(held)
        assert formulas.holds(formulas.negation[both], point) != all(held)

"""Are areas told in fewer still the same situations, each once?"""

from __future__ import annotations

from itertools import product
from math import prod

from hypothesis import given
from hypothesis import strategies as st

from engine import diff, load
from engine.analysis.describing.box_growing import join
from engine.meaning.spaces.areas import Area, Areas
from engine.meaning.spaces.space import Space

SIZES = (2, 3, 2, 4)
FIELDS = {
    name: {"ask": "Which?", "choices": {f"c{number}": "This one" for number in range(size)}}
    for name, size in zip("abcd", SIZES, strict=True)
}
SPACE = load({
    "policy": "boxes", "title": "Which?", "situation": FIELDS, "verdicts": {"yes": {"title": "Yes"}},
    "rules": [{"rule": "always", "when": {"a": ["c0", "c1"]}, "then": "yes", "because": "So."}],
})  # fmt: skip
AREAS = Areas(Space(SPACE))
Cell = tuple[int, ...]


def cells(area: Area) -> set[Cell]:
    return set(
        product(*([1 << place for place in range(mask.bit_length()) if mask >> place & 1] for mask in area.masks))
    )


@given(wanted=st.sets(st.tuples(*(st.sampled_from([1 << place for place in range(size)]) for size in SIZES))))
def test_joined_areas_are_disjoint_and_the_same_situations(wanted: set[Cell]) -> None:
    """From single cells: no cell is lost, none won, none there twice, and there are no more areas than before."""
    joined = join(AREAS, [Area(cell, ()) for cell in sorted(wanted)])
    assert sum(len(cells(area)) for area in joined) == len(wanted)
    assert set().union(*map(cells, joined)) == wanted
    assert len(joined) <= len(wanted)


def test_everything_is_one_area() -> None:
    """All cells of a space are joined into the whole."""
    every = product(*([1 << place for place in range(size)] for size in SIZES))
    joined = join(AREAS, [Area(cell, ()) for cell in every])
    assert prod(SIZES) == 48
    assert joined == [AREAS.whole]


def test_a_change_is_not_cut_by_what_makes_no_difference() -> None:
    """The tree of the draft and its mended version asks sixteen ways where four regions tell the same."""
    conflicts = [change for change in diff(load("other-interviews-as-written"), load("other-interviews")).changes
                 if change.before.kind == "conflict" and change.after.verdict == "cancel"]  # fmt: skip
    (change,) = conflicts
    assert change.regions is not None
    assert [region.situations for region in change.regions.shown] == [672, 1344, 2688, 40]
    assert sum((672, 1344, 2688, 40)) == change.situations

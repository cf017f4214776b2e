"""Which test comes next in the decision tree? Three ways to choose, since real tables break each.

`free` cuts an area in two where the fewest clauses are cut, of those as evenly as it can: on disjoint rules it finds a
tree of about as many nodes as there are rules, where every fixed order explodes. `settling` cuts out what a clause
tests that has few tests left, so that clauses come to hold soon: better where rules hide each other. `ordered` asks
one axis after the other in a fixed order, each once, with a branch for each set of cells that no clause tells apart:
better where rules overlap so heavily that equal states meet again and again.

The free cut is that of binary space partitions; to settle the shortest clauses first is a rule of satisfiability
solvers (most occurrences in clauses of minimum size; J. W. Freeman, "Improvements to propositional satisfiability
search algorithms", 1995); the fixed order is that of firewall decision diagrams (Gouda and Liu, ICDCS 2004).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from engine.language.policy import CHOICE, TEXT
from engine.meaning.areas import bits
from engine.meaning.clauses import Clauses, State, as_bits
from engine.meaning.space import Space

# An axis, and the disjoint masks of its cells that are looked at apart; together they are all cells left on it.
Split = tuple[int, tuple[int, ...]]
Chooser = Callable[[Clauses, State], Split]

# Clauses with more tests left than this are not told apart.
_FEW = 4


def free(clauses: Clauses, state: State) -> Split:
    """The cut in two that cuts the fewest clauses, of those the most even one."""
    alive = state.alive.bit_count()
    ranked = []
    for axis in clauses.live_axes(state):
        tested = state.left.get(axis, 0).bit_count()
        # A clause without a test on the axis is in both halves of any cut.
        ranked.append((alive - tested, axis))
    best: tuple[int, int] | None = None
    split: Split | None = None
    for wild, axis in sorted(ranked):
        if best is not None and wild >= best[0]:
            break
        left = state.area.masks[axis]
        masks = [common for mask in clauses.masks_on(state, axis)[1] if (common := mask & left) and common != left]
        if not masks:
            continue
        cut = _choice_cut(masks, left) if _is_choice(clauses.areas.space, axis) else _ordered_cut(masks, left)
        rank = (wild + cut[0], cut[1])
        if best is None or rank < best:
            best, split = rank, (axis, (left & cut[2], left & ~cut[2]))
    if split is None:
        raise AssertionError("nothing is open, and yet the judge is not certain")
    return split


def _is_choice(space: Space, axis: int) -> bool:
    field = space.fields.get(space.axes[axis].name)
    return field is not None and field.kind in (CHOICE, TEXT) and not field.ordered


def _ordered_cut(masks: Sequence[int], left: int) -> tuple[int, int, int]:
    """How many tests the best cut cuts, how uneven it is, and the cells of its lower half."""
    first, end = (left & -left).bit_length() - 1, left.bit_length()
    lows = sorted((mask & -mask).bit_length() - 1 for mask in masks)
    highs = sorted(mask.bit_length() for mask in masks)
    many = len(masks)
    best: tuple[int, int] | None = None
    place = first
    started = ended = 0
    for cut in sorted({*lows, *highs}):
        if not first < cut < end:
            continue
        while started < many and lows[started] < cut:
            started += 1
        while ended < many and highs[ended] <= cut:
            ended += 1
        rank = (started - ended, abs(started - (many - ended)))
        if best is None or rank < best:
            best, place = rank, cut
    if best is None:
        # Tests that begin and end with the area, and have holes: the first hole is a place to cut.
        mask = masks[0]
        hole = left & ~mask
        best, place = (many, 0), (hole & -hole).bit_length() - 1
    return *best, (1 << place) - 1


def _choice_cut(masks: Sequence[int], left: int) -> tuple[int, int, int]:
    """How many tests the best cut cuts, how uneven it is, and the cells of one half."""
    groups: list[tuple[int, int]] = []
    many: dict[int, int] = {}
    for mask in masks:
        many[mask] = many.get(mask, 0) + 1
    covered = 0
    for mask, times in many.items():
        covered |= mask
        apart = []
        for cells, held in groups:
            if cells & mask:
                mask, times = mask | cells, times + held
            else:
                apart.append((cells, held))
        groups = [*apart, (mask, times)]
    if covered != left:
        groups.append((left & ~covered, 0))
    if len(groups) > 1:
        groups.sort(key=lambda group: (-group[1], group[0]))
        half, held = groups[0]
        for cells, times in groups[1:-1]:
            if 2 * (held + times) <= len(masks):
                half, held = half | cells, held + times
        return 0, abs(2 * held - len(masks)), half
    best = None
    for cell in bits(left):
        bit = 1 << cell
        within = sum(times for mask, times in many.items() if mask & bit)
        cut = within - many.get(bit, 0)
        rank = (cut, abs(len(masks) - 2 * within + cut), bit)
        if best is None or rank < best:
            best = rank
    assert best is not None
    return best


def settling(clauses: Clauses, state: State) -> Split:
    """Cuts out what most of the clauses with the fewest tests left ask of one axis."""
    few = _shortest(state)
    if not few:
        return free(clauses, state)
    axis = max(
        (axis for axis, tested in state.left.items() if tested & few),
        key=lambda axis: ((few & state.left[axis]).bit_count(), state.left[axis].bit_count(), -axis),
    )
    left = state.area.masks[axis]
    own = clauses.masks[axis]
    many: dict[int, int] = {}
    for clause in bits(few & state.left[axis]):
        mask = own[clause] & left
        many[mask] = many.get(mask, 0) + 1
    common = max(many, key=lambda mask: (many[mask], mask.bit_count(), mask))
    if axis in clauses.areas.group_of:
        return axis, _classes([common], left, joined=False)
    return axis, (common, left & ~common)


def _shortest(state: State) -> int:
    """The clauses with the fewest tests left, of those that are tests only: counted bit by bit, for all at once."""
    at_least = [0] * (_FEW + 1)
    for tested in state.left.values():
        for many in range(_FEW, 0, -1):
            at_least[many] |= at_least[many - 1] & tested
        at_least[0] |= tested
    simple = ~as_bits(state.rests)
    for many in range(_FEW):
        found = at_least[many] & ~at_least[many + 1] & simple
        if found:
            return found
    return at_least[_FEW] & simple


def ordered(order: Sequence[int]) -> Chooser:
    """Asks the axes in this order, each at once into all cells that something open tells apart."""

    def choose(clauses: Clauses, state: State) -> Split:
        live = set(clauses.live_axes(state))
        axis = next(axis for axis in order if axis in live)
        left = state.area.masks[axis]
        _, masks = clauses.masks_on(state, axis)
        return axis, _classes(masks, left, joined=axis not in clauses.areas.group_of)

    return choose


def _classes(masks: Sequence[int], left: int, *, joined: bool) -> tuple[int, ...]:
    """The cells that no mask tells apart; where `joined` is false, neighbours only."""
    events: dict[int, int] = {}
    for index, mask in enumerate(masks):
        for place in _turns(mask & left):
            events[place] = events.get(place, 0) ^ (1 << index)
    for place in _turns(left):
        events.setdefault(place, 0)
    found: dict[int, int] = {}
    apart: list[int] = []
    held = 0
    last = -1
    for place, following in pairwise(sorted(events)):
        held ^= events[place]
        cells = left & ((1 << following) - (1 << place))
        if not cells:
            continue
        if joined:
            found[held] = found.get(held, 0) | cells
        elif held == last:
            apart[-1] |= cells
        else:
            apart.append(cells)
        last = held
    return tuple(found.values()) if joined else tuple(apart)


def _turns(mask: int) -> list[int]:
    """Where the runs of a mask begin and end, in turn."""
    return bits(mask ^ (mask << 1))

"""Split heuristics for the decision tree; there are several, since real tables defeat each of them.

`free` cuts an area in two where the fewest cubes are cut, and among those as evenly as possible: disjoint rules give
about one node per rule, where every fixed order explodes. `settling` splits off the test of a cube with few open tests,
so that cubes soon hold: better where rules hide each other. `ordered` branches on the axes in a fixed order, once each,
into the classes of cells that no cube distinguishes: better where rules overlap so much that equal states keep
recurring.

An axis that many rules test almost without overlap, such as the key of a table, is split into all its classes at once
(`apart`). Where one of two halves would hold nearly everything, as in a long chain of limits, `halving` cuts in the
middle instead, provided that the rules that come to hold there settle the others.

The free cut is that of binary space partitions; settling the shortest cubes first is a rule of satisfiability solvers
(most occurrences in cubes of minimum size; J. W. Freeman, "Improvements to propositional satisfiability search
algorithms", 1995); the fixed order is that of firewall decision diagrams (Gouda and Liu, ICDCS 2004).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from itertools import pairwise
from operator import or_

from engine.budget import Meter
from engine.frozen import NamedTuple
from engine.language.model.field_kinds import CHOICE, TEXT
from engine.meaning.cubes import Cubes, State, as_bits
from engine.meaning.hit_policies import HitPolicy
from engine.meaning.spaces.areas import bits
from engine.meaning.spaces.space import Space


class Split(NamedTuple):
    """An axis, and disjoint masks of its cells that partition all cells left on it.

    `held`, if known, has for each mask the cubes that test the axis and hold there; all others that test it fail there.
    """

    axis: int
    masks: tuple[int, ...]
    held: tuple[tuple[int, ...], ...] | None = None


Chooser = Callable[[Cubes, State], Split]

# `apart` makes at least MANY_PARTS parts. Cubes that test the axis may be in _COPIES parts each on average; the others,
# which are in every part, must be _FEWER times fewer.
MANY_PARTS = 16
_COPIES = 3
_FEWER = 8
# Masks in which a cell is looked up for one unit of work.
_LOOKS_A_UNIT = 8
# A chain of at least this many tests is considered for a cut in the middle.
LONG_CHAIN = 32


def free(cubes: Cubes, state: State) -> Split:
    """Choose the cut in two that cuts the fewest cubes, and among those the most even one."""
    alive = state.alive.bit_count()
    ranked = []
    for axis in cubes.listed(cubes.live_axes(state)):
        tested = state.left.get(axis, 0).bit_count()
        # A cube without a test on the axis is in both halves of any cut.
        ranked.append((alive - tested, axis))
    best: tuple[int, int] | None = None
    split: Split | None = None
    for wild, axis in sorted(ranked):
        if best is not None and wild >= best[0]:
            break
        many = apart(cubes, state, axis)
        if many is not None:
            rank = (wild + _copies(many), 0)
            if best is None or rank < best:
                best, split = rank, many
            continue
        left = state.area.masks[axis]
        masks = [common for mask in cubes.masks_on(state, axis) if (common := mask & left) and common != left]
        if not masks:
            continue
        is_choice = _is_choice(cubes.areas.space, axis)
        cut = _choice_cut(masks, left, cubes.meter) if is_choice else _ordered_cut(masks, left)
        rank = (wild + cut[0], cut[1])
        if best is None or rank < best:
            best, split = rank, Split(axis, (left & cut[2], left & ~cut[2]))
    if split is None:
        raise AssertionError("nothing is open, and yet the hit policy is not certain")
    return split


def apart(cubes: Cubes, state: State, axis: int) -> Split | None:
    """Split an axis into all classes that its open tests distinguish; None unless these are many and rarely overlap."""
    tested = state.left.get(axis, 0)
    left = state.area.masks[axis]
    if tested.bit_count() < MANY_PARTS or left.bit_count() < MANY_PARTS or axis in cubes.areas.group_of:
        return None
    # Cubes that do not test the axis are in every part.
    if _FEWER * (state.alive & ~tested).bit_count() > tested.bit_count():
        return None
    own = cubes.masks[axis]
    testing = bits(tested)
    cubes.meter.work += len(testing)
    # This alone rejects most axes: overlapping intervals have many cells in common.
    cells_left = _COPIES * max(left.bit_count(), len(testing))
    for cube in testing:
        cells_left -= (own[cube] & left).bit_count()
        if cells_left < 0:
            return None
    turns: dict[int, list[int]] = {}
    for cube in testing:
        for place in _turns(own[cube] & left):
            turns.setdefault(place, []).append(cube)
    cubes.meter.work += sum(map(len, turns.values()))
    for place in ((left & -left).bit_length() - 1, left.bit_length()):
        turns.setdefault(place, [])
    most = _COPIES * sum(map(len, turns.values()))
    found: dict[frozenset[int], int] = {}
    holding: set[int] = set()
    for place, following in pairwise(sorted(turns)):
        holding.symmetric_difference_update(turns[place])
        cells = left & ((1 << following) - (1 << place))
        if cells:
            most -= len(holding)
            if most < 0:
                return None
            held = frozenset(holding)
            found[held] = found[held] | cells if held in found else cells
    if len(found) < MANY_PARTS:
        return None
    return Split(axis, tuple(found.values()), tuple(tuple(sorted(held)) for held in found))


def _copies(split: Split) -> int:
    """Return how many times cubes occur in the parts of a split beyond once each."""
    held = split.held or ()
    return sum(map(len, held)) - len(frozenset().union(*held))


def _is_choice(space: Space, axis: int) -> bool:
    field = space.fields.get(space.axes[axis].name)
    return field is not None and field.kind in (CHOICE, TEXT) and not field.ordered


def _ordered_cut(masks: Sequence[int], left: int) -> tuple[int, int, int]:
    """Return how many tests the best cut cuts, how uneven it is, and the mask of its lower half."""
    first, end = (left & -left).bit_length() - 1, left.bit_length()
    lows = sorted([(mask & -mask).bit_length() - 1 for mask in masks])
    highs = sorted([mask.bit_length() for mask in masks])
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
        # All tests start and end with the area and have holes: cut at the first hole.
        mask = masks[0]
        hole = left & ~mask
        best, place = (many, 0), (hole & -hole).bit_length() - 1
    return *best, (1 << place) - 1


def _choice_cut(masks: Sequence[int], left: int, meter: Meter) -> tuple[int, int, int]:
    """Return how many tests the best cut cuts, how uneven it is, and the mask of one half."""
    groups: list[tuple[int, int]] = []
    many: dict[int, int] = {}
    for mask in masks:
        many[mask] = many.get(mask, 0) + 1
    covered = 0
    for mask, times in many.items():
        if covered & mask:
            meter.work += len(groups) // _LOOKS_A_UNIT
            others = []
            for cells, held in groups:
                if cells & mask:
                    mask, times = mask | cells, times + held
                else:
                    others.append((cells, held))
            groups = others
        groups.append((mask, times))
        covered |= mask
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
    meter.work += left.bit_count() * len(many) // _LOOKS_A_UNIT
    for cell in bits(left):
        bit = 1 << cell
        within = sum(times for mask, times in many.items() if mask & bit)
        cut = within - many.get(bit, 0)
        rank = (cut, abs(len(masks) - 2 * within + cut), bit)
        if best is None or rank < best:
            best = rank
    assert best is not None
    return best


def settling(cubes: Cubes, state: State) -> Split:
    """Split off the most frequent test, on one axis, of the cubes with the fewest open tests."""
    few = _shortest(state)
    if not few:
        return free(cubes, state)
    _, _, last = max([((tested & few).bit_count(), tested.bit_count(), -axis) for axis, tested in state.left.items()])
    axis = -last
    at_once = apart(cubes, state, axis)
    if at_once is not None:
        return at_once
    left = state.area.masks[axis]
    own = cubes.masks[axis]
    many: dict[int, int] = {}
    cubes.meter.work += (few & state.left[axis]).bit_count()
    for cube in bits(few & state.left[axis]):
        mask = own[cube] & left
        many[mask] = many.get(mask, 0) + 1
    common = max(many, key=lambda mask: (many[mask], mask.bit_count(), mask))
    if axis in cubes.areas.group_of:
        return Split(axis, _classes([common], left, cubes.meter, joined=False))
    return Split(axis, (common, left & ~common))


def _shortest(state: State) -> int:
    """Return the cubes without a rest that have the fewest open tests, counted bitwise for all cubes at once.

    Cubes with five open tests or more count as equally long.
    """
    one = two = three = four = five = 0
    for tested in state.left.values():
        five |= four & tested
        four |= three & tested
        three |= two & tested
        two |= one & tested
        one |= tested
    simple = ~as_bits(state.rests)
    counted = (one & ~two, two & ~three, three & ~four, four & ~five, five)
    return next((found for each in counted if (found := each & simple)), 0)


def ordered(order: Sequence[int]) -> Chooser:
    """Return a chooser that branches on the axes in this order, each into all classes that open tests distinguish."""

    def choose(cubes: Cubes, state: State) -> Split:
        live = cubes.live_axes(state)
        axis = next(axis for axis in order if live >> axis & 1)
        left = state.area.masks[axis]
        masks = cubes.masks_apart(state, axis)
        if axis in cubes.areas.group_of:
            return Split(axis, _classes(masks, left, cubes.meter, joined=False))
        return Split(axis, _cases(masks, left, cubes.meter) or _classes(masks, left, cubes.meter, joined=True))

    return choose


def halving(hit_policy: HitPolicy, chooser: Chooser) -> Chooser:
    """Return a chooser that cuts long chains of tests in the middle where `chooser` would split off one test at a time.

    In each half many tests of a chain hold or fail for good; the hit policy tells which cubes that leaves.
    """

    def choose(cubes: Cubes, state: State) -> Split:
        split = chooser(cubes, state)
        tested, alive = state.left.get(split.axis, 0).bit_count(), state.alive.bit_count()
        is_chain = len(split.masks) == 2 and tested >= LONG_CHAIN and 4 * tested > 3 * alive
        if not is_chain or _is_choice(cubes.areas.space, split.axis):
            return split
        most = 3 * alive // 4
        if max(_kept(hit_policy, cubes, state, split)) <= most:
            return split
        middle = _middle(cubes, state, split.axis)
        if middle is None:
            return split
        kept = _kept(hit_policy, cubes, state, middle)
        return middle if max(kept) <= most and sum(kept) <= alive + alive // 8 else split

    return choose


def _middle(cubes: Cubes, state: State, axis: int) -> Split | None:
    """Return the cut in two at the median of the ends of an axis's open tests; None if there is no end to cut at."""
    left = state.area.masks[axis]
    first, end = (left & -left).bit_length() - 1, left.bit_length()
    own = cubes.masks[axis]
    cubes.meter.work += 2 * state.left[axis].bit_count()
    ends = sorted(
        place
        for cube in bits(state.left[axis])
        for place in ((own[cube] & -own[cube]).bit_length() - 1, own[cube].bit_length())
        if first < place < end
    )
    if not ends:
        return None
    below = left & ((1 << ends[len(ends) // 2]) - 1)
    return Split(axis, (below, left & ~below)) if below not in (0, left) else None


def _kept(hit_policy: HitPolicy, cubes: Cubes, state: State, split: Split) -> list[int]:
    """Return the number of cubes that can still matter in each part, by their tests of this axis alone."""
    found = []
    for cells in split.masks:
        alive, unsettled = cubes.preview(state, split.axis, cells)
        found.append(hit_policy.evaluate(alive, unsettled)[0].bit_count())
    return found


def _cases(masks: Sequence[int], left: int, meter: Meter) -> tuple[int, ...]:
    """Return the classes of cells that no mask distinguishes, in ascending order; empty if two masks share a cell.

    The tests of the bands of a field share none.
    """
    cases = [cells for mask in masks if (cells := mask & left)]
    covered = reduce(or_, cases, 0)
    if sum(map(int.bit_count, cases)) > covered.bit_count():
        return ()
    meter.work += len(cases)
    if covered != left:
        cases.append(left & ~covered)
    return tuple(sorted(cases, key=lambda cells: cells & -cells))


def _classes(masks: Sequence[int], left: int, meter: Meter, *, joined: bool) -> tuple[int, ...]:
    """Return the classes of cells that no mask distinguishes; if not `joined`, each class is a run of neighbours."""
    events: dict[int, int] = {}
    for index, mask in enumerate(masks):
        turns = _turns(mask & left)
        meter.work += len(turns)
        for place in turns:
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
    """Return the positions at which the runs of a mask start and end, alternately."""
    return bits(mask ^ (mask << 1))

"""The possible ends of a partial record if some fields tied by sums are missing, by enumerating their completions.

Buys 70 times on partial records of `air-passenger-rights`, which the analysis of the whole policy would decide.

Tied fields are divided into cells by the constants that their values and sums are compared with. One completion per
feasible combination of cells, with both branches followed for all other missing answers, reaches exactly the possible
ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from math import prod
from typing import Any

from engine.budget import Budget, OutOfSteps
from engine.execution.program import Program
from engine.execution.records.open_records import compile_reached
from engine.integers.polytopes import Polytope
from engine.language.model.policy import Policy
from engine.language.model.values.grid_positions import grid_position, grid_value
from engine.meaning.hit_policies import Ending
from engine.meaning.spaces.areas import Areas, bits
from engine.meaning.spaces.space import Group, Space
from engine.threads import Bounded, ForkLock

# Beyond this many completions, or steps to find them, the answer is left to the analysis of the whole policy.
_MOST, _STEPS = 64, 20_000
# The number of sets of answers whose completions are cached.
_MOST_KEPT = 1_000

# The answers to all fields in order; None for a missing answer.
Answers = tuple[Any, ...]
Points = list[Answers]


class TiedEnds:
    """Finds the possible ends of a program for answers with partly answered sums."""

    def __init__(self, policy: Policy, program: Program) -> None:
        self._reached = compile_reached(policy, program)
        self._impossible = 0
        if Ending.IMPOSSIBLE in program.labels:
            self._impossible = 1 << program.labels.index(Ending.IMPOSSIBLE)
        self._fields = policy.fields
        place = {field.name: at for at, field in enumerate(policy.fields)}
        self._areas = Areas(Space(policy))
        self._groups = [(group, [place[name] for name in group.fields]) for group in self._areas.space.groups]
        # What is tied may have no value: such completions are no positions.
        self._optional = [any(bool(self._fields[at].absences) for at in places) for _, places in self._groups]
        self._kept: Bounded[tuple[int, Answers], Points] = Bounded(_MOST_KEPT)
        self._lock = ForkLock(self._kept.clear)

    def possible(self, answers: Answers) -> int:
        """The ends of all possible completions, as a bit mask.

        0 if there are none, if they are too many to enumerate, or if some of them have no value in a sum.
        """
        open_at = [at for at, (_, places) in enumerate(self._groups) if any(answers[place] is None for place in places)]
        if any(self._optional[at] for at in open_at):
            return 0
        open_groups = [(self._groups[at][1], self._points(at, answers)) for at in open_at]
        if prod(_MOST + 1 if points is None else len(points) for _, points in open_groups) > _MOST:
            return 0
        completed, found = list(answers), 0
        for chosen in product(*(points or () for _, points in open_groups)):
            for (places, _), point in zip(open_groups, chosen, strict=True):
                for place, value in zip(places, point, strict=True):
                    if value is not None:
                        completed[place] = value
            found |= self._reached(tuple(completed))
        return found & ~self._impossible

    def _points(self, at: int, answers: Answers) -> Points | None:
        """Completions of a group, one for each feasible combination of cells.

        Each has values for missing answers and None for given ones. Returns None if there are too many.
        """
        group, places = self._groups[at]
        given = tuple([answers[place] for place in places])
        found = self._kept.get((at, given))
        if found is not None:
            return found
        known = tuple(self._position(place, value) for place, value in zip(places, given, strict=True))
        if known.count(None) == 1:
            positions: list[tuple[int, ...]] | None = _breakpoints(self._areas.space, group, known)
        else:
            with self._lock:
                positions = self._enumerate_cells(at, known)
        if positions is None:
            return None
        points = [
            tuple(self._value(place, position) if value is None else None
                  for place, position, value in zip(places, point, given, strict=True))
            for point in positions
        ]  # fmt: skip
        with self._lock:
            return self._kept.keep((at, given), points)

    def _value(self, place: int, position: int) -> Any:
        """The answer at a position of a field's grid."""
        value = grid_value(self._fields[place], position)
        return float(value) if isinstance(value, Decimal) else value

    def _position(self, place: int, value: Any) -> int | None:
        """The position of an answer on its field's grid; None for a missing answer."""
        if value is None:
            return None
        return int(grid_position(self._fields[place], Decimal(repr(value)) if isinstance(value, float) else value))

    def _enumerate_cells(self, at: int, known: tuple[int | None, ...]) -> list[tuple[int, ...]] | None:
        """A point, in positions, for each feasible combination of cells; None beyond the limits."""
        tied, budget = self._areas.tied, Budget(_STEPS)
        group = self._groups[at][0]
        box = tuple(end if each is None else (each, each) for each, end in zip(known, group.box, strict=True))
        region, masks = Polytope(box, ()), list(self._areas.whole.masks)
        tied.tighten(masks, at, region)

        def regions(left: Polytope, axes: tuple[int, ...]) -> Iterator[Polytope]:
            if not axes:
                yield left
                return
            for cell in bits(masks[axes[0]]):
                part = tied.narrow(left, at, axes[0], 1 << cell, budget)
                if part is not None:
                    yield from regions(part, axes[1:])

        points: list[tuple[int, ...]] = []
        try:
            for each in regions(region, tied.group_axes[at]):
                point = tied.nearest(each, group.targets, budget)
                if point is None or len(points) == _MOST:
                    return None
                points.append(point)
        except OutOfSteps:
            return None
        return points


def _breakpoints(space: Space, group: Group, known: tuple[int | None, ...]) -> list[tuple[int, ...]]:
    """For a single missing answer: its first position, and every position where it or a sum enters another cell.

    Buys 1.2 times on partial records of `air-passenger-rights`.
    """
    at = known.index(None)
    starts = {cell.interval[0] for cell in space.axes[group.field_axes[at]].cells[1:]}
    for axis, weights in group.sum_axes:
        weight = weights[at]
        rest = sum(times * (each or 0) for times, each in zip(weights, known, strict=True))
        for cell in space.axes[axis].cells[1:] if weight else ():
            short = cell.interval[0] - rest
            # The first position at which the sum is in the cell or, if it decreases, has left it.
            starts.add(-(-short // weight) if weight > 0 else short // weight + 1)
    low, high = group.box[at]
    first = min(starts, default=0) - 1 if low is None else low
    if high is not None:
        first = min(first, high)
    positions = [first, *(each for each in sorted(starts) if each > first and (high is None or each <= high))]
    return [tuple(position if each is None else each for each in known) for position in positions]

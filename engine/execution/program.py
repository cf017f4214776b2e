"""Which tests lead from a whole record to its verdict? The proved tree as yes/no tests of values, for compilers.

A tree asks which cells of an axis a situation lies in; a program asks what a computer compares: whether an answer is
one of some values, reaches a value, or a sum reaches a number. Every test of a program can go either way after those
before it, also where a node is shared, so that whoever does not know an answer may follow both ways: what is reached
so is all that can still come, unless fields are tied together by a sum (`tied`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from itertools import groupby, permutations
from operator import or_
from typing import NamedTuple, TypeAlias

from engine.budget import Budget, OutOfSteps
from engine.frozen import frozen_value
from engine.language.model.field_kinds import CHOICE, TEXT, YES_NO, Value
from engine.language.model.policy import Policy
from engine.language.model.values import grid_position, grid_value
from engine.meaning.hit_policies import Label
from engine.meaning.logic import logic_of
from engine.meaning.spaces.areas import bits
from engine.meaning.spaces.cells import Axis
from engine.meaning.spaces.space import Space
from engine.meaning.tree import Branch, Descent, Tree
from engine.problems import Problem, UnsoundError

STEPS = 2_000_000
# Single values are asked for by name as long as they are so few; otherwise by where they begin and end.
_FEW = 4
# More ways than these are not asked for one after the other.
MANY_WAYS = 8


# Values of their own each: as tuples, `AtLeast` and `MoreThan` of one number would be equal.
@frozen_value
class OneOf:
    """Whether the answer to a field is one of these values."""

    field: str
    values: tuple[Value, ...]


@frozen_value
class AtLeast:
    """Whether the answer to a field is this number or day, or lies above it."""

    field: str
    value: Value


@frozen_value
class MoreThan:
    """Whether the answer to a number field without a step lies above this number."""

    field: str
    value: Value


@frozen_value
class Includes:
    """Whether the list that answers an `any_of` field has this option in it."""

    field: str
    option: str


@frozen_value
class SumAtLeast:
    """Whether a sum of whole multiples of grid positions (`grid_position`) is this whole number or more."""

    terms: tuple[tuple[str, int], ...]
    least: int


Test: TypeAlias = OneOf | AtLeast | MoreThan | Includes | SumAtLeast


class Ask(NamedTuple):
    """A test, and where its two answers lead: to another ask (its place), or to an end (~ the place of its label)."""

    test: Test
    yes: int
    no: int


@frozen_value
class Program:
    """Asks, those that others lead to before them; `entry` is where to begin, and may be an end."""

    asks: tuple[Ask, ...]
    labels: tuple[Label, ...]
    entry: int
    tied: frozenset[str]

    def depth(self) -> int:
        """The most tests that one record can meet."""
        below: list[int] = []
        for ask in self.asks:
            below.append(1 + max((below[way] for way in (ask.yes, ask.no) if way >= 0), default=0))
        return below[self.entry] if self.entry >= 0 else 0


def verdict_program(policy: Policy, steps: int = STEPS) -> Program:
    """The tests that lead to the verdict, or to the `Ending` in its place; raises `OutOfSteps`."""
    return _program(policy, lambda: logic_of(policy).outcomes, steps)


def rules_program(policy: Policy, steps: int = STEPS) -> Program:
    """The tests that lead to the names of the rules that decide, or to an `Ending`; raises `OutOfSteps`."""
    return _program(policy, lambda: logic_of(policy).standings, steps)


def settled_program(policy: Policy, program: Callable[[Policy], Program]) -> Program:
    """One of these programs; raises `UnsoundError` where the steps end: nobody is decided by what was not found."""
    try:
        return program(policy)
    except OutOfSteps:
        message = f"the tests that lead to its verdicts were not found within {STEPS:,} steps"
        problem = Problem("not-proved", message, (policy.place,), "write fewer or simpler rules")
        raise UnsoundError([problem]) from None


def _program(policy: Policy, descent: Callable[[], Descent], steps: int) -> Program:
    # Formulas are worked out as they are needed and kept; one thread at a time.
    with policy.lock:
        grown = descent()
        tree = grown.grow(grown.areas.whole, Budget(steps))
    return Written(grown.areas.space).program(tree)


class Written:
    """Writes trees over one space down as asks."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.asks: list[Ask] = []
        self._places: dict[Ask, int] = {}
        self._sums: Mapping[int, tuple[tuple[str, int], ...]] = {
            axis: tuple((name, times) for name, times in zip(group.fields, weights, strict=True) if times)
            for group in space.groups
            for axis, weights in group.sum_axes
        }

    def program(self, tree: Tree) -> Program:
        places: list[int] = []

        def place(branch: Branch) -> int:
            return branch.child if branch.child < 0 else places[branch.child]

        for axis, branches in tree.nodes:
            places += [self._node(axis, [(branch.cells, place(branch)) for branch in branches])]
        return Program(tuple(self.asks), tree.labels, place(tree.entry), frozenset(self.space.entangled))

    def _node(self, axis: int, ways: Sequence[tuple[int, int]]) -> int:
        cells: dict[int, int] = {}
        for mask, to in ways:
            cells[to] = cells.get(to, 0) | mask
        shape = self.space.axes[axis]
        if len(cells) == 1:
            return next(iter(cells))
        if shape.option is not None:
            ((no, _), (yes, _)) = sorted(cells.items(), key=lambda way: way[1])
            return self._ask(Includes(shape.fields[0], shape.option), yes, no)
        if axis in self._sums or not self._is_listed(shape):
            return self._ordered(axis, cells)
        return self._listed(shape, cells)

    def _ask(self, test: Test, yes: int, no: int) -> int:
        ask = Ask(test, yes, no)
        if ask not in self._places:
            self._places[ask] = len(self.asks)
            self.asks.append(ask)
        return self._places[ask]

    def _is_listed(self, shape: Axis) -> bool:
        return self.space.fields[shape.fields[0]].kind in (CHOICE, YES_NO, TEXT)

    def _listed(self, shape: Axis, cells: Mapping[int, int]) -> int:
        """Asks for the values of one way after the other, the shortest list first; the longest is left unasked.

        Of many ways those with the shorter lists are asked for together, and told apart after that.
        """
        field = self.space.fields[shape.fields[0]]
        # A text that is not known is in the last cell: it cannot be asked for by its value. A yes is asked for.
        unlisted = 1 << len(shape.cells) - 1 if field.kind == TEXT else 0
        size = (lambda mask: -mask) if field.kind == YES_NO else int.bit_count
        ways = sorted(cells.items(), key=lambda way: (bool(way[1] & unlisted), size(way[1])))

        def named(mask: int) -> OneOf:
            return OneOf(field.name, tuple(shape.cells[cell].sample for cell in bits(mask)))

        def asked(ways: Sequence[tuple[int, int]]) -> int:
            if len(ways) <= MANY_WAYS:
                *first, (place, _) = ways
                for to, mask in reversed(first):
                    place = self._ask(named(mask), to, place)
                return place
            middle = len(ways) // 2
            few, rest = asked(ways[:middle]), asked(ways[middle:])
            return self._ask(named(reduce(or_, (mask for _, mask in ways[:middle]))), few, rest)

        return asked(ways)

    def _ordered(self, axis: int, cells: Mapping[int, int]) -> int:
        to_of = {cell: to for to, mask in cells.items() for cell in bits(mask)}
        runs = [(next(part)[0], to) for to, part in groupby(sorted(to_of.items()), key=lambda way: way[1])]
        points = self._points(axis, cells)
        if points is not None and len(runs) > 2:
            (test, yes, no) = points
            return self._ask(test, yes, no)
        return self._halved(axis, runs)

    def _points(self, axis: int, cells: Mapping[int, int]) -> tuple[Test, int, int] | None:
        """Two ways, one of them a few single values: asked for by name, as a person would."""
        shape = self.space.axes[axis]
        if axis in self._sums or len(cells) != 2:
            return None
        for (to, mask), (other, _) in permutations(cells.items()):
            found = [shape.cells[cell] for cell in bits(mask)]
            if len(found) <= _FEW and all(self._is_point(shape, cell.interval) for cell in found):
                return OneOf(shape.fields[0], tuple(cell.sample for cell in found)), to, other
        return None

    def _is_point(self, shape: Axis, interval: tuple[object, ...]) -> bool:
        ends = interval if self.space.fields[shape.fields[0]].is_grid else (interval[0], interval[2])
        return ends[0] is not None and ends[0] == ends[1]

    def _halved(self, axis: int, runs: Sequence[tuple[int, int]]) -> int:
        """Where runs of cells lead, by halving: each run by its first cell, which the first run's is not asked for."""
        if len(runs) == 1:
            return runs[0][1]
        middle = len(runs) // 2
        above, below = self._halved(axis, runs[middle:]), self._halved(axis, runs[:middle])
        return self._ask(self._begins(axis, runs[middle][0]), above, below)

    def _begins(self, axis: int, cell: int) -> Test:
        """Whether a situation lies in this cell of an axis, or in a later one."""
        shape = self.space.axes[axis]
        interval = shape.cells[cell].interval
        if axis in self._sums:
            return SumAtLeast(self._sums[axis], interval[0])
        field = self.space.fields[shape.fields[0]]
        if field.is_grid:
            return AtLeast(field.name, grid_value(field, interval[0]))
        low, low_in = interval[:2]
        return AtLeast(field.name, low) if low_in else MoreThan(field.name, low)


def fields_of(test: Test) -> Iterable[str]:
    """The fields whose answers a test needs."""
    return (name for name, _ in test.terms) if isinstance(test, SumAtLeast) else (test.field,)


def holds(policy: Policy, test: Test, values: Mapping[str, Value]) -> bool:
    """Whether a test holds for a record that answers what it needs."""
    if isinstance(test, OneOf):
        return values[test.field] in test.values
    if isinstance(test, AtLeast):
        return values[test.field] >= test.value  # type: ignore[operator]
    if isinstance(test, MoreThan):
        return values[test.field] > test.value  # type: ignore[operator]
    if isinstance(test, Includes):
        return test.option in values[test.field]  # type: ignore[operator]
    return sum(times * grid_position(policy.field[name], values[name]) for name, times in test.terms) >= test.least

"""Compilation of the proved decision tree to a program of yes/no tests on values, the input of all back ends.

A tree branches on the cells of an axis. A program branches on what computers compare: whether an answer is one of some
values, or reaches a value, or a sum reaches a number. Programs are acyclic graphs with shared nodes. Every test can go
either way after the tests before it, on each path. So for missing answers a back end may follow both branches: the ends
it reaches are exactly those of the completions, except for fields tied by a sum (`tied`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from itertools import groupby, permutations
from operator import or_
from typing import TypeAlias

from engine.budget import Budget, OutOfSteps
from engine.frozen import NamedTuple, frozen_value
from engine.language.model.field_kinds import NONE, NOT_ASKED, TEXT, YES_NO, Value
from engine.language.model.policy import Policy
from engine.language.model.values.grid_positions import grid_position, grid_value
from engine.meaning.descent import Descent
from engine.meaning.hit_policies import Label
from engine.meaning.logic import logic_of
from engine.meaning.spaces.areas import bits
from engine.meaning.spaces.cells import Axis
from engine.meaning.spaces.space import Space
from engine.meaning.tree import Branch, Tree
from engine.problems import UnsoundError

STEPS = 2_000_000
# Up to this many single values are compared for equality; more are compared by order.
_FEW = 4
# A node with more branches than this is split by halving instead of a chain of tests.
MANY_WAYS = 8


# Frozen values instead of named tuples: as tuples, `AtLeast` and `MoreThan` of one number would be equal.
@frozen_value
class OneOf:
    """Test: the answer to the field is one of these values."""

    field: str
    values: tuple[Value, ...]


@frozen_value
class AtLeast:
    """Test: the answer to the field is at least this number or date."""

    field: str
    value: Value


@frozen_value
class MoreThan:
    """Test: the answer to a number field without a step is greater than this number."""

    field: str
    value: Value


@frozen_value
class Includes:
    """Test: the answer to an `any_of` field includes this option."""

    field: str
    option: str


@frozen_value
class SumAtLeast:
    """Test: the sum of integer multiples of grid positions (`grid_position`) is at least this integer."""

    terms: tuple[tuple[str, int], ...]
    least: int


Test: TypeAlias = OneOf | AtLeast | MoreThan | Includes | SumAtLeast


class Ask(NamedTuple):
    """A node of a program: a test and its two targets.

    A target is the index of another node, or `~index` of a label, a negative number.
    """

    test: Test
    yes: int
    no: int


@frozen_value
class Program:
    """A program of yes/no tests.

    Attributes:
        asks: The nodes; each comes after the nodes that it leads to.
        labels: The labels of the ends.
        entry: The target to start at, which may be an end.
        tied: The fields tied to others by sums.
    """

    asks: tuple[Ask, ...]
    labels: tuple[Label, ...]
    entry: int
    tied: frozenset[str]

    def depth(self) -> int:
        """The maximum number of tests on a path."""
        below: list[int] = []
        for ask in self.asks:
            below.append(1 + max((below[way] for way in (ask.yes, ask.no) if way >= 0), default=0))
        return below[self.entry] if self.entry >= 0 else 0


def verdict_program(policy: Policy, steps: int = STEPS) -> Program:
    """Compile the program whose labels are names of verdicts, or `Ending`s where there is none; raises `OutOfSteps`."""
    return _program(policy, lambda: logic_of(policy).outcomes, steps)


def rules_program(policy: Policy, steps: int = STEPS) -> Program:
    """Compile the program whose labels are the names of the deciding rules, or `Ending`s; raises `OutOfSteps`."""
    return _program(policy, lambda: logic_of(policy).standings, steps)


def settled_program(policy: Policy, program: Callable[[Policy], Program]) -> Program:
    """Compile a program with one of these functions; raises `UnsoundError` if the step limit is exceeded."""
    try:
        return program(policy)
    except OutOfSteps:
        message = f"the tests that lead to its verdicts were not found within {STEPS:,} steps"
        raise UnsoundError.of("not-proved", message, policy.place, "write fewer or simpler rules") from None


def _program(policy: Policy, descent: Callable[[], Descent], steps: int) -> Program:
    """Grow the tree of a descent and compile it."""
    # Formulas are computed lazily and memoized on the policy, so only one thread may do it at a time.
    with policy.lock:
        grown = descent()
        tree = grown.grow(grown.areas.whole, Budget(steps))
    return Compiler(grown.areas.space).program(tree)


class Compiler:
    """Compiles trees over one space to programs."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.asks: list[Ask] = []
        self._places: dict[Ask, int] = {}

    def program(self, tree: Tree) -> Program:
        """The program of a tree."""
        places: list[int] = []

        def place(branch: Branch) -> int:
            return branch.child if branch.child < 0 else places[branch.child]

        for axis, branches in tree.nodes:
            places += [self._node(axis, [(branch.cells, place(branch)) for branch in branches])]
        return Program(tuple(self.asks), tree.labels, place(tree.entry), frozenset(self.space.tied))

    def _node(self, axis: int, ways: Sequence[tuple[int, int]]) -> int:
        """The target of a node with these branches, pairs of cell mask and target."""
        cells: dict[int, int] = {}
        for mask, to in ways:
            cells[to] = cells.get(to, 0) | mask
        shape = self.space.axes[axis]
        if len(cells) == 1:
            return next(iter(cells))
        if shape.option is not None:
            ((no, _), (yes, _)) = sorted(cells.items(), key=lambda way: way[1])
            return self._ask(Includes(shape.fields[0], shape.option), yes, no)
        if shape.terms or not self._is_listed(shape):
            return self._valued(axis, cells)
        return self._listed(shape, cells)

    def _ask(self, test: Test, yes: int, no: int) -> int:
        """The index of a node, shared with an equal one if there is one."""
        ask = Ask(test, yes, no)
        if ask not in self._places:
            self._places[ask] = len(self.asks)
            self.asks.append(ask)
        return self._places[ask]

    def _is_listed(self, shape: Axis) -> bool:
        """Whether values of the axis are tested by equality."""
        return self.space.fields[shape.fields[0]].is_listed

    def _listed(self, shape: Axis, cells: Mapping[int, int]) -> int:
        """Test for the values of one branch after the other, shortest list first; the last needs no test.

        With many branches, one test first separates the half with the shorter lists from the rest.
        """
        field = self.space.fields[shape.fields[0]]
        # Unknown texts are in the last cell of a text field, so its branch cannot be tested by values and comes last.
        # For yes/no, the test is for yes.
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

    def _valued(self, axis: int, cells: Mapping[int, int]) -> int:
        """Test first whether the field of an axis has no value, and then its values."""
        none = self.space.none_on(axis)
        left = {to: mask & ~none for to, mask in cells.items() if mask & ~none}
        below = self._ordered(axis, left) if len(left) > 1 else next(iter(left), None)
        if not none or not any(mask & none for mask in cells.values()):
            assert below is not None
            return below
        shape = self.space.axes[axis]
        for to, mask in cells.items():
            absent = tuple(shape.cells[cell].sample for cell in bits(mask & none))
            if below is None:
                below = to
            elif absent and to != below:
                below = self._ask(OneOf(shape.fields[0], absent), to, below)
        assert below is not None
        return below

    def _ordered(self, axis: int, cells: Mapping[int, int]) -> int:
        """Test an axis with ordered cells, by single values if possible and otherwise by bisection."""
        to_of = {cell: to for to, mask in cells.items() for cell in bits(mask)}
        runs = [(next(part)[0], to) for to, part in groupby(sorted(to_of.items()), key=lambda way: way[1])]
        points = self._points(axis, cells)
        if points is not None and len(runs) > 2:
            (test, yes, no) = points
            return self._ask(test, yes, no)
        return self._bisect(axis, runs)

    def _points(self, axis: int, cells: Mapping[int, int]) -> tuple[Test, int, int] | None:
        """A test for single values and its targets, if one of two branches has only a few of them; else None."""
        shape = self.space.axes[axis]
        if shape.terms or len(cells) != 2:
            return None
        for (to, mask), (other, _) in permutations(cells.items()):
            found = [shape.cells[cell] for cell in bits(mask)]
            if len(found) <= _FEW and all(self._is_point(shape, cell.interval) for cell in found):
                return OneOf(shape.fields[0], tuple(cell.sample for cell in found)), to, other
        return None

    def _is_point(self, shape: Axis, interval: tuple[object, ...]) -> bool:
        """Whether an interval contains a single value."""
        ends = interval if self.space.fields[shape.fields[0]].is_grid else (interval[0], interval[2])
        return ends[0] is not None and ends[0] == ends[1]

    def _bisect(self, axis: int, runs: Sequence[tuple[int, int]]) -> int:
        """Find the run of cells by bisection; `runs` are pairs of first cell and target."""
        if len(runs) == 1:
            return runs[0][1]
        middle = len(runs) // 2
        above, below = self._bisect(axis, runs[middle:]), self._bisect(axis, runs[:middle])
        return self._ask(self._begins(axis, runs[middle][0]), above, below)

    def _begins(self, axis: int, cell: int) -> Test:
        """The test whether a situation lies in this cell of an axis or a later one."""
        shape = self.space.axes[axis]
        interval = shape.cells[cell].interval
        if shape.terms:
            return SumAtLeast(shape.terms, interval[0])
        field = self.space.fields[shape.fields[0]]
        if field.is_grid:
            return AtLeast(field.name, grid_value(field, interval[0]))
        low, low_in = interval[:2]
        return AtLeast(field.name, low) if low_in else MoreThan(field.name, low)


# What stands for no value.
_ABSENT = (NONE, NOT_ASKED)


def fields_of(test: Test) -> Iterable[str]:
    """The names of the fields that a test needs."""
    return (name for name, _ in test.terms) if isinstance(test, SumAtLeast) else (test.field,)


def holds(policy: Policy, test: Test, values: Mapping[str, Value]) -> bool:
    """Whether a test holds for a record that answers its fields."""
    if isinstance(test, OneOf):
        return values[test.field] in test.values
    if isinstance(test, AtLeast):
        return values[test.field] not in _ABSENT and values[test.field] >= test.value  # type: ignore[operator]
    if isinstance(test, MoreThan):
        return values[test.field] not in _ABSENT and values[test.field] > test.value  # type: ignore[operator]
    if isinstance(test, Includes):
        return test.option in values[test.field]  # type: ignore[operator]
    return sum(times * grid_position(policy.field[name], values[name]) for name, times in test.terms) >= test.least

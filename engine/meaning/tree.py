"""Which situations satisfy a formula: is there one, how many are there, which one shows it best?

A descent over the axes in one order: a node is what is left of the formula, its branches are the cells of the next
axis it speaks of, and equal nodes are one node. Entangled fields are passed in one go: the walk through their axes
carries the region it is in, as intervals of fields and of sums, and drops it as soon as no whole-number point is
left (`lattice.py`), so that every path ends in a real record.

Decision diagrams with shared nodes: R. E. Bryant, "Graph-based algorithms for Boolean function manipulation" (1986).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from engine.language.policy import Value
from engine.language.values import grid_position
from engine.meaning.budget import Budget, OutOfSteps
from engine.meaning.counting import count as count_points
from engine.meaning.formulas import FALSE, TRUE, Formulas
from engine.meaning.lattice import Interval, Region, Strip, feasible
from engine.meaning.space import Group, Space

T = TypeVar("T")
_FIRST_ATTEMPT = 2_000
_GROWTH = 8
_PARTS_A_STEP = 32
_POINT_STEP = 4


class Branch(NamedTuple):
    """One way on from a node: through these cells of an axis, or through these regions of a group."""

    child: int
    cells: tuple[int, ...]
    regions: tuple[Region, ...]


class Node(NamedTuple):
    """What is asked at a node: the dimension (an axis, or a group from `len(axes)` on), and where the answers lead."""

    dimension: int
    branches: tuple[Branch, ...]


class Solver:
    """Answers questions about formulas over one space, with some answers known.

    `pins` are the known answers of entangled fields (their cell alone would not settle a sum); other known answers
    are restricted away with `known`. Everything found is kept for the next question.
    """

    def __init__(self, formulas: Formulas, pins: Mapping[str, Value] | None = None) -> None:
        self.formulas = formulas
        self.space: Space = formulas.space
        self.pins = dict(pins or {})
        self._boxes = [self._box(group) for group in self.space.groups]
        self._group_bits = [self._bits(group) for group in self.space.groups]
        self._regions: dict[tuple[int, int], tuple[Branch, ...]] = {}
        self._points: dict[Region, int] = {}
        self._verdicts: dict[int, bool] = {FALSE: False, TRUE: True}
        self._dimension = {}
        for index, group in enumerate(self.space.groups):
            for axis in (*group.field_axes, *(axis for axis, _ in group.sum_axes)):
                self._dimension[axis] = len(self.space.axes) + index

    def _box(self, group: Group) -> tuple[Interval, ...]:
        box = list(group.box)
        for index, name in enumerate(group.fields):
            if name in self.pins:
                position = int(grid_position(self.space.fields[name], self.pins[name]))
                box[index] = (position, position)
        return tuple(box)

    @staticmethod
    def _bits(group: Group) -> int:
        return sum(1 << axis for axis in (*group.field_axes, *(axis for axis, _ in group.sum_axes)))

    def known(self, formula: int, values: Mapping[str, Value]) -> int:
        """What is left of a formula once these fields are answered; entangled ones must be pinned too."""
        for name, value in values.items():
            for axis in self.space.axes_of(self.space.fields[name]):
                formula = self.formulas.restrict(formula, axis, self.space.cell_of(axis, value))
        return formula

    # The order of the dimensions.

    def _orders(self, formula: int) -> list[list[int]]:
        """Two orders to try: the author's, and the most tested first; real policies break each."""
        tested: dict[int, int] = {}
        for axis, times in self.formulas.literals(formula).items():
            dimension = self._dimension.get(axis, axis)
            tested[dimension] = tested.get(dimension, 0) + times
        author = sorted(tested, key=self._author_rank)
        busiest = sorted(tested, key=lambda each: (-tested[each], self._author_rank(each)))
        return [author] if author == busiest else [author, busiest]

    def _author_rank(self, dimension: int) -> int:
        if dimension < len(self.space.axes):
            return dimension
        return max(self.space.groups[dimension - len(self.space.axes)].field_axes)

    def _attempts(self, formula: int, budget: Budget, work: Callable[[list[int], Budget], T]) -> T:
        """The work done in whichever order ends first: each is given ever more steps, in turn."""
        orders = self._orders(formula)
        allowed = _FIRST_ATTEMPT
        while True:
            for order in orders:
                attempt = Budget(min(allowed, budget.steps - budget.spent))
                try:
                    return work(order, attempt)
                except OutOfSteps:
                    pass
                finally:
                    budget.spent += min(attempt.spent, attempt.steps)
                if budget.spent >= budget.steps:
                    raise OutOfSteps
            allowed *= _GROWTH

    # Nodes.

    def _node(self, formula: int, order: list[int], budget: Budget) -> Node:
        axes = self.formulas.axes[formula]
        for dimension in order:
            if dimension < len(self.space.axes):
                if axes >> dimension & 1:
                    return Node(dimension, self._axis_branches(formula, dimension, budget))
            elif axes & self._group_bits[dimension - len(self.space.axes)]:
                return Node(dimension, self._group_branches(formula, dimension - len(self.space.axes), budget))
        raise AssertionError("a formula speaks of axes that its order lacks")

    def _axis_branches(self, formula: int, axis: int, budget: Budget) -> tuple[Branch, ...]:
        cells: dict[int, list[int]] = {}
        for alike in self.formulas.classes(formula, axis):
            cells.setdefault(self._left(formula, axis, alike[0], budget), []).extend(alike)
        return tuple(Branch(child, tuple(each), ()) for child, each in cells.items())

    def _left(self, formula: int, axis: int, cell: int, budget: Budget) -> int:
        """What is left of a formula in a cell, paid for by the size of what had to be looked at."""
        before = self.formulas.work
        left = self.formulas.restrict(formula, axis, cell)
        budget.spend(1 + (self.formulas.work - before) // _PARTS_A_STEP)
        return left

    def _group_branches(self, formula: int, index: int, budget: Budget) -> tuple[Branch, ...]:
        found = self._regions.get((formula, index))
        if found is None:
            regions: dict[int, list[Region]] = {}
            for child, region in self._walk(formula, index, budget):
                regions.setdefault(child, []).append(region)
            found = tuple(Branch(child, (), tuple(each)) for child, each in regions.items())
            self._regions[formula, index] = found
        return found

    def _walk(self, formula: int, index: int, budget: Budget) -> Iterator[tuple[int, Region]]:
        """The disjoint regions of a group on which the formula leaves one thing, but for those that leave nothing."""
        group = self.space.groups[index]
        places = {axis: place for place, axis in enumerate(group.field_axes)}
        weights = dict(group.sum_axes)
        bits = self._group_bits[index]
        waiting = [(formula, Region(self._boxes[index], ()))]
        while waiting:
            current, region = waiting.pop()
            asked = self.formulas.axes[current] & bits
            if not asked:
                yield current, region
                continue
            axis = (asked & -asked).bit_length() - 1
            ways = []
            for child, interval in self._runs(current, axis, _span(region, axis, places, weights), budget):
                if child == FALSE:
                    continue
                narrowed = _narrowed(region, interval, places.get(axis), weights.get(axis))
                if paid(feasible, narrowed, budget):
                    ways.append((child, narrowed))
            waiting.extend(reversed(ways))

    def _runs(self, formula: int, axis: int, span: Interval, budget: Budget) -> Iterator[tuple[int, Interval]]:
        """Neighbouring cells within a span that leave the same of the formula, joined into intervals."""
        low, high = span
        left_by = {}
        for alike in self.formulas.classes(formula, axis):
            left_by.update(dict.fromkeys(alike, alike[0]))
        child, start, end = -1, None, None
        for cell, (_, _, interval) in enumerate(self.space.axes[axis].cells):
            first, last = interval
            if (high is not None and first is not None and first > high) or (
                low is not None and last is not None and last < low
            ):
                continue
            left = self._left(formula, axis, left_by[cell], budget)
            if left != child:
                if child >= 0:
                    yield child, (start, end)
                child, start = left, first
            end = last
        if child >= 0:
            yield child, (start, end)

    # The questions.

    def satisfiable(self, formula: int, budget: Budget) -> bool:
        """Whether some situation satisfies the formula; raises `OutOfSteps`."""
        if formula in self._verdicts:
            return self._verdicts[formula]
        return self._attempts(formula, budget, lambda order, attempt: self._search(formula, order, attempt))

    def _search(self, formula: int, order: list[int], budget: Budget) -> bool:
        verdicts = self._verdicts
        path = [(formula, iter(self._ways(formula, order, budget)))]
        while path:
            current, ways = path[-1]
            child = next(ways, None)
            if child is None:
                verdicts[current] = False
                path.pop()
            elif verdicts.get(child):
                for seen, _ in path:
                    verdicts[seen] = True
                return True
            elif child not in verdicts:
                path.append((child, iter(self._ways(child, order, budget))))
        return False

    def _ways(self, formula: int, order: list[int], budget: Budget) -> list[int]:
        budget.spend()
        return sorted((branch.child for branch in self._node(formula, order, budget).branches), reverse=True)

    def diagram(self, formula: int, budget: Budget) -> tuple[list[int], dict[int, Node]]:
        """The whole tree below a formula, each shared node once, and the order of its dimensions."""
        return self._attempts(formula, budget, lambda order, attempt: (order, self._diagram(formula, order, attempt)))

    def _diagram(self, formula: int, order: list[int], budget: Budget) -> dict[int, Node]:
        nodes: dict[int, Node] = {}
        waiting = [formula]
        while waiting:
            current = waiting.pop()
            if current in nodes or current in (FALSE, TRUE):
                continue
            budget.spend()
            node = self._node(current, order, budget)
            nodes[current] = node
            waiting.extend(branch.child for branch in node.branches)
        return nodes

    def count(self, formula: int, budget: Budget) -> int:
        """How many situations satisfy the formula; the space must be countable. Raises `OutOfSteps`."""
        sizes = self._sizes()
        if formula in (FALSE, TRUE):
            return _product(sizes.values()) if formula else 0
        order, nodes = self.diagram(formula, budget)
        rank = {dimension: place for place, dimension in enumerate(order)}
        left = [1] * (len(order) + 1)
        for place in range(len(order) - 1, -1, -1):
            left[place] = left[place + 1] * sizes[order[place]]
        # Counts are over the dimensions from a node's own on: what lies above it is multiplied in by the parent.
        counts = {FALSE: 0, TRUE: 1}
        height = {FALSE: len(order), TRUE: len(order)}
        for current in sorted(nodes, key=lambda each: -rank[nodes[each].dimension]):
            node = nodes[current]
            place = rank[node.dimension]
            total = 0
            for branch in node.branches:
                if counts[branch.child]:
                    skipped = left[place + 1] // left[height[branch.child]]
                    total += self._weight(node, branch, budget) * skipped * counts[branch.child]
            counts[current], height[current] = total, place
        untested = _product(size for dimension, size in sizes.items() if dimension not in rank)
        return counts[formula] * untested * left[0] // left[height[formula]]

    def _sizes(self) -> dict[int, int]:
        """How many answers each dimension has."""
        sizes = {}
        for axis, shape in enumerate(self.space.axes):
            if axis not in self._dimension:
                sizes[axis] = sum(cell.size or 0 for cell in shape.cells)
        for index, box in enumerate(self._boxes):
            spans = [high - low + 1 for low, high in box if low is not None and high is not None]
            sizes[len(self.space.axes) + index] = _product(spans)
        return sizes

    def _weight(self, node: Node, branch: Branch, budget: Budget) -> int:
        if node.dimension < len(self.space.axes):
            cells = self.space.axes[node.dimension].cells
            return sum(cells[cell].size or 0 for cell in branch.cells)
        total = 0
        for region in branch.regions:
            if region not in self._points:
                self._points[region] = paid(count_points, region, budget, _POINT_STEP)
            total += self._points[region]
        return total

    def ways_through(self, formula: int, index: int, budget: Budget) -> tuple[Branch, ...]:
        """The regions of a group with what each leaves of the formula; those that leave nothing are left out."""
        return self._group_branches(formula, index, budget)

    def shortest_path(self, formula: int, budget: Budget) -> list[tuple[int, Branch]]:
        """The fewest dimensions and branches that make a satisfiable formula true, whatever the rest is."""
        _, nodes = self.diagram(formula, budget)
        # What is left of a formula speaks of fewer axes than the formula: in this order children come first.
        cost: dict[int, int | None] = {FALSE: None, TRUE: 0}
        choice: dict[int, Branch] = {}
        for current in sorted(nodes, key=lambda each: self.formulas.axes[each].bit_count()):
            best: int | None = None
            for branch in nodes[current].branches:
                below = cost[branch.child]
                if below is not None and (best is None or below + 1 < best):
                    best = below + 1
                    choice[current] = branch
            cost[current] = best
        path = []
        while formula != TRUE:
            branch = choice[formula]
            path.append((nodes[formula].dimension, branch))
            formula = branch.child
        return path


def paid(work: Callable[[Region, Budget], T], region: Region, budget: Budget, price: int = 1) -> T:
    """What the work on a region gives, its steps paid for by the number of fields: each step looks at them all."""
    price *= max(1, len(region.box) ** 2 // 64)
    if price == 1:
        return work(region, budget)
    own = Budget((budget.steps - budget.spent) // price)
    try:
        return work(region, own)
    except RecursionError:
        # A chain of hundreds of fields is walked field by field, deeper than Python goes.
        raise OutOfSteps from None
    finally:
        budget.spent += price * min(own.spent, own.steps)


def _product(sizes: Any) -> int:
    total = 1
    for size in sizes:
        total *= size
    return total


def _span(region: Region, axis: int, places: Mapping[int, int], weights: Mapping[int, tuple[int, ...]]) -> Interval:
    """What the region's box allows on an axis: a field's own interval, or the least and most of a sum."""
    if axis in places:
        return region.box[places[axis]]
    low: int | None = 0
    high: int | None = 0
    for weight, (first, last) in zip(weights[axis], region.box, strict=True):
        if weight:
            least, most = (first, last) if weight > 0 else (last, first)
            low = None if low is None or least is None else low + weight * least
            high = None if high is None or most is None else high + weight * most
    return low, high


def _narrowed(region: Region, interval: Interval, place: int | None, weights: tuple[int, ...] | None) -> Region:
    if place is not None:
        box = list(region.box)
        box[place] = _meet(box[place], interval)
        return Region(tuple(box), region.strips)
    if weights is None or interval == (None, None):
        return region
    return Region(region.box, (*region.strips, Strip(weights, interval)))


def _meet(one: Interval, other: Interval) -> Interval:
    low = one[0] if other[0] is None else other[0] if one[0] is None else max(one[0], other[0])
    high = one[1] if other[1] is None else other[1] if one[1] is None else min(one[1], other[1])
    return low, high

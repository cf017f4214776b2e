"""Which question is worth asking next, after some answers?

What is left of a policy after some answers is a node of a diagram (`diagrams.py`); the fewest questions that can be
expected from there follow from those of what is left after one more: dynamic programming over the nodes that can be
reached. Where that takes too long, the question is taken that tells most about the verdict (greatest fall of entropy).

Decision trees of least expected cost: M. R. Garey, "Optimal binary identification procedures" (SIAM Journal on Applied
Mathematics 23, 1972). Taking the most telling question: J. R. Quinlan, "Induction of decision trees" (1986).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from math import log2, prod
from typing import Any, NamedTuple

from engine.budget import Budget, OutOfSteps
from engine.language.model.field_kinds import Field, Value
from engine.language.model.policy import Policy
from engine.meaning.diagrams import Diagram
from engine.meaning.hit_policies import Ending
from engine.meaning.logic import Logic, logic_of
from engine.meaning.spaces.areas import Area, bits
from engine.threads import Bounded, cached_property

# An entropy is a rounded number: questions that differ by less tell as much.
_DIGITS = 9
PLAN_STEPS = 100_000
# The search for the fewest questions ends soon or takes minutes; asking what tells most is hardly worse.
_EXACT_STEPS = 15_000
# A policy whose diagram takes more is not one whose questions anybody could plan: many rules over many fields.
_MOST_GROWING = 10_000
# The questions after so many sets of answers, no two of them alike to the rules, are kept with a policy.
_MOST_KEPT = 1_000


class Left(NamedTuple):
    """What is left after some answers: a node, and which answered fields open sums or pinned questions still need."""

    node: int
    known: frozenset[str] = frozenset()


class Planner:
    """The questions worth asking about one policy. Every question raises `OutOfSteps` where the steps end."""

    def __init__(self, policy: Policy, logic: Logic, steps: int, area: Area | None = None) -> None:
        """Begins at an area, if one is given, instead of at all situations."""
        self.policy = policy
        self.space = logic.space
        self.steps = steps
        self.diagram = Diagram(self.space, logic.outcomes.order, Budget(steps))
        growing = Budget(min(steps, _MOST_GROWING))
        self.root = self.diagram.take(logic.outcomes.grow_in_order(area or logic.areas.whole, growing))
        self._place = {each.name: place for place, each in enumerate(policy.asking_order)}
        self._pins = {each.name: _pins(policy, each) for each in policy.fields}
        self._wanted: dict[int, frozenset[str]] = {}
        self.scale = prod(self._size(axis) for axis in bits(self.diagram.support(self.root)))
        self._possible: dict[int, int] = {}
        self._fewest: dict[Left, tuple[int, str]] = {}
        self._telling: dict[Left, str] = {}

    # What is left.

    def after(self, values: Mapping[str, Value]) -> Left | None:
        """What these answers leave; None where no situation has them."""
        node: int | None = self.root
        for name, value in values.items():
            for axis in self.space.axes_of(self.policy.field[name]):
                if node is not None:
                    node = self.diagram.fixed(node, axis, self.space.cell_of(axis, value))
        return None if node is None else self.left(node, frozenset(values))

    def left(self, node: int, known: frozenset[str]) -> Left:
        wanted = self._wanted.get(node)
        if wanted is None:
            wanted = self._wanted[node] = frozenset(self._still_wanted(node))
        return Left(node, known & wanted)

    def _still_wanted(self, node: int) -> Iterator[str]:
        """The fields of open sums, and those whose questions come before another that may still be asked."""
        for axis in bits(self.diagram.support(node)):
            fields = self.space.axes[axis].fields
            if len(fields) > 1:
                yield from fields
            for name in fields:
                yield from self._pins[name]

    def sums(self, node: int) -> list[int]:
        """The axes over several fields that still make a difference."""
        return [axis for axis in bits(self.diagram.support(node)) if len(self.space.axes[axis].fields) > 1]

    def ready(self, left: Left) -> int | None:
        """A sum all of whose fields are answered."""
        return next(
            (axis for axis in self.sums(left.node) if left.known.issuperset(self.space.axes[axis].fields)), None
        )

    def is_certain(self, left: Left) -> bool:
        return len(self.diagram.endings(left.node)) < 2

    def _open(self, left: Left, axes: int) -> list[str]:
        """What may be asked about the fields of some axes, in asking order."""
        names = self._fields(axes) - left.known
        return sorted({self._first(name, left.known) for name in names}, key=self._place.__getitem__)

    def _first(self, name: str, known: frozenset[str]) -> str:
        """The question itself, or the first of those that `ask_after` puts before it and that is not answered."""
        return _first_open(self._pins[name], name, known)

    def _worth_asking(self, left: Left) -> list[str]:
        """The fields whose answer alone can turn the verdict; where none can, some that together can."""
        names: dict[str, list[int]] = {}
        for axis in bits(self.diagram.support(left.node)):
            for name in self.space.axes[axis].fields:
                names.setdefault(name, []).append(axis)
        turning = {
            name for name, axes in names.items() if name not in left.known and self.diagram.can_turn(left.node, axes)
        }
        names_left = turning or self._fields(self.diagram.needed(left.node)) - left.known
        return [
            name for name in sorted(names_left, key=self._place.__getitem__) if not names_left & {*self._pins[name]}
        ]

    def _fields(self, axes: int) -> set[str]:
        return {name for axis in bits(axes) for name in self.space.axes[axis].fields}

    def answered(self, left: Left, name: str) -> Iterator[tuple[int, Left]]:
        """What the answers to a question leave, each with how many of all answers (`answers`) leave that."""
        ways = {left.node: 1}
        for axis in self.space.axes_of(self.policy.field[name]):
            below: dict[int, int] = {}
            for node, many in ways.items():
                for mask, child in self.split(node, axis):
                    below[child] = below.get(child, 0) + many * self.diagram.weight(axis, mask)
            ways = below
        known = left.known | {name}
        for node, many in ways.items():
            yield many, self.left(node, known)

    def answers(self, name: str) -> int:
        """How many answers a question has, as `answered` counts them."""
        return prod(self._size(axis) for axis in self.space.axes_of(self.policy.field[name]))

    def _size(self, axis: int) -> int:
        return self.diagram.weight(axis, self.space.axes[axis].full)

    def split(self, node: int, axis: int) -> tuple[tuple[int, int], ...]:
        if self.diagram.support(node) >> axis & 1:
            return self.diagram.split(node, axis)
        return ((self.space.axes[axis].full, node),)

    # Choosing.

    @cached_property
    def is_exact(self) -> bool:
        """Whether no plan needs fewer questions than the one from here, which is then worked out; else it is greedy.

        This does not depend on what was asked before. Sums over several fields come up together with their fields, so
        that no chance of their cells is exact.
        """
        if self.sums(self.root):
            return False
        start = self.left(self.root, frozenset())
        before, self.diagram.budget = self.diagram.budget, Budget(min(self.steps, _EXACT_STEPS))
        try:
            return self.is_certain(start) or bool(self._shortest(start))
        except (OutOfSteps, RecursionError):
            return False
        finally:
            self.diagram.budget = before

    def question(self, left: Left) -> str:
        """The field to ask next, where the verdict is not certain yet; what it takes is paid for out of the budget."""
        if self.is_exact:
            try:
                return self._shortest(left)[1]
            except (OutOfSteps, RecursionError):
                # Answers that the plan did not ask for can lead to where it never looked.
                self.begin_anew()
        return self._first(self.most_telling(left), left.known)

    def begin_anew(self) -> None:
        """Gives the next questions steps of their own."""
        self.diagram.budget = Budget(self.steps)

    def possible(self, node: int) -> int:
        """How many of `scale` situations that lead to a node are possible; exact where no sums are left.

        No axis is asked twice on the way to an end, so that the size of each divides what is below it.
        """
        if node < 0:
            return self.scale if self.diagram.endings(node) else 0
        found = self._possible.get(node)
        if found is None:
            axis, ways = self.diagram.fork(node)
            below = sum(self.diagram.weight(axis, mask) * self.possible(child) for mask, child in ways)
            found = self._possible[node] = below // self._size(axis)
        return found

    def _shortest(self, left: Left) -> tuple[int, str]:
        """The first of the fewest questions, and how many are asked in `scale` situations that lead here."""
        found = self._fewest.get(left)
        if found is not None:
            return found
        one = self.possible(left.node)
        ranked = []
        for place, name in enumerate(self._open(left, self.diagram.support(left.node))):
            self.diagram.budget.spend()
            answers = self.answers(name)
            ways = [(many, below) for many, below in self.answered(left, name) if not self.is_certain(below)]
            least = one + sum(many * self.possible(below.node) for many, below in ways) // answers
            ranked.append((least, place, name, answers, ways))
        best: tuple[int, int, str] | None = None
        for least, place, name, answers, ways in sorted(ranked):
            if best is not None and (least, place) >= best[:2]:
                break
            total = least
            for many, below in ways:
                total += many * (self._shortest(below)[0] - self.possible(below.node)) // answers
                if best is not None and (total, place) >= best[:2]:
                    break
            else:
                best = total, place, name
        assert best is not None
        self._fewest[left] = best[0], best[2]
        return self._fewest[left]

    def most_telling(self, left: Left) -> str:
        """The field whose answer tells most about the verdict; of several the one that is asked first.

        Another question may have to come before it: see `question`.
        """
        found = self._telling.get(left)
        if found is None:
            ranked = []
            for place, name in enumerate(self._worth_asking(left)):
                self.diagram.budget.spend()
                unknown = sum(many * self._unknown(below) for many, below in self.answered(left, name))
                ranked.append((round(unknown / self.answers(name), _DIGITS), place, name))
            found = self._telling[left] = min(ranked)[2]
        return found

    def _unknown(self, left: Left) -> float:
        """The bits that are missing to know the verdict, times the chance that what is left is possible."""
        shares = [share for label, share in self.diagram.shares(left.node).items() if label is not Ending.IMPOSSIBLE]
        possible = sum(shares)
        return -sum(share * log2(share / possible) for share in shares)


def _pins(policy: Policy, field: Field) -> tuple[str, ...]:
    """The fields whose questions have to come before that of a field, the first of them first."""
    if field.ask_after is None:
        return ()
    return (*_pins(policy, policy.field[field.ask_after]), field.ask_after)


def _first_open(pins: Iterable[str], name: str, known: Collection[str]) -> str:
    return next((each for each in pins if each not in known), name)


def planner_of(policy: Policy, steps: int) -> Planner | None:
    """The planner of a policy, worked out once and kept with it; None where that is beyond so many steps.

    To be used by one thread at a time.
    """
    kept: dict[int, Planner | None] = policy.memo.setdefault("planners", {})
    if steps not in kept:
        try:
            kept[steps] = Planner(policy, logic_of(policy), steps)
        except OutOfSteps:
            kept[steps] = None
    return kept[steps]


def next_question(policy: Policy, values: Mapping[str, Value], *, otherwise: str, steps: int = PLAN_STEPS) -> str:
    """The field to ask next after some answers that leave the verdict open.

    Where the steps end it is the field `otherwise`. In either case a question comes first that `ask_after` puts before
    it. Where fields are tied together by sums, what the exact answers leave is looked at anew: they say more than
    cells do.
    """
    with policy.lock:
        area = logic_of(policy).areas.answered(values)
        kept: Bounded[Any, str | None] = policy.memo.setdefault("questions", Bounded(_MOST_KEPT))
        key = area, frozenset(values), steps
        name = kept[key] if key in kept else kept.keep(key, _planned_question(policy, values, steps, area))
    name = name or otherwise
    return _first_open(_pins(policy, policy.field[name]), name, values)


def _planned_question(policy: Policy, values: Mapping[str, Value], steps: int, area: Area) -> str | None:
    planner = planner_of(policy, steps)
    if planner is None:
        return None
    try:
        if planner.sums(planner.root):
            planner = Planner(policy, logic_of(policy), steps, area)
            left: Left | None = planner.left(planner.root, frozenset(values))
        else:
            left = planner.after(values)
        if left is None or planner.is_certain(left):
            return None
        planner.begin_anew()
        return planner.question(left)
    except (OutOfSteps, RecursionError):
        return None

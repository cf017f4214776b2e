"""The choice of the next question: exact by dynamic programming, or greedy by information gain.

What is left of a policy after some answers is a node of a decision diagram (`diagrams.py`). The smallest expected
number of questions from a node follows from those of the nodes after one more answer: dynamic programming over the
reachable nodes. If that takes too long, the question with the greatest information gain about the verdict is chosen.

Decision trees of minimum expected cost: M. R. Garey, "Optimal binary identification procedures" (SIAM Journal on
Applied Mathematics 23, 1972). Information gain: J. R. Quinlan, "Induction of decision trees" (1986).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from math import log2, prod

from engine.analysis.planning.diagrams import Diagram
from engine.budget import Budget, OutOfSteps, attempt
from engine.frozen import NamedTuple
from engine.language.model.asking.question_order import earlier_questions
from engine.language.model.field_kinds import NOT_ASKED, Field, Value
from engine.language.model.policy import Policy
from engine.meaning.hit_policies import Ending
from engine.meaning.logic import Logic, logic_of
from engine.meaning.spaces.areas import Area, bits
from engine.progress import tell_observer
from engine.threads import Bounded, cached_property

# Entropies are floats: smaller differences count as equal.
_DIGITS = 9
PLAN_STEPS = 100_000
# The exact search ends soon or takes minutes, and the greedy choice is hardly worse.
_EXACT_STEPS = 15_000
# Policies with larger diagrams (many rules over many fields) cannot be planned anyway.
_MOST_GROWING = 10_000
# Sets of answers, distinct to the rules, whose next question is cached on a policy.
_MOST_KEPT = 1_000


class Left(NamedTuple):
    """What is left after some answers: a node, and the answered fields that still matter.

    These are fields of open sums, and those whose questions must precede one that may still be asked.
    """

    node: int
    known: frozenset[str] = frozenset()


class Planner:
    """Chooses questions for one policy. Methods raise `OutOfSteps`."""

    def __init__(self, policy: Policy, logic: Logic, steps: int, area: Area | None = None) -> None:
        """Build the diagram of an area; of all situations by default. Raises `OutOfSteps`."""
        self.policy = policy
        self.space = logic.space
        self.steps = steps
        self.diagram = Diagram(self.space, logic.yields.order, Budget(steps))
        growing = Budget(min(steps, _MOST_GROWING))
        self.root = self.diagram.take(logic.yields.grow_in_order(area or logic.areas.whole, growing))
        self._place = {each.name: place for place, each in enumerate(policy.asking_order)}
        self._pins = {each.name: _pins(policy, each) for each in policy.fields}
        self._conditional = [each for each in policy.fields if each.applies_when is not None]
        self._wanted: dict[int, frozenset[str]] = {}
        self.scale = prod(self._size(axis) for axis in bits(self.diagram.support(self.root)))
        self._possible: dict[int, int] = {}
        self._fewest: dict[Left, tuple[int, str]] = {}
        self._telling: dict[Left, str] = {}

    # Remainders.

    def after(self, values: Mapping[str, Value]) -> Left | None:
        """Return what these answers leave; None if no situation has them."""
        node: int | None = self.root
        for name, value in values.items():
            for axis in self.space.axes_of(self.policy.field[name]):
                if node is not None:
                    node = self.diagram.fixed(node, axis, self.space.cell_of(axis, value))
        return None if node is None else self.left(node, frozenset(values))

    def left(self, node: int, known: frozenset[str]) -> Left:
        """Return what is left at a node, with the known fields reduced to those that still matter."""
        wanted = self._wanted.get(node)
        if wanted is None:
            wanted = self._wanted[node] = frozenset(self._still_wanted(node))
        return Left(node, known & wanted)

    def _still_wanted(self, node: int) -> Iterator[str]:
        """Iterate over the fields of open sums, and those whose questions must precede one that may still be asked."""
        for axis in bits(self.diagram.support(node)):
            fields = self.space.axes[axis].fields
            if len(fields) > 1:
                yield from fields
            for name in fields:
                yield from self._pins[name]

    def sums(self, node: int) -> list[int]:
        """Return the axes over several fields that still make a difference."""
        return [axis for axis in bits(self.diagram.support(node)) if len(self.space.axes[axis].fields) > 1]

    def ready(self, left: Left) -> int | None:
        """Return an open sum whose fields are all answered; None if there is none."""
        return next(
            (axis for axis in self.sums(left.node) if left.known.issuperset(self.space.axes[axis].fields)), None
        )

    def is_certain(self, left: Left) -> bool:
        """Whether at most one outcome is left."""
        return len(self.diagram.endings(left.node)) < 2

    def _open(self, left: Left, axes: int) -> list[str]:
        """Return the questions that may be asked next about the fields of some axes (a bit mask), in asking order."""
        known = self._settled(left)
        names = self._fields(axes) - known
        return sorted({_first_open(self._pins[name], name, known) for name in names}, key=self._place.__getitem__)

    def _settled(self, left: Left) -> frozenset[str]:
        """Return the fields whose answers are known, with those of which it is known that they are not asked."""
        if not self._conditional:
            return left.known
        return left.known | {each.name for each in self._conditional if self._is_not_asked(left.node, each)}

    def _is_not_asked(self, node: int, field: Field) -> bool:
        """Whether no possible situation below a node has an answer to a field."""
        axis = self.space.axes_of(field)[-1]
        not_asked = self.not_asked_on(axis)
        return any(mask & not_asked for mask, _ in self.split(node, axis)) and not any(
            self.diagram.endings(child) for mask, child in self.split(node, axis) if mask & ~not_asked
        )

    def not_asked_on(self, axis: int) -> int:
        """Return the mask of the cell of an axis in which its field is not asked; 0 if it has none."""
        shape = self.space.axes[axis]
        if shape.terms or self.space.fields[shape.name].applies_when is None:
            return 0
        return self.space.none_on(axis) & (1 << self.space.cell_of(axis, (NOT_ASKED,) if shape.option else NOT_ASKED))

    def _worth_asking(self, left: Left) -> list[str]:
        """Return the fields whose answer alone can change the verdict; if there are none, fields that together can."""
        names: dict[str, list[int]] = {}
        for axis in bits(self.diagram.support(left.node)):
            for name in self.space.axes[axis].fields:
                names.setdefault(name, []).append(axis)
        known = self._settled(left)
        turning = {name for name, axes in names.items() if name not in known and self.diagram.can_turn(left.node, axes)}
        names_left = turning or self._fields(self.diagram.needed(left.node)) - known
        return [
            name for name in sorted(names_left, key=self._place.__getitem__) if not names_left & {*self._pins[name]}
        ]

    def _fields(self, axes: int) -> set[str]:
        return {name for axis in bits(axes) for name in self.space.axes[axis].fields}

    def answered(self, left: Left, name: str) -> Iterator[tuple[int, Left]]:
        """Iterate over the remainders after the answers to a question, each with its number of answers."""
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
        """Return the number of answers to a question, as `answered` counts them."""
        return prod(self._size(axis) for axis in self.space.axes_of(self.policy.field[name]))

    def _size(self, axis: int) -> int:
        return self.diagram.weight(axis, self.space.axes[axis].full)

    def split(self, node: int, axis: int) -> tuple[tuple[int, int], ...]:
        """Group the cells of an axis by what they leave of a node; a single group if the axis makes no difference."""
        if self.diagram.support(node) >> axis & 1:
            return self.diagram.split(node, axis)
        return ((self.space.axes[axis].full, node),)

    # Choice of questions.

    @cached_property
    def is_exact(self) -> bool:
        """Whether the plan is proved to need the fewest questions; otherwise questions are chosen greedily.

        The search for the fewest is made on first access, from the root, whatever was asked before. Policies with sums
        over several fields are never exact, since the cells of a sum have no probabilities independent of its fields.
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
        """Return the field to ask next; the verdict must not be certain. Raises `OutOfSteps`."""
        if self.is_exact:
            try:
                return self._shortest(left)[1]
            except (OutOfSteps, RecursionError):
                # Answers given out of order can lead to nodes that the search has not visited.
                self.reset_budget()
        name = self.most_telling(left)
        return _first_open(self._pins[name], name, self._settled(left))

    def reset_budget(self) -> None:
        """Give the next questions a fresh step budget."""
        self.diagram.budget = Budget(self.steps)

    def possible(self, node: int) -> int:
        """Return how many of `scale` situations that reach a node are possible; exact if no sums are left.

        No axis occurs twice on a path, so that the number of its answers divides the count below it.
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
        """Return the smallest number of questions asked in `scale` situations from here, and the first of them."""
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
        """Return the field with the greatest information gain about the verdict; the first in asking order of several.

        `ask_after` may require another question before it; see `question`.
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
        """Return the entropy of the verdict in bits, times the probability that what is left is possible."""
        shares = [share for label, share in self.diagram.shares(left.node).items() if label is not Ending.IMPOSSIBLE]
        possible = sum(shares)
        return -sum(share * log2(share / possible) for share in shares)


def _pins(policy: Policy, field: Field) -> tuple[str, ...]:
    """Return the fields whose questions must precede that of a field, first to last."""
    found: set[str] = set()
    waiting = [field]
    while waiting:
        before = set(earlier_questions(policy, waiting.pop())) - found
        found |= before
        waiting += [policy.field[name] for name in before]
    return tuple(each.name for each in policy.asking_order if each.name in found) if found else ()


def _first_open(pins: Iterable[str], name: str, known: Collection[str]) -> str:
    return next((each for each in pins if each not in known), name)


def planner_of(policy: Policy, steps: int) -> Planner | None:
    """Return the planner of a policy, cached on it; None if its diagram exceeds the step limit.

    To be used by one thread at a time.
    """
    return policy.keep(_planner, steps)


def _planner(policy: Policy, steps: int) -> Planner | None:
    return attempt(Planner, policy, logic_of(policy), steps)


def _questions(_: Policy) -> Bounded[tuple[Area, frozenset[str], int], str | None]:
    """The questions chosen last, cached on the policy."""
    return Bounded(_MOST_KEPT)


def next_question(policy: Policy, values: Mapping[str, Value], *, otherwise: str, steps: int = PLAN_STEPS) -> str:
    """Return the field to ask next after some answers that leave the verdict open.

    If the steps run out, it is `otherwise`. In either case a question that `ask_after` puts before it comes first. For
    tied fields a diagram of what the exact answers leave is built anew, since they determine more than their cells do.
    """
    with policy.lock:
        area = logic_of(policy).areas.restrict(values)
        kept = policy.keep(_questions)
        key = area, frozenset(values), steps
        if key not in kept:
            tell_observer("which question to ask next")
        name = kept[key] if key in kept else kept.keep(key, _planned_question(policy, values, steps, area))
    name = name or otherwise
    return _first_open(_pins(policy, policy.field[name]), name, values)


def _planned_question(policy: Policy, values: Mapping[str, Value], steps: int, area: Area) -> str | None:
    """Return the question that the planner chooses; None if there is none or the steps run out."""
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
        planner.reset_budget()
        return planner.question(left)
    except (OutOfSteps, RecursionError):
        return None

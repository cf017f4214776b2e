"""Question plans: decision trees of an interview, with the smallest expected number of questions.

The planner (`planner.py`) chooses the next question; this module lays out its choices from the first question to every
ending.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from fractions import Fraction
from typing import Any

from engine.analysis.describing.output_words import titled
from engine.analysis.planning.planner import PLAN_STEPS, Left, Planner, planner_of
from engine.budget import OutOfSteps
from engine.frozen import NamedTuple, frozen_value
from engine.language.model.arguments import require_steps
from engine.language.model.canonical import condition_data
from engine.language.model.condition_tree import ALWAYS, Compare, Condition, Not
from engine.language.model.field_kinds import NOT_ASKED, Field
from engine.language.model.policy import Policy, require_policy
from engine.language.model.relations.rule_outputs import Yield
from engine.language.model.values.computed_outputs import written_output
from engine.language.model.words import condition_words, wanted_words
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.spaces.space import Space
from engine.meaning.spaces.wording import cells_of
from engine.progress import tell_observer

# Values of a long list that are named; the rest is counted.
_MOST_LISTED = 4


class Way(NamedTuple):
    """A branch of a plan's step.

    Attributes:
        cells: Bit mask of the cells of the step's axis that lead this way.
        to: Index of the next step in `Plan.steps`; or `~index` (negative) of an ending in `Plan.endings`.

    Example:
        >>> from engine import load, plan
        >>> found = plan(load("other-interviews"))
        >>> way = found.steps[found.root].ways[0]
        >>> found.way_words(found.steps[found.root], way), found.endings[~way.to]
        ('Somebody said I would be great for the job or They say an offer is being put together', 'keep')
    """

    cells: int
    to: int


class Step(NamedTuple):
    """A step of a plan: it branches on one axis of the space of situations.

    Attributes:
        axis: Index of the axis: a field, an option of an any_of field, or a sum of fields.
        ways: The branches. Cells that are in none of them are impossible.

    Example:
        >>> from engine import load, plan
        >>> found = plan(load("other-interviews"))
        >>> found.question(found.steps[found.root]).ask
        'How far has the job offer got?'
    """

    axis: int
    ways: tuple[Way, ...]


@frozen_value
class Plan:
    """A question plan: the decision tree by which an interview asks.

    A field is asked at the first step about it. The options of an any_of field are steps of one question, and a sum of
    fields follows from answers given before. A plan leads to the verdict and to how each output is given; an interview
    then asks what an output is worked out from.

    Attributes:
        policy: The policy.
        steps: The steps, children before parents.
        endings: What the plan ends in: names of verdicts, or verdicts with outputs (`Yield`) if rules have some, or
            outcomes without a verdict.
        root: Where it begins, encoded as `Way.to`.
        exact: Whether no plan has a smaller expected number of questions, which is proved.
        expected: Expected number of questions, all situations weighing the same; None if it was not counted.
        worst: Largest number of questions on any path.
        space: The axes and cells of the policy; ignored by `==`.

    Example:
        >>> from engine import load, plan
        >>> found = plan(load("other-interviews"))
        >>> float(found.expected), found.worst, found.exact
        (2.125, 8, True)
    """

    policy: Policy = field(repr=False)
    steps: tuple[Step, ...]
    endings: tuple[Label, ...]
    root: int
    exact: bool
    expected: Fraction | None
    worst: int
    space: Space = field(compare=False, repr=False)

    @property
    def order(self) -> tuple[int, ...]:
        """Indices of the steps in breadth-first order from the root."""
        found = dict.fromkeys([self.root] if self.root >= 0 else [])
        waiting = [*found]
        for number in waiting:
            below = [way.to for way in self.steps[number].ways if way.to >= 0 and way.to not in found]
            found |= dict.fromkeys(below)
            waiting += dict.fromkeys(below)
        return tuple(found)

    def question(self, step: Step) -> Field | None:
        """Look up the field that a step is about.

        Args:
            step: A step of this plan.

        Returns:
            The field; None for a sum of several fields.
        """
        axis = self.space.axes[step.axis]
        return self.policy.field[axis.name] if len(axis.fields) == 1 else None

    def condition(self, step: Step, way: Way) -> Condition:
        """State the condition under which a branch is taken.

        Args:
            step: A step of this plan.
            way: One of its branches.

        Returns:
            The condition; always true if it is the only branch.
        """
        if way.cells == self.space.axes[step.axis].full:
            return ALWAYS
        return cells_of(self.policy, self.space, step.axis, way.cells)

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as JSON data, its steps in breadth-first order."""
        numbers = {step: number for number, step in enumerate(self.order)}
        return {
            "policy": self.policy.name,
            "sha256": self.policy.sha256,
            "exact": self.exact,
            "expected": None if self.expected is None else float(self.expected),
            "worst": self.worst,
            "begins": self._to(self.root, numbers),
            "steps": [self._step_data(self.steps[step], numbers) for step in numbers],
        }

    def _step_data(self, step: Step, numbers: Mapping[int, int]) -> dict[str, Any]:
        field = self.question(step)
        ways = [{"when": condition_data(self.condition(step, way)), **self._to(way.to, numbers)} for way in step.ways]
        return {"field": None if field is None else field.name, "ways": ways}

    def _to(self, to: int, numbers: Mapping[int, int]) -> dict[str, Any]:
        if to >= 0:
            return {"step": numbers[to]}
        ending = self.endings[~to]
        if isinstance(ending, Yield):
            return {"verdict": ending.verdict, "output": written_output(ending.output)}
        return {"verdict": ending} if isinstance(ending, str) else {"outcome": str(getattr(ending, "value", ending))}

    def __str__(self) -> str:
        return "\n".join([self._summary(), *self._lines()])

    def _summary(self) -> str:
        most = f"{self.worst} at most"
        if self.policy.numbers_given:
            most += "; then the amounts are worked out, from what else they need"
        if self.expected is None:
            return f"{self.policy.name}: {most}; the average is not computed when sums tie fields together"
        proof = "and no plan needs fewer" if self.exact else "though a plan with fewer may exist"
        return f"{self.policy.name}: {float(self.expected):.2f} questions on average, {proof}; {most}"

    def _lines(self) -> Iterator[str]:
        numbers = {step: number for number, step in enumerate(self.order, start=1)}
        for at, number in numbers.items():
            step = self.steps[at]
            field = self.question(step)
            rows = [(self.way_words(step, way), self._goal(way.to, numbers)) for way in step.ways]
            width = max(len(words) for words, _ in rows)
            yield from ("", f"{number}. {'What follows from the answers' if field is None else field.ask}")
            yield from (f"   {words:<{width}}   {goal}" for words, goal in rows)

    def way_words(self, step: Step, way: Way) -> str:
        """Describe the answers that take a branch, in the author's words.

        Args:
            step: A step of this plan.
            way: One of its branches.

        Returns:
            A phrase, such as `yes` or `more than 3 or less than 1`.
        """
        field, condition = self.question(step), self.condition(step, way)
        if field is None:
            return " and ".join(condition_words(self.policy, condition))
        if isinstance(condition, Not):
            return "anything else"
        listed = condition.value if isinstance(condition, Compare) and condition.op == "one_of" else ()
        if isinstance(condition, Compare) and isinstance(listed, tuple) and len(listed) > _MOST_LISTED:
            few = replace(condition, value=listed[:_MOST_LISTED])
            return f"{wanted_words(self.policy, field, few)} or {len(listed) - _MOST_LISTED} more"
        return wanted_words(self.policy, field, condition)

    def _goal(self, to: int, numbers: Mapping[int, int]) -> str:
        if to >= 0:
            return f"go on with {numbers[to]}"
        return self.ending_words(self.endings[~to])

    def ending_words(self, ending: Label) -> str:
        """Describe an ending.

        Args:
            ending: One of `endings`.

        Returns:
            The title of the verdict with outputs of rules, or what there is in its place.
        """
        if isinstance(ending, Yield):
            return titled(self.policy.verdict[ending.verdict].title, ending.output)
        if isinstance(ending, str):
            return self.policy.verdict[ending].title
        return "this cannot be" if ending is Ending.IMPOSSIBLE else f"no verdict: a {getattr(ending, 'value', ending)}"


def plan(policy: Policy, *, steps: int = PLAN_STEPS) -> Plan | None:
    """Compute the question plan of a policy. The result is cached on the policy.

    Args:
        policy: The policy, from `load`; it need not be sound.
        steps: Step limit, the same on every machine.

    Returns:
        The plan; None if the step limit was reached.

    Raises:
        TypeError: `policy` is not a policy, or `steps` is not an integer.
        ValueError: `steps` is below 1.

    Example:
        >>> from engine import load, plan
        >>> plan(load("other-interviews")).exact
        True
    """
    require_policy(policy, "plan")
    require_steps(steps, "plan")
    return policy.keep(_plan, steps)


def _plan(policy: Policy, steps: int) -> Plan | None:
    tell_observer("in which order the questions are best asked")
    try:
        planner = planner_of(policy, steps)
        return None if planner is None else _written(planner)
    except (OutOfSteps, RecursionError):
        return None


def _written(planner: Planner) -> Plan:
    """Lay out the plan of a planner."""
    start = planner.left(planner.root, frozenset())
    planner.reset_budget()
    writer = _Writer(planner)
    root = writer.write(start)
    return Plan(
        policy=planner.policy,
        steps=tuple(writer.steps),
        endings=tuple(writer.endings),
        root=root,
        exact=planner.is_exact,
        expected=None if planner.sums(planner.root) else writer.expected(start),
        worst=writer.worst(start),
        space=planner.space,
    )


class _Writer:
    """Lays out the steps of a plan, each once."""

    def __init__(self, planner: Planner) -> None:
        self.planner = planner
        self.diagram = planner.diagram
        self.space = planner.space
        self.steps: list[Step] = []
        self.endings: dict[Label, int] = {}
        self._written: dict[tuple[Left, tuple[int, ...]], int] = {}
        self._expected: dict[Left, int] = {}
        self._worst: dict[Left, int] = {}

    def write(self, left: Left) -> int:
        """Return the step that a remainder begins with, or `~` the index of its ending."""
        if self.planner.is_certain(left):
            label = next(iter(self.diagram.endings(left.node)), Ending.IMPOSSIBLE)
            return ~self.endings.setdefault(label, len(self.endings))
        ready = self.planner.ready(left)
        if ready is not None:
            return self._step(left, left.known, (ready,))
        name = self.planner.question(left)
        axes = self.space.axes_of(self.planner.policy.field[name])
        looked_at = tuple(axis for axis in axes if self.diagram.support(left.node) >> axis & 1)
        return self._step(left, left.known | {name}, looked_at or (axes[0],))

    def _step(self, left: Left, known: frozenset[str], axes: tuple[int, ...]) -> int:
        """Return the step for the first of some axes; the steps for the others follow it."""
        if not axes or self.planner.is_certain(left):
            return self.write(self.planner.left(left.node, known))
        key = (Left(left.node, known), axes)
        # Who is asked a question is one of those who are.
        not_asked = self.planner.not_asked_on(axes[0])
        if self.space.axes[axes[0]].option == NOT_ASKED:
            [asked] = [child for mask, child in self.planner.split(left.node, axes[0]) if mask & ~not_asked]
            return self._step(Left(asked, left.known), known, axes[1:])
        if key not in self._written:
            ways = []
            for cells, child in self.planner.split(left.node, axes[0]):
                mask = cells & ~not_asked
                if not mask:
                    continue
                still = tuple(axis for axis in axes[1:] if self.diagram.support(child) >> axis & 1)
                ways.append(Way(mask, self._step(Left(child, left.known), known, still)))
            self.steps.append(Step(axes[0], tuple(ways)))
            self._written[key] = len(self.steps) - 1
        return self._written[key]

    def _after(self, left: Left) -> tuple[int, int, list[tuple[int, Left]]]:
        """Return the number of questions asked next (0 or 1), the number of answers, and the weighted remainders."""
        ready = self.planner.ready(left)
        if ready is None:
            name = self.planner.question(left)
            return 1, self.planner.answers(name), list(self.planner.answered(left, name))
        ways = [(self.diagram.weight(ready, mask), child) for mask, child in self.diagram.split(left.node, ready)]
        below = [(many, self.planner.left(child, left.known)) for many, child in ways]
        return 0, sum(many for many, _ in ways), below

    def expected(self, left: Left) -> Fraction:
        """Return the expected number of questions over all possible situations left; 0 if there is none."""
        possible = self.planner.possible(left.node)
        return Fraction(self._total(left), possible) if possible else Fraction(0)

    def _total(self, left: Left) -> int:
        """Return the number of questions asked in `planner.scale` situations that reach a remainder."""
        if self.planner.is_certain(left):
            return 0
        if left not in self._expected:
            questions, answers, below = self._after(left)
            rest = sum(many * self._total(each) for many, each in below) // answers
            self._expected[left] = questions * self.planner.possible(left.node) + rest
        return self._expected[left]

    def worst(self, left: Left) -> int:
        """Return the largest number of questions that may still be needed."""
        if self.planner.is_certain(left):
            return 0
        if left not in self._worst:
            questions, _, below = self._after(left)
            self._worst[left] = questions + max(self.worst(each) for _, each in below)
        return self._worst[left]

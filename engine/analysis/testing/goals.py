"""Coverage goals: what the test cases of a policy should reach, and whether a case reaches it.

Every test cuts an axis (a field, one of its options, or a sum of fields) into cells. A boundary lies between two cells
of an ordered axis that some test distinguishes. Its sides are the last value before it and the first after it, or, for
continuous numbers and sums of fields, the cells themselves. Boundary values: G. J. Myers, "The Art of Software Testing"
(1979).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final, Literal, TypeAlias

from engine.analysis.describing.example_numbers import answered_part
from engine.analysis.proving.idle import idle_fields
from engine.analysis.proving.proof_session import ProofSession
from engine.budget import Budget, attempt
from engine.frozen import frozen_value
from engine.language.model.asking.applicability import conditional_fields, written_only
from engine.language.model.canonical import condition_data
from engine.language.model.condition_tree import ALWAYS, Compare, Condition, Versus, comparisons_in
from engine.language.model.field_kinds import CHOICE, Value
from engine.language.model.policy import Policy, names_read
from engine.language.model.values.grid_positions import grid_value
from engine.language.model.words import answer_words, condition_words
from engine.meaning.logic import Logic
from engine.meaning.reference import Situation
from engine.meaning.spaces.areas import Area
from engine.meaning.spaces.cuts import cuts_of
from engine.meaning.spaces.wording import condition_of

RULE: Final = "rule"
CELL: Final = "cell"
BOUNDARY: Final = "boundary"
GoalKind: TypeAlias = Literal["rule", "cell", "boundary"]
_STEPS = 600_000


@frozen_value
class Goal:
    """A coverage goal: a rule that should decide in some case, or a condition that some case should meet.

    Attributes:
        kind: `rule`, `cell` or `boundary`.
        name: Name of the rule; or what the condition is about: a field, a derived number, or two compared fields.
        words: What a case has to do, to complete "no case …".
        when: The condition on the answers; always true for a rule.
        fields: The fields that the condition uses; a case has to answer them all.

    Example:
        >>> from engine import load, load_cases, measure_coverage
        >>> policy = load("other-interviews")
        >>> hint = {"case": "a hint", "given": {"offer": "hint"}, "expect": "keep"}
        >>> cases = load_cases({"policy": policy.name, "cases": [hint]}, policy)
        >>> print(measure_coverage(policy, cases).missing[0].words)
        reaches the rule `settled-offer`
    """

    kind: GoalKind
    name: str
    words: str
    when: Condition = ALWAYS
    fields: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the goal as JSON data."""
        when = {} if self.kind == RULE else {"when": condition_data(self.when)}
        return {"name": self.name, "words": self.words, **when}


def reached(
    policy: Policy, goals: Iterable[Goal], values: Mapping[str, Value], rules: tuple[str, ...]
) -> Iterator[Goal]:
    """Iterate over the goals that answers reach; `rules` are those that decide there.

    A goal about a field that is not answered is not reached.
    """
    situation = Situation(answered_part(policy, values.keys()), values)
    for goal in goals:
        if goal.kind == RULE:
            if goal.name in rules:
                yield goal
        elif all(name in values for name in goal.fields) and situation.holds(goal.when):
            yield goal


def goals_of(policy: Policy) -> tuple[Goal, ...]:
    """Return the rules, cells and sides of boundaries that some possible situation reaches.

    Guarantees cut no cells, and fields that never make a difference have no goals.
    """
    search = _Search(replace(policy, guarantees=()))
    return tuple(each for each in search.goals() if each is not None)


class _Search:
    """The search for the goals of one policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.logic = Logic(policy)
        self.areas, self.space = self.logic.areas, self.logic.space
        self.budget = Budget(_STEPS)
        self.possible = self.logic.query([])

    def goals(self) -> Iterator[Goal | None]:
        """Iterate over the rules, the cells, then the sides of boundaries.

        None in place of goals that cannot be reached.
        """
        for at, rule in enumerate(self.policy.rules):
            if self._shown(partial(self.logic.standing(at).exists, self.budget)):
                yield Goal(RULE, rule.name, f"reaches the rule `{rule.name}`")
        tests = self._tests()
        for axis in sorted(tests):
            for cell in range(len(self.space.axes[axis].cells)):
                yield self._cell(axis, cell)
        for axis in sorted(tests):
            for before in range(len(self.space.axes[axis].cells) - 1):
                if self._is_ordered(axis) and any((mask >> before ^ mask >> before + 1) & 1 for mask in tests[axis]):
                    yield self._side(axis, before, last=True)
                    yield self._side(axis, before + 1, last=False)

    def _tests(self) -> dict[int, set[int]]:
        """Map each axis to the masks of the tests that cut it.

        Of the options of a field that is tested, whether it is asked at all is one.
        """
        sections = (self.policy.fact.values(), written_only(self.policy.impossible), self.policy.rules)
        whens = [part.when for section in sections for part in section]
        whens += [field.applies_when for field in self.policy.fields if field.applies_when is not None]
        found = cuts_of(whens, self.policy, self.space)
        for field in conditional_fields(self.policy):
            *options, asked = self.space.axes_of(field)
            if not found.keys().isdisjoint(options):
                found.setdefault(asked, set())
        idle = set(idle_fields(ProofSession(self.policy, _STEPS)))
        return {axis: masks for axis, masks in found.items() if not idle.issuperset(self.space.axes[axis].fields)}

    def _is_ordered(self, axis: int) -> bool:
        shape = self.space.axes[axis]
        if len(shape.fields) > 1:
            return True
        field = self.space.fields[shape.name]
        return field.ordered or field.is_ranged

    def _shown(self, ask: Callable[[], bool]) -> bool:
        """Whether a query finds a possible situation; true if the steps run out, so that the goal is kept."""
        return attempt(ask) is not False

    def _cell(self, axis: int, cell: int) -> Goal | None:
        area = self._area(axis, cell)
        valued = area
        for field_axis, none in self.space.optional_terms.get(axis, ()):
            # Without a value of each of its fields there is no sum.
            if valued is not None:
                valued = self.areas.narrow(valued, field_axis, ~none, self.budget)
        if area is None or valued is None or not self._shown(partial(self.possible.exists, self.budget, valued)):
            return None
        when = condition_of(self.policy, self.areas, area)
        # A field that cancels out of a sum of sums is read nevertheless.
        read = names_read(self.policy, [when])
        fields = tuple(name for name in self.policy.field if name in read)
        words = f"has “{self._words(axis, cell, when)}”"
        if self.space.not_asked_on(axis) >> cell & 1:
            words = f"is one in which “{self.space.fields[self.space.axes[axis].name].ask}” is not asked"
        return Goal(CELL, self._name(when), words, when, fields)

    def _area(self, axis: int, cell: int) -> Area | None:
        """Return the area of a cell; in that of an option there is an answer, with the option or without it."""
        area = self.areas.narrow(self.areas.whole, axis, 1 << cell, self.budget)
        shape = self.space.axes[axis]
        if area is None or shape.option is None or self.space.fields[shape.name].applies_when is None:
            return area
        asked = self.space.axes_of(self.space.fields[shape.name])[-1]
        return area if asked == axis else self.areas.narrow(area, asked, ~self.space.not_asked_on(asked), self.budget)

    def _side(self, axis: int, cell: int, *, last: bool) -> Goal | None:
        """Return the goal for the last value of the cell before a boundary, or the first of the cell after it."""
        none = self.space.none_on(axis)
        if none & (1 << cell | 1 << (cell + 1 if last else cell - 1)):
            # There is no boundary between a value and `none`.
            return None
        beside = self._cell(axis, cell)
        other = self._cell(axis, cell + 1 if last else cell - 1)
        if beside is None or other is None:
            return None
        edge_words = "the last before a boundary" if last else "the first after a boundary"
        shape = self.space.axes[axis]
        field = self.space.fields.get(shape.name)
        if len(shape.fields) > 1 or field is None or not (field.is_grid or field.kind == CHOICE):
            return replace(beside, kind=BOUNDARY, words=f"{beside.words}, on one side of a boundary")
        edge = shape.cells[cell]
        value: Value = edge.sample if field.kind == CHOICE else grid_value(field, edge.interval[1 if last else 0])
        if not self._shown(partial(self.possible.exists, self.budget, self.areas.restrict({field.name: value}))):
            return None
        words = f"has exactly “{field.ask} {answer_words(field, value)}”, {edge_words}"
        return Goal(BOUNDARY, field.name, words, Compare(field.name, "is", value), (field.name,))

    def _name(self, when: Condition) -> str:
        """Return what the condition is about: a field, a derived number, or the fields that are compared."""
        tests = [test for test in comparisons_in(when) if isinstance(test, Compare | Versus)]
        one = tests[0]
        return f"{one.name}, {one.other}" if isinstance(one, Versus) else one.name

    def _words(self, axis: int, cell: int, when: Condition) -> str:
        """Describe a cell in the author's words."""
        shape = self.space.axes[axis]
        field = self.space.fields.get(shape.name) if len(shape.fields) == 1 else None
        if field is not None and field.is_listed:
            return f"{field.ask} {answer_words(field, shape.cells[cell].sample)}"
        first, *others = condition_words(self.policy, when)
        # State the question once for all comparisons.
        number = self.policy.number.get(self._name(when))
        subject = field.ask if field else f"{number.means}:" if number else ""
        return " and ".join([first, *(line.removeprefix(subject).strip() for line in others)])

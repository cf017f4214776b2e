"""Pictures: the question plan as a graph of boxes and arrows, with the path of one record.

A box is a question or an end. It contains its answers, and an arrow leads from each answer to the next box. A question
that several answers lead to is a single box; an end is repeated beside each question that leads to it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final, Literal, TypeAlias

from engine.analysis.deciding.decision import decide_answers
from engine.analysis.planning.plan import Plan, Step, plan
from engine.analysis.planning.planner import PLAN_STEPS
from engine.analysis.showing.part_of_policy import narrow
from engine.frozen import data_of, frozen_value
from engine.language.model.field_kinds import Value
from engine.language.model.policy import Policy, require_policy
from engine.language.model.relations.rule_outputs import verdict_in
from engine.language.situations.situation_records import Answers, read_record
from engine.meaning.hit_policies import Ending
from engine.problems import Place, Problem, RecordError, UnsoundError

QUESTION: Final = "question"
WORKED_OUT: Final = "worked-out"
VERDICT: Final = "verdict"
FAULT: Final = "fault"
ELSEWHERE: Final = "elsewhere"
BoxKind: TypeAlias = Literal["question", "worked-out", "verdict", "fault", "elsewhere"]


@frozen_value
class Answer:
    """An answer of a box, and the arrow that leaves it.

    Attributes:
        words: The answer as a person reads it.
        to: Index of the next box in `Picture.boxes`.
        taken: Whether the record gives this answer.

    Example:
        >>> from engine import draw, load
        >>> [answer.taken for answer in draw(load("other-interviews"), {"offer": "made"}).boxes[0].answers]
        [False, True]
    """

    words: str
    to: int
    taken: bool = False


@frozen_value
class Box:
    """A node of a picture: a question or an end.

    Attributes:
        kind: `question`; `worked-out` for a sum that follows from earlier answers; `verdict`; `fault` for an end
            without a verdict; or `elsewhere` for the end of a part of a picture.
        words: The question, or the verdict as a person reads it.
        answers: The answers of a question.
        verdict: Name of the verdict, of an end that is one.
        passed: Whether the path of the record goes through it.
        fact: Name of the fact that the question is about, if it is about one.
        number: Number of the question, in a picture that is drawn in parts.
        follows: Number of the question that continues the end of a part.

    Example:
        >>> from engine import draw, load
        >>> box = draw(load("other-interviews")).boxes[0]
        >>> box.kind, box.words, [answer.to for answer in box.answers]
        ('question', 'How far has the job offer got?', [11, 1])
    """

    kind: BoxKind
    words: str
    answers: tuple[Answer, ...] = ()
    verdict: str | None = None
    passed: bool = False
    fact: str | None = None
    number: int | None = None
    follows: int | None = None


@frozen_value
class Picture:
    """The question plan of a policy as a graph for drawing.

    Attributes:
        policy: Name of the policy.
        title: Title of the policy.
        boxes: The nodes; each but the first follows one that leads to it.
        path: Indices of the boxes on the path of the record, as far as it is known.
        description: The plan as text, for people who cannot see the picture.
        fact: Name of the fact that the picture is about; None if it is about the verdict.

    Example:
        >>> from engine import draw, load
        >>> picture = draw(load("other-interviews"), {"offer": "hint"})
        >>> [picture.boxes[number].words for number in picture.path]
        ['How far has the job offer got?', 'Keep the other interviews']
    """

    policy: str
    title: str
    boxes: tuple[Box, ...]
    path: tuple[int, ...]
    description: str
    fact: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the picture as JSON data."""
        boxes = [
            data_of(box, "kind", "words", "verdict") | {"answers": [data_of(to, "words", "to") for to in box.answers]}
            for box in self.boxes
        ]
        return {**data_of(self, "policy", "title"), "boxes": boxes, "path": list(self.path)}

    def __str__(self) -> str:
        return self.description


def draw(
    policy: Policy,
    situation: Mapping[str, Any] | Answers | None = None,
    *,
    given: Mapping[str, Any] | Answers | None = None,
) -> Picture:
    """Draw the question plan of a policy as a graph; `verdict draw` renders it.

    Args:
        policy: The policy, from `load`.
        situation: A record, complete or partial, whose path is marked; none by default.
        given: Answers that are fixed, as a record: only what they leave open is drawn; none by default.

    Returns:
        The boxes, their answers and the path.

    Raises:
        RecordError: A record has an unknown field or a wrong answer, or `given` is an impossible situation.
        UnsoundError: The plan could not be computed within the step limit.
        TypeError: `policy` is not a policy.

    Example:
        >>> from engine import draw, load
        >>> policy = load("other-interviews")
        >>> draw(policy).boxes[0].words
        'How far has the job offer got?'
        >>> draw(policy, given={"offer": "hint"}).boxes[0].words
        'Keep the other interviews'
    """
    require_policy(policy, "draw")
    part, values = part_to_draw(policy, situation, given)
    found = plan(part)
    if found is None:
        raise no_picture(policy)
    return picture_of(found, values)


def part_to_draw(
    policy: Policy, situation: Mapping[str, Any] | Answers | None, given: Mapping[str, Any] | Answers | None
) -> tuple[Policy, dict[str, Value]]:
    """Return the part of a policy that given answers leave open, and the answers whose path is marked.

    Raises `RecordError` if a record does not fit, or the given answers are impossible or contradict the record.
    """
    answers = read_record(policy, {} if situation is None else situation).values
    fixed = read_record(policy, {} if given is None else given, name="given")
    problems = [
        Problem(
            "answered-twice",
            f"the record answers `{name}` otherwise",
            (Place("given", path=name),),
            "keep one of the two",
        )
        for name, value in fixed.values.items()
        if answers.get(name, value) != value
    ]
    if problems:
        raise RecordError(problems)
    if fixed.values:
        decide_answers(policy, fixed, draft=True)
    return narrow(policy, fixed.values), {**answers, **fixed.values} if answers else {}


def no_picture(policy: Policy) -> UnsoundError:
    """Return the error for a plan that is too large, which suggests a table."""
    message = f"no plan of the questions was found within {PLAN_STEPS:,} steps, so there is no picture"
    help_ = "`verdict table` shows the policy row by row"
    return UnsoundError.of("not-proved", message, policy.place, help_)


def picture_of(plan: Plan, values: Mapping[str, Value], facts: Collection[str] = ()) -> Picture:
    """Return the picture of a plan, with the path of some answers; `facts` are the fields that stand for facts."""
    return _Drawing(plan, values, facts).picture()


class _Drawing:
    """Converts a plan to boxes."""

    def __init__(self, plan: Plan, values: Mapping[str, Value], facts: Collection[str]) -> None:
        self.plan = plan
        self.facts = facts
        self.values = values
        self.places = {step: place for place, step in enumerate(plan.order)}
        self.ends: list[Box] = []

    def picture(self) -> Picture:
        plan = self.plan
        path = self._path()
        boxes = [self._box(plan.steps[number], number in path) for number in self.places]
        if plan.root < 0:
            boxes = [self._end(plan.root, True)]
        boxes += self.ends
        passed = tuple(place for place, box in enumerate(boxes) if box.passed)
        return Picture(plan.policy.name, plan.policy.title, tuple(boxes), passed, str(plan))

    def _path(self) -> set[int]:
        """Return the steps that the answers lead to; empty without answers."""
        passed: set[int] = set()
        at = self.plan.root if self.values else -1
        while at >= 0:
            passed.add(at)
            step = self.plan.steps[at]
            at = next((way.to for way in step.ways if self._takes(step, way.cells)), -1)
        return passed

    def _takes(self, step: Step, cells: int) -> bool:
        """Whether the answers take a branch with these cells."""
        space = self.plan.space
        if not self.values.keys() >= set(space.axes[step.axis].fields):
            return False
        return bool(cells >> space.cell_at(step.axis, self.values) & 1)

    def _box(self, step: Step, passed: bool) -> Box:
        field = self.plan.question(step)
        answers = []
        for way in step.ways:
            taken = passed and self._takes(step, way.cells)
            answers.append(Answer(self.plan.way_words(step, way), self._to(way.to, taken), taken))
        words = "What follows from the answers" if field is None else field.ask
        fact = field.name if field is not None and field.name in self.facts else None
        return Box(WORKED_OUT if field is None else QUESTION, words, tuple(answers), passed=passed, fact=fact)

    def _to(self, to: int, taken: bool) -> int:
        if to >= 0:
            return self.places[to]
        self.ends.append(self._end(to, taken))
        return len(self.places) + len(self.ends) - 1

    def _end(self, to: int, passed: bool) -> Box:
        ending = self.plan.endings[~to]
        words = self.plan.ending_words(ending)
        if not isinstance(ending, Ending):
            return Box(VERDICT, words, verdict=str(verdict_in(ending)), passed=passed)
        return Box(FAULT, words, passed=passed)

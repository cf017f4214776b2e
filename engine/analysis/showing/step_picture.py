"""Which decision needs what: the steps of a policy and the policy itself, with the questions that each of them needs.

This is what DMN calls a decision requirements diagram. A decision needs what its rules read, directly or through facts
and numbers; what it reads through another decision is needed by that one alone. Questions that the same decisions need
are one box.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, Literal, TypeAlias

from engine.frozen import NamedTuple, data_of, frozen_value
from engine.language.model.policy import Policy, require_policy
from engine.language.model.policy_parts import Rule
from engine.language.model.relations.derivations import Derivation, names_in, names_of_parts

QUESTIONS: Final = "questions"
STEP: Final = "step"
POLICY: Final = "policy"
NeedKind: TypeAlias = Literal["questions", "step", "policy"]


@frozen_value
class NeedBox:
    """A node of the picture: a decision, or the questions that certain decisions need.

    Attributes:
        kind: `questions`, `step` or `policy`.
        names: Names of the fields; or that of the step or the policy.
        words: The questions as a person reads them; or what is decided.
        needed_by: Indices of the boxes of the decisions that need it.

    Example:
        >>> from engine import draw_steps, load
        >>> box = draw_steps(load("lending")).boxes[-1]
        >>> box.kind, box.names
        ('policy', ('lending',))
    """

    kind: NeedKind
    names: tuple[str, ...]
    words: tuple[str, ...]
    needed_by: tuple[int, ...] = ()


@frozen_value
class StepPicture:
    """The decisions of a policy and what they need, as a graph for drawing.

    Attributes:
        policy: Name of the policy.
        title: Title of the policy.
        boxes: The nodes, each before the decisions that need it; the last one is the policy itself.

    Example:
        >>> from engine import draw_steps, load
        >>> picture = draw_steps(load("lending"))
        >>> [box.names[0] for box in picture.boxes if box.kind == "step"]
        ['risk', 'means_enough']
    """

    policy: str
    title: str
    boxes: tuple[NeedBox, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the picture as JSON data."""
        boxes = [data_of(box, "kind", "names", "words", "needed_by") for box in self.boxes]
        return {**data_of(self, "policy", "title"), "boxes": boxes}

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        """Each decision, with what it needs indented below it."""
        for place, box in enumerate(self.boxes):
            if box.kind != QUESTIONS:
                yield f"{box.words[0]}  ({box.names[0]})"
                needed = [each for each in self.boxes if place in each.needed_by]
                yield "  needs" if needed else "  needs nothing"
                for each in needed:
                    named = zip(each.words, each.names, strict=True)
                    yield from (f"    {words}  ({name})" for words, name in named)


def draw_steps(policy: Policy) -> StepPicture:
    """Draw which decision of a policy needs what; `verdict draw --steps` renders it.

    The policy need not be sound. A question that no rule needs, because only `impossible` or guarantees read it or
    nothing does, is left out.

    Args:
        policy: The policy, from `load`.

    Returns:
        The decisions and the questions, each with the decisions that need it.

    Raises:
        TypeError: `policy` is not a policy.

    Example:
        >>> from engine import draw_steps, load
        >>> boxes = draw_steps(load("lending")).boxes
        >>> [box.names for box in boxes if len(boxes) - 1 in box.needed_by]
        [('risk',), ('means_enough',)]
    """
    require_policy(policy, "draw_steps")
    derived: dict[str, Derivation] = {**{fact.name: fact for fact in policy.facts}, **policy.number}
    steps = policy.steps_in_order
    rules = [*(step.rules for step in steps), policy.rules]
    needs = [_needs(policy, derived, each) for each in rules]
    readers = {
        field.name: tuple(place for place, needed in enumerate(needs) if field.name in needed.fields)
        for field in policy.fields
        if any(field.name in needed.fields for needed in needs)
    }
    groups: dict[tuple[int, ...], list[str]] = {}
    for name, found in readers.items():
        groups.setdefault(found, []).append(name)
    many = len(groups)
    boxes = [
        NeedBox(
            QUESTIONS,
            tuple(names),
            tuple(" ".join(policy.field[name].ask.split()) for name in names),
            tuple(many + place for place in found),
        )
        for found, names in groups.items()
    ]
    for step in steps:
        found = tuple(many + place for place, needed in enumerate(needs) if step.name in needed.steps)
        boxes.append(NeedBox(STEP, (step.name,), (" ".join(step.means.split()),), found))
    boxes.append(NeedBox(POLICY, (policy.name,), (" ".join(policy.title.split()),)))
    return StepPicture(policy.name, policy.title, tuple(boxes))


class _Needs(NamedTuple):
    """The names of the fields and of the steps that a decision reads itself."""

    fields: frozenset[str]
    steps: frozenset[str]


def _needs(policy: Policy, derived: dict[str, Derivation], rules: Iterable[Rule]) -> _Needs:
    """Return what rules read, directly or through facts and numbers."""
    steps: set[str] = set()
    seen: set[str] = set()
    waiting = [name for rule in rules for name in names_in(rule.when)]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            if name in policy.step_facts:
                steps.add(policy.step_facts[name][0].name)
            elif name in derived:
                waiting.extend(names_of_parts(derived[name]))
    return _Needs(frozenset(seen & policy.field.keys()), frozenset(steps))

"""What a file declares, and what it may read of the libraries that it uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from engine.frozen import frozen_value
from engine.language.model.field_kinds import NONE, Field
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import Constant, Fact, Impossible, Number, Passage, Source
from engine.problems import Place, Problem

if TYPE_CHECKING:
    from engine.language.model.relations.decision_steps import DecisionStep

T = TypeVar("T", Field, Number, Fact, Constant)


@frozen_value
class StepParts:
    """A step with all that it brings along, of which a policy in a file of its own has more than the step.

    A number that a table gives is a step with the rules, and the number.

    Attributes:
        steps: The step itself, after its own steps.
        numbers: Its own numbers; likewise the following parts.
        facts: Its own facts.
        constants: Its own constants.
        impossible: What it says is impossible.
        answers: The names of what answers its questions.
        known: By name of a field that answers one of its questions, the texts that it knows.
    """

    steps: tuple[DecisionStep, ...]
    numbers: tuple[Number, ...] = ()
    facts: tuple[Fact, ...] = ()
    constants: tuple[Constant, ...] = ()
    impossible: tuple[Impossible, ...] = ()
    answers: tuple[str, ...] = ()
    known: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def step(self) -> DecisionStep:
        """The step itself."""
        return self.steps[-1]

    @property
    def names(self) -> set[str]:
        """The names of all parts but what is impossible."""
        return {each.name for part in (self.steps, self.numbers, self.facts, self.constants) for each in part}


@frozen_value
class SharedName:
    """A name that a library declares.

    Attributes:
        section: The section that declares it.
        place: Where.
        value: What it stands for; None if that could not be read, which was reported.
    """

    section: str
    place: Place
    value: Field | Number | Fact | Constant | StepParts | None


@frozen_value
class SharedPassage:
    """A passage that a library's source lists, and that source."""

    passage: Passage
    source: Source


@frozen_value
class SharedParts:
    """Everything that one or more libraries share, with that of the libraries that they use, in the order read.

    Attributes:
        names: The names that conditions may use.
        passages: The passages that may be cited.
        impossible: The impossible combinations.
        is_whole: Whether every file could be read; otherwise a name that is missing may be declared in one that could
            not.
    """

    names: Mapping[str, SharedName]
    passages: Mapping[str, SharedPassage]
    impossible: tuple[Impossible, ...]
    is_whole: bool = True

    def fields(self) -> dict[str, Field | None]:
        """The fields by name; None for one that could not be read."""
        return self._of("situation", Field)

    def numbers(self) -> dict[str, Number | None]:
        """The derived numbers by name; None for one that could not be read."""
        of_tables = {
            name: each.value.numbers[-1]
            for name, each in self.names.items()
            if each.section == "numbers" and isinstance(each.value, StepParts)
        }
        return {**self._of("numbers", Number), **of_tables}

    def facts(self) -> dict[str, Fact | None]:
        """The facts by name; None for one that could not be read."""
        return self._of("facts", Fact)

    def constants(self) -> dict[str, Constant | None]:
        """The constants by name; None for one that could not be read."""
        return self._of("constants", Constant)

    def steps(self) -> dict[str, StepParts | None]:
        """The steps by name, with what they bring along; None for one that could not be read.

        The tables of numbers are among them.
        """
        return {
            name: each.value if isinstance(each.value, StepParts) else None
            for name, each in self.names.items()
            if each.section == "steps" or isinstance(each.value, StepParts)
        }

    def step_fields(self) -> dict[str, Field | None]:
        """The choices that stand for the steps in conditions, by name; None for one that could not be read."""
        return {
            name: None if parts is None else parts.step.field
            for name, parts in self.steps().items()
            if parts is None or not parts.step.is_number
        }

    def _of(self, section: str, kind: type[T]) -> dict[str, T | None]:
        """The names of one section, each with what it stands for."""
        return {
            name: each.value if isinstance(each.value, kind) else None
            for name, each in self.names.items()
            if each.section == section
        }


def with_known(field: Field, known: Iterable[str]) -> Field:
    """Return a field with the texts that it knows, and others."""
    texts = dict.fromkeys((*field.known, *known))
    # The answer `none` stays the last one.
    return replace(field, known=tuple(sorted(texts, key=lambda text: field.or_none is not None and text == NONE)))


NOTHING_SHARED = SharedParts({}, {}, ())


@frozen_value
class Declarations:
    """What a file declares itself, of that which libraries can share; `Outline` has its fields and constants."""

    source: Source | None
    numbers: tuple[Number, ...]
    facts: tuple[Fact, ...]
    impossible: tuple[Impossible, ...]
    # Those of policies that are steps.
    constants: tuple[Constant, ...] = ()


def shared_parts_of(policy: Policy) -> SharedParts:
    """The parts that a policy has taken over, as its own file may read them; its own are among them."""
    names = {
        **{field.name: SharedName("situation", field.place, field) for field in policy.fields},
        **{number.name: SharedName("numbers", number.place, number) for number in policy.numbers},
        **{fact.name: SharedName("facts", fact.place, fact) for fact in policy.facts},
        **{constant.name: SharedName("constants", constant.place, constant) for constant in policy.constants},
        **{step.name: _shared_step(policy, step) for step in policy.steps},
    }
    source = policy.source
    passages = {each.name: SharedPassage(each, source) for each in source.passages} if source else {}
    written = tuple(each for each in policy.impossible if not each.implied_by)
    return SharedParts(names, passages, written)


def _shared_step(policy: Policy, step: DecisionStep) -> SharedName:
    if step.is_number:
        return SharedName("numbers", step.place, StepParts((step,), numbers=(policy.number[step.name],)))
    return SharedName("steps", step.place, StepParts((step,)))


@frozen_value
class Used:
    """The libraries that a file uses, as they were read.

    Attributes:
        shared: What they share.
        problems: What is wrong with their files; what is wrong with the file itself is recorded in its `Reading`.
        files: The names of their files in messages, in the order read.
    """

    shared: SharedParts
    problems: tuple[Problem, ...]
    files: tuple[str, ...]


NOTHING_USED = Used(NOTHING_SHARED, (), ())

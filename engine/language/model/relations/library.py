"""Libraries, as values: what several policies share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.frozen import frozen_value, late_type
from engine.language.model.field_kinds import Field, unnoted_place
from engine.language.model.policy_parts import Constant, Fact, Impossible, Number, Source
from engine.problems import Place

if TYPE_CHECKING:
    from engine.language.model.relations.decision_steps import DecisionStep
else:
    # Most libraries have no steps.
    DecisionStep = late_type("engine.language.model.relations.decision_steps", "DecisionStep")


@frozen_value
class Library:
    """A library: fields, constants, numbers, facts, steps and impossible combinations that policies use.

    Attributes:
        name: Name of the library.
        title: What it is about.
        fields: The fields of the libraries that it uses, then its own; likewise the other parts.
        numbers: The derived numbers.
        facts: The facts.
        impossible: The combinations of answers that cannot occur.
        constants: The constants.
        source: The text that it is taken from, if stated.
        version: Version as written, if stated.
        about: Description, if stated.
        steps: The steps, with those of policies that are steps.
        place: Position in the source; ignored by `==`.

    Example:
        >>> from engine import load_library
        >>> library = load_library({
        ...     "library": "people",
        ...     "title": "Who somebody is",
        ...     "situation": {"age": {"ask": "How old?", "type": "integer", "from": 0, "to": 120}},
        ...     "facts": {"adult": {"means": "of age", "when": {"age": {"at_least": 18}}}},
        ... })
        >>> library.title, [fact.name for fact in library.facts]
        ('Who somebody is', ['adult'])
    """

    name: str
    title: str
    fields: tuple[Field, ...] = ()
    numbers: tuple[Number, ...] = ()
    facts: tuple[Fact, ...] = ()
    impossible: tuple[Impossible, ...] = ()
    constants: tuple[Constant, ...] = ()
    source: Source | None = None
    version: str | None = None
    about: str | None = None
    steps: tuple[DecisionStep, ...] = ()
    place: Place = unnoted_place()

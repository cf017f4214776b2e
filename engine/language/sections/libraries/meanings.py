"""One meaning for each name: what several files declare, compared and put together.

A name may be declared in several files if it means the same in all of them, whatever their layout.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from engine.language.documents.text import shorten
from engine.language.model import canonical
from engine.language.model.field_kinds import Field
from engine.language.model.policy_parts import Constant, Fact, Impossible, Number
from engine.language.parsing.reading import Reading
from engine.language.parsing.shared_parts import Declarations, SharedName, SharedParts, SharedPassage, StepParts
from engine.language.sections.libraries.declared_sections import declared_names
from engine.language.sections.outline import Outline
from engine.problems import Place

_HELP = "give one of the two another name, or keep only the one that is meant"


def merge_shared(reading: Reading, used: Iterable[SharedParts]) -> SharedParts:
    """Put together what several libraries share; a name with two meanings is recorded, and keeps the first.

    Args:
        reading: The problems of the file that uses them.
        used: What they share, in the order in which the file names them.
    """
    names: dict[str, SharedName] = {}
    passages: dict[str, SharedPassage] = {}
    # One library may be reached in several ways.
    impossible: dict[Place, Impossible] = {}
    for parts in used:
        for name, found in parts.names.items():
            kept = names.setdefault(name, found)
            if not _is_same(kept, found):
                _refuse(reading, name, found.place, kept.place)
        for name, listed in parts.passages.items():
            _refuse_other_passage(reading, passages.setdefault(name, listed), listed)
        impossible |= {each.place: each for each in parts.impossible}
    return SharedParts(names, passages, tuple(impossible.values()))


def refuse_two_meanings(outline: Outline, own: Declarations, steps: Mapping[str, StepParts]) -> None:
    """Record the names that a file declares otherwise than a library that it uses.

    Args:
        outline: The declarations of the file.
        own: What it declares itself.
        steps: Its steps, as far as they could be read.
    """
    for name, declared in declared_names(outline, own, steps):
        shared = outline.shared.names.get(name)
        if shared is not None and not _is_same(shared, declared):
            _refuse(outline.reading, name, declared.place, shared.place)
    if own.source is not None:
        for passage in own.source.passages:
            listed = outline.shared.passages.get(passage.name)
            if listed is not None:
                _refuse_other_passage(outline.reading, listed, SharedPassage(passage, own.source))


def _is_same(one: SharedName, other: SharedName) -> bool:
    """Whether two declarations of a name mean the same, or one of them could not be read."""
    if one is other:
        return True
    if one.section != other.section:
        return False
    return one.value is None or other.value is None or _same_value(one.value, other.value)


def _same_value(
    one: Field | Number | Fact | Constant | StepParts, other: Field | Number | Fact | Constant | StepParts
) -> bool:
    """Whether two parts of a policy are equal, in whatever order their sums and conditions are written."""
    if isinstance(one, Number) and isinstance(other, Number):
        return canonical.number_data(one, canonical.resolved) == canonical.number_data(other, canonical.resolved)
    if isinstance(one, Fact) and isinstance(other, Fact):
        return canonical.fact_data(one, canonical.resolved) == canonical.fact_data(other, canonical.resolved)
    if isinstance(one, StepParts) and isinstance(other, StepParts):
        return _parts_data(one) == _parts_data(other)
    if isinstance(one, Field) and isinstance(other, Field) and one.applies_when and other.applies_when:
        conditions = [canonical.condition_data(field.applies_when) for field in (one, other)]
        return conditions[0] == conditions[1] and replace(one, applies_when=None) == replace(other, applies_when=None)
    return one == other


def _parts_data(parts: StepParts) -> list[Any]:
    """A step with all that it brings along, as data in whatever order its conditions are written."""
    steps = {each.name: each for each in parts.steps}
    return [
        [(each.name, canonical.step_data(each, canonical.resolved)) for each in parts.steps if not each.is_number],
        {each.name: canonical.number_data(each, canonical.resolved, steps.get(each.name)) for each in parts.numbers},
        {each.name: canonical.fact_data(each, canonical.resolved) for each in parts.facts},
        [canonical.impossible_data(each, canonical.resolved) for each in parts.impossible],
    ]


def _refuse_other_passage(reading: Reading, kept: SharedPassage, found: SharedPassage) -> None:
    """Record a passage that two files list otherwise, or of two texts."""
    if (kept.passage, kept.source.title) != (found.passage, found.source.title):
        _refuse(reading, found.passage.name, found.passage.place, kept.passage.place, "the passage ")


def _refuse(reading: Reading, name: str, place: Place, other: Place, what: str = "") -> None:
    """Record a name with two meanings."""
    message = f"{what}`{shorten(name)}` has two meanings in the files that are read together"
    reading.refuse("two-meanings", message, (place, other), _HELP)

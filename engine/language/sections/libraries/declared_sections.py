"""Reader for the sections that policies and libraries have in common: the source, and what conditions are made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TypeAlias, TypeVar

from engine.language.documents.nodes import Node, Scalar
from engine.language.model.field_kinds import Field
from engine.language.model.policy_parts import Constant, Fact, Number
from engine.language.parsing.reading import LONGEST_NAME, PART_NAME, require_list, require_map
from engine.language.parsing.shared_parts import Declarations, SharedName, StepParts
from engine.language.sections import item_readers as items
from engine.language.sections.field_reader import FIELD_NAME, read_field
from engine.language.sections.outline import NAMED_SECTIONS, Outline

T = TypeVar("T")
# From an item to readers for its parts, used if the item as a whole is malformed.
Parts: TypeAlias = Callable[[Node], list[Callable[[], object]]]


def no_parts(node: Node) -> list[Callable[[], object]]:
    """The `Parts` of items whose parts are not read separately."""
    return []


class SectionReader:
    """Reads the sections of one file, item by item, so that every item reports its problems."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.reading = outline.reading

    def read_one(self, section: str, read: Callable[[], T]) -> T | None:
        """Read a section that is a single value."""
        return self.reading.read_item(section, "", read)

    def read_mapping(
        self, section: str, pattern: re.Pattern[str], read: Callable[[Scalar, Node], T | None], parts: Parts = no_parts
    ) -> list[T]:
        """Read a section that is a mapping of named items."""
        mapping = self._open(section, require_map)
        found = []
        for name, (key, value) in (mapping.entries if mapping else {}).items():
            if len(name) > LONGEST_NAME or not pattern.fullmatch(name):
                self.reading.suspects.add((section, name))
            item = self.reading.read_item(section, name, partial(read, key, value), partial(parts, value))
            if item is not None:
                found.append(item)
        return found

    def read_list(self, section: str, read: Callable[[Node], T | None], parts: Parts = no_parts) -> list[T]:
        """Read a section that is a list of items."""
        items = self._open(section, require_list)
        found = []
        for index, value in enumerate(items or ()):
            item = self.reading.read_item(section, index, partial(read, value), partial(parts, value))
            if item is not None:
                found.append(item)
        return found

    def _open(self, section: str, require: Callable[[Node], T]) -> T | None:
        """Return the items of a section; None if it is missing, or malformed, which is recorded."""
        node = self.outline.section(section)
        return None if node is None else self.reading.read_item(section, "", partial(require, node))


def read_declarations(sections: SectionReader) -> Declarations:
    """Read the common sections, recording all problems in them."""
    outline = sections.outline
    source = sections.read_one("source", lambda: items.read_source(outline))
    parts = partial(items.item_parts, outline)
    _read_constants(sections, parts)
    for field in sections.read_mapping(
        "situation", FIELD_NAME, lambda key, node: read_field(key, node, outline.reading, outline.constants)
    ):
        outline.fields[field.name] = field
    conditional = _read_applicability(outline)
    _check_days(outline)
    numbers = _read_numbers(sections)
    facts = sections.read_mapping("facts", PART_NAME, lambda key, node: items.read_fact(outline, key, node), parts)
    impossible = sections.read_list("impossible", lambda node: items.read_impossible(outline, node), parts)
    outline.refuse_cycles([*facts, *numbers], _waited_for(outline, [*facts, *numbers]) if conditional else {})
    _check_numbers(outline, facts, numbers)
    return Declarations(source, tuple(numbers), tuple(facts), tuple(impossible))


# The readers of constants and numbers are imported where there are some: every decision pays for what is loaded.


def _read_applicability(outline: Outline) -> bool:
    """Read when questions are asked; returns whether that depends on others for some of them."""
    if all(field is None or field.applies_when is None for field in outline.fields.values()):
        return False
    from engine.language.sections.libraries.applicability_reader import read_applicability

    read_applicability(outline)
    return True


def _waited_for(outline: Outline, derivations: list[Fact | Number]) -> dict[str, list[str]]:
    from engine.language.sections.libraries.applicability_reader import waited_for

    return waited_for(outline, derivations)


def _read_constants(sections: SectionReader, parts: Parts) -> None:
    outline = sections.outline
    if outline.section("constants") is None:
        return
    from engine.language.sections.constant_reader import CONSTANT_NAME, read_constant_item

    for constant in sections.read_mapping(
        "constants", CONSTANT_NAME, lambda key, node: read_constant_item(outline, key, node), parts
    ):
        outline.constants[constant.name] = constant


def _check_days(outline: Outline) -> None:
    if outline.section("constants") is not None or outline.section("as_of") is not None:
        from engine.language.sections.constant_reader import refuse_undated

        refuse_undated(outline)


def _read_numbers(sections: SectionReader) -> list[Number]:
    outline = sections.outline
    if outline.section("numbers") is None:
        return []
    from engine.language.sections.numbers.number_reader import number_parts, read_number

    parts = partial(number_parts, outline)
    return sections.read_mapping("numbers", PART_NAME, lambda key, node: read_number(outline, key, node), parts)


def _check_numbers(outline: Outline, own_facts: list[Fact], own_numbers: list[Number]) -> None:
    numbers = [*(number for number in outline.shared.numbers().values() if number), *own_numbers]
    if numbers:
        from engine.language.sections.numbers.number_checks import check_numbers

        facts = [*(fact for fact in outline.shared.facts().values() if fact), *own_facts]
        fields = {name: field for name, field in outline.fields.items() if field}
        check_numbers(facts, numbers, fields, outline.reading)


def declared_names(
    outline: Outline, own: Declarations, steps: Mapping[str, StepParts]
) -> Iterator[tuple[str, SharedName]]:
    """Iterate over the names that a file declares itself, section by section; `steps` are those that could be read."""
    values: dict[str, Field | Constant | Number | Fact | StepParts | None] = {
        **outline.fields,
        **outline.constants,
        **{number.name: number for number in own.numbers},
        **{fact.name: fact for fact in own.facts},
        **steps,
    }
    for section in NAMED_SECTIONS:
        for name, entry in outline.declared(section).items():
            yield name, SharedName(section, entry.key.place, values.get(name))

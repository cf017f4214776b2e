"""Reader for `applies_when` of fields: under which answers to other questions a question is asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from engine.language.documents.nodes import Mapping
from engine.language.model.asking.applicability import order_of_fields
from engine.language.model.field_kinds import Field
from engine.language.model.relations.derivations import Derivation
from engine.language.sections.condition_reader import read_condition
from engine.language.sections.outline import Outline

_KEY = "applies_when"


def read_applicability(outline: Outline) -> None:
    """Read the conditions under which the fields of a file apply; the fields themselves have been read."""
    for name, entry in outline.declared("situation").items():
        node = entry.value.get(_KEY) if isinstance(entry.value, Mapping) else None
        if node is None:
            continue
        read = partial(read_condition, node, outline.names, outline.reading)
        when = outline.reading.read_item("situation", name, read)
        field = outline.fields.get(name)
        if field is not None:
            outline.fields[name] = None if when is None else replace(field, applies_when=when)


def waited_for(outline: Outline, derivations: Iterable[Derivation]) -> dict[str, list[str]]:
    """Map each field of a file with `applies_when` to the fields that it reads, through facts and numbers too.

    Args:
        outline: The declarations of the file.
        derivations: The facts and numbers that it declares itself.
    """
    fields: dict[str, Field] = {name: field for name, field in outline.fields.items() if field}
    shared = (*outline.shared.facts().values(), *outline.shared.numbers().values())
    derived = {each.name: each for each in (*shared, *derivations) if each}
    return order_of_fields(fields, derived)

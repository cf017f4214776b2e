"""The order of questions: which ones come before the questions of some fields."""

from __future__ import annotations

from collections.abc import Iterable

from engine.language.model.field_kinds import Field


def with_earlier_questions(fields: Iterable[Field], names: set[str]) -> set[str]:
    """Return some names, and the fields whose questions come before those of the fields among them."""
    found = set(names)
    known = {field.name: field for field in fields}
    for field in known.values():
        above = field.ask_after if field.name in found else None
        while above is not None and above not in found:
            found.add(above)
            above = known[above].ask_after
    return found

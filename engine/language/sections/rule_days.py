"""Reader for the days on which a rule is valid: one more entry of its condition, on the day in `as_of`."""

from __future__ import annotations

import datetime
from collections.abc import Mapping as AbstractMapping
from functools import partial

from engine.language.documents.nodes import Mapping, Scalar
from engine.language.documents.text import shorten
from engine.language.model.condition_tree import All, Compare, Condition, all_of
from engine.language.model.field_kinds import DATE
from engine.language.model.values.misfits import Misfit
from engine.language.model.values.value_readers import read_date
from engine.language.parsing.reading import require_map, require_scalar
from engine.language.sections.outline import Outline
from engine.problems import Place


def read_valid(outline: Outline, mapping: Mapping) -> Condition | None:
    """Read the `valid` of a rule, the days on which it holds; None if they are wrong, which is recorded."""
    days = require_map(mapping.get("valid"), ("from", "to"))
    place = mapping.entries["valid"].key.place
    if "otherwise" in mapping.entries:
        message = "`otherwise` takes what the other rules leave on every day, so it has no `valid`"
        help_ = "take `valid` out, or write `when` in place of `otherwise`"
        outline.reading.refuse("wrong-mode", message, place, help_)
        return None
    written = {word: require_scalar(entry.value) for word, entry in days.entries.items()}
    return read_validity(outline, written, place)


def read_validity(outline: Outline, written: AbstractMapping[str, Scalar], place: Place) -> Condition | None:
    """Read the first and the last day of a rule, as a condition; None if they are wrong, which is recorded."""
    reading = outline.reading
    as_of = outline.section("as_of")
    if not isinstance(as_of, Scalar) or as_of.empty:
        help_ = "write `as_of: FIELD` at the top, with the date field that says which rules are valid"
        reading.refuse("missing-key", "nothing says on which day a rule has to be valid", place, help_)
        return None
    field = outline.fields.get(as_of.text)
    if field is None or field.kind != DATE:
        reading.incomplete = True
        return None
    found: dict[str, datetime.date | None] = {}
    for word, scalar in written.items():
        found[word] = reading.read_value(scalar.place, partial(_read_valid_day, outline, scalar, word))
    first, last = found.get("from"), found.get("to")
    if first and last and first > last:
        places = written["to"].place, written["from"].place
        reading.refuse("bad-range", f"`from` ({first}) is after `to` ({last})", places, "exchange the two")
        return None
    if None in found.values():
        return None
    ops = {"from": "on_or_after", "to": "on_or_before"}
    days = [(ops[word], found[word]) for word in ops if word in found]
    return all_of((Compare(field.name, op, day, place) for op, day in days if day is not None), place)


def _read_valid_day(outline: Outline, scalar: Scalar, word: str) -> datetime.date:
    """Read the first or last day of a rule; raises `Misfit`."""
    if scalar.text in outline.constants:
        message = f"`{scalar.text}` is a constant, and a constant does not stand in `{word}`"
        raise Misfit("wrong-type", message, "write the day itself, such as `2024-07-01`")
    if not scalar.plain and not scalar.in_data:
        raise Misfit("bad-date", f'`"{shorten(scalar.text)}"` is text, not a day', "write the day without quotes")
    return read_date(scalar.text)


def when_valid(when: Condition, valid: Condition | None) -> Condition:
    """Return the condition of a rule with the days on which it is valid as its last part."""
    if valid is None:
        return when
    return All((*when.parts, valid), when.place) if isinstance(when, All) else All((when, valid))

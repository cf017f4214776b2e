"""Reader for the fields of a situation, with checks of range, grid and `if_unsure`."""

from __future__ import annotations

import re
from collections.abc import Mapping as AbstractMapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from engine.language.documents.nodes import Mapping, Node, Scalar, Sequence
from engine.language.model.condition_tree import ALWAYS, ByDay
from engine.language.model.field_kinds import (
    ANY_OF,
    CHOICE,
    DATE,
    INTEGER,
    KINDS,
    NONE,
    NUMBER,
    TEXT,
    UNSURE,
    Field,
    Value,
)
from engine.language.model.policy_parts import Constant
from engine.language.model.values.grid_positions import exact_decimal, grid_position
from engine.language.model.values.misfits import Misfit
from engine.language.model.values.value_readers import node_value, read_constant, read_decimal
from engine.language.parsing.cut_texts import refuse_cut_texts
from engine.language.parsing.reading import (
    Reading,
    Unshapely,
    read_flag,
    read_text,
    require_list,
    require_map,
    require_scalar,
    require_text,
)

if TYPE_CHECKING:
    from decimal import Decimal

_RANGED = (INTEGER, NUMBER, DATE)
_ALLOWED = {
    "choices": (CHOICE, ANY_OF),
    "ordered": (CHOICE,),
    "from": _RANGED,
    "to": _RANGED,
    "step": (NUMBER,),
    "unit": (INTEGER, NUMBER),
    "known": (TEXT,),
    "or_none": tuple(kind for kind in KINDS if kind != ANY_OF),
}
_KEYS = ("ask", "type", *_ALLOWED, "if_unsure", "ask_after", "applies_when")
FIELD_NAME = re.compile(r"(?!(?:all|any|not)$)[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*", re.ASCII)


def read_field(
    key: Scalar, node: Node, reading: Reading, constants: AbstractMapping[str, Constant | None]
) -> Field | None:
    """Read a field; None if something in it is wrong, which is recorded. Raises `Unshapely` for a malformed field.

    `constants` are those of the policy, which may not stand in a range.
    """
    mapping = require_map(node, _KEYS)
    kind = require_text(mapping.get("type")) if "type" in mapping.entries else CHOICE
    if kind not in KINDS or any(word in mapping.entries and kind not in kinds for word, kinds in _ALLOWED.items()):
        raise Unshapely
    if "type" not in mapping.entries and "choices" not in mapping.entries:
        raise Unshapely
    before = len(reading.problems)
    ask = require_text(mapping.get("ask"))
    ask_after = read_text(mapping.get("ask_after"))
    unsure = mapping.get("if_unsure")
    choices = _read_choices(mapping) if kind in (CHOICE, ANY_OF) else ()
    bare = Field(
        name=key.text,
        ask=ask,
        kind=kind,
        choices=choices,
        ordered=read_flag(mapping.get("ordered")),
        unit=read_text(mapping.get("unit")),
        known=_read_known(mapping, reading),
        ask_after=ask_after,
        place=key.place,
        # It may read other fields, which may not have been read yet; see `applicability_reader`.
        applies_when=ALWAYS if "applies_when" in mapping.entries else None,
    )
    ranged = _read_range(bare, mapping, reading, constants) if kind in _RANGED else bare
    for word in ("or_none", "applies_when"):
        if word in mapping.entries and kind in _RANGED and ranged.low is None and ranged.high is None:
            _refuse_endless(ranged, word, mapping, reading)
            break
    if "or_none" in mapping.entries:
        ranged = _with_none(ranged, mapping, reading)
    _check_unsure_shape(unsure)
    if len(reading.problems) > before:
        return None
    if unsure is None:
        return ranged
    _refuse_named(UNSURE, "if_unsure", ranged, mapping, reading)
    value = reading.read_value(unsure.place, lambda: node_value(ranged, unsure))
    return None if value is None else replace(ranged, if_unsure=value)


def _read_choices(mapping: Mapping) -> tuple[tuple[str, str], ...]:
    """Read the options and their labels."""
    choices = require_map(mapping.get("choices"))
    for name in choices.entries:
        if not name.strip() or name != name.strip() or "\n" in name or "\r" in name:
            raise Unshapely
    return tuple((name, require_text(entry.value)) for name, entry in choices.entries.items())


def _read_known(mapping: Mapping, reading: Reading) -> tuple[str, ...]:
    """Read the known texts."""
    if "known" not in mapping.entries:
        return ()
    written = [require_scalar(item) for item in require_list(mapping.get("known"))]
    refuse_cut_texts(reading, "known", mapping.get("known"), sentences=False)
    reading.refuse_repeats(written)
    return tuple(scalar.text for scalar in written)


def _read_range(
    field: Field, mapping: Mapping, reading: Reading, constants: AbstractMapping[str, Constant | None]
) -> Field:
    """The field with its `from`, `to` and `step`, recording an empty range or one that is no multiple of the step."""
    ends: dict[str, Any] = {}
    for word in ("from", "to"):
        if word in mapping.entries:
            scalar = require_scalar(mapping.get(word))
            ends[word] = reading.read_value(scalar.place, partial(_read_end, field, scalar, word, constants))
    low, high = ends.get("from"), ends.get("to")
    step = _read_step(mapping, reading, constants)
    ranged = replace(field, low=low, high=high, step=step)
    if low is not None and high is not None and low > high:
        places = tuple(mapping.entries[word].value.place for word in ("to", "from"))
        from engine.language.model.values.value_texts import value_text

        message = f"`from` ({value_text(field, low)}) is above `to` ({value_text(field, high)})"
        reading.refuse("bad-range", message, places, "exchange the two")
    elif step is not None and high is not None and grid_position(ranged, high).denominator != 1:
        from fractions import Fraction

        from engine.language.model.values.value_texts import value_text

        message = f"`to` ({value_text(field, high)}) is not reached in steps of {value_text(field, step)}"
        base = value_text(field, low) if low is not None else "0"
        below = Fraction(high) - (grid_position(ranged, high) % 1) * Fraction(step)
        fix = f"write `to: {value_text(field, exact_decimal(below))}`, or a `step` that fits (counted from {base})"
        reading.refuse("bad-range", message, mapping.entries["to"].value.place, fix)
    return ranged


def _read_end(field: Field, scalar: Scalar, word: str, constants: AbstractMapping[str, Constant | None]) -> Value:
    """Read an end of a range; raises `Misfit`."""
    _refuse_constant(scalar, word, constants)
    return read_constant(field, scalar)


def _refuse_constant(scalar: Scalar, word: str, constants: AbstractMapping[str, Constant | None]) -> None:
    """Raise `Misfit` if the name of a constant stands in a range."""
    constant = constants.get(scalar.text)
    if constant is not None and (scalar.plain or scalar.in_data):
        from engine.language.model.values.value_texts import quantity_text

        message = f"`{scalar.text}` is a constant, and a constant does not stand in `{word}`"
        is_one = not isinstance(constant.value, tuple | ByDay)
        help_ = f"write its value, `{word}: {quantity_text(constant.value)}`" if is_one else "write one value"
        raise Misfit("wrong-type", message, help_)


def _read_step(mapping: Mapping, reading: Reading, constants: AbstractMapping[str, Constant | None]) -> Decimal | None:
    """Read the step; None if it is absent or not positive."""
    if "step" not in mapping.entries:
        return None
    scalar = require_scalar(mapping.get("step"))

    def read() -> Decimal:
        _refuse_constant(scalar, "step", constants)
        return read_decimal(scalar)

    step = reading.read_value(scalar.place, read)
    if step is not None and step <= 0:
        reading.refuse("bad-range", "a `step` is more than 0", scalar.place, "write the distance between two answers")
        return None
    return step


def _with_none(field: Field, mapping: Mapping, reading: Reading) -> Field:
    """The field with the answer `none`, recording why it cannot have one."""
    entry = mapping.entries["or_none"]
    label = require_text(entry.value)
    if isinstance(entry.value, Scalar) and entry.value.plain and label.casefold() in ("yes", "no", "true", "false"):
        message = f"`or_none` takes what people say who have no value to give, not `{label}`"
        help_ = "write their answer, such as `or_none: There is none`"
        if label.casefold() in ("no", "false"):
            help_ = "take it out: without it, everybody has a value"
        reading.refuse("wrong-type", message, entry.value.place, help_)
    _refuse_named(NONE, "or_none", field, mapping, reading)
    if field.kind == CHOICE:
        return replace(field, or_none=label, choices=(*field.choices, (NONE, label)))
    return replace(field, or_none=label, known=(*field.known, NONE) if field.kind == TEXT else ())


def _refuse_endless(field: Field, word: str, mapping: Mapping, reading: Reading) -> None:
    """Record a range with two open ends, which leaves no place for what is no value."""
    message = f"with `{word}`, `{field.name}` needs a `from` or a `to`"
    lowest = "the first day, such as `from: 2000-01-01`" if field.kind == DATE else "the lowest one, such as `from: 0`"
    reading.refuse("bad-range", message, mapping.entries[word].key.place, f"give {lowest}")


def _check_unsure_shape(node: Node | None) -> None:
    """Raise `Unshapely` unless the node is a scalar or a list of scalars."""
    if isinstance(node, Sequence):
        for item in node.items:
            require_scalar(item)
    elif node is not None:
        require_scalar(node)


def _refuse_named(word: str, key: str, field: Field, mapping: Mapping, reading: Reading) -> None:
    """Record an option or known text that has the name of an answer which one of the field's keys gives it."""
    if word in field.options or word in field.known:
        listed = mapping.get("choices") or mapping.get("known")
        place = listed.entries[word].key.place if isinstance(listed, Mapping) else mapping.entries["known"].value.place
        message = f"with `{key}`, no answer to `{field.name}` can be called `{word}`"
        reading.refuse("name-clash", message, (place, mapping.entries[key].key.place), "give the answer another name")

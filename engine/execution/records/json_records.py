"""Compiled functions that decide records given as JSON text.

msgspec parses the text into a structure generated for the policy, and validates most answers on the way. Any other
record, valid or not, is passed to a fallback.
"""

from __future__ import annotations

import ast
import datetime
import re
from collections.abc import Callable, Iterator
from itertools import count
from typing import Annotated, Any, Literal

from engine.execution.extras import need
from engine.execution.program import Program
from engine.execution.records.field_checks import FAR, KNOWN, Checks
from engine.execution.records.plain_records import RECORD, Nested, finish, nested
from engine.execution.records.syntax import (
    Module,
    assign,
    attribute,
    call,
    compare,
    constant,
    every,
    name,
    some,
    unless,
)
from engine.language.model.field_kinds import ANY_OF, CHOICE, DATE, INTEGER, NUMBER, TEXT, YES_NO, Field
from engine.language.model.policy import Policy
from engine.meaning.hit_policies import Label

_READ = "read"
# A number with a decimal point of at most this many characters has no more digits than a double represents uniquely.
_LONGEST = 16
_MANY_DIGITS = re.compile(rb"[0-9]{16}")
# For longer texts, parsing dominates and the method makes no difference.
_SHORT = 1 << 16


def compile_json(
    policy: Policy, program: Program, otherwise: Callable[[Any], Any], end: Callable[[Label], ast.expr]
) -> Callable[[Any], Any]:
    """A function from JSON bytes to what `end` gives for the record's label; raises `Inexact`.

    Anything but a complete, valid and possible record is passed to `otherwise`. Raises `NotInstalledError` without
    msgspec.
    """
    need("json", "JSON is read", "msgspec")
    import msgspec

    fields = nested(policy)
    decoder = msgspec.json.Decoder(_structure(fields, policy, count()), float_hook=_double)
    module = Module(**KNOWN, otherwise=otherwise, decode=decoder.decode)
    entries = dict(_entries(fields, name(_READ)))
    proved = {field.name: entries[field.name] for field in policy.fields if _is_proved(field)}
    checks = Checks(policy, module, proved, _READ)
    others = [field for field in policy.fields if field.name not in proved]
    # msgspec accepts duplicate keys and keeps the last. Either the text is too short for another entry, or the number
    # of colons shows that there is none. Counting takes a third of the time of parsing.
    is_short = compare(call("len", name(RECORD)), "<", constant(_length(fields, policy) + _least(fields, policy)))
    colons = call(attribute(name(RECORD), "count"), constant(b":"))
    taken = [
        unless(some([is_short, compare(colons, "==", constant(_keys(fields)))]), ast.Break()),
        assign(_READ, call("decode", name(RECORD))),
        *(assign(checks.answer(field.name), entries[field.name]) for field in others),
        unless(every([checks.holds(field) for field in others]), ast.Break()),
    ]
    return finish(program, module, checks, taken, end)


def compile_reader() -> Callable[[bytes], dict[str, Any]]:
    """A function that parses a JSON object as `read_json` does.

    It raises an exception for any text that it might read differently. Raises `NotInstalledError` without msgspec. Buys
    1.2 to 3 times on records of the shipped policies.
    """
    need("json", "JSON is read", "msgspec")
    import msgspec

    decode = msgspec.json.Decoder(dict[str, Any], float_hook=_double).decode

    def read(data: bytes) -> dict[str, Any]:
        found = decode(data)
        # If there are as many colons as keys, no key is duplicated. Colons inside texts also fail this test, which is
        # safe.
        colons = data.count(b":")
        if (colons != len(found) and colons != _keys_in(found)) or len(data) > _SHORT or _MANY_DIGITS.search(data):
            raise ValueError
        return found

    return read


def _keys_in(found: dict[str, Any]) -> int:
    """The number of keys, including those of nested objects."""
    return len(found) + sum(_keys_in(each) for each in found.values() if type(each) is dict)


def _double(text: str) -> float:
    """Parse a number as a double, if it is short enough to be exact."""
    # With an exponent, the double may be 0 or represent another decimal.
    if len(text) > _LONGEST or "e" in text or "E" in text:
        raise ValueError(text)
    return float(text)


def _keys(fields: Nested) -> int:
    """The number of keys of a complete record."""
    return sum(1 + (0 if isinstance(below, str) else _keys(below)) for below in fields.values())


def _length(fields: Nested, policy: Policy) -> int:
    """The minimum number of characters of a complete record: braces, entries and commas."""
    return 1 + sum(1 + each for each in _entry_lengths(fields, policy))


def _least(fields: Nested, policy: Policy) -> int:
    """The minimum number of characters that one more entry would add, including its comma."""
    deeper = [_least(below, policy) for below in fields.values() if not isinstance(below, str)]
    return min([1 + each for each in _entry_lengths(fields, policy)] + deeper)


def _entry_lengths(fields: Nested, policy: Policy) -> Iterator[int]:
    """The minimum length of each entry."""
    for key, below in fields.items():
        value = _shortest(policy.field[below]) if isinstance(below, str) else _length(below, policy)
        yield len(f'"{key}":') + value


def _shortest(field: Field) -> int:
    """The minimum number of characters of an answer."""
    if field.kind == CHOICE:
        return 2 + min(map(len, field.options))
    lengths = {YES_NO: len("true"), DATE: len('"2026-01-31"'), ANY_OF: len("[]"), TEXT: len('""')}
    return 1 if field.kind in (INTEGER, NUMBER) else lengths[field.kind]


def _is_proved(field: Field) -> bool:
    """Whether msgspec accepts only valid answers for the field."""
    return field.kind in (CHOICE, YES_NO, INTEGER)


def _structure(fields: Nested, policy: Policy, numbers: Iterator[int]) -> type[Any]:
    """The msgspec structure of a record. Attributes are numbered, since names in JSON may be Python keywords."""
    import msgspec

    entries = {f"e{place}": key for place, key in enumerate(fields)}
    types = [
        _type(policy.field[below]) if isinstance(below, str) else _structure(below, policy, numbers)
        for below in fields.values()
    ]
    return msgspec.defstruct(
        f"Record{next(numbers)}",
        list(zip(entries, types, strict=True)),
        rename=entries,
        forbid_unknown_fields=True,
        gc=False,
    )


def _type(field: Field) -> Any:
    """The type of an answer for msgspec."""
    import msgspec

    if field.kind == CHOICE:
        return Literal[field.options]
    if field.kind == INTEGER:
        low, high = (
            (field.low if isinstance(field.low, int) else -FAR),
            (field.high if isinstance(field.high, int) else FAR),
        )
        return Annotated[int, msgspec.Meta(ge=low, le=high)]
    return {YES_NO: bool, DATE: datetime.date, ANY_OF: list[str], TEXT: str, NUMBER: Any}[field.kind]


def _entries(fields: Nested, holder: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Each field with the expression for its answer in the parsed structure."""
    for place, below in enumerate(fields.values()):
        entry = attribute(holder, f"e{place}")
        if isinstance(below, str):
            yield below, entry
        else:
            yield from _entries(below, entry)

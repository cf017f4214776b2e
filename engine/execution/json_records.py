"""How does one function take a record as JSON text, make sure of all of it, and branch to the end?

msgspec reads the text into a structure that is made for the policy and checks most of it on the way. All else, wrong or
not, goes the other way that is given, which has the last word.
"""

from __future__ import annotations

import ast
import datetime
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, Literal

from engine.execution.field_checks import KNOWN, Checks
from engine.execution.plain_records import RECORD, Nested, finish, nested
from engine.execution.program import Program
from engine.execution.syntax import Module, assign, attribute, call, compare, constant, every, name, unless
from engine.language.policy import ANY_OF, CHOICE, DATE, INTEGER, TEXT, YES_NO, Field, Policy
from engine.meaning.judges import Label

_TEXT, _READ = "text", "read"
# A number written in so many characters, with a point or an exponent, has no more digits than a double tells apart.
_LONGEST = 16


def compile_json(
    policy: Policy, program: Program, otherwise: Callable[[Any], Any], end: Callable[[Label], ast.expr]
) -> Callable[[Any], Any]:
    """A function of JSON, bytes or text, that returns what `end` gives for its label; raises `Inexact`.

    What is not a whole record, valid and possible, is handed to `otherwise`. Raises `ImportError` without
    msgspec.
    """
    try:
        import msgspec
    except ImportError:
        raise ImportError("JSON is read with msgspec: pip install 'oneverdict[json]'") from None
    fields = nested(policy)
    shape = _structure(fields, policy, count())
    decoder = msgspec.json.Decoder(shape, float_hook=_double)
    module = Module(**KNOWN, otherwise=otherwise, decode=decoder.decode)
    checks = Checks(policy, module)
    # Of a key that stands twice msgspec takes the last: then there is a colon more than there are keys.
    colons = call(attribute(name(_TEXT), "count"), constant(b":"))
    is_text = compare(call("type", name(RECORD)), "is", name("str"))
    taken = [
        assign(_TEXT, ast.IfExp(is_text, call(attribute(name(RECORD), "encode")), name(RECORD))),
        unless(compare(colons, "==", constant(_keys(fields))), ast.Break()),
        assign(_READ, call("decode", name(_TEXT))),
        *_reads(fields, name(_READ), checks),
        unless(every([checks.holds(field) for field in policy.fields if not _is_proved(field)]), ast.Break()),
    ]
    return finish(program, module, checks, taken, end)


def _double(text: str) -> float:
    if len(text) > _LONGEST:
        raise ValueError(text)
    return float(text)


def _keys(fields: Nested) -> int:
    return sum(1 + (0 if isinstance(below, str) else _keys(below)) for below in fields.values())


def _is_proved(field: Field) -> bool:
    """Whether msgspec takes nothing for the field that is no answer to it."""
    return field.kind in (CHOICE, YES_NO)


def _structure(fields: Nested, policy: Policy, numbers: Iterator[int]) -> type[Any]:
    """What a record is read into: its entries by their place, since names in JSON may be Python's own words."""
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
    if field.kind == CHOICE:
        return Literal[field.options]
    return {YES_NO: bool, INTEGER: int, DATE: datetime.date, ANY_OF: list[str], TEXT: str}.get(field.kind, Any)


def _reads(fields: Nested, holder: ast.expr, checks: Checks) -> Iterator[ast.stmt]:
    for place, below in enumerate(fields.values()):
        entry = attribute(holder, f"e{place}")
        if isinstance(below, str):
            yield assign(checks.answer(below), entry)
        else:
            yield from _reads(below, entry, checks)

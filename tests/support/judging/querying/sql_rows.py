"""Which rows might a table of records hold, at and beside every boundary, and what is to stand beside each?"""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any, NamedTuple

from engine import Policy, RecordError, decide
from engine.language.model.field_kinds import (
    ANY_OF,
    CHOICE,
    DATE,
    INTEGER,
    NONE,
    NOT_ASKED,
    NUMBER,
    TEXT,
    YES_NO,
    Field,
)
from engine.language.model.values.grid_positions import grid_base, grid_position, grid_value
from engine.meaning.logic import policy_of_step
from engine.meaning.spaces.space import Space

Row = dict[str, Any]
_DAY = datetime.timedelta(1)
_SMALL = 2**15 - 1_000
_UNKNOWN = "Nowhere in particular"


class Told(NamedTuple):
    """What stands beside a row."""

    verdict: str | None
    rules: str | None
    possible_rules: str | None
    problem: str | None


def leaves_out_parts(policy: Policy) -> bool:
    """Whether a field that is not always asked is tied to others, so that no query is written."""
    inner = [policy_of_step(policy, name) for name in policy.step]
    tied = {name for each in (policy, *inner) for name in Space(each).tied}
    return any(field.applies_when is not None and field.name in tied for field in policy.fields)


def left_open(wanted: Sequence[str | None]) -> list[Told]:
    """What SQL may say of a row in place of what is wanted, where a sum needs an answer that is missing.

    That it cannot tell, or the verdict without its rules.
    """
    verdict = wanted[0]
    unsettled = Told(None, None, None, "unsettled")
    return [unsettled] if verdict is None else [unsettled, Told(verdict, None, None, None)]


def told(policy: Policy, row: Row) -> Told:
    """What the library says of a row."""
    try:
        found = decide(policy, row)
    except RecordError as error:
        # An answer to a question that is not asked is one that cannot be given beside the others.
        if {each.code for each in error.problems} <= {"impossible-situation", "not-asked"}:
            return Told(None, None, None, "impossible")
        wrong = {each.places[0].path for each in error.problems}
        return Told(None, None, None, "wrong: " + ", ".join(name for name in policy.field if name in wrong))
    if found.verdict is None:
        return Told(None, None, None, "undecided")
    return Told(found.verdict, ", ".join(found.rules) or None, ", ".join(found.possible_rules) or None, None)


def output_names(policy: Policy) -> list[str]:
    """The columns of the outputs of a policy, in the order in which verdicts and rules first give them."""
    outputs: list[Any] = [each.output for each in policy.verdicts]
    outputs += [each.output for each in policy.rules]
    named = dict.fromkeys(f"output.{name}" for output in outputs if isinstance(output, dict) for name in output)
    unnamed = any(output is not None and not isinstance(output, dict) for output in outputs)
    return [*named, *(["output"] if unnamed else [])]


def told_outputs(policy: Policy, row: Row) -> tuple[str | None, ...]:
    """What stands in the columns of outputs beside a row, by what the library says of it."""
    names = output_names(policy)
    try:
        output = decide(policy, row).output
    except RecordError:
        output = None
    cells = (
        {f"output.{name}": value for name, value in output.items()} if isinstance(output, dict) else {"output": output}
    )
    return tuple(_cell(cells.get(name)) for name in names)


def _cell(value: Any) -> str | None:
    """Text as it is, and other values as JSON, numbers without an exponent."""
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def right_values(policy: Policy) -> dict[str, list[Any]]:
    """Of every field a value in each cell, and the ones at and beside every boundary."""
    space = Space(policy)
    found: dict[str, list[Any]] = {}
    for field in policy.fields:
        cells = [cell for axis in space.axes_of(field) for cell in space.axes[axis].cells]
        samples = [cell.sample for cell in cells if cell.sample != NOT_ASKED]
        if field.kind == ANY_OF:
            options = list(field.options)
            found[field.name] = [[], options[::-1], *([each] for each in options), options[1:]]
        elif field.kind in (CHOICE, YES_NO, TEXT):
            is_read = field.if_unsure is not None and field.kind != YES_NO
            found[field.name] = [*samples, *(["unsure"] if is_read else [])]
            found[field.name] += [_UNKNOWN] if field.kind == TEXT else []
        else:
            values = [sample for sample in samples if sample != NONE]
            found[field.name] = [*sorted({*_near(field, values)}), *([] if field.or_none is None else [NONE])]
    return found


def _near(field: Field, samples: Iterable[Any]) -> Iterator[Any]:
    for sample in (*samples, *(end for end in (field.low, field.high) if end is not None)):
        for apart in (0, -1, 1):
            if field.is_grid:
                value: Any = grid_value(field, int(grid_position(field, sample)) + apart)
            else:
                value = Decimal(sample) + apart * Decimal("0.125")
            # The places after the last answer may be those that stand for none.
            if field.lacks(value):
                continue
            if (field.low is None or value >= field.low) and (field.high is None or value <= field.high):
                yield value


def wrong_values(field: Field) -> list[Any]:
    """Values of the column's type that are no answers."""
    if field.kind == CHOICE:
        return ["nothing of the kind", field.options[0].upper() + " ", "", *_unsure(field)]
    if field.kind == TEXT:
        return _unsure(field)
    if field.kind == ANY_OF:
        return [[field.options[0]] * 2, ["nothing of the kind"], [None]]
    if field.kind == YES_NO:
        return []
    step: Any = 1 if field.kind in (INTEGER, DATE) else Decimal("0.001") if field.step is None else field.step
    beyond: list[tuple[Any, int]] = [(end, sign) for end, sign in ((field.low, -1), (field.high, 1)) if end is not None]
    if field.kind == DATE:
        return [end + sign * _DAY for end, sign in beyond]
    found: list[Any] = [end + sign * step for end, sign in beyond]
    if field.is_grid:
        start = Fraction(grid_base(field)) + Fraction(step) * 3
        found += [Decimal(start.numerator) / start.denominator + Decimal(step) / 4]
    return found


def wrong_doubles(field: Field) -> list[float]:
    """Doubles that are no answers, for a column that holds such."""
    found = [math.nan, math.inf, -math.inf]
    if field.is_grid:
        value: Any = grid_value(field, int(grid_position(field, field.low or 0)) + 1)
        middle = float(value)
        found += [math.nextafter(middle, math.inf), math.nextafter(middle, -math.inf)]
    return found


def _unsure(field: Field) -> list[str]:
    is_read = field.if_unsure is not None or "unsure" in (*field.known, *field.options)
    return [] if is_read else ["unsure"]


def draw_rows(
    policy: Policy, random: Random, many: int, wrong: Mapping[str, Sequence[Any]], kinds: Mapping[str, str]
) -> list[Row]:
    """Rows of which most are whole and right, some leave answers out, and some hold what is wrong."""
    right = right_values(policy)
    rows = []
    for place in range(many):
        row = {name: random.choice(values) for name, values in right.items()}
        for name in random.sample(list(row), min(len(row), random.choice((0, 0, 1, 2, len(row) // 2, len(row))))):
            row[name] = None
        if place % 3 == 0:
            for name in random.sample(list(row), min(len(row), random.choice((1, 1, 2)))):
                row[name] = random.choice(wrong[name]) if wrong[name] else row[name]
        rows.append({name: _typed(policy.field[name], kinds[name], value) for name, value in row.items()})
    return rows


def _typed(field: Field, kind: str, value: Any) -> Any:
    """A value as a column of this type holds it."""
    if value is None or value == NONE or field.kind not in (INTEGER, NUMBER):
        return value
    return float(value) if kind == "double" else Decimal(value) if kind == "decimal" else int(value)


def as_columns(policy: Policy, kinds: Mapping[str, str], rows: Sequence[Row]) -> tuple[dict[str, str], list[Row]]:
    """The types and rows of a table in which a yes/no column beside each typed one says where the answer is `none`.

    Where it is not, the column says no, or nothing.
    """
    beside = {field.name: field.none_column for field in policy.fields if field.none_column is not None}
    found = []
    for place, row in enumerate(rows):
        said = {column: True if row[name] == NONE else (None, False)[place % 2] for name, column in beside.items()}
        valued = {name: None if name in beside and value == NONE else value for name, value in row.items()}
        found.append({**valued, **said})
    return {**kinds, **dict.fromkeys(beside.values(), "bool")}, found


def draw_kinds(policy: Policy, random: Random, kinds: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """A column type for each field, of those that hold its answers."""
    return {
        field.name: random.choice([kind for kind in kinds[field.kind] if kind != "smallint" or _is_small(field)])
        for field in policy.fields
    }


def _is_small(field: Field) -> bool:
    """Whether sixteen bits hold every answer, and what is just beyond."""
    return all(isinstance(end, int | Decimal) and -_SMALL <= end <= _SMALL for end in (field.low, field.high))


KINDS = {
    CHOICE: ["text"],
    TEXT: ["text"],
    YES_NO: ["bool"],
    INTEGER: ["bigint", "smallint", "double"],
    NUMBER: ["double", "decimal", "bigint", "smallint"],
    DATE: ["date"],
    ANY_OF: ["list"],
}


def wrong_of(policy: Policy, kinds: Mapping[str, str]) -> dict[str, list[Any]]:
    """What is wrong in each column, as far as its type can hold it."""
    found = {}
    for field in policy.fields:
        values = wrong_values(field)
        if kinds[field.name] in ("bigint", "smallint"):
            values = [value for value in values if value == int(value)]
        found[field.name] = values + (wrong_doubles(field) if kinds[field.name] == "double" else [])
    return found

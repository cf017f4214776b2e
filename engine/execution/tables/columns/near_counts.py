"""Counting cells that are nearly equal to known texts: they differ only in case, white space or Unicode form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from engine.execution.tables.columns.field_columns import as_dictionary, is_text
from engine.execution.tables.columns.tally import NearCount
from engine.language.model.field_kinds import TEXT, Field
from engine.language.model.near_texts import fold_text, near_text
from engine.language.model.policy import Policy
from engine.language.situations.table_format import TableFormat

Cells: TypeAlias = "pa.Array | pa.ChunkedArray"
# The white space of ASCII, which `near_core` removes.
_BLANK = r"[\t-\r\x1c-\x20]"
# The number of rows at once, since the intermediate arrays are as large as the column.
_AT_ONCE = 1 << 18


def near_fields(policy: Policy, form: TableFormat) -> list[str]:
    """The fields whose columns are checked: those with known texts, unless the format defines their notation."""
    return [
        field.name for field in policy.fields if field.kind == TEXT and field.known and field.name not in form.cells
    ]


def near_counts(policy: Policy, columns: Mapping[str, Cells]) -> Iterator[NearCount]:
    """The near-misses in the given columns, each text with its number of rows."""
    for name, cells in columns.items():
        field = policy.field[name]
        for start in range(0, len(cells), _AT_ONCE):
            part = cells.slice(start, _AT_ONCE)
            for chunk in part.chunks if isinstance(part, pa.ChunkedArray) else [part]:
                yield from _near(field, chunk)


def _near(field: Field, cells: pa.Array) -> Iterator[NearCount]:
    """The near-misses in one array."""
    kind = cells.type
    if pa.types.is_dictionary(kind):
        # If none of the distinct texts is near, no cell is.
        if not is_text(kind.value_type) or not any(_near(field, cells.dictionary)):
            return
        cells = as_dictionary(cells).dictionary_decode()
    elif not is_text(kind):
        return
    texts = cells.cast(pa.large_string())
    other = texts.filter(pc.invert(pc.is_in(texts, pa.array(field.known, texts.type), skip_nulls=True)))
    # Only texts with an equal core, or with non-ASCII characters, are checked one by one.
    cores = pc.replace_substring_regex(pc.ascii_lower(other), _BLANK, "")
    known_cores = pa.array(map(fold_text, field.known), texts.type)
    like = other.filter(pc.or_(pc.is_in(cores, known_cores), pc.invert(pc.string_is_ascii(other)))).drop_null()
    for found in pc.value_counts(like).to_pylist():
        known = near_text(field.known, found["values"])
        if known is not None:
            yield NearCount(field.name, found["values"], known, found["counts"])

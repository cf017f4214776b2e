"""How many cells of a column are no known text, but for the way they are written?"""

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
# The white space of ASCII, as `near_core` takes it out.
_BLANK = r"[\t-\r\x1c-\x20]"
# So many rows at once: what is made of them on the way takes as much memory as they do.
_AT_ONCE = 1 << 18


def near_fields(policy: Policy, form: TableFormat) -> list[str]:
    """The fields with known texts, in whose columns such cells may be; words of somebody's own are no slips."""
    return [
        field.name for field in policy.fields if field.kind == TEXT and field.known and field.name not in form.cells
    ]


def near_counts(policy: Policy, columns: Mapping[str, Cells]) -> Iterator[NearCount]:
    """Such cells of the columns of fields with known texts, each text with its rows."""
    for name, cells in columns.items():
        field = policy.field[name]
        for start in range(0, len(cells), _AT_ONCE):
            part = cells.slice(start, _AT_ONCE)
            for chunk in part.chunks if isinstance(part, pa.ChunkedArray) else [part]:
                yield from _near(field, chunk)


def _near(field: Field, cells: pa.Array) -> Iterator[NearCount]:
    kind = cells.type
    if pa.types.is_dictionary(kind):
        # Where none of its few texts is near, no cell is.
        if not is_text(kind.value_type) or not any(_near(field, cells.dictionary)):
            return
        cells = as_dictionary(cells).dictionary_decode()
    elif not is_text(kind):
        return
    texts = cells.cast(pa.large_string())
    other = texts.filter(pc.invert(pc.is_in(texts, pa.array(field.known, texts.type), skip_nulls=True)))
    # Only those are looked at one by one that are like a known text, or have letters that may be so.
    cores = pc.replace_substring_regex(pc.ascii_lower(other), _BLANK, "")
    known_cores = pa.array(map(fold_text, field.known), texts.type)
    like = other.filter(pc.or_(pc.is_in(cores, known_cores), pc.invert(pc.string_is_ascii(other)))).drop_null()
    for found in pc.value_counts(like).to_pylist():
        known = near_text(field.known, found["values"])
        if known is not None:
            yield NearCount(field.name, found["values"], known, found["counts"])

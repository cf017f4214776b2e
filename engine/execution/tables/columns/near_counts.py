"""How many cells of a frame are no known text, but for the way they are written?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from engine.execution.tables.columns.tally import NearCount
from engine.language.model.field_kinds import TEXT
from engine.language.model.near_texts import near_core, near_text
from engine.language.model.policy import Policy

_TEXTS = (pl.String, pl.Categorical, pl.Enum)


def near_counts(policy: Policy, columns: Mapping[str, pl.Series]) -> Iterator[NearCount]:
    """Such cells of the columns of fields, each text with its rows."""
    for name, column in columns.items():
        field = policy.field[name]
        if field.kind != TEXT or not field.known or not isinstance(column.dtype, _TEXTS):
            continue
        texts = column.cast(pl.String)
        other = texts.filter(texts.is_not_null() & ~texts.is_in(list(field.known)))
        # Only those are looked at one by one that are like a known text, or have letters that may be so.
        cores = other.str.replace_all(r"\s", "").str.to_lowercase()
        like = other.filter(cores.is_in(list(map(near_core, field.known))) | other.str.contains(r"[^\x00-\x7F]"))
        for text, rows in like.value_counts().iter_rows():
            known = near_text(field.known, text)
            if known is not None:
                yield NearCount(name, text, known, rows)

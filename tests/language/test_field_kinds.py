"""Is a field kind that a part of the engine does not know an error there, and never taken for another kind?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pyarrow as pa
import pytest

from engine import Field, load
from engine.execution.records.field_checks import Checks
from engine.execution.records.json_records import _shortest, _type
from engine.execution.records.syntax import Module
from engine.execution.sql.dialects import TESTED
from engine.execution.tables.columns.cell_answers import read_cells
from engine.language.model.values.value_readers import data_value, text_value
from engine.language.model.values.value_texts import expected
from engine.meaning.spaces.cells import field_axes
from engine.verification.positions import domain, value_at

UNKNOWN = replace(Field("wait", "How long?", "integer", low=0, high=9), kind="duration")  # type: ignore[arg-type]

PLACES: dict[str, Callable[[Field], Any]] = {
    "is_listed": lambda field: field.is_listed,
    "is_ranged": lambda field: field.is_ranged,
    "is_grid": lambda field: field.is_grid,
    "countable": lambda field: field.countable,
    "data": lambda field: data_value(field, 3),
    "text": lambda field: text_value(field, "3"),
    "expected": expected,
    "cells": lambda field: list(field_axes(field, set())),
    "verifier: domain": domain,
    "verifier: value": lambda field: value_at(field, 3),
    "record": lambda field: Checks(replace(load("other-interviews"), fields=(field,)), Module()).holds(field),
    "json: type": _type,
    "json: length": _shortest,
    "column": lambda field: read_cells(field, pa.array(["3"]), blanks=False),
    **{f"sql: {name}": partial(dialect.fits, summed=False) for name, dialect in TESTED.items()},
}


@pytest.mark.parametrize("place", PLACES)
def test_an_unknown_kind_is_an_error(place: str) -> None:
    """It raises with the name of the kind; a kind that is known passes the same way."""
    with pytest.raises((AssertionError, KeyError), match="duration"):
        PLACES[place](UNKNOWN)
    PLACES[place](replace(UNKNOWN, kind="integer"))

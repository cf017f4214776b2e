"""The columns of a drawn table as the frames of each library."""

from __future__ import annotations

from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa


def polars_frame(columns: dict[str, pa.Array], rows: int) -> pl.DataFrame:
    """The columns as Polars has them, each in the type that is next to its own."""
    if not columns:
        return pl.DataFrame({"none": [0] * rows}).drop("none")
    return pl.DataFrame([_series(name, array) for name, array in columns.items()])


def _series(name: str, array: pa.Array) -> pl.Series:
    kind = array.type
    if pa.types.is_dictionary(kind) and not pa.types.is_string(kind.value_type):
        kind, array = kind.value_type, pa.array(array.to_pylist(), kind.value_type)
    if pa.types.is_date64(kind):
        array = array.cast(pa.date32())
    if pa.types.is_decimal256(kind):
        exact = array.to_pylist()
        places = 30 if all(each is None or abs(each) < 10**7 for each in exact) else 6
        array = pa.array(exact, pa.decimal128(38, places))
    is_odd = pa.types.is_fixed_size_list(kind) and pa.types.is_dictionary(kind.value_type)
    if is_odd or pa.types.is_list_view(kind) or pa.types.is_large_list_view(kind):
        array = pa.array(array.to_pylist(), pa.large_list(pa.large_string()))
    if pa.types.is_fixed_size_list(array.type):
        array = pa.concat_arrays([array])  # Polars refuses them where they do not begin at the first one
    found = pl.from_arrow(array)
    assert isinstance(found, pl.Series)
    return found.alias(name)


def pandas_frame(columns: dict[str, pa.Array], kinds: str) -> pd.DataFrame:
    """The columns as pandas has them: all of Arrow's own types, or each in its own that can miss a value."""
    found = {}
    for name, array in columns.items():
        if pa.types.is_date64(array.type):
            array = array.cast(pa.date32())  # pandas takes milliseconds for a moment
        held = pd.Series(pd.arrays.ArrowExtensionArray(pa.chunked_array([array])))
        # What is no number is missing to its own types.
        is_odd = pa.types.is_floating(array.type) and any(each != each for each in array.to_pylist())
        own = None if is_odd else _pandas_kind(array.type, kinds)
        found[name] = held if own is None else held.astype(own)
    return pd.DataFrame(found)


def _pandas_kind(kind: pa.DataType, kinds: str) -> Any:
    """Which of its own types pandas has for one of Arrow's; None for none."""
    if kinds == "arrow":
        return None
    if pa.types.is_dictionary(kind):
        return None
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return {"python": pd.StringDtype("python"), "pyarrow": pd.StringDtype("pyarrow"), "category": "category"}[kinds]
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_integer(kind):
        return str(kind).replace("u", "U").replace("i", "I")
    if pa.types.is_timestamp(kind):
        return f"datetime64[{kind.unit}]"
    return {pa.float32(): "Float32", pa.float64(): "Float64"}.get(kind)

"""Columns that say beside a field where its answer is `none`."""

from __future__ import annotations

from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from engine import batch, load


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view(), "dictionary", "polars", "lazy"])
@pytest.mark.parametrize("texts", [["unsure", "", None, "5"], [None, "unsure", "5", ""], ["x", None, "unsure", ""]])
@pytest.mark.parametrize("beside", [None, False])
def test_what_is_missing_is_not_none_where_unsure_is(texts: list[str | None], beside: bool | None, kind: Any) -> None:
    """Although a column beside it says of other rows where the answer is `none`."""
    policy = load(
        {
            "policy": "insured",
            "title": "Is it insured?",
            "situation": {
                "value": {
                    "ask": "For how much?",
                    "type": "integer",
                    "from": 0,
                    "to": 9,
                    "or_none": "It is not",
                    "if_unsure": "none",
                }
            },
            "verdicts": {"yes": {"title": "It is"}, "no": {"title": "It is not"}},
            "decision": "first",
            "rules": [
                {"rule": "value", "when": {"value": {"known": True}}, "then": "yes", "because": "So they say."},
                {"rule": "rest", "otherwise": True, "then": "no", "because": "Nobody says so."},
            ],
        }
    )
    got = {"unsure": "no", "5": "yes"}
    expected = [*(got.get(text or "") for text in texts), "no"]
    columns: dict[str, Any] = {"value": [*texts, None], "value.none": [*(beside for _ in texts), True]}
    if kind in ("polars", "lazy"):
        frame = pl.DataFrame(columns, schema={"value": pl.String, "value.none": pl.Boolean})
        found = batch(policy, frame) if kind == "polars" else batch(policy, frame.lazy()).collect()
        assert found["verdict"].to_list() == expected
        return
    written = columns["value"]
    columns["value"] = pa.array(written).dictionary_encode() if kind == "dictionary" else pa.array(written, kind)
    columns["value.none"] = pa.array(columns["value.none"], pa.bool_())
    assert batch(policy, pa.table(columns))["verdict"].to_pylist() == expected

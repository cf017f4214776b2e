"""Does Polars decide by itself as `decide` does, with the expressions that it is given?"""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Policy, batch, load
from engine.execution.tables.kernels.polars_rows import Expressions, verdict_expressions
from tests.support.by_day import draw_by_day
from tests.support.drawing.columns import decided_tables
from tests.support.judging.querying.sql_rows import Told
from tests.support.making.frames import polars_frame

INTERVIEWS = load("other-interviews")
TYPED: dict[str, pl.DataType | type[pl.DataType]] = {
    "offer": pl.Enum(["hint", "drafting", "made", "withdrawn"]),
    "start_date": pl.Boolean,
    "acceptance": pl.Enum(["none", "indicated", "signed", "unsure"]),
    "title": pl.Enum(["yes", "no"]),
    "money": pl.Boolean,
    "responsibility": pl.Boolean,
    "good_enough": pl.Boolean,
    "other_offers": pl.UInt8,
    "confident_and_polite": pl.Boolean,
    "honest": pl.Boolean,
    "ready_for_no": pl.Boolean,
}


def asked_of(policy: Policy, frame: pl.DataFrame) -> Expressions | None:
    """What Polars is given for a frame whose columns are the fields."""
    return verdict_expressions(policy, {name: (pl.col(name), kind) for name, kind in frame.schema.items()})


@st.composite
def frames(draw: Any) -> tuple[Policy, pl.DataFrame, list[Told]]:
    """A sound policy, a frame of its records, some texts of which are Enums, and what each row is to get."""
    policy, table, rows = draw(decided_tables())
    frame = polars_frame(table.columns, table.rows)
    for name, kind in frame.schema.items():
        if kind in (pl.String, pl.Categorical) and draw(st.booleans()):
            texts = frame[name].cast(pl.String).unique().drop_nulls().to_list()
            frame = frame.with_columns(pl.col(name).cast(pl.String).cast(pl.Enum([*texts, "no such answer either"])))
    return policy, frame, rows


@pytest.mark.thorough
@draw_by_day(30)
@given(drawn=frames())
def test_every_row_gets_what_decide_says_of_it(drawn: tuple[Policy, pl.DataFrame, list[Told]]) -> None:
    """By the one expression every row, whole and partial, impossible and wrong; by the other the whole ones."""
    policy, frame, rows = drawn
    own = asked_of(policy, frame)
    if own is None:
        return
    verdicts = [row.verdict for row in rows]
    assert frame.select(own.certain())["verdict"].to_list() == verdicts
    is_whole = frame.select(pl.all_horizontal(pl.col(own.needed).is_not_null())).to_series().to_list()
    whole = frame.select(own.whole)["verdict"].to_list()
    assert [said for said, here in zip(whole, is_whole, strict=True) if here] == [
        verdict for verdict, here in zip(verdicts, is_whole, strict=True) if here
    ]


ROWS = {
    "hint": ("hint", False, "none", "yes", True, True, True, 0, True, True, True),
    "signed": ("made", True, "signed", "yes", True, True, True, 0, True, True, True),
    "unsure is none": ("made", True, "unsure", "yes", True, True, True, 0, True, True, True),
    "worse": ("made", False, "none", "no", True, True, True, 0, True, True, True),
    "a lever": ("made", False, "none", "yes", True, True, False, 3, True, True, True),
    "a null that does not matter": ("hint", None, "none", "yes", True, True, True, 0, True, True, True),
    "a null that does": ("made", None, "signed", "yes", True, True, True, 0, True, True, True),
    "too many": ("hint", False, "none", "yes", True, True, True, 21, True, True, True),
    "no option": ("withdrawn", False, "none", "yes", True, True, True, 0, True, True, True),
}


def frame_of(rows: dict[str, tuple[Any, ...]]) -> pl.DataFrame:
    return pl.DataFrame(list(rows.values()), schema=TYPED, orient="row")


def test_what_is_missing_or_wrong_has_no_verdict() -> None:
    """Enums, booleans and small numbers, and an Enum of texts for an answer of yes or no."""
    own = asked_of(INTERVIEWS, frame_of(ROWS))
    assert own is not None
    found = frame_of(ROWS).select(own.certain())["verdict"].to_list()
    assert dict(zip(ROWS, found, strict=True)) == {
        "hint": "keep",
        "signed": "cancel",
        "unsure is none": "keep",
        "worse": "buy_time",
        "a lever": "use_leverage",
        "a null that does not matter": "keep",
        "a null that does": None,
        "too many": None,
        "no option": None,
    }


@pytest.mark.parametrize("problem", [False, True])
def test_a_plan_decides_whole_rows_and_all_others(problem: bool) -> None:
    """Whole parts of whole rows, and parts with others among them: as the same frame in memory is decided."""
    frame = frame_of(ROWS)[[0] * 250_000 + [*range(len(ROWS))] * 10_000]
    decided = batch(INTERVIEWS, frame.lazy(), problem=problem).collect(engine="streaming")
    assert decided.equals(batch(INTERVIEWS, frame, problem=problem))
    if problem:
        assert decided["problem"].tail(len(ROWS)).to_list() == [None] * 6 + [
            "undecided",
            "wrong: other_offers",
            "wrong: offer",
        ]


def test_a_plan_goes_on_with_what_every_row_got() -> None:
    """A filter by the verdict keeps what it would keep of the decided frame; a slice and a column likewise."""
    frame = frame_of(ROWS)
    plan, decided = batch(INTERVIEWS, frame.lazy()), batch(INTERVIEWS, frame)
    is_kept = pl.col("verdict") == "keep"
    assert plan.filter(is_kept).collect().equals(decided.filter(is_kept))
    assert plan.slice(2, 4).collect().equals(decided.slice(2, 4))
    assert plan.select("verdict").collect().equals(decided.select("verdict"))


@pytest.mark.parametrize(
    ("field", "kind"), [("other_offers", pl.Decimal(4, 1)), ("title", pl.Categorical), ("title", pl.String)]
)
def test_columns_that_polars_would_not_read_exactly_are_left_to_others(field: str, kind: pl.DataType) -> None:
    """All rows are, of a frame with such a column."""
    frame = frame_of({"hint": ROWS["hint"]}).with_columns(pl.col(field).cast(kind))
    assert asked_of(INTERVIEWS, frame) is None

"""Is somebody's own table decided as it stands, once it is said what its columns are called and how it is written?"""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from pathlib import Path
from textwrap import dedent
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Policy, TableError, batch, load
from engine.language.model.field_kinds import ANY_OF, CHOICE, DATE, INTEGER, NUMBER, TEXT, YES_NO, Field
from engine.language.model.values.value_texts import decimal_text
from tests.execution.tables.files.refunds import decided
from tests.support.by_day import draw_by_day
from tests.support.drawing.columns import UNSURE, Table, tables_with_columns
from tests.support.drawing.fields import Draw, Hand
from tests.support.judging.querying.sql_rows import Told
from tests.support.running import run

EXPORT = dedent('''\
    Bestellnr;Artikelart;Preis (EUR);Gekauft am;Zurück am;Geöffnet?;Anmerkung
    1001;Schuhe;49,90;31.12.2025;05.01.2026;N;größer bestellt
    1002;SCHUHE;1.249,00;01.12.2025;15.01.2026;N;
    1003; Kleidung;19,95;02.01.2026;20.01.2026;Y;"Fleck, ""klein"""
    1004;kleidung;89,00;02.01.2026;20.01.2026;y;
    1005;Lebensmittel;3,49;02.01.2026;03.01.2026;Y;
    1006;Schuhe ;120;15.11.2025;10.12.2025;?;
    1007;KLEIDUNG;59,5;28.02.2026;01.03.2026;n;
    1008;Schuhe;75,00;01.02.2026;01.03.2026; N ;
    1009;Kleidung;5,00;01.01.2026;31.01.2026;N;
    1010;Kleidung;5,00;01.01.2026;01.02.2026;N;
    1011;Lebensmittel;-;03.01.2026;04.01.2026;;
    1012;lebensmittel;12,00;-;-;-;
    1013;Schuhe;50,00;05.01.2026;06.01.2026;Y;
    1014;Schuhe;50,01;05.01.2026;06.01.2026;Y;
    1015;  SCHUHE;10.000,00;05.01.2026;06.01.2026;N;
    1016;Kleidung;0,99;29.02.2024;01.03.2024;N;
    ''')
VERDICTS = [
    *("refund", "refuse", "refund", "voucher", "refuse", "voucher", "refund", "refund"),
    *("refund", "refuse", "refuse", "refuse", "refund", "voucher", "refund", "refund"),
]
COLUMNS = dedent("""\
    encoding: latin-1
    date: DD.MM.YYYY
    decimal: ","
    thousands: "."
    ignore: [capitals, spaces]
    empty: ["-"]
    words: {y: yes, n: no, "?": unsure, schuhe: shoes, kleidung: clothes, lebensmittel: food}
    columns: {kind: Artikelart, price: Preis (EUR), bought: Gekauft am, returned: Zurück am, opened: Geöffnet?}
    """)


def test_a_shop_s_export_is_decided_with_ten_lines() -> None:
    """Semicolons, Latin-1, commas, days, Y and N, other headers, capitals and spaces: all sixteen, kept as written."""
    Path("export.csv").write_text(EXPORT, encoding="latin-1")
    Path("shop.yaml").write_text(COLUMNS)
    assert len(COLUMNS.splitlines()) <= 10
    assert decided("export.csv", "--columns", "shop.yaml") == VERDICTS
    lines = Path("out.csv").read_text().splitlines()
    assert lines[1] == '1001,Schuhe,"49,90",31.12.2025,05.01.2026,N,größer bestellt,refund,'
    assert lines[3] == '1003, Kleidung,"19,95",02.01.2026,20.01.2026,Y,"Fleck, ""klein""",refund,'


# Another spelling of a drawn table.


@st.composite
def spelled(draw: Draw) -> tuple[Policy, dict[str, list[str | None]], dict[str, Any], list[Told]]:
    """A policy and texts of its answers in words and signs of their own, with what a columns file says of them."""
    policy, table, rows = draw(tables_with_columns().filter(lambda drawn: _is_plain(*drawn[:2])))
    hand = Hand(draw)
    columns, said = {}, {}
    for number, name in enumerate(table.columns):
        field = policy.field[name]
        cell, write = _form(hand, field)
        columns[f"Spalte {number}"] = [write(record.get(name)) for record in table.records]
        said[name] = {"column": f"Spalte {number}", **cell}
    return policy, columns, {"columns": said}, rows


def _is_plain(policy: Policy, table: Table) -> bool:
    """Whether every answer can be written in other words: what is no answer has no other spelling."""
    return all(_fits(policy.field[name], answer) for record in table.records for name, answer in record.items())


def _fits(field: Field, answer: Any) -> bool:
    if answer is None or (answer == UNSURE and field.if_unsure is not None):
        return True
    if field.kind in (CHOICE, TEXT):
        return answer in field.options or (field.kind == TEXT and answer != UNSURE)
    if field.kind == ANY_OF:
        return isinstance(answer, list) and all(each in field.options for each in answer)
    if field.kind == DATE:
        return isinstance(answer, datetime.date) and not isinstance(answer, datetime.datetime)
    return isinstance(answer, bool) if field.kind == YES_NO else isinstance(answer, int | Decimal)


def _form(hand: Hand, field: Field) -> tuple[dict[str, Any], Any]:
    """How the answers to a field are written, as a columns file says it, and what writes them."""
    empty = hand.pick(("-", "n/a"))
    said: dict[str, Any] = {"empty": [empty]}
    odd = hand.pick((False, True))
    if odd:
        said["ignore"] = ["capitals", "spaces"]
    names = {name: f"Wort {place}" for place, name in enumerate((*field.options, *field.known))}
    if field.kind == YES_NO:
        names = {"yes": "J", "no": "N"}
    if field.if_unsure is not None:
        names[UNSURE] = "?"
    if names:
        said["words"] = {word: {"yes": True, "no": False}.get(name, name) for name, word in names.items()}
    date = hand.pick(("DD.MM.YYYY", "M/D/YYYY", "YYYY/MM/DD"))
    decimal, thousands = hand.pick(((",", "."), (".", "'"), (",", "space")))
    separator = hand.pick(("|", ";"))
    own = {DATE: {"date": date}, ANY_OF: {"separator": separator}}
    numbers = {"decimal": decimal, "thousands": thousands}
    said |= numbers if field.kind in (INTEGER, NUMBER) else own.get(field.kind, {})

    def write(answer: Any) -> str | None:
        if answer is None:
            return empty
        text = names[UNSURE] if answer == UNSURE else plain(answer)
        return f"  {text.swapcase()} " if odd and field.kind not in (TEXT,) else text

    def plain(answer: Any) -> str:
        if isinstance(answer, bool):
            return names["yes" if answer else "no"]
        if isinstance(answer, list):
            return separator.join(names[each] for each in answer) or "[]"
        if isinstance(answer, datetime.date):
            parts = {"YYYY": f"{answer.year:04}", "MM": f"{answer.month:02}", "DD": f"{answer.day:02}"}
            found = date
            for part, digits in (parts | {"M": str(answer.month), "D": str(answer.day)}).items():
                found = found.replace(part, digits)
            return found
        if isinstance(answer, str):
            return names.get(answer, answer)
        whole, _, part = decimal_text(answer).partition(".")
        grouped = f"{int(whole):,}".replace(",", {"space": " "}.get(thousands, thousands))
        sign = "-" if whole.startswith("-") and not grouped.startswith("-") else ""
        return sign + grouped + (decimal + part if part else "")

    return said, write


@pytest.mark.thorough
@draw_by_day(20)
@given(drawn=spelled())
def test_a_table_in_another_spelling_gets_the_verdicts_of_the_plain_one(
    drawn: tuple[Policy, dict[str, list[str | None]], dict[str, Any], list[Told]],
) -> None:
    """Whatever the words, signs and headers are, once they are told; in memory, as a plan and as records of JSON."""
    policy, columns, said, rows = drawn
    expected = [(told.verdict, told.problem) for told in rows]
    for frame in (pa.table(columns), pl.DataFrame(columns), pl.DataFrame(columns).lazy(), pd.DataFrame(columns)):
        found: Any = batch(policy, frame, problem=True, columns=said)
        found = found.collect() if isinstance(found, pl.LazyFrame) else found
        table = pl.DataFrame(found).select(pl.col("verdict", "problem").cast(pl.String))
        assert table.rows() == expected


# Which column is meant.

SMALL = load({
    "policy": "small", "title": "Which?",
    "situation": {
        "price": {"ask": "How much?", "type": "integer", "from": 0, "to": 9},
        "bought": {"ask": "When?", "type": "date"},
    },
    "verdicts": {"low": {"title": "Low"}, "high": {"title": "High"}},
    "rules": [
        {"rule": "low", "when": {"price": {"at_most": 4}}, "then": "low", "because": "So."},
        {"rule": "high", "when": {"price": {"at_least": 5}}, "then": "high", "because": "So."},
    ],
})  # fmt: skip


@pytest.mark.parametrize(
    "column", ["pricee", "Price", "PRICE", " price", "unit_price", "priceEur", "Price (EUR)", "prcie", "list-price"]
)
def test_a_column_that_may_be_meant_is_refused_until_it_is_told(column: str) -> None:
    """In every kind of table; mapped it answers, and named as another it does not."""
    frame = pl.DataFrame({column: [3], "bought": [None]})
    for table in (frame, frame.lazy(), frame.to_arrow(), frame.to_pandas()):
        with pytest.raises(TableError) as refused:
            batch(SMALL, table)
        assert f"`{column}` answers no field, and no column answers `price`" in str(refused.value)
    assert batch(SMALL, frame, columns={"price": column})["verdict"].to_list() == ["low"]
    assert batch(SMALL, frame, other=[column])["verdict"].to_list() == [None]
    assert batch(SMALL, frame, columns={"price": ""})["verdict"].to_list() == [None]


@pytest.mark.parametrize("column", ["id", "name", "colour", "weight", "prix", "city", "x"])
def test_a_column_of_somebody_s_own_is_kept_without_a_question(column: str) -> None:
    """Names that are like no field's, and names that are where the field has its own column."""
    assert batch(SMALL, pl.DataFrame({column: ["a"], "bought": [None]}))["verdict"].to_list() == [None]
    frame = pl.DataFrame({"price": [3], "price_before": [9], "pricee": [9]})
    assert batch(SMALL, frame)["verdict"].to_list() == ["low"]


def test_the_help_of_a_near_miss_can_be_pasted() -> None:
    """Each of the two ways, as it is written on the command line."""
    Path("in.csv").write_text("Price (EUR);bought\n3;\n")
    Path("small.yaml").write_text(json.dumps(SMALL.to_dict()))
    refused = run("batch", "small.yaml", "in.csv", "-o", "out.csv")
    assert (refused.code, "--column 'price=Price (EUR)'" in refused.err, "--other 'Price (EUR)'" in refused.err) == (
        2, True, True
    )  # fmt: skip
    told = run("batch", "small.yaml", "in.csv", "-o", "out.csv", "--column", "price=Price (EUR)")
    assert (told.code, "not answered" in told.out) == (0, False)
    other = run("batch", "small.yaml", "in.csv", "-o", "out.csv", "--other", "Price (EUR)")
    assert (other.code, "not answered, since there is no such column: price" in other.out) == (1, True)


def test_a_record_of_json_may_leave_a_field_out_and_misspell_none() -> None:
    """A name is near to a field that no record has; where some record has it, the name is another's."""
    Path("small.yaml").write_text(json.dumps(SMALL.to_dict()))
    Path("in.jsonl").write_text('{"price_before": 1}\n{"price": 2, "price_before": 1}\n')
    assert run("batch", "small.yaml", "in.jsonl", "-o", "out.jsonl", "-q").code == 1
    Path("in.jsonl").write_text('{"bought": null}\n{"pricee": 2}\n')
    refused = run("batch", "small.yaml", "in.jsonl", "-o", "out.jsonl", "-q")
    assert (refused.code, refused.err.startswith("in.jsonl:2: pricee  unknown-field")) == (2, True)
    assert run("batch", "small.yaml", "in.jsonl", "-o", "out.jsonl", "-q", "--column", "price=pricee").code == 1
    assert [json.loads(line)["verdict"] for line in Path("out.jsonl").read_text().splitlines()] == [None, "low"]

"""Is somebody's own table decided as it stands, once it is said what its columns are called and how it is written?"""

from __future__ import annotations

import datetime
import gzip
import json
import os
import sqlite3
import subprocess
import sys
import threading
import zipfile
from decimal import Decimal
from pathlib import Path
from textwrap import dedent
from typing import Any
from xml.sax.saxutils import escape

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Policy, PolicyError, TableError, batch, load, write_sql
from engine.language.model.field_kinds import ANY_OF, CHOICE, DATE, INTEGER, NUMBER, TEXT, YES_NO, Field
from engine.language.model.values import decimal_text
from tests.support.by_day import draw_by_day
from tests.support.drawing.columns import UNSURE, Table, tables_with_columns
from tests.support.drawing.fields import Draw, Hand
from tests.support.judging.sql_rows import Told
from tests.support.running import run

REFUND = dedent("""\
    policy: refund
    title: Is it refunded?
    situation:
      price: {ask: "What did it cost?", type: number, from: 0, to: 10000, step: 0.01}
      kind: {ask: "What is it?", choices: {shoes: Shoes, clothes: Clothes, food: Food}}
      bought: {ask: "When was it bought?", type: date, from: 2020-01-01, to: 2030-12-31}
      returned: {ask: "When did it come back?", type: date, from: 2020-01-01, to: 2030-12-31}
      opened: {ask: "Was it opened?", type: yes_no, if_unsure: yes}
    numbers:
      days: {means: days until it came back, sum: {returned: 1, bought: -1}}
    verdicts: {refund: {title: Refund}, voucher: {title: Voucher}, refuse: {title: No refund}}
    decision: first
    rules:
      - {rule: no-food, when: {kind: food}, then: refuse, because: Food is not taken back.}
      - {rule: late, when: {days: {more_than: 30}}, then: refuse, because: Too late.}
      - {rule: opened, when: {opened: yes, price: {more_than: 50}}, then: voucher, because: It was opened.}
      - {rule: rest, otherwise: yes, then: refund, because: It is in time.}
    """)
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


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("refund.yaml").write_text(REFUND)


def _decided(name: str, *words: str) -> list[str]:
    result = run("batch", "refund.yaml", name, "-o", "out.csv", "-q", *words)
    assert (result.out, result.err) == ("", "")
    return pl.read_csv("out.csv", infer_schema=False)["verdict"].to_list()


def test_a_shop_s_export_is_decided_with_ten_lines() -> None:
    """Semicolons, Latin-1, commas, days, Y and N, other headers, capitals and spaces: all sixteen, kept as written."""
    Path("export.csv").write_text(EXPORT, encoding="latin-1")
    Path("shop.yaml").write_text(COLUMNS)
    assert len(COLUMNS.splitlines()) <= 10
    assert _decided("export.csv", "--columns", "shop.yaml") == VERDICTS
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


@draw_by_day(40)
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


# Other kinds of files.

RECORDS: list[dict[str, Any]] = [
    {"Art": "Schuhe", "Preis": "49,90", "am": "31.12.2025", "zurück": "05.01.2026", "offen": "N", "id": 1},
    {"Art": "Essen", "Preis": None, "am": None, "zurück": None, "offen": "Y", "id": 2},
    {"Art": "Schuhe", "Preis": "x", "am": "31.12.2025", "zurück": "05.01.2026", "offen": "N", "id": 3},
]
OWN = dedent("""\
    columns:
      kind: {column: Art, words: {Schuhe: shoes, Essen: food}}
      price: {column: Preis, decimal: ","}
      bought: {column: am, date: DD.MM.YYYY}
      returned: {column: zurück, date: DD.MM.YYYY}
      opened: {column: offen, words: {Y: yes, N: no}}
    """)
FOUND = [("refund", None), ("refuse", None), (None, "wrong: price")]


def _cells(separator: str) -> str:
    rows = [list(RECORDS[0]), *([str("" if cell is None else cell) for cell in row.values()] for row in RECORDS)]
    return "".join(separator.join(f'"{cell}"' for cell in row) + "\n" for row in rows)


def _workbook(path: str, rows: list[list[Any]]) -> None:
    """A workbook as small as there are: one sheet of texts, numbers and days."""

    def cell(value: Any) -> str:
        if isinstance(value, datetime.date):
            return f'<c s="1"><v>{(value - datetime.date(1899, 12, 30)).days}</v></c>'
        if isinstance(value, bool):
            return f'<c t="b"><v>{int(value)}</v></c>'
        if isinstance(value, int | float):
            return f"<c><v>{value}</v></c>"
        return "<c/>" if value is None else f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'

    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    body = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="xml" '
        'ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="Blatt" sheetId="1" '
        'r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{office}/styles" '
        'Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
        "</styleSheet>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w") as file:
        for name, text in parts.items():
            file.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')


def _write(kind: str) -> None:
    if kind.endswith(".gz"):
        plain = kind.removesuffix(".gz")
        _write(plain)
        Path(f"in{kind}").write_bytes(gzip.compress(Path(f"in{plain}").read_bytes()))
    elif kind == ".csv":
        Path("in.csv").write_text(_cells(","))
    elif kind == ".tsv":
        Path("in.tsv").write_text(_cells("\t"))
    elif kind == ".jsonl":
        Path("in.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in RECORDS))
    elif kind == ".json":
        Path("in.json").write_text(json.dumps(RECORDS, indent=2, ensure_ascii=False))
    elif kind == ".parquet":
        pl.DataFrame(RECORDS).write_parquet("in.parquet")
    else:
        _workbook("in.xlsx", [list(RECORDS[0]), *(list(row.values()) for row in RECORDS)])


KINDS = {
    ".csv": ".csv", ".csv.gz": ".csv", ".tsv": ".tsv", ".tsv.gz": ".csv", ".jsonl": ".jsonl", ".jsonl.gz": ".json",
    ".json": ".json", ".json.gz": ".jsonl", ".parquet": ".csv", ".xlsx": ".csv",
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_is_read_as_it_is_written(kind: str) -> None:
    """Packed or not, as a table, as records or as a workbook: the same verdicts, and every column comes back."""
    _write(kind)
    Path("own.yaml").write_text(OWN)
    target = f"out{KINDS[kind]}"
    result = run("batch", "refund.yaml", f"in{kind}", "-o", target, "-q", "--columns", "own.yaml")
    assert (result.out, result.err, result.code) == ("", "", 1)
    if target.endswith(("json", "jsonl")):
        text = Path(target).read_text()
        rows = json.loads(text) if target.endswith("json") else list(map(json.loads, text.splitlines()))
    else:
        rows = pl.read_csv(target, infer_schema=False, separator="\t" if target.endswith("tsv") else ",").to_dicts()
    assert [(row["verdict"], row["problem"]) for row in rows] == FOUND
    assert [int(row["id"]) for row in rows] == [1, 2, 3]
    assert rows[0]["Art"] == "Schuhe"


def test_a_workbook_holds_days_and_numbers_of_its_own() -> None:
    """Days, numbers, and yes and no are what they are, whatever signs the texts of their columns have."""
    day = datetime.date(2026, 1, 5)
    _workbook(
        "in.xlsx",
        [[*RECORDS[0]], ["Schuhe", 50.01, day, day, True, 7], ["Schuhe", "50,00", day, "06.01.2026", "N", 8]],
    )
    Path("own.yaml").write_text(OWN)
    assert _decided("in.xlsx", "--columns", "own.yaml") == ["voucher", "refund"]
    assert Path("out.csv").read_text().splitlines()[1] == 'Schuhe,"50,01",2026-01-05,2026-01-05,yes,7,voucher,'
    refused = run("batch", "refund.yaml", "in.xlsx", "-o", "out.csv", "--columns", "own.yaml", "--sheet", "Sheet1")
    assert (
        refused.err
        == "in.xlsx  unreadable-table  there is no sheet `Sheet1`\n  help  add `--sheet` with one of `Blatt`\n"
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["/dev/stdin", "fifo", "/dev/fd/0"])
def test_a_pipe_is_read_like_a_file(name: str) -> None:
    """By its name in the file system, a link to it, or the number of a descriptor."""
    os.mkfifo("fifo")
    words = [sys.executable, "-m", "engine", "batch", "refund.yaml", name, "--from", "csv", "-o", "out.csv", "-q"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    table = b"kind\nfood\n"
    writer = threading.Thread(target=lambda: Path("fifo").write_bytes(table), daemon=True)
    if name == "fifo":
        writer.start()
    told = subprocess.run(words, input=table, capture_output=True, env=environment, check=False)
    assert (told.stdout, told.stderr, told.returncode) == (b"", b"", 0)
    assert Path("out.csv").read_text() == "kind,verdict,problem\nfood,refuse,\n"


# What stands in a table comes back.

_LETTERS = st.text(st.sampled_from("ab\",;\n\r\t' =+é0"), max_size=6)


@settings(max_examples=80, deadline=None)
@given(
    names=st.lists(_LETTERS.filter(str.strip), min_size=1, max_size=3, unique=True),
    cells=st.lists(st.lists(_LETTERS, min_size=3, max_size=3), max_size=4),
)
def test_every_header_and_cell_comes_back_letter_by_letter(names: list[str], cells: list[list[str]]) -> None:
    """Quotes, separators and line ends in headers and cells, as Python's own reader of CSV reads both tables."""
    import csv

    header = ["kind", *(f"x{name}" for name in names)]
    rows = [["food", *row[: len(names)]] for row in cells]
    Path("refund.yaml").write_text(REFUND)
    with Path("in.csv").open("w", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    result = run("batch", "refund.yaml", "in.csv", "-o", "out.csv", "-q")
    assert (result.out, result.err) == ("", "")
    with Path("out.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [[*header, "verdict", "problem"], *([*row, "refuse", ""] for row in rows)]


# What cannot be read or carried is told.

LONG = "kind,note\nfood,a\n" + "food,b\n" * 3_000
_RAGGED = "this row has 3 cells, and the header has 2"
_QUOTE_IT = "put a cell with `,` in it in double quotes, or take out what is too much"
_SAY = "say which it is, such as `--encoding cp1252` or `--encoding latin-1`, or save the file as UTF-8"
_KNOWN = "write `utf-8`, `utf-16`, `latin-1`, `cp1252`, or another that Python knows"
UNREADABLE: dict[str, tuple[bytes, list[str], str, str, str]] = {
    "a row too long": (
        (LONG + "food,c,d\nfood,e\n").encode(), [], "in.csv:3003:1", f"unreadable-table  {_RAGGED}", _QUOTE_IT
    ),
    "a row too long, behind lines in quotes": (
        b'kind,note\nfood,"a\nb"\nfood,c,d\n', [], "in.csv:4:1", f"unreadable-table  {_RAGGED}", _QUOTE_IT
    ),
    "Latin-1": (
        (LONG + "food,ä\n").encode("latin-1"), [],
        "in.csv:3003:6", "not-utf-8  the byte 0xe4 here is not UTF-8 text", _SAY,
    ),
    "UTF-16": (
        LONG.encode("utf-16"), [],
        "in.csv:1:1", "not-utf-8  this is UTF-16, and UTF-8 is expected",
        "add `--encoding utf-16`, or save the file as UTF-8",
    ),
    "no such encoding": (
        LONG.encode(), ["--encoding", "utf-99"],
        "command line: encoding", "wrong-shape  there is no encoding `utf-99`", _KNOWN,
    ),
    "another encoding": (
        LONG.encode(), ["--encoding", "utf-16"],
        "in.csv:1:1", "unreadable-table  this is not utf-16: UTF-16 stream does not start with BOM",
        "name another encoding",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_wrong_with_a_text_is_told_with_its_line(name: str) -> None:
    """The line, what is expected, and the way out; the output of before stays."""
    data, words, place, message, help_ = UNREADABLE[name]
    Path("in.csv").write_bytes(data)
    Path("out.csv").write_text("of before")
    assert run("batch", "refund.yaml", "in.csv", "-o", "out.csv", *words) == (
        "",
        f"{place}  {message}\n  help  {help_}\n",
        2,
    )
    assert Path("out.csv").read_text() == "of before"


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1", "cp1252", "utf-8-sig"])
def test_a_file_is_read_in_the_encoding_that_is_told(encoding: str) -> None:
    """And is written in UTF-8."""
    Path("in.csv").write_text("kind,note\nfood,größer\n", encoding=encoding)
    assert _decided("in.csv", "--encoding", encoding) == ["refuse"]
    assert Path("out.csv").read_text() == "kind,note,verdict,problem\nfood,größer,refuse,\n"


NOT_CARRIED = {
    "duration": (pa.array([datetime.timedelta(1)], pa.duration("us")), "duration[us]", "which no cell can hold"),
    "map": (pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64())), "map<string, int64>", "which no cell can hold"),
    "list": (pa.array([[1]]), "list<element: int64>", "which no cell can hold"),
    "bytes": (pa.array([b"a"]), "binary", "which no cell can hold"),
    "a day": (pa.array([2**31 - 1], pa.date32()), None, "holds a date beyond all calendars"),
    "a moment": (pa.array([2**62], pa.timestamp("ms")), None, "holds a datetime beyond all calendars"),
    "a wide decimal": (pa.array([Decimal(1)], pa.decimal256(50, 2)), "decimal256(50, 2)", "which cannot be read"),
}


@pytest.mark.parametrize("name", NOT_CARRIED)
def test_a_column_that_cannot_be_carried_is_named(name: str) -> None:
    """With its type, before anything is written; Parquet carries all but one."""
    column, kind, reason = NOT_CARRIED[name]
    pa.parquet.write_table(pa.table({"kind": ["food"], "own": column}), "in.parquet")
    refused = run("batch", "refund.yaml", "in.parquet", "-o", "out.csv")
    assert (refused.code, refused.out, Path("out.csv").exists()) == (2, "", False)
    assert reason in refused.err
    assert refused.err.startswith("in.parquet: own  ")
    assert kind is None or f"of the type `{kind}`" in refused.err.replace(" ('own')", "")
    carried = run("batch", "refund.yaml", "in.parquet", "-o", "out.parquet", "-q")
    assert carried.code == (2 if "decimal" in name else 0)


# Columns files.

WRONG_FILES = {
    "a field": (
        "columns: {prise: Preis}", "c.yaml:1:11  unknown-field  there is no field `prise`", "did you mean `price`"
    ),
    "a key": (
        "column: {price: Preis}", "c.yaml:1:1  unknown-key  there is no key `column` here", "did you mean `columns`"
    ),
    "an answer": (
        "columns: {kind: {words: {S: shoe}}}",
        "c.yaml:1:29  unknown-choice  `shoe` is not a choice of `kind`", "did you mean `shoes`",
    ),
    "an answer of no field": (
        "words: {S: shoe}", "c.yaml:1:12  unknown-choice  no field has the answer `shoe`", "did you mean `shoes`"
    ),
    "a date": (
        "date: DD.MM.YY", "c.yaml:1:7  wrong-shape  `DD.MM.YY` is not a date format",
        "write `YYYY`, `MM` and `DD` (`M` and `D` without zeros), such as `DD.MM.YYYY`",
    ),
    "a delimiter": (
        "delimiter: ab", "c.yaml:1:12  wrong-shape  `ab` cannot separate cells",
        "write one sign, such as `;`, or `tab`",
    ),
    "a column and none": (
        "columns: {price: Preis}\nunanswered: [price]",
        "c.yaml:2:14  answered-twice  `price` has a column here, but is listed as unanswered", "keep one of the two",
    ),
    "several answers for a word": (
        "words: {N: [no]}", "c.yaml:1:12  wrong-shape  a list is not allowed here", "write one answer of the field here"
    ),
    "a text for no answer twice": (
        'empty: ["-", "-"]', "c.yaml:1:14  repeated  `-` is in the list twice", "keep one of the two"
    ),
    "nothing": ("", "c.yaml:1:1  empty-file  there is nothing in this file", "begin with `columns:`"),
    "words": (
        "ignore: capitals\ncolumns: {kind: {words: {S: shoes, s: food}}}",
        "c.yaml:2:17  wrong-shape  `S` and `s` look the same in this format, but are different answers to `kind`",
        "take one out, or ignore less there",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_FILES)
def test_a_wrong_columns_file_is_told_with_its_place(name: str) -> None:
    """Like every file of ours."""
    text, message, help_ = WRONG_FILES[name]
    Path("c.yaml").write_text(text)
    Path("in.csv").write_text("kind\nfood\n")
    result = run("batch", "refund.yaml", "in.csv", "-o", "out.csv", "--columns", "c.yaml")
    assert (result.out, result.err, result.code) == ("", f"{message}\n  help  {help_}\n", 2)


def test_a_column_that_is_not_there_is_told() -> None:
    """With the one that may be meant; a field cannot have two."""
    Path("in.csv").write_text("Art,note\nfood,a\n")
    result = run("batch", "refund.yaml", "in.csv", "-o", "out.csv", "--column", "kind=Arts")
    assert result.err == (
        "in.csv: Arts  no-column  there is no column `Arts`, which is to answer `kind`\n  help  did you mean `Art`\n"
    )
    Path("c.yaml").write_text("columns: {kind: Art}")
    twice = run("batch", "refund.yaml", "in.csv", "-o", "o.csv", "--columns", "c.yaml", "--column", "kind=note")
    assert (twice.code, "the column of `kind` is named twice" in twice.err) == (2, True)
    with pytest.raises(PolicyError, match="there is no field `kinds`"):
        batch(load(Path("refund.yaml")), pl.DataFrame({"a": [1]}), columns={"kinds": "a"})


# Databases.

TABLE = [
    ("Schuhe", "N", 60),
    ("Essen", None, 1),
    ("shoes", "Y", 60),
    ("-", "N", 1),
    ("Hut", "N", 1),
    ("Schuhe", "x", 1),
]
WORDS = {
    "columns": {
        "kind": {"column": "Art", "words": {"Schuhe": "shoes", "Essen": "food"}, "empty": ["-"]},
        "opened": {"column": 'Offen "?"', "words": {"Y": True, "N": False}},
        "price": "Preis",
    },
    "unanswered": ["bought", "returned"],
}


def test_a_query_reads_columns_and_words_of_a_table_s_own() -> None:
    """In DuckDB and SQLite as in memory: words for choices and for yes and no, other names, and what is no word."""
    policy = load(Path("refund.yaml"))
    frame = pl.DataFrame(TABLE, schema=["Art", 'Offen "?"', "Preis"], orient="row")
    expected = batch(policy, frame, problem=True, columns=WORDS).select("verdict", "problem").rows()
    assert [problem for _, problem in expected] == [
        "undecided", None, "undecided", "undecided", "wrong: kind", "wrong: opened"
    ]  # fmt: skip
    sql = {dialect: write_sql(policy, dialect, problem=True, columns=WORDS) for dialect in ("duckdb", "sqlite")}
    with duckdb.connect() as connection:
        connection.register("records", frame.to_arrow())
        assert [row[-2:] for row in connection.sql(sql["duckdb"]).fetchall()] == expected
    database = sqlite3.connect(":memory:")
    database.execute('CREATE TABLE records ("Art" TEXT, "Offen ""?""" TEXT, "Preis" INTEGER)')
    database.executemany("INSERT INTO records VALUES (?, ?, ?)", TABLE)
    assert [row[-2:] for row in database.execute(sql["sqlite"])] == expected


def test_what_sql_does_not_read_exactly_is_refused_by_name() -> None:
    """Days and numbers in other signs, in a query and in a relation; other names alone are read."""
    Path("c.yaml").write_text('columns: {price: {column: Preis, decimal: ","}}')
    refused = run("sql", "refund.yaml", "--dialect", "duckdb", "--columns", "c.yaml")
    assert (refused.code, "SQL does not read how `price` is written" in refused.err) == (2, True)
    policy = load(Path("refund.yaml"))
    with duckdb.connect() as connection:
        relation = connection.sql("SELECT 'food' AS \"Art\", 'x' AS kind")
        assert batch(policy, relation, columns={"kind": "Art"}).project("verdict").fetchall() == [("refuse",)]
        with pytest.raises(TableError, match="has its own notation"):
            batch(policy, relation, columns={"columns": {"kind": {"column": "Art", "words": {"Essen": "food"}}}})

"""Is every kind of file read as it is written, cell by cell?"""

from __future__ import annotations

import datetime
import gzip
import json
import os
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from textwrap import dedent
from typing import Any
from xml.sax.saxutils import escape

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine
from tests.execution.tables.files.refunds import REFUND, decided
from tests.support.running import run

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
    assert decided("in.xlsx", "--columns", "own.yaml") == ["voucher", "refund"]
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
    environment = {**os.environ, "PYTHONPATH": str(Path(engine.__file__).parents[1])}
    table = b"kind\nfood\n"
    writer = threading.Thread(target=lambda: Path("fifo").write_bytes(table), daemon=True)
    if name == "fifo":
        writer.start()
    told = subprocess.run(words, input=table, capture_output=True, env=environment, check=False)
    assert (told.stdout, told.stderr, told.returncode) == (b"", b"", 0)
    assert Path("out.csv").read_text() == "kind,verdict,problem\nfood,refuse,\n"


# What stands in a table comes back.

_LETTERS = st.text(st.sampled_from("ab\",;\n\r\t' =+é0"), max_size=6)


@pytest.mark.thorough
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

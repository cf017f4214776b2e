"""Is a row of a text table that lacks cells told with its line, however it is quoted and wherever it stands?"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from unittest import mock

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.execution.tables.files import row_lengths
from engine.execution.tables.files.row_lengths import find_ragged, may_be_short
from tests.support.making.picnic import FIRST_PICNIC
from tests.support.running import run

_MISSING = "this row has 1 cell, and the header has 2", "write what is missing; an empty cell has its `,` too"
_EMPTY = "this line is empty, and the header has 2 cells", "delete the line"
SHORT = {
    "one cell": ("yes,7\nno\n", 3, *_MISSING),
    "behind lines in quotes": ('yes,"7\n"\nyes,7\nno', 5, *_MISSING),
    "an empty line": ("yes,7\n\nno,3\n", 3, *_EMPTY),
    "an empty last line": ("yes,7\r\n\r\n", 3, *_EMPTY),
    "a quote within a cell": ('yes,7"\nno\nyes,7"\n', 3, *_MISSING),
}


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("picnic.yaml").write_text(FIRST_PICNIC)


@pytest.mark.parametrize("way", ["file", "quarantine", "second", "stdin"])
@pytest.mark.parametrize("name", SHORT)
def test_a_row_too_short_is_told_with_its_line(name: str, way: str) -> None:
    """Never decided as a record with open answers; nothing is written."""
    rows, line, message, help_ = SHORT[name]
    text = f"rain,guests\n{rows}"
    Path("in.csv").write_bytes(text.encode())
    Path("first.csv").write_text("rain,guests\nyes,7\n")
    words = {
        "file": ["in.csv"],
        "quarantine": ["in.csv", "--quarantine", "no.csv"],
        "second": ["first.csv", "in.csv"],
        "stdin": ["-", "--from", "csv"],
    }[way]
    if way == "stdin":
        Path("in.csv").unlink()
    told = run("batch", "picnic.yaml", *words, "-o", "out.csv", stdin=text.encode())
    named = "<stdin>" if way == "stdin" else "in.csv"
    assert told == ("", f"{named}:{line}:1  unreadable-table  {message}\n  help  {help_}\n", 2)
    assert not Path("out.csv").exists()
    assert not Path("no.csv").exists()


_HEADER = (
    "1:1  unreadable-table  {}, and the names of the columns stand in the first line of a table\n"
    "  help  delete the line\n"
)
_OPEN = (
    "  unreadable-table  a double quote is opened in this row, and nothing closes it\n"
    "  help  close it, or write a quote that belongs to the text twice, in a cell in quotes\n"
)
HEADERS = {
    "\nrain,guests\nyes,3\n": _HEADER.format("this line is empty"),
    "sep=;\nrain;guests\nyes;3\n": _HEADER.format("`sep=;` is a note for a spreadsheet"),
    'rain,guests\nyes,3\n"yes,3\n': f"3:1{_OPEN}",
    'rain,guests\n"yes,3\nno,4\n': f"2:1{_OPEN}",
}


@pytest.mark.parametrize("text", HEADERS)
def test_what_is_no_header_and_no_end_of_a_text_is_told_as_that(text: str) -> None:
    """And not as a table of other columns, or as a row that is short."""
    Path("in.csv").write_text(text)
    assert run("batch", "picnic.yaml", "in.csv", "-o", "out.csv") == ("", f"in.csv:{HEADERS[text]}", 2)


def test_a_row_of_tabs_is_told_too() -> None:
    Path("in.tsv").write_text("rain\tguests\tnote\nno\t7\n")
    told = run("batch", "picnic.yaml", "in.tsv", "-o", "out.tsv")
    assert told.err == (
        "in.tsv:2:1  unreadable-table  this row has 2 cells, and the header has 3\n"
        "  help  write what is missing; an empty cell has its tab too\n"
    )


def test_empty_cells_and_lines_of_one_column_are_not_answered() -> None:
    """They are whole rows."""
    Path("in.csv").write_text("rain,guests,note\nyes,,\n,7,\n")
    assert run("batch", "picnic.yaml", "in.csv", "-o", "out.csv", "-q").code == 1
    assert Path("out.csv").read_text().splitlines()[1:] == ["yes,,,hall,", ",7,,,undecided"]
    Path("in.csv").write_text("rain\nyes\n\n")
    assert run("batch", "picnic.yaml", "in.csv", "-o", "out.csv", "-q").code == 1
    assert Path("out.csv").read_text().splitlines()[1:] == ["yes,hall,", ",,undecided"]


_CELLS = st.text(st.sampled_from('ab,"\n\r é'), max_size=4)


@settings(deadline=None)
@given(
    rows=st.lists(st.lists(_CELLS, min_size=1, max_size=4), min_size=1, max_size=8),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    mark=st.sampled_from(["", "\ufeff"]),
    end=st.sampled_from(["\n", "\r\n"]),
    cut=st.booleans(),
    at_once=st.sampled_from([1, 2, 63, 64, 65, 1 << 20]),
)
def test_the_first_ragged_row_is_found(
    rows: list[list[str]], quoting: int, mark: str, end: str, cut: bool, at_once: int
) -> None:
    """Wherever parts end, as Python's own reader of CSV counts cells; what is not ragged needs no second look."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=quoting, lineterminator=end).writerows(rows)  # type: ignore[arg-type]
    written = mark + text.getvalue()
    path = Path("drawn.csv")
    path.write_bytes((written.removesuffix(end) if cut else written).encode())
    width = len(rows[0])
    ragged = [row for row in rows if len(row) != width]
    with mock.patch.object(row_lengths, "_AT_ONCE", at_once):
        suspected = may_be_short(path, ",", width)
    found = find_ragged(path, ",", width)
    assert (found is not None) == bool(ragged)
    if ragged:
        assert found is not None
        assert f"this row has {len(ragged[0])} cell" in found.message
    is_longer = any(len(row) > width for row in rows)
    if not is_longer and not (cut and rows[-1][-1] == ""):
        assert suspected == bool(ragged)


@settings(deadline=None, max_examples=60)
@given(text=st.text(st.sampled_from('a,"\n'), min_size=1, max_size=14))
def test_whatever_polars_reads_has_whole_rows(text: str) -> None:
    """Quotes within cells too: what is not suspected has as many cells in every row as Polars read."""
    path = Path("drawn.csv")
    path.write_text(f"x,y\n{text}")
    try:
        frame = pl.read_csv(path, infer_schema=False)
    except pl.exceptions.PolarsError:
        return
    if not may_be_short(path, ",", 2):
        with path.open(newline="") as file:
            rows = list(csv.reader(file))
        assert [len(row) for row in rows] == [2] * (frame.height + 1)

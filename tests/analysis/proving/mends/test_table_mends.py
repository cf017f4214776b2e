"""Is what a table lacks mended by its rows, as they would be written into its file?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from engine import Mend, TextEdit, check, load
from tests.support.making.picnic import picnic_of


def mends_of_table(folder: Path, rows: str, **more: Any) -> tuple[str, tuple[Mend, ...]]:
    """The code and the mends of the only error of a picnic whose rules are these rows."""
    data = {**picnic_of(**more), "rules": {"table": "rows.csv"}}
    (folder / "picnic.yaml").write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    (folder / "rows.csv").write_bytes(rows.encode())
    [error] = check(load(folder / "picnic.yaml")).errors
    return error.code, error.mends


def told(mends: tuple[Mend, ...], folder: Path) -> list[str]:
    return [str(mend).replace(f"{folder}/", "") for mend in mends]


def test_a_row_is_mended_as_a_row(tmp_path: Path) -> None:
    """A table can hold no override: a cell is narrowed, in words and as an edit of the CSV file."""
    rows = "rain,guests,then\nno,,park\nyes,,hall\n,>= 40,hall\n"
    code, mends = mends_of_table(tmp_path, rows)
    assert code == "conflict"
    assert told(mends, tmp_path) == ["narrow `row-2`: write `<= 39` in the column `guests` of row 2 (rows.csv, line 2)"]
    assert mends[0].edit == TextEdit(str(tmp_path / "rows.csv"), 2, 4, 2, 4, "<= 39")
    assert mends[0].is_whole
    assert mends[0].edit.apply(rows).splitlines()[1] == "no,<= 39,park"
    [conflict] = check(load(tmp_path / "picnic.yaml")).errors
    assert conflict.rules == ("row-2", "row-4")
    assert conflict.help == "narrow one of the two rows, or let the first row that applies decide: `decision: first`"


def test_a_row_is_never_moved_to_where_a_fact_does_not_hold(tmp_path: Path) -> None:
    """`no` for `yes` in a cell would settle one conflict by a row about other situations than its author wrote."""
    data = {
        **picnic_of(facts={"wet": {"means": "it rains", "when": {"rain": True}}}),
        "rules": {"table": "rows.csv"},
    }
    (tmp_path / "picnic.yaml").write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    (tmp_path / "rows.csv").write_text("wet,guests,then\n,,park\nyes,,park\nyes,<= 20,hall\n,<= 20,hall\n")
    errors = check(load(tmp_path / "picnic.yaml")).errors
    mends = [str(mend).replace(f"{tmp_path}/", "") for error in errors for mend in error.mends]
    assert any(mend.startswith("narrow `row-3`: write `>= 21`") for mend in mends)
    assert not any(mend.startswith("narrow `row-3`: write `no`") for mend in mends)


def test_no_band_of_a_new_row_ends_where_everything_ends(tmp_path: Path) -> None:
    """The last of several bands is open, as a single one is, where nothing above it is possible."""
    cannot = [{"when": {"guests": {"more_than": 30}}, "because": "There is no room."}]
    code, mends = mends_of_table(tmp_path, "guests,then\n<= 5,park\n20,hall\n", impossible=cannot)
    assert code == "gap"
    assert any(mend.endswith("(rows.csv, line 4):\n[6..19] | >= 21,VERDICT") for mend in told(mends, tmp_path))


def test_a_gap_in_a_table_is_mended_by_rows(tmp_path: Path) -> None:
    """One row or several, cell by cell, as the lines to paste below the last row."""
    head = "rain,guests,then\n"
    code, mends = mends_of_table(tmp_path, f"{head}no,<= 20,park\nno,>= 22,hall\nyes,,hall\n")
    assert code == "gap"
    assert told(mends, tmp_path) == [
        "widen `row-2`: write `<= 21` in the column `guests` of row 2 (rows.csv, line 2)",
        "widen `row-3`: write `>= 21` in the column `guests` of row 3 (rows.csv, line 3)",
        "add a row with `no` in the column `rain`, `21` in the column `guests`, and the verdict in `then` "
        "(rows.csv, line 5):\nno,21,VERDICT",
    ]
    code, mends = mends_of_table(tmp_path, f"{head}no,<= 20,park\nyes,>= 40,hall\n")
    assert told(mends, tmp_path) == [
        "add 2 rows, each with the verdict in `then` (rows.csv, line 4):\nno,>= 21,VERDICT\nyes,<= 39,VERDICT"
    ]
    code, mends = mends_of_table(tmp_path, f"{head}no,,park\nyes,>= 20,hall\n")
    assert told(mends, tmp_path)[0] == (
        "widen `row-3`: empty the cell in the column `guests` of row 3 (rows.csv, line 3)"
    )


def test_a_gap_in_an_ordered_table_is_mended_by_a_last_row(tmp_path: Path) -> None:
    """Under `first` one row without any test takes all that is left; the author fills in its words."""
    rows = "rule,rain,then,because\ndry,no,park,We like grass.\n\n"
    code, mends = mends_of_table(tmp_path, rows, decision="first")
    assert code == "gap"
    assert told(mends, tmp_path) == [
        "add a last row without any test, and the verdict in `then` (rows.csv, line 3):\nNAME,,VERDICT,WHY"
    ]
    assert mends[0].edit is not None
    assert not mends[0].is_whole
    assert mends[0].edit.apply(rows) == ("rule,rain,then,because\ndry,no,park,We like grass.\nNAME,,VERDICT,WHY\n\n")


def test_an_edit_of_a_table_keeps_to_its_file(tmp_path: Path) -> None:
    """Separator and line ends are the file's own; other cells, over several lines or in quotes, stay as they are."""
    rows = 'rain;guests;then;because\r\n\r\n"no";"";park;"One,\r\n""two""; three."\r\nyes;;hall;\r\n;>= 40;hall;"So."'
    code, mends = mends_of_table(tmp_path, rows)
    assert (code, len(mends)) == ("conflict", 1)
    assert mends[0].edit
    assert mends[0].edit.apply(rows) == rows.replace('"no";"";', '"no";<= 39;')
    code, mends = mends_of_table(tmp_path, rows.replace("yes;;", "yes;>= 30;").replace(";>= 40;", "yes;>= 40;"))
    edits = [mend.edit for mend in mends if mend.edit]
    assert [edit.text for edit in edits] == ["", "<= 29 | >= 40", "\r\nyes;<= 29;VERDICT;WHY"]
    assert edits[-1].apply(rows) == f"{rows}{edits[-1].text}"

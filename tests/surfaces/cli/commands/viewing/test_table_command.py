"""What does `verdict table` print, in which form, and with which exit code?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.language.documents.yaml_spelling import on_one_line
from tests.support.making.picnic import STORM_PICNIC
from tests.support.running import run


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for each test, with a policy in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "picnic.yaml").write_text(on_one_line(STORM_PICNIC), encoding="utf-8")
    return tmp_path


def test_a_table_as_text() -> None:
    """Disjoint rows in the author's words, with the rules and how many situations each row has."""
    result = run("table", "picnic.yaml", "--disjoint")
    assert (result.err, result.code) == ("", 0)
    assert result.out == (
        "Where do we eat?\n"
        "\n"
        "-  any answer\n"
        "\n"
        "Does it rain?  How many come?  How windy is it?  Verdict         Rules               Situations\n"
        "─────────────  ──────────────  ────────────────  ──────────────  ──────────────────  ──────────\n"
        "no             at most 8       Calm or Fresh     In the garden   dry                 16\n"
        "no             at most 8       A storm           In the kitchen  storm               8\n"
        "no             at least 9      -                 In the garden   dry                 66\n"
        "yes            -               -                 In the kitchen  wet; perhaps storm  90\n"
        "\n"
        "4 rows found, no two of them for the same situation; together 180 situations, all that are possible\n"
    )


def test_a_table_as_csv_is_a_rule_table() -> None:
    """The cells are written as `rules: {table: FILE.csv}` reads them."""
    assert run("table", "picnic.yaml", "--format", "csv").out == (
        "rain,guests,wind,then,because\n"
        "no,<= 8,calm | fresh,garden,It is pleasant outside.\n"
        "no,<= 8,storm,kitchen,Plates would fly.\n"
        "no,>= 9,,garden,It is pleasant outside.\n"
        "yes,,,kitchen,Nobody likes wet bread.\n"
    )


def test_a_table_as_markdown_and_json() -> None:
    """The same rows for a page of a code host, and for a program."""
    lines = run("table", "picnic.yaml", "--format", "markdown", "--disjoint").out.splitlines()
    assert lines[4] == "| no | at most 8 | Calm or Fresh | In the garden | dry | 16 |"
    found = json.loads(run("table", "picnic.yaml", "--format", "json").out)
    assert (found["total"], found["rows"][3]["when"]) == (4, {"rain": True})
    assert (found["rows"][3]["rules"], found["rows"][3]["possible_rules"]) == (["wet"], ["storm"])


def test_a_table_as_html_is_written_to_a_file(folder: Path) -> None:
    """`-o` writes the file whole, and prints nothing; what an author wrote is text in it."""
    text = on_one_line({**STORM_PICNIC, "title": "<b>Where?</b>"})
    (folder / "picnic.yaml").write_text(text, encoding="utf-8")
    result = run("table", "picnic.yaml", "--format", "html", "-o", "picnic.html")
    assert (result.out, result.err, result.code) == ("", "", 0)
    written = (folder / "picnic.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;Where?&lt;/b&gt;" in written
    assert "<b>" not in written


def test_a_table_of_a_policy_with_a_gap() -> None:
    """Gaps are rows of their own; the exit code says that the policy does not hold."""
    gap = {**STORM_PICNIC, "rules": STORM_PICNIC["rules"][:1]}
    Path("picnic.yaml").write_text(on_one_line(gap), encoding="utf-8")
    result = run("table", "picnic.yaml")
    assert result.code == 1
    assert "yes            Gap: no verdict" in result.out
    assert "1 of the rows is a gap" in result.out


def test_short_rows_are_for_people_and_disjoint_ones_for_programs() -> None:
    """Text, Markdown and HTML have the short rows unless asked otherwise, JSON and CSV the disjoint ones."""
    for form in ("text", "markdown", "html", "json", "csv"):
        told = {name: run("table", "picnic.yaml", "--format", form, *flags).out
                for name, flags in {"usual": [], "short": ["--short"], "disjoint": ["--disjoint"]}.items()}  # fmt: skip
        assert told["short"] != told["disjoint"]
        assert told["usual"] == told["disjoint" if form in ("json", "csv") else "short"]
    assert run("table", "picnic.yaml").out.splitlines()[4:] == [
        "Does it rain?  How many come?  How windy is it?  Verdict         Rules               Situations",
        "─────────────  ──────────────  ────────────────  ──────────────  ──────────────────  ──────────",
        "no             at least 9      -                 In the garden   dry                 66",
        "no             -               Calm or Fresh     In the garden   dry                 60",
        "yes            -               -                 In the kitchen  wet; perhaps storm  90",
        "-              at most 8       A storm           In the kitchen  storm; perhaps wet  16",
        "",
        "4 rows found; together 180 situations, all that are possible",
        "a situation may be in several rows, which then say the same",
    ]


def test_only_the_first_rows() -> None:
    """`--rows` shows fewer, and says how many there are; `--all` shows them."""
    result = run("table", "picnic.yaml", "--rows", "2")
    assert "only the first 2 of 4 rows are shown" in result.out
    assert result.err == "verdict: 2 of 4 rows are left out; `--all` shows them\n"
    assert run("table", "picnic.yaml", "--all").out == run("table", "picnic.yaml").out
    assert run("table", "picnic.yaml", "--all", "--rows", "2").code == 2
    refused = run("table", "picnic.yaml", "--rows", "2", "-o", "picnic.csv")
    assert "2 of them would be missing; add `--all`" in refused.err
    assert not Path("picnic.csv").exists()


@pytest.mark.thorough
def test_a_long_table_is_cut_for_people() -> None:
    """As text forty rows are shown, and the rest is counted."""
    result = run("table", "air-passenger-rights")
    assert "only the first 40 of 42 rows are shown" in result.out
    assert result.err == "verdict: 2 of 42 rows are left out; `--all` shows them\n"
    assert run("table", "air-passenger-rights", "--all").err == ""

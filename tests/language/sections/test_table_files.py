"""Where may the table of a policy stand, what may it hold, and what is said where it may not?

What is said of each small wrong table stands in `tests/wrong/tables.txt`.
"""

from __future__ import annotations

import csv
import os
import random
import re
import time
import zipfile
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

import engine
from engine import Policy, PolicyError, Problem, check, decide, load
from engine.language.documents.text import MOST_BYTES
from engine.language.model.condition_tree import comparisons_in
from engine.language.sections.csv_text import MOST_CELLS, MOST_ROWS
from engine.language.sections.file_shape import load_schema
from engine.language.sections.policy_file import read_policy
from engine.language.sections.policy_sources import read_beside, read_document
from tests.support.by_day import draw_by_day, some
from tests.support.refusals.running import LONGEST_SECONDS
from tests.support.running import Result, run

ROOT = Path(engine.__file__).parent.parent
EXAMPLE = ROOT / "rules" / "examples" / "parcel-prices.yaml"


HEAD = """\
policy: parcels
title: How to deliver a parcel
situation:
  parcel: {ask: "What is it?", choices: {letter: A letter, box: A box}}
  weight: {ask: "How heavy is it?", type: integer, from: 0, to: 10, unit: kg}
verdicts: {van: {title: Send a van}, bike: {title: Send a bike}}
"""
TABLE = "parcel,weight,then\nletter,,bike\nbox,<= 5,bike\nbox,> 5,van\n"
LIST = """\
rules:
  - {rule: row-2, when: {parcel: letter}, then: bike, because: Row 2 of parcels.csv says so.}
  - {rule: row-3, when: {parcel: box, weight: {at_most: 5}}, then: bike, because: Row 3 of parcels.csv says so.}
  - {rule: row-4, when: {parcel: box, weight: {more_than: 5}}, then: van, because: Row 4 of parcels.csv says so.}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, which is also the working one, with a policy and its table."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "parcels.yaml").write_text(HEAD + "rules: {table: parcels.csv}\n", encoding="utf-8")
    (tmp_path / "parcels.csv").write_text(TABLE, encoding="utf-8")
    return tmp_path


def loaded(folder: Path, table: str | bytes, head: str = HEAD) -> Policy:
    """The policy with this table."""
    (folder / "parcels.yaml").write_text(head + "rules: {table: parcels.csv}\n", encoding="utf-8")
    (folder / "parcels.csv").write_bytes(table if isinstance(table, bytes) else table.encode())
    return load(folder / "parcels.yaml")


def refused(folder: Path, table: str | bytes, head: str = HEAD) -> tuple[Problem, ...]:
    """What is said of a wrong table."""
    with pytest.raises(PolicyError) as caught:
        loaded(folder, table, head)
    return caught.value.problems


def test_a_table_beside_its_policy(folder: Path) -> None:
    """A table is read from the policy's folder, wherever the program runs, and is the list of its rows."""
    (folder / "list").mkdir()
    (folder / "list" / "parcels.yaml").write_text(HEAD + LIST, encoding="utf-8")
    same = [load("parcels.yaml"), load("./parcels.yaml"), load(folder / "parcels.yaml")]
    assert same == [load("list/parcels.yaml")] * 3
    os.chdir(folder / "list")
    assert load("../parcels.yaml") == same[0]


def test_the_commands_take_a_policy_with_a_table(folder: Path) -> None:
    """Every command says of a table what it says of a list; the CSV file in a folder is no policy."""
    (folder / "parcels.cases.yaml").write_text(
        "policy: parcels\ncases:\n  - {case: A box, given: {parcel: box, weight: 6}, expect: van, by: [row-4]}\n"
        "  - {case: A letter, given: {parcel: letter}, expect: bike, by: [row-2]}\n"
        "  - {case: A light box, given: {parcel: box, weight: 5}, expect: bike, by: [row-3]}\n",
        encoding="utf-8",
    )
    assert run("check", "--quiet", ".") == Result("", "", 0)
    assert run("test", ".").out == "parcels: 3 of 3 cases hold\n"
    with_table = [run(*words) for words in _COMMANDS]
    (folder / "parcels.yaml").write_text(HEAD + LIST, encoding="utf-8")
    assert with_table == [run(*words) for words in _COMMANDS]
    assert [each.code for each in with_table] == [0, 0, 0, 0, 1, 0]


_COMMANDS = (
    ("check", "parcels.yaml", "--format", "json"),
    ("show", "parcels.yaml"),
    ("show", "parcels.yaml", "--format", "json"),
    ("decide", "parcels.yaml", "--set", "parcel=box", "--set", "weight=6"),
    ("decide", "parcels.yaml", "--set", "parcel=box", "--format", "json"),
    ("test", "parcels.yaml", "--format", "json"),
)


def test_the_proof_points_into_the_table(folder: Path) -> None:
    """A conflict is at its two rows, and a test that makes no difference at its cell."""
    (folder / "parcels.csv").write_text("parcel,weight,then\nletter,,bike\nbox,<= 5,bike\n,> 4,van\nbox,>= 0,van\n")
    printed = run("check", "parcels.yaml").out
    places = re.findall(r"(parcels\.\S+)  (?:error|warning)  (\S+)|and at        (\S+)", printed)
    assert ("parcels.csv:2:1", "conflict", "") in places
    assert ("", "", "parcels.csv:4:1") in places
    assert ("parcels.csv:5:5", "always-true-test", "") in places


def test_the_hash_covers_the_table(folder: Path) -> None:
    """Another cell is another sha256; the dialect, the order of the columns, blanks and blank rows are not."""
    same = [
        TABLE,
        TABLE.replace(",", ";"),
        TABLE.replace("\n", "\r\n"),
        TABLE.replace("\n", "\r"),
        "\ufeff" + TABLE,
        TABLE.replace("\n", " \n").replace(",", " , "),
        'then,"weight",parcel\nbike,,letter\nbike,"<=5",box\nvan,>5,"""box"""\n,,\n\n',
    ]
    assert len({loaded(folder, each).sha256 for each in same}) == 1
    other = [TABLE.replace("<= 5", "<= 4"), TABLE.replace("letter,,", "letter,> 0,"), TABLE.replace(",van", ",bike")]
    assert len({loaded(folder, each).sha256 for each in [TABLE, *other]}) == 4


@pytest.mark.parametrize(
    ("decision", "rows", "otherwise"),
    [("first", "letter,,bike\n,,van\n", True), ("first", ",,van\nletter,,bike\n", False), ("unique", ",,van\n", False)],
)
def test_a_row_without_a_test_always_applies(folder: Path, decision: str, rows: str, otherwise: bool) -> None:
    """At the end of `decision: first` it is `otherwise: yes`; in a list, it is a rule without `when`."""
    policy = loaded(folder, f"parcel,weight,then\n{rows}", f"{HEAD}decision: {decision}\n")
    (rule,) = [each for each in policy.rules if each.then == "van"]
    assert rule.otherwise == otherwise
    again, listed = load(policy.to_dict()), load(policy.to_yaml())
    assert again == listed == policy
    assert again.sha256 == listed.sha256 == policy.sha256
    for each in (policy, again, listed):
        assert decide(each, {"parcel": "box", "weight": 3}, draft=True).verdict == "van"


@pytest.mark.parametrize(
    "field",
    [
        "{ask: A?, type: yes_no}",
        "{ask: A?, choices: {a: A, b: B}}",
        "{ask: A?, type: any_of, choices: {a: A, b: B}}",
        "{ask: A?, type: integer}",
        "{ask: A?, type: number, from: 3}",
        "{ask: A?, type: date}",
        "{ask: A?, type: text, known: [a, b]}",
    ],
)
def test_what_always_applies_can_be_written_with_any_field(folder: Path, field: str) -> None:
    """A table of one row without a test is sound, and so is the same policy read from its data."""
    head = f"policy: parcels\ntitle: A\nsituation: {{a: {field}}}\nverdicts: {{van: {{title: A van}}}}\n"
    policy = loaded(folder, "then\nvan\n", head)
    assert [finding.code for finding in check(policy).findings] == ["unused-field"]
    again = load(policy.to_dict())
    assert (check(again).sound, again.sha256) == (True, policy.sha256)


def test_rows_are_numbered_as_in_a_spreadsheet(folder: Path) -> None:
    """Blank rows count, lines within a cell do not."""
    table = '\n , \nparcel,weight,then,because\n\nletter,,bike,"Two\nlines"\n,,,\nbox,> 5,van,\nbox,<= 5,bike,"\nx"\n'
    policy = loaded(folder, table)
    assert [rule.name for rule in policy.rules] == ["row-5", "row-7", "row-8"]
    assert [rule.place.line for rule in policy.rules] == [5, 8, 9]
    assert [rule.because for rule in policy.rules] == ["Two\nlines", "Row 7 of parcels.csv says so.", "x"]


def test_a_table_in_a_folder_below(folder: Path) -> None:
    """The path goes down from the policy's folder, and problems name the table by that path."""
    (folder / "tables").mkdir()
    (folder / "tables" / "parcels.csv").write_text("parcel,then\nbag,van\n")
    (folder / "parcels.yaml").write_text(HEAD + "rules: {table: ./tables/parcels.csv}\n")
    printed = (
        "tables/parcels.csv:2:1  unknown-choice  `bag` is not a choice of `parcel`\n  help  there are `letter`, `box`\n"
    )
    assert run("check", "parcels.yaml") == Result("", printed, 2)


def test_a_link_may_not_lead_out(folder: Path) -> None:
    """A table that is a link to another folder is refused; a link within the folder is not."""
    (folder / "rules").mkdir()
    (folder / "rules" / "parcels.yaml").write_text(HEAD + "rules: {table: parcels.csv}\n")
    (folder / "rules" / "parcels.csv").symlink_to("../parcels.csv")
    printed = (
        "rules/parcels.yaml:7:16  table-place  `parcels.csv` is a link that leads out of the policy's folder\n"
        "  help  name a file in the policy's folder or below it, with `/` between the names\n"
    )
    assert run("check", "rules/parcels.yaml") == Result("", printed, 2)
    (folder / "rules" / "parcels.csv").unlink()
    (folder / "rules" / "old.csv").write_text(TABLE)
    (folder / "rules" / "parcels.csv").symlink_to("old.csv")
    assert load("rules/parcels.yaml").rules == load("parcels.yaml").rules


def test_a_folder_that_is_linked_may_not_lead_out(folder: Path) -> None:
    """A table below a link to another folder is refused."""
    (folder / "rules").mkdir()
    (folder / "rules" / "parcels.yaml").write_text(HEAD + "rules: {table: out/parcels.csv}\n")
    (folder / "rules" / "out").symlink_to(folder)
    (problem,) = _problems("rules/parcels.yaml")
    assert (problem.code, problem.places[0].file) == ("table-place", "rules/parcels.yaml")


def _problems(path: str) -> tuple[Problem, ...]:
    with pytest.raises(PolicyError) as caught:
        load(path)
    return caught.value.problems


def test_a_table_that_is_a_folder_or_a_pipe(folder: Path) -> None:
    """What is no file is not opened."""
    (folder / "parcels.csv").unlink()
    (folder / "parcels.csv").mkdir()
    assert [problem.message for problem in _problems("parcels.yaml")] == ["`parcels.csv` is not a file"]
    (folder / "parcels.csv").rmdir()
    os.mkfifo(folder / "parcels.csv")
    assert [problem.message for problem in _problems("parcels.yaml")] == ["`parcels.csv` is not a file"]


def test_a_program_cannot_name_a_table() -> None:
    """A mapping has no folder, so a table in it is refused with the reason."""
    with pytest.raises(PolicyError) as caught:
        load({**load(EXAMPLE).to_dict(), "rules": {"table": "parcels.csv"}})
    assert str(caught.value) == (
        "policy: rules.table  table-place  there is no folder to look for `parcels.csv` in: "
        "what names it does not come from a file\n"
        "  help  save the policy beside its table, or write the rules as a list"
    )


@pytest.mark.thorough
@draw_by_day(120)
@given(st.text("ab. /\\\n\t\u00a0:", max_size=6), st.sampled_from(["", ".csv", ".CSV", ".Csv", ".csv\n", "csv"]))
def test_reader_and_schema_agree_on_the_name_of_a_table(stem: str, ending: str) -> None:
    """What the schema finds wrong with a table's name is the shape that the reader refuses, and nothing else is."""
    policy = {**load(EXAMPLE).to_dict(), "rules": {"table": stem + ending}}
    with pytest.raises(PolicyError) as caught:
        load(policy)
    codes = {problem.code for problem in caught.value.problems}
    assert codes == ({"table-place"} if _SCHEMA.is_valid(policy) else codes & {"wrong-shape", "empty"})


_SCHEMA = Draft7Validator(load_schema("policy"))


def test_a_table_in_a_zip_file(tmp_path: Path) -> None:
    """A policy in an archive finds its table there."""
    with zipfile.ZipFile(tmp_path / "rules.zip", "w") as archive:
        archive.writestr("rules/parcels.yaml", HEAD + "rules: {table: ./parcels.csv}\n")
        archive.writestr("rules/parcels.csv", TABLE)
    path = zipfile.Path(tmp_path / "rules.zip", "rules/parcels.yaml")
    policy = read_policy(read_document(path), partial(read_beside, path))
    assert [rule.then for rule in policy.rules] == ["bike", "bike", "van"]
    assert policy.rules[0].place.file == f"{tmp_path}/rules.zip/rules/parcels.csv"


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_a_table_of_another_encoding(folder: Path, encoding: str) -> None:
    """It is refused with the way to save it from a spreadsheet."""
    (problem,) = refused(folder, "parcel,then,because\nletter,bike,Zoé\n".encode(encoding))
    assert (problem.code, problem.help) == ("not-utf-8", "save it again as UTF-8; Excel calls that `CSV UTF-8`")
    assert problem.places[0][:3] == (str(folder / "parcels.csv"), *((2, 15) if encoding == "latin-1" else (1, 1)))


def test_a_table_may_be_as_large_as_a_policy(folder: Path) -> None:
    """16 MB are read, and one byte more is not."""
    table = TABLE.replace("then\n", "then,because\n").replace("bike\n", "bike,\n").replace("van\n", "van,")
    whole = table.ljust(MOST_BYTES, "x")
    assert len(loaded(folder, whole).rules[2].because) == MOST_BYTES - len(table)
    (problem,) = refused(folder, whole + "x")
    assert (problem.code, problem.message) == (
        "file-too-large",
        "the file holds 16,777,217 bytes; at most 16,777,216 are read",
    )


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("box,,van\n" * MOST_ROWS, "the table holds more than 100,000 rows"),
        ("box," + "1|" * MOST_CELLS + ",van\n", "the table holds more than 500,000 cells and alternatives"),
        ('"\n"' + ',"a"' * MOST_CELLS + "\n", "the table holds more than 500,000 cells and alternatives"),
        ("box,5,van" + "," * MOST_CELLS + "\n", "the table holds more than 500,000 cells and alternatives"),
    ],
    ids=["rows", "alternatives", "quotes", "cells"],
)
def test_a_table_may_not_hold_more_than_anybody_can_read(folder: Path, rows: str, message: str) -> None:
    """Too many rows, cells or alternatives are refused, and soon."""
    begun = time.process_time()
    assert refused(folder, f"parcel,weight,then\n{rows}")[-1].message == message
    assert time.process_time() - begun < LONGEST_SECONDS


@pytest.mark.thorough
@pytest.mark.parametrize(
    "rows",
    some(
        [
            "\n" * 10**7,
            ",,\n" * 10**6,
            '"' + '""' * 10**6 + '"x,,van\n',
            "box,[" + " " * 10**6 + "..5],van\n",
            "box," + "x or " * 10**6 + ",van\n",
            'box,"' + '""' * 10**6 + '",van\n',
            "bag,5 kg,car\n" * 50_000,
            "box," + "|".join(f"x{number}" for number in range(10**5)) + ",van\n",
            "\n".join('"a\n",b' for _ in range(50_000)),
        ]
    ),
    ids=["lines", "blank rows", "quotes", "blanks", "words", "doubled", "wrong rows", "misfits", "torn rows"],
)
def test_a_strange_table_takes_little(folder: Path, rows: str) -> None:
    """However a table is filled, it is read or refused, and soon, with a hundred problems at most."""
    begun = time.process_time()
    problems = refused(folder, f"parcel,weight,then\n{rows}")
    assert time.process_time() - begun < LONGEST_SECONDS
    assert len(problems) <= 101


@pytest.mark.slow
@pytest.mark.parametrize("many", [1_000, pytest.param(10_000, marks=pytest.mark.search)])
def test_thousands_of_rows_are_read(folder: Path, many: int) -> None:
    """A table of a thousand or ten thousand rows and twenty columns is read whole: two comparisons a cell."""
    hand = random.Random(1)
    fields = "".join(f"  f{i}: {{ask: A?, type: number, from: 0, to: 100000, step: 0.5}}\n" for i in range(20))
    head = f"policy: parcels\ntitle: A\nsituation:\n{fields}verdicts: {{van: {{title: A van}}}}\n"
    rows = "\n".join(",".join(f"[{hand.randrange(100)}..{hand.randrange(100, 10_000)})" for _ in range(20)) + ",van"
                     for _ in range(many))  # fmt: skip
    (folder / "parcels.yaml").write_text(f"{head}rules: {{table: parcels.csv}}\n")
    (folder / "parcels.csv").write_text(",".join(f"f{i}" for i in range(20)) + f",then\n{rows}\n")
    policy = load("parcels.yaml")
    assert sum(1 for rule in policy.rules for _ in comparisons_in(rule.when)) == 40 * many


# The documents.


def _shown(name: str) -> list[tuple[str, str]]:
    """The files that a document shows under their names."""
    text = (ROOT / "rules" / name).read_text(encoding="utf-8")
    return re.findall(r"^```(?:yaml|csv) file=(\S+)\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def test_the_table_of_the_guide_is_sound(folder: Path) -> None:
    """The policy of LANGUAGE.md with a table is without a finding, and decides as it says."""
    for name, text in _shown("LANGUAGE.md"):
        (folder / name).write_text(text, encoding="utf-8")
    policy = load("cinema.yaml")
    assert check(policy).findings == ()
    assert "Row 7 of cinema.csv says so." in {rule.because for rule in policy.rules}
    assert decide(policy, {"age": 16, "seat": "back"}).rules == ("row-4",)


def test_the_shipped_table_is_written_as_the_guide_says() -> None:
    """The example has alternatives, comparisons, a range, and a last row without tests, as a spreadsheet shows them."""
    with EXAMPLE.with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    policy = load(EXAMPLE)
    assert [rule.name for rule in policy.rules] == [row["rule"] for row in rows]
    assert {"envelope | shoebox", "<= shoebox", "(5..30]"} <= {cell for row in rows for cell in row.values()}
    assert policy.rules[-1].otherwise

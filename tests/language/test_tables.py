"""Does a table of rules mean what the same rules mean as a list, and is a wrong one refused with its place?

What is said of each small wrong table stands in `tests/wrong/tables.txt`.
"""

from __future__ import annotations

import csv
import io
import json
import os
import random
import re
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

import engine
from engine import Finding, Policy, PolicyError, Problem, check, decide, load
from engine.language.documents.data import data_document
from engine.language.documents.text import MOST_BYTES
from engine.language.model.condition_tree import comparisons_in
from engine.language.sections.csv_text import MOST_CELLS, MOST_ROWS
from engine.language.sections.file_shape import load_schema
from engine.language.sections.policy_file import read_policy
from engine.language.sections.policy_sources import read_beside, read_document
from engine.language.situations.situation_records import read_record
from engine.meaning import reference
from tests.conftest import SEARCH_SECONDS
from tests.language.test_mutations import mutated
from tests.support.by_day import draw_by_day
from tests.support.drawing.fields import Draw, Hand, draw_value
from tests.support.drawing.strategies import policies, records
from tests.support.judging import oracle
from tests.support.judging.comparison import said_by_engine
from tests.support.judging.spaces import kind, settle
from tests.support.refusals.running import LONGEST_SECONDS
from tests.support.refusals.sections import base_policy, read_sections
from tests.support.running import Result, run

ROOT = Path(engine.__file__).parent.parent
WRONG = Path(__file__).parents[1] / "wrong" / "tables.txt"
EXAMPLE = ROOT / "rules" / "examples" / "parcel-prices.yaml"
SIGNS = {">=": "at_least", "<=": "at_most", ">": "more_than", "<": "less_than"}
DATED = {">=": "on_or_after", "<=": "on_or_before", ">": "after", "<": "before"}
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ">=": lambda one, other: one >= other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    "<": lambda one, other: one < other,
}
# Known texts that a cell has to quote.
ODD_TEXTS = ("a | b", "> 5", "[x..y]", '5" pipe', ' "padded" ', "= 1", "(none)", "Lyon, Rhône; the city")


# Random tables, written both ways.


class Part(NamedTuple):
    """One alternative of a cell: as it stands there, as a test of a list's `when`, and what it means."""

    text: str
    test: Any
    holds: Callable[[Any], bool]


class Cell(NamedTuple):
    """One cell: as it stands there, as entries of a list's `when`, and what it means."""

    text: str
    when: dict[str, Any]
    holds: Callable[[Any], bool]


class Drawn(NamedTuple):
    """A policy with a table, and the same with a list; `cells` are the tests of each rule, by column."""

    table: dict[str, Any]
    data: bytes
    listed: dict[str, Any]
    cells: list[dict[str, Cell]]
    written: list[tuple[int, list[str]]]

    def read(self) -> Policy:
        return read_policy(data_document(self.table, "policy"), lambda name: (f"folder/{name}", self.data))


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _quoted(hand: Hand, text: str) -> str:
    """A name as it stands in a cell: in quotes where it has to be, and sometimes where it need not."""
    needs = text.strip() != text or text[0] in '<>=!≤≥≠[(])"' or "|" in text or '"' in text
    return '"' + text.replace('"', '""') + '"' if needs or hand.chance(10) else text


def _parts(hand: Hand, spec: Mapping[str, Any]) -> Part:
    """One alternative for a field."""
    is_named = kind(spec) in ("choice", "text")
    names = list(spec["choices"] if kind(spec) == "choice" else spec.get("known", ())) if is_named else []
    spell = partial(_quoted, hand) if is_named else _written
    rank: Callable[[Any], Any] = names.index if spec.get("ordered") else (lambda value: value)

    def draw() -> Any:
        return hand.pick(names) if is_named else draw_value(hand, spec, ())

    words = DATED if kind(spec) == "date" else SIGNS
    is_ordered = spec.get("ordered") or kind(spec) in ("integer", "number", "date")
    form = hand.pick(("value", "sign", "range")) if is_ordered else "value"
    gap = hand.pick((" ", "", "  "))
    if form == "value":
        value = draw()
        return Part(spell(value), value, lambda at: at == value)
    if form == "sign":
        sign, value = hand.pick(list(SIGNS)), draw()
        return Part(f"{sign}{gap}{spell(value)}", {words[sign]: value}, lambda at: COMPARE[sign](rank(at), rank(value)))
    low, high = sorted((draw(), draw()), key=rank)
    opens, closes = hand.pick("[("), hand.pick("])")
    first, last = ">=" if opens == "[" else ">", "<=" if closes == "]" else "<"
    return Part(
        f"{opens}{gap}{spell(low)}{gap}..{gap}{spell(high)}{closes}",
        {words[first]: low, words[last]: high},
        lambda at: COMPARE[first](rank(at), rank(low)) and COMPARE[last](rank(at), rank(high)),
    )


def _cell(hand: Hand, name: str, spec: Mapping[str, Any]) -> Cell:
    """A cell for a field: one alternative or several."""
    parts: list[Part] = []
    for part in [_parts(hand, spec) for _ in range(hand.pick((1, 1, 2, 3)))]:
        if isinstance(part.test, dict) or part.test not in [other.test for other in parts]:
            parts.append(part)
    values = [part.test for part in parts if not isinstance(part.test, dict)]
    tests: list[dict[str, Any]] = [{name: part.test} for part in parts if isinstance(part.test, dict)]
    if values:
        tests.insert(0, {name: values[0] if len(values) == 1 else values})
    text = hand.pick((" | ", "|")).join(part.text for part in parts)
    when = tests[0] if len(tests) == 1 else {"any": tests}
    return Cell(text, when, lambda at: any(part.holds(at) for part in parts))


def _flag(hand: Hand, name: str) -> Cell:
    """A cell for a fact."""
    expected = hand.chance(50)
    text = hand.pick(("yes", "true") if expected else ("no", "false"))
    return Cell(text, {name: expected}, lambda at: at == expected)


def _joined(cells: list[Cell]) -> dict[str, Any]:
    """The `when` of a list in which every cell holds."""
    several = [cell.when for cell in cells if "any" in cell.when]
    if len(several) < 2:
        return {key: test for cell in cells for key, test in cell.when.items()}
    return {"all": several} | {key: test for cell in cells for key, test in cell.when.items() if "any" not in cell.when}


def _encoded(hand: Hand, cell: str, separator: str) -> str:
    """A cell as a CSV file has it: in quotes where it has to be, and sometimes where it need not."""
    needs = any(sign in cell for sign in (separator, '"', "\n", "\r"))
    return '"' + cell.replace('"', '""') + '"' if needs or hand.chance(10) else cell


@st.composite
def tables(draw: Draw, small: bool = False) -> Drawn:
    """Policies with a table of rules, beside the same with a list of rules."""
    hand = Hand(draw)
    base = draw(policies(small=small))
    for spec in base["situation"].values():
        if kind(spec) == "text":
            spec["known"] = [*spec["known"], *ODD_TEXTS]
    testable = {name: spec for name, spec in base["situation"].items() if kind(spec) != "any_of"}
    testable |= {name: {"type": "number", "from": -20, "to": 20} for name in base.get("numbers", {})}
    columns = {name: partial(_cell, name=name, spec=spec) for name, spec in testable.items()}
    columns |= {name: partial(_flag, name=name) for name in base.get("facts", {})}
    assume(columns)
    is_first = hand.chance(50)
    passages = [name for name, says in base.get("source", {}).get("passages", {}).items() if isinstance(says, str)]
    own = [name for name in ("rule", "because", "added") if hand.chance(50)] + (["cites"] if passages else [])
    names = hand.some(columns, hand.count(1, len(columns)))
    header = draw(st.permutations([*names, "then", *own]))
    rows, cells, rules, number = [header], [], [], 1
    many = hand.count(1, 6)
    for index in range(many):
        is_last = is_first and index == many - 1 and hand.chance(50)
        while hand.chance(10):
            rows.append([""] * hand.count(1, 3))
            number += 1
        number += 1
        tested = [] if is_last else hand.some(names, hand.count(1, len(names)))
        row = {name: columns[name](hand) for name in header if name in tested}
        rule: dict[str, Any] = {"rule": f"row-{number}", "then": hand.pick(list(base["verdicts"]))}
        rule |= {"otherwise": True} if is_last else {"when": _joined(list(row.values()))}
        texts = {"then": rule["then"]} | {name: cell.text for name, cell in row.items()}
        if "rule" in own and hand.chance(70):
            rule["rule"] = texts["rule"] = f"rule-{'abcdef'[index]}"
        rule["because"] = f"Row {number} of sample.csv says so."
        if "because" in own and hand.chance(70):
            rule["because"] = texts["because"] = hand.pick(("It is so.", 'He said: "so, or so".', "One;\ntwo, three."))
        if "added" in own and hand.chance(50):
            rule["added"] = texts["added"] = "It is ours."
        if passages and hand.chance(70):
            rule["cites"] = hand.some(passages, hand.count(1, len(passages)))
            texts["cites"] = " | ".join(rule["cites"])
        rows.append([texts.get(name, "") for name in header])
        cells.append(row)
        rules.append(rule)
    separator, end = hand.pick(",;"), hand.pick(("\n", "\r\n"))
    written, lines, line = [], [], 1
    for row_cells in rows:
        encoded = [_encoded(hand, cell, separator) for cell in row_cells]
        written.append((line, encoded))
        lines.append(separator.join(encoded))
        line += 1 + lines[-1].count("\n")
    text = end.join(lines) + (end if hand.chance(70) else "")
    data = (b"\xef\xbb\xbf" if hand.chance(20) else b"") + text.encode()
    base = {**base, "decision": "first" if is_first else "unique"}
    return Drawn({**base, "rules": {"table": "sample.csv"}}, data, {**base, "rules": rules}, cells, written)


@draw_by_day(100)
@given(drawn=tables())
def test_a_table_is_the_list_of_its_rows(drawn: Drawn) -> None:
    """A table is the very policy that its rows, written as a list of rules, are: equal, of the same sha256."""
    table, listed = drawn.read(), load(drawn.listed)
    assert table == listed
    assert (table.sha256, table.to_dict()) == (listed.sha256, listed.to_dict())
    assert load(table.to_dict()) == table


@draw_by_day(100)
@given(data=st.data())
def test_a_row_holds_where_its_cells_do(data: st.DataObject) -> None:
    """Of any situation, exactly the rows apply whose cells, each read for itself, are all met."""
    drawn = data.draw(tables())
    policy = drawn.read()
    for _ in range(3):
        record = data.draw(records(drawn.listed, unsure=False))
        values = read_record(policy, record).values
        expected = [
            rule.name
            for rule, cells in zip(policy.rules, drawn.cells, strict=True)
            if all(cell.holds(_value(drawn.listed, name, record, values)) for name, cell in cells.items())
        ]
        assert list(reference.outcome(policy, values).applies) == expected


def _value(policy: Mapping[str, Any], name: str, record: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
    """What a column tests, in one situation."""
    if name in policy.get("facts", {}):
        settled = {of: settle(policy["situation"][of], value) for of, value in record.items()}
        return oracle.holds(policy, policy["facts"][name]["when"], settled)
    if name not in policy.get("numbers", {}):
        return values[name]
    number = policy["numbers"][name]
    amounts = {of: at.toordinal() if isinstance(at, date) else Fraction(at) for of, at in _amounts(number, values)}
    return Fraction(number.get("plus", 0)) + sum(Fraction(times) * amounts[of] for of, times in number["sum"].items())


def _amounts(number: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((of, values[of]) for of in number["sum"])


@draw_by_day(30)
@given(drawn=tables(small=True))
def test_a_table_is_proved_like_the_list_of_its_rows(drawn: Drawn) -> None:
    """Every number and finding of the proof is the same, but for the places."""
    table, listed = check(drawn.read()), check(load(drawn.listed))
    assert {**table.to_dict(), "findings": []} == {**listed.to_dict(), "findings": []}
    # Findings are in the order of their places, which differ.
    assert sorted(map(_without_place, table.findings)) == sorted(map(_without_place, listed.findings))


def _without_place(finding: Finding) -> str:
    """A finding without its places, and without advice: a row is mended in other words than a rule."""
    return json.dumps(
        {**finding.to_dict(), "places": len(finding.places), "help": "", "mends": [], "edits": []}, sort_keys=True
    )


@draw_by_day(80)
@given(drawn=tables())
def test_every_test_is_at_its_cell(drawn: Drawn) -> None:
    """The place of a rule is its row, the place of a test is where its cell begins, with row and column in words."""
    policy = drawn.read()
    header = [cell.strip('"') for cell in drawn.written[0][1]]
    # A test in a fact or a line of a table that is torn over several physical lines counts them all.
    rows = {line: (number, cells) for number, (line, cells) in enumerate(drawn.written, start=1)}
    for rule in policy.rules:
        number, cells = rows[rule.place.line]
        assert rule.place == ("folder/sample.csv", rule.place.line, 1, f"row {number}")
        for test in comparisons_in(rule.when):
            column = header.index(test.fact if hasattr(test, "fact") else test.name)
            before = drawn_before(cells, column)
            line = rule.place.line + before.count("\n")
            assert test.place == (
                "folder/sample.csv",
                line,
                len(before) - (before.rfind("\n") + 1) + 1,
                f"row {number}, column {header[column]}",
            )


def drawn_before(cells: list[str], column: int) -> str:
    """What stands in a row before a column, whatever the separator."""
    return "".join(f"{cell}," for cell in cells[:column])


def _as_table(policy: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    """A policy without its overrides, and the same with its rules in a table: what no cell can say becomes a fact."""
    listed = {**policy, "rules": [{k: v for k, v in rule.items() if k != "overrides"} for rule in policy["rules"]]}
    facts: dict[str, Any] = dict(policy.get("facts", {}))
    rows = []
    for rule in listed["rules"]:
        row = {key: rule[key] for key in ("rule", "then", "because", "added") if key in rule}
        row["cites"] = "|".join(rule.get("cites", ()))
        for key, test in rule.get("when", {}).items():
            text = _simple(policy, key, test)
            if text is None:
                name = f"part{len(facts)}"
                facts[name] = {"means": "a part of a rule", "when": {key: test}}
                row[name] = "yes"
            else:
                row[key] = text
        rows.append(row)
    out = io.StringIO()
    writer = csv.DictWriter(out, dict.fromkeys(key for row in rows for key in row), restval="")
    writer.writeheader()
    writer.writerows(rows)
    table = {**listed, **({"facts": facts} if facts else {}), "rules": {"table": "rules.csv"}}
    return listed, table, out.getvalue().encode()


def _simple(policy: Mapping[str, Any], key: str, test: Any) -> str | None:
    """The cell that says what an entry says, if there is one."""
    spec = policy["situation"].get(key, {})
    if key in ("all", "any", "not") or (spec and kind(spec) == "any_of"):
        return None
    if not isinstance(test, dict):
        return " | ".join(_written(each) for each in (test if isinstance(test, list) else [test]))
    spelled = {word: sign for words in (SIGNS, DATED) for sign, word in words.items()}
    if any(isinstance(bound, dict) for bound in test.values()) or len(test) > 1:
        return None
    ((word, bound),) = test.items()
    return f"{spelled[word]} {_written(bound)}"


@draw_by_day(50)
@given(policy=policies(countable=True, small=True))
def test_any_rules_can_be_kept_as_a_table(policy: dict[str, Any]) -> None:
    """With a fact for what no cell can say, every list without overrides is a table that proves and counts alike."""
    listed, table, data = _as_table(policy)
    read = read_policy(data_document(table, "policy"), lambda name: (name, data))
    one, other = (said_by_engine(check(each), listed) for each in (read, load(listed)))
    entries = ("never", "always")
    assert {key: one[key] for key in one if key not in entries} == {
        key: other[key] for key in other if key not in entries
    }


# Examples.

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
    """At the end of `decision: first` it is `otherwise: yes`; elsewhere it decides alike when read from its data."""
    policy = loaded(folder, f"parcel,weight,then\n{rows}", f"{HEAD}decision: {decision}\n")
    (rule,) = [each for each in policy.rules if each.then == "van"]
    assert rule.otherwise == otherwise
    again = load(policy.to_dict())
    assert (again.sha256, again == policy) == (policy.sha256, otherwise)
    for each in (policy, again):
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
        "this policy does not come from a file\n"
        "  help  save the policy beside its table, or write the rules as a list"
    )


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


@pytest.mark.slow
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


@pytest.mark.parametrize(
    "rows",
    [
        "\n" * 10**7,
        ",,\n" * 10**6,
        '"' + '""' * 10**6 + '"x,,van\n',
        "box,[" + " " * 10**6 + "..5],van\n",
        "box," + "x or " * 10**6 + ",van\n",
        'box,"' + '""' * 10**6 + '",van\n',
        "box," + "|".join(f"x{number}" for number in range(10**5)) + ",van\n",
        "bag,5 kg,car\n" * 50_000,
        "\n".join('"a\n",b' for _ in range(50_000)),
    ],
    ids=["lines", "blank rows", "quotes", "blanks", "words", "doubled", "misfits", "wrong rows", "torn rows"],
)
def test_a_strange_table_takes_little(folder: Path, rows: str) -> None:
    """However a table is filled, it is read or refused, and soon, with a hundred problems at most."""
    begun = time.process_time()
    problems = refused(folder, f"parcel,weight,then\n{rows}")
    assert time.process_time() - begun < LONGEST_SECONDS
    assert len(problems) <= 101


@pytest.mark.slow
def test_ten_thousand_rows_are_read(folder: Path) -> None:
    """A table of ten thousand rows and twenty columns is read whole: two comparisons a cell."""
    hand = random.Random(1)
    fields = "".join(f"  f{i}: {{ask: A?, type: number, from: 0, to: 100000, step: 0.5}}\n" for i in range(20))
    head = f"policy: parcels\ntitle: A\nsituation:\n{fields}verdicts: {{van: {{title: A van}}}}\n"
    rows = "\n".join(",".join(f"[{hand.randrange(100)}..{hand.randrange(100, 10_000)})" for _ in range(20)) + ",van"
                     for _ in range(10_000))  # fmt: skip
    (folder / "parcels.yaml").write_text(f"{head}rules: {{table: parcels.csv}}\n")
    (folder / "parcels.csv").write_text(",".join(f"f{i}" for i in range(20)) + f",then\n{rows}\n")
    policy = load("parcels.yaml")
    assert sum(1 for rule in policy.rules for _ in comparisons_in(rule.when)) == 400_000


# The documents.


def _shown(name: str) -> list[tuple[str, str]]:
    """The files that a document shows under their names."""
    text = (ROOT / "rules" / name).read_text(encoding="utf-8")
    return re.findall(r"^```(?:yaml|csv) file=(\S+)\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def test_the_table_of_the_guide_is_sound(folder: Path) -> None:
    """The files that LANGUAGE.md shows are a policy with its table, without a finding, and decide as it says."""
    files = dict(_shown("LANGUAGE.md"))
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    (name,) = [each for each in files if each.endswith(".yaml")]
    policy = load(name)
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


# Whatever is done to a table.

_TABLES = [
    (EXAMPLE, EXAMPLE.with_suffix(".csv").read_bytes()),
    *(
        (None, section.files["parcels.csv"].encode())
        for section in read_sections(WRONG)
        if "parcels.csv" in section.files and "situation:" in section.files.get("parcels.yaml", "")
    ),
]
_SIGNS = (b",", b";", b'"', b'""', b"\n", b"\r", b"|", b"[", b"]", b"(", b")", b"..", b">=", b"<", b"=", b" ", b"\t")
_KEPT = base_policy(WRONG).encode()


def _changed(hand: random.Random, data: bytes) -> bytes:
    """A table after a few random changes."""
    if hand.random() < 0.5:
        return mutated(hand, data)
    for _ in range(hand.choice((1, 2, 5))):
        at = hand.randrange(len(data) + 1)
        data = data[:at] + hand.choice(_SIGNS) + data[at + hand.choice((0, 0, 1, 3)) :]
    return data


def _survives(policy: Path | None, data: bytes, folder: Path) -> bool:
    """Reads a policy with a changed table; true where it could be read."""
    (folder / "parcels.csv").write_bytes(data)
    if policy is None:
        (folder / "parcels.yaml").write_bytes(_KEPT)
    else:
        text = policy.read_text(encoding="utf-8").replace("parcel-prices", "parcels")
        (folder / "parcels.yaml").write_text(text, encoding="utf-8")
    begun = time.process_time()
    try:
        load(folder / "parcels.yaml")
        read = True
    except PolicyError as error:
        lines = len(re.findall(rb"\r\n|\r|\n", data)) + 1
        for problem in error.problems:
            assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", problem.code), problem
            assert problem.message.strip(), problem
            assert "\n" not in problem.message, problem
            for place in problem.places if problem.code != "more-problems" else ():
                assert place.file == str(folder / "parcels.csv"), problem
                assert 1 <= place.line <= lines, problem
                assert 1 <= place.column <= len(data) + 2, problem
        read = False
    assert time.process_time() - begun < LONGEST_SECONDS
    return read


def _search(seed: int, most: int, seconds: float, folder: Path) -> tuple[int, int]:
    hand = random.Random(seed)
    ends = time.monotonic() + seconds
    tried = read = 0
    while tried < most and time.monotonic() < ends:
        policy, data = _TABLES[0] if hand.random() < 0.5 else hand.choice(_TABLES)
        read += _survives(policy, _changed(hand, data), folder)
        tried += 1
    return tried, read


@pytest.mark.slow
def test_a_changed_table_is_read_or_refused(tmp_path: Path) -> None:
    """Tables with random changes are read, or refused with problems that have a place in the table, and soon."""
    tried, read = _search(20_260_301, 250, 60.0, tmp_path)
    assert tried == 250
    assert 0 < read < tried


@pytest.mark.search
def test_many_changed_tables_are_read_or_refused(tmp_path: Path) -> None:
    """As many changed tables as the time allows are read, or refused with problems that have a place in the table."""
    tried, read = _search(int(os.environ.get("SEARCH_SEED", "20260302")), 10**9, SEARCH_SECONDS, tmp_path)
    assert 0 < read < tried

"""Does a proposed mend settle what it was proposed for, applied as an author would apply it?"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from engine import Mend, Policy, Proof, check, load
from engine.analysis.proving.findings import SEVERITIES
from engine.language.sections.policy_sources import load_text
from engine.problems import PolicyError
from tests.support.by_day import draw_by_day
from tests.support.drawing.rule_tables import Drawn, tables
from tests.support.drawing.strategies import policies
from tests.support.drawing.yaml_styles import texts
from tests.support.judging.proofs.mends import faults, name, pasted, read_by, readings, step_of
from tests.support.making.picnic import picnic_of


@pytest.mark.thorough
@draw_by_day(15)
@given(data=st.data())
def test_a_mend_as_pasted_settles_and_makes_nothing_worse(data: st.DataObject) -> None:
    """Each edit, made in the file to the letter, removes its finding, adds none, and leaves no other one worse.

    Situations that get an outcome of a step by an edit are then there for what reads the step, and may be faulty there.
    """
    drawn = data.draw(policies())
    text = data.draw(texts(drawn))
    try:
        policy = load_text(text.encode())
    except PolicyError:
        # A date in JSON is text.
        assert text.startswith("{")
        return
    before = faults(policy)
    for finding in check(policy).errors:
        for mend in finding.mends:
            step = step_of(finding)
            here = read_by(policy, step)
            found = [faults(edited) for edited in readings(text, mend, policy, step)]
            after = [{each: many for each, many in one.items() if each[-1] in here} for one in found]
            assert finding.code != "conflict" or _settled(before, after[0], step) == mend.settles
            worse = [_worse(before, each, name(finding)) for each in after]
            # Which verdict is right for a new rule is for its author to say: some may be promised never to be given,
            # or be what the rule above gives.
            is_chosen = bool({"VERDICT", "OUTCOME"} & set(re.findall(r"\w+", pasted(text, mend))))
            allowed = {"broken-guarantee", "redundant-rule"} if is_chosen else set()
            assert any(each <= allowed for each in worse), (str(mend), worse)


def _settled(before: dict[Any, Any], after: dict[Any, Any], step: str = "") -> int:
    """How many conflicts are gone, of a step or of the policy's own rules."""
    return sum(each[0] == "conflict" and each[-1] == step for each in before.keys() - after.keys())


def _worse(before: dict[Any, Any], after: dict[Any, Any], settled: tuple[object, ...]) -> set[object]:
    """The codes of what is found after an edit and was not before, or in fewer situations, or should be gone."""
    return {each[0] for each, many in after.items()
            if each == settled or each not in before or (many or 0) > (before[each] or 0)}  # fmt: skip


@pytest.mark.thorough
@draw_by_day(25)
@given(drawn=tables(small=True))
def test_a_mend_of_a_table_as_pasted_settles_and_makes_nothing_worse(drawn: Drawn) -> None:
    """Each edit of a cell, and new rows, made in the CSV file to the letter, remove the finding and add none."""
    policy = drawn.read()
    before = faults(policy)
    text = drawn.data.decode("utf-8-sig")
    for finding in check(policy).errors:
        assert finding.code != "gap" or policy.decision == "unique" or finding.mends
        for mend in finding.mends:
            assert mend.edit is not None
            assert mend.edit.file == "folder/sample.csv"
            assert not mend.text or mend.text.splitlines() == mend.edit.text.splitlines()[1:]
            after = [faults(drawn._replace(data=each.encode()).read()) for each in filled_in(text, mend, policy)]
            assert finding.code != "conflict" or _settled(before, after[0]) == mend.settles
            # Which verdict is right is for the author to say, and where the row comes from.
            allowed = set() if mend.is_whole else {"broken-guarantee", "redundant-rule", "uncited-rule"}
            worse = [_worse(before, each, name(finding)) for each in after]
            assert any(each <= allowed for each in worse), (str(mend), worse)


@pytest.mark.thorough
@draw_by_day(25)
@given(data=policies(small=True))
def test_what_is_proposed_for_a_program_is_what_is_proposed_for_its_text(data: dict[str, Any]) -> None:
    """What a program holds has no lines, and is mended in the same words: in those that an author can write."""
    policy = load(data)
    again = load_text(policy.to_yaml().encode())
    assert _words(check(policy)) == _words(check(again))


def _words(proof: Proof) -> list[list[str]]:
    return [[re.sub(r" \(line \d+\)", "", str(mend)) for mend in finding.mends] for finding in proof.findings]


@pytest.mark.thorough
@draw_by_day(25)
@given(data=st.data())
def test_mending_from_the_top_brings_nothing_back(data: st.DataObject) -> None:
    """Errors are mended in the order in which they are listed, the first that can be by its first mend, until none can.

    What has been mended once is never found again, and nothing is found that was not there before: but for what reads
    a step that has been mended.
    """
    drawn = data.draw(policies())
    text = data.draw(texts(drawn))
    try:
        policy = load_text(text.encode())
    except PolicyError:
        assert text.startswith("{")
        return
    kinds = [list(SEVERITIES).index(finding.code) for finding in check(policy).errors]
    assert kinds == sorted(kinds)
    mended: set[tuple[object, ...]] = set()
    while finding := next((each for each in check(policy).errors if each.mends and each.mends[0].is_whole), None):
        known = {name(each) for each in check(policy).errors} - {name(finding)}
        here = read_by(policy, step_of(finding))
        mended = {each for each in (*mended, name(finding)) if each[-1] in here}
        text = pasted(text, finding.mends[0])
        policy = load_text(text.encode())
        left = {name(each) for each in check(policy).errors if name(each)[-1] in here}
        assert left <= known
        assert not left & mended


def filled_in(text: str, mend: Mend, policy: Policy) -> list[str]:
    """The text of a table with a mend made and every row named; where the author chooses the verdict, with each."""
    assert mend.edit is not None
    added = mend.edit.text
    for number in range(added.count("NAME")):
        added = added.replace("NAME", f"mended-{number}", 1)
    verdicts = [verdict.name for verdict in policy.verdicts] if "VERDICT" in added else [""]
    return [replace(mend.edit, text=added.replace("VERDICT", verdict)).apply(text) for verdict in verdicts]


def test_two_ways_to_settle_a_conflict() -> None:
    """The more special rule overrides the other, or the other keeps out of its way."""
    data = picnic_of(
        {"rule": "dry", "when": {"rain": False}, "then": "park"},
        {"rule": "wet", "when": {"rain": True}, "then": "hall"},
        {"rule": "crowd", "when": {"guests": {"at_least": 40}}, "then": "hall"},
    )
    [conflict] = check(load(data)).errors
    assert tuple(map(str, conflict.mends)) == (
        "let `crowd` override `dry`: add `overrides: {dry: WHY}` to it",
        "narrow `dry`: add `guests: {at_most: 39}` to its `when`",
    )


def test_no_mend_that_would_leave_a_gap() -> None:
    """Where narrowing a rule would leave somebody without an answer, it is not proposed."""
    data = picnic_of(
        {"rule": "dry", "when": {"rain": False}, "then": "park"},
        {"rule": "wet", "when": {"rain": True}, "then": "hall"},
        {"rule": "dry-crowd", "when": {"rain": False, "guests": {"at_least": 40}}, "then": "hall"},
    )
    [conflict] = check(load(data)).errors
    assert tuple(map(str, conflict.mends)) == (
        "let `dry-crowd` override `dry`: add `overrides: {dry: WHY}` to it",
        "narrow `dry`: add `guests: {at_most: 39}` to its `when`",
    )
    data["rules"][2]["when"]["guests"] = {"at_least": 10, "at_most": 20}
    [conflict] = check(load(data)).errors
    assert tuple(map(str, conflict.mends)) == ("let `dry-crowd` override `dry`: add `overrides: {dry: WHY}` to it",)


def test_a_rule_without_when_is_narrowed_by_one() -> None:
    data = picnic_of(
        {"rule": "always", "then": "park"},
        {"rule": "wet", "when": {"rain": True}, "then": "hall"},
    )
    text = load(data).to_yaml()
    for policy in (load(data), load_text(text.encode())):
        [conflict] = check(policy).errors
        assert str(conflict.mends[1]).startswith("narrow `always`: add `when: {rain: no}` to it")
    assert check(load_text(pasted(text, conflict.mends[1]).encode())).sound


def test_a_sum_without_a_name_stands_in_no_mend() -> None:
    """What is left of the larger of two amounts comes to differences of fields that nobody has named."""
    asked = {"ask": "How much?", "type": "integer", "from": 0, "to": 9}
    data: dict[str, Any] = {
        "policy": "loan",
        "title": "Do we lend?",
        "situation": {"income": asked, "aid": asked, "rent": asked},
        "numbers": {
            "best": {"means": "the larger income", "larger_of": ["income", "aid"]},
            "left": {"means": "what is left", "sum": {"best": 1, "rent": -1}},
        },
        "verdicts": {"lend": {"title": "Lend"}, "refuse": {"title": "Refuse"}},
        "rules": [
            {"rule": "little", "when": {"left": {"less_than": 3}}, "then": "refuse", "because": "It is too little."},
            {"rule": "earns", "when": {"left": {"at_least": 1}}, "then": "lend", "because": "It can be paid back."},
        ],
    }
    for rules in (data["rules"], [*data["rules"][:1], data["rules"][1] | {"when": {"income": {"at_least": 5}}}]):
        for finding in check(load(data | {"rules": rules})).errors:
            assert [mend for mend in finding.mends if " - rent" in str(mend)] == []
            assert finding.mends or finding.code == "gap"


def test_no_override_that_would_close_a_circle() -> None:
    """Of two ways round, the one that closes no circle is proposed."""
    data = picnic_of(
        {"rule": "a", "when": {"guests": {"at_most": 30}}, "then": "park", "overrides": {"b": "Few."}},
        {"rule": "b", "when": {"rain": True}, "then": "hall", "overrides": {"c": "Wet."}},
        {"rule": "c", "when": {"guests": {"at_least": 20, "at_most": 40}}, "then": "hall"},
    )
    conflicts = {
        finding.rules: str(finding.mends[0]) for finding in check(load(data)).errors if finding.code == "conflict"
    }
    assert conflicts == {("a", "c"): "let `a` override `c`: add `c: WHY` to its `overrides`"}


def test_a_rule_for_a_gap() -> None:
    """The skeleton's `when` is exactly the gap; regions that have something in common share it."""
    data = picnic_of(
        {"rule": "dry", "when": {"rain": False, "guests": {"at_least": 5}}, "then": "park"},
        {"rule": "wet", "when": {"rain": True, "guests": {"at_least": 20}}, "then": "hall"},
    )
    [gap] = check(load(data)).errors
    assert tuple(map(str, gap.mends)) == (
        "add a rule:\n"
        "- rule: NAME\n"
        "  when: {any: [{rain: no, guests: {at_most: 4}}, {rain: yes, guests: {at_most: 19}}]}\n"
        "  then: VERDICT\n"
        "  because: WHY",
    )


def test_the_last_rule_of_a_list() -> None:
    """Under `first` a gap is closed by a last rule for everything else."""
    data = picnic_of({"rule": "dry", "when": {"rain": False}, "then": "park"}, decision="first")
    [gap] = check(load(data)).errors
    assert tuple(map(str, gap.mends)) == (
        "add a rule at the end: `- {rule: NAME, otherwise: yes, then: VERDICT, because: WHY}`",
    )


def test_a_cell_is_quoted_as_its_file_needs(tmp_path: Path) -> None:
    """A text with the separator or a quote in it goes into quotes of the file, beside those of the cell."""
    data = picnic_of()
    data["situation"]["town"] = {"ask": "Where?", "type": "text", "known": ["Lyon, Rhône", "a | b", "Paris"]}
    data["rules"] = {"table": "rows.csv"}
    (tmp_path / "picnic.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    rows = 'rain,town,then\nno,"Paris | Lyon, Rhône | ""a | b""",park\nyes,,hall\n,Paris,hall\n'
    (tmp_path / "rows.csv").write_text(rows, encoding="utf-8")
    [conflict, _] = check(load(tmp_path / "picnic.yaml")).errors
    edit = conflict.mends[0].edit
    assert edit
    assert edit.text == '"Lyon, Rhône | ""a | b"""'
    assert edit.apply(rows) == rows.replace("Paris | ", "", 1)


def written(text: str) -> tuple[str, tuple[Mend, ...]]:
    """The text of a picnic and the mends of its only error."""
    head = """\
policy: picnic
title: Where?
situation:
  rain: {ask: "Does it rain?", type: yes_no}
  guests: {ask: "How many?", type: integer, from: 1, to: 60}
  extras: {ask: "What else?", type: any_of, choices: {music: Music, fire: A fire}}
facts:
  crowded: {means: more than the park allows, when: {guests: {at_least: 40}}}
verdicts: {park: {title: Park}, hall: {title: Hall}}
rules:
"""
    [error] = check(load_text((head + text).encode())).errors
    return head + text, error.mends


def lines_changed(text: str, mend: Mend) -> list[str]:
    """The lines of a text that are not the same once a mend is made."""
    edited = pasted(text, mend)
    return [line for line in edited.splitlines() if line not in text.splitlines()]


def test_two_lists_are_kept_apart_in_the_entry_that_is_there() -> None:
    """A second entry of the same field would be a duplicate key: what is written of it is made to say both."""
    text, mends = written("""\
  - rule: music   # loud
    when: {extras: {includes: [music]}}
    then: hall
    because: The neighbours.
  - rule: fire
    when: {extras: {includes: fire}}
    then: park
    because: The ceiling.
  - {rule: plain, when: {extras: {only: []}}, then: park, because: So it is.}
""")
    assert [str(mend) for mend in mends] == [
        "let `fire` override `music`: add `overrides: {music: WHY}` to it (line 19)",
        "narrow `music`: in its `when`, write `extras: {includes: [music], excludes: [fire]}` "
        "for `extras: {includes: [music]}` (line 12)",
    ]
    assert [lines_changed(text, mend) for mend in mends] == [
        ["    overrides: {music: WHY}"],
        ["    when: {extras: {includes: [music], excludes: [fire]}}"],
    ]


def test_a_rule_keeps_out_of_the_way_of_a_fact() -> None:
    """Where the stronger rule asks for a fact, the weaker one asks that it does not hold."""
    text, mends = written("""\
  - rule: any
    when:
      rain: [yes, no]   # whatever the weather
    then: park
    because: >
      We would rather sit
      on the grass.
  - {rule: many, when: {crowded: yes}, then: hall, because: The park is too small.}
""")
    assert [lines_changed(text, mend) for mend in mends] == [
        ["  - {rule: many, when: {crowded: yes}, then: hall, because: The park is too small., overrides: {any: WHY}}"],
        ["      crowded: no"],
    ]


def test_a_rule_is_widened_where_that_is_enough() -> None:
    """A limit that leaves a gap is moved in its own entry; a rule of one line is proposed beside it."""
    text, mends = written("""\
  - rule: few
    when:
      guests:
        at_most: 19
    then: park
    because: So it is.
  - {rule: more, when: {guests: {at_least: 21}}, then: hall, because: So it is.}
""")
    assert [str(mend) for mend in mends] == [
        "widen `few`: in its `when`, write `guests: {at_most: 20}` for `guests: {at_most: 19}` (line 13)",
        "widen `more`: in its `when`, write `guests: {at_least: 20}` for `guests: {at_least: 21}` (line 17)",
        "add a rule (line 18): `- {rule: NAME, when: {guests: 20}, then: VERDICT, because: WHY}`",
    ]
    assert [lines_changed(text, mend) for mend in mends] == [
        ["      guests: {at_most: 20}"],
        ["  - {rule: more, when: {guests: {at_least: 20}}, then: hall, because: So it is.}"],
        ["  - rule: mended", "    when: {guests: 20}", "    then: VERDICT", "    because: WHY"],
    ]


def test_a_limit_of_a_derived_number_is_moved() -> None:
    """One value of a number that two dates make is missing: the limit of the rule that stops short is moved."""
    text = """\
policy: entry
title: Is it valid?
situation:
  given: {ask: "When was it given?", type: date, from: 2020-01-01, to: 2026-12-31}
  today: {ask: "What day is it?", type: date, from: 2026-01-01, to: 2026-12-31}
numbers:
  since: {means: days since it was given, sum: {today: 1, given: -1}}
verdicts: {valid: {title: It is}, expired: {title: It is not}}
rules:
  - {rule: fresh, when: {since: {at_most: 1095}}, then: valid, because: Three years.}
  - {rule: old, when: {since: {more_than: 1096}}, then: expired, because: Three years.}
"""
    [gap] = check(load_text(text.encode())).errors
    assert [str(mend) for mend in gap.mends][:2] == [
        "widen `fresh`: in its `when`, write `since: {at_most: 1096}` for `since: {at_most: 1095}` (line 10)",
        "widen `old`: in its `when`, write `since: {at_least: 1096}` for `since: {more_than: 1096}` (line 11)",
    ]

"""Does a proposed mend settle what it was proposed for, applied as an author would apply it?"""

from __future__ import annotations

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings

from engine import Finding, check, load
from tests.strategies import policies

OVERRIDE = re.compile(r"let `([\w-]+)` override `([\w-]+)`: `overrides: \{[\w-]+: why\}`")
NARROW = re.compile(r"narrow the `when` of `([\w-]+)` to `(.+)`")


def mended(data: dict[str, Any], mend: str) -> dict[str, Any]:
    """The policy with a mend applied to the letter."""
    edited = deepcopy(data)
    rules = {rule["rule"]: rule for rule in edited["rules"]}
    if found := OVERRIDE.fullmatch(mend):
        rules[found[1]].setdefault("overrides", {})[found[2]] = "why"
    elif found := NARROW.fullmatch(mend):
        rule = rules[found[1]]
        rule["when"] = {"all": [rule["when"], yaml.safe_load(f"{{{found[2]}}}")]}
    else:
        [rule] = yaml.safe_load(mend)
        edited["rules"].append(rule | {"rule": "mended", "then": next(iter(edited["verdicts"])), "because": "Why."})
    return edited


def faults(data: dict[str, Any]) -> dict[tuple[str, tuple[str, ...]], int | None]:
    return {(finding.code, finding.rules): finding.situations for finding in check(load(data)).errors
            if finding.code in ("gap", "conflict")}  # fmt: skip


def name(finding: Finding) -> tuple[str, tuple[str, ...]]:
    return finding.code, finding.rules


@settings(max_examples=150)
@given(data=policies())
def test_a_mend_settles_and_makes_nothing_worse(data: dict[str, Any]) -> None:
    """The finding is gone, nothing new is found, and of what was found before there is not more."""
    before = faults(data)
    for finding in check(load(data)).errors:
        for mend in finding.mends:
            after = faults(mended(data, mend))
            assert name(finding) not in after
            assert after.keys() <= before.keys()
            assert all(many is None or many <= (before[each] or 0) for each, many in after.items())


def picnic(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "policy": "picnic",
        "title": "Where?",
        "situation": {"rain": {"ask": "Does it rain?", "type": "yes_no"},
                      "guests": {"ask": "How many?", "type": "integer", "from": 1, "to": 60}},
        "verdicts": {"park": {"title": "Park"}, "hall": {"title": "Hall"}},
        "rules": [{"because": "So it is.", **rule} for rule in rules],
        **more,
    }  # fmt: skip


def test_two_ways_to_settle_a_conflict() -> None:
    """The more special rule overrides the other, or the other keeps out of its way."""
    data = picnic(
        {"rule": "dry", "when": {"rain": False}, "then": "park"},
        {"rule": "wet", "when": {"rain": True}, "then": "hall"},
        {"rule": "crowd", "when": {"guests": {"at_least": 40}}, "then": "hall"},
    )
    [conflict] = check(load(data)).errors
    assert conflict.mends == (
        "let `crowd` override `dry`: `overrides: {dry: why}`",
        "narrow the `when` of `dry` to `guests: {at_most: 39}`",
    )


def test_no_mend_that_would_leave_a_gap() -> None:
    """Where narrowing a rule would leave somebody without an answer, it is not proposed."""
    data = picnic(
        {"rule": "dry", "when": {"rain": False}, "then": "park"},
        {"rule": "wet", "when": {"rain": True}, "then": "hall"},
        {"rule": "dry-crowd", "when": {"rain": False, "guests": {"at_least": 40}}, "then": "hall"},
    )
    [conflict] = check(load(data)).errors
    assert conflict.mends == (
        "let `dry-crowd` override `dry`: `overrides: {dry: why}`",
        "narrow the `when` of `dry` to `guests: {at_most: 39}`",
    )
    data["rules"][2]["when"]["guests"] = {"at_least": 10, "at_most": 20}
    [conflict] = check(load(data)).errors
    assert conflict.mends == ("let `dry-crowd` override `dry`: `overrides: {dry: why}`",)


def test_no_override_that_would_close_a_circle() -> None:
    """Of two ways round, the one that closes no circle is proposed."""
    data = picnic(
        {"rule": "a", "when": {"guests": {"at_most": 30}}, "then": "park", "overrides": {"b": "Few."}},
        {"rule": "b", "when": {"rain": True}, "then": "hall", "overrides": {"c": "Wet."}},
        {"rule": "c", "when": {"guests": {"at_least": 20}}, "then": "hall"},
    )
    conflicts = {finding.rules: finding.mends[0] for finding in check(load(data)).errors if finding.code == "conflict"}
    assert conflicts == {("a", "c"): "let `a` override `c`: `overrides: {c: why}`"}


def test_a_rule_for_a_gap() -> None:
    """The skeleton's `when` is exactly the gap; regions that have something in common share it."""
    data = picnic(
        {"rule": "dry", "when": {"rain": False, "guests": {"at_least": 5}}, "then": "park"},
        {"rule": "wet", "when": {"rain": True, "guests": {"at_least": 20}}, "then": "hall"},
    )
    [gap] = check(load(data)).errors
    assert gap.mends == (
        "- {rule: NAME, when: {any: [{rain: no, guests: {at_most: 4}}, {rain: yes, guests: {at_most: 19}}]}, "
        "then: VERDICT, because: WHY}",
    )


def test_the_last_rule_of_a_list() -> None:
    """Under `first` a gap is closed by a last rule for everything else."""
    data = picnic({"rule": "dry", "when": {"rain": False}, "then": "park"}, decision="first")
    [gap] = check(load(data)).errors
    assert gap.mends == ("- {rule: NAME, otherwise: yes, then: VERDICT, because: WHY}",)


def test_a_row_is_mended_as_a_row(tmp_path: Path) -> None:
    """A table can hold no override: a row is narrowed, in words, and its help speaks of rows."""
    data = picnic()
    del data["rules"]
    text = yaml.safe_dump(data | {"rules": {"table": "rows.csv"}}, sort_keys=False)
    (tmp_path / "picnic.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "rows.csv").write_text("rain,guests,then\nno,,park\nyes,,hall\n,>= 40,hall\n", encoding="utf-8")
    [conflict] = check(load(tmp_path / "picnic.yaml")).errors
    assert conflict.rules == ("row-2", "row-4")
    assert conflict.mends == ("narrow `row-2` to How many? at most 39",)
    assert conflict.help == "narrow one of the two rows, or let the first row that applies decide: `decision: first`"

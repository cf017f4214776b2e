"""Does every example show the derived numbers that its answers make, wherever examples are shown?"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import RecordError, diff, explain, load
from engine.language.model.values.grid_positions import exact_decimal
from engine.language.model.values.value_texts import decimal_text
from engine.surfaces.cli.group import verdict
from tests.support.drawing.strategies import policies, records
from tests.support.judging.amounts import fields_behind, worth
from tests.support.judging.spaces import settle

LOAN = """\
policy: loan
title: Do we lend?
situation:
  income: {ask: What do you earn?, type: integer, from: 0, to: 9000}
  rent: {ask: What is the rent?, type: integer, from: 0, to: 3000}
  calm: {ask: Can it wait?, type: yes_no}
numbers:
  left: {means: what is left, sum: {income: 1, rent: -1}}
facts:
  rich: {means: enough is left, when: {left: {at_least: 500}}}
verdicts: {lend: {title: Lend}, refuse: {title: Refuse}}
rules:
  - {rule: enough, when: {rich: yes}, then: lend, because: It can be paid back.}
  - {rule: short, when: {rich: no}, then: refuse, because: It cannot be paid back.}
"""


def numbers_of(data: Mapping[str, Any], values: Mapping[str, Any], shows: Collection[str]) -> dict[str, str]:
    """The derived numbers whose fields are all shown and that have a value, added up by hand."""
    found = {}
    at = {name: settle(data["situation"][name], value) for name, value in values.items()}
    for name, number in data.get("numbers", {}).items():
        if fields_behind(data, name) <= set(shows):
            value = worth(data, name, at)
            if value is not None:
                found[number["means"]] = _text(Fraction(value))
    return found


def _text(value: Fraction) -> str:
    """A value as data writes it: a ratio need not have a finite decimal."""
    try:
        return decimal_text(exact_decimal(value))
    except ValueError:
        return str(value)


@settings(max_examples=60)
@given(data=policies())
def test_a_change_shows_the_numbers_of_its_example(data: dict[str, Any]) -> None:
    """Of a policy compared with one whose first rule gives another verdict; for people and as data."""
    verdicts = [*data["verdicts"]]
    first = data["rules"][0]
    other = verdicts[verdicts.index(first["then"]) - 1]
    old, new = load(data), load({**data, "rules": [{**first, "then": other}, *data["rules"][1:]]})
    for change in diff(old, new).changes:
        if change.example is None:
            continue
        expected = numbers_of(data, change.example, change.shows)
        assert dict(change.numbers) == change.to_dict()["numbers"] == expected
        text = "\n".join(change.lines(None))
        assert all(f"({means})" in text for means in expected)


@pytest.mark.thorough
@settings(max_examples=60)
@given(drawn=st.data())
def test_an_explanation_shows_the_numbers_of_its_reason(drawn: st.DataObject) -> None:
    """Those of which every answer is part of the reason, whatever else is open."""
    data = drawn.draw(policies(sound=True))
    record = drawn.draw(records(data))
    try:
        told = explain(load(data), record, draft=True)
    except RecordError:
        # What is impossible gets no verdict to explain.
        return
    assert dict(told.numbers) == told.to_dict()["numbers"] == numbers_of(data, told.reason, told.reason)


def test_what_people_read_of_a_number(tmp_path: Path, monkeypatch: Any) -> None:
    """The number stands below the answers, in brackets: in a difference, an explanation and an unnoticed change."""
    monkeypatch.chdir(tmp_path)
    Path("loan.yaml").write_text(LOAN, encoding="utf-8")
    Path("stricter.yaml").write_text(LOAN.replace("policy: loan", "policy: stricter").replace("500", "600"),
                                     encoding="utf-8")  # fmt: skip
    Path("loan.cases.yaml").write_text(
        "policy: loan\ncases:\n  - {case: rich, given: {income: 9000, rent: 0, calm: yes}, expect: lend}\n",
        encoding="utf-8",
    )
    changed = CliRunner().invoke(verdict, ["diff", "loan.yaml", "stricter.yaml"]).stdout
    assert "(what is left)" in changed
    why = CliRunner().invoke(verdict, ["explain", "loan.yaml", "--set", "income=900", "--set", "rent=300"]).stdout
    assert "  What is the rent?   300\n  (what is left)      600\n" in why
    noticed = CliRunner().invoke(verdict, ["test", "loan.yaml", "--mutants"]).stdout
    assert "(what is left)" in noticed

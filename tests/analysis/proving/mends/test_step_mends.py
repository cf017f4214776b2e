"""Does a mend of a step settle what it was proposed for, and leave what the step decided before?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from engine import Finding, Policy, check, load
from engine.language.parsing.openers import Opened
from engine.language.sections.policy_sources import load_text
from engine.meaning.outcomes import Outcome
from engine.meaning.reference import Situation, excluded_by
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import policies
from tests.support.judging.cases import situation_values
from tests.support.judging.proofs.mends import faults, pasted, readings, step_of
from tests.support.judging.spaces import situations
from tests.support.making.rows_of_rules import table_of

LOAN = """\
policy: loan
title: Do we lend?
situation:
  rare: {ask: "Is it rare?", type: yes_no}
  age: {ask: "How old?", type: integer, from: 0, to: 99}
steps:
  risk:
    means: how risky it is
    outcomes: {low: Low, high: High}
    rules:
      - {rule: young, when: {age: {less_than: 30}}, then: low, because: Young.}
      - {rule: rare, when: {rare: yes}, then: high, because: Rare.}
verdicts: {lend: {title: Lend}, refuse: {title: Refuse}}
rules:
  - {rule: low, when: {risk: low}, then: lend, because: Fine.}
  - {rule: high, when: {risk: high}, then: refuse, because: Not fine.}
"""


POSTAGE = """\
policy: postage
title: How is it sent?
situation:
  kilos: {ask: How heavy is it?, type: integer, from: 0, to: 30}
  size: {ask: How long is it?, type: integer, from: 1, to: 50}
numbers:
  net: {means: the price by weight, sum: {kilos: 2, size: 3}}
verdicts: {letter: {title: As a letter}, box: {title: As a box}}
rules:
  - {rule: light, when: {net: {at_most: 50}}, then: letter, because: It goes through the slot.}
  - {rule: heavy, when: {net: {more_than: 50}}, then: box, because: It does not.}
"""
PARCEL = """\
policy: parcel
title: Who pays?
steps:
  postage: {policy: postage.yaml}
verdicts: {us: {title: We pay}}
rules:
  - {rule: cheap, when: {postage: letter}, then: us, because: It is cheap.}
"""


def test_a_mend_names_nothing_that_only_the_file_of_a_step_knows(tmp_path: Path) -> None:
    """The gap is a range of `postage.net`, which no condition of the policy may name; what is proposed reads again."""
    (tmp_path / "postage.yaml").write_text(POSTAGE)
    (tmp_path / "parcel.yaml").write_text(PARCEL)
    [finding] = check(load(tmp_path / "parcel.yaml")).errors
    assert finding.code == "gap"
    [mend] = finding.mends
    assert "{rule: NAME, otherwise: yes, then: VERDICT, because: WHY}" in mend.words
    (tmp_path / "parcel.yaml").write_text(pasted(PARCEL, mend).replace("VERDICT", "us"))
    assert check(load(tmp_path / "parcel.yaml")).sound


@pytest.mark.thorough
@draw_by_day(8)
@given(data=st.data())
def test_a_mend_of_a_step_changes_only_what_had_no_outcome(data: st.DataObject) -> None:
    """In no situation does another outcome stand where there was one, and what was found is nowhere afterwards.

    A number that a table gives is such a step, whose outcomes are amounts.
    """
    drawn = data.draw(policies(small=True, chained=True))
    text = load(drawn).to_yaml()
    for step, finding, policy in _faulty(load_text(text.encode())):
        for mend in finding.mends:
            for edited in readings(text, mend, policy, step):
                _is_settled(drawn, policy, edited, step, finding)


@pytest.mark.thorough
@draw_by_day(8)
@given(data=st.data())
def test_a_mend_of_the_rows_of_a_step_changes_only_what_had_no_outcome(data: st.DataObject) -> None:
    """It stands in the file of the table, which nothing else is read from."""
    drawn = data.draw(policies(small=True, chained=True))
    tables: dict[str, str] = {}
    written = yaml.safe_load(load(drawn).to_yaml())
    for name, step in drawn["steps"].items():
        tables |= {f"{name}.csv": rows} if (rows := table_of(step["rules"])) else {}
        written["steps"][name]["rules"] = {"table": f"{name}.csv"} if rows else written["steps"][name]["rules"]
    for name, number in drawn.get("numbers", {}).items():
        if "table" in number and (rows := table_of(number["table"])):
            tables[f"{name}.csv"] = rows
            written["numbers"][name]["table"] = f"{name}.csv"
    text = yaml.safe_dump(written, sort_keys=False).encode()
    for step, finding, policy in _faulty(_beside(text, tables)):
        for mend in finding.mends:
            assert mend.edit is not None
            if mend.edit.file in tables:
                rows = mend.edit.apply(tables[mend.edit.file])
                for outcome, _ in policy.step[step].outcomes:
                    filled = _filled(rows.replace("OUTCOME", outcome))
                    edited = _beside(text, {**tables, mend.edit.file: filled})
                    _is_settled(drawn, policy, edited, step, finding)


def _filled(rows: str) -> str:
    """Rows with the words in capitals filled in; several that are added have different names."""
    head, *rest = rows.replace("AMOUNT", "1").split("NAME")
    return head + "".join(f"mended-{place}{part}" for place, part in enumerate(rest))


def _beside(text: bytes, tables: Mapping[str, str]) -> Policy:
    """A policy with the files of its tables."""
    return load_text(text, "policy.yaml", lambda path, _: Opened(path, tables[path].encode(), path))


def _faulty(policy: Policy) -> Iterator[tuple[str, Finding, Policy]]:
    """The gaps and conflicts of the steps of a policy."""
    for each in check(policy).errors:
        if each.code in ("gap", "conflict") and step_of(each):
            yield step_of(each), each, policy


def _is_settled(drawn: dict[str, Any], policy: Policy, edited: Policy, step: str, finding: Finding) -> None:
    """Nothing is as the finding says any more, and what a step decided before, it decides again."""
    everything = situation_values(policy, situations(drawn))
    before = [_outcome(policy, step, values) for values in everything]
    assert any(_shows(finding, each) for each in before)
    after = [_outcome(edited, step, values) for values in everything]
    assert not any(_shows(finding, each) for each in after)
    for one, other in zip(before, after, strict=True):
        assert (one is None) == (other is None)
        assert one is None or one.verdict is None or one.disputed or _said(one) == _said(other)


def _outcome(policy: Policy, step: str, values: dict[str, Any]) -> Outcome | None:
    """What a step decides in a situation; None if that is impossible, or if a step that it reads is faulty."""
    situation = Situation(policy, values)
    earlier = [each.name for each in policy.steps_in_order]
    known = [situation.steps[name] for name in earlier[: earlier.index(step)]]
    if excluded_by(policy, values) or any(each.verdict is None or each.disputed for each in known):
        return None
    return situation.steps[step]


def _said(found: Outcome | None) -> tuple[str | None, tuple[str, ...]] | None:
    return None if found is None else (found.verdict, found.disputed)


def _shows(finding: Finding, found: Outcome | None) -> bool:
    """Whether a situation shows a gap or a conflict of a step."""
    if found is None or finding.code == "gap":
        return found is not None and not found.stands
    return {each.rpartition("/")[2] for each in finding.rules} <= set(found.stands)


@pytest.mark.parametrize("is_text", [True, False])
def test_the_rules_of_a_step_are_edited_where_they_are_written(*, is_text: bool) -> None:
    """A rule overrides others of its step by the names that they have there."""
    policy = load_text(LOAN.encode())
    conflict, gap = check(policy if is_text else load(policy.to_dict())).errors
    assert [mend.is_whole for mend in (*conflict.mends, *gap.mends)] == [is_text, is_text, False]
    line = " (line 11)", " (line 12)", " (line 13)"
    assert [str(mend) for mend in (*conflict.mends, *gap.mends)] == [
        f"let `risk/young` override `risk/rare`: add `overrides: {{rare: WHY}}` to it{line[0] * is_text}",
        f"narrow `risk/rare`: add `age: {{at_least: 30}}` to its `when`{line[1] * is_text}",
        f"add a rule{line[2] * is_text}: "
        "`- {rule: NAME, when: {rare: no, age: {at_least: 30}}, then: OUTCOME, because: WHY}`",
    ]


def test_a_step_is_sound_once_its_mends_are_made() -> None:
    """The one of its conflict, and then the one of its gap, whichever outcome is chosen."""
    text = LOAN
    for _ in range(2):
        mend = check(load_text(text.encode())).errors[0].mends[0]
        text = pasted(text, mend).replace("OUTCOME", "low")
    assert check(load_text(text.encode())).sound
    assert "{rule: young, when: {age: {less_than: 30}}, then: low, because: Young., overrides: {rare: WHY}}" in text


def test_a_new_rule_gives_the_outputs_that_numbers_read() -> None:
    """But those that every outcome has."""
    numbers = (
        "numbers:\n  fee: {means: the fee, output: fee, of: risk}\n  tax: {means: the tax, output: tax, of: risk}\n"
    )
    outcomes = "outcomes: {low: {title: Low, output: {tax: 1}}, high: {title: High, output: {tax: 2}}}"
    text = LOAN.replace("outcomes: {low: Low, high: High}", outcomes).replace(
        "because: Young.", "because: Young., output: {fee: 1}"
    )
    text = text.replace("because: Rare.", "because: Rare., output: {fee: 2}").replace("steps:\n", f"{numbers}steps:\n")
    text = text.replace("when: {risk: low}", "when: {fee: {more_than: 1}, tax: 1}")
    [mend] = next(each for each in check(load_text(text.encode())).errors if each.code == "gap").mends
    assert "then: OUTCOME, because: WHY, output: {fee: AMOUNT}" in f"{mend} {mend.text}".replace("\n  ", ", ")
    assert load_text(pasted(text, mend).replace("OUTCOME", "low").encode()).step["risk"].amounts["fee"]["mended"] == "1"


def test_what_reads_a_step_may_be_faulty_where_the_step_was() -> None:
    """Such situations were none of its own before."""
    text = LOAN.replace("when: {risk: low}", "when: {risk: low, rare: no}")
    policy = load_text(text.encode())
    assert [each for each in faults(policy) if not each[-1]] == []
    after = faults(load_text(pasted(text, check(policy).errors[0].mends[0]).encode()))
    assert [each[0] for each in after if not each[-1]] == ["gap"]


def test_the_rows_of_a_step_are_edited_in_their_own_file(tmp_path: Path) -> None:
    """But not where another step, or the policy itself, is read from the same file."""
    head, rules = LOAN.split("    rules:\n      - {rule: young")
    in_table = head + "    rules: {table: risk.csv}\n" + rules[rules.index("verdicts:") :]
    (tmp_path / "loan.yaml").write_text(in_table)
    (tmp_path / "risk.csv").write_text("rare,age,then\n,[0..29],low\nyes,,high\n", encoding="utf-8")
    conflict, gap = check(load(tmp_path / "loan.yaml")).errors
    told = [str(mend).replace(f"{tmp_path}/", "") for mend in (*conflict.mends, *gap.mends)]
    assert told == [
        "narrow `risk/row-3`: write `>= 30` in the column `age` of row 3 (risk.csv, line 3)",
        "add a row with `no` in the column `rare`, `>= 30` in the column `age`, and the outcome in `then` "
        "(risk.csv, line 4):\nno,>= 30,OUTCOME",
    ]
    twice = in_table.replace("verdicts:", RISK_AGAIN + "verdicts:")
    (tmp_path / "loan.yaml").write_text(twice)
    assert {finding.mends for finding in check(load(tmp_path / "loan.yaml")).errors} == {()}


@pytest.mark.parametrize("is_table", [True, False])
def test_a_number_that_a_table_gives_is_mended_where_it_is_written(tmp_path: Path, *, is_table: bool) -> None:
    """In a list or in a file of its own; the author fills the amount in."""
    text = RATES.replace("table: RULES", "table: rates.csv") if is_table else RATES.replace("RULES", RATE_RULES)
    (tmp_path / "rates.yaml").write_text(text)
    (tmp_path / "rates.csv").write_text("years,then\n>= 5,2\n< 4,3\n")
    [gap] = check(load(tmp_path / "rates.yaml")).errors
    told = [str(mend).replace(f"{tmp_path}/", "") for mend in gap.mends]
    if is_table:
        assert told == [
            "widen `rate/row-2`: write `>= 4` in the column `years` of row 2 (rates.csv, line 2)",
            "widen `rate/row-3`: write `<= 4` in the column `years` of row 3 (rates.csv, line 3)",
            "add a row with `4` in the column `years`, and the amount in `then` (rates.csv, line 4):\n4,AMOUNT",
        ]
    else:
        assert told == [
            "widen `rate/long`: in its `when`, write `years: {at_least: 4}` for `years: {at_least: 5}` (line 7)",
            "widen `rate/short`: in its `when`, write `years: {at_most: 4}` for `years: {less_than: 4}` (line 8)",
            "add a rule (line 8): `- {rule: NAME, when: {years: 4}, then: AMOUNT, because: WHY}`",
        ]
        (tmp_path / "rates.yaml").write_text(pasted(text, gap.mends[2]))
        assert check(load(tmp_path / "rates.yaml")).sound


RISK_AGAIN = "  again: {means: again, outcomes: {low: Low, high: High}, rules: {table: risk.csv}}\n"
RATES = """\
policy: rates
title: Is it cheap?
situation:
  years: {ask: How many years?, type: integer, from: 0, to: 9}
numbers:
  rate: {means: the rate, table: RULES}
verdicts: {cheap: {title: Cheap}, dear: {title: Dear}}
rules:
  - {rule: low, when: {rate: {at_most: 2}}, then: cheap, because: Low.}
  - {rule: high, when: {rate: {more_than: 2}}, then: dear, because: High.}
"""
RATE_RULES = """[
      {rule: long, when: {years: {at_least: 5}}, then: 2, because: Long.},
      {rule: short, when: {years: {less_than: 4}}, then: 3, because: Short.}]"""

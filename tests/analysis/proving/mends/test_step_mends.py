"""Does a mend of a step settle what it was proposed for, and leave what the step decided before?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Finding, Policy, check, load
from engine.language.sections.policy_sources import load_text
from engine.meaning.outcomes import Outcome
from engine.meaning.reference import Situation, excluded_by
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import policies
from tests.support.judging.cases import situation_values
from tests.support.judging.proofs.mends import faults, pasted, readings, step_of
from tests.support.judging.spaces import situations

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
    """In no situation does another outcome stand where there was one, and what was found is nowhere afterwards."""
    drawn = data.draw(policies(small=True, chained=True))
    policy = load(drawn)
    text = policy.to_yaml()
    everything = situation_values(policy, situations(drawn))
    errors = (each for each in check(load_text(text.encode())).errors if each.code in ("gap", "conflict"))
    for step, finding in ((step_of(each), each) for each in errors if step_of(each)):
        before = [_outcome(policy, step, values) for values in everything]
        assert any(_shows(finding, each) for each in before)
        for mend in finding.mends:
            for edited in readings(text, mend, policy, step):
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


def test_steps_in_other_files_are_not_edited_in_this_one(tmp_path: Path) -> None:
    """Neither those of a policy nor the rows of a table: the file that is checked does not hold them."""
    head, rules = LOAN.split("    rules:\n      - {rule: young")
    (tmp_path / "loan.yaml").write_text(head + "    rules: {table: risk.csv}\n" + rules[rules.index("verdicts:") :])
    (tmp_path / "risk.csv").write_text("rare,age,then\n,[0..29],low\nyes,,high\n", encoding="utf-8")
    assert [finding.mends for finding in check(load(tmp_path / "loan.yaml")).errors] == [(), ()]

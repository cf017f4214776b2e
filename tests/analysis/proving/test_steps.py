"""What becomes of steps: how their errors are told, what they refuse, and what decisions say of them."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from engine import PolicyError, RecordError, check, decide, load, load_cases, run_cases
from engine.surfaces.render.policy_text import policy_words
from tests.support.running import run

_RISK: dict[str, Any] = {
    "means": "how great the risk is",
    "outcomes": {"low": "Low", "medium": "Medium", "high": "High"},
    "ordered": True,
    "decision": "first",
    "rules": [
        {"rule": "long-standing", "when": {"years": {"at_least": 5}}, "then": "low", "because": "Long custom."},
        {"rule": "works", "when": {"job": True}, "then": "medium", "because": "There is a job."},
        {"rule": "rest", "otherwise": True, "then": "high", "because": "Nothing speaks for them."},
    ],
}
_LOAN: dict[str, Any] = {
    "policy": "loan",
    "title": "Does the bank lend?",
    "situation": {
        "years": {"ask": "A customer for how long?", "type": "integer", "from": 0, "to": 9},
        "job": {"ask": "Is there a job?", "type": "yes_no"},
    },
    "steps": {"risk": _RISK},
    "verdicts": {"lend": {"title": "Lend"}, "refuse": {"title": "Refuse"}},
    "rules": [
        {"rule": "safe", "when": {"risk": {"at_most": "medium"}}, "then": "lend", "because": "It comes back."},
        {"rule": "unsafe", "when": {"risk": "high"}, "then": "refuse", "because": "It may not come back."},
    ],
}


def _loan(**risk: Any) -> dict[str, Any]:
    return _LOAN | {"steps": {"risk": _RISK | risk}}


def _problem(policy: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(PolicyError) as caught:
        load(policy)
    [problem] = caught.value.problems
    return problem.code, problem.message


def test_a_gap_in_a_step_is_told_with_its_name_and_counted_there_alone() -> None:
    proof = check(load(_loan(rules=_RISK["rules"][:2])))
    [finding] = proof.errors
    assert (finding.code, finding.situations) == ("gap", 5)
    assert finding.message == "5 of 20 situations get no outcome of the step `risk`"
    assert proof.situations == 20


def test_a_conflict_in_a_step_names_its_rules_with_the_step() -> None:
    proof = check(load(_loan(rules=_RISK["rules"][:2], decision="unique")))
    conflict = next(each for each in proof.errors if each.code == "conflict")
    assert conflict.rules == ("risk/long-standing", "risk/works")
    assert conflict.message == '5 of 20 situations get both "Low" and "Medium" in the step `risk`'


def test_a_rule_of_a_step_that_never_decides_is_told_with_the_step() -> None:
    late = {"rule": "late", "when": {"years": 7}, "then": "high", "because": "So."}
    rules = [*_RISK["rules"][:2], late, _RISK["rules"][2]]
    [finding] = [each for each in check(load(_loan(rules=rules))).findings if each.code == "dead-rule"]
    assert finding.rules[0] == "risk/late"


def test_a_warning_about_what_a_faulty_step_keeps_away_says_to_mend_the_step_first() -> None:
    """Both rules of the step apply to low risks: where it is mended, `safe` decides again."""
    torn = [
        {"rule": "calm", "when": {"years": {"at_least": 5}}, "then": "low", "because": "It is calm."},
        {"rule": "rough", "when": {"years": {"at_least": 5}}, "then": "high", "because": "It is rough."},
        {"rule": "short", "when": {"years": {"less_than": 5}}, "then": "high", "because": "Nobody knows them."},
    ]
    torn_step = check(load(_loan(decision="unique", rules=torn)))
    helps = {each.code: each.help for each in torn_step.warnings if "safe" in each.rules}
    assert helps["dead-rule"] == (
        "mend the step `risk` first, which may change this; if it stays, correct its `when`, or remove it"
    )
    assert {help_.partition(",")[0] for help_ in helps.values()} == {"mend the step `risk` first"}
    [dead] = [each for each in torn_step.warnings if each.code == "dead-rule" and "safe" in each.rules]
    assert dead.message == "`safe` never decides: its `when` holds in no possible situation where all steps decide"
    mended = check(load(_loan(decision="first", rules=torn)))
    assert mended.sound
    assert not [each for each in mended.warnings if "safe" in each.rules]


def test_a_decision_says_what_its_steps_decided_and_why() -> None:
    decision = decide(load(_LOAN), {"years": 1, "job": True})
    step = decision.steps["risk"]
    assert (decision.verdict, step.outcome, step.rules) == ("lend", "medium", ("risk/works",))
    assert "how great the risk is: Medium  (risk)" in str(decision)
    assert decision.to_dict()["steps"]["risk"]["because"] == ["There is a job."]


def test_an_open_answer_leaves_several_outcomes_of_a_step() -> None:
    decision = decide(load(_LOAN), {"job": True})
    step = decision.steps["risk"]
    assert (decision.verdict, step.outcome, step.possible) == ("lend", None, ("low", "medium"))


def test_under_first_a_step_that_only_later_rules_read_is_not_told() -> None:
    early = {"rule": "early", "when": {"years": 0}, "then": "refuse", "because": "Too early."}
    policy = load(_LOAN | {"decision": "first", "rules": [early, *_LOAN["rules"]]})
    assert decide(policy, {"years": 0}).steps == {}
    assert decide(policy, {"years": 6}).steps["risk"].outcome == "low"


def test_a_draft_says_which_step_is_faulty() -> None:
    policy = load(_loan(rules=_RISK["rules"][:2]))
    decision = decide(policy, {"years": 1, "job": False}, draft=True)
    assert (decision.outcome, decision.steps["risk"].faults) == ("gap", ("gap",))
    assert "No rule of the step `risk` of the draft stands." in str(decision)


def test_a_record_that_gives_a_step_is_refused() -> None:
    with pytest.raises(RecordError) as caught:
        decide(load(_LOAN), {"risk": "low"})
    assert caught.value.problems[0].message == "`risk` is a step, which is worked out and not answered"


def test_an_outcome_that_a_step_cannot_have_is_refused_wherever_it_is_named() -> None:
    rules = [_LOAN["rules"][0] | {"when": {"risk": "lo"}}, _LOAN["rules"][1]]
    assert _problem(_LOAN | {"rules": rules})[0] == "unknown-choice"
    wrong = [_RISK["rules"][0] | {"then": "lo"}, *_RISK["rules"][1:]]
    assert _problem(_loan(rules=wrong)) == ("unknown-verdict", "there is no outcome `lo`")


def test_steps_that_need_each_other_are_refused_also_through_facts() -> None:
    rules = [{"rule": "own", "when": {"safe": True}, "then": "low", "because": "So."}, _RISK["rules"][2]]
    facts = {"safe": {"means": "safe", "when": {"risk": "low"}}}
    code, message = _problem(_loan(rules=rules) | {"facts": facts})
    assert (code, message) == ("step-cycle", "these steps are defined in terms of each other: `risk` → `safe` → `risk`")


def test_what_is_impossible_reads_no_step() -> None:
    facts = {"safe": {"means": "safe", "when": {"risk": "low"}}}
    never = [{"when": {"safe": True, "job": False}, "because": "So."}]
    assert _problem(_LOAN | {"facts": facts, "impossible": never})[0] == "impossible-step"


def test_a_step_that_nothing_reads_is_a_warning_and_still_has_to_have_one_outcome() -> None:
    rules = [{"rule": "all", "then": "lend", "because": "So."}]
    policy = _LOAN | {"rules": rules, "verdicts": {"lend": {"title": "Lend"}}}
    assert [each.code for each in check(load(policy)).findings] == ["unused-step"]
    faulty = policy | {"steps": {"risk": _RISK | {"rules": _RISK["rules"][:2]}}}
    assert [each.code for each in check(load(faulty)).errors] == ["gap"]


def test_a_case_may_expect_outcomes_of_steps() -> None:
    policy = load(_LOAN)
    case = {"case": "new", "given": {"years": 1, "job": True}, "expect": "lend", "steps": {"risk": "medium"}}
    report = run_cases(policy, load_cases({"policy": "loan", "cases": [case]}, policy))
    assert report.passed
    wrong = load_cases({"policy": "loan", "cases": [case | {"steps": {"risk": "low"}}]}, policy)
    assert run_cases(policy, wrong).results[0].message == (
        "expected the step `risk` to be “Low” (low), got “Medium” (medium)"
    )


_TEXT = """
policy: loan
title: Does the bank lend?
situation:
  years: {ask: "A customer for how long?", type: integer, from: 0, to: 9}
  job: {ask: "Is there a job?", type: yes_no}
steps:
  risk:
    means: how great the risk is
    outcomes: {low: Low, high: High}
    rules:
      - {rule: known, when: {years: {at_least: 5}}, then: low, because: Long custom.}
      - {rule: rest, otherwise: yes, then: high, because: Nothing speaks for them.}
verdicts: {lend: {title: Lend}, refuse: {title: Refuse}}
rules:
  - {rule: safe, when: {risk: low}, then: lend, because: It comes back.}
  - {rule: jobless, when: {risk: [low, high], job: no}, then: refuse, because: Who would pay?}
"""


def test_mends_of_rules_that_read_a_step_are_proved() -> None:
    conflict, gap = check(load(_TEXT)).errors
    assert conflict.facts == (("how great the risk is", "Low"),)
    assert any("overrides" in str(mend) for mend in conflict.mends)
    assert "years: {at_most: 4}, job: yes" in str(gap.mends[0])


def test_a_step_is_shown_with_its_rules() -> None:
    lines = list(policy_words(load(_LOAN)))
    start = lines.index("What it decides first")
    assert lines[start + 1 : start + 3] == ["  how great the risk is  (risk)", "    one of these (in rising order):"]
    assert "      long-standing: Low" in lines


def test_tables_and_records_get_the_outcomes_of_steps(tmp_path: Path) -> None:
    (tmp_path / "loan.yaml").write_text(_TEXT, encoding="utf-8")
    (tmp_path / "in.csv").write_text("years,job\n6,yes\n1,yes\n,\n99,yes\n", encoding="utf-8")
    (tmp_path / "in.jsonl").write_text(
        '{"years": 6, "job": true}\n{"years": 1, "job": true}\n{}\n{"years": 99, "job": true}\n', encoding="utf-8"
    )
    whole = _TEXT.replace("[low, high], job: no", "high")
    (tmp_path / "loan.yaml").write_text(whole, encoding="utf-8")
    for kind in ("csv", "jsonl"):
        names = [str(tmp_path / name) for name in ("loan.yaml", f"in.{kind}", f"out.{kind}")]
        assert run("batch", *names[:2], "-o", names[2], "--steps", "-q").code == 1
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines() == [
        "years,job,verdict,steps.risk,problem",
        "6,yes,lend,low,",
        "1,yes,refuse,high,",
        ",,,,undecided",
        "99,yes,,,wrong: years",
    ]
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["steps.risk"] for line in lines] == ["low", "high", None, None]


def test_the_order_of_ordered_outcomes_is_part_of_what_a_policy_says() -> None:
    turned = dict(reversed(_RISK["outcomes"].items()))
    assert load(_LOAN).sha256 != load(_loan(outcomes=turned)).sha256


def test_a_guarantee_may_say_something_once_a_step_is_mended() -> None:
    """Where the step has no outcome there is no pair that it could be about."""
    data = _loan(rules=[{**_RISK["rules"][0], "when": {"job": True}}])
    data["guarantees"] = [{"guarantee": "blind", "ignores": "job", "because": "It should not matter."}]
    [vacuous] = [each for each in check(load(data)).errors if each.code == "vacuous-guarantee"]
    assert vacuous.help.startswith("mend the step `risk` first, which may change this; if it stays, take it out, or")


@pytest.mark.parametrize("reads", ["steps", "numbers"])
def test_a_comparison_that_no_outcome_meets_names_its_step_all_the_same(reads: str) -> None:
    """What reads a step so comes after it, and is told in its words."""
    never = {"when": {"risk": {"more_than": "high"}}, "because": "Never."}
    rest = {"rule": "rest", "otherwise": True, "because": "Always."}
    if reads == "steps":
        rules = [{"rule": "never", **never, "then": "odd"}, {**rest, "then": "even"}]
        more: dict[str, Any] = {"steps": {"other": {"means": "it", "outcomes": {"odd": "Odd", "even": "Even"},
                                                    "rules": rules}, "risk": _RISK}}  # fmt: skip
    else:
        more = {
            "numbers": {"other": {"means": "it", "table": [{"rule": "never", **never, "then": 1}, {**rest, "then": 2}]}}
        }
    data = _LOAN | more
    told = [each.message for each in check(load(data)).findings if each.code == "impossible-test"]
    assert told == ["no possible situation meets this test: how great the risk is: more than High"]
    data = deepcopy(data)
    data["steps"]["risk"]["rules"][0]["when"] = {"other": {"one_of": ["odd"]} if reads == "steps" else {"at_least": 1}}
    assert _problem(data)[0] == "step-cycle"

"""What is said of outputs: conflicts, guarantees that ignore answers, and rules that change nothing but outputs."""

from __future__ import annotations

from typing import Any

from engine import (
    Proof,
    certify,
    check,
    decide,
    diff,
    explain,
    find_survivors,
    interview,
    load,
    load_cases,
    run_cases,
    verify,
)
from tests.support.making.picnic import picnic, with_outputs


def _priced(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The picnic with these rules, all of which say `garden`."""
    kept = [{"then": "garden", "because": "So it is.", **rule} for rule in rules]
    return picnic(verdicts={"garden": {"title": "In the garden", "output": {"price": 3}}}, rules=kept, **more)


def _messages(proof: Proof) -> list[str]:
    return [finding.message for finding in proof.findings]


def test_rules_of_one_verdict_with_other_outputs_are_a_conflict() -> None:
    """The message names the output and what each rule says; the certificate counts it, and is verified."""
    few = {"rule": "few", "when": {"guests": {"at_most": 10}}, "output": {"price": 4}}
    wet = {"rule": "wet", "when": {"rain": True}, "output": {"price": 5, "tent": True}}
    rest = {"rule": "rest", "otherwise": True}
    policy = load(_priced(few, wet, rest))
    proof = check(policy)
    assert [finding.code for finding in proof.errors] == ["conflict"]
    assert _messages(proof)[0] == (
        '10 of 60 situations get "In the garden" with different outputs: `few` says `price: 4` and no `tent`, '
        "and `wet` says `price: 5` and `tent: true`"
    )
    assert (proof.verdicts, certify(policy).conflicts) == ({"garden": 50}, 10)
    assert not verify(policy, certify(policy)).sound
    draft = decide(policy, {"rain": True, "guests": 3}, draft=True)
    assert (draft.outcome, draft.verdict, draft.output, draft.rules) == ("conflict", None, None, ("few", "wet"))


def test_equal_numbers_agree_and_truth_values_are_none() -> None:
    """4, 4.0 and 4.00 are one number; `true` is not 1, and nothing is not null."""
    for one, other, agree in (
        (4, 4.0, True),
        (1, True, False),
        ([1, {"a": 2.0}], [1.0, {"a": 2}], True),
        (None, 0, False),
    ):
        rules = [{"rule": name, "output": {"x": value}} for name, value in (("one", one), ("other", other))]
        assert (not check(load(_priced(*rules))).errors) == agree, (one, other)
    rules = [{"rule": "one", "output": {"x": None}}, {"rule": "other"}]
    assert "`one` says `x: null`, and `other` says no `x`" in _messages(check(load(_priced(*rules))))[0]


def test_what_ignores_an_answer_ignores_it_in_outputs_too() -> None:
    """The finding shows both situations with the output in which they differ."""
    promise = {"guarantee": "any-weather", "ignores": "rain", "because": "Rain costs nothing."}
    wet = {"rule": "wet", "when": {"rain": True}, "output": {"price": 5}}
    policy = load(_priced({"rule": "dry", "when": {"rain": False}}, wet, guarantees=[promise]))
    [finding] = check(policy).errors
    assert (finding.code, finding.situations) == ("broken-guarantee", 30)
    assert sorted(dict(side.derived)["output `price`"] for side in finding.pair) == ["3", "5"]
    assert "output `price`" in str(finding)
    assert not verify(policy, certify(policy)).sound


def test_a_rule_that_changes_outputs_alone_is_needed() -> None:
    """Under `first` and under `unique`; so are the question and the answers that it reads."""
    wet = {"rule": "wet", "when": {"rain": True}, "output": {"price": 5}}
    rest = {"rule": "rest", "otherwise": True}
    for decision in ("first", "unique"):
        found = {finding.code for finding in check(load(_priced(wet, rest, decision=decision))).findings}
        assert found == {"unused-field"}
    same = {"rule": "wet", "when": {"rain": True}, "output": {"price": 3.0}}
    found = {finding.code for finding in check(load(_priced(same, rest, decision="first"))).findings}
    assert {"redundant-rule", "idle-field"} <= found


def test_what_is_collected_never_conflicts() -> None:
    """The values of all rules that stand, in the order of the file and without repeats; none if no rule gives one."""
    rules: list[dict[str, Any]] = [
        {"rule": "all"},
        {"rule": "wet", "when": {"rain": True}, "output": {"bring": "coat"}},
        {"rule": "few", "when": {"guests": {"at_most": 5}}, "output": {"bring": ["rug"]}},
        {"rule": "three", "when": {"guests": 3}, "output": {"bring": "coat"}},
    ]
    policy = load(_priced(*rules, collect=["bring"]))
    assert not check(policy).errors
    assert decide(policy, {"rain": True, "guests": 3}).output == {"price": 3, "bring": ["coat", ["rug"]]}
    assert decide(policy, {"rain": False, "guests": 3}).output == {"price": 3, "bring": [["rug"], "coat"]}
    assert decide(policy, {"rain": False, "guests": 9}).output == {"price": 3}


def test_outputs_that_missing_answers_change_are_open() -> None:
    """They are null and listed; the verdict stays decided, `ask` names a question, and an interview goes on."""
    policy = load(with_outputs())
    decision = decide(policy, {"rain": True})
    assert (decision.outcome, decision.verdict, decision.ask) == ("decided", "kitchen", "guests")
    assert (decision.output, decision.open_outputs) == ({"place": "inside", "tables": None}, ("tables",))
    assert "tables  depends on what is not answered" in str(decision)
    at = interview(policy).answer(True)
    assert at.question is not None
    assert at.question.name == "guests"
    assert at.answer(9).decision.output == {"place": "inside", "tables": [2]}
    assert explain(policy, {"rain": True}).to_dict()["open_outputs"] == ["tables"]


def test_a_changed_output_is_a_change() -> None:
    """`diff` names the output, before and after; a verdict that only one version replaces is compared as well."""
    old, new = with_outputs(), with_outputs()
    new["rules"][1]["output"] = {"tables": 3}
    found = diff(load(old), load(new))
    assert [change.headline(found.total) for change in found.changes] == [
        "kitchen (tables: 1) -> kitchen (tables: 3)   8 of 60 situations (13.3 %)"
    ]
    plain = {**old, "rules": [{key: each for key, each in rule.items() if key != "output"} for rule in old["rules"]]}
    assert {(change.before.name, change.after.name) for change in diff(load(plain), load(old)).changes} == {
        ("garden (tables: none)", "garden (tables: rug)"),
        ("kitchen (tables: none)", "kitchen (tables: 1)"),
        ("kitchen (tables: none)", "kitchen (tables: 2)"),
    }


def test_cases_expect_outputs_and_notice_their_loss() -> None:
    """By value, some of them, or none of a name; a mutant without an output survives what does not expect it."""
    policy = load(with_outputs())

    def cases(output: dict[str, Any]) -> Any:
        case = {"case": "wet", "given": {"rain": True, "guests": 4}, "expect": "kitchen", "output": output}
        return load_cases({"policy": policy.name, "cases": [case]}, policy)

    assert run_cases(policy, cases({"tables": 1.0, "place": "inside"})).passed
    [result] = run_cases(policy, cases({"tables": 2, "place": None})).results
    assert result.message == "expected `tables: 2` and no `place`, got `tables: 1` and `place: inside` by `wet`"
    words = "`wet`: without its output `tables`"
    for output, is_noticed in (({"tables": 1}, True), ({"place": "inside"}, False)):
        survivors = [each.mutant.words for each in find_survivors(policy, cases(output)).survivors]
        assert (words not in survivors) == is_noticed

"""What do rules for all others and for all other situations do, and what is said of those that do nothing?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine import Policy, check, decide, explain, load

ALL = [{"rules": "all", "because": "Safety comes first."}]


def rule(name: str, when: dict[str, Any] | None, then: str, **more: Any) -> dict[str, Any]:
    """A rule that gives one of four verdicts."""
    return {
        "rule": name,
        **({} if when is None else {"when": when}),
        "then": then,
        "because": f"So says {name}.",
        **more,
    }


def policy(*rules: dict[str, Any]) -> Policy:
    """A policy about three questions."""
    questions = {name: {"ask": f"{name}?", "type": "yes_no"} for name in ("rain", "storm", "captain")}
    verdicts = {name: {"title": name.capitalize()} for name in dict.fromkeys(each["then"] for each in rules)}
    return load(
        {"policy": "sailing", "title": "Do we sail?", "situation": questions, "verdicts": verdicts, "rules": rules}
    )


def codes(found: Policy) -> list[tuple[str, ...]]:
    """The codes of all findings, each with its rules."""
    return [(each.code, *each.rules) for each in check(found).findings if not each.code.startswith("unused")]


def test_a_rule_overrides_all_others_those_written_later_too() -> None:
    """Whatever else applies, it decides; `explain` gives its reason."""
    found = policy(
        rule("storm", {"storm": True}, "stay", overrides=ALL), rule("wet", {"rain": True}, "wait"),
        rule("dry", {"rain": False}, "sail"),
    )  # fmt: skip
    assert codes(found) == []
    assert check(found).verdicts == {"stay": 4, "wait": 2, "sail": 2}
    [wet, _] = explain(found, {"rain": True, "storm": True, "captain": False}).others
    assert (wet.overridden_by, wet.words) == (("storm",), ("storm overrides it: Safety comes first.",))


def test_what_overrides_it_directly_or_through_another_does_not_give_way() -> None:
    """The captain overrides the mate, who overrides the storm: the storm overrides neither of them."""
    captain = rule("captain", {"captain": True}, "sail", overrides={"mate": "The captain decides."})
    mate = rule("mate", {"rain": True}, "wait", overrides={"storm": "The mate knows better."})
    found = policy(captain, mate, rule("storm", {"storm": True}, "stay", overrides=ALL))
    assert found.weaker["storm"] == frozenset()
    assert ("conflict", "captain", "storm") in codes(found)
    assert decide(found, {"rain": True, "storm": True, "captain": True}, draft=True).verdict == "sail"


def test_an_override_of_what_overrides_all_is_needed_although_that_gives_way_anyway() -> None:
    """Without it, the rule that overrides all others would override the exception."""
    found = policy(
        rule("storm", {"storm": True}, "stay", overrides=ALL),
        rule("rescue", {"storm": True, "captain": True}, "sail", overrides={"storm": "Somebody drowns."}),
        rule("usual", None, "sail"),
    )
    assert codes(found) == []
    assert decide(found, {"rain": True, "storm": True, "captain": True}).rules == ("rescue",)


def test_an_override_of_all_that_changes_nothing_is_reported_once() -> None:
    """Not once for each of the others."""
    found = policy(
        rule("storm", {"storm": True}, "stay", overrides=ALL), rule("wet", {"storm": False, "rain": True}, "wait"),
        rule("dry", {"storm": False, "rain": False}, "sail"),
    )  # fmt: skip
    assert codes(found) == [("useless-override", "storm")]


def test_reasons_in_common_are_the_same_as_reasons_one_by_one() -> None:
    """A list of rules and a map say the same, with the same hash."""
    others = [rule("wet", {"rain": True}, "wait"), rule("dry", {"rain": False}, "sail")]
    listed = [{"rules": ["wet", "dry"], "because": "Why."}]
    one = policy(*others, rule("storm", {"storm": True}, "stay", overrides=listed))
    other = policy(*others, rule("storm", {"storm": True}, "stay", overrides={"wet": "Why.", "dry": "Why."}))
    assert (one, one.sha256) == (other, other.sha256)
    again = load(policy(*others, rule("storm", {"storm": True}, "stay", overrides=ALL)).to_yaml())
    assert again.rule["storm"].overrides_all is not None
    assert again.sha256 != one.sha256 == load(one.to_yaml()).sha256


def test_otherwise_applies_where_no_other_rule_does_in_any_place() -> None:
    """It decides nothing where another rule applies, also one that is overridden or disagrees with a third."""
    rest = rule("rest", None, "sail", otherwise=True)
    storm = rule("storm", {"storm": True}, "stay", overrides={"wet": "So."})
    for rules in (
        (rest, storm, rule("wet", {"rain": True}, "wait")),
        (rule("wet", {"rain": True}, "wait"), storm, rest),
    ):
        found = policy(*rules)
        proof = check(found)
        assert codes(found) == []
        assert proof.verdicts == {"sail": 2, "stay": 4, "wait": 2}
        assert proof.to_dict()["otherwise"] == {"rule": "rest", "situations": 2}
        assert decide(found, {"rain": False, "storm": False, "captain": True}).rules == ("rest",)


def test_what_otherwise_would_have_said_is_told_by_the_rules_that_apply() -> None:
    """Whole records name them; of partial ones it is said where that is certain."""
    found = policy(
        rule("storm", {"storm": True}, "stay"), rule("wet", {"rain": True}, "stay"),
        rule("rest", None, "sail", otherwise=True),
    )  # fmt: skip
    *_, rest = explain(found, {"rain": True, "storm": True, "captain": False}).others
    assert (rest.applies, rest.overridden_by) == (False, ("storm", "wet"))
    assert str(rest) == "rest: Sail\n  does not apply, because storm and wet apply"
    either = policy(
        rule("storm", {"storm": True}, "stay"), rule("calm", {"storm": False}, "stay"),
        rule("rest", None, "sail", otherwise=True),
    )  # fmt: skip
    *_, never = explain(either, {"rain": True}).others
    assert (never.applies, never.overridden_by, never.words) == (False, (), ("another rule always applies",))


def test_otherwise_that_takes_nothing_is_dead_and_what_repeats_it_is_redundant() -> None:
    """The rules that leave nothing are not listed: they may be all of them."""
    found = policy(
        rule("storm", {"storm": True}, "stay"), rule("calm", {"storm": False}, "sail"),
        rule("rest", None, "wait", otherwise=True),
    )  # fmt: skip
    assert codes(found) == [("dead-rule", "rest"), ("idle-verdict", "rest")]
    same = policy(
        rule("storm", {"storm": True}, "stay"), rule("calm", {"captain": True, "storm": False}, "sail"),
        rule("rest", None, "sail", otherwise=True),
    )  # fmt: skip
    assert ("redundant-rule", "calm") in codes(same)


def test_a_gap_too_scattered_for_a_rule_may_be_taken_by_otherwise() -> None:
    """The mend is a rule for what the others leave; none is proposed where rules override each other in a circle."""
    fields = {name: {"ask": f"{name}?", "type": "integer", "from": 0, "to": 19} for name in ("a", "b", "c")}
    rules = [rule(f"r{at}", {"a": at, "b": {"at_most": at}, "c": {"at_least": at}}, "stay") for at in range(0, 20, 2)]
    data = {"policy": "odd", "title": "Which?", "situation": fields, "verdicts": {"stay": {"title": "Stay"}}}
    [gap] = check(load({**data, "rules": rules})).errors
    assert [mend.words for mend in gap.mends] == [
        "add a rule at the end: `- {rule: NAME, otherwise: yes, then: VERDICT, because: WHY}`"
    ]


_HEAD = (
    "policy: sailing\ntitle: Do we sail?\nsituation:\n  storm: {ask: A storm?, type: yes_no}\n"
    "  rain: {ask: Any rain?, type: yes_no}\n"
    "verdicts: {sail: {title: Sail}, stay: {title: Stay}, wait: {title: Wait}}\nrules:\n"
    "  - {rule: usual, then: sail, because: It is fun.}\n"
    "  - {rule: wet, when: {rain: yes}, then: wait, because: It is wet., overrides: {usual: So.}}\n"
    "  - rule: storm\n    when: {storm: yes, rain: yes}\n    then: stay\n    because: It blows.\n"
)


@pytest.mark.parametrize(
    ("overrides", "added"),
    [
        ("    overrides:\n      - rules: [usual]\n        because: So.\n", "\n      - {rules: [wet], because: WHY}"),
        ("    overrides:\n    - {rules: [usual], because: So.}\n", "\n    - {rules: [wet], because: WHY}"),
        ("    overrides: [{rules: [usual], because: So.}]\n", ", {rules: [wet], because: WHY}"),
        ("    overrides: {usual: So.}\n", ", wet: WHY"),
    ],
)
def test_an_override_is_added_in_the_form_that_is_there(tmp_path: Path, overrides: str, added: str) -> None:
    """To a list as one more item, in blocks or in brackets; to a map as one more entry."""
    (tmp_path / "sailing.yaml").write_text(_HEAD + overrides, encoding="utf-8")
    [conflict] = check(load(tmp_path / "sailing.yaml")).errors
    edits = [mend.edit.text for mend in conflict.mends if mend.edit]
    assert added in edits

"""What does a rule that overrides all others do to the others, and what is said of one that does nothing?"""

from __future__ import annotations

from typing import Any

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

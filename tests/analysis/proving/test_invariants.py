"""What becomes of guarantees of what always holds, whatever the verdict is."""

from __future__ import annotations

from typing import Any

from engine import Invariant, certify, check, load, verify
from engine.surfaces.render.policy_text import policy_words
from tests.support.proving import broken_guarantees

_FEE: dict[str, Any] = {
    "policy": "library-fee",
    "title": "What does it cost to borrow?",
    "situation": {
        "days": {"ask": "For how many days?", "type": "integer", "from": 0, "to": 9},
        "off": {"ask": "How many days are free?", "type": "integer", "from": 0, "to": 3},
        "member": {"ask": "Is it a member?", "type": "yes_no"},
    },
    "numbers": {"charged": {"means": "days to pay for", "sum": {"days": 1, "off": -1}}},
    "facts": {"guest": {"means": "a guest", "when": {"member": False}}},
    "verdicts": {"free": {"title": "Free"}, "paid": {"title": "To pay"}},
    "rules": [
        {"rule": "members", "when": {"member": True}, "then": "free", "because": "They pay by the year."},
        {"rule": "guests", "when": {"guest": True}, "then": "paid", "because": "Books are dear."},
    ],
}


def _with(*guarantees: dict[str, Any], **sections: Any) -> dict[str, Any]:
    named = [{"guarantee": f"promise-{at}", "because": "We say so."} | each for at, each in enumerate(guarantees)]
    return _FEE | {"guarantees": named} | sections


def test_what_should_always_hold_is_broken_by_answers_and_no_rule_is_blamed() -> None:
    [finding] = broken_guarantees(_with({"always": {"charged": {"at_least": 0}}}))
    assert finding.message == "12 of 80 situations break the guarantee `promise-0`: We say so."
    assert finding.rules == ()
    assert finding.example == {"days": 0, "off": 1, "member": False}
    assert dict(finding.numbers) == {"days to pay for": "-1"}
    assert "impossible" in finding.help


def test_what_is_declared_impossible_breaks_nothing() -> None:
    never = {"when": {"days": {"less_than": {"field": "off"}}}, "because": "No more days are free than there are."}
    assert check(load(_with({"always": {"charged": {"at_least": 0}}}, impossible=[never]))).sound


def test_a_when_says_where_it_must_always_hold() -> None:
    assert not broken_guarantees(_with({"when": {"days": {"at_least": 3}}, "always": {"charged": {"at_least": 0}}}))
    [finding] = broken_guarantees(_with({"when": {"days": {"at_least": 2}}, "always": {"charged": {"at_least": 0}}}))
    assert finding.situations == 2


def test_a_gap_and_a_conflict_do_not_excuse_what_does_not_always_hold() -> None:
    gap = _with({"always": {"guest": False}}, rules=_FEE["rules"][:1])
    assert [each.situations for each in broken_guarantees(gap)] == [40]
    both = {"rule": "all", "when": {"days": {"at_least": 0}}, "then": "free", "because": "It is a gift."}
    conflict = _with({"always": {"guest": False}}, rules=[*_FEE["rules"], both])
    assert [each.situations for each in broken_guarantees(conflict)] == [40]


def test_a_field_that_only_a_guarantee_reads_is_used() -> None:
    unused = {each.message.split("`")[1] for each in check(load(_FEE)).findings if each.code == "unused-field"}
    assert unused == {"days", "off"}
    promised = check(load(_with({"always": {"charged": {"at_least": -3}}})))
    assert not [each for each in promised.findings if each.code.startswith("unused-")]


def test_it_is_certified_and_verified() -> None:
    policy = load(_with({"always": {"charged": {"at_least": 0}}}, {"always": {"charged": {"at_least": -3}}}))
    certificate = certify(policy)
    assert certificate.guarantees == {"promise-0": False, "promise-1": True}
    assert not verify(policy, certificate).sound


def test_it_is_written_and_read_again_alike() -> None:
    policy = load(_with({"when": {"member": True}, "always": {"charged": {"at_least": 0}, "off": 0}}))
    assert isinstance(policy.guarantees[0], Invariant)
    assert load(policy.to_dict()) == load(policy.to_yaml()) == policy
    assert policy.sha256 != load(_with({"when": {"member": True}, "always": {"charged": {"at_least": 0}}})).sha256


def test_it_is_shown_in_the_words_of_the_author() -> None:
    shown = "\n".join(policy_words(load(_with({"when": {"guest": True}, "always": {"charged": {"at_least": 0}}}))))
    assert shown.endswith(
        "What it guarantees\n"
        "  promise-0: always as follows. We say so.\n"
        "      days to pay for: at least 0\n"
        "    when\n"
        "      a guest"
    )

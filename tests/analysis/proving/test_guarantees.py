"""What becomes of guarantees about two situations: which are broken, by what, and what is said of it."""

from __future__ import annotations

from typing import Any

import pytest

from engine import Finding, certify, check, load
from engine.surfaces.render.policy_text import policy_words
from tests.support.proving import broken_guarantees

_LOAN: dict[str, Any] = {
    "policy": "loan",
    "title": "Do we lend the money?",
    "situation": {
        "sex": {"ask": "Are you a man or a woman?", "choices": {"man": "A man", "woman": "A woman"}},
        "leave": {"ask": "Are you on maternity leave?", "type": "yes_no"},
        "income": {"ask": "What comes in?", "type": "integer", "from": 0, "to": 9},
        "rent": {"ask": "What is the rent?", "type": "integer", "from": 0, "to": 9},
    },
    "numbers": {"left": {"means": "what is left", "sum": {"income": 1, "rent": -1}}},
    "impossible": [{"when": {"sex": "man", "leave": True}, "because": "Only women are."}],
    "verdicts": {"lend": {"title": "Lend it"}, "refuse": {"title": "Refuse"}},
    "rules": [
        {"rule": "enough", "when": {"left": {"at_least": 3}}, "then": "lend", "because": "It can be paid back."},
        {"rule": "little", "when": {"left": {"less_than": 3}}, "then": "refuse", "because": "It is too little."},
    ],
}


def _loan(*guarantees: dict[str, Any], **sections: Any) -> dict[str, Any]:
    named = [{"guarantee": f"promise-{at}", "because": "The law says so."} | each for at, each in enumerate(guarantees)]
    return _LOAN | {"guarantees": named} | sections


def test_a_kept_promise_to_ignore_answers_says_how_many_situations_have_no_partner() -> None:
    proof = check(load(_loan({"ignores": "sex"})))
    assert proof.sound
    [note] = [each for each in proof.findings if each.code == "no-partner"]
    assert note.severity == "note"
    assert note.message.startswith("the guarantee `promise-0` says nothing about 100 of 300 situations: no other ")
    assert note.answers == (("Are you on maternity leave?", "yes"),)


def test_a_broken_one_shows_two_situations_side_by_side() -> None:
    [finding] = broken_guarantees(_loan({"ignores": "rent"}))
    # For each of three people, and each income from 3, so many rents leave enough and the others do not.
    assert finding.situations == 3 * sum((income - 2) * (10 - (income - 2)) for income in range(3, 10))
    assert finding.differs == ("rent",)
    one, other = finding.pair
    assert (one.verdict, one.rules, other.verdict, other.rules) == ("lend", ("enough",), "refuse", ("little",))
    assert {**one.example, "rent": other.example["rent"]} == other.example
    assert dict(one.derived).keys() == dict(other.derived).keys() == {"what is left"}
    assert str(finding) == "\n".join(
        [
            "policy: guarantees[0].guarantee  error  broken-guarantee  enough, little",
            "  420 pairs of situations break the guarantee `promise-0`: The law says so.",
            "  and at        policy: rules[0].rule",
            "  and at        policy: rules[1].rule",
            "  they say      enough: It can be paid back.",
            "                little: It is too little.",
            "  for example                       one situation   the other situation",
            "                What is the rent?   0               1",
            "                (what is left)      3               2",
            "                (the verdict)       Lend it         Refuse",
            "                (by the rules)      enough          little",
            "  in both       What comes in?   3",
            "                (the other answers make no difference)",
            "  help          let the rules give both situations the same verdict, or change the guarantee",
        ]
    )


def test_what_puts_both_situations_under_the_promise_is_shown() -> None:
    """Elsewhere the other answers make a difference: the promise says nothing there."""
    [finding] = broken_guarantees(_loan({"ignores": "rent", "when": {"leave": True, "rent": {"at_most": 8}}}))
    assert finding.differs == ("rent",)
    assert dict(finding.answers) == {"Are you on maternity leave?": "yes", "What comes in?": "3"}
    [finding] = broken_guarantees(
        _loan({"ignores": "rent", "when": {"not": {"leave": True, "income": {"less_than": 3}}}})
    )
    assert dict(finding.answers) == {"What comes in?": "3"}


def test_its_dictionary_has_both_situations() -> None:
    [finding] = broken_guarantees(_loan({"ignores": ["rent", "income"], "when": {"sex": "man"}}))
    data = finding.to_dict()
    assert [side["verdict"] for side in data["pair"]] == ["lend", "refuse"]
    assert data["example"] == data["pair"][0]["example"]
    assert set(data["differs"]) <= {"rent", "income"}
    assert "pair" not in check(load("other-interviews-as-written")).findings[0].to_dict()


def test_neighbours_alone_do_not_show_it() -> None:
    """Where the answers between two are impossible, the pair that breaks the promise is not of neighbours."""
    between = [{"when": {"rent": {"at_least": 2, "at_most": 7}}, "because": "There are no such flats."}]
    rules = [
        {"rule": "low", "when": {"rent": {"less_than": 5}}, "then": "lend", "because": "x."},
        {"rule": "high", "when": {"rent": {"at_least": 5}}, "then": "refuse", "because": "x."},
    ]
    [finding] = broken_guarantees(_loan({"ignores": "rent"}, impossible=between, rules=rules))
    assert finding.situations == 2 * 2 * 10 * (2 * 2)


def test_a_promise_about_no_pair_is_an_error() -> None:
    proof = check(load(_loan({"ignores": "sex", "when": {"leave": True}})))
    assert [finding.code for finding in proof.errors] == ["vacuous-guarantee"]
    assert "no-partner" not in {finding.code for finding in proof.findings}
    assert certify(load(_loan({"ignores": "sex", "when": {"leave": True}}))).guarantees == {"promise-0": False}


def test_of_a_promise_that_may_be_about_no_pair_no_situation_is_said_to_have_no_partner() -> None:
    """Few steps do not settle whether it is about any pair; nothing that is said then is taken back with more.

    The second and the third promise are about no pair: women alone are on leave, and only one income is meant.
    """
    endless = _LOAN["situation"] | {"income": {"ask": "What comes in?", "type": "integer", "from": 0}}
    told_at_last = {"promise-0": "no-partner", "promise-1": "vacuous-guarantee", "promise-2": "vacuous-guarantee"}
    alone = {"income": {"at_most": 3}, "left": {"at_least": 3}}
    policy = _loan(
        {"ignores": "sex"}, {"ignores": "sex", "when": {"leave": True}}, {"ignores": ["income", "rent"], "when": alone}
    )
    for data in (policy, policy | {"situation": endless}):
        told = []
        for steps in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 600_000):
            proof = check(load(data), steps=steps)
            found = {
                each.message.split("`")[1]: each.code for each in proof.findings if each.code in told_at_last.values()
            }
            told.append(found)
            assert found.items() <= told_at_last.items()
        assert told[0] == {}
        assert told[-1] == told_at_last


def test_a_field_with_one_answer_has_no_partner() -> None:
    single = _LOAN["situation"] | {"sex": {"ask": "Who?", "choices": {"woman": "A woman"}}}
    policy = {key: part for key, part in _loan({"ignores": "sex"}, situation=single).items() if key != "impossible"}
    assert [finding.code for finding in check(load(policy)).errors] == ["vacuous-guarantee"]


def test_conflicts_and_gaps_are_left_out() -> None:
    assert not broken_guarantees(_loan({"ignores": "rent"}, rules=_LOAN["rules"][:1]))
    both = {"rule": "all", "when": {"left": {"at_least": -9}}, "then": "refuse", "because": "No money."}
    assert not broken_guarantees(_loan({"ignores": "rent"}, rules=[*_LOAN["rules"][:1], both]))


def test_what_no_rule_reads_may_be_ignored_without_a_search() -> None:
    endless = _LOAN["situation"] | {"shoe": {"ask": "Which size?", "type": "number"}}
    assert check(load(_loan({"ignores": "shoe"}, situation=endless)), steps=2_000).sound


def test_continuous_numbers_are_compared_at_each_cut() -> None:
    weighed = _LOAN["situation"] | {"weight": {"ask": "What does it weigh?", "type": "number", "from": 0}}
    rules = [
        {"rule": "heavy", "when": {"weight": {"more_than": 2.5}}, "then": "lend", "because": "x."},
        {"rule": "light", "when": {"weight": {"at_most": 2.5}}, "then": "refuse", "because": "x."},
    ]
    [finding] = broken_guarantees(_loan({"ignores": "weight"}, situation=weighed, rules=rules))
    assert finding.situations is None
    assert finding.message.startswith("some pairs of situations break")


def test_it_is_kept_in_its_canonical_form() -> None:
    policy = load(_loan({"ignores": "sex", "when": {"leave": False}}))
    assert load(policy.to_dict()) == load(policy.to_yaml()) == policy
    assert load(_loan({"ignores": ["sex"], "when": {"leave": False}})) == policy
    shown = "\n".join(policy_words(policy))
    assert (
        "promise-0: the same verdict whatever the answer to “Are you a man or a woman?” is. The law says so." in shown
    )


def _moves(never: dict[str, str], rising: Any, **more: Any) -> dict[str, Any]:
    return _loan({"rising": rising, "never": never} | more) | {
        "verdicts_ordered": True,
        "verdicts": {"refuse": {"title": "Refuse"}, "lend": {"title": "Lend it"}},
    }


def _answers(finding: Finding, name: str) -> list[Any]:
    return [side.example[name] for side in finding.pair]


def test_a_verdict_that_never_falls_may_rise() -> None:
    assert check(load(_moves({"verdict": "falls"}, "income"))).sound
    [finding] = broken_guarantees(_moves({"verdict": "rises"}, "income"))
    one, other = finding.pair
    assert (one.verdict, other.verdict) == ("refuse", "lend")
    lower, higher = _answers(finding, "income")
    assert lower < higher
    assert finding.help == "let the rules give the other situation no higher verdict, or change the guarantee"


def test_all_pairs_are_compared_and_not_only_neighbours() -> None:
    """Of three answers the one between may be impossible, or without a verdict: the two around it are compared."""
    rules = [
        {"rule": "low", "when": {"rent": {"less_than": 4}}, "then": "lend", "because": "x."},
        {"rule": "high", "when": {"rent": {"more_than": 6}}, "then": "refuse", "because": "x."},
    ]
    gap = broken_guarantees(_moves({"verdict": "falls"}, "rent") | {"rules": rules})
    assert [each.situations for each in gap] == [3 * 10 * 4 * 3]
    between = [*_LOAN["impossible"], {"when": {"rent": {"at_least": 4, "at_most": 6}}, "because": "There is none."}]
    [finding] = broken_guarantees(_moves({"verdict": "falls"}, "rent") | {"rules": rules, "impossible": between})
    assert finding.situations == 3 * 10 * 4 * 3


def test_several_answers_may_rise_at_once() -> None:
    """Where the rent alone cannot rise, it rises together with the income."""
    tied = [
        *_LOAN["impossible"],
        {"when": {"rent": {"more_than": {"field": "income"}}}, "because": "Nobody can pay it."},
    ]
    policy = _moves({"verdict": "falls"}, ["income", "rent"]) | {"impossible": tied}
    [finding] = broken_guarantees(policy)
    assert set(finding.differs) <= {"income", "rent"}
    assert broken_guarantees(policy | {"guarantees": [policy["guarantees"][0] | {"rising": "income"}]}) == []


def test_a_number_never_falls_whatever_the_verdict_is() -> None:
    assert check(load(_moves({"left": "falls"}, "income"))).sound
    [finding] = broken_guarantees(_moves({"left": "falls"}, "rent"))
    assert finding.situations == 3 * 10 * 45
    assert finding.help == "correct the number `left`, or change the guarantee"
    # Both situations say what the number comes to, so all answers behind it are shown.
    [before], [after] = (side.derived for side in finding.pair)
    assert before[0] == after[0] == "what is left"
    assert int(before[1]) > int(after[1])
    no_rules = _moves({"left": "falls"}, "rent") | {"rules": _LOAN["rules"][:1]}
    assert [each.situations for each in broken_guarantees(no_rules)] == [3 * 10 * 45]


def test_a_number_that_does_not_read_what_rises_never_moves() -> None:
    assert check(load(_moves({"left": "rises"}, "leave"))).sound


def test_no_comes_before_yes_and_ordered_choices_rise_as_they_are_written() -> None:
    ranked = _LOAN["situation"] | {"sex": {"ask": "Who?", "ordered": True, "choices": {"woman": "W", "man": "M"}}}
    rules = [
        {"rule": "man", "when": {"sex": {"at_least": "man"}}, "then": "refuse", "because": "x."},
        {"rule": "woman", "when": {"sex": "woman"}, "then": "lend", "because": "x."},
    ]
    policy = _moves({"verdict": "falls"}, "sex") | {"situation": ranked, "rules": rules}
    [finding] = broken_guarantees(policy)
    assert [side.example["sex"] for side in finding.pair] == ["woman", "man"]
    # Only a woman can be on leave, so that what rises there changes nothing.
    assert check(load(policy | {"guarantees": [policy["guarantees"][0] | {"rising": "leave"}]})).sound


def test_dates_and_continuous_numbers_rise() -> None:
    dated = _LOAN["situation"] | {
        "day": {"ask": "When?", "type": "date"},
        "weight": {"ask": "How heavy?", "type": "number"},
    }
    rules = [
        {"rule": "early", "when": {"day": {"before": "2026-01-31"}}, "then": "lend", "because": "x."},
        {"rule": "late", "when": {"day": {"on_or_after": "2026-01-31"}}, "then": "refuse", "because": "x."},
    ]
    [finding] = broken_guarantees(
        _moves({"verdict": "falls"}, ["day", "weight"]) | {"situation": dated, "rules": rules}
    )
    assert finding.differs == ("day",)
    heavy = [{**rule, "when": {"weight": {word: 2.5}}}
             for rule, word in zip(rules, ("at_most", "more_than"), strict=True)]  # fmt: skip
    [finding] = broken_guarantees(_moves({"verdict": "falls"}, "weight") | {"situation": dated, "rules": heavy})
    lower, higher = _answers(finding, "weight")
    assert lower < higher


def test_an_order_of_verdicts_is_part_of_what_a_policy_says() -> None:
    policy = load(_moves({"verdict": "falls"}, "income"))
    assert policy.verdicts_ordered
    assert load(policy.to_dict()) == load(policy.to_yaml()) == policy
    assert load(policy.to_dict()).sha256 == policy.sha256
    turned = {**policy.to_dict(), "verdicts": dict(reversed(policy.to_dict()["verdicts"].items()))}
    assert load(turned).sha256 != policy.sha256
    shown = "\n".join(policy_words(policy))
    assert "What it can say (in rising order)" in shown
    assert "promise-0: the verdict never falls where the answer to “What comes in?” rises. The law says so." in shown


def test_rising_answers_are_never_about_nothing() -> None:
    """Unlike what ignores answers, it says nothing of situations without a partner."""
    proof = check(load(_moves({"verdict": "falls"}, "leave", when={"sex": "man"})))
    assert proof.sound
    assert not {"no-partner", "vacuous-guarantee"} & {finding.code for finding in proof.findings}


@pytest.mark.parametrize(
    "number",
    [
        {"sum": {"rooms": "rate"}},
        {"sum": {"rooms": 1}, "plus": "rate"},
        {"larger_of": ["rooms", "rate"]},
        {"product": ["rooms", "rate"]},
        {"points": [{"when": {"rooms": {"at_least": 1}}, "add": "rate", "because": "It counts."}]},
    ],
)
def test_a_number_falls_with_a_constant_that_changes_with_the_day(number: dict[str, Any]) -> None:
    """Each of the two situations has the value of its own day, wherever the constant stands in the number."""
    policy: dict[str, Any] = {
        "policy": "rent",
        "title": "What does it cost?",
        "constants": {"rate": {"means": "the rate", "is": {"start": 9, "2024-02-02": 7}, "on": "day"}},
        "situation": {
            "day": {"ask": "When?", "type": "date", "from": "2024-02-01", "to": "2024-02-03"},
            "rooms": {"ask": "How many rooms?", "type": "integer", "from": 1, "to": 3},
        },
        "numbers": {"rent": {"means": "the rent", **number}},
        "verdicts": {"let": {"title": "We let it"}, "keep": {"title": "We keep it"}},
        "rules": [
            {"rule": "dear", "when": {"rent": {"at_least": 8}}, "then": "let", "because": "It pays."},
            {"rule": "cheap", "otherwise": True, "then": "keep", "because": "It does not pay."},
        ],
        "guarantees": [{"guarantee": "steady", "rising": "day", "never": {"rent": "falls"}, "because": "We said so."}],
    }
    [finding] = broken_guarantees(policy)
    # Each number of rooms, on the first day and on one of the two others.
    assert finding.situations == 6
    policy["guarantees"][0]["never"] = {"rent": "rises"}
    assert broken_guarantees(policy) == []


def test_a_pair_says_of_every_answer_that_should_rise_that_it_is_a_value() -> None:
    """Of two situations without it the guarantee says nothing, though whatever it is makes no other difference."""
    amount = {"ask": "How much is saved?", "type": "integer", "from": 0, "to": 9}
    found = check(load({
        "policy": "savings", "title": "Is it granted?", "verdicts_ordered": True,
        "situation": {"saved": amount, "score": {"ask": "What is the score?", "type": "integer", "from": 0, "to": 9,
                                                 "or_none": "No score"}},
        "verdicts": {"refuse": {"title": "No"}, "grant": {"title": "Yes"}},
        "rules": [{"rule": "poor", "when": {"saved": {"less_than": 5}}, "then": "grant", "because": "It is needed."},
                  {"rule": "rich", "when": {"saved": {"at_least": 5}}, "then": "refuse", "because": "It is enough."}],
        "guarantees": [{"guarantee": "more-helps", "rising": ["saved", "score"], "never": {"verdict": "falls"},
                        "because": "It should help."}],
    })).errors  # fmt: skip
    assert [finding.code for finding in found] == ["broken-guarantee"]
    shown = {question for question, _ in (*found[0].answers, *found[0].pair[0].answers)}
    assert shown == {"How much is saved?", "What is the score?"}
    assert all(side.example["score"] != "none" for side in found[0].pair)

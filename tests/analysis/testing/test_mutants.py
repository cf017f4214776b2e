"""Is every single edit of a policy found, and is it noticed, unnoticed or equivalent as trying everything says?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import strategies as st

from engine import Mutation, find_survivors, load, load_cases, propose_cases
from engine.analysis.testing.mutants import NUMBERS, Mutant, single_edits
from engine.language.situations.cases_file import Case
from engine.meaning.asked.asked_questions import fill_in
from engine.meaning.hit_policies import Ending
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import policies
from tests.support.judging.cases import cases_of, ending, few, getting, giving, holds, situation_values
from tests.support.judging.spaces import situations, size
from tests.support.making.picnic import picnic, picnic_of

# So few situations that every edit can be tried in each of them.
FEW = 250


@pytest.mark.thorough
@draw_by_day(3, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(data=st.data())
def test_every_edit_is_judged_as_trying_everything_does(data: st.DataObject) -> None:
    """Each single edit is noticed, unnoticed, equivalent, or changes only what gets no verdict: as often as it is."""
    written = data.draw(policies(small=True))
    assume((size(written) or FEW) <= FEW)
    policy = load(written)
    cases = data.draw(cases_of(policy, written))
    everything = situation_values(policy, situations(written))
    before = [getting(policy, each) for each in everything]
    held = [case for case in cases.cases if holds(policy, case, everything)]
    fates = ("killed", "equivalent", "without_verdict", "survivors", "undecided")
    expected: dict[str, list[str]] = {fate: [] for fate in fates}
    for mutant in single_edits(policy):
        after = [getting(mutant.policy, each) for each in everything]
        fate = judged(before, after, mutant, held, everything)
        expected[_fate(mutant, fate, everything)].append(mutant.words)
    found = find_survivors(policy, cases)
    assert [each.mutant.words for each in found.survivors] == expected["survivors"]
    assert [found.killed, found.equivalent, found.without_verdict, found.undecided] == [
        len(expected[fate]) for fate in ("killed", "equivalent", "without_verdict", "undecided")
    ]
    assert found.mutants == found.killed + found.undecided + len(found.survivors)
    for survivor in found.survivors:
        assert ending(policy, survivor.example) == survivor.before
        # What is not asked any more, or is asked now, has no answer in the situation that is told.
        found_there = ending(survivor.mutant.policy, fill_in(policy, survivor.example))
        assert found_there == (survivor.after or Ending(survivor.fault))
        assert survivor.before != survivor.after or survivor.outputs[0] != survivor.outputs[1]
        # The answers that are said to matter do so alone.
        example = fill_in(policy, survivor.example)
        shown = [number for number, each in enumerate(everything)
                 if all(each[name] == example[name] for name in survivor.shows)]  # fmt: skip
        changed = [getting(survivor.mutant.policy, everything[number]) != before[number] for number in shown]
        assert all(is_changed or before[number] is Ending.IMPOSSIBLE
                   for number, is_changed in zip(shown, changed, strict=True))  # fmt: skip


def _fate(mutant: Mutant, fate: str, everything: list[dict[str, Any]]) -> str:
    """What is said of an edit, in place of its fate, if it moves a number that outputs give and nothing else.

    Situations in which nothing but the amount differs are not searched for.
    """
    given, edited = mutant.base.numbers_given, mutant.policy.numbers_given
    if fate == "killed" or all(given.get(name, key) == key for name, key in edited.items()):
        return fate
    pairs = [(giving(mutant.base, each), giving(mutant.policy, each)) for each in everything]
    moved = [before for before, after in pairs if before != after]
    if not moved:
        return "undecided"
    return "without_verdict" if all(isinstance(before, Ending) for before in moved) else fate


def judged(
    before: list[Any], after: list[Any], mutant: Mutant, held: list[Case], everything: list[dict[str, Any]]
) -> str:
    changes = [one for one, other in zip(before, after, strict=True) if one != other]
    if not changes:
        return "equivalent"
    if all(isinstance(one, Ending) for one in changes):
        return "without_verdict"
    return "survivors" if all(holds(mutant.policy, case, everything) for case in held) else "killed"


def test_an_output_that_is_null_is_left_out_by_an_edit_that_changes_nothing() -> None:
    """A case that expects null expects that there is none, so that none could notice the edit."""
    rules: list[dict[str, Any]] = [
        {"rule": "wet", "when": {"rain": True}, "then": "hall", "because": "It rains."},
        {"rule": "dry", "when": {"rain": False}, "then": "park", "because": "It does not."},
    ]
    rules[0]["output"] = {"fee": None, "tip": 2}
    data = picnic_of(rules=rules, situation={"rain": {"ask": "Does it rain?", "type": "yes_no"}})
    policy = load(data)
    cases = few(policy, ({"rain": True}, "hall"), ({"rain": False}, "park"))
    survivors = find_survivors(policy, cases).survivors
    assert [each.mutant.words for each in survivors] == ["`wet`: without its output `tip`"]
    proposed = propose_cases(policy, cases).cases
    assert [each.case.output for each in proposed] == [{"fee": None, "tip": 2}]
    # Where the verdict gives a fee, null takes it away, which is a change.
    data["verdicts"]["hall"]["output"] = {"fee": 4}
    policy = load(data)
    survivors = find_survivors(policy, few(policy, ({"rain": True}, "hall"), ({"rain": False}, "park"))).survivors
    assert [each.mutant.words.rpartition("without its output ")[2] for each in survivors] == ["`fee`", "`tip`"]


def words(data: dict[str, Any]) -> list[str]:
    return [mutant.words for mutant in single_edits(load(data))]


FIELDS: dict[str, Any] = {
    "n": {"ask": "How many?", "type": "integer", "from": 0, "to": 9},
    "kg": {"ask": "How heavy?", "type": "number", "from": 0, "to": 9},
    "size": {"ask": "How large?", "choices": {"s": "Small", "m": "Middling", "l": "Large"}, "ordered": True},
    "day": {"ask": "When?", "type": "date", "from": "2026-01-01", "to": "2026-12-31"},
    "late": {"ask": "How late?", "type": "date", "from": "2026-01-01", "to": "2026-12-31"},
    "with": {"ask": "What with?", "type": "any_of", "choices": {"a": "Apples", "b": "Bread"}},
    "half": {"ask": "How long?", "type": "number", "from": 0, "to": 9, "step": 0.5, "unit": "hours"},
}


def one_test(when: dict[str, Any], **more: Any) -> list[str]:
    """The edits of the condition of a policy's first rule."""
    data = {
        "policy": "sample",
        "title": "Which?",
        "situation": FIELDS,
        "verdicts": {"yes": {"title": "Yes"}, "no": {"title": "No"}},
        "decision": "first",
        "rules": [
            {"rule": "one", "when": when, "then": "yes", "because": "It fits."},
            {"rule": "rest", "otherwise": True, "then": "no", "because": "Else."},
        ],
        **more,
    }
    return [each.removeprefix("`one`: ") for each in words(data) if "gives" not in each and "left out" not in each]


def test_a_constant_moves_by_one_step_either_way() -> None:
    """Of a whole number by 1, of steps by one, of an ordered choice to its neighbours, of a date by a day."""
    assert one_test({"n": {"at_least": 3}})[2:] == [
        "“How many? at least 3” becomes “at least 2”",
        "“How many? at least 3” becomes “at least 4”",
    ]
    assert one_test({"half": {"less_than": 2}})[2:] == [
        "“How long? less than 2 hours” becomes “less than 1.5 hours”",
        "“How long? less than 2 hours” becomes “less than 2.5 hours”",
    ]
    assert one_test({"size": {"at_most": "m"}})[2:] == [
        "“How large? at most Middling” becomes “at most Small”",
        "“How large? at most Middling” becomes “at most Large”",
    ]
    assert one_test({"day": {"after": "2026-02-28"}})[2:] == [
        "“When? after 2026-02-28” becomes “after 2026-02-27”",
        "“When? after 2026-02-28” becomes “after 2026-03-01”",
    ]
    numbers = {"sum_of": {"means": "both", "sum": {"n": 1, "half": 2}}}
    assert one_test({"sum_of": {"at_least": 5}}, numbers=numbers)[2:] == [
        "“both: at least 5” becomes “at least 4”",
        "“both: at least 5” becomes “at least 6”",
    ]


def test_what_has_no_next_value_becomes_strict_or_inclusive() -> None:
    """A continuous number, and two fields compared."""
    assert one_test({"kg": {"at_least": 3}})[2:] == ["“How heavy? at least 3” becomes “more than 3”"]
    assert one_test({"kg": {"less_than": 3}})[2:] == ["“How heavy? less than 3” becomes “at most 3”"]
    assert one_test({"day": {"before": {"field": "late"}}})[2:] == [
        "“When? before the answer to “How late?”” becomes “on or before the answer to “How late?””"
    ]


def test_a_test_is_dropped_and_negated_and_a_listed_value_left_out() -> None:
    """Each test of a condition in turn, what stands in an `any` too; a lone test of a `not` goes with it."""
    assert one_test({"size": ["s", "l"], "with": {"excludes": ["a", "b"]}}) == [
        "without “How large? Small or Large”",
        "the opposite of “How large? Small or Large”",
        "“How large?” without “Small”",
        "“How large? Small or Large” becomes “Middling or Large”",
        "“How large?” without “Large”",
        "“How large? Small or Large” becomes “Small or Middling”",
        "without “What with? includes none of ‘Apples’, ‘Bread’”",
        "the opposite of “What with? includes none of ‘Apples’, ‘Bread’”",
        "“What with?” without “Apples”",
        "“What with?” without “Bread”",
    ]
    assert one_test({"size": {"none_of": ["s", "l"]}, "with": {"includes_any": ["a", "b"]}}) == [
        "without “How large? anything but Small or Large”",
        "the opposite of “How large? anything but Small or Large”",
        "“How large?” without “Small”",
        "“How large? anything but Small or Large” becomes “anything but Middling or Large”",
        "“How large?” without “Large”",
        "“How large? anything but Small or Large” becomes “anything but Small or Middling”",
        "without “What with? includes at least one of ‘Apples’, ‘Bread’”",
        "the opposite of “What with? includes at least one of ‘Apples’, ‘Bread’”",
        "“What with? includes at least one of ‘Apples’, ‘Bread’” becomes “includes ‘Apples’, ‘Bread’”",
        "“What with?” without “Apples”",
        "“What with?” without “Bread”",
    ]
    assert one_test({"any": [{"size": "s"}, {"not": {"with": {"only": ["a"]}}}]}) == [
        "without “How large? Small or not: What with? nothing but ‘Apples’”",
        "the opposite of “How large? Small or not: What with? nothing but ‘Apples’”",
        "without “How large? Small”",
        "the opposite of “How large? Small”",
        "“How large? Small” becomes “Middling”",
        "without “not: What with? nothing but ‘Apples’”",
        "the opposite of “not: What with? nothing but ‘Apples’”",
        "“What with?” without “Apples”",
    ]


def test_points_are_moved_by_one_step_and_their_entries_left_out() -> None:
    """A step is what all the points of a number are multiples of; the tests of an entry are edited as all others."""
    written = {
        "policy": "loan",
        "title": "Do we lend?",
        "situation": {
            "age": {"ask": "How old?", "type": "integer"},
            "customer": {"ask": "A customer?", "type": "yes_no"},
        },
        "numbers": {
            "score": {
                "means": "the points",
                "points": [
                    {"when": {"age": {"at_least": 30}}, "add": 10, "because": "From 30."},
                    {"when": {"customer": True}, "add": 15, "because": "Known to us."},
                ],
            }
        },
        "verdicts": {"lend": {"title": "Lend"}, "refuse": {"title": "Do not"}},
        "rules": [
            {"rule": "enough", "when": {"score": {"at_least": 15}}, "then": "lend", "because": "Enough points."},
            {"rule": "few", "otherwise": True, "then": "refuse", "because": "Too few points."},
        ],
    }
    policy = load(written)
    edits = [each.words.removeprefix("number `score`, ") for each in single_edits(policy) if each.section == NUMBERS]
    assert edits == [
        "“From 30.”: without “How old? at least 30”",
        "“From 30.”: the opposite of “How old? at least 30”",
        "“From 30.”: “How old? at least 30” becomes “at least 29”",
        "“From 30.”: “How old? at least 30” becomes “at least 31”",
        "“From 30.”: adds 5 instead of 10",
        "“From 30.”: adds 15 instead of 10",
        "“From 30.”: left out",
        "“Known to us.”: without “A customer? yes”",
        "“Known to us.”: the opposite of “A customer? yes”",
        "“Known to us.”: adds 10 instead of 15",
        "“Known to us.”: adds 20 instead of 15",
        "“Known to us.”: left out",
    ]
    # Ten points instead of fifteen are too few; five more or less from 30 on are as good as ten, unless it is fifteen.
    known = {"case": "known to us", "given": {"age": 29, "customer": True}, "expect": "lend"}
    found = find_survivors(policy, load_cases({"policy": "loan", "cases": [known]}, policy))
    unnoticed = {each.mutant.words.removeprefix("number `score`, ") for each in found.survivors}
    assert "“Known to us.”: adds 10 instead of 15" not in unnoticed
    assert "“From 30.”: adds 15 instead of 10" in unnoticed
    assert "“From 30.”: adds 5 instead of 10" not in unnoticed


def test_verdicts_overrides_rules_and_their_order_are_edited() -> None:
    """Every other verdict, each override, each rule; under `first` neighbours, but not beyond `otherwise`."""
    rules: list[dict[str, Any]] = [
        {"rule": name, "when": {"n": at}, "then": "yes", "because": "So."} for at, name in enumerate("abc")
    ]
    rules[1]["overrides"] = {"a": "It does."}
    data = {
        "policy": "sample",
        "title": "Which?",
        "situation": {"n": FIELDS["n"]},
        "verdicts": {"yes": {"title": "Yes"}, "no": {"title": "No"}, "maybe": {"title": "Maybe"}},
        "rules": rules,
        "guarantees": [{"guarantee": "never-no", "when": {"n": 5}, "never": "no", "because": "No."}],
    }
    found = [each for each in words(data) if "“How many?" not in each]
    assert found == [
        "`a`: gives “No”",
        "`a`: gives “Maybe”",
        "`a`: left out",
        "`b`: gives “No”",
        "`b`: gives “Maybe”",
        "`b`: without the override of `a`",
        "`b`: left out",
        "`c`: gives “No”",
        "`c`: gives “Maybe”",
        "`c`: left out",
    ]
    rules[1]["overrides"] = [{"rules": "all", "because": "It does."}]
    assert "`b`: without the override of all others" in words(data)
    del rules[1]["overrides"], rules[2]["when"]
    rules[2]["otherwise"] = True
    assert [each for each in words({**data, "decision": "first"}) if "exchanged" in each] == [
        "`a`: exchanged with `b`",
    ]


def test_a_survivor_says_what_would_show_it() -> None:
    """The edit, its place, the answers that matter, and what would become of the verdict."""
    policy = load(picnic())
    found = find_survivors(policy, few(policy, ({"rain": False}, "garden")))
    assert str(found) == (
        "5 of 8 single edits that change a verdict are noticed (62.5 %)\n"
        "policy: rules[0].when.rain  unnoticed-change\n"
        "  `dry`: without “Does it rain? no”\n"
        "  would show at Does it rain?   yes\n"
        "                (the other answers make no difference)\n"
        "  and turn      “In the kitchen” into two verdicts at once\n"
        "policy: rules[1].rule  unnoticed-change\n"
        "  `wet`: gives “In the garden”\n"
        "  would show at Does it rain?   yes\n"
        "                (the other answers make no difference)\n"
        "  and turn      “In the kitchen” into “In the garden”\n"
        "policy: rules[1].rule  unnoticed-change\n"
        "  `wet`: left out\n"
        "  would show at Does it rain?   yes\n"
        "                (the other answers make no difference)\n"
        "  and turn      “In the kitchen” into no verdict at all"
    )


def test_what_cannot_happen_has_no_verdict_to_change() -> None:
    """An edit that only lets happen what cannot is counted apart: no case can expect anything of it."""
    crowd = {"when": {"rain": True, "guests": {"at_least": 9}}, "because": "No."}
    policy = load(picnic(impossible=[crowd]))
    dry, wet = {"rain": False, "guests": 9}, {"rain": True, "guests": 8}
    cases = few(policy, (dry, "garden"), (wet, "kitchen"))
    found = find_survivors(policy, cases)
    assert found.survivors == ()
    assert (found.killed, found.without_verdict, found.equivalent) == (13, 1, 0)
    assert found.summary() == (
        "13 of 13 single edits that change a verdict are noticed (100 %); 1 changes only what gets no verdict anyway"
    )


def test_only_a_case_that_holds_notices() -> None:
    """A case that fails for the policy itself says nothing of its edits."""
    policy = load(picnic())
    found = find_survivors(policy, few(policy, ({"rain": False}, "kitchen")))
    assert (found.mutants, found.killed, len(found.survivors), found.percent) == (8, 0, 8, 0)


def test_what_the_steps_leave_open_is_called_undecided() -> None:
    """With one step nothing is settled, and nothing is guessed."""
    policy = load(picnic())
    found = find_survivors(policy, few(policy), steps=1)
    assert found == Mutation("picnic", 8, 0, 0, 0, 8, ())
    assert found.summary() == ("0 of 8 single edits that change a verdict are noticed (0 %); 8 could not be determined")

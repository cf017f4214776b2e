"""What is said of a difference between two versions of a policy?"""

from __future__ import annotations

import pytest

from engine import Policy, diff, load
from engine.language.model.words import share_words
from tests.support.drawing.versions import pair
from tests.support.making.parcel_versions import HEAVY, LIGHT, WEIGHT, policy


def test_a_change_is_told_whole() -> None:
    """From a verdict to a gap, with everything that is known of it, as data."""
    old = policy({"weight": WEIGHT}, [LIGHT, HEAVY])
    new = policy({"weight": WEIGHT}, [LIGHT])
    assert diff(old, new).to_dict() == {
        "old": {"policy": "parcels", "version": None, "sha256": old.sha256},
        "new": {"policy": "parcels", "version": None, "sha256": new.sha256},
        "same": False,
        "proved": True,
        "situations": 5,
        "total": 10,
        "changes": [
            {
                "before": "van",
                "before_kind": "verdict",
                "before_title": "By van",
                "before_rules": ["heavy"],
                "before_because": ["So it is."],
                "after": None,
                "after_kind": "gap",
                "after_title": None,
                "after_rules": [],
                "after_because": [],
                "situations": 5,
                "example": {"weight": 5},
                "shows": ["weight"],
                "numbers": {},
                "regions": [
                    {
                        "when": {"weight": {"at_least": 5}},
                        "words": ["What does it weigh? at least 5"],
                        "situations": 5,
                    }
                ],
                "regions_total": 1,
                "short_regions": [],
            }
        ],
        "fields": [],
        "verdicts": [],
    }


def test_changes_follow_the_verdicts_of_the_old_policy_then_of_the_new() -> None:
    """In file order; a gap, a conflict and what is not possible come after every verdict."""
    choices = {name: name for name in "abcdefg"}
    field = {"kind": {"ask": "Which?", "choices": choices}}

    def saying(**then: str) -> Policy:
        rules = [
            {"rule": f"{kind}-{verdict}", "when": {"kind": kind}, "then": verdict}
            for kind, verdicts in then.items()
            for verdict in (verdicts.split() if verdicts != "never" else ())
        ]
        never = [
            {"when": {"kind": kind}, "because": "Never."} for kind, verdicts in then.items() if verdicts == "never"
        ]
        return policy(field, rules, impossible=never) if never else policy(field, rules)

    old = saying(a="never", b="van bike", d="bike", e="van", f="van", g="van bike")
    new = saying(a="van", b="bike", c="van", d="van", e="never", f="van bike", g="van")
    assert [pair(change) for change in diff(old, new).changes] == [
        ("van", "(conflict)"),
        ("van", "(impossible)"),
        ("bike", "van"),
        ("(gap)", "van"),
        ("(conflict)", "van"),
        ("(conflict)", "bike"),
        ("(impossible)", "van"),
    ]


def test_what_neither_version_can_decide_is_no_change() -> None:
    """Two versions that leave out the same are the same, but not called verdicts."""
    one = policy({"weight": WEIGHT}, [LIGHT])
    other = policy({"weight": WEIGHT}, [LIGHT | {"because": "Another reason."}], version="2", about="Reworded.")
    assert str(diff(one, other)) == "parcels: the same outcome in each of 10 situations"


def test_metadata_changes_nothing_but_is_noted_where_somebody_sees_it() -> None:
    """Questions, reasons and titles make no other verdict; what a verdict says, and reads into `unsure`, is noted."""
    old = policy({"weight": WEIGHT}, [LIGHT, HEAVY])
    new = load({
        **old.to_dict(), "title": "And how?", "version": "2",
        "situation": {"weight": WEIGHT | {"ask": "How heavy is it?", "if_unsure": 9, "unit": "kg"}},
        "verdicts": {"van": {"title": "By van", "must": ["Lift."], "output": 40}, "bike": {"title": "By bicycle"}},
    })  # fmt: skip
    found = diff(old, new)
    assert found.same
    assert str(found).splitlines() == [
        "parcels: the same outcome in each of 10 situations",
        "",
        "note  `unsure` as the answer to `weight` was refused, and is read as `9`",
        "note  the verdict `van` changes its must, output",
        "note  the verdict `bike` changes its title",
    ]


def test_fields_of_either_version_are_told() -> None:
    """A field that only one version asks for, choices lost and gained, a wider range."""
    extras = {"ask": "What else?", "type": "any_of", "choices": {"insured": "Insurance", "tracked": "Tracking"}}
    kind = {"ask": "What is it?", "choices": {"box": "A box", "roll": "A roll"}}
    old = policy({"weight": WEIGHT, "kind": kind, "rain": {"ask": "Does it rain?", "type": "yes_no"}}, [LIGHT, HEAVY])
    new = policy(
        {"weight": WEIGHT | {"to": 12}, "kind": kind | {"choices": {"box": "A box", "bag": "A bag"}}, "extras": extras},
        [LIGHT, HEAVY],
    )
    found = diff(old, new)
    assert [str(each) for each in found.fields] == [
        "`weight` was a whole number from 0 to 9, and is a whole number from 0 to 12",
        "`kind` loses `roll` and gains `bag`",
        "only the new version asks for `extras`: a list of none, some or all of `insured`, `tracked`",
        "only the old version asks for `rain`: yes or no",
    ]
    # Of 13 x 3 x 2 x 4 situations each version takes 10 x 2 and 13 x 2 of the 13 x 3, and both take 10 of them.
    assert found.total == 8 * (20 + 26 - 10)
    assert {pair(change): change.situations for change in found.changes} == {
        ("van", "(impossible)"): 8 * 5,
        ("bike", "(impossible)"): 8 * 5,
        ("(impossible)", "van"): 8 * (5 + 3 + 3),
        ("(impossible)", "bike"): 8 * 5,
    }


def test_why_an_example_is_not_possible_is_told() -> None:
    """By the author's reason, or by what the version takes as an answer."""
    old = policy({"weight": WEIGHT}, [LIGHT, HEAVY])
    new = policy(
        {"weight": WEIGHT | {"from": 1}},
        [LIGHT, HEAVY],
        impossible=[{"when": {"weight": 9}, "because": "The scales end at 8."}],
    )
    assert [change.after.says() for change in diff(old, new).changes] == [
        ["The scales end at 8."],
        ["the new version takes only a whole number from 1 to 9 as the answer to “What does it weigh?”"],
    ]


def test_what_cannot_be_counted_is_compared_all_the_same() -> None:
    """With an open end there are no numbers, but regions and examples; equal versions are proved equal."""
    free = {"weight": {"ask": "What does it weigh?", "type": "number", "unit": "kg"}}
    old = policy(free, [LIGHT, HEAVY])
    new = policy(free, [LIGHT | {"when": {"weight": {"less_than": 7}}}, HEAVY | {"when": {"weight": {"at_least": 7}}}])
    assert str(diff(old, old)) == "parcels: the same outcome in every possible situation"
    assert str(diff(old, new)).splitlines() == [
        "parcels: some situations change",
        "",
        "van -> bike   some situations",
        "  old           By van",
        "  new           By bike",
        "  for example   What does it weigh?   5 kg",
        "  old says      heavy: So it is.",
        "  new says      light: So it is.",
        "  everywhere    What does it weigh? at least 5 kg and less than 7 kg",
    ]


def test_regions_are_told_in_the_facts_of_the_author() -> None:
    """Where a fact is what changes, the fact is what is told, and not the pieces that it is made of."""
    fields = {name: {"ask": f"Is it {name}?", "type": "yes_no"} for name in ("old", "ill", "poor", "near")}
    facts = {
        "needy": {"means": "somebody needs help", "when": {"any": [{name: True} for name in ("old", "ill", "poor")]}}
    }
    rules = [
        {"rule": "near", "when": {"near": True}, "then": "bike"},
        {"rule": "far", "when": {"near": False}, "then": "van"},
    ]
    changed_rules = [
        {"rule": "near", "when": {"near": True, "needy": False}, "then": "bike"},
        {"rule": "needy", "when": {"needy": True}, "then": "van"},
        {"rule": "far", "when": {"near": False}, "then": "van"},
    ]
    found = diff(policy(fields, rules), policy(fields, changed_rules, facts=facts))
    (change,) = found.changes
    assert change.regions is not None
    assert change.regions.short_lines() == ["somebody needs help", "Is it near? yes"]
    assert change.regions.lines()[:2] == ["Is it near? yes", "and one of these 3:"]
    assert "  everywhere    somebody needs help\n                Is it near? yes" in str(found)
    assert "one of these 3" in found.text(disjoint=True)


def test_the_summary_comes_first_and_details_are_limited() -> None:
    """Every way is listed; so many are told in detail as are asked for."""
    kinds = {f"k{number}": f"Kind {number}" for number in range(12)}
    field = {"kind": {"ask": "Which?", "choices": kinds}}
    verdicts = {f"v{number}": {"title": f"Verdict {number}"} for number in range(13)}
    old, new = (
        policy(field, [{"rule": kind, "when": {"kind": kind}, "then": f"v{number + step}"}
                       for number, kind in enumerate(kinds)], verdicts=verdicts)
        for step in (0, 1)
    )  # fmt: skip
    found = diff(old, new)
    lines = str(found).splitlines()
    assert lines[:3] == ["parcels: 12 of 12 situations (100 %) change in 12 ways", "  v0 -> v1    1", "  v1 -> v2    1"]
    assert str(found).count("for example") == 10
    assert lines[-1] == "2 more ways are not shown in detail; `--all` shows them"
    assert found.text(changes=12).count("for example") == 12


def test_regions_name_the_derived_numbers_of_either_version() -> None:
    """Also where both call another sum by one name, or one has a field of the name of the other's number."""
    fields = {name: {"ask": f"How many {name}?", "type": "integer", "from": 0, "to": 3} for name in ("boxes", "bags")}
    many = {"rule": "many", "when": {"load": {"at_least": 5}}, "then": "van"}
    few = {"rule": "few", "when": {"load": {"less_than": 5}}, "then": "bike"}
    old = policy(fields, [many, few], numbers={"load": {"means": "all pieces", "sum": {"boxes": 1, "bags": 1}}})
    new = policy(fields, [many, few], numbers={"load": {"means": "the room", "sum": {"boxes": 2, "bags": 1}}})
    found = diff(old, new)
    assert {pair(change): change.situations for change in found.changes} == {("bike", "van"): 5}
    said = {word for change in found.changes if change.regions
            for region in change.regions.shown for word in region.words}  # fmt: skip
    assert {word.split(":")[0] for word in said if ":" in word} == {"all pieces", "the room"}
    asked = policy(fields | {"load": WEIGHT}, [many, few])
    found = diff(old, asked)
    assert sum(change.situations or 0 for change in found.changes) == found.situations == 3 * 5 + 13 * 5


def test_a_number_that_the_versions_work_out_differently_is_told_of_both() -> None:
    """Each with its version; one on which they agree is told once."""

    def version(bag: int) -> Policy:
        numbers = {
            "whole": {"means": "the whole weight", "sum": {"weight": 1}, "plus": bag},
            "twice": {"means": "twice the weight", "sum": {"weight": 2}},
        }
        light = {**LIGHT, "when": {"whole": {"at_most": 5}, "twice": {"at_most": 18}}}
        return policy({"weight": WEIGHT}, [light, {**HEAVY, "when": {"not": light["when"]}}], numbers=numbers)

    [change] = diff(version(0), version(1)).changes
    expected = {"the whole weight, old": "5", "the whole weight, new": "6", "twice the weight": "10"}
    assert change.to_dict()["numbers"] == dict(change.numbers) == expected
    text = "\n".join(change.lines(None))
    assert text.index("(the whole weight, old)") < text.index("(the whole weight, new)")
    assert "(twice the weight)" in text


@pytest.mark.slow
def test_what_the_steps_do_not_settle_is_not_proved() -> None:
    """However many steps there are, what is told is true, and `same` is said only where it is proved."""
    old, new = load("other-interviews-as-written"), load("other-interviews")
    whole = {pair(change) for change in diff(old, new).changes}
    told = []
    for steps in (1, 3, 10, 30, 100, 300, 1_000, 10_000):
        found = diff(old, new, steps=steps)
        assert not found.same
        assert {pair(change) for change in found.changes} <= whole
        assert not found.proved or len(found.changes) == len(whole)
        told.append(found.proved)
    assert told == sorted(told)
    assert (told[0], told[-1]) == (False, True)


def test_a_policy_of_equal_rules_is_proved_the_same_without_a_step() -> None:
    """Rules that say the same need not be looked at again, however many they are and whatever else is reworded."""
    policy = load("other-interviews")
    reworded = load({**policy.to_dict(), "title": "Another title", "version": "9"})
    assert diff(policy, reworded, steps=1).same


def test_the_order_of_rules_counts_where_the_first_decides() -> None:
    """Exchanging two rules changes something under `first` alone, and only where both apply."""
    rules = [LIGHT | {"when": {"weight": {"at_most": 6}}}, HEAVY | {"when": {"weight": {"at_least": 4}}}]
    for decision, expected in (("first", {("bike", "van"): 3}), ("unique", {})):
        old, new = (policy({"weight": WEIGHT}, each, decision=decision) for each in (rules, rules[::-1]))
        assert {pair(each): each.situations for each in diff(old, new).changes} == expected
    found = diff(*(policy({"weight": WEIGHT}, rules, decision=each) for each in ("unique", "first")))
    assert {pair(each): each.situations for each in found.changes} == {("(conflict)", "bike"): 3}


@pytest.mark.parametrize(
    ("count", "whole", "words"),
    [
        (0, 9, "0 %"),
        (9, 9, "100 %"),
        (1, 3, "33.3 %"),
        (1, 1_000_000, "under 0.1 %"),
        (999_999, 1_000_000, "over 99.9 %"),
        (1, 2_000, "0.1 %"),
    ],
)
def test_a_share_is_never_rounded_to_nothing_or_all(count: int, whole: int, words: str) -> None:
    """Nothing and all are said only of nothing and all."""
    assert share_words(count, whole) == words


@pytest.mark.parametrize("name", ["light", "slow"])
def test_where_a_step_has_several_outcomes_its_own_rules_are_told(name: str) -> None:
    """Not those of the policy, of which one may have the same name as a rule of the step."""
    quick = {"rule": "quick", "when": {"weight": {"less_than": 5}}, "then": "soon", "because": "It is easy."}

    def version(most: int) -> Policy:
        slow = {"rule": name, "when": {"weight": {"at_least": most}}, "then": "late", "because": "It takes two."}
        step = {"means": "how soon", "outcomes": {"soon": "Soon", "late": "Late"}, "rules": [quick, slow]}
        rules = [LIGHT | {"when": {"haste": "soon"}}, HEAVY | {"when": {"haste": "late"}}]
        return policy({"weight": WEIGHT}, rules, steps={"haste": step})

    [change] = diff(version(5), version(4)).changes
    told = ("haste/quick: It is easy.", f"haste/{name}: It takes two.")
    assert (change.before.name, change.after.name, change.situations) == ("bike", "(conflict)", 1)
    assert tuple(change.after.says()) == told
    assert change.after.rules == ("haste/quick", f"haste/{name}")
    assert [place.path for place in change.after.places] == [f"steps.haste.rules[{at}].rule" for at in (0, 1)]
    [change] = diff(version(4), version(5)).changes
    assert tuple(change.before.says()) == told
    [change] = diff(version(5), version(6)).changes
    assert (change.after.name, change.after.rules) == ("(gap)", ())
    assert [place.path for place in change.after.places] == ["steps.haste"]


def test_a_short_region_of_a_sum_holds_no_answer_without_a_value() -> None:
    """Though all with `none` change as well: a bound on a sum does not hold of them, and they are told beside it."""
    width, depth = ({"ask": f"How {word}?", "type": "integer", "from": 0, "to": 3} for word in ("wide", "deep"))
    situation = {
        "abroad": {"ask": "Is it abroad?", "type": "yes_no"},
        "width": width | {"or_none": "Flat"},
        "depth": depth,
    }
    size = {"size": {"means": "how large it is", "sum": {"width": 1, "depth": 1}}}
    large = {"rule": "large", "when": {"abroad": True, "not": {"size": {"at_most": 2}}}, "then": "bike"}
    rest = {"rule": "rest", "otherwise": True, "then": "van"}
    old = policy(situation, [rest], numbers=size)
    [change] = diff(old, policy(situation, [large, rest], numbers=size)).changes
    assert change.regions is not None
    told = [(region.words, region.situations) for region in change.regions.short or change.regions.shown]
    assert told == [
        (("Is it abroad? yes", "How wide? any value", "how large it is: at least 3"), 10),
        (("Is it abroad? yes", "How wide? Flat"), 4),
    ]

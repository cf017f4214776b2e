"""Which policies might somebody write, and which records might they decide?

Hypothesis strategies for whole policies, as the plain mapping that a policy file holds, and for the records
that go with them. Some policies are sound by construction, some are sound ones with a single edit, some have
no plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.support.by_day import is_searching
from tests.support.drawing.asking.applicability import ask_days_first, draw_applicability, draw_by_fact
from tests.support.drawing.edits import edited
from tests.support.drawing.fields import Draw, Hand, constants_of, draw_fields, draw_value, dress
from tests.support.drawing.named_values import name_values
from tests.support.drawing.numbers.drawn_numbers import (
    draw_extreme,
    draw_number,
    draw_number_of_numbers,
    draw_points,
    draw_product,
    draw_ratio,
    number_axis,
)
from tests.support.drawing.numbers.drawn_tables import draw_from_table, draw_table
from tests.support.drawing.outputs.drawn_outputs import draw_rule_outputs
from tests.support.judging.axes import (
    Axis,
    compared_axes,
    draw_facts,
    fact_axis,
    field_axes,
    nested_axis,
)
from tests.support.judging.joined import Entries, join
from tests.support.judging.oracle import mentioned, settled
from tests.support.judging.spaces import (
    LINES,
    NOT_ASKED,
    Policy,
    Spec,
    is_countable,
    kind,
    length,
    parts_of,
)
from tests.support.judging.step_outputs import is_rounded
from tests.support.making.chains import draw_steps
from tests.support.making.trees import (
    Table,
    draw_guarantees,
    draw_indifference,
    draw_invariants,
    draw_monotonicity,
    first_table,
    narrow,
    random_rules,
    spell,
    unique_table,
)

__all__ = ["SMALL", "partial_records", "policies", "records"]

# How many situations a small policy has at most: what takes each of them takes long, and half of them have a hundred.
SMALL = 5_000 if is_searching() else 600

_SMALL_CHAIN = 400

_VERDICTS = ("van", "bike", "by-post", "call-back")
_FACTS = ("heavy", "urgent_case", "far_away")
_NUMBERS = ("burden", "spare")
_TABLE = "tariff"
_PASSAGES = ("p1", "p2", "p3")
_OUTPUTS: tuple[Any, ...] = (
    {"price": 40},
    {"price": Decimal("12.5"), "notes": ["ring twice", "keep dry"]},
    {"tax": {"rate": 0, "included": True}},
    ["first", "second"],
    "by noon",
)


@st.composite
def policies(
    draw: Draw,
    countable: bool | None = None,
    small: bool = False,
    sound: bool = False,
    dated: bool = False,
    chained: bool = False,
    conditional: bool | None = None,
) -> dict[str, Any]:
    """Whole policies, valid by the language.

    `countable` says whether every field must be discrete and bounded, or one at least must not be; `small`
    bounds how many situations there are (and so means countable unless that is denied); `sound` asks for
    policies that are sound by construction alone; `dated` for values that change, where there is a date; `chained`
    for decisions that build on each other, numbers that tables give among them; `conditional` for fields that apply
    only under some answers, which some policies have where it is not said.
    """
    hand = Hand(draw)
    if conditional is None:
        conditional = hand.chance(25)
    # What a chain means is worked out step by step in every situation, so that many take long.
    most = min(SMALL, _SMALL_CHAIN) if chained else SMALL
    most = most // 2 if conditional else most
    fields = draw_fields(hand, True if small and countable is None else countable, most if small else None)
    # Where questions are not asked, there is one more answer to each.
    room = 2 * most if small and countable is not False else None
    if conditional:
        draw_applicability(hand, fields, room)
    plain: list[Axis] = [*field_axes(fields), *compared_axes(hand, fields)]
    numbers = _draw_numbers(hand, fields, plain)
    plain += [number_axis(name, numbers, fields) for name in numbers]
    facts = draw_facts(hand, plain, _FACTS[: hand.pick((0, 1, 2, 0, 3))])
    axes = [*plain, *map(fact_axis, facts)]
    if facts and hand.chance(50):
        numbers = {**numbers, "graded": draw_points(hand, axes)}
        axes.append(number_axis("graded", numbers, fields))
    axes += [nested_axis(hand, axes) for _ in range(hand.pick((0, 1, 0, 2)))]
    verdicts = _VERDICTS[: hand.count(2, 4)]
    is_first = hand.chance(30)
    plan = "sound" if sound else hand.pick(("sound", "edited", "random", "edited", "random"))
    steps: dict[str, Any] = {}
    before_steps = axes
    if chained:
        # A number that a table gives is decided as a step is: before the steps, or after them.
        place_of_table = hand.pick(("", "before", "after", ""))
        if place_of_table == "before":
            numbers, axes = _draw_table(hand, fields, numbers, axes, is_whole=plan == "sound")
        steps, axes = draw_steps(hand, axes, facts, numbers, fields, plan == "sound")
        if place_of_table == "after":
            numbers, axes = _draw_table(hand, fields, numbers, axes, is_whole=plan == "sound")
    if plan == "random":
        rules = random_rules(hand, axes, verdicts, is_first)
        hoped = Table(rules, [(narrow(hand, axes, {}), {hand.pick(verdicts)})])
        guarantees = draw_guarantees(hand, axes, verdicts, hoped)
        impossible = _draw_impossible(hand, before_steps) if hand.chance(30) else []
    else:
        table = (first_table if is_first else unique_table)(hand, axes, verdicts)
        rules, guarantees = table.rules, draw_guarantees(hand, axes, verdicts, table)
        # What applies nowhere else may be impossible altogether.
        impossible = _draw_harmless(hand, fields) if hand.chance(40) and not conditional else []
    guarantees += draw_invariants(hand, axes, are_kept=plan != "random")
    if len(facts) < len(_FACTS) and hand.chance(35):
        _name_part(hand, rules, facts, _FACTS[len(facts)])
    policy = {
        **_draw_head(hand),
        "situation": fields,
        "numbers": numbers,
        "facts": facts,
        "steps": steps,
        "impossible": impossible,
        "verdicts": {verdict: _draw_verdict(hand, verdict) for verdict in verdicts},
        "decision": "first" if is_first else "unique" if hand.chance(20) else None,
        "rules": rules,
        "guarantees": guarantees,
    }
    for rule in (*rules, *(rule for number in numbers.values() for rule in number.get("table", ()))):
        if isinstance(rule.get("overrides"), dict) and hand.chance(30):
            rule["overrides"] = _grouped(hand, rule["overrides"])
    # A question that is never asked has no two answers to ignore.
    ignored = [name for name in _unread(policy) if "applies_when" not in fields[name]]
    ignoring = draw_indifference(hand, axes, list(fields), ignored, are_kept=plan == "sound")
    ordered = [name for name, spec in fields.items() if has_order(spec)]
    made = {"numbers": numbers, "steps": steps}
    moving = [name for name, number in numbers.items() if "ratio" not in number and not is_rounded(made, name)]
    moving += [name for name, step in steps.items() if step.get("ordered")]
    rising = draw_monotonicity(hand, axes, ordered, _unread(policy), moving, are_kept=plan == "sound")
    policy["guarantees"] = [*guarantees, *ignoring, *rising]
    policy["verdicts_ordered"] = bool(rising) or hand.chance(10)
    policy = _unshared({key: value for key, value in policy.items() if value})
    if "source" in policy:
        _cite(hand, policy)
    policy = edited(hand, policy) if plan == "edited" else policy
    name_values(hand, policy, steady=plan == "sound", dated=dated)
    if conditional:
        ask_days_first(policy)
        if plan != "sound":
            draw_by_fact(hand, policy, room)
    if hand.chance(20 if not policy.get("numbers") else 60 if conditional else 35):
        draw_rule_outputs(hand, policy, agreeing=plan != "random", steady=plan == "sound")
    return dict(_unshared(policy))


def _grouped(hand: Hand, overrides: Mapping[str, str]) -> list[dict[str, Any]]:
    """The same overrides as a list: rules with a common reason together, or apart."""
    if hand.chance(50):
        return [{"rules": [name], "because": why} for name, why in overrides.items()]
    reasons = dict.fromkeys(overrides.values())
    return [{"rules": [name for name in overrides if overrides[name] == why], "because": why} for why in reasons]


def has_order(spec: Spec) -> bool:
    """Whether the answers to a field can rise."""
    return bool(spec.get("ordered")) or kind(spec) in LINES or kind(spec) == "yes_no"


def _unread(policy: Policy) -> list[str]:
    """The fields with several values that no rule and no impossible combination reads."""
    whens = [rule["when"] for rule in policy["rules"] if "when" in rule]
    whens += [part["when"] for part in policy["impossible"]]
    whens += [spec["applies_when"] for spec in policy["situation"].values() if "applies_when" in spec]
    read = set().union(*(mentioned(policy, when) for when in whens)) if whens else set()
    fields = policy["situation"].items()
    return [name for name, spec in fields if name not in read and not (is_countable(spec) and length(spec) == 1)]


def _draw_numbers(hand: Hand, fields: Mapping[str, Spec], axes: list[Axis]) -> dict[str, Any]:
    """Derived numbers, as far as the fields allow them; `axes` are those of the fields."""
    numbers: dict[str, Any] = {"score": draw_points(hand, axes)} if hand.chance(30) else {}
    for name in _NUMBERS[: hand.pick((0, 1, 2, 1))]:
        number = draw_number(hand, fields)
        if number:
            numbers[name] = number
    if hand.chance(30):
        multiplied = draw_product(hand, fields, numbers)
        numbers |= {"multiplied": multiplied} if multiplied else {}
    if hand.chance(35):
        chosen = draw_extreme(hand, fields, numbers)
        numbers |= {"chosen": chosen} if chosen else {}
    # Points and products in one sum soon come to more cases than are settled.
    added = {name: each for name, each in numbers.items() if "multiplied" not in numbers or not _has_points(name, each)}
    if added and hand.chance(35):
        # Numbers may stand in any order.
        numbers = {"overall": draw_number_of_numbers(hand, fields, added), **numbers}
    # Nothing is made of a ratio.
    return {**draw_ratio(hand, fields, numbers), **numbers} if hand.chance(30) else numbers


def _draw_table(
    hand: Hand, fields: Mapping[str, Spec], numbers: Mapping[str, Any], axes: list[Axis], *, is_whole: bool
) -> tuple[dict[str, Any], list[Axis]]:
    """The numbers with one that a table gives, and some that are made of it; and the axes with theirs."""
    found = {**numbers, _TABLE: draw_table(hand, axes, is_whole=is_whole)}
    of_table = draw_from_table(hand, fields, found, _TABLE)
    found |= of_table
    # What a table gives is tested often.
    return found, [*axes, *(number_axis(name, found, fields) for name in (_TABLE, _TABLE, *of_table))]


def _has_points(name: str, number: Mapping[str, Any]) -> bool:
    return name == "score" or "score" in parts_of(number)


def _draw_impossible(hand: Hand, axes: list[Axis]) -> list[dict[str, Any]]:
    """Combinations that cannot happen, whatever they leave possible."""
    wholes = [spell(hand, axes, narrow(hand, axes, {}, 2)) for _ in range(hand.count(1, 2))]
    return [{"when": when, "because": "It cannot be."} for when in wholes]


def _draw_harmless(hand: Hand, fields: Mapping[str, Spec]) -> list[dict[str, Any]]:
    """Combinations that leave something possible: of two fields each if there is more than one combination.

    A situation that fails the first combination on one field and the second on another one is possible.
    """
    many = hand.count(1, 2) if len(fields) > 1 else 1
    whens = []
    for _ in range(many):
        names = hand.some(fields, min(2, len(fields)))
        axes = [hand.pick(field_axes({name: fields[name]})) for name in names]
        halves = [(axis, axis.split(hand, range(axis.size))[0]) for axis in axes]
        whens.append(join(axis.phrase(hand, cells) for axis, cells in halves))
    return [{"when": when, "because": "It cannot be."} for when in whens]


def _name_part(hand: Hand, rules: list[dict[str, Any]], facts: dict[str, Any], name: str) -> None:
    """Make some entries of a rule a fact and let the rule refer to it."""
    long = [rule for rule in rules if len(rule.get("when", ())) > 1]
    if not long:
        return
    when = hand.pick(long)["when"]
    part: Entries = {key: when.pop(key) for key in hand.some(when, hand.count(1, len(when) - 1))}
    facts[name] = {"means": "what they have in common", "when": part}
    when[name] = True


def _draw_head(hand: Hand) -> dict[str, Any]:
    """Everything a policy says before its fields."""
    head: dict[str, Any] = {"policy": "sample-policy", "title": "How should it go?"}
    if hand.chance(20):
        head["version"] = "spring edition"
    if hand.chance(20):
        head["about"] = "Answer what is known and leave out the rest."
    if hand.chance(40):
        passages: dict[str, Any] = dict.fromkeys(_PASSAGES[: hand.count(1, 3)], "It says what to do")
        if hand.chance(40):
            passages["p9"] = {"says": "How it came about", "background": True}
        head["source"] = {"title": "The handbook", "author": "A. Writer", "published": "May of last year"}
        head["source"]["passages"] = passages
    return head


def _draw_verdict(hand: Hand, name: str) -> dict[str, Any]:
    """A verdict with what to do."""
    verdict: dict[str, Any] = {"title": f"Send it {name.replace('-', ' ')}"}
    if hand.chance(30):
        verdict["must"] = ["Book it by noon."]
    if hand.chance(30):
        verdict["advice"] = ["Warn the driver.", "Keep the receipt."]
    if hand.chance(30):
        verdict["output"] = hand.pick(_OUTPUTS)
    return verdict


def _cite(hand: Hand, policy: dict[str, Any]) -> None:
    """Name a passage, a reason of our own, or both, for every rule and some facts."""
    passages = [name for name, says in policy["source"]["passages"].items() if isinstance(says, str)]
    facts = [fact for fact in policy.get("facts", {}).values() if hand.chance(30)]
    of_steps = [rule for step in policy.get("steps", {}).values() for rule in step["rules"]]
    of_steps += [rule for number in policy.get("numbers", {}).values() for rule in number.get("table", ())]
    for part in [*of_steps, *policy["rules"], *facts]:
        says = hand.pick(("cites", "added", "both"))
        if says != "added":
            part["cites"] = hand.some(passages, hand.count(1, len(passages)))
        if says != "cites":
            part["added"] = "The handbook is silent here."


def _unshared(value: Any) -> Any:
    """The same mapping with every part its own, as a file has it: no part is reached in two ways."""
    if isinstance(value, Mapping):
        return {key: _unshared(part) for key, part in value.items()}
    return [_unshared(part) for part in value] if isinstance(value, (list, tuple)) else value


@st.composite
def records(draw: Draw, policy: Policy, unsure: bool = True) -> dict[str, Any]:
    """Full valid records by flat field name, often near the policy's constants; some may be impossible.

    Dates may be written as texts, numbers as ints, decimals or floats, and `unsure` may be said where the
    policy reads it as a value.
    """
    hand = Hand(draw)
    constants = constants_of(policy)
    record = {}
    for name, spec in policy["situation"].items():
        if unsure and "if_unsure" in spec and hand.chance(25):
            record[name] = "unsure"
        else:
            record[name] = dress(hand, spec, draw_value(hand, spec, constants.get(name, ())))
    return _asked(policy, record)


def _asked(policy: Policy, record: dict[str, Any]) -> dict[str, Any]:
    """The answers without those to questions that the others leave unasked."""
    kept = {name: value for name, value in record.items() if "applies_when" not in policy["situation"][name]}
    waiting = [name for name in record if name not in kept]
    while waiting:
        name = waiting.pop(0)
        at = settled(policy, kept)
        if not mentioned(policy, policy["situation"][name]["applies_when"]) <= at.keys():
            waiting.append(name)
        elif at.get(name) != NOT_ASKED:
            kept[name] = record[name]
    return {name: record[name] for name in record if name in kept}


@st.composite
def partial_records(draw: Draw, policy: Policy, unsure: bool = True) -> dict[str, Any]:
    """Valid records that leave any number of fields out, or hold None for them."""
    hand = Hand(draw)
    record: dict[str, Any] = draw(records(policy, unsure))
    for name in hand.some(record, hand.count(0, len(record))):
        if hand.chance(25):
            record[name] = None
        else:
            del record[name]
    return record

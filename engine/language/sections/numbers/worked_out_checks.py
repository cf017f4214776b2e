"""Checks of numbers that are outputs which a step works out, once all files of a policy are read.

A rounded amount is no sum of fields. Compared by itself it is a comparison of the number that is rounded, since
rounding never falls; beside amounts that rules or points give, it is one for each of these. Beside a field, it is one
for each value of the rounded amount, which may have so many only.
"""

from __future__ import annotations

from math import prod

from engine.language.documents.text import shorten
from engine.language.model.condition_tree import Compare
from engine.language.model.guarantees import Monotonicity
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import RATIO, SUM, Number
from engine.language.model.relations.derivations import compared_numbers, parts_of
from engine.language.model.relations.finite_values import MOST_VALUES
from engine.language.model.relations.number_limits import cases_of_rounded
from engine.language.model.relations.step_outputs import computed_entries
from engine.language.parsing.reading import Reading
from engine.language.sections.numbers.number_checks import check_numbers

# A rounded number that a guarantee about two situations speaks of may have so many values: each pair is a case.
_MOST_MOVED = 50


def check_worked_out(policy: Policy, reading: Reading) -> None:
    """Record numbers that read an output which cannot be worked out, or compared, in the way in which they read it.

    Args:
        policy: A policy, or the parts of a library, without problems so far.
        reading: Collects the problems.
    """
    check_numbers(policy.facts, policy.numbers, policy.field, reading)
    if reading.problems:
        return
    for number in policy.numbers:
        if number.given_by:
            _check_amounts(policy, number, reading)
    if reading.problems:
        return
    compared = compared_numbers(policy.number, policy.conditions)
    refused: set[str] = set()
    for number in (each for each in policy.derived_in_order if isinstance(each, Number) and each.name in compared):
        part = _mixed(policy, number)
        # What is made of a refused number is refused with it.
        if part and refused.isdisjoint(parts_of(number)):
            _refuse_mixed(policy, number, part, reading)
        if part or not refused.isdisjoint(parts_of(number)):
            refused.add(number.name)
    for guarantee in policy.guarantees:
        if isinstance(guarantee, Monotonicity) and guarantee.number:
            _check_moved(policy, guarantee, guarantee.number, reading)


def _check_moved(policy: Policy, guarantee: Monotonicity, number: str, reading: Reading) -> None:
    """Record a guarantee about two situations that speaks of a rounded number which it cannot speak of."""
    cases = policy.keep(cases_of_rounded).get(number)
    if cases is None:
        return
    made_of = compared_numbers(policy.number, [Compare(number, "known", True)])
    if any(policy.number[each].kind == RATIO for each in made_of):
        why = "rounded from a ratio"
        help_ = f"say it of a number that divides nothing, or with `always` of `{number}` and a fixed amount"
    elif cases > _MOST_MOVED:
        why = f"rounded and has more than {_MOST_MOVED} values"
        help_ = (
            "round it to larger steps, or give what it is made of a smaller range; or say it of a number that is not "
            "rounded"
        )
    else:
        return
    message = f"`{guarantee.name}` speaks of the number `{number}`, which is {why}"
    reading.refuse("computed-output", message, (guarantee.place, policy.number[number].place), help_)


def _check_amounts(policy: Policy, number: Number, reading: Reading) -> None:
    """Record the first amount of a number that is a ratio and not rounded."""
    step, output = number.given_by
    for each in computed_entries(number):
        source = policy.number[each.number]
        places = (number.place, source.place)
        if source.kind == RATIO and each.to is None:
            of = f"the output `{shorten(output)}` of the step `{step}`"
            message = f"`{number.name}` is {of}, which is the ratio `{each.number}`, whose decimals need not end"
            own = each.number.removeprefix(f"{step}.")
            help_ = f"round it in the step: `{{number: {own}, round: {{to: 0.01, mode: half_up}}}}`"
            reading.refuse("computed-output", message, places, help_)
            return


def _mixed(policy: Policy, number: Number) -> str | None:
    """Return a rounded part of a number that cannot be compared as a part of it; None if there is none."""
    if number.given_by:
        return None
    parts = parts_of(number)
    ratios = [part for part in parts if _is_ratio(policy, part)]
    if ratios:
        return ratios[0]
    cases = {part: each for part in parts if (each := policy.keep(cases_of_rounded).get(part))}
    if number.kind not in (SUM, RATIO) or not cases:
        return None
    most = max(cases, key=cases.__getitem__)
    others = [part for part in parts if part not in cases and not _is_fixed(policy, part)]
    # With nothing else beside it, one of them is compared by itself.
    split = [each for part, each in cases.items() if others or part != most]
    return most if prod(split) > MOST_VALUES else None


def _is_ratio(policy: Policy, part: str) -> bool:
    """Whether a part is a number that is worked out from a ratio, in a step or in one that this reads."""
    number = policy.number.get(part)
    if number is None:
        return False
    return number.kind == RATIO or any(_is_ratio(policy, each.number) for each in computed_entries(number))


def _is_fixed(policy: Policy, part: str) -> bool:
    """Whether a part is always one of some fixed amounts, such as points, whatever the fields in sums are."""
    return part in policy.number and policy.shapes[part].pieces == ((),)


def _refuse_mixed(policy: Policy, number: Number, part: str, reading: Reading) -> None:
    places = (number.place, policy.number[part].place)
    if _is_ratio(policy, part):
        message = f"`{part}` is worked out from a ratio, and conditions compare `{number.name}`, which is made of it"
        help_ = f"compare `{part}` by itself, or give `{number.name}` as an output only"
    else:
        made = "is a ratio of" if number.kind == RATIO else "adds up"
        others = [f"`{each}`" for each in dict.fromkeys(parts_of(number)) if each != part]
        beside = others[0] if len(others) == 1 else "the others"
        many = policy.keep(cases_of_rounded)[part] > MOST_VALUES
        cases = f"one for each value of `{part}`" if many else "one for each combination of rounded values"
        message = (
            f"`{number.name}` {made} the rounded `{part}` and {beside}, and conditions compare it: that is more than "
            f"{MOST_VALUES:,} cases, {cases}"
        )
        help_ = (
            f"round `{part}` to larger steps, or give what it is made of a smaller range; or compare `{part}` and "
            f"{beside} one by one, or take `round` out where the step gives it"
        )
    reading.refuse("bad-part", message, places, help_)

"""Which two versions of a policy might somebody compare, and what does trying every situation find of them?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from copy import deepcopy
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from hypothesis import strategies as st

from engine import Change
from engine.analysis.comparing.difference import Side
from engine.language.model.values.computed_outputs import written_output
from tests.support.drawing.asking.applicability import draw_applicability
from tests.support.drawing.edits import edited
from tests.support.drawing.fields import Draw, Hand, tidy
from tests.support.drawing.strategies import policies
from tests.support.judging import oracle
from tests.support.judging.axes import draw_half, field_axes
from tests.support.judging.spaces import (
    LINES,
    NONE,
    NOT_ASKED,
    Policy,
    Spec,
    conditions,
    every,
    kind,
    listed,
    representatives,
    settle,
    single_tests,
    unknown_text,
    values,
)
from tests.support.judging.versions.unions import asked_by, is_taken, is_united, united_specs
from tests.support.judging.yields import by_value, is_amount, meaning, numbers_given, output_of

IMPOSSIBLE = "(impossible)"
Pair = tuple[str, str]

_MOST_TRIED = 5_000
_MORE = {"choice": "cart", "any_of": "signature", "text": "Bern"}


@st.composite
def versions(
    draw: Draw, countable: bool = True, conditional: bool | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A policy, and the same with up to three edits, of the rules and of the fields, in either order.

    `countable` ones are small too; the others have an open end or a continuous number. Some questions may be asked
    under other answers than before; `conditional` is that of `policies`.
    """
    hand = Hand(draw)
    one = draw(policies(conditional=conditional, **{"small": True} if countable else {"countable": False}))
    other = deepcopy(one)
    for _ in range(hand.count(0, 3)):
        other = hand.pick((edited, _widened, _asked_more, _with_none))(hand, other)
    if _are_conditional(one) and hand.chance(50):
        other = _asked_otherwise(hand, other)
    return (other, one) if hand.chance(50) else (one, other)


def pair(change: Change, old: Policy | None = None, new: Policy | None = None) -> Pair:
    """The outcomes of a change, each with its outputs if they are compared."""
    return _whole(change.before, old), _whole(change.after, new)


def _whole(side: Side, policy: Policy | None) -> str:
    return got(side.verdict or f"({side.kind})", side.output, policy)


def got(verdict: str, output: Any, policy: Policy | None = None) -> str:
    """An outcome with its outputs by value, if there are any, and what the numbers of a version mean that they give."""
    if output is None:
        return verdict
    if policy is None or not isinstance(output, dict):
        return f"{verdict} {by_value(output)!r}"
    values_given = written_output(output).values()
    meant = [meaning(policy, value["number"]) for value in values_given if is_amount(policy, value)]
    return f"{verdict} {by_value(output)!r}{''.join(meant)}"


def compares_outputs(*versions: Policy) -> bool:
    """Whether rules of one of the versions have outputs, so that those of both are compared."""
    return any(
        "collect" in each or numbers_given(each) or any("output" in rule for rule in each["rules"]) for each in versions
    )


def _widened(hand: Hand, policy: dict[str, Any]) -> dict[str, Any]:
    """The policy with a field that takes more answers."""
    policy = deepcopy(policy)
    specs = [spec for spec in policy["situation"].values() if kind(spec) != "yes_no"]
    if not specs:
        return policy
    spec = hand.pick(specs)
    if kind(spec) == "text":
        spec["known"] = _inserted(hand, spec["known"], _MORE["text"])
    elif kind(spec) not in LINES:
        more = _MORE[kind(spec)]
        names = _inserted(hand, list(spec["choices"]), more)
        spec["choices"] = {name: spec["choices"].get(name, "Something else") for name in names}
    else:
        many = hand.count(1, 3)
        # A constant that depends on the day has no value before its first one.
        is_dated = any(isinstance(each["is"], dict) for each in policy.get("constants", {}).values())
        # What a ratio divides by stays above 0.
        divisors = [policy["situation"].get(each["ratio"]["to"]) for each in policy.get("numbers", {}).values()
                    if "ratio" in each]  # fmt: skip
        is_low = (is_dated and kind(spec) == "date") or any(each is spec for each in divisors)
        end = "to" if is_low else hand.pick(("from", "to"))
        is_last = spec.keys() & {"or_none", "applies_when"} and not {"from", "to"} & (spec.keys() - {end})
        if is_last and end in spec:
            return policy
        if end not in spec or ("step" not in spec and kind(spec) == "number" and hand.chance(50)):
            spec.pop(end, None)
        elif kind(spec) == "date":
            spec[end] += timedelta(days=-many if end == "from" else many)
        else:
            step = Decimal(spec.get("step", 1)) * (-many if end == "from" else many)
            spec[end] = tidy(Decimal(spec[end]) + step)
    return policy


def _inserted(hand: Hand, names: list[str], more: str) -> list[str]:
    place = hand.count(0, len(names))
    return names if more in names else [*names[:place], more, *names[place:]]


def _asked_more(hand: Hand, policy: dict[str, Any]) -> dict[str, Any]:
    """The policy with a field that it did not have, and mostly a rule that tests it."""
    if "asked_since" in policy["situation"]:
        return policy
    policy = deepcopy(policy)
    added: dict[str, Any] = {"ask": "And what of this?", "type": "yes_no"}
    if _are_conditional(policy) and hand.chance(50):
        added["applies_when"] = draw_half(hand, field_axes(policy["situation"]))[0]
    policy["situation"]["asked_since"] = added
    rule = hand.pick(policy["rules"])
    if "when" in rule and hand.chance(80):
        rule["when"]["asked_since"] = hand.chance(50)
    return policy


def _with_none(hand: Hand, policy: dict[str, Any]) -> dict[str, Any]:
    """The policy with a field that may have no value."""
    policy = deepcopy(policy)
    days = {policy.get("as_of"), *(each.get("on") for each in policy.get("constants", {}).values())}
    specs = [
        spec
        for name, spec in policy["situation"].items()
        if name not in days and kind(spec) != "any_of" and (kind(spec) not in LINES or {"from", "to"} & spec.keys())
    ]
    if specs:
        hand.pick(specs)["or_none"] = "There is none"
    return policy


def _asked_otherwise(hand: Hand, policy: dict[str, Any]) -> dict[str, Any]:
    """The policy with a field that is asked where it was not, and the other way round; or with others that may not be.

    Whether something is known may only be tested where it may not be.
    """
    policy = deepcopy(policy)
    fields = policy["situation"]
    tests = [holder[key] for when in conditions(policy) for holder, key in single_tests(when)]
    if any(isinstance(wanted, dict) and "known" in wanted for wanted in tests) or hand.chance(50):
        spec = hand.pick([spec for spec in fields.values() if "applies_when" in spec])
        spec["applies_when"] = {"not": spec["applies_when"]}
        return policy
    for spec in fields.values():
        spec.pop("applies_when", None)
    days = {policy.get("as_of"), *(each.get("on") for each in policy.get("constants", {}).values())}
    draw_applicability(hand, fields)
    # What an output is worked out from may not depend on what a guarantee ignores.
    ignored = {name for each in policy.get("guarantees", ()) for name in listed(each.get("ignores", ()))}
    if not numbers_given(policy):
        ignored = set()
    for name, spec in fields.items():
        if name in days or ignored & oracle.mentioned(policy, spec.get("applies_when", {})):
            spec.pop("applies_when", None)
    return policy


def everything(old: Policy, new: Policy) -> list[dict[str, Any]]:
    """Every situation that the fields of either version allow."""
    fields = [policy["situation"] for policy in (old, new)]
    names = dict.fromkeys(name for each in fields for name in each)
    found = every({name: list(_either([each[name] for each in fields if name in each])) for name in names})
    return list(_united(old, new, found))


def _united(old: Policy, new: Policy, records: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The records in which each field has an answer exactly where one of the versions asks for it."""
    if not _are_conditional(old, new):
        return iter(records)
    specs = united_specs(old, new)
    return (each for each in records if is_united(each, [asked_by(version, each, specs) for version in (old, new)]))


def _are_conditional(*versions: Policy) -> bool:
    """Whether some question is not always asked."""
    return any("applies_when" in spec for each in versions for spec in each["situation"].values())


def some(old: Policy, new: Policy) -> list[dict[str, Any]]:
    """Situations that show what each version tells apart; raises ValueError where no list of them is enough."""
    shown = [representatives(policy) for policy in (old, new)]
    names = dict.fromkeys(name for each in shown for name in each)
    axes = {name: [value for each in shown for value in each.get(name, ())] for name in names}
    specs = old["situation"] | new["situation"]
    once = {name: {settle(specs[name], value): value for value in values} for name, values in axes.items()}
    found = every({name: list(values.values()) for name, values in once.items()})
    return list(islice(_united(old, new, islice(found, 4 * _MOST_TRIED)), _MOST_TRIED))


def _either(specs: list[Spec]) -> Iterator[Any]:
    """Every answer that one of two fields of a name takes."""
    if kind(specs[0]) == "text":
        known = dict.fromkeys(text for spec in specs for text in spec["known"])
        known |= {NONE: None} if any("or_none" in spec for spec in specs) else {}
        yield from [*known, unknown_text({"known": list(known)})]
        yield from [NOT_ASKED] if all("applies_when" in spec for spec in specs) else []
        return
    seen = set()
    for spec in specs:
        for value in values(spec):
            settled = settle(spec, value)
            if settled not in seen:
                seen.add(settled)
                yield value


def said(policy: Policy, record: dict[str, Any], other: Policy) -> str:
    """The outcome of one version in a situation that one of the two takes."""
    own = {name: record[name] for name in policy["situation"]}
    if _are_conditional(policy, other):
        own = asked_by(policy, record, united_specs(policy, other))
    if not all(is_taken(spec, own[name]) for name, spec in policy["situation"].items()):
        return IMPOSSIBLE
    found = oracle.outcome(policy, own)
    if not found.possible:
        return IMPOSSIBLE
    has_outputs = found.verdict in policy["verdicts"] and compares_outputs(policy, other)
    return got(found.verdict, output_of(policy, found.stands), policy) if has_outputs else found.verdict


def pairs(old: Policy, new: Policy) -> Counter[Pair]:
    """How many situations have which outcomes under the two, those that neither takes left out."""
    found = Counter((said(old, record, new), said(new, record, old)) for record in everything(old, new))
    del found[IMPOSSIBLE, IMPOSSIBLE]
    return found

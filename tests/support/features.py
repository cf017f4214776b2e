"""What does a policy use? The types, operators and constructs in it, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from tests.support.judging.amounts import amounts_behind, values_in
from tests.support.judging.spaces import (
    JOINERS,
    LINES,
    Policy,
    bounds,
    conditions,
    day_field,
    entries_of,
    is_countable,
    is_made_of_conditions,
    kind,
    listed,
    other_field,
    parts_of,
    single_tests,
    values_of,
)
from tests.support.judging.yields import is_amount
from tests.support.overrides import above_all, named, says_all


def features(policy: Policy) -> set[str]:
    """The name of every type, operator and construct that a policy uses."""
    walks = (_field_features, _test_features, _part_features, _rule_features)
    return {feature for walk in walks for feature in walk(policy)}


def _field_features(policy: Policy) -> Iterator[str]:
    for name, spec in policy["situation"].items():
        is_free = kind(spec) == "number" and "step" not in spec
        yield "type:" + ("ordered" if spec.get("ordered") else "number-free" if is_free else kind(spec))
        yield from (key for key in ("if_unsure", "or_none", "applies_when", "ask_after", "unit") if key in spec)
        if "." in name:
            yield "dotted"
        if not is_countable(spec):
            yield "uncountable"
        if kind(spec) in LINES and not {"from", "to"} <= spec.keys():
            yield "open-end"


def _test_features(policy: Policy) -> Iterator[str]:
    for when in conditions(policy):
        yield from (f"nested:{joiner}" for joiner in _joiners(when))
        for holder, key in single_tests(when):
            wanted = holder[key]
            if key in policy.get("facts", {}):
                yield f"fact:{'yes' if wanted else 'no'}"
                continue
            if key in policy.get("steps", {}):
                yield "op:step"
                continue
            yield "op:number" if key in policy.get("numbers", {}) else "op:field"
            if isinstance(wanted, Mapping):
                yield from (f"op:{word}" for word in wanted)
            else:
                yield "op:listed" if isinstance(wanted, list) else "op:equal"
            if any(map(other_field, bounds(wanted))):
                yield "compare-fields"


def _joiners(when: Mapping[str, Any]) -> Iterator[str]:
    """Every `all`, `any` and `not` in a condition, and `deep` for one inside another."""
    for key in JOINERS:
        if key in when:
            yield key
            for part in listed(when[key]):
                inner = set(_joiners(part))
                yield from inner | ({"deep"} if inner else set())


def _part_features(policy: Policy) -> Iterator[str]:
    yield from (key for key in ("version", "as_of", "about", "source", "impossible") if key in policy)
    if any(isinstance(says, Mapping) for says in policy.get("source", {}).get("passages", {}).values()):
        yield "background"
    for number in policy.get("numbers", {}).values():
        yield from ("number", f"number:of-{len(parts_of(number))}")
        yield from ("number:by-day" for written in values_in(number) if day_field(policy, written) is not None)
        yield from (
            f"number:{kind_of}"
            for kind_of in ("larger_of", "smaller_of", "points", "product", "ratio", "table", "output")
            if kind_of in number
        )
        if any(isinstance(factor, str) for factor in (*number.get("sum", {}).values(), number.get("plus", 0))):
            yield "number:named"
        if "plus" in number:
            yield "number:plus"
        if any(isinstance(weight, Decimal) for weight in number.get("sum", {}).values()):
            yield "number:decimal"
        parts = {part for part in parts_of(number) if isinstance(part, str)}
        if is_made_of_conditions(number):
            word = "points" if "points" in number else "table"
            yield from (
                f"{word}:{section}"
                for section in ("facts", "numbers", "steps")
                if parts & policy.get(section, {}).keys()
            )
            yield from ("points:named" for entry in entries_of(number) if isinstance(entry.get("add"), str))
            yield from ("table:override" for entry in entries_of(number) if "overrides" in entry)
            continue
        kinds_of_number = ("sum", "product", "larger_of", "smaller_of", "ratio")
        for given in ("table", "output"):
            made_of = {name for name in parts & policy["numbers"].keys() if given in policy["numbers"][name]}
            yield from (f"{given}:in-{word}" for word in kinds_of_number if made_of and word in number)
        if any(name in parts and kind(spec) == "date" for name, spec in policy["situation"].items()):
            yield "number:dates"
        if not parts.isdisjoint(policy["numbers"]):
            yield "number:nested"
    for name, constant in policy.get("constants", {}).items():
        yield from ("constant:dated" for _ in range(isinstance(constant["is"], dict)))
        for value in values_of(policy, name):
            is_list = isinstance(constant["is"], list)
            yield f"constant:{'list' if is_list else 'day' if isinstance(value, date) else 'number'}"
        yield from (f"constant:{key}" for key in ("unit", "cites", "on") if key in constant)
    for fact in policy.get("facts", {}).values():
        yield "fact"
        if any(key in policy["facts"] for _, key in single_tests(fact["when"])):
            yield "fact-over-fact"
    for promise in policy.get("guarantees", ()):
        yield from (f"guarantee:{word}" for word in ("never", "only", "always", "ignores", "rising") if word in promise)
        if "when" not in promise:
            yield "guarantee:everywhere"
    for verdict in policy["verdicts"].values():
        yield from verdict.keys() - {"title"}


def _rule_features(policy: Policy) -> Iterator[str]:
    if "collect" in policy:
        yield "collect"
    if any("output" in rule for rule in policy["rules"]):
        yield "rule-output"
    outputs = [each.get("output") for each in (*policy["verdicts"].values(), *policy["rules"])]
    for value in (value for output in outputs if isinstance(output, Mapping) for value in output.values()):
        if is_amount(policy, value):
            yield f"amount:{'rounded' if 'round' in value else 'exact'}"
            if any("applies_when" in policy["situation"][name] for name in amounts_behind(policy, value["number"])):
                yield "amount:not-always"
    yield f"mode:{policy.get('decision', 'unique')}"
    overriding = {rule["rule"] for rule in policy["rules"] if "overrides" in rule}
    if len(above_all(policy)) > 1:
        yield "above-all"
    for rule in policy["rules"]:
        yield from rule.keys() & {"otherwise", "cites", "added"}
        if "otherwise" in rule and policy.get("decision", "unique") == "unique":
            yield "otherwise-unique"
        if not rule.keys() & {"when", "otherwise"}:
            yield "no-test"
        if "overrides" in rule:
            yield "override-of-override" if overriding & named(rule).keys() else "override"
            if isinstance(rule["overrides"], list):
                yield "override-all" if says_all(rule) else "override-list"

"""In which situations does a field have an answer, where two versions of a policy each ask their own questions?

It has one exactly where one of the versions asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tests.support.judging.oracle import holds, mentioned
from tests.support.judging.spaces import LINES, NONE, NOT_ASKED, Policy, Spec, kind, line, settle


def united_specs(old: Policy, new: Policy) -> dict[str, Spec]:
    """The fields of both versions for conditions of either: with all choices, and `none` where one of them takes it."""
    found: dict[str, Spec] = {}
    for name in old["situation"] | new["situation"]:
        specs = [each["situation"][name] for each in (old, new) if name in each["situation"]]
        widest = max(specs, key=lambda spec: len(spec.get("choices", ())))
        optional: Spec = next((spec for spec in specs if "or_none" in spec), {})
        always = {key: value for key, value in widest.items() if key != "applies_when"}
        found[name] = {**always, **_only(optional, "or_none")}
    return found


def asked_by(policy: Policy, record: Mapping[str, Any], specs: Mapping[str, Spec]) -> dict[str, Any]:
    """The answers to the questions that a version asks; where it asks and there is no answer, it is None.

    `specs` are those of `united_specs`.
    """
    whens = {name: spec["applies_when"] for name, spec in policy["situation"].items() if "applies_when" in spec}
    fields = {name: {**specs[name], **_only(spec, "applies_when")} for name, spec in policy["situation"].items()}
    for name, spec in policy["situation"].items():
        if kind(spec) == "text" and "or_none" not in spec:
            # The word `none` is a text like any other.
            fields[name].pop("or_none", None)
    wide = {**policy, "situation": fields}
    found: dict[str, Any] = {}
    at: dict[str, Any] = {}
    waiting = sorted(fields, key=whens.__contains__)
    while waiting:
        name = waiting.pop(0)
        if name in whens and not mentioned(policy, whens[name]) <= found.keys():
            waiting.append(name)
            continue
        # What depends on an answer that only the other version takes is not asked.
        read = mentioned(policy, whens[name]) if name in whens else set()
        are_taken = all(is_taken(policy["situation"][each], found[each]) for each in read)
        is_asked = name not in whens or (are_taken and holds(wide, whens[name], at))
        answer = None if record[name] == NOT_ASKED else record[name]
        found[name] = answer if is_asked else NOT_ASKED
        at[name] = None if found[name] is None else settle(fields[name], found[name])
    return {name: found[name] for name in fields}


def is_taken(spec: Spec, value: Any) -> bool:
    """Whether a field of one version takes an answer that the other takes; None is none where it is asked."""
    if value is None or value == NOT_ASKED:
        return value is not None
    if value == NONE and kind(spec) != "text":
        return "or_none" in spec
    if kind(spec) in LINES:
        return line(spec).holds(settle(spec, value))
    if kind(spec) == "any_of":
        return set(value) <= set(spec["choices"])
    return kind(spec) != "choice" or value in spec["choices"]


def _only(spec: Spec, key: str) -> Spec:
    return {key: spec[key]} if key in spec else {}


def is_united(record: Mapping[str, Any], asked: Iterable[Mapping[str, Any]]) -> bool:
    """Whether each field has an answer exactly where one of the versions asks for it."""
    versions = list(asked)
    return all(
        (value == NOT_ASKED) == all(own.get(name, NOT_ASKED) == NOT_ASKED for own in versions)
        for name, value in record.items()
    )

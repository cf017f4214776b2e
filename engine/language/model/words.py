"""Natural-language phrases for values, comparisons and conditions, in the words of the policy's author."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from engine.language.documents.text import escape_invisible
from engine.language.model.condition_tree import All, ByDay, Compare, Condition, Holds, Not, Some, Versus, as_written
from engine.language.model.field_kinds import ANY_OF, CHOICE, NONE, TEXT, YES_NO, Field
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import Constant
from engine.language.model.values.value_texts import decimal_text, value_text

_ORDER = {
    "at_least": "at least",
    "at_most": "at most",
    "more_than": "more than",
    "less_than": "less than",
    "on_or_after": "on or after",
    "on_or_before": "on or before",
    "after": "after",
    "before": "before",
}


def answer_words(field: Field, value: Any) -> str:
    """An answer as a person would give it: `A box`, `31 kg`, `yes`."""
    if field.lacks(value):
        return field.or_none if field.or_none is not None and value == NONE else "not asked"
    if field.kind == CHOICE:
        return field.texts[value]
    if field.kind == ANY_OF:
        return ", ".join(field.texts[option] for option in value) if value else "none of them"
    if field.kind == TEXT:
        return (
            f'"{value}"' if value in field.known else f'a text that no rule names, such as "{escape_invisible(value)}"'
        )
    return value_text(field, value) + (f" {unit_words(field.unit, value)}" if field.unit else "")


def unit_words(unit: str, value: object) -> str:
    """A unit as it follows a number: singular after 1 if it is an English plural."""
    is_plural = unit.isalpha() and unit.islower() and len(unit) > 3 and unit.endswith("s")
    if value != 1 or not is_plural or unit.endswith(("ss", "us", "is")) or unit in _SAME_FOR_ONE:
        return unit
    if unit.endswith("ies"):
        return f"{unit[:-3]}y"
    return unit[:-2] if unit.endswith(("ches", "shes", "sses", "xes")) else unit[:-1]


# Words in `-s` whose singular is the same.
_SAME_FOR_ONE = ("series", "species", "means", "news", "lens", "gas")


def condition_words(policy: Policy, condition: Condition) -> list[str]:
    """A condition as lines that must all hold; the parts of an `any`, `all` or `not` are indented by two."""
    condition = as_written(condition)
    if isinstance(condition, All):
        if (subject := _one_subject(condition)) is not None:
            return [f"{_subject(policy, subject)} {' and '.join(_subject_predicates(policy, condition))}"]
        return [line for part in condition.parts for line in condition_words(policy, part)]
    if isinstance(condition, Some):
        return ["at least one of these holds:", *_indented(policy, condition.parts)]
    if isinstance(condition, Not):
        inside = condition_words(policy, condition.part)
        return (
            [f"not: {inside[0]}"] if len(inside) == 1 else ["not all of these hold:", *(f"  {line}" for line in inside)]
        )
    return [comparison_words(policy, condition)]


def condition_phrase(policy: Policy, condition: Condition) -> str:
    """A condition as a clause of a sentence; nested conjunctions and disjunctions are in brackets.

    >>> from engine import load
    >>> policy = load("customs-channel")
    >>> condition_phrase(policy, policy.rules[0].when) != ""
    True
    """
    condition = as_written(condition)
    if isinstance(condition, Not):
        return f"not {_bracket(policy, condition.part, always=True)}"
    if not isinstance(condition, All | Some):
        return comparison_words(policy, condition)
    if len(condition.parts) == 1:
        return condition_phrase(policy, condition.parts[0])
    word = " and " if isinstance(condition, All) else " or "
    if (subject := _one_subject(condition)) is not None:
        return f"{_subject(policy, subject)} {word.join(_subject_predicates(policy, condition))}"
    return word.join(_bracket(policy, part) for part in condition.parts)


def _bracket(policy: Policy, part: Condition, always: bool = False) -> str:
    """The phrase of a part, in brackets if it is compound."""
    text, part = condition_phrase(policy, part), _unwrap(part)
    return f"({text})" if always or isinstance(part, All | Some) else text


def _one_subject(condition: All | Some) -> str | None:
    """The name that all parts compare, so that it can be named once; None if there are several, or other parts."""
    parts = map(_unwrap, condition.parts)
    names = {part.name if isinstance(part, Compare | Versus) else None for part in parts}
    return names.pop() if len(condition.parts) > 1 and len(names) == 1 else None


def _subject_predicates(policy: Policy, condition: All | Some) -> list[str]:
    """The predicates of comparisons that share a subject."""
    tests = map(_unwrap, condition.parts)
    return [predicate_words(policy, test) for test in tests if isinstance(test, Compare | Versus)]


def _unwrap(part: Condition) -> Condition:
    """The condition inside conjunctions and disjunctions that have only one part."""
    while isinstance(part, All | Some) and len(part.parts) == 1:
        part = part.parts[0]
    return part


def _indented(policy: Policy, parts: tuple[Condition, ...]) -> list[str]:
    """The lines of the parts of a disjunction, as a list with hyphens."""
    lines: list[str] = []
    for part in parts:
        inside = condition_words(policy, part)
        lines += [f"  - {inside[0]}", *(f"    {line}" for line in inside[1:])]
    return lines


def comparison_words(policy: Policy, test: Compare | Versus | Holds) -> str:
    """A comparison as a clause: `What does it weigh? more than 30 kg`."""
    if isinstance(test, Holds):
        return policy.fact[test.fact].means if test.expected else f"not: {policy.fact[test.fact].means}"
    return f"{_subject(policy, test.name)} {predicate_words(policy, test)}"


def predicate_words(policy: Policy, test: Compare | Versus) -> str:
    """A comparison without its subject: `more than 30 kg`."""
    if isinstance(test, Versus):
        return f"{_ORDER[test.op]} the answer to “{policy.field[test.other].ask}”"
    field, value = policy.compared.get(test.name), test.value
    if test.op == "known":
        return "any value" if value else "no value"
    if test.op == "asked":
        return "is asked" if value else "is not asked"
    if test.op in _ORDER:
        return f"{_ORDER[test.op]} {_bound_words(policy, test, value, 0)}"
    if test.op == "is":
        return _bound_words(policy, test, value, 0)
    listed = value if isinstance(value, tuple) else (value,)
    if field is not None and field.kind == ANY_OF:
        named = ", ".join(f"‘{field.texts[str(option)]}’" for option in listed)
        return f"{_LIST[test.op][len(listed) > 1]} {named}" if listed else "none of them"
    words = " or ".join(_bound_words(policy, test, each, at) for at, each in enumerate(listed))
    constant = policy.constant.get(test.named) if isinstance(test.named, str) else None
    if constant is not None:
        words = f"one of the {constant_words(constant)} ({words})" if test.op == "one_of" else words
        words = f"the {constant_words(constant)} ({words})" if test.op == "none_of" else words
    return f"anything but {words}" if test.op == "none_of" else words


def negated_words(policy: Policy, condition: Condition) -> str:
    """The predicate of a list without any of some answers, which may be no answer; empty for any other condition."""
    if not isinstance(condition, Compare) or condition.op != "includes_any":
        return ""
    return predicate_words(policy, replace(condition, op="excludes"))


# Phrases for one option and for several.
_LIST = {
    "includes": ("includes", "includes"),
    "includes_any": ("includes", "includes at least one of"),
    "excludes": ("does not include", "includes none of"),
    "only": ("nothing but", "nothing but"),
}


def _subject(policy: Policy, name: str) -> str:
    """The question of a field, or the meaning of a derived number or a step."""
    field = policy.field.get(name)
    return field.ask if field else f"{(policy.step.get(name) or policy.number[name]).means}:"


def _bound_words(policy: Policy, test: Compare, value: Any, at: int) -> str:
    """One of the values of a comparison in words, with the constant that it comes from: `the limit (22 euros)`."""
    name = test.named if isinstance(test.named, str) else test.named[at]
    constant = policy.constant.get(name)
    words = period_words(value, lambda each: _counted(policy.compared.get(test.name), constant, each))
    return (
        words if constant is None or isinstance(constant.value, tuple) else f"the {constant_words(constant)} ({words})"
    )


def _counted(field: Field | None, constant: Constant | None, value: Any) -> str:
    """A value in words, with the unit of the constant where the field has none."""
    unit = constant.unit if constant is not None and (field is None or not field.unit) else None
    return _value(field, value) + (f" {unit_words(unit, value)}" if unit else "")


def period_words(value: Any, words: Callable[[Any], str]) -> str:
    """A value in words; those of a dated constant in turn: `22 euros before 2024-07-01, then 0 euros`."""
    if not isinstance(value, ByDay):
        return words(value)
    *early, (_, last) = value.periods
    following = [first for first, _ in value.periods[1:]]
    spans = [f"{words(each)} before {day}" for (_, each), day in zip(early, following, strict=True)]
    return ", ".join([*spans, f"then {words(last)}"]) if spans else words(last)


def constant_words(constant: Constant) -> str:
    """The name of a constant as it is read aloud: `free amount`, or `limit of affordability` for one of a step."""
    return " of ".join(reversed(constant.name.replace("_", " ").split(".")))


def _value(field: Field | None, value: Any) -> str:
    """A value in words."""
    if field is None:
        return decimal_text(value)
    if field.kind in (CHOICE, YES_NO):
        return answer_words(field, value)
    is_text = field.kind == TEXT and (field.or_none is None or value != NONE)
    return f'"{value}"' if is_text else answer_words(field, value)


def wanted_words(policy: Policy, field: Field, condition: Condition) -> str:
    """The answers that a condition about one field allows, without the question: `at least 3 and at most 8 kg`."""
    if isinstance(condition, Not):
        return negated_words(policy, condition.part) or f"anything but {wanted_words(policy, field, condition.part)}"
    if isinstance(condition, Some):
        return " or ".join(wanted_words(policy, field, part) for part in condition.parts)
    lines = [line.removeprefix(f"{field.ask} ") for line in condition_words(policy, condition)]
    return " and ".join(lines) or "any answer"


def number_words(count: int | None) -> str:
    """A count with thousands separators; `some` if it is None."""
    return "some" if count is None else f"{count:,}"


def share_words(count: int, whole: int) -> str:
    """`count` out of `whole` as a percentage; 0 % and 100 % are shown only if exact."""
    if count in (0, whole):
        return "100 %" if count else "0 %"
    tenths = (count * 2000 + whole) // (2 * whole)
    if not tenths:
        return "under 0.1 %"
    return "over 99.9 %" if tenths == 1000 else f"{tenths // 10}.{tenths % 10} %"

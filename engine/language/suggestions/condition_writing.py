"""Comparisons written as conditions of this language, for suggestions to paste.

Of a comparison with several possible meanings, the two likeliest are shown, with how they differ.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from engine.frozen import NamedTuple
from engine.language.documents.nodes import Scalar
from engine.language.documents.text import shorten
from engine.language.documents.yaml_spelling import on_one_line, paste
from engine.language.model.condition_tree import MEMBER_OPS, SAME_ORDER
from engine.language.model.field_kinds import ANY_OF, CHOICE, DATE, YES_NO
from engine.language.suggestions.operand_values import UNPLACED, Data, fits_operand

if TYPE_CHECKING:
    from engine.language.model.policy_parts import Constant
    from engine.language.parsing.operands import Operand

_DATED = {order: dated for dated, order in SAME_ORDER.items()}
_LONGEST = 300
# How to choose between the two readings of a disputed word, each suggested in turn.
DISTINCTIONS = {
    ("more_than", "at_least"): "where {} counts too",
    ("less_than", "at_most"): "where {} counts too",
    ("at_most", "less_than"): "where {} does not count",
    ("at_least", "more_than"): "where {} does not count",
    ("excludes", "not_all"): "where some may be there and only not all together",
    ("not_all", "excludes"): "where none of them may be there",
    ("includes", "exactly"): "where nothing else may be in the list",
    ("includes_any", "only"): "where nothing else may be in the list, and it may be empty",
}


class Test(NamedTuple):
    """One comparison: its possible meanings, likeliest first, and its operands."""

    meanings: tuple[str, ...]
    values: tuple[Data, ...]


def write_help(subject: Operand, tests: list[Test], taken: Collection[str]) -> str:
    """The whole entry in this language; both readings if a word is disputed, empty if it cannot be expressed."""
    ways: list[tuple[str, str]] = []
    disputed = next((test for test in tests if len(test.meanings) > 1), tests[0])
    for meaning in disputed.meanings:
        chosen = [test._replace(meanings=(meaning,)) if test is disputed else test for test in tests]
        text = _entry_text(subject, chosen, taken)
        if text and text not in (each for _, each in ways):
            ways.append((meaning, text))
    if not ways:
        return ""
    if len(ways) == 1:
        ends = "; both ends are included" if any("between" in each for test in tests for each in test.meanings) else ""
        return f"write {ways[0][1]}{ends}"
    (first, one), (second, two) = ways[:2]
    value = disputed.values[0]
    itself = "that itself" if isinstance(value, dict) else shorten(str(value))
    return f"write {one}; {DISTINCTIONS[first, second].format(itself)}, {two}"


def _entry_text(subject: Operand, tests: list[Test], taken: Collection[str]) -> str:
    """The entry as YAML to paste, in backticks; empty if it cannot be expressed or is too long."""
    conditions = [operand_condition(subject, test.meanings[0], test.values) for test in tests]
    if any(each is None for each in conditions):
        return ""
    whole = _merge_conditions(subject.name, [each for each in conditions if each is not None])
    word = next(iter(whole))
    if word in taken:
        free = next((each for each in ("all", "any") if each not in taken), None)
        if free is None:
            return f"`{on_one_line(whole)}` as one more condition in the list under `all`"
        whole = {free: [whole]}
    return paste(whole, "", _LONGEST)


def _merge_conditions(name: str, conditions: list[Data]) -> Data:
    """Merge conditions about one operand into one entry."""
    inside: dict[str, Data] = {}
    for each in conditions:
        comparisons = each.get(name)
        if not isinstance(comparisons, dict) or comparisons.keys() & inside.keys():
            return conditions[0] if len(conditions) == 1 else {"all": conditions}
        inside |= comparisons
    return {name: inside}


def operand_condition(subject: Operand, meaning: str, values: tuple[Data, ...]) -> Data | None:
    """A comparison as a condition with one entry; None if this operand cannot be compared so."""
    constant = _named_constant(subject, values)
    if constant is not None:
        if not subject.lists(constant):
            return None
        if subject.kind() != ANY_OF:
            word = _SINGLE_VALUE_MEANINGS.get(meaning, meaning)
            return {subject.name: {word: constant.name}} if word in MEMBER_OPS else None
        # A list of answers is compared with the choices themselves.
        values = tuple(str(value) for value in constant.value) if isinstance(constant.value, tuple) else ()
    return (
        _list_condition(subject.name, meaning, values)
        if subject.kind() == ANY_OF
        else _value_condition(subject, meaning, values)
    )


def _named_constant(subject: Operand, values: tuple[Data, ...]) -> Constant | None:
    """The constant that the only value names, if that is no value to compare with; None if it is one, or names none."""
    name = values[0] if len(values) == 1 else None
    constant = subject.names.constants.get(name) if isinstance(name, str) else None
    if constant is None or fits_operand(Scalar(constant.name, True, UNPLACED), subject):
        return None
    return constant


def _list_condition(name: str, meaning: str, values: tuple[Data, ...]) -> Data | None:
    """A comparison of an `any_of` field as a condition; None if it cannot be expressed."""
    if any(isinstance(value, dict) for value in values):
        return None
    one = values[0] if len(values) == 1 else list(values)
    exactly = {name: {"includes": one, "only": one} if values else {"only": []}}
    if meaning == "empty":
        return {name: {"only": []}}
    if meaning == "not_empty":
        return {"not": {name: {"only": []}}}
    if not values and meaning not in ("is", "exactly", "only", "is_not"):
        return None
    builders: dict[str, Callable[[], Data]] = {
        "includes": lambda: {name: {"includes": one}},
        "excludes": lambda: {name: {"excludes": one}},
        "none_of": lambda: {name: {"excludes": one}},
        "only": lambda: {name: {"only": one}},
        "not_only": lambda: {"not": {name: {"only": one}}},
        "is": lambda: exactly,
        "exactly": lambda: exactly,
        "is_not": lambda: {name: {"excludes": one}} if len(values) == 1 else {"not": exactly},
        "not_exactly": lambda: {"not": exactly},
        "not_all": lambda: {name: {"excludes": one}} if len(values) == 1 else {"not": {name: {"includes": one}}},
        "includes_any": lambda: {name: {"includes" if len(values) == 1 else "includes_any": one}},
        "one_of": lambda: {name: {"includes" if len(values) == 1 else "includes_any": one}},
    }
    return builders[meaning]() if meaning in builders else None


# What comparisons of lists mean for a field with a single value.
_SINGLE_VALUE_MEANINGS = {
    "includes": "one_of",
    "includes_any": "one_of",
    "only": "one_of",
    "exactly": "one_of",
    "is": "one_of",
    "excludes": "none_of",
    "not_all": "none_of",
    "not_only": "none_of",
    "not_exactly": "none_of",
    "is_not": "none_of",
}


def _value_condition(subject: Operand, meaning: str, values: tuple[Data, ...]) -> Data | None:
    """A comparison of a field with a single value as a condition; None if it cannot be expressed."""
    meaning, name = _SINGLE_VALUE_MEANINGS.get(meaning, meaning), subject.name
    if not values or meaning in ("empty", "not_empty"):
        return None
    if meaning in ("between", "not_between"):
        if len(values) != 2 or not subject.is_ordered():
            return None
        low, high = in_order(subject, values)
        inside = {name: {_op("at_least", subject): low, _op("at_most", subject): high}}
        return inside if meaning == "between" else {"not": inside}
    if meaning in ("one_of", "none_of"):
        return _equal(subject, values) if meaning == "one_of" else _unequal(subject, values)
    if len(values) > 1 or not subject.is_ordered():
        return None
    return {name: {_op(meaning, subject): values[0]}}


def in_order(subject: Operand, ends: tuple[Data, ...]) -> tuple[Data, ...]:
    """The ends of a range, the lower one first: `10 to 5` has no value in it as it is written."""
    scalars = [Scalar(end, True, UNPLACED) for end in ends if isinstance(end, str)]
    if len(scalars) < len(ends) or not all(fits_operand(scalar, subject) for scalar in scalars):
        return ends
    field = subject.field
    values: list[Any] = [subject.read_one(scalar) for scalar in scalars]
    first, second = [field.rank[value] for value in values] if field and field.kind == CHOICE else values
    return ends if first <= second else ends[::-1]


def _equal(subject: Operand, values: tuple[Data, ...]) -> Data | None:
    """The condition that the operand equals one of the values."""
    if isinstance(values[0], dict):
        if not subject.is_ordered():
            return None
        ends = {_op("at_least", subject): values[0], _op("at_most", subject): values[0]}
        return {subject.name: ends} if len(values) == 1 else None
    return {subject.name: values[0] if len(values) == 1 else list(values)}


_OTHER_ANSWER = {"yes": "no", "true": "no", "no": "yes", "false": "yes"}


def _unequal(subject: Operand, values: tuple[Data, ...]) -> Data | None:
    """The condition that the operand equals none of the values."""
    if subject.kind() == YES_NO and len(values) == 1 and values[0] in _OTHER_ANSWER:
        return {subject.name: _OTHER_ANSWER[values[0]]}
    if isinstance(values[0], dict):
        equal = _equal(subject, values)
        return {"not": equal} if equal else None
    return {subject.name: {"none_of": list(values)}}


def _op(meaning: str, subject: Operand) -> str:
    """The operator for a meaning, by the kind of operand."""
    return _DATED[meaning] if subject.kind() == DATE else meaning

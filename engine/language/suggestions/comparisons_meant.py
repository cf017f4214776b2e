"""Suggested replacements for comparisons written as in another language.

Each suggestion is text to paste over the entry that could not be read: `seat: "!= coach"` becomes
`not: {seat: coach}`. A policy that reads without errors needs nothing from this module.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from engine.language.documents.foreign_operators import meanings_of, on_days, split_range, split_text, why_unaskable
from engine.language.documents.name_suggestions import find_by_label
from engine.language.documents.nodes import Entry, Mapping, Node, Scalar, Sequence
from engine.language.documents.text import shorten
from engine.language.documents.yaml_spelling import on_one_line
from engine.language.model.condition_tree import DATE_OPS, LIST_OPS, ORDER_OPS, SAME_ORDER
from engine.language.model.field_kinds import ANY_OF, CHOICE, DATE, INTEGER, NUMBER, TEXT, YES_NO
from engine.language.model.values import FLAGS, Misfit
from engine.problems import Place

if TYPE_CHECKING:
    from engine.language.parsing.operands import Operand

# A condition, or the right-hand side of a comparison, as plain data.
Data: TypeAlias = Any
_DATED = {order: dated for dated, order in SAME_ORDER.items()}
_LONGEST = 300
_COMMA = re.compile(r"[-+]?\d+,\d{1,2}")
_AND = re.compile(r"\band\b|&")
_OR = re.compile(r"\bn?or\b|[|/]")
_WRITTEN = Place("", 1, 1)
_CLOCK = ("today", "now", "current_date", "current date", "today()", "now()", "sysdate", "yesterday", "tomorrow")
_NOTHING = ("none", "nothing", "empty", "none of them", "no", "")
_SOMETHING = (
    "not empty",
    "not none",
    "nonempty",
    "some",
    "any",
    "anything",
    "something",
    "at least one",
    "one or more",
)
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


def comparisons_of(subject: Operand) -> tuple[str, ...]:
    """The comparison operators that apply to a field or derived number; empty for one whose values have no order."""
    if subject.kind() == ANY_OF:
        return LIST_OPS
    return () if not subject.is_ordered() else DATE_OPS if subject.kind() == DATE else ORDER_OPS


def map_help(subject: Operand, written: Mapping, taken: Collection[str]) -> str:
    """The help for a map with comparisons that are foreign or do not apply to this operand; empty if not understood.

    Args:
        subject: The field or derived number compared.
        written: The map of comparisons.
        taken: Keys among `all`, `any` and `not` that the enclosing condition already has.
    """
    tests: list[Test] = []
    whole = _rejoin_numbers(written)
    if tests := _read_bare_keys(subject, whole):
        return _help(subject, tests, taken)
    if subject.kind() == INTEGER and len(whole.entries) < len(written.entries):
        return "inside braces a comma ends a number: write a whole number without one"
    for op, right in whole.entries.values():
        if why := why_unaskable(op.text):
            return why
        if op.text == "field" and isinstance(right, Scalar):
            tests.append(Test(("is",), ({"field": right.text},)))
            continue
        meanings = (SAME_ORDER.get(op.text, op.text),) if op.text in _OWN else _meanings(subject, op.text)
        values = _operands(right, subject)
        if values is None or not meanings or (subject.kind() == DATE and _are_numbers(values)):
            return ""
        if subject.kind() == TEXT and meanings[0] in _LIST_MEANINGS and not all_fit(list(map(str, values)), subject):
            return why_unaskable("matches")
        if meanings[0] in _EMPTINESS:
            # `empty: no` is not `empty: yes`.
            said = FLAGS.get(str(values[0]).casefold())
            if said is None:
                return ""
            meanings = meanings if said == "yes" else (_EMPTINESS[meanings[0]],)
        if len(values) == 2 and isinstance(right, Scalar):
            meanings = ("not_between",) if meanings[0] in ("none_of", "not_between") else ("between",)
        tests.append(Test(_adapt_to_list(meanings) if subject.kind() == ANY_OF else meanings, values))
    return _help(subject, tests, taken)


def _meanings(subject: Operand, op: str) -> tuple[str, ...]:
    """The comparisons that a foreign operator may mean for this operand."""
    return meanings_of(on_days(op) if subject.kind() == DATE else op)


def _are_numbers(values: tuple[Data, ...]) -> bool:
    """Whether the operands are numbers, such as the 30 of `older_than: 30`."""
    return all(isinstance(value, str) and value.isdecimal() for value in values)


def _read_bare_keys(subject: Operand, written: Mapping) -> list[Test]:
    """The comparisons in a map whose entries are keys without values: `{at_least 5}`, or `{park, beach}` for a list."""
    if not all(has_no_colon(entry) for entry in written.entries.values()):
        return []
    found = [text_test(subject, name.replace("_", " ", 1)) or text_test(subject, name) for name in written.entries]
    tests = [test for test in found if test is not None]
    if len(tests) == len(found):
        return tests
    return [Test(("one_of",), tuple(written.entries))] if all_fit(list(written.entries), subject) else []


def _rejoin_numbers(written: Mapping) -> Mapping:
    """The map with numbers rejoined that a comma had split: `{at_most: 10,5}`."""
    entries: dict[str, Entry] = {}
    last = ""
    for name, entry in written.entries.items():
        before = entries[last].value if last else None
        if isinstance(before, Scalar) and (whole := rejoin_number(before, entry)):
            entries[last] = entries[last]._replace(value=before._replace(text=whole))
            continue
        entries[last := name] = entry
    return written._replace(entries=entries)


def rejoin_number(before: Scalar, entry: Entry) -> str:
    """The number that a comma split into two entries, as one; empty if the second entry is not its continuation."""
    is_rest = has_no_colon(entry) and entry.key.text.isdigit()
    if not is_rest or not before.plain or not re.fullmatch(r"[-+]?\d+", before.text):
        return ""
    # Three digits after a comma are more often thousands than a fraction.
    return before.text + ("" if len(entry.key.text) == 3 else ".") + entry.key.text


def has_no_colon(entry: Entry) -> bool:
    """Whether an entry in braces has no colon, such as `please` in `{title: Stay, please}`."""
    key, value = entry
    is_empty = isinstance(value, Scalar) and value.plain and value.text == ""
    return is_empty and key.plain and value.place.column <= key.place.column + len(key.text)


def _adapt_to_list(meanings: tuple[str, ...]) -> tuple[str, ...]:
    """Adapt the meanings of words for single values to a list."""
    if meanings == ("is",):
        return ("includes", "exactly")
    return ("includes_any", "only") if meanings == ("one_of",) else meanings


_OWN = frozenset((*ORDER_OPS, *DATE_OPS, *LIST_OPS))
_EMPTINESS = {"empty": "not_empty", "not_empty": "empty"}
# Comparisons of lists that, said of a text, are about a part of it.
_LIST_MEANINGS = ("includes", "includes_any", "excludes")


def text_help(subject: Operand, text: str, taken: Collection[str], *, op: str = "is") -> str:
    """The help for a text that is no value: an operator, a range, alternatives, or the name of another field.

    Args:
        subject: The field or derived number compared.
        text: The text that was written as its value.
        taken: Keys among `all`, `any` and `not` that the enclosing condition already has.
        op: The comparison under which the text stands.

    Returns:
        The help, or an empty text if the text is not understood.
    """
    if text.casefold() in _CLOCK:
        return _clock_help(subject, op, taken) if subject.kind() == DATE else ""
    if subject.kind() == YES_NO and text.casefold() in FLAGS:
        return _help(subject, [Test(("is",), (FLAGS[text.casefold()],))], taken)
    if op != "is":
        # The text may name another field, or be a number with a decimal comma.
        value = _data(Scalar(text, True, _WRITTEN), subject)
        fits = isinstance(value, dict) or (value != text and "," in text and all_fit([value], subject))
        return _help(subject, [Test((SAME_ORDER.get(op, op),), (value,))], taken) if fits else ""
    if subject.kind() == ANY_OF and text.casefold() in _NOTHING:
        return _help(subject, [Test(("empty",), ())], taken)
    if subject.kind() == ANY_OF and text.casefold() in _SOMETHING:
        return _help(subject, [Test(("not_empty",), ())], taken)
    if tests := _text_tests(subject, text):
        return _help(subject, tests, taken)
    value = _data(Scalar(text, True, _WRITTEN), subject)
    if isinstance(value, dict) or (value != text and "," in text and all_fit([value], subject)):
        return _help(subject, [Test(("is",), (value,))], taken)
    return why_unaskable(text.split()[0]) if text.split() else ""


def _text_tests(subject: Operand, text: str) -> list[Test]:
    """The comparisons stated by a text, several if it is a conjunction of limits: `> 5 and < 10`."""
    whole = text_test(subject, text)
    if whole is not None:
        return [whole]
    tests = [text_test(subject, part) for part in re.split(r"\s*(?:,|&&?|\band\b)\s*", text)]
    found = [test for test in tests if test is not None and _is_limit(test)]
    return found if len(found) == len(tests) > 1 else []


def _is_limit(test: Test) -> bool:
    """Whether a comparison is a lower or upper limit."""
    return all(meaning in ORDER_OPS for meaning in test.meanings)


def text_test(subject: Operand, text: str) -> Test | None:
    """Parse a comparison in signs or words: `!= coach`, `at least 5`, `1-5`, `coach or first`; None if it is none."""
    parted = split_text(on_days(text) if subject.kind() == DATE else text)
    if parted is not None:
        meanings, values = meanings_of(parted[0]), _split_values(parted[1], subject)
        ends = split_range(parted[1])
        if values is None and not ends:
            return None
        if ends and any(each in ("between", "not_between", "at_least") for each in meanings):
            pair = tuple(_data(Scalar(end, True, _WRITTEN), subject) for end in ends)
            if all_fit(ends, subject):
                return Test(("not_between" if "not_between" in meanings else "between",), pair)
        # `not coach or first` is ambiguous.
        if values is None or ("is_not" in meanings and len(values) > 1):
            return None
        return Test(_adapt_to_list(meanings) if subject.kind() == ANY_OF else meanings, values)
    ends = split_range(text)
    # "2 and 5" without "between" are two values.
    if ends and subject.is_ordered() and all_fit(ends, subject) and not _AND.search(text):
        return Test(("between",), ends)
    values = _split_values(text, subject)
    if not values or len(values) == 1:
        return None
    are_all = subject.kind() == ANY_OF and _AND.search(text) and not _OR.search(text)
    return Test(("includes",) if are_all else ("one_of",), values)


def _split_values(text: str, subject: Operand) -> tuple[Data, ...] | None:
    """The value or alternatives that a text lists; None if they do not fit."""
    bare = text.strip().strip("[](){}").strip()
    # A comma inside a number may be a decimal comma or a thousands separator.
    comma = r",\s" if subject.kind() in (INTEGER, NUMBER) else ","
    for parts in ([bare], re.split(rf"\s*(?:{comma}|;|\||/|\bor\b|\band\b|\bnor\b|&)\s*", bare)):
        stripped = [part.strip().strip("\"'") for part in parts if part.strip()]
        if stripped and all_fit(stripped, subject):
            return tuple(_data(Scalar(part, True, _WRITTEN), subject) for part in stripped)
    return None


def all_fit(texts: Collection[str], subject: Operand) -> bool:
    """Whether each text is a value of the operand, or the name of a comparable field."""
    return all(
        _names_comparable_field(text, subject) or _fits(Scalar(_canonical(text, subject), True, _WRITTEN), subject)
        for text in texts
    )


def _fits(scalar: Scalar, subject: Operand) -> bool:
    """Whether a scalar is a value of the operand."""
    try:
        subject.read_one(scalar)
    except Misfit:
        return False
    return True


def _names_comparable_field(text: str, subject: Operand) -> bool:
    """Whether a text names another field with which this one can be compared."""
    other, own = subject.names.fields.get(text), subject.field
    return (
        other is not None
        and own is not None
        and other.name != own.name
        and own.is_grid
        and other.is_grid
        and (own.kind == DATE) == (other.kind == DATE)
        and own.unit == other.unit
    )


def _operands(node: Node, subject: Operand) -> tuple[Data, ...] | None:
    """The right-hand side of a comparison as operands; None if nothing can be compared with it."""
    if isinstance(node, Scalar):
        if node.empty:
            return None
        ends = split_range(node.text)
        if ends and subject.is_ordered() and not _fits(node, subject) and all_fit(ends, subject):
            return ends
        return (_data(node, subject),)
    if isinstance(node, Sequence):
        items = [item for item in node.items if isinstance(item, Scalar) and not item.empty]
        return tuple(_data(item, subject) for item in items) if len(items) == len(node.items) else None
    if not isinstance(node, Mapping):
        return None
    if set(node.entries) == {"field"}:
        return ({"field": getattr(node.get("field"), "text", "")},)
    # A nested range, `between: {min: 1, max: 5}`.
    if len(node.entries) == 2:
        ends_by = {meanings_of(op.text)[:1]: right for op, right in node.entries.values()}
        low, high = ends_by.get(("at_least",)), ends_by.get(("at_most",))
        if isinstance(low, Scalar) and isinstance(high, Scalar):
            return (_data(low, subject), _data(high, subject))
    return None


def _data(scalar: Scalar, subject: Operand) -> Data:
    """A constant in this language's spelling: the name for its label, a decimal point, `yes` for `TRUE`."""
    if subject.kind() == YES_NO:
        return FLAGS.get(scalar.text.casefold(), scalar.text)
    if _fits(scalar, subject):
        return scalar.text
    if _names_comparable_field(scalar.text, subject):
        return {"field": scalar.text}
    return _canonical(scalar.text, subject)


def _canonical(text: str, subject: Operand) -> str:
    """A value in this language's spelling, where it has another."""
    kind = subject.kind()
    if kind == YES_NO:
        return FLAGS.get(text.casefold(), text)
    if kind in (CHOICE, ANY_OF) and subject.field:
        return find_by_label(text, subject.field.texts) or text
    if kind in (INTEGER, NUMBER) and _COMMA.fullmatch(text):
        return text.replace(",", ".")
    return text


def _help(subject: Operand, tests: list[Test], taken: Collection[str]) -> str:
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
    conditions = [condition_data(subject, test.meanings[0], test.values) for test in tests]
    if any(each is None for each in conditions):
        return ""
    whole = _merge_conditions(subject.name, [each for each in conditions if each is not None])
    word = next(iter(whole))
    if word in taken:
        free = next((each for each in ("all", "any") if each not in taken), None)
        if free is None:
            return f"`{on_one_line(whole)}` as one more condition in the list under `all`"
        whole = {free: [whole]}
    text = on_one_line(whole)[1:-1]
    return f"`{text}`" if len(text) <= _LONGEST else ""


def _merge_conditions(name: str, conditions: list[Data]) -> Data:
    """Merge conditions about one operand into one entry."""
    inside: dict[str, Data] = {}
    for each in conditions:
        comparisons = each.get(name)
        if not isinstance(comparisons, dict) or comparisons.keys() & inside.keys():
            return conditions[0] if len(conditions) == 1 else {"all": conditions}
        inside |= comparisons
    return {name: inside}


def condition_data(subject: Operand, meaning: str, values: tuple[Data, ...]) -> Data | None:
    """A comparison as a condition with one entry; None if this operand cannot be compared so."""
    return (
        _list_condition(subject.name, meaning, values)
        if subject.kind() == ANY_OF
        else _value_condition(subject, meaning, values)
    )


def _list_condition(name: str, meaning: str, values: tuple[Data, ...]) -> Data | None:
    """A comparison of an `any_of` field as a condition; None if it cannot be expressed."""
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
        "includes_any": lambda: _includes_any(name, values),
        "one_of": lambda: _includes_any(name, values),
    }
    return builders[meaning]() if meaning in builders else None


def _includes_any(name: str, values: tuple[Data, ...]) -> Data:
    """The condition that a list includes at least one of the values."""
    if len(values) == 1:
        return {name: {"includes": values[0]}}
    return {"any": [{name: {"includes": value}} for value in values]}


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
        low, high = _in_order(subject, values)
        inside = {name: {_op("at_least", subject): low, _op("at_most", subject): high}}
        return inside if meaning == "between" else {"not": inside}
    if meaning in ("one_of", "none_of"):
        return _equal(subject, values) if meaning == "one_of" else _unequal(subject, values)
    if len(values) > 1 or not subject.is_ordered():
        return None
    return {name: {_op(meaning, subject): values[0]}}


def _in_order(subject: Operand, ends: tuple[Data, ...]) -> tuple[Data, ...]:
    """The ends of a range, the lower one first: `10 to 5` has no value in it as it is written."""
    scalars = [Scalar(end, True, _WRITTEN) for end in ends if isinstance(end, str)]
    if len(scalars) < len(ends) or not all(_fits(scalar, subject) for scalar in scalars):
        return ends
    field = subject.field
    values: list[Any] = [subject.read_one(scalar) for scalar in scalars]
    first, second = [field.rank[value] for value in values] if field and field.kind == CHOICE else values
    return ends if first <= second else ends[::-1]


def _equal(subject: Operand, values: tuple[Data, ...]) -> Data | None:
    """The condition that the operand equals one of the values."""
    if isinstance(values[0], dict):
        ends = {_op("at_least", subject): values[0], _op("at_most", subject): values[0]}
        return {subject.name: ends} if len(values) == 1 else None
    return {subject.name: values[0] if len(values) == 1 else list(values)}


def _unequal(subject: Operand, values: tuple[Data, ...]) -> Data | None:
    """The condition that the operand equals none of the values."""
    if subject.kind() == YES_NO and len(values) == 1 and values[0] in _OTHER_ANSWER:
        return {subject.name: _OTHER_ANSWER[values[0]]}
    equal = _equal(subject, values)
    return {"not": equal} if equal else None


_OTHER_ANSWER = {"yes": "no", "true": "no", "no": "yes", "false": "yes"}


def _op(meaning: str, subject: Operand) -> str:
    """The operator for a meaning, by the kind of operand."""
    return _DATED[meaning] if subject.kind() == DATE else meaning


def _clock_help(subject: Operand, op: str, taken: Collection[str]) -> str:
    """The help for `today` and the like: policies have no clock, so the day has to be a field."""
    own = SAME_ORDER.get(op, op)
    name = "today" if "today" not in subject.names.all() else "the_day"
    condition = condition_data(subject, own, ({"field": name},))
    if condition is None or next(iter(condition)) in taken:
        return ""
    field = on_one_line({name: {"ask": "Which day is today?", "type": "date"}})[1:-1]
    comparison = on_one_line(condition)[1:-1]
    return f"there is no clock: add the field `{field}` under `situation:`, and write `{comparison}` here"

"""Suggested replacements for comparisons written as in another language.

Each suggestion is text to paste over the entry that could not be read: `seat: "!= coach"` becomes
`not: {seat: coach}`. A policy that reads without errors needs nothing from this module.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from engine.language.documents.foreign_operators import meanings_of, on_days, split_range, split_text, why_unaskable
from engine.language.documents.nodes import Entry, Mapping, Scalar, has_no_colon
from engine.language.documents.yaml_spelling import on_one_line
from engine.language.model.condition_tree import DATE_OPS, LIST_OPS, MEMBER_OPS, ORDER_OPS, SAME_ORDER
from engine.language.model.field_kinds import ANY_OF, DATE, INTEGER, TEXT, YES_NO
from engine.language.model.values.misfits import FLAGS
from engine.language.suggestions.condition_writing import Test, in_order, operand_condition, write_help
from engine.language.suggestions.operand_values import (
    UNPLACED,
    Data,
    all_fit,
    named_operand,
    read_operands,
    spell_constant,
    split_values,
)

if TYPE_CHECKING:
    from engine.language.parsing.operands import Operand


_AND = re.compile(r"\band\b|&")
_OR = re.compile(r"\bn?or\b|[|/]")
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
_EMPTINESS = {"empty": "not_empty", "not_empty": "empty"}
_OWN = frozenset((*MEMBER_OPS, *ORDER_OPS, *DATE_OPS, *LIST_OPS))
# Comparisons of lists that, said of a text, are about a part of it.
_LIST_MEANINGS = ("includes", "includes_any", "excludes")


def comparisons_of(subject: Operand) -> tuple[str, ...]:
    """The comparison operators that apply to a field or derived number."""
    if subject.kind() == ANY_OF:
        return LIST_OPS
    ordering = () if not subject.is_ordered() else DATE_OPS if subject.kind() == DATE else ORDER_OPS
    return (*ordering, *MEMBER_OPS)


def list_help(subject: Operand, op: str, text: str) -> str:
    """The help for `one_of` or `none_of` with a text in place of a list; empty if the text holds no fitting values."""
    values = split_values(text, subject)
    if values is None or any(isinstance(value, dict) for value in values):
        return ""
    return f"write `{on_one_line({op: list(values)})[1:-1]}`"


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
        return write_help(subject, tests, taken)
    if subject.kind() == INTEGER and len(whole.entries) < len(written.entries):
        return "inside braces a comma ends a number: write a whole number without one"
    for op, right in whole.entries.values():
        if why := why_unaskable(op.text):
            return why
        if op.text in ("field", "constant") and isinstance(right, Scalar):
            if right.text in subject.names.constants and not all_fit([right.text], subject):
                return ""
            tests.append(Test(("is",), (named_operand(right, subject),)))
            continue
        meanings = (SAME_ORDER.get(op.text, op.text),) if op.text in _OWN else _meanings(subject, op.text)
        values = read_operands(right, subject)
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
    return write_help(subject, tests, taken)


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
    texts = [name.replace(":", " ") for name in written.entries]
    found = [text_test(subject, text.replace("_", " ", 1)) or text_test(subject, text) for text in texts]
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


def _adapt_to_list(meanings: tuple[str, ...]) -> tuple[str, ...]:
    """Adapt the meanings of words for single values to a list."""
    if meanings == ("is",):
        return ("includes", "exactly")
    return ("includes_any", "only") if meanings == ("one_of",) else meanings


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
    if quoted := re.fullmatch(r"\{\s*(\w+):\s*([^,{}]+)\}", text):
        # A comparison in quotes.
        return text_help(subject, f"{quoted[1]} {quoted[2].strip()}", taken, op=op)
    if text.casefold() in _CLOCK:
        return _clock_help(subject, op, taken) if subject.kind() == DATE else ""
    if subject.kind() == YES_NO and text.casefold() in FLAGS:
        return write_help(subject, [Test(("is",), (FLAGS[text.casefold()],))], taken)
    if op != "is":
        # The text may name another field, or be a number with a decimal comma.
        value = spell_constant(Scalar(text, True, UNPLACED), subject)
        fits = isinstance(value, dict) or (value != text and "," in text and all_fit([value], subject))
        return write_help(subject, [Test((SAME_ORDER.get(op, op),), (value,))], taken) if fits else ""
    if subject.kind() == ANY_OF and text.casefold() in _NOTHING:
        return write_help(subject, [Test(("empty",), ())], taken)
    if subject.kind() == ANY_OF and text.casefold() in _SOMETHING:
        return write_help(subject, [Test(("not_empty",), ())], taken)
    if tests := _text_tests(subject, text):
        return write_help(subject, tests, taken)
    value = spell_constant(Scalar(text, True, UNPLACED), subject)
    if isinstance(value, dict) or (value != text and "," in text and all_fit([value], subject)):
        return write_help(subject, [Test(("is",), (value,))], taken)
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
        meanings, values = meanings_of(parted[0]), split_values(parted[1], subject)
        ends = split_range(parted[1])
        if values is None and not ends:
            return None
        if ends and any(each in ("between", "not_between", "at_least") for each in meanings):
            pair = tuple(spell_constant(Scalar(end, True, UNPLACED), subject) for end in ends)
            if all_fit(ends, subject):
                return Test(("not_between" if "not_between" in meanings else "between",), pair)
        # `not coach or first` is ambiguous.
        if values is None or ("is_not" in meanings and len(values) > 1):
            return None
        return Test(_adapt_to_list(meanings) if subject.kind() == ANY_OF else meanings, values)
    ends = split_range(text) or _hyphenated(text)
    if ends and _is_difference(ends, text, subject):
        return None
    # "2 and 5" without "between" are two values.
    if ends and subject.is_ordered() and all_fit(ends, subject) and not _AND.search(text):
        return Test(("between",), ends)
    values = split_values(text, subject)
    if not values or len(values) == 1:
        return None
    are_all = subject.kind() == ANY_OF and _AND.search(text) and not _OR.search(text)
    return Test(("includes",) if are_all else ("one_of",), values)


def _hyphenated(text: str) -> tuple[str, str] | None:
    """The two ends of a range of names or days that a hyphen joins: `small-medium`, `2026-01-01 - 2026-02-01`."""
    for hyphen in (r"\s+-\s+", "-"):
        parts = re.split(hyphen, text)
        if len(parts) == 2:
            return parts[0], parts[1]
    return None


def _is_difference(ends: tuple[str, str], text: str, subject: Operand) -> bool:
    """Whether a hyphen between a name and another value is a minus: a range would have its lower end first."""
    if "-" not in text or not any(end in subject.names.constants for end in ends):
        return False
    return all_fit(ends, subject) and in_order(subject, ends) != ends


def _clock_help(subject: Operand, op: str, taken: Collection[str]) -> str:
    """The help for `today` and the like: policies have no clock, so the day has to be a field."""
    own = SAME_ORDER.get(op, op)
    name = "today" if "today" not in subject.names.all() else "the_day"
    condition = operand_condition(subject, own, ({"field": name},))
    if condition is None or next(iter(condition)) in taken:
        return ""
    field = on_one_line({name: {"ask": "Which day is today?", "type": "date"}})[1:-1]
    comparison = on_one_line(condition)[1:-1]
    return f"there is no clock: add the field `{field}` under `situation:`, and write `{comparison}` here"

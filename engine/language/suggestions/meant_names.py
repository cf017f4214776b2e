"""Suggestions for unknown names in conditions: logical operators, labels, options, and whole comparisons as keys."""

from __future__ import annotations

import re
from collections.abc import Collection
from collections.abc import Mapping as AbstractMapping
from typing import TYPE_CHECKING, Any

from engine.language.documents.foreign_operators import JOINERS, meanings_of
from engine.language.documents.name_suggestions import find_by_label
from engine.language.documents.nodes import Entry, Mapping, Node, Scalar, Sequence, has_no_colon
from engine.language.documents.text import lines_of
from engine.language.documents.yaml_spelling import on_one_line, paste
from engine.language.model.field_kinds import ANY_OF, YES_NO, Field
from engine.language.suggestions.comparisons_meant import map_help, rejoin_number, text_help, text_test
from engine.language.suggestions.condition_writing import operand_condition
from engine.language.suggestions.operand_values import all_fit
from engine.problems import Place

if TYPE_CHECKING:
    from engine.language.parsing.operands import Names, Operand
    from engine.language.parsing.reading import Reading

# Keys that belong beside `when`; inside it, their line is indented too deep.
ITEM_KEYS = (
    "then",
    "because",
    "cites",
    "added",
    "overrides",
    "rule",
    "guarantee",
    "never",
    "always",
    "ignores",
    "rising",
    "means",
)
_ELSE = ("else", "otherwise", "default", "elif", "else_if")
_LONGEST = 300
_YES = ("yes", "true")


def _item_key_help(key: Scalar, beside: Mapping, reading: Reading) -> str:
    """The help for keys inside a condition that belong beside `when`."""
    strangers = [name for name in beside.entries if name in ITEM_KEYS]
    *others, last = (f"`{name}`" for name in strangers)
    do = "do" if others else "does"
    message = f"{' and '.join([', '.join(others), last] if others else [last])} {do} not belong inside the condition"
    lines = lines_of(reading.text)[: key.place.line]
    at = next((each for each in range(len(lines), 0, -1) if re.search(r"\bwhen *:", lines[each - 1])), 0)
    when = re.match(r"((?: |- )*)when *: *(?:#.*)?$", lines[at - 1]) if at else None
    inside = re.search(r"\bwhen *: *\{", lines[at - 1]) if at else None
    if when and at < key.place.line and lines[-1].startswith(f"{' ' * len(when[1])} "):
        column = len(when[1])
        if others:
            return f"{message}: begin their lines with {column} spaces, as that of `when:` does"
        return f"{message}: begin its line with {column} spaces, `{' ' * column}{lines[-1].strip()}`"
    if inside and at == key.place.line:
        test = on_one_line(
            {"when": {each: as_data(entry.value) for each, entry in beside.entries.items() if each not in strangers}}
        )
        kept = on_one_line({each: as_data(beside.entries[each].value) for each in strangers})[1:-1]
        if len(strangers) < len(beside.entries) and len(test) + len(kept) <= _LONGEST:
            if re.match(r" *- *\{|.*\{.*\bwhen", lines[at - 1]):
                return f"{message}: close its braces before, `{test[1:-1]}, {kept}`"
            return f"{message}: write `{test[1:-1]}`, and on the next line `{kept}`"
    return f"{message}: begin the line at the column of `when:`"


def joined_conditions(word: str, value: Node) -> list[Node] | None:
    """The conditions under a logical operator of another language; None if `word` is none or joins no conditions."""
    if JOINERS.get(word.casefold()) is None:
        return None
    inside: list[Node] = list(value.items) if isinstance(value, Sequence) else [value]
    return inside if inside and all(isinstance(each, Mapping) for each in inside) else None


def name_help(key: Scalar, value: Node, beside: Mapping, names: Names, reading: Reading) -> str:
    """The help for an unknown name in a condition; empty if nothing known resembles it.

    Args:
        key: The unknown name.
        value: What it is compared with.
        beside: The condition in which it stands.
        names: The names that exist.
        reading: The problems of the file.
    """
    taken = [word for word in ("all", "any", "not") if word in beside.entries]
    word = key.text.casefold()
    if key.text in ITEM_KEYS:
        return _item_key_help(key, beside, reading)
    if word in _ELSE:
        return "a condition has no other branch: write a separate rule for the other situations"
    if word in JOINERS and (inside := joined_conditions(key.text, value)):
        return _paste_help(_join_conditions(JOINERS[word], inside, isinstance(value, Sequence)), taken)
    if word in ("all", "any", "not"):
        return f"write `{word}:`"
    nested = _nested_help(key.text, value, names)
    if nested:
        return f"write {nested}"
    named = _name_by_label(key.text, names)
    if named:
        return f"write its name, `{named}`"
    return _option_help(key, value, names) or _key_test_help(key.text, value, names, reading, taken)


_MIRRORED = {
    "at_least": "at_most", "at_most": "at_least", "more_than": "less_than", "less_than": "more_than", "is": "is",
    "on_or_after": "on_or_before", "on_or_before": "on_or_after", "after": "before", "before": "after",
}  # fmt: skip


def constant_key_help(key: Scalar, value: Node, names: Names) -> str:
    """The help for a constant on the left of a comparison: the comparison the other way round, if it names a field."""
    entries = [(op, entry.value) for op, entry in value.entries.items()] if isinstance(value, Mapping) else []
    entries = entries or [("is", value)]
    op, right = entries[0]
    if isinstance(right, Mapping) and "field" in right.entries:
        right = right.entries["field"].value
    turned = _MIRRORED.get(op)
    if len(entries) == 1 and turned and isinstance(right, Scalar) and right.text in (*names.fields, *names.numbers):
        test: Any = key.text if turned == "is" else {turned: key.text}
        return f"write `{on_one_line({right.text: test})[1:-1]}`"
    return f"put the field first, such as `FIELD: {{at_least: {key.text}}}`"


def cut_value_help(key: Scalar, beside: Mapping, names: Names, reading: Reading) -> str | None:
    """The help for an entry in braces whose value commas cut apart, such as `seat: coach, first`; None if it is none.

    Args:
        key: A key without a colon that is part of the value.
        beside: The condition in which it stands.
        names: The names that exist.
        reading: The problems of the file.

    Returns:
        The help for the first such key, an empty text for the others.
    """
    written = list(beside.entries)
    first = end = written.index(key.text)
    while first and has_no_colon(beside.entries[written[first]]):
        first -= 1
    while end + 1 < len(written) and has_no_colon(beside.entries[written[end + 1]]):
        end += 1
    name, start = written[first], beside.entries[written[first]].value
    subject = _subject(name, names, reading)
    if first == end or subject is None or not isinstance(start, Scalar) or start.empty:
        return None
    values = [start.text, *written[first + 1 : end + 1]]
    number = rejoin_number(start, beside.entries[values[1]])
    is_spaced = beside.entries[values[1]].key.place.column > start.place.column + len(start.text) + 1
    if number and not is_spaced and len(values) == 2 and all_fit([number], subject):
        help_ = f"inside braces a comma ends a number: write `{name}: {number}`"
    elif all_fit(values, subject):
        help_ = f"inside braces a comma ends the value: write several in brackets, `{name}: [{', '.join(values)}]`"
    else:
        return None
    return help_ if key.text == values[1] else ""


def _join_conditions(joiner: str, inside: list[Node], listed: bool) -> Any:
    """Conditions under a foreign operator as data; None if it cannot be expressed."""
    if joiner == "any" and not listed and isinstance(inside[0], Mapping):
        parts: list[Any] = [{name: as_data(entry.value)} for name, entry in inside[0].entries.items()]
    else:
        parts = [as_data(each) for each in inside]
    if joiner == "none":
        return {"not": parts[0] if len(parts) == 1 else {"any": parts}}
    if joiner == "nand":
        return {"not": parts[0] if len(parts) == 1 else {"all": parts}}
    if joiner == "xor":
        if len(parts) != 2:
            return None
        one, other = parts
        return {"any": [{"all": [one, {"not": other}]}, {"all": [other, {"not": one}]}]}
    return {joiner: parts}


def as_data(node: Node) -> Any:
    """A node as plain data: scalars are the texts written, except for `true` and `false`."""
    if isinstance(node, Mapping):
        return {name: as_data(entry.value) for name, entry in node.entries.items()}
    if isinstance(node, Sequence):
        return [as_data(item) for item in node.items]
    if not isinstance(node, Scalar):
        return ""
    return node.text == "true" if node.plain and node.text in ("true", "false") else node.text


def _paste_help(data: Any, taken: Collection[str]) -> str:
    """The help that shows a condition to paste; it is nested where its key is already taken."""
    if data is None:
        return "say in `any:` with which of them alone it holds, one condition for each"
    if next(iter(data)) in taken:
        free = next((each for each in ("all", "any") if each not in taken), None)
        data = {free: [data]} if free else data
    return paste(data, longest=_LONGEST) or f"write `{next(iter(data))}:`"


def _nested_help(name: str, value: Node, names: Names) -> str:
    """The help for answers nested as in a record, which conditions name with dots; empty if there are none."""
    if not isinstance(value, Mapping):
        return ""
    dotted = {f"{name}.{inner}": entry.value for inner, entry in value.entries.items()}
    if dotted and all(each in names.fields for each in dotted):
        answers = {each: as_data(node) for each, node in dotted.items()}
        return paste(answers, "the name with its dots: ", _LONGEST)
    inside = next((each for each in names.fields if each.startswith(f"{name}.")), None)
    return f"the name with its dots: `{inside}: …`" if inside else ""


def _name_by_label(written: str, names: Names) -> str | None:
    """The name of the field, number or fact whose text was written in its place; None if there is none."""
    labels = {name: field.ask for name, field in names.fields.items() if field}
    for section in (names.numbers, names.facts):
        for name, entry in section.items():
            node = getattr(entry, "value", None)
            means = node.get("means") if isinstance(node, Mapping) else None
            if isinstance(means, Scalar):
                labels[name] = means.text
    return find_by_label(written.replace("_", " ") if " " not in written else written, labels)


def _option_help(key: Scalar, value: Node, names: Names) -> str:
    """The help for an option written as a name: `coach: yes` for `seat: coach`."""
    holders = [field for field in names.fields.values() if field and key.text in field.options]
    if len(holders) != 1 or not isinstance(value, Scalar) or value.text not in (*_YES, "no", "false"):
        return ""
    field, holds = holders[0], value.text in _YES
    test: Any = {field.name: key.text}
    if field.kind == ANY_OF:
        test = {field.name: {"includes" if holds else "excludes": key.text}}
    elif not holds:
        test = {"not": test}
    return f"`{key.text}` is a choice of `{field.name}`: write `{on_one_line(test)[1:-1]}`"


def _key_test_help(text: str, value: Node, names: Names, reading: Reading, taken: Collection[str]) -> str:
    """The help for a comparison written as a key: `weight >= 10`, `not seat`, `weight_at_least`, `seat!`."""
    parted = _split_at_name(text, [*names.fields, *names.numbers, *names.facts])
    if parted is None:
        return ""
    name, word = parted
    subject = _subject(name, names, reading)
    if subject is None:
        return ""
    if isinstance(value, Mapping) and JOINERS.get(word.casefold()) == "none":
        return _paste_help({"not": {name: as_data(value)}}, taken)
    found = re.fullmatch(r"(\S+?)\s*([^\s\w]*)\s*(\S.*)", word) if isinstance(value, Scalar) else None
    if isinstance(value, Scalar) and value.text.casefold() in (*_YES, "no", "false", ""):
        # `weight >= 10: yes` is complete in its key; `not heavy: yes` needs its value.
        if found and text_help(subject, word, taken):
            holds = value.text.casefold() in (*_YES, "")
            return text_help(subject, word if holds else f"not {word}", taken)
        if subject.kind() != YES_NO:
            return ""
    if not meanings_of(word):
        return ""
    op = Scalar(word, True, Place("", 1, 1))
    return map_help(subject, Mapping({word: Entry(op, value)}, op.place), taken)


def _split_at_name(text: str, known: Collection[str]) -> tuple[str, str] | None:
    """Split a text into a known name and the word before or after it; None if it holds no known name."""
    for name in sorted((each for each in known if each in text), key=len, reverse=True):
        escaped = re.escape(name)
        behind = re.fullmatch(rf"{escaped}(?:[\s_.-]+(\S.*)|\s*([^\w\s].*))", text)
        if behind and (word := (behind[1] or behind[2] or "").strip()):
            return name, word.rstrip(":")
        before = re.fullmatch(rf"(?:(\S.*?)[\s_.-]+|([^\w\s]+)\s*){escaped}", text)
        if before and (word := (before[1] or before[2] or "").strip()):
            return name, word
    return None


def _subject(name: str, names: Names, reading: Reading) -> Operand | None:
    from engine.language.parsing.operands import Operand

    fields: AbstractMapping[str, Field | None] = names.fields
    if name in names.facts:
        return Operand(name, Field(name, name, YES_NO), False, names, reading)
    field = fields.get(name)
    return Operand(name, field, name in names.numbers, names, reading) if field or name in names.numbers else None


def parse_sentence(text: str, names: Names, reading: Reading) -> Any:
    """Parse a condition written as a sentence, `guests > 10 and not rain`, into data; None if it is not understood."""
    if len(text) > _LONGEST:
        return None
    whole = _parse_statement(text.strip().strip("()").strip(), names, reading)
    if whole is not None:
        return whole
    for joiner, sign in (("any", r"\s+(?:or|\|\|)\s+"), ("all", r"\s+(?:and|&&?)\s+|\s*,\s*")):
        parts = re.split(sign, text, flags=re.IGNORECASE)
        if len(parts) > 1:
            inside = [parse_sentence(part, names, reading) for part in parts]
            if any(each is None for each in inside):
                return None
            keys = [key for each in inside for key in each]
            merges = joiner == "all" and len(keys) == len(set(keys))
            return {key: value for each in inside for key, value in each.items()} if merges else {joiner: inside}
    return None


def _parse_statement(text: str, names: Names, reading: Reading) -> Any:
    """Parse a fact, a negated fact, or a name with a comparison into condition data; None if it is none of these."""
    known = [*names.fields, *names.numbers, *names.facts]
    for name in sorted((each for each in known if each in text), key=len, reverse=True):
        found = re.fullmatch(rf"(?P<before>(?:not|!|no)\s*)?(?:the )?{re.escape(name)}(?P<rest>\W.*|)", text)
        subject = _subject(name, names, reading) if found else None
        if not found or subject is None:
            continue
        rest = found["rest"].strip()
        if not rest:
            return {name: "no" if found["before"] else "yes"} if subject.kind() == YES_NO else None
        test = text_test(subject, rest) or text_test(subject, f"is {rest}")
        data = operand_condition(subject, test.meanings[0], test.values) if test and len(test.meanings) == 1 else None
        return {"not": data} if data and found["before"] else data
    return None

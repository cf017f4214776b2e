"""Suggestions for unknown keys: their counterparts in this language, with the value rewritten to fit."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from engine.bundled import vocabulary
from engine.frozen import NamedTuple
from engine.language.documents.foreign_operators import meanings_of, split_range
from engine.language.documents.name_suggestions import did_you_mean
from engine.language.documents.nodes import Mapping, Node, Scalar, Sequence, has_no_colon, rejoin
from engine.language.documents.text import shorten
from engine.language.documents.yaml_spelling import on_one_line, paste
from engine.language.suggestions.comparisons_meant import rejoin_number
from engine.language.suggestions.meant_names import as_data
from engine.language.suggestions.numbers_meant import amount_help

_LONGEST = 200
_KEYS = vocabulary("keys")
_INSIDE_WHEN = ("unless", "except", "when_not", "not_when", "if_not", "and", "or", "not", "any", "all")
_CONDITIONAL = ("Rule", "Fact", "Guarantee", "Impossible combination", "Entry of a number of points")
# Keys of other tools that have no counterpart here, each with the title of its map, and what to do instead.
_NO_COUNTERPART: dict[tuple[str, str], str] = {
    (kind, key): each["instead"]
    for each in _KEYS["without_counterpart"]
    for kind in each["kinds"]
    for key in each["keys"].split()
}
# The keys that are not missed beside one of those: what stands there is of another shape altogether.
_IN_PLACE_OF: dict[tuple[str, str], tuple[str, ...]] = {
    (kind, key): tuple(each["in_place_of"].split())
    for each in _KEYS["without_counterpart"]
    if "in_place_of" in each
    for kind in each["kinds"]
    for key in each["keys"].split()
}
_NO_RECORDS = (
    "there are no lists of records: ask for what the rules need of them, such as their number, in a question of its own"
)
_NUMBER_KINDS = ("sum", "larger_of", "smaller_of", "product", "ratio", "points", "table", "output")
# Type names of other tools.
OTHER_TYPES: dict[str, str] = {word: kind for kind, words in _KEYS["types"].items() for word in words}


class KeySuggestion(NamedTuple):
    """The help for an unknown key, the key it was meant as, if there is one, and the keys that it makes unnecessary."""

    help: str
    key: str = ""
    unneeded: tuple[str, ...] = ()


# Keys that take names or values and never a sentence, so that commas separate several of them.
_NAME_LISTS = (
    "cites", "uses", "known", "by", "rules", "ignores", "rising", "never", "only", "larger_of", "smaller_of",
)  # fmt: skip


def key_meant(title: str, name: str, node: Mapping, allowed: Collection[str]) -> KeySuggestion:
    """Suggest what to do about a key that maps of this kind do not have.

    Args:
        title: The kind of map: the title of its schema.
        name: The unknown key.
        node: The map.
        allowed: The keys it may have.
    """
    unused = [each for each in allowed if each not in node.entries]
    value = node.entries[name].value
    word = re.sub(r"[\s-]+", "_", name.strip()).casefold()
    signed = re.fullmatch(r"([a-z_]+)\s*=\s*(\S.*)", name)
    if signed and signed[1] in unused and has_no_colon(node.entries[name]):
        return KeySuggestion(f"write `{signed[1]}: {shorten(signed[2])}`, with a colon", signed[1])
    if cut := rejoin_entry(name, node):
        return cut
    if (title, word) in _NO_COUNTERPART:
        return KeySuggestion(_NO_COUNTERPART[title, word], unneeded=_IN_PLACE_OF.get((title, word), ()))
    if title == "Rule" and word in ("else", "default", "fallback", "otherwise_then"):
        return _else_help(value)
    is_condition = isinstance(value, Mapping | Sequence)
    if title in _CONDITIONAL and word in _INSIDE_WHEN and (is_condition or title != "Guarantee"):
        into = "" if "when" in node.entries else "when"
        return KeySuggestion(f"put it inside `when`: `{_inside_when(word, value)}`", into)
    if title in _CONDITIONAL and (under := _under_when(name, node)):
        return KeySuggestion(under, "when")
    if (
        title in ("Rule", "Guarantee")
        and isinstance(value, Scalar)
        and value.empty
        and name == next(iter(node.entries))
    ):
        head = title.casefold()
        return KeySuggestion(f"write `{head}: {shorten(name)}`", head)
    if title == "Field" and word in ("range", "between", "limits"):
        return _range_help(value)
    if title == "Comparisons" and isinstance(value, Mapping) and word in ("some", "every", "each", "count"):
        return KeySuggestion(_NO_RECORDS)
    if title == "Comparisons" and (meant := [f"`{each}`" for each in meanings_of(name) if each in unused]):
        return KeySuggestion(f"write {' or '.join(meant)}")
    glued = re.fullmatch(r"([a-z_]+):(\S.*)", name)
    if glued and glued[1] in unused and isinstance(value, Scalar) and value.empty:
        return KeySuggestion(f"a space is missing: write `{glued[1]}: {shorten(glued[2])}`", glued[1])
    key = _find_synonym(title, name, word, node)
    if key is not None:
        if key not in unused:
            return KeySuggestion(f"`{key}` is here already: delete the one you do not mean")
        return KeySuggestion(renamed_help(title, key, name, node), key)
    near = did_you_mean(name, unused)
    if near.startswith("did you mean `"):
        return KeySuggestion(near, near.removeprefix("did you mean `").removesuffix("`"))
    if title == "Other field":
        return KeySuggestion(_difference_help(node))
    # Deleting what is not understood might leave something that means something else.
    return KeySuggestion(near or f"only {_joined(allowed)} can stand here")


def _joined(keys: Collection[str]) -> str:
    """The keys in words, joined by "and"."""
    *others, last = (f"`{key}`" for key in keys)
    return f"{', '.join(others)} and {last}" if others else last


def _difference_help(node: Mapping) -> str:
    """The help for anything beside, or in place of, the other field of a comparison."""
    other = node.get("field")
    name = other.text if isinstance(other, Scalar) and not other.empty else "OTHER"
    return (
        "two answers are compared as they are: for anything else name a number, such as their difference "
        f"`sum: {{THIS: 1, {shorten(name)}: -1}}`, in days between dates, and compare that number with a value"
    )


def _under_when(name: str, node: Mapping) -> str:
    """The help for an entry of a condition that is not indented below its `when`; empty if there is no empty `when`."""
    names = list(node.entries)
    at = names.index(name)
    while at and (names[at - 1] != "when"):
        at -= 1
    when = node.entries["when"] if at else None
    if when is None or not isinstance(when.value, Scalar) or not when.value.empty:
        return ""
    count = when.key.place.column + 1
    line = " " * count + on_one_line({name: as_data(node.entries[name].value)})[1:-1]
    shown = f": `{line}`" if len(line) <= _LONGEST else ""
    return f"it belongs under `when`: begin its line with {count} spaces{shown}"


def _find_synonym(title: str, name: str, word: str, node: Mapping) -> str | None:
    """The key, preferably an unused one, for which `word` is a synonym: the unknown key `name`, normalised; or None."""
    named = [key for key, words in _KEYS["synonyms"].get(title, {}).items() if word in words.split()]
    key = next((key for key in named if key not in node.entries), named[0] if named else None)
    if title == "Rule" and key == "then" and isinstance(node.entries[name].value, Mapping):
        return "output"  # `then` is the name of a verdict, while outputs are a map.
    kind = node.get("type")
    is_text = isinstance(kind, Scalar) and kind.text in ("text", "string", "str")
    if title == "Field" and key == "ask_after" and isinstance(node.entries[name].value, Mapping):
        return "applies_when"
    return "known" if title == "Field" and key == "choices" and is_text else key


def renamed_help(title: str, key: str, name: str, node: Mapping) -> str:
    """The help that shows the entry with its key renamed and its value in the form that key requires."""
    data: Any = as_data(node.entries[name].value)
    if title == "Derived number" and key in _NUMBER_KINDS:
        return amount_help(key, node.entries[name].value)
    if title == "Field" and key == "choices":
        data = choices_data(node.entries[name].value)
    elif key == "applies_when" and not isinstance(data, dict):
        return "write when the question is asked as a condition on other answers: `applies_when: {OTHER: yes}`"
    elif title == "Field" and key == "type":
        data = OTHER_TYPES.get(str(data).casefold(), data)
    elif key in ("must", "advice", "cites", "known", "by", "uses") and isinstance(data, str):
        data = [data]
    elif key == "overrides" and isinstance(data, str | list):
        data = overrides_data([each for each in ([data] if isinstance(data, str) else data) if isinstance(each, str)])
    # Sections are too long to show; only the key is renamed.
    is_short = title not in ("Policy", "Library", "Cases") or isinstance(data, str) or key == "uses"
    shown = paste({key: data}) if data and is_short else ""
    return shown or f"write `{key}:` in place of `{shorten(name)}:`"


def overrides_data(rules: list[str]) -> Any:
    """The data for overrides of some rules, with a reason to fill in; the word `all` means every other rule."""
    if rules in (["all"], ["*"], ["every"], ["everything"]):
        return [{"rules": "all", "because": "why they give way"}]
    return dict.fromkeys(rules, "why it gives way")


def choices_data(node: Node) -> Any:
    """Choices as a map from name to label, made from a list of either."""
    if not isinstance(node, Sequence):
        return as_data(node)
    items = [item.text for item in node.items if isinstance(item, Scalar) and item.text.strip()]
    if len(items) < len(node.items):
        return {}
    return {re.sub(r"\W+", "_", item.strip()).strip("_").casefold() or item: _label(item) for item in items}


def _label(item: str) -> str:
    text = item.strip().replace("_", " ")
    return text[:1].upper() + text[1:]


def rejoin_entry(name: str, node: Mapping) -> KeySuggestion | None:
    """The suggestion for an entry that a comma in the unquoted text before it cut off; None if there was none."""
    before = ""
    for each in node.entries:
        if each == name:
            break
        before = each
    entry = node.entries[name]
    value = node.entries[before].value if before else None
    if not isinstance(value, Scalar) or not isinstance(entry.value, Scalar) or not entry.value.empty:
        return None
    if number := rejoin_number(value, entry):
        return KeySuggestion(f"inside braces a comma ends a number: write `{before}: {number}`")
    text = rejoin_text(node, name)
    return KeySuggestion(text) if text else None


def rejoin_text(node: Mapping, name: str) -> str:
    """The help for an unquoted text that commas split into several entries; empty if this is none."""
    names = list(node.entries)
    at = names.index(name)
    first = at - 1
    # A text with several commas, `Rain, or snow, or hail`, is split more than once.
    while first > 0 and has_no_colon(node.entries[names[first]]):
        first -= 1
    value = node.entries[names[first]].value if at else None
    entry = node.entries[name]
    if not isinstance(value, Scalar) or not value.plain or value.empty or not has_no_colon(entry):
        return ""
    if entry.key.place.line != value.place.line:
        return ""
    end = at
    while end + 1 < len(names) and has_no_colon(node.entries[names[end + 1]]):
        end += 1
    parts = [value.text, *names[first + 1 : end + 1]]
    if names[first] in _NAME_LISTS:
        listed = on_one_line({names[first]: parts})[1:-1]
        return f"inside braces a comma ends the value: write several in brackets, `{listed}`"
    whole = rejoin([value, *(node.entries[each].key for each in names[first + 1 : end + 1])])
    text = on_one_line({names[first]: whole})[1:-1]
    return f"inside braces a comma ends unquoted text: write `{text}`"


def _else_help(value: Node) -> KeySuggestion:
    """Suggest a rule with `otherwise` for an `else` branch."""
    then = "VERDICT"
    if isinstance(value, Scalar) and not value.empty and value.text not in ("yes", "true"):
        then = value.text
    return KeySuggestion(
        f"a rule has no other branch: write a separate rule for the other situations, such as "
        f"`{{rule: NAME, otherwise: yes, then: {then}, because: WHY}}` at the end"
    )


def _inside_when(word: str, value: Node) -> str:
    """The condition to move inside `when`."""
    negated = dict.fromkeys(("unless", "except", "when_not", "not_when", "if_not"), "not")
    key = {**negated, "and": "all", "or": "any"}.get(word, word)
    text = on_one_line({key: as_data(value)})[1:-1]
    return text if len(text) <= _LONGEST else f"{key}: …"


def _range_help(value: Node) -> KeySuggestion:
    """Suggest `from` and `to` for a range."""
    ends: tuple[str, ...] = ()
    if isinstance(value, Scalar):
        ends = split_range(value.text) or ()
    elif isinstance(value, Sequence):
        ends = tuple(item.text for item in value.items if isinstance(item, Scalar))
    elif isinstance(value, Mapping):
        ends = tuple(entry.value.text for entry in value.entries.values() if isinstance(entry.value, Scalar))
    low, high = ends if len(ends) == 2 else ("…", "…")
    return KeySuggestion(f"write `from: {low}` and `to: {high}`")

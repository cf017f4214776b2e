"""Suggested replacements for values of the wrong shape: a text for a map, a list for a map, a map for a list."""

from __future__ import annotations

import re
from typing import Any

from engine.language.documents.nodes import Entry, Mapping, Node, Scalar, Sequence
from engine.language.documents.yaml_spelling import on_one_line, paste
from engine.language.model.condition_tree import DATE_OPS, LIST_OPS, MEMBER_OPS, ORDER_OPS
from engine.language.suggestions.keys_meant import choices_data, overrides_data
from engine.language.suggestions.meant_names import as_data
from engine.language.suggestions.numbers_meant import sum_data

_LONGEST = 200
_A_TEXT = "write some text here"
_HEADS = ("rule", "guarantee", "case", "when")
# Sections and keys that map names to values, and keys under which other tools put the name inside the item.
_MAPS = ("choices", "verdicts", "facts", "numbers", "situation", "overrides", "sum", "given", "passages")
_NAMES = ("name", "id", "key", "field", "fact", "number", "step", "verdict", "choice", "option", "value")


def shape_meant(schema: Any, key: Scalar | None, node: Node, root: Node) -> str:
    """The help that shows the value in the required shape; empty if what was meant is not clear.

    Args:
        schema: The JSON Schema that the value does not match.
        key: The key of the value; None for a list item.
        node: The value.
        root: The root of the file, from which examples are taken.
    """
    name = key.text if key else ""
    if isinstance(node, Mapping):
        return _reshape_map(schema, name, node)
    data = _reshape_list(schema, name, node) if isinstance(node, Sequence) else _reshape_text(schema, name, node, root)
    if isinstance(data, str):
        return data
    return paste({name: data}) if data and name else ""


def _reshape_text(schema: Any, name: str, node: Node, root: Node) -> Any:
    """The data that a text stands for, or a help text; empty if unclear."""
    if not isinstance(node, Scalar) or node.empty or not node.text.strip():
        return ""
    title, text = schema.get("title", ""), node.text
    if title == "Verdict":
        return {"title": text}
    if title == "Step":
        return {"policy": text} if text.endswith((".yaml", ".yml", ".json")) else ""
    if title == "Fact":
        return {"means": text, "when": _first_test(root)}
    if title == "Field":
        return {"ask": text, "type": "yes_no"}
    if title == "Derived number":
        return {"means": text, **sum_data(text)} if sum_data(text) else ""
    if name == "sum":
        return paste(sum_data(text)) if sum_data(text) else ""
    if name == "overrides":
        return overrides_data([text])
    if name == "choices":
        return choices_data(_split_choices(node))
    return [text] if schema.get("type") == "array" and name in ("must", "advice", "cites", "known", "by") else ""


def _split_choices(node: Scalar) -> Sequence:
    """Split a text into a list of choices."""
    parts = re.split(r"\s*(?:[,;|/]|\bor\b)\s*", node.text)
    return Sequence(tuple(node._replace(text=part) for part in parts), node.place)


def _first_test(root: Node) -> Any:
    """A condition on the first suitable field, as an example from this policy."""
    fields = root.get("situation") if isinstance(root, Mapping) else None
    for name, entry in fields.entries.items() if isinstance(fields, Mapping) else ():
        value = entry.value
        if not isinstance(value, Mapping):
            continue
        kind, choices = value.get("type"), value.get("choices")
        if isinstance(kind, Scalar) and kind.text == "yes_no":
            return {name: "yes"}
        if isinstance(choices, Mapping) and choices.entries and kind is None:
            return {name: next(iter(choices.entries))}
    return {"NAME": "VALUE"}


def comparisons_meant(key: Scalar | None, items: Sequence) -> str:
    """The help for comparisons written as a list, `[at_least: 5]`, instead of a map; empty if the list is none."""
    entries = _merge_items(items)
    if key is None or not entries or not entries.keys() <= {*MEMBER_OPS, *ORDER_OPS, *DATE_OPS, *LIST_OPS}:
        return ""
    data = {name: as_data(entry.value) for name, entry in entries.items()}
    return paste({key.text: data}, "comparisons are a map: write ")


def _merge_items(node: Sequence) -> dict[str, Entry]:
    """The entries of all maps in a list as one map; empty if a key repeats or an item is not a map with one entry."""
    merged: dict[str, Entry] = {}
    for item in node.items:
        entries = item.entries if isinstance(item, Mapping) else {}
        if len(entries) != 1 or not merged.keys().isdisjoint(entries):
            return {}
        merged |= entries
    return merged


def _named_item(node: Node) -> Entry | None:
    """The entry for an item that contains its own name under `name` or the like; None if it has no name."""
    entries = node.entries if isinstance(node, Mapping) else {}
    key = next((each for each in _NAMES if each in entries), None)
    name = entries[key].value if key is not None else None
    if key is None or len(entries) < 2 or not isinstance(name, Scalar) or name.empty:
        return None
    return Entry(name, Mapping({each: entry for each, entry in entries.items() if each != key}, node.place))


def listed_entries(node: Sequence) -> dict[str, Entry]:
    """The entries of a map that was written as a list, so that its declarations are known."""
    found: dict[str, Entry] = {}
    for item in node.items:
        entry = _named_item(item)
        if entry is not None:
            found[entry.key.text] = entry
        elif isinstance(item, Mapping):
            found |= item.entries
    return found


def _named_item_help(section: str, node: Node) -> str:
    """The help that shows an item with its name as the key; empty if it has no name or is too long."""
    entry = _named_item(node)
    if entry is None:
        return ""
    data = as_data(entry.value)
    if section == "choices":
        data = data.get("label") or data.get("title") or data.get("text") or next(iter(data.values()))
    return paste({entry.key.text: data}, "the name of each is its key, without a hyphen: ")


def _reshape_list_to_map(name: str, node: Sequence) -> Any:
    """The map that a list stands for as data, or a help text; empty if unclear."""
    if not node.items:
        return ""
    entries = _merge_items(node)
    if not entries:
        return _named_item_help(name, node.items[0])
    data = {each: as_data(entry.value) for each, entry in entries.items()}
    if node.flow:
        return data
    first, value = next(iter(data.items()))
    words = "this is a map, whose lines have no hyphen: "
    return paste({first: value}, words) or f"{words}`{first}:`"


def _reshape_list(schema: Any, name: str, node: Sequence) -> Any:
    """The data that a list stands for, or a help text; empty if unclear."""
    items = [item.text for item in node.items if isinstance(item, Scalar) and not item.empty]
    if name in (*ORDER_OPS, *DATE_OPS) and items and len(items) == len(node.items):
        one = on_one_line({name: items[0]})[1:-1]
        many = f"where it may be any of these, write them in place of the comparison: `[{', '.join(items)}]`"
        return f"write `{one}`" if len(items) == 1 else f"a comparison has one value; {many}"
    if name in _MAPS and (found := _reshape_list_to_map(name, node)):
        return found
    if name == "choices":
        return choices_data(node)
    if schema.get("errorMessage", "").startswith("a list here could mean"):
        data = as_data(node)
        if not all(isinstance(item, Mapping) for item in node.items):
            return ""
        if len(data) == 1 and name in ("when", "not"):
            return data[0]
        both = [on_one_line({name: {word: data}})[1:-1] for word in ("all", "any")] if name in ("when", "not") else []
        if not both or any(len(text) > _LONGEST for text in both):
            return ""
        if name == "not":
            return f"write `{both[1]}` where none of them may hold, or `{both[0]}` where they may not all hold together"
        return f"write `{both[0]}` where all of them must hold, or `{both[1]}` where one is enough"
    if len(items) < len(node.items):
        return ""
    if name == "overrides":
        return overrides_data(items)
    if name == "verdicts":
        return {item: {"title": item.replace("_", " ").replace("-", " ").capitalize()} for item in items}
    is_one = len(items) == 1 and schema.get("type") != "object" and schema.get("type") != "array"
    if not is_one or name not in ("then", "expect", "rule", "case", "type", "title", "because", "means"):
        return ""
    return f"write `{on_one_line({name: items[0]})[1:-1]}`"


def _reshape_map(schema: Any, name: str, node: Mapping) -> str:
    """The help for a map in place of a list, which lacks its hyphen, or in place of a name."""
    entries = list(node.entries.values())
    if name not in ("any", "all") and (
        schema.get("type") == "array" or "each beginning with a hyphen" in schema.get("errorMessage", "")
    ):
        key = entries[0].key.text if entries else ""
        if key not in _HEADS or not isinstance(entries[0].value, Scalar | Mapping):
            return ""
        if node.place != entries[0].key.place:
            return paste({name: [as_data(node)]})
        head = f"{key}: {entries[0].value.text}" if isinstance(entries[0].value, Scalar) else f"{key}:"
        return f"this is a list, and `- ` is missing before its first item: `- {head}`, two columns to the left"
    if name in ("any", "all"):
        return paste({name: [{entry.key.text: as_data(entry.value)} for entry in entries]}) if entries else ""
    if (
        not name
        and schema.get("errorMessage") == _A_TEXT
        and len(entries) == 1
        and isinstance(entries[0].value, Scalar)
    ):
        return f'a `: ` makes two texts of it: write `"{entries[0].key.text}: {entries[0].value.text}"`, in quotes'
    if name in ("then", "expect") and len(entries) == 1 and isinstance(entries[0].value, Scalar):
        return f"write `{name}: {entries[0].value.text}`"
    return ""

"""Nodes and plain data, each made of the other: nodes of a program's mapping, and of nodes what JSON Schema reads."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Any

from engine.language.nodes import Broken, Document, Entry, Mapping, Node, Scalar, Sequence
from engine.language.text import shortened
from engine.language.yaml_text import DEEPEST
from engine.problems import Place, Problem

_NUMBER = re.compile(r"[-+]?(0|[1-9]\d{0,30})(\.\d{1,30})?", re.ASCII)


def data_document(data: object, name: str) -> Document:
    """A mapping built by a program, as nodes: text counts as quoted, everything else as a plain scalar."""
    problems: list[Problem] = []

    def refuse(code: str, message: str, place: Place, help_: str = "") -> Broken:
        problems.append(Problem(code, message, (place,), help_))
        return Broken(place)

    def node(value: object, path: str, depth: int) -> Node:
        place = Place(name, path=path)
        if isinstance(value, dict | list | tuple) and depth > DEEPEST:
            return refuse("too-deep", f"maps and lists are nested deeper than {DEEPEST}", place)
        if isinstance(value, dict):
            entries: dict[str, Entry] = {}
            for key, each in value.items():
                if not isinstance(key, str):
                    refuse("not-a-key", f"the key {key!r:.60} is not text", place, "write every key as text")
                    continue
                below = shortened(f"{path}.{key}" if path else key, 200)
                entries[key] = Entry(Scalar(key, True, Place(name, path=below)), node(each, below, depth + 1))
            return Mapping(entries, place)
        if isinstance(value, list | tuple):
            return Sequence(tuple(node(each, f"{path}[{i}]", depth + 1) for i, each in enumerate(value)), place)
        text = _scalar_text(value)
        if text is None:
            return refuse("wrong-shape", f"a value of type `{type(value).__name__}` cannot stand in a policy", place)
        return Scalar(text, not isinstance(value, str), place)

    root = node(data, "", 1)
    return Document(name, root, tuple(problems))


def _scalar_text(value: object) -> str | None:
    if isinstance(value, str):
        return str(value)
    if value is None or isinstance(value, bool):
        return {None: "", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value) if value.bit_length() < 400 else "beyond every number"
    if isinstance(value, float):
        value = Decimal(repr(float(value)))
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() and abs(value.adjusted()) < 100 else str(value)
    return value.isoformat() if type(value) is datetime.date else None


def plain_data(node: Node) -> Any:
    """A node as JSON data under YAML 1.2's core rules; a number that is not a plain decimal stays text."""
    if isinstance(node, Mapping):
        return {key: plain_data(entry.value) for key, entry in node.entries.items()}
    if isinstance(node, Sequence):
        return [plain_data(item) for item in node.items]
    if isinstance(node, Broken) or node.empty:
        return None
    if not node.plain:
        return node.text
    if node.text in ("true", "false"):
        return node.text == "true"
    if _NUMBER.fullmatch(node.text):
        return float(node.text) if "." in node.text else int(node.text)
    return node.text

"""Conversion between node trees and plain Python data.

`data_document` turns a mapping built by a program into nodes; `plain_data` turns nodes into JSON data for a JSON
Schema validator.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping as Data
from dataclasses import replace
from decimal import Decimal
from typing import Any

from engine.language.documents.nodes import Broken, Document, Entry, Mapping, Node, Scalar, Sequence
from engine.language.documents.plain_values import Unsupported, plain_scalar
from engine.language.documents.slips.long_keys import LONGEST_KEY
from engine.language.documents.text import odd_characters, shorten
from engine.language.documents.yaml_text import DEEPEST
from engine.problems import Place, Problem

_NUMBER = re.compile(r"[-+]?(0|[1-9]\d{0,30})(\.\d{1,30})?", re.ASCII)
_BEYOND = "beyond every number"
# The longest code of a character in a key, which counts with its quotes and codes.
_LONGEST_CODE = 10
_IN_YAML = "delete it; a text that needs it can be loaded from YAML, where double quotes hold it as a code"


def data_document(data: object, name: str) -> Document:
    """Convert a mapping built by a program into a `Document` whose places are paths instead of lines.

    Strings become quoted scalars, everything else becomes a plain scalar. Values are converted as by `plain_scalar`,
    and strings are subject to the same character checks as a file. Never raises: what is not allowed in a policy
    becomes a `Broken` node and a problem.

    Args:
        data: The mapping, usually nested.
        name: What messages call it, in place of a file name.
    """
    return _Data(name).document(data)


class _Data:
    """Builds nodes from Python data and collects the problems found on the way."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []

    def document(self, data: object) -> Document:
        """Convert the whole mapping."""
        root = self._node(data, "", 1)
        return Document(self.name, root, tuple(self.problems))

    def _node(self, value: object, path: str, depth: int) -> Node:
        """Convert a value at `path`."""
        place = Place(self.name, path=path)
        if isinstance(value, Data | list | tuple) and depth > DEEPEST:
            return self._refuse("too-deep", f"maps and lists are nested deeper than {DEEPEST}", place)
        if isinstance(value, Data):
            return Mapping(self._entries(value, path, depth), place)
        if isinstance(value, list | tuple):
            items = (self._node(each, f"{path}[{index}]", depth + 1) for index, each in enumerate(value))
            return Sequence(tuple(items), place)
        plain = plain_scalar(value)
        if isinstance(plain, Unsupported):
            return self._refuse("wrong-shape", f"{plain.words} is not allowed in a policy", place, plain.help)
        if isinstance(plain, str) and self._is_odd(plain, place):
            return Broken(place)
        return Scalar(_scalar_text(plain), not isinstance(plain, str), place, True)

    def _entries(self, data: Data[Any, Any], path: str, depth: int) -> dict[str, Entry]:
        """Convert the entries of a mapping, reporting invalid and repeated keys."""
        entries: dict[str, Entry] = {}
        for written, value in data.items():
            key = plain_scalar(written)
            if not isinstance(key, str):
                message = f"the key `{shorten(repr(written))}` is not text"
                self._refuse("not-a-key", message, Place(self.name, path=path), "write every key as text")
                continue
            place = Place(self.name, path=shorten(f"{path}.{key}" if path else key, 200))
            if key in entries:
                message = f"the key `{shorten(key)}` appears here twice"
                self._refuse("duplicate-key", message, place, "keep one of the two")
            elif len(key) * _LONGEST_CODE > LONGEST_KEY and _written_length(key) > LONGEST_KEY:
                message = f"the key `{shorten(key)}` is longer than the {LONGEST_KEY:,} characters that YAML reads"
                self._refuse("not-a-key", message, place, "shorten it, or put the text in a value")
            elif not self._is_odd(key, place):
                entries[key] = Entry(Scalar(key, False, place), self._node(value, place.path, depth + 1))
        return entries

    def _is_odd(self, text: str, place: Place) -> bool:
        """Report the first character of `text` that a file may not contain; false if there is none."""
        if text.replace("\n", "").isprintable():
            return False
        problems = odd_characters(text, self.name)[:1]
        if not problems and "\r" in text:
            message = "the control character U+000D cannot be seen"
            problems = [Problem("odd-character", message, (), "end a line with U+000A alone")]
        for each in problems:
            # A Python string has no escape codes, so advice about writing one applies to YAML only.
            help_ = _IN_YAML if each.code == "hidden-direction" else each.help
            self.problems.append(replace(each, places=(place,), help=help_))
        return bool(problems)

    def _refuse(self, code: str, message: str, place: Place, help_: str = "") -> Broken:
        """Report a problem, and return a placeholder node."""
        self.problems.append(Problem(code, message, (place,), help_))
        return Broken(place)


def _written_length(key: str) -> int:
    """How long a key may be in YAML, in double quotes and with a code for what cannot be seen."""
    return len(json.dumps(key, ensure_ascii=False)) + _LONGEST_CODE * sum(not each.isprintable() for each in key)


def _scalar_text(value: Any) -> str:
    """The text a scalar would have in a file; a number too large to spell out becomes a text that is no number."""
    if value is None or isinstance(value, bool):
        return {None: "", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value) if value.bit_length() < 400 else _BEYOND
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        if not value.is_finite():
            return str(value)
        return format(value, "f") if abs(value.adjusted()) < 100 else _BEYOND
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def plain_data(node: Node) -> Any:
    """Convert a node to JSON data under the YAML 1.2 core schema.

    Broken and empty nodes become None. Numbers other than plain decimals (`1e5`, `0x1F`) stay strings.
    """
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

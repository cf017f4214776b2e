"""The untyped syntax tree of a document: mappings, sequences and scalars with their places.

A scalar keeps its written text. Whether `no` is a choice or an answer, and `2024` a title or a number, depends on the
field it is written for, never on its appearance.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from engine.frozen import NamedTuple, frozen_value
from engine.problems import Place, Problem

# The unquoted texts that YAML reads as null.
WORDS_FOR_NOTHING = ("", "~", "null", "Null", "NULL")


class Scalar(NamedTuple):
    """A written value.

    `plain` is false for quoted and block text, which can only be a string. `in_data` marks a scalar from JSON or from a
    program's mapping, where quoted text may also be a date because there is no other way to write one.
    """

    text: str
    plain: bool
    place: Place
    in_data: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing is written, or one of YAML's words for null."""
        return self.plain and self.text in WORDS_FOR_NOTHING


class Sequence(NamedTuple):
    """A list; `flow` is true if it is written in brackets."""

    items: tuple[Node, ...]
    place: Place
    flow: bool = False


class Entry(NamedTuple):
    """A key of a mapping and its value."""

    key: Scalar
    value: Node


class Mapping(NamedTuple):
    """A mapping from key texts to entries, in written order."""

    entries: dict[str, Entry]
    place: Place

    def get(self, key: str, default: Node | None = None) -> Node | None:
        """The value at `key`, or `default`."""
        entry = self.entries.get(key)
        return entry.value if entry else default


class Broken(NamedTuple):
    """A placeholder for something already reported, so that it is not reported again."""

    place: Place


Node: TypeAlias = Scalar | Sequence | Mapping | Broken


@frozen_value
class Document:
    """The syntax tree of one file, and the problems found while reading it.

    `root` is None if nothing could be read. `problems` is capped; `unlisted` counts those dropped. `text` is the text
    read, empty if the nodes were made from something else. `tests` are problems about unquoted comparisons such as
    `> 10`, which YAML reads as something else; a later reader may replace them by more specific ones.
    """

    file: str
    root: Node | None
    problems: tuple[Problem, ...]
    unlisted: int = 0
    text: str = ""
    tests: tuple[Problem, ...] = ()


def has_no_colon(entry: Entry) -> bool:
    """Whether an entry in braces has no colon, such as `please` in `{title: Stay, please}`."""
    key, value = entry
    is_empty = isinstance(value, Scalar) and value.plain and value.text == ""
    return is_empty and key.plain and value.place.column <= key.place.column + len(key.text)


def is_close(one: Scalar, other: Scalar) -> bool:
    """Whether only a comma, without a space, stands between two unquoted texts."""
    return one.place.line == other.place.line and one.place.column + len(one.text) + 1 == other.place.column


def rejoin(parts: Iterable[Scalar]) -> str:
    """Return the text that commas split into several unquoted ones, with a space after a comma where one is written."""
    first, *others = parts
    text, last = first.text, first
    for each in others:
        text += f"{',' if is_close(last, each) else ', '}{each.text}"
        last = each
    return text


def at_path(node: Node, path: tuple[str | int, ...]) -> tuple[Node, Scalar | None]:
    """Follow a path of keys and indexes as far as it exists.

    Returns:
        The last node reached, and the key under which it stands (None for the root and for list items).
    """
    key: Scalar | None = None
    for step in path:
        if isinstance(node, Mapping) and str(step) in node.entries:
            key, node = node.entries[str(step)]
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            key, node = None, node.items[step]
        else:
            break
    return node, key

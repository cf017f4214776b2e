"""What does a file hold, before anybody asks what it means: maps, lists and written scalars, each with its place.

A scalar keeps its written text. Whether `no` is a choice or an answer, `2024` a title or a number, is settled by
the field it is written for, never by how it looks.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from engine.frozen import frozen_value
from engine.problems import Place, Problem

# What YAML reads as no value at all where it is not quoted.
WORDS_FOR_NOTHING = ("", "~", "null", "Null", "NULL")


class Scalar(NamedTuple):
    """One written value; `plain` is false for text in quotes or a block, which is text and nothing else.

    Except `in_data`, in JSON and in the mapping of a program, where a text is all that a day can be.
    """

    text: str
    plain: bool
    place: Place
    in_data: bool = False

    @property
    def empty(self) -> bool:
        """Nothing is written here, or one of YAML's words for nothing."""
        return self.plain and self.text in WORDS_FOR_NOTHING


class Sequence(NamedTuple):
    """A list; `flow` is true for one in brackets."""

    items: tuple[Node, ...]
    place: Place
    flow: bool = False


class Entry(NamedTuple):
    key: Scalar
    value: Node


class Mapping(NamedTuple):
    entries: dict[str, Entry]
    place: Place

    def get(self, key: str, default: Node | None = None) -> Node | None:
        entry = self.entries.get(key)
        return entry.value if entry else default


class Broken(NamedTuple):
    """Something that was refused already, so that nobody complains about it a second time."""

    place: Place


Node: TypeAlias = Scalar | Sequence | Mapping | Broken


@frozen_value
class Document:
    """One file as nodes (None where nothing could be read), with what was wrong on the way.

    `unlisted` counts further problems, where there were too many to keep; `text` is what was read, empty where the
    nodes were made from something else.
    Those in `tests` are among the problems too: comparisons such as `> 10` that YAML takes for something else, which a
    reader may tell better than YAML can.
    """

    file: str
    root: Node | None
    problems: tuple[Problem, ...]
    unlisted: int = 0
    text: str = ""
    tests: tuple[Problem, ...] = ()


def at_path(node: Node, path: tuple[str | int, ...]) -> tuple[Node, Scalar | None]:
    """The node a path leads to, as far as it leads, and the key under which that node stands."""
    key: Scalar | None = None
    for step in path:
        if isinstance(node, Mapping) and str(step) in node.entries:
            key, node = node.entries[str(step)]
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            key, node = None, node.items[step]
        else:
            break
    return node, key

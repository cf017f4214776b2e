"""Outputs that a comma in braces cuts, such as `{note: Rain, or snow}`, which is two entries to YAML."""

from __future__ import annotations

from functools import lru_cache

from engine.language.documents.nodes import Mapping, Node, Scalar, Sequence, has_no_colon
from engine.language.documents.text import lines_of, shorten
from engine.language.parsing.reading import Reading
from engine.problems import Place


def refuse_cut_outputs(reading: Reading, node: Node | None, text: str, cell: Place | None = None) -> None:
    """Record the entries without colon of all maps in an output: the first of those that follow each other.

    Args:
        reading: The problems of the file.
        node: The output.
        text: The text that it was read from.
        cell: The place of the cell that holds it; None where the nodes have places of their own.
    """
    parts: tuple[Node, ...] = ()
    if isinstance(node, Sequence):
        parts = node.items
    elif isinstance(node, Mapping):
        parts = tuple(entry.value for entry in node.entries.values())
        is_cut = False
        for name, entry in node.entries.items():
            has_none = has_no_colon(entry) and not _has_colon(text, entry.key)
            if has_none and not is_cut:
                message = f"`{shorten(name)}` has no colon and no value"
                reading.refuse("text-cut", message, cell or entry.key.place, _help(node, name))
            is_cut = has_none
    for part in parts:
        refuse_cut_outputs(reading, part, text, cell)


def _has_colon(text: str, key: Scalar) -> bool:
    """Whether a colon follows a key after all: of what is not written, a parser may know the line alone."""
    rows = _rows(text)
    row = rows[key.place.line - 1] if 0 < key.place.line <= len(rows) else ""
    return row[key.place.column - 1 :].removeprefix(key.text).lstrip().startswith(":")


@lru_cache(maxsize=1)
def _rows(text: str) -> list[str]:
    return lines_of(text)


def _help(mapping: Mapping, name: str) -> str:
    """The help for an entry without colon: it is the rest of a text or number before it, or needs a value."""
    from engine.language.suggestions.keys_meant import rejoin_entry

    cut = rejoin_entry(name, mapping)
    return (
        cut.help if cut else f"write its value, `{shorten(name)}: null` if it has none; a list is in brackets, `[a, b]`"
    )

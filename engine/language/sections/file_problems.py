"""The complete list of a file's problems: those of its reader, and schema violations in malformed items."""

from __future__ import annotations

from engine.language.documents.nodes import Node
from engine.language.parsing.reading import Reading
from engine.problems import Problem


def problems_of(reading: Reading, kind: str, root: Node) -> tuple[Problem, ...]:
    """All problems of a file in the order of their places.

    Args:
        reading: The problems its reader found.
        kind: The schema that the file must match: `policy`, `cases` or `columns`.
        root: The root node of the file.
    """
    if reading.suspects:
        # The schema is loaded only if a reader met a malformed item.
        from engine.language.sections.file_shape import MOST_EXPLAINED, explain_shape

        explained = explain_shape(kind, root, reading.suspects, reading.settled)
        reading.explain(explained, root, MOST_EXPLAINED)
    return reading.in_order()

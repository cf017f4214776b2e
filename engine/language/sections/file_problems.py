"""Every problem of a file: what its reader noted, and what the schema says of anything of another shape."""

from __future__ import annotations

from engine.language.documents.nodes import Node
from engine.language.parsing.reading import Reading
from engine.problems import Problem


def problems_of(reading: Reading, kind: str, root: Node) -> tuple[Problem, ...]:
    """Every problem of the file, in the order of their places; `kind` is the schema it has to follow."""
    if reading.suspects:
        # The schema is loaded only where a reader stopped.
        from engine.language.sections.file_shape import MOST_EXPLAINED, explain_shape

        explained = explain_shape(kind, root, reading.suspects, reading.settled)
        reading.explain(explained, root, MOST_EXPLAINED)
    return reading.in_order()

"""Fallback messages for YAML syntax errors behind which no particular slip is recognised."""

from __future__ import annotations

import yaml

from engine.bundled import vocabulary
from engine.problems import Place, Problem


def syntax_problem(error: yaml.YAMLError, file: str) -> Problem:
    """Translate a parser's error into a problem, located where the author should look."""
    complaint = str(getattr(error, "problem", None) or error)
    context = str(getattr(error, "context", None) or "")
    # The parser notices an unclosed quote or bracket far behind it; the author has to look where it opens.
    opened = (
        "quoted scalar" in context and "escape" not in complaint and "hexdecimal" not in complaint
    ) or "',' or" in complaint
    mark = getattr(error, "context_mark" if opened else "problem_mark", None)
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)
    for known in vocabulary("yaml_errors")["errors"]:
        told = f"{complaint} {context}" if known.get("of_context") else complaint
        if any(part in told for part in known["parts"]):
            return Problem("yaml-syntax", known["message"], (place,), known["help"])
    return Problem("yaml-syntax", "this is not YAML", (place,), "compare the line with the ones around it")

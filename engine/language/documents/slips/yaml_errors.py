"""Fallback messages for YAML syntax errors behind which no particular slip is recognised."""

from __future__ import annotations

import yaml

from engine.problems import Place, Problem

# Parts of the parser's message (libyaml and PyYAML differ), the problem and the help; the first match wins.
_SYNTAX = (
    (
        "mapping values are not allowed",
        "a `:` that starts a value is not allowed here",
        "put the text in quotes, or put the key on a new line",
    ),
    (
        "unexpected ':'",
        "a `:` inside brackets has no space after it",
        "write a space after it, or put the text in quotes",
    ),
    (
        "expected ':'",
        "this line is neither `key: value` nor part of a list",
        "write `key: value`, or begin the line with `- `",
    ),
    ("cannot start any token", "a value cannot begin with this character", "put the text in quotes"),
    ("unexpected end of stream", "the quotes opened here are never closed", "close the quotes"),
    ("document separator", "the quotes opened here are not closed before `---` or `...`", "close the quotes"),
    (
        "escape|hexdecimal",
        "in double quotes a backslash starts a code that YAML does not know here",
        "write `\\\\`, or use single quotes",
    ),
    ("sequence entries are not allowed", "a list cannot begin here", "put the list under its key, one `- ` a line"),
    ("mapping keys are not allowed", "a key cannot begin here", "begin the key on a new line"),
    ("',' or ']'", "the list opened by `[` is not closed, or a comma is missing in it", "close it with `]`"),
    ("',' or '}'", "the map opened by `{` is not closed, or a comma is missing in it", "close it with `}`"),
    (
        "'-' indicator|<block end>|expected key",
        "this line does not fit the lines around it",
        "indent it like the lines around it; text that holds quotes or brackets goes in quotes as a whole",
    ),
    ("node content", "a value is missing here", "write the value, or close what is open"),
    (
        "<document start>",
        "the text continues where the document should end",
        "indent the line, or put the text in quotes",
    ),
    ("indentation", "the lines of this block are indented unevenly", "indent them alike"),
    ("alias", "a value beginning with `*` is an alias, which is not supported", "put the text in quotes"),
    ("anchor", "a value beginning with `&` is an anchor, which is not supported", "put the text in quotes"),
    ("tag", "a value beginning with `!` is a tag, which is not supported", "put the text in quotes"),
    ("directive", "a line beginning with `%` is a directive, which is not supported", "delete the line"),
    (
        "block scalar|chomping",
        "something follows `|` or `>` that YAML does not know",
        "begin the text on the next line",
    ),
)


# For these, the parser's context is matched too: it says more than the message.
_MATCHED_CONTEXTS = ("alias", "anchor", "tag", "directive", "block scalar")


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
    for parts, message, help_ in _SYNTAX:
        if any(part in complaint or (part in _MATCHED_CONTEXTS and part in context) for part in parts.split("|")):
            return Problem("yaml-syntax", message, (place,), help_)
    return Problem("yaml-syntax", "this is not YAML", (place,), "compare the line with the ones around it")

"""Recognition of a key that is longer than YAML reads, behind the parser's error at the colon after it."""

from __future__ import annotations

import re

from engine.language.documents.slips.yaml_lines import ParserError, column_of
from engine.language.documents.text import lines_of, shorten
from engine.problems import Place, Problem

LONGEST_KEY = 1024
# Possessive quantifiers never backtrack, so the time is linear. Plain text ends at what may stand between keys.
_PART = re.compile(r""""(?:[^"\\]++|\\.)*+"|'(?:[^']++|'')*+'|[,\[\]{}]|[^\s,\[\]{}][^,\[\]{}]*+""")


def long_key_problem(text: str, error: ParserError, file: str) -> Problem | None:
    """Return the problem of a key that is too long, located where the key begins; None if it is something else."""
    end = error.column
    if end <= LONGEST_KEY:
        return None
    line = lines_of(text)[error.line]
    if line[end : end + 1] != ":":
        return None
    start = _begin_in_brackets(line, end) if "}'" in error.message or "]'" in error.message else column_of(line)
    key = line[start:end]
    # A colon within it ends a shorter key: what is too long is the value.
    if len(key) <= LONGEST_KEY or (key[0] not in "'\"" and ": " in key):
        return None
    message = f"the key `{shorten(key)}` is longer than the {LONGEST_KEY:,} characters that YAML reads"
    help_ = "shorten it, or put the text in a value; text that holds a `: ` goes in quotes"
    return Problem("not-a-key", message, (Place(file, error.line + 1, start + 1),), help_)


def _begin_in_brackets(line: str, end: int) -> int:
    """The column at which the text before column `end` begins, after the last bracket or comma outside quotes."""
    start = 0
    for found in _PART.finditer(line, 0, end):
        start = found.start()
    return start

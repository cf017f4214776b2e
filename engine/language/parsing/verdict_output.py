"""Reader for a verdict's `output`: JSON data, restricted to what every YAML reader understands alike."""

from __future__ import annotations

import re
from typing import Any

from engine.language.documents.nodes import Broken, Mapping, Node, Scalar, Sequence
from engine.language.documents.text import shorten
from engine.language.model.values.misfits import Misfit
from engine.language.model.values.value_readers import read_decimal
from engine.language.model.values.value_texts import value_data
from engine.language.parsing.reading import Reading

# Unquoted texts that YAML 1.1 and 1.2 read differently.
_AMBIGUOUS = re.compile(r"y|n|yes|no|on|off|true|false", re.IGNORECASE)
_DATE_LIKE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([Tt ].*)?")
_NUMBER_LIKE = re.compile(
    r"[-+]?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)([eE][-+]?\d+)?|0[xo][0-9a-fA-F_]+|\d+(:\d+)+|[-+]?\.(inf|nan)", re.IGNORECASE
)


def read_output(node: Node | None, reading: Reading) -> Any:
    """Convert a node to JSON data, recording scalars and keys that are ambiguous."""
    if isinstance(node, Mapping):
        for entry in node.entries.values():
            if entry.key.plain and (_AMBIGUOUS.fullmatch(entry.key.text) or _DATE_LIKE.fullmatch(entry.key.text)):
                shown = shorten(entry.key.text)
                message = f"the key `{shown}` is text to one program and something else to another"
                reading.refuse("unquoted-output", message, entry.key.place, f'quote it: `"{shown}"`')
        return {key: read_output(entry.value, reading) for key, entry in node.entries.items()}
    if isinstance(node, Sequence):
        return [read_output(item, reading) for item in node.items]
    if node is None or isinstance(node, Broken) or node.empty:
        return None
    return _read_scalar(node, reading) if node.plain else node.text


def _read_scalar(scalar: Scalar, reading: Reading) -> Any:
    """Convert an unquoted scalar; None if it is ambiguous, which is recorded."""
    text = scalar.text
    if text in ("true", "false"):
        return text == "true"
    shown = shorten(text)
    if _AMBIGUOUS.fullmatch(text):
        word = "true" if text.lower() in ("y", "yes", "on", "true") else "false"
        message = f"`{shown}` is text to one program and yes/no to another"
        help_ = f'write `{word}`, or quote the text: `"{shown}"`'
    elif _DATE_LIKE.fullmatch(text):
        message = f"`{shown}` is text to one program and a date to another"
        help_ = f'quote it: `"{shown}"`'
    elif _NUMBER_LIKE.fullmatch(text):
        try:
            return value_data(read_decimal(scalar))
        except Misfit:
            message = f"`{shown}` is one number to one program and another to the next"
            help_ = f'write a plain decimal number, or quote the text: `"{shown}"`'
    else:
        return text
    reading.refuse("unquoted-output", message, scalar.place, help_)
    return None

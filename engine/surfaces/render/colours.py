"""Colours of problems in a terminal."""

from __future__ import annotations

import re

import click


def colour_code(text: str, code: str, severity: str) -> str:
    """Colour the code in the text of a problem: red for an error, yellow for any other severity.

    The escape codes are removed later if the output is not a terminal.
    """
    colour = "red" if severity == "error" else "yellow"
    return re.sub(
        rf"(^|  ){re.escape(code)}(?=  |\n|$)", lambda found: found[1] + click.style(code, fg=colour), text, count=1
    )

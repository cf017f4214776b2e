"""Colours of complaints in a terminal."""

from __future__ import annotations

import re

import click


def painted(text: str, code: str, severity: str) -> str:
    """A complaint with its code in colour where there is colour: red for an error, yellow for a warning."""
    colour = "red" if severity == "error" else "yellow"
    return re.sub(
        rf"(^|  ){re.escape(code)}(?=  |\n|$)", lambda found: found[1] + click.style(code, fg=colour), text, count=1
    )

"""Which options do the commands share?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

HELP = {"help_option_names": ["-h", "--help"]}


def format_option(*forms: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--format`, with text as the default, passed as `form`."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json", *forms]),
        default="text",
        show_default=True,
        help="How to print the result.",
    )

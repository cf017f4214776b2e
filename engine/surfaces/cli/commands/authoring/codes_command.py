"""`verdict codes`: what a code means, why it matters, an example that is wrong and one that is right."""

from __future__ import annotations

import re

import click

from engine.bundled import folder
from engine.language.documents.name_suggestions import did_you_mean
from engine.surfaces.cli.options import HELP, format_option
from engine.surfaces.cli.output import say, say_json


def code_pages() -> dict[str, str]:
    """Code to its page, in the order of the reference of problems (`rules/PROBLEMS.md`)."""
    text = (folder("rules") / "PROBLEMS.md").read_text(encoding="utf-8")
    parts = re.split(r"^### `([a-z0-9-]+)`\n", text, flags=re.MULTILINE)
    pages = {}
    for code, page in zip(parts[1::2], parts[2::2], strict=True):
        # A page ends where the next group of codes begins.
        pages[code] = re.split(r"^## ", page, maxsplit=1, flags=re.MULTILINE)[0].strip()
    return pages


@click.command("codes", context_settings=HELP)
@click.argument("code", required=False)
@format_option()
def command(code: str | None, form: str) -> None:
    """Explain one code of a problem or finding, or list them all."""
    pages = code_pages()
    if code is not None and code not in pages:
        raise click.UsageError(f"there is no code `{code}`; {did_you_mean(code, pages)}")
    wanted = {code: pages[code]} if code else pages
    if form == "json":
        say_json({"codes": wanted})
    elif code:
        say(f"{code}\n\n{pages[code]}")
    else:
        width = max(map(len, pages))
        for name, page in pages.items():
            say(f"{name:<{width}}  {page.splitlines()[0]}")

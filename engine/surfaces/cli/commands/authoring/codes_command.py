"""`verdict codes`: what a problem code means, with a wrong and a right example."""

from __future__ import annotations

import click

from engine.language.documents.name_suggestions import did_you_mean
from engine.surfaces.cli.options import format_option
from engine.surfaces.cli.output import say, say_json
from engine.surfaces.cli.refusals import verdict_command
from engine.surfaces.render.code_pages import code_pages


@verdict_command("codes")
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

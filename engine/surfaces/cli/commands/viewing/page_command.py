"""`verdict page`: a self-contained web page that asks the questions and gives the verdict."""

from __future__ import annotations

import click

from engine.surfaces.cli.filesystem.delivery import deliver
from engine.surfaces.cli.filesystem.distinct_files import refuse_overwriting
from engine.surfaces.cli.filesystem.formats_by_name import choose_format
from engine.surfaces.cli.filesystem.policy_files import files_of
from engine.surfaces.cli.inputs import load_policy
from engine.surfaces.cli.options import output_option
from engine.surfaces.cli.progress_line import show_progress
from engine.surfaces.cli.refusals import verdict_command
from engine.surfaces.page.page_file import render_page

_ENDINGS = {".html": "html", ".htm": "html"}


@verdict_command("page")
@click.argument("policy")
@output_option
def command(policy: str, output: str) -> None:
    """Write a web page that asks as few questions as possible and gives the verdict with its reasons.

    It is one file that needs nothing else and sends nothing anywhere: open it, mail it, or put it on any web server.
    """
    loaded = load_policy(policy)
    refuse_overwriting([output], files_of(loaded))
    form = choose_format(output, None, _ENDINGS, "html")
    with show_progress():
        page = render_page(loaded)
    deliver(form, page, output)

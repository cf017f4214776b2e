"""`verdict draw`: the questions of a policy as a picture."""

from __future__ import annotations

from collections.abc import Callable

import click

from engine.analysis.showing.picture import Picture, draw_answers
from engine.problems import UnsoundError
from engine.surfaces.cli.filesystem.delivery import deliver
from engine.surfaces.cli.filesystem.distinct_files import refuse_overwriting
from engine.surfaces.cli.filesystem.formats_by_name import form_of
from engine.surfaces.cli.inputs import files_of
from engine.surfaces.cli.one_situation import read_situation, refuse_unsound
from engine.surfaces.cli.options import HELP, file_format_option, output_option, situation_options
from engine.surfaces.cli.output import json_text
from engine.surfaces.render.picture_code import as_dot, as_mermaid
from engine.surfaces.render.picture_svg import as_svg

_WRITERS: dict[str, Callable[[Picture], str]] = {
    "svg": as_svg,
    "mermaid": as_mermaid,
    "dot": as_dot,
    "text": str,
    "json": lambda picture: json_text(picture.to_dict()),
}
_ENDINGS = {
    ".svg": "svg",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".dot": "dot",
    ".gv": "dot",
    ".txt": "text",
    ".json": "json",
}


@click.command("draw", context_settings=HELP)
@situation_options
@file_format_option("svg", *_WRITERS)
@output_option
def command(policy: str, record: str | None, settings: tuple[str, ...], asked: str | None, output: str) -> None:
    """Draw the questions of a policy, in the order that needs the fewest, and where the answers lead.

    With a RECORD or `--set` the way that these answers take is drawn strongly, as far as they go.
    """
    loaded, answers = read_situation(policy, record, settings, as_json=asked == "json")
    refuse_overwriting([output], [*files_of(loaded), *([record] if record else [])])
    form = form_of(output, asked, _ENDINGS, "svg")
    try:
        picture = draw_answers(loaded, answers)
    except UnsoundError as error:
        refuse_unsound(loaded, error, draft=True, as_json=form == "json")
    deliver(form, _WRITERS[form](picture), output)

"""`verdict schema`: the JSON Schemas of policies, libraries, cases and columns files, for editors and other tools."""

from __future__ import annotations

import click

from engine.bundled import folder
from engine.surfaces.cli.output import JSON, say, say_as
from engine.surfaces.cli.refusals import verdict_command


@verdict_command("schema")
@click.argument("kind", type=click.Choice(["policy", "library", "cases", "columns"]), default="policy")
@click.option("--path", is_flag=True, help="Print where the file is, for an editor's settings.")
def command(kind: str, path: bool) -> None:
    """Print the JSON Schema of policies, of libraries, of cases, or of columns files."""
    file = folder("schemas") / f"{kind}.schema.json"
    if path:
        say(str(file))
    else:
        say_as(JSON, file.read_text(encoding="utf-8").rstrip("\n"))

"""`verdict new`: a first policy with its cases, sound and complete, to be edited into one's own."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click

from engine.bundled import folder
from engine.surfaces.options import HELP
from engine.surfaces.output import fail, say, tell

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)

_POLICY = """\
# yaml-language-server: $schema={schema}
policy: {name}
title: Shall we go out?
about: Edit the questions, the verdicts and the rules; `verdict check {name}.yaml` says whether they fit together.

situation:
  weather:
    ask: What is the weather like?
    choices:
      dry: It is dry
      wet: It rains
  minutes: {{ask: How many minutes do we have?, type: integer, from: 0, to: 240, unit: minutes}}

verdicts:
  go: {{title: Go out, advice: [Take the key.]}}
  stay: {{title: Stay in}}

rules:
  - rule: dry
    when: {{weather: dry}}
    then: go
    because: Nothing keeps us in.
  - rule: wet
    when: {{weather: wet}}
    then: stay
    because: Nobody likes to get wet.
  - rule: hardly-any-time
    when: {{minutes: {{less_than: 10}}}}
    then: stay
    because: We would have to turn round at once.
    overrides:
      dry: Time decides, whatever the weather.
"""

_CASES = """\
# yaml-language-server: $schema={schema}
policy: {name}
cases:
  - case: A dry hour
    given: {{weather: dry, minutes: 60}}
    expect: go
    by: [dry]
  - case: Five minutes, whatever the weather
    given: {{minutes: 5}}
    expect: stay
"""


@click.command("new", context_settings=HELP)
@click.argument("name")
@click.option(
    "--folder", "target", type=click.Path(file_okay=False, path_type=Path), default=".", help="Where to write it."
)
def command(name: str, target: Path) -> None:
    """Write a first policy, NAME.yaml, and its cases, NAME.cases.yaml, to start from."""
    if not _NAME.fullmatch(name):
        raise click.UsageError(f"`{name}` cannot be a policy's name: write lower-case words joined by hyphens")
    files = {target / f"{name}.yaml": ("policy", _POLICY), target / f"{name}.cases.yaml": ("cases", _CASES)}
    for path in files:
        if path.exists():
            raise click.UsageError(f"{path} is there already; choose another name")
    try:
        target.mkdir(parents=True, exist_ok=True)
        for path, (kind, text) in files.items():
            schema = _schema_reference(kind, target)
            path.write_text(text.format(name=name, schema=schema), encoding="utf-8")
            say(str(path))
    except OSError as error:
        fail(f"{error.filename}: {(error.strerror or str(error)).lower()}")
        raise click.exceptions.Exit(2) from None
    tell(f"next: verdict check {next(iter(files))}")


def _schema_reference(kind: str, target: Path) -> str:
    """Where an editor finds the schema from a file in the folder: relative where both are near, else absolute."""
    file = Path(str(folder("schemas"))) / f"{kind}.schema.json"
    relative = os.path.relpath(file, target.resolve())
    return relative if relative.count("..") <= 3 else str(file)

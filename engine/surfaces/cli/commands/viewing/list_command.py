"""`verdict list`: the shipped policies."""

from __future__ import annotations

from engine import load
from engine.bundled import shipped_policies
from engine.surfaces.cli.options import format_option
from engine.surfaces.cli.output import say, say_json
from engine.surfaces.cli.refusals import verdict_command


@verdict_command("list")
@format_option()
def command(form: str) -> None:
    """List the policies that come with the project, with their titles and files."""
    policies = [(name, load(name).title, str(path)) for name, path in shipped_policies().items()]
    if form == "json":
        say_json({"policies": [{"policy": name, "title": title, "file": file} for name, title, file in policies]})
        return
    width = max(len(name) for name, _, _ in policies)
    for name, title, _ in policies:
        say(f"{name:<{width}}  {title}")

"""`verdict show`: a policy in words, for people who do not read YAML."""

from __future__ import annotations

import click

from engine.problems import PolicyError
from engine.surfaces.cli.inputs import load_named
from engine.surfaces.cli.options import HELP, format_option
from engine.surfaces.cli.output import refuse, say, say_json
from engine.surfaces.cli.progress_line import show_progress
from engine.surfaces.render.policy_text import policy_words


@click.command("show", context_settings=HELP)
@click.argument("policy")
@format_option()
def command(policy: str, form: str) -> None:
    """Show a policy in words: what it asks, what it can say, and its rules."""
    try:
        with show_progress():
            loaded = load_named(policy)
    except PolicyError as error:
        refuse(error.problems, form == "json")
    if form == "json":
        say_json({"sha256": loaded.sha256, "definition": loaded.to_dict()})
    else:
        say("\n".join(policy_words(loaded)))

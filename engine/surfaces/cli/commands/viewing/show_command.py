"""`verdict show`: a policy in words, for people who do not read YAML."""

from __future__ import annotations

import click

from engine.surfaces.cli.inputs import load_policy
from engine.surfaces.cli.options import format_option
from engine.surfaces.cli.output import say, say_json
from engine.surfaces.cli.refusals import verdict_command
from engine.surfaces.render.policy_text import library_notes, policy_words


@verdict_command("show")
@click.argument("policy")
@format_option()
def command(policy: str, form: str) -> None:
    """Show a policy in words: what it asks, what it can say, and its rules."""
    loaded = load_policy(policy)
    if form == "json":
        say_json({"sha256": loaded.sha256, "definition": loaded.to_dict()})
    else:
        say("\n".join(policy_words(loaded, library_notes(loaded))))

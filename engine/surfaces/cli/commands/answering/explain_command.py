"""`verdict explain`: why this verdict, why not another, and what would change it."""

from __future__ import annotations

from functools import partial

import click

from engine import explain
from engine.surfaces.cli.one_situation import print_for_situation
from engine.surfaces.cli.options import format_option, record_options, steps_option
from engine.surfaces.cli.output import EXIT_FAILS, EXIT_HOLDS
from engine.surfaces.cli.refusals import verdict_command


@verdict_command("explain")
@record_options
@click.option("--instead", metavar="VERDICT", help="Show only what would lead to this verdict.")
@steps_option(explain, "The limit on work; beyond it, the answers shown may not be minimal.")
@format_option()
def command(
    policy: str, record: str | None, settings: tuple[str, ...], draft: bool, instead: str | None, steps: int, form: str
) -> None:
    """Explain the verdict of one situation.

    Shows the smallest set of answers that is enough for it, what would have to be answered differently for every other
    verdict, and why each other rule did not decide. RECORD is a JSON or YAML file with the answers, or `-` for standard
    input; `--set` adds to it.
    """
    work = partial(explain, instead=instead, draft=draft, steps=steps)
    explanation = print_for_situation(policy, record, settings, work, form=form)
    raise click.exceptions.Exit(EXIT_HOLDS if explanation.verdict is not None else EXIT_FAILS)

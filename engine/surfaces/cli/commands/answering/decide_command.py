"""`verdict decide`: the verdict for one situation, with its reasons."""

from __future__ import annotations

from functools import partial

import click

from engine import decide
from engine.surfaces.cli.one_situation import print_for_situation
from engine.surfaces.cli.options import format_option, record_options
from engine.surfaces.cli.output import EXIT_FAILS, EXIT_HOLDS
from engine.surfaces.cli.refusals import verdict_command


@verdict_command("decide")
@record_options
@format_option()
def command(policy: str, record: str | None, settings: tuple[str, ...], draft: bool, form: str) -> None:
    """Decide one situation and say why.

    RECORD is a JSON or YAML file with the answers, or `-` for standard input; `--set` adds to it. Answers may be
    missing: if they cannot change the verdict, it is given; otherwise the most useful question is named.
    """
    work = partial(decide, draft=draft)
    decision = print_for_situation(policy, record, settings, work, form=form)
    raise click.exceptions.Exit(EXIT_HOLDS if decision.verdict is not None else EXIT_FAILS)

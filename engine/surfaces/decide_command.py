"""`verdict decide`: one situation, one verdict, and why."""

from __future__ import annotations

import click

from engine.analysis.decision import decide_answers
from engine.meaning.reference import DECIDED
from engine.problems import PolicyError, RecordError, UnsoundError
from engine.surfaces.inputs import STDIN, load_named, read_answers
from engine.surfaces.options import HELP, format_option
from engine.surfaces.output import EXIT_FAILS, EXIT_HOLDS, refuse, say, say_json, tell_problems


@click.command("decide", context_settings=HELP)
@click.argument("policy")
@click.argument("record", required=False)
@click.option("--set", "settings", multiple=True, metavar="FIELD=VALUE", help="Answer a question; may be repeated.")
@click.option("--draft", is_flag=True, help="Try a policy that is not proved sound.")
@format_option()
def command(policy: str, record: str | None, settings: tuple[str, ...], draft: bool, form: str) -> None:
    """Decide one situation, and say why.

    RECORD is a JSON or YAML file with the answers, or `-` for standard input; `--set` adds to it. Questions may be
    left unanswered: where they cannot change the verdict, it is given; where they can, one that helps is named.
    """
    as_json = form == "json"
    if policy == STDIN and record == STDIN:
        raise click.UsageError("the policy and the record cannot both come from standard input")
    try:
        loaded = load_named(policy)
        answers = read_answers(loaded, record, settings)
    except (PolicyError, RecordError) as error:
        refuse(error.problems, as_json)
    try:
        decision = decide_answers(loaded, answers, draft=draft)
    except RecordError as error:
        refuse(error.problems, as_json)
    except UnsoundError as error:
        if as_json:
            say_json(
                {
                    "policy": loaded.name,
                    "sha256": loaded.sha256,
                    "problems": [each.to_dict() for each in error.problems],
                }
            )
        else:
            tell_problems(error.problems)
            if not draft:
                click.echo("  help  `verdict check` shows examples; `--draft` tries the policy all the same", err=True)
        raise click.exceptions.Exit(EXIT_FAILS) from None
    if as_json:
        say_json(decision.to_dict())
    else:
        say(str(decision))
    raise click.exceptions.Exit(EXIT_HOLDS if decision.outcome == DECIDED else EXIT_FAILS)

"""The command group `verdict`, which imports the module of a command only when that command is used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from engine.surfaces.cli.options import HELP, HelpfulCommand

# The commands in the order of the help text, each with its summary.
COMMANDS = {
    "check": "Prove that every possible situation gets exactly one verdict.",
    "verify": "Verify a certificate of a policy independently.",
    "decide": "Decide one situation and say why.",
    "batch": "Decide a table of records of any size.",
    "sql": "Compile a policy to SQL for a table of records.",
    "ask": "Ask as few questions as needed for a verdict.",
    "draw": "Draw the questions of a policy and where the answers lead.",
    "explain": "Explain a verdict: why, why not another, and what would change it.",
    "diff": "Show what changes between two versions of a policy.",
    "test": "Run the cases of policies.",
    "show": "Show a policy in words.",
    "table": "Show a policy as a decision table.",
    "page": "Write a web page that asks the questions and gives the verdict.",
    "list": "List the policies that come with the project.",
    "new": "Write a small policy to start from.",
    "schema": "Print the JSON Schema of policies, cases or columns files.",
    "codes": "Explain the codes of problems and findings.",
}
_ROOMS = {
    "answering": ("ask", "batch", "decide", "explain", "sql"),
    "authoring": ("check", "codes", "diff", "new", "schema", "test", "verify"),
    "viewing": ("draw", "list", "page", "show", "table"),
}


def load_command(name: str) -> click.Command:
    """Import and return a command. Only its own module is imported, so unused commands cost no start-up time."""
    room = next(room for room, names in _ROOMS.items() if name in names)
    command: click.Command = import_module(f"engine.surfaces.cli.commands.{room}.{name}_command").command
    return command


class _Commands(HelpfulCommand, click.Group):
    """A click group that loads its commands lazily."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return load_command(cmd_name) if cmd_name in COMMANDS else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in COMMANDS:
            from engine.language.documents.name_suggestions import did_you_mean

            ctx.fail(f"there is no command `{args[0]}`; {did_you_mean(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)


def _say_version(context: click.Context) -> None:
    """Print the version and exit."""
    from engine.bundled import own_version

    click.echo(f"verdict, version {own_version()}")
    context.exit()


@click.command(cls=_Commands, context_settings=HELP)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda context, _, wanted: _say_version(context) if wanted else None,
    help="Show the version and exit.",
)
def verdict() -> None:
    """Decision rules that people edit as YAML, proved to give every possible situation exactly one verdict.

    POLICY is the name of a policy that comes with the project (see `verdict list`), the path of a YAML file, or `-`
    for standard input.

    \b
    Exit codes:
      0    success
      1    the check fails: an error finding, a failed case, an undecided situation, a changed verdict
      2    wrong usage, or something that cannot be read or written
      130  stopped by Ctrl-C; 143 or 129 by SIGTERM or SIGHUP
    """

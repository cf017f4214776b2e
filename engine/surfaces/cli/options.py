"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from engine.threads import cached_property

_HELP_NAMES = ["-h", "--help"]
HELP = {"help_option_names": _HELP_NAMES}


class HelpfulCommand(click.Command):
    """A command whose `--help` is described in English, as everything else is.

    For its own option click looks for a translation each time a command starts, which imports `locale`.
    """

    def get_help_option(self, ctx: click.Context) -> click.Option:
        return self._help

    # One object, by which click keeps the order of the options.
    @cached_property
    def _help(self) -> click.Option:
        shown = "Show this message and exit."
        return click.Option(
            _HELP_NAMES, is_flag=True, expose_value=False, is_eager=True, help=shown, callback=_show_help
        )


def _show_help(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Print the help of a command and exit."""
    if wanted and not context.resilient_parsing:
        click.echo(context.get_help(), color=context.color)
        context.exit()


def format_option(*forms: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add `--format`, with text as the default, passed as `form`."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json", *forms]),
        default="text",
        show_default=True,
        help="How to print the result.",
    )


def file_format_option(default: str, *forms: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add `--format` for output to a file, passed as `asked`; None if the file name decides."""
    return click.option(
        "--format",
        "asked",
        type=click.Choice(forms),
        help=f"The format of the output, if its name does not tell it.  [default: {default}]",
    )


def steps_option(work: Callable[..., Any], what: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add `--steps`, the limit on the amount of work, with the default of the function that does it."""
    default = default_of(work, "steps")
    return click.option("--steps", type=click.IntRange(min=1), default=default, show_default=True, help=what)


def default_of(function: Callable[..., Any], parameter: str) -> Any:
    """The default of a keyword-only parameter."""
    return (function.__kwdefaults__ or {})[parameter]


def situation_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the arguments POLICY and RECORD and the option `--set`."""
    for option in (
        click.option(
            "--set", "settings", multiple=True, metavar="FIELD=VALUE", help="Answer a question; may be repeated."
        ),
        click.argument("record", required=False),
        click.argument("policy"),
    ):
        command = option(command)
    return command


def record_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a situation and `--draft`."""
    return situation_options(
        click.option("--draft", is_flag=True, help="Use a policy even if it is not proved sound.")(command)
    )


def output_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `-o FILE`, passed as `output`; the default is standard output (`-`)."""
    help_ = "Write the result to this file, atomically; `-` is standard output."
    return click.option("-o", "--output", metavar="FILE", default="-", help=help_)(command)

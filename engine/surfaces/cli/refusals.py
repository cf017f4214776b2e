"""How a command ends whose policy, record, or output is refused: with all problems, in the format of its result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import click

from engine.problems import OneverdictError, UnsoundError
from engine.surfaces.cli.options import HELP, HelpfulCommand
from engine.surfaces.cli.output import EXIT_FAILS, JSON, refuse, say_json, tell, tell_problems


class RefusingCommand(HelpfulCommand):
    """A command that ends with the problems of the errors that its work raises."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except UnsoundError as error:
            _refuse_unsound(ctx, error)
        except OneverdictError as error:
            refuse(error.problems, _wants_json(ctx))


def verdict_command(name: str) -> Callable[[Callable[..., Any]], RefusingCommand]:
    """Make a function a command of `verdict`."""
    return click.command(name, cls=RefusingCommand, context_settings=HELP)


def _wants_json(ctx: click.Context) -> bool:
    """Whether the result is to be JSON, by its format or by the name of the output."""
    form = ctx.params.get("form", ctx.params.get("asked"))
    return form == JSON or (form is None and str(ctx.params.get("output")).lower().endswith(".json"))


def _refuse_unsound(ctx: click.Context, error: UnsoundError) -> NoReturn:
    """End the command with exit code 1 and the reasons why the policy that it is about is not sound."""
    if _wants_json(ctx):
        identity = {"policy": ctx.obj.name, "sha256": ctx.obj.sha256}
        say_json({**identity, "problems": [each.to_dict() for each in error.problems]})
    else:
        tell_problems(error.problems)
        if not ctx.params.get("draft", True):
            tell("  help  `verdict check` shows examples; `--draft` tries the policy all the same")
    raise click.exceptions.Exit(EXIT_FAILS) from None

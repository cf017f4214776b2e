"""Shared steps of the commands about one situation: load the policy and the record, print the result or the refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, NoReturn, Protocol, TypeVar

import click

from engine import Answers, Policy
from engine.problems import Place, PolicyError, Problem, RecordError, UnsoundError
from engine.surfaces.cli.inputs import STDIN, load_named, read_answers
from engine.surfaces.cli.output import EXIT_FAILS, refuse, say, say_json, tell, tell_problems
from engine.surfaces.cli.progress_line import show_progress


class _Shown(Protocol):
    """A result that can be printed as JSON."""

    def to_dict(self) -> dict[str, Any]: ...


T = TypeVar("T", bound=_Shown)


def print_for_situation(
    policy: str,
    record: str | None,
    settings: tuple[str, ...],
    work: Callable[[Policy, Answers], T],
    *,
    draft: bool,
    form: str,
) -> T:
    """Load a policy and a record, apply `work` to them and print its result as text or JSON.

    Ends the command with a message if the policy or the record is refused. Returns the result of `work`.
    """
    as_json = form == "json"
    loaded, answers = read_situation(policy, record, settings, as_json=as_json)
    try:
        with show_progress():
            found = work(loaded, answers)
    except RecordError as error:
        refuse(as_options(error.problems), as_json)
    except UnsoundError as error:
        refuse_unsound(loaded, error, draft=draft, as_json=as_json)
    if as_json:
        say_json(found.to_dict())
    else:
        say(str(found))
    return found


def read_situation(
    policy: str, record: str | None, settings: tuple[str, ...], *, as_json: bool
) -> tuple[Policy, Answers]:
    """Load the policy and the answers; ends the command if either is refused."""
    if policy == STDIN and record == STDIN:
        raise click.UsageError("the policy and the record cannot both come from standard input")
    try:
        with show_progress():
            loaded = load_named(policy)
            return loaded, read_answers(loaded, record, settings)
    except (PolicyError, RecordError) as error:
        refuse(error.problems, as_json)


def as_options(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Problems with arguments of a library function, as problems with the options of the command that called it."""
    options = {
        Place(each.name or ""): each.opts[0]
        for each in click.get_current_context().command.params
        if isinstance(each, click.Option)
    }
    for problem in problems:
        named = (each._replace(file=options.get(each._replace(path=""), each.file)) for each in problem.places)
        yield replace(problem, places=tuple(named))


def refuse_unsound(policy: Policy, error: UnsoundError, *, draft: bool, as_json: bool) -> NoReturn:
    """End the command with exit code 1 and the reasons why the policy is not sound."""
    if as_json:
        problems = [each.to_dict() for each in error.problems]
        say_json({"policy": policy.name, "sha256": policy.sha256, "problems": problems})
    else:
        tell_problems(error.problems)
        if not draft:
            tell("  help  `verdict check` shows examples; `--draft` tries the policy all the same")
    raise click.exceptions.Exit(EXIT_FAILS) from None

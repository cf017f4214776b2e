"""Shared steps of the commands about one situation: load the policy and the record, print the result or the refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

import click

from engine import Answers, Policy
from engine.problems import Place, Problem, RecordError
from engine.surfaces.cli.inputs import STDIN, load_policy, read_answers
from engine.surfaces.cli.output import Shown, say_result
from engine.surfaces.cli.progress_line import show_progress

T = TypeVar("T", bound=Shown)


def print_for_situation(
    policy: str,
    record: str | None,
    settings: tuple[str, ...],
    work: Callable[[Policy, Answers], T],
    *,
    form: str,
) -> T:
    """Load a policy and a record, apply `work` to them and print its result as text or JSON.

    Ends the command with a message if the policy or the record is refused. Returns the result of `work`.
    """
    loaded, answers = read_situation(policy, record, settings)
    try:
        with show_progress():
            found = work(loaded, answers)
    except RecordError as error:
        raise RecordError(as_options(error.problems)) from None
    say_result(found, as_json=form == "json")
    return found


def read_situation(policy: str, record: str | None, settings: tuple[str, ...]) -> tuple[Policy, Answers]:
    """Load the policy and the answers; raises `PolicyError` and `RecordError`."""
    if policy == STDIN and record == STDIN:
        raise click.UsageError("the policy and the record cannot both come from standard input")
    loaded = load_policy(policy)
    return loaded, read_answers(loaded, record, settings)


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

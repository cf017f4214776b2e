"""How do results and complaints leave the command line? Results on stdout, everything else on stderr."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import click

from engine.problems import Problem

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = 1
EXIT_HOLDS, EXIT_FAILS, EXIT_UNREADABLE = 0, 1, 2


def colours_wanted(stream: Any) -> bool:
    """Colour on a terminal only, unless `NO_COLOR` or `FORCE_COLOR` says otherwise."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or bool(stream and stream.isatty())


def say(text: str) -> None:
    """Prints a result; where nobody can read it, the command ends: with 0 for a reader who has seen enough."""
    with _to_somebody():
        click.echo(text, color=colours_wanted(sys.stdout))


def say_file(path: Path) -> None:
    """Prints what a file holds, as `say` prints a text."""
    from shutil import copyfileobj

    with _to_somebody(), path.open("rb") as file:
        copyfileobj(file, sys.stdout.buffer)


@contextmanager
def _to_somebody() -> Iterator[None]:
    if sys.stdout is None:
        fail("there is no standard output to write the result to")
        raise click.exceptions.Exit(EXIT_UNREADABLE)
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        _silence_stdout()
        raise click.exceptions.Exit(EXIT_HOLDS) from None
    except OSError as error:
        _silence_stdout()
        fail(f"the result cannot be written: {(error.strerror or str(error)).lower()}")
        raise click.exceptions.Exit(EXIT_UNREADABLE) from None


def _silence_stdout() -> None:
    """Sends what is still buffered nowhere, so that Python does not fail on it once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def tell(text: str) -> None:
    """Prints what is not a result."""
    click.echo(text, err=True, color=colours_wanted(sys.stderr))


def fail(text: str) -> None:
    tell(f"verdict: {text}")


def deliver(text: str, output: str) -> None:
    """Writes a result to a file, whole or not at all; `-` is standard output."""
    if output == "-":
        say(text)
        return
    from engine.surfaces.whole_file import write_whole

    try:
        write_whole(output, f"{text}\n".encode())
    except OSError as error:
        fail(f"{output} cannot be written: {(error.strerror or str(error)).lower()}")
        raise click.exceptions.Exit(EXIT_UNREADABLE) from None


def say_json(data: dict[str, Any]) -> None:
    """Prints a versioned JSON document."""
    say(json_text(data))


def json_text(data: dict[str, Any]) -> str:
    """A versioned JSON document."""
    import json

    return json.dumps({"schema": SCHEMA, **data}, ensure_ascii=False, indent=2)


def tell_problems(problems: Iterable[Problem]) -> None:
    for problem in problems:
        tell(painted(str(problem), problem.code, problem.severity))


def painted(text: str, code: str, severity: str) -> str:
    """A complaint with its code in colour where there is colour: red for an error, yellow for a warning."""
    colour = "red" if severity == "error" else "yellow"
    return re.sub(
        rf"(^|  ){re.escape(code)}(?=  |\n|$)", lambda found: found[1] + click.style(code, fg=colour), text, count=1
    )


def refuse(problems: Iterable[Problem], as_json: bool) -> NoReturn:
    """Ends the command with what could not be read: on stderr, and on stdout too where JSON was asked for."""
    problems = tuple(problems)
    if as_json:
        say_json({"problems": [problem.to_dict() for problem in problems]})
    else:
        tell_problems(problems)
    raise click.exceptions.Exit(EXIT_UNREADABLE)

"""How do results and complaints leave the command line? Results on stdout, everything else on stderr.

Words for people are written in the terminal's own encoding, with codes for what it does not have; documents for
programs are UTF-8 wherever they go, and JSON is plain ASCII where the terminal is not UTF-8.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import click

from engine.problems import Problem, printable
from engine.surfaces.cli.standard_streams import colours_wanted, is_utf8, silence

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = 1
EXIT_HOLDS, EXIT_FAILS, EXIT_UNREADABLE = 0, 1, 2
TEXT, JSON = "text", "json"
_JSON = (JSON, "sarif")

# What steers a terminal or is no character at all (a byte of a file's name), and what XML and JSON do not allow.
_CONTROL = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]"
_CONTROLS = re.compile(_CONTROL)
# JSON has a way to write what would change the order of a line.
_CODED_IN_JSON = re.compile(f"[\u202a-\u202e\u2066-\u2069]|{_CONTROL}")
# Words for people may have the colours that are given here.
_STEERING = re.compile(f"\x1b\\[(?:0|31|33)m|\r|{_CONTROL}")
_NOT_ASCII = re.compile("[^\x00-\x7f]")


def say(text: str) -> None:
    """Prints a result for people. A reader who has seen enough (a closed pipe) changes nothing of what is found."""
    with _to_somebody():
        click.echo(_seen(text), file=sys.stdout, color=colours_wanted(sys.stdout))


def say_as(form: str, text: str) -> None:
    """Prints a result of a format: documents for programs are UTF-8 whatever the terminal's encoding."""
    if form == TEXT:
        say(text)
        return
    with _to_somebody():
        sys.stdout.flush()
        escaped = form in _JSON and not is_utf8(sys.stdout)
        sys.stdout.buffer.write(document_bytes(form, _NOT_ASCII.sub(_json_code, text) if escaped else text))


def say_file(path: Path) -> None:
    """Prints what a file holds, as `say_as` prints a document."""
    from shutil import copyfileobj

    with path.open("rb") as file, _to_somebody():
        copyfileobj(file, sys.stdout.buffer)


@contextmanager
def _to_somebody() -> Iterator[None]:
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        silence(sys.stdout)
    except OSError as error:
        silence(sys.stdout)
        fail(f"the result cannot be written to standard output: {(error.strerror or str(error)).lower()}")
        raise click.exceptions.Exit(EXIT_UNREADABLE) from None


def tell(text: str) -> None:
    """Prints what is not a result; where nobody can read it, the work goes on all the same."""
    try:
        click.echo(_seen(text), file=sys.stderr, color=colours_wanted(sys.stderr))
    except OSError:
        silence(sys.stderr)


def tell_on_line(text: str) -> None:
    """Prints what is not a result and does not end its line, such as progress."""
    try:
        click.echo(text, nl=False, file=sys.stderr)
    except OSError:
        silence(sys.stderr)


def fail(text: str) -> None:
    tell(f"verdict: {text}")


def _seen(text: str) -> str:
    """Text of which nothing steers a terminal, whatever names and values stand in it."""
    return _STEERING.sub(lambda found: found[0] if len(found[0]) > 1 else printable(found[0]), text)


def document_bytes(form: str, text: str) -> bytes:
    """A document of a format as it stands in a file, with codes for what no reader takes or what steers a terminal."""
    coded = _CODED_IN_JSON.sub(_json_code, text) if form in _JSON else _CONTROLS.sub(_code, text)
    return f"{coded}\n".encode()


def _code(found: re.Match[str]) -> str:
    return printable(found[0])


def _json_code(found: re.Match[str]) -> str:
    import json

    # Half a character would be no JSON for many readers.
    is_half = "\ud800" <= found[0] <= "\udfff"
    return json.dumps(printable(found[0]) if is_half else found[0])[1:-1]


def say_json(data: dict[str, Any]) -> None:
    """Prints a versioned JSON document."""
    say_as(JSON, json_text(data))


def json_text(data: dict[str, Any]) -> str:
    """A versioned JSON document."""
    import json

    return json.dumps({"schema": SCHEMA, **data}, ensure_ascii=False, indent=2)


def tell_problems(problems: Iterable[Problem]) -> None:
    from engine.surfaces.render.colours import painted

    for problem in problems:
        tell(painted(str(problem), problem.code, problem.severity))


def refuse(problems: Iterable[Problem], as_json: bool) -> NoReturn:
    """Ends the command with what could not be read or written: on stderr, on stdout where JSON was asked for."""
    problems = tuple(problems)
    if as_json:
        say_json({"problems": [problem.to_dict() for problem in problems]})
    else:
        tell_problems(problems)
    raise click.exceptions.Exit(EXIT_UNREADABLE)

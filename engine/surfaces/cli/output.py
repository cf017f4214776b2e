"""Printing results to standard output and messages to standard error.

Text for people uses the terminal's encoding, with escapes for characters that it lacks. Documents for programs are
always UTF-8, except that JSON is plain ASCII if the terminal is not UTF-8. Control characters in names and values are
escaped, so that no input can steer a terminal.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

import click

from engine.problems import Problem, printable
from engine.surfaces.cli.standard_streams import colours_wanted, is_utf8, silence

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = 1
EXIT_HOLDS, EXIT_FAILS, EXIT_UNREADABLE = 0, 1, 2
TEXT, JSON = "text", "json"
_JSON = (JSON, "sarif")

# Patterns are compiled when they are first used: a command prints in one way, and each takes a third of a millisecond.
# Control characters, surrogates (undecodable bytes of file names) and noncharacters, which XML and JSON do not allow.
_CONTROL = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]"
# In JSON, bidirectional controls, which reorder a line, are escaped as well.
_CODED_IN_JSON = f"[\u202a-\u202e\u2066-\u2069]|{_CONTROL}"
# Text for people may contain the colour codes that this package writes, and no other control characters.
_STEERING = f"\x1b\\[(?:0|31|33)m|\r|{_CONTROL}"
_NOT_ASCII = "[^\x00-\x7f]"


class Shown(Protocol):
    """A result that can be printed as JSON."""

    def to_dict(self) -> dict[str, Any]: ...


def say(text: str) -> None:
    """Print a result for people. A reader that closes the pipe early does not change the exit code."""
    with _flushed_stdout():
        click.echo(_escape_controls(text), file=sys.stdout, color=colours_wanted(sys.stdout))


def say_as(form: str, text: str) -> None:
    """Print a result in a format: text for people, anything else as a UTF-8 document."""
    if form == TEXT:
        say(text)
        return
    with _flushed_stdout():
        sys.stdout.flush()
        escaped = form in _JSON and not is_utf8(sys.stdout)
        sys.stdout.buffer.write(document_bytes(form, re.sub(_NOT_ASCII, _json_code, text) if escaped else text))


def say_file(path: Path) -> None:
    """Print the bytes of a file to standard output."""
    from shutil import copyfileobj

    with path.open("rb") as file, _flushed_stdout():
        copyfileobj(file, sys.stdout.buffer)


@contextmanager
def _flushed_stdout() -> Iterator[None]:
    """Flush standard output afterwards; ignore a closed pipe, and end the command if writing fails otherwise."""
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
    """Print a message to standard error; failures to write are ignored."""
    try:
        click.echo(_escape_controls(text), file=sys.stderr, color=colours_wanted(sys.stderr))
    except OSError:
        silence(sys.stderr)


def tell_on_line(text: str) -> None:
    """Print a message to standard error without ending the line, for example progress."""
    try:
        click.echo(text, nl=False, file=sys.stderr)
    except OSError:
        silence(sys.stderr)


def fail(text: str) -> None:
    """Print an error message that begins with the name of the program. Does not end the command."""
    tell(f"verdict: {text}")


def _escape_controls(text: str) -> str:
    """Escape everything that could steer a terminal."""
    if text.replace("\n", "").isprintable():
        return text
    return re.sub(_STEERING, lambda found: found[0] if len(found[0]) > 1 else printable(found[0]), text)


def document_bytes(form: str, text: str) -> bytes:
    """A document as UTF-8 with a final newline; characters that readers reject or that steer a terminal are escaped."""
    coded = re.sub(_CODED_IN_JSON, _json_code, text) if form in _JSON else re.sub(_CONTROL, _code, text)
    return f"{coded}\n".encode()


def _code(found: re.Match[str]) -> str:
    """The readable escape of a character."""
    return printable(found[0])


def _json_code(found: re.Match[str]) -> str:
    """The JSON escape of a character."""
    import json

    # Many JSON readers reject a lone surrogate.
    is_half = "\ud800" <= found[0] <= "\udfff"
    return json.dumps(printable(found[0]) if is_half else found[0])[1:-1]


def say_result(found: Shown, *, as_json: bool) -> None:
    """Print a result for people, or as JSON data."""
    if as_json:
        say_json(found.to_dict())
    else:
        say(str(found))


def say_json(data: dict[str, Any]) -> None:
    """Print a versioned JSON document."""
    say_as(JSON, json_text(data))


def json_text(data: dict[str, Any]) -> str:
    """Format a versioned JSON document."""
    import json

    return json.dumps({"schema": SCHEMA, **data}, ensure_ascii=False, indent=2)


def tell_problems(problems: Iterable[Problem]) -> None:
    """Print problems to standard error, in colour if it is a terminal."""
    from engine.surfaces.render.colours import colour_code

    for problem in problems:
        tell(colour_code(str(problem), problem.code, problem.severity))


def refuse(problems: Iterable[Problem], as_json: bool) -> NoReturn:
    """End the command with exit code 2 and the problems: on standard error, or on standard output as JSON."""
    problems = tuple(problems)
    if as_json:
        say_json({"problems": [problem.to_dict() for problem in problems]})
    else:
        tell_problems(problems)
    raise click.exceptions.Exit(EXIT_UNREADABLE)

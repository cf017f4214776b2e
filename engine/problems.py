"""Problems and the exceptions that carry them.

One record type serves every complaint about a file or a record, and three exceptions tell a caller which input was
refused. A problem is a value: it compares, formats itself for people, and converts to JSON.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from engine.frozen import frozen_value, known_to_pydantic

ERROR: Final = "error"
WARNING: Final = "warning"
# Information that is not a fault and never fails a command.
NOTE: Final = "note"
Severity: TypeAlias = Literal["error", "warning", "note"]


def printable(name: str) -> str:
    """Make a name safe for messages, so that it neither ends a line nor controls a terminal.

    Args:
        name: Any name. A file name may hold bytes that are not UTF-8, as surrogate escapes (`\\udcff`).

    Returns:
        The name with every unprintable character replaced by a code.

    >>> printable("plans\\n.yaml"), printable("\\udcff.yaml")
    ('plans\\\\u000a.yaml', '\\\\xff.yaml')
    """
    return name if name.isprintable() else "".join(map(_escape, name))


def _escape(character: str) -> str:
    """The character, or its code if it is unprintable: `\\xNN` for a raw byte, else `\\uNNNN`."""
    if character.isprintable():
        return character
    is_byte = "\udc80" <= character <= "\udcff"
    return f"\\x{ord(character) - 0xDC00:02x}" if is_byte else f"\\u{ord(character):04x}"


@known_to_pydantic
class Place(NamedTuple):
    """The position of something in an input: file, line and column (from 1), or a path within a record.

    `line` and `column` are 0 for data without text, such as a mapping built by a program; `path` locates it then.
    """

    file: str
    line: int = 0
    column: int = 0
    path: str = ""

    def __str__(self) -> str:
        file = printable(self.file)
        if self.line:
            return f"{file}:{self.line}:{self.column}"
        return f"{file}: {printable(self.path)}" if self.path else file

    def to_dict(self) -> dict[str, Any]:
        """The place as JSON data, with null for what is unknown."""
        return {
            "file": self.file,
            "line": self.line or None,
            "column": self.column or None,
            "path": self.path or None,
        }


@frozen_value
class Problem:
    """A problem: stable code, message, all places involved (the main one first), and help towards a solution."""

    code: str
    message: str
    places: tuple[Place, ...] = ()
    help: str = ""
    severity: Severity = ERROR

    def to_dict(self) -> dict[str, Any]:
        """The problem as JSON data."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "places": [place.to_dict() for place in self.places],
            "help": self.help or None,
        }

    def __str__(self) -> str:
        where = f"{self.places[0]}  " if self.places else ""
        lines = [f"{where}{self.code}  {self.message}"]
        lines += [f"  also  {place}" for place in self.places[1:]]
        if self.help:
            lines.append(f"  help  {self.help}")
        return "\n".join(lines)


def position(problem: Problem) -> tuple[str, int, int]:
    """The sort key of a problem: file, line and column.

    Sorting is stable, so problems without lines keep the order in which they were found.
    """
    return problem.places[0][:3] if problem.places else ("", 0, 0)


@known_to_pydantic
class OneverdictError(Exception):
    """Base class of refused work; `problems` holds every reason, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)

    def to_dict(self) -> dict[str, Any]:
        """The problems as JSON data, as `--format json` prints them."""
        return {"problems": [problem.to_dict() for problem in self.problems]}


class NearTextWarning(UserWarning):
    """Answers differ from known texts only in capitals, white space or character forms, and so match no rule."""


class PolicyError(OneverdictError):
    """A policy, cases or columns file could not be read."""


class RecordError(OneverdictError):
    """A situation record holds something that the policy does not allow, or describes an impossible situation."""


class UnsoundError(OneverdictError):
    """A policy without a proof of soundness was asked to decide; `problems` are the findings of its check."""

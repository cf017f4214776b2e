"""What does a complaint look like, wherever it comes from?

One record serves every complaint about a file or a record, and one exception for each of the three ways a caller's
work can be refused. A problem is a value: it compares, it prints itself, it can be turned into JSON.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from engine.frozen import frozen_value, known_to_pydantic

ERROR: Final = "error"
WARNING: Final = "warning"
# What may be worth knowing and is no fault: it never fails anything.
NOTE: Final = "note"
Severity: TypeAlias = Literal["error", "warning", "note"]


def printable(name: str) -> str:
    """A name as it may stand in a message, where it must neither end a line nor steer a terminal.

    Args:
        name: Any name; of a file it may hold every byte, those that are no text as Python reads them (`\\udcff`).

    Returns:
        The name with a code in place of each character that cannot be seen.

    >>> printable("plans\\n.yaml"), printable("\\udcff.yaml")
    ('plans\\\\u000a.yaml', '\\\\xff.yaml')
    """
    return name if name.isprintable() else "".join(map(_seen, name))


def _seen(character: str) -> str:
    if character.isprintable():
        return character
    is_byte = "\udc80" <= character <= "\udcff"
    return f"\\x{ord(character) - 0xDC00:02x}" if is_byte else f"\\u{ord(character):04x}"


@known_to_pydantic
class Place(NamedTuple):
    """Where something was written: a file with line and column (counted from 1), or a path inside a record.

    `line` and `column` are 0 where the text has none, as in a mapping built by a program; `path` then says where.
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
        return {
            "file": self.file,
            "line": self.line or None,
            "column": self.column or None,
            "path": self.path or None,
        }


@frozen_value
class Problem:
    """One thing that is wrong: a stable code, a sentence, every place involved (the main one first), a way out."""

    code: str
    message: str
    places: tuple[Place, ...] = ()
    help: str = ""
    severity: Severity = ERROR

    def to_dict(self) -> dict[str, Any]:
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
    """What problems are sorted by: file, line, column; those without a line keep the order they were found in."""
    return problem.places[0][:3] if problem.places else ("", 0, 0)


@known_to_pydantic
class OneverdictError(Exception):
    """Work that was refused; `problems` holds every reason, never only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)

    def to_dict(self) -> dict[str, Any]:
        """The problems as JSON data, as `--format json` prints them."""
        return {"problems": [problem.to_dict() for problem in self.problems]}


class NearTextWarning(UserWarning):
    """Answers are no known text, but for capitals, white space or the form of their letters: they match no rule."""


class PolicyError(OneverdictError):
    """A policy or cases file could not be read."""


class RecordError(OneverdictError):
    """A situation record holds something the policy does not allow, or describes what cannot happen."""


class UnsoundError(OneverdictError):
    """A policy that is not proved sound was asked to decide; the problems are the findings of its proof."""

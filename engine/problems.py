"""Problems and the exceptions that carry them.

One record type serves every complaint about a file or a record, and three exceptions tell a caller which input was
refused. A problem is a value: it compares, formats itself for people, and converts to JSON.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Literal, Self, TypeAlias

from engine.frozen import NamedTuple, data_of, frozen_value, known_to_pydantic

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
    """A position in a file (line and column) or inside a record (a path).

    Attributes:
        file: The file, or the name of what was read in its place: `policy`, `record`, `--set`.
        line: Line number, from 1; 0 if the source has no lines, as a mapping built by a program.
        column: Column number in characters, from 1; 0 if the source has no lines.
        path: Path inside the data, such as `rules[0].when`; empty in a text.

    Example:
        >>> from engine import Place
        >>> str(Place("rules/refund.yaml", 12, 3)), str(Place("record", path="trip.from"))
        ('rules/refund.yaml:12:3', 'record: trip.from')
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
        """Return the place as JSON data; what is unknown is None."""
        return {
            "file": self.file,
            "line": self.line or None,
            "column": self.column or None,
            "path": self.path or None,
        }


@frozen_value
class Problem:
    """One thing that is wrong with a file, a record or a policy.

    Attributes:
        code: Stable identifier, such as `unknown-field`; `rules/PROBLEMS.md` explains each.
        message: One sentence that says what is wrong.
        places: Every position involved, the main one first.
        help: How to correct it; empty if there is nothing to suggest.
        severity: `error`, `warning` or `note`.

    Example:
        >>> from engine import Place, Problem
        >>> print(Problem("gap", "3 of 8 situations get no verdict", (Place("p.yaml", 1, 9),), "write a rule for them"))
        p.yaml:1:9  gap  3 of 8 situations get no verdict
          help  write a rule for them
    """

    code: str
    message: str
    places: tuple[Place, ...] = ()
    help: str = ""
    severity: Severity = ERROR

    def to_dict(self) -> dict[str, Any]:
        """Return the problem as JSON data."""
        return data_of(self, "code", "severity", "message", "places", "help") | {"help": self.help or None}

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
    """Base class of the errors that report problems: all of them, not only the first.

    Attributes:
        problems: A tuple of `Problem`, in the order of the file or record.

    Example:
        >>> from engine import OneverdictError, load
        >>> try:
        ...     load({"policy": "empty"})
        ... except OneverdictError as error:
        ...     print([problem.code for problem in error.problems])
        ['missing-key', 'missing-key', 'missing-key', 'missing-key']
    """

    problems: tuple[Problem, ...]

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    @classmethod
    def of(cls, code: str, message: str, places: Place | tuple[Place, ...] = (), help_: str = "") -> Self:
        """Make an error that reports a single problem, for callers to raise.

        Args:
            code: The code of the problem.
            message: One sentence that says what is wrong.
            places: Its place, or every position involved, the main one first.
            help_: How to correct it; empty if there is nothing to suggest.

        Returns:
            An error of the class on which the method is called.

        Example:
            >>> from engine import Place, RecordError
            >>> print(RecordError.of("json-syntax", "this is not JSON", Place("trip.json", 1, 4), "add a comma"))
            trip.json:1:4  json-syntax  this is not JSON
              help  add a comma
        """
        return cls([Problem(code, message, (places,) if isinstance(places, Place) else places, help_)])

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)

    def to_dict(self) -> dict[str, Any]:
        """Return the problems as JSON data."""
        return data_of(self, "problems")


class NearTextWarning(UserWarning):
    """A text answer matches no known text, but differs from one only in case, white space or Unicode form.

    Example:
        >>> import warnings
        >>> import polars
        >>> from engine import batch, load
        >>> with warnings.catch_warnings(record=True) as caught:
        ...     warnings.simplefilter("always")
        ...     decided = batch(load("customs-channel"), polars.DataFrame({"coming_from": ["de"]}))
        >>> caught[0].category.__name__
        'NearTextWarning'
    """


class PolicyError(OneverdictError):
    """A policy, cases or columns file that could not be read, or two policies that cannot be compared.

    Example:
        >>> from engine import PolicyError, load
        >>> try:
        ...     load("other-interview")
        ... except PolicyError as error:
        ...     print(error.problems[0].help)
        did you mean `other-interviews`; a path contains `/` or ends in `.yaml`
    """


class RecordError(OneverdictError):
    """A record with an unknown field or a wrong answer, or one that describes an impossible situation.

    Example:
        >>> from engine import RecordError, decide, load
        >>> try:
        ...     decide(load("other-interviews"), {"offer": "hint", "start_date": "soon"})
        ... except RecordError as error:
        ...     print(error)
        record: start_date  wrong-type  `start_date`: `soon` does not fit here
          help  expected yes or no (`true` or `false` in JSON and Python)
    """


class UnsoundError(OneverdictError):
    """A policy that is not proved sound was asked to decide; `problems` are the errors that its proof found.

    Example:
        >>> from engine import UnsoundError, decide, load
        >>> try:
        ...     decide(load("other-interviews-as-written"), {"offer": "hint"})
        ... except UnsoundError as error:
        ...     print([problem.code for problem in error.problems])
        ['conflict', 'conflict', 'conflict', 'gap']
    """

"""Strict accessors for nodes, and the collector of problems, shared by all file readers.

A reader takes what it expects. Anything of another shape raises `Unshapely`: the enclosing item is left out, and
schema validation explains it afterwards. Every other problem is recorded here and reading continues, so that an
author sees all problems at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from collections.abc import Mapping as Mapping_
from collections.abc import Sequence as Ordered
from contextlib import suppress
from functools import lru_cache
from typing import TypeVar

from engine.language.documents.nodes import Broken, Document, Mapping, Node, Scalar, Sequence
from engine.language.documents.text import shorten
from engine.language.model.values.misfits import REPORTED, Misfit
from engine.problems import Place, PolicyError, Problem, position

T = TypeVar("T")

LONGEST_NAME = 100
# A name with dots is that of a part of a step.
PART_NAME = re.compile(r"(?!(?:all|any|not)$)[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*", re.ASCII)
VERDICT_NAME = re.compile(r"[a-z][a-z0-9_-]*", re.ASCII)

WORDS = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)
_MOST_SHOWN = 100
_MOST_KEPT = 1_000


class Unshapely(Exception):
    """A node whose shape the schema does not allow."""


class Reading:
    """Collects the problems found while reading one file."""

    def __init__(self, document: Document) -> None:
        self.file, self.text = document.file, document.text
        self.tests = document.tests
        self.problems = [problem for problem in document.problems if problem not in self.tests]
        self.unlisted = document.unlisted
        self.uncounted = False
        self.suspects: set[tuple[str, str | int]] = set()
        # Keys whose values were reported as a whole: problems inside them are not explained again.
        self.settled: set[Place] = set()
        self.incomplete = False
        # References to unknown names, each with the names that would be so written if they were well-formed.
        self.presumed: list[tuple[Problem, tuple[str, ...]]] = []
        # Whether a file that may declare further names could not be read, so that no name is known to be missing.
        self.lacks_names = False
        # The names of numbers, facts and steps that the file may read, each with what it is.
        self.derived: dict[str, str] = {}
        # Whether the file may do without questions, so that nothing else reports a file that declares no names at all.
        self.may_declare_nothing = False

    def is_shown(self) -> bool:
        """Whether one more problem would be shown; if not, computing its help can be skipped."""
        return len(self.problems) < _MOST_SHOWN

    def refuse(self, code: str, message: str, places: Place | tuple[Place, ...], help_: str = "") -> None:
        """Record an error; beyond the limit, only count it."""
        if len(self.problems) < _MOST_KEPT:
            self.problems.append(Problem(code, message, (places,) if isinstance(places, Place) else places, help_))
        else:
            self.unlisted += 1

    def refuse_unknown(
        self, code: str, what: str, written: Scalar, names: Iterable[str], labels: Mapping_[str, str] | None = None
    ) -> None:
        """Record a reference to an undefined name, with a suggestion.

        Args:
            code: The problem code.
            what: What is missing, in words: `field`, `verdict` …
            written: The reference.
            names: The names that exist. If there are none though there must be some, that is reported elsewhere and
                this is not recorded; nor if one of them normalises to the reference and is reported as malformed.
            labels: Labels by name, for authors who wrote a label in place of a name.
        """
        names = list(names)
        if self.may_lack(code):
            return
        may_be_reported = code != "unknown-passage"
        if may_be_reported and not names and not self.may_declare_nothing:
            self.incomplete = True
            return
        like = _normalised_names(tuple(names)).get(written.text) if may_be_reported else None
        help_ = ""
        if self.is_shown() and len(self.presumed) < _MOST_SHOWN:
            from engine.language.documents.name_suggestions import did_you_mean, label_help

            help_ = label_help(written.text, labels or {}) or did_you_mean(written.text, names)
            if not names and code == "unknown-name":
                help_ = "declare it in this file, or name the library that has it under `uses:`"
        other = self.derived.get(written.text) if code == "unknown-name" else None
        message = f"there is no {what} `{shorten(written.text)}`"
        if other is not None:
            message = f"`{shorten(written.text)}` is a {other}, and a {what} stands here"
        if like:
            self.incomplete = True
            self.presumed.append((Problem(code, message, (written.place,), help_), like))
        else:
            self.refuse(code, message, written.place, help_)

    def may_lack(self, code: str) -> bool:
        """Whether what a reference names may stand in a file that could not be read, which is reported already."""
        lacks = self.lacks_names and code in ("unknown-name", "unknown-passage")
        self.incomplete |= lacks
        return lacks

    def refuse_repeats(self, written: Iterable[Scalar]) -> None:
        """Record every repetition of a name in a list."""
        seen: set[str] = set()
        for scalar in written:
            if scalar.text in seen:
                message = f"`{shorten(scalar.text)}` is in the list twice"
                self.refuse("repeated", message, scalar.place, "keep one of the two")
            seen.add(scalar.text)

    def read_item(
        self,
        section: str,
        key: str | int,
        read: Callable[[], T],
        parts: Callable[[], Iterable[Callable[[], object]]] = tuple,
    ) -> T | None:
        """Read one item of a section.

        If the item is malformed, its `parts` are read one by one, so that the well-formed parts report their problems.

        Args:
            section: The name of the section.
            key: The item's name or index.
            read: Reads the whole item.
            parts: Lists the readers of its parts.

        Returns:
            The item, or None if it is malformed, which is recorded.
        """
        before = len(self.problems)
        try:
            return read()
        except Unshapely:
            self.suspects.add((section, key))
        except _AlreadyReported:
            self.incomplete = True
        for part in parts():
            with suppress(Unshapely, _AlreadyReported):
                part()
        # Reading the parts repeats the problems that the first attempt had recorded.
        self.problems[before:] = dict.fromkeys(self.problems[before:])
        return None

    def read_value(self, place: Place, read: Callable[[], T]) -> T | None:
        """Read one value; None if it does not fit, which is recorded."""
        try:
            return read()
        except Misfit as misfit:
            self.refuse_misfit(misfit, place)
            return None

    def refuse_misfit(self, misfit: Misfit, place: Place) -> None:
        """Record a value that does not fit; its help is computed only if it will be shown."""
        if misfit.code == REPORTED:
            self.incomplete = True
            return
        self.refuse(misfit.code, misfit.message, place, misfit.help if self.is_shown() else "")

    def explain(self, explained: list[Problem], root: Node, most: int) -> None:
        """Record the schema's explanations of malformed items, except at places that already have a problem.

        Args:
            explained: The problems that schema validation found, at most `most`.
            root: The root of the file, blamed if neither the readers nor the schema found anything.
            most: The limit of the validation; if it is reached there may be more problems.
        """
        known = {problem.places[0] for problem in self.problems if problem.places}
        self.uncounted = len(explained) >= most
        self.problems += [each for each in explained if each.places[0] not in known]
        if not self.problems:
            for section, key in sorted(self.suspects, key=str):
                message = f"`{section}` holds something that cannot be read{f' at `{key}`' if key != '' else ''}"
                self.refuse("wrong-shape", message, root.place)

    def in_order(self) -> tuple[Problem, ...]:
        """All recorded problems in the order of their places, with the remainder summarised."""
        # Where a malformed name is reported, mending it mends the references to what it should be.
        reported = {problem.message for problem in self.problems if problem.code == "bad-name"}
        for problem, names in dict.fromkeys(self.presumed):
            if reported.isdisjoint(map(bad_name_message, names)):
                self.refuse(problem.code, problem.message, problem.places, problem.help)
        # At the place of a repaired YAML error, only that error is reported.
        slips = {problem.places[0] for problem in self.problems if problem.code == "yaml-syntax"}
        self.problems = [each for each in self.problems if each.code == "yaml-syntax" or each.places[0] not in slips]
        lines = {problem.places[0].line for problem in self.problems if problem.places}
        self.problems += [problem for problem in self.tests if problem.places[0].line not in lines]
        return limit_problems(sorted(self.problems, key=position), self.file, self.unlisted, at_least=self.uncounted)


@lru_cache(maxsize=8)
def _normalised_names(names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The normalised forms of `names` that differ from them, each with the names that have it.

    Cached, since a file may refer to many unknown names.
    """
    from engine.language.documents.name_suggestions import normalise_name

    found: dict[str, tuple[str, ...]] = {}
    for name in names:
        if (like := normalise_name(name)) != name:
            found[like] = (*found.get(like, ()), name)
    return found


def bad_name_message(name: str) -> str:
    """The message of `bad-name`: that something cannot be a name."""
    return f"`{shorten(name)}` cannot be a name here"


def limit_problems(
    problems: Ordered[Problem], file: str, unlisted: int = 0, *, at_least: bool = False
) -> tuple[Problem, ...]:
    """The first 100 problems, and a last one that counts the rest."""
    more = len(problems) - _MOST_SHOWN + unlisted
    if more <= 0:
        return tuple(problems)
    message = f"and {'at least ' if at_least else ''}{more:,} more problems"
    return (
        *problems[:_MOST_SHOWN],
        Problem("more-problems", message, (Place(file),)),
    )


class _AlreadyReported(Exception):
    """A value is needed where something was already reported."""


def require_root(document: Document, reading: Reading, help_: str) -> Node:
    """The root node of a document; raises `PolicyError` if nothing in it could be read."""
    if document.root is not None:
        return document.root
    if not document.problems:
        reading.refuse("empty-file", "there is nothing in this file", Place(document.file, 1, 1), help_)
    raise PolicyError(reading.in_order())


def _require_node(node: Node | None) -> Node:
    """The node, unless it is missing or broken."""
    if isinstance(node, Broken):
        raise _AlreadyReported
    if node is None:
        raise Unshapely
    return node


def require_map(node: Node | None, keys: Collection[str] | None = None, *, may_be_empty: bool = False) -> Mapping:
    """Require a mapping with no keys but `keys`; raises `Unshapely`."""
    node = _require_node(node)
    if not isinstance(node, Mapping) or (not node.entries and not may_be_empty):
        raise Unshapely
    if keys is not None and not node.entries.keys() <= set(keys):
        raise Unshapely
    return node


def require_list(node: Node | None, *, may_be_empty: bool = False) -> tuple[Node, ...]:
    """Require a list and return its items; raises `Unshapely`."""
    node = _require_node(node)
    if not isinstance(node, Sequence) or (not node.items and not may_be_empty):
        raise Unshapely
    return node.items


def require_scalar(node: Node | None) -> Scalar:
    """Require a scalar that is not empty or blank; raises `Unshapely`."""
    node = _require_node(node)
    if not isinstance(node, Scalar) or node.empty or not node.text.strip():
        raise Unshapely
    return node


def require_text(node: Node | None) -> str:
    """Require a text that is not blank; raises `Unshapely`."""
    return require_scalar(node).text


def require_line(node: Node | None) -> str:
    """Require a text of a single line; raises `Unshapely`."""
    text = require_text(node).rstrip("\r\n")
    if "\n" in text or "\r" in text:
        raise Unshapely
    return text


def read_text(node: Node | None) -> str | None:
    """Read an optional text; None if it is absent."""
    return None if node is None else require_text(node)


def read_texts(node: Node | None) -> tuple[str, ...]:
    """Read an optional list of texts; empty if it is absent."""
    return () if node is None else tuple(require_text(item) for item in require_list(node))


def read_flag(node: Node | None) -> bool:
    """Read a `yes` or `no`, which is optional and `no` by default."""
    if node is None:
        return False
    scalar = require_scalar(node)
    if scalar.text not in ("yes", "no") and not (scalar.plain and scalar.text in ("true", "false")):
        raise Unshapely
    return scalar.text in ("yes", "true")


def require_name(node: Node | None) -> Scalar:
    """Require a name in words joined by hyphens; raises `Unshapely`."""
    scalar = require_scalar(node)
    if not WORDS.fullmatch(scalar.text) or (scalar.plain and scalar.text in ("true", "false")):
        raise Unshapely
    return scalar


def require_scalars(node: Node | None, *, may_be_empty: bool = False) -> tuple[Scalar, ...]:
    """Require a scalar or a list of scalars."""
    node = _require_node(node)
    if isinstance(node, Sequence):
        return tuple(require_scalar(item) for item in require_list(node, may_be_empty=may_be_empty))
    return (require_scalar(node),)

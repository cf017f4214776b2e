"""The tools that every reader of a file shares: taking nodes apart strictly, and noting what is wrong without stopping.

A reader takes what it expects. Anything of another shape raises `Unshapely`, the item it stands in is left out, and
the schema explains it afterwards; everything else that is wrong is noted here and the reading goes on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from collections.abc import Mapping as Mapping_
from collections.abc import Sequence as Ordered
from contextlib import suppress
from functools import lru_cache
from typing import TypeVar

from engine.language.documents.name_suggestions import did_you_mean, label_help, name_like
from engine.language.documents.nodes import Broken, Document, Mapping, Node, Scalar, Sequence
from engine.language.documents.text import shortened
from engine.language.model.values import Misfit
from engine.problems import Place, PolicyError, Problem, position

T = TypeVar("T")

LONGEST_NAME = 100

WORDS = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)
_MOST_SHOWN = 100
_MOST_KEPT = 1_000


class Unshapely(Exception):
    """Something stands here that the schema does not allow."""


class Reading:
    """What was noted while one file was read."""

    def __init__(self, document: Document) -> None:
        self.file, self.text = document.file, document.text
        self.tests = document.tests
        self.problems = [problem for problem in document.problems if problem not in self.tests]
        self.unlisted = document.unlisted
        self.uncounted = False
        self.suspects: set[tuple[str, str | int]] = set()
        # Places of keys whose values were refused as a whole: nothing inside is explained a second time.
        self.settled: set[Place] = set()
        self.incomplete = False

    def is_read(self) -> bool:
        """Whether one more problem would be read: its help, which takes time, is worked out only then."""
        return len(self.problems) < _MOST_SHOWN

    def refuse(self, code: str, message: str, places: Place | tuple[Place, ...], help_: str = "") -> None:
        if len(self.problems) < _MOST_KEPT:
            self.problems.append(Problem(code, message, (places,) if isinstance(places, Place) else places, help_))
        else:
            self.unlisted += 1

    def unknown(
        self, code: str, what: str, written: Scalar, names: Iterable[str], labels: Mapping_[str, str] | None = None
    ) -> None:
        """Notes a name that nothing bears, with the one the author may have meant; `labels` are what people read.

        Where a section that every policy needs has no names at all, or one that cannot be a name, that is complaint
        enough.
        """
        names = list(names)
        if code != "unknown-passage" and (not names or written.text in _names_meant(tuple(names))):
            self.incomplete = True
            return
        help_ = ""
        if self.is_read():
            help_ = label_help(written.text, labels or {}) or did_you_mean(written.text, names)
        self.refuse(code, f"there is no {what} `{shortened(written.text)}`", written.place, help_)

    def refuse_repeats(self, written: Iterable[Scalar]) -> None:
        """Notes every name that stands in a list a second time."""
        seen: set[str] = set()
        for scalar in written:
            if scalar.text in seen:
                message = f"`{shortened(scalar.text)}` stands in the list twice"
                self.refuse("repeated", message, scalar.place, "keep one of the two")
            seen.add(scalar.text)

    def item(
        self,
        section: str,
        key: str | int,
        read: Callable[[], T],
        parts: Callable[[], Iterable[Callable[[], object]]] = tuple,
    ) -> T | None:
        """What `read` gives for one item of a section; None, noted, where it has another shape.

        Then `parts` are read one by one, so that what has the right shape tells all that is wrong with it.
        """
        before = len(self.problems)
        try:
            return read()
        except Unshapely:
            self.suspects.add((section, key))
        except _BrokenHere:
            self.incomplete = True
        for part in parts():
            with suppress(Unshapely, _BrokenHere):
                part()
        # What was noted before the other shape was met is noted again.
        self.problems[before:] = dict.fromkeys(self.problems[before:])
        return None

    def fitted(self, place: Place, read: Callable[[], T]) -> T | None:
        """What `read` gives for one value; None, noted, where it does not fit."""
        try:
            return read()
        except Misfit as misfit:
            self.misfit(misfit, place)
            return None

    def misfit(self, misfit: Misfit, place: Place) -> None:
        """Notes a value that does not fit; its help, which takes time, where it will be read."""
        self.refuse(misfit.code, misfit.message, place, misfit.help if self.is_read() else "")

    def explain(self, explained: list[Problem], root: Node, most: int) -> None:
        """Notes what the schema says of the items that were refused for their shape, where nothing else is noted.

        Args:
            explained: What the schema finds, at most `most` problems.
            root: The root of the file, told where the schema finds nothing, rather than nothing.
            most: How many problems the schema is asked for; as many mean that there may be more.
        """
        known = {problem.places[0] for problem in self.problems if problem.places}
        self.uncounted = len(explained) >= most
        self.problems += [each for each in explained if each.places[0] not in known]
        if not self.problems:
            for section, key in sorted(self.suspects, key=str):
                message = f"`{section}` holds something that cannot be read{f' at `{key}`' if key != '' else ''}"
                self.refuse("wrong-shape", message, root.place)

    def in_order(self) -> tuple[Problem, ...]:
        """Every problem noted, in the order of their places."""
        # What stands where a slip of YAML was mended is told as that slip.
        slips = {problem.places[0] for problem in self.problems if problem.code == "yaml-syntax"}
        self.problems = [each for each in self.problems if each.code == "yaml-syntax" or each.places[0] not in slips]
        lines = {problem.places[0].line for problem in self.problems if problem.places}
        self.problems += [problem for problem in self.tests if problem.places[0].line not in lines]
        return shown(sorted(self.problems, key=position), self.file, self.unlisted, at_least=self.uncounted)


@lru_cache(maxsize=8)
def _names_meant(names: tuple[str, ...]) -> frozenset[str]:
    """The names that those which cannot be names would be; once for a file in which many are unknown."""
    return frozenset(like for name in names if (like := name_like(name)) != name)


def shown(problems: Ordered[Problem], file: str, unlisted: int = 0, *, at_least: bool = False) -> tuple[Problem, ...]:
    """As many problems as a person will read, and last how many more there are."""
    more = len(problems) - _MOST_SHOWN + unlisted
    if more <= 0:
        return tuple(problems)
    message = f"and {'at least ' if at_least else ''}{more:,} more problems"
    return (
        *problems[:_MOST_SHOWN],
        Problem("more-problems", message, (Place(file),)),
    )


class _BrokenHere(Exception):
    """Something was refused already where a value is needed."""


def readable_root(document: Document, reading: Reading, help_: str) -> Node:
    """The root of a document; raises `PolicyError` where nothing in it could be read."""
    if document.root is not None:
        return document.root
    if not document.problems:
        reading.refuse("empty-file", "there is nothing in this file", Place(document.file, 1, 1), help_)
    raise PolicyError(reading.in_order())


def _solid(node: Node | None) -> Node:
    if isinstance(node, Broken):
        raise _BrokenHere
    if node is None:
        raise Unshapely
    return node


def a_map(node: Node | None, keys: Collection[str] | None = None, *, may_be_empty: bool = False) -> Mapping:
    """The map that is expected here, with no keys but these."""
    node = _solid(node)
    if not isinstance(node, Mapping) or (not node.entries and not may_be_empty):
        raise Unshapely
    if keys is not None and not node.entries.keys() <= set(keys):
        raise Unshapely
    return node


def a_list(node: Node | None, *, may_be_empty: bool = False) -> tuple[Node, ...]:
    node = _solid(node)
    if not isinstance(node, Sequence) or (not node.items and not may_be_empty):
        raise Unshapely
    return node.items


def a_scalar(node: Node | None) -> Scalar:
    """The written value that is expected here; an empty one is not a value."""
    node = _solid(node)
    if not isinstance(node, Scalar) or node.empty or not node.text.strip():
        raise Unshapely
    return node


def a_text(node: Node | None) -> str:
    return a_scalar(node).text


def a_line(node: Node | None) -> str:
    text = a_text(node).rstrip("\r\n")
    if "\n" in text or "\r" in text:
        raise Unshapely
    return text


def maybe(read: Callable[[Node | None], T], node: Node | None) -> T | None:
    """What `read` gives where something is written, else None."""
    return None if node is None else read(node)


def texts(node: Node | None) -> tuple[str, ...]:
    return () if node is None else tuple(a_text(item) for item in a_list(node))


def a_flag(node: Node | None, *, default: bool = False) -> bool:
    """Yes or no, as the author's word for it."""
    if node is None:
        return default
    scalar = a_scalar(node)
    if scalar.text not in ("yes", "no") and not (scalar.plain and scalar.text in ("true", "false")):
        raise Unshapely
    return scalar.text in ("yes", "true")


def a_name(node: Node | None, pattern: re.Pattern[str] = WORDS) -> Scalar:
    scalar = a_scalar(node)
    if not pattern.fullmatch(scalar.text) or (scalar.plain and scalar.text in ("true", "false")):
        raise Unshapely
    return scalar


def scalars(node: Node | None) -> tuple[Scalar, ...]:
    """One name or a list of names, as written."""
    node = _solid(node)
    if isinstance(node, Sequence):
        return tuple(a_scalar(item) for item in a_list(node))
    return (a_scalar(node),)

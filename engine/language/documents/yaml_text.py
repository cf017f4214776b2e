"""A strict YAML 1.2 reader that produces located nodes.

Accepts YAML 1.2 without the features that surprise authors: anchors, aliases, tags, merge keys, directives, multiple
documents and tabs are reported as problems. Uses libyaml if PyYAML was built with it and otherwise PyYAML's scanner,
adapted so that both read the same text the same way. Syntax errors with a recognised cause are repaired in memory and
reading continues, so that one slip does not hide the other problems.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import yaml

from engine.frozen import NamedTuple
from engine.language.documents.nodes import Broken, Document, Entry, Mapping, Node, Scalar, Sequence
from engine.language.documents.text import Lines, decode, lines_of, shorten
from engine.problems import Place, Problem, position

DEEPEST = 32
_MOST_REPAIRS = 20
# Each repair reads the whole text again; this bounds the number of characters reread.
_MOST_REREAD = 4_000_000
MOST_EVENTS = 1_200_000
_MOST_KEPT = 1_000
_BLANK = r"(?:[ \t\r\n]|#[^\r\n]*)*"
# Escapes in double quotes can produce control characters, which would act on the terminal that shows them.
_CONTROL = "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]"


_LIBYAML: type[Any] | None = getattr(yaml, "CSafeLoader", None)
# A surrogate pair written as two JSON escapes, after an even number of backslashes.
_SURROGATE_PAIR = r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"


def _python_loader() -> type[Any]:
    """The loader in Python, imported only where libyaml is missing or cannot read a text."""
    from engine.language.documents.yaml12_loader import Yaml12Loader

    return Yaml12Loader


FASTEST_LOADER = _LIBYAML or _python_loader()


def read_yaml(data: bytes, file: str, loader: type[Any] = FASTEST_LOADER) -> Document:
    """Read a YAML file into nodes, and collect all problems with its syntax; never raises for what the file contains.

    Args:
        data: The bytes of the file.
        file: The name of the file in messages.
        loader: The PyYAML loader whose events are used.
    """
    text, problems = decode(data, file)
    if text is None or problems:
        return Document(file, None, tuple(problems))
    is_json = _is_json(text)
    composer = _Composer(_join_surrogates(text) if is_json else text, file, loader, is_json=is_json)
    try:
        root = composer.compose()
    except _LibyamlTooDeep:
        return read_yaml(data, file, _python_loader())
    tests = (*composer.signs, *composer.tags)
    problems = sorted([*composer.problems, *composer.slips, *tests], key=position)
    return Document(file, root, tuple(problems), composer.unlisted, text, tests)


def _is_json(text: str) -> bool:
    if text.lstrip()[:1] != "{":
        return False
    from engine.language.documents.json_text import is_json

    return is_json(text)


def _join_surrogates(text: str) -> str:
    """Replace surrogate pairs in JSON escapes, which YAML does not have, by the characters they encode."""

    def whole(found: re.Match[str]) -> str:
        high, low = (int(each, 16) for each in found.groups()[1:])
        return found[1] + chr(0x10000 + (high - 0xD800 << 10) + low - 0xDC00)

    return re.sub(_SURROGATE_PAIR, whole, text)


class _LimitExceeded(Exception):
    """The file exceeds a limit; what was read so far is discarded."""


class _LibyamlTooDeep(Exception):
    """libyaml stopped at its own nesting limit, before it emitted the events that lead there."""


class _OpenCollection(NamedTuple):
    """A map or list being read.

    `entries` is None for a list. In a map, `items` holds at most the key that is waiting for its value.
    """

    place: Place
    entries: dict[str, Entry] | None
    items: list[Node]
    flow: bool


class _Composer:
    """Builds the nodes of one text from parser events, iteratively, and collects the problems."""

    def __init__(self, text: str, file: str, loader: type[Any], *, is_json: bool) -> None:
        self.text = text
        self.file = file
        self.loader = loader
        self.problems: list[Problem] = []
        # Syntax errors that were repaired; and unquoted comparisons, which YAML reads as something else.
        self.slips: list[Problem] = []
        self.signs: list[Problem] = []
        self.tags: list[Problem] = []
        # Ids of maps already reported as two list items run together.
        self.run_together: set[int] = set()
        self.unlisted = 0
        self.quoted_spans: list[tuple[int, int]] = []
        self.is_json = is_json
        self.may_lose_text = " #" in text
        self.may_hold_complex_keys = "?" in text

    def compose(self) -> Node | None:
        """The root node, after repairing every recognised syntax error; None if the text cannot be read."""
        if self._refuse_directives():
            return None
        while True:
            try:
                return self._compose_once()
            except yaml.YAMLError as error:
                if not self._repair(error):
                    return None

    def _compose_once(self) -> Node | None:
        """Read the text as it is now; raises `yaml.YAMLError` for a syntax error."""
        root: Node | None = None
        with suppress(_LimitExceeded):
            root = self._document(yaml.parse(self.text, Loader=self.loader))
        self._refuse_tabs(len(self.text))
        return root

    def _repair(self, error: yaml.YAMLError) -> bool:
        """Report a syntax error; true if the text was repaired, line by line, and can be read again."""
        if self.loader is _LIBYAML and "nesting depth" in str(error):
            raise _LibyamlTooDeep from None
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        if self._refuse_tabs((mark.index if mark else 0) + 1):
            return False
        from engine.language.documents.slips.long_keys import long_key_problem
        from engine.language.documents.slips.yaml_errors import syntax_problem
        from engine.language.documents.slips.yaml_lines import ParserError
        from engine.language.documents.slips.yaml_slips import find_repair

        begun = getattr(error, "context_mark", None)
        parser_error = ParserError(
            str(getattr(error, "problem", None) or error),
            str(getattr(error, "context", None) or ""),
            mark.line if mark else 0,
            mark.column if mark else 0,
            (begun.line, begun.column) if begun else None,
        )
        long_key = long_key_problem(self.text, parser_error, self.file)
        if long_key is not None:
            self.problems.append(long_key)
            return False
        found = [*self.slips, *self.signs]
        may_repair = len(found) < _MOST_REPAIRS and (len(found) + 1) * len(self.text) <= _MOST_REREAD
        repair = find_repair(self.text, parser_error, self.file) if may_repair else None
        if repair is None or repair.text == self.text or repair.problem.places in [each.places for each in found]:
            self.problems.append(syntax_problem(error, self.file))
            return False
        (self.signs if repair.is_test else self.slips).append(repair.problem)
        if repair.text.count("\n") != self.text.count("\n"):
            # What is found below a line that was split would be reported on lines that the file does not have.
            return False
        self.text = repair.text
        # The text is read again from the start, which reports these again.
        self.problems, self.tags, self.unlisted, self.quoted_spans = [], [], 0, []
        return True

    def _refuse_directives(self) -> bool:
        """Report the first directive before the document other than `%YAML 1.2`; true if there is one."""
        if not self.text.startswith("%") and "\n%" not in self.text:
            return False
        for found in re.finditer(r"^(?! *(?:#|$)).*", self.text, re.MULTILINE):
            line = found.group()
            if not line.startswith("%"):
                break
            if not re.fullmatch(r"%YAML +1\.2 *(?:#.*)?", line.rstrip("\r")):
                place = Lines(self.text).place(self.file, found.start())
                message = "a line beginning with `%` comes before the document"
                self._refuse("directive", message, place, "delete the line")
                return True
        return False

    def _refuse(self, code: str, message: str, place: Place, help_: str) -> None:
        self._add(Problem(code, message, (place,), help_))

    def _add(self, problem: Problem) -> None:
        """Record a problem; beyond the limit, only count it."""
        if len(self.problems) < _MOST_KEPT:
            self.problems.append(problem)
        else:
            self.unlisted += 1

    def _place(self, mark: Any) -> Place:
        return Place(self.file, mark.line + 1, mark.column + 1)

    def _next_place(self, mark: Any) -> Place:
        """The place of what follows `mark`, spaces and comments aside: of nothing, the parsers give different marks."""
        found = re.compile(_BLANK).match(self.text, mark.index)
        rows = lines_of(found.group() if found else "")
        return Place(self.file, mark.line + len(rows), len(rows[-1]) + 1 + (mark.column if len(rows) == 1 else 0))

    def _refuse_tabs(self, reached: int) -> bool:
        """Report every line with a tab outside quotes; true if there is one at or before offset `reached`."""
        if "\t" not in self.text:
            return False
        lines, rows = Lines(self.text), lines_of(self.text)
        seen: set[int] = set()
        spans = iter(sorted(self.quoted_spans))
        span = next(spans, None)
        for found in re.finditer("\t", self.text[: reached + 1]):
            while span and span[1] <= found.start():
                span = next(spans, None)
            if span and span[0] <= found.start():
                continue
            place = lines.place(self.file, found.start())
            if place.line not in seen:
                from engine.language.documents.slips.yaml_tabs import tab_help

                seen.add(place.line)
                self._refuse("tab", "there is a tab here", place, tab_help(rows, place))
        return bool(seen)

    def _document(self, events: Iterator[Any]) -> Node | None:
        """The root node of the first document, None if there is none; reports a second document."""
        root: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                place = self._place(event.start_mark)
                if root is not None:
                    help_ = "put it in a separate file"
                    self._refuse("second-document", "a second document begins here", place, help_)
                    return root
            elif isinstance(event, yaml.NodeEvent):
                root = self._node(event, events)
        return root

    def _node(self, event: Any, events: Iterator[Any]) -> Node:
        """Build the node that begins with `event`; uses an explicit stack, since nesting could overflow Python's."""
        waiting: list[_OpenCollection] = []
        for _ in range(MOST_EVENTS):
            kind = type(event)
            mark = event.start_mark
            place = Place(self.file, mark.line + 1, mark.column + 1)
            if kind is yaml.ScalarEvent:
                if not event.value and waiting and waiting[-1].entries is not None and not waiting[-1].items:
                    place = self._next_place(mark)
                node = self._scalar(event, place)
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                done = waiting.pop()
                node = (
                    Sequence(tuple(done.items), done.place, done.flow)
                    if done.entries is None
                    else Mapping(done.entries, done.place)
                )
            elif kind is yaml.AliasEvent:
                help_ = "write out what it stands for; text that begins with `*` goes in quotes"
                self._refuse("alias", f"`*{event.anchor}` is an alias, which is not supported", place, help_)
                node = Broken(place)
            else:
                self._refuse_decoration(event, place)
                if len(waiting) == DEEPEST:
                    message = f"maps and lists are nested deeper than {DEEPEST}"
                    self._refuse(
                        "too-deep", message, place, "make it flatter; a part of a condition can be named as a fact"
                    )
                    raise _LimitExceeded
                waiting.append(
                    _OpenCollection(place, {} if kind is yaml.MappingStartEvent else None, [], bool(event.flow_style))
                )
                event = next(events)
                continue
            if not waiting:
                return node
            inside = waiting[-1]
            if inside.entries is None or not inside.items:
                inside.items.append(node)
            else:
                self._enter(inside.items.pop(), node, inside.entries)
            event = next(events)
        message = f"the file holds more than {MOST_EVENTS:,} keys, values and brackets"
        self._refuse("file-too-large", message, self._place(event.start_mark), "split it into several policies")
        raise _LimitExceeded

    def _enter(self, key: Node, value: Node, entries: dict[str, Entry]) -> None:
        """Add an entry to a map, or report why its key is refused."""
        if isinstance(key, Broken):
            return
        if not isinstance(key, Scalar):
            self._refuse("not-a-key", "a map or a list cannot be a key", key.place, "write `key: value`")
        elif key.plain and key.text == "<<":
            help_ = "write out the entries it would merge"
            self._refuse("merge-key", "`<<` merges another map, which is not supported", key.place, help_)
        elif key.plain and key.text == "":
            self._refuse("not-a-key", "a key is missing here", key.place, "write `key: value`")
        elif key.text in entries:
            self._refuse_repeated_key(key, entries)
        else:
            # Where nothing is written in braces, libyaml gives the place of what follows, perhaps on another line.
            if isinstance(value, Scalar) and value.plain and not value.text and value.place.line != key.place.line:
                value = value._replace(place=key.place)
            entries[key.text] = Entry(key, value)

    def _refuse_repeated_key(self, key: Scalar, entries: dict[str, Entry]) -> None:
        """Report a repeated key; where it begins a second list item without a hyphen, once for the whole item."""
        if id(entries) in self.run_together:
            return
        message = f"the key `{shorten(key.text)}` appears here twice"
        help_ = "keep one of the two"
        if key.text == next(iter(entries)) and key.text in ("rule", "guarantee", "case", "when"):
            self.run_together.add(id(entries))
            line = self.text.split("\n")[key.place.line - 1] if key.place.line else ""
            begun = f"{' ' * (key.place.column - 3)}- {line.strip()}" if line else f"- {key.text}: …"
            help_ = f"where another item begins, begin the line with `- `: `{shorten(begun)}`"
        self._add(Problem("duplicate-key", message, (key.place, entries[key.text].key.place), help_))

    def _refuse_decoration(self, event: Any, place: Place) -> bool:
        """Report an anchor or tag; true if there is one."""
        if event.anchor is not None:
            help_ = "delete it; text that begins with `&` goes in quotes"
            self._refuse("anchor", f"`&{event.anchor}` is an anchor, which is not supported", place, help_)
        if event.tag is not None:
            help_ = "delete it; text that begins with `!` goes in quotes"
            shown = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._refuse("tag", f"`{shown}` is a tag, which is not supported", place, help_)
        return event.anchor is not None or event.tag is not None

    def _scalar(self, event: Any, place: Place) -> Node:
        """Build a scalar, reporting text that is lost or that another parser would read differently."""
        value: str = event.value
        style = event.style
        if event.tag is not None and event.anchor is None and event.tag.startswith("!") and not style:
            return self._tagged_text(event, place)
        if (event.anchor is not None or event.tag is not None) and self._refuse_decoration(event, place):
            return Broken(place)
        if style == ">" and not value.strip() and (comparison := self._glued_comparison(event)):
            return Scalar(comparison, True, place)
        if style in ("'", '"'):
            self.quoted_spans.append((event.start_mark.index, event.end_mark.index))
        elif not style and (self.may_lose_text or value == "-"):
            self._refuse_lost_text(event)
        if self.may_hold_complex_keys and (value or style):
            self._refuse_complex_key(event, place)
        if not value.isprintable() and re.search(_CONTROL, value):
            message = "a backslash in these double quotes makes a character that cannot be seen"
            self._refuse("odd-character", message, place, "write `\\\\` for a backslash, or use single quotes")
            return Broken(place)
        return Scalar(value, not style, place, self.is_json)

    def _tagged_text(self, event: Any, place: Place) -> Scalar:
        """Read `!= coach`, which is a tag to YAML and `is not` to whoever wrote it, as text."""
        text = self.text[event.start_mark.index : event.end_mark.index].strip()
        help_ = f'delete it; text that begins with `!` goes in quotes: `"{shorten(text)}"`'
        problem = Problem("tag", f"`{shorten(text.split()[0])}` is a tag, which is not supported", (place,), help_)
        self.tags.append(problem)
        return Scalar(text, True, place)

    def _glued_comparison(self, event: Any) -> str:
        """The text `>5`, which YAML reads as the header of a block; empty if a block was meant."""
        line = self.text[event.start_mark.index :].partition("\n")[0].strip()
        return line if re.fullmatch(r">\d+", line) else ""

    def _refuse_lost_text(self, event: Any) -> None:
        """Report unquoted text that a `#` cuts off, and a lone `-`, which only some parsers read as text."""
        end = event.end_mark.index
        if self.text[end : end + 2] == " #" and event.value and self.text[end + 2 : end + 3].strip():
            cut = Place(self.file, event.end_mark.line + 1, event.end_mark.column + 2)
            help_ = "put the whole text in quotes; where a comment is meant, write a space after `#`"
            self._refuse("text-cut", "the text ends before this `#`, and the rest is lost as a comment", cut, help_)
        if event.value == "-":
            help_ = "put it in quotes"
            self._refuse(
                "yaml-syntax", "a lone `-` is neither text nor a list here", self._place(event.start_mark), help_
            )

    def _refuse_complex_key(self, event: Any, place: Place) -> None:
        """Report a `?` that YAML reads as the indicator of a complex key."""
        start = event.start_mark.index
        if self.text[max(0, start - 2) : start].rstrip(" ").endswith("?"):
            help_ = "delete it; text that begins with `?` goes in quotes"
            self._refuse("not-a-key", "a `?` before a key is not supported", place, help_)

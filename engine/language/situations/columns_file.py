"""Reader for columns files, which describe the columns of a table and the notation of its cells."""

from __future__ import annotations

import codecs
import os
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias

from engine.frozen import FrozenDict
from engine.language.documents.name_suggestions import did_you_mean
from engine.language.documents.nodes import Document, Node, Scalar
from engine.language.documents.nodes import Mapping as Nodes
from engine.language.documents.nodes import Sequence as Items
from engine.language.documents.text import shorten
from engine.language.model.arguments import require
from engine.language.model.field_kinds import ANY_OF, CHOICE, TEXT, Field, Value
from engine.language.model.policy import Policy
from engine.language.model.values.misfits import Misfit
from engine.language.model.values.value_readers import is_unsure, node_value
from engine.language.parsing.reading import (
    Reading,
    Unshapely,
    require_line,
    require_list,
    require_map,
    require_root,
    require_scalar,
    require_scalars,
)
from engine.language.sections.file_problems import problems_of
from engine.language.situations.foreign_cells import date_pattern, spelling
from engine.language.situations.table_format import PLAIN, CellFormat, TableFormat
from engine.problems import Place, PolicyError, Problem

_CELL_KEYS = ("words", "empty", "date", "decimal", "thousands", "separator", "ignore")
_TOP_KEYS = ("columns", "other", "unanswered", "encoding", "delimiter", "sheet", *_CELL_KEYS)
_SIGNS = {"tab": "\t", "space": " "}
_IGNORED = ("capitals", "spaces")
_DECIMALS = (".", ",")
_THOUSANDS = (".", ",", "'", "’", "space")


# A description of a table's columns, as `load_columns` accepts it.
ColumnsSource: TypeAlias = str | os.PathLike[str] | Mapping[str, Any] | TableFormat


def load_columns(policy: Policy, columns: ColumnsSource, function: str = "load_columns") -> TableFormat:
    """Load a description of a table's columns.

    Args:
        policy: The policy whose fields the columns answer.
        columns: The path of a columns file, a mapping with the contents of one, or a mapping from field to column name.
        function: The public function that was given them, for messages.

    Raises:
        PolicyError: With every problem.
        TypeError: If `columns` is none of these.
    """
    if isinstance(columns, TableFormat):
        return columns
    way = "take a mapping from fields to columns, or the path of a columns file"
    require(columns, (str, os.PathLike, Mapping), function, "columns", "a mapping or a path", way)
    if isinstance(columns, Mapping):
        if all(isinstance(each, str) for each in (*columns, *columns.values())):
            return add_columns(policy, columns, (), "columns")
        from engine.language.documents.data import data_document

        return read_columns(data_document(dict(columns), "columns"), policy)
    from engine.language.sections.policy_sources import normalise_path, read_document

    return read_columns(read_document(normalise_path(os.fspath(columns))), policy)


def add_columns(
    policy: Policy, columns: Mapping[str, str], other: Collection[str], file: str, base: TableFormat | None = None
) -> TableFormat:
    """Extend a format with named columns.

    Args:
        policy: The policy whose fields the columns answer.
        columns: Column names by field; an empty name means that no column answers the field.
        other: Columns that answer no field.
        file: What messages call the source of the names.
        base: The format to extend; None for an empty one.

    Raises:
        PolicyError: For an unknown field, or a field whose column is already named.
    """
    base = base or TableFormat()
    problems = []
    for name in columns:
        place = Place(file, path=shorten(name))
        if name not in policy.field:
            message = f"there is no field `{shorten(name)}`"
            problems.append(Problem("unknown-field", message, (place,), did_you_mean(name, policy.field)))
        elif name in base.columns or name in base.unanswered:
            message = f"the column of `{name}` is named twice"
            problems.append(Problem("answered-twice", message, (place,), "keep one of the two"))
    if problems:
        raise PolicyError(problems)
    return replace(
        base,
        columns=FrozenDict({**base.columns, **{name: column for name, column in columns.items() if column}}),
        unanswered=(*base.unanswered, *(name for name, column in columns.items() if not column)),
        other=(*base.other, *other),
    )


def read_columns(document: Document, policy: Policy) -> TableFormat:
    """Read a columns file and check it against its policy; raises `PolicyError` with every problem."""
    return _Columns(document, policy).read()


class _Columns:
    """Reads one columns file."""

    def __init__(self, document: Document, policy: Policy) -> None:
        self._policy = policy
        self._reading = Reading(document)
        self._root = require_root(document, self._reading, "begin with `columns:`")
        self._top = self._root if isinstance(self._root, Nodes) else Nodes({}, self._root.place)

    def read(self) -> TableFormat:
        """Read the whole file; raises `PolicyError` with every problem."""
        reading, top = self._reading, self._top
        reading.read_item("columns", "", lambda: require_map(self._root, _TOP_KEYS))
        shared = self._read_notation(top, "")
        words = reading.read_item("words", "", lambda: self._words(top)) or {}
        columns, own = self._read_columns()
        cells = {
            field.name: self._cell_format(field, own.get(field.name), shared, words) for field in self._policy.fields
        }
        unanswered = self._read_unanswered(columns)
        found_format = TableFormat(
            columns=FrozenDict({name: column for name, column in columns.items() if column != name}),
            unanswered=unanswered,
            other=tuple(scalar.text for scalar in self._read_names("other")),
            cells=FrozenDict({name: cell for name, cell in cells.items() if cell != PLAIN}),
            encoding=self._read_encoding(),
            delimiter=self._read_delimiter(),
            sheet=self._read_line("sheet"),
        )
        self._refuse_unused_words(words)
        problems = problems_of(reading, "columns", self._root)
        if problems:
            raise PolicyError(problems)
        return found_format

    def _read_columns(self) -> tuple[dict[str, str], dict[str, Nodes]]:
        """The column names by field, and the mappings that describe single columns."""
        columns: dict[str, str] = {}
        own: dict[str, Nodes] = {}
        for name, (key, node) in self._entries("columns").items():
            if name not in self._policy.field:
                self._reading.refuse_unknown("unknown-field", "field", key, self._policy.field)
            elif isinstance(node, Nodes):
                found = self._reading.read_item("columns", name, partial(require_map, node, ("column", *_CELL_KEYS)))
                own[name] = found or Nodes({}, node.place)
                if "column" in own[name].entries:
                    columns[name] = (
                        self._reading.read_item("columns", name, partial(require_line, own[name].get("column"))) or name
                    )
            else:
                columns[name] = self._reading.read_item("columns", name, partial(require_line, node)) or name
        return columns, own

    def _entries(self, section: str) -> dict[str, Any]:
        """The entries of an optional section."""
        if section not in self._top.entries:
            return {}
        found = self._reading.read_item(section, "", lambda: require_map(self._top.get(section)))
        return dict(found.entries) if found else {}

    def _read_line(self, key: str) -> str | None:
        """Read an optional text of one line."""
        if key not in self._top.entries:
            return None
        return self._reading.read_item(key, "", lambda: require_line(self._top.get(key)))

    def _read_names(self, key: str) -> list[Scalar]:
        """Read an optional list of names, each of which may occur once."""
        if key not in self._top.entries:
            return []
        read = lambda: list(map(require_scalar, require_list(self._top.get(key))))  # noqa: E731
        found = self._reading.read_item(key, "", read) or []
        self._reading.refuse_repeats(found)
        return found

    def _read_unanswered(self, columns: Mapping[str, str]) -> tuple[str, ...]:
        """Read the optional list of fields that no column answers."""
        found = self._read_names("unanswered")
        for scalar in found:
            if scalar.text not in self._policy.field:
                self._reading.refuse_unknown("unknown-field", "field", scalar, self._policy.field)
            elif scalar.text in columns:
                message = f"`{scalar.text}` has a column here, but is listed as unanswered"
                self._reading.refuse("answered-twice", message, scalar.place, "keep one of the two")
        return tuple(scalar.text for scalar in found)

    def _read_encoding(self) -> str | None:
        """Read the encoding; None if it is absent or unknown to Python."""
        name = self._read_line("encoding")
        if name is None:
            return None
        try:
            "".encode(codecs.lookup(name).name)
        except (LookupError, ValueError, TypeError):
            help_ = "write `utf-8`, `utf-16`, `latin-1`, `cp1252`, or another that Python knows"
            self._reading.refuse(
                "wrong-shape", f"there is no encoding `{shorten(name)}`", self._place_of("encoding"), help_
            )
            return None
        return name

    def _read_delimiter(self) -> str | None:
        """Read the delimiter; None if it is absent or invalid."""
        sign = self._read_line("delimiter")
        if sign is None:
            return None
        sign = _SIGNS.get(sign, sign)
        if len(sign) != 1 or sign in '"\r\n' or not sign.isascii():
            self._reading.refuse(
                "wrong-shape",
                f"`{shorten(sign)}` cannot separate cells",
                self._place_of("delimiter"),
                "write one sign, such as `;`, or `tab`",
            )
            return None
        return sign

    def _place_of(self, key: str) -> Place:
        return self._top.entries[key].value.place

    def _words(self, nodes: Nodes) -> dict[str, Scalar]:
        """The words of a mapping with the nodes of their meanings."""
        if "words" not in nodes.entries:
            return {}
        return {name: require_scalar(entry.value) for name, entry in require_map(nodes.get("words")).entries.items()}

    def _read_notation(self, nodes: Nodes, under: str) -> dict[str, Any]:
        """Read the notation stated in a mapping, as keyword arguments of `CellFormat`."""
        found: dict[str, Any] = {}
        for key in ("date", "decimal", "thousands", "separator", "ignore", "empty"):
            if key in nodes.entries:
                section, item = ("columns", under) if under else (key, "")
                read = self._reading.read_item(section, item, partial(self._read_notation_key, key, nodes.get(key)))
                if read is not None:
                    found |= read
        return found

    def _read_notation_key(self, key: str, node: Node | None) -> dict[str, Any]:
        """Read one key of the notation."""
        if key == "ignore":
            named = require_scalars(node)
            if any(each.text not in _IGNORED for each in named):
                raise Unshapely
            return {f"ignores_{name}": any(each.text == name for each in named) for name in _IGNORED}
        if key == "empty":
            written = require_scalars(node)
            self._reading.refuse_repeats(written)
            return {"empty": tuple(each.text for each in written)}
        sign = require_scalar(node)
        if key == "date":
            try:
                date_pattern(sign.text)
            except ValueError:
                help_ = "write `YYYY`, `MM` and `DD` (`M` and `D` without zeros), such as `DD.MM.YYYY`"
                self._reading.refuse("wrong-shape", f"`{shorten(sign.text)}` is not a date format", sign.place, help_)
                return {}
        elif sign.text not in {"decimal": _DECIMALS, "thousands": _THOUSANDS}.get(key, (sign.text,)):
            raise Unshapely
        return {key: _SIGNS.get(sign.text, sign.text)}

    def _cell_format(
        self, field: Field, own: Nodes | None, shared: dict[str, Any], words: dict[str, Scalar]
    ) -> CellFormat:
        """The format of a field's cells, from the file's defaults and the column's own notation."""
        place = own.place if own is not None else self._root.place
        nodes = own or Nodes({}, place)
        signs = {**shared, **self._read_notation(nodes, field.name)}
        found: dict[str, Value] = {}
        for word, node in words.items():
            value = self._meaning(field, node)
            if value is not None:
                found[word] = value
        for word, node in (self._reading.read_item("columns", field.name, lambda: self._words(nodes)) or {}).items():
            value = self._reading.read_value(node.place, partial(_read_meaning, field, node))
            if value is not None:
                found[word] = value
        form = CellFormat(words=FrozenDict(found), **signs)
        if form.thousands == form.decimal:
            message = f"`{form.decimal}` cannot be both the decimal sign and the thousands separator"
            self._reading.refuse("wrong-shape", message, place, "write the one in `decimal`, the other in `thousands`")
        self._refuse_alike(field, form, place)
        return form

    def _refuse_alike(self, field: Field, form: CellFormat, place: Place) -> None:
        """Record words that the format treats as equal although their meanings differ."""
        key = spelling(form)
        known: dict[str, tuple[str, Any]] = {}
        answers = (*field.options, *field.known) if field.kind in (CHOICE, TEXT, ANY_OF) else ()
        told = [(word, None) for word in form.empty] + list(form.words.items())
        taken = {key(word) for word, _ in told}
        for word, value in (*told, *((name, name) for name in answers if key(name) not in taken)):
            other, meaning = known.setdefault(key(word), (word, value))
            if meaning != value:
                both = f"`{shorten(other)}` and `{shorten(word)}`"
                message = f"{both} look the same in this format, but are different answers to `{field.name}`"
                self._reading.refuse("wrong-shape", message, place, "take one out, or ignore less there")

    def _meaning(self, field: Field, node: Scalar) -> Value | None:
        """The answer to `field` that a word stands for; None if it stands for none."""
        try:
            return _read_meaning(field, node)
        except Misfit:
            return None

    def _refuse_unused_words(self, words: dict[str, Scalar]) -> None:
        """Record words whose meaning is no answer to any field."""
        for node in words.values():
            if all(self._meaning(field, node) is None for field in self._policy.fields):
                message = f"no field has the answer `{shorten(node.text)}`"
                names = [name for field in self._policy.fields for name in (*field.options, *field.known)]
                self._reading.refuse(
                    "unknown-choice", message, node.place, did_you_mean(node.text, [*names, "yes", "no"])
                )


def _read_meaning(field: Field, node: Node) -> Value:
    """The answer that a word stands for; raises `Misfit`."""
    if isinstance(node, Scalar) and is_unsure(field, node):
        if field.if_unsure is None:
            raise Misfit(
                "unsure-refused", f"`{field.name}` cannot be answered `unsure`", "write these words in `empty`"
            )
        return field.if_unsure
    if field.kind == ANY_OF and isinstance(node, Scalar):
        node = Items((node,), node.place)
    return node_value(field, node)

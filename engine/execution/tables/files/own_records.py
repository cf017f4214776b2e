"""Conversion of JSON entries with other names and notations to records of the policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.execution.tables.columns.matching import heads
from engine.language.model.field_kinds import Field, Value
from engine.language.model.policy import Policy
from engine.language.model.values.misfits import Misfit
from engine.language.situations.foreign_cells import cell_reader
from engine.language.situations.table_format import TableFormat


class OwnRecords:
    """Converts entries according to a table format; other members of an entry are dropped."""

    def __init__(self, policy: Policy, form: TableFormat) -> None:
        is_own = {field.name for field in policy.fields if field.name in form.columns or field.name in form.cells}
        own = [field for field in policy.fields if field.name in is_own]
        left = {field.name for field in policy.fields} - is_own - set(form.unanswered)
        self._heads = {part for name in left for part in (name, name.split(".")[0])} & heads(policy, TableFormat())
        self._own = [(field, form.column(field.name), _reader(field, form)) for field in own]

    def record(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """The record of an entry.

        A text that does not fit its notation becomes a `Refused` object, which no field accepts.
        """
        found = {name: value for name, value in entry.items() if name in self._heads}
        for field, column, read in self._own:
            value = _lookup(entry, column)
            found[field.name] = read(value) if read is not None else value
        return found


def _reader(field: Field, form: TableFormat) -> Callable[[Any], Any] | None:
    """The conversion of a field's values; None if its notation is plain."""
    cell = form.cell(field.name)
    if cell.is_plain:
        return None
    read_text = cell_reader(field, cell, blanks=False)

    def read(value: Any) -> Any:
        if isinstance(value, bool) and cell.words:
            value = "true" if value else "false"
        elif isinstance(value, int) and cell.words:
            value = str(value)
        if not isinstance(value, str):
            return value
        try:
            return _plain(read_text(value))
        except Misfit as misfit:
            return Refused(value, misfit)

    return read


def _plain(value: Value | None) -> Any:
    """A value as plain data."""
    return list(value) if isinstance(value, tuple) else value


class Refused:
    """A text that is not valid in the notation of its field, although it might be valid for a plain field."""

    def __init__(self, text: str, misfit: Misfit) -> None:
        self.text = text
        self.misfit = misfit


def _lookup(entry: Mapping[str, Any], column: str) -> Any:
    """The value of an entry at a column name, flat or nested; None if there is none."""
    if column in entry:
        return entry[column]
    found: Any = entry
    for part in column.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return None
        found = found[part]
    return found

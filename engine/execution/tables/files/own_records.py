"""Which record is an entry of somebody's own, whose fields are called and written otherwise than the policy's?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.execution.tables.columns.matching import heads
from engine.language.model.field_kinds import Field, Value
from engine.language.model.policy import Policy
from engine.language.model.values import Misfit
from engine.language.situations.foreign_cells import cell_reader
from engine.language.situations.table_format import TableFormat


class OwnRecords:
    """Makes records of entries as a format says; what they say beside the policy's fields is left out."""

    def __init__(self, policy: Policy, form: TableFormat) -> None:
        is_own = {field.name for field in policy.fields if field.name in form.columns or field.name in form.cells}
        own = [field for field in policy.fields if field.name in is_own]
        left = {field.name for field in policy.fields} - is_own - set(form.unanswered)
        self._heads = {part for name in left for part in (name, name.split(".")[0])} & heads(policy, TableFormat())
        self._own = [(field, form.column(field.name), _reader(field, form)) for field in own]

    def record(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """The record of an entry; with an answer that no field takes where a text is none of its words."""
        found = {name: value for name, value in entry.items() if name in self._heads}
        for field, column, read in self._own:
            value = _at(entry, column)
            found[field.name] = read(value) if read is not None else value
        return found


def _reader(field: Field, form: TableFormat) -> Callable[[Any], Any] | None:
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
    return list(value) if isinstance(value, tuple) else value


class Refused:
    """A text that is no answer, though it may look like one to whoever does not know its form."""

    def __init__(self, text: str, misfit: Misfit) -> None:
        self.text = text
        self.misfit = misfit


def _at(entry: Mapping[str, Any], column: str) -> Any:
    """What an entry says in a column, flat or nested; None for nothing."""
    if column in entry:
        return entry[column]
    found: Any = entry
    for part in column.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return None
        found = found[part]
    return found

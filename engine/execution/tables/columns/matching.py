"""Matching the columns of a table to fields.

A column answers the field of the same name, unless the table format says otherwise; all other columns belong to the
user. A field with a dotted name may be nested in structs. Likely mistakes are rejected before any row is read: a table
without any matching column, an unmatched column with a name similar to an unmatched field's, and a column of an
unsuitable type.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from shlex import quote

import pyarrow as pa

from engine.execution.extras import TableError
from engine.execution.tables.columns.field_columns import takes
from engine.execution.tables.columns.near_names import near_field
from engine.language.documents.name_suggestions import did_you_mean
from engine.language.model.field_kinds import NONE, YES_NO, Field
from engine.language.model.policy import Policy
from engine.language.model.values.value_texts import expected
from engine.language.situations.table_format import OWN_NAMES, TableFormat
from engine.problems import Place, Problem

# A column, followed by the struct members that lead to the values.
Path = tuple[str, ...]
# The path for each field that has a column.
Paths = Mapping[str, Path]


def find_columns(
    policy: Policy, schema: pa.Schema, added: Container[str], name: str = "table", form: TableFormat = OWN_NAMES
) -> dict[str, Path]:
    """The path to the column of each field that has one, in the order of the policy; raises `TableError`.

    A yes/no column beside that of a field, which says where the answer is `none`, is found under its own name.
    """
    problems = duplicate_columns(schema.names, name)
    found: dict[str, Path] = {}
    for field in policy.fields:
        if field.name in form.unanswered:
            continue
        paths = list(_paths(field, schema, form))
        if len(paths) > 1:
            places = (Place(name, path=field.name),)
            message = f"`{field.name}` is answered twice, flat and nested"
            problems.append(Problem("answered-twice", message, places, "keep one of the two"))
        elif paths:
            path, kind = paths[0]
            found[field.name] = path
            if not takes(field, kind, form.cell(field.name)):
                problems.append(_unsuitable_type(field, ".".join(path), kind, name))
        elif field.name in form.columns:
            problems.append(_no_such_column(field, schema.names, name, form))
        beside = none_column(field, form)
        if beside is not None and beside in schema.names:
            found[f"{field.name}.{NONE}"] = (beside,)
            kind = schema.field(schema.names.index(beside)).type
            if not takes(saying_none(field), kind):
                problems.append(_unsuitable_type(saying_none(field), beside, kind, name))
    used = {path[0] for path in found.values()}
    problems += find_misnomers(policy, schema.names, found, used, added, name, form)
    if not problems and not found:
        help_ = "columns are named like the fields: " + ", ".join(f"`{field.name}`" for field in policy.fields[:12])
        problems.append(Problem("no-column", "no column answers any field of the policy", (Place(name),), help_))
    if problems:
        raise TableError(problems)
    return found


def find_misnomers(
    policy: Policy,
    names: Iterable[str],
    found: Container[str],
    used: Container[str],
    added: Container[str],
    name: str,
    form: TableFormat = OWN_NAMES,
) -> list[Problem]:
    """Problems with columns that have the name of a result column, or seem to be meant for a field without a column.

    Args:
        policy: The policy.
        names: The names of the columns.
        found: The fields that have a column.
        used: The columns that answer fields.
        added: The names of the result columns.
        name: The name of the table in messages.
        form: The table format, in which users can declare that a column is something else.
    """
    problems = []
    alone = [each.name for each in policy.fields if each.name not in found and each.name not in form.unanswered]
    for column in names:
        places = (Place(name, path=column),)
        if column in added:
            message = f"the table has a column `{column}` already"
            help_ = "rename or drop it: this is the result's name"
            problems.append(Problem("name-clash", message, places, help_))
        elif column in used or column in form.other:
            continue
        elif (meant := near_field(column, alone)) is not None:
            message = f"the column `{column}` answers no field, and no column answers `{meant}`"
            problems.append(Problem("unknown-field", message, places, _mapping_help(column, meant)))
    return problems


def _mapping_help(column: str, field: str) -> str:
    """The options, on the command line and in Python, that map a column to a field or declare it as something else."""
    mapped, other = quote(f"{field}={column}"), quote(column)
    return (
        f"if it does, add `--column {mapped}`, or `columns={{{field!r}: {column!r}}}` in Python; "
        f"if it is something else, `--other {other}`, or `other=[{column!r}]`"
    )


def _no_such_column(field: Field, names: Sequence[str], name: str, form: TableFormat) -> Problem:
    """The problem of a mapped column that does not exist."""
    column = form.columns[field.name]
    message = f"there is no column `{column}`, which is to answer `{field.name}`"
    return Problem("no-column", message, (Place(name, path=column),), did_you_mean(column, names))


def _paths(field: Field, schema: pa.Schema, form: TableFormat) -> Iterable[tuple[Path, pa.DataType]]:
    """The possible paths to a field's column, flat and nested, with their types."""
    column = form.column(field.name)
    parts = column.split(".")
    if column in schema.names:
        yield (column,), schema.field(schema.names.index(column)).type
    if len(parts) > 1 and parts[0] in schema.names:
        kind = schema.field(schema.names.index(parts[0])).type
        for part in parts[1:]:
            if not pa.types.is_struct(kind) or kind.get_field_index(part) < 0:
                return
            kind = kind.field(part).type
        yield tuple(parts), kind


def duplicate_columns(columns: Sequence[str], name: str) -> list[Problem]:
    """The problems of column names that appear more than once in a table called `name`."""
    return [
        Problem("name-clash", f"two columns are called `{each}`", (Place(name, path=each),), "rename one of them")
        for each in sorted({each for each in columns if columns.count(each) > 1})
    ]


def _unsuitable_type(field: Field, column: str, kind: pa.DataType, name: str) -> Problem:
    """The problem of a column with an unsuitable type."""
    message = f"the column `{column}` holds values of the type `{kind}`, which no answer has"
    return Problem("wrong-type", message, (Place(name, path=column),), f"expected {expected(field)}")


def none_column(field: Field, form: TableFormat) -> str | None:
    """The name of the column that says whether a field is answered `none`; None if it has no such column."""
    return None if field.none_column is None else f"{form.column(field.name)}.{NONE}"


def saying_none(field: Field) -> Field:
    """The yes/no field that the column beside a field answers: whether the answer is `none`."""
    return Field(f"{field.name}.{NONE}", field.ask, YES_NO, place=field.place)


def heads(policy: Policy, form: TableFormat) -> set[str]:
    """The top-level names of columns that may contain answers."""
    names = [form.column(field.name) for field in policy.fields]
    names += [beside for field in policy.fields if (beside := none_column(field, form)) is not None]
    return {part for name in names for part in (name, name.split(".")[0])}

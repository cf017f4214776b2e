"""Which columns of a table answer which fields?

A column answers the field of its name; other columns are the user's own. A dotted field may be nested in structs. What
looks like a mistake is refused before any row is read: no column that answers anything, one whose name is a field's
but for its spelling, and one of a type that no answer of its field has.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

import pyarrow as pa

from engine.execution.extras import TableError
from engine.execution.tables.columns import takes
from engine.language.policy import Field, Policy
from engine.language.values import expected
from engine.problems import Place, Problem

# A column, and the fields of structs that lead on from it.
Path = tuple[str, ...]
# For every field with a column, the way to it.
Paths = Mapping[str, Path]


def find_columns(policy: Policy, schema: pa.Schema, added: Container[str], name: str = "table") -> dict[str, Path]:
    """The path to the column of every field that has one, in file order; raises `TableError`."""
    twice = sorted({each for each in schema.names if schema.names.count(each) > 1})
    problems = [_twice(each, name) for each in twice]
    found: dict[str, Path] = {}
    for field in policy.fields:
        paths = list(_paths(field, schema))
        if len(paths) > 1:
            places = (Place(name, path=field.name),)
            message = f"`{field.name}` is answered twice, flat and nested"
            problems.append(Problem("answered-twice", message, places, "keep one of the two"))
        elif paths:
            path, kind = paths[0]
            found[field.name] = path
            if not takes(field, kind):
                problems.append(_misfit(field, kind, name))
    problems += find_misnomers(policy, schema.names, found, added, name)
    if not problems and not found:
        help_ = "columns are named like the fields: " + ", ".join(f"`{field.name}`" for field in policy.fields[:12])
        problems.append(Problem("no-column", "no column answers any field of the policy", (Place(name),), help_))
    if problems:
        raise TableError(problems)
    return found


def find_misnomers(
    policy: Policy, names: Iterable[str], found: Container[str], added: Container[str], name: str
) -> list[Problem]:
    """The columns with a name that the result has, and those that seem to be meant for a field that has none."""
    problems = []
    spelled = {_spelling(each.name): each.name for each in policy.fields if each.name not in found}
    for column in names:
        places = (Place(name, path=column),)
        meant = spelled.get(_spelling(column))
        if column in added:
            message = f"the table has a column `{column}` already"
            help_ = "rename or drop it: this is the result's name"
            problems.append(Problem("name-clash", message, places, help_))
        elif meant is not None:
            message = f"there is a column `{column}`, but the field is called `{meant}`"
            problems.append(Problem("unknown-field", message, places, "rename the column"))
    return problems


def _paths(field: Field, schema: pa.Schema) -> Iterable[tuple[Path, pa.DataType]]:
    """The ways to a field's column, flat and nested."""
    parts = field.name.split(".")
    if field.name in schema.names:
        yield (field.name,), schema.field(schema.names.index(field.name)).type
    if len(parts) > 1 and parts[0] in schema.names:
        kind = schema.field(schema.names.index(parts[0])).type
        for part in parts[1:]:
            if not pa.types.is_struct(kind) or kind.get_field_index(part) < 0:
                return
            kind = kind.field(part).type
        yield tuple(parts), kind


def _spelling(name: str) -> str:
    """A name without what people and programs spell in different ways."""
    return name.strip().casefold().replace(" ", "_").replace("-", "_")


def _twice(column: str, name: str) -> Problem:
    return Problem(
        "name-clash", f"two columns are called `{column}`", (Place(name, path=column),), "rename one of them"
    )


def _misfit(field: Field, kind: pa.DataType, name: str) -> Problem:
    message = f"the column `{field.name}` holds values of the type `{kind}`, which no answer has"
    return Problem("wrong-type", message, (Place(name, path=field.name),), f"expected {expected(field)}")

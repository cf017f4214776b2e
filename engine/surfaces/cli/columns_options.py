"""Options that describe a table of records: which column answers which field, and how its cells are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypedDict

import click

from engine import Policy, TableFormat
from engine.language.documents.text import shorten
from engine.language.situations.table_format import OWN_NAMES
from engine.problems import Place, PolicyError, Problem


def columns_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--columns` and `--column`, passed as `columns` and `column`."""
    for option in (
        click.option(
            "--column",
            metavar="FIELD=COLUMN",
            multiple=True,
            help="The column that answers a field; `FIELD=` for none. May be repeated.",
        ),
        click.option(
            "--columns",
            metavar="FILE",
            help="A YAML file that maps columns to fields and describes how cells are written: "
            "see `verdict schema columns`.",
        ),
    ):
        command = option(command)
    return command


class FileSettings(TypedDict):
    """Settings of a file of records other than its columns."""

    other: Sequence[str]
    encoding: str | None
    delimiter: str | None
    sheet: str | None


def file_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options for how a file of records is written, passed as the entries of `FileSettings`."""
    for option in (
        click.option("--sheet", metavar="NAME", help="The sheet of a workbook."),
        click.option("--delimiter", metavar="SIGN", help="The separator between cells, such as `;` or `tab`."),
        click.option("--encoding", metavar="NAME", help="The encoding of a text file, if it is not UTF-8."),
        click.option(
            "--other",
            metavar="COLUMN",
            multiple=True,
            help="A column that answers no field, although its name looks like one. May be repeated.",
        ),
    ):
        command = option(command)
    return command


def read_format(
    policy: Policy, columns: str | None, column: Sequence[str], settings: FileSettings | None = None
) -> TableFormat:
    """Combine these options into a table format; command-line options override the columns file.

    Raises `PolicyError` with everything that is wrong with either.
    """
    if columns is None and not column and (settings is None or not any(settings.values())):
        return OWN_NAMES
    from engine.language.situations.columns_file import add_columns, load_columns, read_columns

    form = OWN_NAMES if columns is None else load_columns(policy, columns)
    other = settings["other"] if settings is not None else ()
    form = add_columns(policy, _named(column), other, "--column", form)
    if settings is None:
        return form
    said = {key: settings[key] for key in ("encoding", "delimiter", "sheet") if settings[key]}
    if not said:
        return form
    from engine.language.documents.data import data_document

    own = read_columns(data_document(said, "command line"), policy)
    return replace(form, **{key: getattr(own, key) for key in said})


def _named(settings: Sequence[str]) -> dict[str, str]:
    """Parse `FIELD=COLUMN` settings into a dict of field name to column name."""
    found: dict[str, str] = {}
    problems = []
    for setting in settings:
        name, equals, column = setting.partition("=")
        place = Place("--column", path=shorten(name))
        if not equals or not name:
            message = f"`{shorten(setting)}` does not name the column of a field"
            problems.append(Problem("wrong-shape", message, (place,), "write `--column FIELD=COLUMN`"))
        elif name in found:
            message = f"the column of `{shorten(name)}` is named twice"
            problems.append(Problem("answered-twice", message, (place,), "keep one of the two"))
        found.setdefault(name, column)
    if problems:
        raise PolicyError(problems)
    return found

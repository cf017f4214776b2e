"""Conversion of compressed files, other encodings and workbooks to plain UTF-8 files.

Copies are made in a temporary folder; a plain file is used as it is.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine.execution.extras import TableError, need
from engine.execution.tables.files.targets import JSON, JSON_LINES, TEXTS, WORKBOOK
from engine.language.model.values.value_texts import decimal_text
from engine.language.situations.table_format import TableFormat
from engine.problems import Place

_GZIP = b"\x1f\x8b"
_AT_ONCE = 1 << 20


def plain_file(path: Path, kind: str, form: TableFormat, made: Callable[[], Path]) -> Path:
    """The path of a plain version of a file, which is the file itself if possible.

    `made` returns the folder for copies. Raises `TableError`, and `OSError`.
    """
    if kind == WORKBOOK:
        return _from_workbook(path, form, made())
    if kind not in (*TEXTS, JSON_LINES, JSON):
        return path
    found = _unpack(path, made()) if _begins(path).startswith(_GZIP) else path
    return found if form.encoding is None else _recode(found, path, form.encoding, made())


def _begins(path: Path) -> bytes:
    """The first bytes of a file."""
    with path.open("rb") as file:
        return file.read(len(_GZIP))


def _unpack(path: Path, folder: Path) -> Path:
    """Decompress a gzip file."""
    copy = folder / f"{len(list(folder.iterdir()))}-unpacked"
    try:
        with gzip.open(path) as packed, copy.open("wb") as file:
            while part := packed.read(_AT_ONCE):
                file.write(part)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        message = f"it cannot be unpacked: {str(error).lower()}"
        raise TableError.of("unreadable-file", message, Place(str(path)), "pack or fetch it again") from None
    return copy


def _recode(path: Path, named: Path, encoding: str, folder: Path) -> Path:
    """Convert a text file to UTF-8."""
    copy = folder / f"{len(list(folder.iterdir()))}-utf-8"
    line = 1
    try:
        with path.open(encoding=encoding, newline="") as file, copy.open("w", encoding="utf-8", newline="") as target:
            while part := file.read(_AT_ONCE):
                target.write(part)
                line += part.count("\n")
    except UnicodeError as error:
        message = f"this is not {encoding}: {error.reason if isinstance(error, UnicodeDecodeError) else error}"
        place = Place(str(named), line, 1)
        raise TableError.of("unreadable-table", message, place, "name another encoding") from None
    return copy


def _from_workbook(path: Path, form: TableFormat, folder: Path) -> Path:
    """Convert a sheet of a workbook to CSV; numbers are written with the decimal sign of their column's notation."""
    need("excel", "workbooks are read", "python_calamine")
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_path(str(path))
        rows = workbook.get_sheet_by_name(_sheet(path, workbook.sheet_names, form)).to_python(skip_empty_area=True)
    except (CalamineError, ValueError) as error:
        message = f"it is not a readable workbook: {str(error).lower()}"
        raise TableError.of("unreadable-file", message, Place(str(path)), "save it as `.xlsx` again") from None
    signs = {column: cell.decimal for name, cell in form.cells.items() for column in [form.column(name)]}
    names = [_text(cell, ".") for cell in rows[0]] if rows else []
    decimals = [signs.get(name, ".") for name in names]
    copy = folder / f"{len(list(folder.iterdir()))}-sheet"
    with copy.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows(_rows(names, rows[1:], decimals))
    return copy


def _rows(names: list[str], rows: list[list[Any]], decimals: list[str]) -> Iterator[list[str]]:
    """The rows as texts."""
    yield names
    for row in rows:
        yield [_text(cell, decimal) for cell, decimal in zip(row, decimals, strict=False)]


def _sheet(path: Path, names: list[str], form: TableFormat) -> str:
    """The name of the sheet to read; raises `TableError` if that is not clear."""
    if form.sheet in names or (form.sheet is None and len(names) == 1):
        return form.sheet or names[0]
    listed = ", ".join(f"`{name}`" for name in names)
    message = f"there is no sheet `{form.sheet}`" if form.sheet else "it has several sheets"
    help_ = f"add `--sheet` with one of {listed}"
    raise TableError.of("unreadable-table", message, Place(str(path)), help_)


def _text(cell: Any, decimal: str) -> str:
    """The content of a workbook cell as text."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return format(Decimal(int(cell) if cell.is_integer() else repr(cell)), "f").replace(".", decimal)
    if isinstance(cell, datetime):
        is_day = cell.time() == time()
        return cell.date().isoformat() if is_day else cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell) if not isinstance(cell, timedelta) else decimal_text(round(cell.total_seconds()))

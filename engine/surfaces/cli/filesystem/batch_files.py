"""Which files does `verdict batch` write, and of which kinds are those that it reads? By their names."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from engine.execution.extras import TableError
from engine.execution.tables.files.targets import CSV, JSON, JSON_LINES, PARQUET, TSV, WORKBOOK, Targets
from engine.surfaces.cli.filesystem.atomic_file import whole_file
from engine.surfaces.cli.filesystem.output_errors import OutputError, unwritable
from engine.surfaces.cli.filesystem.special_files import is_special, is_stdout, write_all
from engine.surfaces.cli.filesystem.temporary import temporary_folder
from engine.surfaces.cli.filesystem.text_names import named_as_text
from engine.surfaces.cli.output import say_file

# What is copied at once, and more than may still fit where something did not.
_MORE = 1 << 20
_BY_NAME = {
    ".csv": CSV,
    ".tsv": TSV,
    ".tab": TSV,
    ".jsonl": JSON_LINES,
    ".ndjson": JSON_LINES,
    ".json": JSON,
    ".parquet": PARQUET,
    ".pq": PARQUET,
    ".xlsx": WORKBOOK,
    ".xlsm": WORKBOOK,
    ".xls": WORKBOOK,
    ".ods": WORKBOOK,
}
KINDS = tuple(dict.fromkeys(_BY_NAME.values()))
WRITTEN = tuple(kind for kind in KINDS if kind != WORKBOOK)


def kind_of_name(name: str) -> str | None:
    """What a file is by its name; None where that does not say."""
    return _BY_NAME.get(Path(name).suffix.lower())


def kind_of_input(name: str) -> str | None:
    """The same for a file to read, which may be packed."""
    path = Path(name)
    kind = kind_of_name(path.stem if path.suffix.lower() == ".gz" else name)
    return None if kind in (PARQUET, WORKBOOK) and path.suffix.lower() == ".gz" else kind


def kind_of(names: Sequence[str], said: str | None, option: str, of: Callable[[str], str | None]) -> str:
    """What files are, by what was said or else by their names, which must agree."""
    if said is not None:
        return said
    kinds = {of(name) for name in names}
    if len(kinds) > 1:
        raise click.UsageError(f"the inputs are of several kinds; take those of one kind, or say `{option}`")
    (kind,) = kinds
    if kind is None or (option == "--to" and kind == WORKBOOK):
        listed = ", ".join(f"`{each}`" for each in (WRITTEN if option == "--to" else KINDS))
        reason = "does not say what it is" if kind is None else "would be a workbook, which is not written"
        raise click.UsageError(f"`{names[0]}` {reason}; add `{option}` with one of {listed}")
    return kind


@contextmanager
def opened_targets(kind: str, output: str, quarantine: str | None) -> Iterator[Targets]:
    """The files to write, which are there when all is written, and not at all where the work is stopped.

    Raises `OutputError` for those that cannot be written, also where the work inside only said that something failed.
    """
    names = [output] if quarantine is None else [output, quarantine]
    with ExitStack() as stack:
        # What comes last is done first: where a device or a pipe takes no more, no file has been replaced yet.
        written = {
            name: stack.enter_context(_to_stdout() if is_stdout(name) else whole_file(name))
            for name in sorted(names, key=is_special)
        }
        with _blamed(written):
            yield Targets(kind, *(stack.enter_context(named_as_text(str(written[name]))) for name in names))


@contextmanager
def _blamed(written: Mapping[str, Path]) -> Iterator[None]:
    """Finds out whether work failed at an output, which the error alone does not tell: by writing more to each."""
    try:
        yield
    except (OSError, TableError) as error:
        if isinstance(error, OSError) or any(problem.code == "unreadable-table" for problem in error.problems):
            failed = [(name, why) for name, path in written.items() if (why := _write_error(path)) is not None]
            if failed:
                raise OutputError([unwritable(name, why) for name, why in failed]) from None
        raise


def _write_error(path: Path) -> OSError | None:
    """What keeps this unfinished file from growing."""
    try:
        with path.open("r+b", buffering=0) as file:
            file.seek(0, os.SEEK_END)
            write_all(file, bytes(_MORE))
    except OSError as error:
        return error
    return None


@contextmanager
def _to_stdout() -> Iterator[Path]:
    with temporary_folder() as folder:
        path = folder / "stdout"
        path.touch()
        yield path
        say_file(path)

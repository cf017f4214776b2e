"""Output files of `verdict batch`, and the file formats implied by file names."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from engine import TableError
from engine.execution.tables.files.targets import CSV, JSON, JSON_LINES, PARQUET, TSV, WORKBOOK, Targets
from engine.surfaces.cli.filesystem.atomic_file import open_atomically
from engine.surfaces.cli.filesystem.output_errors import OutputError, unwritable
from engine.surfaces.cli.filesystem.special_files import is_special, is_stdout, write_all
from engine.surfaces.cli.filesystem.temporary import temporary_folder
from engine.surfaces.cli.filesystem.text_names import link_as_text
from engine.surfaces.cli.output import say_file

# The number of bytes to try to write to find out whether a disk is full.
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
    """The format that a file name implies; None if it implies none."""
    return _BY_NAME.get(Path(name).suffix.lower())


def kind_of_input(name: str) -> str | None:
    """The format that the name of an input implies, which may be compressed; None if it implies none."""
    path = Path(name)
    kind = kind_of_name(path.stem if path.suffix.lower() == ".gz" else name)
    return None if kind in (PARQUET, WORKBOOK) and path.suffix.lower() == ".gz" else kind


def kind_of(names: Sequence[str], said: str | None, option: str, of: Callable[[str], str | None]) -> str:
    """The format of several files: the one given by `option`, or else the one that all names imply.

    Args:
        names: The file names, at least one.
        said: The value of the option; None if it is not given.
        option: The option to suggest, `--from` or `--to`.
        of: The function from a file name to its format.

    Raises:
        click.UsageError: The names imply different formats, no format, or one that cannot be written.
    """
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
def open_targets(kind: str, output: str, quarantine: str | None) -> Iterator[Targets]:
    """Context manager: yields temporary files that replace the outputs at the end of the block, if it succeeds.

    Raises `OutputError` if an output cannot be written, even if the block raised a less specific error.
    """
    names = [output] if quarantine is None else [output, quarantine]
    with ExitStack() as stack:
        # The exit stack closes in reverse order. Special files are closed first: if a pipe or device accepts no more,
        # no regular file has been replaced yet.
        written = {
            name: stack.enter_context(_to_stdout() if is_stdout(name) else open_atomically(name))
            for name in sorted(names, key=is_special)
        }
        with _diagnose_outputs(written):
            yield Targets(kind, *(stack.enter_context(link_as_text(str(written[name]))) for name in names))


@contextmanager
def _diagnose_outputs(written: Mapping[str, Path]) -> Iterator[None]:
    """Context manager: on an error, check whether an output caused it, by writing more to each.

    The error of a library often does not tell which file it is about.
    """
    try:
        yield
    except (OSError, TableError) as error:
        if isinstance(error, OSError) or any(problem.code == "unreadable-table" for problem in error.problems):
            failed = [(name, why) for name, path in written.items() if (why := _write_error(path)) is not None]
            if failed:
                raise OutputError([unwritable(name, why) for name, why in failed]) from None
        raise


def _write_error(path: Path) -> OSError | None:
    """The error of writing more to this unfinished file; None if that succeeds."""
    try:
        with path.open("r+b", buffering=0) as file:
            file.seek(0, os.SEEK_END)
            write_all(file, bytes(_MORE))
    except OSError as error:
        return error
    return None


@contextmanager
def _to_stdout() -> Iterator[Path]:
    """Context manager: yields a temporary file that is copied to standard output at the end of the block."""
    with temporary_folder() as folder:
        path = folder / "stdout"
        path.touch()
        yield path
        say_file(path)

"""Which files does `verdict batch` read and write? Patterns, standard input and output, and kinds by their names."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from glob import glob
from os.path import isdir, isfile, realpath
from pathlib import Path

import click

from engine.execution.extras import TableError
from engine.execution.tables.targets import CSV, JSON_LINES, PARQUET, Targets
from engine.problems import Place, Problem
from engine.surfaces.inputs import STDIN, stdin_stream
from engine.surfaces.output import say_file
from engine.surfaces.output_errors import OutputError, unwritable
from engine.surfaces.special_files import is_special, is_stdout, write_all
from engine.surfaces.temporary import temporary_folder
from engine.surfaces.whole_file import whole_file

# What is copied at once, and more than may still fit where something did not.
_MORE = 1 << 20
KINDS = (CSV, JSON_LINES, PARQUET)
_BY_NAME = {".csv": CSV, ".jsonl": JSON_LINES, ".ndjson": JSON_LINES, ".parquet": PARQUET, ".pq": PARQUET}


def kind_of_name(name: str) -> str | None:
    """What a file is by its name; None where that does not say."""
    return _BY_NAME.get(Path(name).suffix.lower())


def kind_of(names: Sequence[str], said: str | None, option: str) -> str:
    """What files are, by what was said or else by their names, which must agree."""
    if said is not None:
        return said
    kinds = {kind_of_name(name) for name in names}
    if len(kinds) > 1:
        raise click.UsageError(f"the inputs are of several kinds; take those of one kind, or say `{option}`")
    (kind,) = kinds
    if kind is None:
        listed = ", ".join(f"`{each}`" for each in KINDS)
        raise click.UsageError(f"`{names[0]}` does not say what it is; add `{option}` with one of {listed}")
    return kind


def find_inputs(words: Sequence[str]) -> list[str]:
    """The files that words name, in order, `-` as it is; raises `TableError` with the words that name none."""
    found: list[str] = []
    problems = []
    for word in words:
        is_one = word == STDIN or isfile(word)
        matching = [word] if is_one else sorted(each for each in glob(word, recursive=True) if isfile(each))
        if not matching:
            message = "this is a folder" if isdir(word) else "there is no such file"
            help_ = f"name its files, as in `{word.rstrip('/')}/*.csv`" if isdir(word) else "compare the spelling"
            problems.append(Problem("no-such-file", message, (Place(word),), help_))
        found += matching
    if problems:
        raise TableError(problems)
    return found


def opened_sources(names: Sequence[str], stack: ExitStack) -> list[Path]:
    """The files to read, standard input among them."""
    return [stack.enter_context(_spooled() if name == STDIN else _named_as_text(name)) for name in names]


@contextmanager
def _named_as_text(name: str) -> Iterator[Path]:
    """A file by a name that Polars can read: where a byte of its own is no text, by a link to it."""
    if os.fsencode(name).decode(errors="replace") == name:
        yield Path(name)
        return
    with temporary_folder() as folder:
        link = folder / "link"
        link.symlink_to(realpath(name))
        with _told_of(str(link), name):
            yield link


@contextmanager
def _spooled() -> Iterator[Path]:
    """Standard input as a file: it may be larger than memory, and be read in two places at once."""
    with temporary_folder() as folder:
        path = folder / "stdin"
        _spool(path)
        # What is wrong is wrong with standard input, wherever it was put.
        with _told_of(str(path), "<stdin>"):
            yield path


def _spool(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        while part := _part_of_stdin():
            try:
                write_all(file, part)
            except OSError as error:
                problem = unwritable(str(path.parent.parent), error)
                message = f"standard input cannot be kept here: {problem.message.partition(': ')[2]}"
                help_ = "set the variable TMPDIR to a folder with more room, or name a file instead"
                raise OutputError([replace(problem, message=message, help=help_)]) from None


def _part_of_stdin() -> bytes:
    try:
        return stdin_stream().read(_MORE)
    except OSError as error:
        raise TableError([unreadable("<stdin>", error)]) from None


def unreadable(name: str, error: OSError) -> Problem:
    """What is said of an input that cannot be read."""
    message = f"it cannot be read: {(error.strerror or str(error)).lower()}"
    return Problem("unreadable-file", message, (Place(name),), "name a file you may read")


@contextmanager
def _told_of(stand_in: str, name: str) -> Iterator[None]:
    """Says of the named file what is wrong with the one that stands in for it."""
    try:
        yield
    except TableError as error:
        raise TableError(_renamed(problem, stand_in, name) for problem in error.problems) from None


def _renamed(problem: Problem, stand_in: str, name: str) -> Problem:
    places = tuple(place._replace(file=name) if place.file == stand_in else place for place in problem.places)
    return replace(problem, places=places)


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
            yield Targets(kind, *(stack.enter_context(_named_as_text(str(written[name]))) for name in names))


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

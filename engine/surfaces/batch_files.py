"""Which files does `verdict batch` read and write? Patterns, standard input and output, and kinds by their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from errno import EISDIR
from glob import glob
from os.path import isdir, isfile
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory

import click

from engine.execution.extras import TableError
from engine.execution.tables.targets import CSV, JSON_LINES, PARQUET, Targets
from engine.problems import Place, Problem
from engine.surfaces.inputs import STDIN, stdin_stream
from engine.surfaces.output import EXIT_UNREADABLE, fail, say_file
from engine.surfaces.whole_file import whole_file

KINDS = (CSV, JSON_LINES, PARQUET)
_BY_NAME = {".csv": CSV, ".jsonl": JSON_LINES, ".ndjson": JSON_LINES, ".parquet": PARQUET, ".pq": PARQUET}


def kind_of(names: Sequence[str], said: str | None, option: str) -> str:
    """What files are, by what was said or else by their names, which must agree."""
    if said is not None:
        return said
    kinds = {_BY_NAME.get(Path(name).suffix.lower()) for name in names}
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
    return [stack.enter_context(_spooled()) if name == STDIN else Path(name) for name in names]


@contextmanager
def _spooled() -> Iterator[Path]:
    """Standard input as a file: it may be larger than memory, and be read in two places at once."""
    with TemporaryDirectory(prefix="verdict-") as folder:
        path = Path(folder) / "stdin"
        with path.open("wb") as file:
            copyfileobj(stdin_stream(), file)
        try:
            yield path
        except TableError as error:
            # What is wrong is wrong with standard input, wherever it was put.
            raise TableError(_said_of(problem, str(path)) for problem in error.problems) from None


def _said_of(problem: Problem, spooled: str) -> Problem:
    places = tuple(place._replace(file="<stdin>") if place.file == spooled else place for place in problem.places)
    return replace(problem, places=places)


@contextmanager
def opened_targets(kind: str, output: str, quarantine: str | None) -> Iterator[Targets]:
    """The files to write, which are there when all is written, and not at all where the work is stopped."""
    with ExitStack() as stack:
        decided = stack.enter_context(_to_stdout() if output == STDIN else _written(output))
        rejected = None if quarantine is None else stack.enter_context(_written(quarantine))
        yield Targets(kind, decided, rejected)


@contextmanager
def _written(name: str) -> Iterator[Path]:
    """A file that is there in the end; ends the command where it cannot be."""
    beside = ""
    try:
        if isdir(name):
            raise IsADirectoryError(EISDIR, "is a directory")
        with whole_file(name) as path:
            beside = str(path)
            yield path
    except OSError as error:
        # An input that cannot be read is another matter.
        if beside and error.filename not in (None, beside):
            raise
        fail(f"{name} cannot be written: {(error.strerror or str(error)).lower()}")
        raise click.exceptions.Exit(EXIT_UNREADABLE) from None


@contextmanager
def _to_stdout() -> Iterator[Path]:
    with TemporaryDirectory(prefix="verdict-") as folder:
        path = Path(folder) / "stdout"
        yield path
        say_file(path)

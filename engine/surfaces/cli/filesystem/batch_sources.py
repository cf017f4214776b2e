"""Input files of `verdict batch`: glob patterns, standard input, pipes and compressed files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cache
from glob import glob
from os.path import exists, isdir, isfile, realpath
from pathlib import Path
from typing import BinaryIO

from engine import TableError, TableFormat
from engine.execution.tables.files.plain_files import plain_file
from engine.language.sections.policy_sources import link_help
from engine.problems import Place, Problem
from engine.surfaces.cli.filesystem.output_errors import OutputError, unwritable
from engine.surfaces.cli.filesystem.special_files import write_all
from engine.surfaces.cli.filesystem.temporary import temporary_folder
from engine.surfaces.cli.filesystem.text_names import is_text, rename_places
from engine.surfaces.cli.inputs import STDIN, stdin_stream

_MORE = 1 << 20


def find_inputs(words: Sequence[str]) -> list[str]:
    """Expand paths and glob patterns to file names, in order; `-` is kept.

    Raises `TableError` with all words that match no file.
    """
    found: list[str] = []
    problems = []
    for word in words:
        # A pipe or a device is accepted like a file.
        is_one = word == STDIN or (exists(word) and not isdir(word))
        matching = [word] if is_one else sorted(each for each in glob(word, recursive=True) if isfile(each))
        if not matching:
            message = "this is a folder" if isdir(word) else "there is no such file"
            help_ = link_help(word) or "compare the spelling"
            if isdir(word):
                help_ = f"name its files, as in `{word.rstrip('/')}/*.csv`"
            problems.append(Problem("no-such-file", message, (Place(word),), help_))
        found += matching
    if problems:
        raise TableError(problems)
    return found


@contextmanager
def open_sources(names: Sequence[str], kind: str, form: TableFormat) -> Iterator[list[Path]]:
    """Context manager: yields plain UTF-8 files to read; other inputs are copied to temporary files first.

    Problems with a copy are reported under the name of the original.
    """
    with ExitStack() as stack:
        folder = cache(lambda: stack.enter_context(temporary_folder()))
        named: dict[str, str] = {}
        try:
            yield [_plain_copy(place, name, kind, form, folder, named) for place, name in enumerate(names)]
        except TableError as error:
            raise TableError(rename_places(problem, named) for problem in error.problems) from None


def _plain_copy(
    place: int, name: str, kind: str, form: TableFormat, folder: Callable[[], Path], named: dict[str, str]
) -> Path:
    """The path of a plain file with the content of one input.

    `named` records how each path should be called in messages.
    """
    shown = "<stdin>" if name == STDIN else name
    path = Path(name)
    if name == STDIN or not isfile(name):
        path = folder() / f"input-{place}"
        named[str(path)] = shown
        with path.open("wb", buffering=0) as file:
            _spool(name, shown, file)
    elif not is_text(name):
        # Polars cannot open a name that is not valid text, so it gets a link to the file.
        path = folder() / f"link-{place}"
        named[str(path)] = shown
        path.symlink_to(realpath(name))
    try:
        plain = plain_file(path, kind, form, folder)
    except OSError as error:
        if error.filename in (None, str(path)):
            raise TableError([unreadable(shown, error)]) from None
        raise _spool_error(shown, folder(), error) from None
    named[str(plain)] = shown
    return plain


def _spool(name: str, shown: str, file: BinaryIO) -> None:
    """Copy an input that can be read only once to a file: it may exceed memory, and may be read in two passes."""
    with ExitStack() as stack:
        try:
            stream = stdin_stream() if name == STDIN else stack.enter_context(open(name, "rb"))
        except OSError as error:
            raise TableError([unreadable(shown, error)]) from None
        while part := _read_chunk(stream, shown):
            try:
                write_all(file, part)
            except OSError as error:
                raise _spool_error(shown, Path(file.name).parent, error) from None


def _read_chunk(stream: BinaryIO, shown: str) -> bytes:
    """Read the next chunk of an input; raises `TableError` if that fails."""
    try:
        return stream.read(_MORE)
    except OSError as error:
        raise TableError([unreadable(shown, error)]) from None


def _spool_error(shown: str, folder: Path, error: OSError) -> OutputError:
    """The error for a temporary copy that cannot be written."""
    problem = unwritable(str(folder.parent), error)
    what = "standard input" if shown == "<stdin>" else f"a copy of {shown}"
    message = f"{what} cannot be stored here: {problem.message.partition(': ')[2]}"
    help_ = "set the variable TMPDIR to a folder with more room, or name a file instead"
    return OutputError([replace(problem, message=message, help=help_)])


def unreadable(name: str, error: OSError) -> Problem:
    """The problem to report for an input that cannot be read."""
    message = f"it cannot be read: {(error.strerror or str(error)).lower()}"
    return Problem("unreadable-file", message, (Place(name),), "name a file you may read")

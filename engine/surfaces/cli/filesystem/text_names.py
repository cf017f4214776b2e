"""Links for files whose names are not valid text, for libraries that accept only text."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from engine import TableError
from engine.problems import Problem
from engine.surfaces.cli.filesystem.temporary import temporary_folder


def is_text(name: str) -> bool:
    """Whether the file name decodes without errors."""
    return os.fsencode(name).decode(errors="replace") == name


@contextmanager
def link_as_text(name: str) -> Iterator[Path]:
    """Context manager: yields a path to the file that is valid text, if necessary a temporary link.

    Problems are reported under the original name.
    """
    if is_text(name):
        yield Path(name)
        return
    with temporary_folder() as folder:
        link = folder / "link"
        link.symlink_to(os.path.realpath(name))
        try:
            yield link
        except TableError as error:
            raise TableError(_rename_places(problem, str(link), name) for problem in error.problems) from None


def _rename_places(problem: Problem, link: str, name: str) -> Problem:
    """The same problem, with the name of the link replaced by that of the file."""
    places = tuple(place._replace(file=name) if place.file == link else place for place in problem.places)
    return replace(problem, places=places)

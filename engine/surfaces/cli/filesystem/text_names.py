"""Links for files whose names are not valid text, for libraries that accept only text."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from engine import TableError
from engine.problems import Place, Problem
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
            raise TableError(rename_places(problem, {str(link): name}) for problem in error.problems) from None


def rename_places(problem: Problem, named: Mapping[str, str]) -> Problem:
    """The same problem, with the paths of temporary files replaced by the names of what they stand for."""

    def renamed(place: Place) -> Place:
        # A line number may follow the path.
        found = (path for path in named if place.file == path or place.file.startswith(f"{path}:"))
        path = next(found, None)
        return place if path is None else place._replace(file=named[path] + place.file.removeprefix(path))

    return replace(problem, places=tuple(map(renamed, problem.places)))

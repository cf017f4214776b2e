"""How is a file told to a library that takes names of text alone? By a link, where a byte of its name is no text."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from engine.execution.extras import TableError
from engine.problems import Problem
from engine.surfaces.cli.filesystem.temporary import temporary_folder


def is_text(name: str) -> bool:
    """Whether every byte of a name is a part of a text."""
    return os.fsencode(name).decode(errors="replace") == name


@contextmanager
def named_as_text(name: str) -> Iterator[Path]:
    """A file by a name that is text; what is wrong with it is said of its own name."""
    if is_text(name):
        yield Path(name)
        return
    with temporary_folder() as folder:
        link = folder / "link"
        link.symlink_to(os.path.realpath(name))
        try:
            yield link
        except TableError as error:
            raise TableError(_renamed(problem, str(link), name) for problem in error.problems) from None


def _renamed(problem: Problem, link: str, name: str) -> Problem:
    places = tuple(place._replace(file=name) if place.file == link else place for place in problem.places)
    return replace(problem, places=places)

"""Loading libraries by themselves: from a path or stream, or as text, bytes or a mapping."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from typing import Any

from engine.bundled import Located
from engine.language.documents.nodes import Document
from engine.language.model.relations.library import Library
from engine.language.parsing.openers import Opener, no_folder
from engine.language.parsing.reading import Reading, require_root
from engine.language.sections.file_problems import problems_of
from engine.language.sections.libraries.library_file import HELP_EMPTY, Surroundings, read_library_file
from engine.language.sections.libraries.library_files import read_libraries
from engine.language.sections.outline import is_library
from engine.language.sections.policy_file import read_policy
from engine.language.sections.policy_sources import (
    Readable,
    base_name,
    normalise_path,
    read_around,
    read_document,
    read_held,
)
from engine.problems import Place, PolicyError


def load_library(
    library: str | os.PathLike[str] | Mapping[str, Any] | bytes | Readable,
    *,
    name: str | None = None,
    folder: str | os.PathLike[str] | None = None,
) -> Library:
    """Read a library by itself: a file, or what a program holds.

    A policy that uses a library needs no such call, since `load` reads both.

    Args:
        library: What to read.

            - `str` with a line break, or beginning with `{`: the library itself, as YAML or JSON
            - any other `str`, or `os.PathLike`: the path of a file
            - `bytes`, an open file or another stream: YAML or JSON in UTF-8
            - a mapping: the library as data
        name: What messages call a library that is not a file; `library` by default, or the name of an open file.
        folder: The folder of the libraries that such a library uses itself, if any.

    Returns:
        The library, with all that it takes from the libraries that it uses.

    Raises:
        PolicyError: The library cannot be found or read; `problems` holds everything that is wrong with it.
        TypeError: `library` is none of these, `name` is not a text, or `folder` is not a path; or one of them is given
            beside a file.

    Example:
        >>> from engine import load_library
        >>> library = load_library('''
        ... library: people
        ... title: Who somebody is
        ... situation: {age: {ask: How old?, type: integer, from: 0, to: 120}}
        ... ''')
        >>> library.fields[0].ask
        'How old?'
    """
    held = read_held(library, name, folder, "library", read_around)
    if isinstance(held, tuple):
        return read_library(*held)
    return load_found_library(normalise_path(os.fspath(held)))


def load_found_library(path: Located) -> Library:
    """Load the library in a file, on a disk or in a zip file; raises `PolicyError`."""
    return load_read_library(read_document(path), path)


def load_read_library(document: Document, path: Located) -> Library:
    """Load the library in a file whose document has been read; raises `PolicyError`."""
    return read_library(document, partial(read_around, path), base_name(path))


def read_library(document: Document, open_beside: Opener = no_folder, path: str = "") -> Library:
    """Read a library from its document.

    Args:
        document: The nodes of the file.
        open_beside: Opens the files of the libraries that it uses, if any.
        path: The name of the file in its folder, if it has one.

    Raises:
        PolicyError: With every problem of the file and of the libraries that it uses.
    """
    reading = Reading(document)
    root = require_root(document, reading, HELP_EMPTY)
    if not is_library(root):
        help_ = "a library begins with `library: NAME` and `title: …`; `load` and the commands read policies"
        raise PolicyError.of("wrong-file", "this file is not a library", Place(document.file, 1, 1), help_)
    around = Surroundings(open_beside, read_policy)
    used = read_libraries(root, reading, around, path)
    own = around.within(path, Place(document.file, 1, 1)) if path else around
    read = read_library_file(root, reading, used.shared, own)
    problems = tuple(dict.fromkeys((*used.problems, *read.problems, *problems_of(reading, "library", root))))
    if problems or read.library is None:
        raise PolicyError(problems)
    return read.library

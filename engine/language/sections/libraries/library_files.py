"""The files of the libraries that a policy or a library uses: opened, put in order, and read.

Each file is read once, after the files that it uses itself. Paths are relative to the file that names them.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.language.documents.nodes import Document, Node, Scalar
from engine.language.documents.nodes import Mapping as Nodes
from engine.language.documents.text import shorten
from engine.language.documents.yaml_text import read_yaml
from engine.language.model.relations.circles import cycle_text, find_cycles
from engine.language.parsing.openers import LIBRARY, Opener, join_path
from engine.language.parsing.reading import Reading, Unshapely, require_list, require_root, require_scalar
from engine.language.parsing.shared_parts import SharedParts, Used
from engine.language.sections.file_problems import problems_of
from engine.language.sections.libraries.library_file import HELP_EMPTY, Surroundings, read_library_file
from engine.language.sections.libraries.meanings import merge_shared
from engine.language.sections.outline import is_library
from engine.problems import Place, PolicyError, Problem

# The same pattern is in the schemas.
_FILE = re.compile(r"[^\r\n]*[^\s/]\.(ya?ml|json)")


class _File:
    """A file of the policy, opened but not read.

    Attributes:
        path: Its path from the policy's folder.
        root: Its nodes; None if nothing in it can be read.
        reading: The problems found in it.
        named_at: Where a file names it, as the first one that does.
        uses: The paths of the files that it uses, each with where it says so.
        is_whole: Whether all of them could be opened.
    """

    def __init__(self, path: str, root: Node | None, reading: Reading, named_at: Place) -> None:
        self.path, self.root, self.reading = path, root, reading
        self.named_at = named_at
        self.uses: dict[str, Scalar] = {}
        self.is_whole = True


def read_libraries(root: Node, reading: Reading, around: Surroundings, path: str = "") -> Used:
    """Read the libraries that a file uses, and those that they use.

    Args:
        root: The nodes of the file.
        reading: Collects the problems of the file: paths that lead nowhere, and names with two meanings.
        around: Opens the files, and what their steps need.
        path: The name of the file in its folder, if it is a library, which the others might use; empty for a policy.
    """
    top = _File(path, root, reading, Place(reading.file, 1, 1))
    files = _open_all(top, around.open_beside)
    _refuse_circles(files)
    del files[path]
    problems: dict[Problem, None] = {}
    of_steps: dict[str, None] = {}
    found: dict[str, SharedParts] = {}
    for file in _in_order(top, files):
        shared = _shared_with(file, found)
        if file.root is None:
            problems |= dict.fromkeys(file.reading.in_order())
        else:
            read = read_library_file(file.root, file.reading, shared, around.within(file.path, file.named_at))
            found[file.path] = read.shared
            problems |= dict.fromkeys((*read.problems, *problems_of(file.reading, "library", file.root)))
            of_steps |= dict.fromkeys(read.files)
    shared = _shared_with(top, found)
    names = dict.fromkeys(file.reading.file for file in files.values())
    return Used(shared, tuple(problems), tuple(names | of_steps))


def _shared_with(file: _File, found: Mapping[str, SharedParts]) -> SharedParts:
    """What a file may read of the files that it uses, which were read before it."""
    used = [found[path] for path in file.uses if path in found]
    is_whole = file.is_whole and len(used) == len(file.uses) and all(parts.is_whole for parts in used)
    file.reading.lacks_names = not is_whole
    return replace(merge_shared(file.reading, used), is_whole=is_whole)


# Opening.


def _open_all(top: _File, open_beside: Opener) -> dict[str, _File]:
    """Open every file that is used, directly or not, recording those that cannot be opened; the first is `top`."""
    files = {top.path: top}
    waiting = [top]
    while waiting:
        file = waiting.pop()
        for written in _named_files(file):
            used = _open_named(file, written, files, open_beside)
            if used is None:
                file.is_whole = False
                continue
            file.uses.setdefault(used.path, written)
            if used.path not in files:
                files[used.path] = used
                waiting.append(used)
    return files


def _named_files(file: _File) -> Iterator[Scalar]:
    """The entries of `uses`; a malformed list is recorded."""
    node = file.root.get("uses") if isinstance(file.root, Nodes) else None
    if node is None:
        return

    def read() -> list[Scalar]:
        written = [require_scalar(item) for item in require_list(node)]
        if not all(_FILE.fullmatch(scalar.text) for scalar in written):
            raise Unshapely
        return written

    found = file.reading.read_item("uses", "", read)
    if found is None:
        file.is_whole = False
        return
    file.reading.refuse_repeats(found)
    yield from found


def _open_named(file: _File, written: Scalar, files: Mapping[str, _File], open_beside: Opener) -> _File | None:
    """Open a file that another one names; None if it cannot be opened or is no library, which is recorded."""
    opened = file.reading.read_value(
        written.place,
        lambda: open_beside(join_path(posixpath.dirname(file.path), written.text, LIBRARY), LIBRARY),
    )
    if opened is None:
        return None
    if opened.path in files:
        return files[opened.path]
    document = read_yaml(opened.data, opened.file)
    reading = Reading(document)
    root: Node | None = None
    try:
        root = require_root(document, reading, HELP_EMPTY)
    except PolicyError:
        # What is wrong with it is in `reading`.
        return _File(opened.path, None, reading, written.place)
    if not is_library(root):
        _refuse_other_file(file.reading, written, document)
        return None
    return _File(opened.path, root, reading, written.place)


def _refuse_other_file(reading: Reading, written: Scalar, document: Document) -> None:
    """Record a file in `uses` that is no library."""
    keys = document.root.entries if isinstance(document.root, Nodes) else {}
    shown = shorten(written.text)
    message, help_ = f"`{shown}` is not a library", "a library begins with `library: NAME` and `title: …`"
    if "cases" in keys and "rules" not in keys:
        message, help_ = f"`{shown}` holds cases, not a library", "name the file of a library"
    elif "policy" in keys or "rules" in keys:
        message = f"`{shown}` is a policy, and only libraries can be used"
        help_ = (
            "move what both policies need into a library, a file that begins with `library: NAME` in place of"
            " `policy: NAME` and has no verdicts and no rules"
        )
    reading.refuse("wrong-file", message, (written.place, Place(document.file, 1, 1)), help_)


# Order.


def _refuse_circles(files: Mapping[str, _File]) -> None:
    """Record every circle of files that use each other."""
    for cycle in find_cycles({path: tuple(file.uses) for path, file in files.items()}):
        places = tuple(
            files[path].uses[following].place for path, following in zip(cycle, [*cycle[1:], cycle[0]], strict=True)
        )
        message = f"these libraries use each other in a circle: {cycle_text(cycle)}"
        if len(cycle) == 1:
            message = f"the library `{shorten(cycle[0])}` uses itself"
        help_ = "take one of these out of `uses`; what both need goes into a third library"
        files[cycle[0]].reading.refuse("library-cycle", message, places, help_)


def _in_order(top: _File, files: Mapping[str, _File]) -> list[_File]:
    """The files, each after those that it uses, otherwise in the order in which they are named."""
    ordered: dict[str, _File] = {}
    entered = {top.path}
    waiting = [(path, False) for path in reversed(top.uses)]
    while waiting:
        path, is_left = waiting.pop()
        if is_left:
            ordered[path] = files[path]
        elif path not in entered:
            entered.add(path)
            waiting.append((path, True))
            waiting += [(each, False) for each in reversed(files[path].uses)]
    return list(ordered.values())

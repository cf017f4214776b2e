"""Reader for one library file, whose own libraries have been read."""

from __future__ import annotations

from engine.frozen import NamedTuple
from engine.language.documents.nodes import Node
from engine.language.model.policy_parts import Library
from engine.language.parsing.reading import (
    Reading,
    Unshapely,
    read_text,
    require_line,
    require_map,
    require_name,
)
from engine.language.parsing.shared_parts import SharedParts, SharedPassage
from engine.language.sections.libraries.declared_sections import (
    Declarations,
    SectionReader,
    declared_names,
    read_declarations,
)
from engine.language.sections.libraries.meanings import refuse_two_meanings
from engine.language.sections.outline import LIBRARY_SECTIONS, Outline

HELP_EMPTY = "begin with `library:` and `title:`; `verdict new NAME --library` writes a first library"


class LibraryRead(NamedTuple):
    """A library, or None if anything is wrong with its file; and what it shares, as far as that could be read."""

    library: Library | None
    shared: SharedParts


def read_library_file(root: Node, reading: Reading, shared: SharedParts) -> LibraryRead:
    """Read a library, recording all problems of its file.

    Args:
        root: The nodes of the file.
        reading: Collects the problems.
        shared: What it may read of the libraries that it uses.
    """
    outline = Outline(root, reading, shared)
    sections = SectionReader(outline)
    top = outline.top
    sections.read_one("library", lambda: _check_top(root))
    name = sections.read_one("library", lambda: require_name(top.get("library")))
    title = sections.read_one("title", lambda: require_line(top.get("title")))
    version = sections.read_one("version", lambda: read_text(top.get("version")))
    about = sections.read_one("about", lambda: read_text(top.get("about")))
    outline.refuse_clashes()
    own = read_declarations(sections)
    refuse_two_meanings(outline, own)
    parts = _share(outline, own)
    if reading.problems or reading.suspects or reading.incomplete or name is None or title is None:
        return LibraryRead(None, parts)
    library = Library(
        name=name.text,
        title=title,
        fields=tuple(field for field in outline.fields.values() if field),
        numbers=tuple(value for value in parts.numbers().values() if value),
        facts=tuple(value for value in parts.facts().values() if value),
        impossible=parts.impossible,
        constants=tuple(value for value in parts.constants().values() if value),
        source=own.source,
        version=version,
        about=about,
        place=name.place,
    )
    return LibraryRead(library, parts)


def _check_top(root: Node) -> None:
    """Raise `Unshapely` unless the library has a title and no sections but those of libraries."""
    if "title" not in require_map(root, LIBRARY_SECTIONS).entries:
        raise Unshapely


def _share(outline: Outline, own: Declarations) -> SharedParts:
    """What a library shares: what it declares itself, after what it uses."""
    names = {**outline.shared.names, **dict(declared_names(outline, own))}
    passages = dict(outline.shared.passages)
    if own.source is not None:
        passages |= {passage.name: SharedPassage(passage, own.source) for passage in own.source.passages}
    is_whole = outline.shared.is_whole and (own.source is not None or outline.section("source") is None)
    return SharedParts(names, passages, (*outline.shared.impossible, *own.impossible), is_whole)

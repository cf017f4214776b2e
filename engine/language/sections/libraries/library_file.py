"""Reader for one library file, whose own libraries have been read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.frozen import NamedTuple
from engine.language.documents.nodes import Node
from engine.language.model.field_kinds import Field
from engine.language.model.relations.library import Library
from engine.language.parsing.openers import Opener
from engine.language.parsing.reading import (
    Reading,
    Unshapely,
    read_text,
    require_line,
    require_map,
    require_name,
)
from engine.language.parsing.shared_parts import Declarations, SharedName, SharedParts, SharedPassage
from engine.language.sections.libraries.declared_sections import (
    SectionReader,
    declared_names,
    read_declarations,
)
from engine.language.sections.libraries.meanings import refuse_two_meanings
from engine.language.sections.outline import LIBRARY_SECTIONS, Outline
from engine.problems import Place, Problem

if TYPE_CHECKING:
    from engine.language.parsing.shared_parts import StepParts
    from engine.language.sections.step_readers.policy_steps import Chain, PolicyReader, StepPolicies

HELP_EMPTY = "begin with `library:` and `title:`; `verdict new NAME --library` writes a first library"


class Surroundings(NamedTuple):
    """What the steps of a library need beside its file.

    Attributes:
        open_beside: Opens their tables and policies.
        read_policy: Reads one of the policies.
        chain: The files that lead to the file; None if there is none.
    """

    open_beside: Opener
    read_policy: PolicyReader
    chain: Chain | None = None

    def within(self, path: str, place: Place) -> Surroundings:
        """Return the surroundings of a file in or below the folder, whose path is named at a place."""
        from engine.language.sections.step_readers.policy_steps import Chain

        chain = self.chain or Chain(self.open_beside, [])
        chain = chain.to(chain.path_of(path), place)
        return self._replace(open_beside=chain.open_beside, chain=chain)


class LibraryRead(NamedTuple):
    """A library, or None if anything is wrong with its file; and what it shares, as far as that could be read.

    `problems` are those of the policies that are its steps, and `files` all files that its steps were read from.
    """

    library: Library | None
    shared: SharedParts
    problems: tuple[Problem, ...] = ()
    files: tuple[str, ...] = ()


def read_library_file(root: Node, reading: Reading, shared: SharedParts, around: Surroundings) -> LibraryRead:
    """Read a library, recording all problems of its file.

    Args:
        root: The nodes of the file.
        reading: Collects the problems.
        shared: What it may read of the libraries that it uses.
        around: What its steps need, with itself as the last file of the chain.
    """
    outline = Outline(root, reading, shared)
    sections = SectionReader(outline)
    policies = _read_step_policies(outline, around) if outline.has_step_policies else None
    top = outline.top
    sections.read_one("library", lambda: _check_top(root))
    name = sections.read_one("library", lambda: require_name(top.get("library")))
    title = sections.read_one("title", lambda: require_line(top.get("title")))
    version = sections.read_one("version", lambda: read_text(top.get("version")))
    about = sections.read_one("about", lambda: read_text(top.get("about")))
    outline.refuse_clashes()
    found = policies.found if policies else {}
    if outline.section("steps") is not None:
        from engine.language.sections.step_readers.step_reader import declare_steps

        declare_steps(outline, found)
    outline.open_beside = around.open_beside
    own = read_declarations(sections)
    fields = dict(outline.fields)
    steps: dict[str, StepParts] = {}
    if outline.steps or outline.number_steps:
        from engine.language.sections.step_readers.step_reader import read_all_steps

        read = read_all_steps(outline, own, found, around.open_beside)
        steps, own = read.found, replace(own, source=read.own.source)
        # Texts that a step knows belong to the step, which a policy may not reach.
        fields = {name: field and _with_texts_of(fields[name], field) for name, field in outline.fields.items()}
    refuse_two_meanings(outline, own, steps)
    parts = _share(outline, own, fields, steps)
    problems = policies.problems if policies else ()
    tables = [rule.place.file for each in steps.values() for step in each.steps for rule in step.rules]
    files = tuple(dict.fromkeys((*tables, *(policies.files if policies else ()))))
    if problems or reading.problems or reading.suspects or reading.incomplete or name is None or title is None:
        return LibraryRead(None, parts, problems, files)
    every = [each for each in parts.steps().values() if each]
    library = Library(
        name=name.text,
        title=title,
        fields=tuple(field for field in outline.fields.values() if field),
        numbers=tuple(
            dict.fromkeys(
                (*filter(None, parts.numbers().values()), *(number for each in every for number in each.numbers))
            )
        ),
        facts=(*filter(None, parts.facts().values()), *(fact for each in every for fact in each.facts)),
        impossible=tuple(dict.fromkeys((*parts.impossible, *(out for each in every for out in each.impossible)))),
        constants=(*filter(None, parts.constants().values()), *(value for each in every for value in each.constants)),
        steps=tuple(step for each in every for step in each.steps),
        source=own.source,
        version=version,
        about=about,
        place=name.place,
    )
    if any(entry.number for number in library.numbers for entry in number.entries):
        from engine.language.sections.libraries.open_policy import policy_over
        from engine.language.sections.numbers.worked_out_checks import check_worked_out

        check_worked_out(policy_over(library), reading)
    return LibraryRead(None if reading.problems else library, parts, problems, files)


def _read_step_policies(outline: Outline, around: Surroundings) -> StepPolicies:
    from engine.language.sections.step_readers.policy_steps import Chain, read_step_policies

    chain = around.chain or Chain(around.open_beside, [])
    return read_step_policies(outline.top, outline.reading, around.open_beside, chain, around.read_policy)


def _check_top(root: Node) -> None:
    """Raise `Unshapely` unless the library has a title and no sections but those of libraries."""
    if "title" not in require_map(root, LIBRARY_SECTIONS).entries:
        raise Unshapely


def _with_texts_of(declared: Field | None, field: Field) -> Field:
    return field if declared is None else replace(field, known=declared.known)


def _share(
    outline: Outline, own: Declarations, fields: dict[str, Field | None], steps: dict[str, StepParts]
) -> SharedParts:
    """What a library shares: what it declares itself and the questions of its steps, after what it uses."""
    names = {**outline.shared.names}
    for name, declared in declared_names(outline, own, steps):
        names[name] = replace(declared, value=fields[name]) if declared.section == "situation" else declared
    for name, field in fields.items():
        if field and name not in names:
            names[name] = SharedName("situation", field.place, field)
    passages = dict(outline.shared.passages)
    if own.source is not None:
        passages |= {passage.name: SharedPassage(passage, own.source) for passage in own.source.passages}
    is_whole = outline.shared.is_whole and (own.source is not None or outline.section("source") is None)
    return SharedParts(names, passages, (*outline.shared.impossible, *own.impossible), is_whole)

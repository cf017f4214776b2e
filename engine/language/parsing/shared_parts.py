"""What a file may read of the libraries that it uses: their names, passages and impossible combinations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from engine.frozen import frozen_value
from engine.language.model.field_kinds import Field
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import Constant, Fact, Impossible, Number, Passage, Source
from engine.problems import Place, Problem

T = TypeVar("T", Field, Number, Fact, Constant)


@frozen_value
class SharedName:
    """A name that a library declares.

    Attributes:
        section: The section that declares it.
        place: Where.
        value: What it stands for; None if that could not be read, which was reported.
    """

    section: str
    place: Place
    value: Field | Number | Fact | Constant | None


@frozen_value
class SharedPassage:
    """A passage that a library's source lists, and that source."""

    passage: Passage
    source: Source


@frozen_value
class SharedParts:
    """Everything that one or more libraries share, with that of the libraries that they use, in the order read.

    Attributes:
        names: The names that conditions may use.
        passages: The passages that may be cited.
        impossible: The impossible combinations.
        is_whole: Whether every file could be read; otherwise a name that is missing may be declared in one that could
            not.
    """

    names: Mapping[str, SharedName]
    passages: Mapping[str, SharedPassage]
    impossible: tuple[Impossible, ...]
    is_whole: bool = True

    def fields(self) -> dict[str, Field | None]:
        """The fields by name; None for one that could not be read."""
        return self._of("situation", Field)

    def numbers(self) -> dict[str, Number | None]:
        """The derived numbers by name; None for one that could not be read."""
        return self._of("numbers", Number)

    def facts(self) -> dict[str, Fact | None]:
        """The facts by name; None for one that could not be read."""
        return self._of("facts", Fact)

    def constants(self) -> dict[str, Constant | None]:
        """The constants by name; None for one that could not be read."""
        return self._of("constants", Constant)

    def _of(self, section: str, kind: type[T]) -> dict[str, T | None]:
        """The names of one section, each with what it stands for."""
        return {
            name: each.value if isinstance(each.value, kind) else None
            for name, each in self.names.items()
            if each.section == section
        }


NOTHING_SHARED = SharedParts({}, {}, ())


def shared_parts_of(policy: Policy) -> SharedParts:
    """The parts that a policy has taken over, as its own file may read them; its own are among them."""
    names = {
        **{field.name: SharedName("situation", field.place, field) for field in policy.fields},
        **{number.name: SharedName("numbers", number.place, number) for number in policy.numbers},
        **{fact.name: SharedName("facts", fact.place, fact) for fact in policy.facts},
        **{constant.name: SharedName("constants", constant.place, constant) for constant in policy.constants},
    }
    source = policy.source
    passages = {each.name: SharedPassage(each, source) for each in source.passages} if source else {}
    return SharedParts(names, passages, policy.impossible)


@frozen_value
class Used:
    """The libraries that a file uses, as they were read.

    Attributes:
        shared: What they share.
        problems: What is wrong with their files; what is wrong with the file itself is recorded in its `Reading`.
        files: The names of their files in messages, in the order read.
    """

    shared: SharedParts
    problems: tuple[Problem, ...]
    files: tuple[str, ...]


NOTHING_USED = Used(NOTHING_SHARED, (), ())

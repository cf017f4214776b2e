"""The check of a library by itself: what can be said about it whatever policies use it."""

from __future__ import annotations

from typing import Any

from engine.analysis.proving.errors import find_policy_errors
from engine.analysis.proving.findings import Finding
from engine.analysis.proving.proof_session import STEPS, ProofSession
from engine.analysis.proving.warnings import find_idle_tests, find_warnings
from engine.budget import attempt
from engine.frozen import data_of, frozen_value
from engine.language.model.relations.library import Library
from engine.language.sections.libraries.open_policy import policy_over
from engine.problems import ERROR, Place


@frozen_value
class LibraryCheck:
    """The result of checking a library.

    Attributes:
        library: Name of the library.
        file: Its file, or what messages call it.
        declares: What it declares itself, in words: `2 fields, 1 fact`.
        situations: Number of possible situations of all its fields; None if not counted.
        findings: Errors first, then warnings.
        steps: Number of its own steps.
        tables: Number of its own numbers that a table gives.

    Example:
        >>> from engine import check_library, load_library
        >>> country = {"ask": "Where do you live?", "type": "text", "known": ["DE", "FR"]}
        >>> people = {"library": "people", "title": "Who somebody is", "situation": {"country": country}}
        >>> checked = check_library(load_library(people))
        >>> checked.declares, checked.situations
        ('1 field', 3)
        >>> print(checked)
        people: a library, with 1 field; nothing contradicts itself
    """

    library: str
    file: str
    declares: str
    situations: int | None
    findings: tuple[Finding, ...]
    steps: int = 0
    tables: int = 0

    @property
    def sound(self) -> bool:
        """Whether there is no error."""
        return all(finding.severity != ERROR for finding in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON data."""
        return data_of(self, "library", "file", "sound", "declares", "situations", "findings")

    def summary(self) -> str:
        """Return one sentence: what the library declares, and whether it contradicts itself."""
        told = f"{self.library}: a library, with {self.declares}"
        right = "nothing contradicts itself"
        if self.steps:
            right += f", and {'the step has' if self.steps == 1 else 'each step has'} exactly one outcome everywhere"
        if self.tables:
            right += (
                f", and {'the table gives' if self.tables == 1 else 'each table gives'} exactly one amount everywhere"
            )
        return f"{told}; {right if self.sound else 'it is not sound'}"

    def __str__(self) -> str:
        return "\n\n".join([*map(str, self.findings), self.summary()])


def check_library(library: Library, *, steps: int = STEPS) -> LibraryCheck:
    """Check a library by itself: that something is possible, that each step has one outcome, and that tests can matter.

    Whether its parts serve a policy is for `check` to say, of each policy that uses them.

    Args:
        library: The library, from `load_library`.
        steps: Step limit, the same on every machine.

    Returns:
        The findings about what the library declares itself; those about the libraries that it uses are left out.

    Raises:
        TypeError: `library` is not a library, or `steps` is not an integer.
        ValueError: `steps` is below 1.

    Example:
        >>> from engine import check_library, load_library
        >>> checked = check_library(load_library('''
        ... library: people
        ... title: Who somebody is
        ... situation: {age: {ask: How old?, type: integer, from: 0, to: 120}}
        ... facts: {adult: {means: of age, when: {age: {at_least: 121}}}}
        ... '''))
        >>> [finding.code for finding in checked.findings]
        ['impossible-test']
    """
    from engine.language.model.arguments import require, require_steps

    require(library, Library, "check_library", "library", "a library", "load it first: `load_library({})`")
    require_steps(steps, "check_library")
    file = library.place.file
    if not library.fields:
        return LibraryCheck(library.name, file, _declares(library), None, ())
    session = ProofSession(policy_over(library), steps)
    found = attempt(list, find_policy_errors(session))
    findings = [session.out_of_steps("not-proved", "whether any situation is possible")] if found is None else found
    if not findings:
        session.reset_budget()
        tested = attempt(list, find_idle_tests(session))
        findings = [session.out_of_steps("not-checked", "the tests of conditions")] if tested is None else tested
        for inner in session.of_steps:
            if not session.policy.step[inner.step].origin:
                findings += find_warnings(inner)
    files = _own_files(library)
    own = [each for each in findings if not each.places or not files.isdisjoint(place.file for place in each.places)]
    declared = [step.is_number for step in library.steps if _is_own(step.place, library)]
    tables = sum(declared)
    told = _declares(library)
    return LibraryCheck(library.name, file, told, session.situations, tuple(own), len(declared) - tables, tables)


def _declares(library: Library) -> str:
    """What a library declares itself, in words."""
    counts = [
        (sum(_is_own(field.place, library) for field in library.fields), "field"),
        (sum(_is_own(constant.place, library) for constant in library.constants), "constant"),
        (sum(_is_own(number.place, library) for number in library.numbers), "number"),
        (sum(_is_own(fact.place, library) for fact in library.facts), "fact"),
        (sum(_is_own(step.place, library) and not step.is_number for step in library.steps), "step"),
        (sum(_is_own(each.place, library) for each in library.impossible), "impossible combination"),
    ]
    told = [f"{count:,} {word}{'s' if count > 1 else ''}" for count, word in counts if count]
    *others, last = told or ["nothing of its own"]
    return f"{', '.join(others)} and {last}" if others else last


def _own_files(library: Library) -> set[str]:
    """The library's own file, and those from which its steps were read, and the steps of these: tables and policies."""
    files: set[str] = set()
    found = {library.place.file}
    while not found <= files:
        files |= found
        own = [step for step in library.steps if step.place.file in files]
        found = {
            place.file for step in own for place in (step.origin or step.place, *(rule.place for rule in step.rules))
        }
    return files


def _is_own(place: Place, library: Library) -> bool:
    """Whether a place is in the library's own file."""
    return place.file == library.place.file

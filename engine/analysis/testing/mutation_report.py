"""The result of a mutation analysis as a value, and as text."""

from __future__ import annotations

from typing import Any, TypeAlias

from engine.analysis.describing.example_numbers import example_lines, marked
from engine.analysis.testing.mutants import Mutant
from engine.analysis.testing.share_text import share
from engine.frozen import FrozenDict, data_of, frozen_value
from engine.language.model.field_kinds import Value
from engine.language.model.values.value_texts import value_data
from engine.language.situations.situation_records import nested
from engine.meaning.outcomes import NoVerdict
from engine.problems import Place

# Outputs before and after an edit, as pairs of name and value.
OutputChanges: TypeAlias = tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]


@frozen_value
class Survivor:
    """A mutant that no test case detects, with a situation that would detect it.

    Attributes:
        mutant: The mutant.
        example: A complete record whose outcome the edit changes.
        shows: The fields of the example that suffice to show it.
        before: Name of the verdict of the original policy.
        after: Name of the verdict of the mutant; None if it gives none.
        fault: Why the mutant gives none: `gap`, `conflict` or `impossible`.
        answers: The answers to `shows`, as pairs of question and answer.
        numbers: The derived numbers that those answers determine, as pairs of meaning and value.
        outputs: The outputs that differ, of the original policy and of the mutant, as pairs of name and value; empty if
            the verdict changes.

    Example:
        >>> from engine import find_survivors, load, load_cases
        >>> policy = load("other-interviews")
        >>> hint = {"case": "a hint", "given": {"offer": "hint"}, "expect": "keep"}
        >>> cases = load_cases({"policy": policy.name, "cases": [hint]}, policy)
        >>> survivor = find_survivors(policy, cases).survivors[0]
        >>> survivor.before != survivor.after, set(survivor.shows) <= set(survivor.example)
        (True, True)
    """

    mutant: Mutant
    example: FrozenDict[str, Value]
    shows: tuple[str, ...]
    before: str
    after: str | None
    fault: NoVerdict | None
    answers: tuple[tuple[str, str], ...]
    numbers: tuple[tuple[str, str], ...]
    outputs: OutputChanges = ((), ())

    def to_dict(self) -> dict[str, Any]:
        """Return the survivor as JSON data."""
        found = {"mutant": self.mutant.words, "place": self.mutant.place.to_dict()}
        found["example"] = nested({name: value_data(value) for name, value in self.example.items()})
        found |= {"shows": list(self.shows), "numbers": dict(self.numbers)}
        found |= data_of(self, "before", "after", "fault")
        return found if not any(self.outputs) else found | {"outputs": [dict(each) for each in self.outputs]}

    def __str__(self) -> str:
        title = {each.name: f"“{each.title}”" for each in self.mutant.policy.verdicts}
        faults = _FAULTS | ({"conflict": "rules that disagree"} if self.mutant.base.has_rule_outputs else {})
        after = title[self.after] if self.after is not None else faults[self.fault or ""]
        was, now = (f" ({', '.join(f'{name} {text}' for name, text in each)})" if each else "" for each in self.outputs)
        lines = [f"{self.mutant.place}  unnoticed-change", f"  {self.mutant.words}"]
        lines += marked("would show at", example_lines(self.answers, self.numbers, self.example))
        return "\n".join([*lines, *marked("and turn", [f"{title[self.before]}{was} into {after}{now}"])])

    @property
    def place(self) -> Place:
        """Position of the edit in the source."""
        return self.mutant.place


_FAULTS = {
    "gap": "no verdict at all",
    "conflict": "two verdicts at once",
    "impossible": "something that cannot happen",
}


@frozen_value
class Mutation:
    """The result of a mutation analysis: which single edits of a policy its test cases detect.

    Attributes:
        policy: Name of the policy.
        mutants: Number of edits that change some verdict, or may: those killed, undecided and surviving.
        killed: Number of mutants that a case detects.
        equivalent: Number of edits that are proved to change no outcome.
        without_verdict: Number of edits that change only situations without a verdict.
        undecided: Number of mutants for which the step limit was reached, or that change nothing but a number which an
            output gives.
        survivors: The mutants that no case detects.

    Example:
        >>> from engine import find_survivors, load, load_cases
        >>> policy = load("other-interviews")
        >>> mutation = find_survivors(policy, load_cases("rules/other-interviews.cases.yaml", policy))
        >>> mutation.mutants, mutation.killed, mutation.equivalent, mutation.percent
        (82, 82, 1, 100.0)
    """

    policy: str
    mutants: int
    killed: int
    equivalent: int
    without_verdict: int
    undecided: int
    survivors: tuple[Survivor, ...]

    @property
    def percent(self) -> float:
        """Percentage of mutants that are killed, rounded; 100 only if all are."""
        return share(self.killed, self.mutants)

    def to_dict(self) -> dict[str, Any]:
        """Return the analysis as JSON data."""
        names = ("mutants", "killed", "equivalent", "without_verdict", "undecided", "survivors")
        return data_of(self, *names) | {"score": self.percent}

    def __str__(self) -> str:
        return "\n".join([self.summary(), *map(str, self.survivors)])

    def summary(self) -> str:
        """Return one line: how many mutants are killed, and what became of the other edits."""
        more = []
        if self.equivalent:
            more.append(f"{self.equivalent:,} more change{_s(self.equivalent)} nothing")
        if self.without_verdict:
            verb = f"change{_s(self.without_verdict)}"
            more.append(f"{self.without_verdict:,} {verb} only what gets no verdict anyway")
        if self.undecided:
            more.append(f"{self.undecided:,} could not be determined")
        noticed = f"{self.killed:,} of {self.mutants:,} single edits that change a verdict are noticed"
        return f"{noticed} ({self.percent:g} %)" + "".join(f"; {each}" for each in more)


def _s(many: int) -> str:
    return "s" if many == 1 else ""

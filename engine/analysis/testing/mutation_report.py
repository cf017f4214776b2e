"""What do the cases of a policy notice of its single edits, as a value and in words?"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from engine.analysis.describing.example_numbers import with_numbers
from engine.analysis.proving.findings import nested
from engine.analysis.testing.mutants import Mutant
from engine.analysis.testing.share_text import share
from engine.frozen import FrozenDict, frozen_value
from engine.language.model.field_kinds import Value
from engine.language.model.values import value_data
from engine.problems import Place

NoVerdict: TypeAlias = Literal["gap", "conflict", "impossible"]


@frozen_value
class Survivor:
    """A mutant that no case notices, with a situation that would notice it.

    `before` is its verdict, `after` what the mutant makes of it: a verdict, or None, and then `fault` says why there is
    none. `answers` are the answers that matter, as question and answer, `numbers` the derived numbers that they make.
    """

    mutant: Mutant
    example: FrozenDict[str, Value]
    shows: tuple[str, ...]
    before: str
    after: str | None
    fault: NoVerdict | None
    answers: tuple[tuple[str, str], ...]
    numbers: tuple[tuple[str, str], ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "mutant": self.mutant.words,
            "place": self.mutant.place.to_dict(),
            "example": nested({name: value_data(value) for name, value in self.example.items()}),
            "shows": list(self.shows),
            "numbers": dict(self.numbers),
            "before": self.before,
            "after": self.after,
            "fault": self.fault,
        }

    def __str__(self) -> str:
        title = {each.name: f"“{each.title}”" for each in self.mutant.policy.verdicts}
        after = title[self.after] if self.after is not None else _FAULTS[self.fault or ""]
        lines = [f"{self.mutant.place}  unnoticed-change", f"  {self.mutant.words}"]
        shown = with_numbers(self.answers, self.numbers)
        width = max((len(question) for question, _ in shown), default=0)
        lines += [f"  {'would show at' if not index else '':<14}{question:<{width}}   {answer}"
                  for index, (question, answer) in enumerate(shown)]  # fmt: skip
        if not self.answers:
            lines.append(f"  {'would show at':<14}every situation")
        elif len(self.answers) < len(self.example):
            lines.append(f"  {'':<14}(the other answers make no difference)")
        return "\n".join([*lines, f"  {'and turn':<14}{title[self.before]} into {after}"])

    @property
    def place(self) -> Place:
        return self.mutant.place


_FAULTS = {
    "gap": "no verdict at all",
    "conflict": "two verdicts at once",
    "impossible": "something that cannot happen",
}


@frozen_value
class Mutation:
    """What the cases of a policy notice.

    `mutants` are the edits that change some verdict: `killed` of them are noticed, the `survivors` are not, and of
    `undecided` it was not settled within the steps. Beside them, `equivalent` edits are proved to change nothing, and
    `without_verdict` only situations that get no verdict as the policy stands: most often since they cannot happen.
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
        """How many of the mutants are noticed; 100 only where all are."""
        return share(self.killed, self.mutants)

    def to_dict(self) -> dict[str, Any]:
        return {
            "mutants": self.mutants,
            "killed": self.killed,
            "equivalent": self.equivalent,
            "without_verdict": self.without_verdict,
            "undecided": self.undecided,
            "survivors": [survivor.to_dict() for survivor in self.survivors],
            "score": self.percent,
        }

    def __str__(self) -> str:
        return "\n".join([self.summary(), *map(str, self.survivors)])

    def summary(self) -> str:
        """One line: how many edits are noticed, and what became of the others."""
        more = []
        if self.equivalent:
            more.append(f"{self.equivalent:,} more change{_s(self.equivalent)} nothing")
        if self.without_verdict:
            verb = f"change{_s(self.without_verdict)}"
            more.append(f"{self.without_verdict:,} {verb} only what gets no verdict anyway")
        if self.undecided:
            was = "was" if self.undecided == 1 else "were"
            more.append(f"{self.undecided:,} {was} not settled within the steps")
        noticed = f"{self.killed:,} of {self.mutants:,} single edits that change a verdict are noticed"
        return f"{noticed} ({self.percent:g} %)" + "".join(f"; {each}" for each in more)


def _s(many: int) -> str:
    return "s" if many == 1 else ""

"""What is a finding? Something the proof found, as a value: code, rules, places, how many situations, an example."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.analysis.describing.example_numbers import with_numbers
from engine.frozen import FrozenDict, frozen_value, late_type
from engine.language.model.field_kinds import Value
from engine.language.model.values import value_data
from engine.problems import ERROR, NOTE, WARNING, Place, Problem, Severity

if TYPE_CHECKING:
    from engine.analysis.describing.regions import Regions
    from engine.language.sections.text_edits import TextEdit
else:
    Regions = late_type("engine.analysis.describing.regions", "Regions")
    TextEdit = late_type("engine.language.sections.text_edits", "TextEdit")

# Every code with its severity: an error makes a policy unsound.
SEVERITIES: dict[str, Severity] = {
    "no-situation": ERROR,
    "gap": ERROR,
    "conflict": ERROR,
    "more-conflicts": ERROR,
    "broken-guarantee": ERROR,
    "override-cycle": ERROR,
    "not-proved": ERROR,
    "dead-rule": WARNING,
    "redundant-rule": WARNING,
    "useless-override": WARNING,
    "impossible-test": WARNING,
    "always-true-test": WARNING,
    "unused-field": WARNING,
    "unused-number": WARNING,
    "unused-fact": WARNING,
    "unused-verdict": WARNING,
    "idle-field": WARNING,
    "idle-answer": WARNING,
    "idle-verdict": WARNING,
    "uncited-passage": WARNING,
    "uncited-rule": WARNING,
    "not-checked": WARNING,
    "overlap": NOTE,
}


@frozen_value
class Mend:
    """A proved way to settle a finding: what to do, and, where the policy was read from a text, the edit that does it.

    `text` is what is to be pasted where it is too long to stand in the sentence. What is written in capitals in it is
    left to the author.
    """

    words: str
    text: str = ""
    edit: TextEdit | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the edit can be made as it is, with nothing left that the author has to choose first."""
        return self.edit is not None and "VERDICT" not in self.edit.text

    def __str__(self) -> str:
        return f"{self.words}:\n{self.text}" if self.text else self.words


@frozen_value
class Finding:
    """One finding. `situations` is None where it cannot be counted or was not; `example` is a full record, or None.

    `answers` are the answers that alone show it, as question and answer in the author's words, `numbers` the derived
    numbers that they make, as meaning and value; `reasons` are what the
    rules say for themselves, where rules disagree. `mends` are proved ways to settle it; `regions`, where they were
    asked for, are disjoint and together exactly the situations found.
    """

    code: str
    message: str
    rules: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    help: str = ""
    situations: int | None = None
    example: FrozenDict[str, Value] | None = None
    answers: tuple[tuple[str, str], ...] = ()
    numbers: tuple[tuple[str, str], ...] = ()
    reasons: tuple[str, ...] = ()
    mends: tuple[Mend, ...] = ()
    regions: Regions | None = None

    @property
    def severity(self) -> Severity:
        return SEVERITIES[self.code]

    def to_dict(self) -> dict[str, Any]:
        example = None if self.example is None else {name: value_data(value) for name, value in self.example.items()}
        return {
            "code": self.code,
            "severity": self.severity,
            "rules": list(self.rules),
            "situations": self.situations,
            "example": None if example is None else nested(example),
            "numbers": dict(self.numbers),
            "message": self.message,
            "places": [place.to_dict() for place in self.places],
            "help": self.help or None,
            "mends": [str(mend) for mend in self.mends],
            "edits": [None if mend.edit is None else mend.edit.to_dict() for mend in self.mends],
        } | ({} if self.regions is None else {"regions": self.regions.to_dict()})

    def problem(self) -> Problem:
        """The finding as a problem, for those who refuse a policy because of it."""
        return Problem(self.code, self.message, self.places, self.help, self.severity)

    def __str__(self) -> str:
        where = f"{self.places[0]}  " if self.places else ""
        lines = [f"{where}{self.severity}  {self.code}" + (f"  {', '.join(self.rules)}" if self.rules else "")]
        lines.append(f"  {self.message}")
        lines += [f"  and at        {place}" for place in self.places[1:]]
        for index, (rule, reason) in enumerate(zip(self.rules, self.reasons, strict=False)):
            lines.append(f"  {'they say' if not index else '':<14}{rule}: {reason}")
        lines += self._example_lines()
        if self.regions is not None:
            lines += [
                f"  {'everywhere' if not index else '':<14}{line}" for index, line in enumerate(self.regions.lines())
            ]
        if self.help:
            lines.append(f"  help          {self.help}")
        for index, mend in enumerate(self.mends):
            first, *rest = str(mend).splitlines()
            lines += [f"  {'        or' if index else 'proved mend':<14}{first}", *(f"{'':<18}{line}" for line in rest)]
        return "\n".join(lines)

    def _example_lines(self) -> list[str]:
        if self.example is None:
            return []
        if not self.answers:
            return ["  for example   every situation, whatever the answers are"]
        shown = with_numbers(self.answers, self.numbers)
        width = max(len(question) for question, _ in shown)
        lines = [f"  {'for example' if not index else '':<14}{question:<{width}}   {answer}"
                 for index, (question, answer) in enumerate(shown)]  # fmt: skip
        if len(self.answers) < len(self.example):
            lines.append(f"  {'':<14}(the other answers make no difference)")
        return lines


def nested(flat: dict[str, Any]) -> dict[str, Any]:
    """A record with its dotted names as nested maps, as records are written."""
    found: dict[str, Any] = {}
    for name, value in flat.items():
        *above, last = name.split(".")
        inside = found
        for part in above:
            inside = inside.setdefault(part, {})
        inside[last] = value
    return found

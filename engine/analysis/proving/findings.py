"""Findings: what a proof found, as a value with code, rules, places, counts, an example and mends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from engine.frozen import FrozenDict, data_of, frozen_value, late_type
from engine.language.model.field_kinds import Value
from engine.language.model.values.value_texts import value_data
from engine.language.situations.situation_records import nested
from engine.problems import ERROR, NOTE, WARNING, Place, Problem, Severity

if TYPE_CHECKING:
    from engine.analysis.describing.regions import Regions
    from engine.language.editing.text_edits import TextEdit
else:
    Regions = late_type("engine.analysis.describing.regions", "Regions")
    TextEdit = late_type("engine.language.editing.text_edits", "TextEdit")

# Every code with its severity: an error makes a policy unsound. Errors stand in the order in which they are best
# mended: a circle of overrides causes conflicts, and a rule that is narrowed for a conflict may leave a gap.
SEVERITIES: dict[str, Severity] = {
    "no-situation": ERROR,
    "override-cycle": ERROR,
    "conflict": ERROR,
    "more-conflicts": ERROR,
    "broken-guarantee": ERROR,
    "vacuous-guarantee": ERROR,
    "gap": ERROR,
    "no-output": ERROR,
    "not-proved": ERROR,
    "dead-rule": WARNING,
    "redundant-rule": WARNING,
    "useless-override": WARNING,
    "impossible-test": WARNING,
    "always-true-test": WARNING,
    "unused-field": WARNING,
    "unused-constant": WARNING,
    "unused-number": WARNING,
    "unused-fact": WARNING,
    "unused-step": WARNING,
    "unused-output": WARNING,
    "unused-verdict": WARNING,
    "idle-field": WARNING,
    "idle-answer": WARNING,
    "idle-verdict": WARNING,
    "uncited-passage": WARNING,
    "uncited-rule": WARNING,
    "not-checked": WARNING,
    "no-partner": NOTE,
    "overlap": NOTE,
}


@frozen_value
class PairSide:
    """One of the two situations that break a guarantee together.

    Attributes:
        example: The situation, a complete record.
        verdict: Name of its verdict; None for a gap or a conflict, which a guarantee about a number does not leave out.
            If the guarantee is about a step, it is the outcome of the step.
        title: The verdict or outcome as a person reads it, or why there is none.
        rules: The rules that stand in it.
        reasons: Their reasons.
        answers: The answers that the other situation has otherwise, as pairs of question and answer.
        derived: The numbers and facts that are otherwise in the other situation, as pairs of meaning and value.
        step: Name of the step that the guarantee is about; empty if it is about no step.
        decides: What it gets, as a person reads it: `the verdict`, or what the step decides.

    Example:
        >>> from engine import check, load
        >>> data = load("parcel-prices").to_dict()
        >>> promise = {"guarantee": "one-price", "ignores": "zone", "because": "We deliver everywhere."}
        >>> finding = check(load(data | {"guarantees": [promise]})).errors[0]
        >>> [(side.answers[0][1], side.verdict) for side in finding.pair]
        [('Within the country', 'euros-2'), ('To a neighbouring country', 'euros-6')]
    """

    example: FrozenDict[str, Value]
    verdict: str | None
    title: str
    rules: tuple[str, ...]
    reasons: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]
    derived: tuple[tuple[str, str], ...] = ()
    step: str = ""
    decides: str = "the verdict"

    def to_dict(self) -> dict[str, Any]:
        """Return the situation as JSON data."""
        example = nested({name: value_data(value) for name, value in self.example.items()})
        found = {"example": example, **({"step": self.step} if self.step else {})}
        return found | data_of(self, "verdict", "title", "rules") | {"because": list(self.reasons)}


@frozen_value
class Mend:
    """A correction that is proved to settle a finding and to break nothing else.

    Attributes:
        words: What to do, as one sentence.
        text: Text to paste, if it is too long for the sentence. Words in capitals are for the author to fill in.
        edit: The edit of the policy's file; None if the policy was not read from text.
        settles: How many findings of the kind it settles.

    Example:
        >>> from engine import check, load
        >>> mend = check(load("other-interviews-as-written")).findings[0].mends[0]
        >>> mend.words
        'let `accepted` override `short-of-hopes`: add `overrides: {short-of-hopes: WHY}` to it (line 90)'
    """

    words: str
    text: str = ""
    edit: TextEdit | None = None
    settles: int = 1

    @property
    def is_whole(self) -> bool:
        """Whether the edit settles the finding as it is, without a verdict or outcome that the author has to choose."""
        return self.edit is not None and not any(word in self.edit.text for word in ("VERDICT", "OUTCOME"))

    def __str__(self) -> str:
        return f"{self.words}:\n{self.text}" if self.text else self.words


@frozen_value
class Finding:
    """A result of a proof: an error, which makes the policy unsound, a warning or a note.

    Attributes:
        code: Stable identifier, such as `gap`; `rules/PROBLEMS.md` explains each.
        message: One sentence that says what was found.
        rules: The rules concerned.
        places: Positions in the source, the main one first.
        help: How to correct it; empty if there is nothing to suggest.
        situations: Number of situations that show it; None if not counted.
        example: A complete record that shows it, checked against the definition of the language; None if there is none.
        answers: The answers of the example that suffice to show it, as pairs of question and answer.
        numbers: The derived numbers of the example, as pairs of meaning and value.
        facts: Whether the facts that the rules use hold in the example, as pairs of meaning and `yes` or `no`.
        reasons: The reasons of the rules, where rules disagree.
        mends: Corrections that are proved to settle it.
        regions: All situations that show it, if `check` was asked for them.
        pair: The two situations that break a guarantee about two. Then `example` is the first of them, `answers`,
            `numbers` and `facts` are what they have in common, and `situations` counts the pairs.
        differs: Names of the fields that the two situations answer differently.

    Example:
        >>> from engine import check, load
        >>> gap = check(load("other-interviews-as-written")).errors[-1]
        >>> gap.code, gap.message, gap.example["offer"]
        ('gap', '1,264 of 48,384 situations get no verdict', 'made')
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
    facts: tuple[tuple[str, str], ...] = ()
    reasons: tuple[str, ...] = ()
    mends: tuple[Mend, ...] = ()
    regions: Regions | None = None
    pair: tuple[PairSide, ...] = ()
    differs: tuple[str, ...] = ()

    @property
    def severity(self) -> Severity:
        """`error`, `warning` or `note`; it depends on the code alone."""
        return SEVERITIES[self.code]

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as JSON data."""
        example = None if self.example is None else {name: value_data(value) for name, value in self.example.items()}
        return (
            {
                **data_of(self, "code", "severity", "rules", "situations"),
                "example": None if example is None else nested(example),
                "numbers": dict(self.numbers),
                "facts": dict(self.facts),
                **data_of(self, "message", "places"),
                "help": self.help or None,
                "mends": [str(mend) for mend in self.mends],
                "edits": [None if mend.edit is None else mend.edit.to_dict() for mend in self.mends],
            }
            | ({} if self.regions is None else data_of(self, "regions"))
            | self._pair_data()
        )

    def _pair_data(self) -> dict[str, Any]:
        """The two situations of a pair as JSON data; nothing where one situation shows the finding."""
        return data_of(self, "pair", "differs") if self.pair else {}

    def problem(self) -> Problem:
        """Return the finding as a problem, as `UnsoundError` reports it."""
        return Problem(self.code, self.message, self.places, self.help, self.severity)

    def __str__(self) -> str:
        from engine.analysis.describing.example_numbers import example_lines, marked

        where = f"{self.places[0]}  " if self.places else ""
        lines = [f"{where}{self.severity}  {self.code}" + (f"  {', '.join(self.rules)}" if self.rules else "")]
        lines.append(f"  {self.message}")
        lines += [f"  and at        {place}" for place in self.places[1:]]
        reasons = zip(self.rules, self.reasons, strict=False)
        lines += marked("they say", (f"{rule}: {reason}" for rule, reason in reasons))
        if self.pair:
            lines += self._pair_lines()
        elif self.example is not None:
            derived = (*self.numbers, *self.facts)
            lines += marked("for example", example_lines(self.answers, derived, self.example))
        if self.regions is not None:
            lines += marked("everywhere", self.regions.lines())
        if self.help:
            lines.append(f"  help          {self.help}")
        for index, mend in enumerate(self.mends):
            first, *rest = str(mend).splitlines()
            lines += marked("        or" if index else "proved mend", [first, *(f"    {line}" for line in rest)])
        return "\n".join(lines)

    def _pair_lines(self) -> Iterator[str]:
        """The two situations side by side, then what they have in common."""
        from engine.analysis.describing.example_numbers import columns, marked, with_numbers

        rows: list[tuple[str, ...]] = [("", "one situation", "the other situation")]
        one, other = (with_numbers(side.answers, side.derived) for side in self.pair)
        rows += [(asked, answer, instead) for (asked, answer), (_, instead) in zip(one, other, strict=True)]
        rows.append((f"({self.pair[0].decides})", *(side.title for side in self.pair)))
        rows.append(("(by the rules)", *(", ".join(side.rules) for side in self.pair)))
        yield from marked("for example", columns(rows))
        shared = columns(with_numbers(self.answers, (*self.numbers, *self.facts)))
        if len(self.answers) + len(self.differs) < len(self.pair[0].example):
            shared.append("(the other answers make no difference)")
        yield from marked("in both" if self.answers else "", shared)


def in_mending_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings with the errors first, as they are best mended, and the others in file order.

    Errors are in order of kind; of one kind those come first whose mend settles most others.
    """
    return tuple(sorted(findings, key=_rank))


def _rank(finding: Finding) -> tuple[bool, int, int, tuple[Place, ...], str]:
    if finding.severity != ERROR:
        return True, 0, 0, finding.places, finding.code
    settled = max((mend.settles for mend in finding.mends), default=0)
    # Where an output of a step has no value, rules that compare it may leave a gap.
    is_of_step = finding.code == "no-output" and any("/" in rule for rule in finding.rules)
    kind = -1 if is_of_step else list(SEVERITIES).index(finding.code)
    return False, kind, -settled, finding.places, finding.code

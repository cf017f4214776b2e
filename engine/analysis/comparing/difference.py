"""The semantic difference of two policies as a value: which situations change, from which outcome to which, and why."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import field as declared
from typing import Any, Final, Literal, TypeAlias

from engine.analysis.describing.example_numbers import example_lines, marked
from engine.analysis.describing.regions import Regions
from engine.frozen import FrozenDict, data_of, frozen_value
from engine.language.model.field_kinds import Value
from engine.language.model.values.computed_outputs import written_output
from engine.language.model.values.value_texts import value_data
from engine.language.model.words import number_words, share_words
from engine.language.situations.situation_records import nested
from engine.meaning.outcomes import CONFLICT, GAP, IMPOSSIBLE
from engine.problems import Place

VERDICT: Final = "verdict"
SideKind: TypeAlias = Literal["verdict", "gap", "conflict", "impossible"]
# Outputs as pairs of name and value, in words.
Outputs: TypeAlias = tuple[tuple[str, str], ...]
# Default limits of the text.
MOST_CHANGES, MOST_REGIONS = 10, 10
_NO_VERDICT = {GAP: "no verdict: a gap", CONFLICT: "no verdict: a conflict", IMPOSSIBLE: "not possible"}
ADDED: Final = "added"
REMOVED: Final = "removed"
CHOICES: Final = "choices"
RANGE: Final = "range"
UNSURE: Final = "unsure"
ASKED: Final = "asked"


@frozen_value
class Side:
    """One side of a change: the outcome under one of the two versions.

    Attributes:
        kind: `verdict`, `gap`, `conflict` or `impossible`.
        verdict: Name of the verdict; None for other outcomes.
        title: The verdict as a person reads it.
        rules: The rules that decide, or disagree, in the example of the change.
        reasons: Their reasons; or why the example is impossible.
        places: Positions of the rules.
        output: The outputs, if rules of one of the versions have outputs; JSON data.
        outputs: The outputs that change while the verdict stays, as pairs of name and value in words.

    Example:
        >>> from engine import diff, load
        >>> change = diff(load("other-interviews-as-written"), load("other-interviews")).changes[0]
        >>> change.before.kind, change.before.name, change.after.name
        ('verdict', 'keep', 'buy_time')
    """

    kind: SideKind
    verdict: str | None = None
    title: str | None = None
    rules: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    output: Any = declared(default=None, hash=False)
    outputs: Outputs = ()

    @property
    def name(self) -> str:
        """The name of the verdict with the outputs that change, or the outcome in parentheses."""
        return f"{self.verdict or f'({self.kind})'}{self._outputs()}"

    def _outputs(self) -> str:
        """Write the outputs that change, in parentheses; empty if there are none."""
        return f" ({', '.join(f'{name}: {text}' for name, text in self.outputs)})" if self.outputs else ""

    def __str__(self) -> str:
        return f"{self.title or _NO_VERDICT[self.kind]}{self._outputs()}"

    def says(self) -> list[str]:
        """Return the reasons as lines, each with its rule."""
        if not self.rules:
            return list(self.reasons)
        return [f"{rule}: {reason}" for rule, reason in zip(self.rules, self.reasons, strict=True)]


@frozen_value
class Change:
    """All situations that change from one outcome to another.

    Attributes:
        before: The outcome under the old version.
        after: The outcome under the new version.
        situations: Number of situations; None if not counted.
        example: A complete record over the fields of both versions; None if the step limit was reached.
        shows: The fields of the example that suffice to show the change.
        answers: The answers to `shows`, as pairs of question and answer.
        numbers: The derived numbers that those answers determine, as pairs of meaning and value; if the versions differ
            in one, it is there twice, as `its meaning, old` and `its meaning, new`.
        regions: The situations as regions; None if the step limit was reached.
        otherwise: Names of outputs that give one number which the two versions work out in different ways.

    Example:
        >>> from engine import diff, load
        >>> difference = diff(load("other-interviews-as-written"), load("other-interviews"))
        >>> difference.changes[0].headline(difference.total)
        'keep -> buy_time   8,848 of 48,384 situations (18.3 %)'
    """

    before: Side
    after: Side
    situations: int | None
    example: FrozenDict[str, Value] | None
    shows: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]
    numbers: tuple[tuple[str, str], ...]
    regions: Regions | None
    otherwise: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the change as JSON data."""
        found: dict[str, Any] = {"before": self.before.verdict, "after": self.after.verdict}
        for word, side in (("before", self.before), ("after", self.after)):
            found |= {f"{word}_kind": side.kind, f"{word}_title": side.title, f"{word}_rules": list(side.rules)}
            found[f"{word}_because"] = list(side.reasons)
            found |= {} if side.output is None else {f"{word}_output": written_output(side.output)}
        found |= {"worked_out_otherwise": list(self.otherwise)} if self.otherwise else {}
        return found | {
            "situations": self.situations,
            "example": None if self.example is None else _record(self.example),
            "shows": list(self.shows),
            "numbers": dict(self.numbers),
            "regions": None if self.regions is None else [region.to_dict() for region in self.regions.shown],
            "regions_total": None if self.regions is None else self.regions.total,
            "short_regions": None if self.regions is None else [region.to_dict() for region in self.regions.short],
        }

    def headline(self, total: int | None) -> str:
        """Describe the change in one line.

        Args:
            total: Number of all situations, for the percentage; None to leave it out.

        Returns:
            The two outcomes and the number of situations.
        """
        return f"{self.before.name} -> {self.after.name}   {many_words(self.situations, total)}"

    def lines(self, total: int | None, *, disjoint: bool = False, regions: int = MOST_REGIONS) -> Iterator[str]:
        """Write the change as text.

        Args:
            total: Number of all situations, for the percentage; None to leave it out.
            disjoint: Write disjoint regions instead of short ones that may overlap.
            regions: Largest number of regions to write.

        Returns:
            Lines of text.
        """
        yield self.headline(total)
        yield from marked("old", [str(self.before)])
        yield from marked("new", [str(self.after)])
        yield from marked("for example", self._example_lines())
        yield from marked("old says", self.before.says())
        yield from marked("new says", self.after.says())
        yield from marked("everywhere", self._region_lines(disjoint, regions))

    def _region_lines(self, disjoint: bool, most: int) -> list[str]:
        if self.regions is None:
            return ["not computed within the step limit"]
        return self.regions.lines(most) if disjoint else self.regions.short_lines(most)

    def _example_lines(self) -> list[str]:
        if self.example is None:
            return ["not computed within the step limit"]
        return example_lines(self.answers, self.numbers, self.example)


@frozen_value
class FieldChange:
    """A difference between the fields of two versions.

    Attributes:
        field: Name of the field.
        what: `added`, `removed`, `choices`, `range`, `asked` if `applies_when` changed, or `unsure` if only
            `if_unsure` changed, which changes no situation.
        before: The old state as text; None if there is none.
        after: The new state as text; None if there is none.

    Example:
        >>> from engine import diff, load
        >>> data = load("parcel-prices").to_dict()
        >>> data["situation"]["weight"]["to"] = 50
        >>> print(diff(load("parcel-prices"), load(data)).fields[0])
        `weight` was a number from 0.1 to 60 in steps of 0.1, and is a number from 0.1 to 50 in steps of 0.1
    """

    field: str
    what: Literal["added", "removed", "choices", "range", "asked", "unsure"]
    before: str | None
    after: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as JSON data."""
        return {"field": self.field, "change": self.what, "before": self.before, "after": self.after}

    def __str__(self) -> str:
        name = f"`{self.field}`"
        if self.what == ADDED:
            return f"only the new version asks for {name}: {self.after}"
        if self.what == REMOVED:
            return f"only the old version asks for {name}: {self.before}"
        if self.what == CHOICES:
            lost = f" loses {self.before}" if self.before else ""
            gained = f" gains {self.after}" if self.after else ""
            return f"{name}{' and'.join(each for each in (lost, gained) if each)}"
        if self.what == RANGE:
            return f"{name} was {self.before}, and is {self.after}"
        if self.what == ASKED:
            when, then = (f"only where “{each}”" if each else "always" for each in (self.before, self.after))
            return f"{name} was asked {when}, and is asked {then}"
        was, now = (f"read as `{each}`" if each else "refused" for each in (self.before, self.after))
        return f"`unsure` as the answer to {name} was {was}, and is {now}"


@frozen_value
class Restated:
    """A verdict of both versions whose contents differ.

    Attributes:
        verdict: Name of the verdict.
        parts: What differs: `title`, `must`, `advice`, `output`.

    Example:
        >>> from engine import diff, load
        >>> print(diff(load("other-interviews-as-written"), load("other-interviews")).verdicts[0])
        the verdict `cancel` changes its advice
    """

    verdict: str
    parts: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as JSON data."""
        return data_of(self, "verdict", "parts")

    def __str__(self) -> str:
        return f"the verdict `{self.verdict}` changes its {', '.join(self.parts)}"


@frozen_value
class Version:
    """The identity of a compared policy.

    Attributes:
        policy: Name of the policy.
        version: Version as written, if stated.
        sha256: Hash of what the policy says.

    Example:
        >>> from engine import diff, load
        >>> policy = load("parcel-prices")
        >>> old = diff(policy, policy).old
        >>> old.policy, old.version, old.sha256 == policy.sha256
        ('parcel-prices', '1', True)
    """

    policy: str
    version: str | None
    sha256: str

    def to_dict(self) -> dict[str, Any]:
        """Return the identity as JSON data."""
        return data_of(self, "policy", "version", "sha256")


@frozen_value
class Difference:
    """The semantic difference of two versions of a policy.

    Attributes:
        old: The old version.
        new: The new version.
        proved: Whether no other situation changes; False if the step limit was reached.
        steps: The step limit.
        situations: Number of situations that change; None if not counted.
        total: Number of situations that are possible under at least one version; None if not counted.
        changes: The changes, one for each pair of outcomes.
        fields: Differences between the fields.
        verdicts: Verdicts whose contents differ.
        days: The two days that are compared, of one policy; None if two versions are.

    Example:
        >>> from engine import diff, load
        >>> print(diff(load("other-interviews-as-written"), load("other-interviews")).summary())
        other-interviews-as-written -> other-interviews: 15,416 of 48,384 situations (31.9 %) change in 5 ways
    """

    old: Version
    new: Version
    proved: bool
    steps: int
    situations: int | None
    total: int | None
    changes: tuple[Change, ...]
    fields: tuple[FieldChange, ...] = ()
    verdicts: tuple[Restated, ...] = ()
    days: tuple[datetime.date, datetime.date] | None = None

    @property
    def same(self) -> bool:
        """Whether every situation has the same outcome under both versions, which is proved."""
        return self.proved and not self.changes

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as JSON data."""
        names = ("old", "new", "same", "proved", "situations", "total", "changes", "fields", "verdicts")
        days = {} if self.days is None else {"days": [day.isoformat() for day in self.days]}
        return data_of(self, *names) | days

    def __str__(self) -> str:
        return self.text()

    def text(self, *, disjoint: bool = False, changes: int = MOST_CHANGES, regions: int = MOST_REGIONS) -> str:
        """Write the difference as text: a summary, an overview, and details of the changes.

        Args:
            disjoint: Write disjoint regions instead of short ones that may overlap.
            changes: Largest number of changes to write in detail.
            regions: Largest number of regions to write for each.

        Returns:
            The text, of several lines.
        """
        blocks = ["\n".join([self.summary(), *self._overview()])]
        shown = self.changes[:changes]
        blocks += ["\n".join(change.lines(self.total, disjoint=disjoint, regions=regions)) for change in shown]
        if len(shown) < len(self.changes):
            blocks.append(f"{len(self.changes) - len(shown):,} more ways are not shown in detail; `--all` shows them")
        if self.notes():
            blocks.append("\n".join(self.notes()))
        return "\n\n".join(blocks)

    def _overview(self) -> Iterator[str]:
        """Iterate over one line per change, if there are several."""
        if len(self.changes) > 1:
            names = [f"{change.before.name} -> {change.after.name}" for change in self.changes]
            counts = [number_words(change.situations) for change in self.changes]
            widths = max(map(len, names)), max(map(len, counts))
            for name, count in zip(names, counts, strict=True):
                yield f"  {name:<{widths[0]}}  {count:>{widths[1]}}"

    def notes(self) -> list[str]:
        """Return the differences that no situation shows, a line each."""
        return [f"note  {each}" for each in (*self.fields, *self.verdicts)]

    def summary(self) -> str:
        """Return one sentence: how many situations change, and whether that is proved."""
        names = dict.fromkeys((self.old.policy, self.new.policy))
        days = "" if self.days is None else f" between {self.days[0]} and {self.days[1]}"
        return f"{' -> '.join(names)}{days}: {self._verdict()}"

    def _verdict(self) -> str:
        """Say how many situations change, or what is not proved."""
        within = f"could not determine within {self.steps:,} step{'s' if self.steps > 1 else ''}"
        if not self.proved and not self.changes:
            return f"not-proved, {within} whether any situation changes"
        if not self.proved:
            return f"not-proved, these situations change; {within} whether others do"
        if self.total == 0:
            return f"no situation is possible {'under either version' if self.days is None else 'on either day'}"
        if not self.changes:
            each = "every possible situation" if self.total is None else f"each of {self.total:,} situations"
            return f"the same outcome in {each}"
        ways = f" in {len(self.changes)} ways" if len(self.changes) > 1 else ""
        return f"{many_words(self.situations, self.total)} change{'s' if self.total == 1 else ''}{ways}"


def many_words(count: int | None, total: int | None) -> str:
    """Say how many of all situations, with the percentage if both numbers are known."""
    if count is None or total is None:
        return f"{number_words(count)} situation{'s' if count != 1 else ''}"
    return f"{count:,} of {total:,} situation{'s' if total != 1 else ''} ({share_words(count, total)})"


def _record(example: FrozenDict[str, Value]) -> dict[str, Any]:
    """Return an example as a nested record; flat if one field name is a prefix of another (`a` and `a.b`)."""
    flat = {name: value_data(value) for name, value in example.items()}
    clash = any(name.startswith(f"{other}.") for name in flat for other in flat)
    return flat if clash else nested(flat)

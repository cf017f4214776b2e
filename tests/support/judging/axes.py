"""What can a condition tell apart, and in which words?

An axis is a field, a derived number, a comparison or a fact, cut into cells that a test can tell apart. It
can be split in two and either part written down in one of several equivalent ways, so that conditions and
their exact complements can be drawn without working out what they mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from tests.support.drawing.fields import Hand, Window, window
from tests.support.judging.joined import Entries, join
from tests.support.judging.spaces import NONE, Spec, absences, kind, listed

Cells = Sequence[int]

_NUMERIC = ("at_least", "more_than", "at_most", "less_than")
_DATES = ("on_or_after", "after", "on_or_before", "before")
_OPPOSITE = {
    "less_than": "more_than",
    "at_most": "at_least",
    "more_than": "less_than",
    "at_least": "at_most",
    "before": "after",
    "on_or_before": "on_or_after",
    "after": "before",
    "on_or_after": "on_or_before",
}
_COMPLEMENT = {
    "less_than": "at_least",
    "at_most": "more_than",
    "more_than": "at_most",
    "at_least": "less_than",
    "before": "on_or_after",
    "on_or_before": "after",
    "after": "on_or_before",
    "on_or_after": "before",
}


class Axis(Protocol):
    """Something a tree can branch on: its cells, how to part them, and how to write some of them down."""

    @property
    def size(self) -> int:
        """How many cells there are."""

    def split(self, hand: Hand, cells: Cells) -> tuple[Cells, Cells]:
        """Two parts of some cells, neither empty."""

    def phrase(self, hand: Hand, cells: Cells) -> Entries:
        """A condition that holds on exactly these cells of all."""


@dataclass(frozen=True)
class LineAxis:
    """Numbers or dates. Cells are the values of a grid, or points and the stretches between them."""

    key: str
    here: Window
    dense: bool
    halves: bool = False

    @property
    def size(self) -> int:
        """Points and the stretches between them count alike."""
        return 2 * self.here.points - 1 if self.dense else self.here.points

    def split(self, hand: Hand, cells: Cells) -> tuple[Cells, Cells]:
        """Below and above a cut."""
        cut = hand.count(1, len(cells) - 1)
        return cells[:cut], cells[cut:]

    def phrase(self, hand: Hand, cells: Cells) -> Entries:
        """A value, a list, comparisons, or not the complement."""
        first, last = cells[0], cells[-1]
        values = self._values(first, last)
        if values and hand.chance(40):
            return {self.key: listing(hand, values)}
        if barred := self._barred(hand, first, last):
            return {self.key: barred}
        if first > 0 and last < self.size - 1:
            return {self.key: {**self._lower(hand, first), **self._upper(hand, last)}}
        if hand.chance(10):
            rest = self._upper(hand, first - 1) if first > 0 else self._lower(hand, last + 1)
            return {"not": {self.key: rest}}
        return {self.key: self._lower(hand, first) if first > 0 else self._upper(hand, last)}

    def _barred(self, hand: Hand, first: int, last: int) -> Entries:
        """All values but the few outside these cells, or but those on one side of them; sometimes empty."""
        below = self._values(0, first - 1) if first > 0 else []
        above = self._values(last + 1, self.size - 1) if last < self.size - 1 else []
        if not (below or above) or hand.chance(60):
            return {}
        lower = {} if first == 0 or below else self._lower(hand, first)
        upper = {} if last == self.size - 1 or above else self._upper(hand, last)
        return {**lower, "none_of": [*below, *above], **upper}

    def _values(self, first: int, last: int) -> list[Any]:
        """The values of the cells, where they are few and each cell is one value."""
        is_open = (self.here.open_low and first == 0) or (self.here.open_high and last == self.size - 1)
        if is_open or last - first > 2 or (self.dense and (first != last or first % 2)):
            return []
        return [self.here.at(cell // 2 if self.dense else cell) for cell in range(first, last + 1)]

    @property
    def _words(self) -> tuple[str, str, str, str]:
        return _DATES if isinstance(self.here.origin, date) else _NUMERIC

    def _lower(self, hand: Hand, cell: int) -> Entries:
        """This cell and all above."""
        included, beyond, _, _ = self._words
        if self.dense:
            return {beyond if cell % 2 else included: self.here.at(cell // 2)}
        if self.halves and hand.chance(15):
            return {hand.pick((included, beyond)): self.here.at(cell - Decimal("0.5"))}
        return {beyond: self.here.at(cell - 1)} if hand.chance(40) else {included: self.here.at(cell)}

    def _upper(self, hand: Hand, cell: int) -> Entries:
        """This cell and all below."""
        _, _, included, beyond = self._words
        if self.dense:
            return {beyond if cell % 2 else included: self.here.at((cell + 1) // 2)}
        if self.halves and hand.chance(15):
            return {hand.pick((included, beyond)): self.here.at(cell + Decimal("0.5"))}
        return {beyond: self.here.at(cell + 1)} if hand.chance(40) else {included: self.here.at(cell)}


@dataclass(frozen=True)
class NamesAxis:
    """Choices, or known texts with one more cell for every other text."""

    key: str
    names: tuple[str, ...]
    ordered: bool = False
    other: bool = False

    @property
    def size(self) -> int:
        """The names and, for a text, anything else."""
        return len(self.names) + self.other

    def split(self, hand: Hand, cells: Cells) -> tuple[Cells, Cells]:
        """Below and above for ordered choices, else any two parts."""
        if self.ordered:
            cut = hand.count(1, len(cells) - 1)
            return cells[:cut], cells[cut:]
        some = hand.some(cells, hand.count(1, len(cells) - 1))
        return some, [cell for cell in cells if cell not in some]

    def phrase(self, hand: Hand, cells: Cells) -> Entries:
        """A name, a list, comparisons, or not the complement."""
        rest = [name for cell, name in enumerate(self.names) if cell not in cells]
        # No list of known texts names the cell of all other texts, only its complement does.
        if len(self.names) in cells if self.other else hand.chance(10):
            if hand.chance(50):
                return {self.key: {"none_of": rest}}
            return {"not": {self.key: rest[0] if len(rest) == 1 else rest}}
        first, last = cells[0], cells[-1]
        if self.ordered and hand.chance(70):
            words: Entries = {}
            if first > 0:
                words |= hand.pick(({"at_least": self.names[first]}, {"more_than": self.names[first - 1]}))
            if last < self.size - 1:
                words |= hand.pick(({"at_most": self.names[last]}, {"less_than": self.names[last + 1]}))
            return {self.key: words}
        return {self.key: listing(hand, [self.names[cell] for cell in cells])}


@dataclass(frozen=True)
class PairAxis:
    """Anything that holds or does not, with every way known to say so; the plainest way first."""

    holds: tuple[Entries, ...]
    fails: tuple[Entries, ...]

    @property
    def size(self) -> int:
        """It holds or it does not."""
        return 2

    def split(self, hand: Hand, cells: Cells) -> tuple[Cells, Cells]:
        """Holds, does not."""
        return cells[1:], cells[:1]

    def phrase(self, hand: Hand, cells: Cells) -> Entries:
        """One of the ways to say it."""
        return hand.pick(self.holds if cells[0] else self.fails)


@dataclass(frozen=True)
class OptionalAxis:
    """An axis of something that may have no value, which is its last cell."""

    inner: Axis
    # Every way to say that there is no value, and that there is one; the plainest way first.
    none: tuple[Entries, ...]
    known: tuple[Entries, ...]
    # The field whose lists of answers may name `none` too.
    key: str = ""

    @property
    def size(self) -> int:
        """The cells with values, and the one without."""
        return self.inner.size + 1

    def split(self, hand: Hand, cells: Cells) -> tuple[Cells, Cells]:
        """As the inner axis is split, with the cell that has no value on either side; or that cell apart."""
        valued = [cell for cell in cells if cell < self.inner.size]
        if len(valued) == len(cells):
            return self.inner.split(hand, valued)
        if len(valued) == 1 or hand.chance(40):
            return valued, [self.inner.size]
        one, other = self.inner.split(hand, valued)
        return ([*one, self.inner.size], other) if hand.chance(50) else (one, [*other, self.inner.size])

    def phrase(self, hand: Hand, cells: Cells) -> Entries:
        """What holds on the cells with values, and not without one unless that is one of the cells."""
        valued = [cell for cell in cells if cell < self.inner.size]
        if not valued:
            return hand.pick(self.none)
        if len(valued) == self.inner.size:
            return hand.pick(self.known)
        said = self.inner.phrase(hand, valued)
        if len(valued) == len(cells):
            return join([said, hand.pick(self.known)]) if _is_negated(said) else said
        wanted = said.get(self.key)
        if self.key and wanted is not None and not isinstance(wanted, Mapping):
            return {self.key: [*listed(wanted), NONE]}
        return {"any": [said, hand.pick(self.none)]}


def _is_negated(said: Entries) -> bool:
    """Whether a condition may hold without a value."""
    return any(key == "not" or (key in ("all", "any") and any(map(_is_negated, parts))) for key, parts in said.items())


def optional_axis(inner: Axis, name: str, fields: Mapping[str, Spec], behind: Iterable[str]) -> Axis:
    """An axis of a field, a number or a comparison (whose name is empty), with a cell for no value if it may have none.

    `behind` are the fields that it is made of.
    """
    lacking = [field for field in behind if absences(fields[field])]
    if not lacking:
        return inner
    if any("applies_when" in fields[field] for field in lacking):
        whole = {field: {"known": True} for field in lacking} if not name else {name: {"known": True}}
        absent = [{field: {"known": False}} for field in lacking] if not name else [{name: {"known": False}}]
        return OptionalAxis(inner, ({"any": absent}, {"not": whole}), (whole,))
    if name in fields:
        none: tuple[Entries, ...] = ({name: NONE}, {name: {"known": False}}, {"not": {name: {"known": True}}})
        return OptionalAxis(inner, none, ({name: {"known": True}}, {"not": {name: NONE}}), name)
    if name:
        return OptionalAxis(
            inner, ({name: {"known": False}}, {"not": {name: {"known": True}}}), ({name: {"known": True}},)
        )
    unsaid = tuple({field: NONE} for field in lacking)
    known = {field: {"known": True} for field in lacking}
    return OptionalAxis(inner, ({"any": list(unsaid)}, {"not": known}), (known,))


def listing(hand: Hand, values: list[Any]) -> Any:
    """One of these values: the value itself, a list, or the word for it."""
    if hand.chance(25):
        return {"one_of": values}
    return values[0] if len(values) == 1 else values


def field_axes(fields: Mapping[str, Spec]) -> list[Axis]:
    """What a tree can branch on in the fields alone, comparisons between two of them included."""
    found: list[Axis] = []
    for key, spec in fields.items():
        axes: list[Axis] = []
        match kind(spec):
            case "yes_no":
                axes.append(_flag(key))
            case "choice":
                axes.append(NamesAxis(key, tuple(spec["choices"]), ordered=spec.get("ordered", False)))
            case "text":
                axes.append(NamesAxis(key, tuple(spec["known"]), other=True))
            case "any_of":
                axes.extend(_options(key, list(spec["choices"])))
            case _:
                is_dense = kind(spec) == "number" and "step" not in spec
                axes.append(LineAxis(key, window(spec), is_dense, halves="step" in spec))
        found += [optional_axis(axis, key, fields, [key]) for axis in axes]
    return found


def _flag(key: str) -> PairAxis:
    """A yes/no field or a fact."""
    return PairAxis(({key: True}, {"not": {key: False}}), ({key: False}, {"not": {key: True}}))


def _options(key: str, options: list[str]) -> list[PairAxis]:
    """One branching for each option of a list, and one for having nothing outside some of them."""
    axes = [
        PairAxis(
            ({key: {"includes": option}}, {"not": {key: {"excludes": [option]}}}, {key: {"includes_any": option}}),
            ({key: {"excludes": option}}, {"not": {key: {"includes": option}}}),
        )
        for option in options
    ]
    inside, outside = options[: len(options) // 2], options[len(options) // 2 :]
    any_outside = [{key: {"includes": option}} for option in outside]
    only = PairAxis(
        ({key: {"only": inside}}, {key: {"excludes": outside}}),
        ({"any": any_outside}, {"not": {key: {"only": inside}}}, {key: {"includes_any": outside}}),
    )
    return [*axes, only]


def compared_axes(hand: Hand, fields: Mapping[str, Spec]) -> list[Axis]:
    """Comparisons of one field with another: two dates, or two numbers of the same unit."""
    pairs = [
        (one, other)
        for one in fields
        for other in fields
        if one < other and may_be_compared(fields[one], fields[other])
    ]
    return [optional_axis(_compared(hand, *pair, fields), "", fields, pair) for pair in pairs if hand.chance(60)]


def may_be_compared(one: Spec, other: Spec) -> bool:
    """Whether two fields may be compared with each other."""
    if kind(one) == kind(other) == "date":
        return True
    return is_summable(one) and is_summable(other) and one.get("unit") == other.get("unit") is not None


def is_summable(spec: Spec) -> bool:
    """Whether a derived number may add up the field without conditions on the other ones."""
    return kind(spec) == "integer" or (kind(spec) == "number" and "step" in spec)


def _compared(hand: Hand, one: str, other: str, fields: Mapping[str, Spec]) -> PairAxis:
    """One way to compare two fields, and every way to say it."""
    words = _DATES if kind(fields[one]) == "date" else _NUMERIC
    word = hand.pick(words)

    def ways(said: str) -> tuple[Entries, ...]:
        turned = {other: {_OPPOSITE[said]: {"field": one}}}
        return {one: {said: {"field": other}}}, turned, {"not": {one: {_COMPLEMENT[said]: {"field": other}}}}

    return PairAxis(ways(word), ways(_COMPLEMENT[word]))


def draw_half(hand: Hand, axes: Sequence[Axis]) -> tuple[Entries, Entries]:
    """A simple condition and its complement."""
    axis = hand.pick(axes)
    one, rest = axis.split(hand, range(axis.size))
    return axis.phrase(hand, one), axis.phrase(hand, rest)


def draw_nested(hand: Hand, axes: Sequence[Axis]) -> tuple[Entries, Entries]:
    """A few simple conditions joined by `any` or by `all`, and the complement of that."""
    halves = [draw_half(hand, axes) for _ in range(hand.count(2, 3))]
    some: Entries = {"any": [half for half, _ in halves]}
    none: Entries = {"all": [rest for _, rest in halves]}
    if hand.chance(50):
        none = join(rest for _, rest in halves)
    return (some, none) if hand.chance(50) else (none, some)


def nested_axis(hand: Hand, axes: Sequence[Axis]) -> PairAxis:
    """Nested conditions to branch on."""
    one, rest = draw_nested(hand, axes)
    return PairAxis((one, {"not": rest}), (rest, {"not": one}))


def draw_facts(hand: Hand, axes: Sequence[Axis], names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Named conditions, later ones often about earlier ones."""
    facts: dict[str, dict[str, Any]] = {}
    for name in names:
        when, _ = draw_nested(hand, axes) if hand.chance(40) else draw_half(hand, axes)
        if facts and hand.chance(60):
            earlier, _ = draw_half(hand, [fact_axis(fact) for fact in facts])
            when = join([earlier, when]) if hand.chance(50) else {"any": [earlier, when]}
        facts[name] = {"means": "what is known by this name", "when": when}
    return facts


def fact_axis(name: str) -> PairAxis:
    """A fact to branch on."""
    return _flag(name)

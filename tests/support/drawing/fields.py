"""Which questions might a policy ask, and what might a person answer?

Draws the fields of generated policies and the records that answer them. Every draw is one small whole number,
so that shrinking leads to fewer fields, plainer types and shorter ranges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from math import floor, gcd
from typing import Any, TypeVar

from hypothesis import strategies as st

from tests.support.judging.spaces import (
    LINES,
    NONE,
    Spec,
    absences,
    bounds,
    conditions,
    is_none,
    kind,
    length,
    single_tests,
    unknown_text,
    values_of,
)

T = TypeVar("T")
Draw = Callable[[st.SearchStrategy[Any]], Any]

# Plain types first: shrinking goes towards the front.
TYPES = ("yes_no", "choice", "integer", "ordered", "date", "number", "any_of", "text", "free")

# No name is the first part of a dotted one, and none is taken by a fact or derived number.
_NAMES = {
    "yes_no": ("fragile", "signed", "client.member", "paid"),
    "choice": ("parcel", "vehicle", "client.kind", "season"),
    "ordered": ("urgency", "risk", "client.tier", "size_class"),
    "integer": ("floors", "people", "order.items", "rooms2"),
    "number": ("weight", "price", "order.total", "side_length"),
    "free": ("temperature", "distance", "site.height"),
    "date": ("pickup", "due", "order.placed", "opening"),
    "any_of": ("extras", "order.options", "tools"),
    "text": ("country", "client.city", "language"),
}
_WORDS = {
    "choice": ("letter", "box", "pallet", "crate", "roll"),
    "ordered": ("low", "medium", "high", "very-high", "extreme"),
    "any_of": ("insured", "tracked", "gift-wrap", "express"),
    "text": ("Lyon", "Oslo", "New York", "Graz"),
}
_UNITS = ("kg", "pieces")
_STEPS = (Decimal(1), Decimal("0.5"), Decimal("0.1"), Decimal("0.25"), Decimal(2))
_DAYS = (date(2024, 2, 26), date(2025, 12, 29), date(2026, 1, 1))
_WIDTHS = (1, 2, 4, 6, 9, 12)
_WIDE = (20, 50, 366, 1000, 5000)
# So many steps from a constant.
_NEAR: tuple[int | Decimal, ...] = (0, 1, -1, Decimal("0.375"))
_DENSE_PARTS = 8
_ENDLESS_WINDOW = 12


@cache
def _whole(low: int, high: int) -> st.SearchStrategy[int]:
    # Hypothesis likes to repeat a draw in another place that draws alike. These places are alike only if their
    # range is the same; all integers() would be alike, and most repeats would make the same policy again.
    return st.sampled_from(range(low, high + 1))


class Hand:
    """Small draws, each shrinking to its first or plainest option."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw

    def count(self, low: int, high: int) -> int:
        """A whole number between the two, both included."""
        return low if low == high else self._draw(_whole(low, high))

    def chance(self, percent: int) -> bool:
        """Yes in so many of a hundred draws; shrinks to no."""
        # The fewest numbers that will do: two draws that differ should seldom mean the same.
        few = gcd(percent, 100)
        return self.count(1, 100 // few) > (100 - percent) // few

    def pick(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[self.count(0, len(options) - 1)]

    def some(self, options: Iterable[T], many: int) -> list[T]:
        """So many different options, in their own order."""
        left = list(enumerate(options))
        taken = [left.pop(self.count(0, len(left) - 1)) for _ in range(many)]
        return [option for _, option in sorted(taken, key=lambda pair: pair[0])]


def tidy(value: Decimal) -> int | Decimal:
    """A number as an author writes it: whole ones without a point."""
    return int(value) if value == value.to_integral_value() else value.normalize()


@dataclass(frozen=True)
class Window:
    """The stretch of a line from which constants are drawn: evenly spaced points, all of them values."""

    origin: Any
    step: Decimal
    points: int
    open_low: bool = False
    open_high: bool = False

    def at(self, place: int | Decimal) -> Any:
        """The value so many steps from the first point; dates take whole steps."""
        if isinstance(self.origin, date):
            return self.origin + timedelta(days=int(place))
        return tidy(Decimal(self.origin) + place * self.step)

    def place(self, value: Any) -> int:
        """How many whole steps a value is above the first point."""
        if isinstance(self.origin, date):
            return int((value - self.origin).days)
        return floor((Decimal(value) - Decimal(self.origin)) / self.step)


def window(spec: Spec) -> Window:
    """The whole range of a bounded line, or a short stretch at the end or middle of an endless one."""
    low, high = spec.get("from"), spec.get("to")
    step = Decimal(spec.get("step", 1))
    is_dense = kind(spec) == "number" and "step" not in spec
    if low is not None and high is not None:
        if is_dense:
            return Window(low, (Decimal(high) - Decimal(low)) / _DENSE_PARTS, _DENSE_PARTS + 1)
        return Window(low, step, length(spec) - absences(spec))
    steps = _ENDLESS_WINDOW * step
    if low is None:
        is_date = kind(spec) == "date"
        back: Any = timedelta(_ENDLESS_WINDOW) if is_date else steps
        low = (high if high is not None else _DAYS[0] if is_date else Decimal(0)) - back
    # An end that is open on the other side still is a value, so the last point may stand for all beyond it.
    points = _ENDLESS_WINDOW + 1
    return Window(low, step, points, spec.get("from") is None, high is None)


def draw_fields(hand: Hand, countable: bool | None, room: int | None) -> dict[str, dict[str, Any]]:
    """One to six fields; `room` bounds how many situations they may make, open ends counted as short ones."""
    fields: dict[str, dict[str, Any]] = {}
    previous: tuple[str, dict[str, Any]] | None = None
    for _ in range(hand.count(1, 6)):
        must_be_endless = countable is False and not fields
        name_of = _draw_type(hand, previous[0] if previous else None, countable, must_be_endless)
        free_names = [name for name in _NAMES[name_of] if name not in fields]
        if not free_names or (room is not None and room < 2):
            continue
        spec = _draw_spec(hand, name_of, room)
        if name_of in ("integer", "number", "date") and countable is not True:
            _open_ends(hand, spec, must_be_endless)
        if previous and previous[0] == name_of and "unit" in previous[1]:
            spec["unit"] = previous[1]["unit"]
        if kind(spec) != "any_of" and _may_lack_value(spec, room) and hand.chance(15):
            spec["or_none"] = "There is none"
        _draw_extras(hand, spec, list(fields))
        if room is not None:
            room //= window(spec).points + ("or_none" in spec) if kind(spec) in LINES else length(spec)
        name = hand.pick(free_names)
        fields[name] = spec
        previous = name_of, spec
    return fields


def _draw_type(hand: Hand, previous: str | None, countable: bool | None, must_be_endless: bool) -> str:
    """A type, often a second one of a kind that can be compared with or added to its like."""
    if must_be_endless:
        return hand.pick(("integer", "date", "number", "free"))
    if previous in ("integer", "number", "date") and hand.chance(50):
        return previous
    return hand.pick(TYPES[:-1] if countable else TYPES)


def _draw_spec(hand: Hand, name_of: str, room: int | None) -> dict[str, Any]:
    """A field of a type, with its question and values."""
    spec: dict[str, Any] = {"ask": "What do we know?"}
    most = min(room or 5, 5)
    if name_of in ("choice", "ordered"):
        spec["choices"] = _titled(_WORDS[name_of][: hand.count(2, most)])
        if name_of == "ordered":
            spec["ordered"] = True
        return spec
    spec["type"] = "number" if name_of == "free" else name_of
    if name_of == "any_of":
        options = 4 if room is None else min(3, room.bit_length() - 1)
        spec["choices"] = _titled(_WORDS["any_of"][: hand.count(1, options)])
    elif name_of == "text":
        spec["known"] = list(_WORDS["text"][: hand.count(1, most - 1)])
    elif name_of != "yes_no":
        _draw_range(hand, spec, name_of, room)
    return spec


def _titled(names: Iterable[str]) -> dict[str, str]:
    """Choices with a text that a person reads."""
    return {name: f"It is {name.replace('-', ' ')}" for name in names}


def _draw_range(hand: Hand, spec: dict[str, Any], name_of: str, room: int | None) -> None:
    """Ends, and for a number the grid, of a numeric or date field."""
    width = hand.pick(_WIDTHS)
    width = hand.pick((width, *_WIDE)) if room is None else min(width, room - 1)
    if name_of == "date":
        spec["from"] = hand.pick(_DAYS)
        spec["to"] = spec["from"] + timedelta(days=width)
        return
    if hand.chance(60):
        spec["unit"] = hand.pick(_UNITS)
    step = hand.pick(_STEPS) if name_of == "number" else Decimal(1)
    start = step * hand.pick((0, 1, -3, 10))
    if name_of == "free":
        step = Decimal(width) / 4
        width = _DENSE_PARTS
    elif name_of == "number":
        spec["step"] = tidy(step)
        # A grid counted from its own start, so that constants of a neighbouring grid do not lie on it.
        start += step / 2 if hand.chance(20) else 0
    spec["from"], spec["to"] = tidy(start), tidy(start + step * width)


def _open_ends(hand: Hand, spec: dict[str, Any], must_be_endless: bool) -> None:
    """Leave one or both ends of a line open, sometimes."""
    ends = hand.pick(((), ("to",), ("from",), ("from", "to")))
    if must_be_endless and not ends:
        ends = ("to",)
    # Without a start the grid is counted from 0, and the other end has to lie on it.
    if "from" in ends and "step" in spec and Decimal(spec["from"]) % Decimal(spec["step"]):
        ends = ("from", "to")
    for end in ends:
        del spec[end]


def _may_lack_value(spec: Spec, room: int | None) -> bool:
    """Whether a field may have `none` as one more answer: a line needs an end, and the situations stay few."""
    if kind(spec) not in LINES:
        return room is None or length(spec) < room
    return bool({"from", "to"} & spec.keys()) and (room is None or window(spec).points < room)


def _draw_extras(hand: Hand, spec: dict[str, Any], earlier: Sequence[str]) -> None:
    """What a field may say beside its values."""
    if hand.chance(15):
        is_text = kind(spec) == "text"
        spec["if_unsure"] = hand.pick(spec["known"]) if is_text else draw_value(hand, spec, ())
    if earlier and hand.chance(15):
        spec["ask_after"] = hand.pick(earlier)


def draw_value(hand: Hand, spec: Spec, constants: Sequence[Any]) -> Any:
    """A value of a field, most often at or just beside one of the constants it is compared with."""
    if "or_none" in spec and hand.chance(20):
        return NONE
    match kind(spec):
        case "choice":
            return hand.pick(list(spec["choices"]))
        case "yes_no":
            return hand.chance(50)
        case "text":
            return hand.pick([*spec["known"], unknown_text(spec)])
        case "any_of":
            return hand.some(spec["choices"], hand.count(0, len(spec["choices"])))
    return _draw_place(hand, spec, constants)


def _draw_place(hand: Hand, spec: Spec, constants: Sequence[Any]) -> Any:
    """A value on a line."""
    here = window(spec)
    near = hand.pick(constants) if constants and hand.chance(70) else None
    if kind(spec) == "number" and "step" not in spec:
        start = here.at(hand.count(0, here.points - 1)) if near is None else near
        return _inside(spec, tidy(Decimal(start) + here.step * hand.pick(_NEAR)))
    place = hand.count(0, here.points - 1) if near is None else here.place(near) + hand.count(-1, 1)
    return _inside(spec, here.at(place))


def _inside(spec: Spec, value: Any) -> Any:
    """The value, or the end that it lies beyond."""
    value = max(value, spec.get("from", value))
    return min(value, spec.get("to", value))


def dress(hand: Hand, spec: Spec, value: Any) -> Any:
    """The same answer in another form that a Python record may hold."""
    if is_none(spec, value):
        return value
    match kind(spec):
        case "date":
            return hand.pick((value, value.isoformat()))
        case "integer":
            return hand.pick((value, Decimal(value), float(value)))
        case "number":
            return hand.pick((value, Decimal(value), float(value)))
        case "any_of":
            return value[::-1] if hand.chance(30) else value
    return value


def constants_of(policy: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The numbers and dates that each name is compared with."""
    found: dict[str, list[Any]] = {}
    for holder, key in (test for when in conditions(policy) for test in single_tests(when)):
        is_line = kind(policy["situation"].get(key, {"type": "number"})) in LINES
        written = [bound for bound in bounds(holder[key]) if not (is_line and isinstance(bound, str))]
        named = [bound for bound in bounds(holder[key]) if is_line and isinstance(bound, str)]
        for part in [*written, *(value for name in named for value in values_of(policy, name))]:
            if isinstance(part, (int, Decimal, date)) and not isinstance(part, bool):
                found.setdefault(key, []).append(part)
    return found

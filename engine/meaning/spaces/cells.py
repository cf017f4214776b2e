"""Cells: the partition of one field's values such that every comparison is constant on each cell.

A choice has a cell for each value. Integers, dates and stepped numbers are cut into runs of neighbouring positions; a
continuous number into points and the open intervals between them. An `any_of` field has a yes/no axis for each option,
and a text has a cell for each known text and one for all others.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from math import ceil, floor
from typing import TYPE_CHECKING, Any

from engine.frozen import NamedTuple, frozen_value
from engine.language.model.condition_tree import ABOUT_VALUES, COMPARE, EQUAL_OPS
from engine.language.model.field_kinds import ANY_OF, CHOICE, DATE, NONE, TEXT, YES_NO, Field
from engine.language.model.values.grid_positions import absent_position, exact_decimal, grid_position, grid_value
from engine.threads import cached_property

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction

    from engine.integers.polytopes import Interval

# Samples of a date field without a first day are near this day rather than in the year 1.
_FAMILIAR_DAY = date(2000, 1, 1)
# Comparisons that hold from their constant on, or fail from it on, and those that turn after it.
_STARTS = ("at_least", "less_than", "on_or_after", "before")
_ENDS = ("at_most", "more_than", "on_or_before", "after")


class Cell(NamedTuple):
    """Values that no comparison distinguishes: a simple sample, and their number (None if infinite or unbounded).

    `interval` is (first, last) position on a grid; for a continuous number it is (low, whether low is included, high,
    whether high is included).
    """

    sample: Any
    size: int | None
    interval: Any = None


@frozen_value
class Axis:
    """One quantity that comparisons test, with its cells.

    `option` is set for one option of an `any_of` field. `terms` are those of a sum of grid positions, in the order of
    the fields, each with its coefficient; empty for an axis of a field.
    """

    name: str
    fields: tuple[str, ...]
    cells: tuple[Cell, ...]
    option: str | None = None
    terms: tuple[tuple[str, int], ...] = ()

    @cached_property
    def starts(self) -> list[int]:
        """The first position of every cell but the first, on a grid."""
        return [cell.interval[0] for cell in self.cells[1:]]

    @cached_property
    def full(self) -> int:
        """The bit mask of all cells."""
        return (1 << len(self.cells)) - 1


def cuts_in(field: Field, op: str, constant: Any) -> set[Any]:
    """Return where a comparison cuts a field: positions at which a run starts, or the constant itself."""
    if op in ABOUT_VALUES or (constant == NONE and not field.is_grid):
        # The cells of what is no value are there anyway.
        return set()
    if field.is_grid:
        return starts_of_runs(op, grid_position(field, constant))
    return {constant} if field.is_ranged else set()


def starts_of_runs(op: str, position: int | Fraction) -> set[int]:
    """Return the positions at which runs must start so that a comparison with this position is constant on each."""
    if op in _STARTS:
        return {ceil(position)}
    if op in _ENDS:
        return {floor(position) + 1}
    return {int(position), int(position) + 1} if position.denominator == 1 else set()


def field_axes(field: Field, cuts: set[Any]) -> Iterator[tuple[Any, Axis]]:
    """Iterate over the axes of a field, cut at `cuts`, each with its key.

    The key is the field's name, or for an option the name and the option.
    """
    if field.kind == ANY_OF:
        for option in field.all_listed:
            yield (field.name, option), Axis(field.name, (field.name,), (Cell(False, 1), Cell(True, 1)), option)
        return
    if field.kind == CHOICE:
        cells = [Cell(option, 1) for option in field.all_listed]
    elif field.kind == YES_NO:
        cells = [Cell(False, 1), Cell(True, 1), *(Cell(absence, 1) for absence in field.absences)]
    elif field.kind == TEXT:
        cells = [Cell(text, 1) for text in field.all_listed] + [Cell(_unknown_text(field), 1)]
    elif field.is_grid:
        if field.absences:
            own_end = 0 if field.none_is_above else 1
            cuts = cuts | {absent_position(field, absence) + own_end for absence in field.absences}
        cells = list(
            runs(
                cuts,
                box_of(field),
                target_of(field),
                lambda position: grid_value(field, position),
                countable=field.countable,
            )
        )
    else:
        cells = list(_stretches(field, cuts))
        for beside, absence in enumerate(field.absences, start=1):
            none = Cell(absence, 1, (point := _beside(field, beside), True, point, True))
            cells.insert(len(cells) if field.none_is_above else 0, none)
    yield field.name, Axis(field.name, (field.name,), tuple(cells))


def _beside(field: Field, distance: int) -> Decimal:
    """A number beside the range of a continuous field, which stands for no value."""
    from fractions import Fraction

    end: Any = field.high if field.none_is_above else field.low
    return exact_decimal(Fraction(end) + (distance if field.none_is_above else -distance))


def box_of(field: Field) -> Interval:
    """Return the first and last grid position of a field (None if open); dates without an end have the calendar's.

    The positions of what is no value are among them.
    """
    low, high = (None if end is None else int(grid_position(field, end)) for end in field.limits)
    if field.absences:
        last = absent_position(field, field.absences[-1])
        return (low, last) if field.none_is_above else (last, high)
    return low, high


def target_of(field: Field) -> int:
    """Return the position of a grid field's simplest value: the nearest to 0; the first day, or a familiar one."""
    if field.kind == DATE:
        return field.low.toordinal() if isinstance(field.low, date) else _FAMILIAR_DAY.toordinal()
    exact = grid_position(field, 0)
    below = floor(exact)
    return below if 2 * (exact - below) < 1 else below + 1


def runs(
    cuts: Iterable[int], box: Interval, target: int, value: Callable[[int], Any], *, countable: bool = True
) -> Iterator[Cell]:
    """Cut an interval at the starts in `cuts`; the sample of each run is its value nearest to the target position."""
    low, high = box
    inner = sorted(cut for cut in cuts if (low is None or cut > low) and (high is None or cut <= high))
    for start, after in zip([low, *inner], [*inner, None], strict=True):
        end = high if after is None else after - 1
        size = end - start + 1 if countable and start is not None and end is not None else None
        nearest = target
        if start is not None:
            nearest = max(nearest, start)
        if end is not None:
            nearest = min(nearest, end)
        yield Cell(value(nearest), size, (start, end))


def _stretches(field: Field, cuts: set[Decimal]) -> Iterator[Cell]:
    """Iterate over the cells of a continuous number: each constant as a point, and the open intervals between them."""
    low: Any = field.low
    high: Any = field.high
    inner = sorted(cut for cut in cuts if (low is None or cut >= low) and (high is None or cut <= high))
    before: Any = low
    before_in = True
    for point in inner:
        if before is None or before < point:
            yield _stretch(before, before_in, point, False)
        yield _stretch(point, True, point, True)
        before, before_in = point, False
    if before is None or high is None or before < high or before_in:
        yield _stretch(before, before_in, high, True)


def _stretch(low: Any, low_in: bool, high: Any, high_in: bool) -> Cell:
    return Cell(simplest_between(low, low_in, high, high_in), None, (low, low_in, high, high_in))


def on_stretch(cell: Cell, value: Decimal) -> bool:
    """Whether a value lies in the interval of a continuous cell."""
    low, low_in, high, high_in = cell.interval
    above = low is None or value > low or (low_in and value == low)
    below = high is None or value < high or (high_in and value == high)
    return bool(above and below)


def simplest_between(low: Decimal | None, low_in: bool, high: Decimal | None, high_in: bool) -> Decimal:
    """Return the number in an interval with the fewest decimal places, and among those the nearest to 0."""
    from fractions import Fraction

    bottom = None if low is None else Fraction(low)
    top = None if high is None else Fraction(high)
    places = 0
    while True:
        unit = Fraction(1, 10**places)
        least = None if bottom is None else _first_multiple(bottom, unit, low_in)
        most = None if top is None else -_first_multiple(-top, unit, high_in)
        if least is None or most is None or least <= most:
            nearest = Fraction(0)
            if least is not None:
                nearest = max(nearest, least)
            if most is not None:
                nearest = min(nearest, most)
            return exact_decimal(nearest)
        places += 1


def _first_multiple(bound: Fraction, unit: Fraction, included: bool) -> Fraction:
    multiple = ceil(bound / unit)
    if not included and multiple * unit == bound:
        multiple += 1
    return multiple * unit


def _unknown_text(field: Field) -> str:
    return next(text for text in _other_texts() if text not in field.known)


def _other_texts() -> Iterator[str]:
    yield "something else"
    number = 2
    while True:
        yield f"something else {number}"
        number += 1


def held_cells(op: str, constants: Sequence[Any], many: int, measure: Callable[[int], Any]) -> int:
    """Return the mask of cells on which a comparison holds; `measure` must be monotonic in the cell."""
    compare = COMPARE[op]
    falls = measure(0) > measure(many - 1)
    if op in EQUAL_OPS:
        mask = 0
        for constant in constants:
            place = _turn(partial(_is_past, measure, constant, falls), many)
            # If the measure falls, the last cell that is large enough comes before the turn.
            for near in (place, place - 1):
                if 0 <= near < many and measure(near) == constant:
                    mask |= 1 << near
        return ((1 << many) - 1) ^ mask if op == "none_of" else mask
    held = compare(measure(0), constants[0])
    turn = _turn(lambda each: compare(measure(each), constants[0]) != held, many)
    below = (1 << turn) - 1
    return below if held else ((1 << many) - 1) & ~below


def _is_past(measure: Callable[[int], Any], constant: Any, falls: bool, place: int) -> bool:
    return bool(measure(place) >= constant) != falls


def _turn(turned: Callable[[int], bool], many: int) -> int:
    """Return the first of `many` positions at which a monotonic predicate is true; `many` if there is none."""
    return bisect_left(range(many), True, key=turned)

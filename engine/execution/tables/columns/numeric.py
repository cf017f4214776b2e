"""Reading numbers and dates from Arrow columns exactly, and validating them against their field.

A double stands for its shortest decimal, and computations switch from 64-bit to Python integers before they could
overflow.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.execution.tables.columns.answers import Array, Doubles, Units, flags, widen
from engine.execution.tables.columns.bits import Flags
from engine.language.documents.exact import is_whole, shift_point, strip_zeros
from engine.language.model.field_kinds import DATE, INTEGER, NUMBER, Field

# The answers, and which of them are right (None: all).
Found = tuple[Units | Doubles, Flags | None]

_EPOCH = date(1970, 1, 1).toordinal()
# The number of ticks of each time unit in a day.
_DAY = {unit: 86_400 * times for unit, times in (("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9))}
# Below this many units, every decimal with that many places has its own nearest double.
_MOST_UNITS = 1e15
# The largest power of ten that a double represents exactly.
_MOST_PLACES = 22
_WORDS = 18


def are_numbers(field: Field, kind: pa.DataType) -> bool:
    """Whether an Arrow type holds numbers or dates that can answer the field."""
    if field.kind == DATE:
        # The date of a timestamp with a time zone depends on the reader's zone.
        return bool(pa.types.is_date(kind) or (pa.types.is_timestamp(kind) and kind.tz is None))
    is_number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    return bool(field.kind in (INTEGER, NUMBER) and is_number)


def read_numbers(field: Field, array: pa.Array) -> Found:
    """Read an Arrow array of numbers or dates; null rows have undefined values."""
    kind = array.type
    if pa.types.is_date32(kind):
        return check_answers(Units(field, _raw(array), 0, _EPOCH))
    if pa.types.is_date64(kind) or pa.types.is_timestamp(kind):
        # A timestamp is valid only at midnight, as that date.
        ticks, day = _raw(array), _DAY["ms" if pa.types.is_date64(kind) else kind.unit]
        return check_answers(Units(field, ticks // day, 0, _EPOCH), ticks % day == 0)
    if pa.types.is_integer(kind):
        units = _raw(array)
        # numpy would combine unsigned and signed 64-bit integers to doubles.
        return check_answers(Units(field, units.astype(object) if units.dtype == np.uint64 else units))
    if pa.types.is_floating(kind):
        return read_doubles(field, _as_doubles(array))
    return _read_decimals(field, array)


def _raw(array: pa.Array) -> Array:
    """The numbers of an Arrow array, sharing its memory."""
    kind = array.type
    is_time = pa.types.is_date(kind) or pa.types.is_timestamp(kind)
    width = np.dtype(f"i{kind.bit_width // 8}") if is_time else np.dtype(kind.to_pandas_dtype())
    return np.frombuffer(array.buffers()[1], width)[array.offset : array.offset + len(array)]


def _as_doubles(array: pa.Array) -> Array:
    """The numbers as doubles; a narrower float becomes the double of its shortest decimal."""
    if pa.types.is_float64(array.type):
        return _raw(array)
    if pa.types.is_float16(array.type):
        return np.array([float(str(each)) for each in _raw(array)], np.float64)
    return np.asarray(pc.fill_null(pc.cast(pc.cast(array, pa.string()), pa.float64()), 0.0).to_numpy())


def _read_decimals(field: Field, array: pa.Array) -> Found:
    """Read decimals."""
    scale = array.type.scale
    if array.type.bit_width == 128 and array.type.precision <= _WORDS and scale >= 0:
        # Up to this precision, the value is in the lower of two words.
        words = np.frombuffer(array.buffers()[1], np.int64)[::2]
        return check_answers(Units(field, words[array.offset : array.offset + len(array)], scale))
    places = max(scale, 0)
    # Not with `scaleb`, which rounds to the precision of the context.
    exact = [int(Fraction(each or 0) * 10**places) for each in array.to_pylist()]
    return check_answers(Units(field, np.array(exact, object), places))


def read_doubles(field: Field, numbers: Array) -> Found:
    """Read doubles; NaN and infinity are wrong."""
    finite = np.isfinite(numbers)
    if not finite.all():
        numbers = np.where(finite, numbers, 0)
    right = None if finite.all() else finite
    if field.kind == NUMBER and field.step is None:
        return _in_double_range(field, Doubles(numbers), right)
    places = 0 if field.step is None else _places(field)
    power = 10.0**places
    units = np.rint(numbers * power)
    if places > _MOST_PLACES or (len(units) and np.abs(units).max() >= _MOST_UNITS):
        exact = [shift_point(Decimal(repr(float(each))), places) for each in numbers]
        whole = np.array([is_whole(each) for each in exact], np.bool_)
        wide = np.array([int(each) for each in exact], object)
        return check_answers(Units(field, wide, places), _both(right, whole))
    same = units / power == numbers
    return check_answers(Units(field, units.astype(np.int64), places), _both(right, same))


def _places(field: Field) -> int:
    """The number of decimal places of values on a grid."""
    exponents = (strip_zeros(Decimal(end)).as_tuple().exponent for end in (field.step or 0, field.low or 0))  # type: ignore[arg-type]
    return max(0, *(-exponent for exponent in exponents if isinstance(exponent, int)))


def check_answers(answers: Units, right: Flags | None = None) -> Found:
    """The answers, with a check of range and grid combined with `right`."""
    right = _both(right, _in_range(answers))
    if answers.field.is_grid:
        right = _both(right, _on_grid(answers))
    return answers, right


def _both(one: Flags | None, other: Flags | None) -> Flags | None:
    """The conjunction of two arrays of flags, where None means all."""
    return other if one is None else one if other is None else one & other


def _in_range(answers: Units) -> Flags | None:
    """Which answers are in the range of the field; None if all are."""
    field, units = answers.field, answers.units
    low, high = field.limits
    least = None if low is None else ceil(answers.at(low))
    most = None if high is None else floor(answers.at(high))
    if not len(units) or (_is_at_least(units, least) and (most is None or units.max() <= most)):
        return None
    inside = np.ones(len(units), np.bool_)
    if least is not None:
        inside &= (units >= least).astype(np.bool_)
    if most is not None:
        inside &= (units <= most).astype(np.bool_)
    return inside


def _is_at_least(units: Array, least: int | None) -> bool:
    """Whether all units are at least the minimum; often the dtype already ensures that."""
    if least is None or (units.dtype.kind in "iu" and np.iinfo(units.dtype).min >= least):
        return True
    return bool(units.min() >= least)


def _in_double_range(field: Field, answers: Doubles, right: Flags | None) -> Found:
    """Check the range of doubles."""
    for end, inside in ((field.low, np.greater_equal), (field.high, np.less_equal)):
        if end is not None:
            right = _both(right, inside(answers.numbers, float(end)))  # type: ignore[arg-type]
    return answers, right


def _on_grid(answers: Units) -> Flags | None:
    """Which answers are on the grid of the field; None if all are."""
    times, plus, step = answers.grid()
    if step == 1:
        return None
    whole = widen(answers.units, times, plus) * times + plus
    return flags(whole % step == 0)

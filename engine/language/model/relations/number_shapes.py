"""The shapes of derived numbers: sums of fields, with sums of sums flattened, or one of several such pieces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING, TypeAlias

from engine.frozen import NamedTuple
from engine.language.documents.exact import common_divisor, decimal_type, fraction_type
from engine.language.model.condition_tree import Condition
from engine.language.model.policy_parts import GIVEN_BY_RULES, POINTS, PRODUCT, RATIO, SUM, Number
from engine.language.model.values.grid_positions import exact_decimal
from engine.language.model.values.value_texts import decimal_text

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction

    from engine.language.model.field_kinds import Field
    from engine.language.model.relations.finite_values import Values
    from engine.language.model.relations.number_limits import Limits

Terms: TypeAlias = "tuple[tuple[str, Decimal], ...]"

# Every piece of a number may be an axis of its own.
MOST_PIECES = 500
# Sums of sums multiply the numbers that are written; so many digits are allowed before the point, and after it.
MOST_DIGITS = 30
_LARGEST = 10**MOST_DIGITS


class LinearSum(NamedTuple):
    """A derived number as a sum of fields alone: pairs of field and coefficient, never 0, and a constant term."""

    terms: Terms
    plus: Decimal


class Shape(NamedTuple):
    """What a derived number comes to.

    `flat` is the sum of fields that it always is, None if there is no such sum. `pieces` has the terms of the sums of
    fields of which it is always one, apart from a fixed part. What points add to it are multiples of `grain`, at most
    `reach` apart, from so many `choices`; all three are 0 without points. Where a product may need them, `values` has
    its values if they are few, and `limits` between which values it lies.
    """

    flat: LinearSum | None
    pieces: tuple[Terms, ...]
    grain: Fraction | int = 0
    reach: Fraction | int = 0
    choices: int = 0
    values: Values | None = None
    limits: Limits | None = None


def with_values_of(number: Number, shape: Shape, known: Mapping[str, Shape], fields: Mapping[str, Field]) -> Shape:
    """Return the shape of a number with its limits and values, given the shapes of the numbers that it reads."""
    from engine.language.model.relations.finite_values import values_of
    from engine.language.model.relations.number_limits import few_amounts, limits_of_number

    limits = {name: each.limits for name, each in known.items() if each.limits is not None}
    values = values_of(number, {name: each.values for name, each in known.items()}, fields)
    if values is None and number.given_by:
        values = few_amounts(number, limits, fields)
    return shape._replace(values=values, limits=limits_of_number(number, limits, fields))


def shape_of(number: Number, known: Mapping[str, Shape], fields: Mapping[str, Field]) -> Shape | None:
    """Return what a number comes to, given the shapes of the numbers that it reads.

    A sum of sums is one sum of fields. A `larger_of` is always one of its parts, a sum of such numbers one of all
    combinations. Points are a fixed value everywhere, which is not always the same.

    Returns:
        The shape; None if a sum would have numbers of more than `MOST_DIGITS` digits before or after the point.
    """
    # Imported where there are numbers: every decision pays for what is loaded.
    from engine.language.model.relations.dated_numbers import versions_of

    if versions := versions_of(number):
        shapes_of_all = [shape_of(version, known, fields) for _, version in versions]
        if None in shapes_of_all:
            return None
        each_of = [each for each in shapes_of_all if each is not None]
        joined = tuple(dict.fromkeys(piece for each in each_of for piece in each.pieces))
        grain, reach = common_divisor(each.grain for each in each_of), max(each.reach for each in each_of)
        return Shape(None, joined, grain, reach, max(each.choices for each in each_of))
    fraction = fraction_type()
    if number.kind == POINTS:
        from engine.language.model.relations.finite_values import exclusive_groups

        nothing = fraction(0)
        groups = [[fraction(entry.add) for entry in group] for group in exclusive_groups(number.entries, fields)]
        reach = sum(max(nothing, *adds) - min(nothing, *adds) for adds in groups)
        return Shape(None, ((),), common_divisor(add for adds in groups for add in adds), reach, len(groups))
    if number.kind in GIVEN_BY_RULES:
        return _shape_of_given(number, known)
    if number.kind == PRODUCT:
        return _shape_of_product(number, known, fields)
    if number.kind == RATIO:
        # It is no sum of fields, and comes to some only where it is compared.
        return Shape(None, ())
    if number.kind != SUM:
        shapes = [shape_of_part(part, known) for part in number.parts]
        found = (piece for each in shapes for piece in each.pieces)
        grain, reach = common_divisor(each.grain for each in shapes), max(each.reach for each in shapes)
        return Shape(None, tuple(dict.fromkeys(found)), grain, reach, max(each.choices for each in shapes))
    if not any(name in known for name, _ in number.terms):
        return Shape(LinearSum(number.terms, number.plus), (number.terms,))
    read = [shape_of_part(name, known) for name, _ in number.terms]
    linear = [each.flat for each in read if each.flat is not None]
    if len(linear) == len(read):
        flat = _sum_up(number, linear)
        return None if flat is None else Shape(flat, (flat.terms,))
    whole = decimal_type()
    pieces = product(*([LinearSum(terms, whole(0)) for terms in each.pieces] for each in read))
    summed = [_sum_up(number, each) for each in pieces]
    if None in summed:
        return None
    factors = [fraction(times) for _, times in number.terms]
    grain = common_divisor(times * each.grain for times, each in zip(factors, read, strict=True))
    reach = sum(abs(times) * each.reach for times, each in zip(factors, read, strict=True))
    joined = tuple(dict.fromkeys(each.terms for each in summed if each is not None))
    return Shape(None, joined, grain, reach, sum(each.choices for each in read))


def _shape_of_given(number: Number, known: Mapping[str, Shape]) -> Shape:
    """Return the shape of a number that rules give: of one of its amounts, written out or worked out."""
    from engine.language.model.relations.step_outputs import computed_entries, written_amounts

    fraction = fraction_type()
    written = [fraction(each) for each in written_amounts(number)]
    computed = [shape_of_part(each.number, known) for each in computed_entries(number)]
    # A rounded amount may be one of its values, a fixed one, beside fields.
    is_fixed = written or any(each.to is not None for each in computed_entries(number))
    pieces = dict.fromkeys([*([()] if is_fixed else []), *(piece for each in computed for piece in each.pieces)])
    apart = max(written) - min(written) if written else fraction(0)
    grain = common_divisor([*written, *(each.grain for each in computed)])
    return Shape(
        None,
        tuple(pieces),
        grain,
        max(apart, *(each.reach for each in computed)) if computed else apart,
        max([1, *(each.choices for each in computed)]),
    )


def _shape_of_product(number: Number, known: Mapping[str, Shape], fields: Mapping[str, Field]) -> Shape | None:
    """Return the shape of a product: of one factor, times each value that the others come to."""
    found: dict[Terms, None] = {}
    grains: list[Fraction | int] = []
    reach: Fraction | int = 0
    choices = 0
    from engine.language.model.relations.finite_values import split_product

    split = split_product(number, {name: each.values for name, each in known.items()}, fields)
    assert split is not None
    for _, times in split.cases:
        if times == 0 or not isinstance(split.factor, str):
            found[()] = None
            continue
        scaled = Number(number.name, number.means, ((split.factor, exact_decimal(times)),), decimal_type()(0))
        shape = shape_of(scaled, known, fields)
        if shape is None:
            return None
        found |= dict.fromkeys(shape.pieces)
        grains.append(shape.grain)
        reach, choices = max(reach, shape.reach), shape.choices
    return Shape(None, tuple(found), common_divisor(grains), reach, choices)


def piece_count(number: Number, counts: Mapping[str, int]) -> int:
    """Return how many pieces a number has at most, given those of the numbers that it reads."""
    if number.kind == SUM:
        return prod(counts.get(name, 1) for name, _ in number.terms)
    if number.kind == RATIO:
        return prod(counts.get(part, 1) for part in number.parts if isinstance(part, str))
    if number.kind in GIVEN_BY_RULES:
        from engine.language.model.relations.step_outputs import computed_entries

        is_fixed = any(each.to is not None for each in computed_entries(number))
        return sum(counts.get(name, 1) for name in {entry.number for entry in number.entries}) + is_fixed
    return sum(counts.get(part, 1) if isinstance(part, str) else 1 for part in number.parts) or 1


def shape_of_part(part: str | Decimal, known: Mapping[str, Shape]) -> Shape:
    """Return what a field, a number or a constant comes to."""
    whole = decimal_type()
    if not isinstance(part, str):
        return Shape(LinearSum((), part), ((),))
    if part in known:
        return known[part]
    terms = ((part, whole(1)),)
    return Shape(LinearSum(terms, whole(0)), (terms,))


def _sum_up(number: Number, pieces: Sequence[LinearSum]) -> LinearSum | None:
    """Write a sum as one of fields, given one piece of each thing that it adds up; what cancels out is left out."""
    fraction = fraction_type()
    total: dict[str, Fraction] = {}
    plus = fraction(number.plus)
    for (_, times), inner in zip(number.terms, pieces, strict=True):
        plus += fraction(times) * fraction(inner.plus)
        for field, each in inner.terms:
            total[field] = total.get(field, fraction(0)) + fraction(times) * fraction(each)
    if any(abs(each) >= _LARGEST or _LARGEST % each.denominator for each in (plus, *total.values())):
        return None
    return LinearSum(tuple((name, exact_decimal(times)) for name, times in total.items() if times), exact_decimal(plus))


def all_shapes(numbers: Sequence[Number], fields: Mapping[str, Field]) -> dict[str, Shape]:
    """Return the shapes of numbers, by name; each number must come after those that it reads."""
    found: dict[str, Shape] = {}
    is_multiplied = any(number.kind == PRODUCT for number in numbers)
    for number in numbers:
        shape = shape_of(number, found, fields)
        assert shape is not None
        found[number.name] = with_values_of(number, shape, found, fields) if is_multiplied else shape
    return found


def sum_text(terms: Iterable[tuple[str, Decimal]]) -> str:
    """Return a sum of fields as an expression, such as `rent - 2 × food`; equal sums have equal expressions."""
    text = ""
    for name, times in sorted(terms, key=lambda term: (term[1] < 0, term[0])):
        # The context of the caller has no say, as it would in `abs(times)`.
        size = times.copy_abs()
        factor = "" if size == 1 else f"{decimal_text(size)} × "
        sign = "-" if times < 0 else "+"
        text += f" {sign} {factor}{name}" if text else f"{sign if times < 0 else ''}{factor}{name}"
    return text


def unnamed_sums(
    numbers: Sequence[Number], shapes: Mapping[str, Shape], conditions: Iterable[Condition]
) -> dict[str, Number]:
    """Return numbers for the pieces that are no number of the author's, by name.

    They are called by their expressions, which no author can write as a name.

    Args:
        numbers: The derived numbers of the author's.
        shapes: Their shapes, by name.
        conditions: All conditions that compare them, which say what ratios come to.
    """
    named = {frozenset(flat.terms) for flat, *_ in shapes.values() if flat is not None}
    ratios: Mapping[str, Iterable[Fraction]] = {}
    if any(number.kind == RATIO for number in numbers):
        from engine.language.model.relations.ratio_sums import compared_ratios

        ratios = compared_ratios(numbers, conditions)
    found: dict[str, Number] = {}
    for number in numbers:
        flat, pieces, *_ = shapes[number.name]
        if number.kind == RATIO:
            pieces = _pieces_of_ratio(number, shapes, ratios.get(number.name, ()))
        for terms in pieces if number.kind in (SUM, PRODUCT, RATIO) and flat is None else ():
            if len(terms) > 1 and frozenset(terms) not in named:
                text = sum_text(terms)
                found[text] = Number(text, text, terms, decimal_type()(0), number.place)
    return found


def _pieces_of_ratio(number: Number, shapes: Mapping[str, Shape], bounds: Iterable[Fraction]) -> tuple[Terms, ...]:
    """Return the terms of the sums of fields that are compared where a ratio is compared with some constants."""
    from engine.language.model.relations.ratio_sums import sums_of_ratio

    of, to = (shape_of_part(part, shapes).pieces for part in number.parts)
    return tuple(terms for bound in bounds for terms in sums_of_ratio(of, to, bound))


def linear_sums(numbers: Mapping[str, Number], shapes: Mapping[str, Shape]) -> dict[str, LinearSum]:
    """Return the numbers that are sums of fields, by name; those without a shape are `unnamed_sums`."""
    unnamed = {name: LinearSum(each.terms, each.plus) for name, each in numbers.items() if name not in shapes}
    return {name: flat for name, (flat, *_) in shapes.items() if flat is not None and flat.terms} | unnamed

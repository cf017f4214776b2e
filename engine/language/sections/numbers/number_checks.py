"""Checks of numbers that are made of other numbers, once all numbers and facts of a policy are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from engine.language.model.field_kinds import Field
from engine.language.model.policy_parts import POINTS, PRODUCT, RATIO, SUM, Fact, Number
from engine.language.model.relations.circles import find_cycles
from engine.language.model.relations.derivations import Derivation, derivation_order, names_of_parts, parts_of
from engine.language.model.relations.number_shapes import (
    MOST_DIGITS,
    MOST_PIECES,
    Shape,
    piece_count,
    shape_of,
    with_values_of,
)
from engine.language.model.values.value_texts import decimal_text
from engine.language.parsing.reading import Reading

if TYPE_CHECKING:
    from engine.language.model.relations.number_limits import Limits

# Numbers that are no sums of fields may be made of each other this deep.
_DEEPEST = 30
# Points may come to so many different sums, from the least to the greatest, times the choices between entries. Sums of
# fields beside them count more, since each of them is compared with as many values.
MOST_CASES = 300_000
_CASES_A_PIECE = 60


def check_numbers(
    facts: Sequence[Fact], numbers: Sequence[Number], fields: Mapping[str, Field], reading: Reading
) -> None:
    """Record numbers that are always the same, become too long, or come to too many sums of fields."""
    known = {each.name: each for each in numbers}
    if all(each.kind == SUM and known.keys().isdisjoint(names_of_parts(each)) for each in numbers):
        return
    derivations: list[Derivation] = [*facts, *numbers]
    if find_cycles({each.name: list(names_of_parts(each)) for each in derivations}):
        return
    checks = _Checks(reading, fields, any(each.kind == PRODUCT for each in numbers))
    for number in derivation_order({each.name: each for each in facts}, known):
        if isinstance(number, Number):
            checks.check(number)


class _Checks:
    """The checks of one policy's numbers, each after those that it reads."""

    def __init__(self, reading: Reading, fields: Mapping[str, Field], is_multiplied: bool) -> None:
        self.reading = reading
        self.fields = fields
        # Whether some number is a product, for which the values of others are worked out.
        self.is_multiplied = is_multiplied
        self.numbers: dict[str, Number] = {}
        self.shapes: dict[str, Shape] = {}
        # Worked out where a ratio is checked.
        self.limits: dict[str, Limits] = {}
        self.depths: dict[str, int] = {}
        self.refused: set[str] = set()

    def check(self, number: Number) -> None:
        """Record what is wrong with a number, unless something that it reads is refused."""
        parts = list(names_of_parts(number))
        # What could not be read is reported where it stands. What the policy of a step works out has been checked in
        # its own file, and is known once all files are read.
        unknown = {*parts_of(number)}.difference(self.numbers, self.fields)
        if not self.refused.isdisjoint(parts) or unknown:
            self.refused.add(number.name)
            return
        depth = max((self.depths.get(part, 0) for part in parts), default=0)
        many = piece_count(number, {name: len(each.pieces) for name, each in self.shapes.items() if name in parts})
        if many > MOST_PIECES or depth >= _DEEPEST:
            self._refuse_size(number, many)
            return
        if number.kind == PRODUCT and not self._is_split(number):
            return
        self.numbers[number.name] = number
        if number.kind == RATIO:
            self._check_ratio(number)
            self.shapes[number.name] = self._with_values(number, Shape(None, ()))
            return
        shape = shape_of(number, self.shapes, self.fields)
        if shape is None:
            message = f"the sums in `{number.name}` multiply to numbers of more than {MOST_DIGITS} digits"
            self._refuse("bad-sum", message, number, "use factors with fewer digits")
        elif shape.flat is not None and not shape.flat.terms:
            message = f"everything in `{number.name}` cancels out, so it is always {decimal_text(shape.flat.plus)}"
            self._refuse("bad-sum", message, number, "take it out, or correct what it is multiplied by")
        else:
            self.shapes[number.name] = self._with_values(number, shape)
            self.depths[number.name] = 0 if shape.flat is not None else depth + 1
            self._check_points(number, shape)

    def _with_values(self, number: Number, shape: Shape) -> Shape:
        """Return a shape with the values of its number, where a product may need them."""
        return with_values_of(number, shape, self.shapes, self.fields) if self.is_multiplied else shape

    def _is_split(self, number: Number) -> bool:
        """Whether all factors of a product but one have few values; recorded if not."""
        from engine.language.model.relations.dated_numbers import versions_of
        from engine.language.model.relations.finite_values import MOST_VALUES, split_product

        values = {name: each.values for name, each in self.shapes.items()}
        versions = [version for _, version in versions_of(number)] or [number]
        if all(split_product(version, values, self.fields) is not None for version in versions):
            return True
        message = f"of the factors in `{number.name}`, more than one has over {MOST_VALUES:,} values"
        help_ = "put one of them into bands, as `points` for each band, or compare the factors one by one"
        self._refuse("too-many-cases", message, number, help_)
        return False

    def _check_ratio(self, number: Number) -> None:
        """Record a ratio whose divisor may be 0 or less, or that comes to too many cases where it is compared."""
        from engine.language.model.relations.number_limits import all_limits, limits_of

        of, to = number.parts
        self.limits = all_limits(self.numbers.values(), self.fields, self.limits)
        limits = limits_of(to, self.limits, self.fields)
        if limits.low <= 0:
            self._refuse_divisor(number, limits)
            return
        divided, divisor = (self.shapes.get(part, Shape(None, ((),))) for part in (of, to))
        # A fixed amount times the divisor is taken from what is divided: each sum of the points in one is a case for
        # each of those in the other.
        sums = [each.reach / each.grain + 1 if each.grain else 1 for each in (divided, divisor)]
        pieces = sum(bool(one or other) for one in divided.pieces for other in divisor.pieces)
        if sums[0] * sums[1] * max(divided.choices + divisor.choices, _CASES_A_PIECE * pieces) > MOST_CASES:
            message = f"what `{number.name}` divides and its divisor come to too many cases together"
            self._refuse("too-many-cases", message, number, "write what the entries add with fewer digits")

    def _refuse_divisor(self, number: Number, limits: Limits) -> None:
        divisor = number.parts[1]
        if isinstance(divisor, str):
            ends = "is never more than 0" if limits.high <= 0 else "can be 0" if limits.low == 0 else "can be 0 or less"
            message = f"`{divisor}` {ends}, and `{number.name}` divides by it"
            help_ = f"divide by what is always above 0, such as the larger one: `larger_of: [{divisor}, 1]`"
            if limits.high <= 0:
                help_ = "turn its sign round, or divide by something else that is always above 0"
            if divisor in self.fields:
                help_ = f"give `{divisor}` a `from` above 0, or {help_}"
        else:
            message = f"`{number.name}` divides by an amount that is not above 0"
            help_ = "divide by a fixed amount above 0, or by what is always above 0"
        self._refuse("zero-divisor", message, number, help_)

    def _check_points(self, number: Number, shape: Shape) -> None:
        """Record points that are always 0, or that can come to too many different sums."""
        if number.kind == POINTS and not shape.grain:
            message = f"every entry of `{number.name}` adds 0, so it is always 0"
            self._refuse("bad-part", message, number, "take it out, or correct what its entries add")
        elif shape.grain:
            sums = shape.reach / shape.grain
            # Each sum that some entries can come to is a case for the next one, and for every sum of fields beside it.
            cases = sums * max(shape.choices, _CASES_A_PIECE * sum(map(bool, shape.pieces)))
            if cases > MOST_CASES:
                message = f"the points in `{number.name}` can come to too many different sums"
                self._refuse("too-many-cases", message, number, "write what the entries add with fewer digits")

    def _refuse_size(self, number: Number, many: int) -> None:
        help_ = "make it of fewer larger and smaller numbers, or compare those in the rules"
        if many > MOST_PIECES:
            message = (
                f"`{number.name}` can be one of {many:,} different sums of fields; at most {MOST_PIECES} are allowed"
            )
        else:
            message = f"`{number.name}` is made of larger and smaller numbers more than {_DEEPEST} deep"
        self.reading.refuse("too-many-cases", message, number.place, help_)
        self.refused.add(number.name)

    def _refuse(self, code: str, message: str, number: Number, help_: str) -> None:
        self.reading.refuse(code, message, number.place, help_)
        self.refused.add(number.name)

"""Checks of numbers that are made of other numbers, once all numbers and facts of a policy are read."""

from __future__ import annotations

from collections.abc import Sequence

from engine.language.model.policy_parts import POINTS, SUM, Fact, Number
from engine.language.model.relations.circles import find_cycles
from engine.language.model.relations.derivations import (
    MOST_DIGITS,
    MOST_PIECES,
    Derivation,
    Shape,
    derivation_order,
    names_of_parts,
    piece_count,
    shape_of,
)
from engine.language.model.values.value_texts import decimal_text
from engine.language.parsing.reading import Reading

# Numbers that are no sums of fields may be made of each other this deep.
_DEEPEST = 30
# Points may come to so many different sums, from the least to the greatest.
MOST_SUMS = 100_000


def check_numbers(facts: Sequence[Fact], numbers: Sequence[Number], reading: Reading) -> None:
    """Record numbers that are always the same, become too long, or come to too many sums of fields."""
    known = {each.name: each for each in numbers}
    if all(each.kind == SUM and known.keys().isdisjoint(names_of_parts(each)) for each in numbers):
        return
    derivations: list[Derivation] = [*facts, *numbers]
    if find_cycles({each.name: list(names_of_parts(each)) for each in derivations}):
        return
    checks = _Checks(reading)
    for number in derivation_order({each.name: each for each in facts}, known):
        if isinstance(number, Number):
            checks.check(number)


class _Checks:
    """The checks of one policy's numbers, each after those that it reads."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.shapes: dict[str, Shape] = {}
        self.depths: dict[str, int] = {}
        self.refused: set[str] = set()

    def check(self, number: Number) -> None:
        """Record what is wrong with a number, unless something that it reads is refused."""
        parts = list(names_of_parts(number))
        if not self.refused.isdisjoint(parts):
            self.refused.add(number.name)
            return
        depth = max((self.depths.get(part, 0) for part in parts), default=0)
        many = piece_count(number, {name: len(each.pieces) for name, each in self.shapes.items() if name in parts})
        if many > MOST_PIECES or depth >= _DEEPEST:
            self._refuse_size(number, many)
            return
        shape = shape_of(number, self.shapes)
        if shape is None:
            message = f"the sums in `{number.name}` multiply to numbers of more than {MOST_DIGITS} digits"
            self._refuse("bad-sum", message, number, "use factors with fewer digits")
        elif shape.flat is not None and not shape.flat.terms:
            message = f"everything in `{number.name}` cancels out, so it is always {decimal_text(shape.flat.plus)}"
            self._refuse("bad-sum", message, number, "take it out, or correct what it is multiplied by")
        else:
            self.shapes[number.name] = shape
            self.depths[number.name] = 0 if shape.flat is not None else depth + 1
            self._check_points(number, shape)

    def _check_points(self, number: Number, shape: Shape) -> None:
        """Record points that are always 0, or that can come to too many different sums."""
        if number.kind == POINTS and not shape.grain:
            message = f"every entry of `{number.name}` adds 0, so it is always 0"
            self._refuse("bad-part", message, number, "take it out, or correct what its entries add")
        elif shape.grain and shape.reach / shape.grain > MOST_SUMS:
            message = f"the points in `{number.name}` can come to more than {MOST_SUMS:,} different sums"
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

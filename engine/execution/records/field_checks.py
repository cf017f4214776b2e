"""Which tests prove that plain data is an answer to a field, and how is that answer compared?

`engine.language.model.values` says what a field takes and explains what it does not. Here stands the usual case
alone, as code: data of exactly the type that answers commonly have. What fails is no error yet; `values` has the last
word.
"""

from __future__ import annotations

import ast
import datetime
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache, reduce
from typing import Any

from engine.execution.program import AtLeast, Includes, MoreThan, SumAtLeast, Test
from engine.execution.records.syntax import (
    Module,
    arithmetic,
    attribute,
    call,
    compare,
    constant,
    every,
    item,
    name,
    named,
    negation,
    some,
)
from engine.language.model.field_kinds import ANY_OF, CHOICE, DATE, INTEGER, NUMBER, TEXT, UNSURE, YES_NO, Field
from engine.language.model.near_texts import near_text
from engine.language.model.policy import Policy
from engine.language.model.values import grid_base

# The builtins and types that checks name.
KNOWN: dict[str, Any] = {
    each.__name__: each for each in (type, len, dict, str, int, float, list, tuple, set, map, round, datetime.date)
} | {"Exception": Exception, "exactly_text": frozenset({str}), "from_iso": datetime.date.fromisoformat}

# Numbers with at most so many digits are told apart by doubles, each of which is the shortest decimal for one of them.
_EXACT = 10**15
# Beyond these no number without an end is taken the fast way: far from what `values` refuses.
FAR, FAR_DOUBLE = 10**18, 1e300
_FEW = 3
# Chains that are nested deeper would be slow to compile.
_CHAIN = 16
_MOST_TEXTS = 10_000


class Inexact(Exception):
    """A number of the policy that no double stands for."""


class Checks:
    """The checks of a policy's fields, and its tests, as code.

    The answer to a field has the name `answer(field)`, unless `inside` tells how it is had from the one name `holder`.
    """

    def __init__(
        self, policy: Policy, module: Module, inside: Mapping[str, ast.expr] | None = None, holder: str = ""
    ) -> None:
        self.policy = policy
        self.module = module
        self._inside = inside or {}
        self._holder = holder
        self._place = {field.name: place for place, field in enumerate(policy.fields)}

    def answer(self, field: str) -> str:
        return self._holder if field in self._inside else f"v{self._place[field]}"

    def _answer(self, field: Field) -> ast.expr:
        return self._inside.get(field.name) or name(self.answer(field.name))

    def _scaled(self, field: str) -> str:
        return f"p{self._place[field]}"

    def names_of(self, test: Test) -> Iterable[str]:
        """The names that a test uses."""
        if not isinstance(test, SumAtLeast):
            return (self.answer(test.field),)
        fields = (self.policy.field[each] for each, _ in test.terms)
        return (self._scaled(each.name) if each.kind == NUMBER else self.answer(each.name) for each in fields)

    def all_hold(self, later: Field | None = None) -> ast.expr:
        """Whether every answer is one that its field takes; numbers, days and lists are then ready to be compared.

        Of a choice that is looked at `later` it is made sure that it is text, no more.
        """
        fields = self.policy.fields
        flags = [self.answer(field.name) for field in fields if field.kind == YES_NO]
        chains = [self._are_flags(flags[start : start + _CHAIN]) for start in range(0, len(flags), _CHAIN)]
        others = [
            _is(self._answer(field), "str") if field is later else self.holds(field)
            for field in fields
            if field.kind != YES_NO
        ]
        return every(others + chains)

    def need_no_note(self) -> list[ast.expr]:
        """Whether texts are known ones, or are written quite differently from these."""
        fields = [field for field in self.policy.fields if field.kind == TEXT and field.known]
        return [
            some(
                [
                    compare(self._answer(field), "in", constant(frozenset(field.known))),
                    call(self.module.value(unlike_known(field)), self._answer(field)),
                ]
            )
            for field in fields
        ]

    def _are_flags(self, flags: list[str]) -> ast.expr:
        # `x is (x is True)` holds for True and False alone, `x is (x is False)` for nothing: nested, one test for all.
        held = constant(True)
        for flag in flags:
            held = compare(name(flag), "is", compare(name(flag), "is", held))
        return held

    def holds(self, field: Field) -> ast.expr:
        """Whether the answer is one that the field takes."""
        answer = self._answer(field)
        if field.kind == YES_NO:
            return self._are_flags([self.answer(field.name)])
        if field.kind == CHOICE:
            return every([_is(answer, "str"), self.is_option(field)])
        if field.kind == TEXT:
            known = [] if UNSURE in field.known else [compare(answer, "!=", constant(UNSURE))]
            return every([_is(answer, "str"), *known])
        if field.kind == ANY_OF:
            return every([some([_is(answer, "list"), _is(answer, "tuple")]), *self._is_list(field)])
        return every([self._is_kind(field), *self._in_range(field), *self._on_grid(field)])

    def is_option(self, field: Field) -> ast.expr:
        """Whether a text is one of the choices of the field."""
        # Few texts are compared sooner than a new one is hashed.
        if len(field.options) > _FEW:
            return compare(self._answer(field), "in", constant(field.option_set))
        return some([compare(self._answer(field), "==", constant(option)) for option in field.options])

    def _is_list(self, field: Field) -> list[ast.expr]:
        answer = self._answer(field)
        once = named(self.answer(field.name), ast.Set([ast.Starred(answer, ast.Load())]))
        types = ast.Set([ast.Starred(call("map", name("type"), answer), ast.Load())])
        return [
            compare(call("len", answer), "==", call("len", once)),
            compare(answer, "<=", self.module.value(field.option_set)),
            compare(types, "<=", name("exactly_text")),
        ]

    def _is_kind(self, field: Field) -> ast.expr:
        answer = self._answer(field)
        if field.kind == INTEGER:
            return _is(answer, "int")
        if field.kind == NUMBER:
            return some([_is(answer, "float"), _is(answer, "int")])
        # Of all that `fromisoformat` reads, only year-month-day has this length and this hyphen. A day is never false.
        ten = compare(call("len", answer), "==", constant(10))
        hyphen = compare(item(answer, constant(7)), "==", constant("-"))
        read = named(self.answer(field.name), call("from_iso", answer))
        return some([_is(answer, "date"), every([_is(answer, "str"), ten, hyphen, read])])

    def _in_range(self, field: Field) -> list[ast.expr]:
        answer = self._answer(field)
        ends = (field.low, field.high)
        low, high = (None if end is None else self._constant(field, end) for end in ends)
        if field.kind != DATE:
            far: int | float = FAR if field.kind == INTEGER else FAR_DOUBLE
            if field.step is not None:
                # Beyond this the next position on the grid may be the same double.
                far = _EXACT / _scale(field)
            low, high = low or constant(-far), high or constant(far)
        return [compare(answer, operator, end) for operator, end in ((">=", low), ("<=", high)) if end is not None]

    def _on_grid(self, field: Field) -> list[ast.expr]:
        if field.step is None:
            return []
        scale = _scale(field)
        answer, scaled = self._answer(field), self._scaled(field.name)
        nearest = named(scaled, call("round", arithmetic(answer, ast.Mult(), constant(scale))))
        base, step = int(grid_base(field) * scale), int(Fraction(field.step) * scale)
        if any(end is not None and abs(Fraction(end)) * scale > _EXACT for end in (field.low, field.high, field.step)):  # type: ignore[arg-type]
            raise Inexact
        off = arithmetic(arithmetic(name(scaled), ast.Sub(), constant(base)), ast.Mod(), constant(step))
        lies = [] if step == 1 else [compare(off, "==", constant(0))]
        return [compare(arithmetic(nearest, ast.Div(), constant(scale)), "==", answer), *lies]

    def _constant(self, field: Field, value: Any) -> ast.expr:
        """A value of the policy, as what the answer is when it is compared; raises `Inexact`."""
        if field.kind != NUMBER:
            return self.module.value(value)
        double = float(value)
        if abs(double) > _EXACT or Decimal(repr(double)) != value:
            raise Inexact
        return constant(double)

    def test(self, test: Test, expected: bool) -> ast.expr:
        """Whether a test of answers that were checked comes out as expected; raises `Inexact`."""
        if isinstance(test, SumAtLeast):
            return compare(self._sum(test), ">=" if expected else "<", constant(test.least))
        field = self.policy.field[test.field]
        answer = self._answer(field)
        if isinstance(test, Includes):
            return compare(constant(test.option), "in" if expected else "not in", answer)
        if isinstance(test, AtLeast):
            return compare(answer, ">=" if expected else "<", self._constant(field, test.value))
        if isinstance(test, MoreThan):
            return compare(answer, ">" if expected else "<=", self._constant(field, test.value))
        if field.kind == YES_NO:
            return answer if test.values[0] is expected else negation(answer)
        values = [self._constant(field, value) for value in test.values]
        if len(values) > 2:
            listed = self.module.value(frozenset(_plain(value) for value in test.values))
            return compare(answer, "in" if expected else "not in", listed)
        return (some if expected else every)([compare(answer, "==" if expected else "!=", value) for value in values])

    def _sum(self, test: SumAtLeast) -> ast.expr:
        terms = [
            arithmetic(self.position(self.policy.field[field]), ast.Mult(), constant(times))
            for field, times in test.terms
        ]
        return reduce(lambda total, term: arithmetic(total, ast.Add(), term), terms)

    def position(self, field: Field) -> ast.expr:
        """Where an answer lies on the grid of its field, as `grid_position` has it."""
        answer = self._answer(field)
        if field.kind == DATE:
            return call(attribute(answer, "toordinal"))
        if field.step is None:
            return answer
        scale = _scale(field)
        above = arithmetic(name(self._scaled(field.name)), ast.Sub(), constant(int(grid_base(field) * scale)))
        return arithmetic(above, ast.FloorDiv(), constant(int(Fraction(field.step) * scale)))


def unlike_known(field: Field) -> Callable[[str], bool]:
    """A function that says of a text whether it needs no note; what it said is kept."""
    return lru_cache(maxsize=_MOST_TEXTS)(lambda text: near_text(field.known, text) is None)


def _is(answer: ast.expr, kind: str) -> ast.expr:
    return compare(call("type", answer), "is", name(kind))


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _scale(field: Field) -> int:
    """How many parts of 1 make every position on the grid a whole number of parts; raises `Inexact`."""
    scale = 1
    while any((Fraction(each) * scale).denominator != 1 for each in (grid_base(field), field.step) if each is not None):
        scale *= 10
        if scale > _EXACT:
            raise Inexact
    return scale

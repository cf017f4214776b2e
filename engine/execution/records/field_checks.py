"""Generated expressions that validate plain answers and test them.

The value readers (`language/model/values/`) define the valid answers of a field and explain what is wrong with others.
The expressions here cover only the common cases: data of exactly the usual type. If a check fails, that is not yet an
error; the value readers then read the record.
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
    assign_inline,
    attribute,
    call,
    compare,
    constant,
    every,
    item,
    name,
    negation,
    some,
)
from engine.language.model.field_kinds import (
    ANY_OF,
    CHOICE,
    DATE,
    INTEGER,
    NONE,
    NOT_ASKED,
    NUMBER,
    TEXT,
    UNSURE,
    YES_NO,
    Field,
)
from engine.language.model.near_texts import near_text
from engine.language.model.policy import Policy
from engine.language.model.values.grid_positions import grid_base

# The builtins and types that generated code may use.
KNOWN: dict[str, Any] = {
    each.__name__: each for each in (type, len, dict, str, int, float, list, tuple, set, map, round, datetime.date)
} | {"Exception": Exception, "exactly_text": frozenset({str}), "from_iso": datetime.date.fromisoformat}

# Doubles represent decimals of this many digits uniquely, each as their shortest decimal.
_EXACT = 10**15
# Numbers beyond these limits do not take the fast path, although `values` accepts many of them.
FAR, FAR_DOUBLE = 10**18, 1e300
_FEW = 3
# Deeper chains are slow to compile.
_CHAIN = 16
_MOST_TEXTS = 10_000


class Inexact(Exception):
    """The policy contains a number that no double represents exactly."""


class Checks:
    """Expressions that validate the answers of a policy's fields and evaluate its tests.

    Each answer is in a variable, `answer(field)`, except for the fields in `inside`, whose answers are given by
    expressions over the variable `holder`.
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
        """The variable that an answer is taken from."""
        return self._holder if field in self._inside else f"v{self._place[field]}"

    def _answer(self, field: Field) -> ast.expr:
        """The expression for an answer."""
        return self._inside.get(field.name) or name(self.answer(field.name))

    def _scaled(self, field: str) -> str:
        """The variable for a number multiplied by its scale."""
        return f"p{self._place[field]}"

    def names_of(self, test: Test) -> Iterable[str]:
        """The variables that a test uses."""
        if not isinstance(test, SumAtLeast):
            return (self.answer(test.field),)
        fields = (self.policy.field[each] for each, _ in test.terms)
        return (self._scaled(each.name) if each.kind == NUMBER else self.answer(each.name) for each in fields)

    def all_hold(self, later: Field | None = None) -> ast.expr:
        """Whether every answer is valid. Afterwards, numbers, dates and lists are ready for comparison.

        A choice `later` is only checked to be text; its value is checked by the caller.
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

    def are_not_near_texts(self) -> list[ast.expr]:
        """For each text field, whether the answer is a known text, or not similar enough to one to need a note."""
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
        """Whether the values of all these variables are booleans."""
        # `x is (x is True)` holds exactly for True and False, and `x is (x is False)` for nothing. Nested, one
        # expression tests several flags.
        held = constant(True)
        for flag in flags:
            held = compare(name(flag), "is", compare(name(flag), "is", held))
        return held

    def holds(self, field: Field) -> ast.expr:
        """Whether the answer to the field is valid."""
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
        """Whether a text is one of the options of the field."""
        # For a few options, comparing is faster than hashing.
        if len(field.options) > _FEW:
            return compare(self._answer(field), "in", constant(field.option_set))
        return some([compare(self._answer(field), "==", constant(option)) for option in field.options])

    def _is_list(self, field: Field) -> list[ast.expr]:
        """Conditions for a valid list of options: no duplicates, only options, only exact strings."""
        answer = self._answer(field)
        once = assign_inline(self.answer(field.name), ast.Set([ast.Starred(answer, ast.Load())]))
        types = ast.Set([ast.Starred(call("map", name("type"), answer), ast.Load())])
        return [
            compare(call("len", answer), "==", call("len", once)),
            compare(answer, "<=", self.module.value(field.option_set)),
            compare(types, "<=", name("exactly_text")),
        ]

    def _is_kind(self, field: Field) -> ast.expr:
        """Whether the answer has the type of the field; a date as text is replaced by the date."""
        answer = self._answer(field)
        if field.kind == INTEGER:
            return _is(answer, "int")
        if field.kind == NUMBER:
            return some([_is(answer, "float"), _is(answer, "int")])
        if field.kind != DATE:
            raise AssertionError(f"answers of the kind `{field.kind}` have no check")
        # Of the formats that `fromisoformat` reads, only year-month-day has this length with this hyphen. A date is
        # always truthy.
        ten = compare(call("len", answer), "==", constant(10))
        hyphen = compare(item(answer, constant(7)), "==", constant("-"))
        read = assign_inline(self.answer(field.name), call("from_iso", answer))
        return some([_is(answer, "date"), every([_is(answer, "str"), ten, hyphen, read])])

    def _in_range(self, field: Field) -> list[ast.expr]:
        """Conditions for the range of a number or date."""
        answer = self._answer(field)
        ends = (field.low, field.high)
        low, high = (None if end is None else self._constant(field, end) for end in ends)
        if field.kind != DATE:
            far: int | float = FAR if field.kind == INTEGER else FAR_DOUBLE
            if field.step is not None:
                # Beyond this, neighbouring positions on the grid may be the same double.
                far = _EXACT / _scale(field)
            low, high = low or constant(-far), high or constant(far)
        return [compare(answer, operator, end) for operator, end in ((">=", low), ("<=", high)) if end is not None]

    def _on_grid(self, field: Field) -> list[ast.expr]:
        """Conditions for the step of a number; raises `Inexact`."""
        if field.step is None:
            return []
        scale = _scale(field)
        answer, scaled = self._answer(field), self._scaled(field.name)
        nearest = assign_inline(scaled, call("round", arithmetic(answer, ast.Mult(), constant(scale))))
        base, step = int(grid_base(field) * scale), int(Fraction(field.step) * scale)
        if any(end is not None and abs(Fraction(end)) * scale > _EXACT for end in (field.low, field.high, field.step)):  # type: ignore[arg-type]
            raise Inexact
        off = arithmetic(arithmetic(name(scaled), ast.Sub(), constant(base)), ast.Mod(), constant(step))
        lies = [] if step == 1 else [compare(off, "==", constant(0))]
        return [compare(arithmetic(nearest, ast.Div(), constant(scale)), "==", answer), *lies]

    def _constant(self, field: Field, value: Any) -> ast.expr:
        """A constant in the type of the checked answer; raises `Inexact`."""
        if field.kind != NUMBER:
            return self.module.value(value)
        double = float(value)
        if abs(double) > _EXACT or Decimal(repr(double)) != value:
            raise Inexact
        return constant(double)

    def test(self, test: Test, expected: bool) -> ast.expr:
        """Whether a test of validated answers has the expected result; raises `Inexact`."""
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
        # The answer `none` is no plain one where the others are no texts, and is left to the fallback.
        is_text = field.kind in (CHOICE, TEXT)
        asked = [value for value in test.values if value != NOT_ASKED]
        wanted = [value for value in asked if is_text or field.or_none is None or value != NONE]
        if not wanted or (field.kind == YES_NO and len(wanted) > 1):
            return constant(bool(wanted) is expected)
        if field.kind == YES_NO:
            return answer if wanted[0] is expected else negation(answer)
        values = [self._constant(field, value) for value in wanted]
        if len(values) > 2:
            listed = self.module.value(frozenset(_plain(value) for value in wanted))
            return compare(answer, "in" if expected else "not in", listed)
        return (some if expected else every)([compare(answer, "==" if expected else "!=", value) for value in values])

    def _sum(self, test: SumAtLeast) -> ast.expr:
        """The value of a sum."""
        terms = [
            arithmetic(self.position(self.policy.field[field]), ast.Mult(), constant(times))
            for field, times in test.terms
        ]
        return reduce(lambda total, term: arithmetic(total, ast.Add(), term), terms)

    def position(self, field: Field) -> ast.expr:
        """The position of an answer on the grid of its field, as `grid_position` defines it."""
        answer = self._answer(field)
        if field.kind == DATE:
            return call(attribute(answer, "toordinal"))
        if field.step is None:
            return answer
        scale = _scale(field)
        above = arithmetic(name(self._scaled(field.name)), ast.Sub(), constant(int(grid_base(field) * scale)))
        return arithmetic(above, ast.FloorDiv(), constant(int(Fraction(field.step) * scale)))


def unlike_known(field: Field) -> Callable[[str], bool]:
    """A cached function that tells whether a text is not similar to a known one, and so needs no note."""
    return lru_cache(maxsize=_MOST_TEXTS)(lambda text: near_text(field.known, text) is None)


def _is(answer: ast.expr, kind: str) -> ast.expr:
    """Whether an answer has exactly this type."""
    return compare(call("type", answer), "is", name(kind))


def _plain(value: Any) -> Any:
    """The value, with a decimal as a double."""
    return float(value) if isinstance(value, Decimal) else value


def _scale(field: Field) -> int:
    """The power of ten that turns every position on the grid into an integer; raises `Inexact`."""
    scale = 1
    while any((Fraction(each) * scale).denominator != 1 for each in (grid_base(field), field.step) if each is not None):
        scale *= 10
        if scale > _EXACT:
            raise Inexact
    return scale

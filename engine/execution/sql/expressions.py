"""Constructors for SQL expressions, as sqlglot trees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TypeAlias

from sqlglot import exp

from engine.language.model.values.value_texts import decimal_text

Expression: TypeAlias = exp.Expression
# Databases limit the nesting depth, and a chain of operators counts as nested, so long chains are split in halves.
_LONG = 50


def column(name: str) -> Expression:
    """A quoted column name, which may contain dots."""
    return exp.Column(this=exp.Identifier(this=name, quoted=True))


def text(value: str) -> Expression:
    """A text constant."""
    return exp.Literal.string(value)


def number(value: int | Decimal | str) -> Expression:
    """A number constant, exactly as given."""
    written = value if isinstance(value, str) else decimal_text(value)
    if written.startswith("-"):
        return exp.Neg(this=exp.Literal.number(written[1:]))
    return exp.Literal.number(written)


def call(name: str, *arguments: Expression) -> Expression:
    """A function call, by a name that sqlglot does not translate."""
    return exp.Anonymous(this=name, expressions=[*arguments])


def all_of(parts: Iterable[Expression]) -> Expression:
    """A conjunction; TRUE if it has no parts."""
    return _join(exp.And, [part for part in parts if not is_always(part)]) or exp.true()


def one_of(parts: Iterable[Expression]) -> Expression:
    """A disjunction; FALSE if it has no parts."""
    return _join(exp.Or, [*parts]) or exp.false()


def is_always(part: Expression | None) -> bool:
    """Whether an expression is the constant TRUE."""
    return isinstance(part, exp.Boolean) and bool(part.this)


def concatenate(parts: Sequence[Expression]) -> Expression:
    """The concatenation of texts; NULL if one of them is."""
    return _chain(exp.DPipe, parts)


def case(ifs: Iterable[tuple[Expression, Expression]], default: Expression | None = None) -> Expression:
    """A CASE expression: the value of the first condition that holds."""
    return exp.Case(ifs=[exp.If(this=condition, true=then) for condition, then in ifs], default=default)


def _join(kind: type[Expression], parts: Sequence[Expression]) -> Expression | None:
    """Parts joined by `AND` or `OR`, with parentheses where needed; None without parts."""
    if not parts:
        return None
    if len(parts) == 1:
        return parts[0]
    return _chain(
        kind,
        [
            exp.Paren(this=part) if isinstance(part, exp.Connector) and not isinstance(part, kind) else part
            for part in parts
        ],
    )


def _chain(kind: type[Expression], parts: Sequence[Expression]) -> Expression:
    """A chain of one operator, split in halves if it is long."""
    if len(parts) > _LONG:
        middle = len(parts) // 2
        parts = [exp.Paren(this=_chain(kind, half)) for half in (parts[:middle], parts[middle:])]
    found, *others = parts
    for part in others:
        found = kind(this=found, expression=part, **({"safe": False} if kind is exp.DPipe else {}))
    return found


def negate(part: Expression) -> Expression:
    """The negation of a condition."""
    return exp.Not(this=exp.Paren(this=part) if isinstance(part, exp.Binary | exp.Connector) else part)

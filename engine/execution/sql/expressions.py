"""Which pieces is every SQL expression made of?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TypeAlias

from sqlglot import exp

from engine.language.model.values import decimal_text

Expression: TypeAlias = exp.Expression
# Databases read nested expressions to some depth only, and a chain is nested for them.
_LONG = 50


def column(name: str) -> Expression:
    """A column by its name, which may have dots in it."""
    return exp.Column(this=exp.Identifier(this=name, quoted=True))


def text(value: str) -> Expression:
    """A text."""
    return exp.Literal.string(value)


def number(value: int | Decimal | str) -> Expression:
    """A number, exactly as it is."""
    written = value if isinstance(value, str) else decimal_text(value)
    if written.startswith("-"):
        return exp.Neg(this=exp.Literal.number(written[1:]))
    return exp.Literal.number(written)


def call(name: str, *arguments: Expression) -> Expression:
    """A function that is called by this very name."""
    return exp.Anonymous(this=name, expressions=[*arguments])


def all_of(parts: Iterable[Expression]) -> Expression:
    """Parts that all hold; TRUE where there are none."""
    return _joined(exp.And, [part for part in parts if not is_always(part)]) or exp.true()


def one_of(parts: Iterable[Expression]) -> Expression:
    """Parts of which one holds; FALSE where there are none."""
    return _joined(exp.Or, [*parts]) or exp.false()


def is_always(part: Expression | None) -> bool:
    """Whether this is TRUE itself."""
    return isinstance(part, exp.Boolean) and bool(part.this)


def piped(parts: Sequence[Expression]) -> Expression:
    """Texts one after the other; unknown as soon as one of them is."""
    return _chained(exp.DPipe, parts)


def case(ifs: Iterable[tuple[Expression, Expression]], default: Expression | None = None) -> Expression:
    """The value after the first condition that holds."""
    return exp.Case(ifs=[exp.If(this=condition, true=then) for condition, then in ifs], default=default)


def _joined(kind: type[Expression], parts: Sequence[Expression]) -> Expression | None:
    if not parts:
        return None
    if len(parts) == 1:
        return parts[0]
    return _chained(
        kind,
        [
            exp.Paren(this=part) if isinstance(part, exp.Connector) and not isinstance(part, kind) else part
            for part in parts
        ],
    )


def _chained(kind: type[Expression], parts: Sequence[Expression]) -> Expression:
    """A chain of one operator; a long one in halves."""
    if len(parts) > _LONG:
        middle = len(parts) // 2
        parts = [exp.Paren(this=_chained(kind, half)) for half in (parts[:middle], parts[middle:])]
    found, *others = parts
    for part in others:
        found = kind(this=found, expression=part, **({"safe": False} if kind is exp.DPipe else {}))
    return found


def negated(part: Expression) -> Expression:
    """What holds where the part does not."""
    return exp.Not(this=exp.Paren(this=part) if isinstance(part, exp.Binary | exp.Connector) else part)

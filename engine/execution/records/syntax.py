"""Helpers to build functions as Python syntax trees and compile them.

All identifiers are generated. Text from an author appears only in constants and globals, never as source code.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

_OPERATORS: dict[str, ast.cmpop] = {
    "==": ast.Eq(),
    "!=": ast.NotEq(),
    ">=": ast.GtE(),
    ">": ast.Gt(),
    "<=": ast.LtE(),
    "<": ast.Lt(),
    "in": ast.In(),
    "not in": ast.NotIn(),
    "is": ast.Is(),
    "is not": ast.IsNot(),
}
_LOAD, _STORE = ast.Load(), ast.Store()
# Types that constants in syntax trees can hold; other values become globals.
_CONSTANTS = (str, bool, int, float, type(None))


def name(identifier: str) -> ast.expr:
    """A variable."""
    return ast.Name(identifier, _LOAD)


def constant(value: str | bytes | bool | int | float | tuple[str, ...] | frozenset[str] | None) -> ast.expr:
    """A constant."""
    # Tuples and frozensets of texts are valid constants, although the type stub does not say so.
    return ast.Constant(value)  # type: ignore[arg-type]


def compare(left: ast.expr, operator: str, right: ast.expr) -> ast.expr:
    """A comparison."""
    return ast.Compare(left, [_OPERATORS[operator]], [right])


def every(conditions: Sequence[ast.expr]) -> ast.expr:
    """The conjunction of some conditions; True if there are none."""
    return _join(ast.And(), conditions) if conditions else constant(True)


def some(conditions: Sequence[ast.expr]) -> ast.expr:
    """The disjunction of at least one condition."""
    return _join(ast.Or(), conditions)


def _join(word: ast.boolop, conditions: Sequence[ast.expr]) -> ast.expr:
    """Conditions joined by `and` or `or`."""
    return conditions[0] if len(conditions) == 1 else ast.BoolOp(word, list(conditions))


def negation(condition: ast.expr) -> ast.expr:
    """The negation of a condition."""
    return ast.UnaryOp(ast.Not(), condition)


def arithmetic(left: ast.expr, operator: ast.operator, right: ast.expr) -> ast.expr:
    """A binary operation."""
    return ast.BinOp(left, operator, right)


def bit_or(left: ast.expr, right: ast.expr) -> ast.expr:
    """A bitwise OR."""
    return arithmetic(left, ast.BitOr(), right)


def call(function: ast.expr | str, *arguments: ast.expr) -> ast.expr:
    """A call of a function, given by name or expression."""
    return ast.Call(name(function) if isinstance(function, str) else function, list(arguments), [])


def attribute(value: ast.expr, identifier: str) -> ast.expr:
    """An attribute access."""
    return ast.Attribute(value, identifier, _LOAD)


def item(value: ast.expr, key: ast.expr) -> ast.expr:
    """A subscript."""
    return ast.Subscript(value, key, _LOAD)


def assign_inline(identifier: str, value: ast.expr) -> ast.expr:
    """An assignment expression: `(identifier := value)`."""
    return ast.NamedExpr(ast.Name(identifier, _STORE), value)


def assign(identifier: str, value: ast.expr) -> ast.stmt:
    """An assignment statement."""
    return assign_all([identifier], value)


def assign_all(identifiers: Iterable[str], value: ast.expr) -> ast.stmt:
    """An assignment of one value to several variables."""
    return ast.Assign([ast.Name(each, _STORE) for each in identifiers], value)


def unless(condition: ast.expr, body: ast.stmt) -> ast.stmt:
    """An `if not` statement."""
    return ast.If(negation(condition), [body], [])


def function(identifier: str, parameters: Iterable[str], body: list[ast.stmt]) -> ast.stmt:
    """A function definition with positional-only parameters."""
    arguments = ast.arguments([ast.arg(each) for each in parameters], [], None, [], [], None, [])
    return ast.FunctionDef(identifier, arguments, body, [])


class Module:
    """Functions with shared globals, which see only the given builtins."""

    def __init__(self, **known: Any) -> None:
        self.globals: dict[str, Any] = {"__builtins__": {}, **known}
        self.functions: list[ast.stmt] = []
        self._names: dict[Hashable, str] = {}

    def value(self, value: Any) -> ast.expr:
        """An expression for a hashable value; anything but a simple constant becomes a global."""
        if isinstance(value, _CONSTANTS):
            return constant(value)
        key = (type(value), value)
        if key not in self._names:
            self._names[key] = f"g{len(self._names)}"
            self.globals[self._names[key]] = value
        return name(self._names[key])

    def compile(self, identifier: str) -> Callable[[Any], Any]:
        """Compile the functions and return the one with this name."""
        tree = ast.fix_missing_locations(ast.Module(self.functions, []))
        exec(compile(tree, "<oneverdict>", "exec"), self.globals)
        found: Callable[[Any], Any] = self.globals[identifier]
        return found

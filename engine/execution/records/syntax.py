"""How is a function written as Python's own syntax tree, and made to run?

Every name in it is ours. What an author wrote goes in as a constant or as a global, never as a text that is compiled.
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
# What syntax trees can hold as it is; all else goes through the globals.
_CONSTANTS = (str, bool, int, float, type(None))


def name(identifier: str) -> ast.expr:
    return ast.Name(identifier, _LOAD)


def constant(value: str | bytes | bool | int | float | tuple[str, ...] | frozenset[str] | None) -> ast.expr:
    # A tuple or a set of texts is one too, though its type does not say so.
    return ast.Constant(value)  # type: ignore[arg-type]


def compare(left: ast.expr, operator: str, right: ast.expr) -> ast.expr:
    return ast.Compare(left, [_OPERATORS[operator]], [right])


def every(conditions: Sequence[ast.expr]) -> ast.expr:
    """Whether all of these hold; True where there are none."""
    return _joined(ast.And(), conditions) if conditions else constant(True)


def some(conditions: Sequence[ast.expr]) -> ast.expr:
    """Whether one of these, at least one, holds."""
    return _joined(ast.Or(), conditions)


def _joined(word: ast.boolop, conditions: Sequence[ast.expr]) -> ast.expr:
    return conditions[0] if len(conditions) == 1 else ast.BoolOp(word, list(conditions))


def negation(condition: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), condition)


def arithmetic(left: ast.expr, operator: ast.operator, right: ast.expr) -> ast.expr:
    return ast.BinOp(left, operator, right)


def bit_or(left: ast.expr, right: ast.expr) -> ast.expr:
    return arithmetic(left, ast.BitOr(), right)


def bit_and(left: ast.expr, right: ast.expr) -> ast.expr:
    return arithmetic(left, ast.BitAnd(), right)


def call(function: ast.expr | str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(name(function) if isinstance(function, str) else function, list(arguments), [])


def attribute(value: ast.expr, identifier: str) -> ast.expr:
    return ast.Attribute(value, identifier, _LOAD)


def item(value: ast.expr, key: ast.expr) -> ast.expr:
    return ast.Subscript(value, key, _LOAD)


def named(identifier: str, value: ast.expr) -> ast.expr:
    """The value, which has this name from here on."""
    return ast.NamedExpr(ast.Name(identifier, _STORE), value)


def assign(identifier: str, value: ast.expr) -> ast.stmt:
    return assign_all([identifier], value)


def assign_all(identifiers: Iterable[str], value: ast.expr) -> ast.stmt:
    """The same value to all of these names."""
    return ast.Assign([ast.Name(each, _STORE) for each in identifiers], value)


def unless(condition: ast.expr, body: ast.stmt) -> ast.stmt:
    return ast.If(negation(condition), [body], [])


def function(identifier: str, parameters: Iterable[str], body: list[ast.stmt]) -> ast.stmt:
    """A function whose parameters are taken by their place only."""
    arguments = ast.arguments([ast.arg(each) for each in parameters], [], None, [], [], None, [])
    return ast.FunctionDef(identifier, arguments, body, [])


class Module:
    """Functions that share their globals; the only builtins they see are those that they are given."""

    def __init__(self, **known: Any) -> None:
        self.globals: dict[str, Any] = {"__builtins__": {}, **known}
        self.functions: list[ast.stmt] = []
        self._names: dict[Hashable, str] = {}

    def value(self, value: Any) -> ast.expr:
        """An expression for any value that can be hashed."""
        if isinstance(value, _CONSTANTS):
            return constant(value)
        key = (type(value), value)
        if key not in self._names:
            self._names[key] = f"g{len(self._names)}"
            self.globals[self._names[key]] = value
        return name(self._names[key])

    def made(self, identifier: str) -> Callable[[Any], Any]:
        """Compiles the functions, and gives the one of this name."""
        tree = ast.fix_missing_locations(ast.Module(self.functions, []))
        exec(compile(tree, "<oneverdict>", "exec"), self.globals)
        found: Callable[[Any], Any] = self.globals[identifier]
        return found

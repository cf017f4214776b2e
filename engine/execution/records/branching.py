"""Code generation: a program as nested `if` statements, for programs of any depth with shared nodes.

Of two branches, the smaller goes inside the `if` and the larger follows it, so the nesting depth is logarithmic in the
size. Shared nodes are duplicated while that adds little code, and otherwise become functions.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from engine.execution.program import Program
from engine.execution.records.field_checks import Checks
from engine.execution.records.syntax import Module, call, function, name

# Duplicating shared nodes may grow a program to this factor plus this many tests; beyond that, functions are made.
_TIMES, _MORE = 2, 200
# Smaller shared nodes are always duplicated: calling a function would take as long.
_FEW = 4


def write_branches(
    program: Program,
    checks: Checks,
    module: Module,
    end: Callable[[int], ast.expr],
    given: str,
    on_first_no: Sequence[ast.stmt] = (),
) -> list[ast.stmt]:
    """Generate the statements that lead from checked answers to a `return`; raises `Inexact`.

    Args:
        program: The program.
        checks: The expressions for its tests.
        module: Receives the functions for shared nodes.
        end: The expression to return for the index of a label.
        given: The name of a variable to pass to those functions, besides the answers that they need.
        on_first_no: Statements to run if the first test fails, before anything else.
    """
    return _Writer(program, checks, module, end, given).write(on_first_no)


class _Writer:
    """Generates the statements of one program."""

    def __init__(
        self, program: Program, checks: Checks, module: Module, end: Callable[[int], ast.expr], given: str
    ) -> None:
        self.asks = program.asks
        self.entry = program.entry
        self.checks = checks
        self.module = module
        self.end = end
        self.given = given
        self.parts: dict[int, list[str]] = {}
        self.sizes = self._subtree_sizes(self._shared_nodes())

    def _shared_nodes(self) -> frozenset[int]:
        """The nodes that should become functions if they are large enough."""
        most = _TIMES * len(self.asks) + _MORE
        sizes: list[int] = []
        for ask in self.asks:
            sizes.append(min(1 + sum(sizes[way] for way in (ask.yes, ask.no) if way >= 0), most + 1))
        if self.entry < 0 or sizes[self.entry] <= most:
            return frozenset()
        parents = [0] * len(self.asks)
        for ask in self.asks:
            for way in {way for way in (ask.yes, ask.no) if way >= 0}:
                parents[way] += 1
        return frozenset(place for place, many in enumerate(parents) if many > 1)

    def _subtree_sizes(self, wanted: frozenset[int]) -> list[int]:
        """The number of tests below each node, not counting those in functions.

        Also chooses the nodes that become functions, with their parameters.
        """
        sizes: list[int] = []
        used: list[frozenset[str]] = []
        for place, ask in enumerate(self.asks):
            below = [way for way in (ask.yes, ask.no) if way >= 0]
            sizes.append(1 + sum(1 if way in self.parts else sizes[way] for way in below))
            if wanted:
                used.append(frozenset(self.checks.names_of(ask.test)).union(*(used[way] for way in below)))
                if place in wanted and sizes[place] >= _FEW:
                    self.parts[place] = sorted(used[place])
        return sizes

    def write(self, on_first_no: Sequence[ast.stmt]) -> list[ast.stmt]:
        """The statements of the whole program."""
        for place, parameters in self.parts.items():
            body = self._write_node(place)
            self.module.functions.append(function(self._part(place), [self.given, *parameters], body))
        if not on_first_no:
            return self._write_target(self.entry)
        first = self.asks[self.entry]
        return [
            ast.If(self.checks.test(first.test, True), self._write_target(first.yes), []),
            *on_first_no,
            *self._write_target(first.no),
        ]

    def _part(self, place: int) -> str:
        """The name of the function for a shared node."""
        return f"part{place}"

    def _write_target(self, place: int) -> list[ast.stmt]:
        """The statements for a target."""
        if place < 0:
            return [ast.Return(self.end(~place))]
        if place in self.parts:
            arguments = map(name, (self.given, *self.parts[place]))
            return [ast.Return(call(self._part(place), *arguments))]
        return self._write_node(place)

    def _write_node(self, place: int) -> list[ast.stmt]:
        """The statements for a node."""
        lines: list[ast.stmt] = []
        while True:
            ask = self.asks[place]
            yes_first = self._size(ask.yes) <= self._size(ask.no)
            inside, below = (ask.yes, ask.no) if yes_first else (ask.no, ask.yes)
            lines.append(ast.If(self.checks.test(ask.test, yes_first), self._write_target(inside), []))
            if below < 0 or below in self.parts:
                return lines + self._write_target(below)
            place = below

    def _size(self, place: int) -> int:
        """The number of tests of a target."""
        return 0 if place < 0 else 1 if place in self.parts else self.sizes[place]

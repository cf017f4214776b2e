"""How does a program become functions that branch as it does? However deep it is, and whatever its asks share.

Of two ways the smaller one stands inside an `if` and the larger one below it, so that nothing is nested deeper than the
logarithm of the whole. What is shared is repeated as long as that is little, and is a function of its own beyond.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from engine.execution.program import Program
from engine.execution.records.field_checks import Checks
from engine.execution.records.syntax import Module, call, function, name

# With all that is shared repeated, a program may grow to so many times its size, and by so many tests beside.
_TIMES, _MORE = 2, 200
# Fewer tests than these are repeated all the same: a call would take as long.
_FEW = 4


def write_branches(
    program: Program,
    checks: Checks,
    module: Module,
    end: Callable[[int], ast.expr],
    given: str,
    on_first_no: Sequence[ast.stmt] = (),
) -> list[ast.stmt]:
    """The statements that lead from checked answers to an end, each way in a `return`; raises `Inexact`.

    `end` is the expression to return for the place of a label. Functions that the statements call are added to the
    module; they are handed the name `given` beside the answers that they need. Where the first test is answered no,
    `on_first_no` is done before all else.
    """
    return _Writer(program, checks, module, end, given).written(on_first_no)


class _Writer:
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
        self.sizes = self._sized(self._wanted_parts())

    def _wanted_parts(self) -> frozenset[int]:
        """The asks to make functions of, if they are not too small."""
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

    def _sized(self, wanted: frozenset[int]) -> list[int]:
        """How many tests each ask comes to, what other functions do aside; notes those functions' parameters."""
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

    def written(self, on_first_no: Sequence[ast.stmt]) -> list[ast.stmt]:
        for place, parameters in self.parts.items():
            body = self._asked(place)
            self.module.functions.append(function(self._part(place), [self.given, *parameters], body))
        if not on_first_no:
            return self._way(self.entry)
        first = self.asks[self.entry]
        return [
            ast.If(self.checks.test(first.test, True), self._way(first.yes), []),
            *on_first_no,
            *self._way(first.no),
        ]

    def _part(self, place: int) -> str:
        return f"part{place}"

    def _way(self, place: int) -> list[ast.stmt]:
        if place < 0:
            return [ast.Return(self.end(~place))]
        if place in self.parts:
            arguments = map(name, (self.given, *self.parts[place]))
            return [ast.Return(call(self._part(place), *arguments))]
        return self._asked(place)

    def _asked(self, place: int) -> list[ast.stmt]:
        lines: list[ast.stmt] = []
        while True:
            ask = self.asks[place]
            yes_first = self._size(ask.yes) <= self._size(ask.no)
            inside, below = (ask.yes, ask.no) if yes_first else (ask.no, ask.yes)
            lines.append(ast.If(self.checks.test(ask.test, yes_first), self._way(inside), []))
            if below < 0 or below in self.parts:
                return lines + self._way(below)
            place = below

    def _size(self, place: int) -> int:
        return 0 if place < 0 else 1 if place in self.parts else self.sizes[place]

"""Compiled functions for partial records, which follow both branches where an answer is missing.

The input has the form of JSON, as for complete records (`plain_records.py`), but any answer may be missing or None.
Each node of a program has a flag, set if the record can reach it; an unknown test sets the flags of both targets. The
reached ends are exactly the possible ones if at most one sum is unknown, its missing answers change it in steps of 1,
and they are not tested elsewhere: then the sum can take any value in its range. Otherwise, some reached ends may be
impossible.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from engine.execution.program import Program, SumAtLeast, fields_of
from engine.execution.records.field_checks import KNOWN, Checks
from engine.execution.records.plain_records import RECORD, Nested, nested
from engine.execution.records.syntax import (
    Module,
    arithmetic,
    assign,
    assign_all,
    attribute,
    bit_or,
    call,
    compare,
    constant,
    every,
    function,
    name,
    some,
    unless,
)
from engine.language.model.field_kinds import ANY_OF, Field
from engine.language.model.policy import Policy
from engine.meaning.hit_policies import Ending
from engine.meaning.spaces.cells import box_of

# With more nodes than this, following the branches is faster than checking every flag.
MOST_ASKS = 400
_ENDS, _SUMS, _SINGLES = "ends", "sums", "singles"
# The bit recorded for sums that may skip values.
_STEPS = 1


def compile_open(
    policy: Policy,
    program: Program,
    otherwise: Callable[[Any], Any],
    settled: Callable[[ast.expr, ast.expr], ast.expr],
    unsettled: Callable[[Any, tuple[Any, ...]], Any],
    **known: Any,
) -> Callable[[Any], Any]:
    """A function of a complete or partial record; raises `Inexact`.

    Args:
        policy: The policy.
        program: One of its programs, with at most `MOST_ASKS` nodes.
        otherwise: Called with records of another form, invalid records and impossible records.
        settled: Makes the expression to return, from one for the possible ends (a bit mask over the labels of the
            program) and one for the answers (a tuple in the order of the fields, None for missing ones). It may use the
            `RECORD`.
        unsettled: Called with the record and the answers if some reached ends may be impossible.
        known: Values that the expressions may use, by name.

    Returns:
        A function from a record to the result of the handler that applies.
    """
    module = Module(**KNOWN, otherwise=otherwise, unsettled=unsettled, **known)
    checks = Checks(policy, module)
    taken = list(_reads(nested(policy), RECORD, checks, module, count()))
    answers = ast.Tuple([_answer(checks, field) for field in policy.fields], ast.Load())
    writer = _Writer(policy, program, checks)
    lines = [*_check_answers(checks, taken), *writer.lines()]
    if Ending.IMPOSSIBLE in program.labels:
        impossible = constant(1 << program.labels.index(Ending.IMPOSSIBLE))
        lines.append(ast.If(compare(name(_ENDS), "==", impossible), [ast.Break()], []))
    if writer.has_sums:
        is_doubtful = some([each for at in range(writer.groups) for each in _doubts(at)])
        handed = ast.Return(call("unsettled", name(RECORD), answers))
        lines.append(ast.If(every([_has_several(_ENDS), is_doubtful]), [handed], []))
    lines.append(ast.Return(settled(name(_ENDS), answers)))
    return _make_function(module, lines, call("otherwise", name(RECORD)))


def compile_reached(policy: Policy, program: Program) -> Callable[[tuple[Any, ...]], int]:
    """A function from an answers tuple, as `compile_open` passes it on, to the reached ends as a bit mask."""
    module = Module(**KNOWN)
    checks = Checks(policy, module)
    names = ast.Tuple([ast.Name(checks.answer(field.name), ast.Store()) for field in policy.fields], ast.Store())
    taken: list[ast.stmt] = [ast.Assign([names], name(RECORD))]
    lines = [*_check_answers(checks, taken), *_Writer(policy, program, checks).lines(), ast.Return(name(_ENDS))]
    return _make_function(module, lines, constant(0))


def _check_answers(checks: Checks, taken: list[ast.stmt]) -> list[ast.stmt]:
    """Statements that read the answers, and break if one of them is invalid."""
    fits = [some([_is_missing(checks.answer(field.name)), checks.holds(field)]) for field in checks.policy.fields]
    stopped = ast.ExceptHandler(name("Exception"), None, [ast.Break()])
    return [ast.Try([*taken, unless(every(fits), ast.Break())], [stopped], [], [])]


def _make_function(module: Module, lines: list[ast.stmt], otherwise: ast.expr) -> Callable[[Any], Any]:
    """Compile the function; a `break` in the statements leads to `otherwise`."""
    body = [ast.While(constant(True), lines, []), ast.Return(otherwise)]
    module.functions.append(function("opened", [RECORD], body))
    return module.compile("opened")


def _answer(checks: Checks, field: Field) -> ast.expr:
    """The expression for an answer in the answers tuple."""
    answer = checks.answer(field.name)
    if field.kind != ANY_OF:
        return name(answer)
    # The check turned the list into a set.
    return ast.IfExp(_is_missing(answer), constant(None), call("tuple", name(answer)))


def _doubts(group: int) -> list[ast.expr]:
    """Whether two sums of a group are unknown, or a sum and a field of it that is also tested elsewhere."""
    sums, singles = f"{_SUMS}{group}", f"{_SINGLES}{group}"
    return [_has_several(sums), every([name(sums), name(singles)])]


def _has_several(bits: str) -> ast.expr:
    """Whether a bit mask has more than one bit."""
    return arithmetic(name(bits), ast.BitAnd(), arithmetic(name(bits), ast.Sub(), constant(1)))


def _is_missing(answer: str) -> ast.expr:
    """Whether an answer is missing."""
    return compare(name(answer), "is", constant(None))


def _reads(fields: Nested, holder: str, checks: Checks, module: Module, numbers: Iterator[int]) -> Iterator[ast.stmt]:
    """Statements that read the entries of a dict, and break if it is not a dict or has unknown keys."""
    is_dict = compare(call("type", name(holder)), "is", name("dict"))
    has_no_others = compare(call(attribute(name(holder), "keys")), "<=", module.value(frozenset(fields)))
    yield unless(every([is_dict, has_no_others]), ast.Break())
    for key, below in fields.items():
        entry = call(attribute(name(holder), "get"), constant(key))
        if isinstance(below, str):
            yield assign(checks.answer(below), entry)
            continue
        inside = f"m{next(numbers)}"
        missing: list[ast.stmt] = [assign(checks.answer(each), constant(None)) for each in _names(below)]
        there = [assign(inside, entry), *_reads(below, inside, checks, module, numbers)]
        # None in place of a nested dict is invalid, not missing.
        yield ast.If(compare(constant(key), "in", name(holder)), there, missing)


def _names(fields: Nested) -> Iterator[str]:
    """The names of all fields below."""
    for below in fields.values():
        if isinstance(below, str):
            yield below
        else:
            yield from _names(below)


class _Writer:
    """Generates the statements that propagate the flags of one program."""

    def __init__(self, policy: Policy, program: Program, checks: Checks) -> None:
        self.policy = policy
        self.program = program
        self.checks = checks
        self.has_sums = any(isinstance(ask.test, SumAtLeast) for ask in program.asks)
        self._sums: dict[tuple[tuple[str, int], ...], int] = {}
        self._group_of = _groups(program)
        self.groups = len(set(self._group_of.values()))

    def lines(self) -> list[ast.stmt]:
        """The statements that set the flags of reachable nodes and record the ends."""
        program = self.program
        asked = range(len(program.asks) - 1, -1, -1)
        noted = [f"{word}{group}" for group in range(self.groups) for word in (_SUMS, _SINGLES)]
        lines = [assign_all([_ENDS, *noted], constant(0))]
        if program.asks:
            lines.append(assign_all([self._flag(place) for place in asked], constant(False)))
        lines += self._go(program.entry)
        lines += [ast.If(name(self._flag(place)), self._write_node(place), []) for place in asked]
        return lines

    def _flag(self, place: int) -> str:
        """The variable for the flag of a node."""
        return f"f{place}"

    def _go(self, way: int) -> list[ast.stmt]:
        """Statements that set the flag of a target, or record an end."""
        if way >= 0:
            return [assign(self._flag(way), constant(True))]
        return [assign(_ENDS, bit_or(name(_ENDS), constant(1 << ~way)))]

    def _write_node(self, place: int) -> list[ast.stmt]:
        """Statements that evaluate the test of a node and set the flags of its targets."""
        test, yes, no = self.program.asks[place]
        known: list[ast.stmt] = [ast.If(self.checks.test(test, True), self._go(yes), self._go(no))]
        missing = some([_is_missing(self.checks.answer(each)) for each in fields_of(test)])
        both = [*self._go(yes), *self._go(no)]
        if isinstance(test, SumAtLeast):
            return [ast.If(missing, self._open_sum(test, yes, no, both), known)]
        if test.field in self._group_of:
            both.append(assign(f"{_SINGLES}{self._group_of[test.field]}", constant(1)))
        return [ast.If(missing, both, known)]

    def _open_sum(self, test: SumAtLeast, yes: int, no: int, both: list[ast.stmt]) -> list[ast.stmt]:
        """Statements for a sum with missing answers, which may be decided by its bounds all the same."""
        bit = self._sums.setdefault(test.terms, _STEPS << len(self._sums) + 1)
        sums = f"{_SUMS}{self._group_of[test.terms[0][0]]}"
        noted = assign(sums, bit_or(name(sums), self._sum_bits(test, bit)))
        reaches, stays = self._end(test, least=True), self._end(test, least=False)
        inner: list[ast.stmt] = [noted, *both]
        if stays is not None:
            inner = [ast.If(stays, self._go(no), inner)]
        return inner if reaches is None else [ast.If(reaches, self._go(yes), inner)]

    def _sum_bits(self, test: SumAtLeast, bit: int) -> ast.expr:
        """The bits to record for an unknown sum; `_STEPS` if a missing answer changes it by more than 1 at a time."""
        wide = [self.checks.answer(field) for field, times in test.terms if abs(times) > 1]
        if not wide:
            return constant(bit)
        return ast.IfExp(some([_is_missing(each) for each in wide]), constant(bit | _STEPS), constant(bit))

    def _end(self, test: SumAtLeast, *, least: bool) -> ast.expr | None:
        """Whether a bound decides a sum: its minimum reaches the number or, with `least=False`, its maximum does not.

        None if that bound is infinite whenever an answer is missing.
        """
        conditions: list[ast.expr] = []
        total: ast.expr | None = None
        for field_name, times in test.terms:
            field = self.policy.field[field_name]
            answer = self.checks.answer(field_name)
            end = box_of(field)[0 if (times > 0) is least else 1]
            position = self.checks.position(field)
            if end is None:
                conditions.append(compare(name(answer), "is not", constant(None)))
            else:
                position = ast.IfExp(_is_missing(answer), constant(end), position)
            part = arithmetic(position, ast.Mult(), constant(times))
            total = part if total is None else arithmetic(total, ast.Add(), part)
        if len(conditions) == len(test.terms):
            return None
        assert total is not None
        return every([*conditions, compare(total, ">=" if least else "<", constant(test.least))])


def _groups(program: Program) -> dict[str, int]:
    """The fields tied by sums of a program, each with the index of its group."""
    group_of: dict[str, int] = {}
    for ask in program.asks:
        if isinstance(ask.test, SumAtLeast):
            names = [name for name, _ in ask.test.terms]
            met = {group_of[name] for name in names if name in group_of}
            number = min(met, default=len(program.asks) + len(group_of))
            group_of |= {name: number for name, group in group_of.items() if group in met}
            group_of |= dict.fromkeys(names, number)
    numbers = {number: place for place, number in enumerate(dict.fromkeys(group_of.values()))}
    return {name: numbers[number] for name, number in group_of.items()}

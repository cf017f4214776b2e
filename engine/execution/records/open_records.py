"""How does one function take a record that leaves questions open, and follow both ways wherever an answer is missing?

The form is that of JSON, as for whole records (`plain_records.py`), but any answer may be missing, or None. Each ask of
a program is a flag, raised where the record can come; where a test is not known, the flags of both ways are raised.
What is reached so is what can still come where one sum at most is not known, its missing answers move it by 1 at a time
and are asked for nowhere else: then it can be any number between its ends. Otherwise more may be reached.
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
    bit_and,
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

# With more asks than this, a record is followed from ask to ask sooner than each of them is looked at.
MOST_ASKS = 400
_ENDS, _SUMS, _SINGLES = "ends", "sums", "singles"
# The bit that is noted beside that of a sum which may step over numbers.
_STEPS = 1


def compile_open(
    policy: Policy,
    program: Program,
    otherwise: Callable[[Any], Any],
    settled: Callable[[ast.expr, ast.expr], ast.expr],
    unsettled: Callable[[Any, tuple[Any, ...]], Any],
    **known: Any,
) -> Callable[[Any], Any]:
    """A function of a record, whole or not; raises `Inexact`.

    Args:
        policy: The policy.
        program: One of its programs, with `MOST_ASKS` asks at most.
        otherwise: Takes records of another form, wrong ones, and those that cannot happen.
        settled: Makes the expression to return, of one for the ends that can still come (a bit for each label of the
            program, by its place), and one for the answers (a tuple in the order of the fields, None for what is
            missing). It may use the `RECORD`.
        unsettled: Takes the record and the answers where more ends were reached than may come.
        known: Values that expressions may use, by their names.

    Returns:
        A function of a record that gives what the one gives that takes it.
    """
    module = Module(**KNOWN, otherwise=otherwise, unsettled=unsettled, **known)
    checks = Checks(policy, module)
    taken = list(_reads(nested(policy), RECORD, checks, module, count()))
    answers = ast.Tuple([_answer(checks, field) for field in policy.fields], ast.Load())
    writer = _Writer(policy, program, checks)
    lines = [*_checked(checks, taken), *writer.lines()]
    if Ending.IMPOSSIBLE in program.labels:
        impossible = constant(1 << program.labels.index(Ending.IMPOSSIBLE))
        lines.append(ast.If(compare(name(_ENDS), "==", impossible), [ast.Break()], []))
    if writer.has_sums:
        is_doubtful = some([each for at in range(writer.groups) for each in _doubts(at)])
        handed = ast.Return(call("unsettled", name(RECORD), answers))
        lines.append(ast.If(every([_has_several(_ENDS), is_doubtful]), [handed], []))
    lines.append(ast.Return(settled(name(_ENDS), answers)))
    return _made(module, lines, call("otherwise", name(RECORD)))


def compile_reached(policy: Policy, program: Program) -> Callable[[tuple[Any, ...]], int]:
    """A function of answers, as `compile_open` hands them on, that gives the ends that both ways lead to, as bits."""
    module = Module(**KNOWN)
    checks = Checks(policy, module)
    names = ast.Tuple([ast.Name(checks.answer(field.name), ast.Store()) for field in policy.fields], ast.Store())
    taken: list[ast.stmt] = [ast.Assign([names], name(RECORD))]
    lines = [*_checked(checks, taken), *_Writer(policy, program, checks).lines(), ast.Return(name(_ENDS))]
    return _made(module, lines, constant(0))


def _checked(checks: Checks, taken: list[ast.stmt]) -> list[ast.stmt]:
    """Takes the answers, and breaks off where one that is there is wrong."""
    fits = [some([_is_missing(checks.answer(field.name)), checks.holds(field)]) for field in checks.policy.fields]
    stopped = ast.ExceptHandler(name("Exception"), None, [ast.Break()])
    return [ast.Try([*taken, unless(every(fits), ast.Break())], [stopped], [], [])]


def _made(module: Module, lines: list[ast.stmt], otherwise: ast.expr) -> Callable[[Any], Any]:
    body = [ast.While(constant(True), lines, []), ast.Return(otherwise)]
    module.functions.append(function("opened", [RECORD], body))
    return module.made("opened")


def _answer(checks: Checks, field: Field) -> ast.expr:
    answer = checks.answer(field.name)
    if field.kind != ANY_OF:
        return name(answer)
    # It was made a set, to be looked at.
    return ast.IfExp(_is_missing(answer), constant(None), call("tuple", name(answer)))


def _doubts(group: int) -> list[ast.expr]:
    """Whether two sums of a group are not known, or a sum and one of its fields that is asked for elsewhere too."""
    sums, singles = f"{_SUMS}{group}", f"{_SINGLES}{group}"
    return [_has_several(sums), every([name(sums), name(singles)])]


def _has_several(bits: str) -> ast.expr:
    return bit_and(name(bits), arithmetic(name(bits), ast.Sub(), constant(1)))


def _is_missing(answer: str) -> ast.expr:
    return compare(name(answer), "is", constant(None))


def _reads(fields: Nested, holder: str, checks: Checks, module: Module, numbers: Iterator[int]) -> Iterator[ast.stmt]:
    """Reads what there is in a map, and breaks off where it is none or has other entries."""
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
        # Where a map of answers is looked for, None is none.
        yield ast.If(compare(constant(key), "in", name(holder)), there, missing)


def _names(fields: Nested) -> Iterator[str]:
    for below in fields.values():
        if isinstance(below, str):
            yield below
        else:
            yield from _names(below)


class _Writer:
    def __init__(self, policy: Policy, program: Program, checks: Checks) -> None:
        self.policy = policy
        self.program = program
        self.checks = checks
        self.has_sums = any(isinstance(ask.test, SumAtLeast) for ask in program.asks)
        self._sums: dict[tuple[tuple[str, int], ...], int] = {}
        self._group_of = _groups(program)
        self.groups = len(set(self._group_of.values()))

    def lines(self) -> list[ast.stmt]:
        """The statements that raise the flags of all that can be reached, and note the ends."""
        program = self.program
        asked = range(len(program.asks) - 1, -1, -1)
        noted = [f"{word}{group}" for group in range(self.groups) for word in (_SUMS, _SINGLES)]
        lines = [assign_all([_ENDS, *noted], constant(0))]
        if program.asks:
            lines.append(assign_all([self._flag(place) for place in asked], constant(False)))
        lines += self._go(program.entry)
        lines += [ast.If(name(self._flag(place)), self._asked(place), []) for place in asked]
        return lines

    def _flag(self, place: int) -> str:
        return f"f{place}"

    def _go(self, way: int) -> list[ast.stmt]:
        if way >= 0:
            return [assign(self._flag(way), constant(True))]
        return [assign(_ENDS, bit_or(name(_ENDS), constant(1 << ~way)))]

    def _asked(self, place: int) -> list[ast.stmt]:
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
        """Where a sum misses answers: it may reach the number all the same, or not, whatever they are."""
        bit = self._sums.setdefault(test.terms, _STEPS << len(self._sums) + 1)
        sums = f"{_SUMS}{self._group_of[test.terms[0][0]]}"
        noted = assign(sums, bit_or(name(sums), self._noted(test, bit)))
        reaches, stays = self._end(test, least=True), self._end(test, least=False)
        inner: list[ast.stmt] = [noted, *both]
        if stays is not None:
            inner = [ast.If(stays, self._go(no), inner)]
        return inner if reaches is None else [ast.If(reaches, self._go(yes), inner)]

    def _noted(self, test: SumAtLeast, bit: int) -> ast.expr:
        """The bit of a sum, with that of steps where one of its missing answers moves it by more than 1 at a time."""
        wide = [self.checks.answer(field) for field, times in test.terms if abs(times) > 1]
        if not wide:
            return constant(bit)
        return ast.IfExp(some([_is_missing(each) for each in wide]), constant(bit | _STEPS), constant(bit))

    def _end(self, test: SumAtLeast, *, least: bool) -> ast.expr | None:
        """Whether the least that a sum can be reaches the number, or the most does not; None where there is no such."""
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
    """The fields that sums of a program tie together, with the number of their group."""
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

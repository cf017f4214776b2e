"""Compiled functions that decide complete records of plain data.

The input has the form of JSON: a plain dict with all fields answered, and nested dicts for names with dots. Any other
record, valid or not, is passed to a fallback.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from engine.execution.program import OneOf, Program
from engine.execution.records.branching import write_branches
from engine.execution.records.field_checks import KNOWN, Checks
from engine.execution.records.syntax import Module, assign, call, compare, constant, every, function, item, name, unless
from engine.language.model.field_kinds import CHOICE, Field
from engine.language.model.policy import Policy
from engine.meaning.hit_policies import Ending, Label

# The names of the parameter and of the fallback in generated code.
RECORD, OTHERWISE = "record", "otherwise"


def compile_records(
    policy: Policy,
    program: Program,
    otherwise: Callable[[Any], Any],
    end: Callable[[Label], ast.expr],
    also: Callable[[Checks], list[ast.expr]] = lambda checks: [],
    **known: Any,
) -> Callable[[Any], Any]:
    """A function from a record to what `end` gives for its label; raises `Inexact`.

    Records of another form, invalid or impossible ones, and those that fail a check in `also`, are passed to
    `otherwise`. Expressions may use the `RECORD` and the `known` values by name.
    """
    module = Module(**KNOWN, otherwise=otherwise, **known)
    checks = Checks(policy, module)
    later = _choice_asked_first(policy, program)
    held = every([checks.all_hold(later), *also(checks)])
    taken = [*_reads(nested(policy), RECORD, checks, count()), unless(held, ast.Break())]
    return finish(program, module, checks, taken, end, later)


def _choice_asked_first(policy: Policy, program: Program) -> Field | None:
    """The choice field of the first test, if any: where that test succeeds, the answer needs no other check."""
    test = program.asks[program.entry].test if program.entry >= 0 else None
    field = policy.field[test.field] if isinstance(test, OneOf) else None
    return field if field is not None and field.kind == CHOICE else None


def finish(
    program: Program,
    module: Module,
    checks: Checks,
    taken: list[ast.stmt],
    end: Callable[[Label], ast.expr],
    later: Field | None = None,
) -> Callable[[Any], Any]:
    """Compile a function from the statements that read and check the answers, which `break` to reject a record.

    The option of the choice `later` is checked only if the first test fails.
    """
    handed_on = call(OTHERWISE, name(RECORD))

    def ends(place: int) -> ast.expr:
        label = program.labels[place]
        return handed_on if label is Ending.IMPOSSIBLE else end(label)

    # Comparing unusual objects can raise anything; the fallback reports what is wrong with them.
    stopped = ast.ExceptHandler(name("Exception"), None, [ast.Break()])
    on_no = [unless(checks.is_option(later), ast.Break())] if later else []
    lines = [ast.Try(taken, [stopped], [], []), *write_branches(program, checks, module, ends, RECORD, on_no)]
    body = [ast.While(constant(True), lines, []), ast.Return(handed_on)]
    module.functions.append(function("decided", [RECORD], body))
    return module.compile("decided")


# Field names by key, with names that contain dots as nested dicts, as in records.
Nested = dict[str, "str | Nested"]


def nested(policy: Policy) -> Nested:
    """The nesting of the fields in a record; the leaves are full field names."""
    found: Nested = {}
    for field in policy.fields:
        *above, last = field.name.split(".")
        inside: Any = found
        for each in above:
            inside = inside.setdefault(each, {})
        inside[last] = field.name
    return found


def _reads(fields: Nested, holder: str, checks: Checks, numbers: Iterator[int]) -> Iterator[ast.stmt]:
    """Statements that read every entry of a dict, and break if it is not a dict or has other keys."""
    is_dict = compare(call("type", name(holder)), "is", name("dict"))
    # The dict has as many entries as keys that are read, so it has no others.
    has_no_others = compare(call("len", name(holder)), "==", constant(len(fields)))
    yield unless(every([is_dict, has_no_others]), ast.Break())
    for key, below in fields.items():
        entry = item(name(holder), constant(key))
        if isinstance(below, str):
            yield assign(checks.answer(below), entry)
        else:
            inside = f"m{next(numbers)}"
            yield assign(inside, entry)
            yield from _reads(below, inside, checks, numbers)

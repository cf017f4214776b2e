"""How does one function take a whole record of the usual form, make sure of all of it, and branch to the end?

The form is that of JSON: a plain dict, a dict within it for dotted names, every field answered. All else, wrong or not,
goes the other way that is given, which has the last word.
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

# What the function is given, and where it hands on what it does not take.
RECORD, OTHERWISE = "record", "otherwise"


def compile_records(
    policy: Policy,
    program: Program,
    otherwise: Callable[[Any], Any],
    end: Callable[[Label], ast.expr],
    also: Callable[[Checks], list[ast.expr]] = lambda checks: [],
    **known: Any,
) -> Callable[[Any], Any]:
    """A function of a record that returns what `end` gives for the label that it gets; raises `Inexact`.

    Records of another form, wrong ones, those that cannot happen, and those that fail a check that is made `also`, are
    handed to `otherwise`. Expressions may use the `RECORD`, and the `known` values by their names.
    """
    module = Module(**KNOWN, otherwise=otherwise, **known)
    checks = Checks(policy, module)
    later = _choice_asked_first(policy, program)
    held = every([checks.all_hold(later), *also(checks)])
    taken = [*_reads(nested(policy), RECORD, checks, count()), unless(held, ast.Break())]
    return finish(program, module, checks, taken, end, later)


def _choice_asked_first(policy: Policy, program: Program) -> Field | None:
    """The field of the first test, where its yes proves that the answer is a choice; only a no has to be looked at."""
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
    """Compiles a function that takes its record with these statements, which end in a `break` where they do not.

    The choice that is to be looked at `later` is, once the first test has said no to it.
    """
    handed_on = call(OTHERWISE, name(RECORD))

    def ends(place: int) -> ast.expr:
        label = program.labels[place]
        return handed_on if label is Ending.IMPOSSIBLE else end(label)

    # Strange objects raise strange errors where they are compared; what is wrong with them is told by the other way.
    stopped = ast.ExceptHandler(name("Exception"), None, [ast.Break()])
    on_no = [unless(checks.is_option(later), ast.Break())] if later else []
    lines = [ast.Try(taken, [stopped], [], []), *write_branches(program, checks, module, ends, RECORD, on_no)]
    body = [ast.While(constant(True), lines, []), ast.Return(handed_on)]
    module.functions.append(function("decided", [RECORD], body))
    return module.made("decided")


# The fields by their names, those with dots in them nested as records have them.
Nested = dict[str, "str | Nested"]


def nested(policy: Policy) -> Nested:
    """The fields as a record nests them; at the bottom stands the whole name."""
    found: Nested = {}
    for field in policy.fields:
        *above, last = field.name.split(".")
        inside: Any = found
        for each in above:
            inside = inside.setdefault(each, {})
        inside[last] = field.name
    return found


def _reads(fields: Nested, holder: str, checks: Checks, numbers: Iterator[int]) -> Iterator[ast.stmt]:
    """Reads every entry of a map, and breaks off where it is none or has others."""
    is_dict = compare(call("type", name(holder)), "is", name("dict"))
    # As many entries as names that were found: no others.
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

"""The reachable ends of a program for a partial record, by following both branches of unknown tests."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from engine.execution.program import Program, fields_of, holds
from engine.language.model.field_kinds import Value
from engine.language.model.policy import Policy
from engine.meaning.hit_policies import Ending, Label


def possible_ends(policy: Policy, program: Program, values: Mapping[str, Value]) -> Collection[Label] | None:
    """The labels of all possible completions of a partial record; empty if there are none.

    Returns None if that cannot be determined, because a sum ties fields that are not all answered.
    """
    ends = reached_ends(policy, program, values)
    # A single reached end is the end of every completion. There is one: only tests can exclude combinations of answers.
    if len(ends) > 1 and any(name not in values for name in program.tied):
        return None
    return ends - {Ending.IMPOSSIBLE}


def reached_ends(policy: Policy, program: Program, values: Mapping[str, Value]) -> set[Label]:
    """The labels reachable from the given answers, following both branches where a needed answer is missing."""
    waiting, seen, found = [program.entry], {program.entry}, set()
    while waiting:
        place = waiting.pop()
        if place < 0:
            found.add(program.labels[~place])
            continue
        ask = program.asks[place]
        if all(name in values for name in fields_of(ask.test)):
            ways = {ask.yes if holds(policy, ask.test, values) else ask.no}
        else:
            ways = {ask.yes, ask.no}
        waiting += ways - seen
        seen |= ways
    return found

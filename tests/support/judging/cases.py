"""Which cases might somebody write for a policy, and does a case hold, found by trying every completion?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from hypothesis import strategies as st

from engine import Policy, RecordError, UnsoundError, decide
from engine.language.model.field_kinds import NOWHERE
from engine.language.model.relations.rule_outputs import value_key, yield_together
from engine.language.situations.cases_file import Case, Cases
from engine.language.situations.situation_records import read_record
from engine.meaning.asked.asked_questions import fill_in, filled
from engine.meaning.hit_policies import Ending
from engine.meaning.reference import excluded_by, outcome
from tests.support.drawing.fields import Draw, Hand
from tests.support.drawing.strategies import partial_records, records
from tests.support.judging.spaces import given as answers_of
from tests.support.judging.yields import by_value


def ending(policy: Policy, answers: Mapping[str, Any]) -> str | Ending:
    """The outcome of a situation by the definition; answers to questions that are not asked may be left out."""
    values = fill_in(policy, answers)
    if excluded_by(policy, values):
        return Ending.IMPOSSIBLE
    found = outcome(policy, values)
    return found.verdict or Ending(found.kind)


def getting(policy: Policy, answers: Mapping[str, Any]) -> Any:
    """What a situation gets by the definition, as far as cases tell: its verdict with the outputs, or its ending.

    A case expects null where there must be no output, so that one that is null is as none.
    """
    found = ending(policy, answers)
    if isinstance(found, Ending):
        return found
    return found, repr(by_value(_without_null(outcome(policy, fill_in(policy, answers)).output)))


def giving(policy: Policy, answers: Mapping[str, Any]) -> Any:
    """What a situation gets as the rules write it, with the names of numbers in place of amounts; else as `getting`."""
    found = ending(policy, answers)
    if isinstance(found, Ending) or not policy.has_rule_outputs:
        return getting(policy, answers)
    label = yield_together(policy, outcome(policy, fill_in(policy, answers)).stands)
    assert label is not None
    return found, value_key(_without_null(label.output))


def _without_null(output: Any) -> Any:
    if not isinstance(output, dict):
        return output
    return {name: value for name, value in output.items() if value is not None} or None


@st.composite
def cases_of(draw: Draw, policy: Policy, data: dict[str, Any]) -> Cases:
    """A few cases, whole and partial, most of which hold."""
    hand = Hand(draw)
    found = []
    for number in range(hand.count(0, 5)):
        record = draw(records(data) if hand.chance(60) else partial_records(data))
        answers = read_record(policy, record)
        expect, by, output = next(iter(policy.verdict)), None, None
        try:
            decision = decide(policy, record, draft=True)
        except (RecordError, UnsoundError):
            decision = None
        if decision is not None and decision.verdict is not None and hand.chance(95):
            expect, by = decision.verdict, decision.rules if hand.chance(50) else None
            if isinstance(decision.output, dict) and hand.chance(60):
                # An output that missing answers still change is null, which no case gets.
                output = {name: decision.output[name] for name in hand.some(decision.output, 1)}
        found.append(Case(f"case {number}", answers, expect, by, NOWHERE, output=output))
    return Cases(policy.name, tuple(found), "drawn")


def holds(policy: Policy, case: Case, everything: list[dict[str, Any]]) -> bool:
    """Whether every possible completion gets what is expected, and between them the rules that are, by trying all."""
    known = case.given.values.items()
    # Situations come as the policy's values: an answer is one of them.
    possible = [each for each in everything
                if all(each[name] == value for name, value in known) and not excluded_by(policy, each)]  # fmt: skip
    if not possible or {ending(policy, each) for each in possible} != {case.expect}:
        return False
    if any(_is_unlike(case, outcome(policy, each).output) for each in possible):
        return False
    stands = {rule for each in possible for rule in outcome(policy, each).stands}
    return case.by is None or case.by == tuple(rule for rule in policy.rule if rule in stands)


def _is_unlike(case: Case, output: Any) -> bool:
    """Whether some output is not as a case expects it; null expects none."""
    given = output if isinstance(output, dict) else {}
    return any(by_value(given.get(name)) != by_value(value) for name, value in (case.output or {}).items())


def as_values(policy: Policy, records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Records with the values that the policy reads their answers as, and with what stands for those not asked for."""
    return [dict(fill_in(policy, read_record(policy, each).values)) for each in records]


def situation_values(policy: Policy, everything: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Situations of the oracle with the values that the policy reads their answers as."""
    found = []
    for each in everything:
        with suppress(RecordError):
            values = filled(policy, read_record(policy, answers_of(each))).values
            # An answer that is not asked for is refused, and one that is asked for is missing: neither is a situation.
            found += [dict(values)] if len(values) == len(policy.fields) else []
    return found


def few(policy: Policy, *given: tuple[dict[str, Any], str]) -> Cases:
    """Cases of these records, each with the verdict that is expected."""
    found = [Case(f"case {number}", read_record(policy, record), expect, None, NOWHERE)
             for number, (record, expect) in enumerate(given)]  # fmt: skip
    return Cases(policy.name, tuple(found), "here")

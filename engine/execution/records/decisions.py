"""Compiled functions from a record to its `Decision`, by the rules that decide.

Decisions are frozen, so they are created once for each set of rules and reused. The output of a verdict is mutable
data, so each caller gets a copy.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from engine.analysis.deciding.completions import Deciding, deciding_of
from engine.analysis.deciding.decision import Decision, decide, decide_answers, decision_by
from engine.budget import OutOfSteps
from engine.execution.program import rules_program
from engine.execution.records.field_checks import Checks, Inexact, unlike_known
from engine.execution.records.open_ends import possible_ends
from engine.execution.records.open_records import MOST_ASKS, compile_open
from engine.execution.records.plain_records import RECORD, compile_records
from engine.execution.records.syntax import call, constant, item, name
from engine.execution.records.tied_answers import TiedEnds
from engine.language.model.field_kinds import TEXT, Value
from engine.language.model.policy import Policy
from engine.language.situations.situation_records import Answers, read_record
from engine.meaning.asked.asked_questions import filled
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.logic import policy_of_step
from engine.meaning.spaces.areas import bits
from engine.threads import Bounded, cached_property

# The number of decisions for incomplete records to cache.
_MOST_KEPT = 1_000


def compile_decisions(policy: Policy) -> Callable[[Any], Decision]:
    """A function from a record to the decision that `decide` gives, for a policy that is proved sound."""
    whole = _compile(policy)
    if not policy.steps:
        return whole
    from engine.analysis.deciding.step_decisions import steps_of

    steps = {policy_of_step(policy, step.name): _compile(policy_of_step(policy, step.name)) for step in policy.steps}

    def decide_all(record: Any) -> Decision:
        decision = whole(record)
        return replace(decision, steps=steps_of(policy, decision, lambda step: steps[step](record)))

    return decide_all


def _compile(policy: Policy) -> Callable[[Any], Decision]:
    """As `compile_decisions`, but without what the steps decide."""
    try:
        found = Decisions(policy)
        if policy.numbers_given or any(field.applies_when is not None for field in policy.fields):
            # Amounts are worked out from the exact answers; which questions are not answered depends on others.
            return found.decide_read
        known = {"kept": found.kept, "own": found.own}
        return compile_records(policy, found.program, found.decide_open, found.end, Checks.are_not_near_texts, **known)
    except OutOfSteps:
        return lambda record: decide(policy, record)
    except Inexact:
        return found.decide_read


class DecisionCache(dict[Label, Decision]):
    """Decisions for complete records by the deciding rules, created on first use."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def __missing__(self, rules: Label) -> Decision:
        return self.setdefault(rules, decision_by(self.policy, Answers({}, {}), Deciding(_names(rules), ())))


class Decisions:
    """The decisions of a policy, by the labels of its program."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.program = rules_program(policy)
        self.kept = DecisionCache(policy)
        # The indexes of fields with known texts, and checks whether a text needs no note.
        self._texts = [
            (place, unlike_known(field))
            for place, field in enumerate(policy.fields)
            if field.kind == TEXT and field.known
        ]
        self._kept_open: Bounded[tuple[int, tuple[bool, ...]], Decision | None] = Bounded(_MOST_KEPT)

    def end(self, rules: Label) -> ast.expr:
        """The expression for the decision of these rules."""
        key = constant(_names(rules))
        policy = self.policy
        output = policy.verdict[policy.rule[_names(rules)[0]].then].output
        is_shared = not policy.has_rule_outputs and not isinstance(output, dict | list)
        return item(name("kept"), key) if is_shared else call("own", key)

    def own(self, rules: Label) -> Decision:
        """The decision of these rules, with its own copy of the output."""
        return _with_own_output(self.kept[rules])

    def decide_open(self, record: object) -> Decision:
        """The decision for any record, with a fast path for missing answers; raises as `decide` does."""
        found: Decision = self._open_function(record)
        return found

    @cached_property
    def _open_function(self) -> Callable[[Any], Any]:
        """The function for incomplete records, compiled on first use."""
        if len(self.program.asks) > MOST_ASKS:
            return self.decide_read
        return compile_open(
            self.policy,
            self.program,
            self.decide_read,
            lambda ends, answers: call("made_of", name(RECORD), ends, answers),
            self._decide_tied,
            made_of=self._decide_ends,
        )

    @cached_property
    def _tied(self) -> TiedEnds:
        """The analysis of partly answered sums, created on first use."""
        return TiedEnds(self.policy, self.program)

    def _decide_tied(self, record: object, answers: tuple[Any, ...]) -> Decision:
        """The decision if missing answers in sums may make some of the reached ends impossible."""
        ends = self._tied.possible(answers)
        return self._decide_ends(record, ends, answers) if ends else self.decide_read(record)

    def _decide_ends(self, record: object, ends: int, answers: tuple[Any, ...]) -> Decision:
        """The decision for a set of possible ends, a bit mask; cached if they have one verdict."""
        if not all(answers[place] is None or is_unlike(answers[place]) for place, is_unlike in self._texts):
            return self.decide_read(record)
        key = ends, tuple([answer is None for answer in answers])
        try:
            decision = self._kept_open[key]
        except KeyError:
            with self.policy.lock:
                decision = self._kept_open.keep(key, self._single_verdict(ends, answers))
        # The next question and the likelihoods depend on more than the ends.
        return decide(self.policy, record) if decision is None else _with_own_output(decision)  # type: ignore[arg-type]

    def _single_verdict(self, ends: int, answers: tuple[Any, ...]) -> Decision | None:
        """The decision if all ends have the same verdict, else None."""
        labels = (self.program.labels[end] for end in bits(ends))
        standing = [_names(label) for label in labels if label is not Ending.IMPOSSIBLE]
        if len({self.policy.rule[rules[0]].then for rules in standing}) != 1:
            return None
        known: dict[str, Value] = {
            field.name: True for field, answer in zip(self.policy.fields, answers, strict=True) if answer is not None
        }
        decision = decision_by(self.policy, Answers(known, {}), deciding_of(self.policy, standing), standing)
        # Which question to ask about open outputs depends on more than the ends.
        return None if decision.open_outputs else decision

    def decide_read(self, record: object) -> Decision:
        """The decision for any record, read as `decide` reads it; raises as `decide` does."""
        answers = filled(self.policy, read_record(self.policy, record))
        ends = possible_ends(self.policy, self.program, answers.values)
        standing = [_names(label) for label in ends or ()]
        if len({self.policy.rule[rules[0]].then for rules in standing}) != 1:
            return decide_answers(self.policy, answers)
        decision = decision_by(self.policy, answers, deciding_of(self.policy, standing), standing)
        return decide_answers(self.policy, answers) if decision.open_outputs else decision


def _with_own_output(decision: Decision) -> Decision:
    """The decision with its own copy of the output."""
    if not isinstance(decision.output, dict | list):
        return decision
    mine = object.__new__(Decision)
    # `dataclasses.replace` would take longer than the decision.
    mine.__dict__.update(decision.__dict__, output=_copy(decision.output))
    return mine


def _names(label: Label) -> tuple[str, ...]:
    """The rule names in a label of `rules_program`."""
    assert isinstance(label, tuple)
    return label


def _copy(data: Any) -> Any:
    """A deep copy of JSON data."""
    if isinstance(data, dict):
        return {key: _copy(value) for key, value in data.items()}
    return [_copy(value) for value in data] if isinstance(data, list) else data

"""Which decision does a record get? Compiled from the tests that lead to the rules that decide.

Decisions are made once for each set of rules and then handed out again, since they are frozen; but the output of a
verdict is data that a caller may change, so that everybody gets their own.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from engine.analysis.decision import Decision, decide, decide_answers, decision_by
from engine.analysis.partial import Deciding, deciding_of
from engine.execution.program import rules_program
from engine.execution.records.field_checks import Inexact
from engine.execution.records.open_ends import possible_ends
from engine.execution.records.plain_records import compile_records
from engine.execution.records.syntax import call, constant, item, name
from engine.language.policy import Policy
from engine.language.records import Answers, read_record
from engine.meaning.budget import OutOfSteps
from engine.meaning.judges import Label


def compile_decisions(policy: Policy) -> Callable[[Any], Decision]:
    """A function of a record that gives what `decide` gives, of a policy that is proved sound."""
    try:
        found = Decisions(policy)
        known = {"kept": found.kept, "own": found.own}
        return compile_records(policy, found.program, found.of_record, found.end, **known)
    except OutOfSteps:
        return lambda record: decide(policy, record)
    except Inexact:
        return found.of_record


class Kept(dict[Label, Decision]):
    """The decisions of whole records by the rules that decide, each made when it is first asked for."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def __missing__(self, rules: Label) -> Decision:
        return self.setdefault(rules, decision_by(self.policy, Answers({}, {}), Deciding(_names(rules), ())))


class Decisions:
    """The decisions of a policy, for the labels of its program."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.program = rules_program(policy)
        self.kept = Kept(policy)

    def end(self, rules: Label) -> ast.expr:
        """The decision of these rules, as code."""
        key = constant(_names(rules))
        is_shared = not isinstance(self.policy.verdict[self.policy.rule[_names(rules)[0]].then].output, dict | list)
        return item(name("kept"), key) if is_shared else call("own", key)

    def own(self, rules: Label) -> Decision:
        """The decision of these rules, with an output that nobody else holds."""
        decision = self.kept[rules]
        mine = object.__new__(Decision)
        # As `dataclasses.replace` does, which would take longer than the decision did.
        mine.__dict__.update(decision.__dict__, output=_copied(decision.output))
        return mine

    def of_record(self, record: object) -> Decision:
        """The decision for any record; raises as `decide` does."""
        answers = read_record(self.policy, record)
        ends = possible_ends(self.policy, self.program, answers.values)
        standing = [_names(label) for label in ends or ()]
        if len({self.policy.rule[rules[0]].then for rules in standing}) != 1:
            return decide_answers(self.policy, answers)
        return decision_by(self.policy, answers, deciding_of(self.policy, standing))


def _names(label: Label) -> tuple[str, ...]:
    """The rules that a label of `rules_program` names."""
    assert isinstance(label, tuple)
    return label


def _copied(data: Any) -> Any:
    """JSON data, with maps and lists of its own."""
    if isinstance(data, dict):
        return {key: _copied(value) for key, value in data.items()}
    return [_copied(value) for value in data] if isinstance(data, list) else data

"""Which decision does a record get? Compiled from the tests that lead to the rules that decide.

Decisions are made once for each set of rules and then handed out again, since they are frozen; but the output of a
verdict is data that a caller may change, so that everybody gets their own.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
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
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.spaces.areas import bits
from engine.threads import Bounded, cached_property

# So many decisions of records that leave questions open are kept.
_MOST_KEPT = 1_000


def compile_decisions(policy: Policy) -> Callable[[Any], Decision]:
    """A function of a record that gives what `decide` gives, of a policy that is proved sound."""
    try:
        found = Decisions(policy)
        known = {"kept": found.kept, "own": found.own}
        return compile_records(policy, found.program, found.of_open, found.end, Checks.need_no_note, **known)
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
        # The texts that a note may be needed for.
        self._texts = [
            (place, unlike_known(field))
            for place, field in enumerate(policy.fields)
            if field.kind == TEXT and field.known
        ]
        self._kept_open: Bounded[tuple[int, tuple[bool, ...]], Decision | None] = Bounded(_MOST_KEPT)

    def end(self, rules: Label) -> ast.expr:
        """The decision of these rules, as code."""
        key = constant(_names(rules))
        is_shared = not isinstance(self.policy.verdict[self.policy.rule[_names(rules)[0]].then].output, dict | list)
        return item(name("kept"), key) if is_shared else call("own", key)

    def own(self, rules: Label) -> Decision:
        """The decision of these rules, with an output that nobody else holds."""
        return _with_own_output(self.kept[rules])

    def of_open(self, record: object) -> Decision:
        """The decision for any record, of one that leaves questions open the fast way; raises as `decide` does."""
        found: Decision = self._opened(record)
        return found

    @cached_property
    def _opened(self) -> Callable[[Any], Any]:
        """Compiled when the first record leaves something open."""
        if len(self.program.asks) > MOST_ASKS:
            return self.of_record
        return compile_open(
            self.policy,
            self.program,
            self.of_record,
            lambda ends, answers: call("made_of", name(RECORD), ends, answers),
            self._unsettled,
            made_of=self._settled,
        )

    @cached_property
    def _tied(self) -> TiedEnds:
        return TiedEnds(self.policy, self.program)

    def _unsettled(self, record: object, answers: tuple[Any, ...]) -> Decision:
        ends = self._tied.possible(answers)
        return self._settled(record, ends, answers) if ends else self.of_record(record)

    def _settled(self, record: object, ends: int, answers: tuple[Any, ...]) -> Decision:
        """The decision where some ends, as bits, can still come; those of one verdict are kept."""
        if not all(answers[place] is None or is_unlike(answers[place]) for place, is_unlike in self._texts):
            return self.of_record(record)
        key = ends, tuple([answer is None for answer in answers])
        try:
            decision = self._kept_open[key]
        except KeyError:
            with self.policy.lock:
                decision = self._kept_open.keep(key, self._decided(ends, answers))
        # Which question is worth asking, and how likely each verdict is, depends on more than the ends.
        return decide(self.policy, record) if decision is None else _with_own_output(decision)  # type: ignore[arg-type]

    def _decided(self, ends: int, answers: tuple[Any, ...]) -> Decision | None:
        """The decision where the ends have one verdict."""
        labels = (self.program.labels[end] for end in bits(ends))
        standing = [_names(label) for label in labels if label is not Ending.IMPOSSIBLE]
        if len({self.policy.rule[rules[0]].then for rules in standing}) != 1:
            return None
        known: dict[str, Value] = {
            field.name: True for field, answer in zip(self.policy.fields, answers, strict=True) if answer is not None
        }
        return decision_by(self.policy, Answers(known, {}), deciding_of(self.policy, standing))

    def of_record(self, record: object) -> Decision:
        """The decision for any record; raises as `decide` does."""
        answers = read_record(self.policy, record)
        ends = possible_ends(self.policy, self.program, answers.values)
        standing = [_names(label) for label in ends or ()]
        if len({self.policy.rule[rules[0]].then for rules in standing}) != 1:
            return decide_answers(self.policy, answers)
        return decision_by(self.policy, answers, deciding_of(self.policy, standing))


def _with_own_output(decision: Decision) -> Decision:
    """The decision, with an output that nobody else holds."""
    if not isinstance(decision.output, dict | list):
        return decision
    mine = object.__new__(Decision)
    # As `dataclasses.replace` does, which would take longer than the decision did.
    mine.__dict__.update(decision.__dict__, output=_copied(decision.output))
    return mine


def _names(label: Label) -> tuple[str, ...]:
    """The rules that a label of `rules_program` names."""
    assert isinstance(label, tuple)
    return label


def _copied(data: Any) -> Any:
    """JSON data, with maps and lists of its own."""
    if isinstance(data, dict):
        return {key: _copied(value) for key, value in data.items()}
    return [_copied(value) for value in data] if isinstance(data, list) else data

"""Which question comes next, what came of the answers so far, and is the verdict certain? Answer by answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any

from engine.analysis.deciding.decision import UNDECIDED, Decision, decide_answers
from engine.analysis.planning.planner import next_question
from engine.frozen import frozen_value
from engine.language.model.field_kinds import CHOICE, YES_NO, Field, Value
from engine.language.model.policy import Policy, require_policy
from engine.language.model.values import value_data
from engine.language.model.words import answer_words
from engine.language.situations.situation_records import Answers, read_record
from engine.problems import RecordError


@frozen_value
class Interview:
    """The answers so far, and what follows from them. Answering gives a new interview; this one stays as it is.

    `decision` is what is certain by now, or still possible, and `asked` the fields that were asked, in that order;
    `answers` may hold more that were known from the start.
    """

    policy: Policy = field(repr=False)
    answers: Answers
    asked: tuple[str, ...]
    decision: Decision
    draft: bool = False

    @property
    def question(self) -> Field | None:
        """The field to ask next, its text in `ask`; None as soon as the verdict is certain."""
        return None if self.decision.ask is None else self.policy.field[self.decision.ask]

    def answer(self, value: Any) -> Interview:
        """The interview with its question answered, by a value as in a record, or by `unsure` where that is allowed.

        Raises `RecordError` where the field has no such answer, or where it cannot be beside those before.
        """
        if self.question is None:
            raise ValueError("the verdict is certain: there is no question left to answer")
        return self.answer_read(read_record(self.policy, {self.question.name: value}))

    def answer_read(self, answers: Answers) -> Interview:
        """The interview with an answer to its question that was read already; raises as `answer` does."""
        values = {**self.answers.values, **answers.values}
        both = Answers(
            {name: values[name] for name in self.policy.field if name in values},
            {**self.answers.assumed, **answers.assumed},
        )
        return _interview(self.policy, both, (*self.asked, *answers.values), draft=self.draft)

    def back(self) -> Interview:
        """The interview without the last answer; the same one before the first."""
        if not self.asked:
            return self
        *asked, last = self.asked
        values, assumed = (
            {name: value for name, value in each.items() if name != last}
            for each in (self.answers.values, self.answers.assumed)
        )
        return _interview(self.policy, Answers(values, assumed), tuple(asked), draft=self.draft)

    def outlook(self) -> tuple[tuple[str, Decision | None], ...]:
        """For a question with few answers what each would lead to, in words; None where it cannot be."""
        question = self.question
        if question is None or question.kind not in (CHOICE, YES_NO):
            return ()
        values: tuple[Value, ...] = (True, False) if question.kind == YES_NO else question.options
        return tuple((answer_words(question, value), self._after(question.name, value)) for value in values)

    def _after(self, name: str, value: Value) -> Decision | None:
        try:
            return self.answer_read(Answers({name: value}, {})).decision
        except RecordError:
            return None

    def to_dict(self) -> dict[str, Any]:
        return {
            "answers": {name: value_data(value) for name, value in self.answers.values.items()},
            "asked": list(self.asked),
            "question": self.decision.ask,
            "decision": self.decision.to_dict(),
        }

    def __str__(self) -> str:
        return str(self.decision) if self.question is None else self.question.ask


def interview(policy: Policy, situation: Mapping[str, Any] | None = None, *, draft: bool = False) -> Interview:
    """An interview with the fewest expected questions, from what is known at the start.

    Args:
        policy: The policy, as `load` gives it.
        situation: What is known already, as a record; nothing by default.
        draft: Whether to go through a policy that is not proved sound all the same.

    Returns:
        The interview at its first question; `answer` gives the next one.

    Raises:
        RecordError: The record holds what the policy does not allow, or cannot happen.
        UnsoundError: The policy is not proved sound, and `draft` does not ask to try it.
        TypeError: `policy` is no policy.

    Example:
        >>> from engine import interview, load
        >>> interview(load("other-interviews")).answer("hint").decision.verdict
        'keep'
    """
    require_policy(policy, "interview")
    return begin(policy, read_record(policy, {} if situation is None else situation), draft=draft)


def begin(policy: Policy, answers: Answers, *, draft: bool = False) -> Interview:
    """An interview from answers that were read already; raises as `decide` does."""
    return _interview(policy, answers, (), draft=draft)


def _interview(policy: Policy, answers: Answers, asked: tuple[str, ...], *, draft: bool) -> Interview:
    decision = decide_answers(policy, answers, draft=draft)
    if decision.outcome == UNDECIDED:
        name = next_question(policy, answers.values, otherwise=str(decision.ask))
        ask = {"ask": policy.field[name].ask}
        decision = replace(decision, ask=name, words=type(decision.words)({**decision.words, **ask}))
    return Interview(policy, answers, asked, decision, draft)

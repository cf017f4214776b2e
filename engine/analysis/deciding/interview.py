"""Interviews: answering a policy's questions one by one until the verdict is certain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any

from engine.analysis.deciding.decision import Decision, decide_answers
from engine.analysis.planning.planner import next_question
from engine.frozen import frozen_value
from engine.language.model.arguments import require_flag
from engine.language.model.field_kinds import CHOICE, NONE, YES_NO, Field, Value
from engine.language.model.policy import Policy, require_policy
from engine.language.model.values.value_texts import value_data
from engine.language.model.words import answer_words
from engine.language.situations.situation_records import Answers, read_record
from engine.meaning.asked.asked_questions import filled
from engine.problems import RecordError


@frozen_value
class Interview:
    """The state of an interview: the answers so far and the decision that follows.

    Immutable: answering returns a new interview.

    Attributes:
        policy: The policy.
        answers: All answers: those known from the start, and those given.
        asked: The fields that were asked, in order.
        decision: The decision for the answers so far.
        draft: Whether the policy may be unsound.

    Example:
        >>> from engine import interview, load
        >>> asked = interview(load("other-interviews"))
        >>> asked.question.ask
        'How far has the job offer got?'
        >>> asked = asked.answer("made").answer(True)
        >>> asked.question.name, asked.asked
        ('acceptance', ('offer', 'start_date'))
    """

    policy: Policy = field(repr=False)
    answers: Answers
    asked: tuple[str, ...]
    decision: Decision
    draft: bool = False

    @property
    def question(self) -> Field | None:
        """The field to ask next; None once the verdict and all outputs are certain."""
        return None if self.decision.ask is None else self.policy.field[self.decision.ask]

    def answer(self, value: Any) -> Interview:
        """Answer the current question.

        Args:
            value: The answer, as in a record; `unsure` where the field allows it.

        Returns:
            The interview with the answer added.

        Raises:
            RecordError: The field does not accept the answer, or it is impossible beside the others.
            ValueError: There is no question left.
        """
        if self.question is None:
            raise ValueError("the verdict is certain: there is no question left to answer")
        return self._with(read_record(self.policy, {self.question.name: value}))

    def back(self) -> Interview:
        """Take back the last answer.

        Returns:
            The interview before it; the same interview if nothing was asked.
        """
        if not self.asked:
            return self
        *asked, last = self.asked
        values, assumed = (
            {name: value for name, value in each.items() if name != last}
            for each in (self.answers.values, self.answers.assumed)
        )
        return _interview(self.policy, Answers(values, assumed), tuple(asked), draft=self.draft)

    def outlook(self) -> tuple[tuple[str, Decision | None], ...]:
        """Look one answer ahead, for a question with a fixed list of answers.

        Returns:
            Pairs of answer, as a person reads it, and the decision that would follow; None in its place if the answer
            is impossible. Empty for other questions.
        """
        question = self.question
        if question is None or question.kind not in (CHOICE, YES_NO):
            return ()
        values: tuple[Value, ...] = (True, False) if question.kind == YES_NO else question.options
        if question.kind == YES_NO and question.or_none is not None:
            values = (*values, NONE)
        return tuple((answer_words(question, value), self._after(question.name, value)) for value in values)

    def _after(self, name: str, value: Value) -> Decision | None:
        try:
            return self._with(Answers({name: value}, {})).decision
        except RecordError:
            return None

    def _with(self, answers: Answers) -> Interview:
        values = {**self.answers.values, **answers.values}
        in_order = {name: values[name] for name in self.policy.field if name in values}
        both = Answers(in_order, {**self.answers.assumed, **answers.assumed})
        return _interview(self.policy, both, (*self.asked, *answers.values), draft=self.draft)

    def to_dict(self) -> dict[str, Any]:
        """Return the interview as JSON data."""
        return {
            "answers": {name: value_data(value) for name, value in self.answers.values.items()},
            "asked": list(self.asked),
            "question": self.decision.ask,
            "decision": self.decision.to_dict(),
        }

    def __str__(self) -> str:
        return str(self.decision) if self.question is None else self.question.ask


def interview(
    policy: Policy, situation: Mapping[str, Any] | Answers | None = None, *, draft: bool = False
) -> Interview:
    """Start an interview that asks the fewest questions expected.

    Args:
        policy: The policy, from `load`.
        situation: Answers known at the start, as a record; none by default.
        draft: Go on even if the policy is not proved sound.

    Returns:
        The interview at its first question.

    Raises:
        RecordError: The record has an unknown field or a wrong answer, or describes an impossible situation.
        UnsoundError: The policy is not proved sound, and `draft` is false.
        TypeError: `policy` is not a policy, or `draft` is not a bool.

    Example:
        >>> from engine import interview, load
        >>> interview(load("other-interviews")).answer("hint").decision.verdict
        'keep'
    """
    require_policy(policy, "interview")
    require_flag(draft, "interview", "draft", False)
    return _interview(policy, read_record(policy, {} if situation is None else situation), (), draft=draft)


def _interview(policy: Policy, answers: Answers, asked: tuple[str, ...], *, draft: bool) -> Interview:
    decision = decide_answers(policy, answers, draft=draft)
    if decision.ask is not None:
        name = next_question(policy, filled(policy, answers).values, otherwise=decision.ask)
        ask = {"ask": policy.field[name].ask}
        decision = replace(decision, ask=name, words=type(decision.words)({**decision.words, **ask}))
    return Interview(policy, answers, asked, decision, draft)

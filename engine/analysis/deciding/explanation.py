"""Explanations of one record's verdict: a minimal reason, why other rules do not decide, and counterfactuals.

The reason is a smallest set of answers that forces the verdict whatever the others are: an abductive explanation. Its
dual is a counterfactual, a smallest set of answers whose change makes another verdict possible (A. Darwiche, A. Hirth,
"On the reasons behind decisions", ECAI 2020; A. Ignatiev, N. Narodytska, N. Asher, J. Marques-Silva, "From contrastive
to abductive explanations and back again", AI*IA 2020).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any

from engine.analysis.deciding.completions import Completions
from engine.analysis.deciding.counterfactuals import Reversal, find_reversal
from engine.analysis.deciding.decision import Decision, decide_answers
from engine.analysis.deciding.hitting_sets import find_smallest
from engine.analysis.deciding.scores import Score, scores_of
from engine.analysis.deciding.why_not import OtherRule, find_others
from engine.analysis.describing.example_numbers import example_numbers, with_numbers
from engine.analysis.proving.proof_session import STEPS
from engine.frozen import FrozenDict, frozen_value, late_type
from engine.language.documents.name_suggestions import did_you_mean, label_help
from engine.language.model.arguments import require, require_flag, require_steps
from engine.language.model.asking.applicability import fields_before, is_left_out
from engine.language.model.field_kinds import Value
from engine.language.model.policy import Policy, require_policy
from engine.language.model.values.value_texts import value_data
from engine.language.model.words import answer_words
from engine.language.situations.situation_records import Answers, read_record
from engine.meaning.asked.asked_questions import filled
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.logic import logic_of
from engine.meaning.outcomes import DECIDED
from engine.problems import Place, RecordError, printable
from engine.progress import tell_observer

if TYPE_CHECKING:
    from engine.analysis.describing.amounts import Amount
else:
    Amount = late_type("engine.analysis.describing.amounts", "Amount")

# Other rules that the text lists: those with the fewest failing tests.
_MOST_RULES = 20
# Changed answers that the text lists for a verdict; the data has more.
_MOST_TURNS = 12


@frozen_value
class Explanation:
    """Why a record gets its verdict, and what would change it.

    Attributes:
        decision: The decision of the record.
        reason: A smallest subset of the answers that forces the verdict; empty without a verdict.
        minimal: Whether no smaller subset does, which is proved; False if the step limit ended the search.
        others: The rules that decide for no completion of the record, in file order.
        instead: Smallest changes of the answers, for every other verdict or the one asked for.
        scores: For each number of points that rules read, which entries add what.
        amounts: How the outputs that are worked out come about.
        whole: Whether every field that is asked is answered.
        opening: The fields whose answers leave others unasked; with other answers, these may have to be answered, too.
        answers: `reason` as pairs of question and answer.
        numbers: The derived numbers that those answers determine, as pairs of meaning and value.
        titles: Titles of the verdicts by name.

    Example:
        >>> from engine import explain, load
        >>> why = explain(load("other-interviews"), {"offer": "hint", "start_date": True})
        >>> why.verdict, dict(why.reason), why.minimal
        ('keep', {'offer': 'hint'}, True)
    """

    decision: Decision
    reason: FrozenDict[str, Value]
    minimal: bool
    others: tuple[OtherRule, ...]
    instead: tuple[Reversal, ...]
    scores: tuple[Score, ...]
    amounts: tuple[Amount, ...]
    # For the text: whether every field is answered, which of these leave others unasked, the reason as questions and
    # answers, the derived numbers that these determine, and the titles of the verdicts.
    whole: bool = field(compare=False, repr=False)
    opening: frozenset[str] = field(compare=False, repr=False)
    answers: tuple[tuple[str, str], ...] = field(compare=False, repr=False)
    numbers: tuple[tuple[str, str], ...] = field(compare=False, repr=False)
    titles: FrozenDict[str, str] = field(compare=False, repr=False)

    @property
    def verdict(self) -> str | None:
        """Name of the verdict; None unless decided."""
        return self.decision.verdict

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that decide, as in `Decision.rules`."""
        return self.decision.rules

    @property
    def possible_rules(self) -> tuple[str, ...]:
        """The rules that may decide, as in `Decision.possible_rules`."""
        return self.decision.possible_rules

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as JSON data."""
        ways = {each.verdict: [[turn.to_dict() for turn in way] for way in each.ways] for each in self.instead}
        return {
            **self.decision.to_dict(),
            "reason": {name: value_data(value) for name, value in self.reason.items()},
            "numbers": dict(self.numbers),
            **({"scores": {score.number: score.to_dict() for score in self.scores}} if self.scores else {}),
            **({"amounts": {each.output: each.to_dict() for each in self.amounts}} if self.amounts else {}),
            "minimal": self.minimal,
            "others": [each.to_dict() for each in self.others],
            "instead": ways,
            "instead_total": {each.verdict: each.total for each in self.instead},
            "instead_minimal": {each.verdict: each.minimal for each in self.instead},
        }

    def __str__(self) -> str:
        lines = [str(self.decision)]
        if self.decision.outcome == DECIDED:
            lines += ["", *self._reason()]
        if self.amounts:
            lines += ["", "How the amounts come about", *(line for each in self.amounts for line in each.lines())]
        for score in self.scores:
            lines += ["", *score.lines()]
        for each in self.instead:
            lines += ["", *self._instead(each)]
        if self.others:
            lines += ["", "The other rules", *(f"  {line}" for each in self._others() for line in each.splitlines())]
        return "\n".join(lines)

    def _reason(self) -> list[str]:
        many = len(self.answers)
        if not many:
            return ["It needs no answer: every possible situation gets this verdict"]
        head = "This answer alone is enough" if many == 1 else f"These {many} answers are enough"
        # The outputs may need more of them.
        about = "" if self.decision.output is None and not self.decision.open_outputs else " for the verdict"
        fewest = "" if self.minimal else ", but fewer may be: the steps ended before that was settled"
        return [f"{head}{about}, whatever the others are{fewest}", *_columns(with_numbers(self.answers, self.numbers))]

    def _instead(self, each: Reversal) -> list[str]:
        """Write the counterfactuals of one verdict as lines."""
        title = f"“{self.titles[each.verdict]}”"
        if not each.ways:
            if each.total == 0:
                return [f"{title} is the verdict of no situation"]
            return [f"could not determine within the step limit what would lead to {title}"]
        many = len(each.ways[0])
        if not many:
            return [f"{title} is {'the verdict' if self.verdict == each.verdict else 'possible'} already"]
        is_whole = self.whole and all(self.opening.isdisjoint(turn.field for turn in way) for way in each.ways)
        becomes = "would be the verdict" if is_whole else "would become possible"
        lines = [f"{title} {becomes} with {many} other answer{'s' if many > 1 else ''}"]
        shown = each.ways[: max(1, _MOST_TURNS // many)]
        for number, way in enumerate(shown):
            turns = [turn.words for turn in way]
            table = _columns([(question, f"{after}  (now: {before})") for question, before, after in turns])
            lines += ["  or", *table] if number else table
        rest = (each.total or len(each.ways)) - len(shown)
        more = f"and in {rest:,} more way{'s' if rest > 1 else ''}"
        if each.total is None:
            found = f"{more}, perhaps others too" if rest else "and perhaps in more ways"
            lines.append(f"  {found}: the steps ended before all were found")
        elif rest:
            lines.append(f"  {more}")
        if not each.minimal:
            lines.append("  fewer may do: the steps ended before that was settled")
        return lines

    def _others(self) -> list[str]:
        nearest = sorted(self.others, key=lambda each: (each.applies is False, len(each.failed)))[:_MOST_RULES]
        lines = [str(each) for each in self.others if each in nearest]
        if len(self.others) > len(lines):
            lines.append(f"and {len(self.others) - len(lines):,} more that do not apply")
        return lines


def explain(
    policy: Policy,
    situation: Mapping[str, Any] | Answers,
    *,
    instead: str | None = None,
    draft: bool = False,
    steps: int = STEPS,
) -> Explanation:
    """Explain the decision of a record: a minimal reason, the other rules, and minimal counterfactuals.

    Args:
        policy: The policy, from `load`.
        situation: The record, as `decide` takes it.
        instead: Name of the verdict to find changes for; every other verdict by default.
        draft: Explain even if the policy is not proved sound.
        steps: Step limit of the searches, the same on every machine. A result that it cut short is not `minimal`.

    Returns:
        The decision, a smallest set of answers that forces it, why each other rule does not decide, and the smallest
        changes of the answers that lead to other verdicts.

    Raises:
        RecordError: The record has an unknown field or a wrong answer, or describes an impossible situation; or
            `instead` is not a verdict of the policy.
        UnsoundError: The policy is not proved sound, and `draft` is false.
        TypeError: `policy` is not a policy, or another argument has the wrong type.
        ValueError: `steps` is below 1.

    Example:
        >>> from engine import explain, load
        >>> why = explain(load("other-interviews"), {"offer": "hint"}, instead="cancel")
        >>> [turn.words[2] for turn in why.instead[0].ways[0]]
        ['The offer has been made']
    """
    require_policy(policy, "explain")
    require_steps(steps, "explain")
    require_flag(draft, "explain", "draft", False)
    if instead is not None:
        require(instead, str, "explain", "instead", "the name of a verdict", f"take one of {', '.join(policy.verdict)}")
    answers = read_record(policy, situation)
    if instead is not None and instead not in policy.verdict:
        message = f"there is no verdict `{printable(instead)}`"
        titles = {verdict.name: verdict.title for verdict in policy.verdicts}
        help_ = label_help(instead, titles) or did_you_mean(instead, policy.verdict)
        raise RecordError.of("unknown-verdict", message, Place("instead"), help_)
    decision = decide_answers(policy, answers, draft=draft)
    whole = filled(policy, answers)
    wanted = [instead] if instead is not None else [each for each in policy.verdict if each != decision.verdict]
    # The cached formulas grow during the work: one thread at a time.
    with policy.lock:
        logic = logic_of(policy)

        def completions() -> Completions:
            """The completions of the record, with a fresh step budget."""
            return Completions(logic, answers.values, steps)

        tell_observer("which answers are enough for the verdict")
        reason, minimal = _reason(policy, completions(), decision)
        tell_observer("why each other rule does not decide")
        others = tuple(find_others(policy, completions(), (*decision.rules, *decision.possible_rules)))
        return Explanation(
            decision=decision,
            reason=FrozenDict(reason),
            minimal=minimal,
            others=others,
            instead=tuple(_reversal(policy, completions(), each) for each in wanted),
            scores=scores_of(policy, whole.values),
            amounts=_amounts(policy, decision, whole),
            whole=len(whole.values) == len(policy.fields),
            opening=frozenset().union(
                *(
                    fields_before(policy, each)
                    for each in policy.fields
                    if each.name in whole.values and is_left_out(each, whole.values[each.name])
                )
            ),
            answers=tuple((policy.field[name].ask, answer_words(policy.field[name], reason[name])) for name in reason),
            numbers=example_numbers(policy, reason, reason.keys()),
            titles=FrozenDict({each.name: each.title for each in policy.verdicts}),
        )


def _amounts(policy: Policy, decision: Decision, answers: Answers) -> tuple[Amount, ...]:
    if decision.outcome != DECIDED or not policy.numbers_given:
        return ()
    from engine.analysis.describing.amounts import amounts_of

    return amounts_of(policy, (*decision.rules, *decision.possible_rules), decision.output, answers.values)


def _reversal(policy: Policy, completions: Completions, verdict: str) -> Reversal:
    tell_observer(f"which answers lead to the verdict `{verdict}`")
    return find_reversal(policy, completions, verdict)


def _reason(policy: Policy, completions: Completions, decision: Decision) -> tuple[Mapping[str, Value], bool]:
    """Return the fewest answers that force the verdict, and whether that is proved."""
    if decision.verdict is None:
        return {}, True
    values, verdict = completions.values, decision.verdict
    outcomes = completions.logic.outcomes

    def is_other(label: Label) -> bool:
        return label not in (verdict, Ending.IMPOSSIBLE)

    def forces(names: frozenset[str]) -> bool:
        area = completions.logic.areas.restrict({name: values[name] for name in values if name in names})
        return outcomes.find(area, is_other, completions.budget) is None

    found = find_smallest([name for name in policy.field if name in values], forces)
    if found is None:
        raise AssertionError("a record that is decided is not decided by all of its answers")
    return {name: values[name] for name in found.sets[0]}, found.minimal


def _columns(rows: Sequence[tuple[str, str]]) -> list[str]:
    width = max(len(row[0]) for row in rows)
    return [f"  {question:<{width}}   {answer}" for question, answer in rows]

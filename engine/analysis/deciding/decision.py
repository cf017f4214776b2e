"""Decisions: the verdict of a complete or partial record, with its reasons, or what is still possible."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from engine.analysis.deciding.completions import NO_RULES, Completions, Deciding, cannot_happen
from engine.analysis.deciding.decision_words import OUTPUT, conflict_lines, gap_lines, undecided_lines, words_of
from engine.analysis.deciding.given_outputs import (
    Given,
    Standing,
    decided_with_outputs,
    output_block,
    outputs_given,
    with_amounts,
)
from engine.analysis.deciding.late_digest import LateSha256, Sha256
from engine.analysis.proving.errors import find_errors
from engine.analysis.proving.proof_session import STEPS
from engine.budget import OutOfSteps
from engine.frozen import FrozenDict, data_of, frozen_value, late_type
from engine.language.model.field_kinds import TEXT, Value
from engine.language.model.policy import Policy, require_policy
from engine.language.situations.situation_records import Answers, read_record
from engine.meaning.logic import logic_of, policy_of_step
from engine.meaning.outcomes import CONFLICT, DECIDED, GAP, UNDECIDED, Fault
from engine.problems import RecordError, UnsoundError
from engine.progress import tell_observer
from engine.threads import Bounded

if TYPE_CHECKING:
    from engine.analysis.deciding.step_decisions import StepDecision
else:
    StepDecision = late_type("engine.analysis.deciding.step_decisions", "StepDecision")

Outcome: TypeAlias = Literal["decided", "undecided", "gap", "conflict"]
# Partial records, distinct to the rules, whose results are cached on a policy.
_MOST_KEPT = 1_000
NO_COUNTS: FrozenDict[str, int] = FrozenDict()
T = TypeVar("T")


@frozen_value
class Decision:
    """What a policy decides for a record, or what it can still decide.

    Attributes:
        policy: Name of the policy.
        version: Version of the policy, if it states one.
        sha256: Hash of what the policy says.
        outcome: `decided`; `undecided` if missing answers matter; of a draft also `gap` or `conflict`.
        verdict: Name of the verdict; None unless decided.
        rules: The rules that decide whatever the missing answers are, in file order; of a conflict, those that
            disagree.
        possible_rules: The rules that decide for some completions of the record and not for others, in file order.
        title: The verdict as a person reads it.
        must: What the person has to do.
        advice: What the person is advised to do.
        because: The reasons of `rules`, in the same order.
        cites: Names of the source passages that the rules and the verdict cite.
        output: Data for programs: that of the verdict, with what the deciding rules replace and collect. An amount that
            is worked out is a text of plain digits, which `Decimal` takes.
        open_outputs: Names of outputs that the missing answers still change, or that are worked out from them; they are
            None in `output`.
        assumed: The answers given as `unsure`, with the value they were read as.
        possible: The verdicts that some completion gets.
        ask: The field whose answer helps most to decide; None if decided with all outputs.
        completions: Number of situations that agree with an undecided record; None if not counted.
        situations: For each possible verdict the number of completions that get it; empty if not counted.
        faults: `gap` and `conflict`, where some completion of a draft has that outcome.
        draft: Whether the policy is not proved sound.
        notes: Hints on text answers that differ from a known text only in how they are written.
        steps: What the steps that the rules read decide, in order, by name.
        words: Texts used by `str()`; ignored by `==`.

    Example:
        >>> from engine import decide, load
        >>> decision = decide(load("other-interviews"), {"offer": "made"})
        >>> decision.outcome, decision.ask, decision.completions, decision.situations["cancel"]
        ('undecided', 'start_date', 16128, 5376)
    """

    policy: str
    version: str | None
    sha256: Sha256
    outcome: Outcome
    verdict: str | None = None
    rules: tuple[str, ...] = ()
    possible_rules: tuple[str, ...] = ()
    title: str | None = None
    must: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    output: Any = field(default=None, hash=False)
    open_outputs: tuple[str, ...] = ()
    assumed: FrozenDict[str, Value] = FrozenDict()
    possible: tuple[str, ...] = ()
    ask: str | None = None
    completions: int | None = None
    situations: FrozenDict[str, int] = FrozenDict()
    faults: tuple[Fault, ...] = ()
    draft: bool = False
    notes: tuple[str, ...] = ()
    steps: FrozenDict[str, StepDecision] = FrozenDict()
    # Texts in the author's words: the question to ask, titles, assumed answers.
    words: FrozenDict[str, str] = field(default=FrozenDict(), compare=False, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the decision as JSON data."""
        from engine.language.model.values.value_texts import value_data

        identity = ("policy", "version", "sha256", "outcome", "verdict", "rules", "possible_rules")
        return {
            **data_of(self, *identity, "title", "must", "advice", "because", "cites"),
            "output": deepcopy(self.output),
            "open_outputs": list(self.open_outputs),
            "assumed": {name: value_data(value) for name, value in self.assumed.items()},
            **data_of(self, "possible", "ask", "completions", "situations", "faults", "draft", "notes"),
            "steps": {name: each.to_dict() for name, each in self.steps.items()},
        }

    def __str__(self) -> str:
        lines = self._decided() if self.outcome == DECIDED else self._unsettled()
        if self.steps:
            lines += ["", "Step by step", *(line for name, step in self.steps.items() for line in step.lines(name))]
        if self.draft:
            lines = ["DRAFT: this policy is not proved sound, so do not rely on this answer", "", *lines]
        if self.assumed:
            lines += ["", "Taken as answered, where you were not sure"]
            lines += [f"  {self.words[f'assumed {name}']}" for name in self.assumed]
        if self.notes:
            lines += ["", "Please note", *(f"  {note}" for note in self.notes)]
        return "\n".join(lines)

    def __getstate__(self) -> dict[str, Any]:
        # Pickled without the policy that `sha256` may still refer to.
        return {**self.__dict__, "sha256": self.sha256}

    def _decided(self) -> list[str]:
        outputs = [(name.removeprefix(OUTPUT), said) for name, said in self.words.items() if name.startswith(OUTPUT)]
        lines = [f"{self.title}", "", *output_block(outputs), "Why"]
        lines += [f"  {reason}  ({rule})" for reason, rule in zip(self.because, self.rules, strict=True)]
        if self.possible_rules:
            about = self.words["not answered"]
            whatever = f"Whatever you answer about {about}, one of these applies:"
            these = "these" if len(self.possible_rules) > 1 else "this"
            lines.append(f"  {f'Depending on {about}, {these} may count too:' if self.rules else whatever}")
            lines += [f"    - {self.words[f'because {rule}']}  ({rule})" for rule in self.possible_rules]
        for heading, texts in (("What you must do", self.must), ("Advice", self.advice)):
            if texts:
                lines += ["", heading, *(f"  - {text}" for text in texts)]
        if self.cites:
            lines += ["", "Source", *(f"  {self.words[f'passage {name}']}" for name in self.cites)]
        return lines + self._question()

    def _unsettled(self) -> list[str]:
        """Write what is known without a verdict, as lines."""
        if self.outcome == GAP:
            return gap_lines(self.words)
        if self.outcome == CONFLICT:
            return conflict_lines(self.rules, self.possible_rules, self.words)
        lines = undecided_lines(self.possible, self.faults, self.completions, self.situations, self.words)
        return lines + self._question()

    def _question(self) -> list[str]:
        """Write the question whose answer helps most, if there is one, as lines."""
        return ["", f"The answer that helps most: {self.words['ask']}  ({self.ask})"] if self.ask else []


# Set after the class is made: in its body it would be the default of the field.
Decision.sha256 = LateSha256()


def decide(policy: Policy, situation: Mapping[str, Any] | Answers, *, draft: bool = False) -> Decision:
    """Decide a record, complete or partial.

    A partial record gets a verdict if all its completions get it. The first decision of a policy proves it; the proof
    is cached on the policy. For many records, `decider` compiles the policy.

    Args:
        policy: The policy, from `load`.
        situation: The record: field names to answers, nested or with dots in the names; or the `Answers` of a case or
            an interview. A field that is left out, or None, counts as not answered.
        draft: Decide even if the policy is not proved sound; the outcome may then be a gap or a conflict.

    Returns:
        The verdict and its reasons, or what the verdict can still be and which field to ask.

    Raises:
        RecordError: The record has an unknown field or a wrong answer, or describes an impossible situation.
        UnsoundError: The policy is not proved sound, and `draft` is false.
        TypeError: `policy` is not a policy, or `draft` is not a bool.

    Example:
        >>> from engine import decide, load
        >>> decide(load("other-interviews"), {"offer": "hint"}).verdict
        'keep'
    """
    require_policy(policy, "decide")
    if draft is not False:
        from engine.language.model.arguments import require_flag

        require_flag(draft, "decide", "draft", False)
    return decide_answers(policy, read_record(policy, situation), draft=draft)


def decide_answers(policy: Policy, answers: Answers, *, draft: bool = False) -> Decision:
    """Decide a record that has been read; raises as `decide` does."""
    errors = find_errors(policy)
    if errors and not draft:
        raise UnsoundError(finding.problem() for finding in errors)
    decision = _decide(policy, answers)
    if not policy.steps:
        return decision
    from engine.analysis.deciding.step_decisions import steps_of

    return replace(decision, steps=steps_of(policy, decision, lambda step: _decide(step, answers)))


def _decide(policy: Policy, answers: Answers) -> Decision:
    """Decide a record without what its steps decide; the policy may be a draft."""
    answers = _filled(policy, answers)
    if len(answers.values) == len(policy.fields):
        return _whole(policy, answers)
    found = _kept(policy, answers, _found)
    if isinstance(found, RecordError):
        raise RecordError(found.problems)
    return _decision(policy, answers, **found)


def _filled(policy: Policy, answers: Answers) -> Answers:
    """Return a record with what stands for the answers to questions that are not asked; raises `RecordError`."""
    if all(field.applies_when is None for field in policy.fields):
        return answers
    from engine.meaning.asked.asked_questions import filled

    return filled(policy, answers)


def decide_step(policy: Policy, name: str, answers: Answers) -> Decision:
    """Return what a step decides for a record that has been read; its verdict is the outcome. Raises as `decide`."""
    return _decide(policy_of_step(policy, name), answers)


def possible_verdicts(policy: Policy, answers: Answers) -> tuple[str, ...]:
    """Return the verdicts that are still possible for a partial record, under a policy that is proved sound.

    Cheaper than `decide_answers`, since it does not look for the next question; raises as that does.
    """
    return _kept(policy, _filled(policy, answers), _verdicts) or decide_answers(policy, answers).possible


def _verdicts(_: Policy, completions: Completions) -> tuple[str, ...]:
    return completions.verdicts()


def _results(_: Policy, work: Callable[[Policy, Completions], T]) -> Bounded[Any, T]:
    """The last results of `work`, cached on the policy."""
    return Bounded(_MOST_KEPT)


def _kept(policy: Policy, answers: Answers, work: Callable[[Policy, Completions], T]) -> T:
    """Return the result of `work` for a record's completions, cached for all records that no test distinguishes."""
    try:
        # The cached formulas grow during the work: one thread at a time.
        with policy.lock:
            tell_observer("which verdicts these answers leave possible")
            completions = Completions(logic_of(policy), answers.values, STEPS)
            kept = policy.keep(_results, work)
            key = completions.area, frozenset(answers.values)
            return kept[key] if key in kept else kept.keep(key, work(policy, completions))
    except OutOfSteps:
        message = f"could not determine within {STEPS:,} steps which verdicts this record can still get"
        raise UnsoundError.of("not-proved", message, policy.place, "answer more of the fields") from None


def decision_by(policy: Policy, answers: Answers, deciding: Deciding, standing: Standing = None) -> Decision:
    """Return the decision for a record that a sound policy decides, by rules that agree, without a question to ask.

    Args:
        policy: The policy.
        answers: The record.
        deciding: The rules that decide.
        standing: The rules that stand, for each completion; needed if `deciding` has several.
    """
    verdict = policy.rule[(*deciding.certain, *deciding.possible)[0]].then
    given = outputs_given(policy, verdict, deciding, standing)
    return _decision(policy, answers, DECIDED, verdict=verdict, deciding=deciding, given=given)


def _whole(policy: Policy, answers: Answers) -> Decision:
    """Decide a complete record, by the definition."""
    from engine.meaning.reference import excluded_by, outcome

    excluded = excluded_by(policy, answers.values)
    if excluded:
        raise cannot_happen(excluded)
    found = outcome(policy, answers.values)
    if found.step:
        return _faulty(policy, answers, found.step)
    deciding = Deciding(found.stands, ())
    if found.verdict is not None:
        return _decision(policy, answers, DECIDED, verdict=found.verdict, deciding=deciding, given=(found.output, ()))
    if found.kind == CONFLICT:
        return _decision(policy, answers, CONFLICT, deciding=deciding, possible=found.verdicts, faults=(CONFLICT,))
    return _decision(policy, answers, GAP, faults=(GAP,))


def _faulty(policy: Policy, answers: Answers, name: str) -> Decision:
    """Return the decision of a draft for a complete record for which a step has none or several outcomes."""
    inner = _whole(policy_of_step(policy, name), answers)
    words = FrozenDict({**inner.words, "faulty step": f"{policy.step[name].called} of the draft"})
    known: dict[str, Any] = {"rules": inner.rules, "because": inner.because, "cites": inner.cites, "words": words}
    return replace(_decision(policy, answers, inner.outcome), faults=inner.faults, **known)


def _found(policy: Policy, completions: Completions) -> dict[str, Any] | RecordError:
    """Return the attributes of the decision for a partial record, or the error if it is impossible."""
    if not completions.possible:
        return cannot_happen(completions.excluding())
    verdicts, faults = completions.verdicts(), completions.faults()
    if len(verdicts) == 1 and not faults:
        return {"outcome": DECIDED, "verdict": verdicts[0], **decided_with_outputs(policy, completions, verdicts[0])}
    if not verdicts and len(faults) == 1:
        deciding = completions.disagreeing() if faults == (CONFLICT,) else NO_RULES
        given = {policy.rule[rule].then for rules in deciding for rule in rules}
        possible = tuple(verdict for verdict in policy.verdict if verdict in given)
        return {"outcome": faults[0], "deciding": deciding, "possible": possible, "faults": faults}
    from engine.analysis.deciding.likelihood import count_outcomes, find_question

    found = {"outcome": UNDECIDED, "possible": verdicts, "faults": faults, "ask": find_question(policy, completions)}
    counts = count_outcomes(completions)
    if counts is None:
        return found
    situations = FrozenDict({verdict: counts[verdict] for verdict in verdicts})
    return {**found, "completions": sum(counts.values()), "situations": situations}


def _decision(
    policy: Policy,
    answers: Answers,
    outcome: Outcome,
    *,
    verdict: str | None = None,
    deciding: Deciding = NO_RULES,
    given: Given = (None, ()),
    possible: tuple[str, ...] = (),
    ask: str | None = None,
    faults: tuple[Fault, ...] = (),
    completions: int | None = None,
    situations: FrozenDict[str, int] = NO_COUNTS,
) -> Decision:
    """Build a decision, with the texts that it needs to be printed."""
    if policy.numbers_given:
        given, ask = with_amounts(policy, answers.values, given, ask)
    if ask and any(field.applies_when is not None for field in policy.fields):
        from engine.meaning.asked.asked_questions import asked_first

        ask = asked_first(policy, ask, answers.values)
    said = policy.verdict[verdict] if verdict else None
    rules = [policy.rule[name] for name in deciding.certain]
    cited = {passage for rule in rules for passage in rule.cites} | set(said.cites if said else ())
    passages = policy.source.passages if policy.source else ()
    words = words_of(policy, answers, verdict, deciding, given, ask)
    notes: tuple[str, ...] = ()
    if any(policy.field[name].kind == TEXT for name in answers.values):
        from engine.language.model.near_texts import near_notes

        notes = tuple(near_notes(policy, answers.values))
    return Decision(
        policy=policy.name,
        version=policy.version,
        sha256=policy,
        outcome=outcome,
        verdict=verdict,
        rules=deciding.certain,
        possible_rules=deciding.possible,
        title=said.title if said else None,
        must=said.must if said else (),
        advice=said.advice if said else (),
        because=tuple(rule.because for rule in rules),
        cites=tuple(each.name for each in passages if each.name in cited),
        output=deepcopy(given[0]),
        open_outputs=given[1],
        assumed=FrozenDict(answers.assumed),
        possible=(verdict,) if verdict else possible,
        ask=ask,
        completions=completions,
        situations=situations,
        faults=faults,
        draft=bool(find_errors(policy)),
        notes=notes,
        words=words,
    )

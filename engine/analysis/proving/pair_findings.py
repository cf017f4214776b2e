"""Findings of guarantees about two situations: the pairs that break them, and the situations without a partner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from engine.analysis.describing.examples import Example, example, simplest
from engine.analysis.proving.findings import Finding, PairSide
from engine.analysis.proving.proof_session import ProofSession
from engine.budget import Budget, OutOfSteps, attempt
from engine.frozen import FrozenDict
from engine.language.model.asking.applicability import answered_only
from engine.language.model.condition_tree import ALWAYS
from engine.language.model.field_kinds import Value
from engine.language.model.guarantees import Indifference, Monotonicity, PairGuarantee
from engine.language.model.policy import Policy, names_read
from engine.language.model.relations.decision_steps import rule_fact
from engine.meaning.outcomes import Outcome
from engine.meaning.promises.guarantee_meaning import is_broken_by_pair
from engine.meaning.promises.pair_queries import PairQuery
from engine.meaning.promises.partners import Partners, endless_ties
from engine.meaning.reference import Situation, excluded_by, outcome

# The count of situations without a partner may spend one n-th of the steps.
_FOR_LONELY = 6


def report_pair(session: ProofSession, guarantee: PairGuarantee, breaking: PairQuery) -> Finding:
    """Return the finding for the pairs of situations that break a guarantee."""
    policy = session.policy
    count = session.count_pairs(guarantee, breaking)
    found = example(breaking.query, session.budget)
    one, other = map(FrozenDict, breaking.copy.values(found.values))
    is_possible = not any(excluded_by(policy, values) for values in (one, other))
    if not is_possible or not is_broken_by_pair(policy, guarantee, one, other):
        raise AssertionError(f"{one} and {other} do not break the guarantee `{guarantee.name}` of `{policy.name}`")
    differs = tuple(name for name in policy.field if one[name] != other[name])
    asked = {*differs, *found.shows, *_always_shown(policy, guarantee)}
    shown = [name for name in policy.field if not asked.isdisjoint((name, breaking.copy.name(name)))]
    shows = _with_scope(session, guarantee, shown, (one, other))
    decides = _Decides(policy, guarantee)
    outcomes = [decides.outcome(values) for values in (one, other)]
    rules = tuple(rule for rule in decides.rules if any(rule.name in each.stands for each in outcomes))
    conditions = [guarantee.when, *(rule.when for rule in rules)]
    first, second = (session.shown_by(Example(values, shows), conditions) for values in (one, other))
    derived = [dict((*each["numbers"], *each["facts"])) for each in (first, second)]
    apart = [means for means, value in derived[0].items() if derived[1].get(means, value) != value]
    answers = [dict(zip(shows, each["answers"], strict=True)) for each in (first, second)]
    outputs: tuple[list[tuple[str, str]], ...] = ([], [])
    if policy.has_rule_outputs and isinstance(guarantee, Indifference):
        from engine.analysis.describing.output_words import differing_words
        from engine.language.model.relations.rule_outputs import output_names

        outputs = differing_words(output_names(policy), *(outcome(policy, values).output for values in (one, other)))
    verb = "pair of situations breaks" if count == 1 else "pairs of situations break"
    return Finding(
        "broken-guarantee",
        f"{'some' if count is None else f'{count:,}'} {verb} the guarantee `{guarantee.name}`: {guarantee.because}",
        rules=tuple(decides.called(rule.name) for rule in rules),
        places=(guarantee.place, *(rule.place for rule in rules)),
        reasons=tuple(rule.because for rule in rules),
        help=_help(policy, guarantee),
        situations=count,
        example=answered_only(policy, one),
        answers=tuple(answer for name, answer in answers[0].items() if name not in differs),
        numbers=tuple(each for each in first["numbers"] if each in second["numbers"]),
        facts=tuple(each for each in first["facts"] if each in second["facts"]),
        pair=tuple(
            decides.side(
                values,
                [given[name] for name in differs],
                [*((means, of[means]) for means in apart), *((f"output `{name}`", text) for name, text in own)],
            )
            for values, given, of, own in zip((one, other), answers, derived, outputs, strict=True)
        ),
        differs=differs,
    )


def _always_shown(policy: Policy, guarantee: PairGuarantee) -> set[str]:
    """Return the names of answers that a broken guarantee is not seen without; none if it ignores answers.

    What a number comes to is seen only with every answer that it is made of. Pairs are passed over if an answer that
    should rise is no value, though it may be the same in both situations.
    """
    if isinstance(guarantee, Indifference):
        return set()
    optional = {name for name in guarantee.rising if policy.field[name].absences}
    return optional if guarantee.number is None else optional | policy.names_behind([guarantee.number])


def _with_scope(
    session: ProofSession, guarantee: PairGuarantee, shown: Sequence[str], pair: Sequence[Mapping[str, Value]]
) -> tuple[str, ...]:
    """Return the fields that are shown, with those whose answers ensure that `when` holds in both situations.

    Of those that `when` reads, the last ones are left out first where the others suffice.
    """
    policy, logic = session.policy, session.logic
    within = logic.query([logic.condition(guarantee.when)])
    read = names_read(policy, [guarantee.when])
    kept = [name for name in policy.field if name in shown or name in read]
    for name in reversed([name for name in kept if name not in shown]):
        fewer = [each for each in kept if each != name]
        areas = (logic.areas.restrict({each: values[each] for each in fewer}) for values in pair)
        if all(attempt(within.forced, session.counting, area) for area in areas):
            kept = fewer
    return tuple(kept)


def _help(policy: Policy, guarantee: PairGuarantee) -> str:
    if isinstance(guarantee, Indifference):
        same = "the same verdict and outputs" if policy.has_rule_outputs else "the same verdict"
        return f"let the rules give both situations {same}, or change the guarantee"
    if guarantee.number is not None:
        return f"correct the number `{guarantee.number}`, or change the guarantee"
    less = "lower" if guarantee.never == "falls" else "higher"
    if guarantee.step is not None:
        rules = f"the rules of the step `{guarantee.step}`"
        return f"let {rules} give the other situation no {less} outcome, or change the guarantee"
    return f"let the rules give the other situation no {less} verdict, or change the guarantee"


class _Decides:
    """What the two situations of a pair get: an outcome of the step that a guarantee is about, else a verdict."""

    def __init__(self, policy: Policy, guarantee: PairGuarantee) -> None:
        self.policy = policy
        name = guarantee.step if isinstance(guarantee, Monotonicity) else None
        self.step = None if name is None else policy.step[name]
        self.rules = (policy if self.step is None else self.step).rules

    def called(self, rule: str) -> str:
        """Return what one of the rules is called outside its step."""
        return rule if self.step is None else rule_fact(self.step.name, rule)

    def outcome(self, values: Mapping[str, Value]) -> Outcome:
        """Return what a situation gets."""
        return (
            outcome(self.policy, values) if self.step is None else Situation(self.policy, values).steps[self.step.name]
        )

    def side(
        self, values: FrozenDict[str, Value], answers: Iterable[tuple[str, str]], derived: Iterable[tuple[str, str]]
    ) -> PairSide:
        """Return one of the two situations, with what the other has otherwise."""
        found = self.outcome(values)
        side = PairSide(
            example=answered_only(self.policy, values),
            verdict=found.verdict,
            title=f"no verdict: a {found.kind}",
            rules=tuple(map(self.called, found.stands)),
            reasons=tuple(rule.because for rule in self.rules if rule.name in found.stands),
            answers=tuple(answers),
            derived=tuple(derived),
        )
        if found.verdict is None:
            return side
        if self.step is None:
            return replace(side, title=self.policy.verdict[found.verdict].title)
        return replace(side, title=self.step.text[found.verdict], step=self.step.name, decides=self.step.means)


def report_vacuous(guarantee: Indifference) -> Finding:
    """Return the finding for a guarantee that is about no pair of situations."""
    ignored = " and ".join(f"`{name}`" for name in guarantee.ignores)
    where = "" if guarantee.when == ALWAYS else " for which `when` holds"
    return Finding(
        "vacuous-guarantee",
        f"the guarantee `{guarantee.name}` says nothing: no two possible situations{where} differ only in {ignored}",
        places=(guarantee.place,),
        help="take it out, or correct what it ignores, its `when`, or the `impossible` combinations",
        situations=0,
    )


def find_lonely(session: ProofSession) -> Iterator[Finding]:
    """Iterate over a note for each guarantee on the situations that it says nothing about, if there are any.

    A guarantee about no pair at all is an error, and has no such note; where that is not settled, neither is the note.
    """
    for guarantee in session.policy.guarantees:
        if isinstance(guarantee, Indifference) and session.about_pairs.get(guarantee.name, True):
            # A budget for each, so that one that is hard to count leaves steps for the others.
            try:
                if guarantee.name not in session.about_pairs:
                    raise OutOfSteps
                yield from _lonely(session, guarantee, Budget(session.steps // _FOR_LONELY + 1))
            except OutOfSteps:
                what = f"how many situations have no partner under the guarantee `{guarantee.name}`"
                yield session.out_of_steps("not-checked", what)


def _lonely(session: ProofSession, guarantee: Indifference, budget: Budget) -> Iterator[Finding]:
    """Iterate over the note for one guarantee; raises `OutOfSteps`."""
    endless = endless_ties(session.policy, guarantee)
    if endless:
        named = " and ".join(f"`{name}`" for name in endless)
        message = f"it is not known how many situations the guarantee `{guarantee.name}` says nothing about"
        help_ = f"give {named} a `from` and a `to`, since it is compared with other fields, to have them counted"
        yield Finding("no-partner", message, places=(guarantee.place,), help=help_)
        return
    partners = Partners(session.policy, guarantee, budget)
    if not partners.has_lonely or not partners.lonely.exists(budget):
        return
    count = partners.count(budget) if session.logic.space.countable else None
    found = example(partners.lonely, budget)
    within = session.logic.query([session.logic.condition(guarantee.when)])
    values = simplest(within, {name: found.values[name] for name in partners.fields}, budget)
    shown = Example(FrozenDict(values), tuple(name for name in found.shows if name in partners.fields))
    many = "some situations"
    if count is not None and session.all_situations is not None:
        many = f"{count:,} of {session.all_situations:,} situations"
    ignored = " and ".join(f"`{name}`" for name in guarantee.ignores)
    yield Finding(
        "no-partner",
        f"the guarantee `{guarantee.name}` says nothing about {many}: no other possible one differs only in {ignored}",
        places=(guarantee.place,),
        situations=count,
        **session.shown_by(shown, [guarantee.when, *(each.when for each in session.policy.impossible)]),
    )

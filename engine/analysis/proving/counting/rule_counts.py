"""In how many situations each rule decides, and how many get each verdict."""

from __future__ import annotations

from collections.abc import Mapping

from engine.analysis.proving.proof_session import ProofSession
from engine.language.model.policy import FIRST
from engine.meaning.formula_store import TRUE
from engine.meaning.hit_policies import Label
from engine.meaning.queries import Query
from engine.meaning.spaces.areas import bits
from engine.threads import cached_property


class RuleCounts:
    """The counts of the rules and verdicts of one policy; None if uncountable or beyond the steps.

    Args:
        session: The session of its proof.
    """

    def __init__(self, session: ProofSession) -> None:
        self._session = session
        self._budget = session.counting_rules
        self._policy = session.policy

    @cached_property
    def deciding(self) -> Mapping[str, int | None]:
        """For each rule the number of situations in which it stands and there is exactly one verdict."""
        rules, counts = self._policy.rules, self._session.counts
        if self._policy.decision == FIRST and counts is not None:
            return {rule.name: counts.get(rule.name, 0) for rule in rules}
        return {rule.name: self._count_decided(place) for place, rule in enumerate(rules)}

    def given(self, verdict: str) -> int | None:
        """Return the number of situations that get a verdict and no other."""
        if self._policy.decision != FIRST:
            counts = self._session.counts
            return None if counts is None else self._many_given(counts, verdict)
        decided = [self.deciding[rule.name] for rule in self._policy.rules if rule.then == verdict]
        return None if None in decided else sum(count or 0 for count in decided)

    @cached_property
    def _giving(self) -> Mapping[str, list[int]]:
        """The rules that give each verdict."""
        found: dict[str, list[int]] = {}
        for place, rule in enumerate(self._policy.rules):
            found.setdefault(rule.then, []).append(place)
        return found

    def _count_decided(self, rule: int) -> int | None:
        session, counts = self._session, self._session.counts
        then = self._policy.rules[rule].then
        if counts is not None and len(self._giving[then]) == 1:
            # No other rule gives its verdict: the two are counted as one.
            return self._many_given(counts, then)
        if not session.logic.space.countable:
            return None
        if counts is not None and session.agree and self._is_weakest(rule):
            # It decides what gets its verdict, but for where one of the others decides.
            others = [each for each in self._giving[then] if each != rule]
            more = session.count_within(self._budget, session.logic.some_standing(TRUE, others).count)
            return None if more is None else self._many_given(counts, then) - more
        if session.agree:
            return session.count_standing(rule)
        return session.count_within(self._budget, self._decided_by(rule).count) if self._budget.left else None

    def _is_weakest(self, rule: int) -> bool:
        """Whether all other rules that give the verdict of a rule override it."""
        giving, stronger = self._giving[self._policy.rules[rule].then], self._session.logic.stronger(rule)
        return len(giving) <= len(stronger) + 1 and {*giving} <= {rule, *stronger}

    def _decided_by(self, rule: int) -> Query:
        """Return the query for situations in which a rule stands and none that disagrees with it does."""
        logic = self._session.logic
        own = logic.agreeing[rule]
        against = [each for each in bits(logic.neighbours(rule)) if logic.agreeing[each] != own]
        none_of = [logic.applies[each] for each in logic.stronger(rule)] + [logic.stands(each) for each in against]
        return logic.query([logic.applies[rule]], none_of)

    def _many_given(self, counts: Mapping[Label, int], verdict: str) -> int:
        """Return the number of situations with a verdict, whatever the outputs are."""
        if not self._policy.has_rule_outputs:
            return counts.get(verdict, 0)
        from engine.language.model.relations.rule_outputs import verdict_in

        return sum(many for label, many in counts.items() if verdict_in(label) == verdict)

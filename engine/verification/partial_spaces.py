"""What do the rules still test in one corner of the space, and which of them can still matter there?

A corner is what is left of every subject, with what is left of every condition there. What fails in it is left out;
so are rules that can no longer change which verdicts stand. That keeps corners small, and equal where the same can
come of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from engine.language.model.policy import FIRST
from engine.verification.position_ranges import Part, meet, minus
from engine.verification.residual_conditions import FAILED, HELD, OPEN, Formula, Left, Residues, a_test_of
from engine.verification.subjects import Subjects

_RULES_A_STEP = 64


class Corner(NamedTuple):
    """What is left: of every subject, facts last; of open facts; and of what may hold, by its place in the policy."""

    parts: tuple[Part, ...]
    facts: dict[int, Formula]
    impossible: dict[int, Left]
    rules: dict[int, Left]
    guarantees: dict[int, Left]

    def conditions(self) -> Iterator[Left]:
        yield from self.impossible.values()
        yield from self.rules.values()
        yield from self.guarantees.values()


class Corners:
    """Makes and narrows the corners of one policy."""

    def __init__(self, subjects: Subjects) -> None:
        self.subjects = subjects
        self.policy = policy = subjects.policy
        self.budget = subjects.budget
        self.residues = Residues(subjects)
        self.then = [rule.then for rule in policy.rules]
        place = {rule.name: at for at, rule in enumerate(policy.rules)}
        self.overrides = {place[rule.name]: [place[each.rule] for each in rule.overrides] for rule in policy.rules}
        self.overriders = {place[name]: [place[each] for each in names] for name, names in policy.overriders.items()}
        self.forbidden = [frozenset(each.forbidden) for each in policy.guarantees]
        self._touching = [1 << each for each in range(len(subjects.all))]
        for tangle in subjects.tangles:
            for total in tangle.sums:
                for field, _ in subjects.all[total].weights:
                    self._touching[field] |= 1 << total

    def whole(self) -> Corner:
        """The corner that is the whole space."""
        residues, policy = self.residues, self.policy
        parts = [subject.domain for subject in self.subjects.all] + [OPEN] * len(policy.facts)
        facts = {}
        for fact in policy.facts_in_order:
            place = residues.facts[fact.name]
            formula = residues.formula(fact.when)
            if isinstance(formula, Formula):
                facts[place] = formula
            else:
                parts[place] = HELD if formula else FAILED
        sections = (
            [each.when for each in policy.impossible],
            [each.when for each in policy.rules],
            [each.when for each in policy.guarantees],
        )
        read = [{at: residues.formula(when) for at, when in enumerate(section)} for section in sections]
        return self._moved(parts, facts, read, -1)

    def narrowed(self, corner: Corner, subject: int, part: Part) -> Corner | None:
        """The part of a corner in which a subject has some of its values; None where no situation is left.

        Of an entangled subject the part must be one range. Raises `OutOfSteps`.
        """
        self.budget.spend(1 + len(corner.rules) // _RULES_A_STEP)
        parts = [*corner.parts]
        parts[subject] = part
        tangle = self.subjects.tangle_of.get(subject)
        if tangle is not None and not self.subjects.is_inhabited(tangle, parts):
            return None
        conditions = [corner.impossible, corner.rules, corner.guarantees]
        return self._moved(parts, corner.facts, conditions, self._touching[subject])

    def _moved(
        self, parts: list[Part], facts: dict[int, Formula], conditions: Iterable[dict[int, Left]], touched: int
    ) -> Corner:
        """The corner of these parts, where some subjects are not what they were."""
        left = self.residues.left
        subjects = self.subjects
        views = {place: subjects.view(place, parts) for place in range(len(subjects.all)) if touched >> place & 1}
        for place in range(len(subjects.all), len(parts)):
            views[place] = parts[place]
        open_facts = {}
        for place, formula in facts.items():
            still = left(formula, views, touched)
            if isinstance(still, Formula):
                open_facts[place] = still
            else:
                views[place] = parts[place] = HELD if still else FAILED
                touched |= 1 << place
        found: list[dict[int, Left]] = []
        for section in conditions:
            kept: dict[int, Left] = {}
            for at, each in section.items():
                if isinstance(each, Formula) and each.bits & touched:
                    each = left(each, views, touched)
                if each is not False:
                    kept[at] = each
            found.append(kept)
        return Corner(tuple(parts), open_facts, *found)

    def split(self, corner: Corner, matter: Callable[[Corner], Corner]) -> Iterator[Corner]:
        """Corners that together are a corner, in each of which nothing that matters is left to test."""
        waiting = [corner]
        while waiting:
            corner = matter(waiting.pop())
            formula = next((each for each in corner.conditions() if isinstance(each, Formula)), None)
            if formula is None:
                yield corner
                continue
            test = a_test_of(formula)
            while test.subject in corner.facts:
                test = a_test_of(corner.facts[test.subject])
            part = corner.parts[test.subject]
            for side in (minus(part, test.held), meet(part, test.held)):
                # Of two tests that became one, one side may be empty: then the other settles it.
                for piece in self.subjects.pieces(test.subject, side):
                    below = self.narrowed(corner, test.subject, piece)
                    if below is not None:
                        waiting.append(below)

    # What can still matter.

    def mattering(self, corner: Corner) -> Corner:
        """The corner with the conditions alone that can change its outcome, or whether a guarantee is broken."""
        if any(each is True for each in corner.impossible.values()):
            return corner._replace(
                rules={}, guarantees={}, impossible={at: each for at, each in corner.impossible.items() if each is True}
            )
        if self.policy.decision == FIRST:
            return corner._replace(rules=self._first(corner.rules))
        forbidden = frozenset[str]().union(*(self.forbidden[at] for at in corner.guarantees))
        return corner._replace(rules=self._unique(corner.rules, forbidden))

    def _first(self, rules: dict[int, Left]) -> dict[int, Left]:
        """Nothing after a rule that applies everywhere, and nothing right before it that says the same."""
        sure = next((at for at, each in rules.items() if each is True), None)
        if sure is None:
            return rules
        kept = [at for at in rules if at < sure]
        while kept and self.then[kept[-1]] == self.then[sure]:
            kept.pop()
        return {at: rules[at] for at in (*kept, sure)}

    def _unique(self, rules: dict[int, Left], forbidden: frozenset[str]) -> dict[int, Left]:
        """Leaves out rules as long as that changes nowhere in the corner which verdicts stand.

        Where two that disagree stand everywhere, the outcome is a conflict whatever else stands; then only rules with
        a verdict that is `forbidden` are of interest, with what overrides them.
        """
        while True:
            settled = [at for at, each in rules.items() if each is True]
            sure: dict[str, int] = {}
            for at in settled:
                if not any(other in rules for other in self.overriders[at]):
                    sure.setdefault(self.then[at], at)
            if len(sure) > 1:
                wanted = {*list(sure.values())[:2], *(at for at in rules if self.then[at] in forbidden)}
                wanted |= {other for at in wanted for other in self.overriders[at]}
                return {at: each for at, each in rules.items() if at in wanted}
            beaten = {other for at in settled for other in self.overrides[at]}
            kept = {at: each for at, each in rules.items() if not self._is_spare(at, rules, sure, beaten)}
            if len(kept) == len(rules):
                return kept
            rules = kept

    def _is_spare(self, at: int, rules: dict[int, Left], sure: dict[str, int], beaten: set[int]) -> bool:
        """Whether a rule makes no difference, and would make none if all others that are spare were left out too.

        It says what another says that stands everywhere, and keeps no rule that says something else from standing; or
        it never stands, since a rule that applies everywhere overrides it, and those that it overrides never do either.
        """
        weaker = [other for other in self.overrides[at] if other in rules and other != at]
        then = self.then[at]
        if then in sure and sure[then] != at and all(self.then[other] == then for other in weaker):
            return True
        if at not in beaten:
            return False
        return not weaker if rules[at] is True else all(other in beaten for other in weaker)

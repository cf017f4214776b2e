"""Partial spaces: a part of the space of situations, with the residual conditions that can still matter in it.

A partial space has the remaining part of every subject and what is left of every condition under them. Conditions that
fail are dropped, and so are rules that cannot change which verdicts stand. That keeps partial spaces small, and makes
those equal from which the same outcomes follow.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any

from engine.frozen import NamedTuple
from engine.language.model.condition_tree import Compare
from engine.language.model.guarantees import Guarantee, Invariant
from engine.language.model.policy import FIRST
from engine.verification.position_ranges import Part, intersect, minus
from engine.verification.residual_conditions import ResidualConditions
from engine.verification.residual_formulas import (
    FAILED,
    HELD,
    NOTHING,
    OPEN,
    Formula,
    Left,
    Section,
    first_test,
    needed,
    places_in,
)
from engine.verification.subjects import Subjects

_CONDITIONS_A_STEP = 64


class PartialSpace(NamedTuple):
    """A partial space.

    `parts` has the remaining part of each subject, then of each fact. `facts` has the residual conditions of undecided
    facts by subject index; the other mappings have those of the policy's sections, by position in the section. `faults`
    has those of the tests for steps without exactly one outcome, step by step. After the guarantees follow the tests
    for numbers without a value that outputs are worked out from.
    """

    parts: tuple[Part, ...]
    facts: dict[int, Formula]
    impossible: Section
    faults: Section
    rules: Section
    guarantees: Section

    @property
    def sections(self) -> tuple[Section, ...]:
        """The residual conditions of each section."""
        return self[2:]

    def conditions(self) -> Iterator[Left]:
        """Iterate over the residual conditions of all sections."""
        for section in self.sections:
            yield from section.values()


class PartialSpaces:
    """Creates and narrows the partial spaces of one policy."""

    def __init__(self, subjects: Subjects) -> None:
        self.subjects = subjects
        self.policy = policy = subjects.policy
        self.budget = subjects.budget
        self.residuals = ResidualConditions(subjects)
        self.then = [rule.then for rule in policy.rules]
        # Rules that give the same never disagree.
        self.gives = [policy.yields[rule.name] for rule in policy.rules]
        place = {rule.name: at for at, rule in enumerate(policy.rules)}
        self.overrides = {place[name]: [place[each] for each in names] for name, names in policy.weaker.items()}
        self.overriders = {place[name]: [place[each] for each in names] for name, names in policy.overriders.items()}
        # Under `first`, `otherwise` is a last rule as any other.
        self.rest = None if policy.decision == FIRST or policy.otherwise is None else place[policy.otherwise]
        if self.rest is not None:
            self.overriders[self.rest] = [at for at in self.overriders if at != self.rest]
        # Where each guarantee is broken: by the verdicts that it forbids, or by all of them if it is in `always`.
        self.critical = [each.critical for each in policy.guarantees]
        self.forbidden = [
            frozenset(each.forbidden if isinstance(each, Guarantee) else ()) for each in policy.guarantees
        ]
        self.always = {at for at, each in enumerate(policy.guarantees) if isinstance(each, Invariant)}
        # After the guarantees: that a number has no value from which rules work outputs out (`lacking`), or steps.
        optional = [number for number in policy.numbers_given if number in policy.optional_numbers]
        of_steps = [each.name for each in policy.numbers if each.given_by and each.name in policy.optional_numbers]
        first = len(self.critical)
        self.lacking = dict(enumerate(optional, first))
        self.critical += [Compare(number, "known", False) for number in (*optional, *of_steps)]
        self.forbidden += [frozenset()] * (len(self.critical) - first)
        self.always |= set(range(first + len(optional), len(self.critical)))
        self._touching = [1 << each for each in range(len(subjects.all))]
        for group in subjects.groups:
            for total in group.sums:
                for field, _ in subjects.all[total].weights:
                    self._touching[field] |= 1 << total

    def whole(self) -> PartialSpace:
        """Return the whole space."""
        residuals, policy = self.residuals, self.policy
        parts = [subject.domain for subject in self.subjects.all] + [OPEN] * len(policy.fact)
        facts = {}
        for fact in policy.facts_in_order:
            place = residuals.facts[fact.name]
            formula = residuals.formula(fact.when)
            if isinstance(formula, Formula):
                facts[place] = formula
            else:
                parts[place] = HELD if formula else FAILED
        sections = (
            [each.when for each in policy.impossible],
            [test for step in policy.steps_in_order for test, _ in step.faults],
            [each.when for each in policy.rules],
            self.critical,
        )
        read = [[residuals.formula(when) for when in section] for section in sections]
        kept = [Section((at, each) for at, each in enumerate(section) if each is not False) for section in read]
        return self._moved(parts, facts, kept, (1 << len(parts)) - 1)

    def apart(self, space: PartialSpace, subject: int, parts: Sequence[Part]) -> Iterator[PartialSpace]:
        """For each of some disjoint parts of a subject, return the space without conditions that fail in all of it.

        What remains is narrowed condition by condition; where each part has its own rules, this saves most of that.
        """
        sections = [_meeting(each, subject, parts) for each in space.sections]
        for kept in zip(*sections, strict=True):
            yield PartialSpace(space.parts, space.facts, *kept)

    def narrow(self, space: PartialSpace, subject: int, part: Part) -> PartialSpace | None:
        """Restrict a subject to a part of its values; None if no situation is left.

        The part of a tied subject must be a single range. Raises `OutOfSteps`.
        """
        self.budget.spend(1 + (len(space.rules) + len(space.facts)) // _CONDITIONS_A_STEP)
        parts = [*space.parts]
        parts[subject] = part
        group = self.subjects.group_of.get(subject)
        if group is not None and not self.subjects.is_inhabited(group, parts):
            return None
        conditions = space.sections
        return self._moved(parts, space.facts, conditions, self._touching[subject])

    def _moved(
        self, parts: list[Part], facts: dict[int, Formula], conditions: Iterable[Section], touched: int
    ) -> PartialSpace:
        """Return the partial space with these parts; `touched` is a bit mask of the subjects that have changed."""
        left = self.residuals.formulas.left
        subjects = self.subjects
        many = len(subjects.all)
        views = {place: subjects.view(place, parts) if place < many else parts[place] for place in places_in(touched)}
        open_facts = {}
        for place, formula in facts.items():
            still = left(formula, views, touched)
            if isinstance(still, Formula):
                open_facts[place] = still
            else:
                views[place] = parts[place] = HELD if still else FAILED
                touched |= 1 << place
        return PartialSpace(tuple(parts), open_facts, *[self._left(each, views, touched) for each in conditions])

    def _left(self, section: Section, views: dict[int, Part], touched: int) -> Section:
        """Return what is left of a section, as `ResidualFormulas.left` does of a formula.

        What follows from facts alone is kept: many paths come to the outcome of a step, and few are the outcomes.
        """
        touched &= section.bits
        if not touched:
            return section
        if touched & self.subjects.everything:
            return self._left_of_each(section, views, touched)
        key = touched, *[views[place] for place in places_in(touched)]
        if key not in section.moved:
            found = self._left_of_each(section, views, touched)
            section.moved[key] = found = section.alike.setdefault(found, found)
            found.alike = section.alike
        return section.moved[key]

    def _left_of_each(self, section: Section, views: dict[int, Part], touched: int) -> Section:
        left = self.residuals.formulas.left
        found = Section()
        for at, each in section.items():
            if isinstance(each, Formula) and each.bits & touched:
                each = left(each, views, touched)
            if each is not False:
                found[at] = each
        return found

    def split(self, space: PartialSpace, matter: Callable[[PartialSpace], PartialSpace]) -> Iterator[PartialSpace]:
        """Split a partial space until no open test is left in any piece.

        `matter` drops the conditions that cannot change the result; only the others are tested.
        """
        waiting = [space]
        while waiting:
            space = matter(waiting.pop())
            formula = next((each for each in space.conditions() if isinstance(each, Formula)), None)
            if formula is None:
                yield space
                continue
            test = first_test(formula)
            while test.subject in space.facts:
                test = first_test(space.facts[test.subject])
            part = space.parts[test.subject]
            for side in (minus(part, test.held), intersect(part, test.held)):
                # If two tests have merged into one, one side may be empty; then the other decides the test.
                for piece in self.subjects.pieces(test.subject, side):
                    below = self.narrow(space, test.subject, piece)
                    if below is not None:
                        waiting.append(below)

    def key(self, space: PartialSpace, asked: int) -> object:
        """Return all of a partial space that can make a difference where some subjects are branched on, as a key."""
        for section in space.sections:
            asked |= section.bits
        facts = []
        for place, formula in reversed(space.facts.items()):
            if asked >> place & 1:
                asked |= formula.bits
                facts.append((place, formula))
        asked = self.subjects.closed(asked)
        left = tuple(space.parts[place] for place in range(len(self.subjects.all)) if asked >> place & 1)
        return asked, left, tuple(facts), space.sections

    # Relevance of conditions.

    def drop_irrelevant(self, space: PartialSpace) -> PartialSpace:
        """Drop the conditions that can change neither the outcome nor whether a guarantee is broken."""
        if any(each is True for each in space.impossible.values()):
            settled = Section((at, each) for at, each in space.impossible.items() if each is True)
            return space._replace(impossible=settled, faults=NOTHING, rules=NOTHING, guarantees=NOTHING)
        faulty = next((at for at, each in space.faults.items() if each is True), None)
        if faulty is not None:
            # The first faulty step is the outcome, whatever the steps after it, and the rules, say.
            earlier = Section((at, each) for at, each in space.faults.items() if at <= faulty)
            return space._replace(faults=earlier, rules=NOTHING, guarantees=NOTHING)
        if not space.rules:
            return space
        if self.policy.decision == FIRST:
            return space._replace(rules=self._first(space.rules))
        forbidden = frozenset[str]().union(*(self.forbidden[at] for at in space.guarantees))
        if forbidden not in space.rules.relevant:
            space.rules.relevant[forbidden] = self._unique(space.rules, forbidden)
        return space._replace(rules=space.rules.relevant[forbidden])

    def _first(self, rules: Section) -> Section:
        """Drop, under `first`, rules after one that always applies, and those just before it that give the same."""
        sure = next((at for at, each in rules.items() if each is True), None)
        if sure is None:
            return rules
        kept = [at for at in rules if at < sure]
        while kept and self.gives[kept[-1]] == self.gives[sure]:
            kept.pop()
        return rules if len(kept) + 1 == len(rules) else Section((at, rules[at]) for at in (*kept, sure))

    def _unique(self, rules: Section, forbidden: frozenset[str]) -> Section:
        """Drop rules whose absence changes nowhere what is given.

        If two rules that disagree stand everywhere, the outcome is a conflict in any case. Then only rules
        with a verdict in `forbidden`, and the rules that override them, are kept besides those two. `otherwise` is
        dropped where another rule applies everywhere, and kept with all others where none does.
        """
        if self.rest in rules:
            others = Section((at, each) for at, each in rules.items() if at != self.rest)
            if not any(each is True for each in others.values()):
                return rules
            rules = others
        while True:
            settled = [at for at, each in rules.items() if each is True]
            sure: dict[Hashable, int] = {}
            for at in settled:
                if not any(other in rules for other in self.overriders[at]):
                    sure.setdefault(self.gives[at], at)
            if len(sure) > 1:
                wanted = {*list(sure.values())[:2], *(at for at in rules if self.then[at] in forbidden)}
                wanted |= {other for at in wanted for other in self.overriders[at]}
                return Section((at, each) for at, each in rules.items() if at in wanted)
            beaten = {other for at in settled for other in self.overrides[at]}
            kept = Section((at, each) for at, each in rules.items() if not self._is_spare(at, rules, sure, beaten))
            if len(kept) == len(rules):
                return rules
            rules = kept

    def _is_spare(self, at: int, rules: dict[int, Left], sure: dict[Hashable, int], beaten: set[int]) -> bool:
        """Whether a rule makes no difference here, even if all other such rules are dropped as well.

        Either another rule that gives the same stands everywhere, and this one overrides only rules that give it; or
        it never stands, because a rule that always applies overrides it, and neither do the rules that it overrides.
        """
        weaker = [other for other in self.overrides[at] if other in rules and other != at]
        own = self.gives[at]
        if own in sure and sure[own] != at and all(self.gives[other] == own for other in weaker):
            return True
        if at not in beaten:
            return False
        return not weaker if rules[at] is True else all(other in beaten for other in weaker)


def _meeting(section: Section, subject: int, parts: Sequence[Part]) -> Iterator[Section]:
    """For each of some disjoint parts of a subject, return the conditions that may hold in it."""
    if not section.bits >> subject & 1:
        yield from [section] * len(parts)
        return
    free: list[int] = []
    tests: list[tuple[Any, Any, int]] = []
    for at, each in section.items():
        held = needed(each, subject)
        if held is None:
            free.append(at)
        else:
            tests += [(low, high, at) for low, high in held]
    waiting = sorted(tests, reverse=True)
    begun: list[tuple[Any, Any, int]] = []
    found: list[list[int]] = [[] for _ in parts]
    for low, high, place in sorted((*each, place) for place, part in enumerate(parts) for each in part):
        while waiting and waiting[-1][0] <= high:
            begun.append(waiting.pop())
        # What has ended stays out: the ranges that follow begin later.
        begun = [test for test in begun if test[1] >= low]
        found[place] += [at for _, _, at in begun]
    for own in found:
        yield Section((at, section[at]) for at in sorted({*free, *own}))

"""Proposals for test cases that complete the coverage of a policy and kill its surviving mutants.

Candidates are complete situations that detect a survivor or reach a missing goal, with the answers that make no
difference filled in so as to reach other goals too. A minimum set of them is chosen; then answers that are not needed
are removed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.analysis.describing.examples import example
from engine.analysis.proving.errors import require_sound
from engine.analysis.testing.cases import run_case
from engine.analysis.testing.coverage import measure_coverage
from engine.analysis.testing.goals import RULE, Goal, reached
from engine.analysis.testing.mutant_trial import Fate, Trial, output_changes
from engine.analysis.testing.mutants import Mutant
from engine.analysis.testing.mutation_report import Survivor
from engine.analysis.testing.mutation_run import STEPS, find_survivors
from engine.analysis.testing.set_cover import fewest
from engine.budget import Budget, attempt
from engine.frozen import NamedTuple, data_of, frozen_value
from engine.language.model.arguments import require_steps
from engine.language.model.asking.applicability import answered_only
from engine.language.model.field_kinds import NOWHERE, Value
from engine.language.model.guarantees import Guarantee
from engine.language.model.policy import Policy, require_policy
from engine.language.model.values.value_texts import value_data
from engine.language.situations.cases_file import Case, Cases, require_cases
from engine.language.situations.situation_records import Answers, nested
from engine.meaning import reference
from engine.meaning.asked.asked_questions import fill_in
from engine.meaning.logic import Logic
from engine.meaning.spaces.areas import bits

_MOST_CANDIDATES = 400
_SEARCH_STEPS = 20_000
_EXAMPLE_STEPS = 100_000
_TO_REVIEW = "To review"


@frozen_value
class Proposed:
    """A test case that is proposed.

    Attributes:
        case: The case; it expects what the policy decides now, for its author to confirm.
        reasons: The goals that it reaches and the mutants that it kills, beyond the cases before it.

    Example:
        >>> from engine import load, load_cases, propose_cases
        >>> policy = load("other-interviews")
        >>> hint = {"case": "a hint", "given": {"offer": "hint"}, "expect": "keep"}
        >>> proposal = propose_cases(policy, load_cases({"policy": policy.name, "cases": [hint]}, policy))
        >>> proposal.cases[0].reasons[0].startswith("reaches the rule")
        True
    """

    case: Case
    reasons: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the case as JSON data, in the form of a cases file, with `reasons`."""
        given = {name: value_data(value) for name, value in self.case.given.values.items()}
        by = [] if self.case.by is None else list(self.case.by)
        output = {} if self.case.output is None else {"output": self.case.output}
        return {"case": self.case.name, "given": nested(given), "expect": self.case.expect, **output, "by": by,
                "reasons": list(self.reasons)}  # fmt: skip


@frozen_value
class Proposal:
    """The test cases to add to those of a policy.

    Attributes:
        policy: Name of the policy.
        cases: The cases to add.
        candidates: Number of situations that were considered.
        fewest: Whether no smaller set of the candidates suffices, which is proved.

    Example:
        >>> from engine import load, load_cases, propose_cases
        >>> policy = load("other-interviews")
        >>> print(propose_cases(policy, load_cases("rules/other-interviews.cases.yaml", policy)))
        no case is missing
    """

    policy: str
    cases: tuple[Proposed, ...]
    candidates: int
    fewest: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the proposal as JSON data."""
        return data_of(self, "cases", "candidates", "fewest")

    def __str__(self) -> str:
        if not self.cases:
            return "no case is missing"
        many = f"{len(self.cases):,} case{'' if len(self.cases) == 1 else 's'}"
        how = "the fewest" if self.fewest else "perhaps not the fewest"
        return f"{many}, {how} of {self.candidates:,} situations that were tried"


def propose_cases(policy: Policy, cases: Cases, *, steps: int = STEPS) -> Proposal:
    """Propose few test cases that complete the coverage of a policy and kill all its mutants.

    Args:
        policy: The policy, from `load`.
        cases: Its cases so far, from `load_cases`.
        steps: Step limit of the mutation analysis, the same on every machine.

    Returns:
        The cases to add, each with the reasons for it.

    Raises:
        UnsoundError: The policy is not proved sound, so that its verdicts are no expectations.
        TypeError: `policy` is not a policy, `cases` are not from `load_cases`, or `steps` is not an integer.
        ValueError: `steps` is below 1, or the cases are for another policy or another version of it.

    Example:
        >>> from engine import load, load_cases, propose_cases
        >>> policy = load("other-interviews")
        >>> propose_cases(policy, load_cases("rules/other-interviews.cases.yaml", policy)).cases
        ()
    """
    require_policy(policy, "propose_cases")
    require_cases(cases, "propose_cases", policy)
    require_steps(steps, "propose_cases")
    require_sound(policy)
    missing = measure_coverage(policy, cases).missing
    survivors = find_survivors(policy, cases, steps=steps).survivors
    with policy.lock:
        candidates = list(_candidates(policy, missing, survivors))
        mutants = [survivor.mutant for survivor in survivors]
        edited = [mutant.policy for mutant in mutants]
        covered = [_evaluate(policy, each, missing, edited) for each in candidates]
        wanted = 0
        for each in covered:
            wanted |= each.all
        chosen, proved = fewest(wanted, [each.all for each in covered], Budget(_SEARCH_STEPS))
        selection = _Selection(policy, missing, mutants, candidates, covered, chosen)
        found = selection.needed()
    words = [goal.words for goal in missing] + [f"notices {survivor.mutant.words}" for survivor in survivors]
    named = (_NUMBER.match(case.name) for case in cases.cases)
    first = 1 + max((int(name[1]) for name in named if name), default=0)
    proposed, told = [], 0
    for number, (values, has) in enumerate(found, start=first):
        name = f"{_TO_REVIEW} {number}: {policy.verdict[has.verdict].title}"
        case = Case(name, Answers(values, {}), has.verdict, has.rules, NOWHERE, output=has.output)
        proposed.append(Proposed(case, tuple(words[each] for each in bits(has.all & ~told))))
        told |= has.all
    # Partial cases may cover more than complete situations, so a smaller set of cases is not proved minimum.
    return Proposal(policy.name, tuple(proposed), len(candidates), proved and len(found) == len(chosen))


_NUMBER = re.compile(rf"{_TO_REVIEW} (\d+):")


class _Covered(NamedTuple):
    """The outcome of a complete situation, and the missing goals and survivors that it covers.

    `all` is a bit mask, goals first, then survivors. `firm` is its subset of survivors that give another verdict, which
    any case with this situation among its completions detects; for the others the situation is impossible, or only the
    rules that decide it differ.
    """

    verdict: str
    rules: tuple[str, ...]
    all: int
    firm: int
    output: dict[str, Any] | None = None


def _evaluate(
    policy: Policy, values: Mapping[str, Value], missing: Sequence[Goal], mutants: Sequence[Policy]
) -> _Covered:
    """Evaluate what a complete situation covers, by the definition."""
    found = reference.outcome(policy, values)
    assert found.verdict is not None
    all_ = firm = 0
    got = set(reached(policy, missing, values, found.stands))
    for place, goal in enumerate(missing):
        all_ |= (goal in got) << place
    for place, mutant in enumerate(mutants, start=len(missing)):
        is_possible = not (mutant.impossible and reference.excluded_by(mutant, values))
        other = reference.outcome(mutant, values)
        by_verdict = (
            not is_possible or other.verdict != found.verdict or any(output_changes(policy, found.output, other.output))
        )
        if by_verdict or other.stands != found.stands:
            all_ |= 1 << place
            firm |= (by_verdict and is_possible) << place
    output = found.output if policy.has_rule_outputs and isinstance(found.output, dict) else None
    return _Covered(found.verdict, found.stands, all_, firm, output)


class _Base(NamedTuple):
    """A situation that reaches a goal or detects a survivor, and the answers needed for that."""

    values: Mapping[str, Value]
    shows: tuple[str, ...]


def _candidates(policy: Policy, missing: Sequence[Goal], survivors: Sequence[Survivor]) -> Iterator[dict[str, Value]]:
    """Iterate over possible complete situations, without duplicates."""
    bases = [_Base(fill_in(policy, survivor.example), survivor.shows) for survivor in survivors]
    welcome: dict[str, list[Value]] = {}
    for goal, base in _goal_bases(policy, missing):
        bases.append(base)
        if len(goal.fields) == 1:
            answers = welcome.setdefault(goal.fields[0], [])
            if base.values[goal.fields[0]] not in answers:
                answers.append(base.values[goal.fields[0]])
    ways = max(map(len, welcome.values()), default=0)
    ways = min(ways, _MOST_CANDIDATES // max(1, len(bases)))
    seen = set()
    for number, base in enumerate(bases):
        # Each base starts at another answer, so that together they use every answer that reaches a goal.
        for way in [None, *range(number, number + ways)]:
            values = dict(base.values) if way is None else _filled(policy, base, welcome, way)
            key = tuple(values.values())
            if key not in seen:
                seen.add(key)
                yield values


def _goal_bases(policy: Policy, missing: Sequence[Goal]) -> Iterator[tuple[Goal, _Base]]:
    """Iterate over the missing goals for which an example is found within the steps, each with that example."""
    # As guarantees, the conditions of missing goals cut the space at their own boundaries.
    edges = tuple(Guarantee("edge", goal.when, (), "", "never", ()) for goal in missing if goal.kind != RULE)
    logic = Logic(replace(policy, guarantees=edges))
    for goal in missing:
        rule = goal.kind == RULE
        query = logic.standing(logic.place[goal.name]) if rule else logic.query([logic.condition(goal.when)])
        found = attempt(example, query, Budget(_EXAMPLE_STEPS))
        if found is not None:
            yield goal, _Base(found.values, tuple({*found.shows, *goal.fields}))


def _filled(policy: Policy, base: _Base, welcome: Mapping[str, list[Value]], way: int) -> dict[str, Value]:
    """Return a base with other answers that reach goals, where they make no difference to it and remain possible."""
    values = dict(base.values)
    for name, answers in welcome.items():
        if name not in base.shows:
            tried = {**values, name: answers[way % len(answers)]}
            if not reference.excluded_by(policy, tried):
                values = tried
    return values


class _Selection:
    """The chosen situations, to be reduced to the answers that are needed for what they cover."""

    def __init__(
        self,
        policy: Policy,
        missing: Sequence[Goal],
        mutants: Sequence[Mutant],
        candidates: list[dict[str, Value]],
        covered: list[_Covered],
        chosen: Sequence[int],
    ) -> None:
        self.policy, self.missing, self.mutants = policy, missing, mutants
        self.tried = list(zip(candidates, covered, strict=True))
        self.values = [dict(answered_only(policy, candidates[place])) for place in chosen]
        self.covered = [covered[place] for place in chosen]
        self.goals = (1 << len(missing)) - 1

    def needed(self) -> list[tuple[dict[str, Value], _Covered]]:
        """Shorten the situations, and drop those that the shortened others make redundant."""
        for place in range(len(self.values)):
            self._shorten(place)
        left, owed = list(range(len(self.values))), 0
        for place in reversed(range(len(self.values))):
            others = [each for each in left if each != place]
            # What was covered by those dropped before is owed by those that are left.
            lacking = (owed | self.covered[place].all) & ~self._all(others, place)
            if self._detect(others, lacking):
                left, owed = others, owed | lacking
        return [(self.values[place], self.covered[place]) for place in left]

    def _detect(self, places: Sequence[int], covered: int) -> bool:
        """Whether cases of these situations cover this too, by completions of partial ones that were not tried."""
        if covered & self.goals:
            return False
        mutants = [self.mutants[each - len(self.missing)] for each in bits(covered)]
        if not mutants:
            return True
        trial = Trial(self.policy, mutants, [self._case(self.values[each], self.covered[each]) for each in places])
        return bool(attempt(all, (trial.evaluate(each, Budget(_SEARCH_STEPS)) is Fate.KILLED for each in mutants)))

    def _all(self, places: Iterable[int], besides: int) -> int:
        """Return the union of what some of the situations cover, without one."""
        found = 0
        for place in places:
            found |= self.covered[place].all if place != besides else 0
        return found

    def _shorten(self, place: int) -> None:
        """Remove the answers needed neither for the verdict nor for what no other situation covers."""
        has, values = self.covered[place], self.values[place]
        needed = has.all & ~self._all(range(len(self.covered)), place)
        if needed & ~self.goals & ~has.firm:
            return
        for name in reversed(list(values)):
            fewer = {each: value for each, value in values.items() if each != name}
            if needed & self.goals & ~self._reach(fewer, has) == 0 and self._holds(fewer, has):
                values = fewer
        firm = has.firm
        for tried, seen in self.tried:
            # A partial case detects what any of its completions detects by another verdict.
            if values.items() <= tried.items():
                firm |= seen.firm
        self.values[place], self.covered[place] = values, has._replace(all=self._reach(values, has) | firm, firm=firm)

    def _reach(self, values: Mapping[str, Value], has: _Covered) -> int:
        got = set(reached(self.policy, self.missing, fill_in(self.policy, values), has.rules))
        return sum(1 << place for place, goal in enumerate(self.missing) if goal in got)

    def _holds(self, values: dict[str, Value], has: _Covered) -> bool:
        return run_case(self.policy, self._case(values, has)).passed

    def _case(self, values: dict[str, Value], has: _Covered) -> Case:
        return Case("", Answers(values, {}), has.verdict, has.rules, NOWHERE, output=has.output)

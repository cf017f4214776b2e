"""Mutation analysis: find the single edits of a policy that its test cases do not detect.

A mutant counts if it changes some verdict: some situation that gets a verdict gets another outcome. Mutants that change
no outcome are proved equivalent and do not count. A case detects a mutant if it holds for the policy and fails for the
mutant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, islice

from engine.analysis.testing.cases import run_cases
from engine.analysis.testing.mutant_trial import Fate, Trial
from engine.analysis.testing.mutants import Mutant, single_edits
from engine.analysis.testing.mutation_report import Mutation, Survivor
from engine.budget import Budget, attempt
from engine.language.model.arguments import require_steps
from engine.language.model.policy import Policy, require_policy
from engine.language.situations.cases_file import Cases, require_cases
from engine.progress import tell_observer

STEPS = 1_500_000
# Step limit of one mutant, within the limit of all.
_MOST = 150_000
# Mutants that share one space; more would cut it into too many cells.
_TOGETHER = 2_000


def find_survivors(policy: Policy, cases: Cases, *, steps: int = STEPS) -> Mutation:
    """Run a mutation analysis: find the single edits of a policy that its test cases do not detect.

    Args:
        policy: The policy, from `load`.
        cases: Its cases, from `load_cases`; only those that hold can detect anything.
        steps: Step limit, the same on every machine.

    Returns:
        The numbers of mutants, and each survivor with a situation that would detect it.

    Raises:
        TypeError: `policy` is not a policy, `cases` are not from `load_cases`, or `steps` is not an integer.
        ValueError: `steps` is below 1, or the cases are for another policy or another version of it.

    Example:
        >>> from engine import find_survivors, load, load_cases
        >>> policy = load("other-interviews")
        >>> cases = load_cases("rules/other-interviews.cases.yaml", policy)
        >>> find_survivors(policy, cases).survivors
        ()
    """
    require_policy(policy, "find_survivors")
    require_cases(cases, "find_survivors", policy)
    require_steps(steps, "find_survivors")
    holding = [
        case for case, result in zip(cases.cases, run_cases(policy, cases).results, strict=True) if result.passed
    ]
    budget = Budget(steps)
    tell_observer("which edits of the policy no case notices")
    counts = dict.fromkeys(Fate, 0)
    survivors = []
    with policy.lock:
        for some in _grouped(single_edits(policy)):
            left = budget.spent < budget.steps
            trial = Trial(policy, some, holding) if left else None
            for mutant in some:
                own = Budget(min(_MOST, budget.steps - budget.spent))
                result = (attempt(trial.evaluate, mutant, own) if trial else None) or Fate.UNDECIDED
                budget.spent += min(own.spent, own.steps)
                if isinstance(result, Survivor):
                    survivors.append(result)
                else:
                    counts[result] += 1
    return Mutation(
        policy=policy.name,
        mutants=counts[Fate.KILLED] + len(survivors) + counts[Fate.UNDECIDED],
        killed=counts[Fate.KILLED],
        equivalent=counts[Fate.EQUIVALENT],
        without_verdict=counts[Fate.WITHOUT_VERDICT],
        undecided=counts[Fate.UNDECIDED],
        survivors=tuple(survivors),
    )


def _grouped(mutants: Iterable[Mutant]) -> Iterator[tuple[Mutant, ...]]:
    """Iterate over groups of mutants that share a space."""
    for is_alone, each in groupby(mutants, lambda mutant: mutant.is_alone):
        while some := tuple(islice(each, 1 if is_alone else _TOGETHER)):
            yield some

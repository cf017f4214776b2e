"""Which single edits of a policy would its cases not notice?

A mutant counts when it changes some verdict: when some situation that gets a verdict gets another outcome. One that
changes no outcome is proved to change none, and left out. A case notices a mutant when it holds for the policy and
fails for the mutant, whatever it leaves out.
"""

from __future__ import annotations

from itertools import islice

from engine.analysis.testing.cases import run_cases
from engine.analysis.testing.mutant_trial import Fate, Trial
from engine.analysis.testing.mutants import single_edits
from engine.analysis.testing.mutation_report import Mutation, Survivor
from engine.budget import Budget, OutOfSteps
from engine.language.model.arguments import require_steps
from engine.language.model.policy import Policy, require_policy
from engine.language.situations.cases_file import Cases, require_cases

STEPS = 1_500_000
# What one mutant may take of the steps they share.
_MOST = 150_000
# So many mutants share formulas; more would cut the space into more cells than are worth it.
_TOGETHER = 2_000


def find_survivors(policy: Policy, cases: Cases, *, steps: int = STEPS) -> Mutation:
    """Tries every single edit of the policy on its cases, within a number of steps; the same answer on every run.

    Args:
        policy: The policy, as `load` gives it.
        cases: Its cases, as `load_cases` gives them; only those that hold can notice anything.
        steps: How much work it may take; the same on every machine.

    Returns:
        How many edits that change a verdict are noticed, and each that is not, with a situation that would show it.

    Raises:
        TypeError: `policy` is no policy, `cases` are no cases, or `steps` no whole number.
        ValueError: `steps` is below 1.

    Example:
        >>> from engine import find_survivors, load, load_cases
        >>> policy = load("other-interviews")
        >>> cases = load_cases("rules/other-interviews.cases.yaml", policy)
        >>> find_survivors(policy, cases).survivors
        ()
    """
    require_policy(policy, "find_survivors")
    require_cases(cases, "find_survivors")
    require_steps(steps, "find_survivors")
    holding = [
        case for case, result in zip(cases.cases, run_cases(policy, cases).results, strict=True) if result.passed
    ]
    mutants = single_edits(policy)
    budget = Budget(steps)
    counts = dict.fromkeys(Fate, 0)
    survivors = []
    with policy.lock:
        while some := tuple(islice(mutants, _TOGETHER)):
            left = budget.spent < budget.steps
            trial = Trial(policy, some, holding) if left else None
            for mutant in some:
                own = Budget(min(_MOST, budget.steps - budget.spent))
                try:
                    judged = Fate.UNDECIDED if trial is None else trial.judged(mutant, own)
                except OutOfSteps:
                    judged = Fate.UNDECIDED
                budget.spent += min(own.spent, own.steps)
                if isinstance(judged, Survivor):
                    survivors.append(judged)
                else:
                    counts[judged] += 1
    return Mutation(
        policy=policy.name,
        mutants=counts[Fate.KILLED] + len(survivors) + counts[Fate.UNDECIDED],
        killed=counts[Fate.KILLED],
        equivalent=counts[Fate.EQUIVALENT],
        without_verdict=counts[Fate.WITHOUT_VERDICT],
        undecided=counts[Fate.UNDECIDED],
        survivors=tuple(survivors),
    )

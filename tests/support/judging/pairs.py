"""Which guarantees about two situations are broken, and what are they about? Found by trying every two situations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

from tests.support.judging.amounts import worth
from tests.support.judging.oracle import (
    CONFLICT,
    GAP,
    Reading,
    fault_of,
    settled_axes,
    standing_rules,
    step_outcome,
    verdict_of,
)
from tests.support.judging.spaces import NOT_ASKED, Policy, every, is_none, listed, values
from tests.support.judging.yields import gets


class Decided(NamedTuple):
    """A possible situation, its verdict, what it gets altogether, the outcome of each step, and the numbers moved."""

    at: Mapping[str, Any]
    verdict: str
    got: Any
    steps: Mapping[str, str]
    amounts: Mapping[str, Any]


@dataclass(frozen=True)
class PairTally:
    """What trying all pairs shows of one guarantee.

    How many pairs break it, how many pairs it is about, and how many situations are in none of these.
    """

    broken: int
    pairs: int
    lonely: int


def about_pairs(promise: Mapping[str, Any]) -> bool:
    """Whether a guarantee is about two situations."""
    return "ignores" in promise or "rising" in promise


def tally_pairs(policy: Policy) -> dict[str, PairTally]:
    """What trying all pairs of possible situations shows of each guarantee about two situations.

    Situations in which a step has none or several outcomes are in no pair.
    """
    promises = [each for each in policy.get("guarantees", ()) if about_pairs(each)]
    if not promises:
        return {}
    reading = Reading(policy)
    whole = {name: values(spec) for name, spec in policy["situation"].items()}
    # Worked out once for each situation, of which there are many pairs.
    moved = {subject for each in promises for subject in each.get("never", ())} & policy.get("numbers", {}).keys()
    situations = [
        Decided(
            at,
            verdict_of(policy, stands),
            gets(policy, verdict_of(policy, stands), stands),
            {name: step_outcome(policy, name, at)[0] for name in policy.get("steps", ())},
            {name: worth(policy, name, at) for name in moved},
        )
        for at in filter(reading.possible, every(settled_axes(policy, whole)))
        if fault_of(policy, at) is None
        for stands in [standing_rules(policy, reading.applies(at))]
    ]
    return {promise["guarantee"]: _tally(policy, promise, reading, situations) for promise in promises}


def _tally(policy: Policy, promise: Mapping[str, Any], reading: Reading, situations: Sequence[Decided]) -> PairTally:
    compared = set(listed(promise.get("ignores", promise.get("rising"))))
    # Answers to questions that are asked in one of two situations alone may differ, too.
    agreed = [name for name, spec in policy["situation"].items() if name not in compared and "applies_when" not in spec]
    free = [name for name, spec in policy["situation"].items() if name not in compared and "applies_when" in spec]
    alike: dict[tuple[Any, ...], list[Decided]] = defaultdict(list)
    for each in situations:
        if reading.holds(promise.get("when", {}), each.at):
            alike[tuple(each.at[name] for name in agreed)].append(each)
    pairs = [
        two
        for group in alike.values()
        for two in combinations(group, 2)
        if any(two[0].at[name] != two[1].at[name] for name in compared)
        and all(two[0].at[name] == two[1].at[name] or NOT_ASKED in (two[0].at[name], two[1].at[name]) for name in free)
    ]
    partnered = {id(each) for two in pairs for each in two}
    if "rising" in promise:
        ways = [way for one, other in pairs for way in ((one, other), (other, one))]
        broken = sum(_falls(policy, promise, one, other) for one, other in ways)
        return PairTally(broken, len(pairs), 0)
    return PairTally(
        broken=sum(one.got != other.got and not {GAP, CONFLICT} & {one.verdict, other.verdict} for one, other in pairs),
        pairs=len(pairs),
        lonely=sum(id(each) not in partnered for group in alike.values() for each in group),
    )


def _falls(policy: Policy, promise: Mapping[str, Any], one: Decided, other: Decided) -> bool:
    """Whether no rising answer is lower in the other situation, and something moves as it never should."""
    before, after = one.at, other.at
    rising = listed(promise["rising"])
    if any(is_none(policy["situation"][name], at[name]) for name in rising for at in (before, after)):
        return False
    if any(_rank(policy, name, before[name]) > _rank(policy, name, after[name]) for name in rising):
        return False
    [(subject, movement)] = promise["never"].items()
    if subject in policy.get("steps", {}):
        outcomes = list(policy["steps"][subject]["outcomes"])
        moved = outcomes.index(other.steps[subject]) - outcomes.index(one.steps[subject])
    elif subject != "verdict":
        now, then = other.amounts[subject], one.amounts[subject]
        if now is None or then is None:
            return False
        moved = now - then
    elif {GAP, CONFLICT} & {one.verdict, other.verdict}:
        return False
    else:
        places = list(policy["verdicts"])
        moved = places.index(other.verdict) - places.index(one.verdict)
    return bool(moved < 0 if movement == "falls" else moved > 0)


def _rank(policy: Policy, name: str, value: Any) -> Any:
    choices = policy["situation"][name].get("choices")
    return value if choices is None else list(choices).index(value)

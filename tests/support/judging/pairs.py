"""Which guarantees about two situations are broken, and what are they about? Found by trying every two situations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from tests.support.judging.amounts import worth
from tests.support.judging.oracle import CONFLICT, GAP, Reading, settled_axes, standing_rules, verdict_of
from tests.support.judging.spaces import Policy, every, is_none, listed, values
from tests.support.judging.yields import gets

# A possible situation, its verdict, and what it gets altogether.
Decided = tuple[Mapping[str, Any], str, Any]


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
    """What trying all pairs of possible situations shows of each guarantee about two situations."""
    promises = [each for each in policy.get("guarantees", ()) if about_pairs(each)]
    if not promises:
        return {}
    reading = Reading(policy)
    whole = {name: values(spec) for name, spec in policy["situation"].items()}
    situations = [
        (at, verdict_of(policy, stands), gets(policy, verdict_of(policy, stands), stands))
        for at in filter(reading.possible, every(settled_axes(policy, whole)))
        for stands in [standing_rules(policy, reading.applies(at))]
    ]
    return {promise["guarantee"]: _tally(policy, promise, reading, situations) for promise in promises}


def _tally(policy: Policy, promise: Mapping[str, Any], reading: Reading, situations: Sequence[Decided]) -> PairTally:
    compared = set(listed(promise.get("ignores", promise.get("rising"))))
    alike: dict[tuple[Any, ...], list[Decided]] = defaultdict(list)
    for at, verdict, got in situations:
        if reading.holds(promise.get("when", {}), at):
            alike[tuple(value for name, value in at.items() if name not in compared)].append((at, verdict, got))
    pairs = [two for group in alike.values() for two in combinations(group, 2)]
    if "rising" in promise:
        ways = [way for one, other in pairs for way in ((one, other), (other, one))]
        broken = sum(_falls(policy, promise, one, other) for one, other in ways)
        return PairTally(broken, len(pairs), 0)
    return PairTally(
        broken=sum(
            one != other and not {GAP, CONFLICT} & {verdict, instead}
            for (_, verdict, one), (_, instead, other) in pairs
        ),
        pairs=len(pairs),
        lonely=sum(len(group) == 1 for group in alike.values()),
    )


def _falls(policy: Policy, promise: Mapping[str, Any], one: Decided, other: Decided) -> bool:
    """Whether no rising answer is lower in the other situation, and something moves as it never should."""
    (before, verdict, _), (after, instead, _) = one, other
    rising = listed(promise["rising"])
    if any(is_none(policy["situation"][name], at[name]) for name in rising for at in (before, after)):
        return False
    if any(_rank(policy, name, before[name]) > _rank(policy, name, after[name]) for name in rising):
        return False
    [(subject, movement)] = promise["never"].items()
    if subject != "verdict":
        now, then = worth(policy, subject, after), worth(policy, subject, before)
        if now is None or then is None:
            return False
        moved = now - then
    elif {GAP, CONFLICT} & {verdict, instead}:
        return False
    else:
        places = list(policy["verdicts"])
        moved = places.index(instead) - places.index(verdict)
    return bool(moved < 0 if movement == "falls" else moved > 0)


def _rank(policy: Policy, name: str, value: Any) -> Any:
    choices = policy["situation"][name].get("choices")
    return value if choices is None else list(choices).index(value)

"""Which guarantees about two situations are broken, and what are they about? Found by trying every two situations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from tests.support.judging.oracle import CONFLICT, GAP, Reading, settled_axes, standing_rules, verdict_of
from tests.support.judging.spaces import Policy, every, listed, values


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
    return "ignores" in promise


def tally_pairs(policy: Policy) -> dict[str, PairTally]:
    """What trying all pairs of possible situations shows of each guarantee about two situations."""
    promises = [each for each in policy.get("guarantees", ()) if about_pairs(each)]
    if not promises:
        return {}
    reading = Reading(policy)
    whole = {name: values(spec) for name, spec in policy["situation"].items()}
    situations = [
        (at, verdict_of(policy, standing_rules(policy, reading.applies(at))))
        for at in filter(reading.possible, every(settled_axes(policy, whole)))
    ]
    return {promise["guarantee"]: _tally(promise, reading, situations) for promise in promises}


def _tally(
    promise: Mapping[str, Any], reading: Reading, situations: Sequence[tuple[Mapping[str, Any], str]]
) -> PairTally:
    ignored = set(listed(promise["ignores"]))
    alike: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for at, verdict in situations:
        if reading.holds(promise.get("when", {}), at):
            alike[tuple(value for name, value in at.items() if name not in ignored)].append(verdict)
    pairs = [two for verdicts in alike.values() for two in combinations(verdicts, 2)]
    return PairTally(
        broken=sum(one != other and not {GAP, CONFLICT} & {one, other} for one, other in pairs),
        pairs=len(pairs),
        lonely=sum(len(verdicts) == 1 for verdicts in alike.values()),
    )

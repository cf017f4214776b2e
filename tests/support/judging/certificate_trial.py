"""Is everything that a certificate says so, found by trying every situation?

A second reading of certificates, written to disagree with the verifier whenever either is mistaken. It works on the
plain mapping of a policy file and the JSON data of a certificate, and takes every situation through the tree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice
from math import prod
from typing import Any

import engine
from engine import CertificateError, certify, load, verify
from engine.verification.verifier import verify_named
from tests.support import overrides
from tests.support.judging import oracle
from tests.support.judging.amounts import worth
from tests.support.judging.oracle import CONFLICT, GAP
from tests.support.judging.spaces import (
    NONE,
    NOT_ASKED,
    Spec,
    every,
    exact,
    is_none,
    kind,
    length,
    representatives,
    settle,
    situations,
)
from tests.support.judging.tallies import tally

_MOST_TRIED = 2_000
# What certificates say where a question is not asked.
_UNASKED = "not asked\n"
Policy = Mapping[str, Any]
Data = Mapping[str, Any]


def certified(data: dict[str, Any], sound: bool = True) -> None:
    """A policy gets a certificate that is accepted, and that says what is so in every situation."""
    policy = load(data)
    certificate = certify(policy)
    assert verify(policy, certificate).sound == sound
    assert list(mistakes(data, certificate.to_dict())) == []


def refused(policy: engine.Policy, data: Any) -> str:
    """What the verifier says against a certificate; nothing where it accepts it."""
    try:
        verify_named(policy, data, "certificate")
    except CertificateError as error:
        return str(error)
    return ""


def mistakes(policy: dict[str, Any], certificate: Data) -> Iterator[str]:
    """What a certificate says that is not so, of a policy with few situations; its hashes are not looked at.

    Nor are its guarantees where a step is faulty.
    """
    taken: set[tuple[int, int]] = set()
    counted: Counter[str] = Counter()
    is_faulty = False
    nodes = certificate["tree"]["nodes"]
    for record in situations(policy):
        at = {name: settle(policy["situation"][name], value) for name, value in record.items()}
        path = list(_path(policy, certificate, at))
        taken |= {step for step in path if isinstance(step, tuple)}
        end = path[-1]
        got = oracle.outcome(policy, record)
        verdict = got.verdict if got.possible else "(impossible)"
        counted[verdict] += 1
        is_faulty = is_faulty or (got.possible and oracle.fault_of(policy, oracle.settled(policy, record)) is not None)
        if end != verdict:
            yield f"{record} gets {verdict}, and the tree says {end}"
    for number, node in enumerate(nodes):
        for place, branch in enumerate(node["branches"]):
            # No answer has an option where the question is not asked: that is impossible.
            is_unasked = "option" in node and "applies_when" in policy["situation"][node["field"]]
            if branch.get("outcome") == "impossible" and is_unasked:
                continue
            if (branch.get("outcome") == "empty") == ((number, place) in taken):
                yield f"branch {place} of node {number} is taken or not, and says the opposite"
    yield from _wrong_totals(policy, certificate, counted)
    if not is_faulty:
        yield from _wrong_claims(policy, certificate)
    elif certificate["sound"]:
        yield "that it is sound"


def wrong_ends(policy: dict[str, Any], certificate: Data) -> Iterator[str]:
    """Situations that the tree says something wrong of, of a policy with any number of them: some of every cell."""
    for record in islice(every(representatives(policy)), _MOST_TRIED):
        at = {name: settle(policy["situation"][name], value) for name, value in record.items()}
        *_, end = _path(policy, certificate, at)
        got = oracle.outcome(policy, record)
        if end != (got.verdict if got.possible else "(impossible)"):
            yield f"{record} gets {got}, and the tree says {end}"


def ends(policy: dict[str, Any], certificate: Data) -> Counter[str] | None:
    """How many situations end in what, by the tree alone.

    None where they cannot be listed, some end nowhere, or the tree has no such nodes.
    """
    counts: Counter[str] = Counter()
    try:
        for record in situations(policy):
            at = {name: settle(policy["situation"][name], value) for name, value in record.items()}
            *_, end = _path(policy, certificate, at)
            counts[str(end)] += 1
    except (IndexError, KeyError, TypeError, ValueError):
        return None
    return counts


def _wrong_totals(policy: dict[str, Any], certificate: Data, counted: Counter[str]) -> Iterator[str]:
    said = {name: certificate[name] for name in ("situations", "verdicts", "gaps", "conflicts", "impossible")}
    total = counted.total() - counted["(impossible)"]
    true: dict[str, Any] = {
        "situations": total,
        "verdicts": {verdict: counted[verdict] for verdict in policy["verdicts"]},
        "gaps": counted[GAP],
        "conflicts": counted[CONFLICT],
        "impossible": prod(map(_answers, policy["situation"].values())) - total,
    }
    if said != true:
        yield f"the counts are {true}, and the certificate says {said}"


def _wrong_claims(policy: dict[str, Any], certificate: Data) -> Iterator[str]:
    counted = tally(policy)
    if certificate["sound"] != (counted.sound and not _has_circle(policy)):
        yield "whether it is sound"
    if certificate["guarantees"] != {
        name: not many and name not in counted.vacuous for name, many in counted.broken.items()
    }:
        yield "which guarantees hold"


def _answers(spec: Spec) -> int:
    """How many answers a certificate counts: that a question is not asked is one, or one more option."""
    return 2 * (length(spec) - 1) if kind(spec) == "any_of" and "applies_when" in spec else length(spec)


def _has_circle(policy: Policy) -> bool:
    """Whether some rule overrides itself, through others or directly."""
    beaten = {rule["rule"]: set(overrides.named(rule)) for rule in policy["rules"]}
    for _ in beaten:
        beaten = {name: names.union(*(beaten[each] for each in names)) for name, names in beaten.items()}
    return any(name in names for name, names in beaten.items())


def _path(policy: Policy, certificate: Data, at: Mapping[str, Any]) -> Iterator[tuple[int, int] | str]:
    """The branches that a situation takes, and what it ends in."""
    way = certificate["tree"]["root"]
    while "node" in way:
        number = way["node"]
        node = certificate["tree"]["nodes"][number]
        fitting = [place for place, branch in enumerate(node["branches"]) if _fits(policy, node, branch, at)]
        if len(fitting) != 1:
            yield "no branch, or several"
            return
        yield number, fitting[0]
        way = node["branches"][fitting[0]]
    yield way.get("verdict") or {"gap": oracle.GAP, "conflict": oracle.CONFLICT}.get(
        way["outcome"], f"({way['outcome']})"
    )


def _fits(policy: Policy, node: Data, branch: Data, at: Mapping[str, Any]) -> bool:
    """Whether a situation takes a branch."""
    if "number" in node:
        value: Any = worth(policy, node["number"], at)
        return any(_within(each, value) for each in branch["ranges"])
    if "sum" in node:
        value = sum(exact(times) * at[name] for name, times in node["sum"].items())
        return any(_within(each, value) for each in branch["ranges"])
    value = at[node["field"]]
    if "minus" in node:
        return any(_within(each, value - at[node["minus"]]) for each in branch["ranges"])
    if "option" in node:
        is_asked = value != NOT_ASKED
        value = node["option"] in value if is_asked else node["option"] == _UNASKED
    value = _UNASKED if value == NOT_ASKED else value
    spec = policy["situation"][node["field"]]
    if "ranges" in branch:
        return any(_within_field(spec, each, value) for each in branch["ranges"])
    if kind(spec) == "text" and value not in (*spec["known"], _UNASKED) and not is_none(spec, value):
        return "others" in branch
    return any(type(each) is type(value) and each == value for each in branch.get("values", ()))


def _within_field(spec: Spec, ends: Mapping[str, Any], value: Any) -> bool:
    """Whether an answer lies in a range, whose end beside all values may say that there is none."""
    if value == _UNASKED or is_none(spec, value):
        return _lies_beside(spec, ends, value)
    valued = {word: end for word, end in ends.items() if end not in (NONE, _UNASKED)}
    return (bool(valued) or not ends) and _within(valued, value)


def _lies_beside(spec: Spec, ends: Mapping[str, Any], value: Any) -> bool:
    """Whether what stands for no value is in a range: `none` is next to the values, and beyond it not to be asked."""
    side = 1 if "to" in spec else -1
    places: dict[Any, int] = {NONE: side, _UNASKED: 2 * side}
    return bool(places.get(ends.get("from"), 0) <= places[value] <= places.get(ends.get("to"), 0))


def _within(ends: Mapping[str, Any], value: Any) -> bool:
    return all(
        {"from": value >= end, "above": value > end, "to": value <= end, "below": value < end}[word]
        for word, end in ((word, _end(each)) for word, each in ends.items())
    )


def _end(written: Any) -> Any:
    """The number an end was written as; a date is its day."""
    return exact(date.fromisoformat(written) if isinstance(written, str) and "-" in written[1:] else written)

"""Is a certificate right? Every leaf of its tree is read again by the definition, and every count is added up again.

The verifier shares nothing with those who wrote the certificate but the definition (`reference.py`) and what is known
of sums of fields (`lattice.py`, `counting.py`). It walks the tree with what is left of every subject and every rule
(`corners.py`). In a leaf it goes on until nothing is left to test, and asks the definition for one situation of each
place it comes to. A node that several ways lead to is looked at once for all that come with the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, NoReturn

from engine.language.circles import find_circles
from engine.language.policy import Policy, Value
from engine.language.text import shortened
from engine.language.values import value_text
from engine.meaning.budget import Budget, OutOfSteps
from engine.meaning.reference import CONFLICT, GAP, Situation, excluded_by, outcome
from engine.problems import Place, Problem
from engine.verification.branches import Branches
from engine.verification.certificates import EMPTY, IMPOSSIBLE, Certificate, CertificateError, Target
from engine.verification.corners import Corner, Corners
from engine.verification.ranges import Part, is_partition
from engine.verification.shape import read_certificate
from engine.verification.subjects import Subjects

STEPS = 10_000_000
_MOST_SHOWN = 12
# What a situation gets: an ending, or a verdict by its name; a verdict may be called `gap`.
Got = tuple[str, str]


@dataclass(frozen=True)
class Verification:
    """What was found right: the policy, what is certified of it, and in how many leaves and situations it was read."""

    policy: str
    sha256: str
    sound: bool
    situations: int | None
    leaves: int
    read: int

    def to_dict(self) -> dict[str, Any]:
        return {
            "policy": self.policy,
            "sha256": self.sha256,
            "sound": self.sound,
            "situations": self.situations,
            "leaves": self.leaves,
            "read": self.read,
        }

    def __str__(self) -> str:
        many = "every possible situation" if self.situations is None else f"each of {self.situations:,} situations"
        what = f"{many} gets exactly one verdict" if self.sound else "it is not sound"
        leaves = f"{self.leaves:,} {'leaf was' if self.leaves == 1 else 'leaves were'}"
        return f"{self.policy}: the certificate is right, {what}; {leaves} checked again by the definition"


def verify(policy: Policy, certificate: Certificate | Mapping[str, Any], *, steps: int = STEPS) -> Verification:
    """Checks a certificate by the definition alone, within a number of steps.

    Raises `CertificateError` where the certificate is of another policy, or anything that it says is not so.
    """
    return verify_named(policy, certificate, "certificate", steps)


def verify_named(
    policy: Policy, certificate: Certificate | Mapping[str, Any], name: str, steps: int = STEPS
) -> Verification:
    """The same, with the name under which problems speak of the certificate."""
    data = certificate.to_dict() if isinstance(certificate, Certificate) else certificate
    read = read_certificate(data, name)
    try:
        return _Verifier(policy, read, name, steps).verification()
    except (OutOfSteps, RecursionError):
        message = f"it was not settled within {steps:,} step{'s' if steps > 1 else ''} whether the certificate is right"
        raise CertificateError(
            [Problem("not-verified", message, (Place(name),), "allow more with `--steps`")]
        ) from None


class _Way(NamedTuple):
    """A way into a corner: where it leads, and how many situations it stands for beside what is asked there."""

    target: Target
    corner: Corner
    times: int


class _Verifier:
    """Checks one certificate for one policy; what it finds on the way is noted, what is wrong is raised."""

    def __init__(self, policy: Policy, certificate: Certificate, name: str, steps: int) -> None:
        self.policy = policy
        self.certificate = certificate
        self.name = name
        self.budget = Budget(steps)
        self.counting = Budget(steps)
        self.reached: set[Got] = set()
        self.broken: set[int] = set()
        self.read = 0
        self._among: dict[tuple[int, ...], Policy] = {}

    def verification(self) -> Verification:
        said = self.certificate
        self._identify()
        self.subjects = Subjects(self.policy, self.budget)
        self.branches = Branches(said, self.subjects, self.name)
        self.corners = Corners(self.subjects)
        self.counted = said.situations is not None and all(field.countable for field in self.policy.fields)
        counts = self._walked()
        self._compare(counts)
        if said.checksum != said.own_checksum:
            self._refuse("all that it says is right, but its checksum is of something else", "checksum")
        return Verification(said.policy, said.sha256, said.sound, said.situations, said.leaves, self.read)

    def _refuse(self, message: str, path: str, help_: str = "") -> NoReturn:
        raise CertificateError([Problem("wrong-certificate", message, (Place(self.name, path=path),), help_)])

    def _identify(self) -> None:
        said, policy = self.certificate, self.policy
        if said.policy != policy.name or said.sha256 != policy.sha256:
            if said.policy != policy.name:
                message = f"the certificate is of `{shortened(said.policy)}`, not of `{policy.name}`"
            else:
                message = f"the certificate is of another version of `{policy.name}`: the SHA-256 is not the same"
            help_ = "name the policy that it was written for, or write a new one with `verdict check`"
            raise CertificateError([Problem("other-policy", message, (Place(self.name, path="sha256"),), help_)])

    # The tree.

    def _walked(self) -> Counter[Got]:
        """How many situations get what, by the leaves, each of which was found right."""
        known: dict[object, Counter[Got]] = {}
        whole = self.corners.mattering(self.corners.whole())
        frames = [_Frame(None, 1, iter([self._way(self.certificate.root, whole, self.subjects.everything)]))]
        while True:
            frame = frames[-1]
            way = next(frame.ways, None)
            if way is None:
                frames.pop()
                if not frames:
                    return frame.counts
                if frame.key is not None:
                    known[frame.key] = frame.counts
                frames[-1].add(frame.counts, frame.times)
                continue
            number = way.target.node
            if number is None:
                frame.add(Counter({self._leaf(way, frame.number): 1}), way.times)
                continue
            key = self._key(number, way.corner) if self.branches.ways[number] > 1 else None
            if key in known:
                frame.add(known[key], way.times)
            else:
                frames.append(_Frame(key, way.times, self._ways(number, way.corner), number))

    def _way(self, target: Target, corner: Corner, asked: int) -> _Way:
        """A way on, from where so much is asked."""
        below = 0 if target.node is None else self.branches.asked[target.node]
        times = self.subjects.size(asked & ~below, corner.parts, self.counting) if self.counted else 1
        return _Way(target, corner, times)

    def _ways(self, number: int, corner: Corner) -> Iterator[_Way]:
        """The ways on from a node: its branches, of an entangled subject each range by itself."""
        subject, parts = self.branches.subjects[number], self.branches.parts[number]
        branches = self.certificate.nodes[number].branches
        if not is_partition(parts, corner.parts[subject]):
            message = "its branches together are not the values that are left here, each once"
            self.branches.refuse(message, number, self._shown(corner))
        for branch, part in zip(branches, parts, strict=True):
            for piece in self._pieces(subject, part):
                below = self.corners.narrowed(corner, subject, piece)
                if branch.to.outcome == EMPTY:
                    if below is not None:
                        message = "a branch is said to be empty, and there are situations that take it"
                        self.branches.refuse(message, number, self._shown(below))
                elif below is None:
                    self.branches.refuse(
                        "no situation takes one of its branches, and it is not said to be empty", number
                    )
                else:
                    yield self._way(branch.to, self.corners.mattering(below), self.branches.asked[number])

    def _pieces(self, subject: int, part: Part) -> list[Part]:
        return [(each,) for each in part] if subject in self.subjects.tangle_of else [part]

    def _key(self, number: int, corner: Corner) -> object:
        """All that can make a difference at a node or below it."""
        asked = self.branches.asked[number]
        for each in corner.conditions():
            if not isinstance(each, bool):
                asked |= each.bits
        facts = []
        for place, formula in reversed(corner.facts.items()):
            if asked >> place & 1:
                asked |= formula.bits
                facts.append((place, formula))
        asked = self.subjects.closed(asked)
        left = tuple(corner.parts[place] for place in range(len(self.subjects.all)) if asked >> place & 1)
        conditions = tuple(tuple(section.items()) for section in corner[2:])
        return number, asked, left, tuple(facts), conditions

    # Leaves.

    def _leaf(self, way: _Way, number: int | None) -> Got:
        """What every situation of a leaf gets, after it was found to be so."""
        target, corner = way.target, way.corner
        if target.outcome == EMPTY:
            self.branches.refuse("it is said to be empty, and there are situations", number, self._shown(corner))
        said = ("verdict", target.verdict) if target.verdict is not None else ("", target.outcome or "")
        self.budget.spend()
        for place in self.corners.split(corner._replace(guarantees={}), self.corners.mattering):
            values = self.subjects.situation(place.parts)
            self.read += 1
            got = self._got(place, values)
            if got != said:
                message = f"{_words(said)} is certified for a situation that gets {_words(got)}"
                self.branches.refuse(message, number, self._example(values))
        self.reached.add(said)
        if corner.guarantees:
            self._guarantees(corner, target)
        return said

    def _got(self, corner: Corner, values: dict[str, Value]) -> Got:
        """What a situation gets, by the definition; rules that were left out of its corner are not asked."""
        if self.policy.impossible and excluded_by(self.policy, values):
            return "", IMPOSSIBLE
        found = outcome(self._with_rules(tuple(corner.rules)), values)
        return ("", found.kind) if found.verdict is None else ("verdict", found.verdict)

    def _with_rules(self, rules: tuple[int, ...]) -> Policy:
        """The policy as if there were no other rules than these."""
        if rules not in self._among:
            kept = [self.policy.rules[at] for at in rules]
            names = {rule.name for rule in kept}
            alone = tuple(
                replace(rule, overrides=tuple(each for each in rule.overrides if each.rule in names)) for rule in kept
            )
            self._among[rules] = replace(self.policy, rules=alone)
        return self._among[rules]

    def _guarantees(self, corner: Corner, target: Target) -> None:
        """Notes the guarantees that some situation of a leaf breaks, as the definition says."""
        for at, formula in corner.guarantees.items():
            forbidden = self.corners.forbidden[at]
            if at in self.broken or not (target.verdict in forbidden or target.outcome == CONFLICT):
                continue
            alone = corner._replace(impossible={}, rules={}, guarantees={at: formula})
            if target.verdict is not None:
                if any(self._promised(at, place) for place in self._open(alone)):
                    self.broken.add(at)
                continue
            for rule in corner.rules:
                if self.corners.then[rule] in forbidden and self._stands(at, rule, alone, corner):
                    self.broken.add(at)

    def _open(self, corner: Corner) -> Iterator[Corner]:
        return self.corners.split(corner, lambda each: each)

    def _promised(self, guarantee: int, corner: Corner) -> bool:
        """Whether a guarantee is asked for where nothing is left to test."""
        if guarantee not in corner.guarantees:
            return False
        values = self.subjects.situation(corner.parts)
        self.read += 1
        return Situation(self.policy, values).holds(self.policy.guarantees[guarantee].when)

    def _stands(self, guarantee: int, rule: int, alone: Corner, corner: Corner) -> bool:
        """Whether a rule stands somewhere in a corner where a guarantee is asked for: what overrides it decides."""
        near = {at: each for at, each in corner.rules.items() if at == rule or at in self.corners.overriders[rule]}
        name = self.policy.rules[rule].name
        for place in self._open(alone._replace(rules=near)):
            if rule in place.rules and self._promised(guarantee, place):
                values = self.subjects.situation(place.parts)
                if name in outcome(self._with_rules(tuple(place.rules)), values).stands:
                    return True
        return False

    # What it adds up to.

    def _compare(self, counts: Counter[Got]) -> None:
        """Compares what the certificate says of the whole with what its leaves add up to."""
        said, policy = self.certificate, self.policy
        if set(said.verdicts) != set(policy.verdict):
            self._refuse("its verdicts are not those of the policy", "verdicts")
        if set(said.guarantees) != {each.name for each in policy.guarantees}:
            self._refuse("its guarantees are not those of the policy", "guarantees")
        totals = {f"verdicts.{name}": (said.verdicts[name], counts["verdict", name]) for name in policy.verdict}
        totals |= {"gaps": (said.gaps, counts["", GAP]), "conflicts": (said.conflicts, counts["", CONFLICT])}
        possible = sum(many for _, many in totals.values())
        totals |= {
            "situations": (said.situations, possible),
            "impossible": (said.impossible, counts["", IMPOSSIBLE]),
        }
        problems = []
        for path, (stated, many) in totals.items():
            if self.counted and stated != many:
                message = f"{'no count' if stated is None else f'{stated:,}'} is certified, and it is {many:,}"
            elif not self.counted and stated is not None:
                message = "a count is certified where there is none: of an open end, or beside others that are `null`"
            else:
                continue
            problems.append(Problem("wrong-certificate", message, (Place(self.name, path=path),)))
        for at, guarantee in enumerate(policy.guarantees):
            holds = at not in self.broken
            if said.guarantees[guarantee.name] != holds:
                message = f"the guarantee `{guarantee.name}` {'holds' if holds else 'is broken in some situation'}"
                problems.append(
                    Problem("wrong-certificate", message, (Place(self.name, path=f"guarantees.{guarantee.name}"),))
                )
        if said.sound != self._is_sound():
            message = "the policy is sound" if self._is_sound() else "the policy is not sound"
            problems.append(Problem("wrong-certificate", message, (Place(self.name, path="sound"),)))
        if problems:
            raise CertificateError(problems)

    def _is_sound(self) -> bool:
        """Whether some situation is possible, each gets one verdict, every guarantee holds, and no rules override each
        other in a circle."""
        overrides = {rule.name: [each.rule for each in rule.overrides] for rule in self.policy.rules}
        endings = {name for kind, name in self.reached if not kind}
        some = any(kind for kind, _ in self.reached)
        return some and endings <= {IMPOSSIBLE} and not self.broken and not find_circles(overrides)

    # Words.

    def _shown(self, corner: Corner) -> str:
        return self._example(self.subjects.situation(corner.parts))

    def _example(self, values: dict[str, Value]) -> str:
        fields = self.policy.field
        answers = [f"{name}: {shortened(value_text(fields[name], each))}" for name, each in values.items()]
        more = ", …" if len(answers) > _MOST_SHOWN else ""
        return f"for example: {', '.join(answers[:_MOST_SHOWN])}{more}"


class _Frame:
    """A node that is being walked: the ways on still to come, and what those before add up to."""

    def __init__(self, key: object, times: int, ways: Iterator[_Way], number: int | None = None) -> None:
        self.key = key
        self.times = times
        self.ways = ways
        self.number = number
        self.counts: Counter[Got] = Counter()

    def add(self, counts: Counter[Got], times: int) -> None:
        for got, many in counts.items():
            self.counts[got] += many * times


def _words(got: Got) -> str:
    kind, name = got
    return f"the verdict `{name}`" if kind else {GAP: "no verdict", CONFLICT: "a conflict"}.get(name, "the impossible")

"""The walk through a certificate's tree: which partial space each path leads to, and how many situations take it.

The tree is walked from its root with the partial space of each path. The branches of a node must partition what is left
of its subject, and each branch must be taken by some situation or be stated to be empty and be so. A node that several
paths reach is walked once for all paths that arrive with equal residual conditions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from engine.budget import Budget
from engine.frozen import NamedTuple
from engine.verification.branches import Branches
from engine.verification.certificates import EMPTY, Certificate, CertificateTarget
from engine.verification.leaves import Got, Leaves
from engine.verification.partial_spaces import PartialSpace, PartialSpaces
from engine.verification.position_ranges import is_partition

_RANGES_A_STEP = 64


class _Way(NamedTuple):
    """A path into a partial space: its target, and the number of combinations of subjects not branched on any more."""

    target: CertificateTarget
    space: PartialSpace
    times: int


class _Frame:
    """A node being walked: the branches still to come, and the counts of those before."""

    def __init__(self, key: object, times: int, ways: Iterator[_Way], number: int | None = None) -> None:
        self.key = key
        self.times = times
        self.ways = ways
        self.number = number
        self.counts: Counter[Got] = Counter()

    def add(self, counts: Counter[Got], times: int) -> None:
        for got, many in counts.items():
            self.counts[got] += many * times


class TreePaths:
    """The walk through one certificate's tree; `counting` is the budget for counts, None if nothing is counted."""

    def __init__(
        self,
        certificate: Certificate,
        spaces: PartialSpaces,
        branches: Branches,
        leaves: Leaves,
        counting: Budget | None,
    ) -> None:
        self.certificate = certificate
        self.spaces = spaces
        self.subjects = spaces.subjects
        self.branches = branches
        self.leaves = leaves
        self.counting = counting

    def counts(self) -> Counter[Got]:
        """Walk the tree, verify every leaf, and return the number of situations with each outcome.

        Without a counting budget the numbers are only positive where an outcome occurs. Raises `CertificateError` and
        `OutOfSteps`.
        """
        known: dict[object, Counter[Got]] = {}
        whole = self.spaces.drop_irrelevant(self.spaces.whole())
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
                frame.add(Counter({self.leaves.got(way.space, way.target, frame.number): 1}), way.times)
                continue
            key = self._key(number, way.space) if self.branches.ways[number] > 1 else None
            if key in known:
                frame.add(known[key], way.times)
            else:
                frames.append(_Frame(key, way.times, self._ways(number, way.space), number))

    def _way(self, target: CertificateTarget, space: PartialSpace, asked: int) -> _Way:
        """Return a path to a target from a place below which the subjects `asked` are branched on."""
        below = 0 if target.node is None else self.branches.asked[target.node]
        times = 1 if self.counting is None else self.subjects.size(asked & ~below, space.parts, self.counting)
        return _Way(target, space, times)

    def _ways(self, number: int, space: PartialSpace) -> Iterator[_Way]:
        """Verify the branches of a node and iterate over the paths on from it.

        Tied subjects are split range by range.
        """
        subject, parts = self.branches.subjects[number], self.branches.parts[number]
        branches = self.certificate.nodes[number].branches
        self.spaces.budget.spend(sum(map(len, parts)) // _RANGES_A_STEP)
        if not is_partition(parts, space.parts[subject]):
            message = "its branches do not cover the values that are left here, each exactly once"
            self.branches.refuse(message, number, self.leaves.shown(space))
        pieces = [
            (branch, piece)
            for branch, part in zip(branches, parts, strict=True)
            for piece in self.subjects.pieces(subject, part)
        ]
        apart = self.spaces.apart(space, subject, [piece for _, piece in pieces])
        for (branch, piece), own in zip(pieces, apart, strict=True):
            below = self.spaces.narrow(own, subject, piece)
            if branch.to.outcome == EMPTY:
                if below is not None:
                    message = "a branch is stated to be empty, but some situations take it"
                    self.branches.refuse(message, number, self.leaves.shown(below))
            elif below is None:
                self.branches.refuse("no situation takes one of its branches, but it is not stated to be empty", number)
            else:
                yield self._way(branch.to, self.spaces.drop_irrelevant(below), self.branches.asked[number])

    def _key(self, number: int, space: PartialSpace) -> object:
        """Return all that can make a difference at a node or below it, as a key."""
        return number, self.spaces.key(space, self.branches.asked[number])

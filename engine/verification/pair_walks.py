"""Verification of guarantees about two situations, by walking the verified tree twice at once.

The two situations of a pair agree on most fields. So both walks take the same branch wherever the tree asks for one of
these, and part only where it asks for a field that the two may answer differently. Where they end in different leaves,
some pair that takes both ways is evaluated by the definition.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engine.budget import Budget
from engine.language.model.guarantees import Indifference, Monotonicity, PairGuarantee
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import Rule
from engine.meaning.promises.guarantee_meaning import is_broken_by_pair
from engine.meaning.promises.paired_policies import SecondCopy, number_pairs, pair, pairs_apart, second_copy, step_pairs
from engine.verification.branches import Branches
from engine.verification.certificates import Certificate, CertificateNode, CertificateTarget
from engine.verification.partial_spaces import PartialSpace, PartialSpaces
from engine.verification.position_ranges import intersect
from engine.verification.residual_formulas import NOTHING
from engine.verification.subjects import Subjects


def is_vacuous(policy: Policy, guarantee: Indifference, budget: Budget) -> bool:
    """Whether a guarantee is about no pair of possible situations; raises `OutOfSteps`."""
    spaces = PartialSpaces(Subjects(pairs_apart(policy, guarantee), budget))
    return all(place.impossible for place in spaces.split(spaces.whole(), spaces.drop_irrelevant))


def moves_wrongly(policy: Policy, guarantee: Monotonicity, budget: Budget) -> bool:
    """Whether in some pair a number or a step moves as it never should, whatever the verdicts; raises `OutOfSteps`."""
    pairs = number_pairs(policy, guarantee) if guarantee.step is None else step_pairs(policy, guarantee)
    if pairs is None:
        return False
    subjects = Subjects(pairs, budget)
    spaces = PartialSpaces(subjects)
    return _has_broken(policy, guarantee, spaces, spaces.whole(), spaces.drop_irrelevant)


def _all_of(space: PartialSpace) -> PartialSpace:
    return space


def _has_broken(
    policy: Policy,
    guarantee: PairGuarantee,
    spaces: PartialSpaces,
    space: PartialSpace,
    matter: Callable[[PartialSpace], PartialSpace],
) -> bool:
    """Whether some pair of a partial space breaks a guarantee, by the definition; `matter` as in `split`."""
    copy = second_copy(policy, guarantee)
    places = spaces.split(space, matter)
    pairs = (copy.values(spaces.subjects.situation(place.parts)) for place in places if not place.impossible)
    return any(is_broken_by_pair(policy, guarantee, one, other) for one, other in pairs)


class PairWalk:
    """The two walks at once through a verified tree, for one guarantee about two situations.

    The tree says which verdicts there are. Where outputs count, too, the rules are read at its leaves.
    """

    def __init__(self, certificate: Certificate, policy: Policy, guarantee: PairGuarantee, budget: Budget) -> None:
        self.policy = policy
        self.guarantee = guarantee
        self.copy, one, other = pair(policy, guarantee)
        self.reads_rules = policy.has_rule_outputs and isinstance(guarantee, Indifference)
        # The rules make every sum that the tree asks for a subject; the tree says what they give.
        rules = tuple(Rule(f"{place}", each.when, "", "") for place, each in enumerate((*one.rules, *other.rules)))
        verdicts = tuple(replace(each, output=None) for each in one.verdicts)
        self.subjects = Subjects(replace(one, rules=rules, verdicts=verdicts, collect=()), budget)
        self.spaces = PartialSpaces(self.subjects)
        self.root = certificate.root
        mirrored = replace(certificate, nodes=tuple(_mirrored(node, self.copy) for node in certificate.nodes))
        self.branches = Branches(certificate, self.subjects, ""), Branches(mirrored, self.subjects, "")
        self.parting = _parting(certificate, mirrored)

    def is_broken(self) -> bool:
        """Whether some pair of possible situations breaks the guarantee; raises `OutOfSteps`."""
        whole = self.spaces.whole()
        waiting = [(self.root, self.root, whole if self.reads_rules else whole._replace(rules=NOTHING))]
        seen: set[object] = set()
        while waiting:
            one, other, space = waiting.pop()
            is_one_way = one == other and (one.node is None or not self.parting[one.node])
            if is_one_way and not self.reads_rules:
                continue
            if one.node is None and other.node is None:
                if one.verdict is not None and other.verdict is not None and self._breaks(space):
                    return True
                continue
            key = self._key(one, other, space)
            if key not in seen:
                seen.add(key)
                waiting += self._below(one, other, space)
        return False

    def _below(
        self, one: CertificateTarget, other: CertificateTarget, space: PartialSpace
    ) -> list[tuple[CertificateTarget, CertificateTarget, PartialSpace]]:
        """Take all branches of the walk that is farther from the leaves."""
        numbers = [-1 if each.node is None else each.node for each in (one, other)]
        side = int(numbers[1] > numbers[0])
        branches, number = self.branches[side], numbers[side]
        subject = branches.subjects[number]
        found = []
        for branch, part in zip(branches.certificate.nodes[number].branches, branches.parts[number], strict=True):
            for piece in self.subjects.pieces(subject, intersect(space.parts[subject], part)):
                below = self.spaces.narrow(space, subject, piece)
                if below is not None and not any(each is True for each in below.impossible.values()):
                    found.append((one, branch.to, below) if side else (branch.to, other, below))
        return found

    def _key(self, one: CertificateTarget, other: CertificateTarget, space: PartialSpace) -> object:
        """Return all that can make a difference for a pair of targets or below them, as a key."""
        asked = 0
        for target, branches in zip((one, other), self.branches, strict=True):
            asked |= 0 if target.node is None else branches.asked[target.node]
        return one, other, self.spaces.key(space, asked)

    def _breaks(self, space: PartialSpace) -> bool:
        # The rules only say where they apply: none of them makes another irrelevant.
        matter = _all_of if self.reads_rules else self.spaces.drop_irrelevant
        return _has_broken(self.policy, self.guarantee, self.spaces, space, matter)


def _mirrored(node: CertificateNode, copy: SecondCopy) -> CertificateNode:
    """Return a node that asks the second situation."""
    asked = node.asked
    names = {key: copy.name(name) for key in ("field", "minus", "number") if (name := getattr(asked, key)) is not None}
    terms = tuple((copy.name(name), times) for name, times in asked.sum)
    return node._replace(asked=asked._replace(**names, sum=terms))


def _parting(certificate: Certificate, mirrored: Certificate) -> list[bool]:
    """Return for each node whether two walks from it can part: it, or one below it, asks what may be different."""
    found: list[bool] = []
    for node, mirror in zip(certificate.nodes, mirrored.nodes, strict=True):
        below = (branch.to.node for branch in node.branches if branch.to.node is not None)
        found.append(node.asked != mirror.asked or any(found[each] for each in below))
    return found

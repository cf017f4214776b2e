"""The independent verifier of certificates: it evaluates every leaf by the definition and adds up every count.

The verifier shares with the prover only the definition (`reference.py`) and the integer libraries for sums of fields
(`omega.py`, `point_counts.py`). It walks the tree (`tree_paths.py`) with the partial space of each path
(`partial_spaces.py`), verifies each leaf (`leaves.py`) and compares the totals with the certificate's statements. The
checksum comes last, so that a wrong statement is reported where it stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from engine.budget import Budget, OutOfSteps
from engine.frozen import data_of, frozen_value
from engine.language.documents.text import shorten
from engine.language.model.arguments import require, require_steps
from engine.language.model.guarantees import Indifference, Monotonicity, PairGuarantee
from engine.language.model.policy import Policy, require_policy
from engine.meaning.outcomes import CONFLICT, GAP, IMPOSSIBLE
from engine.problems import Place, Problem
from engine.progress import tell_observer
from engine.verification.branches import Branches
from engine.verification.certificate_shape import read_certificate
from engine.verification.certificates import Certificate, CertificateError
from engine.verification.leaves import Got, Leaves
from engine.verification.partial_spaces import PartialSpaces
from engine.verification.subjects import Subjects
from engine.verification.tree_paths import TreePaths

STEPS = 10_000_000
_ANEW = "write a new one with `verdict check POLICY --certificate FILE`"
_LONGEST = 10**60


@frozen_value
class Verification:
    """The result of verifying a certificate: what is certified, and how much was checked.

    Attributes:
        policy: Name of the policy.
        sha256: Hash of what the policy says.
        sound: Whether the policy is certified as sound.
        situations: Number of possible situations; None if not counted.
        leaves: Number of leaves of the certificate's tree.
        read: Number of leaves that were evaluated by the definition of the language.

    Example:
        >>> from engine import certify, load, verify
        >>> policy = load("other-interviews")
        >>> verification = verify(policy, certify(policy))
        >>> verification.sound, verification.situations, verification.leaves
        (True, 48384, 12)
    """

    policy: str
    sha256: str
    sound: bool
    situations: int | None
    leaves: int
    read: int

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON data."""
        return data_of(self, "policy", "sha256", "sound", "situations", "leaves", "read")

    def __str__(self) -> str:
        many = "every possible situation" if self.situations is None else f"each of {self.situations:,} situations"
        what = f"{many} gets exactly one verdict" if self.sound else "it is not sound"
        leaves = f"{self.leaves:,} {'leaf was' if self.leaves == 1 else 'leaves were'}"
        return f"{self.policy}: the certificate is right, {what}; {leaves} checked again by the definition"


def verify(policy: Policy, certificate: Certificate | Mapping[str, Any], *, steps: int = STEPS) -> Verification:
    """Verify a certificate by the definition of the language, without the code that found the proof.

    Args:
        policy: The policy that it should certify, from `load`.
        certificate: The certificate, or the JSON data of its file.
        steps: Step limit, the same on every machine.

    Returns:
        What is certified, all of which was found right.

    Raises:
        CertificateError: The data is not a certificate, is for another policy, or states anything false; or the step
            limit was reached.
        TypeError: `policy` is not a policy, `certificate` is neither a certificate nor a mapping, or `steps` is not an
            integer.
        ValueError: `steps` is below 1.

    Example:
        >>> import json
        >>> from engine import certify, load, verify
        >>> policy = load("other-interviews")
        >>> data = json.loads(certify(policy).to_json())
        >>> verify(policy, data).situations
        48384
        >>> data["verdicts"]["keep"] += 1
        >>> verify(policy, data)
        Traceback (most recent call last):
        engine.verification.certificates.CertificateError: ...
    """
    require_policy(policy, "verify")
    require_steps(steps, "verify")
    way = "read its file with `json.load(file)`"
    require(certificate, (Certificate, Mapping), "verify", "certificate", "a certificate or its JSON data", way)
    return verify_named(policy, certificate, "certificate", steps)


def verify_named(
    policy: Policy, certificate: Certificate | Mapping[str, Any], name: str, steps: int = STEPS
) -> Verification:
    """Verify as `verify` does; problems are located in a certificate called `name`."""
    data = certificate.to_dict() if isinstance(certificate, Certificate) else certificate
    read = read_certificate(data, name)
    try:
        return _Verifier(policy, read, name, steps).verification()
    except (OutOfSteps, RecursionError):
        message = (
            f"could not determine within {steps:,} step{'s' if steps > 1 else ''} whether the certificate is right"
        )
        help_ = "allow more with `--steps`, or `steps=` in Python"
        raise CertificateError.of("not-verified", message, Place(name), help_) from None


class _Verifier:
    """Verifies one certificate for one policy; raises `CertificateError` for whatever is wrong."""

    def __init__(self, policy: Policy, certificate: Certificate, name: str, steps: int) -> None:
        self.policy = policy
        self.certificate = certificate
        self.name = name
        self.steps = steps

    def verification(self) -> Verification:
        """Verify everything and return the result."""
        said = self.certificate
        tell_observer("whether the certificate is right")
        self._identify()
        subjects = Subjects(self.policy, Budget(self.steps))
        branches, spaces = Branches(said, subjects, self.name), PartialSpaces(subjects)
        leaves = Leaves(spaces, branches)
        is_counted = said.situations is not None and all(field.countable for field in self.policy.fields)
        counts = TreePaths(said, spaces, branches, leaves, Budget(self.steps) if is_counted else None).counts()
        leaves.broken |= self._broken_by_pairs(subjects.budget)
        problems = [*self._wrong_names(), *self._wrong_counts(counts, is_counted), *self._wrong_claims(leaves)]
        if problems:
            raise CertificateError(problems)
        if said.checksum != said.own_checksum:
            message = "its contents are right, but its checksum does not match them"
            raise CertificateError([self._problem(message, "checksum")])
        return Verification(said.policy, said.sha256, said.sound, said.situations, said.leaves, leaves.read)

    def _broken_by_pairs(self, budget: Budget) -> set[int]:
        """Return the guarantees about two situations that are broken by some, or about none, by their position."""
        found = set()
        for at, guarantee in enumerate(self.policy.guarantees):
            if isinstance(guarantee, PairGuarantee) and self._is_broken_by_pairs(guarantee, budget):
                found.add(at)
        return found

    def _is_broken_by_pairs(self, guarantee: PairGuarantee, budget: Budget) -> bool:
        from engine.verification.pair_walks import PairWalk, is_vacuous, moves_wrongly

        if isinstance(guarantee, Monotonicity) and guarantee.moving is not None:
            return moves_wrongly(self.policy, guarantee, budget)
        if PairWalk(self.certificate, self.policy, guarantee, budget).is_broken():
            return True
        return isinstance(guarantee, Indifference) and is_vacuous(self.policy, guarantee, budget)

    def _problem(self, message: str, path: str) -> Problem:
        return Problem("wrong-certificate", message, (Place(self.name, path=path),), _ANEW)

    def _identify(self) -> None:
        said, policy = self.certificate, self.policy
        if said.policy != policy.name:
            self._refuse_other(f"the certificate is for `{shorten(said.policy)}`, not for `{policy.name}`")
        if said.sha256 != policy.sha256:
            self._refuse_other(f"the certificate is for another version of `{policy.name}`: the SHA-256 differs")

    def _refuse_other(self, message: str) -> NoReturn:
        help_ = "name the policy that it was written for, or write a new one with `verdict check`"
        raise CertificateError.of("other-policy", message, Place(self.name, path="sha256"), help_)

    def _wrong_names(self) -> Iterator[Problem]:
        said, policy = self.certificate, self.policy
        if set(said.verdicts) != set(policy.verdict):
            yield self._problem("its verdicts are not those of the policy", "verdicts")
        if set(said.guarantees) != {each.name for each in policy.guarantees}:
            yield self._problem("its guarantees are not those of the policy", "guarantees")

    def _wrong_counts(self, counts: Counter[Got], is_counted: bool) -> Iterator[Problem]:
        """Compare the stated counts with the sums over the leaves."""
        said = self.certificate
        true = {f"verdicts.{name}": counts["verdict", name] for name in self.policy.verdict}
        true |= {"gaps": counts["", GAP], "conflicts": counts["", CONFLICT]}
        true |= {"situations": sum(true.values()), "impossible": counts["", IMPOSSIBLE]}
        stated = {f"verdicts.{name}": many for name, many in said.verdicts.items()}
        stated |= {"gaps": said.gaps, "conflicts": said.conflicts}
        stated |= {"situations": said.situations, "impossible": said.impossible}
        for path, many in true.items():
            if path not in stated:
                continue
            if is_counted and stated[path] != many:
                yield self._problem(f"it certifies {_number(stated[path])}, but there are {_number(many)}", path)
            elif not is_counted and stated[path] is not None:
                yield self._problem("it certifies a count although others are `null`, or a field has no end", path)

    def _wrong_claims(self, leaves: Leaves) -> Iterator[Problem]:
        """Compare the stated guarantees and soundness with what the leaves show."""
        said, policy = self.certificate, self.policy
        for at, guarantee in enumerate(policy.guarantees):
            holds = at not in leaves.broken
            if said.guarantees.get(guarantee.name, holds) != holds:
                broken = "is broken in some situation"
                if isinstance(guarantee, PairGuarantee):
                    broken = "is broken by some pair of situations, or is about none"
                what = "holds" if holds else broken
                yield self._problem(f"the guarantee `{guarantee.name}` {what}", f"guarantees.{guarantee.name}")
        endings = {name for kind, name in leaves.reached if not kind}
        # Sound: some situation is possible, each possible one gets exactly one verdict, and all guarantees hold.
        is_given = any(kind for kind, _ in leaves.reached) and endings <= {IMPOSSIBLE}
        is_sound = is_given and not leaves.broken and not policy.circles
        if said.sound != is_sound:
            yield self._problem(f"the policy is {'' if is_sound else 'not '}sound", "sound")


def _number(many: int | None) -> str:
    """Return a count in words; very long ones are not spelled out."""
    if many is None:
        return "no count"
    return f"{many:,}" if many < _LONGEST else "a number of more than 60 digits"

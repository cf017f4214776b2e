"""What does a certificate say, and how is it written as JSON?

A certificate is a proof in the author's terms: how many situations get what, and the decision tree that shows it. Its
nodes stand in a list, children before parents. A node asks one thing of a situation: a field, one option of an
`any_of` field, a derived number, or how much one field is above another. `certificate_shape.py` reads it again; whether
it is right is told by `verifier.py`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

from engine.frozen import FrozenDict, frozen_value
from engine.language.documents.text import shortened
from engine.language.model.values import decimal_text
from engine.meaning.reference import CONFLICT, GAP
from engine.problems import OneverdictError

FORM = 1
# Python does not write whole numbers of more than 4,300 digits; no number of a certificate is as long.
MOST = 10**4000
IMPOSSIBLE, EMPTY = "impossible", "empty"
OUTCOMES = (GAP, CONFLICT, IMPOSSIBLE, EMPTY)

# A number or a day as JSON has it: see `number_data`.
Written: TypeAlias = int | float | str
_DIGITS = re.compile(r"-?(0|[1-9]\d{0,99})(\.\d{1,99})?", re.ASCII)


class CertificateError(OneverdictError):
    """A certificate could not be written, could not be read, or is not right."""


class CertificateTarget(NamedTuple):
    """Where a way leads: to a node (its place in the list), a verdict, or one of `OUTCOMES`; one of the three."""

    node: int | None = None
    verdict: str | None = None
    outcome: str | None = None


class CertificateSpan(NamedTuple):
    """The values between two ends, which belong to it or not; None where there is no end."""

    low: Written | None = None
    low_in: bool = True
    high: Written | None = None
    high_in: bool = True


class CertificateBranch(NamedTuple):
    """One way on from a node: by which values, and where to. `others` is every text that the policy does not know."""

    to: CertificateTarget
    values: tuple[str | bool, ...] = ()
    others: bool = False
    spans: tuple[CertificateSpan, ...] = ()


class CertificateQuestion(NamedTuple):
    """What a node asks: a field, one `option` of it, how much it is above the field `minus`, or a derived number."""

    field: str | None = None
    option: str | None = None
    minus: str | None = None
    number: str | None = None

    def __str__(self) -> str:
        name = f"`{shortened(self.number or self.field or '')}`"
        if self.option is not None:
            return f"{name} for `{shortened(self.option)}`"
        return name if self.minus is None else f"{name} minus `{shortened(self.minus)}`"


class CertificateNode(NamedTuple):
    """A question and its branches."""

    asked: CertificateQuestion
    branches: tuple[CertificateBranch, ...]


@frozen_value
class Certificate:
    """A proof written down. A count is None where the situations cannot be counted, or were not.

    `verdicts` counts the situations with exactly that one verdict, `impossible` those that the policy rules out;
    `guarantees` says of each whether it holds.
    """

    policy: str
    sha256: str
    sound: bool
    situations: int | None
    verdicts: FrozenDict[str, int | None]
    gaps: int | None
    conflicts: int | None
    impossible: int | None
    guarantees: FrozenDict[str, bool]
    root: CertificateTarget
    nodes: tuple[CertificateNode, ...]
    checksum: str = ""

    def to_dict(self) -> dict[str, Any]:
        return {
            "certificate": FORM,
            "policy": self.policy,
            "sha256": self.sha256,
            "sound": self.sound,
            "situations": self.situations,
            "verdicts": dict(self.verdicts),
            "gaps": self.gaps,
            "conflicts": self.conflicts,
            "impossible": self.impossible,
            "guarantees": dict(self.guarantees),
            "tree": {"root": _target_data(self.root), "nodes": [_node_data(node) for node in self.nodes]},
            "checksum": self.checksum,
        }

    def to_json(self) -> str:
        """The text of its file: a line for each entry and each node."""
        data = self.to_dict()
        tree = data["tree"]
        nodes = ",\n".join(f"    {_json(node)}" for node in tree["nodes"])
        tree_text = f'{{\n    "root": {_json(tree["root"])},\n    "nodes": [\n{nodes}\n    ]\n  }}'
        lines = [f"  {_json(key)}: {tree_text if key == 'tree' else _json(value)}" for key, value in data.items()]
        return "{\n" + ",\n".join(lines) + "\n}\n"

    @property
    def own_checksum(self) -> str:
        """What its checksum must be: the SHA-256 of everything else that it says."""
        said = {key: value for key, value in self.to_dict().items() if key != "checksum"}
        text = json.dumps(said, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def sealed(self) -> Certificate:
        """The same with its checksum."""
        return replace(self, checksum=self.own_checksum)

    @property
    def leaves(self) -> int:
        """In how many places the tree ends."""
        ways = [self.root, *(branch.to for node in self.nodes for branch in node.branches)]
        return sum(way.node is None and way.outcome != EMPTY for way in ways)

    def __str__(self) -> str:
        what = "sound" if self.sound else "not sound"
        return f"{self.policy}: certified as {what}, by a tree of {self.leaves:,} leaves"


def number_data(number: int | Decimal | Fraction) -> Written:
    """A number as JSON: a double where its shortest digits are exactly the number, else its digits as text."""
    exact = Fraction(number)
    if exact.denominator == 1:
        return exact.numerator
    double = float(exact)
    return double if Fraction(Decimal(repr(double))) == exact else decimal_text(exact)


def number_of(data: Written) -> Fraction | None:
    """The number that JSON data is; None where it is none, or is not written as `number_data` writes it."""
    if isinstance(data, str) and not _DIGITS.fullmatch(data):
        return None
    number = Fraction(data) if isinstance(data, int) else Fraction(Decimal(str(data)))
    again = number_data(number)
    return number if type(again) is type(data) and again == data else None


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False)


def _target_data(target: CertificateTarget) -> dict[str, Any]:
    return {key: value for key, value in target._asdict().items() if value is not None}


def _node_data(node: CertificateNode) -> dict[str, Any]:
    asked = {key: value for key, value in node.asked._asdict().items() if value is not None}
    return {**asked, "branches": [_branch_data(branch) for branch in node.branches]}


def _branch_data(branch: CertificateBranch) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if branch.spans:
        found["ranges"] = [dict(_span_data(span)) for span in branch.spans]
    if branch.values:
        found["values"] = list(branch.values)
    if branch.others:
        found["others"] = True
    return found | _target_data(branch.to)


def _span_data(span: CertificateSpan) -> Iterator[tuple[str, Written]]:
    if span.low is not None:
        yield "from" if span.low_in else "above", span.low
    if span.high is not None:
        yield "to" if span.high_in else "below", span.high

"""The certificate format: a proof of a policy's outcomes as a decision tree, and its JSON form.

A certificate states in the author's terms how many situations get which outcome, with the decision tree that shows it.
The nodes are a list, children before parents. A node branches on a field, one option of an `any_of` field, a derived
number, or the difference of two fields. `certificate_shape.py` parses certificates; `verifier.py` verifies them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

from engine.frozen import FrozenDict, NamedTuple, data_of, frozen_value
from engine.language.documents.text import shorten
from engine.language.model.values.value_texts import decimal_text
from engine.meaning.outcomes import CONFLICT, GAP, IMPOSSIBLE
from engine.problems import OneverdictError

FORM = 1
# Python refuses to print integers of more than 4,300 digits; certificates stay below that.
MOST = 10**4000
EMPTY = "empty"
OUTCOMES = (GAP, CONFLICT, IMPOSSIBLE, EMPTY)

# A number or a date as JSON data; see `number_data`.
Written: TypeAlias = int | float | str
_DIGITS = re.compile(r"-?(0|[1-9]\d{0,99})(\.\d{1,99})?", re.ASCII)


class CertificateError(OneverdictError):
    """A certificate that cannot be written, cannot be read, or is not right.

    Example:
        >>> from engine import CertificateError, load, verify
        >>> try:
        ...     verify(load("other-interviews"), {"certificate": 2})
        ... except CertificateError as error:
        ...     print(error.problems[0].code)
        certificate-shape
    """


class CertificateTarget(NamedTuple):
    """What a branch leads to; exactly one attribute is set.

    Attributes:
        node: Index of a node in `Certificate.nodes`.
        verdict: Name of a verdict.
        outcome: `gap`, `conflict`, `impossible` (ruled out by the policy) or `empty` (no record has these answers).

    Example:
        >>> from engine import certify, load
        >>> certify(load("other-interviews")).root
        CertificateTarget(node=12, verdict=None, outcome=None)
    """

    node: int | None = None
    verdict: str | None = None
    outcome: str | None = None


class CertificateSpan(NamedTuple):
    """An interval of numbers or dates.

    Attributes:
        low: Lower end; None for an open end. An exact fraction that is no double is written as text, a date as its day.
        low_in: Whether the lower end belongs to it.
        high: Upper end; None for an open end.
        high_in: Whether the upper end belongs to it.

    Example:
        >>> from engine import certify, load
        >>> nodes = certify(load("other-interviews")).nodes
        >>> asked = next(node for node in nodes if node.asked.field == "other_offers")
        >>> asked.branches[1].spans
        (CertificateSpan(low=1, low_in=True, high=20, high_in=True),)
    """

    low: Written | None = None
    low_in: bool = True
    high: Written | None = None
    high_in: bool = True


class CertificateBranch(NamedTuple):
    """A branch of a node: the answers that take it, and what it leads to.

    Attributes:
        to: What it leads to.
        values: Choices, texts or booleans that take it.
        others: Whether every text that the policy does not know takes it.
        spans: Intervals that take it.

    Example:
        >>> from engine import certify, load
        >>> branch = certify(load("other-interviews")).nodes[0].branches[0]
        >>> branch.values, branch.to.verdict
        ((False,), 'buy_time')
    """

    to: CertificateTarget
    values: tuple[str | bool, ...] = ()
    others: bool = False
    spans: tuple[CertificateSpan, ...] = ()


class CertificateQuestion(NamedTuple):
    """What a node branches on.

    Attributes:
        field: Name of a field.
        option: One option of that any_of field.
        minus: Name of a field to subtract: the node branches on the difference.
        number: Name of a derived number, in place of a field.
        sum: Pairs of field and coefficient of a sum that has no name, in place of a field.

    Example:
        >>> from engine import certify, load
        >>> str(certify(load("other-interviews")).nodes[0].asked)
        '`ready_for_no`'
    """

    field: str | None = None
    option: str | None = None
    minus: str | None = None
    number: str | None = None
    sum: tuple[tuple[str, Written], ...] = ()

    def __str__(self) -> str:
        if self.sum:
            return " + ".join(f"{times} × `{shorten(name)}`" for name, times in self.sum)
        name = f"`{shorten(self.number or self.field or '')}`"
        if self.option is not None:
            return f"{name} for `{shorten(self.option)}`"
        return name if self.minus is None else f"{name} minus `{shorten(self.minus)}`"


class CertificateNode(NamedTuple):
    """A node of the decision tree.

    Attributes:
        asked: What it branches on.
        branches: The branches; together they take every answer.

    Example:
        >>> from engine import certify, load
        >>> node = certify(load("other-interviews")).nodes[0]
        >>> node.asked.field, len(node.branches)
        ('ready_for_no', 2)
    """

    asked: CertificateQuestion
    branches: tuple[CertificateBranch, ...]


@frozen_value
class Certificate:
    """A proof as a decision tree, in a published format.

    Attributes:
        policy: Name of the policy.
        sha256: Hash of what the policy says.
        sound: Whether the policy is sound.
        situations: Number of possible situations; None if not counted, as the other counts.
        verdicts: For each verdict the number of situations that get it and no other.
        gaps: Number of situations without a verdict.
        conflicts: Number of situations with several verdicts.
        impossible: Number of combinations of answers that the policy rules out. That a question is not asked counts as
            one more answer to it (of an `any_of` as one more option), so that what its `applies_when` rules out is
            among them. Other counts are of situations, as in a proof.
        guarantees: Whether each guarantee holds.
        root: Where the tree begins.
        nodes: The nodes, children before parents.
        checksum: SHA-256 of everything else.

    Example:
        >>> from engine import certify, load
        >>> certificate = certify(load("other-interviews"))
        >>> print(certificate)
        other-interviews: certified as sound, by a tree of 12 leaves
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
        """Return the certificate as JSON data."""
        names = ("policy", "sha256", "sound", "situations", "verdicts", "gaps", "conflicts", "impossible", "guarantees")
        tree = {"root": _target_data(self.root), "nodes": [_node_data(node) for node in self.nodes]}
        return {"certificate": FORM} | data_of(self, *names) | {"tree": tree, "checksum": self.checksum}

    def to_json(self) -> str:
        """Return the text of its file: JSON with a line for each entry and each node."""
        data = self.to_dict()
        tree = data["tree"]
        nodes = ",\n".join(f"    {_json(node)}" for node in tree["nodes"])
        tree_text = f'{{\n    "root": {_json(tree["root"])},\n    "nodes": [\n{nodes}\n    ]\n  }}'
        lines = [f"  {_json(key)}: {tree_text if key == 'tree' else _json(value)}" for key, value in data.items()]
        return "{\n" + ",\n".join(lines) + "\n}\n"

    @property
    def own_checksum(self) -> str:
        """SHA-256 of everything but the checksum: what `checksum` has to be."""
        said = {key: value for key, value in self.to_dict().items() if key != "checksum"}
        text = json.dumps(said, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def sealed(self) -> Certificate:
        """Return a copy with the right checksum."""
        return replace(self, checksum=self.own_checksum)

    @property
    def leaves(self) -> int:
        """Number of leaves of the tree, not counting empty ones."""
        ways = [self.root, *(branch.to for node in self.nodes for branch in node.branches)]
        return sum(way.node is None and way.outcome != EMPTY for way in ways)

    def __str__(self) -> str:
        what = "sound" if self.sound else "not sound"
        return f"{self.policy}: certified as {what}, by a tree of {self.leaves:,} leaves"


def number_data(number: int | Decimal | Fraction) -> Written:
    """Return a number as JSON data: an int or a double where that is exact, otherwise its decimal digits as text."""
    exact = Fraction(number)
    if exact.denominator == 1:
        return exact.numerator
    double = float(exact)
    return double if Fraction(Decimal(repr(double))) == exact else decimal_text(exact)


def number_of(data: Written) -> Fraction | None:
    """Return the number that JSON data stands for; None unless it is written exactly as `number_data` writes it."""
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
    asked = {key: value for key, value in node.asked._asdict().items() if value not in (None, ())}
    if node.asked.sum:
        asked["sum"] = dict(node.asked.sum)
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

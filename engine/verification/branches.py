"""A certificate's nodes resolved against a policy: the subject each node branches on, and each branch's positions.

Translates the names and values of the certificate into subject indices and parts (`position_ranges.py`). Rejects
references that the policy does not define, and node lists that are not a tree: a node may only lead to earlier nodes,
and every node must be reachable from the root.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NoReturn

from engine.language.documents.text import shorten
from engine.language.model.field_kinds import DATE, NONE, NOT_ASKED, TEXT, YES_NO, Field
from engine.language.model.values.grid_positions import absent_position, grid_position
from engine.language.model.values.misfits import Misfit
from engine.language.model.values.value_readers import read_date
from engine.problems import Place
from engine.verification.certificates import (
    Certificate,
    CertificateBranch,
    CertificateError,
    CertificateNode,
    CertificateQuestion,
    CertificateSpan,
    CertificateTarget,
    Written,
    number_of,
)
from engine.verification.number_expressions import Linear
from engine.verification.position_ranges import LEAST, MOST, Part, Range, union
from engine.verification.positions import absence_part
from engine.verification.subjects import Measure, Subjects

# What stands for no value.
_ABSENCES = (NONE, NOT_ASKED)
_ODD_SPAN = "a range is not in the form that certificates use"


class Branches:
    """The nodes of a certificate, resolved for one policy; the constructor raises `CertificateError`.

    All lists are indexed by node number. `subjects` holds the subject each node branches on, `parts` the part each of
    its branches covers, `asked` the subjects branched on at the node or below it (a bit mask, tied subjects together),
    and `ways` how many branches lead to the node.
    """

    def __init__(self, certificate: Certificate, subjects: Subjects, name: str) -> None:
        self.certificate = certificate
        self.policy = subjects.policy
        self.all = subjects
        self.name = name
        self.subjects: list[int] = []
        self.parts: list[tuple[Part, ...]] = []
        self.asked: list[int] = []
        self._places: dict[int, dict[tuple[type, str | bool], int]] = {}
        self.ways = [0] * len(certificate.nodes)
        for number, node in enumerate(certificate.nodes):
            self._add(number, node)
        self._target(certificate.root, None, len(certificate.nodes))
        for number, many in enumerate(self.ways):
            if not many:
                self.refuse("nothing leads to it", number)

    def _add(self, number: int, node: CertificateNode) -> None:
        """Resolve one node, given the nodes before it."""
        measure = self._measure(number, node.asked)
        self.subjects.append(measure.subject)
        self.parts.append(tuple(self._part(number, node, branch, measure) for branch in node.branches))
        below = self.all.closed(1 << measure.subject)
        for branch in node.branches:
            self._target(branch.to, number, number)
            if branch.to.node is not None:
                below |= self.asked[branch.to.node]
        self.asked.append(below)

    def _target(self, target: CertificateTarget, number: int | None, before: int) -> None:
        if target.node is not None:
            if target.node >= before:
                self.refuse(f"it leads to node {target.node}, which does not come before it in the list", number)
            self.ways[target.node] += 1
        if target.verdict is not None and target.verdict not in self.policy.verdict:
            self.refuse(f"the policy has no verdict `{shorten(target.verdict)}`", number)

    def refuse(self, message: str, number: int | None = None, help_: str = "") -> NoReturn:
        """Raise a `CertificateError` located at a node, or at the root of the tree if `number` is None."""
        if number is None:
            where, path = "at the root of the tree", "tree.root"
        else:
            where = f"at node {number}, which asks {self.certificate.nodes[number].asked}"
            path = f"tree.nodes[{number}]"
        raise CertificateError.of("wrong-certificate", f"{where}: {message}", Place(self.name, path=path), help_)

    # Subjects.

    def _measure(self, number: int, asked: CertificateQuestion) -> Measure:
        """Return the measure that a node branches on; for a plain field, one that reads its position unchanged."""
        if asked.number is not None:
            expression = self.all.expressions.get(asked.number)
            found = self.all.measure(*expression) if isinstance(expression, Linear) and expression.terms else None
            if found is None or not self.all.all[found.subject].weights:
                self.refuse("the policy compares no number of this name over several fields", number)
            return found
        if asked.sum:
            return self._sum(number, asked.sum)
        field = self.policy.field.get(asked.field or "")
        if field is None:
            self.refuse("the policy has no field of this name", number)
        if asked.minus is not None:
            difference = self.all.differences.get((field.name, asked.minus))
            if difference is None:
                self.refuse("the policy does not compare these two fields", number)
            return difference
        if asked.option is None:
            place = self.all.of_field.get(field.name)
            if place is None:
                self.refuse("a node can only ask for single options of this field", number)
        else:
            place = self.all.of_option.get((field.name, asked.option))
            if place is None:
                self.refuse("the field has no such option", number)
        return Measure(place, Fraction(1), Fraction(0))

    def _sum(self, number: int, terms: Sequence[tuple[str, Written]]) -> Measure:
        """Return the measure of a sum without a name that a node branches on."""
        found = self.all.sums.get(frozenset((name, number_of(times)) for name, times in terms))
        if found is None:
            self.refuse("the policy compares no such sum", number)
        return found

    # Parts of the branches.

    def _part(self, number: int, node: CertificateNode, branch: CertificateBranch, measure: Measure) -> Part:
        """Return the part that a branch covers."""
        subject = self.all.all[measure.subject]
        field = subject.field
        if field is None or field.is_grid or not isinstance(subject.domain[0][0], int):
            if not branch.spans:
                self.refuse("a branch has no `ranges`", number)
            ranges = [self._range(number, span, field, measure) for span in branch.spans]
        else:
            ranges = [*self._listed(number, branch, measure.subject, field)]
        part = union(ranges)
        if part != tuple(ranges if measure.scale > 0 else reversed(ranges)):
            self.refuse("the values of a branch are not in order, or could be written shorter", number)
        return part

    def _listed(self, number: int, branch: CertificateBranch, subject: int, field: Field) -> Part:
        """Return the positions of the listed values of a branch as a part."""
        if branch.spans:
            self.refuse("a branch has no `values`", number)
        if subject not in self._places:
            self._places[subject] = _places(field, self.all.all[subject].option)
        known = self._places[subject]
        places = []
        for value in branch.values:
            # Keyed by type as well: in Python `True == 1`, in a policy it does not.
            place = known.get((type(value), value))
            if place is None:
                shown = shorten(value) if isinstance(value, str) else f"{value}".lower()
                self.refuse(f"`{shown}` is not one of its values", number)
            places.append(place)
        if branch.others:
            if field.kind != TEXT:
                self.refuse("a branch has `others`, but there are none", number)
            places.append(len(field.all_listed))
        if places != sorted(set(places)):
            self.refuse("the values of a branch are not in order, or not distinct", number)
        return union((place, place) for place in places)

    def _range(self, number: int, span: CertificateSpan, field: Field | None, measure: Measure) -> Range:
        """Return a span as a range of positions."""
        if field is not None and not field.is_grid and (span.low in _ABSENCES or span.high in _ABSENCES):
            if span.low != span.high or span.low not in field.absences:
                self.refuse(_ODD_SPAN, number)
            return absence_part(field, str(span.low))[0]
        if field is not None and not field.is_grid:
            low: Any = (LEAST, 0) if span.low is None else (self._amount(number, span.low), int(not span.low_in))
            high: Any = (MOST, 0) if span.high is None else (self._amount(number, span.high), -int(not span.high_in))
        else:
            if not (span.low_in and span.high_in):
                self.refuse(_ODD_SPAN, number)
            low = LEAST if span.low is None else self._position(number, span.low, field, measure)
            high = MOST if span.high is None else self._position(number, span.high, field, measure)
            if measure.scale < 0:
                low, high = (LEAST if high == MOST else high), (MOST if low == LEAST else low)
        if low > high:
            self.refuse("a range ends before it begins", number)
        return low, high

    def _position(self, number: int, end: Any, field: Field | None, measure: Measure) -> int:
        """Return the position of one end of a span, which must be a value of the field or the sum."""
        if field is not None and end in field.absences:
            return absent_position(field, end)
        if field is not None and field.kind == DATE:
            if not isinstance(end, str):
                self.refuse(_ODD_SPAN, number)
            try:
                return read_date(end).toordinal()
            except Misfit as misfit:
                self.refuse(misfit.message, number)
        amount = self._amount(number, end)
        position = grid_position(field, amount) if field is not None else measure.position(amount)
        if position.denominator != 1:
            self.refuse(f"`{shorten(str(end))}` lies between two possible values", number)
        return position.numerator

    def _amount(self, number: int, end: Any) -> Fraction:
        amount = number_of(end)
        if amount is None:
            self.refuse(_ODD_SPAN, number)
        return amount


def _places(field: Field, option: str | None) -> dict[tuple[type, str | bool], int]:
    """Map each value of a choice, boolean, option or text field, together with its type, to its position."""
    answers: tuple[str | bool, ...] = field.all_listed
    if option is not None:
        answers = (False, True)
    elif field.kind == YES_NO:
        answers = (False, True, *field.absences)
    return {(type(answer), answer): place for place, answer in enumerate(answers)}

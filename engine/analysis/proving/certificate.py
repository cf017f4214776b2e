"""The writer of certificates: the decision tree of a proof in the author's terms, to be verified independently.

Cells become the values, texts or ranges that a node branches on. Where sums of fields leave no situation for some
values, the tree has no branch for them; the certificate gets one that states this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from math import inf
from typing import Any

from engine.analysis.proving.proof import check
from engine.analysis.proving.proof_session import STEPS, ProofSession
from engine.budget import Budget, OutOfSteps, attempt
from engine.frozen import FrozenDict
from engine.language.model.arguments import require_steps
from engine.language.model.condition_tree import Versus
from engine.language.model.field_kinds import NONE, NOT_ASKED, TEXT
from engine.language.model.guarantees import AnyGuarantee, Indifference, Invariant, PairGuarantee
from engine.language.model.policy import FIRST, Policy, require_policy
from engine.language.model.relations.rule_outputs import verdict_in
from engine.language.model.values.grid_positions import grid_value
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.spaces.areas import bits, runs_in
from engine.meaning.spaces.forms import Form
from engine.meaning.spaces.space import Space, tests_in
from engine.meaning.tree import Tree
from engine.verification.certificates import (
    EMPTY,
    MOST,
    Certificate,
    CertificateBranch,
    CertificateError,
    CertificateNode,
    CertificateQuestion,
    CertificateSpan,
    CertificateTarget,
    Written,
    number_data,
)

Interval = tuple[int | None, int | None]


def certify(policy: Policy, *, steps: int = STEPS) -> Certificate:
    """Write the proof of a policy as a certificate, which `verify` checks independently.

    An unsound policy has a certificate too, which states that. The result is cached on the policy.

    Args:
        policy: The policy, from `load`.
        steps: Step limit, the same on every machine.

    Returns:
        The certificate; `to_json` writes it as a file.

    Raises:
        CertificateError: The step limit was reached.
        TypeError: `policy` is not a policy, or `steps` is not an integer.
        ValueError: `steps` is below 1.

    Example:
        >>> from engine import certify, load, verify
        >>> policy = load("other-interviews")
        >>> verify(policy, certify(policy)).sound
        True
    """
    require_policy(policy, "certify")
    require_steps(steps, "certify")
    return policy.keep(_certified, steps)


def _certified(policy: Policy, steps: int) -> Certificate:
    """Build the certificate of a policy."""
    proof = check(policy, steps=steps)
    session = ProofSession(policy, steps)
    tree, by_rule = _tree(session)
    if tree is None or any(finding.code == "not-proved" for finding in proof.findings):
        raise _refusal(policy, steps, "no whole decision tree" if tree is None else "no whole proof")
    try:
        guarantees = {each.name: not _is_broken(session, each) for each in policy.guarantees}
    except OutOfSteps:
        raise _refusal(policy, steps, "no whole proof") from None
    counts = _counts(session, tree)

    def verdict_of(label: Label) -> Label:
        return policy.rule[str(label)].then if by_rule and not isinstance(label, Ending) else verdict_in(label)

    def many(label: Label) -> int | None:
        return None if counts is None else sum(each for of, each in counts.items() if verdict_of(of) == label)

    writer = _Writer(policy, session.logic.space, tree, verdict_of)
    nodes, root = writer.nodes()
    possible = None if counts is None else sum(counts.values()) - counts.get(Ending.IMPOSSIBLE, 0)
    return Certificate(
        policy=policy.name,
        sha256=policy.sha256,
        sound=proof.sound,
        situations=possible,
        verdicts=FrozenDict({each.name: many(each.name) for each in policy.verdicts}),
        gaps=many(Ending.GAP),
        conflicts=many(Ending.CONFLICT),
        impossible=many(Ending.IMPOSSIBLE),
        guarantees=FrozenDict(guarantees),
        root=root,
        nodes=nodes,
    ).sealed()


def _refusal(policy: Policy, steps: int, what: str) -> CertificateError:
    message = (
        f"there is no certificate of `{policy.name}`: {what} was found within {steps:,} step{'s' if steps > 1 else ''}"
    )
    help_ = "allow more with `--steps`, or `steps=` in Python"
    return CertificateError.of("no-certificate", message, policy.place, help_)


def _tree(session: ProofSession) -> tuple[Tree | None, bool]:
    """Return the whole tree, and whether its labels are the rules that decide (tried first under `first`).

    It asks for answers only: what it asks of steps that stand for themselves is answered by their trees. A proof can do
    without a tree that takes long to find; a certificate cannot, so it gets more steps. None if they run out.
    """
    tree, is_by_rule = _tree_over_steps(session)
    of_steps = session.logic.areas.steps
    if tree is None or of_steps is None:
        return tree, is_by_rule
    return attempt(of_steps.joined, tree, Budget(session.steps)), is_by_rule


def _tree_over_steps(session: ProofSession) -> tuple[Tree | None, bool]:
    """As `_tree`; steps that stand for themselves are asked for as fields are."""
    logic, by_rule = session.logic, session.policy.decision == FIRST
    if session.tree is not None:
        return session.tree, by_rule
    for descent, is_by_rule in ((logic.deciders, True), (logic.outcomes, False)) if by_rule else ():
        tree = attempt(descent.grow, logic.areas.whole, Budget(session.steps))
        if tree is not None:
            return tree, is_by_rule
    return None, False


def _counts(session: ProofSession, tree: Tree) -> Mapping[Label, int] | None:
    if not session.logic.space.countable:
        return None
    counts = attempt(tree.sizes, session.logic.areas, Budget(session.steps))
    return None if counts is None or sum(counts.values()) >= MOST else counts


def _is_broken(session: ProofSession, guarantee: AnyGuarantee) -> bool:
    """Whether possible situations break a guarantee, or it is about none; raises `OutOfSteps`."""
    if isinstance(guarantee, Invariant):
        return session.exists(session.violated(guarantee))
    if isinstance(guarantee, PairGuarantee):
        breaking = session.breaking_pairs(guarantee)
        if breaking is not None and session.exists(breaking.query):
            return True
        return isinstance(guarantee, Indifference) and not session.has_pairs(guarantee)
    logic = session.logic
    when, forbidden = logic.condition(guarantee.when), session.forbidden(guarantee)
    if session.policy.decision != FIRST:
        return session.exists(logic.some_standing(when, forbidden))
    return session.exists(logic.query([when], (), [logic.stands(rule) for rule in forbidden]))


class _Writer:
    """Converts the nodes of one tree to the author's terms; nodes that become equal are shared."""

    def __init__(self, policy: Policy, space: Space, tree: Tree, verdict_of: Callable[[Label], Label]) -> None:
        self.policy = policy
        self.space = space
        self.tree = tree
        self.verdict_of = verdict_of
        # The axes of tied fields and their sums, with their whole intervals: some of their cells may be empty.
        self.tied: dict[int, Interval] = {}
        for group in space.groups:
            self.tied |= dict(zip(group.field_axes, group.box, strict=True))
            self.tied |= {axis: (None, None) for axis, _ in group.sum_axes}
        named = self._named_sums()
        self.sums = {axis: named[shape.terms] for axis, shape in enumerate(space.axes) if shape.terms in named}

    def _named_sums(self) -> dict[tuple[tuple[str, int], ...], tuple[CertificateQuestion, Form]]:
        """The terms of each sum that is compared, with the first name for it."""
        policy, space = self.policy, self.space
        found: dict[tuple[tuple[str, int], ...], tuple[CertificateQuestion, Form]] = {}
        for test in tests_in(policy, policy.conditions if space.groups else ()):
            form = space.form(policy, test)
            if form is None:
                continue
            asked = CertificateQuestion(number=test.name)
            if isinstance(test, Versus):
                asked = CertificateQuestion(field=test.name, minus=test.other)
            elif test.name not in policy.shapes:
                terms = policy.linear_sums[test.name].terms
                asked = CertificateQuestion(sum=tuple((name, number_data(times)) for name, times in terms))
            found.setdefault(form.coefficients, (asked, form))
        return found

    def nodes(self) -> tuple[tuple[CertificateNode, ...], CertificateTarget]:
        """Return the nodes, children before parents, and the target that the tree starts at."""
        found: dict[CertificateNode, int] = {}
        numbers: list[int] = []
        left = self._left()
        for place, node in enumerate(self.tree.nodes):
            branches = [(branch.cells, self._target(branch.child, numbers)) for branch in node.branches]
            written = CertificateNode(self._asked(node.axis), tuple(self._branches(node.axis, branches, left[place])))
            numbers.append(found.setdefault(written, len(found)))
        return tuple(found), self._target(self.tree.entry.child, numbers)

    def _target(self, child: int, numbers: list[int]) -> CertificateTarget:
        if child >= 0:
            return CertificateTarget(node=numbers[child])
        label = self.verdict_of(self.tree.labels[~child])
        return (
            CertificateTarget(outcome=label.value)
            if isinstance(label, Ending)
            else CertificateTarget(verdict=str(label))
        )

    def _left(self) -> list[dict[int, Interval]]:
        """Return for each node the intervals left of tied fields and sums that a path to it branches on."""
        found: list[dict[int, Interval]] = [{} for _ in self.tree.nodes]
        for place in range(len(self.tree.nodes) - 1, -1, -1):
            node = self.tree.nodes[place]
            for branch in node.branches:
                if branch.child >= 0:
                    here = found[place]
                    if node.axis in self.tied:
                        here = here | {node.axis: self._hull(node.axis, branch.cells)}
                    found[branch.child] = here
        return found

    def _hull(self, axis: int, cells: int) -> Interval:
        held = self.space.axes[axis].cells
        places = bits(cells)
        return held[places[0]].interval[0], held[places[-1]].interval[1]

    def _asked(self, axis: int) -> CertificateQuestion:
        if axis in self.sums:
            return self.sums[axis][0]
        return CertificateQuestion(field=self.space.axes[axis].name, option=self.space.axes[axis].option)

    def _branches(
        self, axis: int, branches: list[tuple[int, CertificateTarget]], left: Mapping[int, Interval]
    ) -> Iterator[CertificateBranch]:
        """Iterate over the branches of a node, ending with one for values that no situation has, if there are any."""
        field = self.space.fields.get(self.space.axes[axis].name)
        cells = self.space.axes[axis].cells
        if axis not in self.sums and field is not None and cells[0].interval is None:
            for mask, target in branches:
                held = bits(mask)
                others = field.kind == TEXT and len(cells) - 1 in held
                values = tuple(cells[cell].sample for cell in (held[:-1] if others else held))
                yield CertificateBranch(target, values, others)
            return
        for mask, target in branches:
            yield CertificateBranch(target, spans=tuple(self._spans(axis, mask)))
        if axis in self.tied:
            hulls = [self._hull(axis, mask) for mask, _ in branches]
            empty = [self._span(axis, *each) for each in _between(hulls, left.get(axis, self.tied[axis]))]
            if empty:
                yield CertificateBranch(CertificateTarget(outcome=EMPTY), spans=self._in_order(axis, empty))

    def _spans(self, axis: int, mask: int) -> tuple[CertificateSpan, ...]:
        """Return the ranges of some cells, adjacent cells joined."""
        cells = self.space.axes[axis].cells
        none = self.space.none_on(axis) if len(cells[0].interval) == 4 else 0
        absent = [cells[cell].sample for cell in bits(mask & none)]
        spans = [CertificateSpan(low=each, high=each) for each in absent] if none & 1 else []
        for first, last in ((cells[start].interval, cells[end].interval) for start, end in runs_in(mask & ~none)):
            if len(first) == 4:
                (low, low_in), (high, high_in) = first[:2], last[2:]
                spans.append(
                    CertificateSpan(_written(low), low is None or low_in, _written(high), high is None or high_in)
                )
            else:
                spans.append(self._span(axis, first[0], last[1]))
        if not none & 1:
            spans += [CertificateSpan(low=each, high=each) for each in absent]
        return self._in_order(axis, spans)

    def _span(self, axis: int, low: int | None, high: int | None) -> CertificateSpan:
        """Return the range between two positions of a grid or a sum."""
        if axis in self.sums:
            form = self.sums[axis][1]
            ends = [None if end is None else number_data(form.scale * end + form.offset) for end in (low, high)]
            return CertificateSpan(low=ends[form.scale < 0], high=ends[form.scale > 0])
        field = self.space.fields[self.space.axes[axis].name]
        ends = [None if end is None else _written(grid_value(field, end)) for end in (low, high)]
        return CertificateSpan(low=ends[0], high=ends[1])

    def _in_order(self, axis: int, spans: list[CertificateSpan]) -> tuple[CertificateSpan, ...]:
        falls = axis in self.sums and self.sums[axis][1].scale < 0
        return tuple(reversed(spans) if falls else spans)


def _written(value: Any) -> Written | None:
    if isinstance(value, date):
        return value.isoformat()
    return value if value in (None, NONE, NOT_ASKED) else number_data(value)


def _between(intervals: Iterable[Interval], whole: Interval) -> Iterator[Interval]:
    """Iterate over what disjoint intervals leave of an interval that contains them."""
    low, high = whole
    after = -inf if low is None else low
    for start, end in sorted((-inf if each[0] is None else each[0], each[1]) for each in intervals):
        if after < start:
            yield None if after == -inf else int(after), int(start) - 1
        if end is None:
            return
        after = end + 1
    if high is None or after <= high:
        yield int(after), high

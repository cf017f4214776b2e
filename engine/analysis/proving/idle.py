"""Which answers make no difference? Questions that rules read in vain, and answers that they tell apart in vain.

Whether a field matters shows in the decision tree, nearly always: where it is asked, one answer ends in an outcome,
and another leads to a different one. What that leaves open is asked exactly: the policy beside itself, with another
answer to that one question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from engine.analysis.describing.examples import simplest_in
from engine.analysis.proving.findings import Finding
from engine.analysis.proving.proof_session import Inquiry
from engine.analysis.proving.unused import used_names
from engine.budget import OutOfSteps
from engine.language.model.condition_tree import ALWAYS, All, Compare, Condition, Not, Some, Versus, comparisons_in
from engine.language.model.field_kinds import ANY_OF, CHOICE, Field, Value
from engine.language.model.policy import FIRST, Policy
from engine.meaning.changes import change
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.reference import COMPARE, excluded_by, outcome
from engine.meaning.spaces.areas import bits
from engine.meaning.tree import Node, Tree
from engine.threads import cached_property

# Of more answers than these it is nobody's oversight that several are treated alike.
MOST_ANSWERS = 20
# So many situations are looked at before a question is asked of all.
_MOST_WITNESSES = 24
_NEVER = Some(())


def idle_questions(inquiry: Inquiry, dead: set[str]) -> Iterator[tuple[str, Iterator[Finding]]]:
    """What is asked about fields that rules read, in words, and the findings of each question.

    Args:
        inquiry: what the proof works with.
        dead: the names of rules that never decide, which are told by themselves; complete once the first of these
            questions is settled.
    """
    seen = _Seen(inquiry, dead)
    asked = _asked(inquiry)
    for field in inquiry.policy.fields:
        if not asked.isdisjoint(_axes(inquiry, field)):
            yield f"whether the answer to `{field.name}` can make a difference", _field(inquiry, field, seen)


def idle_fields(inquiry: Inquiry) -> Iterator[str]:
    """The fields whose answer makes no difference to what is possible and decided, as far as the steps allow."""
    seen = _Seen(inquiry, set())
    asked, limited = _asked(inquiry), _axes_of(inquiry, inquiry.logic.impossible)
    try:
        for field in inquiry.policy.fields:
            axes = set(_axes(inquiry, field))
            is_idle = axes.isdisjoint(limited) if axes.isdisjoint(asked) else _is_idle(inquiry, field, seen)
            if is_idle:
                yield field.name
    except OutOfSteps:
        return


def _asked(inquiry: Inquiry) -> set[int]:
    """The axes that rules come to: a test that always holds or always fails asks nothing, and is told by itself."""
    return _axes_of(inquiry, inquiry.logic.applies)


def _axes_of(inquiry: Inquiry, formulas: Iterable[int]) -> set[int]:
    """The axes that some formulas come to."""
    found = 0
    for formula in formulas:
        found |= inquiry.logic.formulas.axes[formula]
    return set(bits(found))


def _axes(inquiry: Inquiry, field: Field) -> list[int]:
    """The axes of a field, and of the sums that it is part of."""
    group = inquiry.logic.space.entangled.get(field.name)
    sums = [] if group is None else [
        axis for axis, weights in group.sum_axes if weights[group.fields.index(field.name)]
    ]  # fmt: skip
    return [*inquiry.logic.space.axes_of(field), *sums]


def _field(inquiry: Inquiry, field: Field, seen: _Seen) -> Iterator[Finding]:
    if _is_idle(inquiry, field, seen):
        message = f"rules read the answer to `{field.name}`, and it never makes a difference: {field.ask}"
        help_ = "correct the rules that read it, or take the question out"
        yield Finding("idle-field", message, (), (field.place,), help_)
    elif field.name in seen.read and field.kind == CHOICE and len(field.choices) <= MOST_ANSWERS:
        yield from _answers(inquiry, field, seen)


def _is_idle(inquiry: Inquiry, field: Field, seen: _Seen) -> bool:
    """Whether no answer to a field that rules read makes a difference; raises `OutOfSteps`."""
    if field.name not in seen.read or seen.matters(field):
        return False
    if seen.witnesses.show(field, _few(seen.witnesses.answers(field))):
        return False
    return not change(inquiry.policy, _doubled(inquiry.policy, field)).exists(inquiry.budget)


def _answers(inquiry: Inquiry, field: Field, seen: _Seen) -> Iterator[Finding]:
    """The answers to a field that some test tells apart, and that get the same in every situation."""
    alike: list[list[str]] = []
    for answer in seen.told_apart(field):
        group = next((each for each in alike if _is_alike(inquiry, field, each[0], answer, seen)), None)
        if group is None:
            alike.append([answer])
        else:
            group.append(answer)
    for group in alike:
        if len(group) > 1:
            named = ", ".join(f"`{answer}`" for answer in group[:-1]) + f" and `{group[-1]}`"
            message = f"rules tell the answers {named} to `{field.name}` apart, and it makes no difference: {field.ask}"
            help_ = "correct the rules that tell them apart, or treat them as one in every rule"
            yield Finding("idle-answer", message, (), (field.place,), help_)


def _is_alike(inquiry: Inquiry, field: Field, one: str, other: str, seen: _Seen) -> bool:
    if seen.differ(field, one, other) or seen.witnesses.show(field, (one, other)):
        return False
    first, second = (_answered(inquiry.policy, field, answer) for answer in (one, other))
    return not change(first, second).exists(inquiry.budget)


class _Seen:
    """What the rules that decide read, and what the tree shows at a glance; what it does not show may be so too."""

    def __init__(self, inquiry: Inquiry, dead: set[str]) -> None:
        self.policy = inquiry.policy
        self.dead = dead
        self.space = inquiry.logic.space
        self.witnesses = _Witnesses(inquiry)
        self.tree = inquiry.tree
        self._matters: set[int] = set()
        # For each axis of a choice, the answers that are known to lead to something else, by answer.
        self._differ: dict[int, list[int]] = {}
        if self.tree is not None:
            self._read(self.tree, partial(_outcome, inquiry.policy))

    @cached_property
    def _rules(self) -> list[Condition]:
        return [rule.when for rule in self.policy.rules if rule.name not in self.dead]

    @cached_property
    def read(self) -> set[str]:
        """The fields, numbers and facts that rules read."""
        alone = replace(self.policy, fields=tuple(replace(field, ask_after=None) for field in self.policy.fields))
        return used_names(alone, self._rules)

    @cached_property
    def _tests(self) -> dict[str, dict[Compare, None]]:
        """What rules, and the facts that they read, compare each field with."""
        conditions = [*self._rules, *(fact.when for fact in self.policy.facts if fact.name in self.read)]
        found: dict[str, dict[Compare, None]] = {}
        for when in conditions:
            for test in comparisons_in(when):
                if isinstance(test, Compare):
                    found.setdefault(test.name, {})[test] = None
        return found

    def told_apart(self, field: Field) -> list[str]:
        """One answer for each kind that no test tells apart from the others of its kind: the first."""
        kinds: dict[tuple[bool, ...], str] = {}
        for answer in field.options:
            kinds.setdefault(tuple(_holds(field, test, answer) for test in self._tests.get(field.name, ())), answer)
        return list(kinds.values())

    def matters(self, field: Field) -> bool:
        """Whether the answer to a field surely makes a difference."""
        return not self._matters.isdisjoint(self.space.axes_of(field))

    def differ(self, field: Field, one: str, other: str) -> bool:
        """Whether two answers to a choice surely make a difference."""
        [axis] = self.space.axes_of(field)
        known = self._differ.get(axis)
        first, second = (self.space.cell_of(axis, answer) for answer in (one, other))
        return known is not None and bool(known[first] >> second & 1)

    def _read(self, tree: Tree, came: Callable[[Label], Label]) -> None:
        ids: dict[Label, int] = {}
        leaf = [1 << ids.setdefault(came(label), len(ids)) for label in tree.labels]
        below: list[int] = []
        asked: list[int] = []
        # Fields that share a sum are no axes by themselves: with another answer the way to a node may be another.
        entangled = {axis for group in self.space.groups for axis in group.field_axes}
        for node in tree.nodes:
            reached = [leaf[~branch.child] if branch.child < 0 else below[branch.child] for branch in node.branches]
            everything, axes = 0, 1 << node.axis
            for branch, labels in zip(node.branches, reached, strict=True):
                everything |= labels
                axes |= asked[branch.child] if branch.child >= 0 else 0
            below.append(everything)
            asked.append(axes)
            if node.axis in entangled or everything.bit_count() == 1:
                continue
            # Where one answer always ends alike, whatever ends otherwise makes a difference.
            if any(labels.bit_count() == 1 for labels in reached):
                self._matters.add(node.axis)
            if len(self.space.axes[node.axis].cells) <= MOST_ANSWERS:
                self._compare(node.axis, list(_answers_at(tree, node, leaf, below, asked)))

    def _compare(self, axis: int, reached: Sequence[tuple[int, int]]) -> None:
        """Notes which cells of an axis lead elsewhere: those of which some end in but one way, and others otherwise."""
        for ones, labels in reached:
            if labels.bit_count() == 1:
                for others, more in reached:
                    if more & ~labels:
                        self._tell_apart(axis, len(self.space.axes[axis].cells), ones, others)

    def _tell_apart(self, axis: int, many: int, ones: int, others: int) -> None:
        known = self._differ.setdefault(axis, [0] * many)
        for cell in bits(ones):
            known[cell] |= others
        for cell in bits(others):
            known[cell] |= ones


class _Witnesses:
    """Situations that rules spread over the policy decide: with another answer, they often get something else."""

    def __init__(self, inquiry: Inquiry) -> None:
        self.inquiry = inquiry
        self.space = inquiry.logic.space

    def show(self, field: Field, answers: Sequence[Value]) -> bool:
        """Whether, in one of the situations, some of these answers come to something else than others."""
        return any(len({self._label({**values, field.name: each}) for each in answers}) > 1 for values in self._found)

    def answers(self, field: Field) -> list[Value]:
        """An answer for each cell of a field; to a question with several answers, none and each alone."""
        if field.kind == ANY_OF:
            return [(), *((option,) for option in field.options)]
        [axis] = self.space.axes_of(field)
        return [cell.sample for cell in self.space.axes[axis].cells]

    @cached_property
    def _found(self) -> list[dict[str, Value]]:
        logic, budget = self.inquiry.logic, self.inquiry.budget
        many = len(logic.applies)
        areas = (logic.standing(place).find(budget) for place in range(0, many, many // _MOST_WITNESSES + 1))
        return [simplest_in(self.space, area, budget) for area in areas if area is not None]

    def _label(self, values: Mapping[str, Value]) -> Label:
        """What a situation gets: where there is a tree of single fields, along it, else by the definition."""
        policy, tree = self.inquiry.policy, self.inquiry.tree
        if tree is not None and not self.space.groups:
            number = tree.entry.child
            while number >= 0:
                node = tree.nodes[number]
                cell = self.space.cell_of(node.axis, values[self.space.axes[node.axis].name])
                number = next(branch.child for branch in node.branches if branch.cells >> cell & 1)
            return _outcome(policy, tree.labels[~number])
        if excluded_by(policy, values):
            return Ending.IMPOSSIBLE
        given = outcome(policy, values).verdicts
        return given[0] if len(given) == 1 else Ending.CONFLICT if given else Ending.GAP


def _few(answers: list[Value]) -> list[Value]:
    """Some of many answers, spread over all of them."""
    return answers[:: len(answers) // MOST_ANSWERS + 1]


def _answers_at(
    tree: Tree, node: Node, leaf: Sequence[int], below: Sequence[int], asked: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """The cells of a node's axis with the outcomes that they lead to; those that are told apart further down are not.

    What the same axis is asked about again at once belongs together.
    """
    waiting = list(node.branches)
    while waiting:
        branch = waiting.pop()
        if branch.child < 0:
            yield branch.cells, leaf[~branch.child]
        elif tree.nodes[branch.child].axis == node.axis:
            waiting += tree.nodes[branch.child].branches
        elif not asked[branch.child] >> node.axis & 1:
            yield branch.cells, below[branch.child]


def _outcome(policy: Policy, label: Label) -> Label:
    """The outcome of a label of the tree, which under `first` is the rule that decides."""
    is_rule = policy.decision == FIRST and isinstance(label, str)
    return policy.rule[label].then if is_rule else label  # type: ignore[index]


# The policy beside itself.


def _doubled(policy: Policy, field: Field) -> Policy:
    """The policy over another field in place of this one, which may be answered otherwise."""
    # No author can write this name.
    name = f"{field.name}'"

    def renamed(test: Condition) -> Condition:
        if isinstance(test, Compare) and test.name == field.name:
            return replace(test, name=name)
        if isinstance(test, Versus) and field.name in (test.name, test.other):
            own, other = (name if each == field.name else each for each in (test.name, test.other))
            return replace(test, name=own, other=other)
        return test

    numbers = tuple(
        replace(each, terms=tuple((name if of == field.name else of, times) for of, times in each.terms))
        for each in policy.numbers
    )
    fields = tuple(replace(each, name=name) if each is field else each for each in policy.fields)
    return replace(_mapped(policy, renamed), fields=fields, numbers=numbers)


def _answered(policy: Policy, field: Field, answer: str) -> Policy:
    """The policy where a choice has one answer."""

    def settled(test: Condition) -> Condition:
        if isinstance(test, Compare) and test.name == field.name:
            return ALWAYS if _holds(field, test, answer) else _NEVER
        return test

    return _mapped(policy, settled)


def _holds(field: Field, test: Compare, answer: str) -> bool:
    compare = COMPARE[test.op]
    if field.ordered and test.op not in ("is", "one_of"):
        return compare(field.options.index(answer), field.options.index(str(test.value)))
    return compare(answer, test.value)


def _mapped(policy: Policy, change_test: Callable[[Condition], Condition]) -> Policy:
    """The policy with every single comparison of its conditions changed in one way."""

    def changed(condition: Condition) -> Condition:
        if isinstance(condition, All | Some):
            return replace(condition, parts=tuple(map(changed, condition.parts)))
        if isinstance(condition, Not):
            return replace(condition, part=changed(condition.part))
        return change_test(condition)

    return replace(
        policy,
        facts=tuple(replace(each, when=changed(each.when)) for each in policy.facts),
        impossible=tuple(replace(each, when=changed(each.when)) for each in policy.impossible),
        rules=tuple(replace(each, when=changed(each.when)) for each in policy.rules),
    )

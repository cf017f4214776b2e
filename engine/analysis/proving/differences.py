"""What shows at a glance to make a difference? What the decision tree tells of single answers, and a few situations.

Whether an answer matters shows in the tree, nearly always: where it is asked, one answer ends in an outcome, and
another leads to a different one. What neither shows may make a difference all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from engine.analysis.describing.examples import simplest_in
from engine.analysis.proving.proof_session import Inquiry
from engine.analysis.proving.unused import used_names
from engine.language.model.condition_tree import Condition, Holds, comparisons_in
from engine.language.model.field_kinds import ANY_OF, Field, Value
from engine.language.model.policy import FIRST, Policy
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.reference import excluded_by, outcome
from engine.meaning.spaces.areas import bits
from engine.meaning.tree import Node, Tree
from engine.threads import cached_property

# Of more answers than these it is nobody's oversight that several are treated alike.
MOST_ANSWERS = 20
# So many situations are looked at before a question is asked of all.
_MOST_SAMPLES = 24


class Seen:
    """What the rules that decide read, and what the tree shows at a glance; what it does not show may be so too."""

    def __init__(self, inquiry: Inquiry, dead: set[str], redundant: set[str]) -> None:
        """`dead` and `redundant` are the names of rules that are told by themselves; complete when it is asked."""
        self.policy = inquiry.policy
        self.dead = dead
        self.redundant = redundant
        self.space = inquiry.logic.space
        self.samples = _Samples(inquiry)
        self.tree = inquiry.tree
        self._matters: set[int] = set()
        # For each axis with few cells, those that are known to lead to something else, by cell.
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
    def _masks(self) -> dict[int, set[int]]:
        """For each axis, the cells on which the tests of rules, and of the facts that they read, hold."""
        rules = [rule.when for rule in self.policy.rules if rule.name not in self.dead | self.redundant]
        conditions = [*rules, *(fact.when for fact in self.policy.facts if fact.name in self.read)]
        found: dict[int, set[int]] = {}
        for when in conditions:
            for test in comparisons_in(when):
                if not isinstance(test, Holds):
                    for axis, mask in self.space.literal(self.policy, test):
                        found.setdefault(axis, set()).add(mask)
        return found

    def bordered(self, axis: int, below: int, above: int) -> bool:
        """Whether some test ends with one cell of an axis, and some test begins with the next."""
        held = {(mask >> below & 1, mask >> above & 1) for mask in self._masks.get(axis, set())}
        return {(1, 0), (0, 1)} <= held

    def told_apart(self, axis: int) -> list[list[int]]:
        """The cells of an axis, those together that no test tells apart."""
        kinds: dict[tuple[int, ...], list[int]] = {}
        masks = self._masks.get(axis, set())
        for cell in range(len(self.space.axes[axis].cells)):
            kinds.setdefault(tuple(mask >> cell & 1 for mask in masks), []).append(cell)
        return list(kinds.values())

    def matters(self, axis: int) -> bool:
        """Whether some cells of an axis surely lead to something else than others."""
        return axis in self._matters

    def differ(self, axis: int, one: int, other: int) -> bool:
        """Whether two cells of an axis surely lead to something else."""
        known = self._differ.get(axis)
        return known is not None and bool(known[one] >> other & 1)

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


class _Samples:
    """Situations that rules spread over the policy decide: with another answer, they often get something else."""

    def __init__(self, inquiry: Inquiry) -> None:
        self.inquiry = inquiry
        self.space = inquiry.logic.space

    def show(self, field: Field, answers: Sequence[Value]) -> bool:
        """Whether, in one of the situations, some of these answers come to something else than others."""
        return any(len({self._label({**values, field.name: each}) for each in answers}) > 1 for values in self._found)

    def tell_apart(self, field: Field, axis: int, cells: tuple[int, int]) -> bool:
        """Whether one of the situations gets something else with one cell of an axis of a field than with another."""
        return any(len({self._label(self._placed(values, field, axis, cell)) for cell in cells}) > 1
                   for values in self._found)  # fmt: skip

    def _placed(self, values: Mapping[str, Value], field: Field, axis: int, cell: int) -> dict[str, Value]:
        """A situation with another answer, which lies in a cell."""
        shape = self.space.axes[axis]
        if shape.option is None:
            return {**values, field.name: shape.cells[cell].sample}
        named = values[field.name]
        assert isinstance(named, tuple)
        chosen = tuple(each for each in field.options if (cell if each == shape.option else each in named))
        return {**values, field.name: chosen}

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
        areas = (logic.standing(place).find(budget) for place in range(0, many, many // _MOST_SAMPLES + 1))
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

"""Quick evidence that answers make a difference, from the decision tree and from a few situations.

In nearly all cases the tree shows that an answer matters: at a node that asks for it, one answer always leads to an
outcome that another need not lead to. Answers without such evidence may matter all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from engine.analysis.describing.examples import simplest_in
from engine.analysis.proving.proof_session import ProofSession
from engine.language.model.condition_tree import Condition
from engine.language.model.field_kinds import ANY_OF, Field, Value
from engine.language.model.policy import FIRST, names_read
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.logic import Logic
from engine.meaning.reference import excluded_by, outcome
from engine.meaning.spaces.areas import bits
from engine.meaning.spaces.cuts import cuts_of
from engine.meaning.tree import Node, Tree
from engine.threads import cached_property

# With more answers, treating several alike is no oversight.
MOST_ANSWERS = 20
# Situations that are tried before a query over all of them.
_MOST_SAMPLES = 24


class Evidence:
    """The evidence of one policy: what its rules read, and which cells are known to lead to different outcomes."""

    def __init__(self, session: ProofSession, dead: set[str], redundant: set[str]) -> None:
        """Collect the evidence of the tree.

        `dead` and `redundant` are the names of rules that are reported by themselves and ignored here; they may still
        grow until the first query.
        """
        self.policy = session.policy
        self.dead = dead
        self.redundant = redundant
        self.logic, self.space = session.logic, session.logic.space
        self.samples = _Samples(session)
        # Another answer may also change what a step says, which is no answer.
        self.tree = session.tree if session.logic.areas.steps is None else None
        self._matters: set[int] = set()
        # For each axis with few cells: by cell, the mask of cells that are known to lead to other outcomes.
        self._differ: dict[int, list[int]] = {}
        if self.tree is not None:
            self._read(self.tree, partial(_outcome, session.logic))

    @cached_property
    def _rules(self) -> list[Condition]:
        return [rule.when for rule in self.policy.rules if rule.name not in self.dead]

    @cached_property
    def read(self) -> set[str]:
        """The fields, numbers and facts that rules read."""
        return names_read(self.policy, self._rules)

    @cached_property
    def _masks(self) -> dict[int, set[int]]:
        """For each axis the masks of the tests of rules, and of the facts and steps that they read."""
        rules = [rule.when for rule in self.policy.rules if rule.name not in self.dead | self.redundant]
        facts = [fact.when for fact in self.policy.fact.values() if fact.name in self.read]
        return cuts_of([*rules, *facts], self.policy, self.space)

    @cached_property
    def _all_masks(self) -> dict[int, set[int]]:
        """The same of what is impossible and of all facts and steps, too."""
        excluded = [each.when for each in self.policy.impossible]
        facts = [fact.when for fact in self.policy.fact.values()]
        return cuts_of([*self._rules, *excluded, *facts], self.policy, self.space)

    def bordered(self, axis: int, below: int, above: int) -> bool:
        """Whether some test ends with one cell of an axis, and some test begins with the next."""
        held = {(mask >> below & 1, mask >> above & 1) for mask in self._masks.get(axis, set())}
        return {(1, 0), (0, 1)} <= held

    def classes(self, axis: int) -> list[list[int]]:
        """Return the classes of cells of an axis that no test of a rule distinguishes."""
        return self._classes(axis, self._masks)

    def fine_classes(self, axis: int) -> list[list[int]]:
        """Return the classes of cells of an axis that no test distinguishes, so that their outcomes are the same."""
        return self._classes(axis, self._all_masks)

    def _classes(self, axis: int, tested: Mapping[int, set[int]]) -> list[list[int]]:
        kinds: dict[tuple[int, ...], list[int]] = {}
        masks = tested.get(axis, set())
        for cell in range(len(self.space.axes[axis].cells)):
            kinds.setdefault(tuple(mask >> cell & 1 for mask in masks), []).append(cell)
        return list(kinds.values())

    def matters(self, axis: int) -> bool:
        """Whether some cells of an axis are known to lead to different outcomes."""
        return axis in self._matters

    def differ(self, axis: int, one: int, other: int) -> bool:
        """Whether two cells of an axis are known to lead to different outcomes."""
        known = self._differ.get(axis)
        return known is not None and bool(known[one] >> other & 1)

    def alike(self, axis: int, one: int, other: int) -> bool:
        """Whether two cells of an axis are known to lead to the same outcomes: wherever the tree asks, to one node."""
        if self.tree is None or axis in self.logic.areas.group_of:
            return False
        return all(_child_at(node, one) == _child_at(node, other) for node in self._nodes_on.get(axis, ()))

    def differ_somewhere(self, axis: int, one: int, other: int) -> bool:
        """Whether two cells are seen to lead to different outcomes if what the tree asks below them is answered alike.

        Only a tree that asks for the axes in one order, none of them tied, is looked at.
        """
        if self.tree is None or self.logic.areas.group_of or not self._is_ordered:
            return False
        nodes, came = self.tree.nodes, partial(_outcome, self.logic)
        met: set[tuple[int, int]] = set()
        waiting = [
            (here, there)
            for node in self._nodes_on.get(axis, ())
            if (here := _child_at(node, one)) is not None and (there := _child_at(node, other)) is not None
        ]
        while waiting:
            pair = waiting.pop()
            here, there = pair
            if here == there or pair in met:
                continue
            met.add(pair)
            if here < 0 and there < 0:
                labels = self.tree.labels[~here], self.tree.labels[~there]
                if Ending.IMPOSSIBLE not in labels and came(labels[0]) != came(labels[1]):
                    return True
                continue
            asked = min(self._order[nodes[each].axis] for each in pair if each >= 0)
            ways = [
                [(branch.cells, branch.child) for branch in nodes[each].branches]
                if each >= 0 and self._order[nodes[each].axis] == asked
                else [(-1, each)]
                for each in pair
            ]
            waiting += [(a, b) for cells, a in ways[0] for others, b in ways[1] if cells & others]
        return False

    @cached_property
    def _nodes_on(self) -> dict[int, list[Node]]:
        """The nodes of the tree by the axis that they branch on."""
        assert self.tree is not None
        found: dict[int, list[Node]] = {}
        for node in self.tree.nodes:
            found.setdefault(node.axis, []).append(node)
        return found

    @cached_property
    def _order(self) -> dict[int, int]:
        return {axis: place for place, axis in enumerate(self.logic.outcomes.order)}

    @cached_property
    def _is_ordered(self) -> bool:
        """Whether the tree asks for the axes in the author's order, for each at most once on a path."""
        assert self.tree is not None
        nodes, order = self.tree.nodes, self._order
        return all(
            branch.child < 0 or order[nodes[branch.child].axis] > order[node.axis]
            for node in nodes
            for branch in node.branches
        )

    def _read(self, tree: Tree, came: Callable[[Label], Label]) -> None:
        """Collect evidence from the tree; `came` maps its labels to outcomes. Sets of outcomes are bit masks."""
        ids: dict[Label, int] = {}
        leaf = [1 << ids.setdefault(came(label), len(ids)) for label in tree.labels]
        below: list[int] = []
        asked: list[int] = []
        # Tied fields give no evidence: another answer also changes their sum, and may lead to another node.
        tied = {axis for group in self.space.groups for axis in group.field_axes}
        for node in tree.nodes:
            reached = [leaf[~branch.child] if branch.child < 0 else below[branch.child] for branch in node.branches]
            everything, axes = 0, 1 << node.axis
            for branch, labels in zip(node.branches, reached, strict=True):
                everything |= labels
                axes |= asked[branch.child] if branch.child >= 0 else 0
            below.append(everything)
            asked.append(axes)
            if node.axis in tied or everything.bit_count() == 1:
                continue
            # If one answer always leads to one outcome, any other outcome shows a difference.
            if any(labels.bit_count() == 1 for labels in reached):
                self._matters.add(node.axis)
            if len(self.space.axes[node.axis].cells) <= MOST_ANSWERS:
                self._compare(node.axis, list(_answers_at(tree, node, leaf, below, asked)))

    def _compare(self, axis: int, reached: Sequence[tuple[int, int]]) -> None:
        """Record pairs of cells of which one always leads to one outcome, and the other may lead to another."""
        for ones, labels in reached:
            if labels.bit_count() == 1:
                for others, more in reached:
                    if more & ~labels:
                        self._record_difference(axis, len(self.space.axes[axis].cells), ones, others)

    def _record_difference(self, axis: int, many: int, ones: int, others: int) -> None:
        known = self._differ.setdefault(axis, [0] * many)
        for cell in bits(ones):
            known[cell] |= others
        for cell in bits(others):
            known[cell] |= ones


def _child_at(node: Node, cell: int) -> int | None:
    """Return where a cell leads from a node; None if it is settled above that it is another one."""
    return next((branch.child for branch in node.branches if branch.cells >> cell & 1), None)


class _Samples:
    """Situations decided by rules spread over the policy: changing an answer often changes their outcome."""

    def __init__(self, session: ProofSession) -> None:
        self.session = session
        self.space = session.logic.space

    def show(self, field: Field, answers: Sequence[Value]) -> bool:
        """Whether, in one of the situations, some of these answers lead to different outcomes."""
        return any(len({self._label({**values, field.name: each}) for each in answers}) > 1 for values in self._found)

    def distinguish(self, field: Field, axis: int, cells: tuple[int, int]) -> bool:
        """Whether, in one of the situations, two cells of an axis of a field lead to different outcomes."""
        tree = self._tree
        if tree is None:
            return any(len({self._label(self._placed(values, field, axis, cell)) for cell in cells}) > 1
                       for values in self._found)  # fmt: skip

        def outcome_with(cell: int, known: Sequence[int]) -> Label:
            return self._outcome_in(tree, lambda asked: cell if asked == axis else known[asked])

        return any(len({outcome_with(cell, known) for cell in cells}) > 1 for known in self._cells)

    def _placed(self, values: Mapping[str, Value], field: Field, axis: int, cell: int) -> dict[str, Value]:
        """Return a situation with its answer moved into a cell."""
        shape = self.space.axes[axis]
        if shape.option is None:
            return {**values, field.name: shape.cells[cell].sample}
        named = values[field.name]
        assert isinstance(named, tuple)
        chosen = tuple(each for each in field.all_listed if (cell if each == shape.option else each in named))
        return {**values, field.name: chosen}

    def answers(self, field: Field) -> list[Value]:
        """Return an answer for each cell of a field; for an `any_of` field, no option and each option alone."""
        if field.kind == ANY_OF:
            return [(), *((option,) for option in field.all_listed)]
        [axis] = self.space.axes_of(field)
        return [cell.sample for cell in self.space.axes[axis].cells]

    @cached_property
    def _found(self) -> list[dict[str, Value]]:
        logic, budget = self.session.logic, self.session.budget
        many = len(logic.applies)
        areas = (logic.standing(place).find(budget) for place in range(0, many, many // _MOST_SAMPLES + 1))
        return [simplest_in(logic.areas, area, budget) for area in areas if area is not None]

    @cached_property
    def _cells(self) -> list[list[int]]:
        """The situations, each as a cell for each axis."""
        return [[self._cell(axis, values) for axis in range(len(self.space.axes))] for values in self._found]

    def _cell(self, axis: int, values: Mapping[str, Value]) -> int:
        """Return the cell of a situation on the axis of a field, or the first one on the axis of a step."""
        name = self.space.axes[axis].name
        return self.space.cell_of(axis, values[name]) if name in values else 0

    @property
    def _tree(self) -> Tree | None:
        """The tree, where it asks for the cells of fields alone."""
        return None if self.space.groups or self.session.logic.areas.steps is not None else self.session.tree

    def _label(self, values: Mapping[str, Value]) -> Label:
        """Return the outcome of a situation: by its cells if no fields are tied, otherwise by the definition."""
        policy, tree = self.session.policy, self._tree
        if tree is not None:
            return self._outcome_in(tree, lambda axis: self._cell(axis, values))
        if not self.space.groups:
            return self.session.outcome_at([self._cell(axis, values) for axis in range(len(self.space.axes))])
        if excluded_by(policy, values):
            return Ending.IMPOSSIBLE
        found = outcome(policy, values)
        if found.verdict is None or not policy.has_rule_outputs:
            return found.verdict or Ending(found.kind)
        from engine.language.model.relations.rule_outputs import yield_together

        return yield_together(policy, found.stands)

    def _outcome_in(self, tree: Tree, cell_on: Callable[[int], int]) -> Label:
        """Return the outcome that the tree gives for a situation, from its cell on each axis that is asked for."""
        number = tree.entry.child
        while number >= 0:
            node = tree.nodes[number]
            child = _child_at(node, cell_on(node.axis))
            assert child is not None
            number = child
        return _outcome(self.session.logic, tree.labels[~number])


def _answers_at(
    tree: Tree, node: Node, leaf: Sequence[int], below: Sequence[int], asked: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Iterate over the cells of a node's axis, with the bit mask of outcomes that they lead to.

    Nodes just below that branch on the same axis are included; cells that are distinguished further down are left out.
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


def _outcome(logic: Logic, label: Label) -> Label:
    """Return what is given for a label of the tree, which under `first` is the rule that decides."""
    is_rule = logic.policy.decision == FIRST and isinstance(label, str)
    return logic.given[logic.place[label]] if is_rule else label  # type: ignore[index]

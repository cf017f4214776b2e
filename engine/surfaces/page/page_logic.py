"""The decision logic embedded in a page, as JSON data: the question plan and decision diagrams for each rule.

The plan determines what to ask. For each rule, a diagram of the possible situations in which the rule stands, that is,
applies without being overridden, determines whether it decides: under some answers, a rule may decide exactly if its
diagram has a path that they allow. The possible verdicts are those of such rules; if there are none, the answers are
impossible together. A rule is certain to decide if no other rule can stand where it does not. For other rules of the
same verdict that may stand beside it, a second diagram represents the situations where they stand and it does not.

A node is a list: its axis, followed by its branches. Each branch is a list: its target, followed by the first and last
cell of each run of adjacent cells. A target is the index of a node, or `~index` of an end, a negative number.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

from engine.analysis.planning.plan import Plan
from engine.budget import Budget
from engine.language.model.condition_tree import Condition
from engine.language.model.field_kinds import NONE, NUMBER
from engine.language.model.policy import FIRST, Policy
from engine.language.model.relations.rule_outputs import verdict_in
from engine.language.model.values.value_texts import decimal_text
from engine.meaning.hit_policies import Ending
from engine.meaning.logic import Logic
from engine.meaning.queries import Query
from engine.meaning.spaces.areas import bits, runs_in
from engine.meaning.spaces.space import Space

Node = list[Any]


def axes_data(space: Space) -> list[dict[str, Any]]:
    """The axes of the space: their fields and the boundaries of their cells.

    `starts` are the lowest positions of all cells except the first, on the grid of the field or sum. `stretches` are
    the ends of the cells of a continuous number, each end with a flag for whether it is included. `none` is the cell of
    that answer, where it is no choice or text.
    """
    found = []
    for index, axis in enumerate(space.axes):
        data: dict[str, Any] = {"fields": list(axis.fields), "cells": len(axis.cells)}
        field = space.fields[axis.fields[0]]
        if axis.terms:
            data["times"] = [str(times) for _, times in axis.terms]
        if space.none_on(index) and field.none_column is not None:
            data["none"] = space.cell_of(index, NONE)
        if axis.option is not None:
            data["option"] = axis.option
        elif axis.terms or field.is_grid:
            data["starts"] = list(map(str, axis.starts))
        elif field.kind == NUMBER:
            data["stretches"] = [_interval_data(*cell.interval) for cell in axis.cells]
        found.append(data)
    return found


def _interval_data(low: Any, low_in: bool, high: Any, high_in: bool) -> list[Any]:
    """An interval as [low, low included, high, high included]; None for an open end."""
    ends = (None if end is None else decimal_text(end) for end in (low, high))
    return [next(ends), low_in, next(ends), high_in]


def groups_data(space: Space) -> list[dict[str, Any]]:
    """The groups of fields tied by sums, each with the range of positions of its fields and all its axes."""
    return [
        {
            "fields": list(group.fields),
            "box": [[None if end is None else str(end) for end in interval] for interval in group.box],
            "axes": [*group.field_axes, *(axis for axis, _ in group.sum_axes)],
        }
        for group in space.groups
    ]


def plan_data(plan: Plan) -> dict[str, Any]:
    """The plan as nodes; an end is the name of a verdict, or None if the answers are impossible together."""
    return {
        "root": plan.root,
        "steps": [[step.axis, *([way.to, *_runs(way.cells)] for way in step.ways)] for step in plan.steps],
        "ends": [None if isinstance(label, Ending) else verdict_in(label) for label in plan.endings],
        "worst": plan.worst,
    }


def _runs(mask: int) -> Iterable[int]:
    """The first and last cell of each run of adjacent cells in a bit mask, in one sequence."""
    return chain.from_iterable(runs_in(mask))


class Diagrams:
    """Exports sets of situations as decision diagrams with shared nodes; its methods raise `OutOfSteps`.

    Attributes:
        nodes: All exported nodes, in an order in which targets come before the nodes that refer to them.
    """

    def __init__(self, logic: Logic, budget: Budget) -> None:
        self.nodes: list[Node] = []
        self._logic = logic
        self._budget = budget
        self._known: dict[str, int] = {}

    def rules(self, policy: Policy) -> list[int | None]:
        """For each rule, the root of the possible situations in which it stands; None if there are none."""
        return [self._export(self._logic.standing(place)) for place in range(len(policy.rules))]

    def near(self, policy: Policy) -> list[list[int]]:
        """For each rule, the indexes of other rules with the same verdict that may stand where it applies."""
        if policy.decision == FIRST:
            return [[] for _ in policy.rules]
        then = [rule.then for rule in policy.rules]
        return [
            [other for other in bits(self._logic.neighbours(place)) if then[other] == verdict]
            for place, verdict in enumerate(then)
        ]

    def falls(self, near: list[list[int]]) -> list[int | None]:
        """For each rule, the root of the possible situations in which a rule near it stands and it does not."""
        return [self._fall(place, others) if others else None for place, others in enumerate(near)]

    def _fall(self, place: int, others: list[int]) -> int | None:
        """The root for one rule and the rules near it."""
        logic, formulas = self._logic, self._logic.formulas
        stands = [logic.stands(each) for each in others]
        return self._export(logic.query([formulas.negation[logic.stands(place)], formulas.disjunction(stands)]))

    def impossible(self) -> list[tuple[int | None, int | None]]:
        """For each impossible combination, the roots of the situations that match it and of all others."""
        logic = self._logic
        negation = logic.formulas.negation
        return [
            (self._export(logic.query_of_all([each])), self._export(logic.query_of_all([negation[each]])))
            for each in logic.impossible
        ]

    def root(self, condition: Condition) -> int | None:
        """The root of the possible situations in which a condition holds."""
        return self._export(self._logic.possible(self._logic.condition(condition)))

    def asked(self, policy: Policy) -> dict[str, int | None]:
        """For each field with `applies_when`, the root of the possible situations in which it is asked."""
        return {field.name: self.root(field.applies_when) for field in policy.fields if field.applies_when is not None}

    def _export(self, query: Query) -> int | None:
        """Export the situations of a query; returns the root, or None if there are none."""
        tree = query.tree(self._budget)
        if tree is None:
            return None
        places: list[int | None] = []

        def place(child: int) -> int | None:
            if child < 0:
                return ~0 if query.wanted(tree.labels[~child]) else None
            return places[child]

        for node in tree.nodes:
            ways = [(branch.cells, place(branch.child)) for branch in node.branches]
            places.append(self._node(node.axis, [(cells, to) for cells, to in ways if to is not None]))
        way_in = place(tree.entry.child)
        for axis, cells in query.core.items():
            if way_in is not None:
                way_in = self._node(axis, [(cells, way_in)])
        return way_in

    def _node(self, axis: int, ways: list[tuple[int, int]]) -> int | None:
        """The index of a node with these branches, given as (cells, target).

        Existing nodes are reused, and redundant ones skipped.
        """
        if not ways:
            return None
        cells: dict[int, int] = {}
        for mask, to in ways:
            cells[to] = cells.get(to, 0) | mask
        if len(cells) == 1 and cells[ways[0][1]] == self._logic.space.axes[axis].full:
            return ways[0][1]
        node = [axis, *([to, *_runs(mask)] for to, mask in cells.items())]
        name = repr(node)
        if name not in self._known:
            self._known[name] = len(self.nodes)
            self.nodes.append(node)
        return self._known[name]

"""What must a page know to ask and to decide as the library does? The plan, and a diagram for each rule, as JSON data.

The plan says what to ask. Which rules decide is asked of diagrams: of every rule the possible situations in which it
stands. A rule decides for some answers exactly if its diagram has a way through that they allow; the verdict is that
of such rules, and where there are none the answers cannot come together. Of such rules one is sure to decide if no
other stands where it does not: for others that may stand beside it, a second diagram tells where that is so.

A node is a list: its axis, then its ways, each a list of where it leads to and of the first and last cell of every run
of neighbouring cells. It leads to another node (its place in the list) or to an end (~ its number).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.analysis.planning.plan import Plan
from engine.budget import Budget
from engine.language.model.field_kinds import NUMBER
from engine.language.model.policy import FIRST, Policy
from engine.language.model.values import decimal_text
from engine.meaning.logic import Logic
from engine.meaning.queries import Question
from engine.meaning.spaces.areas import bits
from engine.meaning.spaces.space import Space

Node = list[Any]


def axes_data(space: Space) -> list[dict[str, Any]]:
    """Each axis: whose it is, and where its cells begin.

    `starts` are the first positions of all cells but the first, on the grid of a field or of a sum of positions;
    `stretches` the ends of a continuous number's cells, and whether they belong to it.
    """
    coefficients: dict[int, dict[str, int]] = {}
    for group in space.groups:
        for at, weights in group.sum_axes:
            coefficients[at] = {name: times for name, times in zip(group.fields, weights, strict=True) if times}
    found = []
    for place, axis in enumerate(space.axes):
        data: dict[str, Any] = {"fields": list(axis.fields), "cells": len(axis.cells)}
        field = space.fields[axis.fields[0]]
        if place in coefficients:
            data["times"] = [str(coefficients[place][name]) for name in axis.fields]
        if axis.option is not None:
            data["option"] = axis.option
        elif place in coefficients or field.is_grid:
            data["starts"] = [str(cell.interval[0]) for cell in axis.cells[1:]]
        elif field.kind == NUMBER:
            data["stretches"] = [_stretch(*cell.interval) for cell in axis.cells]
        found.append(data)
    return found


def _stretch(low: Any, low_in: bool, high: Any, high_in: bool) -> list[Any]:
    ends = (None if end is None else decimal_text(end) for end in (low, high))
    return [next(ends), low_in, next(ends), high_in]


def groups_data(space: Space) -> list[dict[str, Any]]:
    """The fields that share sums, each group with its fields' first and last positions and all its axes."""
    return [
        {
            "fields": list(group.fields),
            "box": [[None if end is None else str(end) for end in interval] for interval in group.box],
            "axes": [*group.field_axes, *(axis for axis, _ in group.sum_axes)],
        }
        for group in space.groups
    ]


def plan_data(plan: Plan) -> dict[str, Any]:
    """The plan: its steps as nodes; an end is the name of a verdict, or nothing where the answers cannot happen."""
    return {
        "root": plan.root,
        "steps": [[step.axis, *([way.to, *_runs(way.cells)] for way in step.ways)] for step in plan.steps],
        "ends": [label if isinstance(label, str) else None for label in plan.endings],
        "worst": plan.worst,
    }


def _runs(mask: int) -> Iterable[int]:
    """The first and last cell of every run of neighbours."""
    turns = bits(mask ^ (mask << 1))
    return (turn - place % 2 for place, turn in enumerate(turns))


class Diagrams:
    """Writes the situations that questions ask for down as nodes that all of them share; raises `OutOfSteps`."""

    def __init__(self, logic: Logic, budget: Budget) -> None:
        self.nodes: list[Node] = []
        self._logic = logic
        self._budget = budget
        self._known: dict[str, int] = {}

    def rules(self, policy: Policy) -> list[int | None]:
        """For every rule the way into the possible situations in which it stands; None where there are none."""
        return [self._written(self._logic.standing(place)) for place in range(len(policy.rules))]

    def near(self, policy: Policy) -> list[list[int]]:
        """For every rule the others of its verdict that may stand where it applies."""
        if policy.decision == FIRST:
            return [[] for _ in policy.rules]
        then = [rule.then for rule in policy.rules]
        return [
            [other for other in bits(self._logic.neighbours(place)) if then[other] == verdict]
            for place, verdict in enumerate(then)
        ]

    def falls(self, near: list[list[int]]) -> list[int | None]:
        """For every rule the way into the possible situations in which one that is near stands and it does not."""
        return [self._fall(place, others) if others else None for place, others in enumerate(near)]

    def _fall(self, place: int, others: list[int]) -> int | None:
        logic, formulas = self._logic, self._logic.formulas
        stands = [logic.stands(each) for each in others]
        return self._written(logic.question([formulas.negation[logic.stands(place)], formulas.disjunction(stands)]))

    def impossible(self) -> list[tuple[int | None, int | None]]:
        """For every impossible combination the ways into the situations that show it, and into all others."""
        logic = self._logic
        negation = logic.formulas.negation
        return [
            (self._written(logic.question_of_all([each])), self._written(logic.question_of_all([negation[each]])))
            for each in logic.impossible
        ]

    def _written(self, question: Question) -> int | None:
        tree = question.tree(self._budget)
        if tree is None:
            return None
        places: list[int | None] = []

        def place(child: int) -> int | None:
            if child < 0:
                return ~0 if question.wanted(tree.labels[~child]) else None
            return places[child]

        for node in tree.nodes:
            ways = [(branch.cells, place(branch.child)) for branch in node.branches]
            places.append(self._node(node.axis, [(cells, to) for cells, to in ways if to is not None]))
        way_in = place(tree.entry.child)
        for axis, cells in question.core.items():
            if way_in is not None:
                way_in = self._node(axis, [(cells, way_in)])
        return way_in

    def _node(self, axis: int, ways: list[tuple[int, int]]) -> int | None:
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

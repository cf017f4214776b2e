"""Which full record shows a finding best? Built from the fewest answers that show it, all others at their simplest.

The answers that matter are found on the shortest path to the finding, then tried one by one: an answer is left out
when every possible situation with the remaining ones shows the finding too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from engine.frozen import FrozenDict
from engine.language.policy import ANY_OF, INTEGER, NUMBER, Field, Value
from engine.language.values import grid_value
from engine.meaning.budget import Budget
from engine.meaning.lattice import nearest
from engine.meaning.logic import Logic
from engine.meaning.space import Group
from engine.meaning.tree import Branch, Solver, paid


@dataclass(frozen=True)
class Example:
    """A complete situation in file order, and the fields whose answers alone already show the finding."""

    values: FrozenDict[str, Value]
    shows: tuple[str, ...]


def example(logic: Logic, solver: Solver, formula: int, budget: Budget) -> Example:
    """The situation that best shows a formula which some possible situation satisfies; raises `OutOfSteps`."""
    formulas = logic.formulas
    wanted = formulas.conjunction([logic.possible, formula])
    unwanted = formulas.conjunction([logic.possible, formulas.negation[formula]])
    tested = _tested(logic, solver.shortest_path(wanted, budget))
    first = simplest(logic, wanted, {}, budget, last=tested)
    shows = [name for name in logic.space.fields if name in tested]
    for name in reversed(shows):
        fewer = {each: first[each] for each in shows if each != name}
        if not _some(logic, unwanted, fewer, budget):
            shows.remove(name)
    kept = {name: first[name] for name in shows}
    return Example(FrozenDict(simplest(logic, wanted, kept, budget)), tuple(shows))


def _some(logic: Logic, formula: int, values: dict[str, Value], budget: Budget) -> bool:
    """Whether some situation with these answers satisfies the formula."""
    solver = Solver(logic.formulas, {name: value for name, value in values.items() if name in logic.space.entangled})
    return solver.satisfiable(solver.known(formula, values), budget)


def _tested(logic: Logic, path: Iterable[tuple[int, Branch]]) -> set[str]:
    """The fields that a path asks about."""
    space = logic.space
    found: set[str] = set()
    for dimension, branch in path:
        if dimension < len(space.axes):
            found.update(space.axes[dimension].fields)
            continue
        group = space.groups[dimension - len(space.axes)]
        region = branch.regions[0]
        found.update(name for name, now, whole in zip(group.fields, region.box, group.box, strict=True) if now != whole)
        for strip in region.strips:
            found.update(name for name, weight in zip(group.fields, strip.coefficients, strict=True) if weight)
    return found


def simplest(
    logic: Logic, formula: int, known: Mapping[str, Value], budget: Budget, last: Collection[str] = ()
) -> dict[str, Value]:
    """The simplest situation with these answers that satisfies the formula; there must be one.

    The fields in `last` are settled last, so that the others can all be simple; entangled fields are settled together.
    """
    space = logic.space
    values = dict(known)
    solver = Solver(logic.formulas, {name: value for name, value in known.items() if name in space.entangled})
    rest = solver.known(formula, known)
    free = [field for name, field in space.fields.items() if name not in known and name not in space.entangled]
    for field in sorted(free, key=lambda each: each.name in last):
        rest, values[field.name] = _settle(logic, solver, rest, field, budget)
    for index, group in enumerate(space.groups):
        rest, positions = _settle_group(solver, rest, index, group, budget)
        for name, position in zip(group.fields, positions, strict=True):
            values.setdefault(name, grid_value(space.fields[name], position))
    return {name: values[name] for name in space.fields}


def _settle(logic: Logic, solver: Solver, formula: int, field: Field, budget: Budget) -> tuple[int, Value]:
    """What is left of the formula with the field at its simplest value that allows it, and that value."""
    space, formulas = logic.space, logic.formulas
    chosen: list[str] = []
    value: Value = ()
    for axis in space.axes_of(field):
        cells = space.axes[axis].cells
        for cell in sorted(range(len(cells)), key=lambda each: _simplicity(field, each, cells[each].sample)):
            left = formulas.restrict(formula, axis, cell)
            if solver.satisfiable(left, budget):
                formula, value = left, cells[cell].sample
                break
        option = space.axes[axis].option
        if option is not None and value is True:
            chosen.append(option)
    return formula, tuple(chosen) if field.kind == ANY_OF else value


def _simplicity(field: Field, cell: int, sample: object) -> tuple[object, int]:
    """First choice, no, nearest to 0, earliest: where cells go up from the lowest, only numbers need a second look."""
    if field.kind in (INTEGER, NUMBER):
        return abs(sample), -cell  # type: ignore[arg-type]
    return 0, cell


def _settle_group(
    solver: Solver, formula: int, index: int, group: Group, budget: Budget
) -> tuple[int, tuple[int, ...]]:
    """What is left of the formula with a group at its simplest point that allows it, and that point."""
    best: tuple[tuple[int, ...], int, tuple[int, ...]] | None = None
    for branch in solver.ways_through(formula, index, budget):
        if not solver.satisfiable(branch.child, budget):
            continue
        for region in branch.regions:
            point = paid(lambda within, own: nearest(within, group.targets, own), region, budget)
            if point is None:
                continue
            distance = tuple(abs(each - target) for each, target in zip(point, group.targets, strict=True))
            if best is None or distance < best[0]:
                best = distance, branch.child, point
    if best is None:
        raise AssertionError("a satisfiable formula has no point in a group")
    return best[1], best[2]

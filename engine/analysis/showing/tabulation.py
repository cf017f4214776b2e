"""The computation of decision tables: rows with one outcome each that together cover all possible situations.

Disjoint rows use fields only; short rows may overlap and use the author's facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf
from typing import TYPE_CHECKING, TypeAlias

from engine.analysis.deciding.completions import NO_RULES, Deciding, standing_in
from engine.analysis.describing.named_bounds import name_bounds
from engine.analysis.proving.proof_session import STEPS
from engine.analysis.showing.decision_table import Column, DecisionTable, Row
from engine.analysis.showing.short_rows import find_short_rows, when_of
from engine.analysis.showing.table_rows import Found, find_rows
from engine.budget import Budget, OutOfSteps, attempt
from engine.frozen import NamedTuple
from engine.language.model.arguments import require_flag, require_number
from engine.language.model.condition_tree import All, Condition, all_of
from engine.language.model.policy import Policy, require_policy
from engine.language.model.ranges import Subject, range_words, subject_of, subject_words
from engine.language.model.relations.rule_outputs import Yield, verdict_in
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.logic import Logic, logic_of
from engine.meaning.outcomes import CONFLICT, DECIDED, GAP
from engine.meaning.queries import YES
from engine.meaning.spaces.areas import Area
from engine.meaning.spaces.wording import condition_of
from engine.problems import UnsoundError
from engine.progress import tell_observer

if TYPE_CHECKING:
    from engine.analysis.showing.step_faults import StepFaults

MOST_ROWS = 1_000
# Steps for reducing the number of rows.
_FURTHER = 120_000
_TITLES: dict[Label, str] = {Ending.GAP: "Gap: no verdict", Ending.CONFLICT: "Conflict: the rules disagree"}


def tabulate(policy: Policy, *, rows: int | None = MOST_ROWS, disjoint: bool = True) -> DecisionTable:
    """Compute a decision table of a policy.

    A policy that is not sound has a table too: gaps and conflicts are rows of it.

    Args:
        policy: The policy, from `load`.
        rows: Largest number of rows to list; None for all.
        disjoint: Make rows of which no two overlap. Otherwise rows are shorter and usually fewer, use the policy's
            facts, and may overlap where they agree; if there are too many of those, the table is disjoint all the same.

    Returns:
        The table.

    Raises:
        UnsoundError: The step limit was reached.
        TypeError: `policy` is not a policy, `rows` is not an integer, or `disjoint` is not a bool.
        ValueError: `rows` is negative.

    Example:
        >>> from engine import load, tabulate
        >>> policy = load("other-interviews")
        >>> tabulate(policy).total, tabulate(policy, disjoint=False).total
        (20, 6)
    """
    require_policy(policy, "tabulate")
    if rows is not None:
        require_number(rows, "tabulate", "rows", 0, f"leave it out for {MOST_ROWS:,}, or take None for all")
    require_flag(disjoint, "tabulate", "disjoint", True)
    with policy.lock:
        tell_observer("the rows of the table")
        logic = logic_of(policy)
        try:
            short = None if disjoint else _short(logic)
            if short is not None:
                return _Tabler(logic, short).table(rows)
            return _Tabler(logic, _disjoint(logic, rows)).table(rows)
        except OutOfSteps:
            message = f"no table of the policy was found within {STEPS:,} steps"
            raise UnsoundError.of("not-proved", message, policy.place, "make the policy smaller") from None


# What a row states beside its condition: the rules, and the number of situations.
_Told: TypeAlias = tuple[Deciding | None, int | None]


class _Found(NamedTuple):
    """Areas with their outcomes over the space of `seen`.

    `says` gives the condition of each, `tells` what stands beside it.
    """

    seen: Logic
    found: Found
    overlapping: bool
    says: Callable[[Area], All]
    tells: Callable[[Label, Area], _Told]


def _disjoint(logic: Logic, most: int | None) -> _Found:
    """Return disjoint rows of fields only; raises `OutOfSteps`."""
    found = find_rows(logic, most, Budget(STEPS), Budget(_FURTHER))
    asking, counting = Budget(STEPS), Budget(STEPS)

    def tells(label: Label, area: Area) -> _Told:
        return _deciding_in(logic, label, area, asking), _counted(lambda: logic.areas.size(area, counting), logic)

    return _Found(logic, found, False, lambda area: condition_of(logic.policy, logic.areas, area), tells)


def _short(logic: Logic) -> _Found | None:
    """Return short rows in terms of the author's facts; None if there are too many or the steps run out."""
    short = attempt(find_short_rows, logic, Budget(STEPS))
    if short is None:
        return None
    opened, found, overlapping = short
    asking, counting = Budget(STEPS), Budget(STEPS)

    def says(area: Area) -> All:
        return when_of(logic, opened, area)

    def tells(label: Label, area: Area) -> _Told:
        formula = logic.condition(says(area))
        query = logic.possible(formula)
        return _deciding_where(logic, label, formula, asking), _counted(lambda: query.count(counting), logic)

    return _Found(opened, found, overlapping, says, tells)


def _near(logic: Logic, label: Label, masks: Callable[[int], int]) -> Iterator[int]:
    """Iterate over the rules, by index, that may stand in these cells.

    Unless it is a conflict, only those of the verdict.
    """
    for place, rule in enumerate(logic.policy.rules):
        tests = logic.formulas.terms(logic.applies[place])[0]
        if (label is Ending.CONFLICT or rule.then == verdict_in(label)) and all(
            masks(axis) & mask for axis, mask in tests.items()
        ):
            yield place


def _deciding_in(logic: Logic, label: Label, area: Area, budget: Budget) -> Deciding | None:
    """Return the rules that stand in all or some situations of an area; None if the steps run out."""
    if label is Ending.GAP:
        return NO_RULES
    return attempt(standing_in, logic, _near(logic, label, area.masks.__getitem__), area, budget)


def _deciding_where(logic: Logic, label: Label, formula: int, budget: Budget) -> Deciding | None:
    """Return the rules that stand in all or some possible situations of a formula; None if the steps run out."""
    if label is Ending.GAP:
        return NO_RULES
    core = logic.formulas.terms(formula)[0]
    near = _near(logic, label, lambda axis: core.get(axis, logic.areas.whole.masks[axis]))
    stands = {logic.policy.rules[place].name: logic.stands(place) for place in near}
    fails = logic.formulas.negation
    try:
        some = [name for name, stand in stands.items() if logic.query([formula, stand]).exists(budget)]
        every = [name for name in some if not logic.query([formula, fails[stands[name]]]).exists(budget)]
    except OutOfSteps:
        return None
    return Deciding(tuple(every), tuple(name for name in some if name not in every))


def _counted(count: Callable[[], int], logic: Logic) -> int | None:
    return attempt(count) if logic.space.countable else None


class _Tabler:
    """Converts areas to the rows of a table."""

    def __init__(self, logic: Logic, rows: _Found) -> None:
        self.logic = logic
        self.policy = logic.policy
        self.rows = rows
        self.asking = Budget(STEPS)

    def table(self, most: int | None) -> DecisionTable:
        """Return the table with at most `most` rows; None for all."""
        policy = self.policy
        said = [(label, area, self._by_subject(area)) for label, area in self.rows.found.areas]
        tested = {subject for _, _, cells in said for subject in cells}
        subjects = sorted(tested, key=self._rank)
        outcomes = {label: place for place, label in enumerate([*policy.verdict, Ending.GAP, Ending.CONFLICT])}
        said.sort(
            key=lambda row: (
                outcomes[verdict_in(row[0])] if self.rows.overlapping else 0,
                [self._position(row[1], subject, row[2].get(subject)) for subject in subjects],
            )
        )
        counts = self._counts()
        return DecisionTable(
            policy=policy.name,
            sha256=policy.sha256,
            title=policy.title,
            columns=tuple(Column(subject, subject_words(policy, subject)) for subject in subjects),
            rows=tuple(self._row(label, area, [cells.get(each) for each in subjects])
                       for label, area, cells in said[:most]),
            total=self.rows.found.total,
            situations=None if counts is None else sum(many for label, many in counts.items() if _is_possible(label)),
            left_out=None if counts is None else self._left_out(counts),
            disjoint=not self.rows.overlapping,
        )  # fmt: skip

    def _by_subject(self, area: Area) -> dict[Subject, Condition]:
        """Return the condition of an area on each field, derived number, fact or pair of fields."""
        found: dict[Subject, list[Condition]] = {}
        for part in self.rows.says(area).parts:
            found.setdefault(subject_of(part), []).append(part)
        return {subject: all_of(parts) for subject, parts in found.items()}

    def _rank(self, subject: Subject) -> tuple[int, ...]:
        """Order columns: facts in file order, fields in asking order, numbers in file order, pairs of fields."""
        if len(subject) > 1:
            return 3, *(list(self.policy.field).index(name) for name in subject)
        if subject[0] in self.policy.fact:
            return 0, list(self.policy.fact).index(subject[0])
        if subject[0] in self.policy.number:
            return 2, list(self.policy.number).index(subject[0])
        return 1, self.policy.asking_order.index(self.policy.field[subject[0]])

    def _position(self, area: Area, subject: Subject, cell: Condition | None) -> tuple[float, ...]:
        """Return the sort key of a row by one column: the lowest cells first, rows without a condition last."""
        space = self.rows.seen.space
        if cell is None:
            return (inf,)
        if len(subject) == 1 and subject[0] in space.fields:
            axes = space.axes_of(space.fields[subject[0]])
        else:
            axes = [axis for axis, shape in enumerate(space.axes) if len(shape.fields) > 1]
        return tuple(float((mask & -mask).bit_length()) for mask in (area.masks[axis] for axis in axes))

    def _row(self, label: Label, area: Area, cells: list[Condition | None]) -> Row:
        """Return the row of an area."""
        policy = self.policy
        verdict = None if isinstance(label, Ending) else policy.verdict[verdict_in(label)]
        deciding, situations = self.rows.tells(label, area)
        title = _TITLES[label] if verdict is None else verdict.title
        steps: tuple[str, ...] = ()
        if isinstance(label, Ending) and policy.steps:
            from engine.analysis.showing.step_faults import faults_in

            faults = faults_in(self.logic, label, self.logic.condition(self.rows.says(area)), self.asking)
            if faults is not None:
                steps, title = faults.steps, faults.title(label)
                deciding = _with_rules_of_steps(deciding, faults)
        return Row(
            cells=tuple(cells),
            words=tuple("" if cell is None else range_words(policy, name_bounds(policy, cell)) for cell in cells),
            outcome=GAP if label is Ending.GAP else CONFLICT if label is Ending.CONFLICT else DECIDED,
            verdict=None if verdict is None else verdict.name,
            title=title,
            rules=None if deciding is None else deciding.certain,
            situations=situations,
            possible_rules=() if deciding is None else deciding.possible,
            output=label.output if isinstance(label, Yield) else None,
            steps=steps,
        )

    def _left_out(self, counts: dict[Label, int]) -> int | None:
        """Return how many situations the author calls impossible, of those in which every question is asked rightly."""
        if not any(each.implied_by for each in self.policy.impossible):
            return counts.get(Ending.IMPOSSIBLE, 0)
        logic = self.logic
        said = list(zip(self.policy.impossible, logic.impossible, strict=True))
        implied = [formula for each, formula in said if each.implied_by]
        written = logic.formulas.disjunction(formula for each, formula in said if not each.implied_by)
        return attempt(logic.question(implied, [written], (), [], YES).count, Budget(STEPS))

    def _counts(self) -> dict[Label, int] | None:
        areas = self.logic.areas
        if not self.logic.space.countable:
            return None
        tree = attempt(self.logic.yields.grow, areas.whole, Budget(STEPS))
        return None if tree is None else attempt(tree.counts, areas, Budget(STEPS))


def _with_rules_of_steps(deciding: Deciding | None, faults: StepFaults) -> Deciding | None:
    """Return the rules that disagree in a row, of steps and of the policy; None if some are not settled."""
    if not faults.is_own:
        return faults.rules
    if deciding is None:
        return None
    return Deciding(faults.rules.certain, (*faults.rules.possible, *deciding.certain, *deciding.possible))


def _is_possible(label: Label) -> bool:
    return label is not Ending.IMPOSSIBLE

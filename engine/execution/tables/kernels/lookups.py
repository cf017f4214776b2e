"""Deciding complete rows of large policies by lookups of their cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from engine.budget import Budget
from engine.execution.output_cells import cells_together
from engine.execution.tables.columns.answers import Array
from engine.execution.tables.columns.field_columns import FieldColumn
from engine.execution.tables.kernels.level_tables import Automaton, find_automaton
from engine.execution.tables.kernels.table_verdicts import (
    NONE,
    Coded,
    TableVerdicts,
    from_codes,
    rules_text,
)
from engine.execution.tables.kernels.tree_walk import TreeWalk, build_walk
from engine.language.model.policy import Policy
from engine.meaning.descent import Descent
from engine.meaning.hit_policies import Label
from engine.meaning.logic import Logic, logic_of
from engine.meaning.outcomes import IMPOSSIBLE
from engine.threads import ForkLock

# Level tables are several times as fast as a tree walk but can take seconds to build, which pays from this many rows
# on.
_WORTH = 20_000_000


class _Machine:
    """Maps rows to labels: by a tree walk first, and by level tables, if possible, once many rows are expected."""

    def __init__(self, policy: Policy, descent: Callable[[Logic], Descent], walk: TreeWalk) -> None:
        self._policy = policy
        self._descent = descent
        self._way: TreeWalk | Automaton = walk
        self._expected = 0
        self._lock = ForkLock()

    def expect(self, rows: int) -> None:
        """Announce further rows; builds the level tables if enough rows are expected."""
        with self._lock:
            before, self._expected = self._expected, self._expected + rows
            if before < _WORTH <= self._expected:
                with self._policy.lock:
                    self._way = find_automaton(self._descent(logic_of(self._policy))) or self._way

    def ends(self, columns: Mapping[str, FieldColumn], rows: int) -> tuple[Array, tuple[Label, ...]]:
        """The label index of each row, and the labels."""
        way = self._way
        return way.ends(columns, rows), way.labels


class Lookups:
    """Decides rows whose answers are all present and valid: their verdicts and, if requested, rules and outputs."""

    def __init__(
        self, policy: Policy, verdicts: _Machine, rules: _Machine | None, outputs: tuple[str, ...] = ()
    ) -> None:
        """Prepare deciding; `outputs` are the columns of outputs to fill, which need the machine of rules."""
        self._policy = policy
        self._outputs = outputs
        self._names = tuple(policy.verdict)
        self._place = {name: place for place, name in enumerate(self._names)}
        self._verdicts = verdicts
        self._rules = rules

    def expect(self, rows: int) -> None:
        """Announce further rows."""
        self._verdicts.expect(rows)
        if self._rules is not None:
            self._rules.expect(rows)

    def decide(self, columns: Mapping[str, FieldColumn], rows: int) -> TableVerdicts:
        """The verdicts of a block of rows; arbitrary for rows with missing or wrong answers."""
        ends, labels = self._verdicts.ends(columns, rows)
        places = [self._place.get(label, NONE) if isinstance(label, str) else NONE for label in labels]
        codes = np.take(np.array(places, np.min_scalar_type(-len(self._names) - 1)), ends)
        problem = Coded(np.where(codes == NONE, 0, NONE), (IMPOSSIBLE,)) if NONE in places else None
        if self._rules is None:
            return from_codes(self._names, codes, problem, None)
        ends, labels = self._rules.ends(columns, rows)
        rules = _take([rules_text(label) if isinstance(label, tuple) else None for label in labels], ends)
        cells = [
            cells_together(self._policy, [label]) if self._outputs and isinstance(label, tuple) else None
            for label in labels
        ]
        outputs = {
            name: _take([None if each is None else each[place] for each in cells], ends)
            for place, name in enumerate(self._outputs)
        }
        return from_codes(self._names, codes, problem, rules, outputs=outputs)


def _take(of_labels: Sequence[str | None], ends: Array) -> Coded:
    """The column of the texts that belong to the labels that rows end in; None is no text."""
    texts: dict[str, int] = {}
    places = [NONE if text is None else texts.setdefault(text, len(texts)) for text in of_labels]
    return Coded(np.take(np.array(places, np.int32), ends), tuple(texts))


def find_lookups(policy: Policy, rules: bool, steps: int, outputs: tuple[str, ...] = ()) -> Lookups | None:
    """The lookups of a policy, `outputs` as in `Lookups`; None if they would be too large. Raises `OutOfSteps`."""
    with policy.lock:
        verdicts = _machine(policy, lambda logic: logic.outcomes, steps)
        deciding = _machine(policy, lambda logic: logic.standings, steps) if rules else None
    if verdicts is None or (rules and deciding is None):
        return None
    return Lookups(policy, verdicts, deciding, outputs)


def _machine(policy: Policy, descent: Callable[[Logic], Descent], steps: int) -> _Machine | None:
    """The machine of one descent; None if it would be too large."""
    found = descent(logic_of(policy))
    walk = build_walk(found.areas.space, found.grow(found.areas.whole, Budget(steps)))
    return None if walk is None else _Machine(policy, descent, walk)

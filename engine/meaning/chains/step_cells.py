"""The cells of a step's axis: all that its rules give, each an outcome with the outputs that numbers read."""

from __future__ import annotations

from typing import Any

from engine.language.model.policy import FIRST, Policy
from engine.language.model.relations.decision_steps import (
    CONFLICT,
    GAP,
    DecisionStep,
    fault_fact,
    outcome_fact,
    output_fact,
)
from engine.language.model.relations.rule_outputs import Yield, output_of
from engine.language.model.values.plain_amounts import amount_text
from engine.meaning.hit_policies import Ending, Label


class StepCells:
    """The cells of a step's axis: in the order of the outcomes, then one for a gap, and one for a conflict.

    `names` are those of the cells, and `masks` say in which cells a fact about what the step gives holds, by its name.
    """

    def __init__(self, step: DecisionStep) -> None:
        self.step = step
        # An outcome that no rule gives comes alone.
        given: dict[str, dict[tuple[str, ...], None]] = {option: {} for option in step.options}
        for rule in step.rules:
            given[rule.then].setdefault(tuple(by_rule[rule.name] for by_rule in step.amounts.values()))
        cells = [(option, amounts) for option, found in given.items() for amounts in found or ((),)]
        self._place = {cell: place for place, cell in enumerate(cells)}
        self.first_fault = len(cells)
        self.names = (*(", ".join((option, *amounts)) for option, amounts in cells), GAP, CONFLICT)
        self.masks = {fault_fact(step.name, GAP): 1 << len(cells), fault_fact(step.name, CONFLICT): 2 << len(cells)}
        for place, (option, amounts) in enumerate(cells):
            facts = [outcome_fact(step.name, option)]
            facts += [output_fact(step.name, *each) for each in zip(step.amounts, amounts, strict=False)]
            for fact in facts:
                self.masks[fact] = self.masks.get(fact, 0) | 1 << place

    def cell_of(self, inner: Policy, label: Label) -> int:
        """Return the cell for a label of the step's tree; impossible situations may have any.

        Args:
            inner: The policy that decides the step.
            label: What is given, or the rule that decides, or an `Ending`.
        """
        if label in (Ending.GAP, Ending.CONFLICT):
            return self.first_fault + (label is Ending.CONFLICT)
        if label is Ending.IMPOSSIBLE:
            return 0
        output: Any
        if inner.decision == FIRST:
            rule = inner.rule[str(label)]
            outcome, output = rule.then, output_of(inner, rule)
        elif isinstance(label, Yield):
            outcome, output = label.verdict, label.output
        else:
            outcome, output = str(label), inner.verdict[str(label)].output
        return self._place[outcome, tuple(amount_text(output[name]) for name in self.step.amounts)]

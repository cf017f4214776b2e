"""The columns of steps and outputs in tables and queries: their names, and the text in each cell of an output."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from engine.language.model.policy import Policy
from engine.language.model.relations.rule_outputs import output_names, outputs_over
from engine.language.model.values.computed_outputs import ComputedOutput
from engine.language.model.values.value_texts import decimal_text


class AmountCell(str):
    """The text in a cell whose amount is still to be worked out; it is equal to no text that is given back."""

    __slots__ = ("computed",)
    computed: ComputedOutput

    @classmethod
    def of(cls, computed: ComputedOutput) -> AmountCell:
        """Return the cell of an output that is worked out."""
        cell = cls(computed)
        cell.computed = computed
        return cell

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AmountCell) and self.computed == other.computed

    def __hash__(self) -> int:
        return hash(self.computed)


# The column of an output without names, and what the other columns begin with.
OUTPUT = "output"


def step_column(step: str) -> str:
    """Return the name of the column for the outcome of a step."""
    return f"steps.{step}"


def output_columns(policy: Policy) -> tuple[str, ...]:
    """Return the names of the columns that hold the outputs of a policy: `output.NAME` for each of them.

    The column `output` holds the outputs of verdicts that have no names.
    """
    columns = [f"{OUTPUT}.{name}" for name in output_names(policy)]
    is_unnamed = any(not isinstance(verdict.output, dict | None) for verdict in policy.verdicts)
    return (*columns, OUTPUT) if is_unnamed else tuple(columns)


def output_cells(policy: Policy, output: Any) -> tuple[str | None, ...]:
    """Return the text in each of the `output_columns`, for the outputs of a decision; None for an empty cell."""
    given = output if isinstance(output, dict) else {OUTPUT: output}
    prefix = f"{OUTPUT}." if isinstance(output, dict) else ""
    cells = {f"{prefix}{name}": cell_text(value) for name, value in given.items()}
    return tuple(cells.get(column) for column in output_columns(policy))


def cells_together(policy: Policy, standing: list[tuple[str, ...]]) -> tuple[str | None, ...]:
    """Return the text in each of the `output_columns` for a row, by the rules that stand in each of its completions."""
    return output_cells(policy, outputs_over(policy, standing)[0])


def cell_text(value: Any) -> str | None:
    """Write the value of an output as the text of a cell: text as it is, other data as JSON; None if there is none."""
    if isinstance(value, ComputedOutput):
        return AmountCell.of(value)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        return decimal_text(Decimal(repr(value)))
    return json.dumps(value, ensure_ascii=False)

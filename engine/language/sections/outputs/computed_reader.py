"""Reader for outputs that are worked out: `{number: charged, round: {to: 0.01, mode: half_up}}`."""

from __future__ import annotations

from typing import Any

from engine.language.documents.nodes import Mapping, Node, Scalar
from engine.language.model.values.computed_outputs import ComputedOutput
from engine.language.model.values.misfits import Misfit
from engine.language.model.values.rounding import ROUNDING_MODES, RoundingMode
from engine.language.model.values.value_readers import read_decimal
from engine.language.parsing.verdict_output import read_output
from engine.language.sections.outline import Outline


def read_outputs(outline: Outline, node: Node | None) -> Any:
    """Read an `output`: data, and by name also amounts that are worked out."""
    found = read_output(node, outline.reading)
    if isinstance(node, Mapping):
        amounts = {name: computed_output(outline, entry.value) for name, entry in node.entries.items()}
        found |= {name: each for name, each in amounts.items() if each is not None}
    return found


def computed_output(outline: Outline, node: Node | None) -> ComputedOutput | None:
    """Return the amount that a value stands for; None for anything but exactly the form of one."""
    number = node.get("number") if isinstance(node, Mapping) and node.entries.keys() <= {"number", "round"} else None
    if not isinstance(node, Mapping) or not isinstance(number, Scalar) or number.text not in outline.names.numbers:
        return None
    if "round" not in node.entries:
        return ComputedOutput(number.text)
    rounding = node.get("round")
    if not isinstance(rounding, Mapping) or rounding.entries.keys() != {"to", "mode"}:
        return None
    step, mode = step_of(rounding.get("to")), mode_of(rounding.get("mode"))
    return None if step is None or mode is None else ComputedOutput(number.text, step, mode)


def step_of(node: Node | None) -> Any:
    """Return what to round to, a `Decimal` above 0; None if it is anything else."""
    try:
        step = read_decimal(node) if isinstance(node, Scalar) and not node.empty else None
    except Misfit:
        return None
    return step if step is not None and step > 0 else None


def mode_of(node: Node | None) -> RoundingMode | None:
    """Return how to round; None if it is no word for that."""
    return next((mode for mode in ROUNDING_MODES if isinstance(node, Scalar) and node.text == mode), None)

"""Reader for outputs that are worked out: `{number: charged, round: {to: 0.01, mode: half_up}}`."""

from __future__ import annotations

from typing import Any

from engine.language.documents.data import plain_data
from engine.language.documents.nodes import Broken, Entry, Mapping, Node, Scalar
from engine.language.model.values.computed_outputs import ComputedOutput
from engine.language.model.values.misfits import Misfit
from engine.language.model.values.rounding import ROUNDING_MODES, RoundingMode
from engine.language.model.values.value_readers import read_decimal
from engine.language.parsing.verdict_output import read_output
from engine.language.sections.outline import Outline


def read_outputs(outline: Outline, node: Node | None) -> Any:
    """Read an `output`: data, and by name also amounts that are worked out.

    Of what is meant as an amount and written wrongly, `refuse_computed` alone says what is wrong.
    """
    if not isinstance(node, Mapping):
        return read_output(node, outline.reading)
    amounts = {name: entry.value for name, entry in node.entries.items() if number_named(outline, entry.value)}
    data = {
        name: Entry(entry.key, Broken(entry.value.place)) if name in amounts else entry
        for name, entry in node.entries.items()
    }
    found = read_output(Mapping(data, node.place), outline.reading)
    return found | {name: computed_output(outline, each) or plain_data(each) for name, each in amounts.items()}


def number_named(outline: Outline, node: Node | None) -> Scalar | None:
    """Return the name of the number in a map such as `{number: charged}`, whatever is beside it; None for another."""
    number = node.get("number") if isinstance(node, Mapping) else None
    return number if isinstance(number, Scalar) and number.text in outline.names.numbers else None


def computed_output(outline: Outline, node: Node | None) -> ComputedOutput | None:
    """Return the amount that a value stands for; None for anything but exactly the form of one."""
    number = number_named(outline, node)
    if not isinstance(node, Mapping) or number is None or not node.entries.keys() <= {"number", "round"}:
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

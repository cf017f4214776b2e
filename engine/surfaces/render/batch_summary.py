"""The summary that `verdict batch` prints."""

from __future__ import annotations

from engine.execution.tables.columns.tally import Tally, WrongField
from engine.language.model.policy import Policy

_INDENT = "    "


def summary(policy: Policy, tally: Tally) -> str:
    """Count records by verdict and by reason for none; list wrong values, fields without a column and notes."""
    lines = [(policy.verdict[name].title, many) for name, many in tally.verdicts.items()]
    lines += [(text, many) for text, many in _undecided_counts(tally) if many]
    width = max(len(f"{many:,}") for _, many in [*lines, ("", tally.rows)])
    counts = [f"{many:>{width},}  {text}" for text, many in lines]
    wrong = [f"{_INDENT}{_wrong_words(name, field)}" for name, field in _sorted_wrong(policy, tally)]
    if wrong:
        wrong = ["", "wrong values", *wrong]
    missing = ", ".join(tally.without_column)
    without = ["", f"not answered, since there is no such column: {missing}"] if missing else []
    notes = ["", *(f"note: {note}" for note in tally.notes)] if tally.notes else []
    return "\n".join([f"{tally.rows:>{width},}  record{_s(tally.rows)}", "", *counts, *wrong, *without, *notes])


def _sorted_wrong(policy: Policy, tally: Tally) -> list[tuple[str, WrongField]]:
    """The wrong fields in the order of the policy; names that are not fields come last."""
    order = {name: place for place, name in enumerate(policy.field)}
    return sorted(tally.wrong_fields.items(), key=lambda found: order.get(found[0], len(order)))


def _wrong_words(name: str, field: WrongField) -> str:
    """One field with wrong values: the number of records and an example."""
    many = f"{name}: {field.records:,} record{_s(field.records)}"
    example = field.example
    if example is None:
        return many
    value = f"`{example.value}`" if example.value else "an empty text"
    return f"{many}, such as {value}; {example.reason}"


def _s(many: int) -> str:
    """The plural ending."""
    return "s" if many != 1 else ""


def _undecided_counts(tally: Tally) -> list[tuple[str, int]]:
    """The numbers of records without a verdict, by reason."""
    return [
        ("no verdict: undecided", tally.undecided),
        ("no verdict: a wrong value", tally.wrong),
        ("no verdict: cannot happen", tally.impossible),
    ]

"""What became of the records of a table, in words?"""

from __future__ import annotations

from engine.execution.tables.columns.tally import Tally, WrongField
from engine.language.model.policy import Policy

_INDENT = "    "


def summary(policy: Policy, tally: Tally) -> str:
    """How many records got which verdict, how many none, which values are wrong, and which fields have no column."""
    lines = [(policy.verdict[name].title, many) for name, many in tally.verdicts.items()]
    lines += [(text, many) for text, many in _without(tally) if many]
    width = max(len(f"{many:,}") for _, many in [*lines, ("", tally.rows)])
    told = [f"{many:>{width},}  {text}" for text, many in lines]
    wrong = [f"{_INDENT}{_wrong(name, field)}" for name, field in _in_order(policy, tally)]
    if wrong:
        wrong = ["", "wrong values", *wrong]
    missing = ", ".join(tally.without_column)
    without = ["", f"not answered, since no column is called so: {missing}"] if missing else []
    notes = ["", *(f"note: {note}" for note in tally.notes)] if tally.notes else []
    return "\n".join([f"{tally.rows:>{width},}  record{_s(tally.rows)}", "", *told, *wrong, *without, *notes])


def _in_order(policy: Policy, tally: Tally) -> list[tuple[str, WrongField]]:
    """In the order of the fields; what is none comes last."""
    order = {name: place for place, name in enumerate(policy.field)}
    return sorted(tally.wrong_fields.items(), key=lambda found: order.get(found[0], len(order)))


def _wrong(name: str, field: WrongField) -> str:
    many = f"{name}: {field.records:,} record{_s(field.records)}"
    example = field.example
    if example is None:
        return many
    value = f"`{example.value}`" if example.value else "an empty text"
    return f"{many}, such as {value}; {example.reason}"


def _s(many: int) -> str:
    return "s" if many != 1 else ""


def _without(tally: Tally) -> list[tuple[str, int]]:
    return [
        ("no verdict: undecided", tally.undecided),
        ("no verdict: a wrong value", tally.wrong),
        ("no verdict: cannot happen", tally.impossible),
    ]

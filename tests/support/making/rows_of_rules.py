"""Rules as the rows of a table, as far as a plain cell for each entry says them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any


def table_of(rules: list[dict[str, Any]]) -> str | None:
    """Rules as a table; None for those that a plain cell for each entry does not say."""
    columns = list(dict.fromkeys(key for rule in rules for key in rule.get("when", {})))
    own = ("rule", "then", "because", "otherwise", "added", "cites")
    outputs = list(dict.fromkeys(name for rule in rules for name in rule.get("output", {})))
    if "note" in outputs:
        return None
    rows = [[*own, *(f"output.{name}" for name in outputs), *columns]]
    for rule in rules:
        cells = [_cell(rule["when"][key]) if key in rule.get("when", {}) else "" for key in columns]
        if (
            not columns
            or None in cells
            or not rule.keys() <= {*own, "when", "output"}
            or not rule.keys() & {"when", "otherwise"}
        ):
            return None
        rest, cites = "yes" if "otherwise" in rule else "", " | ".join(rule.get("cites", ()))
        head = [rule["rule"], rule["then"], rule["because"], rest, rule.get("added", ""), cites]
        given = [_output(rule.get("output", {}).get(name, "")) for name in outputs]
        rows.append([*head, *given, *(cell or "" for cell in cells)])
    kept = [at for at, name in enumerate(rows[0]) if name not in own[3:] or any(row[at] for row in rows[1:])]
    return "".join(";".join(f'"{row[at]}"' for at in kept) + "\n" for row in rows)


def _output(value: Any) -> str:
    """An output as a cell: an amount, or how it is worked out."""
    if not isinstance(value, Mapping):
        return str(value)
    return "{" + ", ".join(f"{key}: {_output(part)}" for key, part in value.items()) + "}"


_WORDS = re.compile(r"[a-z]+([_-][a-z]+)*")
_SIGNS = {"at_least": ">=", "at_most": "<=", "more_than": ">", "less_than": "<"}
_SIGNS |= {"on_or_after": ">=", "on_or_before": "<=", "after": ">", "before": "<"}


def _cell(wanted: Any) -> str | None:
    """An entry as a cell that needs no quotes of its own; None for any other one."""
    if isinstance(wanted, bool):
        return "yes" if wanted else "no"
    if isinstance(wanted, str):
        return wanted if _WORDS.fullmatch(wanted) else None
    if isinstance(wanted, list):
        cells = [_cell(each) for each in wanted]
        return None if None in cells else " | ".join(filter(None, cells))
    if isinstance(wanted, Mapping):
        [(word, bound), *others] = wanted.items()
        cell = None if isinstance(bound, list | Mapping) else _cell(bound)
        return f"{_SIGNS[word]} {cell}" if cell is not None and word in _SIGNS and not others else None
    return str(wanted) if isinstance(wanted, int | Decimal | date) else None

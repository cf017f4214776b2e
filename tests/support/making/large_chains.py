"""Which large chains does a proof have to cope with? Tables, of which one reads what the others decide."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from random import Random
from typing import Any, NamedTuple

from tests.support.making.tables import Table, tree_table

COLUMNS = 5
# The column of a table that a step stands in for.
_STEP = "kind_1"
_NAMES = ("risk", "route", "effort", "worth")


class Chain(NamedTuple):
    """A chain, and each of its tables as a policy of its own, in which the steps that it reads are asked for."""

    whole: Table
    alone: tuple[Table, ...]


def large_chain(rows: int, seed: int, *, steps: int = 1, shared: bool = True, faults: int = 0) -> Chain:
    """Sound tables of so many rows, of which each but the first reads the one before.

    They share all other fields, or have fields of their own; so many rows of the last are left out.
    """
    asked: dict[str, Any] = {}
    alone = []
    chain: dict[str, Any] = {}
    read = ""
    for place in range(steps + 1):
        table = tree_table(rows, COLUMNS, seed=seed + place, grown=0)
        own = {name: name if shared else f"{name}_of_{place}" for name in table["situation"]}
        own[_STEP] = read or "kind"
        fields = {own[name]: spec for name, spec in table["situation"].items()}
        rules = [{**rule, "when": {own[name]: test for name, test in rule["when"].items()}} for rule in table["rules"]]
        asked |= {name: spec for name, spec in fields.items() if name != read}
        if place < steps:
            read = _NAMES[place]
            outcomes = table["situation"][_STEP]["choices"]
            random = Random(f"steps {seed} {place}")
            rules = [{**rule, "then": random.choice(list(outcomes))} for rule in rules]
            chain[read] = {"means": f"The {read}", "outcomes": outcomes, "rules": rules}
            table["verdicts"] = {name: {"title": text} for name, text in outcomes.items()}
        else:
            left_out = set(Random(f"faults {seed}").sample(range(rows), faults))
            rules = [rule for at, rule in enumerate(rules) if at not in left_out]
        alone.append({**deepcopy(table), "situation": fields, "rules": rules})
    whole: Mapping[str, Any] = alone[-1]
    return Chain({**whole, "policy": "large-chain", "situation": asked, "steps": chain}, tuple(alone))

"""Which large tables does a proof have to cope with? Made up from a seed, the same on every machine.

A table is the plain mapping of a policy whose rules are rows: each tests some columns, with one value, a few, or a
range. `write_yaml` writes it as an author would, `write_csv` with its rows in a file beside it.
"""

from __future__ import annotations

import csv
import heapq
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

Table = dict[str, Any]
# A row: for each column that it tests, the values (a set of choices) or the first and the last number.
Box = dict[int, frozenset[int] | tuple[int, int]]

_CHOICES = 7
_AMOUNT = 20_000
_GRADES = ("grade-a", "grade-b", "grade-c", "grade-d", "grade-e")
_CAUSES = 3
# Points of the sample for each row that is wanted: enough that a leaf can nearly always be split once more.
_POINTS = 8

_KINDS = 8
_ADDRESSES = 16
_HOT = 40
_ANSWERS = ("accept", "deny")
_BECAUSE = "It is in the table."


def tree_table(rows: int, columns: int, seed: int, grown: float = 0.1) -> Table:
    """A table of `unique` rows: the leaves of a decision tree over correlated data, so disjoint and complete.

    A share of the rows is then grown or shrunk by a third on one column, which makes overlaps and gaps; all else is
    the same whatever the share.
    """
    if rows < 2:
        raise ValueError("a tree with one leaf tests nothing")
    random = Random(f"tree {rows} {columns} {seed}")
    choices = round(columns / 3)
    boxes = _leaves(random, rows, choices, columns)
    given = random.choices(_GRADES, k=rows)
    for place in random.sample(range(rows), round(grown * rows)):
        boxes[place] = _stretched(random, boxes[place], choices)
    fields = {_name(column, choices): _field(column, choices) for column in range(columns)}
    return {
        "policy": "tree-table",
        "title": "Which grade is it?",
        "situation": fields,
        "verdicts": {grade: {"title": grade.replace("-", " ").capitalize()} for grade in _GRADES},
        "rules": [_row(place, box, list(fields), given[place]) for place, box in enumerate(boxes)],
    }


def _name(column: int, choices: int) -> str:
    return f"kind_{column + 1}" if column < choices else f"amount_{column + 1 - choices}"


def _field(column: int, choices: int) -> dict[str, Any]:
    if column < choices:
        return {"ask": "Of which kind is it?", "choices": {f"k{value}": f"Kind {value}" for value in range(_CHOICES)}}
    return {"ask": "How much is it?", "type": "integer", "from": 0, "to": _AMOUNT}


def _sample(random: Random, points: int, choices: int, columns: int) -> list[list[int]]:
    """Points whose columns have a few causes in common, and some chance of their own."""
    weights = [[random.gauss(0, 0.5) for _ in range(_CAUSES)] for _ in range(columns)]
    found = []
    for _ in range(points):
        causes = [random.gauss(0, 1) for _ in range(_CAUSES)]
        point = []
        for column, own in enumerate(weights):
            value = sum(weight * cause for weight, cause in zip(own, causes, strict=True)) + random.gauss(0, 0.5)
            middle, spread, last = (3, 1.5, _CHOICES - 1) if column < choices else (_AMOUNT / 2, _AMOUNT / 6, _AMOUNT)
            point.append(min(max(round(middle + spread * value), 0), last))
        found.append(point)
    return found


def _leaves(random: Random, rows: int, choices: int, columns: int) -> list[Box]:
    """The boxes of a tree that is split, the leaf with most points first, on a random column at a value of the data."""
    order = count()
    whole: Box = {}
    waiting = [(-rows * _POINTS, next(order), whole, _sample(random, rows * _POINTS, choices, columns))]
    done: list[tuple[int, Box]] = []
    while len(waiting) + len(done) < rows:
        if not waiting:
            raise ValueError(f"no leaf can be split any more: {len(done)} rows of {rows}")
        _, place, box, points = heapq.heappop(waiting)
        mixed = [column for column in range(columns) if len({point[column] for point in points}) > 1]
        if not mixed:
            done.append((place, box))
            continue
        column = random.choice(mixed)
        for half in _halves(random, box, column, points, choices):
            here = half[column]
            inside = [point for point in points if _holds(here, point[column])]
            heapq.heappush(waiting, (-len(inside), next(order), half, inside))
    leaves = done + [(place, box) for _, place, box, _ in waiting]
    return [box for _, box in sorted(leaves, key=lambda leaf: leaf[0])]


def _holds(test: frozenset[int] | tuple[int, int], value: int) -> bool:
    return value in test if isinstance(test, frozenset) else test[0] <= value <= test[1]


def _halves(random: Random, box: Box, column: int, points: list[list[int]], choices: int) -> tuple[Box, Box]:
    """A box cut in two, each with points inside: numbers below and above, choices in any two parts."""
    seen = sorted({point[column] for point in points})
    if column < choices:
        allowed = box.get(column, frozenset(range(_CHOICES)))
        assert isinstance(allowed, frozenset)
        some = set(random.sample(seen, random.randint(1, len(seen) - 1)))
        some |= {value for value in allowed.difference(seen) if random.random() < 0.5}
        return {**box, column: frozenset(some)}, {**box, column: allowed - some}
    low, high = box.get(column, (0, _AMOUNT))
    cut = random.choice([point[column] for point in points if point[column] > seen[0]])
    return {**box, column: (low, cut - 1)}, {**box, column: (cut, high)}


def _stretched(random: Random, box: Box, choices: int) -> Box:
    """A box that is a third longer or shorter on one column."""
    column = random.choice(sorted(box))
    test = box[column]
    grows = random.random() < 0.5
    if isinstance(test, frozenset):
        rest = sorted(frozenset(range(_CHOICES)) - test)
        many = max(1, round(len(test) / 3))
        if grows or len(test) == 1:
            return {**box, column: test.union(random.sample(rest, min(many, len(rest))))}
        return {**box, column: frozenset(random.sample(sorted(test), len(test) - many))}
    low, high = test
    third = max(1, (high - low + 1) // 3)
    if not grows and low < high:
        return {**box, column: (low + third, high) if random.random() < 0.5 else (low, high - third)}
    if low > 0 and (high == _AMOUNT or random.random() < 0.5):
        return {**box, column: (max(0, low - third), high)}
    return {**box, column: (low, min(_AMOUNT, high + third))}


def _row(place: int, box: Box, names: Sequence[str], then: str) -> dict[str, Any]:
    when: dict[str, Any] = {}
    # A test that has grown to hold everywhere is left out, as long as there is another one.
    telling = {column: test for column, test in box.items() if test not in (frozenset(range(_CHOICES)), (0, _AMOUNT))}
    for column, test in sorted((telling or box).items()):
        if isinstance(test, frozenset):
            values = [f"k{value}" for value in sorted(test)]
            when[names[column]] = values[0] if len(values) == 1 else values
        else:
            when[names[column]] = _range(*test, _AMOUNT)
    return {"rule": f"row-{place + 1}", "when": when, "then": then, "because": _BECAUSE}


def _range(low: int, high: int, last: int) -> Any:
    """A test of an integer from 0 to some last one: a value, or the ends that say something."""
    if low == high:
        return low
    ends = ({"at_least": low} if low > 0 else {}) | ({"at_most": high} if high < last else {})
    return ends or {"at_least": 0}


def first_table(rows: int, columns: int, seed: int, wildcard: float | None = None) -> Table:
    """A table of which the first row that fits decides, like a firewall's: prefixes of a few hot values, and wildcards.

    The last row takes whatever is left.
    """
    if wildcard is None:
        wildcard = 0.3 if columns <= 5 else 0.6 if columns <= 10 else 0.8
    random = Random(f"first {rows} {columns} {seed} {wildcard}")
    choices = round(columns / 3)
    hot = [[random.randrange(1 << _ADDRESSES) for _ in range(_HOT)] for _ in range(columns)]
    fields: dict[str, Any] = {}
    for column in range(choices):
        values = {f"k{value}": f"Kind {value}" for value in range(_KINDS)}
        fields[f"kind_{column + 1}"] = {"ask": "Of which kind is it?", "choices": values}
    for column in range(columns - choices):
        ends = {"from": 0, "to": (1 << _ADDRESSES) - 1}
        fields[f"address_{column + 1}"] = {"ask": "Where is it?", "type": "integer", **ends}
    rules: list[dict[str, Any]] = []
    for place in range(rows - 1):
        tested = [column for column in range(columns) if random.random() >= wildcard] or [random.randrange(columns)]
        when = {}
        for column in tested:
            if column < choices:
                some = sorted(random.sample(range(_KINDS), random.choice((1, 1, 1, 2, 3))))
                when[list(fields)[column]] = f"k{some[0]}" if len(some) == 1 else [f"k{value}" for value in some]
            else:
                size = 1 << random.randrange(_ADDRESSES)
                low = random.choice(hot[column]) // size * size
                when[list(fields)[column]] = _range(low, low + size - 1, (1 << _ADDRESSES) - 1)
        then = random.choice(_ANSWERS)
        rules.append({"rule": f"row-{place + 1}", "when": when, "then": then, "because": _BECAUSE})
    rules.append({"rule": f"row-{rows}", "otherwise": True, "then": "deny", "because": "Nothing else was said."})
    return {
        "policy": "first-table",
        "title": "May it pass?",
        "situation": fields,
        "verdicts": {answer: {"title": answer.capitalize()} for answer in _ANSWERS},
        "decision": "first",
        "rules": rules,
    }


def key_table(rows: int, seed: int, decision: str = "first") -> Table:
    """A table with a row for each value of a text, in no order; the last row takes every other text."""
    random = Random(f"key {rows} {seed}")
    names = [f"place-{place}" for place in range(rows)]
    order = random.sample(names, rows)
    # Under `first` no row says what the last one says, so that none is redundant.
    rules = [
        {"rule": f"row-{place + 1}", "when": {"place": name}, "then": random.choice(_GRADES[1:]), "because": _BECAUSE}
        for place, name in enumerate(order)
    ]
    rest: dict[str, Any] = {"otherwise": True} if decision == "first" else {"when": {"not": {"place": names}}}
    rules.append({"rule": "rest", **rest, "then": _GRADES[0], "because": "Nothing else was said."})
    return {
        "policy": "key-table",
        "title": "Which grade is it?",
        "situation": {"place": {"ask": "Where is it?", "type": "text", "known": names}},
        "verdicts": {grade: {"title": grade.replace("-", " ").capitalize()} for grade in _GRADES},
        "decision": decision,
        "rules": rules,
    }


def two_key_table(rows: int, seed: int, guarantees: int = 5) -> Table:
    """A `first` list with a row for each value of one text, then of another, and guarantees about rows of the first."""
    random = Random(f"two keys {rows} {seed}")
    names = {key: [f"{key}-{place}" for place in range(rows)] for key in ("place", "trade")}
    rules: list[dict[str, Any]] = [
        {"rule": name, "when": {key: name}, "then": random.choice(_GRADES[1:]), "because": _BECAUSE}
        for key, own in names.items()
        for name in random.sample(own, rows)
    ]
    given = {rule["when"].get("place"): rule["then"] for rule in rules}
    rules.append({"rule": "rest", "otherwise": True, "then": _GRADES[0], "because": "Nothing else was said."})
    return {
        "policy": "two-key-table",
        "title": "Which grade is it?",
        "situation": {key: {"ask": f"Which {key} is it?", "type": "text", "known": own} for key, own in names.items()},
        "verdicts": {grade: {"title": grade.replace("-", " ").capitalize()} for grade in _GRADES},
        "decision": "first",
        "rules": rules,
        "guarantees": [
            {
                "guarantee": f"only-{place}",
                "when": {"place": name},
                "never": [grade for grade in _GRADES if grade != given[name]],
                "because": "It was promised.",
            }
            for place, name in enumerate(names["place"][:guarantees])
        ],
    }


def chain_table(rows: int) -> Table:
    """Limits of one amount, each of which overrides the one before."""
    rules: list[dict[str, Any]] = []
    for place in range(rows):
        rule = {"rule": f"row-{place + 1}", "when": {"amount": {"at_least": 10 * place}}}
        rule |= {"then": _GRADES[place % len(_GRADES)], "because": _BECAUSE}
        if place:
            rule["overrides"] = {f"row-{place}": "It is more."}
        rules.append(rule)
    return {
        "policy": "chain-table",
        "title": "Which grade is it?",
        "situation": {"amount": {"ask": "How much is it?", "type": "integer", "from": 0, "to": 10 * rows}},
        "verdicts": {grade: {"title": grade.replace("-", " ").capitalize()} for grade in _GRADES},
        "rules": rules,
    }


def write_yaml(table: Table, folder: Path) -> Path:
    """Writes a table as one YAML file, each row on a line of its own."""
    return _written(table, folder, [f"  - {_flow(rule)}" for rule in table["rules"]])


def write_csv(table: Table, folder: Path) -> Path:
    """Writes a table as YAML whose rules are the rows of a CSV file beside it; the YAML file is what to load."""
    name = f"{table['policy']}.csv"
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*table["situation"], "rule", "then", "because"])
        for rule in table["rules"]:
            when = rule.get("when", {})
            cells = [_cell(when[column]) if column in when else "" for column in table["situation"]]
            writer.writerow([*cells, rule["rule"], rule["then"], rule["because"]])
    return _written(table, folder, [f"  table: {name}"])


def _written(table: Table, folder: Path, rules: Sequence[str]) -> Path:
    lines = [f"policy: {table['policy']}", f"title: {_flow(table['title'])}"]
    if "decision" in table:
        lines.append(f"decision: {table['decision']}")
    for section in ("situation", "verdicts"):
        lines += [f"{section}:", *(f"  {name}: {_flow(each)}" for name, each in table[section].items())]
    path = folder / f"{table['policy']}.yaml"
    path.write_text("\n".join([*lines, "rules:", *rules, ""]), encoding="utf-8")
    return path


def _flow(value: Any) -> str:
    """A value in one line of YAML; texts with anything but letters, digits and hyphens are quoted."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and not value.replace("-", "").replace("_", "").isalnum():
        return f'"{value}"'
    return str(value)


def _cell(test: Any) -> str:
    """A test as a cell of a table."""
    if isinstance(test, list):
        return " | ".join(test)
    if not isinstance(test, Mapping):
        return str(test)
    if len(test) == 2:
        return f"[{test['at_least']}..{test['at_most']}]"
    return f">= {test['at_least']}" if "at_least" in test else f"<= {test['at_most']}"

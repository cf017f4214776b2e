"""Files whose data is changed in shape: parts are exchanged, dropped, doubled and retyped."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine.language.documents.data import plain_data
from engine.language.documents.yaml_text import read_yaml


def _plain(data: bytes) -> Any:
    """The data of a file, as a program would build it."""
    document = read_yaml(data, "file")
    assert document.problems == ()
    assert document.root is not None
    return _with_booleans(plain_data(document.root))


def _with_booleans(data: Any) -> Any:
    """The data with yes and no as a program says them: its texts are quoted ones."""
    if isinstance(data, dict):
        return {key: _with_booleans(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_with_booleans(value) for value in data]
    return {"yes": True, "no": False}.get(data, data) if isinstance(data, str) else data


def _slots(data: Any) -> list[tuple[Any, Any]]:
    """Every container with each of its keys or indexes."""
    found: list[tuple[Any, Any]] = []
    waiting = [data]
    while waiting:
        here = waiting.pop()
        keys = list(here) if isinstance(here, dict) else range(len(here)) if isinstance(here, list) else ()
        for key in keys:
            found.append((here, key))
            waiting.append(here[key])
    return found


_KEYS = (
    "policy", "library", "uses", "title", "version", "about", "source",
    "author", "published", "passages", "says", "background",
    "situation", "ask", "type", "choices", "ordered", "from", "to", "step", "unit", "known", "if_unsure",
    "ask_after", "constants", "is", "numbers", "means", "sum", "plus", "facts", "when", "all", "any", "not", "cites",
    "added",
    "impossible", "because", "verdicts", "must", "advice", "output", "rules", "rule", "otherwise", "then",
    "overrides", "decision", "guarantees", "guarantee", "never", "only", "always", "at_least", "at_most",
    "more_than", "less_than", "on_or_after", "after", "includes", "includes_any", "excludes", "one_of", "none_of",
    "field", "case",
    "cases", "given", "expect", "by", "number", "round", "mode", "date", "value", "formula", "minus",
    "Name", "new_name", "new-name", "2x", "table",
)  # fmt: skip
_SCALARS = (
    "", " ", "text", "two\nlines", "line\n", "\n", "yes", "no", "true", "unsure", "first", "unique", "choice", "date",
    "integer", "A b", "a-b", "a_b", "a--b", "päckchen", "2026-01-31", "a.csv", "5", 5, 0, -1.5, True, False, None,
)  # fmt: skip
_CONTAINERS: tuple[Any, ...] = (
    [], {}, [[]], [{}], {"a": {}}, {"a": "b"}, ["a"], ["a", "a"], ["a", 5], {"field": "a"},
    {"number": "a"}, {"number": "a", "round": {"to": 0.01}}, {"round": {"mode": "up"}},
    {"date": "a", "plus": {"days": 1}},
)  # fmt: skip


def reshape(hand: random.Random, data: Any) -> Any:
    """The data with one change of its shape: a key dropped, added, renamed, repeated, or of another kind."""
    changed = copy.deepcopy(data)
    slots = _slots(changed)
    if not slots or hand.random() < 0.01:
        return hand.choice((*_SCALARS, *copy.deepcopy(_CONTAINERS)))
    here, key = hand.choice(slots)
    kind = hand.randrange(9)
    if kind == 0:
        del here[key]
    elif kind == 1 and isinstance(here, dict):
        here[hand.choice(_KEYS)] = copy.deepcopy(hand.choice((hand.choice(slots)[0], "text", {}, [])))
    elif kind == 2 and isinstance(here, dict):
        here[hand.choice(_KEYS)] = here.pop(key)
    elif kind == 3 and isinstance(here, list):
        here.append(copy.deepcopy(here[key]))
    elif kind == 4:
        here[key] = [here[key]]
    elif kind == 5:
        here[key] = {hand.choice(_KEYS): here[key]}
    elif kind == 6:
        here[key] = copy.deepcopy(hand.choice(_CONTAINERS))
    elif kind == 7:
        other, other_key = hand.choice(slots)
        here[key] = copy.deepcopy(other[other_key])
    else:
        here[key] = hand.choice(_SCALARS)
    return changed


def reshaped(paths: list[Path], seed: int) -> Iterator[tuple[Path, Any]]:
    hand = random.Random(seed)
    plains = [(path, _plain(path.read_bytes())) for path in paths]
    while True:
        path, data = hand.choice(plains)
        for _ in range(hand.choice((1, 1, 1, 2, 3))):
            data = reshape(hand, data)
        yield path, data

"""In which ways can one thing in a certificate be altered? Every number, edge, verdict, value, hash and key.

The alterations know nothing of what a certificate means: they walk its JSON data. Only where a way leads is known, so
that it can be made to lead to every other node and every other leaf.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

OUTCOMES = ("gap", "conflict", "impossible", "empty")
WAY = {"node", "verdict", "outcome"}
Path = tuple[str | int, ...]


class Alteration(NamedTuple):
    """One thing that is altered: where, what is done there, and what stands there afterwards."""

    path: Path
    what: str
    new: Any

    def of(self, data: dict[str, Any]) -> Any:
        """A copy of the data with the alteration."""
        if not self.path:
            return self.new
        found = json.loads(json.dumps(data))
        inside = found
        for step in self.path[:-1]:
            inside = inside[step]
        inside[self.path[-1]] = self.new
        return found


def alterations(data: dict[str, Any]) -> Iterator[Alteration]:
    """Every single alteration of a certificate."""
    yield from _altered(data, (), data)


def _altered(value: Any, path: Path, data: dict[str, Any]) -> Iterator[Alteration]:
    yield from _retyped(value, path)
    if isinstance(value, dict):
        yield from _map(value, path, data)
    elif isinstance(value, list):
        yield from _list(value, path, data)
    elif isinstance(value, bool):
        yield _put(path, not value)
    elif isinstance(value, int | float):
        yield _put(path, value + 1)
        yield _put(path, value - 1)
    elif isinstance(value, str):
        yield from _text(value, path)


def _put(path: Path, new: Any) -> Alteration:
    return Alteration(path, f"becomes {json.dumps(new)[:80]}", new)


def _retyped(value: Any, path: Path) -> Iterator[Alteration]:
    """Another kind of JSON in its place."""
    for new in (None, True, 0, 0.5, "", [], {}, [value], {"value": value}, str(value)):
        if type(new) is not type(value):
            yield _put(path, new)
    if type(value) is int:
        yield _put(path, float(value))
    if type(value) is float:
        yield _put(path, int(value))


def _map(value: dict[str, Any], path: Path, data: dict[str, Any]) -> Iterator[Alteration]:
    for key, each in value.items():
        less = {other: kept for other, kept in value.items() if other != key}
        yield Alteration(path, f"loses `{key}`", less)
        yield Alteration(path, f"renames `{key}`", {**less, f"{key}s": each})
        yield from _altered(each, (*path, key), data)
    more = ("extra", "node", "verdict", "outcome", "values", "others", "ranges", "option", "minus", "number", "above")
    for key in more:
        if key not in value:
            for new in (True, "gap", 0, [], ["x"]):
                yield Alteration(path, f"gets `{key}`: {new}", {**value, key: new})
    if WAY & set(value) and "tree" in path:
        yield from _ways(value, path, data)


def _ways(value: dict[str, Any], path: Path, data: dict[str, Any]) -> Iterator[Alteration]:
    """The way leads to each other node or leaf."""
    kept = {key: each for key, each in value.items() if key not in WAY}
    ways: list[dict[str, Any]] = [{"node": number} for number in range(len(data["tree"]["nodes"]))]
    ways += [{"verdict": name} for name in (*data["verdicts"], "no-such-verdict")]
    ways += [{"outcome": name} for name in OUTCOMES]
    for way in ways:
        if not way.items() <= value.items():
            yield Alteration(path, f"leads to {way}", {**kept, **way})


def _list(value: list[Any], path: Path, data: dict[str, Any]) -> Iterator[Alteration]:
    for place, each in enumerate(value):
        yield Alteration(path, f"drops {place}", value[:place] + value[place + 1 :])
        yield Alteration(path, f"has {place} twice", value[: place + 1] + value[place:])
        if place:
            swapped = [*value[: place - 1], each, value[place - 1], *value[place + 1 :]]
            yield Alteration(path, f"swaps {place}", swapped)
        yield from _altered(each, (*path, place), data)
    more: tuple[Any, ...] = ("x", True, False, 0, {})
    for new in more:
        yield Alteration(path, f"gets {new}", [*value, new])


def _text(value: str, path: Path) -> Iterator[Alteration]:
    if path[-1] in ("sha256", "checksum"):
        for place, digit in enumerate(value):
            yield _put(path, value[:place] + ("1" if digit == "0" else "0") + value[place + 1 :])
        return
    yield _put(path, value + "x")
    yield _put(path, value[:-1])
    if path[-1] == "verdict":
        return
    digits = [place for place, each in enumerate(value) if each.isdigit()]
    for place in digits:
        yield _put(path, value[:place] + str((int(value[place]) + 1) % 10) + value[place + 1 :])


def other_texts(data: dict[str, Any]) -> Iterator[Alteration]:
    """Every text of the tree, in place of each other one that stands at the same kind of place."""
    found: dict[str | int, dict[str, None]] = {}
    places: list[tuple[Path, str]] = []

    def collect(value: Any, path: Path) -> None:
        if isinstance(value, dict):
            for key, each in value.items():
                collect(each, (*path, key))
        elif isinstance(value, list):
            for place, each in enumerate(value):
                collect(each, (*path, place))
        elif isinstance(value, str):
            kind = next(step for step in reversed(path) if isinstance(step, str))
            found.setdefault(kind, {})[value] = None
            places.append((path, value))

    collect(data["tree"], ("tree",))
    for path, value in places:
        kind = next(step for step in reversed(path) if isinstance(step, str))
        for other in found[kind]:
            if other != value:
                yield _put(path, other)

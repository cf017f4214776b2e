"""Conditions put together from parts, as the mappings that a policy file holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tests.support.judging.spaces import JOINERS, listed

Entries = dict[str, Any]


def join(parts: Iterable[Entries]) -> Entries:
    """One condition in which every part holds; entries that collide on a key go under `all`."""
    joined: Entries = {}
    rest: list[Entries] = []
    for part in parts:
        for key, wanted in part.items():
            if key == "all":
                rest.extend(wanted)
            elif key not in joined:
                joined[key] = wanted
            elif _may_share(key, joined[key], wanted):
                joined[key] = _shared(joined[key], wanted)
            else:
                rest.append({key: wanted})
    return joined | {"all": rest} if rest else joined


def _may_share(key: str, one: Any, other: Any) -> bool:
    """Whether two tests of one name can be written as one."""
    if key in JOINERS or not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return False
    return (one.keys() & other.keys()) <= {"includes", "excludes"}


def _shared(one: Mapping[str, Any], other: Mapping[str, Any]) -> Entries:
    """The words of both tests; options to include or exclude are added up."""
    shared = {**one, **other}
    for word in one.keys() & other.keys():
        shared[word] = list(dict.fromkeys([*listed(one[word]), *listed(other[word])]))
    return shared

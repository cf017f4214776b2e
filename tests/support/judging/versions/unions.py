"""What do two versions of a policy say of the same situations, where each asks its own questions?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tests.support.judging.oracle import Reading, holds, mentioned, standing_rules, verdict_of
from tests.support.judging.spaces import NOT_ASKED, Policy, every, settle, values

IMPOSSIBLE = "(impossible)"


def changes(old: Policy, new: Policy) -> tuple[Counter[tuple[str, str]], int]:
    """How many situations get which two outcomes, where these differ, and how many are possible under either version.

    The fields of both versions have the same answers, but may be asked under other ones.
    """
    found: Counter[tuple[str, str]] = Counter()
    total = 0
    for at in _united(old, new):
        one, other = (_label(version, own) for version, own in ((old, _asked(old, at)), (new, _asked(new, at))))
        total += (one, other) != (IMPOSSIBLE, IMPOSSIBLE)
        found[one, other] += one != other
    return +found, total


def _united(old: Policy, new: Policy) -> Iterator[dict[str, Any]]:
    """The situations of both versions: a field has an answer exactly where one of them asks for it."""
    fields: dict[str, list[Any]] = {}
    for name, spec in old["situation"].items():
        bare = {key: said for key, said in spec.items() if key != "applies_when"}
        is_always = any("applies_when" not in version["situation"][name] for version in (old, new))
        fields[name] = [*(settle(bare, value) for value in values(bare)), *([] if is_always else [NOT_ASKED])]
    for at in every(fields):
        asked = [_asked(version, at) for version in (old, new)]
        if all((at[name] == NOT_ASKED) == all(own[name] == NOT_ASKED for own in asked) for name in at):
            yield at


def _asked(policy: Policy, at: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to the questions that a version asks; where it asks and there is no answer, it is None."""
    found = {name: value for name, value in at.items() if "applies_when" not in policy["situation"][name]}
    waiting = [name for name in at if name not in found]
    while waiting:
        name = waiting.pop(0)
        when = policy["situation"][name]["applies_when"]
        if not mentioned(policy, when) <= found.keys():
            waiting.append(name)
        elif holds(policy, when, found):
            found[name] = None if at[name] == NOT_ASKED else at[name]
        else:
            found[name] = NOT_ASKED
    return found


def _label(policy: Policy, own: Mapping[str, Any]) -> str:
    reading = Reading(policy)
    if None in own.values() or not reading.possible(own):
        return IMPOSSIBLE
    return verdict_of(policy, standing_rules(policy, reading.applies(own)))

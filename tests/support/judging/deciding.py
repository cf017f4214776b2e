"""What do tests compare when they ask whether a compiled policy decides as `decide` does?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from engine import Policy, RecordError, decide, decider, load
from engine.analysis.deciding.decision import Decision
from engine.execution.records.decider import Decider
from engine.language.model.values.value_texts import value_data
from engine.language.sections.policy_sources import load_text
from engine.problems import OneverdictError
from tests.support.refusals.sections import base_policy

WRONG = Path(__file__).parents[2] / "wrong"

# A whole record of `parcels`, and one of the flagship.
WHOLE: dict[str, Any] = {
    "parcel": "box",
    "size": "small",
    "fragile": True,
    "urgent": False,
    "weight": 5.5,
    "length": 0.1,
    "floors": 3,
    "value": -7,
    "pickup": "2026-01-31",
    "extras": ["tracked"],
    "sender": {"country": "FR", "age": 30},
}
YES: dict[str, Any] = {
    **dict.fromkeys(load("other-interviews").field, True),
    "offer": "made",
    "acceptance": "none",
    "other_offers": 0,
}


def parcels_decider() -> Decider:
    """Of a policy with a field of every kind."""
    return decider(load_text(base_policy(WRONG / "decide.txt").encode(), "parcels.yaml"))


def decide_draft(policy: Policy, record: Mapping[str, Any]) -> Decision | None:
    """What is decided of a record, whether the policy is sound or not; None where the record is impossible or wrong."""
    try:
        return decide(policy, record, draft=True)
    except RecordError:
        return None


def said(function: Callable[[Any], Any], record: Any) -> Any:
    """What a function says of a record: a value, with the words of a decision, or an error with its problems."""
    try:
        found = function(record)
    except OneverdictError as error:
        return type(error), error.problems, error.__context__
    except Exception as error:
        # What objects of the caller raise where they are looked at.
        return type(error), error.args, error.__context__
    return (found, found.words, str(found)) if isinstance(found, Decision) else found


def decides_alike(compiled: Decider, record: Any) -> Any:
    """Compares everything that a decider says of a record with `decide`, twice; gives what `decide` says."""
    expected = said(lambda each: decide(compiled.policy, each), record)
    verdict = expected[0].verdict if isinstance(expected[0], Decision) else expected
    for _ in range(2):
        assert said(compiled, record) == expected
        assert said(compiled.verdict, record) == verdict
    return expected


def as_json(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record as JSON data, dotted names nested."""
    found: dict[str, Any] = {}
    for name, value in record.items():
        *above, last = name.split(".")
        inside = found
        for each in above:
            inside = inside.setdefault(each, {})
        inside[last] = value_data(tuple(value) if isinstance(value, list) else value)
    return found

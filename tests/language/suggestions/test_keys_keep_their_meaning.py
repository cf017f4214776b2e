"""Does help for an unknown key keep what was meant, and never say the opposite or to leave it out?"""

from __future__ import annotations

from typing import Any

import pytest

from engine import PolicyError, load

_PARTS: dict[str, dict[str, Any]] = {
    "entry": {"when": {"weight": 3}, "add": 2, "because": "It is heavy."},
    "fact": {"means": "it is big", "when": {"weight": {"at_least": 20}}},
    "impossible": {"when": {"weight": 0}, "because": "Nothing weighs nothing."},
    "rule": {"rule": "light", "when": {"weight": {"at_most": 9}}, "then": "take", "because": "It is light."},
    "guarantee": {"guarantee": "big-ones-stay", "when": {"weight": 30}, "never": "take", "because": "We promise."},
}


def _helps(part: str, **more: Any) -> list[str]:
    """What helps against each problem of a policy in which a part has more keys; None takes a key out."""
    parts = {**_PARTS, part: {key: value for key, value in {**_PARTS[part], **more}.items() if value is not None}}
    with pytest.raises(PolicyError) as refused:
        load(
            {
                "policy": "parcels",
                "title": "How do we send it?",
                "situation": {
                    "weight": {"ask": "How heavy?", "type": "integer", "from": 0, "to": 30},
                    "abroad": {"ask": "Does it go abroad?", "type": "yes_no"},
                },
                "numbers": {"score": {"means": "points", "points": [parts["entry"]]}},
                "facts": {"big": parts["fact"]},
                "impossible": [parts["impossible"]],
                "verdicts": {"take": {"title": "We take it"}, "leave": {"title": "We leave it"}},
                "rules": [
                    parts["rule"],
                    {"rule": "rest", "otherwise": True, "then": "leave", "because": "It is heavy."},
                ],
                "guarantees": [parts["guarantee"]],
            }
        )
    return [problem.help for problem in refused.value.problems]


@pytest.mark.parametrize("part", _PARTS)
@pytest.mark.parametrize("word", ["unless", "except", "when_not", "not"])
def test_an_exception_goes_inside_when_as_a_negation(part: str, word: str) -> None:
    """Wherever there is a `when`."""
    assert _helps(part, **{word: {"abroad": True}}) == ["put it inside `when`: `not: {abroad: yes}`"]


@pytest.mark.parametrize("word", ["overridden_by", "overridden", "beaten_by", "yields_to", "Superseded by"])
def test_a_rule_that_gives_way_is_not_told_to_override(word: str) -> None:
    """The other rule overrides it."""
    (help_,) = _helps("rule", **{word: ["rest"]})
    assert help_.startswith("the stronger rule names the weaker one")


def test_falling_is_rising_with_the_other_movement() -> None:
    helps = _helps("guarantee", falling="weight", when=None, never={"verdict": "falls"})
    assert any("`rises` for `falls`" in help_ for help_ in helps)


@pytest.mark.parametrize("part", ["entry", "impossible"])
def test_what_is_not_understood_is_not_to_be_deleted(part: str) -> None:
    """Without it the rest could mean something else."""
    (help_,) = _helps(part, times=2)
    assert help_.startswith("only `when`")
    assert help_.endswith("can stand here")

"""Is an entry of an output refused where it has no colon, whichever parser reads it, and nowhere else?"""

from __future__ import annotations

from typing import Any

import pytest

from engine import PolicyError
from engine.language.documents.yaml12_loader import Yaml12Loader
from engine.language.documents.yaml_text import FASTEST_LOADER, read_yaml
from engine.language.sections.policy_file import read_policy

_TEXT = """\
policy: parcels
title: What does it cost?
situation:
  heavy: {{ask: Is it heavy?, type: yes_no}}
verdicts:
  take:
    title: We take it
    output: {output}
rules:
  - {{rule: all, otherwise: yes, then: take, because: We like it.}}
"""

both_parsers = pytest.mark.parametrize("loader", [FASTEST_LOADER, Yaml12Loader])


@both_parsers
@pytest.mark.parametrize(
    "output",
    [
        "{a: }",
        "{a: , b: 1}",
        "{a : , b: 1}",
        "{a: # nothing\n      , b: 1}",
        "{a:\n      , b: 1}",
        "{'a', \"b\"}",
        "{\"a\": , 'b': ~}",
        "\n      a:\n      b: null",
        "[{a: }, {b: 1}]",
    ],
)
def test_an_entry_with_a_colon_may_be_empty(output: str, loader: Any) -> None:
    """Then it is null."""
    given = read_policy(read_yaml(_TEXT.format(output=output).encode(), "parcels.yaml", loader)).verdicts[0].output
    assert (given["a"] if isinstance(given, dict) else given[0]["a"]) is None


@both_parsers
@pytest.mark.parametrize(
    ("output", "help_"),
    [
        ("{note: Rain, or snow}", "write `note: 'Rain, or snow'`"),
        ("{note: Rain, or snow, or hail, fee: 1}", "write `note: 'Rain, or snow, or hail'`"),
        ("{note: Rain, or snow\n      }", "write `note: 'Rain, or snow'`"),
        ("{fee: 3,\n      note: Rain, or snow\n      }", "write `note: 'Rain, or snow'`"),
        ("{fee: 1,500}", "write `fee: 1500`"),
        ("{fees: [{fee: 1,500}]}", "write `fee: 1500`"),
        ("{red, blue}", "a list is in brackets, `[a, b]`"),
    ],
)
def test_an_entry_without_colon_is_refused_once(output: str, help_: str, loader: Any) -> None:
    """It is the rest of a text or number that a comma ended, or has no value."""
    with pytest.raises(PolicyError) as refused:
        read_policy(read_yaml(_TEXT.format(output=output).encode(), "parcels.yaml", loader))
    (problem,) = refused.value.problems
    assert problem.code == "text-cut"
    assert problem.help.endswith(help_)

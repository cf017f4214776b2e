"""What does `verdict explain` print, on which stream, and with which exit code?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.language.documents.yaml_spelling import on_one_line
from tests.support.making.picnic import STORM_PICNIC
from tests.support.running import run


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for each test, with a policy and a record in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "picnic.yaml").write_text(on_one_line(STORM_PICNIC), encoding="utf-8")
    (tmp_path / "record.json").write_text('{"rain": false, "guests": 5}', encoding="utf-8")
    return tmp_path


def test_explain_prints_text() -> None:
    """A record and `--set` together; only the verdict that is asked for is told of."""
    result = run("explain", "picnic.yaml", "record.json", "--set", "wind=calm", "--instead", "kitchen")
    assert (result.err, result.code) == ("", 0)
    assert result.out == (
        "In the garden\n"
        "\n"
        "Why\n"
        "  It is pleasant outside.  (dry)\n"
        "\n"
        "These 2 answers are enough, whatever the others are\n"
        "  Does it rain?      no\n"
        "  How windy is it?   Calm\n"
        "\n"
        "“In the kitchen” would be the verdict with 1 other answer\n"
        "  Does it rain?   yes  (now: no)\n"
        "  or\n"
        "  How windy is it?   A storm  (now: Calm)\n"
        "\n"
        "The other rules\n"
        "  wet: In the kitchen\n"
        "    does not apply; it would need\n"
        "      Does it rain? yes\n"
        "  storm: In the kitchen\n"
        "    does not apply; it would need\n"
        "      How windy is it? A storm\n"
    )


def test_explain_prints_json() -> None:
    """The same as JSON, with all that `decide` prints."""
    result = run("explain", "picnic.yaml", "record.json", "--set", "wind=calm", "--format", "json")
    found = json.loads(result.out)
    assert (found["verdict"], found["reason"], found["minimal"]) == ("garden", {"rain": False, "wind": "calm"}, True)
    assert found["instead"] == {
        "kitchen": [
            [{"field": "rain", "from": False, "to": True}],
            [{"field": "wind", "from": "calm", "to": "storm"}],
        ]
    }
    decided = json.loads(run("decide", "picnic.yaml", "record.json", "--set", "wind=calm", "--format", "json").out)
    assert decided.items() <= found.items()


def test_explain_of_an_undecided_record() -> None:
    """What is open still, and what each verdict would take; exit code 1, as for `decide`."""
    result = run("explain", "picnic.yaml", "record.json")
    assert result.code == 1
    assert result.out.startswith("Not decided yet. It can still be\n")
    assert "“In the garden” is possible already\n" in result.out
    assert "  storm: In the kitchen\n    may apply: that depends on what is not answered\n" in result.out


def test_explain_refuses_a_verdict_that_there_is_not() -> None:
    """With the one that was meant; nothing is printed as a result."""
    result = run("explain", "picnic.yaml", "record.json", "--instead", "kitchn")
    assert (result.out, result.code) == ("", 2)
    assert result.err == "--instead  unknown-verdict  there is no verdict `kitchn`\n  help  did you mean `kitchen`\n"


def test_explain_refuses_two_things_from_standard_input() -> None:
    """A policy and a record cannot both come from there."""
    result = run("explain", "-", "-")
    assert (result.out, result.code) == ("", 2)
    assert "the policy and the record cannot both come from standard input" in result.err

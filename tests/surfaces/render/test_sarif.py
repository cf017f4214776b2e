"""Is what `--format sarif` writes SARIF 2.1.0, by the published schema, whatever was found?

The schema is a copy of the published one; where it comes from is said beside it, in `sarif/`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from jsonschema import Draft4Validator

from engine import Finding, PolicyError, check, load
from engine.analysis.proving.findings import SEVERITIES
from engine.surfaces.cli.group import verdict
from engine.surfaces.render.finding_reports import github, sarif
from tests.support.drawing.strategies import policies
from tests.surfaces.test_codes import WRITTEN, base, chosen

SCHEMA = Path(__file__).parents[2] / "sarif" / "sarif-2.1.0-rtm.5.json"
VALIDATOR = Draft4Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def lines_of(code: str, folder: Path) -> list[list[str]]:
    """The words of `verdict check` for each wrong example of a page that is a policy, its table, or such a line."""
    lines = []
    for block in chosen(code, "wrong"):
        path = base(code, folder)
        if block.words[0] == "sh" and code in SEVERITIES:
            lines += [line.split()[1:] for line in block.text.splitlines() if line.startswith("verdict check")]
        if len(block.words) != 2 or block.words[0] not in ("csv", "yaml"):
            continue
        if block.words[0] == "csv":
            assert path is not None
            (folder / block.options["file"]).write_text(block.text, encoding="utf-8")
        else:
            path = folder / (block.options.get("file") or f"{_name(block.text)}.yaml")
            path.write_text(block.text, encoding="utf-8")
        steps = ["--steps", block.options["steps"]] if "steps" in block.options else []
        lines.append(["check", path.name, *steps])
    return lines


def _name(text: str) -> str:
    first = next((line for line in text.splitlines() if line.startswith("policy:")), "policy: policy")
    return first.partition(":")[2].strip()


def require_sarif(data: Any) -> list[dict[str, Any]]:
    """The results of a log that meets the schema, and whose references lead to what they name."""
    assert [f"{'/'.join(map(str, each.path))}: {each.message}" for each in VALIDATOR.iter_errors(data)] == []
    (ran,) = data["runs"]
    rules = [rule["id"] for rule in ran["tool"]["driver"]["rules"]]
    assert len(set(rules)) == len(rules)
    for result in ran["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        related = [each["id"] for each in result["relatedLocations"]]
        assert len(set(related)) == len(related)
    results: list[dict[str, Any]] = ran["results"]
    return results


def test_the_schema_refuses_what_is_no_sarif() -> None:
    """A level that SARIF does not know and a line 0 are told apart from what it knows."""
    region: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": "a.yaml"}, "region": {"startLine": 1}}}
    result: dict[str, Any] = {"message": {"text": "So."}, "level": "error", "locations": [region]}
    log: Any = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": [result]}]}
    assert VALIDATOR.is_valid(log)
    region["physicalLocation"]["region"]["startLine"] = 0
    assert not VALIDATOR.is_valid(log)
    region["physicalLocation"]["region"]["startLine"] = 1
    result["level"] = "hint"
    assert not VALIDATOR.is_valid(log)


@pytest.mark.parametrize("code", WRITTEN)
def test_every_kind_of_finding_is_sarif(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `check` finds in the wrong example of each page: a log that meets the schema, and holds that code."""
    monkeypatch.chdir(tmp_path)
    lines = lines_of(code, tmp_path)
    assert lines or code not in SEVERITIES
    for words in lines:
        run = CliRunner().invoke(verdict, [*words, "--format", "sarif"])
        results = require_sarif(json.loads(run.stdout))
        assert code in {result["ruleId"] for result in results}


@pytest.mark.parametrize("write", [sarif, github])
def test_two_situations_are_shown_each_on_a_line(write: Callable[[Sequence[Finding]], str]) -> None:
    """The answers, numbers and facts in which they differ, the verdict of each with its rules, and what both share."""
    policy: dict[str, Any] = {
        "policy": "loan",
        "title": "Do we lend?",
        "situation": {
            "sex": {"ask": "Who asks?", "choices": {"woman": "A woman", "man": "A man"}},
            "pay": {"ask": "What comes in?", "type": "integer", "from": 0, "to": 9},
        },
        "facts": {"tall": {"means": "counts as tall", "when": {"sex": "man"}}},
        "verdicts": {"lend": {"title": "We lend"}, "refuse": {"title": "We refuse"}},
        "rules": [
            {
                "rule": "rich",
                "when": {"any": [{"tall": True}, {"pay": {"at_least": 5}}]},
                "then": "lend",
                "because": "x.",
            },
            {"rule": "poor", "when": {"tall": False, "pay": {"less_than": 5}}, "then": "refuse", "because": "x."},
        ],
        "guarantees": [{"guarantee": "fair", "ignores": "sex", "because": "The law says so."}],
    }
    [finding] = check(load(policy)).errors
    lines = [
        "one situation: Who asks? A man; (counts as tall yes); the verdict: We lend by `rich`",
        "the other situation: Who asks? A woman; (counts as tall no); the verdict: We refuse by `poor`",
        "in both: What comes in? 0",
    ]
    written = write([finding])
    text = json.loads(written)["runs"][0]["results"][0]["message"]["text"] if write is sarif else written
    assert ("\n" if write is sarif else "%0A").join(lines) in text


@pytest.mark.thorough
@settings(max_examples=60)
@given(drawn=policies())
def test_whatever_is_found_is_sarif(drawn: dict[str, Any]) -> None:
    """All findings of a drawn policy, and all problems of one that cannot be read."""
    try:
        found: Any = check(load(drawn)).findings
    except PolicyError as error:
        found = error.problems
    assert len(require_sarif(json.loads(sarif(found)))) == len(found)

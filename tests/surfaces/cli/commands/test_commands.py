"""What does each command print, on which stream, and with which exit code?

Whole outputs are compared, so that a change of one is seen and judged.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import click
import pytest

import engine
from engine import TextEdit, check, load
from engine.surfaces.cli.group import COMMANDS, load_command
from engine.surfaces.render.code_pages import code_pages
from tests.support import running
from tests.support.running import Result, run

ROOT = Path(engine.__file__).parent.parent
PICNIC = """\
policy: picnic
title: Where do we eat?
version: "2"
situation:
  rain: {ask: Does it rain?, type: yes_no, if_unsure: yes}
  guests: {ask: How many come?, type: integer, from: 1, to: 30}
guarantees: [{guarantee: crowd, when: {rain: yes, guests: {at_least: 9}}, never: garden, because: It is a mess.}]
verdicts:
  garden: {title: In the garden, must: [Bring rugs.], output: {tables: 0}}
  kitchen: {title: In the kitchen, advice: [Tidy up first.]}
rules:
  - {rule: dry, when: {rain: no}, then: garden, because: It is pleasant outside.}
  - {rule: wet, when: {rain: yes}, then: kitchen, because: Nobody likes wet bread.}
"""
CASES = """\
policy: picnic
cases:
  - {case: Dry, given: {rain: no}, expect: garden, by: [dry]}
  - {case: Wet, given: {rain: yes, guests: 3}, expect: kitchen}
"""
PICNIC_SUMMARY = """\
picnic: sound, each of 60 situations gets exactly one verdict
  garden   30  50.0 %
  kitchen  30  50.0 %
"""
# A gap and a conflict: 9 and more guests in the rain have no place, and children never eat outside.
HOLE = """\
policy: hole
title: Where do we eat?
situation:
  rain: {ask: Does it rain?, type: yes_no, if_unsure: yes}
  guests: {ask: How many come?, type: integer, from: 1, to: 30}
  children: {ask: Are there children?, type: yes_no}
verdicts: {garden: {title: In the garden}, kitchen: {title: In the kitchen}}
rules:
  - {rule: dry, when: {rain: no}, then: garden, because: It is pleasant outside.}
  - {rule: wet, when: {rain: yes, guests: {at_most: 8}}, then: kitchen, because: Nobody likes wet bread.}
  - {rule: small, when: {children: yes, guests: {at_most: 2}}, then: kitchen, because: It is cosy.}
"""
# Sound, but a rule of it is not needed.
SPARE = PICNIC.replace("policy: picnic", "policy: spare") + (
    "  - {rule: storm, when: {rain: yes, guests: 1}, then: kitchen, because: One table is enough.}\n"
)
BROKEN = "policy: broken\ntitle: x\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for each test, with a policy of each sort, and no wish for colour."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, text in {"picnic": PICNIC, "picnic.cases": CASES, "hole": HOLE, "spare": SPARE}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def write(name: str, text: str) -> str:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")
    return name


def data(result: Result) -> dict[str, Any]:
    """The one JSON document that a run printed, less its version, which is 1."""
    found: dict[str, Any] = json.loads(result.out)
    assert found.pop("schema") == 1
    assert result.out == json.dumps({"schema": 1, **found}, ensure_ascii=False, indent=2) + "\n"
    return found


def place(file: str, line: int | None = None, column: int | None = None, path: str | None = None) -> dict[str, Any]:
    return {"file": file, "line": line, "column": column, "path": path}


# check


def test_check_sums_up_what_is_proved() -> None:
    """A sound policy: one sentence, and how the situations are shared."""
    assert run("check", "picnic.yaml") == Result(PICNIC_SUMMARY, "", 0)


def test_check_shows_every_finding_and_ends_with_1() -> None:
    """An unsound policy: how much is wrong, with the worst of each kind, then every finding as it prints itself."""
    findings = [str(finding) for finding in check(load("hole.yaml")).findings]
    summary = """\
hole: not sound, 2 errors
  gap        1  44 of 120 situations get no verdict
  conflict   1  2 of 120 situations get both "In the garden" and "In the kitchen\""""
    result = run("check", "hole.yaml")
    assert result == Result("\n\n".join([summary, *findings]) + "\n", "", 1)
    assert findings[0].splitlines()[:4] == [
        "hole.yaml:1:9  error  gap",
        "  44 of 120 situations get no verdict",
        "  for example   Does it rain?    yes",
        "                How many come?   9",
    ]
    assert findings[1].splitlines()[:2] == [
        "hole.yaml:9:12  error  conflict  dry, small",
        '  2 of 120 situations get both "In the garden" and "In the kitchen"',
    ]


def test_check_prints_json() -> None:
    """The proof as JSON: identity, soundness, counts, and every finding with places and a full example."""
    gap, conflict = check(load("hole.yaml")).findings
    result = run("check", "hole.yaml", "--format", "json")
    assert (result.err, result.code) == ("", 1)
    assert data(result) == {
        "policies": [
            {
                "policy": "hole",
                "sha256": load("hole.yaml").sha256,
                "sound": False,
                "situations": 120,
                "verdicts": {"garden": 58, "kitchen": 16},
                "rules": {"dry": 58, "wet": 16, "small": 2},
                "findings": [
                    {
                        "code": "gap",
                        "severity": "error",
                        "rules": [],
                        "situations": 44,
                        "example": {"rain": True, "guests": 9, "children": False},
                        "numbers": {},
                        "message": "44 of 120 situations get no verdict",
                        "places": [place("hole.yaml", 1, 9)],
                        "help": gap.help,
                        "mends": [
                            "widen `wet`: take `guests: {at_most: 8}` out of its `when` (line 10)",
                            "add a rule (line 12): `- {rule: NAME, when: {rain: yes, guests: {at_least: 9}}, "
                            "then: VERDICT, because: WHY}`",
                        ],
                        "edits": [mend.edit.to_dict() for mend in gap.mends if mend.edit],
                    },
                    {
                        "code": "conflict",
                        "severity": "error",
                        "rules": ["dry", "small"],
                        "situations": 2,
                        "example": {"rain": False, "guests": 1, "children": True},
                        "numbers": {},
                        "message": '2 of 120 situations get both "In the garden" and "In the kitchen"',
                        "places": [place("hole.yaml", 9, 12), place("hole.yaml", 11, 12)],
                        "help": conflict.help,
                        "mends": ["let `small` override `dry`: add `overrides: {dry: WHY}` to it (line 11)"],
                        "edits": [mend.edit.to_dict() for mend in conflict.mends if mend.edit],
                    },
                ],
            }
        ]
    }


def test_check_annotates_lines_on_github() -> None:
    """A workflow command for each finding, at its main place, with the example, the help and the mends in it."""
    gap, conflict = check(load("hole.yaml")).findings
    examples = (
        "Does it rain? yes; How many come? 9",
        "Does it rain? no; How many come? 1; Are there children? yes",
    )
    ends = []
    for finding, example in zip((gap, conflict), examples, strict=True):
        mends = "".join(f"%0Aproved mend: {mend}" for mend in finding.mends)
        ends.append(f"%0Afor example: {example}%0Ahelp: {finding.help}{mends}")
    lines = [
        f"::error file=hole.yaml,line=1,col=9,title=gap::{gap.message}{ends[0]}",
        f"::error file=hole.yaml,line=9,col=12,title=conflict::{conflict.message}{ends[1]}",
    ]
    assert run("check", "hole.yaml", "--format", "github") == Result("\n".join(lines) + "\n", "", 1)


def test_check_escapes_what_github_would_read() -> None:
    """Colons, commas and percent signs of a file's name do not end a property."""
    write("50%,a:b/picnic.yaml", BROKEN.replace("broken", "picnic"))
    result = run("check", "50%,a:b/picnic.yaml", "--format", "github")
    assert {line.split("line=")[0] for line in result.out.splitlines()} == {"::error file=50%25%2Ca%3Ab/picnic.yaml,"}
    assert (result.err, result.code) == ("", 2)


def test_check_prints_sarif() -> None:
    """One run: a rule with its page for each code, a result for each finding, and whole mends as fixes."""
    gap, conflict = check(load("hole.yaml")).findings
    result = run("check", "hole.yaml", "--format", "sarif")
    found = json.loads(result.out)
    (ran,) = found["runs"]
    driver = ran["tool"]["driver"]
    assert (result.err, result.code) == ("", 1)
    assert (found["version"], driver["name"], ran["columnKind"]) == ("2.1.0", "oneverdict", "unicodeCodePoints")
    assert [rule["id"] for rule in driver["rules"]] == ["conflict", "gap"]
    for rule in driver["rules"]:
        page = code_pages()[rule["id"]]
        assert rule["help"] == {"text": page, "markdown": page}
        assert page.startswith(rule["shortDescription"]["text"])
        assert rule["defaultConfiguration"] == {"level": "error"}

    def at(line: int, column: int) -> dict[str, Any]:
        region = {"startLine": line, "startColumn": column}
        return {"physicalLocation": {"artifactLocation": {"uri": "hole.yaml"}, "region": region}}

    one, other = ran["results"]
    assert [(each["ruleId"], each["ruleIndex"], each["level"]) for each in (one, other)] == [
        ("gap", 1, "error"),
        ("conflict", 0, "error"),
    ]
    assert one["message"]["text"].splitlines()[:2] == [gap.message, "for example: Does it rain? yes; How many come? 9"]
    assert other["message"]["text"].splitlines()[-1] == f"proved mend: {conflict.mends[-1]}"
    assert (one["locations"], one["relatedLocations"]) == ([at(1, 9)], [])
    assert (other["locations"], other["relatedLocations"]) == (
        [at(9, 12)],
        [{"id": 0, **at(11, 12), "message": {"text": "the rule `small`"}}],
    )


def test_a_fix_of_sarif_is_the_mend() -> None:
    """Each fix, made in the file, leaves the finding behind; a rule whose verdict is still to be chosen is no fix."""
    (ran,) = json.loads(run("check", "hole.yaml", "--format", "sarif").out)["runs"]
    text = Path("hole.yaml").read_text(encoding="utf-8")
    fixes = [(result["ruleId"], fix) for result in ran["results"] for fix in result.get("fixes", ())]
    assert [code for code, _ in fixes] == ["gap", "conflict"]
    for code, fix in fixes:
        [change] = fix["artifactChanges"]
        [replacement] = change["replacements"]
        region = replacement["deletedRegion"]
        edit = TextEdit(
            change["artifactLocation"]["uri"],
            region["startLine"],
            region["startColumn"],
            region["endLine"],
            region["endColumn"],
            replacement["insertedContent"]["text"],
        )
        Path("hole.yaml").write_text(edit.apply(text), encoding="utf-8")
        assert code not in {finding.code for finding in check(load("hole.yaml")).findings}


def test_many_conflicts_are_told_rule_by_rule() -> None:
    """Each conflict is named once, with its number, under the rule that disagrees with most; `--all` tells each."""
    rows = [f"  - {{rule: r{at}, when: {{guests: {{at_least: {at}}}}}, then: {then}, because: So.}}\n"
            for at, then in enumerate(("garden", "kitchen", "garden", "kitchen", "garden"), start=2)]  # fmt: skip
    head = PICNIC.replace("policy: picnic", "policy: draft").partition("rules:\n")[0]
    Path("draft.yaml").write_text(f"{head}rules:\n{''.join(rows)}", encoding="utf-8")
    conflicts = [finding for finding in check(load("draft.yaml")).errors if finding.code == "conflict"]
    assert len(conflicts) == 6
    brief, whole = run("check", "draft.yaml"), run("check", "--all", "draft.yaml")
    assert brief.out.startswith("draft: not sound, ")
    assert all(str(finding) in whole.out for finding in conflicts)
    groups = re.findall(r"`(\w+)` disagrees with \d+ rules \(number of situations in brackets\): (.*)", brief.out)
    named = [{rule, other} for rule, others in groups for other in re.findall(r"`(\w+)`", others)]
    alone = [set(finding.rules) for finding in conflicts if str(finding) in brief.out]
    assert sorted(map(sorted, [*named, *alone])) == sorted(sorted(finding.rules) for finding in conflicts)


@pytest.mark.parametrize("form", ["github", "sarif"])
def test_check_reports_nothing_where_nothing_is_wrong(form: str) -> None:
    """No annotation and no result for a sound policy."""
    result = run("check", "picnic.yaml", "--format", form)
    assert (result.err, result.code) == ("", 0)
    assert result.out.strip() == "" if form == "github" else json.loads(result.out)["runs"][0]["results"] == []


def test_check_passes_warnings_unless_strict() -> None:
    """A redundant rule is shown and passes; with `--strict` it does not."""
    idle, warning = check(load("spare.yaml")).findings
    summary = (
        "spare: sound, each of 60 situations gets exactly one verdict\n  garden   30  50.0 %\n  kitchen  30  50.0 %\n"
    )
    shown = f"{idle}\n\n{warning}\n\n{summary}"
    assert (idle.code, warning.code, warning.rules) == ("idle-field", "redundant-rule", ("storm",))
    assert run("check", "spare.yaml") == Result(shown, "", 0)
    assert run("check", "--strict", "spare.yaml") == Result(shown, "", 1)
    assert run("check", "--strict", "picnic.yaml") == Result(PICNIC_SUMMARY, "", 0)


def test_check_quiet_is_silent_where_all_holds() -> None:
    """`--quiet` prints nothing for a sound policy, and all of it for another."""
    assert run("check", "-q", "picnic.yaml", "picnic.cases.yaml") == Result("", "", 0)
    assert run("check", "--quiet", "hole.yaml") == run("check", "hole.yaml")


def test_check_reads_standard_input() -> None:
    """`-` is the policy on standard input, and findings are placed there."""
    assert run("check", "-", stdin=PICNIC.encode()) == Result(PICNIC_SUMMARY, "", 0)
    named = run("check", "hole.yaml")
    assert run("check", "-", stdin=HOLE.encode()) == named._replace(out=named.out.replace("hole.yaml:", "<stdin>:"))


def test_check_reads_cases_beside_their_policy() -> None:
    """A cases file is read for the policy beside it, and nothing is run."""
    assert run("check", "picnic.cases.yaml") == Result("picnic.cases.yaml: 2 cases, all readable\n", "", 0)
    assert data(run("check", "picnic.cases.yaml", "--format", "json")) == {
        "policies": [],
        "cases": [{"file": "picnic.cases.yaml", "policy": "picnic", "cases": 2}],
    }


def test_check_reads_cases_of_a_shipped_policy() -> None:
    """Cases without a policy beside them are for the shipped policy that they name."""
    lines = [f"  - {{case: {offer}, given: {{offer: {offer}}}, expect: keep}}\n" for offer in ("hint", "drafting")]
    write("mine.cases.yaml", "policy: other-interviews\ncases:\n" + "".join(lines))
    assert run("check", "mine.cases.yaml") == Result("mine.cases.yaml: 2 cases, all readable\n", "", 0)
    assert run("test", "mine.cases.yaml").out.splitlines()[0] == "other-interviews: 2 of 2 cases hold"


def test_check_takes_a_folder_for_all_its_files(folder: Path) -> None:
    """A folder stands for every YAML file in it and below it, in alphabetical order."""
    write("deep/er/picnic.yaml", PICNIC)
    result = run("check", str(folder), "--format", "json")
    found = data(result)
    assert [proof["policy"] for proof in found["policies"]] == ["picnic", "hole", "picnic", "spare"]
    assert [each["file"] for each in found["cases"]] == [str(folder / "picnic.cases.yaml")]
    assert result.code == 1


def test_check_takes_several_names() -> None:
    """Each is checked in the order of the command line, and one that does not hold decides the exit code."""
    several = run("check", "picnic.yaml", "hole.yaml")
    assert several.out == PICNIC_SUMMARY + "\n" + run("check", "hole.yaml").out
    assert several.code == 1


def test_check_of_shipped_policies_by_name() -> None:
    """A name without a slash or an ending is a policy that comes with the project."""
    result = run("check", "other-interviews", "air-passenger-rights")
    first, second = result.out.split("\n\n")
    assert first.splitlines()[0] == "other-interviews: sound, each of 48,384 situations gets exactly one verdict"
    assert second == "air-passenger-rights: sound, every possible situation gets exactly one verdict\n"
    assert (result.err, result.code) == ("", 0)


def test_check_within_too_few_steps_proves_nothing() -> None:
    """One step is not enough: what was not settled is named, and the policy is not sound."""
    result = run("check", "--steps", "1", "other-interviews", "--format", "json")
    (proof,) = data(result)["policies"]
    assert result.code == 1
    assert proof["sound"] is False
    assert {finding["code"] for finding in proof["findings"]} == {"not-proved", "not-checked"}
    assert proof["findings"][0]["message"] == (
        "could not determine within 1 step whether every possible situation gets a verdict"
    )


def test_check_prints_what_can_be_read_beside_what_cannot() -> None:
    """A file that cannot be read is told on stderr, the others are still proved, and the exit code is 2."""
    write("broken.yaml", BROKEN)
    result = run("check", "picnic.yaml", "broken.yaml", "nowhere.yaml", "spare.yaml")
    assert result.out == PICNIC_SUMMARY + "\n" + run("check", "spare.yaml").out
    assert [line.split("  ")[0] for line in result.err.splitlines() if not line.startswith(" ")] == [
        *["broken.yaml:1:1"] * 3,
        "nowhere.yaml",
    ]
    assert result.code == 2
    found = data(run("check", "picnic.yaml", "broken.yaml", "--format", "json"))
    assert [proof["policy"] for proof in found["policies"]] == ["picnic"]
    assert {problem["code"] for problem in found["problems"]} == {"missing-key"}


# decide

DRY = """\
In the garden

Why
  It is pleasant outside.  (dry)

What you must do
  - Bring rugs.
"""


def test_decide_says_why() -> None:
    """The verdict first, then why, and what to do."""
    assert run("decide", "picnic.yaml", "--set", "rain=no") == Result(DRY, "", 0)


def test_decide_prints_json() -> None:
    """A decision as JSON: every key, also those without a value."""
    result = run("decide", "picnic.yaml", "--set", "rain=no", "--format", "json")
    assert (result.err, result.code) == ("", 0)
    assert data(result) == {
        "policy": "picnic",
        "version": "2",
        "sha256": load("picnic.yaml").sha256,
        "outcome": "decided",
        "verdict": "garden",
        "rules": ["dry"],
        "possible_rules": [],
        "title": "In the garden",
        "must": ["Bring rugs."],
        "advice": [],
        "because": ["It is pleasant outside."],
        "cites": [],
        "output": {"tables": 0},
        "assumed": {},
        "possible": ["garden"],
        "ask": None,
        "completions": None,
        "situations": {},
        "faults": [],
        "draft": False,
        "notes": [],
    }


def test_decide_shows_what_was_assumed() -> None:
    """An answer `unsure` is read as the author wrote, and the reading is shown."""
    result = run("decide", "picnic.yaml", "--set", "rain=unsure", "--set", "guests=4")
    assert result.out.split("\n\n")[-1] == ("Taken as answered, where you were not sure\n  Does it rain? yes\n")
    assert result.out.startswith("In the kitchen\n")
    found = data(run("decide", "picnic.yaml", "--set", "rain=unsure", "--format", "json"))
    assert (found["verdict"], found["assumed"]) == ("kitchen", {"rain": True})


def test_decide_asks_where_it_is_undecided() -> None:
    """Undecided ends with 1; the verdicts that can come and a question that helps are named."""
    result = run("decide", "picnic.yaml", "--set", "guests=4")
    assert (result.err, result.code) == ("", 1)
    assert result.out.splitlines()[0].startswith("Not decided yet")
    assert [title in result.out for title in ("In the garden", "In the kitchen", "Does it rain?", "(rain)")] == [
        True
    ] * 4
    result = run("decide", "picnic.yaml", "--format", "json")
    keys = ("outcome", "verdict", "title", "rules", "possible", "ask", "faults")
    assert [data(result)[key] for key in keys] == ["undecided", None, None, [], ["garden", "kitchen"], "rain", []]
    assert result.code == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("record.json", '{"rain": false, "guests": 12}'),
        ("record.yaml", "rain: no\nguests: 12\n"),
        ("record.txt", '{"guests": 12.0, "rain": false}'),
        ("-", '{"rain": false}'),
        ("-", "rain: no"),
    ],
)
def test_decide_reads_a_record(name: str, text: str) -> None:
    """The answers of a JSON file, a YAML file or standard input, whatever the file is called."""
    if name != "-":
        write(name, text)
    assert run("decide", "picnic.yaml", name, stdin=text.encode()) == Result(DRY, "", 0)


def test_decide_adds_settings_to_a_record() -> None:
    """`--set` answers what the record leaves out, and is refused where it answers twice."""
    write("record.json", '{"guests": 12}')
    assert run("decide", "picnic.yaml", "record.json", "--set", "rain=no") == Result(DRY, "", 0)
    twice = run("decide", "picnic.yaml", "record.json", "--set", "guests=12")
    expected = "--set: guests  answered-twice  `guests` is answered in the record too\n  help  keep one of the two\n"
    assert twice == Result("", expected, 2)


def test_decide_reads_the_policy_from_standard_input() -> None:
    """`-` as the policy, with the record in a file or in settings; not both from one stream."""
    write("record.yaml", "rain: no")
    assert run("decide", "-", "record.yaml", stdin=PICNIC.encode()) == Result(DRY, "", 0)
    assert run("decide", "-", "--set", "rain=no", stdin=PICNIC.encode()) == Result(DRY, "", 0)
    both = run("decide", "-", "-", stdin=PICNIC.encode())
    assert (both.out, both.code) == ("", 2)
    assert both.err.splitlines()[-1] == "Error: the policy and the record cannot both come from standard input"


def test_decide_refuses_a_record_with_every_problem() -> None:
    """All that is wrong with a record on stderr, each with a help, and nothing on stdout."""
    write("record.json", '{"rain": "perhaps", "guest": 3, "guests": 31}')
    result = run("decide", "picnic.yaml", "record.json")
    assert (result.out, result.code) == ("", 2)
    lines = result.err.splitlines()
    assert [line.split("  ")[:2] for line in lines if not line.startswith("  ")] == [
        ["record.json: rain", "wrong-type"],
        ["record.json: guest", "unknown-field"],
        ["record.json: guests", "out-of-range"],
    ]
    assert "  help  did you mean `guests`" in lines


def test_decide_refuses_a_record_in_json() -> None:
    """The same as JSON on stdout, with the path of each answer."""
    result = run("decide", "picnic.yaml", "--set", "guest=3", "--format", "json")
    assert (result.err, result.code) == ("", 2)
    assert data(result) == {
        "problems": [
            {
                "code": "unknown-field",
                "severity": "error",
                "message": "there is no field `guest`",
                "places": [place("--set", path="guest")],
                "help": "did you mean `guests`",
            }
        ]
    }


def test_decide_refuses_an_unsound_policy() -> None:
    """A policy that is not proved decides nothing: the findings on stderr, and exit code 1."""
    result = run("decide", "hole.yaml", "--set", "rain=no")
    assert (result.out, result.code) == ("", 1)
    problems = [str(finding.problem()) for finding in check(load("hole.yaml")).errors]
    assert result.err.startswith("\n".join(problems) + "\n")
    assert "--draft" in result.err.removeprefix("\n".join(problems))


def test_decide_refuses_an_unsound_policy_in_json() -> None:
    """The findings as problems, beside the policy's identity."""
    policy = load("hole.yaml")
    result = run("decide", "hole.yaml", "--set", "rain=no", "--format", "json")
    assert data(result) == {
        "policy": "hole",
        "sha256": policy.sha256,
        "problems": [finding.problem().to_dict() for finding in check(policy).errors],
    }
    assert (result.err, result.code) == ("", 1)


def test_decide_tries_a_draft() -> None:
    """With `--draft` a gap and a conflict are named as such, without a verdict, and end with 1."""
    gap = run("decide", "hole.yaml", "--draft", "--set", "rain=yes", "--set", "guests=9")
    assert gap.code == 1
    assert "No verdict: this is a gap of the draft\n\n  No rule stands in this situation.\n" in gap.out
    settings = ("--set", "rain=no", "--set", "guests=2", "--set", "children=yes")
    conflict = run("decide", "hole.yaml", "--draft", *settings)
    assert conflict.code == 1
    assert conflict.out.endswith(
        "No verdict: this is a conflict of the draft\n\n  These rules disagree:\n"
        "  - dry: “In the garden”\n  - small: “In the kitchen”\n"
    )
    found = data(run("decide", "hole.yaml", "--draft", *settings, "--format", "json"))
    keys = ("outcome", "verdict", "rules", "possible", "faults")
    assert [found[key] for key in keys] == [
        "conflict",
        None,
        ["dry", "small"],
        ["garden", "kitchen"],
        ["conflict"],
    ]


def test_decide_tries_a_partial_record_of_a_draft() -> None:
    """An undecided draft names the faults that can still come beside the verdicts."""
    result = run("decide", "hole.yaml", "--draft", "--set", "rain=no", "--format", "json")
    found = data(result)
    assert [found[key] for key in ("outcome", "possible", "faults", "ask")] == [
        "undecided",
        ["garden"],
        ["conflict"],
        "guests",
    ]
    assert result.code == 1


# test


def test_test_counts_the_cases_that_hold() -> None:
    """All cases hold: one line, by the policy, its cases file or its name."""
    expected = Result("picnic: 2 of 2 cases hold\n", "", 0)
    assert run("test", "picnic.yaml") == run("test", "picnic.cases.yaml") == expected
    assert run("test", "other-interviews").out == "other-interviews: 36 of 36 cases hold\n"
    assert run("test", "-q", "picnic.yaml") == Result("", "", 0)


def test_test_shows_what_fails_and_why() -> None:
    """Each failed case with its place and what came instead; the rules that no case reaches; exit code 1."""
    write(
        "picnic.cases.yaml",
        "policy: picnic\n"
        "cases:\n"
        "  - {case: Other verdict, given: {rain: no}, expect: kitchen}\n"
        "  - {case: Undecided, given: {guests: 4}, expect: garden}\n"
        "  - {case: Holds, given: {rain: no}, expect: garden}\n",
    )
    result = run("test", "picnic.yaml")
    assert result.out == (
        "picnic.cases.yaml:3:12  fails  Other verdict\n"
        "  expected “In the kitchen” (kitchen), got “In the garden” (garden) by `dry`\n"
        "picnic.cases.yaml:4:12  fails  Undecided\n"
        "  expected “In the garden” (garden), but it is not decided: it can be “In the garden” (garden) or "
        "“In the kitchen” (kitchen); `rain` can settle it\n"
        "picnic: 1 of 3 cases hold\n"
        "  no case reaches `wet`\n"
    )
    assert (result.err, result.code) == ("", 1)


def test_test_compares_the_deciding_rules() -> None:
    """`by` is exactly the rules that decide, in any order."""
    write(
        "spare.cases.yaml",
        "policy: spare\n"
        "cases:\n"
        "  - {case: In any order, given: {rain: yes, guests: 1}, expect: kitchen, by: [storm, wet]}\n"
        "  - {case: One is missing, given: {rain: yes, guests: 1}, expect: kitchen, by: [wet]}\n"
        "  - {case: Dry, given: {rain: no}, expect: garden}\n",
    )
    assert run("test", "spare.yaml") == Result(
        "spare.cases.yaml:4:12  fails  One is missing\n"
        "  expected `wet` to decide, but it was `wet` and `storm`\n"
        "spare: 2 of 3 cases hold\n",
        "",
        1,
    )


def test_test_prints_json() -> None:
    """A report for each policy: every case with its place and its rules."""
    result = run("test", "picnic.yaml", "--format", "json")
    cases = [
        {
            "case": name,
            "passed": True,
            "message": None,
            "rules": [rule],
            "notes": [],
            "place": place("picnic.cases.yaml", line, 12),
        }
        for name, rule, line in (("Dry", "dry", 3), ("Wet", "wet", 4))
    ]
    assert data(result) == {"policies": [{"policy": "picnic", "passed": True, "cases": cases, "unreached": []}]}
    assert (result.err, result.code) == ("", 0)


def test_test_prints_junit() -> None:
    """XML for build servers: a suite for each policy, with its failures counted and explained."""
    text = CASES.replace("expect: kitchen", "expect: garden").replace("Wet", "'Rain & <b>wind</b>'")
    write("picnic.cases.yaml", text)
    result = run("test", "picnic.yaml", "--format", "junit")
    (suite,) = ElementTree.fromstring(result.out)
    assert suite.attrib == {"name": "picnic", "tests": "2", "failures": "1", "errors": "0"}
    assert [case.attrib for case in suite] == [
        {"name": "Dry", "classname": "picnic"},
        {"name": "Rain & <b>wind</b>", "classname": "picnic"},
    ]
    ((failure,),) = (list(case) for case in suite if len(case))
    assert failure.tag == "failure"
    assert failure.attrib == {"message": "expected “In the garden” (garden), got “In the kitchen” (kitchen) by `wet`"}
    assert failure.text == "picnic.cases.yaml:4:12"
    assert (result.err, result.code) == ("", 1)


def test_test_annotates_lines_on_github() -> None:
    """A workflow command for each failed case."""
    write("picnic.cases.yaml", CASES.replace("expect: kitchen", "expect: garden"))
    assert run("test", "picnic.yaml", "--format", "github") == Result(
        "::error file=picnic.cases.yaml,line=4,col=12,title=failed-case::"
        "Wet: expected “In the garden” (garden), got “In the kitchen” (kitchen) by `wet`\n",
        "",
        1,
    )


def test_test_runs_a_folder() -> None:
    """Every cases file in a folder and below it; what cannot be read is told, and the rest is run."""
    write("deep/picnic.yaml", PICNIC)
    write("deep/picnic.cases.yaml", CASES)
    assert run("test", ".") == Result("picnic: 2 of 2 cases hold\n" * 2, "", 0)
    write("deep/lost.cases.yaml", "policy: nowhere\ncases: []\n")
    result = run("test", ".")
    assert (result.out, result.code) == ("picnic: 2 of 2 cases hold\n" * 2, 2)
    assert "no-such-policy" in result.err


def test_test_runs_a_draft_and_says_so() -> None:
    """The cases of an unsound policy are run, and a gap fails; stderr says that it is a draft."""
    write(
        "hole.cases.yaml",
        "policy: hole\n"
        "cases:\n"
        "  - {case: Few, given: {rain: yes, guests: 2}, expect: kitchen}\n"
        "  - {case: Many, given: {rain: yes, guests: 9}, expect: kitchen}\n",
    )
    result = run("test", "hole.yaml")
    assert "  expected “In the kitchen” (kitchen), but this is a gap\n" in result.out
    assert result.err.startswith("verdict: `hole` is not sound, so its cases are run as a draft")
    assert result.code == 1


# show, list, new, schema, codes


def test_show_says_everything_in_words() -> None:
    """A small policy, whole: what it asks, what it can say, and its rules."""
    assert run("show", "picnic.yaml") == Result(
        """\
Where do we eat?  (picnic, version 2)

What it asks
  Does it rain?  (rain)
    yes or no
    when unsure: yes
  How many come?  (guests)
    a whole number from 1 to 30

What it can say
  In the garden  (garden)
    must: Bring rugs.
  In the kitchen  (kitchen)
    advice: Tidy up first.

Its rules (the rules that apply must agree)
  dry: In the garden
    when
      Does it rain? no
    because: It is pleasant outside.
  wet: In the kitchen
    when
      Does it rain? yes
    because: Nobody likes wet bread.

What it guarantees
  crowd: never “In the garden”. It is a mess.
    when
      Does it rain? yes
      How many come? at least 9
""",
        "",
        0,
    )


SECTIONS = {
    "What it asks": "fields",
    "What it works out": "numbers",
    "What it calls": "facts",
    "What cannot happen": "impossible",
    "What it can say": "verdicts",
    "Its rules": "rules",
    "What it guarantees": "guarantees",
    "Source": "source",
}


@pytest.mark.parametrize("name", ["other-interviews", "air-passenger-rights", "customs-channel"])
def test_show_leaves_nothing_out(name: str) -> None:
    """Every section that the policy has, in this order, and in it every name, reason, question and title."""
    policy = load(name)
    result = run("show", name)
    heads = [head for head in SECTIONS if re.search(rf"^{head}\b", result.out, re.MULTILINE)]
    assert heads == [head for head, part in SECTIONS.items() if getattr(policy, part)]
    said = [*(f"  {rule.name}: {policy.verdict[rule.then].title}" for rule in policy.rules)]
    said += [f"    because: {rule.because}" for rule in policy.rules]
    said += [f"    rather than {each.rule}: {each.because}" for rule in policy.rules for each in rule.overrides]
    said += [f"  {field.ask}  ({field.name})" for field in policy.fields]
    said += [f"  {verdict.title}  ({verdict.name})" for verdict in policy.verdicts]
    said += [f"  {fact.name} ({fact.means}), when" for fact in policy.facts]
    said += [f"    {each.because}" for each in policy.impossible]
    lines = set(result.out.splitlines())
    assert [line for line in said if line not in lines] == []
    assert all(f"  {each.name}: " in result.out for each in policy.guarantees)
    assert (result.err, result.code) == ("", 0)


def test_show_prints_json() -> None:
    """The policy as data in its fixed spelling, which can be read again."""
    policy = load("picnic.yaml")
    result = run("show", "picnic.yaml", "--format", "json")
    assert data(result) == {"sha256": policy.sha256, "definition": policy.to_dict()}
    assert load(data(result)["definition"]) == policy


def test_list_names_what_is_shipped() -> None:
    """A line for each shipped policy, with its title; as JSON with its file too."""
    found = data(run("list", "--format", "json"))["policies"]
    assert [sorted(each) for each in found] == [["file", "policy", "title"]] * len(found)
    assert [load(each["file"]) == load(each["policy"]) for each in found] == [True] * len(found)
    width = max(len(each["policy"]) for each in found)
    lines = [f"{each['policy']:<{width}}  {each['title']}\n" for each in found]
    assert run("list") == Result("".join(lines), "", 0)


def test_new_writes_a_policy_to_start_from(folder: Path) -> None:
    """Two files, named on stdout: sound with no finding, with cases that hold; the next step is told on stderr."""
    result = run("new", "first-steps")
    assert result == Result("first-steps.yaml\nfirst-steps.cases.yaml\n", "next: verdict check first-steps.yaml\n", 0)
    assert check(load(folder / "first-steps.yaml")).findings == ()
    assert run("test", "first-steps.yaml") == Result("first-steps: 2 of 2 cases hold\n", "", 0)


def test_new_names_the_schemas_of_a_checkout(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a checkout the first line of both files leads an editor to a schema, whatever folder it is moved to."""
    write("pyproject.toml", "")
    for kind in ("policy", "cases"):
        write(f"schemas/{kind}.schema.json", run("schema", kind).out)
    monkeypatch.setattr("engine.surfaces.cli.commands.authoring.new_command.folder", lambda kind: folder / kind)
    run("new", "first-steps", "--folder", "deep/er")
    for ending, kind in (("yaml", "policy"), ("cases.yaml", "cases")):
        text = (folder / "deep" / "er" / f"first-steps.{ending}").read_text(encoding="utf-8")
        assert text.startswith(
            f"# yaml-language-server: $schema=../../schemas/{kind}.schema.json\npolicy: first-steps\n"
        )
    assert check(load(folder / "deep" / "er" / "first-steps.yaml")).sound


def test_new_names_no_schema_of_an_installation(folder: Path) -> None:
    """Where the schemas lie elsewhere, perhaps in an environment that goes tomorrow, neither file leads there."""
    run("new", "first-steps")
    for file in folder.glob("first-steps.*"):
        assert file.read_text(encoding="utf-8").startswith("policy: first-steps\n")


@pytest.mark.parametrize("left", ["yaml", "cases.yaml"])
def test_new_finishes_what_was_stopped_half_way(folder: Path, left: str) -> None:
    """A run that was killed after one file: the next writes the other, and then both are there already."""
    run("new", "first-steps")
    texts = {file.name: file.read_text(encoding="utf-8") for file in folder.glob("first-steps.*")}
    (folder / f"first-steps.{left}").unlink()
    assert run("new", "first-steps").code == 0
    assert {file.name: file.read_text(encoding="utf-8") for file in folder.glob("first-steps.*")} == texts
    assert run("new", "first-steps").code == 2


@pytest.mark.parametrize("ending", ["yaml", "cases.yaml"])
def test_new_overwrites_nothing(folder: Path, ending: str) -> None:
    """Where one of the files is there, neither is written."""
    write(f"mine.{ending}", "keep me")
    result = run("new", "mine")
    assert (result.out, result.code) == ("", 2)
    assert result.err.splitlines()[-1] == f"Error: mine.{ending} is there already; choose another name"
    assert [path.read_text(encoding="utf-8") for path in folder.glob("mine.*")] == ["keep me"]


@pytest.mark.parametrize("name", ["Mine", "my_policy", "my policy", "a--b", "-", "1st", "../mine", "mine.yaml", ""])
def test_new_refuses_what_cannot_be_a_name(folder: Path, name: str) -> None:
    """A policy's name is lower-case words joined by hyphens; nothing is written under another."""
    before = sorted(folder.rglob("*"))
    result = run("new", "--", name)
    assert (result.out, result.code) == ("", 2)
    assert result.err.splitlines()[-1] == (
        f"Error: `{name}` cannot be a policy's name: write lower-case words joined by hyphens"
    )
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("kind", ["policy", "cases"])
def test_schema_prints_a_schema_or_its_place(kind: str) -> None:
    """The JSON Schema itself, or with `--path` the file it stands in."""
    text, path = run("schema", kind), run("schema", kind, "--path")
    assert (text.err, text.code, path.err, path.code) == ("", 0, "", 0)
    assert Path(path.out.rstrip("\n")).read_text(encoding="utf-8").rstrip("\n") == text.out.rstrip("\n")
    assert json.loads(text.out)["type"] == "object"
    if kind == "policy":
        assert run("schema") == text


def test_codes_explains_each_code() -> None:
    """The page of one code, and a list of all."""
    pages = code_pages()
    assert run("codes", "gap") == Result(f"gap\n\n{pages['gap']}\n", "", 0)
    assert [line.split()[0] for line in run("codes").out.splitlines()] == list(pages)


# every command


def commands() -> Iterator[tuple[str, click.Command]]:
    for name in COMMANDS:
        yield name, load_command(name)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_help(name: str) -> None:
    """Short and long help are the same: how to call it, what it does, its options."""
    result = run(name, "--help")
    assert run(name, "-h") == result
    assert (result.err, result.code) == ("", 0)
    assert re.match(rf"Usage: .* {name} .*\n\n  [A-Z]", result.out)
    assert "\nOptions:\n" in result.out


def test_every_option_has_help() -> None:
    """No option of any command is left unexplained."""
    options = [
        (name, each) for name, command in commands() for each in command.params if isinstance(each, click.Option)
    ]
    assert [(name, each.name) for name, each in options if not (each.help or "").strip()] == []
    assert options


def test_the_list_of_commands_is_complete() -> None:
    """`verdict --help` names each command with what it does, and the exit codes."""
    result = run("--help")
    assert (result.err, result.code) == ("", 0)
    listed = re.findall(r"^  (\w+) +(\S.*)$", result.out.split("Commands:\n")[1], re.MULTILINE)
    assert listed == list(COMMANDS.items())
    assert [code in result.out for code in ("0    ", "1    ", "2    ", "130  ")] == [True] * 4


def test_an_unknown_command_is_refused_with_the_one_that_may_be_meant() -> None:
    """A slip in a command ends with 2 and a suggestion; no command at all with the help."""
    result = run("chek", "picnic.yaml")
    assert (result.out, result.code) == ("", 2)
    assert result.err.splitlines()[-1] == "Error: there is no command `chek`; did you mean `check`"
    assert run().code == 2


@pytest.mark.parametrize(
    "words",
    [
        ("check",),
        ("check", "picnic.yaml", "--format", "xml"),
        ("check", "picnic.yaml", "--steps", "0"),
        ("decide",),
        ("decide", "picnic.yaml", "--sett", "rain=no"),
        ("test",),
        ("show", "picnic.yaml", "hole.yaml"),
        ("schema", "rules"),
        ("codes", "conflit"),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(words: tuple[str, ...]) -> None:
    """Nothing on stdout, how to use it on stderr, exit code 2."""
    result = run(*words)
    assert (result.out, result.code) == ("", 2)
    assert result.err.startswith("Usage: ")
    assert result.err.splitlines()[-1].startswith("Error: ")


def test_the_version_is_that_of_the_distribution() -> None:
    """`verdict --version` names the version that is installed."""
    from importlib.metadata import version

    assert run("--version") == Result(f"verdict, version {version('oneverdict')}\n", "", 0)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("check", "picnic.yaml"), 0),
        (("check", "hole.yaml", "picnic.cases.yaml"), 1),
        (("check", "nowhere"), 2),
        (("check", "nowhere.yaml", "picnic.yaml"), 2),
        (("decide", "picnic.yaml", "--set", "rain=no"), 0),
        (("decide", "picnic.yaml"), 1),
        (("decide", "hole.yaml"), 1),
        (("decide", "hole.yaml", "--draft"), 1),
        (("decide", "nowhere"), 2),
        (("decide", "picnic.yaml", "nowhere.json"), 2),
        (("decide", "picnic.yaml", "-"), 2),
        (("decide", "picnic.yaml", "--set", "rain"), 2),
        (("test", "picnic.yaml"), 0),
        (("test", "hole.yaml"), 2),
        (("test", "nowhere"), 2),
        (("show", "picnic.yaml"), 0),
        (("show", "nowhere"), 2),
        (("list",), 0),
        (("codes",), 0),
        (("codes", "gap"), 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_json_is_one_versioned_document(words: tuple[str, ...], code: int) -> None:
    """With `--format json` stdout is one document with `"schema": 1`, also where the work was refused."""
    result = run(*words, "--format", "json", stdin=b"[1, 2")
    assert next(iter(json.loads(result.out))) == "schema"
    assert data(result)
    assert (result.err, result.code) == ("", code)


@pytest.mark.parametrize(
    ("wishes", "terminal", "coloured"),
    [
        ({}, False, False),
        ({}, True, True),
        ({"NO_COLOR": "1"}, True, False),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
    ],
)
def test_colour_is_for_terminals(
    monkeypatch: pytest.MonkeyPatch, wishes: dict[str, str], terminal: bool, coloured: bool
) -> None:
    """Codes are coloured on a terminal only, unless `NO_COLOR` or `FORCE_COLOR` says otherwise; no word is lost."""
    plain = run("check", "hole.yaml", "spare.yaml", "nowhere.yaml")
    monkeypatch.setattr(running._Stream, "isatty", lambda self: terminal)
    for name, value in wishes.items():
        monkeypatch.setenv(name, value)
    result = run("check", "hole.yaml", "spare.yaml", "nowhere.yaml")
    codes = re.findall("\x1b\\[(3[13])m([a-z-]+)\x1b\\[0m", result.err + result.out)
    every = [("31", "no-such-file"), ("31", "gap"), ("31", "conflict")]
    every += [("33", "idle-field"), ("33", "redundant-rule")]
    assert codes == (every if coloured else [])
    bare = [re.sub("\x1b\\[[0-9;]*m", "", text) for text in (result.out, result.err)]
    assert bare == [plain.out, plain.err]


def test_ctrl_c_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped by the user: one line on stderr, no traceback, exit code 130."""

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("engine.surfaces.cli.commands.authoring.check_command.check", stopped)
    result = run("check", "picnic.yaml")
    assert (result.out, result.err.strip(), result.code) == ("", "verdict: stopped", 130)


def alone(*words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """`python -m engine` with these words in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    arguments = {"capture_output": True, "encoding": "utf-8", "timeout": 30, "check": False, **more}
    return subprocess.run([sys.executable, "-m", "engine", *words], env=environment, **arguments)


def test_the_module_is_the_command() -> None:
    """`python -m engine` prints and ends as `verdict` does."""
    for words in (("check", "hole.yaml"), ("decide", "picnic.yaml", "--set", "rain=no"), ("check", "nowhere.yaml")):
        done = alone(*words)
        assert Result(done.stdout, done.stderr, done.returncode) == run(*words)


def test_nothing_waits_for_an_answer() -> None:
    """With nobody at standard input, an undecided record is undecided: nothing is asked for and waited for."""
    reading, writing = os.pipe()
    try:
        done = alone("decide", "picnic.yaml", stdin=reading)
    finally:
        os.close(reading)
        os.close(writing)
    expected = run("decide", "picnic.yaml")
    assert Result(done.stdout, done.stderr, done.returncode) == expected


@pytest.mark.parametrize("number", ["1e99999999999999999999", "-1e-99999999999999999999", "1" + "0" * 5000])
def test_decide_refuses_a_number_beyond_every_number(number: str) -> None:
    """A JSON number too long to hold is out of range, like every other beyond the field's ends."""
    result = run("decide", "picnic.yaml", "-", stdin=f'{{"guests": {number}}}'.encode())
    refused = "<stdin>: guests  out-of-range  `guests`: a number of more than 400 digits is not supported\n"
    assert result == Result("", refused + "  help  compare the unit\n", 2)


def test_an_empty_word_names_nothing() -> None:
    """A policy called by the empty text is refused, not taken for the folder one stands in."""
    result = run("check", "")
    assert (result.out, result.err.splitlines()[0], result.code) == (
        "",
        "no-such-policy  no policy called `` comes with the project",
        2,
    )


@pytest.mark.parametrize("words", [("check",), ("decide",), ("test",), ("show",), ("decide", "picnic.yaml")])
@pytest.mark.parametrize("ending", ["", ".yaml"])
def test_a_name_too_long_for_any_file_is_refused(words: tuple[str, ...], ending: str) -> None:
    """A word that no file system takes as a name ends with a message and exit code 2."""
    result = run(*words, "x" * 5000 + ending)
    assert (result.out, result.code) == ("", 2)
    assert ("no-such-policy" if len(words) == 1 and not ending else "unreadable-file") in result.err.splitlines()[0]

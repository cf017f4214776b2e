"""What does `verdict check` print, on which stream, and with which exit code?

Whole outputs are compared, so that a change of one is seen and judged.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from engine import TextEdit, check, load
from engine.surfaces.render.code_pages import code_pages
from tests.support.running import Result, run
from tests.surfaces.cli.commands.picnics import BROKEN, HOLE, PICNIC, PICNIC_SUMMARY, data, place, write

pytestmark = pytest.mark.usefixtures("folder")


def test_check_sums_up_what_is_proved() -> None:
    """A sound policy: one sentence, and how the situations are shared."""
    assert run("check", "picnic.yaml") == Result(PICNIC_SUMMARY, "", 0)


def test_check_shows_every_finding_and_ends_with_1() -> None:
    """An unsound policy: how much is wrong, with the worst of each kind, then every finding as it prints itself."""
    findings = [str(finding) for finding in check(load("hole.yaml")).findings]
    summary = """\
hole: not sound, 2 errors
  conflict   1  2 of 120 situations get both "In the garden" and "In the kitchen"
  gap        1  44 of 120 situations get no verdict
  begin with the first one below, then check again"""
    result = run("check", "hole.yaml")
    assert result == Result("\n\n".join([summary, *findings]) + "\n", "", 1)
    assert findings[1].splitlines()[:4] == [
        "hole.yaml:1:9  error  gap",
        "  44 of 120 situations get no verdict",
        "  for example   Does it rain?    yes",
        "                How many come?   9",
    ]
    assert findings[0].splitlines()[:2] == [
        "hole.yaml:9:12  error  conflict  dry, small",
        '  2 of 120 situations get both "In the garden" and "In the kitchen"',
    ]


def test_check_prints_json() -> None:
    """The proof as JSON: identity, soundness, counts, and every finding with places and a full example."""
    conflict, gap = check(load("hole.yaml")).findings
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
                        "code": "conflict",
                        "severity": "error",
                        "rules": ["dry", "small"],
                        "situations": 2,
                        "example": {"rain": False, "guests": 1, "children": True},
                        "numbers": {},
                        "facts": {},
                        "message": '2 of 120 situations get both "In the garden" and "In the kitchen"',
                        "places": [place("hole.yaml", 9, 12), place("hole.yaml", 11, 12)],
                        "help": conflict.help,
                        "mends": ["let `small` override `dry`: add `overrides: {dry: WHY}` to it (line 11)"],
                        "edits": [mend.edit.to_dict() for mend in conflict.mends if mend.edit],
                    },
                    {
                        "code": "gap",
                        "severity": "error",
                        "rules": [],
                        "situations": 44,
                        "example": {"rain": True, "guests": 9, "children": False},
                        "numbers": {},
                        "facts": {},
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
                ],
                "otherwise": None,
                "steps": {},
            }
        ]
    }


def test_check_annotates_lines_on_github() -> None:
    """A workflow command for each finding, at its main place, with the example, the help and the mends in it."""
    conflict, gap = check(load("hole.yaml")).findings
    examples = (
        "Does it rain? no; How many come? 1; Are there children? yes",
        "Does it rain? yes; How many come? 9",
    )
    ends = []
    for finding, example in zip((conflict, gap), examples, strict=True):
        mends = "".join(f"%0Aproved mend: {mend}" for mend in finding.mends)
        ends.append(f"%0Afor example: {example}%0Ahelp: {finding.help}{mends}")
    lines = [
        f"::error file=hole.yaml,line=9,col=12,title=conflict::{conflict.message}{ends[0]}",
        f"::error file=hole.yaml,line=1,col=9,title=gap::{gap.message}{ends[1]}",
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
    conflict, gap = check(load("hole.yaml")).findings
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

    other, one = ran["results"]
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
    assert [code for code, _ in fixes] == ["conflict", "gap"]
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


def test_a_fix_of_a_table_is_an_edit_of_its_csv() -> None:
    """Every format offers the edit in the CSV file, and made there it settles the finding."""
    head = PICNIC.replace("policy: picnic", "policy: sheet").partition("rules:\n")[0]
    write("sheet.yaml", f"{head}rules: {{table: sheet.csv}}\n")
    rows = "rain,guests,then\r\nno,,garden\r\nyes,,kitchen\r\n,>= 20,kitchen\r\n"
    write("sheet.csv", rows)
    [conflict] = check(load("sheet.yaml")).errors
    [mend] = conflict.mends
    assert mend.edit == TextEdit("sheet.csv", 2, 4, 2, 4, "<= 19")
    assert f"proved mend   {mend}\n" in run("check", "sheet.yaml").out
    (proof,) = data(run("check", "sheet.yaml", "--format", "json"))["policies"]
    assert proof["findings"][0]["edits"] == [mend.edit.to_dict()]
    (ran,) = json.loads(run("check", "sheet.yaml", "--format", "sarif").out)["runs"]
    [change] = ran["results"][0]["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"] == {"uri": "sheet.csv"}
    assert change["replacements"][0]["insertedContent"] == {"text": "<= 19"}
    write("sheet.csv", mend.edit.apply(rows))
    assert check(load("sheet.yaml")).sound


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


def test_check_says_where_to_begin() -> None:
    """A mend that settles several conflicts comes first, and the summary says so; nothing is said of a single error."""
    head = PICNIC.replace("policy: picnic", "policy: draft").partition("rules:\n")[0]
    rules = """\
rules:
  - {rule: alone, when: {rain: no, guests: 30}, then: garden, because: So.}
  - {rule: many, when: {guests: {at_least: 20}}, then: kitchen, because: So.}
  - {rule: dry, when: {rain: no, guests: {at_most: 29}}, then: garden, because: So.}
  - {rule: wet, when: {rain: yes, guests: {at_most: 19}}, then: kitchen, because: So.}
"""
    write("draft.yaml", head + rules)
    first, _ = check(load("draft.yaml")).errors
    assert [(str(mend), mend.settles) for mend in first.mends] == [
        ("narrow `many`: add `rain: yes` to its `when` (line 13)", 2),
        ("let `alone` override `many`: add `overrides: {many: WHY}` to it (line 12)", 1),
    ]
    begin = "  begin with the first one below, whose mend settles 2 conflicts, then check again"
    assert run("check", "draft.yaml").out.split("\n\n")[0].splitlines()[-1] == begin
    edit = first.mends[0].edit
    assert edit
    write("draft.yaml", edit.apply(head + rules))
    assert check(load("draft.yaml")).sound
    write("draft.yaml", head + "\n".join(line for line in rules.splitlines() if "alone" not in line))
    assert len(check(load("draft.yaml")).errors) == 1
    assert "begin with" not in run("check", "draft.yaml").out


def test_verify_says_which_file_comes_first() -> None:
    """A policy in place of its certificate is the likeliest mistake."""
    assert run("check", "picnic.yaml", "--certificate", "proof.json").code == 0
    assert run("verify", "picnic.yaml", "proof.json").err == (
        "picnic.yaml:1:1  json-syntax  this is not JSON\n"
        "  help  name first the file that `verdict check --certificate` has written, and then the policy\n"
    )
    assert run("verify", "proof.json", "picnic.yaml").code == 0

"""Do the policies, cases and examples that come with the project keep what they promise?"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import engine
from engine import check, check_library, decide, find_survivors, load, load_library, measure_coverage, run_cases
from engine.bundled import shipped_policies
from engine.language.documents.yaml_text import read_yaml
from engine.language.sections.policy_sources import load_text, read_document
from engine.language.situations.cases_file import read_cases
from engine.surfaces.cli.group import COMMANDS
from tests.support.features import features
from tests.support.judging.spaces import bounds, conditions, kind, other_field, single_tests
from tests.support.running import run

ROOT = Path(engine.__file__).parent.parent
RULES = ROOT / "rules"
FILES = sorted(RULES.rglob("*.yaml"))
LIBRARIES = [path for path in FILES if path.parent.name == "libraries"]
POLICIES = [path for path in FILES if not path.name.endswith(".cases.yaml") and path not in LIBRARIES]
CASES = [path for path in FILES if path.name.endswith(".cases.yaml")]
PROVED = [path for path in POLICIES if path.parent.name != "drafts"]
LANGUAGE = (RULES / "LANGUAGE.md").read_text(encoding="utf-8")

COMPARISONS = {"at_least", "at_most", "more_than", "less_than", "on_or_after", "on_or_before", "after", "before"}
# What the language can say, as far as a shipped policy shows it; `features` names most of it.
SHOWN = {
    *("type:choice", "type:ordered", "type:yes_no", "type:integer", "type:number", "type:number-free"),
    *("type:date", "type:any_of", "type:text"),
    *("if_unsure", "ask_after", "unit", "dotted", "open-end", "both-ends", "uncountable", "comparison-of-ordered"),
    *("number", "number:plus", "number:decimal", "number:dates", "number:numbers"),
    *("fact", "fact-over-fact", "fact:yes", "fact:no", "op:number", "op:field", "compare-fields"),
    *("op:equal", "op:listed", *(f"op:{word}" for word in COMPARISONS), "op:includes", "op:excludes", "op:only"),
    *("op:several", "op:list", "op:one-option", "op:equal-number", "op:equal-text"),
    *("nested:all", "nested:any", "nested:not", "nested:deep"),
    *("version", "about", "source", "author", "published", "background", "impossible"),
    *("must", "advice", "output", "verdict:cites", "verdict:added", "fact:cites", "rule:cites", "rule:added"),
    *("mode:unique", "mode:first", "otherwise", "override", "override-of-override"),
    *("guarantee:never", "guarantee:only", "guarantee:always", "guarantee:sometimes", "guarantee:several"),
}


def ids(paths: list[Path]) -> list[str]:
    return [path.name.removesuffix(".yaml") for path in paths]


def more_features(policy: Mapping[str, Any]) -> Iterator[str]:
    """What `features` does not tell apart."""
    fields = policy["situation"]
    yield from (key for key in ("author", "published") if key in policy.get("source", {}))
    for spec in fields.values():
        if {"from", "to"} <= spec.keys():
            yield "both-ends"
    for number in policy.get("numbers", {}).values():
        written = [weight for weight in number.get("sum", {}).values() if not isinstance(weight, str)]
        if any(weight != int(weight) for weight in written):
            yield "number:decimal"
        if all(kind(fields[name]) != "date" for name in number.get("sum", {}) if name in fields):
            yield "number:numbers"
    for section in ("facts", "verdicts"):
        for part in policy.get(section, {}).values():
            yield from (f"{section[:-1]}:{word}" for word in ("cites", "added") if word in part)
    for rule in policy["rules"]:
        yield from (f"rule:{word}" for word in ("cites", "added") if word in rule)
    for promise in policy.get("guarantees", ()):
        yield "guarantee:sometimes" if "when" in promise else "guarantee:always"
        if any(isinstance(promise.get(word), list) and len(promise[word]) > 1 for word in ("never", "only")):
            yield "guarantee:several"
    for when in conditions(policy):
        for holder, key in single_tests(when):
            yield from _test_features(policy, key, holder[key])


def _test_features(policy: Mapping[str, Any], key: str, wanted: Any) -> Iterator[str]:
    spec = policy["situation"].get(key, {})
    if isinstance(wanted, Mapping):
        if len(wanted) > 1:
            yield "op:several"
        if spec.get("ordered"):
            yield "comparison-of-ordered"
        if {"includes", "excludes", "only"} & wanted.keys():
            yield from (
                "op:list" if isinstance(each, list) and len(each) > 1 else "op:one-option" for each in wanted.values()
            )
        if any(map(other_field, bounds(wanted))):
            yield f"compare-fields:{kind(spec)}"
    elif key in policy.get("numbers", {}) or kind(spec) in ("integer", "number"):
        yield "op:equal-number"
    elif spec and kind(spec) == "text":
        yield "op:equal-text"


@pytest.mark.parametrize("path", POLICIES, ids=ids(POLICIES))
def test_a_policy_loads_by_its_name_and_by_its_path(path: Path) -> None:
    """Every shipped policy can be read, and its name stands for its file."""
    name = path.name.removesuffix(".yaml")
    assert load(name) == load(path) == load(str(path))
    assert load(name).name == name


def test_every_file_is_shipped() -> None:
    """The names are those of the files, each once."""
    assert sorted(shipped_policies()) == sorted(path.name.removesuffix(".yaml") for path in POLICIES)
    assert len(PROVED) >= 3


@pytest.mark.parametrize("path", PROVED, ids=ids(PROVED))
def test_a_policy_is_sound(path: Path) -> None:
    """Every shipped policy that is no draft is proved, with no finding at all."""
    proof = check(load(path))
    assert (proof.findings, proof.sound) == ((), True)


@pytest.mark.parametrize("path", PROVED, ids=ids(PROVED))
def test_the_counts_add_up(path: Path) -> None:
    """Where situations are counted, the verdicts share them all; where not, no count is given."""
    proof = check(load(path))
    if proof.situations is None:
        assert {*proof.verdicts.values(), *proof.rules.values()} == {None}
    else:
        assert sum(count or 0 for count in proof.verdicts.values()) == proof.situations
        assert all(proof.verdicts.values())
        assert all(proof.rules.values())


@pytest.mark.parametrize("path", LIBRARIES, ids=ids(LIBRARIES))
def test_a_library_contradicts_nothing_and_is_used(path: Path) -> None:
    """It has no finding by itself, two policies at least use it, and together they read all that it declares."""
    library = load_library(path)
    assert check_library(library).findings == ()
    users = [policy for policy in map(load, POLICIES) if str(path) in policy.memo.libraries]
    assert len(users) >= 2
    assert {field.name for field in library.fields} <= {field.name for policy in users for field in policy.fields}
    assert {fact.name for fact in library.facts} <= {fact.name for policy in users for fact in policy.facts}
    assert {each.because for each in library.impossible} <= {
        each.because for policy in users for each in policy.impossible
    }


def test_drafts_are_unsound() -> None:
    """What is kept as a lesson has something to teach, and says that it is a draft."""
    drafts = [path for path in POLICIES if path.parent.name == "drafts"]
    for path in drafts:
        policy = load(path)
        assert not check(policy).sound
        assert policy.name.endswith("-as-written")
        assert (policy.about or "").startswith("A draft, kept as a lesson.")
    codes = {finding.code for finding in check(load("other-interviews-as-written")).findings}
    assert codes == {"gap", "conflict"}


@pytest.mark.parametrize("path", CASES, ids=ids(CASES))
def test_all_cases_hold(path: Path) -> None:
    """Every case of a shipped cases file holds, and together they reach every rule."""
    policy = load(path.with_name(path.name.replace(".cases.yaml", ".yaml")))
    report = run_cases(policy, read_cases(read_document(path), policy))
    assert [str(result) for result in report.results if not result.passed] == []
    assert report.unreached == ()


@pytest.mark.thorough
@pytest.mark.parametrize("path", CASES, ids=ids(CASES))
def test_cases_reach_and_notice_everything(path: Path) -> None:
    """They reach every rule, cell and side of a boundary, and every single edit that changes a verdict fails one."""
    policy = load(path.with_name(path.name.replace(".cases.yaml", ".yaml")))
    cases = read_cases(read_document(path), policy)
    found = find_survivors(policy, cases)
    assert [goal.words for goal in measure_coverage(policy, cases).missing] == []
    assert [str(survivor) for survivor in found.survivors] == []
    assert (found.undecided, found.killed) == (0, found.mutants)


def test_every_proved_policy_has_cases() -> None:
    """Beside each policy that is no draft stands a cases file."""
    assert [path.name.replace(".cases.yaml", ".yaml") for path in CASES] == [path.name for path in PROVED]


@pytest.mark.parametrize("path", FILES, ids=ids(FILES))
def test_a_file_names_its_schema(path: Path) -> None:
    """The first line leads an editor from the file to the schema of its kind, relative to the file."""
    first = path.read_text(encoding="utf-8").splitlines()[0]
    found = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert found
    schema = "cases" if path in CASES else "library" if path in LIBRARIES else "policy"
    assert (path.parent / found[1]).resolve() == ROOT / "schemas" / f"{schema}.schema.json"
    assert not Path(found[1]).is_absolute()
    assert (path.parent / found[1]).is_file()


@pytest.mark.parametrize("path", POLICIES, ids=ids(POLICIES))
def test_a_policy_written_as_data_reads_back_the_same(path: Path) -> None:
    """`load(policy.to_dict())` is the same policy, with the same sha256 and the same proof."""
    policy = load(path)
    again = load(policy.to_dict())
    assert again == policy
    assert (again.sha256, again.to_dict()) == (policy.sha256, policy.to_dict())
    assert {**check(again).to_dict(), "findings": ()} == {**check(policy).to_dict(), "findings": ()}


def test_together_they_show_the_whole_language() -> None:
    """Each of the language's constructs occurs in some shipped policy."""
    data = [load(path).to_dict() for path in POLICIES]
    found = {feature for each in data for feature in (*features(each), *more_features(each))}
    assert SHOWN - found == set()


def fenced(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def whole(kind_of_file: str) -> list[str]:
    """The YAML blocks of the language's guide that hold a whole file: a policy (`rules:`) or cases (`cases:`)."""
    blocks = fenced(LANGUAGE, "yaml")
    return [
        block for block in blocks if {"policy:", f"{kind_of_file}:"} <= set(re.findall(r"^\w+:", block, re.MULTILINE))
    ]


@pytest.mark.parametrize("text", whole("rules"), ids=lambda text: text.split()[1])
def test_a_policy_in_the_guide_is_sound(text: str) -> None:
    """Every whole policy in LANGUAGE.md is sound with no finding."""
    assert check(load_text(text.encode())).findings == ()


@pytest.mark.parametrize("text", whole("cases"))
def test_cases_in_the_guide_hold(text: str) -> None:
    """Every cases file in LANGUAGE.md holds for the policy of its name in it, and reaches every rule."""
    document = read_yaml(text.encode(), "guide.cases.yaml")
    policies = {policy.name: policy for policy in (load_text(each.encode()) for each in whole("rules"))}
    policy = policies[re.findall(r"^policy: (.*)$", text, re.MULTILINE)[0]]
    report = run_cases(policy, read_cases(document, policy))
    assert (report.passed, report.unreached) == (True, ())


def test_the_guide_has_whole_examples() -> None:
    """LANGUAGE.md has policies of both ways to decide, and cases."""
    policies = [load_text(each.encode()) for each in whole("rules")]
    assert {policy.decision for policy in policies} == {"unique", "first"}
    assert len(whole("cases")) == 1


def test_the_first_example_counts_as_it_says() -> None:
    """The picnic has the 60 situations of the guide, and the edit it proposes leaves one of them without a verdict."""
    (text,) = [each for each in whole("rules") if each.startswith("policy: picnic\n")]
    assert "There are 60 possible situations" in LANGUAGE
    assert check(load_text(text.encode())).situations == 60
    assert text.count("at_least: 9") == 1
    (gap,) = check(load_text(text.replace("at_least: 9", "at_least: 10").encode())).findings
    assert (gap.code, gap.situations, gap.example) == ("gap", 1, {"rain": True, "guests": 9})


def test_the_longer_example_decides_as_it_says() -> None:
    """The situation that the guide follows through gets the verdict and the rule that it names."""
    (text,) = [each for each in whole("rules") if each.startswith("policy: hall-booking\n")]
    answers = {"guests": 50, "purpose": "meeting", "asked_on": "2026-03-01", "day": "2026-03-02", "member": True}
    decision = decide(load_text(text.encode()), answers)
    assert (decision.verdict, decision.rules) == ("accept", ("key-at-hand",))


def test_the_library_of_the_guide_serves_the_policy_beside_it(tmp_path: Path) -> None:
    """The saw asks one question of the library that it uses, and has as many situations as the guide says."""
    for name, text in re.findall(
        r"^```yaml file=(people|saw-loan)\.yaml\n(.*?)^```$", LANGUAGE, re.MULTILINE | re.DOTALL
    ):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    proof = check(load(tmp_path / "saw-loan.yaml"))
    assert (proof.findings, list(load(tmp_path / "saw-loan.yaml").field)) == ((), ["age"])
    assert f"Here nobody is asked about a licence, and {proof.situations} situations are possible." in LANGUAGE
    assert check_library(load_library(tmp_path / "people.yaml")).findings == ()


def test_the_index_of_the_guide_has_every_key_in_order() -> None:
    """Every key that a schema knows, and no other."""
    index = LANGUAGE[LANGUAGE.index("## Index of all keys") :]
    rows = [re.findall(r"`(\w+)`", row) for row in re.findall(r"^\| (`.*?) \|", index, re.MULTILINE)]
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    schemas = [
        json.loads((ROOT / "schemas" / f"{each}.schema.json").read_text()) for each in ("policy", "library", "cases")
    ]
    assert {key for row in rows for key in row} == {key for schema in schemas for key in _keys(schema)}


def _keys(schema: Any) -> Iterator[str]:
    """The keys that a schema, or a part of one, gives a meaning."""
    if isinstance(schema, dict):
        yield from schema.get("properties", ()) if isinstance(schema.get("properties"), dict) else ()
    for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _keys(part)


def test_the_commands_of_the_guide_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line of LANGUAGE.md that calls `verdict` does so without an error, beside the files that it shows."""
    monkeypatch.chdir(tmp_path)
    for text in (*whole("rules"), *whole("cases")):
        (name,) = re.findall(r"^policy: (.*)$", text, re.MULTILINE)
        ending = "cases.yaml" if re.search(r"^cases:", text, re.MULTILINE) else "yaml"
        (tmp_path / f"{name}.{ending}").write_text(text, encoding="utf-8")
    lines = [line for block in fenced(LANGUAGE, "sh") for line in block.splitlines()]
    ran = [run(*shlex.split(line)[1:]) for line in lines]
    assert [(line, each) for line, each in zip(lines, ran, strict=True) if each.code or each.err] == []
    assert len(lines) >= 5


@pytest.mark.parametrize("name", ["rules/LANGUAGE.md", "rules/PROBLEMS.md"])
def test_a_document_names_commands_there_are(name: str) -> None:
    """Wherever a document writes `verdict` and a word as code, the word is a command."""
    text = (ROOT / name).read_text(encoding="utf-8")
    code = [*re.findall(r"`([^`\n]+)`", text), *"\n".join(fenced(text, r"sh[^\n]*")).splitlines()]
    words = {found[1] for each in code if (found := re.match(r"verdict ([a-z][a-z-]*)", each))}
    assert words <= set(COMMANDS)

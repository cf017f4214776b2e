"""Does a policy mean the same, whether its steps lie in its own file or in a library?

Drawn chains, whose steps are policies in files of their own or written out, are moved into a library. What is said of
them is compared with the one file that they mean, with brute force, and with what the check of the library says.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from engine import certify, check, check_library, load, load_library, verify
from tests.laws.several_files.test_libraries import told
from tests.support.by_day import draw_by_day
from tests.support.drawing.collected import collect
from tests.support.drawing.strategies import partial_records
from tests.support.making.several_files.step_files import OWN_FILE, StepFiles, step_libraries


@pytest.mark.thorough
@draw_by_day(12, deadline=None)
@given(step_libraries())
def test_steps_of_a_library_mean_those_of_the_one_file(split: StepFiles) -> None:
    """Equal values, down to the order of questions, and so one hash; they are written and read again."""
    read, inlined = split.read(), load(split.inlined)
    assert read.to_dict() == inlined.to_dict()
    assert (read, read.sha256) == (inlined, inlined.sha256)
    assert load(read.to_dict()) == load(read.to_yaml()) == read


@pytest.mark.thorough
@draw_by_day(5, deadline=None)
@given(step_libraries())
def test_steps_of_a_library_are_proved_as_those_of_the_one_file(split: StepFiles) -> None:
    """The same counts and errors; nothing in a file but the policy's own is said to be unused."""
    read, inlined = split.read(), load(split.inlined)
    proof, other = check(read), check(inlined)
    assert (proof.situations, proof.verdicts, proof.rules) == (other.situations, other.verdicts, other.rules)
    assert proof.steps == other.steps
    errors = [[(each.code, each.message, each.situations) for each in one.errors] for one in (proof, other)]
    assert sorted(errors[0], key=repr) == sorted(errors[1], key=repr)
    for finding in proof.findings:
        assert {place.file for place in finding.places} <= split.files.keys()
        assert finding.severity == "error" or finding.places[0].file == OWN_FILE or "other policies" in finding.help
        assert not finding.code.startswith("unused") or finding.places[0].file == OWN_FILE
    if not any(each.code == "not-proved" for each in proof.errors):
        assert verify(read, certify(read)).sound == proof.sound


@pytest.mark.thorough
@draw_by_day(6, deadline=None)
@given(st.data())
def test_steps_of_a_library_decide_as_those_of_the_one_file(data: st.DataObject) -> None:
    split = data.draw(step_libraries(sound=True))
    read = split.read()
    for _ in range(2):
        record = data.draw(partial_records(split.inlined))
        assert told(read, record) == told(load(split.inlined), record)


@pytest.mark.thorough
@draw_by_day(6, deadline=None)
@given(step_libraries())
def test_the_check_of_a_library_finds_what_is_wrong_with_its_steps(split: StepFiles) -> None:
    """The gaps, conflicts and missing outputs of each step, over the situations that the library allows."""
    [path] = [each for each in split.files if each.endswith("shared-parts.yaml")]
    if "/" in path:
        # By itself, a library has only what lies in its folder or below.
        return
    with TemporaryDirectory() as folder:
        split.write(Path(folder))
        checked = check_library(load_library(Path(folder) / path))
    found = {(each.code, each.message) for each in checked.findings if each.severity == "error"}
    errors = check(load(split.inlined)).errors
    wanted = {
        (each.code, each.message)
        for each in errors
        if "step `" in each.message or "number `" in each.message or "/" in "".join(each.rules[:1])
    }
    of_steps = {each for each in wanted if each[0] in ("gap", "conflict") or "` of the step `" in each[1]}
    assert found == of_steps or "not-proved" in {code for code, _ in (*found, *wanted)}
    assert checked.sound == (not found)
    assert checked.steps == len(load_steps(split))


def test_a_fault_of_a_step_of_a_step_is_one_of_the_library(tmp_path: Path) -> None:
    """However deep the file lies from which it was read."""
    asked = {"old": {"ask": "Is it old?", "type": "yes_no"}}
    outcomes = {"low": {"title": "Low"}, "high": {"title": "High"}}
    rules = [{"rule": "old", "when": {"old": True}, "then": "low", "because": "It is old."}]
    deepest = {"policy": "deepest", "title": "How risky?", "situation": asked, "verdicts": outcomes, "rules": rules}
    reads = [{"rule": "all", "when": {"risk": ["low", "high"]}, "then": "low", "because": "So."}]
    inner = {"policy": "inner", "title": "What then?", "verdicts": outcomes, "rules": reads, "situation": asked,
             "steps": {"risk": {"policy": "deepest.yaml"}}}  # fmt: skip
    shared = {
        "library": "shared",
        "title": "Shared",
        "situation": asked,
        "steps": {"outcome": {"policy": "inner.yaml"}},
    }
    for name, data in (("deepest", deepest), ("inner", inner), ("shared", shared)):
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    checked = check_library(load_library(tmp_path / "shared.yaml"))
    assert [(each.code, each.situations) for each in checked.findings if each.severity == "error"] == [("gap", 1)]
    assert not checked.sound


def load_steps(split: StepFiles) -> list[str]:
    """The steps that the library declares itself."""
    return list(yaml.safe_load(next(text for path, text in split.files.items() if "shared-parts" in path))["steps"])


@pytest.mark.thorough
def test_steps_lie_in_libraries_in_many_ways() -> None:
    """Of rules and of files, in a folder and beside the policy, with questions under other names, faulty and sound."""
    seen: Counter[str] = Counter()
    for split in collect(step_libraries(), 40):
        [path] = [each for each in split.files if "shared-parts" in each]
        library = yaml.safe_load(split.files[path])
        seen["in a folder"] += "/" in path
        seen["beside"] += "/" not in path
        for step in library["steps"].values():
            seen["file" if "policy" in step else "rules"] += 1
            seen["another name"] += "with" in step
        seen["taken over"] += library["situation"].keys() < split.inlined["situation"].keys()
        seen["own parts"] += any("." in name for name in split.inlined.get("facts", {}))
        for section in ("constants", "numbers", "facts", "impossible"):
            seen[section] += section in library
        seen["table"] += any("table" in number for number in library.get("numbers", {}).values())
    assert {word: count for word, count in seen.items() if count < 2} == {}
    assert len(seen) == 12

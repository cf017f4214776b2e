"""Does a policy mean the same, whether its steps are written in it or are policies in files of their own?

Drawn chains are taken apart into files, two deep. What is said of them is compared with brute force over the chain as
it was drawn, and with the one file that the files mean.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from engine import (
    RecordError,
    batch,
    certify,
    check,
    decide,
    decider,
    diff,
    draw_by_facts,
    explain,
    load,
    tabulate,
    verify,
)
from tests.support.by_day import draw_by_day
from tests.support.drawing.collected import collect
from tests.support.drawing.strategies import partial_records
from tests.support.judging import oracle
from tests.support.judging.spaces import given as answers_of
from tests.support.making.several_files.split_policies import SECTIONS
from tests.support.making.several_files.step_files import OWN_FILE, StepFiles, step_files


@pytest.mark.thorough
@draw_by_day(8, deadline=None)
@given(step_files())
def test_files_of_steps_mean_the_one_file(split: StepFiles) -> None:
    """Equal values, down to the order of questions, and so one hash; they are written and read again."""
    read, inlined = split.read(), load(split.inlined)
    assert read.to_dict() == inlined.to_dict()
    assert (read, read.sha256) == (inlined, inlined.sha256)
    assert load(read.to_dict()) == load(read.to_yaml()) == read


@draw_by_day(3, deadline=None)
@given(step_files())
def test_files_of_steps_are_proved_as_the_chain(split: StepFiles) -> None:
    """Sound or not as the chain was drawn, with its counts; the verifier agrees, and places name the right files."""
    read = split.read()
    proof, drawn = check(read), check(load(split.drawn))
    settled = not any(each.code == "not-proved" for each in (*proof.errors, *drawn.errors))
    if settled:
        assert proof.sound == drawn.sound
        assert verify(read, certify(read)).sound == proof.sound
    assert None in (proof.situations, drawn.situations) or proof.situations == drawn.situations
    if proof.sound and drawn.sound:
        assert all(None in pair or len(set(pair)) == 1 for pair in _paired(proof.verdicts, drawn.verdicts))
        assert all(None in pair or len(set(pair)) == 1 for pair in _paired(proof.rules, drawn.rules))
    for finding in proof.findings:
        assert {place.file for place in finding.places} <= split.files.keys()
        assert {mend.edit.file for mend in finding.mends if mend.edit} <= {OWN_FILE}
        assert finding.severity == "error" or finding.places[0].file == OWN_FILE or "other policies" in finding.help


def _paired(one: Any, other: Any) -> list[tuple[Any, Any]]:
    assert one.keys() == other.keys()
    return [(one[name], other[name]) for name in one]


@pytest.mark.thorough
@draw_by_day(6, deadline=None)
@given(st.data())
def test_files_of_steps_decide_as_all_completions_show(data: st.DataObject) -> None:
    """What is open, and the outcomes of the steps that the chain has; compiled ones are the same."""
    split = data.draw(step_files(sound=True))
    read = split.read()
    for _ in range(2):
        record = data.draw(partial_records(split.drawn))
        outlook = oracle.outcomes(split.drawn, record)
        if not outlook.verdicts:
            with pytest.raises(RecordError):
                decide(read, record)
            continue
        decision = decide(read, record)
        assert set(decision.possible) == outlook.verdicts
        assert decider(read)(record) == decision
        completed = [oracle.settled(split.drawn, each) for each in oracle.completions(split.drawn, record)]
        for name in decision.steps.keys() & split.drawn["steps"].keys():
            seen = {oracle.step_outcome(split.drawn, name, at)[0] for at in completed}
            assert set(decision.steps[name].possible) == seen
        assert str(explain(read, record))


@pytest.mark.thorough
@draw_by_day(3, deadline=None)
@given(step_files(sound=True))
def test_files_of_steps_are_shown_as_the_chain(split: StepFiles) -> None:
    """Rows of a table, the decision table, pictures, and the difference from the chain, which is none."""
    read = split.read()
    assert diff(load(split.drawn), read).situations == diff(read, load(split.drawn)).situations == 0
    assert tabulate(read).rows
    assert draw_by_facts(read)[0].boxes
    fields = split.drawn["situation"]
    if any(spec.get("type") == "any_of" for spec in fields.values()):
        return
    possible = [each for each in oracle.situations(split.drawn) if oracle.outcome(split.drawn, each).possible]
    rows = possible[:: len(possible) // 20 + 1]
    frame = pl.DataFrame({name: [answers_of(row).get(name) for row in rows] for name in fields}, strict=False)
    decided = batch(read, frame, steps=True)
    assert decided["verdict"].to_list() == [oracle.outcome(split.drawn, row).verdict for row in rows]
    assert all(decided[f"steps.{step.name}"].null_count() == 0 for step in read.steps)
    for name in split.drawn["steps"].keys() & {step.name for step in read.steps}:
        wanted = [oracle.step_outcome(split.drawn, name, oracle.settled(split.drawn, row))[0] for row in rows]
        assert decided[f"steps.{name}"].to_list() == wanted


@pytest.mark.search
def test_what_is_drawn_lies_in_files_in_many_ways() -> None:
    """Two deep, with questions under other names, and parts of every kind: otherwise the laws above say little."""
    seen: Counter[str] = Counter()
    for split in collect(step_files(), 100):
        files = {path: yaml.safe_load(text) for path, text in split.files.items()}
        own = files.pop(OWN_FILE)
        steps = [step for file in files.values() for step in file.get("steps", {}).values()]
        named = [step for step in own["steps"].values() if "policy" in step]
        answers = {name for step in (*named, *steps) for name in step.get("with", {}).values()}
        for section in (*SECTIONS, "steps", "as_of", "verdicts_ordered", "decision", "impossible"):
            seen[section] += any(section in file for file in files.values())
        numbers = [number for file in files.values() for number in file.get("numbers", {}).values()]
        seen["table"] += any("table" in number for number in numbers)
        seen["output"] += any("output" in number for number in numbers)
        given = {number["of"] for number in own.get("numbers", {}).values() if "of" in number}
        seen["output of a file"] += any("policy" in own["steps"][name] for name in given)
        seen["another name"] += any("with" in step for step in named)
        seen["another name, deep"] += any("with" in step for step in steps)
        seen["deep"] += any("policy" in step for step in steps)
        seen["several"] += len(named) > 1
        seen["beside one that is written out"] += len(named) < len(own["steps"])
        seen["in a folder"] += any("/" in path for path in files)
        seen["taken over"] += own["situation"].keys() < split.inlined["situation"].keys()
        seen["answered by a fact"] += not answers.isdisjoint(split.drawn.get("facts", {}))
        seen["answered by a step"] += not answers.isdisjoint(split.drawn["steps"])
    assert [word for word, count in seen.items() if not count] == []
    assert len(seen) == 21

"""Does a policy mean the same, whether it is one file or split over libraries?"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Finding, Policy, RecordError, check, decide, explain, load
from tests.support.by_day import draw_by_day
from tests.support.drawing.collected import collect
from tests.support.drawing.strategies import partial_records
from tests.support.making.several_files.split_policies import OWN_FILE, Split, library_names, split_policies

UNUSED = ("unused-field", "unused-constant", "unused-number", "unused-fact", "unused-step", "unused-output")


def found_in(finding: Finding) -> dict[str, Any]:
    """A finding without its places and the lines and texts of its mends, which differ with the file.

    Of what has no effect in a library the help is another one, since other policies may need it; of a fault of a
    step or a number that is a table it speaks of rows. What stands in another file is not mended in this one.
    """
    data = finding.to_dict()
    is_of_number = finding.code in ("gap", "conflict") and " the number `" in finding.message
    is_of_step = is_of_number or " the step `" in finding.message
    if finding.severity != "error" or is_of_step:
        del data["help"]
    del data["places"], data["edits"]
    data["mends"] = [] if is_of_step else [re.sub(r" \(line \d+\)", "", mend.words) for mend in finding.mends]
    return data


def said(policy: Policy) -> list[Any]:
    """Everything that a proof says, `unused-` of names aside, which is never said of a library's."""
    proof = check(policy)
    findings = [
        found_in(each)
        for each in proof.findings
        if each.code not in UNUSED and not (each.code == "unused-verdict" and "of the step" in each.message)
    ]
    counts = [proof.situations, proof.verdicts, proof.rules, proof.steps]
    return [proof.sha256, *counts, sorted(findings, key=repr)]


@pytest.mark.thorough
@draw_by_day(20, deadline=None)
@given(split_policies())
def test_a_split_policy_is_the_inlined_one(split: Split) -> None:
    """Equal values, down to the order of questions, and so one hash."""
    read, inlined = split.read(), split.inline()
    assert read == inlined
    assert read.sha256 == inlined.sha256
    assert read.to_dict() == inlined.to_dict()
    assert load(read.to_dict()) == read
    assert load(read.to_yaml()) == read


@pytest.mark.thorough
@draw_by_day(8, deadline=None)
@given(split_policies(small=True))
def test_a_split_policy_is_proved_as_the_inlined_one(split: Split) -> None:
    assert said(split.read()) == said(split.inline())


@draw_by_day(8, deadline=None)
@given(st.data())
def test_a_split_policy_decides_as_the_inlined_one(data: st.DataObject) -> None:
    split = data.draw(split_policies(small=True, sound=True))
    record = data.draw(partial_records(split.inlined))
    assert told(split.read(), record) == told(split.inline(), record)


def told(policy: Policy, record: dict[str, Any]) -> Any:
    """A decision and its explanation, or why there is none."""
    try:
        return decide(policy, record), str(explain(policy, record))
    except RecordError as error:
        return [(problem.code, problem.message, problem.help) for problem in error.problems]


@pytest.mark.thorough
@draw_by_day(15, deadline=None)
@given(split_policies(small=True))
def test_what_is_told_of_a_library_names_its_file(split: Split) -> None:
    """Every place is in a file that was read, on a line that holds what is told of."""
    policy = split.read()
    own = {OWN_FILE, *re.findall(r"\btable: ([^{}]+\.csv)}", split.files[OWN_FILE])}
    places = {
        **{field.name: field.place for field in policy.fields},
        **{number.name: number.place for number in policy.numbers},
        **{fact.name: fact.place for fact in policy.facts},
        **{constant.name: constant.place for constant in policy.constants},
        **{step.name: step.place for step in policy.steps},
    }
    for name, place in places.items():
        assert name in split.files[place.file].splitlines()[place.line - 1]
    for finding in check(policy).findings:
        assert {place.file for place in finding.places} <= split.files.keys()
        assert {mend.edit.file for mend in finding.mends if mend.edit} <= {OWN_FILE}
        if finding.code in UNUSED:
            assert finding.places[0].file == OWN_FILE
        is_of_library = finding.severity != "error" and finding.places and finding.places[0].file not in own
        assert finding.help.startswith("other policies that use this file") == bool(is_of_library)


@pytest.mark.search
def test_what_is_drawn_is_split_in_many_ways() -> None:
    """Chains and diamonds, and parts of every kind in libraries: otherwise the laws above say little."""
    seen: Counter[str] = Counter()
    for split in collect(split_policies(), 160):
        libraries = [split.files[name] for name in library_names(split)]
        for word in (
            "uses:",
            "situation:",
            "constants:",
            "numbers:",
            "facts:",
            "steps:",
            "impossible:",
            "source:",
            "  left_out",
            "uses: [../",
        ):
            seen[word] += any(f"\n{word}" in text for text in libraries)
        seen["tables"] += any(name.endswith(".csv") and not name.startswith("sample-policy") for name in split.files)
        seen["amounts"] += any("what the table says" in text for text in libraries)
    assert {word: count for word, count in seen.items() if count < 4} == {}
    assert len(seen) == 12

"""Is the picture of the steps right and legible? Compared with what the rules of drawn chains read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given

from engine import draw_steps, load
from engine.surfaces.render.pictures.step_picture_code import steps_as_dot, steps_as_mermaid
from engine.surfaces.render.pictures.step_picture_svg import steps_as_svg
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import policies
from tests.support.judging.oracle import mentioned
from tests.support.judging.spaces import Policy
from tests.support.judging.step_outputs import numbers_worked_with
from tests.support.running import run
from tests.support.step_order import decided_before, steps_mentioned

_SVG = "{http://www.w3.org/2000/svg}"


def _read(policy: Policy, rules: Iterable[dict[str, Any]]) -> tuple[set[str], set[str]]:
    """The fields and the steps that rules read, those behind other steps left out."""
    whens = [rule.get("when", {}) for rule in rules]
    # What a table reads is behind it, and what a step reads behind its outputs; not what these are worked out from.
    numbers = {name: _without_rules(policy, each) for name, each in policy.get("numbers", {}).items()}
    alone = {**policy, "steps": {}, "numbers": numbers}
    fields = set().union(*(mentioned(alone, when) for when in whens)) & policy["situation"].keys()
    return fields, steps_mentioned(policy, whens)


def _without_rules(policy: Policy, number: dict[str, Any]) -> dict[str, Any]:
    worked_with = numbers_worked_with(policy, number) if "output" in number else ()
    if worked_with:
        return {"sum": dict.fromkeys(worked_with, 1)}
    return {"points": []} if "table" in number or "output" in number else number


@draw_by_day(25)
@given(policies(chained=True))
def test_every_decision_needs_what_its_rules_read(policy: dict[str, Any]) -> None:
    boxes = draw_steps(load(policy)).boxes
    before = {name: step["rules"] for name, step in decided_before(policy).items()}
    decisions = {**before, policy["policy"]: policy["rules"]}
    assert [box.names[0] for box in boxes if box.kind != "questions"][-1] == policy["policy"]
    assert {box.names[0] for box in boxes if box.kind != "questions"} == decisions.keys()
    for place, box in enumerate(boxes):
        assert all(to > place for to in box.needed_by)
        if box.kind != "questions":
            needed = [each for each in boxes if place in each.needed_by]
            found = [{name for each in needed if (each.kind == "questions") == asked for name in each.names}
                     for asked in (True, False)]  # fmt: skip
            assert tuple(found) == _read(policy, decisions[box.names[0]])


@pytest.mark.thorough
@draw_by_day(25)
@given(policies(chained=True))
def test_boxes_do_not_overlap_and_every_arrow_points_down(policy: dict[str, Any]) -> None:
    picture = draw_steps(load(policy))
    root = ElementTree.fromstring(steps_as_svg(picture))
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    rects = [
        [float(each.attrib[key]) for key in ("x", "y", "width", "height")]
        for each in root.iter(f"{_SVG}rect")
        if each.attrib["class"] != "paper"
    ]
    assert len(rects) == len(picture.boxes)
    for place, (x, y, wide, high) in enumerate(rects):
        assert 0 <= x <= x + wide <= width
        assert 0 <= y <= y + high <= height
        for other_x, other_y, other_wide, other_high in rects[:place]:
            apart = x >= other_x + other_wide or other_x >= x + wide
            assert apart or y >= other_y + other_high or other_y >= y + high
    arrows = [each.attrib["d"] for each in root.iter(f"{_SVG}path") if each.attrib["class"] == "arrow"]
    assert len(arrows) == sum(len(box.needed_by) for box in picture.boxes)
    for path in arrows:
        ends = [float(y) for y in re.findall(r"[\d.]+ ([\d.]+)(?= C|$)", path)]
        assert all(above <= below for above, below in pairwise(ends))
    shown = " ".join("".join(each.itertext()) for each in root.iter(f"{_SVG}text"))
    assert all(word in shown for box in picture.boxes for words in box.words for word in words.split())


def _hostile() -> Any:
    """A chain with words that mean something to XML, Mermaid and DOT."""
    data = load("lending").to_dict()
    data["title"] = 'Who "gets" <a> loan & why\\?'
    data["steps"]["risk"]["means"] = "risk; {great} | `small` #1"
    return load(data)


def test_words_are_escaped() -> None:
    picture = draw_steps(_hostile())
    mermaid, dot = steps_as_mermaid(picture), steps_as_dot(picture)
    assert "risk#59; #123;great#125; #124; #96;small#96; #35;1" in mermaid
    assert 'label="Who \\"gets\\" <a> loan & why\\\\?", penwidth=3]' in dot
    assert ElementTree.fromstring(steps_as_svg(picture)).find(f"{_SVG}title") is not None
    assert mermaid.count(" --> ") == dot.count(" -> ") == sum(len(box.needed_by) for box in picture.boxes)


def test_a_policy_without_steps_needs_questions_alone() -> None:
    picture = draw_steps(load("other-interviews"))
    assert [box.kind for box in picture.boxes] == ["questions", "policy"]
    assert str(picture).splitlines()[1] == "  needs"


def test_the_command_writes_each_format(tmp_path: Path) -> None:
    for ending, begin in (("svg", "<svg"), ("mmd", "---"), ("dot", "digraph"), ("txt", "how great the risk is")):
        assert run("draw", "--steps", "lending", "-o", str(tmp_path / f"steps.{ending}")).code == 0
        assert (tmp_path / f"steps.{ending}").read_text().startswith(begin)
    data = json.loads(run("draw", "--steps", "lending", "--format", "json").out)
    assert data["boxes"][-1] == {
        "kind": "policy",
        "names": ["lending"],
        "words": ["What becomes of this application for a loan?"],
        "needed_by": [],
    }


@pytest.mark.parametrize("more", [["--single"], ["--from", "customer=yes"], ["--set", "customer=yes"]])
def test_steps_are_drawn_without_answers(more: list[str]) -> None:
    result = run("draw", "--steps", "lending", *more)
    assert result.code == 2
    assert "`--steps` draws no answers: leave out RECORD" in result.err

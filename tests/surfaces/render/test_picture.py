"""Is the picture of a policy's questions right, readable, and safe whatever an author writes?"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

import engine
from engine import Picture, UnsoundError, draw, load
from engine.analysis.showing.picture import QUESTION, VERDICT, Answer, Box
from engine.surfaces.render.pictures.picture_code import as_dot, as_mermaid
from engine.surfaces.render.pictures.picture_layout import PlacedBox, lay_out
from engine.surfaces.render.pictures.picture_svg import as_svg
from engine.surfaces.render.pictures.picture_text import BOLD, width_of
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import policies, records
from tests.support.judging.deciding import decide_draft
from tests.support.making.picnic import STORM_PICNIC
from tests.support.making.tables import tree_table
from tests.support.running import run

HOSTILE = ('"]; x -> y', "<script>&amp;</script>", "a\nb\u0000\u202e", "`#quot;` {}|\\", "]]>", "\ud800", "")


def _apart(one: PlacedBox, other: PlacedBox) -> bool:
    return (
        one.left + one.width <= other.left
        or other.left + other.width <= one.left
        or one.bottom <= other.top
        or other.bottom <= one.top
    )


@draw_by_day(30)
@given(data=policies(small=True))
def test_nothing_overlaps_and_every_arrow_ends_at_its_boxes(data: dict[str, Any]) -> None:
    """Boxes are apart, texts within them, and arrows go down from an answer to the box that follows."""
    picture = draw(load(data))
    layout = lay_out(picture)
    for number, one in enumerate(layout.boxes):
        assert all(_apart(one, other) for other in layout.boxes[number + 1 :])
        assert 0 <= one.left <= one.left + one.width <= layout.width
        assert 0 <= one.top <= one.bottom <= layout.height
        assert all(width_of(line, BOLD if one.cells else 1.0) <= one.width for line in one.text.lines)
        for cell in one.cells:
            assert one.left <= cell.left
            assert cell.left + cell.width <= one.left + one.width + 0.01
            assert all(width_of(line) <= cell.width for line in cell.text.lines)
    assert len(layout.arrows) == sum(len(box.answers) for box in picture.boxes)
    for (box, answer), points in layout.arrows.items():
        start, end = layout.boxes[box], layout.boxes[picture.boxes[box].answers[answer].to]
        assert points[0] == (start.cells[answer].middle, start.bottom)
        assert points[-1] == (end.middle, end.top)
        assert [y for _, y in points] == sorted(y for _, y in points)
        others = [each for each in layout.boxes if each is not start and each is not end]
        assert not [each for each in others if _runs_through(points, each)]


def _runs_through(points: tuple[tuple[float, float], ...], box: PlacedBox) -> bool:
    """Whether an arrow may touch a box: each of its curves stays within the rectangle of its two ends."""
    return any(
        min(x, to_x) < box.left + box.width and max(x, to_x) > box.left and y < box.bottom and to_y > box.top
        for (x, y), (to_x, to_y) in pairwise(points)
    )


def test_an_arrow_goes_round_a_taller_neighbour() -> None:
    """From a low box beside a high one an arrow goes straight down, and sideways only below both."""
    long = "a rather long answer " * 12
    boxes = (
        Box(QUESTION, "Which way?", (Answer("left", 1), Answer("right", 2))),
        Box(QUESTION, "Low?", (Answer("yes", 4),)),
        Box(QUESTION, "High?", (Answer(long, 3), Answer(long, 4), Answer(long, 4))),
        Box(VERDICT, "Here", verdict="here"),
        Box(VERDICT, "There", verdict="there"),
    )
    layout = lay_out(Picture("ways", "Which way?", boxes, (), ""))
    low, high = layout.boxes[1], layout.boxes[2]
    assert low.bottom < high.bottom
    start, turn, end = layout.arrows[1, 0]
    assert start == (low.middle, low.bottom)
    assert turn == (low.middle, high.bottom)
    assert min(turn[0], end[0]) < high.left < max(turn[0], end[0])


@draw_by_day(40)
@given(data=st.data())
def test_the_way_of_a_record_ends_in_its_verdict(data: st.DataObject) -> None:
    """The boxes that are passed hang together, from the first question to what the record gets."""
    mapping = data.draw(policies(small=True))
    record = data.draw(records(mapping))
    policy = load(mapping)
    decision = decide_draft(policy, record)
    if decision is None:
        return
    picture = draw(policy, record)
    at = 0
    passed = [0]
    while picture.boxes[at].answers:
        (taken,) = [each for each in picture.boxes[at].answers if each.taken]
        at = taken.to
        passed.append(at)
    assert sorted(passed) == list(picture.path)
    assert picture.boxes[at].verdict == decision.verdict
    assert (picture.boxes[at].kind == VERDICT) == (decision.outcome == "decided")


def _hostile(text: str) -> dict[str, Any]:
    """A policy that says the same hostile text everywhere."""
    return {
        **STORM_PICNIC,
        "title": f"{text} title",
        "situation": {
            "rain": {"ask": f"{text} rain", "type": "yes_no"},
            "guests": {"ask": f"{text} guests", "type": "integer", "from": 1, "to": 30, "unit": f"{text} people"},
            "wind": {"ask": f"{text} wind", "choices": {"calm": f"{text} calm", "fresh": "Fresh", "storm": "Storm"}},
        },
        "verdicts": {"garden": {"title": f"{text} garden"}, "kitchen": {"title": f"{text} kitchen"}},
    }


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_an_author_writes_is_text(text: str) -> None:
    """In SVG, Mermaid and DOT a text is only ever shown: the picture has the same boxes and arrows as any other."""
    plain, picture = draw(load(STORM_PICNIC)), _drawn(text)
    root = ElementTree.fromstring(as_svg(picture).encode())
    names = {each.tag.rpartition("}")[2] for each in root.iter()}
    assert names == {"svg", "title", "desc", "style", "rect", "path", "g", "text"}
    assert {each.get("class") for each in root.iter() if each.tag.endswith("}text")} >= {"title", "name"}
    assert len(root.findall(".//{*}g")) == len(plain.boxes)
    for written in (as_mermaid, as_dot):
        assert len(written(picture).splitlines()) == len(written(plain).splitlines())
    for line in as_dot(picture).splitlines():
        assert re.fullmatch(r'(?:[^"\\]|"(?:[^"\\]|\\.)*")*', line)
    for line in as_mermaid(picture).splitlines():
        assert line.count('"') in (0, 2)


def _drawn(text: str) -> Picture:
    """The picture with a text everywhere, even one that no reader of files would let through."""
    picture = draw(load(_hostile("plain")))
    boxes = tuple(
        replace(
            box,
            words=box.words.replace("plain", text),
            answers=tuple(replace(each, words=each.words.replace("plain", text)) for each in box.answers),
        )
        for box in picture.boxes
    )
    title = picture.title.replace("plain", text)
    return replace(picture, boxes=boxes, title=title, description=picture.description.replace("plain", text))


def test_a_picture_as_mermaid() -> None:
    """Questions are boxes, verdicts rounded ones; the way of the record is strong."""
    picture = draw(load(STORM_PICNIC), {"rain": False, "guests": 12})
    assert as_mermaid(picture) == (
        '---\ntitle: "Where do we eat?"\n---\n'
        "flowchart TD\n"
        '  b0["Does it rain?"]\n'
        '  b1["How many come?"]\n'
        '  b2["How windy is it?"]\n'
        '  b3(["In the kitchen"])\n'
        '  b4(["In the garden"])\n'
        '  b5(["In the garden"])\n'
        '  b6(["In the kitchen"])\n'
        '  b0 -->|"no"| b1\n'
        '  b0 -->|"yes"| b3\n'
        '  b1 -->|"at most 8"| b2\n'
        '  b1 -->|"at least 9"| b4\n'
        '  b2 -->|"Calm or Fresh"| b5\n'
        '  b2 -->|"A storm"| b6\n'
        "  linkStyle 0,3 stroke-width:4px\n"
        "  classDef passed stroke-width:4px\n"
        "  class b0,b1,b4 passed"
    )


def test_a_picture_as_dot() -> None:
    """The same for Graphviz."""
    assert as_dot(draw(load(STORM_PICNIC))).splitlines()[:4] == [
        'digraph "picnic" {',
        '  label="Where do we eat?"; labelloc=t',
        '  node [shape=box, fontname="sans-serif"]; edge [fontname="sans-serif"]',
        '  b0 [label="Does it rain?"]',
    ]


@pytest.mark.thorough
def test_a_plan_that_is_too_large_has_no_picture() -> None:
    """It says so, and what tells the policy instead."""
    with pytest.raises(UnsoundError) as refused:
        draw(load(tree_table(2_000, 10, seed=1)))
    assert "`verdict table` shows the policy row by row" in str(refused.value)


def test_the_shipped_picture_is_what_is_drawn() -> None:
    """The README shows the flagship's questions as `verdict draw` draws them."""
    shown = Path(engine.__file__).parent.parent / "rules" / "other-interviews.svg"
    assert shown.read_text(encoding="utf-8") == as_svg(draw(load("other-interviews"))) + "\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_draw_writes_a_file(folder: Path) -> None:
    """SVG is the default; a record that is wrong leaves no file."""
    result = run("draw", "other-interviews", "--set", "offer=hint", "-o", "picture.svg")
    assert (result.out, result.err, result.code) == ("", "", 0)
    assert ElementTree.parse(folder / "picture.svg").getroot().tag == "{http://www.w3.org/2000/svg}svg"
    wrong = run("draw", "other-interviews", "--set", "offer=hunt", "-o", "other.svg")
    assert (wrong.out, wrong.code) == ("", 2)
    assert "unknown-choice" in wrong.err
    assert not (folder / "other.svg").exists()


def test_draw_prints(folder: Path) -> None:
    """The forms that are text go to standard output; `text` is the plan in words."""
    assert run("draw", "parcel-prices", "--format", "dot").out.startswith('digraph "parcel-prices" {\n')
    assert "\nflowchart TD\n" in run("draw", "parcel-prices", "--format", "mermaid").out
    assert run("draw", "parcel-prices", "--format", "text").out == run("ask", "parcel-prices", "--plan").out
    assert '"path": []' in run("draw", "parcel-prices", "--format", "json").out


@pytest.mark.parametrize(
    ("words", "pixels"),
    [
        ("Кириллица Широкая Щука Ж", 218.2),
        ("ŒÆ œuvre ‰", 101.8),
        ("हिन्दी शब्द", 88.5),
        ("«quote» → ≥ ≤ ½", 124.1),
    ],
)
def test_a_text_in_any_script_is_given_its_room(words: str, pixels: float) -> None:
    """No text is reckoned narrower than a browser drew it in DejaVu Sans, the widest of the usual fonts."""
    assert width_of(words) >= pixels

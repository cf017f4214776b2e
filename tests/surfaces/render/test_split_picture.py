"""Is a picture that is split still the policy, does every part of it fit a window, and is a part what is left of it?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from engine import Picture, Policy, RecordError, draw, draw_by_facts, load
from engine.analysis.showing.picture import ELSEWHERE, QUESTION, VERDICT, WORKED_OUT, Box
from engine.bundled import shipped_policies
from engine.language.model.condition_tree import Holds
from engine.language.situations.situation_records import read_record
from engine.meaning.reference import Situation
from engine.surfaces.render.pictures.picture_code import as_dot, as_mermaid
from engine.surfaces.render.pictures.picture_parts import WIDEST, is_wide, split_pictures
from engine.surfaces.render.pictures.picture_svg import as_svg
from tests.support.browser import headless_browser
from tests.support.by_day import some
from tests.support.drawing.strategies import policies, records
from tests.support.judging.cases import as_values
from tests.support.judging.deciding import decide_draft
from tests.support.judging.oracle import CONFLICT, GAP, outcomes
from tests.support.running import run

SHIPPED = tuple(shipped_policies())
WINDOW = 1280


def twenty_questions() -> Policy:
    """A policy of twenty questions, whose one picture is far wider than a window."""
    hand = Random(4)
    names = [f"q{number}" for number in range(20)]
    numbers = names[::3]
    situation: dict[str, Any] = {name: {"ask": f"Does {name} hold?", "type": "yes_no"} for name in names}
    situation |= {name: {"ask": f"How large is {name}?", "type": "integer", "from": 0, "to": 100} for name in numbers}
    rules: list[dict[str, Any]] = []
    for number in range(9):
        when = {name: {"at_least": hand.choice([20, 50, 70])} if name in numbers else hand.choice([True, False])
                for name in hand.sample(names, 2)}  # fmt: skip
        rules.append({"rule": f"rule-{number}", "when": when, "then": hand.choice("abcd"), "because": "So."})
    rules.append({"rule": "rest", "otherwise": True, "then": "a", "because": "Nothing else."})
    verdicts = {name: {"title": f"Verdict {name}"} for name in "abcd"}
    return load({"policy": "twenty", "title": "Twenty questions", "situation": situation, "verdicts": verdicts,
                 "decision": "first", "rules": rules})  # fmt: skip


def _end(drawn: Picture) -> Box:
    """Where the marked way of a whole record comes to."""
    box = drawn.boxes[0]
    while box.answers:
        (taken,) = [each for each in box.answers if each.taken]
        box = drawn.boxes[taken.to]
    return box


@pytest.mark.thorough
@settings(max_examples=60)
@given(data=st.data())
def test_the_way_of_a_record_ends_in_its_verdict_and_in_what_its_facts_are(data: st.DataObject) -> None:
    """In the picture of the verdict, and in that of each fact, whatever facts are made of."""
    mapping = data.draw(policies(small=True))
    record = data.draw(records(mapping))
    policy = load(mapping)
    decision = decide_draft(policy, record)
    if decision is None:
        return
    pictures = {each.fact: each for each in draw_by_facts(policy, record)}
    end = _end(pictures[None])
    assert end.verdict == decision.verdict
    assert (end.kind == VERDICT) == (decision.outcome == "decided")
    [values] = as_values(policy, [record])
    situation = Situation(policy, values)
    for name in pictures.keys() - {None}:
        assert name is not None
        assert _end(pictures[name]).verdict == ("yes" if situation.holds(Holds(name, True)) else "no")


@pytest.mark.thorough
@settings(max_examples=60)
@given(data=st.data())
def test_a_part_is_what_given_answers_leave(data: st.DataObject) -> None:
    """A record that has the given answers ends in its verdict there, too, and no end is there that they rule out."""
    mapping = data.draw(policies(small=True))
    record = data.draw(records(mapping, unsure=False))
    policy = load(mapping)
    decision = decide_draft(policy, record)
    if decision is None:
        return
    answers = read_record(policy, record).values
    name = data.draw(st.sampled_from(sorted(answers)))
    value = answers[name]
    fixed = {name: list(value) if isinstance(value, tuple) else value}
    drawn = draw(policy, record, given=fixed)
    assert _end(drawn).verdict == decision.verdict
    assert {box.verdict for box in drawn.boxes if box.kind == VERDICT} == outcomes(mapping, fixed).verdicts - {
        GAP,
        CONFLICT,
    }


def _whole(parts: list[Picture]) -> list[tuple[Any, ...]]:
    """Every way from the first question of some parts to an end, as questions and answers."""
    questions = {box.number: (part, box) for part in parts for box in part.boxes if box.number is not None}

    def ways(part: Picture, box: Box) -> Iterator[tuple[Any, ...]]:
        if box.kind == ELSEWHERE:
            assert box.follows is not None
            yield from ways(*questions[box.follows])
        elif not box.answers:
            yield (box.kind, box.words, box.verdict)
        for answer in box.answers:
            for rest in ways(part, part.boxes[answer.to]):
                yield (box.words, answer.words, *rest)

    return sorted(ways(parts[0], parts[0].boxes[0]))


@pytest.mark.parametrize("policy", [load("parcel-prices"), twenty_questions()], ids=["prices", "twenty"])
def test_parts_are_the_picture(policy: Policy) -> None:
    """The same ways lead to the same ends, each question has one number, and no part is wider than a window."""
    picture = draw(policy)
    assert is_wide(picture)
    parts = split_pictures([picture])
    assert len(parts) > 1
    assert not any(map(is_wide, parts))
    assert _whole(parts) == _whole([picture])
    numbers = [box.number for part in parts for box in part.boxes if box.kind in (QUESTION, WORKED_OUT)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_question_with_many_answers_is_several_boxes() -> None:
    """No part is wider than a window, and no answer is lost."""
    names = [f"country-{letter}" for letter in "abcdefghijklmno"]
    policy = load({
        "policy": "many",
        "title": "Where to?",
        "situation": {"country": {"ask": "Which country?", "choices": {name: f"To {name}" for name in names}}},
        "verdicts": {name: {"title": f"By the way of {name}"} for name in names},
        "rules": [{"rule": f"to-{name}", "when": {"country": name}, "then": name, "because": "So."} for name in names],
    })  # fmt: skip
    parts = split_pictures([draw(policy)])
    assert not any(map(is_wide, parts))
    assert [part.boxes[0].number for part in parts] == [1, *[None] * (len(parts) - 1)]
    answers = [(answer.words, part.boxes[answer.to].verdict) for part in parts for answer in part.boxes[0].answers]
    assert answers == [(f"To {name}", name) for name in names]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for all pictures."""
    with headless_browser() as found:
        yield found


def _drawn(name: str) -> tuple[str, Policy]:
    if name == "twenty":
        Path("twenty.json").write_text(json.dumps(twenty_questions().to_dict()), encoding="utf-8")
        Path("twenty.json").rename("twenty.yaml")
        return run("draw", "./twenty.yaml").out, twenty_questions()
    return run("draw", name).out, load(name)


@pytest.mark.thorough
@pytest.mark.parametrize("name", some(["twenty", *SHIPPED]))
def test_every_picture_fits_a_window(
    browser: Browser, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is named, no text runs out of its box, every verdict that can come is in it, and each link leads somewhere."""
    monkeypatch.chdir(tmp_path)
    text, policy = _drawn(name)
    Path("picture.svg").write_text(text, encoding="utf-8")
    page = browser.new_page(viewport={"width": WINDOW, "height": 900})
    page.goto((tmp_path / "picture.svg").as_uri())
    assert page.evaluate("document.documentElement.getBoundingClientRect().width") <= WINDOW
    assert (
        page.evaluate(
            """() => [...document.querySelectorAll("g")].filter((group) => {
          const box = group.querySelector("rect")?.getBoundingClientRect();
          return box && [...group.querySelectorAll("text")].some((text) => {
            const words = text.getBoundingClientRect();
            return words.left < box.left - 1 || words.right > box.right + 1;
          });
        }).length"""
        )
        == 0
    )
    links = page.evaluate("""() => [...document.querySelectorAll("a")].map((link) => link.getAttribute("href"))""")
    assert all(page.evaluate("(id) => document.getElementById(id) !== null", link[1:]) for link in links)
    shown = "".join(
        page.evaluate("""() => [...document.querySelectorAll("text")].map((each) => each.textContent + " ")""")
    )
    assert f"{policy.title} {policy.name}" in " ".join(shown.split())
    given = {box.verdict for box in draw(policy).boxes if box.verdict}
    assert all(policy.verdict[verdict].title in shown for verdict in given)
    page.close()


@pytest.mark.thorough
def test_what_fits_is_one_picture() -> None:
    """The flagship's picture stays one; one that is asked for as a single one does, too."""
    assert 'class="elsewhere' not in run("draw", "other-interviews").out
    whole = ElementTree.fromstring(run("draw", "air-passenger-rights", "--single").out)
    assert float(whole.attrib["width"]) > 2 * WIDEST
    assert 'class="elsewhere' in run("draw", "air-passenger-rights").out


@pytest.mark.thorough
def test_a_split_picture_in_other_languages() -> None:
    """Each picture is a subgraph, and a box about a fact is called like the one that tells more."""
    mermaid = run("draw", "customs-channel", "--format", "mermaid").out
    assert '  subgraph p0["customs-channel"]\n' in mermaid
    assert '  subgraph p1["from_the_eu: you come from another country of the EU"]\n' in mermaid
    assert mermaid.count("\n  end\n") == mermaid.count("subgraph ") > 3
    dot = run("draw", "customs-channel", "--format", "dot").out
    assert dot.count("{") == dot.count("}") == dot.count("subgraph cluster_") + 1
    pictures = draw_by_facts(load("customs-channel"))
    assert as_mermaid(*pictures) + "\n" == mermaid
    assert as_dot(*pictures) + "\n" == dot
    assert as_svg(*split_pictures(pictures)) + "\n" == run("draw", "customs-channel").out


def test_a_part_from_the_command_line() -> None:
    """`--from` reads values as `--set` does, says so in the picture, and refuses what is no answer by its own name."""
    drawn = run("draw", "other-interviews", "--from", "offer=made", "--from", "start_date=unsure")
    assert "other-interviews, given How far has the job offer got? The offer has been made; Do you have a" in drawn.out
    assert "Somebody said" not in drawn.out
    policy = load("other-interviews")
    for fixed in ({"offer": "made"}, {"start_date": True, "other_offers": 0}):
        asked = {box.words for box in draw(policy, given=fixed).boxes}
        assert asked.isdisjoint(policy.field[name].ask for name in fixed)
    wrong = run("draw", "other-interviews", "--from", "ofer=made", "--from", "start_date=maybe")
    assert (wrong.out, wrong.code) == ("", 2)
    assert "--from: ofer  unknown-field  there is no field `ofer`\n  help  did you mean `offer`" in wrong.err
    assert "--from: start_date  " in wrong.err
    assert "write `--from field=value`" in run("draw", "other-interviews", "--from", "offer").err
    with pytest.raises(RecordError, match=r"^given: ofer  unknown-field"):
        draw(policy, given={"ofer": "made"})
    with pytest.raises(RecordError, match=r"^given: offer  answered-twice"):
        draw_by_facts(policy, {"offer": "hint"}, given={"offer": "made"})
    twice = run("draw", "other-interviews", "--from", "offer=made", "--set", "offer=hint")
    assert (twice.out, twice.code) == ("", 2)
    assert "--from: offer  answered-twice  the record answers `offer` otherwise" in twice.err
    assert run("draw", "other-interviews", "--from", "offer=made", "--set", "offer=made").code == 0
    impossible = ["--from", "rerouted=no", "--from", "leaves_earlier=3"]
    refused = run("draw", "air-passenger-rights", *impossible)
    assert (refused.out, refused.code) == ("", 2)
    assert "Without a new flight nothing leaves earlier." in refused.err

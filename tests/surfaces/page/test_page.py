"""Does the page ask and decide as the library does, in a real browser?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from engine import Policy, RecordError, decide, load
from engine.analysis.describing.output_words import output_text
from engine.language.model.field_kinds import ANY_OF, CHOICE, DATE, TEXT, YES_NO, Field, Value
from engine.language.model.values.value_texts import value_text
from engine.language.situations.situation_records import read_record
from engine.meaning.logic import logic_of
from tests.support.by_day import AT_ONCE
from tests.support.drawing.strategies import partial_records, policies, records
from tests.support.making.picnic import with_outputs
from tests.support.making.several_files.step_files import step_files
from tests.support.searching import draw_round, search_rounds
from tests.surfaces.page.opening import open_page

SHIPPED = ("other-interviews", "air-passenger-rights", "customs-channel", "parcel-prices")
# What the page says of answers as they stand in its address: the verdicts and rules that can still come.
OUTCOMES = """texts => texts.map((text) => {
  const { answers, leftOut } = readWritten(policy.fields, text);
  const { verdicts, rules, possibleRules, settled } = outcomeOf(policy, answers);
  return { verdicts, rules, possibleRules, settled, leftOut };
})"""
WALKS = """texts => texts.map((text) => {
  const { answers, outcome } = walk(policy, readWritten(policy.fields, text).answers);
  const { verdicts, rules, possibleRules, outputs } = outcome ?? {};
  return { asked: [...answers.keys()], verdicts, rules, possibleRules, outputs };
})"""
# Fields without ends that only sums of three look at: some of these cannot be proved empty by narrowing alone.
OPEN_SUMS: dict[str, Any] = {
    "policy": "open-sums",
    "title": "Do the sums meet?",
    "situation": {name: {"ask": f"What is {name}?", "type": "integer"} for name in "xyz"},
    "numbers": {
        "both": {"means": "x and y less z", "sum": {"x": 1, "y": 1, "z": -1}},
        "apart": {"means": "how far x is from y", "sum": {"x": 1, "y": -1}},
    },
    "verdicts": {"meet": {"title": "They meet"}, "miss": {"title": "They miss"}},
    "decision": "first",
    "rules": [
        {"rule": "both-zero", "when": {"both": 0, "apart": 0}, "then": "meet", "because": "Both are 0."},
        {"rule": "far", "when": {"both": {"at_least": 100}, "apart": 7}, "then": "meet", "because": "It is far."},
        {"rule": "rest", "otherwise": True, "then": "miss", "because": "Nothing else fits."},
    ],
}


def _fragment(policy: Policy, values: dict[str, Value]) -> str:
    """Answers as they stand in an address."""
    return "#" + "&".join(f"{quote(name)}={_written(policy.field[name], value)}" for name, value in values.items())


def _written(field: Field, value: Any) -> str:
    if field.kind == ANY_OF:
        return ",".join(map(quote, value))
    return quote(value_text(field, value), safe="")


def _said(found: dict[str, Any]) -> tuple[list[str], list[str], list[str]]:
    return found["verdicts"], found["rules"], found["possibleRules"]


def _expected(policy: Policy, values: dict[str, Any]) -> tuple[list[str], list[str], list[str]]:
    """The verdicts that can still come, and the rules that surely or possibly decide, by the library."""
    try:
        decision = decide(policy, values)
    except RecordError:
        return [], [], []
    return list(decision.possible), list(decision.rules), list(decision.possible_rules)


@pytest.mark.thorough
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_page_decides_as_the_library_does(data: st.DataObject, page: Page, tmp_path: Path) -> None:
    """For partial records: the verdicts that can still come, and, where it is one, the rules that decide."""
    mapping = data.draw(policies(small=True, sound=True))
    policy = load(mapping)
    open_page(page, policy, tmp_path)
    records = data.draw(st.lists(partial_records(mapping), min_size=1, max_size=20))
    answers = [read_record(policy, record).values for record in records]
    found = page.evaluate(OUTCOMES, [_fragment(policy, each) for each in answers])
    for each, here in zip(answers, found, strict=True):
        assert here["settled"]
        assert (here["leftOut"], _said(here)) == (0, _expected(policy, each))


@pytest.mark.thorough
@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_page_decides_steps_in_files_as_the_library_does(data: st.DataObject, page: Page, tmp_path: Path) -> None:
    """For partial records, whatever the parts of the steps are called."""
    split = data.draw(step_files(sound=True))
    policy = split.read()
    open_page(page, policy, tmp_path)
    records = data.draw(st.lists(partial_records(split.drawn), min_size=1, max_size=10))
    answers = [read_record(policy, record).values for record in records]
    for each, here in zip(answers, page.evaluate(OUTCOMES, [_fragment(policy, each) for each in answers]), strict=True):
        assert (here["settled"], here["leftOut"], _said(here)) == (True, 0, _expected(policy, each))


@pytest.mark.thorough
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_page_asks_until_it_is_certain_and_no_longer(data: st.DataObject, page: Page, tmp_path: Path) -> None:
    """What was asked is decided as the library decides it, and before the last question it was still undecided."""
    mapping = data.draw(policies(small=data.draw(st.booleans()), sound=True))
    policy = load(mapping)
    open_page(page, policy, tmp_path)
    wholes = data.draw(st.lists(records(mapping), min_size=1, max_size=10))
    answers = [read_record(policy, record).values for record in wholes]
    for each, walked in zip(answers, page.evaluate(WALKS, [_fragment(policy, each) for each in answers]), strict=True):
        asked = {name: each[name] for name in walked["asked"]}
        assert _said(walked) == _expected(policy, asked)
        for many, name in enumerate(asked):
            # What is not asked is not waited for.
            assert policy.field[name].ask_after in (None, *list(asked)[:many], *policy.field.keys() - each.keys())
            before = dict(list(asked.items())[:many])
            assert len(_expected(policy, before)[0]) > 1 or decide(policy, before).open_outputs
        if walked["verdicts"] and policy.has_rule_outputs:
            decision = decide(policy, asked)
            assert (walked["outputs"], decision.open_outputs) == (_shown(decision.output), ())


def _shown(output: dict[str, Any] | None) -> list[list[str]]:
    """Outputs as the page shows them: text as it is, lists without brackets, and other values as YAML writes them."""
    return [[name, output_text(value)] for name, value in (output or {}).items()]


def test_a_page_shows_what_comes_with_the_verdict(page: Page, tmp_path: Path) -> None:
    """It asks on until the outputs are certain, too, and lists them below the verdict."""
    open_page(page, load(with_outputs()), tmp_path, "#rain=yes")
    page.wait_for_selector("input[name=answer]")
    open_page(page, load(with_outputs()), tmp_path, "#rain=yes&guests=9")
    assert page.locator("dl.outputs").inner_text().split("\n") == ["place", "inside", "tables", "2"]


@pytest.mark.search
def test_the_search_for_a_record_that_the_page_decides_otherwise(
    page: Page, tmp_path: Path, tell: Callable[[str], None]
) -> None:
    """Fresh policies and records for both of these, as many as the time allows."""
    everyday: list[Any] = [
        test_the_page_decides_as_the_library_does,
        test_the_page_decides_steps_in_files_as_the_library_does,
        test_the_page_asks_until_it_is_certain_and_no_longer,
    ]
    compared = 0

    @settings(max_examples=AT_ONCE)
    @given(data=st.data())
    def search(data: st.DataObject) -> None:
        for test in everyday:
            test.hypothesis.inner_test(data, page, tmp_path)

    for number in search_rounds():
        draw_round(search, number)
        compared += AT_ONCE
    tell(f"pages compared with the library: {compared:,} policies of each sort")
    assert compared


@pytest.mark.thorough
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(record=st.dictionaries(st.sampled_from("xyz"), st.integers(-3, 120)))
def test_sums_without_ends_are_worked_out_exactly(record: dict[str, int], page: Page, tmp_path: Path) -> None:
    """Of some fields of a sum: what can still come is what the library says, or more where that was not settled."""
    policy = load(OPEN_SUMS)
    open_page(page, policy, tmp_path)
    (found,) = page.evaluate(OUTCOMES, [_fragment(policy, dict(record))])
    expected = _expected(policy, dict(record))
    assert found["settled"] or set(expected[0]) <= set(found["verdicts"])
    assert not found["settled"] or _said(found) == expected
    assert len(record) < 3 or found["settled"]


def test_a_page_tells_reasons_that_may_hold_apart_from_those_that_do(page: Page, tmp_path: Path) -> None:
    """By the questions that were not asked; what such a rule cites is no source of this verdict."""
    fields = {"age": {"ask": "How old is it?", "type": "integer", "from": 0, "to": 90}}
    fields["final"] = {"ask": "Was it sold as final?", "type": "yes_no"}
    rules = [
        {"rule": "late", "when": {"age": {"more_than": 30}}, "then": "no", "because": "It is late.", "cites": ["t1"]},
        {"rule": "final", "when": {"final": True}, "then": "no", "because": "It is final.", "cites": ["t2"]},
        {
            "rule": "new",
            "when": {"final": False, "age": {"at_most": 30}},
            "then": "yes",
            "because": "So.",
            "added": "-",
        },
    ]
    mapping = {"policy": "refund", "title": "Refund?", "situation": fields, "rules": rules}
    mapping["verdicts"] = {"yes": {"title": "Yes"}, "no": {"title": "No"}}
    mapping["source"] = {"title": "Terms", "passages": {"t1": "A month.", "t2": "Sold is sold."}}
    open_page(page, load(mapping), tmp_path, "#age=31")
    told = page.locator("main").inner_text()
    assert "It is late.\n\nDepending on “Was it sold as final?”, this may count too:\n\nIt is final." in told
    assert "A month." in told
    assert "Sold is sold." not in told
    # One more rule of the same verdict, and neither is certain.
    rules[0]["when"] = {"age": {"more_than": 30}, "final": False}
    open_page(page, load(mapping), tmp_path, "?again#age=31")
    told = page.locator("main").inner_text()
    assert (
        "Whatever you answer about “Was it sold as final?”, one of these applies:\n\nIt is late.\nIt is final." in told
    )


def test_what_a_page_cannot_settle_it_says(page: Page, tmp_path: Path) -> None:
    """The verdict is certain; whether wide numbers can still make up a sum, so that one more rule applies, is not."""
    fields = {name: {"ask": f"What is {name}?", "type": "integer", "from": 0, "to": 1_000_000} for name in "wxyz"}
    weights = {"w": 1, "x": 12224, "y": 36674, "z": 61119}
    rules = [
        {"rule": "large", "when": {"w": {"at_least": 10}}, "then": "yes", "because": "It is large."},
        {"rule": "exact", "when": {"w": {"at_least": 10}, "sum": 89_643_491}, "then": "yes", "because": "It is exact."},
        {"rule": "small", "when": {"w": {"less_than": 10}}, "then": "no", "because": "It is small."},
    ]
    numbers = {"sum": {"means": "all of it", "sum": weights}}
    verdicts = {"yes": {"title": "Enough"}, "no": {"title": "Too little"}}
    mapping = {"policy": "wide", "title": "Is it enough?", "situation": fields, "numbers": numbers}
    open_page(page, load({**mapping, "verdicts": verdicts, "rules": rules}), tmp_path, "#w=10")
    assert page.locator("h1").inner_text() == "Enough"
    assert "It is large.\n\nOther rules may say the same" in page.locator("main").inner_text()


def _random(field: Field, random: Random) -> Value:
    """Some answer, often beside a limit of the rules."""
    if field.kind == CHOICE:
        return random.choice(field.options)
    if field.kind == YES_NO:
        return random.random() < 0.5
    if field.kind == ANY_OF:
        return tuple(option for option in field.options if random.random() < 0.4)
    if field.kind == TEXT:
        return random.choice([*field.known, "XX"])
    if field.kind == DATE:
        return date(2026, 1, 1) + timedelta(days=random.randrange(-20, 20))
    low = Decimal(0 if field.low is None else str(field.low))
    high = Decimal(4_000 if field.high is None else str(field.high))
    step = field.step or (Decimal(1) if field.kind != "number" else Decimal("0.5"))
    steps = int((high - low) / step)
    value = low + step * random.choice([0, 1, random.randrange(min(steps, 60) + 1), random.randrange(steps + 1)])
    return int(value) if field.kind == "integer" else value


@pytest.mark.thorough
@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_pages_ask_and_decide_as_the_library_does(name: str, page: Page, tmp_path: Path) -> None:
    """Whole and partial records, sums and dates too; the way of questions ends in the verdict of the whole record."""
    policy = load(name)
    open_page(page, policy, tmp_path)
    random = Random(name)
    wholes = [{each.name: _random(each, random) for each in policy.fields} for _ in range(60)]
    parts = [{field: value for field, value in each.items() if random.random() < 0.7} for each in wholes]
    found = page.evaluate(OUTCOMES, [_fragment(policy, each) for each in [*wholes, *parts]])
    for each, here in zip([*wholes, *parts], found, strict=True):
        assert (here["settled"], here["leftOut"], _said(here)) == (True, 0, _expected(policy, each))
    for each, walked in zip(wholes, page.evaluate(WALKS, [_fragment(policy, each) for each in wholes]), strict=True):
        # What cannot happen may be certain of a verdict before the answer that makes it impossible would be asked.
        assert _expected(policy, each)[0] in ([], walked["verdicts"])
        assert len(walked["asked"]) == len(set(walked["asked"]))


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["other-interviews", "parcel-prices"])
def test_the_page_decides_every_cell_as_the_library_does(name: str, page: Page, tmp_path: Path) -> None:
    """One situation of every combination of cells, whole: the verdict, the rules, and where the questions lead."""
    policy = load(name)
    space = logic_of(policy).space
    cells = [[cell.sample for cell in space.axes[space.axes_of(field)[0]].cells] for field in policy.fields]
    wholes = [dict(zip(policy.field, values, strict=True)) for values in product(*cells)]
    texts = [_fragment(policy, each) for each in wholes]
    open_page(page, policy, tmp_path)
    found, walked = page.evaluate(OUTCOMES, texts), page.evaluate(WALKS, texts)
    for each, here, way in zip(wholes, found, walked, strict=True):
        assert _said(here) == _expected(policy, each)
        assert way["verdicts"] == here["verdicts"]


def test_not_being_sure_is_read_as_the_author_says(page: Page, tmp_path: Path) -> None:
    """Whichever of the questions are answered so, alone or together, the page decides as the library does."""
    policy = load("other-interviews")
    open_ = [field.name for field in policy.fields if field.if_unsure is not None]
    random = Random("unsure")
    wholes = [{each.name: _random(each, random) for each in policy.fields} for _ in range(150)]
    said = [{**each, **dict.fromkeys(random.sample(open_, random.randint(1, len(open_))), "unsure")} for each in wholes]
    texts = []
    for each in said:
        sure = {name: value for name, value in each.items() if value != "unsure"}
        texts.append(_fragment(policy, sure) + "".join(f"&{name}=unsure" for name in each.keys() - sure.keys()))
    open_page(page, policy, tmp_path)
    for each, here in zip(said, page.evaluate(OUTCOMES, texts), strict=True):
        assert (here["leftOut"], _said(here)) == (0, _expected(policy, each))


def test_wrong_answers_in_an_address_are_left_out(page: Page, tmp_path: Path) -> None:
    """Hostile, stale and misspelt fragments decide nothing, and are said to be left out."""
    policy = load("parcel-prices")
    open_page(page, policy, tmp_path)
    wrong = [
        "#weight=NaN", "#weight=1e3", "#weight=0.05", "#weight=61", "#weight=%zz", "#weight=", "#weight",
        "#express=maybe", "#nothing=1", "#__proto__=1", "#size=<img src=x onerror=alert(1)>", "#weight=1&weight=2",
    ]  # fmt: skip
    assert [each["leftOut"] for each in page.evaluate(OUTCOMES, wrong)] == [1] * len(wrong)
    page.goto(page.url.partition("#")[0] + "#weight=61")
    page.wait_for_selector("text=Some of the answers in the address do not fit this page and were left out.")
    assert page.locator("h1").inner_text() == "What does it weigh?"

"""Does the page ask only what applies, and decide as the library does where something is not asked?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from engine import check, decide, load
from engine.language.situations.situation_records import read_record
from tests.support.drawing.strategies import partial_records, policies, records
from tests.surfaces.page.opening import open_page
from tests.surfaces.page.test_page import OUTCOMES, WALKS, _expected, _fragment, _said
from tests.surfaces.page.test_page_amounts import WALKS as AMOUNTS


@pytest.mark.thorough
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_page_decides_as_the_library_does(data: st.DataObject, page: Page, tmp_path: Path) -> None:
    """For partial records; and of whole ones it uses no answer that they do not have."""
    drawn = data.draw(policies(small=True, sound=True, conditional=True))
    policy = load(drawn)
    assume(check(policy).sound)
    open_page(page, policy, tmp_path)
    partial = data.draw(st.lists(partial_records(drawn), min_size=1, max_size=12))
    answers = [read_record(policy, record).values for record in partial]
    found = page.evaluate(OUTCOMES, [_fragment(policy, each) for each in answers])
    for each, here in zip(answers, found, strict=True):
        assert here["settled"]
        assert (here["leftOut"], _said(here)) == (0, _expected(policy, each))
    whole = [read_record(policy, data.draw(records(drawn, unsure=False))).values for _ in range(4)]
    for each, walked in zip(whole, page.evaluate(WALKS, [_fragment(policy, each) for each in whole]), strict=True):
        if _expected(policy, each)[0]:
            assert walked["verdicts"] == [decide(policy, each).verdict]
            assert set(walked["asked"]) <= each.keys()


@pytest.mark.thorough
def test_a_person_is_asked_only_what_applies(page: Page, tmp_path: Path) -> None:
    """Without a car nobody is asked how old it is, and an answer that was given before is not used."""
    situation: dict[str, Any] = {
        "car": {"ask": "Do you own a car?", "type": "yes_no"},
        "age": {"ask": "How old is it?", "type": "integer", "from": 0, "to": 30, "applies_when": {"car": True}},
    }
    rules = [
        {"rule": "old", "when": {"age": {"at_least": 10}}, "then": "out", "because": "Old cars stay out."},
        {"rule": "rest", "otherwise": True, "then": "in", "because": "Everybody else may."},
    ]
    policy = load(
        {
            "policy": "car",
            "title": "May it drive in?",
            "situation": situation,
            "verdicts": {"in": {"title": "Drive in"}, "out": {"title": "Stay out"}},
            "decision": "first",
            "rules": rules,
        }
    )
    open_page(page, policy, tmp_path)
    page.get_by_label("yes").check()
    page.get_by_role("button", name="Continue").click()
    assert page.get_by_role("heading", level=1).inner_text() == "How old is it?"
    page.locator("#answer").fill("20")
    page.get_by_role("button", name="Continue").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Stay out"
    page.get_by_role("button", name="Change: Do you own a car?").click()
    page.get_by_label("no").check()
    page.get_by_role("button", name="Continue").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Drive in"
    assert "How old is it?" not in page.locator("main").inner_text()


def test_an_amount_asks_only_what_applies(page: Page, tmp_path: Path) -> None:
    """Points add nothing where a question is not asked, and nobody is asked it for the sake of an amount."""
    points = [{"when": {"age": {"at_least": 10}}, "add": 5, "because": "It is old."}]
    policy = load(
        {
            "policy": "fee",
            "title": "What does the trip cost?",
            "situation": {
                "car": {"ask": "Do you own a car?", "type": "yes_no"},
                "age": {"ask": "How old is it?", "type": "integer", "from": 0, "to": 30, "applies_when": {"car": True}},
            },
            "numbers": {
                "extra": {"means": "what is added for age", "points": points},
                "fee": {"means": "what it costs", "sum": {"extra": 1}, "plus": 2},
            },
            "verdicts": {"pays": {"title": "They pay", "output": {"fee": {"number": "fee"}}}},
            "rules": [{"rule": "all", "otherwise": True, "then": "pays", "because": "All pay."}],
        }
    )
    open_page(page, policy, tmp_path)
    walked = page.evaluate(AMOUNTS, ["#car=no", "#car=yes", "#car=yes&age=12", "#car=yes&age=3"])
    asked = [(each["outputs"] and dict(each["outputs"])["fee"], each.get("next")) for each in walked]
    assert [next_ for _, next_ in asked] == [None, "age", None, None]
    assert [fee for fee, next_ in asked if next_ is None] == ["2", "7", "2"]

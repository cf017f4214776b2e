"""Does the page work amounts out as the library does, and ask for what they need, in a real browser?"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from engine import decide, interview, load
from engine.language.model.values.rounding import ROUNDING_MODES, round_to
from tests.support.making.by_hand import grant, postage, road_tax
from tests.support.making.parcel_fees import PARCEL
from tests.surfaces.page.opening import open_page

WALKS = """texts => texts.map((text) => {
  const { answers, outcome, next } = walk(policy, readWritten(policy.fields, text).answers);
  return { asked: [...answers.keys()], verdicts: outcome?.verdicts, outputs: outcome?.outputs, next: next?.name };
})"""
ROUNDED = """rows => rows.map(([top, bottom, to, mode]) =>
  amountText([BigInt(top), BigInt(bottom)], to === null ? {} : { to, mode }))"""
ANSWERS: dict[str, list[Any]] = {
    "sent": ["2024-01-01", "2024-06-30", "2024-07-01"],
    "weight": ["0", "0.02", "3.2", "3.555", "3.637", "20"],
    "zone": ["near", "far"],
    "member": ["yes", "no"],
    "insured": ["none", "0", "37"],
}


def _fragment(record: dict[str, Any]) -> str:
    return "#" + "&".join(f"{name}={quote(value)}" for name, value in record.items())


def _read(record: dict[str, str]) -> dict[str, Any]:
    """A record as a program writes it."""
    values: dict[str, Any] = {**record, "member": record.get("member") == "yes"} if "member" in record else {**record}
    if "weight" in values:
        values["weight"] = Decimal(values["weight"])
    if values.get("insured", "none") != "none":
        values["insured"] = int(values["insured"])
    return values


@pytest.mark.thorough
def test_numbers_of_every_kind_are_worked_out(page: Page, tmp_path: Path) -> None:
    """On each day, of what has a value and what has none; and nothing is asked that the amount does not need."""
    policy = load(PARCEL)
    open_page(page, policy, tmp_path)
    records = [dict(zip(ANSWERS, each, strict=True)) for each in product(*ANSWERS.values())]
    for record, walked in zip(records, page.evaluate(WALKS, list(map(_fragment, records))), strict=True):
        asked = {name: record[name] for name in walked["asked"]}
        decision = decide(policy, _read(asked))
        assert (decision.open_outputs, decision.ask) == ((), None)
        assert dict(walked["outputs"]) == {name: str(value) for name, value in (decision.output or {}).items()}
        assert ("weight" in asked) == (record["member"] == "no" or record["insured"] != "none")


@pytest.mark.thorough
@pytest.mark.parametrize(("worked", "name"), [(postage, "parcel"), (road_tax, "payer")])
def test_what_a_step_works_out_is_decided_with(page: Page, tmp_path: Path, worked: Any, name: str) -> None:
    """In every situation, as by hand: what it rounds, and what it works out from answers that are not always there."""
    for file, text in worked.FILES.items():
        (tmp_path / file).write_text(text)
    open_page(page, load(tmp_path / f"{name}.yaml"), tmp_path)
    records = list(worked.situations())
    for record, walked in zip(records, page.evaluate(WALKS, [_written(each) for each in records]), strict=True):
        _, output = worked.worked_out(record)
        assert (dict(walked["outputs"] or {}), walked["next"]) == (output, None)


@pytest.mark.thorough
@pytest.mark.parametrize("to", ["3", "0.05"])
def test_a_rounded_amount_is_compared_beside_fields(page: Page, tmp_path: Path, to: str) -> None:
    """In every situation, as by hand: a case for each amount, or none where rounding changes nothing."""
    text = grant.TEXT.format(to=to, mode="half_even").partition("guarantees:")[0]
    open_page(page, load(text), tmp_path)
    records = list(grant.situations())
    for record, walked in zip(records, page.evaluate(WALKS, [_written(each) for each in records]), strict=True):
        assert walked["verdicts"] == [grant.worked_out(record, to, "half_even")]


def _written(record: dict[str, Any]) -> str:
    """A record in the address of the page."""
    words = {True: "yes", False: "no"}
    return _fragment({name: words[value] if isinstance(value, bool) else str(value) for name, value in record.items()})


@pytest.mark.thorough
def test_it_asks_for_what_an_amount_needs_after_the_verdict(page: Page, tmp_path: Path) -> None:
    """In the order of an interview."""
    policy = load(PARCEL)
    open_page(page, policy, tmp_path)
    at = interview(policy)
    given_so_far: dict[str, str] = {}
    whole = {"sent": "2024-07-01", "weight": "3.555", "zone": "far", "member": "no", "insured": "none"}
    while at.question is not None:
        [walked] = page.evaluate(WALKS, [_fragment(given_so_far)])
        assert walked["next"] == at.question.name
        given_so_far[at.question.name] = whole[at.question.name]
        at = at.answer(_read({at.question.name: whole[at.question.name]})[at.question.name])
    assert list(given_so_far) == ["member", "sent", "weight", "zone"]
    page.goto(f"{page.url.partition('#')[0]}{_fragment(given_so_far)}")
    assert page.locator("dl.outputs").inner_text().split() == ["fee", "6.95", "currency", "EUR"]


@pytest.mark.thorough
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(
            st.integers(-(10**15), 10**15),
            st.sampled_from((1, 2, 8, 10**4)),
            st.sampled_from(("0.01", "0.05", "1", "10", "2.5", "3")),
            st.sampled_from(ROUNDING_MODES),
        ),
        min_size=30,
        max_size=60,
    )
)
def test_it_rounds_as_the_library_does(page: Page, tmp_path: Path, rows: list[Any]) -> None:
    """Every mode, ties and negative numbers among them, and without rounding all digits."""
    open_page(page, load(PARCEL), tmp_path)
    exact = [(top, bottom, None, None) for top, bottom, *_ in rows]
    texts = page.evaluate(ROUNDED, [[str(top), str(bottom), to, mode] for top, bottom, to, mode in (*rows, *exact)])
    expected = [round_to(Fraction(top, bottom), Decimal(to), mode) for top, bottom, to, mode in rows]
    assert texts[: len(rows)] == expected
    assert [Fraction(text) for text in texts[len(rows) :]] == [Fraction(top, bottom) for top, bottom, *_ in rows]

"""Numbers that are outputs which a step works out and rounds: against arithmetic by hand, in every back end."""

from __future__ import annotations

import sqlite3
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Policy, batch, certify, check, decide, decider, diff, explain, load, verify, write_sql
from engine.language.model.condition_tree import COMPARE
from engine.language.model.values.computed_outputs import ComputedOutput
from engine.language.model.values.rounding import ROUNDING_MODES, RoundingMode
from tests.support.making.by_hand.postage import FILES, situations, worked_out


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("postage")
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="module")
def parcel(folder: Path) -> Policy:
    return load(folder / "parcel.yaml")


@given(
    number=st.fractions(-50, 50, max_denominator=40),
    bound=st.fractions(-50, 50, max_denominator=8),
    to=st.sampled_from(("1", "0.5", "10", "0.3", "2.5")),
    mode=st.sampled_from(ROUNDING_MODES),
    op=st.sampled_from(("at_least", "more_than", "at_most", "less_than")),
    halves=st.none() | st.integers(-9, 9),
)
def test_a_rounded_amount_compares_as_its_number_does(
    number: Fraction, bound: Fraction, to: str, mode: RoundingMode, op: str, halves: int | None
) -> None:
    """With another bound, which ties are on either side of; also where the bound is no multiple of the step."""
    how = ComputedOutput("fee", Decimal(to), mode)
    value = number if halves is None else Fraction(to) * halves / 2
    other_op, other = how.comparison(op, bound)
    assert COMPARE[other_op](value, other) == COMPARE[op](how.amount(value), bound)


def test_every_situation_gets_what_it_does_by_hand(parcel: Policy) -> None:
    """From `decide`, compiled, in a table and in SQL; and so many of them as `check` counts."""
    records = list(situations())
    expected = [worked_out(record) for record in records]
    assert [(found.verdict, found.output) for found in (decide(parcel, record) for record in records)] == expected
    compiled = decider(parcel)
    assert [compiled.verdict(record) for record in records] == [verdict for verdict, _ in expected]
    table = batch(parcel, pyarrow.Table.from_pylist(records), outputs=True)
    assert table["verdict"].to_pylist() == [verdict for verdict, _ in expected]
    assert table["output.price"].to_pylist() == [output["price"] for _, output in expected]
    proof = check(parcel)
    assert proof.sound
    assert proof.verdicts == Counter(verdict for verdict, _ in expected)
    rows = [(record["sent"].isoformat(), float(record["weight"]), record["fragile"]) for record in records]
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE records (sent TEXT, weight REAL, fragile INTEGER)")
        connection.executemany("INSERT INTO records VALUES (?, ?, ?)", rows)
        query = write_sql(parcel, dialect="sqlite", table="records")
        assert [row[3] for row in connection.execute(query)] == [verdict for verdict, _ in expected]


def test_a_certificate_proves_it_again(parcel: Policy) -> None:
    """The verifier opens rounded amounts by itself."""
    found = verify(parcel, certify(parcel))
    assert found.sound
    assert found.situations == len(list(situations()))


def test_the_policy_can_be_written_and_read_again(parcel: Policy) -> None:
    """With its step in it, whose numbers have the names that they have here."""
    again = load(parcel.to_dict())
    assert again == parcel
    assert load(parcel.to_yaml()).sha256 == parcel.sha256
    assert diff(parcel, again).same


def test_an_open_answer_leaves_the_amount_open_and_nothing_else(parcel: Policy) -> None:
    """The day says nothing where a letter is sent, and the verdict is decided; the amount reads it all the same."""
    light = decide(parcel, {"weight": 0.5, "fragile": False})
    assert (light.verdict, light.output, light.open_outputs) == ("us", {"price": None, "more": None}, ("price", "more"))
    heavy = decide(parcel, {"weight": 3, "fragile": False})
    assert (heavy.verdict, heavy.ask) == (None, "sent")


def test_an_explanation_tells_how_the_amount_comes_about(parcel: Policy) -> None:
    """With the number of the step before it is rounded."""
    told = str(explain(parcel, {"sent": "2024-07-01", "weight": 1.05, "fragile": True}))
    assert "price: 2.25 = total (2.25)" in told
    assert "postage.net: the price by weight                 1.3125" in told
    assert "fee: the fee, postage.net rounded to 0.25 (up)   1.5" in told


@pytest.mark.parametrize(
    ("old", "new", "verdicts"),
    [
        ("mode: up", "mode: down", True),
        ("to: 0.25", "to: 0.250", False),
        ("mode: half_even", "mode: half_up", True),
        ("2024-07-01: 1.25", "2024-07-01: 1.26", True),
    ],
)
def test_another_way_of_working_it_out_is_a_change(
    folder: Path, parcel: Policy, tmp_path: Path, old: str, new: str, verdicts: bool
) -> None:
    """Where verdicts change, as many as by hand; a step that is written otherwise is none."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text.replace(old, new))
    other = load(tmp_path / "parcel.yaml")
    found = diff(parcel, other)
    moved = sum(decide(parcel, record).verdict != decide(other, record).verdict for record in situations())
    changed = [each for each in found.changes if each.before.verdict != each.after.verdict]
    assert sum(each.situations or 0 for each in changed) == moved
    assert found.same == (not verdicts)


def test_the_day_can_be_put_in(parcel: Policy) -> None:
    """What the step works out from a dated constant is compared between two days, as verdict by verdict."""
    days = ("2024-06-30", "2024-07-01")
    found = diff(parcel, between=days)
    records = [each for each in situations() if each["sent"].isoformat() == days[0]]
    moved: Counter[Any] = Counter()
    for record in records:
        pair = [worked_out({**record, "sent": record["sent"].fromisoformat(day)}) for day in days]
        moved[pair[0][0], pair[1][0]] += pair[0][0] != pair[1][0]
    told = {(each.before.verdict, each.after.verdict): each.situations for each in found.changes}
    assert {pair: many for pair, many in moved.items() if many} == {
        pair: many for pair, many in told.items() if pair[0] != pair[1]
    }

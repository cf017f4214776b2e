"""Does nothing outside a policy and a record change an answer: decimals, time zone, language, hash seed?"""

from __future__ import annotations

import decimal
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import (
    PolicyError,
    RecordError,
    batch,
    certify,
    check,
    decide,
    decider,
    diff,
    draw,
    explain,
    interview,
    load,
    plan,
    tabulate,
    verify,
    write_sql,
)
from engine.analysis.testing.proposals import propose_cases
from engine.execution.sql.limits import SqlError
from engine.language.situations.cases_file import Cases
from engine.surfaces.cli.filesystem.cases_writing import cases_yaml
from engine.surfaces.page.page_file import render_page
from engine.surfaces.render.policy_text import policy_words
from engine.surfaces.render.table_csv import write_csv
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import partial_records, policies, records
from tests.support.judging.deciding import as_json

_SIGNALS = [
    decimal.Inexact,
    decimal.Rounded,
    decimal.Clamped,
    decimal.Subnormal,
    decimal.Overflow,
    decimal.Underflow,
    decimal.InvalidOperation,
    decimal.DivisionByZero,
    decimal.FloatOperation,
]
_ROUNDINGS = [
    decimal.ROUND_UP,
    decimal.ROUND_DOWN,
    decimal.ROUND_CEILING,
    decimal.ROUND_FLOOR,
    decimal.ROUND_HALF_EVEN,
    decimal.ROUND_HALF_UP,
    decimal.ROUND_HALF_DOWN,
    decimal.ROUND_05UP,
]


@st.composite
def contexts(draw: Callable[..., Any]) -> decimal.Context:
    """Contexts in which hardly any arithmetic on decimals comes out as it should, or comes out at all."""
    most = draw(st.integers(0, 4))
    traps = draw(st.one_of(st.just(_SIGNALS), st.lists(st.sampled_from(_SIGNALS), unique=True)))
    return decimal.Context(
        draw(st.integers(1, 6)),
        draw(st.sampled_from(_ROUNDINGS)),
        draw(st.integers(-4, 0)),
        most,
        draw(st.integers(0, 1)),
        draw(st.integers(0, 1)),
        [],
        traps,
    )


def _of_record(drawn: Mapping[str, Any], record: Mapping[str, Any]) -> Iterator[Any]:
    """What is said of one record, read and decided from the beginning."""
    policy = load(drawn)
    compiled = decider(policy)
    for ask in (
        lambda: decide(policy, record),
        lambda: compiled(record),
        lambda: compiled.verdict(record),
        lambda: compiled.verdict_json(json.dumps(as_json(record))),
        lambda: explain(policy, record),
        lambda: interview(policy, record),
        lambda: str(draw(policy, record)),
    ):
        try:
            found: Any = ask()
            yield found, str(found)
        except RecordError as error:
            yield error.problems
    if not record:
        return
    typed = pl.DataFrame([pl.Series(name, [value], dtype=_column(value)) for name, value in record.items()])
    yield batch(policy, typed, rules=True, problem=True).rows()
    texts = {name: [_cell(value)] for name, value in record.items() if not isinstance(value, list)}
    if texts:
        yield batch(policy, pl.DataFrame(texts), rules=True, problem=True).rows()


def _column(value: Any) -> Any:
    if isinstance(value, Decimal):
        return pl.Decimal(38, max(0, -int(value.as_tuple().exponent)))
    return pl.List(pl.String) if isinstance(value, list) else None


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return format(Decimal(repr(value)), "f") if isinstance(value, float) else str(value)


def _of_policy(drawn: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Any]:
    """What is said of a policy, and of two."""
    policy = load(drawn)
    yield policy, policy.sha256, list(policy_words(policy))
    proof = check(policy)
    yield proof, str(proof)
    try:
        yield str(diff(policy, load(other)))
    except PolicyError as error:
        yield error.problems
    if not proof.sound:
        return
    certificate = certify(policy)
    yield certificate.to_dict(), str(verify(policy, certificate))
    table = tabulate(policy)
    yield str(table), write_csv(policy, table), str(plan(policy))
    yield cases_yaml(propose_cases(policy, Cases(policy.name, (), "sample-policy.cases.yaml")))
    yield render_page(policy)
    for dialect in ("duckdb", "postgres", "sqlite", "spark"):
        try:
            yield write_sql(policy, dialect=dialect)
        except SqlError as error:
            yield error.problems


@pytest.mark.thorough
@draw_by_day(20)
@given(data=st.data(), context=contexts())
def test_the_context_of_decimals_changes_no_verdict(data: st.DataObject, context: decimal.Context) -> None:
    """Precision, rounding, exponents and traps: every way to ask for a verdict says what it says without them."""
    drawn = data.draw(policies(sound=True))
    record = data.draw(data.draw(st.sampled_from([records, partial_records]))(drawn, unsure=False))
    record = {name: value for name, value in record.items() if value is not None}
    expected = list(_of_record(drawn, record))
    with decimal.localcontext(context):
        found = list(_of_record(drawn, record))
    assert found == expected


@pytest.mark.thorough
@draw_by_day(3)
@given(drawn=policies(small=True), other=policies(small=True), context=contexts())
def test_the_context_of_decimals_changes_nothing_that_is_said_of_a_policy(
    drawn: dict[str, Any], other: dict[str, Any], context: decimal.Context
) -> None:
    """Proof, certificate, table, plan, cases, page, SQL and the difference between two policies."""
    expected = list(_of_policy(drawn, other))
    with decimal.localcontext(context):
        found = list(_of_policy(drawn, other))
    assert found == expected


_PARCELS: dict[str, Any] = {
    "policy": "parcels",
    "title": "How does it go?",
    "situation": {
        "weight": {"ask": "How heavy?", "type": "number", "from": 0, "to": 20, "step": Decimal("0.1"), "unit": "kg"},
        "extra": {"ask": "How much more?", "type": "number", "from": 0, "to": 9, "step": Decimal("0.5"), "unit": "kg"},
        "day": {"ask": "When?", "type": "date", "from": "2026-01-01", "to": "2026-12-31"},
        "extras": {"ask": "What else?", "type": "any_of", "choices": {"insured": "Insured", "tracked": "Tracked"}},
        "country": {"ask": "Where to?", "type": "text", "known": ["FR", "I\u0307stanbul"]},
    },
    "numbers": {"load": {"means": "what it weighs", "sum": {"weight": Decimal("1.25"), "extra": -1}, "plus": 7}},
    "verdicts": {"van": {"title": "Send a van", "output": {"price": Decimal("12.5")}}, "bike": {"title": "A bike"}},
    "rules": [
        {"rule": "heavy", "when": {"load": {"more_than": Decimal("10.3")}}, "then": "van", "because": "It is heavy."},
        {"rule": "light", "when": {"load": {"at_most": Decimal("10.3")}}, "then": "bike", "because": "It is light."},
    ],
}

# Says all that is said of a policy, in a process of its own.
_SAYS = """
import decimal, hashlib, locale, time
from contextlib import suppress
decimal.DefaultContext.prec = 2
decimal.setcontext(decimal.DefaultContext)
with suppress(locale.Error):
    locale.setlocale(locale.LC_ALL, "")
time.tzset()
from tests.laws.test_surroundings import _PARCELS, _of_policy, _of_record, _wrong
record = {"weight": 12.3, "extra": 0.5, "day": "2026-01-31", "extras": ["tracked"]}
for said in (*_of_policy(_PARCELS, _PARCELS), *_of_record(_PARCELS, record), *_wrong(_PARCELS)):
    print(hashlib.sha256(repr(said).encode("utf-8", "backslashreplace")).hexdigest())
"""


def _wrong(data: Mapping[str, Any]) -> Iterator[str]:
    policy = load(data)
    for field in policy.fields:
        with pytest.raises(RecordError) as caught:
            decide(policy, {field.name: {"some", "thing", "or", "other", 5, None}})
        yield str(caught.value)


_ENVIRONMENTS: list[dict[str, str]] = [
    {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"},
    {"TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "1"},
    {"TZ": "America/Los_Angeles", "LC_ALL": "C", "PYTHONHASHSEED": "2", "PYTHONUTF8": "0"},
    {"TZ": "Asia/Kathmandu", "LANG": "de_DE.UTF-8", "LC_NUMERIC": "de_DE.UTF-8", "PYTHONHASHSEED": "3"},
]


@pytest.mark.thorough
def test_the_machine_changes_nothing() -> None:
    """Time zone, language, encoding and hash seed, and a program that changes what decimals do in every thread."""
    folder = Path(__file__).parents[2]
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    found = [
        subprocess.run(
            [sys.executable, "-c", _SAYS], env={**kept, **each}, cwd=folder, capture_output=True, check=True
        ).stdout
        for each in _ENVIRONMENTS
    ]
    assert found[0].count(b"\n") > 20
    assert all(each == found[0] for each in found)

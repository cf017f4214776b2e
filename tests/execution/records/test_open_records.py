"""Is a record that leaves questions open decided as fast as can be, and still exactly as `decide` decides it?

Compared with `decide`, which asks all completions at once, and with trying every completion where fields share sums.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from itertools import product
from random import Random
from typing import Any
from unittest import mock

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Policy, RecordError, UnsoundError, batch, check, decide, decider, interview, load
from engine.analysis.deciding import decision as decision_module
from engine.execution.records import decisions, open_records, tied_answers, verdicts
from engine.threads import Bounded
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import partial_records, policies
from tests.support.judging.deciding import as_json, decides_alike, parcels_decider
from tests.support.judging.oracle import outcomes
from tests.support.judging.querying.sql_rows import draw_rows, right_values
from tests.support.making.tables import tree_table

WAYS = ("compiled", "from ask to ask", "sums asked of the whole policy")


@contextmanager
def followed(way: str) -> Iterator[None]:
    """Each side of the numbers that switch the way a record is followed."""
    with ExitStack() as stack:
        if way == "from ask to ask":
            for module in (decisions, verdicts):
                stack.enter_context(mock.patch.object(module, "MOST_ASKS", -1))
        if way == "sums asked of the whole policy":
            stack.enter_context(mock.patch.object(tied_answers, "_MOST", 0))
        yield


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each of the ways in turn."""
    with followed(request.param):
        yield


def _summed(names: tuple[str, ...], fields: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Policies over some small numbers and sums of them, decided by the first rule that fits."""
    least = st.integers(-6, 9)
    terms = st.dictionaries(st.sampled_from(names), st.sampled_from([-3, -2, -1, 1, 1, 2]), min_size=2, max_size=3)
    sums = st.lists(terms, min_size=1, max_size=3)

    @st.composite
    def drawn(draw: Any) -> dict[str, Any]:
        numbers = {f"sum_{at}": {"means": "a sum", "sum": each} for at, each in enumerate(draw(sums))}
        subject = st.sampled_from([*numbers, *names])
        word = st.sampled_from(["at_least", "at_most"])
        test = st.tuples(subject, word, least).map(lambda each: {each[0]: {each[1]: each[2]}})
        when = st.lists(test, min_size=1, max_size=2).map(lambda tests: {**tests[0], **tests[-1]})
        rules = [
            {"rule": f"rule-{at}", "when": each, "then": draw(st.sampled_from(["left", "right"])), "because": "So."}
            for at, each in enumerate(draw(st.lists(when, min_size=1, max_size=4)))
        ]
        rest = {"rule": "rest", "otherwise": True, "then": "left", "because": "So."}
        impossible = [{"when": each, "because": "It never is."} for each in draw(st.lists(when, max_size=2))]
        return {
            "policy": "summed",
            "title": "Which way?",
            "situation": fields,
            "numbers": numbers,
            "verdicts": {"left": {"title": "Left"}, "right": {"title": "Right"}},
            "decision": "first",
            "rules": [*rules, rest],
            **({"impossible": impossible} if impossible else {}),
        }

    return drawn()


NUMBERS = {name: {"ask": f"What is {name}?", "type": "integer", "from": -2, "to": 3} for name in "abc"}
STEPS = {name: {"ask": f"What is {name}?", "type": "number", "from": -1, "to": 2, "step": 0.5} for name in "abc"}


@st.composite
def summed_policies(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Three small numbers, whole ones or halves, and a policy over their sums."""
    fields = draw(st.sampled_from([NUMBERS, STEPS]))
    return fields, draw(_summed(tuple(fields), fields))


@draw_by_day(25)
@given(way=st.sampled_from(WAYS), data=st.data())
def test_what_sums_leave_open_is_what_some_completion_gets(way: str, data: st.DataObject) -> None:
    """Every record over three small numbers that share sums, missing ones included, by trying every completion."""
    with followed(way):
        fields, drawn = data.draw(summed_policies())
        policy = load(drawn)
        try:
            compiled = decider(policy)
        except UnsoundError:
            # No situation is possible.
            return
        values = data.draw(st.lists(st.tuples(*[st.sampled_from([None, -1, 0, 1, 2])] * 3), min_size=1, max_size=12))
        for each in values:
            record = {name: value for name, value in zip(fields, each, strict=True) if value is not None}
            expected = outcomes(drawn, record)
            if not expected.verdicts:
                with pytest.raises(RecordError):
                    compiled.verdict(record)
                continue
            one = next(iter(expected.verdicts)) if len(expected.verdicts) == 1 else None
            assert compiled.verdict(record) == one
            found = compiled(record)
            assert found.verdict == one
            assert one is None or (found.rules, found.possible_rules) == (expected.rules, expected.possible_rules)


@draw_by_day(25)
@given(way=st.sampled_from(WAYS), data=st.data())
def test_every_way_of_following_a_record_says_what_decide_says(way: str, data: st.DataObject) -> None:
    """Drawn policies of every sort; nested and flat, None and left out."""
    with followed(way):
        drawn = data.draw(policies(sound=True))
        compiled = decider(load(drawn))
        for _ in range(3):
            record = data.draw(partial_records(drawn))
            decides_alike(compiled, record)
            decides_alike(compiled, as_json(record))


SHIPPED = ("other-interviews", "air-passenger-rights", "customs-channel", "parcel-prices")


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_policy_decides_half_a_record_as_decide_does(name: str, way: None) -> None:
    """Records beside every boundary, of which answers are left out."""
    policy, random = load(name), Random(name)
    kinds = {field.name: "decimal" for field in policy.fields}
    compiled = decider(policy)
    for row in draw_rows(policy, random, 40, {each: [] for each in right_values(policy)}, kinds):
        answers = {each: float(value) if type(value).__name__ == "Decimal" else value for each, value in row.items()}
        kept = {each: value for each, value in answers.items() if random.random() < 0.6}
        decides_alike(compiled, as_json(kept))


def test_a_record_that_is_not_of_the_usual_form_is_read_with_care() -> None:
    """Whatever the fast way does not take is read as `decide` reads it."""
    compiled = parcels_decider()
    records: tuple[dict[str, Any], ...] = (
        {},
        {"sender": None},
        {"sender": {}},
        {"sender": {"country": None}},
        {"sender": {"country": "FR", "town": "Paris"}},
        {"sender": "FR"},
        {"sender.age": 30},
        {"sender.age": 30, "sender": {"country": "FR"}},
        {"fragile": "unsure"},
        {"fragile": "yes"},
        {"weight": 5.3},
        {"weight": 5, "extras": []},
        {"extras": ["tracked", "tracked"]},
        {"pickup": "2026-02-30"},
        {"parcel": "letter", "weight": 6},
        {"nothing": 1},
        {"parcel": None, "size": None},
    )
    for record in records:
        decides_alike(compiled, record)


def _picnic() -> Policy:
    fields = {name: {"ask": f"Is it {name}?", "type": "yes_no"} for name in ("dry", "warm", "far")}
    rules = [
        {"rule": "wet", "when": {"dry": False}, "then": "in", "because": "It is wet."},
        {"rule": "cold", "when": {"warm": False}, "then": "in", "because": "It is cold."},
        {"rule": "fine", "when": {"dry": True, "warm": True}, "then": "out", "because": "It is fine."},
    ]
    verdicts = {"in": {"title": "Inside", "output": {"rooms": [1]}}, "out": {"title": "Outside"}}
    return load({"policy": "picnic", "title": "?", "situation": fields, "verdicts": verdicts, "rules": rules})


def test_what_was_worked_out_is_kept_with_the_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked again, of a record that no rule tells from the first, neither outcomes nor the question are looked for."""
    policy = _picnic()
    first, asked = decide(policy, {}), interview(policy, {"far": True})
    worked: list[str] = []
    monkeypatch.setattr("engine.analysis.deciding.completions.Completions.verdicts", lambda *_: worked.append("again"))
    monkeypatch.setattr("engine.analysis.planning.planner._planned_question", lambda *_: worked.append("again"))
    assert decide(policy, {}) == first
    assert interview(policy, {"far": True}).decision == asked.decision
    assert worked == []


def test_what_is_kept_belongs_to_nobody_else() -> None:
    """An output that is changed, and a record that is refused, are as they were when they are asked for again."""
    policy = _picnic()
    compiled = decider(policy)
    for way in (compiled, lambda record: decide(policy, record)):
        found = way({"dry": False})
        found.output["rooms"].append(2)
        assert way({"dry": False}).output == {"rooms": [1]}
    data = policy.to_dict() | {"impossible": [{"when": {"far": True, "dry": True}, "because": "It rains there."}]}
    policy = load(data)
    for _ in range(3):
        with pytest.raises(RecordError, match="It rains there"):
            decide(policy, {"far": True, "dry": True})


def test_no_more_is_kept_than_is_meant_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest goes first, and what is asked for again is worked out anew."""
    kept: Bounded[int, str] = Bounded(2)
    for number in (1, 2, 3):
        assert kept.keep(number, f"{number}") == f"{number}"
    assert kept == {2: "2", 3: "3"}
    monkeypatch.setattr(decision_module, "_MOST_KEPT", 2)
    policy = _picnic()
    records = [dict(zip(policy.field, values, strict=True)) for values in product([True, False, None], repeat=3)]
    expected = [decide(load(policy.to_dict()), each) for each in records]
    for _ in range(2):
        assert [decide(policy, each) for each in records] == expected
    assert len(policy.keep(decision_module._results, decision_module._found)) == 2


@pytest.mark.slow
def test_large_programs_are_followed_from_ask_to_ask() -> None:
    """The flagship's program is well below the number that switches, a table of many rows above it."""
    table = load(tree_table(500, 4, 1, grown=0))
    compiled = decider(table)
    assert len(compiled._verdicts.program.asks) > open_records.MOST_ASKS
    for record in ({}, {"kind_1": "k0"}, {"amount_1": 4, "amount_2": 7}):
        decides_alike(compiled, record)


@draw_by_day(25)
@given(way=st.sampled_from(WAYS), data=st.data())
def test_rows_that_sums_leave_open_get_what_some_completion_gets(way: str, data: st.DataObject) -> None:
    """The same in a table, whose rows are asked for by themselves where a sum leaves them open."""
    with followed(way):
        fields, drawn = data.draw(summed_policies())
        policy = load(drawn)
        if not check(policy).sound:
            return
        value = st.sampled_from([None, -1, 0, 1, 2])
        rows = [
            dict(zip(fields, each, strict=True))
            for each in data.draw(st.lists(st.tuples(value, value, value), min_size=1))
        ]
        decided = batch(
            policy, pa.Table.from_pylist(rows, pa.schema([(name, pa.float64()) for name in fields])), rules=True
        )
        for record, found in zip(rows, decided.to_pylist(), strict=True):
            expected = outcomes(drawn, record)
            one = next(iter(expected.verdicts)) if len(expected.verdicts) == 1 else None
            told = (expected.rules, expected.possible_rules) if one else ((), ())
            assert found["verdict"] == one
            assert (found["rules"], found["possible_rules"]) == tuple(", ".join(each) or None for each in told)


def test_a_row_with_more_digits_than_a_double_is_compared_exactly() -> None:
    """Beside a sum that is left open: no double tells this number from the one that it is compared with."""
    fields = {name: {"ask": f"What is {name}?", "type": "integer", "from": 0, "to": 9} for name in "ab"}
    fields["c"] = {"ask": "What is c?", "type": "number"}
    policy = load(
        {
            "policy": "digits",
            "title": "?",
            "situation": fields,
            "numbers": {"sum": {"means": "a sum", "sum": {"a": 1, "b": 2}}},
            "decision": "first",
            "verdicts": {"more": {"title": "More"}, "less": {"title": "Less"}},
            "rules": [
                {"rule": "sum", "when": {"sum": 4}, "then": "less", "because": "So."},
                {"rule": "more", "when": {"c": {"more_than": 0.3}}, "then": "more", "because": "So."},
                {"rule": "less", "otherwise": True, "then": "less", "because": "So."},
            ],
        }
    )
    number = pa.array([Decimal("0.30000000000000000001"), Decimal("0.3")], pa.decimal128(30, 20))
    table = pa.table({"a": pa.array([1, 1]), "c": number})
    assert batch(policy, table).column("verdict").to_pylist() == ["more", "less"]

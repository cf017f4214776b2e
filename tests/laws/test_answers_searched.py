"""As long as the time allows: do answers, plans, changes, regions, tables, mutants and certificates hold?

And does everything fast decide as the slow way does? The everyday tests of each draw a few policies; this draws fresh
ones for all of them in turn, and then for all other tests that draw little by day.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.execution.program import verdict_program
from tests.analysis.comparing import test_diff
from tests.analysis.deciding import test_explanation
from tests.analysis.describing import test_regions
from tests.analysis.planning import test_plan
from tests.analysis.showing import test_tabulation
from tests.analysis.testing import test_mutants
from tests.execution import test_outcomes, test_program
from tests.execution.records import test_decider
from tests.execution.tables import test_batch, test_batch_engines, test_polars_rows, test_table_verdicts
from tests.execution.tables.test_polars_rows import frames
from tests.support.by_day import AT_ONCE, DRAWN_BY_DAY
from tests.support.drawing.columns import decided_tables, tables_with_columns
from tests.support.drawing.forgeries import some_forged
from tests.support.drawing.strategies import policies
from tests.support.drawing.versions import versions
from tests.support.searching import SEARCH_SEED, draw_round, search_rounds
from tests.verification import test_certificate

_COMPARED: dict[str, tuple[Any, dict[str, Any]]] = {
    "changes": (test_diff.test_every_change_is_what_brute_force_finds, {"both": versions()}),
    "edits": (test_mutants.test_every_edit_is_judged_as_trying_everything_does, {"data": st.data()}),
    "plans": (
        test_plan.test_no_plan_needs_fewer_questions,
        {"data": policies(small=True, countable=True), "exact_steps": st.sampled_from([10, 15_000])},
    ),
    "reasons": (test_explanation.test_a_reason_is_enough_and_the_least, {"data": st.data()}),
    "reversals": (test_explanation.test_a_reversal_is_the_least_and_all_of_its_ways_are_told, {"data": st.data()}),
    "regions": (test_regions.test_regions_are_disjoint_and_exact, {"data": policies(small=True)}),
    "alterations": (
        test_certificate.test_nothing_in_a_certificate_can_be_altered,
        {"drawn": test_certificate.altered()},
    ),
    "forgeries": (
        test_certificate.test_what_is_forged_is_refused_or_right,
        {"drawn": some_forged(policies(small=True))},
    ),
    "open forgeries": (
        test_certificate.test_what_is_forged_of_open_ends_is_refused_or_right,
        {"drawn": some_forged(policies(countable=False))},
    ),
    "certificates of other versions": (
        test_certificate.test_the_certificate_of_another_version_is_refused_or_right,
        {"drawn": st.data()},
    ),
    "tables": (
        test_tabulation.test_every_possible_situation_is_in_one_row_and_gets_what_the_row_says,
        {"data": policies(small=True)},
    ),
}
_DECIDED: dict[str, tuple[Any, dict[str, Any]]] = {
    "programs": (
        test_program.test_the_tests_lead_every_situation_to_its_verdict_and_to_its_rules,
        {"data": policies(small=True)},
    ),
    "records": (test_decider.test_every_whole_record_is_decided_as_decide_does, {"data": st.data()}),
    "blocks": (test_table_verdicts.test_every_row_gets_what_decide_says_of_it, {"decided": decided_tables()}),
    "tables": (test_batch.test_every_kind_of_table_gets_what_decide_says_of_each_row, {"drawn": tables_with_columns()}),
    "whole rows": (test_polars_rows.test_every_row_gets_what_decide_says_of_it, {"drawn": frames()}),
    "conditions": (
        test_outcomes.test_a_condition_is_true_just_where_all_that_can_come_is_wanted,
        {"data": st.data(), "nested": st.just(60), "make": st.just(verdict_program)},
    ),
    "relations": (
        test_batch_engines.test_a_duckdb_relation_gets_what_decide_says_of_each_row,
        {"drawn": tables_with_columns(typed=True)},
    ),
    "enums": (
        test_batch_engines.test_columns_of_enums_get_what_columns_of_texts_get,
        {"drawn": tables_with_columns(typed=True)},
    ),
}
_AT_ONCE = 5
_PARTS = 3
_FRESH = settings(
    max_examples=_AT_ONCE, derandomize=False, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)


@pytest.mark.parametrize(("everyday", "drawn"), [*_COMPARED.values(), *_DECIDED.values()])
def test_each_search_draws_all_that_its_everyday_test_takes(everyday: Any, drawn: Mapping[str, Any]) -> None:
    """Said every day, since a search itself runs only behind its marker."""
    assert set(drawn) == set(inspect.signature(everyday.hypothesis.inner_test).parameters)


def test_a_round_of_a_search_draws_the_same_again_and_the_next_round_others() -> None:
    """A run that failed is repeated by its seed, and no two rounds are alike."""
    drawn: list[list[dict[str, Any]]] = []

    @_FRESH
    @given(data=policies(small=True))
    def collect(data: dict[str, Any]) -> None:
        drawn[-1].append(data)

    for number in (0, 0, 1):
        drawn.append([])
        draw_round(collect, number)
    first, again, following = drawn
    assert first == again
    assert sum(each in first for each in following) < _AT_ONCE / 2


@pytest.mark.search
def test_the_search_for_an_answer_that_is_wrong(tell: Callable[[str], None]) -> None:
    """A few fresh policies of each kind in turn, round after round until the time is over."""
    _search(_COMPARED, "answers compared with brute force", tell)


@pytest.mark.search
@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")
def test_the_search_for_a_record_that_is_decided_in_another_way(tell: Callable[[str], None]) -> None:
    """Programs, compiled deciders and tables of every kind, by drawn policies over drawn records."""
    _search(_DECIDED, "fast decisions compared with slow ones", tell)


@pytest.mark.search
@pytest.mark.parametrize("part", range(_PARTS))
def test_the_search_with_everything_that_is_drawn_by_day(part: int, tell: Callable[[str], None]) -> None:
    """Each drawn test in turn, a few fresh examples at once, round after round until the time is over."""
    tests = Path(__file__).parents[1]
    for path in sorted(tests.rglob("test_*.py")):
        import_module(".".join(("tests", *path.relative_to(tests).with_suffix("").parts)))
    searched = {everyday for everyday, _ in [*_COMPARED.values(), *_DECIDED.values()]}
    drawn = [test for test in DRAWN_BY_DAY if test not in searched][part::_PARTS]
    # Where the time is over before the first round is, another run reaches others.
    Random(SEARCH_SEED).shuffle(drawn)
    reached = dict.fromkeys(drawn, 0)
    for number in search_rounds():
        test = drawn[number % len(drawn)]
        draw_round(test, number)
        reached[test] += AT_ONCE
    missed = list(reached.values()).count(0)
    said = f"{sum(reached.values()):,} examples of {len(drawn) - missed} tests, and none of {missed}"
    tell(f"drawn by day, part {part + 1}: {said}")
    assert any(reached.values())


def _search(compared: Mapping[str, tuple[Any, dict[str, Any]]], what: str, tell: Callable[[str], None]) -> None:
    names = list(compared)
    # Where the time is over before the first round is, another run reaches others.
    Random(SEARCH_SEED).shuffle(names)
    reached = dict.fromkeys(names, 0)
    for number in search_rounds():
        name = names[number % len(names)]
        everyday, drawn = compared[name]
        draw_round(_FRESH(given(**drawn)(everyday.hypothesis.inner_test)), number)
        reached[name] += _AT_ONCE
    said = ", ".join(f"{many:,} {name}" for name, many in reached.items())
    tell(f"{what}: {said}")
    assert any(reached.values())

"""What changes from one day to another, and is it all that changes?"""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import strategies as st

from engine import PolicyError, diff, load
from engine.meaning.reference import outcome
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import policies
from tests.support.drawing.versions import pair, said
from tests.support.judging.spaces import absences, every, kind, values
from tests.support.judging.versions.unions import asked_by, is_united, united_specs
from tests.support.judging.yields import numbers_given
from tests.support.running import run

DUTY = """
policy: duty
title: Is it free of duty?
as_of: signed_on
constants:
  limit: {means: what is free of duty, is: {start: 22, 2024-07-01: 0}}
situation:
  signed_on: {ask: When was it signed?, type: date, from: 2020-01-01, to: 2030-12-31}
  born: {ask: When were you born?, type: date, from: 1990-01-01, to: 2019-12-31}
  value: {ask: What is it worth?, type: integer, from: 0, to: 100, unit: euros}
numbers:
  life: {means: days of life, sum: {signed_on: 1, born: -1}}
verdicts: {free: {title: Free}, due: {title: Duty is due}}
rules:
  - {rule: small, when: {value: {at_most: limit}}, then: free, because: The law says so.}
  - {rule: large, when: {value: {more_than: limit}}, then: due, because: The law says so.}
"""

# Numbers in which values that change with the day that is compared stand beside ones that change with another day.
RATES = """
policy: rates
title: Is it dear?
as_of: asked
constants:
  now: {means: what counts for those who ask, is: {start: 0, 2024-01-03: 2}}
  less: {means: what is taken off, is: {start: -1, 2024-01-03: 0}}
  then: {means: what counted when it was paid, on: paid, is: {start: 3, 2024-01-04: 5}}
  before: {means: what was taken off then, on: paid, is: {start: -3, 2024-01-04: -5}}
situation:
  asked: {ask: When is it asked?, type: date, from: 2024-01-01, to: 2024-01-05}
  paid: {ask: When was it paid?, type: date, from: 2024-01-02, to: 2024-01-05}
  units: {ask: How many?, type: integer, from: 0, to: 4}
numbers:
  amount: {means: what it comes to, NUMBER}
  least: {means: what it comes to at least, smaller_of: [amount, 900]}
  twice: {means: all of that, sum: {least: 2, amount: then}}
verdicts: {cheap: {title: Cheap}, fair: {title: Fair}, dear: {title: Dear}}
decision: first
rules:
  - {rule: small, when: {amount: {at_most: 4}}, then: cheap, because: It is little.}
  - {rule: middling, when: {twice: {at_most: 30}}, then: fair, because: It is not much.}
  - {rule: large, then: dear, because: It is much.}
"""
NUMBERS = (
    "sum: {units: now}",
    "sum: {units: now}, plus: then",
    "sum: {units: then}, plus: now",
    "sum: {asked: 1, paid: -1}, plus: then",
    "sum: {asked: then, paid: before}, plus: now",
    "sum: {asked: then, paid: before, units: less}, plus: now",
    "larger_of: [units, now, then]",
    "smaller_of: [now, then]",
    "product: [units, now, then]",
    "product: [units, now]",
)


@pytest.mark.parametrize("optional", ["", ", or_none: Nobody counted"])
@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_keeps_what_depends_on_other_answers(number: str, optional: str) -> None:
    """The values of another day stay open, and what is multiplied by 0 on the day still needs a value."""
    policy = load(RATES.replace("NUMBER", number).replace("to: 4}", f"to: 4{optional}}}"))
    paid = [date(2024, 1, day) for day in (2, 3, 4, 5)]
    units = [*range(5), *(["none"] if optional else [])]
    for days in ((date(2024, 1, 1), date(2024, 1, 5)), (date(2024, 1, 5), date(2024, 1, 2))):
        expected: dict[tuple[str, ...], int] = {}
        for when, many in product(paid, units):
            values = {"paid": when, "units": many}
            found = tuple("".join(outcome(policy, values | {"asked": day}).verdicts) for day in days)
            if found[0] != found[1]:
                expected[found] = expected.get(found, 0) + 1
        changes = diff(policy, between=days).changes
        assert {pair(change): change.situations for change in changes} == expected


@pytest.mark.thorough
@draw_by_day(30, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(data=st.data())
def test_what_changes_is_what_trying_everything_finds(data: st.DataObject) -> None:
    """Of all situations with the first day, those whose outcome differs with the second in its place, counted."""
    written = data.draw(policies(small=True, dated=True))
    dates = [name for name, spec in written["situation"].items() if kind(spec) == "date" and not absences(spec)]
    # How amounts are worked out on another day is told as a whole, not by their values.
    assume(dates and len(written["situation"]) > 1 and not numbers_given(written))
    as_of = written.setdefault("as_of", dates[0])
    days = [data.draw(st.sampled_from(values(written["situation"][as_of]))) for _ in range(2)]
    found = diff(load(written), between=(days[0], days[1]))
    others = {name: values(spec) for name, spec in written["situation"].items() if name != as_of}
    expected: dict[tuple[str, str], int] = {}
    specs = united_specs(written, written)
    for record in every(others):
        if not is_united(record, [asked_by(written, record | {as_of: day}, specs) for day in days]):
            continue
        before, after = (said(written, record | {as_of: day}, written) for day in days)
        if before != after:
            expected[before, after] = expected.get((before, after), 0) + 1
    assert {pair(change): change.situations for change in found.changes} == expected
    assert found.same == (not expected)
    for change in found.changes:
        assert change.example is not None
        assert as_of not in change.example


def test_each_day_is_put_in_place_of_the_field_alone() -> None:
    """So another date stays open, and the numbers of each day are told apart."""
    found = diff(load(DUTY), between=(date(2024, 6, 30), "2024-07-01"))
    assert str(found).startswith("duty between 2024-06-30 and 2024-07-01: ")
    [change] = found.changes
    assert (pair(change), change.situations) == (("free", "due"), 22 * 10957)
    assert found.to_dict()["days"] == ["2024-06-30", "2024-07-01"]
    assert diff(load(DUTY), between=("2024-07-01", "2030-12-31")).same
    by_life = DUTY.replace("value: {at_most: limit}", "life: {at_least: 9000}")
    by_life = by_life.replace("value: {more_than: limit}", "life: {less_than: 9000}")
    numbers = dict(diff(load(by_life), between=("2024-06-30", "2024-07-01")).changes[0].numbers)
    assert numbers == {"days of life on 2024-06-30": "8999", "days of life on 2024-07-01": "9000"}


def test_a_day_or_a_policy_that_cannot_be_compared_is_refused() -> None:
    """With the way out, and at once for both days."""
    with pytest.raises(PolicyError, match="does not say which day counts"):
        diff(load("other-interviews"), between=("2024-06-30", "2024-07-01"))
    with pytest.raises(PolicyError) as error:
        diff(load(DUTY), between=("2024-06-31", "2019-12-31"))
    assert [problem.code for problem in error.value.problems] == ["bad-date", "out-of-range"]
    with pytest.raises(TypeError, match="leave `new` out"):
        diff(load(DUTY), load(DUTY), between=("2024-06-30", "2024-07-01"))
    with pytest.raises(TypeError, match="a pair of days"):
        diff(load(DUTY), between=("2024-06-30",))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="`new` must be a policy"):
        diff(load(DUTY))


def test_the_command_compares_two_days(tmp_path: Any) -> None:
    """Or two versions, but not both."""
    file = tmp_path / "duty.yaml"
    file.write_text(DUTY)
    result = run("diff", str(file), "--between", "2024-06-30", "2024-07-01")
    assert (result.code, result.out.partition(":")[0]) == (1, "duty between 2024-06-30 and 2024-07-01")
    assert run("diff", str(file), "--between", "2024-07-01", "2024-07-02").code == 0
    assert "--between DAY DAY" in run("diff", str(file)).err
    assert run("diff", str(file), str(file), "--between", "2024-07-01", "2024-07-02").code == 2

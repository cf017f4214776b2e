"""Are counts over derived numbers exact, however wide the fields are?"""

from __future__ import annotations

from math import comb
from typing import Any

from engine import check, decide, load


def _policy(situation: dict[str, Any], when: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A policy that says yes where a condition holds and no elsewhere."""
    return {
        "policy": "sums",
        "title": "Do the sums fit?",
        "situation": situation,
        "verdicts": {"fits": {"title": "It fits"}, "fails": {"title": "It does not"}},
        "rules": [
            {"rule": "fit", "when": when, "then": "fits", "because": "It fits."},
            {"rule": "fail", "when": {"not": when}, "then": "fails", "because": "It does not fit."},
        ],
        **more,
    }


def _dates(count: int) -> dict[str, Any]:
    return {f"d{i}": {"ask": "When?", "type": "date", "from": "2020-01-01", "to": "2039-12-31"} for i in range(count)}


def test_dates_in_a_row_are_counted() -> None:
    """Of five days in twenty years, as many are strictly in order as there are ways to choose five days."""
    days = 7305
    row = {"all": [{f"d{i}": {"before": {"field": f"d{i + 1}"}}} for i in range(4)]}
    proof = check(load(_policy(_dates(5), row)))
    assert (proof.sound, proof.situations) == (True, days**5)
    assert proof.verdicts == {"fits": comb(days, 5), "fails": days**5 - comb(days, 5)}


def test_a_share_of_an_amount_is_counted() -> None:
    """Repayments over 30 % of the income, in cents and over millions, are counted like the pairs they are."""
    amount = {"ask": "How much?", "type": "number", "from": 0, "to": 20000, "step": 0.01, "unit": "EUR"}
    burden = {"burden": {"means": "repayments beyond 30 %", "sum": {"repayment": 1, "income": -0.3}}}
    situation = {"income": amount, "repayment": amount}
    proof = check(load(_policy(situation, {"burden": {"more_than": 0}}, numbers=burden)))
    cents = 2_000_001
    over = sum(cents - (3 * income // 10 + 1) for income in range(cents))
    assert proof.verdicts == {"fits": over, "fails": cents**2 - over}


def test_an_example_of_a_sum_is_a_real_record() -> None:
    """A gap that only one pair of amounts shows is found, and its example is that pair."""
    amount = {"ask": "How much?", "type": "integer", "from": 0, "to": 1_000_000}
    numbers = {"odd": {"means": "7 times one less 3 times the other", "sum": {"x": 7, "y": -3}}}
    policy = _policy({"x": amount, "y": amount}, {"odd": {"at_least": -2_999_999}}, numbers=numbers)
    policy["rules"][1]["when"] = {"odd": {"less_than": -2_999_999}, "y": {"less_than": 1_000_000}}
    proof = check(load(policy))
    gap = proof.findings[0]
    assert (gap.code, gap.situations, gap.example) == ("gap", 1, {"x": 0, "y": 1_000_000})


def test_an_answered_amount_is_used_exactly() -> None:
    """A partial record settles a sum by the very amount that was answered, not by the range it lies in."""
    policy = load(_policy(_dates(2), {"d0": {"before": {"field": "d1"}}}))
    assert decide(policy, {"d0": "2039-12-31"}).verdict == "fails"
    assert decide(policy, {"d0": "2039-12-30"}).outcome == "undecided"
    assert decide(policy, {"d1": "2020-01-01"}).verdict == "fails"


def test_open_ends_leave_the_proof_exact() -> None:
    """Without ends nothing can be counted, and still every test that whole numbers cannot meet is found."""
    number = {"ask": "How many?", "type": "integer"}
    numbers = {"even": {"means": "an even number", "sum": {"x": 2, "y": -4}}}
    policy = _policy({"x": number, "y": number}, {"even": 1}, numbers=numbers)
    proof = check(load(policy))
    assert (proof.sound, proof.situations) == (True, None)
    codes = [finding.code for finding in proof.findings]
    assert codes == ["dead-rule", "impossible-test", "always-true-test", "idle-verdict"]


def test_hundreds_of_entangled_fields_end_by_name() -> None:
    """What is too much to settle is called not proved, soon and without a traceback."""
    situation = _dates(300)
    row = {"all": [{f"d{i}": {"before": {"field": f"d{i + 1}"}}} for i in range(299)]}
    proof = check(load(_policy(situation, row)))
    assert not proof.sound
    assert {finding.code for finding in proof.findings} == {"not-proved", "not-checked"}

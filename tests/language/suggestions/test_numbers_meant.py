"""Do suggestions for numbers mean what was written? What they say to write is read and worked out."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import PolicyError
from engine.language.documents.yaml_text import read_yaml
from engine.language.sections.policy_file import read_policy
from engine.meaning.reference import Situation
from tests.support.by_day import draw_by_day

_TEXT = """\
policy: parcels
title: What does it cost?
situation:
  weight: {{ask: How heavy?, type: integer, from: 1, to: 30}}
  floors: {{ask: How high?, type: integer, from: 0, to: 9}}
numbers:
  cost: {{means: what it costs, {entry}}}
verdicts: {{take: {{title: We take it}}, leave: {{title: We do not}}}}
rules:
  - {{rule: cheap, when: {{{when}}}, then: take, because: It is cheap.}}
  - {{rule: rest, otherwise: yes, then: leave, because: It is dear.}}
"""


def _helps(entry: str = "sum: {weight: 1}", when: str = "cost: {at_most: 9}") -> list[str]:
    """What helps against each problem of a policy, in order."""
    with pytest.raises(PolicyError) as refused:
        read_policy(read_yaml(_TEXT.format(entry=entry, when=when).encode(), "parcels.yaml"))
    return [problem.help for problem in refused.value.problems]


def _cost(entry: str, weight: int, floors: int) -> Fraction | None:
    policy = read_policy(read_yaml(_TEXT.format(entry=entry, when="cost: {at_most: 9}").encode(), "parcels.yaml"))
    return Situation(policy, {"weight": weight, "floors": floors}).numbers["cost"]


def _pasted(helps: list[str]) -> str:
    """What a suggestion says to write."""
    (written,) = (found[1] for each in helps if (found := re.fullmatch(r"write `(.*)`", each)))
    return written


def _term(times: int, name: str, *, after: bool) -> str:
    return name if times == 1 else f"{name} * {times}" if after else f"{times}*{name}"


@st.composite
def formulas(draw: st.DrawFn) -> str:
    """A sum of both fields in some order, with a fixed part or without."""
    terms = [_term(draw(st.integers(1, 9)), name, after=draw(st.booleans())) for name in ("weight", "floors")]
    terms += draw(st.sampled_from([[], ["7"], ["2.5"]]))
    first, *others = draw(st.permutations(terms))
    return first + "".join(f" {draw(st.sampled_from('+-'))} {each}" for each in others)


@draw_by_day(25)
@given(
    formula=formulas(),
    key=st.sampled_from(["formula", "value", "sum"]),
    weight=st.integers(1, 30),
    floors=st.integers(0, 9),
)
def test_a_formula_is_suggested_as_the_sum_that_it_is(formula: str, key: str, weight: int, floors: int) -> None:
    """The suggested entry is worth what Python makes of the formula."""
    written = _pasted(_helps(f'{key}: "{formula}"'))
    expected = eval(formula, {}, {"weight": Fraction(weight), "floors": Fraction(floors)})
    assert _cost(written, weight, floors) == Fraction(expected)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("formula: weight * floors", 21),
        ('expression: "=max(weight, floors, 5)"', 7),
        ('formula: "min(weight, 5)"', 5),
        ("add: [weight, floors]", 10),
        ("terms: {weight: 2, floors: -1}", 11),
        ("largest: [weight, 9]", 9),
        ("multiply: [weight, floors]", 21),
        ("formula: floors / weight", Fraction(3, 7)),
        ("formula: weight / 2", Fraction(7, 2)),
    ],
)
def test_other_forms_are_suggested_as_what_they_mean(entry: str, expected: int | Fraction) -> None:
    """Of seven kilos on the third floor."""
    assert _cost(_pasted(_helps(entry)), 7, 3) == expected


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("formula: (weight + 1) * 2", "write what is added up and how often"),
        ("formula: weight + weight", "write what is added up and how often"),
        ("formula: 4 + 5", "write what is added up and how often"),
        ("value: 4", "a fixed value has its name under `constants:`, with `is: 4`"),
        ("total: {of: member.income}", "there are no lists of records"),
        ("largest: {of: member.income}", "there are no lists of records"),
        ("larger: weight", "write the numbers in a list"),
        ("score: {weight: 2}", "write a list of entries"),
        ("ratio: {of: weight, to: floors}", "give `floors` a `from` above 0"),
        ("whole_years: {from: weight, to: floors}", "only days between two dates are counted"),
        ("sum: {weight: 2}, round: 1", "numbers are exact and never rounded"),
    ],
)
def test_what_no_number_can_be_has_a_way_out(entry: str, said: str) -> None:
    """It is not rewritten as something else, and not deleted."""
    assert any(help_.startswith(said) for help_ in _helps(entry))


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("weight: {at_least: {field: floors, plus: 3}}", "two answers are compared as they are"),
        ("weight: {at_least: {number: cost}}", "two answers are compared as they are"),
        ("member: {some: {floors: 3}}", "there are no lists of records"),
        ("weight: {weekday: [sat, sun]}", "a date is compared as a whole"),
    ],
)
def test_a_comparison_is_not_cut_down_to_another(test: str, said: str) -> None:
    """Deleting what is not understood would leave a condition that means something else."""
    assert any(help_.startswith(said) for help_ in _helps(when=test))


def test_the_suggested_difference_names_the_other_field() -> None:
    helps: Any = _helps(when="weight: {at_least: {field: floors, plus: 3}}")
    assert any("`sum: {THIS: 1, floors: -1}`" in help_ for help_ in helps)

"""Does an example say which facts of its rules hold, where the answers that it shows settle that?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import check, load
from engine.language.model.condition_tree import Holds, comparisons_in
from engine.meaning.reference import Situation, excluded_by
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import policies, records
from tests.support.judging.cases import as_values

PARK = """\
policy: park
title: Where do we eat?
situation:
  rain: {ask: "Does it rain?", type: yes_no}
  guests: {ask: "How many grown-ups?", type: integer, from: 1, to: 60}
  children: {ask: "How many children?", type: integer, from: 0, to: 60}
numbers: {people: {means: everybody, sum: {guests: 1, children: 1}}}
facts:
  crowded: {means: more than the park allows, when: {people: {at_least: 40}}}
  wet: {means: the grass is wet, when: {any: [{rain: yes}, {crowded: yes}]}}
  quiet: {means: nobody shouts, when: {children: 0}}
verdicts: {park: {title: Park}, hall: {title: Hall}}
rules:
  - {rule: dry, when: {wet: no}, then: park, because: So.}
  - {rule: many, when: {crowded: yes}, then: hall, because: So.}
  - {rule: lively, when: {wet: yes, children: {at_least: 3}}, then: park, because: So.}
guarantees: [{guarantee: calm, when: {quiet: yes}, never: hall, because: It echoes.}]
"""


def test_an_example_says_which_facts_hold() -> None:
    """Below the derived numbers, since nobody is asked for them: only facts of the rules that the finding names."""
    conflict, broken, gap = check(load(PARK)).errors
    assert (conflict.rules, conflict.facts) == (
        ("many", "lively"),
        (("more than the park allows", "yes"), ("the grass is wet", "yes")),
    )
    assert (broken.rules, broken.facts) == (
        ("many",),
        (("nobody shouts", "yes"), ("more than the park allows", "yes")),
    )
    assert (gap.code, gap.facts) == ("gap", (("the grass is wet", "yes"), ("more than the park allows", "no")))
    lines = str(gap).splitlines()
    assert lines[2:8] == [
        "  for example   Does it rain?                 yes",
        "                How many grown-ups?           1",
        "                How many children?            0",
        "                (everybody)                   1",
        "                (the grass is wet)            yes",
        "                (more than the park allows)   no",
    ]
    assert gap.to_dict()["facts"] == {"the grass is wet": "yes", "more than the park allows": "no"}


def test_few_facts_are_said() -> None:
    """Of many facts only the first five are, so that the answers are still seen."""
    names = "abcdefgh"
    fields = "".join(f"  {name}: {{ask: Is it {name}?, type: yes_no}}\n" for name in names)
    facts = "".join(f"  is_{name}: {{means: it is {name}, when: {{{name}: yes}}}}\n" for name in names)
    when = ", ".join(f"is_{name}: yes" for name in names)
    [gap] = check(
        load(
            f"policy: many\ntitle: Which?\nsituation:\n{fields}facts:\n{facts}verdicts: {{one: {{title: One}}}}\n"
            f"rules: [{{rule: all, when: {{any: [{{not: {{{when}}}}}]}}, then: one, because: So.}}]\n"
        )
    ).errors
    assert gap.facts == tuple((f"it is {name}", "yes") for name in "abcde")


@pytest.mark.thorough
@draw_by_day(30)
@given(data=st.data())
def test_what_is_said_of_a_fact_holds_for_all_completions(data: st.DataObject) -> None:
    """Whatever the answers that are not shown are, the facts are as they are said to be, and some rule uses each."""
    drawn = data.draw(policies())
    for name, fact in drawn.get("facts", {}).items():
        fact["means"] = name
    for name, field in drawn["situation"].items():
        field["ask"] = name
    policy = load(drawn)
    for finding in check(policy).errors:
        conditions = [rule.when for rule in policy.rules]
        conditions += [condition for each in policy.guarantees for condition in each.conditions]
        used = {test.fact for each in conditions for test in comparisons_in(each) if isinstance(test, Holds)}
        said = {name: word == "yes" for name, word in finding.facts}
        assert said.keys() <= used
        if not said:
            continue
        assert finding.example is not None
        # Of a pair, they hold in both situations, whose answers differ in part.
        named = {*(name for name, _ in finding.answers), *finding.differs}
        shown = {name: value for name, value in finding.example.items() if name in named}
        for _ in range(4):
            [others] = as_values(policy, [data.draw(records(drawn, unsure=False))])
            values = {**others, **shown}
            if not excluded_by(policy, values):
                facts = Situation(policy, values).facts
                assert {name: facts[name] for name in said} == said

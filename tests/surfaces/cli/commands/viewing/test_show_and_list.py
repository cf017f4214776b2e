"""Do `verdict show` and `verdict list` leave nothing out?"""

from __future__ import annotations

import re

import pytest

from engine import load
from tests.support.running import Result, run
from tests.surfaces.cli.commands.picnics import data

pytestmark = pytest.mark.usefixtures("folder")


def test_show_says_everything_in_words() -> None:
    """A small policy, whole: what it asks, what it can say, and its rules."""
    assert run("show", "picnic.yaml") == Result(
        """\
Where do we eat?  (picnic, version 2)

What it asks
  Does it rain?  (rain)
    yes or no
    when unsure: yes
  How many come?  (guests)
    a whole number from 1 to 30

What it can say
  In the garden  (garden)
    must: Bring rugs.
  In the kitchen  (kitchen)
    advice: Tidy up first.

Its rules (the rules that apply must agree)
  dry: In the garden
    when
      Does it rain? no
    because: It is pleasant outside.
  wet: In the kitchen
    when
      Does it rain? yes
    because: Nobody likes wet bread.

What it guarantees
  crowd: never “In the garden”. It is a mess.
    when
      Does it rain? yes
      How many come? at least 9
""",
        "",
        0,
    )


SECTIONS = {
    "What it asks": "fields",
    "What it works out": "numbers",
    "What it calls": "facts",
    "What cannot happen": "impossible",
    "What it can say": "verdicts",
    "Its rules": "rules",
    "What it guarantees": "guarantees",
    "Source": "source",
}


@pytest.mark.parametrize("name", ["other-interviews", "air-passenger-rights", "customs-channel"])
def test_show_leaves_nothing_out(name: str) -> None:
    """Every section that the policy has, in this order, and in it every name, reason, question and title."""
    policy = load(name)
    result = run("show", name)
    heads = [head for head in SECTIONS if re.search(rf"^{head}\b", result.out, re.MULTILINE)]
    assert heads == [head for head, part in SECTIONS.items() if getattr(policy, part)]
    said = [*(f"  {rule.name}: {policy.verdict[rule.then].title}" for rule in policy.rules)]
    said += [f"    because: {rule.because}" for rule in policy.rules]
    said += [f"    rather than {each.rule}: {each.because}" for rule in policy.rules for each in rule.overrides]
    said += [f"  {field.ask}  ({field.name})" for field in policy.fields]
    said += [f"  {verdict.title}  ({verdict.name})" for verdict in policy.verdicts]
    said += [f"  {fact.name} ({fact.means}), when" for fact in policy.facts]
    said += [f"    {each.because}" for each in policy.impossible]
    lines = set(result.out.splitlines())
    assert [line for line in said if line not in lines] == []
    assert all(f"  {each.name}: " in result.out for each in policy.guarantees)
    assert (result.err, result.code) == ("", 0)


def test_show_prints_json() -> None:
    """The policy as data in its fixed spelling, which can be read again."""
    policy = load("picnic.yaml")
    result = run("show", "picnic.yaml", "--format", "json")
    assert data(result) == {"sha256": policy.sha256, "definition": policy.to_dict()}
    assert load(data(result)["definition"]) == policy


def test_list_names_what_is_shipped() -> None:
    """A line for each shipped policy, with its title; as JSON with its file too."""
    found = data(run("list", "--format", "json"))["policies"]
    assert [sorted(each) for each in found] == [["file", "policy", "title"]] * len(found)
    assert [load(each["file"]) == load(each["policy"]) for each in found] == [True] * len(found)
    width = max(len(each["policy"]) for each in found)
    lines = [f"{each['policy']:<{width}}  {each['title']}\n" for each in found]
    assert run("list") == Result("".join(lines), "", 0)

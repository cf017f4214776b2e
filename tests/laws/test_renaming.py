"""Does `check` say the same of a policy in which everything is called something else?"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Proof, check, load
from tests.support.by_day import draw_by_day
from tests.support.drawing.fields import Draw
from tests.support.drawing.strategies import policies
from tests.support.judging.joined import Entries
from tests.support.judging.proofs.unordered_proofs import summed_up
from tests.support.judging.spaces import listed
from tests.support.judging.yields import is_amount

Policy = dict[str, Any]


@st.composite
def _names(draw: Draw, policy: Policy) -> dict[str, dict[str, str]]:
    """For each list of names a new name for each, in an order that has nothing to do with the old one."""
    fields = policy["situation"]
    terms = [*fields, *policy.get("numbers", {}), *policy.get("facts", {})]
    choices = [choice for spec in fields.values() for choice in spec.get("choices", ())]
    lists = {
        "term": terms,
        "choice": list(dict.fromkeys(choices)),
        "verdict": list(policy["verdicts"]),
        "rule": [rule["rule"] for rule in policy["rules"]],
    }
    return {
        kind: {
            name: f"{kind}{place}" for name, place in zip(names, draw(st.permutations(range(len(names)))), strict=True)
        }
        for kind, names in lists.items()
    }


def _renamed(policy: Policy, names: Mapping[str, Mapping[str, str]]) -> Policy:
    """The policy in other names."""
    term, choice, verdict, rule = (names[kind] for kind in ("term", "choice", "verdict", "rule"))

    def test(key: str, wanted: Any) -> Any:
        chosen = "choices" in policy["situation"].get(key, {})
        if isinstance(wanted, Mapping):
            return {word: test(key, bound) if word != "field" else term[bound] for word, bound in wanted.items()}
        if isinstance(wanted, list):
            return [test(key, each) for each in wanted]
        # What is no choice is the name of a constant, a list of choices.
        return choice.get(wanted, wanted) if chosen else wanted

    def condition(when: Mapping[str, Any]) -> Entries:
        found: Entries = {}
        for key, wanted in when.items():
            if key in ("all", "any"):
                found[key] = [condition(part) for part in wanted]
            elif key == "not":
                found[key] = condition(wanted)
            else:
                found[term[key]] = test(key, wanted)
        return found

    changed = deepcopy(policy)
    fields = changed["situation"]
    for name, spec in fields.items():
        if "choices" in spec:
            spec["choices"] = {choice[value]: text for value, text in spec["choices"].items()}
        if "if_unsure" in spec:
            spec["if_unsure"] = test(name, spec["if_unsure"])
        if "ask_after" in spec:
            spec["ask_after"] = term[spec["ask_after"]]
        if "applies_when" in spec:
            spec["applies_when"] = condition(spec["applies_when"])
    for constant in changed.get("constants", {}).values():
        if isinstance(constant["is"], list):
            constant["is"] = [choice.get(each, each) for each in constant["is"]]
        if "on" in constant:
            constant["on"] = term[constant["on"]]
    if "as_of" in changed:
        changed["as_of"] = term[changed["as_of"]]
    for number in changed.get("numbers", {}).values():
        for word in ("sum", "larger_of", "smaller_of", "product"):
            if word == "sum" and word in number:
                number[word] = {term[of]: weight for of, weight in number[word].items()}
            elif word in number:
                number[word] = [term.get(part, part) for part in number[word]]
        if "ratio" in number:
            number["ratio"] = {word: term.get(part, part) for word, part in number["ratio"].items()}
        for entry in number.get("points", ()):
            entry |= {"when": condition(entry["when"]), "add": term.get(entry["add"], entry["add"])}
        for entry in number.get("table", ()):
            entry |= {"when": condition(entry["when"])} if "when" in entry else {}
    for section in ("facts", "impossible", "rules", "guarantees"):
        parts = changed.get(section, [])
        for part in parts.values() if isinstance(parts, dict) else parts:
            for key in ("ignores", "rising"):
                if key in part:
                    part[key] = [term[each] for each in listed(part[key])]
            if "rising" in part:
                part["never"] = {term.get(subject, subject): how for subject, how in part["never"].items()}
            for key in ("when", "always"):
                if key in part:
                    part[key] = condition(part[key])
            for word in ("never", "only"):
                if word in part and "rising" not in part:
                    part[word] = [verdict[each] for each in listed(part[word])]
    for each in (*changed["verdicts"].values(), *changed["rules"]):
        outputs = each["output"].values() if isinstance(each.get("output"), dict) else ()
        for amount in (value for value in outputs if is_amount(policy, value)):
            amount["number"] = term[amount["number"]]
    for each in changed["rules"]:
        each |= {"rule": rule[each["rule"]], "then": verdict[each["then"]]}
        if isinstance(each.get("overrides"), dict):
            each["overrides"] = {rule[other]: why for other, why in each["overrides"].items()}
        for item in each["overrides"] if isinstance(each.get("overrides"), list) else ():
            item["rules"] = item["rules"] if item["rules"] == "all" else [rule[other] for other in item["rules"]]
    for section in ("situation", "numbers", "facts"):
        if section in changed:
            changed[section] = {term[name]: each for name, each in changed[section].items()}
    changed["verdicts"] = {verdict[name]: each for name, each in changed["verdicts"].items()}
    return changed


@pytest.mark.thorough
@draw_by_day(20)
@given(data=st.data())
def test_other_names_change_nothing_but_the_names(data: st.DataObject) -> None:
    """With everything called something else the same is found, in as many situations, with the same examples."""
    policy = data.draw(policies())
    names = data.draw(_names(policy))
    was = {kind: {new: old for old, new in news.items()} for kind, news in names.items()}
    before, after = check(load(policy)), check(load(_renamed(policy, names)))

    def rule(name: str) -> str:
        table, _, own = name.rpartition("/")
        # The rules of tables keep their names.
        return f"{was['term'][table]}/{own}" if table else was["rule"][own]

    assert summed_up(after, (), rule, was["verdict"].__getitem__) == summed_up(before)

    def value(answer: Any) -> Any:
        if isinstance(answer, tuple):
            return tuple(was["choice"][each] for each in answer)
        return was["choice"].get(answer, answer) if isinstance(answer, str) else answer

    def examples(proof: Proof) -> list[list[tuple[str, Any]]]:
        found: list[Mapping[str, Any]] = [finding.example for finding in proof.findings if finding.example is not None]
        if proof is after:
            found = [{was["term"][name]: value(answer) for name, answer in each.items()} for each in found]
        return sorted((sorted(each.items()) for each in found), key=str)

    assert examples(after) == examples(before)

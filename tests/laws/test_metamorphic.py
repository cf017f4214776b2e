"""Does `check` say the same of policies that mean the same, and the same on every run?

No second implementation is needed here: a policy is changed in a way whose effect is known, and what is said of it
has to change in just that way.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import engine
from engine import Finding, Proof, check, decide, load
from engine.problems import RecordError
from tests.support import overrides
from tests.support.by_day import draw_by_day
from tests.support.drawing.fields import Draw, Hand
from tests.support.drawing.strategies import policies, records
from tests.support.judging.axes import Entries, draw_half, field_axes
from tests.support.judging.spaces import conditions, listed
from tests.support.making.tables import Table, first_table, tree_table, write_csv, write_yaml

RULES = Path(engine.__file__).parent.parent / "rules"
HASH_SEEDS = ("0", "1", "424242")
TESTS = ("impossible-test", "always-true-test")

Policy = dict[str, Any]
Said = dict[str, Any]
Names = Callable[[str], str]


def _same(name: str) -> str:
    return name


def said(policy: Mapping[str, Any], but: tuple[str, ...] = ()) -> Said:
    """Everything a proof says that does not depend on any order, findings of some codes left out if asked."""
    return summed_up(check(load(policy)), but)


def summed_up(proof: Proof, but: tuple[str, ...] = (), rule_was: Names = _same, verdict_was: Names = _same) -> Said:
    """What a proof says, in the names that rules and verdicts had."""

    def about(finding: Finding) -> tuple[str, frozenset[str], int | None]:
        # Which rules decide two situations that break a guarantee depends on the two that are shown.
        rules = () if finding.pair else finding.rules
        return finding.code, frozenset(map(rule_was, rules)), finding.situations

    return {
        "sound": proof.sound,
        "situations": proof.situations,
        "verdicts": {verdict_was(name): count for name, count in proof.verdicts.items()},
        "rules": {rule_was(name): count for name, count in proof.rules.items()},
        "findings": Counter(about(finding) for finding in proof.findings if finding.code not in but),
    }


# The same on every run.


class _Plain(yaml.SafeDumper):
    """Writes a policy as an author would: nothing is copied by reference, numbers are plain."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Plain.add_representer(
    Decimal, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:float", format(value, "f"))
)


def _checked(files: list[Path], hash_seed: str) -> bytes:
    """What the command prints for some files, in a process of its own."""
    words = [sys.executable, "-m", "engine", "check", *map(str, files), "--format", "json"]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(RULES.parent)}
    done = subprocess.run(words, env=environment, capture_output=True, check=False)
    assert (done.stderr, done.returncode) in ((b"", 0), (b"", 1))
    return done.stdout


@settings(max_examples=2)
@given(some=st.lists(policies(), min_size=15, max_size=15))
def test_a_check_prints_the_same_bytes_whatever_the_hash_seed(some: list[Policy]) -> None:
    """Shipped and generated policies: every finding, example and count in the same order, in every process."""
    with tempfile.TemporaryDirectory() as folder:
        files = sorted(path for path in RULES.rglob("*.yaml") if not path.name.endswith(".cases.yaml"))
        for place, policy in enumerate(some):
            file = Path(folder, str(place), f"{policy['policy']}.yaml")
            file.parent.mkdir()
            file.write_text(yaml.dump(policy, Dumper=_Plain, sort_keys=False, width=10_000), encoding="utf-8")
            files.append(file)
        printed = {_checked(files, seed) for seed in HASH_SEEDS}
    assert len(printed) == 1


@pytest.mark.parametrize("table", [tree_table(40, 5, 1), first_table(40, 6, 1)], ids=["tree", "first"])
def test_a_table_says_the_same_as_yaml_and_as_csv(tmp_path: Path, table: Table) -> None:
    """Rules in a file of rows are the rules they spell: the same findings and counts, and as from a mapping."""
    expected = said(table)
    assert summed_up(check(load(write_yaml(table, tmp_path)))) == expected
    assert summed_up(check(load(write_csv(table, tmp_path)))) == expected


# The same whatever the order.


@draw_by_day(40)
@given(data=st.data())
def test_the_order_of_rules_makes_no_difference_under_unique(data: st.DataObject) -> None:
    """Rules in any order have the same findings and counts, unless the policy decides by the first."""
    policy = data.draw(policies())
    assume(policy.get("decision", "unique") == "unique" and len(policy["rules"]) > 1)
    shuffled = {**policy, "rules": data.draw(st.permutations(policy["rules"]))}
    assert said(shuffled) == said(policy)


@draw_by_day(40)
@given(data=st.data())
def test_the_order_of_fields_and_choices_makes_no_difference(data: st.DataObject) -> None:
    """Questions in any order, and the answers of each that have no order, give the same findings and counts."""
    policy = data.draw(policies())
    fields = {}
    for name in data.draw(st.permutations(list(policy["situation"]))):
        spec = fields[name] = dict(policy["situation"][name])
        for key in ("choices", "known"):
            if key in spec and not spec.get("ordered"):
                order = data.draw(st.permutations(list(spec[key])))
                spec[key] = {choice: spec[key][choice] for choice in order} if key == "choices" else order
    assert said({**policy, "situation": fields}) == said(policy)


# Changes with a known effect.


def _reaches(overrides: Mapping[str, list[str]], start: str, goal: str) -> bool:
    """Whether one rule overrides another, directly or through others."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += overrides[name]
    return goal in seen


@draw_by_day(25)
@given(data=st.data())
def test_an_override_never_makes_a_gap(data: st.DataObject) -> None:
    """One override more, in no circle: the same situations get no verdict, and no new rules disagree."""
    policy = data.draw(policies())
    rest = {rule["rule"] for rule in policy["rules"] if "otherwise" in rule}
    known: dict[str, list[str]] = {rule["rule"]: [] for rule in policy["rules"]}
    for strong, weak in overrides.pairs(policy):
        known[strong].append(weak)
    pairs = [
        (one, other)
        for one in known
        for other in known
        if other not in known[one] and not _reaches(known, other, one) and not {one, other} & rest
    ]
    assume(policy.get("decision", "unique") == "unique" and pairs)
    one, other = data.draw(st.sampled_from(pairs))
    changed = deepcopy(policy)
    changed["rules"] = [
        overrides.overriding(rule, other, "It is more important.") if rule["rule"] == one else rule
        for rule in changed["rules"]
    ]
    before, after = check(load(policy)), check(load(changed))
    assert _gaps(after) == _gaps(before)
    assert _pairs(after) <= _pairs(before)


def _gaps(proof: Proof) -> list[int | None]:
    return [finding.situations for finding in proof.findings if finding.code == "gap"]


def _pairs(proof: Proof) -> set[tuple[str, ...]]:
    return {finding.rules for finding in proof.findings if finding.code == "conflict"}


@st.composite
def _split(draw: Draw, policy: Policy) -> tuple[Policy, str, str]:
    """The policy with one rule split in two on a test of a field, the rule, and what was split off."""
    hand = Hand(draw)
    one, rest = draw_half(hand, field_axes(policy["situation"]))
    is_first = policy.get("decision") == "first"
    places = [
        place
        for place, rule in enumerate(policy["rules"])
        if not overrides.says_all(rule) and (is_first or "otherwise" not in rule)
    ]
    assume(places)
    place = hand.pick(places)
    changed = deepcopy(policy)
    second = changed["rules"][place]
    name, other = second["rule"], f"{second['rule']}-too"
    first = {**deepcopy(second), "rule": other}
    first["when"] = {"all": [first.pop("when"), one]} if "when" in first else one
    if first.pop("otherwise", False):
        changed["rules"].insert(place, first)
    else:
        second["when"] = {"all": [second["when"], rest]} if "when" in second else rest
        changed["rules"].insert(hand.pick((place, place + 1)), first)
    changed["rules"] = [
        overrides.overriding(rule, other, overrides.named(rule)[name]) if name in overrides.named(rule) else rule
        for rule in changed["rules"]
    ]
    return changed, name, other


@draw_by_day(25)
@given(data=st.data())
def test_splitting_a_rule_in_two_changes_no_verdict(data: st.DataObject) -> None:
    """A rule as two, where a test holds and where it does not: the same verdicts, faults and counts everywhere."""
    policy = data.draw(policies())
    changed, name, other = data.draw(_split(policy))
    whole, parted = load(policy), load(changed)
    before, after = check(whole), check(parted)

    def rules(proof: Proof) -> Counter[str]:
        """What each rule decides, the parts of one added up."""
        found: Counter[str] = Counter()
        for rule, count in proof.rules.items():
            found[name if rule == other else rule] += count or 0
        return found

    def faults(proof: Proof) -> Counter[tuple[str, frozenset[str]]]:
        """In how many situations there is a fault, those of the parts of one rule added up."""
        found: Counter[tuple[str, frozenset[str]]] = Counter()
        for finding in proof.errors:
            about = frozenset(name if rule == other else rule for rule in finding.rules)
            found[finding.code, about] += finding.situations or 0
        return found

    assert (after.sound, after.situations, after.verdicts) == (before.sound, before.situations, before.verdicts)
    assert (rules(after), faults(after)) == (rules(before), faults(before))
    for _ in range(3):
        record = data.draw(records(policy))
        assert _outcome(parted, record) == _outcome(whole, record)


def _outcome(policy: engine.Policy, record: Mapping[str, Any]) -> tuple[str, str | None] | None:
    """What is decided of a situation; None where it is impossible."""
    try:
        decision = decide(policy, record, draft=True)
    except RecordError:
        return None
    return decision.outcome, decision.verdict


@draw_by_day(30)
@given(data=st.data())
def test_a_combination_that_never_holds_is_worth_a_warning_and_nothing_else(data: st.DataObject) -> None:
    """Declaring impossible what cannot be anyway adds one finding, that the combination never holds."""
    policy = data.draw(policies())
    one, rest = draw_half(Hand(data.draw), field_axes(policy["situation"]))
    never = {"when": {"all": [one, rest]}, "because": "Both at once cannot be."}
    # What the combination reads is used by it.
    expected = said(policy, but=("unused-field",))
    if ("no-situation", frozenset(), 0) not in expected["findings"]:
        # Where nothing is possible, nothing more is asked.
        expected["findings"]["impossible-test", frozenset(), 0] += 1
    wider = {**policy, "impossible": [*policy.get("impossible", ()), never]}
    assert said(wider, but=("unused-field",)) == expected


def _nested(when: Entries) -> Entries:
    """Every entry as a condition of its own, all of which must hold."""
    return {"all": [{"all": [{key: wanted}]} for key, wanted in when.items()]}


def _denied_twice(when: Entries) -> Entries:
    return {"not": {"not": when}}


def _de_morgan(when: Entries) -> Entries:
    """It is not so that any entry fails."""
    return {"not": {"any": [{"not": {key: wanted}} for key, wanted in when.items()]}}


@draw_by_day(30)
@given(data=st.data())
def test_saying_a_condition_in_another_way_makes_no_difference(data: st.DataObject) -> None:
    """Nested `all`, double negation and De Morgan's law leave every count and every finding but those about tests."""
    policy = data.draw(policies())
    changed = deepcopy(policy)
    for when in list(conditions(changed)):
        ways = data.draw(st.lists(st.sampled_from([_nested, _denied_twice, _de_morgan]), max_size=2))
        said_again = dict(when)
        for way in ways:
            said_again = way(said_again)
        assert isinstance(when, dict)
        when.clear()
        when.update(said_again)
    assert said(changed, but=TESTS) == said(policy, but=TESTS)


# Other names.


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
    for constant in changed.get("constants", {}).values():
        if isinstance(constant["is"], list):
            constant["is"] = [choice.get(each, each) for each in constant["is"]]
        if "on" in constant:
            constant["on"] = term[constant["on"]]
    if "as_of" in changed:
        changed["as_of"] = term[changed["as_of"]]
    for number in changed.get("numbers", {}).values():
        for word in ("sum", "larger_of", "smaller_of"):
            if word == "sum" and word in number:
                number[word] = {term[of]: weight for of, weight in number[word].items()}
            elif word in number:
                number[word] = [term.get(part, part) for part in number[word]]
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


@draw_by_day(30)
@given(data=st.data())
def test_other_names_change_nothing_but_the_names(data: st.DataObject) -> None:
    """With everything called something else the same is found, in as many situations, with the same examples."""
    policy = data.draw(policies())
    names = data.draw(_names(policy))
    was = {kind: {new: old for old, new in news.items()} for kind, news in names.items()}
    before, after = check(load(policy)), check(load(_renamed(policy, names)))
    assert summed_up(after, (), was["rule"].__getitem__, was["verdict"].__getitem__) == summed_up(before)

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

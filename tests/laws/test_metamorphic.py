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
from collections.abc import Mapping
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

import engine
from engine import Proof, check, decide, load
from engine.problems import RecordError
from tests.support import overrides
from tests.support.by_day import draw_by_day
from tests.support.drawing.collected import collect
from tests.support.drawing.fields import Draw, Hand
from tests.support.drawing.strategies import policies, records
from tests.support.judging.axes import draw_half, field_axes
from tests.support.judging.joined import Entries
from tests.support.judging.proofs.unordered_proofs import said, summed_up, told_of
from tests.support.judging.spaces import conditions
from tests.support.making.tables import Table, first_table, tree_table, write_csv, write_yaml
from tests.support.step_order import decided_before

RULES = Path(engine.__file__).parent.parent / "rules"
HASH_SEEDS = ("0", "1", "424242")
TESTS = ("impossible-test", "always-true-test")

Policy = dict[str, Any]


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


@pytest.mark.thorough
@pytest.mark.parametrize("many", [10, pytest.param(40, marks=pytest.mark.search)])
def test_a_check_prints_the_same_bytes_whatever_the_hash_seed(many: int) -> None:
    """Shipped and generated policies: every finding, example and count in the same order, in every process."""
    with tempfile.TemporaryDirectory() as folder:
        files = sorted(path for path in RULES.rglob("*.yaml") if not path.name.endswith(".cases.yaml"))
        for place, policy in enumerate(collect(policies(), many)):
            file = Path(folder, str(place), f"{policy['policy']}.yaml")
            file.parent.mkdir()
            file.write_text(yaml.dump(policy, Dumper=_Plain, sort_keys=False, width=10_000), encoding="utf-8")
            files.append(file)
        printed = {_checked(files, seed) for seed in HASH_SEEDS}
    assert len(printed) == 1


@pytest.mark.parametrize("table", [tree_table(40, 5, 1), first_table(40, 6, 1)], ids=["tree", "first"])
def test_a_table_says_the_same_as_yaml_and_as_csv(tmp_path: Path, table: Table) -> None:
    """Rules in a file of rows are the rules they spell: the same findings and counts, and as from a mapping."""
    expected = summed_up(check(load(table)))
    assert summed_up(check(load(write_yaml(table, tmp_path)))) == expected
    assert summed_up(check(load(write_csv(table, tmp_path)))) == expected


# The same whatever the order.


@pytest.mark.thorough
@draw_by_day(15)
@given(data=st.data())
def test_the_order_of_rules_makes_no_difference_under_unique(data: st.DataObject) -> None:
    """Rules in any order have the same findings and counts, unless the policy decides by the first."""
    policy = data.draw(policies())
    assume(policy.get("decision", "unique") == "unique" and len(policy["rules"]) > 1)
    shuffled = {**policy, "rules": data.draw(st.permutations(policy["rules"]))}
    assert said(shuffled) == said(policy)


@pytest.mark.thorough
@draw_by_day(20)
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


def _rules_with(policy: Policy, name: str) -> tuple[str, list[dict[str, Any]]]:
    """How a rule and those beside it decide, and all of them by the names that findings have: `risk/rule` in a step."""
    for step, spec in decided_before(policy).items():
        if name.startswith(f"{step}/"):
            rules = [{**rule, "rule": f"{step}/{rule['rule']}"} for rule in spec["rules"]]
            return spec.get("decision", "unique"), rules
    return policy.get("decision", "unique"), policy["rules"]


def _is_hidden(policy: Policy, rule: dict[str, Any], above: list[dict[str, Any]]) -> bool:
    """Whether a rule never decides below these alone."""
    changed = {key: part for key, part in policy.items() if key not in ("guarantees", "collect")}
    told = ("when", "valid", "otherwise")
    given = {"then": next(iter(policy["verdicts"])), "because": "It is so."}
    rules = [
        {"rule": f"rule-{at}", **{key: each[key] for key in told if key in each}, **given}
        for at, each in enumerate((*above, rule))
    ]
    changed |= {"decision": "first", "rules": [*rules, {"rule": "rest", "otherwise": True, **given}]}
    proof = check(load(changed))
    return any(finding.code == "dead-rule" and finding.rules[0] == f"rule-{len(above)}" for finding in proof.findings)


@st.composite
def _hiding(draw: Draw) -> Policy:
    """Policies in which several rules together leave nothing to the last one, while others leave a part of it."""
    hand = Hand(draw)
    policy: Policy = draw(policies(small=True))
    whens = [dict(when) for when in conditions(policy) if when] or [{}]
    [half, *narrow] = hand.some(whens, min(3, len(whens)))
    halves = [{"when": half}, {"when": {"not": half}}] if half else [{}]
    given = {"then": hand.pick(list(policy["verdicts"])), "because": "It is so."}
    stronger = hand.some([*halves, *({"when": when} for when in narrow)], len(halves) + len(narrow))
    added = [{"rule": f"stronger-{at}", **when, **given} for at, when in enumerate(stronger)]
    hidden: dict[str, Any] = {"rule": "hidden", **given}
    if half and hand.chance(50):
        hidden["when"] = hand.pick(whens)
    if policy.get("decision") == "first":
        *rules, last = policy["rules"]
        rest = [last] if "otherwise" in last else []
        return policy | {"rules": [*added, *policy["rules"][: len(rules) + (not rest)], hidden, *rest]}
    added = [{**each, "overrides": {"hidden": "It is stronger."}} for each in added]
    return policy | {"rules": [*added, *policy["rules"], hidden]}


@pytest.mark.thorough
@draw_by_day(25)
@given(policy=policies() | _hiding())
def test_the_rules_that_are_said_to_hide_a_dead_one_do_so_and_only_together(policy: Policy) -> None:
    """Each comes before it or overrides it; all together leave nothing to it, and without any one of them something.

    Where none is named, the rule applies nowhere; of one for the rest none is.
    """
    for finding in check(load(policy)).findings:
        if finding.code != "dead-rule":
            continue
        dead, *blamed = finding.rules
        decision, rules = _rules_with(policy, dead)
        of = {rule["rule"]: rule for rule in rules}
        # The last rule of `first` that says no condition is one for the rest.
        is_bare = decision == "first" and of[dead] is rules[-1] and not {"when", "valid"} & set(of[dead])
        if is_bare or "otherwise" in of[dead]:
            assert blamed == []
            continue
        if decision == "first":
            assert all(list(of).index(name) < list(of).index(dead) for name in blamed)
        else:
            # What a rule of a step overrides is named without the step.
            own = {"rules": [{**rule, "rule": name.rpartition("/")[2]} for name, rule in of.items()]}
            pairs = overrides.pairs(own)
            assert all((name.rpartition("/")[2], dead.rpartition("/")[2]) in pairs for name in blamed)
        hiding = [of[name] for name in blamed]
        assert _is_hidden(policy, of[dead], hiding)
        for each in hiding:
            assert not _is_hidden(policy, of[dead], [other for other in hiding if other is not each])


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


@pytest.mark.thorough
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


@pytest.mark.thorough
@draw_by_day(12)
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
            about = frozenset(name if rule == other else rule for rule in told_of(finding))
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


@pytest.mark.thorough
@draw_by_day(20)
@given(data=st.data())
def test_a_combination_that_never_holds_is_worth_a_warning_and_nothing_else(data: st.DataObject) -> None:
    """Declaring impossible what cannot be anyway adds one finding, that the combination never holds."""
    policy = data.draw(policies())
    one, rest = draw_half(Hand(data.draw), field_axes(policy["situation"]))
    never = {"when": {"all": [one, rest]}, "because": "Both at once cannot be."}
    # What the combination reads is used by it, and so is what says whether that is asked.
    used = tuple(f"unused-{what}" for what in ("field", "constant", "number", "fact"))
    expected = said(policy, but=used)
    if ("no-situation", frozenset(), 0) not in expected["findings"]:
        # Where nothing is possible, nothing more is asked.
        expected["findings"]["impossible-test", frozenset(), 0] += 1
    wider = {**policy, "impossible": [*policy.get("impossible", ()), never]}
    assert said(wider, but=used) == expected


def _nested(when: Entries) -> Entries:
    """Every entry as a condition of its own, all of which must hold."""
    return {"all": [{"all": [{key: wanted}]} for key, wanted in when.items()]}


def _denied_twice(when: Entries) -> Entries:
    return {"not": {"not": when}}


def _de_morgan(when: Entries) -> Entries:
    """It is not so that any entry fails."""
    return {"not": {"any": [{"not": {key: wanted}} for key, wanted in when.items()]}}


@pytest.mark.thorough
@draw_by_day(20)
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

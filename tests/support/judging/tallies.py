"""What is wrong with a policy, and how often does it say what? Found by the oracle, in every situation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from tests.support import overrides
from tests.support.judging.amounts import worth
from tests.support.judging.oracle import (
    CONFLICT,
    GAP,
    Reading,
    fault_of,
    settled_axes,
    standing_rules,
    verdict_of,
    with_rest,
)
from tests.support.judging.pairs import tally_pairs
from tests.support.judging.spaces import (
    JOINERS,
    Policy,
    When,
    bounds,
    day_field,
    every,
    listed,
    other_field,
    settle,
    values,
    values_of,
)
from tests.support.judging.yields import disagree, gets, is_amount, numbers_given, output_of


@dataclass(frozen=True)
class Tally:
    """Everything that is counted or found over all possible situations of a policy.

    Pairs of conflicting rules are in file order. A test is named by its rule and entry key; a comparison,
    where an entry has several, by its rule, entry key and word. An override is named by the overriding rule
    and the overridden one.
    """

    total: int
    verdicts: dict[str, int]
    rules: dict[str, int]
    gaps: int
    conflicts: int
    pairs: dict[tuple[str, str], int]
    broken: dict[str, int]
    lacking: dict[str, int]
    vacuous: frozenset[str]
    lonely: dict[str, int]
    dead: tuple[str, ...]
    redundant: tuple[str, ...]
    useless: tuple[tuple[str, ...], ...]
    never: frozenset[tuple[str, str]]
    always: frozenset[tuple[str, str]]
    never_compared: frozenset[tuple[str, str, str]]
    always_compared: frozenset[tuple[str, str, str]]

    @property
    def faulty(self) -> bool:
        """Whether there is a gap, a conflict, an output without a value, or a guarantee that is broken or vacuous."""
        return bool(self.gaps or self.conflicts or any(self.broken.values()) or self.vacuous or self.lacking)

    @property
    def sound(self) -> bool:
        """Whether something is possible, and all of it gets one verdict and keeps the guarantees."""
        return self.total > 0 and not self.faulty


Way = tuple[tuple[str, ...], tuple[str, ...]]


def tally(policy: Policy) -> Tally:
    """Count and find everything, by asking every possible situation of a countable policy once."""
    ways, tests = _survey(policy)
    stands = {applies: standing_rules(policy, applies) for applies, _ in ways}
    given = {applies: verdict_of(policy, rules) for applies, rules in stands.items()}
    names = [rule["rule"] for rule in policy["rules"]]
    paired = tally_pairs(policy)
    dead = tuple(name for name in names if not any(name in rules for rules in stands.values()))
    per_verdict: Counter[str] = Counter()
    per_rule: Counter[str] = Counter()
    for (applies, _), count in ways.items():
        per_verdict[given[applies]] += count
        if given[applies] not in (GAP, CONFLICT):
            per_rule.update(dict.fromkeys(stands[applies], count))
    return Tally(
        total=sum(ways.values()),
        verdicts={verdict: per_verdict[verdict] for verdict in policy["verdicts"]},
        rules={name: per_rule[name] for name in names},
        gaps=per_verdict[GAP],
        conflicts=per_verdict[CONFLICT],
        pairs=_pairs(policy, ways, stands),
        broken=_broken(policy, ways, stands) | {name: found.broken for name, found in paired.items()},
        lacking=_lacking(policy, ways, stands, given),
        vacuous=frozenset(
            promise["guarantee"]
            for promise in policy.get("guarantees", ())
            if "ignores" in promise and not paired[promise["guarantee"]].pairs
        ),
        lonely={name: found.lonely for name, found in paired.items()},
        dead=dead,
        redundant=tuple(name for name in names if name not in dead and _is_redundant(policy, name, stands)),
        useless=tuple(override for override in overrides.written(policy) if _is_useless(policy, override, stands)),
        never=_named(tests, 2, True),
        always=_named(tests, 2, False),
        never_compared=_named(tests, 3, True),
        always_compared=frozenset(each for each in _named(tests, 3, False) if not _closes_band(policy, *each)),
    )


def _survey(policy: Policy) -> tuple[Counter[Way], dict[tuple[str, ...], set[bool]]]:
    """How many possible situations have which applying rules, asked guarantees and numbers without a value.

    Beside it the answers that each single test gave; everything else that is counted follows from these two.
    """
    reading = Reading(policy)
    promises = {each["guarantee"]: each for each in policy.get("guarantees", ())}
    tests = dict(_tests(policy))
    answers: dict[tuple[str, ...], set[bool]] = {name: set() for name in tests}
    ways: Counter[Way] = Counter()
    amounts = numbers_given(policy)
    outputs = [name for name, number in policy.get("numbers", {}).items() if "output" in number]
    whole = {name: values(spec) for name, spec in policy["situation"].items()}
    for at in filter(reading.possible, every(settled_axes(policy, whole))):
        asked = tuple([name for name, promise in promises.items() if _is_at_stake(reading, promise, at)])
        asked += tuple(f"({name})" for name in amounts if worth(policy, name, at) is None)
        if outputs and fault_of(policy, at) is None:
            asked += tuple(f"({name} of its step)" for name in outputs if worth(policy, name, at) is None)
        ways[reading.applies(at), asked] += 1
        # A test that was seen both to hold and to fail has nothing more to show.
        for name in [name for name, seen in answers.items() if len(seen) < 2]:
            answers[name].add(reading.holds(tests[name], at))
    return ways, answers


def _is_at_stake(reading: Reading, promise: Mapping[str, Any], at: Mapping[str, Any]) -> bool:
    """Whether a situation is one that a guarantee is about; one about the answers alone is broken there."""
    return reading.holds(promise.get("when", {}), at) and not (
        "always" in promise and reading.holds(promise["always"], at)
    )


def _tests(policy: Policy) -> Iterator[tuple[tuple[str, ...], When]]:
    """Every entry of every rule, and every comparison of an entry that has several, as a condition alone."""
    for rule in policy["rules"]:
        for key, wanted in rule.get("when", {}).items():
            yield (rule["rule"], key), {key: wanted}
            if key not in JOINERS and isinstance(wanted, Mapping) and len(wanted) > 1:
                for word, bound in wanted.items():
                    yield (rule["rule"], key, word), {key: {word: bound}}


def _closes_band(policy: Policy, name: str, key: str, word: str) -> bool:
    """Whether one of several comparisons names the field's own end: a band written with both its ends."""
    [wanted] = [rule["when"][key] for rule in policy["rules"] if rule["rule"] == name]
    end = {"at_least": "from", "on_or_after": "from", "at_most": "to", "on_or_before": "to"}.get(word)
    spec = policy["situation"].get(key, {})
    # A bound that is another field makes it no band.
    if end not in spec or any(other_field(bound) or day_field(policy, bound) for bound in bounds(wanted)):
        return False
    return any(settle(spec, value) == settle(spec, spec[end]) for value in values_of(policy, wanted[word]))


def _named(tests: Mapping[tuple[str, ...], set[bool]], parts: int, never: bool) -> frozenset[Any]:
    """The tests with names of so many parts that fail (or hold) in every possible situation."""
    return frozenset(name for name, seen in tests.items() if len(name) == parts and never not in seen)


def _pairs(
    policy: Policy, ways: Mapping[Way, int], stands: Mapping[tuple[str, ...], tuple[str, ...]]
) -> dict[tuple[str, str], int]:
    """How many situations each two standing rules disagree in."""
    pairs: Counter[tuple[str, str]] = Counter()
    for (applies, _), count in ways.items():
        for one, other in combinations(stands[applies], 2):
            if disagree(policy, one, other):
                pairs[one, other] += count
    return dict(pairs)


def _broken(
    policy: Policy, ways: Mapping[Way, int], stands: Mapping[tuple[str, ...], tuple[str, ...]]
) -> dict[str, int]:
    """How many situations break each guarantee."""
    then = {rule["rule"]: rule["then"] for rule in policy["rules"]}
    return {
        promise["guarantee"]: sum(
            count
            for (applies, asked), count in ways.items()
            if promise["guarantee"] in asked
            and ("always" in promise or any(_forbids(promise, then[rule]) for rule in stands[applies]))
        )
        for promise in policy.get("guarantees", ())
    }


def _lacking(
    policy: Policy,
    ways: Mapping[Way, int],
    stands: Mapping[tuple[str, ...], tuple[str, ...]],
    given: Mapping[tuple[str, ...], str],
) -> dict[str, int]:
    """How many situations get an output of a step, or with a verdict one of a rule, from a number without a value."""
    found: Counter[str] = Counter()
    for (applies, asked), count in ways.items():
        found.update({name.strip("()"): count for name in asked if name.endswith(" of its step)")})
        if given[applies] in (GAP, CONFLICT):
            continue
        output = output_of(policy, stands[applies])
        values_given = output.values() if isinstance(output, Mapping) else ()
        used = {value["number"] for value in values_given if is_amount(policy, value)}
        found.update({name: count for name in used if f"({name})" in asked})
    return dict(found)


def _forbids(promise: Mapping[str, Any], verdict: str) -> bool:
    """Whether a guarantee rules a verdict out."""
    if "rising" in promise:
        return False
    if "never" in promise and verdict in listed(promise["never"]):
        return True
    return "only" in promise and verdict not in listed(promise["only"])


def _is_redundant(policy: Policy, name: str, stands: Mapping[tuple[str, ...], tuple[str, ...]]) -> bool:
    """Whether leaving out a rule alone changes no outcome, and no output."""
    without = overrides.without_rule(policy, name)
    for applies, rules in stands.items():
        left = standing_rules(without, with_rest(without, [rule for rule in applies if rule != name]))
        if gets(without, verdict_of(without, left), left) != gets(policy, verdict_of(policy, rules), rules):
            return False
    return True


def _is_useless(policy: Policy, override: tuple[str, ...], stands: Mapping[tuple[str, ...], tuple[str, ...]]) -> bool:
    """Whether the same rules stand everywhere without an override."""
    without = overrides.without(policy, override)
    return all(standing_rules(without, applies) == rules for applies, rules in stands.items())

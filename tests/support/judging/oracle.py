"""What does a policy mean, and what is wrong with it, found by trying every situation?

A second reading of the policy language, written to disagree with the first one whenever either is mistaken.
It works on the plain mapping a policy file holds, uses exact fractions and no cleverness: a situation is
asked every question, one after the other. The only shortcut is not to ask a condition twice about the same
answers.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from math import prod
from typing import Any, NamedTuple

from tests.support.judging.spaces import (
    JOINERS,
    Policy,
    Spec,
    When,
    bounds,
    every,
    exact,
    is_countable,
    kind,
    length,
    listed,
    other_field,
    representatives,
    settle,
    single_tests,
    situations,
    size,
    values,
)

__all__ = [
    "CONFLICT",
    "GAP",
    "Outcome",
    "Outlook",
    "Tally",
    "completions",
    "outcome",
    "outcomes",
    "representatives",
    "situations",
    "size",
    "tally",
]

# Brackets keep the markers apart from every possible verdict id.
GAP = "(gap)"
CONFLICT = "(conflict)"

# Beyond so many completions, one value for each cell is asked in place of every value.
_FEW = 50_000

_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "at_least": operator.ge,
    "on_or_after": operator.ge,
    "at_most": operator.le,
    "on_or_before": operator.le,
    "more_than": operator.gt,
    "after": operator.gt,
    "less_than": operator.lt,
    "before": operator.lt,
}
_CONTENT: dict[str, Callable[[frozenset[str], frozenset[str]], bool]] = {
    "includes": operator.ge,
    "excludes": frozenset.isdisjoint,
    "only": operator.le,
}

Answers = Mapping[str, Any]
Ask = Callable[[When, Answers], bool]


class Outcome(NamedTuple):
    """What a policy says in one situation; an impossible one has an outcome that nobody may use."""

    possible: bool
    applies: tuple[str, ...]
    stands: tuple[str, ...]
    verdict: str


class Outlook(NamedTuple):
    """What a policy can still say: the outcomes of all possible completions.

    `rules` are those that stand in all of these, `possible_rules` those that stand in some but not in all.
    """

    verdicts: frozenset[str]
    rules: tuple[str, ...]
    possible_rules: tuple[str, ...]


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
    dead: tuple[str, ...]
    redundant: tuple[str, ...]
    useless: tuple[tuple[str, str], ...]
    never: frozenset[tuple[str, str]]
    always: frozenset[tuple[str, str]]
    never_compared: frozenset[tuple[str, str, str]]
    always_compared: frozenset[tuple[str, str, str]]

    @property
    def faulty(self) -> bool:
        """Whether there is a gap, a conflict or a broken guarantee."""
        return bool(self.gaps or self.conflicts or any(self.broken.values()))

    @property
    def sound(self) -> bool:
        """Whether something is possible, and all of it gets one verdict and keeps the guarantees."""
        return self.total > 0 and not self.faulty


def outcome(policy: Policy, record: Answers) -> Outcome:
    """What the policy says in one fully answered situation."""
    at = _settled(policy, record)
    applies = tuple(rule["rule"] for rule in policy["rules"] if holds(policy, rule.get("when", {}), at))
    stands = _standing(policy, applies)
    return Outcome(_possible(policy, at), applies, stands, _verdict(policy, stands))


def holds(policy: Policy, when: When, at: Answers) -> bool:
    """Whether every entry of a condition holds for settled answers; an empty one always does."""
    return all(_entry_holds(policy, key, wanted, at, partial(holds, policy)) for key, wanted in when.items())


def _entry_holds(policy: Policy, key: str, wanted: Any, at: Answers, ask: Ask) -> bool:
    """Whether one entry of a condition holds; conditions inside it are asked in the way given."""
    if key == "all":
        return all(ask(part, at) for part in wanted)
    if key == "any":
        return any(ask(part, at) for part in wanted)
    if key == "not":
        return not ask(wanted, at)
    if key in policy.get("facts", {}):
        return ask(policy["facts"][key]["when"], at) is wanted
    if key in policy.get("numbers", {}):
        return _test_holds({"type": "number"}, _total(policy["numbers"][key], at), wanted, at)
    return _test_holds(policy["situation"][key], at[key], wanted, at)


def _total(number: Mapping[str, Any], at: Answers) -> Any:
    """The value of a derived number."""
    weighted = [exact(weight) * at[name] for name, weight in number["sum"].items()]
    return sum(weighted, exact(number.get("plus", 0)))


def _test_holds(spec: Spec, value: Any, wanted: Any, at: Answers) -> bool:
    """Whether one value is, or is one of, or compares as what is wanted."""
    if isinstance(wanted, Mapping):
        return all(_word_holds(spec, value, word, bound, at) for word, bound in wanted.items())
    return value in [settle(spec, one) for one in listed(wanted)]


def _word_holds(spec: Spec, value: Any, word: str, bound: Any, at: Answers) -> bool:
    """Whether one comparison holds."""
    if word in _CONTENT:
        return _CONTENT[word](value, settle(spec, bound))
    if kind(spec) == "choice":
        places = list(spec["choices"])
        return _ORDER[word](places.index(value), places.index(bound))
    other = other_field(bound)
    return _ORDER[word](value, settle(spec, bound) if other is None else at[other])


def _possible(policy: Policy, at: Answers) -> bool:
    """Whether no impossible combination holds."""
    return not any(holds(policy, combination["when"], at) for combination in policy.get("impossible", ()))


def _standing(policy: Policy, applies: Sequence[str], ignored: tuple[str, str] | None = None) -> tuple[str, ...]:
    """The applying rules that stand, one override being ignored if asked."""
    if policy.get("decision", "unique") == "first":
        return tuple(applies[:1])
    beaten = {target for rule, target in _overrides(policy) if rule in applies and (rule, target) != ignored}
    return tuple(rule for rule in applies if rule not in beaten)


def _overrides(policy: Policy) -> list[tuple[str, str]]:
    """Every override, as the overriding and the overridden rule."""
    return [(rule["rule"], target) for rule in policy["rules"] for target in rule.get("overrides", {})]


def _verdict(policy: Policy, stands: Sequence[str]) -> str:
    """The one verdict of the standing rules, or the marker of a gap or conflict."""
    given = {rule["then"] for rule in policy["rules"] if rule["rule"] in stands}
    return GAP if not given else CONFLICT if len(given) > 1 else given.pop()


def _said(policy: Policy, record: Answers) -> dict[str, Any]:
    """The answers given, each `unsure` replaced by the author's cautious reading of it."""
    fields = policy["situation"]
    given = {name: value for name, value in record.items() if value is not None}
    unsure = [name for name, value in given.items() if value == "unsure" and "if_unsure" in fields[name]]
    return given | {name: fields[name]["if_unsure"] for name in unsure}


def _settled(policy: Policy, record: Answers) -> dict[str, Any]:
    """The answers given, in comparable form."""
    return {name: settle(policy["situation"][name], value) for name, value in _said(policy, record).items()}


def completions(policy: Policy, partial: Answers) -> Iterator[dict[str, Any]]:
    """Every possible completion of a record that leaves fields out or holds None for them.

    Where every value of the open fields would be too many or endless, one value of each cell is tried, which
    shows the same outcomes.
    """
    for record in every(_axes(policy, partial)):
        if _possible(policy, _settled(policy, record)):
            yield record


def _axes(policy: Policy, partial: Answers) -> dict[str, list[Any]]:
    """The one answer to each answered field, and the values to try for each other one."""
    given, fields = _said(policy, partial), policy["situation"]
    open_fields = {name: spec for name, spec in fields.items() if name not in given}
    if all(map(is_countable, open_fields.values())) and prod(map(length, open_fields.values())) <= _FEW:
        tried = {name: values(spec) for name, spec in open_fields.items()}
    else:
        tried = representatives(policy, given)
    return {name: [given[name]] if name in given else tried[name] for name in fields}


def _settled_axes(policy: Policy, axes: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """The same values in comparable form."""
    return {name: [settle(policy["situation"][name], value) for value in axes[name]] for name in axes}


def outcomes(policy: Policy, partial: Answers) -> Outlook:
    """The outcomes over all possible completions, and which rules stand in all and in some of them, in file order."""
    reading = _Reading(policy)
    completed = every(_settled_axes(policy, _axes(policy, partial)))
    seen = {_standing(policy, reading.applies(at)) for at in completed if reading.possible(at)}
    given = {stands: _verdict(policy, stands) for stands in seen}
    names = [rule["rule"] for rule in policy["rules"]]
    certain = tuple(name for name in names if seen and all(name in stands for stands in seen))
    possible = tuple(name for name in names if name not in certain and any(name in stands for stands in seen))
    return Outlook(frozenset(given.values()), certain, possible)


class _Reading:
    """A policy that is asked about many situations.

    Each entry of a condition is worked out once for each different set of answers to the fields it mentions.
    Notes are kept by the identity of the map that holds the entry, so maps must outlive the reading.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._notes: dict[tuple[int, str], tuple[list[str], dict[tuple[Any, ...], bool]]] = {}

    def holds(self, when: When, at: Answers) -> bool:
        """Whether every entry of a condition holds."""
        return all(self._entry_holds(when, key, at) for key in when)

    def possible(self, at: Answers) -> bool:
        """Whether no impossible combination holds."""
        return not any(self.holds(part["when"], at) for part in self._policy.get("impossible", ()))

    def applies(self, at: Answers) -> tuple[str, ...]:
        """The rules that apply."""
        return tuple([rule["rule"] for rule in self._policy["rules"] if self.holds(rule.get("when", {}), at)])

    def _entry_holds(self, when: When, key: str, at: Answers) -> bool:
        """Whether one entry holds, from the notes if it was asked for these answers before."""
        place = id(when), key
        if place not in self._notes:
            self._notes[place] = sorted(_mentioned(self._policy, {key: when[key]})), {}
        fields, known = self._notes[place]
        answers = tuple([at[name] for name in fields])
        if answers not in known:
            known[answers] = _entry_holds(self._policy, key, when[key], at, self.holds)
        return known[answers]


def _mentioned(policy: Policy, when: When) -> set[str]:
    """The fields a condition depends on, through facts, numbers and comparisons too."""
    found: set[str] = set()
    for holder, key in single_tests(when):
        if key in policy.get("facts", {}):
            found |= _mentioned(policy, policy["facts"][key]["when"])
        elif key in policy.get("numbers", {}):
            found |= set(policy["numbers"][key]["sum"])
        else:
            found |= {key, *filter(None, map(other_field, bounds(holder[key])))}
    return found


Way = tuple[tuple[str, ...], tuple[str, ...]]


def tally(policy: Policy) -> Tally:
    """Count and find everything, by asking every possible situation of a countable policy once."""
    ways, tests = _survey(policy)
    stands = {applies: _standing(policy, applies) for applies, _ in ways}
    given = {applies: _verdict(policy, rules) for applies, rules in stands.items()}
    names = [rule["rule"] for rule in policy["rules"]]
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
        broken=_broken(policy, ways, stands),
        dead=dead,
        redundant=tuple(name for name in names if name not in dead and _is_redundant(policy, name, given)),
        useless=tuple(override for override in _overrides(policy) if _is_useless(policy, override, stands)),
        never=_named(tests, 2, True),
        always=_named(tests, 2, False),
        never_compared=_named(tests, 3, True),
        always_compared=frozenset(each for each in _named(tests, 3, False) if not _closes_band(policy, *each)),
    )


def _survey(policy: Policy) -> tuple[Counter[Way], dict[tuple[str, ...], set[bool]]]:
    """How many possible situations there are for each set of applying rules and asked guarantees.

    Beside it the answers that each single test gave; everything else that is counted follows from these two.
    """
    reading = _Reading(policy)
    promises = {each["guarantee"]: each.get("when", {}) for each in policy.get("guarantees", ())}
    tests = dict(_tests(policy))
    answers: dict[tuple[str, ...], set[bool]] = {name: set() for name in tests}
    ways: Counter[Way] = Counter()
    whole = {name: values(spec) for name, spec in policy["situation"].items()}
    for at in filter(reading.possible, every(_settled_axes(policy, whole))):
        asked = tuple([name for name, when in promises.items() if reading.holds(when, at)])
        ways[reading.applies(at), asked] += 1
        # A test that was seen both to hold and to fail has nothing more to show.
        for name in [name for name, seen in answers.items() if len(seen) < 2]:
            answers[name].add(reading.holds(tests[name], at))
    return ways, answers


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
    if end not in spec or any(map(other_field, bounds(wanted))):
        return False
    return bool(settle(spec, wanted[word]) == settle(spec, spec[end]))


def _named(tests: Mapping[tuple[str, ...], set[bool]], parts: int, never: bool) -> frozenset[Any]:
    """The tests with names of so many parts that fail (or hold) in every possible situation."""
    return frozenset(name for name, seen in tests.items() if len(name) == parts and never not in seen)


def _pairs(
    policy: Policy, ways: Mapping[Way, int], stands: Mapping[tuple[str, ...], tuple[str, ...]]
) -> dict[tuple[str, str], int]:
    """How many situations each two standing rules disagree in."""
    then = {rule["rule"]: rule["then"] for rule in policy["rules"]}
    pairs: Counter[tuple[str, str]] = Counter()
    for (applies, _), count in ways.items():
        for one, other in combinations(stands[applies], 2):
            if then[one] != then[other]:
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
            if promise["guarantee"] in asked and any(_forbids(promise, then[rule]) for rule in stands[applies])
        )
        for promise in policy.get("guarantees", ())
    }


def _forbids(promise: Mapping[str, Any], verdict: str) -> bool:
    """Whether a guarantee rules a verdict out."""
    if "never" in promise and verdict in listed(promise["never"]):
        return True
    return "only" in promise and verdict not in listed(promise["only"])


def _is_redundant(policy: Policy, name: str, given: Mapping[tuple[str, ...], str]) -> bool:
    """Whether leaving out a rule alone changes no outcome."""
    for applies, verdict in given.items():
        left = tuple(rule for rule in applies if rule != name)
        if _verdict(policy, _standing(policy, left)) != verdict:
            return False
    return True


def _is_useless(policy: Policy, override: tuple[str, str], stands: Mapping[tuple[str, ...], tuple[str, ...]]) -> bool:
    """Whether the same rules stand everywhere without an override."""
    return all(_standing(policy, applies, override) == rules for applies, rules in stands.items())

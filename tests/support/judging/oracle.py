"""What does a policy mean, found by trying every situation?

A second reading of the policy language, written to disagree with the first one whenever either is mistaken.
It works on the plain mapping a policy file holds, uses exact fractions and no cleverness: a situation is
asked every question, one after the other. The only shortcut is not to ask a condition twice about the same
answers.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from math import prod
from typing import Any, NamedTuple

from tests.support import overrides
from tests.support.judging.amounts import fields_behind, worth
from tests.support.judging.spaces import (
    LINES,
    NOT_ASKED,
    Policy,
    Spec,
    When,
    as_date,
    bounds,
    day_field,
    every,
    exact,
    is_countable,
    is_none,
    is_not_asked,
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
from tests.support.judging.step_outputs import is_agreed
from tests.support.judging.yields import agree
from tests.support.step_order import decided_before, steps_before

__all__ = [
    "CONFLICT",
    "GAP",
    "Outcome",
    "Outlook",
    "completions",
    "outcome",
    "outcomes",
    "representatives",
    "situations",
    "size",
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
    "includes_any": lambda chosen, named: bool(chosen & named),
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


def outcome(policy: Policy, record: Answers) -> Outcome:
    """What the policy says in one fully answered situation."""
    at = settled(policy, record)
    fault = fault_of(policy, at)
    if fault:
        return Outcome(_possible(policy, at), (), (), fault[1])
    applies, stands = _standing(policy, at, partial(holds, policy))
    return Outcome(_possible(policy, at), applies, stands, verdict_of(policy, stands))


def _standing(policy: Policy, at: Answers, ask: Ask) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The rules that apply, and those of them that stand."""
    applies = with_rest(policy, [rule["rule"] for rule in policy["rules"] if ask(rule.get("when", {}), at)])
    return applies, standing_rules(policy, applies)


def step_outcome(policy: Policy, name: str, at: Answers) -> tuple[str, tuple[str, ...]]:
    """The outcome of a step, or the marker of a gap or conflict, and the rules of the step that stand.

    A number that a table gives is such a step; its outcome is an amount.
    """
    step = decided_before(policy)[name]
    _, stands = _standing(step, at, partial(holds, policy))
    return _outcome_of(step, stands) if is_agreed(policy, name, stands) else CONFLICT, stands


def fault_of(policy: Policy, at: Answers) -> tuple[str, str] | None:
    """The first step without exactly one outcome, and the marker of what it has; None if there is none."""
    for name in dict.fromkeys(before for step in decided_before(policy) for before in steps_before(policy, step)):
        got, _ = step_outcome(policy, name, at)
        if got in (GAP, CONFLICT):
            return name, got
    return None


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
    if key in policy.get("steps", {}):
        spec = {"choices": policy["steps"][key]["outcomes"], "ordered": policy["steps"][key].get("ordered", False)}
        got, _ = step_outcome(policy, key, at)
        return got not in (GAP, CONFLICT) and _test_holds(policy, spec, settle(spec, got), wanted, at)
    if key in policy.get("numbers", {}):
        return _test_holds(policy, {"type": "number"}, worth(policy, key, at), wanted, at)
    return _test_holds(policy, policy["situation"][key], at[key], wanted, at)


def fixed(policy: Policy, written: Any, at: Answers) -> Any:
    """The value that is written, or the one of the constant that is named, on the day that counts."""
    constants = policy.get("constants", {})
    if not isinstance(written, str) or written not in constants:
        return written
    constant = constants[written]
    if not isinstance(constant["is"], Mapping):
        return constant["is"]
    # The last value whose first day has come.
    today = at[constant.get("on", policy.get("as_of"))]
    begun = [(-1 if first == "start" else exact(as_date(first)), value) for first, value in constant["is"].items()]
    return max((each for each in begun if each[0] <= today), key=lambda each: each[0])[1]


def _test_holds(policy: Policy, spec: Spec, value: Any, wanted: Any, at: Answers) -> bool:
    """Whether one value is, or is one of, or compares as what is wanted."""
    if isinstance(wanted, Mapping):
        return all(_word_holds(policy, spec, value, word, bound, at) for word, bound in wanted.items())
    return value in [_settled_bound(policy, spec, one, at) for one in listed(wanted)]


def _settled_bound(policy: Policy, spec: Spec, written: Any, at: Answers) -> Any:
    """What a value is compared with, in comparable form; on a line a text is the name of a constant."""
    return settle(spec, fixed(policy, written, at) if kind(spec) in LINES else written)


def _word_holds(policy: Policy, spec: Spec, value: Any, word: str, bound: Any, at: Answers) -> bool:
    """Whether one comparison holds; where there is no value, none does but `none` as one of some answers."""
    has_value = value is not None and not is_none(spec, value)
    if word == "known":
        return has_value is bound
    if not has_value and (word != "one_of" or value is None):
        return False
    if word in _CONTENT:
        return _CONTENT[word](value, settle(spec, bound))
    if word in ("one_of", "none_of"):
        return (value in [_settled_bound(policy, spec, one, at) for one in listed(fixed(policy, bound, at))]) == (
            word == "one_of"
        )
    if kind(spec) == "choice":
        places = list(spec["choices"])
        return _ORDER[word](places.index(value), places.index(bound))
    other = other_field(bound)
    if other is not None and is_none(policy["situation"][other], at[other]):
        return False
    return _ORDER[word](value, _settled_bound(policy, spec, bound, at) if other is None else at[other])


def with_rest(policy: Policy, named: Sequence[str]) -> tuple[str, ...]:
    """The rules that apply, of those whose conditions hold: `otherwise` only where no other one does.

    Under `first`, a last rule without a condition is one.
    """
    rules = policy["rules"]
    last = [rule for rule in rules[-1:] if policy.get("decision") == "first" and "when" not in rule]
    rest = [rule["rule"] for rule in last or rules if last or "otherwise" in rule]
    return tuple(name for name in named if name not in rest) or tuple(rest)


def _possible(policy: Policy, at: Answers) -> bool:
    """Whether no impossible combination holds."""
    if any(not asks_rightly(policy, name, at, partial(holds, policy)) for name in policy["situation"]):
        return False
    return not any(holds(policy, combination["when"], at) for combination in policy.get("impossible", ()))


def asks_rightly(policy: Policy, name: str, at: Answers, ask: Ask) -> bool:
    """Whether a field has an answer exactly where it applies."""
    spec = policy["situation"][name]
    return "applies_when" not in spec or ask(spec["applies_when"], at) != is_not_asked(spec, at[name])


def standing_rules(policy: Policy, applies: Sequence[str]) -> tuple[str, ...]:
    """The applying rules that stand."""
    if policy.get("decision", "unique") == "first":
        return tuple(applies[:1])
    beaten = {target for rule, target in overrides.pairs(policy) if rule in applies}
    return tuple(rule for rule in applies if rule not in beaten)


def verdict_of(policy: Policy, stands: Sequence[str]) -> str:
    """The one verdict of the standing rules, or the marker of a gap or conflict, of verdicts or of outputs."""
    return _outcome_of(policy, stands) if agree(policy, stands) else CONFLICT


def _outcome_of(decided: Policy, stands: Sequence[str]) -> str:
    """The one verdict or outcome of the standing rules of a policy or a step, or the marker of a gap or conflict."""
    given = {rule["then"] for rule in decided["rules"] if rule["rule"] in stands}
    return GAP if not given else CONFLICT if len(given) > 1 else given.pop()


def _said(policy: Policy, record: Answers) -> dict[str, Any]:
    """The answers given, each `unsure` replaced by the author's cautious reading of it."""
    fields = policy["situation"]
    given = {name: value for name, value in record.items() if value is not None}
    unsure = [name for name, value in given.items() if value == "unsure" and "if_unsure" in fields[name]]
    return given | {name: fields[name]["if_unsure"] for name in unsure}


def settled(policy: Policy, record: Answers) -> dict[str, Any]:
    """The answers given, in comparable form."""
    at = {name: settle(policy["situation"][name], value) for name, value in _said(policy, record).items()}
    conditional = [name for name, spec in policy["situation"].items() if "applies_when" in spec]
    # A question may depend on one that comes later in the file.
    for name in conditional * len(conditional):
        when = policy["situation"][name].get("applies_when", {})
        if name not in at and mentioned(policy, when) <= at.keys() and not holds(policy, when, at):
            at[name] = NOT_ASKED
    return at


def completions(policy: Policy, partial: Answers) -> Iterator[dict[str, Any]]:
    """Every possible completion of a record that leaves fields out or holds None for them.

    Where every value of the open fields would be too many or endless, one value of each cell is tried, which
    shows the same outcomes.
    """
    for record in every(_axes(policy, partial)):
        if _possible(policy, settled(policy, record)):
            yield record


def _axes(policy: Policy, partial: Answers) -> dict[str, list[Any]]:
    """The one answer to each answered field, and the values to try for each other one."""
    given, fields = _said(policy, partial), policy["situation"]
    given |= {name: NOT_ASKED for name, value in settled(policy, partial).items() if value == NOT_ASKED}
    open_fields = {name: spec for name, spec in fields.items() if name not in given}
    if all(map(is_countable, open_fields.values())) and prod(map(length, open_fields.values())) <= _FEW:
        tried = {name: values(spec) for name, spec in open_fields.items()}
    else:
        tried = representatives(policy, given)
    return {name: [given[name]] if name in given else tried[name] for name in fields}


def settled_axes(policy: Policy, axes: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """The same values in comparable form."""
    return {name: [settle(policy["situation"][name], value) for value in axes[name]] for name in axes}


def outcomes(policy: Policy, partial: Answers) -> Outlook:
    """The outcomes over all possible completions, and which rules stand in all and in some of them, in file order."""
    reading = Reading(policy)
    completed = every(settled_axes(policy, _axes(policy, partial)))
    possible_ones = [at for at in completed if reading.possible(at)]
    has_steps = bool(decided_before(policy))
    faults = {at[1] for at in (fault_of(policy, each) for each in possible_ones) if at} if has_steps else set()
    seen = {
        standing_rules(policy, reading.applies(at))
        for at in possible_ones
        if not has_steps or fault_of(policy, at) is None
    }
    given = {stands: verdict_of(policy, stands) for stands in seen}
    names = [rule["rule"] for rule in policy["rules"]]
    certain = tuple(name for name in names if seen and all(name in stands for stands in seen))
    possible = tuple(name for name in names if name not in certain and any(name in stands for stands in seen))
    return Outlook(frozenset(given.values()) | faults, certain, possible)


class Reading:
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
        if any(not asks_rightly(self._policy, name, at, self.holds) for name in self._policy["situation"]):
            return False
        return not any(self.holds(part["when"], at) for part in self._policy.get("impossible", ()))

    def applies(self, at: Answers) -> tuple[str, ...]:
        """The rules that apply."""
        named = [rule["rule"] for rule in self._policy["rules"] if self.holds(rule.get("when", {}), at)]
        return with_rest(self._policy, named)

    def _entry_holds(self, when: When, key: str, at: Answers) -> bool:
        """Whether one entry holds, from the notes if it was asked for these answers before."""
        place = id(when), key
        if place not in self._notes:
            self._notes[place] = sorted(mentioned(self._policy, {key: when[key]})), {}
        fields, known = self._notes[place]
        answers = tuple([at[name] for name in fields])
        if answers not in known:
            known[answers] = _entry_holds(self._policy, key, when[key], at, self.holds)
        return known[answers]


def mentioned(policy: Policy, when: When) -> set[str]:
    """The fields a condition depends on, through facts, numbers and comparisons too."""
    found: set[str] = set()
    for holder, key in single_tests(when):
        found |= {day_field(policy, bound) or key for bound in bounds(holder[key])} & policy["situation"].keys()
        if key in policy.get("facts", {}):
            found |= mentioned(policy, policy["facts"][key]["when"])
        elif key in policy.get("steps", {}):
            for rule in policy["steps"][key]["rules"]:
                found |= mentioned(policy, rule.get("when", {}))
        elif key in policy.get("numbers", {}):
            found |= fields_behind(policy, key)
        else:
            found |= {key, *filter(None, map(other_field, bounds(holder[key])))}
    return found

"""The outputs of rules: what each of them gives, what several that stand together give, and whether they agree.

A rule gives the `output` of its verdict, replaced name by name by its own. Rules that stand together must give the same
names and values, except for the outputs that the policy collects; a value that is worked out must be worked out alike.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import field, is_dataclass, replace
from dataclasses import fields as fields_of
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol

from engine.frozen import frozen_value
from engine.language.model.field_kinds import Field
from engine.language.model.policy_parts import Fact, Number, Rule, Verdict
from engine.language.model.relations.derivations import Derivation
from engine.language.model.relations.substitutions import condition_with_names, with_names
from engine.language.model.values.computed_outputs import ComputedOutput, computed_in

if TYPE_CHECKING:
    from engine.language.model.relations.decision_steps import DecisionStep


class Computing(Protocol):
    """What is read here of a policy; see `Policy`."""

    @property
    def fields(self) -> tuple[Field, ...]: ...

    @property
    def numbers(self) -> tuple[Number, ...]: ...

    @property
    def verdicts(self) -> tuple[Verdict, ...]: ...

    @property
    def rules(self) -> tuple[Rule, ...]: ...

    @property
    def number(self) -> Mapping[str, Number]: ...

    @property
    def fact(self) -> Mapping[str, Fact]: ...

    @property
    def derived_in_order(self) -> tuple[Derivation, ...]: ...

    def names_behind(self, names: Iterable[str]) -> set[str]: ...

    @property
    def step_facts(self) -> Mapping[str, tuple[DecisionStep, Fact]]: ...


class Giving(Computing, Protocol):
    """What is read here of a policy about its rules; see `Policy`."""

    @property
    def verdict(self) -> Mapping[str, Verdict]: ...

    @property
    def rule(self) -> Mapping[str, Rule]: ...

    @property
    def collect(self) -> tuple[str, ...]: ...

    @property
    def yields(self) -> Mapping[str, Hashable]: ...

    @property
    def numbers_given(self) -> Mapping[str, Hashable]: ...


@frozen_value
class Yield:
    """What a rule, or several that agree, give: a verdict with outputs.

    Attributes:
        verdict: Name of the verdict.
        key: The outputs in a form that compares numbers by value, and those that are worked out by what they mean.
        output: The outputs as JSON data, in which `ComputedOutput` stands for an amount; ignored by `==`.
    """

    verdict: str
    key: Hashable
    output: Any = field(compare=False, repr=False)


class Absent:
    """The value of an output that is not given."""


ABSENT = Absent()


def rule_yields(policy: Giving) -> Mapping[str, Hashable]:
    """For each rule what it gives, by name: equal for two rules if they agree wherever both stand.

    What is collected is left out.
    """
    return {rule.name: yield_of(policy, rule.then, _compared(policy, output_of(policy, rule))) for rule in policy.rules}


def rule_gives(policy: Giving) -> dict[str, Yield]:
    """For each rule all that it gives, what is collected included, by name."""
    return {rule.name: yield_of(policy, rule.then, output_of(policy, rule)) for rule in policy.rules}


def yield_together(policy: Giving, rules: Collection[str]) -> Yield | None:
    """Return what a situation gets in which these rules stand, in file order; None if they do not agree."""
    if len({policy.yields[name] for name in rules}) > 1:
        return None
    return yield_of(policy, policy.rule[next(iter(rules))].then, outputs_together(policy, rules))


def verdict_in(label: Any) -> Any:
    """Return the verdict in a label of situations that may be a `Yield`; any other label as it is."""
    return label.verdict if isinstance(label, Yield) else label


def yield_of(policy: Giving, verdict: str, output: Any) -> Yield:
    """Return a verdict of a policy with outputs as a label of situations."""
    return Yield(verdict, output_key(policy, output), output)


def output_key(policy: Giving, output: Any) -> Hashable:
    """Return a key of outputs that is equal, also for two policies, where each is given in one and the same way.

    What numbers mean is part of it, since two policies may say different things of one name.
    """
    key = value_key(output)
    meanings = frozenset((name, policy.numbers_given[each.number]) for name, each in computed_in(output))
    return (key, meanings) if meanings else key


def _compared(policy: Giving, output: Any) -> Any:
    """The part of an output that rules must agree on."""
    if not isinstance(output, dict):
        return output
    return {name: value for name, value in output.items() if name not in policy.collect} or None


def output_of(policy: Giving, rule: Rule) -> Any:
    """Return the output of a rule: that of its verdict, replaced name by name by its own."""
    given = policy.verdict[rule.then].output
    if rule.output is None:
        return given
    return {**given, **rule.output} if isinstance(given, dict) else rule.output


def amounts_in(policy: Giving, rules: Iterable[str]) -> dict[str, ComputedOutput]:
    """Return the outputs that are worked out where some rules stand and agree, by name; at least one rule."""
    return dict(computed_in(output_of(policy, policy.rule[next(iter(rules))])))


def outputs_together(policy: Giving, rules: Iterable[str]) -> Any:
    """Return the outputs of a situation in which these rules stand and agree.

    Args:
        policy: The policy.
        rules: Names of the rules, in file order; at least one.

    Returns:
        JSON data, not shared with the policy. What is collected is a list of the values of all rules, in file order and
        without repeats.
    """
    each = [output_of(policy, policy.rule[name]) for name in rules]
    if not policy.collect or not all(given is None or isinstance(given, dict) for given in each):
        return deepcopy(each[0])
    found: dict[str, Any] = {}
    for given in each:
        for name, value in (given or {}).items():
            if name not in policy.collect:
                found.setdefault(name, value)
            elif value_key(value) not in map(value_key, found.setdefault(name, [])):
                found[name] = [*found[name], value]
    return deepcopy(in_order(policy, found)) or None


def outputs_over(policy: Giving, standing: Collection[tuple[str, ...]]) -> tuple[Any, tuple[str, ...]]:
    """Combine the outputs of several completions of a record that all get one verdict.

    Args:
        policy: The policy.
        standing: For each completion the names of the rules that stand, in file order; at least one completion.

    Returns:
        The outputs, with null for each whose value, or presence, is not the same in all completions; and the names of
        these.
    """
    (output, *others) = (outputs_together(policy, rules) for rules in standing)
    if not others or not all(isinstance(each, dict | None) for each in (output, *others)):
        return output, ()
    found: dict[str, Any] = dict(output or {})
    opened: set[str] = set()
    for other in others:
        for name in {**found, **(other or {})}:
            if value_key(found.get(name, ABSENT)) != value_key((other or {}).get(name, ABSENT)):
                opened.add(name)
    if not opened:
        return output, ()
    found |= dict.fromkeys(opened)
    return in_order(policy, found), tuple(name for name in output_names(policy) if name in opened)


def differing_outputs(policy: Giving, rules: Collection[str]) -> tuple[str, ...]:
    """Return the names of the outputs on which some rules with one verdict do not agree.

    Args:
        policy: The policy.
        rules: Names of the rules.
    """
    if len({policy.yields[name] for name in rules}) < 2:
        return ()
    given = [output_of(policy, policy.rule[name]) or {} for name in rules]
    return tuple(
        name
        for name in output_names(policy)
        if name not in policy.collect and len({value_key(each.get(name, ABSENT)) for each in given}) > 1
    )


def output_names(policy: Giving) -> tuple[str, ...]:
    """Return the names of all outputs of a policy, in the order in which verdicts and then rules first give them."""
    return tuple(dict.fromkeys(_names(policy)))


def _names(policy: Giving) -> Iterator[str]:
    outputs: list[Any] = [*(each.output for each in policy.verdicts), *(each.output for each in policy.rules)]
    for output in outputs:
        if isinstance(output, dict):
            yield from output


def in_order(policy: Giving, output: Mapping[str, Any]) -> dict[str, Any]:
    """Return outputs in the order of `output_names`."""
    return {name: output[name] for name in output_names(policy) if name in output}


def value_key(data: Any) -> Hashable:
    """Return a key of JSON data that is equal for equal data, with numbers by value and truth values by themselves."""
    if isinstance(data, ComputedOutput):
        return "computed", data
    if isinstance(data, bool) or data is None or isinstance(data, str | Absent):
        return type(data).__name__, data
    if isinstance(data, dict):
        return "map", frozenset((name, value_key(value)) for name, value in data.items())
    if isinstance(data, list | tuple):
        return "list", tuple(map(value_key, data))
    return "number", Fraction(data if isinstance(data, int) else str(data))


def numbers_given(policy: Computing) -> dict[str, Hashable]:
    """Return the numbers that some output gives, by name in file order, each with what it means."""
    outputs = [*(each.output for each in policy.verdicts), *(each.output for each in policy.rules)]
    found = {each.number for output in outputs for _, each in computed_in(output)}
    return {number.name: _meaning(policy, number.name) for number in policy.numbers if number.name in found}


def names_worked_with(policy: Computing, numbers: Iterable[str]) -> set[str]:
    """Return some numbers, and all fields, numbers and facts that they are worked out with; a step as a whole."""
    return _with_steps(policy, numbers, lambda step: {fact.name for fact in step.facts})


def _with_steps(policy: Computing, numbers: Iterable[str], of_step: Callable[[DecisionStep], set[str]]) -> set[str]:
    """Return some numbers, and all that they read, with certain facts of each step of which they read some."""
    found = policy.names_behind(numbers)
    while True:
        # A comparison of a step may come to none of its facts, such as one with none of its outcomes.
        steps = {
            step.name: step for name, (step, _) in policy.step_facts.items() if not found.isdisjoint((name, step.name))
        }
        facts = set().union(*map(of_step, steps.values()))
        if facts <= found:
            return found
        found |= policy.names_behind(facts)


def _meaning(policy: Computing, name: str) -> Hashable:
    """Return a key of a number, without words for people: equal for two policies if it is worked out alike in both.

    The names of fields count, and no others: what a number, fact or step says stands in place of its name, as the
    values of constants do. In a file of its own a step has other names than in the policy, or is there twice. What is
    wrong with a step, or what else it gives, does not count: where it has no outcome, nothing is worked out.
    """
    read = _with_steps(policy, [name], lambda step: step.facts_of_outcomes)
    digests: dict[str, str] = {}
    for each in (each for each in policy.derived_in_order if each.name in read):
        digests[each.name] = _digest(_nameless(each, lambda part: digests.get(part, part)))
    # Conditions may compare the places of ordered answers.
    orders = ((field.name, field.options) for field in policy.fields if field.ordered and field.name in read)
    return digests[name], frozenset((*digests.values(), *orders))


def _nameless(part: Derivation, name_of: Callable[[str], str]) -> Derivation:
    """Return a number or fact without its name and without words for people, with other names for what it reads."""
    if isinstance(part, Fact):
        return Fact("", "", condition_with_names(part.when, name_of))
    number = with_names(part, name_of)
    entries = tuple(replace(entry, because="") for entry in number.entries)
    return replace(number, name="", means="", entries=entries, given_by=())


def _digest(part: Derivation) -> str:
    """Return a text that is equal for equal parts of policies, however large these are."""
    import hashlib

    return hashlib.sha256(_text(part).encode()).hexdigest()


def _text(value: Any) -> str:
    """Return a text of a value of a policy that is equal for equal values."""
    if is_dataclass(value):
        parts = ",".join(_text(getattr(value, each.name)) for each in fields_of(value) if each.compare)
        return f"{type(value).__name__}({parts})"
    if isinstance(value, tuple):
        return f"({','.join(map(_text, value))})"
    return str(Fraction(value)) if isinstance(value, int | Decimal) and not isinstance(value, bool) else repr(value)

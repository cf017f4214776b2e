"""The frozen `Policy`: the complete, resolved result of reading a policy, in which every name is defined."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import field as declared
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypeVar, TypeVarTuple

from engine.frozen import frozen_value, late_type
from engine.language.model.condition_tree import Condition
from engine.language.model.field_kinds import Field, unnoted_place
from engine.language.model.guarantees import AnyGuarantee
from engine.language.model.memo import Memo
from engine.language.model.policy_parts import Constant, Fact, Impossible, Number, Rule, Source, Verdict
from engine.language.model.relations.circles import find_cycles
from engine.language.model.relations.derivations import Derivation, derivation_order, names_behind, names_in
from engine.language.model.relations.precedence import rules_above_all, rules_alone, stronger_rules, weaker_rules
from engine.problems import Place
from engine.threads import ForkLock, cached_property

if TYPE_CHECKING:
    from engine.language.model.relations.decision_steps import DecisionStep
    from engine.language.model.relations.number_shapes import LinearSum, Shape
else:
    # Most policies have no steps.
    DecisionStep = late_type("engine.language.model.relations.decision_steps", "DecisionStep")

UNIQUE: Final = "unique"
FIRST: Final = "first"
DecisionMode: TypeAlias = Literal["unique", "first"]
T = TypeVar("T")
Ts = TypeVarTuple("Ts")


@frozen_value
class Policy:
    """A policy as read: an immutable value in which every name refers to something that exists.

    Two policies are equal, and have the same `sha256`, when they say the same; layout, comments and positions do not
    count, nor whether a value is written out or comes from a constant. `load` makes policies; `check` proves them.
    Results about a policy (its proof, its decision tree) are cached on it; it can be shared between threads.

    Attributes:
        name: Name of the policy.
        title: The question that it answers.
        fields: The fields, in file order; `field` finds one by name.
        verdicts: The verdicts, in file order; `verdict` finds one by name.
        rules: The rules, in file order; `rule` finds one by name.
        version: Version as written, if stated.
        about: Description, if stated.
        source: The text that it is taken from, if stated.
        numbers: The derived numbers; `number` finds one by name.
        facts: The facts; `fact` finds one by name.
        impossible: The combinations of answers that cannot occur.
        decision: `unique` (rules that apply must agree unless one overrides another) or `first` (the first decides).
        guarantees: The properties that the proof has to establish.
        verdicts_ordered: Whether the verdicts are in ascending order, so that guarantees may compare them.
        collect: Names of the outputs that are collected from all rules that stand, instead of being the same in all.
        constants: The constants; `constant` finds one by name. Ignored by `==`: what they stand for is part of the
            conditions and numbers.
        as_of: Name of the date field that says which values of dated constants hold, and which rules are valid; None if
            not stated. Ignored by `==`, as the constants are.
        steps: The decisions that it builds on; `step` finds one by name.
        place: Position in the source; ignored by `==`.

    Example:
        >>> from engine import load
        >>> policy = load("other-interviews")
        >>> policy.title, len(policy.rules), policy.rule["tepid-offer"].then
        ('Should I cancel my other interviews?', 6, 'keep')
    """

    name: str
    title: str
    fields: tuple[Field, ...]
    verdicts: tuple[Verdict, ...]
    rules: tuple[Rule, ...]
    version: str | None = None
    about: str | None = None
    source: Source | None = None
    numbers: tuple[Number, ...] = ()
    facts: tuple[Fact, ...] = ()
    impossible: tuple[Impossible, ...] = ()
    decision: DecisionMode = UNIQUE
    guarantees: tuple[AnyGuarantee, ...] = ()
    verdicts_ordered: bool = False
    collect: tuple[str, ...] = ()
    constants: tuple[Constant, ...] = declared(default=(), compare=False)
    as_of: str | None = declared(default=None, compare=False)
    steps: tuple[DecisionStep, ...] = ()
    place: Place = unnoted_place()
    # `replace` makes a copy with an empty memo.
    memo: Memo = declared(default_factory=Memo, init=False, compare=False, repr=False)

    @cached_property
    def field(self) -> dict[str, Field]:
        """Fields by name."""
        return {each.name: each for each in self.fields}

    @cached_property
    def asking_order(self) -> tuple[Field, ...]:
        """The fields in file order, except that each comes after the fields whose questions must come before it."""
        from engine.language.model.asking.question_order import in_asking_order

        return in_asking_order(self)

    @cached_property
    def constant(self) -> dict[str, Constant]:
        """Constants by name."""
        return {each.name: each for each in self.constants}

    @cached_property
    def number(self) -> dict[str, Number]:
        """Derived numbers by name, with the sums that they come to and that have no name, by their expressions."""
        if not self.numbers:
            return {}
        from engine.language.model.relations.number_shapes import unnamed_sums

        return {**self._written_numbers, **unnamed_sums(self.numbers, self.shapes, self.conditions)}

    @cached_property
    def _written_numbers(self) -> dict[str, Number]:
        """Derived numbers by name, as the author wrote them."""
        return {each.name: each for each in self.numbers}

    @cached_property
    def fact(self) -> dict[str, Fact]:
        """Facts by name, with those without a name that conditions on steps come to, by their expressions."""
        written = {each.name: each for each in self.facts}
        return {**written, **{name: fact for name, (_, fact) in self.step_facts.items()}} if self.steps else written

    @cached_property
    def step(self) -> dict[str, DecisionStep]:
        """Steps by name."""
        return {each.name: each for each in self.steps}

    @cached_property
    def compared(self) -> dict[str, Field]:
        """The fields, and the choices that stand for steps where conditions compare these, by name."""
        return {**self.field, **{each.name: each.field for each in self.steps if not each.is_number}}

    @cached_property
    def step_facts(self) -> dict[str, tuple[DecisionStep, Fact]]:
        """The facts without a name that conditions on steps come to, each with its step, by their expressions."""
        return {fact.name: (step, fact) for step in self.steps for fact in step.facts}

    @cached_property
    def steps_in_order(self) -> tuple[DecisionStep, ...]:
        """The steps in topological order: each after the steps that it reads, otherwise in file order."""
        if not self.steps:
            return ()
        from engine.language.model.relations.decision_steps import steps_in_order

        return steps_in_order(self.steps, {**self.fact, **self.number})

    @cached_property
    def facts_in_order(self) -> tuple[Fact, ...]:
        """The facts in topological order: each after the facts it uses, otherwise in file order."""
        return tuple(each for each in self.derived_in_order if isinstance(each, Fact))

    def names_behind(self, names: Iterable[str]) -> set[str]:
        """Return some names, and those of all fields, numbers and facts that they depend on.

        Args:
            names: Names of fields, numbers and facts.

        Returns:
            The names, without order.

        Example:
            >>> from engine import load
            >>> sorted(load("air-passenger-rights").names_behind(["notice"]))
            ['notice', 'told_on', 'trip.departs']
        """
        return names_behind({**self.fact, **self.number}, names)

    @cached_property
    def derived_in_order(self) -> tuple[Derivation, ...]:
        """The facts and numbers in topological order: each after those it reads, otherwise in file order."""
        unnamed = (each for name, each in self.number.items() if name not in self._written_numbers)
        return (*self._written_in_order, *unnamed)

    @cached_property
    def _written_in_order(self) -> tuple[Derivation, ...]:
        # A step is worked out as a whole.
        after = {name: step.rule_facts for name, (step, _) in self.step_facts.items() if name not in step.rule_facts}
        return derivation_order(self.fact, self._written_numbers, after)

    @cached_property
    def shapes(self) -> dict[str, Shape]:
        """For each derived number of the author's what it comes to as sums of fields, by name."""
        if not self.numbers:
            return {}
        from engine.language.model.relations.number_shapes import all_shapes

        return all_shapes([each for each in self._written_in_order if isinstance(each, Number)], self.field)

    @cached_property
    def linear_sums(self) -> dict[str, LinearSum]:
        """The derived numbers that are sums of fields, by name."""
        if not self.numbers:
            return {}
        from engine.language.model.relations.number_shapes import linear_sums

        return linear_sums(self.number, self.shapes)

    @cached_property
    def nonlinear(self) -> frozenset[str]:
        """The names of the derived numbers that are no sums of fields."""
        return frozenset(self.shapes.keys() - self.linear_sums.keys())

    @cached_property
    def unsteady(self) -> dict[str, tuple[Field, ...]]:
        """The derived numbers that have a value only where some fields have one, by name, with these fields."""
        if not any(field.absences for field in self.fields):
            return {}
        from engine.language.model.relations.unsteady_numbers import fields_without_value

        found = fields_without_value(self.fields, self.derived_in_order)
        return {name: found[name] for name in self.number if name in found}

    @cached_property
    def optional_numbers(self) -> frozenset[str]:
        """The names of the derived numbers that may have no value where all steps have an outcome."""
        from engine.language.model.relations.unsteady_numbers import optional_numbers

        return optional_numbers(self.unsteady, self.derived_in_order)

    @cached_property
    def verdict(self) -> dict[str, Verdict]:
        """Verdicts by name."""
        return {each.name: each for each in self.verdicts}

    @cached_property
    def rule(self) -> dict[str, Rule]:
        """Rules by name."""
        return {each.name: each for each in self.rules}

    @property
    def conditions(self) -> Iterator[Condition]:
        """Iterate over every condition that the policy states.

        These are the conditions of points, facts, impossible combinations, rules and guarantees; that of a field's
        `applies_when` is among the impossible combinations.
        """
        yield from (entry.when for number in self.numbers for entry in number.entries)
        yield from (fact.when for fact in self.facts)
        yield from (impossible.when for impossible in self.impossible)
        yield from (rule.when for step in self.steps for rule in step.rules)
        yield from (rule.when for rule in self.rules)
        yield from (condition for guarantee in self.guarantees for condition in guarantee.conditions)

    @cached_property
    def otherwise(self) -> str | None:
        """The rule that applies where no other rule does; None if there is none."""
        return next((rule.name for rule in self.rules if rule.otherwise), None)

    @cached_property
    def above_all(self) -> frozenset[str]:
        """The rule that overrides `all`, and the rules that override it, directly or through named ones.

        Empty if there is no such rule. It does not override these rules.
        """
        return rules_above_all(self.rules)

    @cached_property
    def weaker(self) -> dict[str, frozenset[str]]:
        """Each rule's name mapped to the rules that it overrides."""
        return weaker_rules(self.rules, self.above_all, self.otherwise)

    @cached_property
    def circles(self) -> tuple[tuple[str, ...], ...]:
        """The circles of rules that override each other, which no sound policy has."""
        named = {rule.name: [each.rule for each in rule.overrides] for rule in self.rules}
        return tuple(map(tuple, find_cycles(named)))

    @cached_property
    def overriders(self) -> dict[str, tuple[str, ...]]:
        """Each rule's name mapped to the rules that override it, in file order."""
        return stronger_rules(self.rules, self.weaker)

    @cached_property
    def has_rule_outputs(self) -> bool:
        """Whether a verdict alone does not say what is given: rules have outputs, or some are collected or computed."""
        has_own = bool(self.collect) or any(rule.output is not None for rule in self.rules)
        return has_own or bool(self.numbers_given)

    @cached_property
    def numbers_given(self) -> Mapping[str, Hashable]:
        """The derived numbers that some output gives, by name in file order, each with what it means as a key."""
        if not self.numbers or not any(each.output for each in self.verdicts + self.rules):
            return {}
        from engine.language.model.relations.rule_outputs import numbers_given

        return numbers_given(self)

    @cached_property
    def yields(self) -> Mapping[str, Hashable]:
        """Each rule's name mapped to what it gives, which is equal for two rules that agree wherever both stand."""
        if not self.has_rule_outputs:
            return {rule.name: rule.then for rule in self.rules}
        from engine.language.model.relations.rule_outputs import rule_yields

        return rule_yields(self)

    def only_rules(self, names: Collection[str]) -> Policy:
        """Return the policy with some of its rules, which override each other as they do in the whole policy.

        Args:
            names: Names of rules.

        Returns:
            The policy. Overrides of `all` are written out where the rules that are left out make a difference to them.
        """
        return replace(self, rules=rules_alone(self.rules, names, self.weaker))

    def to_dict(self) -> dict[str, Any]:
        """Return the policy as JSON data in canonical form, in the language of policy files.

        `load` reads the data as an equal policy. `sha256` is the hash of it, with the values of constants in place of
        their names, and a test for each rule that has none.

        Returns:
            JSON data.

        Example:
            >>> from engine import load
            >>> policy = load("customs-channel")
            >>> load(policy.to_dict()) == policy
            True
        """
        from engine.language.model.canonical import as_named, json_data, policy_data

        data: dict[str, Any] = json_data(policy_data(self, as_named))
        return data

    def to_yaml(self) -> str:
        """Return the policy as the text of a policy file.

        Returns:
            YAML that `load` reads as an equal policy. Comments and layout of the original file are not kept, and the
            rules of a table become a list.

        Example:
            >>> from engine import load
            >>> policy = load("customs-channel")
            >>> load(policy.to_yaml()) == policy
            True
        """
        from engine.language.model.canonical import as_named, policy_data
        from engine.language.model.policy_yaml import write_policy

        return write_policy(policy_data(self, as_named))

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the canonical form, as hexadecimal digits; equal policies have equal hashes.

        The values of constants are written out in it, so that the hash does not depend on what they are called.
        """
        from engine.language.model.canonical import digest_of

        return digest_of(self)

    def __hash__(self) -> int:
        return hash(self.sha256)

    @property
    def lock(self) -> ForkLock:
        """The lock that guards what is derived from the policy."""
        return self.memo.lock

    def keep(self, work: Callable[[Policy, *Ts], T], *arguments: *Ts) -> T:
        """Return what a function derives from this policy and further arguments.

        It is computed once, by one thread at a time, and cached on this object.

        Args:
            work: The function; it is part of the key of the cache.
            arguments: Its arguments after the policy, hashable.

        Returns:
            The result of the function.
        """
        return self.memo.keep(self, work, *arguments)


def require_policy(value: object, function: str, parameter: str = "policy") -> None:
    """Check an argument of a public function; raises `TypeError` for anything but a policy."""
    if not isinstance(value, Policy):
        from engine.language.model.arguments import refuse_policy

        refuse_policy(value, function, parameter)


def names_read(policy: Policy, conditions: Iterable[Condition]) -> set[str]:
    """Return the fields, constants, numbers and facts that some conditions read, directly or through others."""
    return policy.names_behind(name for condition in conditions for name in names_in(condition))

"""Steps: decisions of their own within a policy, and the facts without a name that conditions on them come to.

A comparison of a step is a disjunction over its outcomes (`compare_step`), each of which is a fact; these facts are
made of the conditions of the step's rules (`step_facts`). So whatever reads conditions and facts reads steps as well,
and what several conditions read of a step is shared.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import field as declared
from dataclasses import replace
from typing import Any, Final, Literal, TypeAlias

from engine.frozen import frozen_value
from engine.language.model.condition_tree import (
    ORDER_OPS,
    All,
    Compare,
    Condition,
    Holds,
    Not,
    Some,
    with_tests,
)
from engine.language.model.field_kinds import CHOICE, Field, unnoted_place
from engine.language.model.policy_parts import Fact, Rule
from engine.language.model.relations.circles import in_order
from engine.language.model.relations.derivations import Derivation, names_behind
from engine.language.model.relations.precedence import rules_above_all, stronger_rules, weaker_rules
from engine.problems import Place
from engine.threads import cached_property

FIRST: Final = "first"
GAP: Final = "gap"
CONFLICT: Final = "conflict"
StepFault: TypeAlias = Literal["gap", "conflict"]


@frozen_value
class DecisionStep:
    """A step: a decision of its own, whose outcome conditions test as they test the answer to a choice.

    Attributes:
        name: Name in conditions.
        means: What it decides, as a person reads it.
        outcomes: Pairs of outcome and text, in written order.
        rules: Its rules, in file order; `then` is an outcome.
        ordered: Whether the outcomes are in ascending order, so that conditions may compare them.
        decision: `unique` or `first`, as in a policy.
        place: Position in the source; ignored by `==`.
        origin: Position of its rules' own policy, if these are in another file; None otherwise. Ignored by `==`.
        is_number: Whether it is the table of the derived number of its name. Its outcomes are then amounts, which no
            condition tests as it tests those of a step.
        outputs: Pairs of an outcome and its outputs by name, which those of a rule replace one by one. In a policy
            only the outputs that some number reads are left, each a number in every rule.
        unread: The names of the outputs that were left out; ignored by `==`.

    Example:
        >>> from engine import load
        >>> load("lending").step["means_enough"].options
        ('too_little', 'enough')
    """

    name: str
    means: str
    outcomes: tuple[tuple[str, str], ...]
    rules: tuple[Rule, ...]
    ordered: bool = False
    decision: Literal["unique", "first"] = "unique"
    place: Place = unnoted_place()
    origin: Place | None = declared(default=None, compare=False, repr=False)
    is_number: bool = declared(default=False, repr=False)
    outputs: tuple[tuple[str, dict[str, Any]], ...] = declared(default=(), hash=False)
    unread: tuple[str, ...] = declared(default=(), compare=False, repr=False)

    @property
    def called(self) -> str:
        """What messages call it: ``the step `risk` ``, or ``the number `rate` ``."""
        return f"the {'number' if self.is_number else 'step'} `{self.name}`"

    @cached_property
    def options(self) -> tuple[str, ...]:
        """The outcomes, in written order."""
        return tuple(name for name, _ in self.outcomes)

    @cached_property
    def text(self) -> dict[str, str]:
        """The text of each outcome."""
        return dict(self.outcomes)

    @cached_property
    def field(self) -> Field:
        """The choice that conditions compare as they compare the step."""
        return step_field(self.name, self.means, self.outcomes, self.ordered, self.place)

    @cached_property
    def rule(self) -> dict[str, Rule]:
        """Rules by name."""
        return {each.name: each for each in self.rules}

    @cached_property
    def otherwise(self) -> str | None:
        """The rule that applies where no other rule does; None if there is none."""
        return next((rule.name for rule in self.rules if rule.otherwise), None)

    @cached_property
    def overriders(self) -> dict[str, tuple[str, ...]]:
        """Each rule's name mapped to the rules that override it, in file order."""
        return stronger_rules(self.rules, weaker_rules(self.rules, rules_above_all(self.rules), self.otherwise))

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """The facts without a name that say which rules apply, which outcomes are given, and what is wrong."""
        return tuple(step_facts(self))

    def with_conditions(self, change: Callable[[Condition], Condition]) -> DecisionStep:
        """Return the step with the conditions of its rules replaced.

        Args:
            change: Returns the condition in place of one.

        Returns:
            The step.
        """
        return replace(self, rules=tuple(replace(rule, when=change(rule.when)) for rule in self.rules))

    def without_citations(self) -> DecisionStep:
        """Return the step with rules that cite nothing.

        Returns:
            The step.
        """
        return replace(self, rules=tuple(replace(rule, cites=()) for rule in self.rules))

    def rule_of(self, fact: str) -> Rule | None:
        """Return the rule of which a fact without a name says that it applies.

        Args:
            fact: Name of the fact.

        Returns:
            The rule; None if the fact is about the outcome.
        """
        return self.rule_facts.get(fact)

    @cached_property
    def rule_facts(self) -> dict[str, Rule]:
        """The rules, by the names of the facts that they apply."""
        return {rule_fact(self.name, rule.name): rule for rule in self.rules}

    @cached_property
    def facts_of_outcomes(self) -> set[str]:
        """The names of the facts that say which rules apply and which outcomes are given."""
        return {*self.rule_facts, *(outcome_fact(self.name, option) for option in self.options)}

    @cached_property
    def output(self) -> dict[str, dict[str, Any]]:
        """The outputs of each outcome that has some, by name of the outcome."""
        return dict(self.outputs)

    @property
    def has_outputs(self) -> bool:
        """Whether an outcome or a rule has outputs."""
        return bool(self.outputs) or any(rule.output is not None for rule in self.rules)

    @cached_property
    def amounts(self) -> dict[str, dict[str, str]]:
        """The outputs that are numbers, by name, each with the amount in plain digits that each rule gives."""
        if not self.has_outputs:
            return {}
        from engine.language.model.values.plain_amounts import amounts_by_rule

        return amounts_by_rule({rule.name: self.outputs_of(rule) for rule in self.rules})

    def is_given_by_all(self, output: str) -> bool:
        """Whether every outcome gives an output, so that a rule need not.

        Args:
            output: Name of the output.

        Returns:
            Whether it does.
        """
        return all(output in self.output.get(option, {}) for option in self.options)

    def outputs_of(self, rule: Rule) -> dict[str, Any]:
        """Return the outputs of a rule: those of its outcome, replaced name by name by its own.

        Args:
            rule: One of the rules.

        Returns:
            The outputs by name.
        """
        return {**self.output.get(rule.then, {}), **(rule.output or {})}

    def says(self, fact: str, stands: Collection[str]) -> bool:
        """Whether a fact about the outcome, or about an output, holds.

        Args:
            fact: Name of the fact.
            stands: The names of all rules that stand.

        Returns:
            Whether it holds.
        """
        given = {self.rule[name].then for name in stands}
        if fact == fault_fact(self.name, GAP):
            return not given
        if fact == fault_fact(self.name, CONFLICT):
            return len(given) > 1 or bool(self.disputed(stands))
        if any(fact == outcome_fact(self.name, option) for option in given):
            return True
        amounts = ((name, by_rule[rule]) for name, by_rule in self.amounts.items() for rule in stands)
        return any(fact == output_fact(self.name, name, amount) for name, amount in amounts)

    def disputed(self, stands: Collection[str]) -> tuple[str, ...]:
        """Return the outputs on which rules that stand do not agree.

        Args:
            stands: The names of the rules.

        Returns:
            The names of the outputs.
        """
        return tuple(name for name, by_rule in self.amounts.items() if len({by_rule[rule] for rule in stands}) > 1)

    def test_of(self, outcome: str) -> Holds:
        """Return the test that the step has an outcome.

        Args:
            outcome: The outcome.

        Returns:
            A test of the fact without a name.
        """
        return Holds(outcome_fact(self.name, outcome), True)

    @property
    def faults(self) -> tuple[tuple[Holds, StepFault], ...]:
        """The tests for situations without exactly one outcome, each with what they are."""
        return (Holds(fault_fact(self.name, GAP), True), GAP), (Holds(fault_fact(self.name, CONFLICT), True), CONFLICT)


def step_field(name: str, means: str, outcomes: tuple[tuple[str, str], ...], ordered: bool, place: Place) -> Field:
    """Return the choice that conditions compare as they compare a step."""
    return Field(name, means, CHOICE, outcomes, ordered=ordered, place=place)


# Names of facts that no author can write.


def rule_fact(step: str, rule: str) -> str:
    """Return the name of the fact that a rule of a step applies."""
    return f"{step}/{rule}"


def qualified(step: DecisionStep, rule: Rule) -> Rule:
    """Return a rule of a step under the name that it has outside the step, with the rules that it overrides."""
    overrides = tuple(replace(each, rule=rule_fact(step.name, each.rule)) for each in rule.overrides)
    return replace(rule, name=rule_fact(step.name, rule.name), overrides=overrides)


def outcome_fact(step: str, outcome: str) -> str:
    """Return the name of the fact that a step has an outcome."""
    return f"{step}: {outcome}"


def output_fact(step: str, output: str, amount: str) -> str:
    """Return the name of the fact that a step gives an amount as one of its outputs."""
    return f"{step} gives {output}: {amount}"


def fault_fact(step: str, fault: StepFault) -> str:
    """Return the name of the fact that a step has no outcome, or several."""
    return f"{step} ({fault})"


def compare_step(field: Field, test: Compare) -> Some:
    """Return the condition that a comparison of a step comes to: that it has one of some outcomes.

    Args:
        field: The choice that stands for the step.
        test: The comparison, as the author wrote it.
    """
    held = [option for option in field.options if _holds(field, test, option)]
    parts = tuple(Holds(outcome_fact(field.name, option), True, test.place) for option in held)
    return Some(parts, test.place, test)


def compared_step(field: Field, condition: Condition) -> Condition:
    """Return what a condition comes to whose comparisons are of a step, for which the field stands."""
    return with_tests(condition, lambda test: compare_step(field, test) if isinstance(test, Compare) else test)


def _holds(field: Field, test: Compare, option: str) -> bool:
    """Whether a comparison holds for one outcome."""
    listed = test.value if isinstance(test.value, tuple) else (test.value,)
    if test.op not in ORDER_OPS:
        return (option in listed) != (test.op == "none_of")
    own, other = field.rank[option], field.rank[str(test.value)]
    return {"at_least": own >= other, "at_most": own <= other, "more_than": own > other, "less_than": own < other}[
        test.op
    ]


def step_facts(step: DecisionStep) -> Iterable[Fact]:
    """Iterate over the facts that conditions on a step come to, and those that they are made of."""
    for rule in step.rules:
        yield Fact(rule_fact(step.name, rule.name), rule.because, rule.when, place=rule.place)
    for option, text in step.outcomes:
        given = _given(step, {rule.name for rule in step.rules if rule.then == option})
        yield Fact(outcome_fact(step.name, option), f"{step.means}: {text}", given, place=step.place)
    exclusive = [[Holds(outcome_fact(step.name, option), True) for option in step.options]]
    yield Fact(fault_fact(step.name, GAP), f"{step.means}: nothing", Not(Some(tuple(exclusive[0]))), place=step.place)
    for output, by_rule in step.amounts.items():
        exclusive.append([])
        for amount in dict.fromkeys(by_rule.values()):
            given = _given(step, {rule for rule, each in by_rule.items() if each == amount})
            name = output_fact(step.name, output, amount)
            yield Fact(name, f"{step.means}: {output} {amount}", given, place=step.place)
            exclusive[-1].append(Holds(name, True))
    several = [All((one, Some(tuple(tests[at + 1 :])))) for tests in exclusive for at, one in enumerate(tests[:-1])]
    if step.decision == FIRST:
        # The first rule that applies gives one outcome, and one amount of each output.
        several = []
    yield Fact(fault_fact(step.name, CONFLICT), f"{step.means}: several", Some(tuple(several)), place=step.place)


def _given(step: DecisionStep, rules: Collection[str]) -> Condition:
    """Return the condition under which one of some rules stands."""
    if step.decision == FIRST:
        return _first(step, step.rules, rules) or Some(())
    return Some(tuple(stands(step, rule) for rule in step.rules if rule.name in rules))


def _applies(step: DecisionStep, rules: Iterable[Rule]) -> tuple[Holds, ...]:
    return tuple(Holds(rule_fact(step.name, rule.name), True) for rule in rules)


def stands(step: DecisionStep, rule: Rule) -> Condition:
    """Return the condition under which a rule of a step stands, under `unique`."""
    [applies] = _applies(step, [rule])
    if rule.otherwise:
        return Not(Some(_applies(step, (each for each in step.rules if each is not rule))))
    stronger = [step.rule[name] for name in step.overriders[rule.name]]
    return All((applies, Not(Some(_applies(step, stronger))))) if stronger else applies


def _first(step: DecisionStep, rules: Sequence[Rule], wanted: Collection[str]) -> Condition | None:
    """Return the condition under which the first of some rules that applies is a wanted one; None if none is wanted.

    Halving keeps the condition shallow however many rules there are.
    """
    if all(rule.name not in wanted for rule in rules):
        return None
    if all(rule.name in wanted for rule in rules):
        return Some(_applies(step, rules))
    middle = len(rules) // 2
    early, late = rules[:middle], rules[middle:]
    found = [_first(step, early, wanted)]
    after = _first(step, late, wanted)
    if after is not None:
        found.append(All((Not(Some(_applies(step, early))), after)))
    return Some(tuple(each for each in found if each is not None))


def tables_first(steps: Iterable[DecisionStep]) -> tuple[DecisionStep, ...]:
    """Return steps with the tables of numbers before the others, as they are told wherever they are declared."""
    return tuple(sorted(steps, key=lambda step: not step.is_number))


def steps_in_order(steps: Sequence[DecisionStep], derived: Mapping[str, Derivation]) -> tuple[DecisionStep, ...]:
    """Return steps in topological order: each after the steps that it reads, otherwise in file order.

    Args:
        steps: The steps, in file order.
        derived: All facts and numbers by name, also those of the steps.
    """
    owner = {fact.name: step.name for step in steps for fact in step.facts}
    uses = {}
    for step in steps:
        read = names_behind(derived, (fact.name for fact in step.facts))
        found = {owner.get(name, name) for name in read}
        uses[step.name] = [each.name for each in steps if each.name in found and each is not step]
    known = {step.name: step for step in steps}
    return tuple(known[name] for name in in_order(uses))

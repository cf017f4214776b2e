"""What the steps of a policy decide for one record: those that its rules read, in order.

The rules read a step if the condition of one does, directly or through facts; under `first`, only the rules up to the
last one that decides count. So do the rules of a step that is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from engine.frozen import FrozenDict, data_of, frozen_value
from engine.language.model.policy import FIRST, Policy
from engine.language.model.policy_parts import Rule
from engine.language.model.relations.derivations import Derivation, names_behind, names_in
from engine.meaning.logic import policy_of_step
from engine.meaning.outcomes import Fault
from engine.problems import RecordError


@frozen_value
class StepDecision:
    """What a step decides for a record, or what it can still decide.

    Attributes:
        means: What the step decides, as a person reads it.
        outcome: Name of the outcome; None unless it is the same whatever the missing answers are.
        text: The outcome as a person reads it.
        rules: The rules of the step that decide whatever the missing answers are, such as `risk/long-standing`; of a
            conflict, those that disagree.
        possible_rules: The rules of the step that decide for some completions of the record and not for others.
        because: The reasons of `rules`, in the same order.
        possible: The outcomes that some completion gets.
        faults: `gap` and `conflict`, where some completion of a draft has that outcome.
        texts: The texts of `possible`.

    Example:
        >>> from engine import decide, load
        >>> answers = {"customer": False, "age": 18, "status": "single", "work": "none"}
        >>> step = decide(load("lending"), answers).steps["risk"]
        >>> step.outcome, step.rules
        ('high', ('risk/new-high',))
    """

    means: str
    outcome: str | None
    text: str | None
    rules: tuple[str, ...]
    possible_rules: tuple[str, ...]
    because: tuple[str, ...]
    possible: tuple[str, ...]
    faults: tuple[Fault, ...]
    texts: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the decision of the step as JSON data."""
        return data_of(self, "outcome", "text", "possible", "rules", "possible_rules", "because", "faults")

    def __str__(self) -> str:
        if self.text is not None:
            return self.text
        return " or ".join([*self.texts, *(f"a {fault}" for fault in self.faults)])

    def lines(self, name: str) -> Iterator[str]:
        """Iterate over the lines of a report: the outcome, and the rules that decide it with their reasons.

        Args:
            name: Name of the step.

        Returns:
            Lines of text.

        Example:
            >>> from engine import decide, load
            >>> record = {"customer": False, "age": 51, "status": "married", "work": "employed"}
            >>> step = decide(load("lending"), record).steps["risk"]
            >>> list(step.lines("risk"))[1].strip()
            'A new customer has above 130 points.  (risk/new-very-low)'
        """
        yield f"  {self.means}: {self}  ({name})"
        for reason, rule in zip(self.because, self.rules, strict=True):
            yield f"    {reason}  ({rule})"


class _Decided(Protocol):
    """What is read of the decision of a policy or of a step."""

    @property
    def verdict(self) -> str | None: ...
    @property
    def title(self) -> str | None: ...
    @property
    def rules(self) -> tuple[str, ...]: ...
    @property
    def possible_rules(self) -> tuple[str, ...]: ...
    @property
    def because(self) -> tuple[str, ...]: ...
    @property
    def possible(self) -> tuple[str, ...]: ...
    @property
    def faults(self) -> tuple[Fault, ...]: ...


def steps_of(policy: Policy, decision: _Decided, decide: Callable[[Policy], _Decided]) -> FrozenDict[str, StepDecision]:
    """Return what the steps that the rules read decide, in order, by name.

    Args:
        policy: The policy.
        decision: Its decision for a record.
        decide: Returns the decision that the policy of a step (`policy_of_step`) gives for the same record.
    """
    # Of a draft, a step that nothing reads may still be what is wrong.
    wanted = set(policy.step) if decision.faults else _steps_read(policy, policy, decision)
    found: dict[str, StepDecision] = {}
    for step in reversed(policy.steps_in_order):
        if step.name not in wanted:
            continue
        inner = policy_of_step(policy, step.name)
        try:
            decided = decide(inner)
        except RecordError:
            # In every completion of this draft, an earlier step is faulty.
            continue
        wanted |= _steps_read(policy, inner, decided)
        found[step.name] = StepDecision(
            means=step.means,
            outcome=decided.verdict,
            text=decided.title,
            rules=decided.rules,
            possible_rules=decided.possible_rules,
            because=decided.because,
            possible=decided.possible,
            faults=decided.faults,
            texts=tuple(step.text[outcome] for outcome in decided.possible),
        )
    return FrozenDict({name: found[name] for name in reversed(found)})


def _steps_read(policy: Policy, decided: Policy, decision: _Decided) -> set[str]:
    """Return the steps of a policy that the rules of a policy, or of one of its steps, read for a record."""
    last = {*decision.rules, *decision.possible_rules}
    rules = list(decided.rules)
    if decided.decision == FIRST and not last.isdisjoint(decided.rule):
        while rules[-1].name not in last:
            rules.pop()
    return {name for rule in rules for name in policy.keep(_read_by, rule)}


def _read_by(policy: Policy, rule: Rule) -> frozenset[str]:
    """Return the steps that a rule reads, directly or through facts and numbers, but not through other steps."""
    return frozenset(steps_tested(policy, names_in(rule.when)))


def steps_tested(policy: Policy, names: Iterable[str]) -> list[str]:
    """Return the steps behind some names of facts and numbers, but not those behind other steps, in order."""
    own: dict[str, Derivation] = {**policy.number, **{each.name: each for each in policy.facts}}
    read = names_behind(own, names)
    return [step.name for step in policy.steps_in_order if any(fact.name in read for fact in step.facts)]

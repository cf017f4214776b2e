"""Outputs without a value: where an output is worked out from a number that has none."""

from __future__ import annotations

from collections.abc import Callable, Collection

from engine.language.model.condition_tree import Compare
from engine.language.model.policy import Policy
from engine.language.model.relations.rule_outputs import Yield
from engine.language.model.values.computed_outputs import computed_in
from engine.meaning.formulas import Ground
from engine.meaning.hit_policies import Label
from engine.meaning.logic import Logic
from engine.meaning.queries import NO, Query


def lacking(
    policy: Policy, logic: Logic, number: str, counts: Callable[[Collection[str]], bool] | None = None
) -> Query:
    """Return the query for situations that get an output from a number that has no value there.

    Args:
        policy: The policy.
        logic: Its logic.
        number: Name of a derived number that some output gives, and that has no value in some situations.
        counts: Whether a situation counts, by the names of the outputs that it gets from the number; all do without it.
    """
    own = Logic(policy, Ground(logic.areas, logic.formulas), logic)
    # Where it has a value, the situation does not match, whatever the rules say.
    own.outs.append(own.condition(Compare(number, "known", True)))
    own.out_labels.append(NO)

    def wanted(label: Label) -> bool:
        given = computed_in(label.output) if isinstance(label, Yield) else ()
        names = {name for name, each in given if each.number == number}
        return bool(names) and (counts is None or counts(names))

    return Query(own.areas, lambda: own.yields, wanted)

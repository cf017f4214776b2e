"""Phrases for answers without their question, for table columns and diagrams that show the question elsewhere."""

from __future__ import annotations

from typing import TypeAlias

from engine.language.model.condition_tree import (
    SAME_ORDER,
    All,
    Compare,
    Condition,
    Holds,
    Not,
    Some,
    Versus,
    as_written,
    comparisons_in,
)
from engine.language.model.field_kinds import DATE, NONE
from engine.language.model.policy import Policy
from engine.language.model.words import negated_words, predicate_words

# The field, derived number or fact tested, or the two fields compared.
Subject: TypeAlias = tuple[str, ...]

# Phrases for a comparison of two fields, by whether they are dates.
_AGAINST = {
    False: {
        frozenset(["less_than"]): "less",
        frozenset(["at_most"]): "less or the same",
        frozenset(["at_least", "at_most"]): "the same",
        frozenset(["at_least"]): "more or the same",
        frozenset(["more_than"]): "more",
    },
    True: {
        frozenset(["less_than"]): "earlier",
        frozenset(["at_most"]): "earlier or the same day",
        frozenset(["at_least", "at_most"]): "the same day",
        frozenset(["at_least"]): "later or the same day",
        frozenset(["more_than"]): "later",
    },
}


def subject_of(condition: Condition) -> Subject:
    """The subject of a condition whose comparisons all have the same subject."""
    if isinstance(condition, Holds):
        return (condition.fact,)
    test = _tests(condition)[0]
    return (test.name, test.other) if isinstance(test, Versus) else (test.name,)


def subject_words(policy: Policy, subject: Subject) -> str:
    """The subject in words: the question of a field, the meaning of a derived number or fact, or two questions."""
    if len(subject) > 1:
        one, other = (policy.field[name].ask for name in subject)
        return f"“{one}” compared with “{other}”"
    name = subject[0]
    if name in policy.fact:
        return policy.fact[name].means
    return policy.compared[name].ask if name in policy.compared else policy.number[name].means


def range_words(policy: Policy, condition: Condition) -> str:
    """A condition about one subject, without naming it: `at least 3 and at most 5`, `yes`, `later`."""
    condition = as_written(condition)
    if isinstance(condition, Holds):
        return "yes" if condition.expected else "no"
    if isinstance(condition, Some):
        return " or ".join(range_words(policy, part) for part in condition.parts)
    if isinstance(condition, All) and any(not isinstance(part, Compare | Versus) for part in condition.parts):
        return _joined_words(policy, condition)
    tests = _tests(condition)
    is_none_of = isinstance(condition, Compare) and condition.op == "none_of" and condition.name in policy.field
    if (is_none_of or isinstance(condition, Not)) and _are_all_known(policy, tests):
        return "any other"
    if isinstance(condition, Not):
        return negated_words(policy, condition.part) or f"anything but {range_words(policy, condition.part)}"
    against = [test for test in tests if isinstance(test, Versus)]
    if against:
        is_date = policy.field[against[0].name].kind == DATE
        return _AGAINST[is_date][frozenset(SAME_ORDER.get(test.op, test.op) for test in against)]
    return " and ".join(predicate_words(policy, test) for test in tests)


def _joined_words(policy: Policy, condition: All) -> str:
    """A conjunction of more than comparisons: that a question is not asked, or what an answer there is not."""
    known = [part for part in condition.parts if isinstance(part, Compare) and part.op == "known"]
    barred = [part.part for part in condition.parts if isinstance(part, Not)]
    if len(known) == len(barred) == 1 and len(condition.parts) == 2:
        tests = _tests(barred[0])
        if known[0].value is False and isinstance(tests[0], Compare) and tests[0].value == NONE:
            return "not asked"
    return " and ".join(range_words(policy, part) for part in condition.parts)


def cell_words(policy: Policy, condition: Condition) -> str:
    """A condition about one subject, without naming it, as structured: `at least 3 and at most 5`, `not: yes`."""
    condition = as_written(condition)
    if isinstance(condition, Holds):
        return "yes" if condition.expected else "no"
    if isinstance(condition, All | Some):
        word = " and " if isinstance(condition, All) else " or "
        return word.join(cell_words(policy, part) for part in condition.parts)
    if isinstance(condition, Not):
        return f"not: {cell_words(policy, condition.part)}"
    return predicate_words(policy, condition)


def _tests(condition: Condition) -> list[Compare | Versus]:
    """The comparisons with constants or fields in a condition."""
    return [test for test in comparisons_in(condition) if not isinstance(test, Holds)]


def _are_all_known(policy: Policy, tests: list[Compare | Versus]) -> bool:
    """Whether the texts compared with are exactly the field's known texts."""
    named: set[str] = set()
    for test in tests:
        if isinstance(test, Compare):
            named |= {str(each) for each in (test.value if isinstance(test.value, tuple) else (test.value,))}
    return named == set(policy.compared[tests[0].name].known)

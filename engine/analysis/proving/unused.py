"""Unused parts of a policy: fields, constants, numbers and facts that nothing reads, and verdicts that no rule gives.

What a library declares is never unused: other policies may read it.

Rules, guarantees and impossible combinations use what their conditions read. A used fact uses what its condition reads,
a used number what it adds up and its constants, and a used field the one that its `ask_after` names.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.analysis.proving.findings import Finding
from engine.language.model.policy import Policy, names_read


def find_unused(policy: Policy) -> Iterator[Finding]:
    """Iterate over warnings for what is declared and never used, and for verdicts that no rule gives."""
    conditions = [rule.when for rule in policy.rules]
    conditions += [condition for guarantee in policy.guarantees for condition in guarantee.conditions]
    conditions += [impossible.when for impossible in policy.impossible]
    used = names_read(policy, conditions) | _taken_over(policy)
    for field in policy.fields:
        above = field.ask_after if field.name in used else None
        while above is not None and above not in used:
            used.add(above)
            above = policy.field[above].ask_after
    for field in policy.fields:
        if field.name not in used:
            message = f"nothing reads the answer to `{field.name}`: {field.ask}"
            help_ = "use it in a condition, or take the question out"
            yield Finding("unused-field", message, (), (field.place,), help_)
    for constant in policy.constants:
        if constant.name not in used:
            message = f"nothing reads the constant `{constant.name}`: {constant.means}"
            help_ = "use it in a condition or a number, or take it out"
            yield Finding("unused-constant", message, (), (constant.place,), help_)
    for number in policy.numbers:
        if number.name not in used:
            message = f"nothing reads the number `{number.name}`: {number.means}"
            help_ = "use it in a condition, or take it out"
            yield Finding("unused-number", message, (), (number.place,), help_)
    for fact in policy.facts:
        if fact.name not in used:
            message = f"nothing reads the fact `{fact.name}`: {fact.means}"
            help_ = f"write `{fact.name}: yes` or `{fact.name}: no` where it matters, or take it out"
            yield Finding("unused-fact", message, (), (fact.place,), help_)
    given = {rule.then for rule in policy.rules}
    for verdict in policy.verdicts:
        if verdict.name not in given:
            message = f"no rule gives the verdict `{verdict.name}`: {verdict.title}"
            yield Finding("unused-verdict", message, (), (verdict.place,), "write a rule for it, or take it out")


def _taken_over(policy: Policy) -> set[str]:
    """Return the names that the policy's libraries declare."""
    places = {
        **{field.name: field.place for field in policy.fields},
        **{number.name: number.place for number in policy.numbers},
        **{fact.name: fact.place for fact in policy.facts},
        **{constant.name: constant.place for constant in policy.constants},
    }
    return {name for name, place in places.items() if place.file in policy.memo.libraries}

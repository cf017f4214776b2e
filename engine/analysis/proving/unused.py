"""Unused parts of a policy: fields, constants, numbers and facts that nothing reads, and verdicts that no rule gives.

What a library declares is never unused: other policies may read it.

Rules, guarantees and impossible combinations use what their conditions read, a guarantee the number or step that never
falls or rises, and an output the number that it gives. A used fact uses what its condition reads, a used number what it
adds up and its constants, and a used field the one that its `ask_after` names and what its `applies_when` reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from engine.analysis.proving.findings import Finding
from engine.language.model.asking.question_order import with_earlier_questions
from engine.language.model.field_kinds import Field
from engine.language.model.guarantees import Monotonicity
from engine.language.model.policy import Policy, names_read
from engine.language.model.policy_parts import Constant, Fact, Number

_Part: TypeAlias = Field | Constant | Number | Fact


def find_unused(policy: Policy) -> Iterator[Finding]:
    """Iterate over warnings for what is declared and never used, and for verdicts that no rule gives."""
    conditions = [rule.when for rule in policy.rules]
    conditions += [condition for guarantee in policy.guarantees for condition in guarantee.conditions]
    moving = {each.moving for each in policy.guarantees if isinstance(each, Monotonicity) and each.moving is not None}
    conditions += [impossible.when for impossible in policy.impossible if not impossible.implied_by]
    # What only an unused step reads is used by it.
    conditions += [rule.when for step in policy.steps for rule in step.rules]
    declared: list[_Part] = [*policy.fields, *policy.constants, *policy.numbers, *policy.facts]
    shared = {each.name for each in declared if each.place.file in policy.memo.libraries}
    read = names_read(policy, conditions) | policy.names_behind({*moving, *policy.numbers_given})
    used = with_earlier_questions(policy, read | shared)
    used |= {step.name for fact, (step, _) in policy.step_facts.items() if fact in used}
    yield from (_unread(each) for each in declared if each.name not in used)
    given = {rule.then for rule in policy.rules}
    for verdict in policy.verdicts:
        if verdict.name not in given:
            message = f"no rule gives the verdict `{verdict.name}`: {verdict.title}"
            yield Finding("unused-verdict", message, (), (verdict.place,), "write a rule for it, or take it out")
    for step in policy.steps:
        if step.place.file in policy.memo.libraries:
            continue
        if step.is_number:
            continue
        if step.name not in used:
            help_ = "test its outcome in a condition, or take it out"
            yield Finding(
                "unused-step", f"nothing reads the step `{step.name}`: {step.means}", (), (step.place,), help_
            )
        for output in () if step.origin else step.unread:
            message = f"nothing reads the output `{output}` of the step `{step.name}`: {step.means}"
            help_ = f"name it as a number, `{{output: {output}, of: {step.name}}}`, or take it out"
            yield Finding("unused-output", message, (), (step.place,), help_)
        given = {rule.then for rule in step.rules}
        for name, text in step.outcomes:
            if name not in given and not step.origin:
                message = f"no rule gives the outcome `{name}` of the step `{step.name}`: {text}"
                yield Finding("unused-verdict", message, (), (step.place,), "write a rule for it, or take it out")


def _unread(part: _Part) -> Finding:
    """The warning for a part of a policy that nothing reads."""
    name = part.name
    kind, help_ = {
        Field: ("field", "use it in a condition, or take the question out"),
        Constant: ("constant", "use it in a condition or a number, or take it out"),
        Number: ("number", "use it in a condition or an output, or take it out"),
        Fact: ("fact", f"write `{name}: yes` or `{name}: no` where it matters, or take it out"),
    }[type(part)]
    what = f"answer to `{name}`: {part.ask}" if isinstance(part, Field) else f"{kind} `{name}`: {part.means}"
    return Finding(f"unused-{kind}", f"nothing reads the {what}", (), (part.place,), help_)

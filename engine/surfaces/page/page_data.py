"""The data embedded in a page: questions, verdicts, rules with reasons, the question plan and decision diagrams."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from engine.analysis.deciding.fields_read import fields_read
from engine.analysis.planning.plan import Plan, plan
from engine.analysis.proving.errors import require_sound
from engine.analysis.proving.proof_session import STEPS
from engine.budget import Budget, OutOfSteps
from engine.language.model.asking.question_order import earlier_questions, with_earlier_questions
from engine.language.model.field_kinds import ANY_OF, CHOICE, DATE, NONE, TEXT, YES_NO, Field
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import Rule, Source
from engine.language.model.relations.rule_outputs import Yield, names_worked_with, outputs_together
from engine.language.model.values.grid_positions import absent_position, grid_base
from engine.language.model.values.value_texts import decimal_text, expected, value_data, value_text
from engine.meaning.logic import logic_of
from engine.problems import UnsoundError
from engine.progress import tell_observer
from engine.surfaces.page.page_amounts import amounts_data, output_pairs
from engine.surfaces.page.page_logic import Diagrams, axes_data, groups_data, plan_data


def page_data(policy: Policy) -> dict[str, Any]:
    """Everything a page needs, as JSON data.

    Raises `UnsoundError` if the policy is not proved sound, or if its plan or diagrams exceed the step limit.
    """
    require_sound(policy)
    planned = plan(policy)
    if planned is None:
        raise _too_complex(policy)
    tell_observer("how the page decides")
    with policy.lock:
        logic = logic_of(policy)
        diagrams = Diagrams(logic, Budget(STEPS))
        try:
            stands, impossible = diagrams.rules(policy), diagrams.impossible()
            near = diagrams.near(policy)
            falls = diagrams.falls(near)
            amounts = {"amounts": amounts_data(policy, diagrams)} if policy.numbers_given else {}
            asked = diagrams.asked(policy)
        except OutOfSteps:
            raise _too_complex(policy) from None
    space = logic.space
    return {
        "policy": policy.name,
        "version": policy.version,
        "sha256": policy.sha256,
        "title": policy.title,
        "about": policy.about.strip() if policy.about else None,
        "fields": [
            _field(field)
            | {"axes": space.axes_of(field), "after": list(earlier_questions(policy, field))}
            | ({"asked": asked[field.name]} if field.name in asked else {})
            for field in policy.fields
        ],
        "axes": axes_data(space),
        "groups": groups_data(space),
        "plan": _plan(planned),
        "nodes": diagrams.nodes,
        **amounts,
        "rules": [
            {
                "rule": rule.name,
                "then": rule.then,
                "because": rule.because,
                "cites": list(rule.cites),
                "reads": list(fields_read(policy, [rule.name])),
                "stands": stands[place],
                "near": near[place],
                "falls": falls[place],
                **_rule_outputs(policy, rule),
            }
            for place, rule in enumerate(policy.rules)
        ],
        "impossible": [
            {"because": each.because, "shown": shown, "others": others}
            for each, (shown, others) in zip(policy.impossible, impossible, strict=True)
        ],
        "verdicts": {
            verdict.name: {
                "title": verdict.title,
                "must": list(verdict.must),
                "advice": list(verdict.advice),
                "cites": list(verdict.cites),
            }
            for verdict in policy.verdicts
        },
        "source": _source(policy.source) if policy.source else None,
    }


def _rule_outputs(policy: Policy, rule: Rule) -> dict[str, Any]:
    """What a rule gives beside its verdict, as pairs of name and value, if rules have outputs."""
    if not policy.has_rule_outputs:
        return {}
    return {"outputs": output_pairs(outputs_together(policy, [rule.name]))}


def _plan(planned: Plan) -> dict[str, Any]:
    """The plan, with the outputs of each end as pairs of name and value if rules have outputs."""
    policy = planned.policy
    data = plan_data(planned)
    if not policy.has_rule_outputs:
        return data
    outputs = [output_pairs(label.output) if isinstance(label, Yield) else [] for label in planned.endings]
    # The questions of amounts come after those of the plan.
    fields = with_earlier_questions(policy, names_worked_with(policy, policy.numbers_given))
    more = sum(name in policy.field for name in fields)
    return {"outputs": outputs, **data, "worst": min(data["worst"] + more, len(policy.fields))}


def _too_complex(policy: Policy) -> UnsoundError:
    """The error for an exceeded step limit."""
    message = f"the questions of a page were not planned within {STEPS:,} steps"
    help_ = "let fewer rules overlap, or split the policy into several"
    return UnsoundError.of("not-proved", message, policy.place, help_)


def _field(field: Field) -> dict[str, Any]:
    """A question with its answers and limits."""
    data: dict[str, Any] = {"name": field.name, "ask": field.ask, "kind": field.kind}
    if field.kind in (CHOICE, ANY_OF):
        data["choices"] = [list(choice) for choice in field.choices]
    elif field.kind == YES_NO:
        data["choices"] = [["yes", "yes"], ["no", "no"], *([] if field.or_none is None else [[NONE, field.or_none]])]
    elif field.kind == TEXT:
        data["known"] = list(field.known)
    else:
        data["expected"] = _expected(field)
        data |= {end: value_text(field, value) for end, value in _ends(field) if value is not None}
        if field.step is not None:
            data |= {"step": decimal_text(field.step), "base": decimal_text(grid_base(field))}
        if field.unit:
            data["unit"] = field.unit
    if field.or_none is not None:
        data["none"] = field.or_none
        if field.is_grid:
            data["nonePosition"] = str(absent_position(field))
    if field.if_unsure is not None:
        data["unsure"] = _page_value(field, field.if_unsure)
    return data


def _ends(field: Field) -> list[tuple[str, Any]]:
    """The limits of a field, by name."""
    return [("low", field.low), ("high", field.high)]


def _expected(field: Field) -> str:
    """The description of valid answers, without the hint on how to write dates in files."""
    # There is a button for `none`.
    words = expected(replace(field, or_none=None))
    return words.replace(" such as `2026-01-31`", "") if field.kind == DATE else words


def _page_value(field: Field, value: Any) -> Any:
    """A value in the form the page uses: a list of options, or else a text."""
    return value_data(value) if field.kind == ANY_OF else value_text(field, value)


def _source(source: Source) -> dict[str, Any]:
    """The source document and its passages by name."""
    return {
        "title": source.title,
        "author": source.author,
        "published": source.published,
        "passages": {each.name: each.says for each in source.passages},
    }

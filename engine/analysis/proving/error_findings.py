"""The findings of errors: a message with counts, an example, proved mends, and all regions on request."""

from __future__ import annotations

from collections.abc import Mapping

from engine.analysis.describing.regions import areas_of, regions_in, regions_of
from engine.analysis.proving.findings import Finding
from engine.analysis.proving.mends.conflict_mends import mend_conflict
from engine.analysis.proving.mends.gap_mends import mend_gap
from engine.analysis.proving.proof_session import Inquiry
from engine.language.model.field_kinds import Value
from engine.language.model.policy import Guarantee, Rule
from engine.meaning import reference
from engine.meaning.queries import Question
from engine.meaning.reference import GAP

_APART = "let one of the two override the other and say why, or narrow one `when`"
_APART_IN_TABLE = "narrow one of the two rows, or let the first row that applies decide: `decision: first`"


def report_gap(inquiry: Inquiry) -> Finding:
    """Return the finding for the situations in which no rule stands."""
    question = inquiry.gap
    count = inquiry.with_gap()
    shown = inquiry.example(question, lambda values: reference.outcome(inquiry.policy, values).kind == GAP)
    message = f"{_of_all(inquiry, count)} {'gets' if count == 1 else 'get'} no verdict"
    found = areas_of(question, inquiry.counting)
    regions = None if found is None else regions_in(inquiry.policy, question, *found, inquiry.counting)
    areas = found[0] if found is not None and len(found[0]) == found[1] else None
    help_ = "write a rule for them, or widen the `when` of a rule that should apply"
    if inquiry.is_table:
        help_ = "write a row for them, or widen a row that should apply"
    return Finding(
        "gap",
        message,
        places=(inquiry.policy.place,),
        help=help_,
        situations=count,
        example=shown.values,
        answers=inquiry.answers(shown),
        numbers=inquiry.numbers(shown),
        mends=mend_gap(inquiry, shown.values, regions, areas) if inquiry.with_mends else (),
        regions=regions if inquiry.with_regions else None,
    )


def report_conflict(inquiry: Inquiry, first: int, second: int) -> Finding:
    """Return the finding for the situations in which two rules with different verdicts stand."""
    policy = inquiry.policy
    one, other = policy.rules[first], policy.rules[second]
    question = inquiry.logic.standing(first, second)
    count = inquiry.count(question)
    shown = inquiry.example(
        question, lambda values: {one.name, other.name} <= set(reference.outcome(policy, values).stands)
    )
    titles = f'"{policy.verdict[one.then].title}" and "{policy.verdict[other.then].title}"'
    message = f"{_of_all(inquiry, count)} {'gets' if count == 1 else 'get'} both {titles}"
    return Finding(
        "conflict",
        message,
        rules=(one.name, other.name),
        places=(one.place, other.place),
        help=_APART_IN_TABLE if inquiry.is_table else _APART,
        situations=count,
        example=shown.values,
        answers=inquiry.answers(shown),
        numbers=inquiry.numbers(shown),
        reasons=(one.because, other.because),
        mends=mend_conflict(inquiry, first, second) if inquiry.with_mends else (),
        regions=regions_of(policy, question, inquiry.counting) if inquiry.with_regions else None,
    )


def report_broken(inquiry: Inquiry, guarantee: Guarantee, broken: Question, forbidden: list[int]) -> Finding:
    """Return the finding for the situations in which a rule stands that a guarantee forbids there."""
    logic, policy = inquiry.logic, inquiry.policy
    when = logic.condition(guarantee.when)
    count = inquiry.count(broken)
    shown = inquiry.example(broken, lambda values: _breaks(inquiry, guarantee, values))
    breaking = [policy.rules[rule] for rule in forbidden if inquiry.exists(logic.question([when, logic.stands(rule)]))]
    verb = "breaks" if count == 1 else "break"
    message = f"{_of_all(inquiry, count)} {verb} the guarantee `{guarantee.name}`: {guarantee.because}"
    help_ = f"narrow the `when` of {_listed(breaking)}, let another rule override it there, or change the guarantee"
    return Finding(
        "broken-guarantee",
        message,
        rules=tuple(rule.name for rule in breaking),
        places=(guarantee.place, *(rule.place for rule in breaking)),
        help=help_,
        situations=count,
        example=shown.values,
        answers=inquiry.answers(shown),
        numbers=inquiry.numbers(shown),
        regions=regions_of(policy, broken, inquiry.counting) if inquiry.with_regions else None,
    )


def _breaks(inquiry: Inquiry, guarantee: Guarantee, values: Mapping[str, Value]) -> bool:
    """Whether, by the definition, a situation gets a verdict that the guarantee forbids."""
    given = reference.outcome(inquiry.policy, values).verdicts
    holds = reference.Situation(inquiry.policy, values).holds(guarantee.when)
    return holds and not set(given).isdisjoint(guarantee.forbidden)


def _listed(rules: list[Rule]) -> str:
    return " and ".join(f"`{rule.name}`" for rule in rules)


def _of_all(inquiry: Inquiry, count: int | None) -> str:
    if count is None or inquiry.situations is None:
        return "some situations"
    return f"{count:,} of {inquiry.situations:,} situations"

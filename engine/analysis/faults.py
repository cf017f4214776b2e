"""Does every possible situation get exactly one verdict, and does every guarantee hold? The errors of a proof."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from engine.analysis.findings import Finding
from engine.analysis.inquiry import Inquiry
from engine.language.circles import circle_text, find_circles
from engine.language.policy import Guarantee, Rule, Value
from engine.meaning import reference
from engine.meaning.budget import OutOfSteps
from engine.meaning.formulas import FALSE
from engine.meaning.reference import GAP


def find_faults(inquiry: Inquiry) -> Iterator[Finding]:
    """Every error: gaps, conflicts, broken guarantees, circles of overrides, and what could not be settled."""
    yield from _circles(inquiry)
    if not inquiry.exists(inquiry.logic.possible):
        place = tuple(each.place for each in inquiry.policy.impossible)
        help_ = "narrow one of the `impossible` combinations"
        yield Finding(
            "no-situation", "no situation is possible: everything is declared impossible", (), place, help_, 0
        )
        return
    yield from _settled(inquiry, "whether every possible situation gets a verdict", _gap(inquiry))
    yield from _settled(inquiry, "whether rules disagree in some possible situation", _conflicts(inquiry))
    for guarantee in inquiry.policy.guarantees:
        yield from _settled(inquiry, f"whether the guarantee `{guarantee.name}` holds", _guarantee(inquiry, guarantee))


def _settled(inquiry: Inquiry, what: str, found: Iterator[Finding]) -> Iterator[Finding]:
    """The findings of one question; where the steps end first, what was found so far and that it is not proved."""
    try:
        yield from found
    except OutOfSteps:
        yield inquiry.out_of_steps("not-proved", what)


def _circles(inquiry: Inquiry) -> Iterator[Finding]:
    rules = inquiry.policy.rules
    overrides = {rule.name: [each.rule for each in rule.overrides] for rule in rules}
    for circle in find_circles(overrides):
        places = tuple(
            next(each.place for each in inquiry.policy.rule[name].overrides if each.rule == following)
            for name, following in zip(circle, [*circle[1:], circle[0]], strict=True)
        )
        message = f"these rules override each other in a circle: {circle_text(circle)}"
        if len(circle) == 1:
            message = f"`{circle[0]}` overrides itself, so it never stands"
        yield Finding("override-cycle", message, tuple(circle), places, "take one of the overrides out")


def _gap(inquiry: Inquiry) -> Iterator[Finding]:
    formula = inquiry.logic.gap(inquiry.stands)
    if not inquiry.exists(formula):
        return
    count = inquiry.count(formula)
    shown = inquiry.example(formula, lambda values: reference.outcome(inquiry.policy, values).kind == GAP)
    message = f"{_of_all(inquiry, count)} {'gets' if count == 1 else 'get'} no verdict"
    help_ = "write a rule for them, or widen the `when` of a rule that should apply"
    yield Finding("gap", message, (), (inquiry.policy.place,), help_, count, shown.values, inquiry.answers(shown))


def _conflicts(inquiry: Inquiry) -> Iterator[Finding]:
    if not inquiry.disagrees:
        return
    for one, other in combinations(inquiry.policy.rules, 2):
        if one.then != other.then:
            yield from _conflict(inquiry, one, other)


def _conflict(inquiry: Inquiry, one: Rule, other: Rule) -> Iterator[Finding]:
    formula = inquiry.logic.formulas.conjunction([inquiry.stands[one.name], inquiry.stands[other.name]])
    if formula == FALSE or not inquiry.exists(formula):
        return
    policy = inquiry.policy
    count = inquiry.count(formula)
    shown = inquiry.example(
        formula, lambda values: {one.name, other.name} <= set(reference.outcome(policy, values).stands)
    )
    titles = f'"{policy.verdict[one.then].title}" and "{policy.verdict[other.then].title}"'
    message = f"{_of_all(inquiry, count)} {'gets' if count == 1 else 'get'} both {titles}"
    strong, weak = _by_rank(inquiry, one, other)
    help_ = f"let `{strong.name}` override `{weak.name}` (`overrides: {{{weak.name}: why}}`), or narrow one `when`"
    places = (one.place, other.place)
    names = (one.name, other.name)
    reasons = (one.because, other.because)
    yield Finding("conflict", message, names, places, help_, count, shown.values, inquiry.answers(shown), reasons)


def _by_rank(inquiry: Inquiry, one: Rule, other: Rule) -> tuple[Rule, Rule]:
    """Which of two rules should override the other: the more special one, unless that would close a circle."""
    counts = [inquiry.count(inquiry.stands[rule.name]) for rule in (one, other)]
    special = one if counts[0] is not None and counts[1] is not None and counts[0] < counts[1] else other
    general = other if special is one else one
    overrides = {rule.name: [each.rule for each in rule.overrides] for rule in inquiry.policy.rules}
    overrides[special.name] = [*overrides[special.name], general.name]
    closes = any(special.name in circle and general.name in circle for circle in find_circles(overrides))
    return (general, special) if closes else (special, general)


def _guarantee(inquiry: Inquiry, guarantee: Guarantee) -> Iterator[Finding]:
    logic, policy = inquiry.logic, inquiry.policy
    when = logic.condition(guarantee.when)
    formula = logic.formulas.conjunction(
        [when, logic.formulas.disjunction(inquiry.given[verdict] for verdict in guarantee.forbidden)]
    )
    if not inquiry.exists(formula):
        return
    count = inquiry.count(formula)
    shown = inquiry.example(formula, lambda values: _breaks(inquiry, guarantee, values))
    breaking = [
        rule
        for rule in policy.rules
        if rule.then in guarantee.forbidden
        and inquiry.exists(logic.formulas.conjunction([when, inquiry.stands[rule.name]]))
    ]
    verb = "breaks" if count == 1 else "break"
    message = f"{_of_all(inquiry, count)} {verb} the guarantee `{guarantee.name}`: {guarantee.because}"
    help_ = f"narrow the `when` of {_listed(breaking)}, let another rule override it there, or change the guarantee"
    places = (guarantee.place, *(rule.place for rule in breaking))
    names = tuple(rule.name for rule in breaking)
    yield Finding("broken-guarantee", message, names, places, help_, count, shown.values, inquiry.answers(shown))


def _breaks(inquiry: Inquiry, guarantee: Guarantee, values: Mapping[str, Value]) -> bool:
    """Whether, by the definition, a rule that stands in a situation gives a verdict that the guarantee forbids."""
    given = reference.outcome(inquiry.policy, values).verdicts
    holds = reference.Situation(inquiry.policy, values).holds(guarantee.when)
    return holds and not set(given).isdisjoint(guarantee.forbidden)


def _listed(rules: list[Rule]) -> str:
    return " and ".join(f"`{rule.name}`" for rule in rules)


def _of_all(inquiry: Inquiry, count: int | None) -> str:
    if count is None or inquiry.situations is None:
        return "some situations"
    return f"{count:,} of {inquiry.situations:,} situations"

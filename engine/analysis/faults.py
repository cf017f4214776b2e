"""Does every possible situation get exactly one verdict, and does every guarantee hold? The errors of a proof."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from engine.analysis.findings import Finding
from engine.analysis.inquiry import Inquiry
from engine.analysis.mends import is_table, mend_conflict, mend_gap
from engine.analysis.regions import regions_of
from engine.language.circles import circle_text, find_circles
from engine.language.policy import Guarantee, Rule, Value
from engine.meaning import reference
from engine.meaning.areas import bits
from engine.meaning.budget import OutOfSteps
from engine.meaning.reference import GAP

# So many pairs of rules that disagree are shown with an example each; of more, their number is.
MOST_PAIRS = 20
_APART = "let one of the two override the other and say why, or narrow one `when`"
_APART_IN_TABLE = "narrow one of the two rows, or let the first row that applies decide: `decision: first`"


def find_faults(inquiry: Inquiry) -> Iterator[Finding]:
    """Every error: gaps, conflicts, broken guarantees, circles of overrides, and what could not be settled."""
    yield from _circles(inquiry)
    if not inquiry.exists(inquiry.logic.question([])):
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
    question = inquiry.gap
    if not inquiry.exists(question):
        return
    count = inquiry.with_gap()
    shown = inquiry.example(question, lambda values: reference.outcome(inquiry.policy, values).kind == GAP)
    message = f"{_of_all(inquiry, count)} {'gets' if count == 1 else 'get'} no verdict"
    regions = regions_of(inquiry.policy, question, inquiry.counting)
    help_ = "write a rule for them, or widen the `when` of a rule that should apply"
    if is_table(inquiry.policy):
        help_ = "write a row for them, or widen a row that should apply"
    yield Finding(
        "gap",
        message,
        places=(inquiry.policy.place,),
        help=help_,
        situations=count,
        example=shown.values,
        answers=inquiry.answers(shown),
        mends=mend_gap(inquiry, regions),
        regions=regions if inquiry.with_regions else None,
    )


def _conflicts(inquiry: Inquiry) -> Iterator[Finding]:
    """The first pairs of rules that disagree in some possible situation, in file order, and how many there are."""
    if inquiry.agree:
        return
    pairs = _pairs(inquiry)
    listed = list(islice(pairs, MOST_PAIRS))
    inquiry.agree = not listed
    for one, other in listed:
        yield _conflict(inquiry, one, other)
    more = 0
    try:
        for _ in pairs:
            more += 1
    except OutOfSteps:
        yield _more_conflicts(inquiry, f"at least {more:,}")
        raise
    if more:
        yield _more_conflicts(inquiry, f"{more:,}")


def _more_conflicts(inquiry: Inquiry, many: str) -> Finding:
    message = f"and {many} more pairs of rules disagree in some situation, beside the {MOST_PAIRS} that are listed"
    help_ = "settle the ones that are listed, and check again"
    return Finding("more-conflicts", message, (), (inquiry.policy.place,), help_)


def _pairs(inquiry: Inquiry) -> Iterator[tuple[int, int]]:
    """Every pair of rules that stand together in some possible situation and give different verdicts."""
    logic, rules = inquiry.logic, inquiry.policy.rules
    for one, rule in enumerate(rules):
        for other in bits(logic.neighbours(one) >> (one + 1)):
            other += one + 1
            if rules[other].then != rule.then and inquiry.exists(logic.standing(one, other)):
                yield one, other


def _conflict(inquiry: Inquiry, first: int, second: int) -> Finding:
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
        help=_APART_IN_TABLE if is_table(policy) else _APART,
        situations=count,
        example=shown.values,
        answers=inquiry.answers(shown),
        reasons=(one.because, other.because),
        mends=mend_conflict(inquiry, first, second),
        regions=regions_of(policy, question, inquiry.counting) if inquiry.with_regions else None,
    )


def _guarantee(inquiry: Inquiry, guarantee: Guarantee) -> Iterator[Finding]:
    logic, policy = inquiry.logic, inquiry.policy
    when = logic.condition(guarantee.when)
    forbidden = [place for place, rule in enumerate(policy.rules) if rule.then in guarantee.forbidden]
    question = logic.question([when], (), [logic.stands(rule) for rule in forbidden])
    if not inquiry.exists(question):
        return
    count = inquiry.count(question)
    shown = inquiry.example(question, lambda values: _breaks(inquiry, guarantee, values))
    breaking = [policy.rules[rule] for rule in forbidden if inquiry.exists(logic.question([when, logic.stands(rule)]))]
    verb = "breaks" if count == 1 else "break"
    message = f"{_of_all(inquiry, count)} {verb} the guarantee `{guarantee.name}`: {guarantee.because}"
    help_ = f"narrow the `when` of {_listed(breaking)}, let another rule override it there, or change the guarantee"
    yield Finding(
        "broken-guarantee",
        message,
        rules=tuple(rule.name for rule in breaking),
        places=(guarantee.place, *(rule.place for rule in breaking)),
        help=help_,
        situations=count,
        example=shown.values,
        answers=inquiry.answers(shown),
        regions=regions_of(policy, question, inquiry.counting) if inquiry.with_regions else None,
    )


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

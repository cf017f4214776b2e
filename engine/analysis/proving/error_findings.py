"""The findings of errors: a message with counts, an example, proved mends, and all regions on request."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial

from engine.analysis.describing.examples import Example
from engine.analysis.describing.regions import areas_of, regions_in, regions_of
from engine.analysis.proving.findings import Finding
from engine.analysis.proving.mends.conflict_mends import mend_conflict
from engine.analysis.proving.mends.gap_mends import mend_gap
from engine.analysis.proving.proof_session import ProofSession
from engine.budget import OutOfSteps
from engine.language.model.condition_tree import Compare, comparisons_in
from engine.language.model.field_kinds import NONE, NOT_ASKED, Field, Value
from engine.language.model.guarantees import Guarantee, Invariant
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import Number, Rule
from engine.language.model.relations.circles import cycle_text
from engine.language.model.relations.decision_steps import qualified
from engine.language.model.relations.derivations import parts_of
from engine.language.model.relations.rule_outputs import amounts_in
from engine.meaning import reference
from engine.meaning.outcomes import GAP
from engine.meaning.promises.guarantee_meaning import is_broken_by
from engine.meaning.promises.lacking_outputs import lacking
from engine.meaning.queries import Query
from engine.problems import Place

_APART = "let one of the two override the other and say why, or narrow one `when`"
_APART_IN_TABLE = "narrow one of the two rows, or let the first row that applies decide: `decision: first`"
_APART_IN_AMOUNTS = "narrow one of the two rows, or give the same amount in both"
_ALIKE = "give both the same outputs, or "


def report_no_situation(policy: Policy) -> Finding:
    """Return the finding for impossible combinations that leave no situation."""
    places = tuple(dict.fromkeys(each.place for each in policy.impossible))
    help_ = "narrow one of the `impossible` combinations"
    return Finding("no-situation", "no situation is possible: everything is declared impossible", (), places, help_, 0)


def report_circle(policy: Policy, cycle: tuple[str, ...]) -> Finding:
    """Return the finding for rules that override each other in a circle."""
    places = tuple(
        next(each.place for each in policy.rule[name].overrides if each.rule == following)
        for name, following in zip(cycle, (*cycle[1:], cycle[0]), strict=True)
    )
    message = f"these rules override each other in a circle: {cycle_text(cycle)}"
    if len(cycle) == 1:
        message = f"`{cycle[0]}` overrides itself, so it never stands"
    return Finding("override-cycle", message, cycle, places, "take one of the overrides out")


def report_more_conflicts(policy: Policy, many: str, listed: int) -> Finding:
    """Return the finding for the pairs of rules that disagree and are not listed, of which there are `many`."""
    message = f"and {many} more pairs of rules disagree in some situation, beside the {listed} that are listed"
    return Finding("more-conflicts", message, (), (policy.place,), "settle the ones that are listed, and check again")


def report_gap(session: ProofSession) -> Finding:
    """Return the finding for the situations in which no rule stands."""
    query = session.gap
    count = session.with_gap()
    shown = session.example(query, lambda values: reference.outcome(session.policy, values).kind == GAP)
    message = (
        f"{_of_all(session, count)} {'gets' if count == 1 else 'get'} {_no_verdict(session)}{_since(session, query)}"
    )
    found = areas_of(query, session.counting)
    regions = None if found is None else regions_in(session.policy, query, *found, session.counting)
    areas = found[0] if found is not None and len(found[0]) == found[1] else None
    help_ = "write a rule for them, or widen the `when` of a rule that should apply"
    if session.is_table:
        help_ = "write a row for them, or widen a row that should apply"
    return Finding(
        "gap",
        message,
        places=(_owner(session),),
        help=help_,
        situations=count,
        **session.shown_by(shown, [rule.when for rule in session.policy.rules]),
        mends=mend_gap(session, shown.values, regions, areas) if session.with_mends else (),
        regions=regions if session.with_regions else None,
    )


def _since(session: ProofSession, gap: Query) -> str:
    """Say from which day on the gap lies, if that is the day after the last one of some rules; else empty."""
    policy, logic = session.policy, session.logic
    ends = [(rule.name, test) for rule in policy.rules if rule.valid is not None for test in comparisons_in(rule.valid)]
    last = {name: test.value for name, test in ends if isinstance(test, Compare) and test.op == "on_or_before"}
    if policy.as_of is None or not last:
        return ""
    field = policy.field[policy.as_of]
    [axis] = logic.space.axes_of(field)
    low, high = field.limits

    def begins_before(cell: int) -> bool:
        """Whether some situation of the first cells is in the gap."""
        area = logic.areas.narrow(logic.areas.whole, axis, (1 << cell) - 1, session.counting) if cell else None
        return area is not None and gap.exists(session.counting, area)

    for day in sorted({value for value in last.values() if isinstance(value, datetime.date) and low <= value < high}):
        following = day + datetime.timedelta(days=1)
        cell = logic.space.cell_of(axis, following)
        try:
            if not begins_before(cell) and begins_before(cell + 1):
                names = " and ".join(f"`{name}`" for name, value in last.items() if value == day)
                are = "are" if names.count("`") > 2 else "is"
                return f", from {following} on: {names} {are} valid until {day}"
        except OutOfSteps:
            return ""
    return ""


def report_conflict(session: ProofSession, first: int, second: int) -> Finding:
    """Return the finding for the situations in which two rules stand that disagree about the verdict or an output."""
    policy = session.policy
    one, other = policy.rules[first], policy.rules[second]
    query = session.logic.standing(first, second)
    count = session.count(query)
    shown = session.example(
        query, lambda values: {one.name, other.name} <= set(reference.outcome(policy, values).stands)
    )
    help_ = _APART_IN_TABLE if session.is_table else _APART
    if session.is_table and session.decided and session.decided.is_number:
        # The rules of a number have no order.
        help_ = _APART_IN_AMOUNTS
    gets = "gets" if count == 1 else "get"
    title = f'"{policy.verdict[one.then].title}"'
    message = f'{_of_all(session, count)} {gets} both {title} and "{policy.verdict[other.then].title}"'
    if one.then == other.then:
        from engine.analysis.describing.output_words import disagreement

        message = f"{_of_all(session, count)} {gets} {title} with different outputs: {disagreement(policy, one, other)}"
        help_ = _ALIKE + help_
    if session.decided:
        message += f" in {session.decided.called}"
    return Finding(
        "conflict",
        message,
        rules=(one.name, other.name),
        places=(one.place, other.place),
        help=help_,
        situations=count,
        **session.shown_by(shown, [one.when, other.when]),
        reasons=(one.because, other.because),
        mends=mend_conflict(session, first, second) if session.with_mends else (),
        regions=regions_of(policy, query, session.counting) if session.with_regions else None,
    )


def report_no_output(session: ProofSession, number: str, without: Query) -> Finding:
    """Return the finding for the situations that get an output from a number that has no value there."""
    policy = session.policy
    shown = session.example(without, lambda values: bool(reference.outcome(policy, values).lacking))
    rules = [policy.rule[name] for name in reference.outcome(policy, shown.values).stands]
    return _no_value(session, number, without, shown, rules, _lacking_outputs(session, number))


def report_no_output_of_step(session: ProofSession, number: Number, without: Query) -> Finding:
    """Return the finding for the situations in which a step works an output out from a number without a value."""
    policy = session.policy
    step, output = policy.step[number.given_by[0]], number.given_by[1]
    shown = session.example(without, lambda values: not reference.Situation(policy, values).is_known(number.name))
    stands = reference.Situation(policy, shown.values).steps[step.name].stands
    rules = [qualified(step, step.rule[name]) for name in stands]
    return _no_value(session, number.name, without, shown, rules, f"the output `{output}` of {step.called}")


def _no_value(
    session: ProofSession, number: str, without: Query, shown: Example, rules: list[Rule], outputs: str
) -> Finding:
    """Return the finding for situations that get no value of outputs, which some rules work out from a number."""
    policy = session.policy
    count = session.count(without)
    source = _number_lacking(policy, number, shown.values)
    where = f"has none where {' or '.join(_without_value(policy.unsteady[source]))}"
    lacks = f"the number `{number}` {where}"
    if source != number:
        lacks = f"the number `{number}` is worked out from `{source}` there, which {where}"
    missing = next(field for field in policy.unsteady[source] if field.lacks(shown.values[field.name]))
    test = f"{missing.name}: {'none' if shown.values[missing.name] == NONE else '{known: no}'}"
    return Finding(
        "no-output",
        f"{_of_all(session, count)} {'gets' if count == 1 else 'get'} no value of {outputs}: {lacks}",
        rules=tuple(rule.name for rule in rules),
        places=(*(rule.place for rule in rules), policy.number[number].place),
        help=f"write a rule for `{test}` with an output that does not read it, or narrow {_listed(rules)}",
        situations=count,
        **session.shown_by(shown, [rule.when for rule in rules]),
        regions=regions_of(policy, without, session.counting) if session.with_regions else None,
    )


def _lacking_outputs(session: ProofSession, number: str) -> str:
    """Name the outputs that have no value in some situation because a number has none there."""
    policy = session.policy
    given = [amounts_in(policy, [rule.name]) for rule in policy.rules]
    names = list(dict.fromkeys(name for amounts in given for name, each in amounts.items() if each.number == number))

    def happens(counts: Callable[[Collection[str]], bool]) -> bool:
        return session.exists(lacking(policy, session.logic, number, counts))

    if len(names) > 1:
        names = [name for name in names if happens(partial(_is_in, name))]
    quoted = [f"`{name}`" for name in names]
    is_apart = len(names) > 1 and happens(lambda lacked: not {*names} <= {*lacked})
    return ", or none of ".join(quoted) if is_apart else " and ".join(quoted)


def _is_in(name: str, names: Collection[str]) -> bool:
    return name in names


def _number_lacking(policy: Policy, number: str, values: Mapping[str, Value]) -> str:
    """Return the number that lacks a value in a situation since a field does: itself, or one it is worked out from."""
    situation = reference.Situation(policy, values)
    while not any(field.lacks(values[field.name]) for field in policy.unsteady.get(number, ())):
        made = policy.number[number]
        ways = [entry.number for entry in made.entries if situation.holds(entry.when)]
        parts = ways if made.given_by else parts_of(made)
        number = next(part for part in parts if part in policy.number and not situation.is_known(part))
    return number


def _without_value(fields: Iterable[Field]) -> Iterator[str]:
    """Iterate over the ways in which one of some fields has no value, as parts of a sentence."""
    for absence, words in ((NONE, "is `none`"), (NOT_ASKED, "is not asked")):
        names = [f"`{field.name}`" for field in fields if absence in field.absences]
        if names:
            yield f"{' or '.join(names)} {words}"


def report_broken(session: ProofSession, guarantee: Guarantee, broken: Query) -> Finding:
    """Return the finding for the situations in which a rule stands that a guarantee forbids there."""
    policy = session.policy
    count = session.count(broken)
    shown = session.example(broken, lambda values: is_broken_by(policy, guarantee, values))
    breaking = [policy.rules[rule] for rule in session.breaking(guarantee)]
    help_ = f"narrow the `when` of {_listed(breaking)}, let another rule override it there, or change the guarantee"
    return Finding(
        "broken-guarantee",
        _broken_words(session, guarantee, count),
        rules=tuple(rule.name for rule in breaking),
        places=(guarantee.place, *(rule.place for rule in breaking)),
        help=help_,
        situations=count,
        **session.shown_by(shown, [guarantee.when, *(rule.when for rule in breaking)]),
        regions=regions_of(policy, broken, session.counting) if session.with_regions else None,
    )


def report_violated(session: ProofSession, guarantee: Invariant, violated: Query) -> Finding:
    """Return the finding for the situations in which what should always hold does not."""
    policy = session.policy
    count = session.count(violated)
    shown = session.example(violated, lambda values: is_broken_by(policy, guarantee, values))
    return Finding(
        "broken-guarantee",
        _broken_words(session, guarantee, count),
        places=(guarantee.place,),
        help="if these answers cannot occur together, say so under `impossible`; if they can, change the guarantee",
        situations=count,
        **session.shown_by(shown, guarantee.conditions),
        regions=regions_of(policy, violated, session.counting) if session.with_regions else None,
    )


def _broken_words(session: ProofSession, guarantee: Guarantee | Invariant, count: int | None) -> str:
    """Say how many situations break a guarantee."""
    verb = "breaks" if count == 1 else "break"
    return f"{_of_all(session, count)} {verb} the guarantee `{guarantee.name}`: {guarantee.because}"


def _listed(rules: list[Rule]) -> str:
    return " and ".join(f"`{rule.name}`" for rule in rules)


def _of_all(session: ProofSession, count: int | None) -> str:
    if count is None or session.all_situations is None:
        return "some situations"
    return f"{count:,} of {session.all_situations:,} situations"


def _owner(session: ProofSession) -> Place:
    """Return where the policy, or the step, is declared."""
    return session.policy.verdicts[0].place if session.step else session.policy.place


def _no_verdict(session: ProofSession) -> str:
    if session.decided is None:
        return "no verdict"
    return f"no {'value' if session.decided.is_number else 'outcome'} of {session.decided.called}"

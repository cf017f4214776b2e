"""Is what `check` says true where nobody can try every situation? Compared with a general solver, question by question.

Here fields may be endless or continuous, and sums may run over wide ranges; counts are left to brute force.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Decision, Finding, Policy, Proof, RecordError, check, decide, load
from engine.language.model.guarantees import AnyGuarantee, Indifference, PairGuarantee
from tests.support.by_day import draw_by_day
from tests.support.drawing.fields import Draw, Hand
from tests.support.drawing.strategies import policies
from tests.support.judging.joined import join
from tests.support.judging.solving.linear import Formula
from tests.support.judging.solving.solver import Solver
from tests.support.judging.solving.solver_findings import Found, findings, lacking
from tests.support.judging.solving.solver_guarantees import broken, pairs
from tests.support.judging.yields import agree
from tests.support.making.tables import Table, first_table, tree_table
from tests.support.making.trees import ordinal
from tests.support.searching import draw_round, search_rounds

# Said beside the findings: what no solver is asked, and that there are more conflicts than are shown.
_OF_THE_WHOLE = (
    "unused-field",
    "unused-constant",
    "unused-number",
    "unused-fact",
    "unused-verdict",
    "idle-field",
    "idle-answer",
    "idle-verdict",
)
_ASIDE = ("no-partner", "uncited-passage", "uncited-rule", "more-conflicts", *_OF_THE_WHOLE)
_LEFT_OPEN = ("not-proved", "not-checked")
_ERRORS = ("no-situation", "gap", "conflict", "no-output", "broken-guarantee", "vacuous-guarantee")

_ENDS = (0, 6, 100, 20_000, 1_000_000)
_WEIGHTS = (1, -1, 2, -3, 5, 7, Decimal("0.5"), Decimal("-0.3"), Decimal("1.25"))
_BOUNDS: tuple[int | Decimal, ...] = (0, 1, -2, 10, 99, 5_000, Decimal("0.25"))
_STEPS = (1, 2, Decimal("0.5"), Decimal("0.1"))
_WORDS = ("at_least", "at_most", "more_than", "less_than")


@st.composite
def _entangled(draw: Draw) -> dict[str, Any]:
    """Policies in which wide or endless amounts share sums, so that tests exclude each other in hidden ways."""
    hand = Hand(draw)
    fields: dict[str, Any] = {}
    for name in ("pay", "rent", "tax", "food")[: hand.count(2, 4)]:
        fields[name] = {"ask": "How much?", "type": "number", "step": hand.pick(_STEPS), "unit": "euros"}
        for end, sign in (("from", -1), ("to", 1)):
            if hand.chance(75):
                fields[name][end] = sign * hand.pick(_ENDS)
    numbers: dict[str, Any] = {}
    for name in ("left", "owed", "spare")[: hand.count(1, 3)]:
        weights = {of: hand.pick(_WEIGHTS) for of in hand.some(fields, hand.count(2, len(fields)))}
        if numbers and hand.chance(40):
            # A weight that no other has, so that nothing cancels out.
            weights[hand.pick(list(numbers))] = Decimal("0.37")
        if hand.chance(25):
            compared = hand.some([*fields, *numbers], hand.count(1, min(3, len(fields))))
            whens = [{each: {hand.pick(_WORDS): hand.pick(_BOUNDS)}} for each in compared]
            entries = [{"when": when, "add": hand.pick((7, -3, Decimal("0.5"))), "because": "So."} for when in whens]
            numbers[name] = {"means": "what it counts", "points": entries}
            continue
        if hand.chance(30):
            known = [*fields, *numbers]
            parts: list[Any] = hand.some(known, hand.count(1, min(3, len(known))))
            size = hand.pick(("larger_of", "smaller_of"))
            numbers[name] = {"means": "which of them it is", size: [*parts, hand.pick(_BOUNDS)]}
            continue
        numbers[name] = {"means": "what it adds up to", "sum": weights, "plus": hand.pick((0, 3, Decimal("0.5")))}
    tested = [*fields, *numbers]

    def test() -> dict[str, Any]:
        bound = hand.pick(_BOUNDS) * hand.pick((1, -1))
        if hand.chance(30):
            one, other = hand.some(fields, 2)
            return {one: {hand.pick(_WORDS): {"field": other}}}
        return {hand.pick(tested): {hand.pick(_WORDS): bound} if hand.chance(90) else bound}

    verdicts = ("van", "bike", "by-post")
    is_first = hand.chance(30)
    rules: list[dict[str, Any]] = []
    for place in range(hand.count(2, 6)):
        when = join(test() for _ in range(hand.count(1, 3)))
        rule = {"rule": ordinal(place, "case"), "when": when, "then": hand.pick(verdicts), "because": "It is so."}
        if rules and not is_first and hand.chance(50):
            beaten = hand.some([earlier["rule"] for earlier in rules], hand.count(1, min(3, len(rules))))
            rule["overrides"] = dict.fromkeys(beaten, "It is more important.")
        rules.append(rule)
    promise = {"guarantee": "promised", "when": test(), "never": list(verdicts[1:]), "because": "We promised it."}
    policy = {
        "policy": "sums",
        "title": "How much is left?",
        "situation": fields,
        "numbers": numbers,
        "verdicts": {verdict: {"title": f"Send it {verdict}"} for verdict in verdicts},
        "decision": "first" if is_first else "unique",
        "rules": rules,
    }
    if hand.chance(40):
        policy["impossible"] = [{"when": test(), "because": "It cannot be."}]
    return policy | ({"guarantees": [promise]} if hand.chance(50) else {})


_POLICIES = st.sampled_from(["endless", "any", "sums"]).flatmap(
    lambda plan: _entangled() if plan == "sums" else policies(countable=False if plan == "endless" else None)
)


def _load(policy: dict[str, Any]) -> Policy:
    """The policy, each question being the field's name, so that the answers of an example tell what they answer."""
    fields = {name: {**spec, "ask": name} for name, spec in policy["situation"].items()}
    return load({**policy, "situation": fields})


def _open(proof: Proof) -> set[str]:
    """What `check` says that it left open: errors (`not-proved`), warnings (`not-checked`)."""
    return {finding.code for finding in proof.findings} & {*_LEFT_OPEN}


def _said(policy: Policy, proof: Proof) -> set[Found]:
    """Every finding of a proof, as the solver names them."""
    return {_named(policy, finding) for finding in proof.findings if finding.code not in (*_ASIDE, *_LEFT_OPEN)}


def _promise(policy: Policy, finding: Finding) -> AnyGuarantee:
    """The guarantee that a finding is about."""
    return next(each for each in policy.guarantees if each.place == finding.places[0])


def _number(policy: Policy, finding: Finding) -> str:
    """The number that a finding is about."""
    return next(each.name for each in policy.numbers if each.place == finding.places[-1])


def _named(policy: Policy, finding: Finding) -> Found:
    if finding.code == "broken-guarantee":
        return finding.code, _promise(policy, finding).name, *(() if finding.pair else finding.rules)
    if finding.code == "vacuous-guarantee":
        return finding.code, _promise(policy, finding).name
    if finding.code == "no-output":
        return finding.code, _number(policy, finding)
    if finding.code in ("impossible-test", "always-true-test"):
        return finding.code, finding.places[0].path
    # The rules that hide a dead one follow it.
    return finding.code, *(finding.rules[:1] if finding.code == "dead-rule" else finding.rules)


def _expected(solver: Solver, said: set[Found], proof: Proof) -> set[Found]:
    """What the solver finds; what `check` does not say may be missing only where it says that something is."""
    codes = {finding.code for finding in proof.findings}

    def may_be_missing(code: str) -> bool:
        is_open = ("not-proved" if code in _ERRORS else "not-checked") in codes
        return is_open or (code == "conflict" and "more-conflicts" in codes)

    return {found for found in findings(solver) if found in said or not may_be_missing(found[0])}


def _formula(policy: Policy, solver: Solver, finding: Finding) -> Formula:
    """Where a finding is to be seen."""
    if finding.code == "gap":
        return solver.gap
    if finding.code == "conflict":
        return solver.both_stand(*finding.rules)
    if finding.code == "no-output":
        return lacking(solver, _number(policy, finding))
    promise = _promise(policy, finding)
    if finding.code == "no-partner":
        return solver.condition(promise.when)
    assert finding.code == "broken-guarantee", finding
    return broken(solver, promise)


def _situations(policy: Policy, solver: Solver) -> Iterator[dict[str, Any]]:
    """Situations of every kind, some that are not possible among them."""
    wanted = [z3.And(solver.answers_fit, z3.Not(solver.possible)), z3.And(solver.possible, solver.gap)]
    wanted += [z3.And(solver.possible, stands) for stands in solver.stands.values()]
    found = (solver.situation(formula) for formula in wanted)
    return (record for record in found if record is not None)


def _decision(policy: Policy, record: dict[str, Any]) -> Decision | None:
    """What `decide` says; None where it refuses the situation as impossible."""
    try:
        return decide(policy, record, draft=True)
    except RecordError as refused:
        if {problem.code for problem in refused.problems} != {"impossible-situation"}:
            raise
        return None


def _finds_the_same(policy: Policy, solver: Solver) -> bool:
    """Compares all findings; says whether some question was left open."""
    proof = check(policy)
    said, left_open = _said(policy, proof), _open(proof)
    assert said == _expected(solver, said, proof)
    assert proof.sound == ("not-proved" not in left_open and all(code not in _ERRORS for code, *_ in said))
    return bool(left_open)


def _shows_real_examples(policy: Policy, solver: Solver) -> None:
    for finding in check(policy).findings:
        if finding.example is not None:
            shown = _formula(policy, solver, finding)
            assert solver.exists(solver.possible, shown, *_at(policy, solver, finding, policy.field)), finding


def _needs_no_other_answers(policy: Policy, solver: Solver) -> None:
    for finding in check(policy).findings:
        if finding.example is not None:
            shown = {*finding.differs, *(name for name, _ in finding.answers)}
            elsewhere = _elsewhere(policy, solver, finding)
            assert not solver.exists(solver.possible, elsewhere, *_at(policy, solver, finding, shown)), finding


def _at(policy: Policy, solver: Solver, finding: Finding, shown: Iterable[str]) -> list[Formula]:
    """That some questions are answered as in the example of a finding; two situations differ as they do there."""
    assert finding.example is not None
    found = solver.at({name: finding.example.get(name) for name in shown})
    if finding.pair:
        promise = _promise(policy, finding)
        assert isinstance(promise, PairGuarantee)
        other, alike = solver.other(promise.compared), set(promise.compared).difference(finding.differs)
        found += other.at({name: finding.pair[1].example.get(name) for name in finding.differs})
        found += [z3.Not(solver.differs_from(other, name)) for name in sorted(alike)]
    return found


def _elsewhere(policy: Policy, solver: Solver, finding: Finding) -> Formula:
    """Where a possible situation, or two of them, do not show a finding."""
    if finding.code == "no-partner":
        promise = _promise(policy, finding)
        assert isinstance(promise, Indifference)
        return pairs(solver, promise)
    elsewhere = z3.Not(_formula(policy, solver, finding))
    if finding.pair:
        promise = _promise(policy, finding)
        assert isinstance(promise, PairGuarantee)
        return z3.And(solver.other(promise.compared).possible, elsewhere)
    return elsewhere


def _decides_the_same(written: dict[str, Any], policy: Policy, solver: Solver) -> None:
    for record in _situations(policy, solver):
        decision, stands = _decision(policy, record), solver.standing_at(record)
        if decision is None or stands is None:
            assert (decision, stands) == (None, None), record
            continue
        expected = "gap" if not stands else "decided" if agree(written, stands) else "conflict"
        assert decision.outcome == expected, record
        assert decision.outcome == "conflict" or decision.rules == stands, record


@pytest.mark.thorough
def test_every_finding_is_what_the_solver_finds() -> None:
    """Endless, continuous or wide: `check` finds exactly what the solver finds, and leaves next to nothing open."""
    left_open = []

    @settings(max_examples=80)
    @given(policy=_POLICIES)
    def compare(policy: dict[str, Any]) -> None:
        loaded = _load(policy)
        left_open.append(_finds_the_same(loaded, Solver(loaded)))

    compare()
    assert sum(left_open) * 50 <= len(left_open)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        (tree_table(25, 5, 1, grown=0), {"idle-answer"}),
        (tree_table(25, 5, 1, grown=0.3), {"gap", "conflict", "idle-answer"}),
        (first_table(25, 5, 1), {"redundant-rule"}),
        (first_table(25, 9, 2), {"dead-rule", "redundant-rule", "idle-answer"}),
    ],
    ids=["a tree", "a tree with grown rows", "prefixes", "prefixes and wildcards"],
)
def test_a_table_has_what_the_solver_finds(table: Table, wrong: set[str]) -> None:
    """Tables of many rows are as wrong as they were made, and `check` finds exactly what the solver finds."""
    policy = load(table)
    assert _finds_the_same(policy, Solver(policy)) is False
    assert {finding.code for finding in check(policy).findings} == wrong


@pytest.mark.thorough
@draw_by_day(15)
@given(policy=_POLICIES)
def test_every_example_shows_its_finding_to_the_solver(policy: dict[str, Any]) -> None:
    """An example is a possible situation inside every range, or two of them, and shows what the finding is about."""
    loaded = _load(policy)
    _shows_real_examples(loaded, Solver(loaded))


@pytest.mark.thorough
@draw_by_day(15)
@given(policy=_POLICIES)
def test_the_answers_of_an_example_are_enough(policy: dict[str, Any]) -> None:
    """Every possible situation with the answers that are shown shows the finding: the others make no difference."""
    loaded = _load(policy)
    _needs_no_other_answers(loaded, Solver(loaded))


@draw_by_day(15)
@given(policy=_POLICIES)
def test_what_the_solver_calls_possible_is_decided_as_it_says(policy: dict[str, Any]) -> None:
    """A situation that the solver proposes gets the outcome and the rules it says; only impossible ones are refused."""
    loaded = _load(policy)
    _decides_the_same(policy, loaded, Solver(loaded))


@pytest.mark.search
def test_the_search_for_a_finding_that_the_solver_denies(tell: Callable[[str], None]) -> None:
    """Ten thousand fresh policies, or as many as the time allows, agree with the solver in every finding."""
    left_open: list[bool] = []

    @settings(max_examples=20, derandomize=False)
    @given(policy=_POLICIES)
    def compare(policy: dict[str, Any]) -> None:
        loaded = _load(policy)
        solver = Solver(loaded)
        left_open.append(_finds_the_same(loaded, solver))
        _shows_real_examples(loaded, solver)
        _needs_no_other_answers(loaded, solver)
        _decides_the_same(policy, loaded, solver)

    for number in search_rounds():
        draw_round(compare, number)
        if len(left_open) >= 10_000:
            break
    reached = f"{len(left_open):,} policies, {sum(left_open):,} of them with a question left open"
    tell(f"proofs compared with a solver: {reached}")
    # One in fifty, beside a policy and its neighbours: Hypothesis also draws neighbours of what it has drawn, so that
    # these policies come in clusters, and a slow machine draws few others.
    assert sum(left_open) <= 10 + len(left_open) // 50

"""Where a guarantee is broken, as a formula for z3: in one situation, or in one and a second beside it."""

from __future__ import annotations

from fractions import Fraction

import z3

from engine.language.model.guarantees import AnyGuarantee, Indifference, Invariant, Monotonicity, PairGuarantee
from tests.support.judging.solving.linear import Formula
from tests.support.judging.solving.solver import Solver
from tests.support.judging.solving.solver_outputs import outputs


def broken(solver: Solver, guarantee: AnyGuarantee) -> Formula:
    """Where a standing rule gives what a guarantee forbids, or what should always hold does not."""
    if isinstance(guarantee, Invariant):
        return z3.And(solver.condition(guarantee.when), z3.Not(solver.condition(guarantee.always)))
    if isinstance(guarantee, Indifference):
        return z3.And(_both(solver, guarantee), _decided_apart(solver, guarantee))
    if isinstance(guarantee, Monotonicity):
        return z3.And(_both(solver, guarantee), _never_lower(solver, guarantee), _moved(solver, guarantee))
    return z3.And(solver.condition(guarantee.when), solver.given(solver.stands, guarantee.forbidden))


def pairs(solver: Solver, guarantee: Indifference) -> Formula:
    """The pairs of different situations that a guarantee is about."""
    different = [solver.differs_from(solver.other(guarantee.compared), name) for name in guarantee.ignores]
    return z3.And(_both(solver, guarantee), z3.Or(different))


def _both(solver: Solver, guarantee: PairGuarantee) -> Formula:
    """The pairs of situations that a guarantee is about, equal ones among them."""
    other = solver.other(guarantee.compared)
    return z3.And(solver.possible, other.possible, solver.condition(guarantee.when), other.condition(guarantee.when))


def _decided_apart(solver: Solver, guarantee: Indifference) -> Formula:
    """Both situations get a verdict, and not the same one with the same outputs."""
    other = solver.other(guarantee.compared)
    before, after = solver.outcomes(solver.stands)[1:], other.outcomes(other.stands)[1:]
    alike = [z3.And(one, two) for one, two in zip(before, after, strict=True)]
    said = zip(outputs(solver.policy, solver.stands), outputs(other.policy, other.stands), strict=True)
    given_alike = [one == two for one, two in said]
    return z3.And(z3.Or(before), z3.Or(after), z3.Not(z3.And(z3.Or(alike), *given_alike)))


def _never_lower(solver: Solver, guarantee: Monotonicity) -> Formula:
    """Every rising answer has a value in both situations, and none is lower in the second one."""
    other = solver.other(guarantee.compared)
    answers = [(solver.unknown[name], other.unknown[name]) for name in guarantee.rising]
    known = [side.known(name) for name in guarantee.rising for side in (solver, other)]
    return z3.And(known + [z3.Implies(one, two) if z3.is_bool(one) else one <= two for one, two in answers])


def _moved(solver: Solver, guarantee: Monotonicity) -> Formula:
    """The number, or the verdict, moves from the first situation to the second as it never should."""
    other = solver.other(guarantee.compared)
    if guarantee.number is not None:
        moved = other.value(guarantee.number).add(solver.value(guarantee.number).times(Fraction(-1)))
        is_moved = moved.compared("<" if guarantee.never == "falls" else ">", Fraction(0))
        return z3.And(solver.known(guarantee.number), other.known(guarantee.number), is_moved)
    before, after = solver.outcomes(solver.stands)[1:], other.outcomes(other.stands)[1:]
    falls = [z3.And(one, two) for at, one in enumerate(before) for to, two in enumerate(after)
             if (to < at if guarantee.never == "falls" else to > at)]  # fmt: skip
    return z3.Or(falls or [z3.BoolVal(False)])

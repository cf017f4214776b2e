"""How do the conditions of a policy's ends become the columns of a result?"""

from __future__ import annotations

from collections.abc import Set
from functools import cached_property

from sqlglot import exp

from engine.execution.program import Program, rules_program, verdict_program
from engine.execution.sql_conditions import Conditions
from engine.execution.sql_dialect import Dialect
from engine.execution.sql_dialects import TESTED
from engine.execution.sql_expressions import (
    Expression,
    all_of,
    case,
    is_always,
    negated,
    number,
    one_of,
    piped,
    text,
)
from engine.execution.sql_sums import summed_fields
from engine.language.policy import Policy
from engine.meaning.judges import Ending, Label

_If = tuple[Expression, Expression]


class Columns:
    """The columns of a result for one policy, in one dialect, over a table with some columns; each made anew."""

    def __init__(self, policy: Policy, dialect: str, columns: Set[str], most: int) -> None:
        self._policy = policy
        self._dialect = TESTED[dialect] if dialect in TESTED else Dialect()
        self._columns = columns & policy.field.keys()
        self._most = most

    @cached_property
    def _programs(self) -> tuple[Program, Program]:
        return verdict_program(self._policy), rules_program(self._policy)

    def _conditions(self, which: int) -> Conditions:
        return Conditions(self._policy, self._programs[which], self._dialect, self._columns, self._most)

    def verdict(self) -> Expression:
        """The name of the verdict, or NULL."""
        conditions = self._conditions(0)
        return case(self._before(conditions, exp.null(), exp.null()) + self._verdicts(conditions))

    def rules(self) -> Expression:
        """The names of the rules that decide, or NULL."""
        conditions, deciding = self._conditions(0), self._conditions(1)
        names = []
        for rule in self._policy.rules:
            can = deciding.possible(lambda label, name=rule.name: isinstance(label, tuple) and name in label)
            if can is not None:
                names.append(_named(rule.name, can, deciding.vague))
        decided = one_of(certain for certain, _ in self._verdicts(conditions))
        return case([*self._before(conditions, exp.null(), exp.null()), (decided, _without_comma(names))])

    def problem(self) -> Expression:
        """Why there is no verdict, or NULL."""
        conditions = self._conditions(0)
        wrong = [case([(negated(fits), text(f", {name}"))], text("")) for name, fits in self._fitting().items()]
        ifs = self._before(
            conditions,
            piped([text("wrong: "), _without_comma(wrong)]) if wrong else exp.null(),
            text("impossible"),
            text("unsettled"),
        )
        ifs.append((one_of(certain for certain, _ in self._verdicts(conditions)), exp.null()))
        if conditions.vague is not None:
            ifs.append((conditions.vague.copy(), text("unsettled")))
        return case(ifs, text("undecided"))

    def _fitting(self) -> dict[str, Expression]:
        """Of each field whose column may hold something wrong, whether it does not."""
        summed = summed_fields(*self._programs)
        asked = [field for field in self._policy.fields if field.name in self._columns]
        found = ((field.name, self._dialect.fits(field, summed=field.name in summed)) for field in asked)
        return {name: fits for name, fits in found if fits is not None}

    def _before(
        self, conditions: Conditions, wrong: Expression, impossible: Expression, unsettled: Expression | None = None
    ) -> list[_If]:
        """What comes before any verdict: wrong values, and what cannot happen, or possibly so."""
        fitting = self._fitting()
        found = [(negated(all_of(fitting.values())), wrong)] if fitting else []
        never = conditions.certain(lambda label: label is Ending.IMPOSSIBLE)
        if never is not None:
            found.append((never, impossible))
        if conditions.excluded is not None:
            found.append((conditions.excluded.copy(), unsettled or exp.null()))
        return found

    def _verdicts(self, conditions: Conditions) -> list[_If]:
        def only(verdict: str) -> Expression | None:
            wanted: tuple[Label, ...] = (verdict, Ending.IMPOSSIBLE)
            return conditions.certain(lambda label: label in wanted)

        reached = [name for name in self._policy.verdict if name in conditions.labels]
        found = ((only(name), text(name)) for name in reached)
        return [(certain, name) for certain, name in found if certain is not None]


def _named(name: str, can: Expression, vague: Expression | None) -> Expression:
    """A rule's name after a comma where the rule can be among those that decide, and nothing where it cannot."""
    said = text(f", {name}")
    if is_always(can):
        return said
    if vague is None:
        return case([(negated(can), text(""))], said)
    # Where it is not known what can still come, it is not known either which rules decide.
    unknown = case([(vague.copy(), exp.null())], said.copy())
    ifs = [exp.If(this=exp.false(), true=text("")), exp.If(this=exp.true(), true=said)]
    return exp.Case(this=exp.Paren(this=can), ifs=ifs, default=unknown)


def _without_comma(names: list[Expression]) -> Expression:
    """Names that each come after a comma, as a list."""
    return exp.func("SUBSTR", piped(names) if names else text(""), number(3))

"""How do the conditions of a policy's ends become the columns of a result?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Set
from typing import TypeAlias

from sqlglot import exp

from engine.execution.program import rules_program, settled_program, verdict_program
from engine.execution.sql.conditions import Conditions
from engine.execution.sql.dialect import Dialect
from engine.execution.sql.dialects import TESTED
from engine.execution.sql.expressions import (
    Expression,
    all_of,
    call,
    case,
    column,
    is_always,
    negated,
    number,
    piped,
    text,
)
from engine.execution.sql.held import are_answers, as_held
from engine.execution.sql.limits import check_limits
from engine.language.policy import Policy
from engine.meaning.judges import Ending, Label

_If: TypeAlias = tuple[Expression, Expression]


class Columns:
    """The columns of a result for one policy, in one dialect, over a table with some columns.

    Of some columns all `texts` are known that they can hold.
    """

    def __init__(self, policy: Policy, dialect: str, columns: Set[str], texts: Mapping[str, Collection[str]]) -> None:
        self._policy = policy
        self._fields = {field.name: as_held(field, texts.get(field.name)) for field in policy.fields}
        self._sure = {
            field.name for field in policy.fields if field.name in texts and are_answers(field, texts[field.name])
        }
        self._dialect = TESTED[dialect] if dialect in TESTED else Dialect()
        answered = columns & policy.field.keys()
        programs = settled_program(policy, verdict_program), settled_program(policy, rules_program)
        check_limits(policy, programs)
        self._columns = answered
        self._verdicts, self._rules = (
            Conditions(policy, each, self._dialect, answered, self._fields) for each in programs
        )

    def verdict(self) -> Expression:
        """The name of the verdict, or NULL."""
        found: list[_If] = []
        fitting = self._fitting()
        listed = self._verdicts.listed()
        if listed is not None:
            answered, ways = listed
            *ifs, (_, last) = ((condition, _text_of(label)) for condition, label in ways)
            found.append((all_of([*(fits.copy() for fits in fitting.values()), answered]), case(ifs, last)))
        if fitting:
            found.append((negated(all_of(fitting.values())), exp.null()))
        found += [(excluded, exp.null()) for excluded in (self._impossible(), self._verdicts.excluded) if excluded]
        for verdict in self._policy.verdict:
            wanted: tuple[Label, ...] = (verdict, Ending.IMPOSSIBLE)
            certain = self._verdicts.certain(wanted.__contains__) if verdict in self._verdicts.labels else None
            if certain is not None:
                found.append((certain, text(verdict)))
        return case(found) if found else exp.null()

    def rules(self) -> Expression:
        """The names of the rules that decide, or NULL; beside the column of the verdict."""
        found = []
        for verdict in self._policy.verdict:
            rules = dict.fromkeys(rule.name for rule in self._policy.rules if rule.then == verdict)
            out = ((rule, self._rules.certain(_without(rule, rules.keys()))) for rule in rules)
            names = [_named(rule, never, self._rules.vague) for rule, never in out if not is_always(never)]
            if names:
                found.append(exp.If(this=text(verdict), true=_without_comma(names)))
        return exp.Case(this=column("verdict"), ifs=found) if found else exp.null()

    def problem(self) -> Expression:
        """Why there is no verdict, or NULL; beside the column of the verdict."""
        found: list[_If] = [(_is_decided(), exp.null())]
        fitting = self._fitting()
        if fitting:
            wrong = [case([(negated(fits.copy()), text(f", {name}"))], text("")) for name, fits in fitting.items()]
            listed = piped([text("wrong: "), _without_comma(wrong)])
            found.append((negated(all_of(fitting.values())), listed))
        impossible = self._impossible()
        if impossible is not None:
            found.append((impossible, text("impossible")))
        if self._verdicts.vague is not None:
            found.append((self._verdicts.vague.copy(), text("unsettled")))
        return case(found, text("undecided"))

    def _fitting(self) -> dict[str, Expression]:
        """Of each field whose column may hold something wrong, whether it does not."""
        summed = self._verdicts.summed | self._rules.summed
        asked = [field for name, field in self._fields.items() if name in self._columns and name not in self._sure]
        found = ((field.name, self._dialect.fits(field, summed=field.name in summed)) for field in asked)
        return {name: fits for name, fits in found if fits is not None}

    def _impossible(self) -> Expression | None:
        return self._verdicts.certain(lambda label: label is Ending.IMPOSSIBLE)


def _without(rule: str, alike: Set[str]) -> Callable[[Label], bool | None]:
    """Whether a rule is not among those that decide; None of an end with none of those alike, since it cannot come."""

    def lacks(label: Label) -> bool | None:
        if not isinstance(label, tuple):
            return True
        return None if alike.isdisjoint(label) else rule not in label

    return lacks


def _text_of(label: Label) -> Expression:
    return text(label) if isinstance(label, str) else exp.null()


def _is_decided() -> Expression:
    return exp.Is(this=column("verdict"), expression=exp.Not(this=exp.null()))


def _named(name: str, never: Expression | None, vague: Expression | None) -> Expression:
    """A rule's name after a comma, and nothing where it is certain that the rule is not among those that decide."""
    said = text(f", {name}")
    if never is None:
        return said
    if vague is None:
        return case([(never, text(""))], said)
    # Where it is not known what can still come, it is not known either which rules decide.
    unknown = case([(vague.copy(), exp.null())], said.copy())
    ifs = [exp.If(this=exp.true(), true=text("")), exp.If(this=exp.false(), true=said)]
    return exp.Case(this=exp.Paren(this=never), ifs=ifs, default=unknown)


def _without_comma(names: list[Expression]) -> Expression:
    """Names that each come after a comma, as a list."""
    if len(names) == 1 and isinstance(names[0], exp.Literal):
        return text(str(names[0].this).removeprefix(", "))
    return call("SUBSTR", piped(names) if names else text(""), number(3))

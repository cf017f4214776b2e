"""The result columns of a policy as SQL expressions: verdict, rules, possible rules and problem."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Set
from dataclasses import dataclass
from typing import TypeAlias

from sqlglot import exp

from engine.execution.output_cells import cells_together, output_columns, step_column
from engine.execution.program import rules_program, settled_program, verdict_program
from engine.execution.sql.dialects import TESTED
from engine.execution.sql.end_conditions import Conditions
from engine.execution.sql.enum_columns import are_answers, narrow_to_texts
from engine.execution.sql.expressions import (
    Expression,
    all_of,
    call,
    case,
    column,
    concatenate,
    is_always,
    negate,
    number,
    text,
)
from engine.execution.sql.limits import check_limits
from engine.execution.sql.own_names import raw_column
from engine.language.model.field_kinds import YES_NO, Field
from engine.language.model.policy import Policy
from engine.language.situations.table_format import OWN_NAMES, TableFormat
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.logic import policy_of_step
from engine.threads import cached_property

_If: TypeAlias = tuple[Expression, Expression]


class Columns:
    """Generates the result columns for one policy, dialect and table.

    Args:
        policy: The policy.
        dialect: The name of a tested dialect.
        columns: The fields that have a column.
        texts: All texts that a column can hold, by field, where they are known.
        form: The names and notations of the columns.
    """

    def __init__(
        self,
        policy: Policy,
        dialect: str,
        columns: Set[str],
        texts: Mapping[str, Collection[str]],
        form: TableFormat = OWN_NAMES,
    ) -> None:
        self._form = form
        self._policy = policy
        self._texts = texts
        self._fields = {field.name: narrow_to_texts(field, texts.get(field.name)) for field in policy.fields}
        self._sure = {
            field.name for field in policy.fields if field.name in texts and are_answers(field, texts[field.name])
        }
        self._dialect = TESTED[dialect]
        beside = {field.none_column for field in policy.fields if field.none_column is not None}
        answered = columns & (policy.field.keys() | beside)
        programs = settled_program(policy, verdict_program), settled_program(policy, rules_program)
        check_limits(policy, programs)
        self._columns = answered
        self._verdicts, self._rules = (
            Conditions(policy, each, self._dialect, answered, self._fields) for each in programs
        )

    def verdict(self) -> Expression:
        """The name of the verdict, or NULL."""
        found: list[_If] = []
        fitting = self._validity_checks()
        listed = self._verdicts.listed()
        if listed is not None:
            answered, ways = listed
            *ifs, (_, last) = ((condition, _text_of(label)) for condition, label in ways)
            found.append((all_of([*(fits.copy() for fits in fitting.values()), answered]), case(ifs, last)))
        if fitting:
            found.append((negate(all_of(fitting.values())), exp.null()))
        found += [(excluded, exp.null()) for excluded in (self._impossible(), self._verdicts.excluded) if excluded]
        for verdict in self._policy.verdict:
            wanted: tuple[Label, ...] = (verdict, Ending.IMPOSSIBLE)
            certain = self._verdicts.certain(wanted.__contains__) if verdict in self._verdicts.labels else None
            if certain is not None:
                found.append((certain, text(verdict)))
        return case(found) if found else exp.null()

    def rules(self) -> Expression:
        """The names of the rules that decide for every completion, or NULL; refers to the column `verdict`."""
        return self._names(lambda rule: rule.certainly())

    def possible_rules(self) -> Expression:
        """The names of the rules that decide only for some completions, or NULL; refers to the column `verdict`."""
        return self._names(lambda rule: rule.possibly())

    def _names(self, said: Callable[[_Deciding], Expression | None]) -> Expression:
        """The list of rule names, selected by verdict; `said` gives the expression for each rule."""
        found = []
        for verdict, rules in self._deciding.items():
            names = [name for rule in rules if (name := said(rule)) is not None]
            if not names:
                continue
            listed = _without_comma(names)
            # A constant name means that the text is never empty.
            is_sure = any(isinstance(name, exp.Literal) for name in names)
            listed = listed if is_sure else exp.Nullif(this=listed, expression=text(""))
            found.append(exp.If(this=text(verdict), true=listed))
        return exp.Case(this=column("verdict"), ifs=found) if found else exp.null()

    def steps(self) -> dict[str, Expression]:
        """The outcome of each step, or NULL, by name of the column."""
        policies = {name: policy_of_step(self._policy, name) for name in self._policy.step}
        about = self._dialect.name, self._columns, self._texts, self._form
        return {step_column(name): Columns(policy, *about).verdict() for name, policy in policies.items()}

    def outputs(self) -> dict[str, Expression]:
        """The text of each column of an output, or NULL; refers to the column `verdict`."""
        return {name: self._output(place) for place, name in enumerate(output_columns(self._policy))}

    def _output(self, place: int) -> Expression:
        """The text of the output in one of the columns, selected by verdict."""
        policy, found = self._policy, []
        for verdict in policy.verdict:
            alike = dict.fromkeys(rule.name for rule in policy.rules if rule.then == verdict).keys()
            labels = [each for each in self._rules.labels if isinstance(each, tuple) and not alike.isdisjoint(each)]
            cells = {label: cells_together(policy, [label])[place] for label in labels}
            texts = [each for each in dict.fromkeys(cells.values()) if each is not None]
            value: Expression | None = text(texts[0]) if texts else None
            if len(set(cells.values())) > 1:
                tests = [self._rules.certain(_label_test(alike, _cell_test(cells, each))) for each in texts]
                value = _first_case(zip(tests, map(text, texts), strict=True))
            if value is not None:
                found.append(exp.If(this=text(verdict), true=value))
        return exp.Case(this=column("verdict"), ifs=found) if found else exp.null()

    @cached_property
    def _deciding(self) -> dict[str, list[_Deciding]]:
        """The rules that can decide, by verdict."""
        found: dict[str, list[_Deciding]] = {}
        for verdict in self._policy.verdict:
            alike = dict.fromkeys(rule.name for rule in self._policy.rules if rule.then == verdict).keys()
            rules = (
                _Deciding(
                    rule,
                    self._rules.certain(_label_test(alike, lambda names, rule=rule: rule in names)),  # type: ignore[misc]
                    self._rules.certain(_label_test(alike, lambda names, rule=rule: rule not in names)),  # type: ignore[misc]
                    self._rules.vague,
                )
                for rule in alike
            )
            found[verdict] = [rule for rule in rules if not is_always(rule.never)]
        return found

    def problem(self) -> Expression:
        """Why there is no verdict, or NULL; refers to the column `verdict`."""
        found: list[_If] = [(_is_decided(), exp.null())]
        fitting = self._validity_checks()
        if fitting:
            wrong = [case([(negate(fits.copy()), text(f", {name}"))], text("")) for name, fits in fitting.items()]
            listed = concatenate([text("wrong: "), _without_comma(wrong)])
            found.append((negate(all_of(fitting.values())), listed))
        impossible = self._impossible()
        if impossible is not None:
            found.append((impossible, text("impossible")))
        if self._verdicts.vague is not None:
            found.append((self._verdicts.vague.copy(), text("unsettled")))
        return case(found, text("undecided"))

    def _validity_checks(self) -> dict[str, Expression]:
        """For each field whose column may hold invalid values, the condition that it is valid."""
        summed = self._verdicts.summed | self._rules.summed
        asked = [
            field
            for name, field in self._fields.items()
            if (name in self._columns and name not in self._sure) or field.none_column in self._columns
        ]
        found = ((field.name, self._fits(field, summed=field.name in summed)) for field in asked)
        return {name: fits for name, fits in found if fits is not None}

    def _fits(self, field: Field, *, summed: bool) -> Expression | None:
        """Whether a column holds a valid answer; None if every value is valid."""
        cell = self._form.cell(field.name)
        if field.kind == YES_NO and cell.words:
            # Any other text would be translated to NULL, a missing answer, although it is invalid.
            found: Expression | None = self._dialect.among(
                raw_column(field.name), [*cell.words, *cell.empty], holds=True
            )
        else:
            has_column = field.name in self._columns and field.name not in self._sure
            found = self._dialect.fits(field, summed=summed) if has_column else None
        return found if field.none_column is None else self._dialect.fits_with_none(field, found, self._columns)

    def _impossible(self) -> Expression | None:
        """Where the answers are certainly impossible."""
        return self._verdicts.certain(lambda label: label is Ending.IMPOSSIBLE)


def _label_test(alike: Set[str], wanted: Callable[[tuple[str, ...]], bool]) -> Callable[[Label], bool | None]:
    """A test of a label's rules; None for a label without any of the rules `alike`, which cannot be reached then."""

    def asked(label: Label) -> bool | None:
        if not isinstance(label, tuple):
            return True
        return None if alike.isdisjoint(label) else wanted(label)

    return asked


def _cell_test(cells: Mapping[tuple[str, ...], str | None], wanted: str) -> Callable[[tuple[str, ...]], bool]:
    """A test of a label's rules: whether they give this text."""
    return lambda names: cells[names] == wanted


def _first_case(ways: Iterable[tuple[Expression | None, Expression]]) -> Expression | None:
    """The value of the first condition that holds, NULL if none does; None if none ever does."""
    ifs = [(condition, value) for condition, value in ways if condition is not None]
    if ifs and is_always(ifs[0][0]):
        return ifs[0][1]
    return case(ifs) if ifs else None


def _text_of(label: Label) -> Expression:
    """The verdict of a label, or NULL."""
    return text(label) if isinstance(label, str) else exp.null()


def _is_decided() -> Expression:
    """Whether a row has a verdict."""
    return exp.Is(this=column("verdict"), expression=exp.Not(this=exp.null()))


@dataclass(frozen=True)
class _Deciding:
    """When a rule certainly decides (`every`), and when it certainly does not (`never`).

    Where missing answers are `vague`, neither is known, and the columns are NULL.
    """

    name: str
    every: Expression | None
    never: Expression | None
    vague: Expression | None

    def certainly(self) -> Expression | None:
        """The rule's name after a comma if it certainly decides, else an empty text."""
        if self.vague is None and self.every is None:
            return None
        if self.vague is None:
            return self._case([(self.every, self._said())], text(""))
        return self._case([(self.every, self._said()), (self.never, text("")), (self.vague, exp.null())], text(""))

    def possibly(self) -> Expression | None:
        """The rule's name after a comma if it may or may not decide, else an empty text."""
        if is_always(self.every):
            return None
        sure = [(self.every, text("")), (self.never, text("")), (self.vague, exp.null())]
        return self._case(sure, self._said())

    def _said(self) -> Expression:
        """The rule's name after a comma."""
        return text(f", {self.name}")

    def _case(self, ways: list[tuple[Expression | None, Expression]], otherwise: Expression) -> Expression:
        """A CASE expression that omits absent conditions and stops at the first that always holds."""
        ifs: list[_If] = []
        for condition, then in ways:
            if is_always(condition):
                otherwise = then
                break
            if condition is not None:
                ifs.append((condition.copy(), then))
        return case(ifs, otherwise) if ifs else otherwise


def _without_comma(names: list[Expression]) -> Expression:
    """The concatenation of names that each follow a comma, without the first comma."""
    if len(names) == 1 and isinstance(names[0], exp.Literal):
        return text(str(names[0].this).removeprefix(", "))
    return call("SUBSTR", concatenate(names) if names else text(""), number(3))

"""The computation of a semantic difference: all situations whose outcome differs between two versions, exactly.

It ranges over the fields of both versions. Both rule lists are read in one descent whose labels are pairs of outcomes.
What is not found within the step limit is reported as not proved.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from engine.analysis.comparing.days_put_in import put_day_in, read_days
from engine.analysis.comparing.difference import (
    ADDED,
    ASKED,
    CHOICES,
    RANGE,
    REMOVED,
    UNSURE,
    VERDICT,
    Change,
    Difference,
    FieldChange,
    Outputs,
    Restated,
    Side,
    Version,
)
from engine.analysis.describing.example_numbers import example_numbers
from engine.analysis.describing.examples import Example, example, simplest
from engine.analysis.describing.named_bounds import constants_compared
from engine.analysis.describing.regions import Regions, areas_of, regions_in
from engine.analysis.describing.short_regions import shorten
from engine.analysis.proving.proof_session import STEPS
from engine.budget import Budget, OutOfSteps, attempt
from engine.frozen import FrozenDict, NamedTuple
from engine.language.model.arguments import require, require_steps
from engine.language.model.asking.applicability import answered_only, fields_in_order, is_left_out, not_asked
from engine.language.model.field_kinds import YES_NO, Field, Value
from engine.language.model.policy import Policy, require_policy
from engine.language.model.policy_parts import Rule
from engine.language.model.relations.rule_outputs import Yield, output_names, verdict_in, yield_together
from engine.language.model.values.computed_outputs import computed_in, written_output
from engine.language.model.values.misfits import Misfit
from engine.language.model.values.value_readers import fit
from engine.language.model.values.value_texts import expected, value_text
from engine.language.model.widening import Widened, widen
from engine.language.model.words import answer_words, condition_phrase
from engine.meaning import reference
from engine.meaning.asked.asked_questions import is_asked
from engine.meaning.changes import change
from engine.meaning.formulas import common_ground
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.logic import Logic
from engine.meaning.outcomes import IMPOSSIBLE
from engine.meaning.queries import Query, differs
from engine.meaning.tree import Tree
from engine.problems import Place
from engine.progress import tell_observer
from engine.threads import cached_property

# Attributes of a verdict that people or programs get.
_SAID = ("title", "must", "advice", "output")
_BOTH_IMPOSSIBLE = (Ending.IMPOSSIBLE, Ending.IMPOSSIBLE)


def diff(
    old: Policy,
    new: Policy | None = None,
    *,
    between: tuple[str | datetime.date, str | datetime.date] | None = None,
    steps: int = STEPS,
) -> Difference:
    """Find every situation whose outcome differs between two versions of a policy, or between two days of one.

    Args:
        old: The old version, from `load`.
        new: The new version, from `load`. Fields may have been added or removed, or accept other answers.
        between: Two days, as dates or texts such as `"2024-06-30"`, in place of a new version: what is decided on the
            second day is compared with what is decided on the first. Each is put in place of the field that the
            policy's `as_of` names, and of no other.
        steps: Step limit, the same on every machine.

    Returns:
        The changes, one for each pair of outcomes, with number, example and regions. If the step limit was reached,
        `proved` is false and the changes found so far are listed.

    Raises:
        PolicyError: A field has different kinds in the two versions, so that records cannot be compared; or the policy
            has no `as_of`, or the field that it names does not take a day in `between`.
        TypeError: `old` or `new` is not a policy, `between` is no pair or given beside `new`, or `steps` is not an
            integer.
        ValueError: `steps` is below 1.

    Example:
        >>> from engine import diff, load
        >>> diff(load("other-interviews"), load("other-interviews")).same
        True
    """
    require_policy(old, "diff", "old")
    require_steps(steps, "diff")
    tell_observer("which situations get another verdict")
    if between is None:
        require_policy(new, "diff", "new")
        assert new is not None
        return _Comparison(old, new, steps).difference()
    own = "two days of one policy are compared: leave `new` out"
    require(new, type(None), "diff", "new", "left out beside `between`", own)
    what = "a pair of days"
    require(between, (tuple, list), "diff", "between", what, 'write `between=("2024-06-30", "2024-07-01")`, say')
    if len(between) != 2:
        raise TypeError(f"diff: `between` must be {what}, not {len(between)} of them")
    days = read_days(old, between)
    one, other = (put_day_in(old, day) for day in days)
    found = _Comparison(one, other, steps).difference()
    version = Version(old.name, old.version, old.sha256)
    return replace(found, old=version, new=version, days=days)


class _Pair(NamedTuple):
    """One version: as it was read, and widened to the fields of both."""

    own: Policy
    wide: Policy


class _Comparison:
    """The queries about two versions, and their answers as a `Difference`."""

    def __init__(self, old: Policy, new: Policy, steps: int) -> None:
        widened: Widened = widen(old, new)
        self.old, self.new = _Pair(old, widened.old), _Pair(new, widened.new)
        # Regions are described with the facts of the new version; bounds are named where both versions do so alike.
        self.names = dict(constants_compared(old).items() & constants_compared(new).items())
        named = tuple(each for each in new.constants if each.name in self.names.values())
        self.view = replace(widened.view, facts=widened.new.facts, steps=widened.new.steps, constants=named)
        self.steps = steps
        self.ground = common_ground(widened.view, widened.old, widened.new)
        self.has_outputs = old.has_rule_outputs or new.has_rule_outputs
        self.query = change(widened.old, widened.new, ground=self.ground)
        self.areas = self.ground.areas
        self.tree = self._tree()
        # Separate budgets, so that neither examples nor regions starve the other.
        self.showing, self.telling = Budget(steps), Budget(steps)

    def _tree(self) -> Tree | None:
        return attempt(self.query.tree, Budget(self.steps))

    def difference(self) -> Difference:
        """Return the whole difference."""
        labels, proved = self._labels()
        counts = self._counts()
        old, new = self.old.own, self.new.own
        changes = tuple(self._change(label, counts) for label in sorted(labels, key=self._rank))
        return Difference(
            old=Version(old.name, old.version, old.sha256),
            new=Version(new.name, new.version, new.sha256),
            proved=proved,
            steps=self.steps,
            situations=None if counts is None else sum(counts[label] for label in labels),
            total=None if counts is None else sum(many for label, many in counts.items() if label != _BOTH_IMPOSSIBLE),
            changes=changes,
            fields=tuple(_field_changes(old, new)),
            verdicts=tuple(_restated(old, new, self.has_outputs)),
        )

    def _labels(self) -> tuple[set[tuple[Label, Label]], bool]:
        """Return the pairs of different outcomes that occur, and whether these are proved to be all."""
        if self.tree is not None:
            return {label for label in self.tree.labels if isinstance(label, tuple) and differs(label)}, True
        found: set[tuple[Label, Label]] = set()
        budget = Budget(self.steps)
        try:
            while True:
                place = self._unlike(found).find(budget)
                if place is None:
                    return found, True
                label = self.query.descent.enter(place)[1]
                assert isinstance(label, tuple)
                found.add(label)
        except OutOfSteps:
            return found, False

    def _unlike(self, found: set[tuple[Label, Label]]) -> Query:
        """Return the query for changes other than these."""
        return Query(self.areas, lambda: self.query.descent, lambda label: differs(label) and label not in found)

    def _counts(self) -> Mapping[Label, int] | None:
        if self.tree is None or not self.areas.space.countable:
            return None
        return attempt(self.tree.counts, self.areas, Budget(self.steps))

    def _rank(self, label: tuple[Label, Label]) -> tuple[int, str, int, str]:
        return *_place(self.old.own, label[0]), *_place(self.new.own, label[1])

    def _change(self, label: tuple[Label, Label], counts: Mapping[Label, int] | None) -> Change:
        """Return the change between one pair of outcomes."""
        query = Query(self.areas, lambda: self.query.descent, lambda each: each == label)
        shown = self._example(query)
        values, shows = (None, ()) if shown is None else (shown.values, shown.shows)
        otherwise = self._worked_out_otherwise(*label)
        outputs = self._changed_outputs(*label, otherwise)
        return Change(
            before=self._side(self.old, label[0], values, outputs[0]),
            after=self._side(self.new, label[1], values, outputs[1]),
            situations=None if counts is None else counts[label],
            example=None if values is None else answered_only(self.view, values),
            shows=shows,
            answers=() if values is None else tuple(self._answer(name, values[name]) for name in shows),
            numbers=() if values is None else self._numbers(values, shows),
            regions=None if self.tree is None else self._regions(query),
            otherwise=tuple(name for name in self._output_names if name in otherwise) if otherwise else (),
        )

    def _regions(self, query: Query) -> Regions | None:
        """Return the regions of a change; the short ones use the facts of the new version."""
        found = areas_of(query, self.telling)
        if found is None:
            return None
        areas, total = found
        described = shorten(self.facts, areas, facts=tuple(self.facts.policy.fact)) if total == len(areas) else ()
        return regions_in(self.view, query, areas, total, self.telling, described, self.names)

    @cached_property
    def _output_names(self) -> tuple[str, ...]:
        """The names of the outputs of both versions."""
        return tuple(dict.fromkeys((*output_names(self.new.own), *output_names(self.old.own))))

    @cached_property
    def facts(self) -> Logic:
        """The logic of the new version over the space of both, for its facts."""
        return Logic(self.new.wide, self.ground)

    def _numbers(self, values: Mapping[str, Value], shows: Collection[str]) -> tuple[tuple[str, str], ...]:
        """Return the derived numbers of both versions in an example, each with its version where they differ."""
        old, new = (example_numbers(pair.wide, values, shows) for pair in (self.old, self.new))
        differing = {means for means, _ in set(new) ^ set(old)} & dict(new).keys() & dict(old).keys()
        versions = [(f"{means}, {version}" if means in differing else means, amount)
                    for version, numbers in (("old", old), ("new", new)) for means, amount in numbers]  # fmt: skip
        return tuple(dict.fromkeys(versions))

    def _answer(self, name: str, value: Value) -> tuple[str, str]:
        field = self.areas.space.fields[name]
        return field.ask, answer_words(field, value)

    def _example(self, query: Query) -> Example | None:
        try:
            if self.tree is not None:
                return example(query, self.showing)
            # Without a tree it is unknown which answers can be left out: all of them are shown.
            values = simplest(query, {}, self.showing)
            return Example(FrozenDict(values), tuple(values))
        except OutOfSteps:
            return None

    def _worked_out_otherwise(self, before: Label, after: Label) -> frozenset[str]:
        """Return the outputs that go with one verdict and that are worked out from numbers whose meaning differs."""
        if not isinstance(before, Yield) or not isinstance(after, Yield) or before.verdict != after.verdict:
            return frozenset()
        old, new = dict(computed_in(before.output)), dict(computed_in(after.output))
        return frozenset(
            name
            for name in old.keys() & new.keys()
            if old[name].number == new[name].number
            and self.old.wide.numbers_given[old[name].number] != self.new.wide.numbers_given[new[name].number]
        )

    def _changed_outputs(self, before: Label, after: Label, otherwise: Collection[str] = ()) -> tuple[Outputs, Outputs]:
        """Return the outputs that differ between two outcomes with one verdict, as pairs of name and value."""
        if not isinstance(before, Yield) or not isinstance(after, Yield) or before.verdict != after.verdict:
            return (), ()
        from engine.analysis.describing.output_words import differing_words

        first, second = differing_words(self._output_names, before.output, after.output, otherwise)
        return tuple(first), tuple(second)

    def _side(self, pair: _Pair, label: Label, values: Mapping[str, Value] | None, outputs: Outputs) -> Side:
        """Return the outcome under one version, with the rules and reasons in the example, by the definition."""
        if values is not None and self._replayed(pair, values) != label:
            raise AssertionError(f"the example {values} does not show what was found in `{pair.own.name}`")
        if label is Ending.IMPOSSIBLE:
            excluded = () if values is None else reference.excluded_by(pair.wide, values)
            return Side(IMPOSSIBLE, reasons=tuple(each.because for each in excluded),
                        places=tuple(each.place for each in excluded) or (pair.own.place,))  # fmt: skip
        standing, place = ({}, pair.own.place) if values is None else _standing(pair, values)
        verdict = None if isinstance(label, Ending) else str(verdict_in(label))
        return Side(
            kind=label.value if isinstance(label, Ending) else VERDICT,
            verdict=verdict,
            title=pair.own.verdict[verdict].title if verdict else None,
            rules=tuple(standing),
            reasons=tuple(rule.because for rule in standing.values()),
            places=tuple(rule.place for rule in standing.values()) or (place,),
            output=label.output if isinstance(label, Yield) else None,
            outputs=outputs,
        )

    def _replayed(self, pair: _Pair, values: Mapping[str, Value]) -> Label:
        """Return the outcome of a situation under the policy as written, by the definition."""
        policy = pair.own
        try:
            own = _own_answers(policy, values)
        except Misfit:
            return Ending.IMPOSSIBLE
        if reference.excluded_by(policy, own):
            return Ending.IMPOSSIBLE
        found = reference.outcome(policy, own)
        if found.verdict is None:
            return Ending(found.kind)
        # What amounts mean is said over the fields of both.
        return yield_together(pair.wide, found.stands) if self.has_outputs else found.verdict


def _own_answers(policy: Policy, values: Mapping[str, Value]) -> dict[str, Value]:
    """Return the answers to the questions that a version asks in a situation of both; raises `Misfit`."""
    found: dict[str, Value] = {}
    for field in fields_in_order(policy):
        if field.applies_when is not None and is_asked(policy, field, found) is False:
            found[field.name] = not_asked(field)
        elif is_left_out(field, values[field.name]):
            found[field.name] = values[field.name]
        else:
            found[field.name] = fit(field, values[field.name])
    return found


def _place(policy: Policy, label: Label) -> tuple[int, str]:
    """Return the rank of an outcome: verdicts in file order and by their outputs, then gap, conflict and impossible."""
    order: list[Label] = [*policy.verdict, *Ending]
    outputs = json.dumps(written_output(label.output), sort_keys=True) if isinstance(label, Yield) else ""
    return order.index(verdict_in(label)), outputs


def _standing(pair: _Pair, values: Mapping[str, Value]) -> tuple[dict[str, Rule], Place]:
    """Return the rules that stand in a situation, by name, and the place of the policy whose rules they are.

    Where a step has no outcome or several, they are its rules, such as `risk/long-standing`, and its place.
    """
    found = reference.outcome(pair.wide, values)
    if not found.step:
        return {name: pair.own.rule[name] for name in found.stands}, pair.own.place
    step = pair.own.step[found.step]
    return {f"{step.name}/{name}": step.rule[name] for name in found.stands}, step.origin or step.place


def _field_changes(old: Policy, new: Policy) -> Iterator[FieldChange]:
    """Iterate over the differences between the fields of both versions."""
    for name in dict.fromkeys((*new.field, *old.field)):
        one, other = old.field.get(name), new.field.get(name)
        if one is None or other is None:
            before, after = (None if each is None else _answers(each) for each in (one, other))
            yield FieldChange(name, ADDED if one is None else REMOVED, before, after)
            continue
        if one.option_set != other.option_set:
            lost, gained = _beside(one, other), _beside(other, one)
            yield FieldChange(name, CHOICES, lost, gained)
        if (one.low, one.high) != (other.low, other.high):
            yield FieldChange(name, RANGE, _answers(one), _answers(other))
        asked = [None if each.applies_when is None else condition_phrase(policy, each.applies_when)
                 for policy, each in ((old, one), (new, other))]  # fmt: skip
        if one.applies_when != other.applies_when and asked[0] != asked[1]:
            yield FieldChange(name, ASKED, *asked)
        if one.if_unsure != other.if_unsure:
            readings = [None if each.if_unsure is None else value_text(each, each.if_unsure) for each in (one, other)]
            yield FieldChange(name, UNSURE, *readings)


def _answers(field: Field) -> str:
    return expected(field).split(" (")[0] if field.kind == YES_NO else expected(field)


def _beside(field: Field, other: Field) -> str | None:
    """List the choices that the other field lacks; None if there are none."""
    return ", ".join(f"`{name}`" for name in field.options if name not in other.option_set) or None


def _restated(old: Policy, new: Policy, has_outputs: bool) -> Iterator[Restated]:
    """Iterate over the verdicts whose contents differ; outputs aside if they are compared in every situation."""
    said = [part for part in _SAID if part != "output" or not has_outputs]
    for name, verdict in new.verdict.items():
        before = old.verdict.get(name)
        if before is not None:
            parts = tuple(part for part in said if getattr(before, part) != getattr(verdict, part))
            if parts:
                yield Restated(name, parts)

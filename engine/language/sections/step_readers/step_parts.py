"""What a policy takes over from one that is its step: its questions, and parts under names of their own.

The step then means the same as if its rules were written in place of its file, and what they read beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from engine.language.documents import nodes
from engine.language.documents.nodes import Scalar
from engine.language.documents.text import shorten
from engine.language.model.condition_tree import (
    All,
    ByDay,
    Compare,
    Condition,
    Holds,
    Not,
    Some,
    Versus,
)
from engine.language.model.field_kinds import YES_NO, Field
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import OUTPUT, TABLE, Number, Passage, Rule, Source
from engine.language.model.relations.dated_numbers import with_values
from engine.language.model.relations.decision_steps import DecisionStep, compare_step
from engine.language.model.relations.step_outputs import entries_of, with_numbers_called
from engine.language.model.relations.substitutions import with_conditions
from engine.language.parsing.reading import LONGEST_NAME, Unshapely, require_map, require_scalar
from engine.language.parsing.shared_parts import StepParts
from engine.language.sections.outline import NAMED_SECTIONS, Outline
from engine.language.sections.step_readers.policy_steps import StepPolicy
from engine.language.sections.step_readers.step_answers import compare_answers
from engine.language.sections.step_readers.step_applicability import Asked


def take_questions(outline: Outline, steps: dict[str, StepPolicy]) -> None:
    """Add the fields of policies that are steps to those of the file, where it lacks them, before any item is read."""
    for step in steps.values():
        mapped = _written_names(step)
        for field in step.policy.fields if step.policy else ():
            if field.name in mapped or field.name in outline.fields:
                continue
            _refuse_taken(outline, step, field)
            after = mapped.get(field.ask_after or "", field.ask_after)
            outline.fields[field.name] = replace(field, ask_after=after if after in outline.fields else None)


def _refuse_taken(outline: Outline, step: StepPolicy, field: Field) -> None:
    """Record a question that is to be taken over, and whose name says something else in the file."""
    names = outline.names
    kinds: dict[str, Mapping[str, object]] = {
        "field": outline.fields,
        "number": names.numbers,
        "fact": names.facts,
        "constant": names.constants,
        "step": names.steps,
    }
    for kind, found in kinds.items():
        for name in found:
            is_same = name == field.name
            if is_same or field.name.startswith(f"{name}.") or (kind == "field" and name.startswith(f"{field.name}.")):
                message = f"the policy of the step `{step.name}` asks for `{field.name}`, and `{name}` is a {kind} here"
                if not is_same:
                    message += ": in a record the shorter one would be both a value and a map"
                help_ = f"say in `with` what answers it, `with: {{{field.name}: …}}`, or rename one of the two"
                outline.reading.refuse("name-clash", message, (step.key.place, field.place), help_)
                return


def _written_names(step: StepPolicy) -> dict[str, str]:
    """The names in `with`, as far as they can be read."""
    node = step.mapping.get("with")
    found = node.entries if isinstance(node, nodes.Mapping) else {}
    return {name: entry.value.text for name, entry in found.items() if isinstance(entry.value, Scalar)}


def read_parts(outline: Outline, step: StepPolicy, facts: set[str], asked: list[Asked]) -> StepParts | None:
    """Read `with`, compare the questions, and return what the step comes to; None if anything is wrong.

    Args:
        outline: The declarations of the file, whose fields and steps have been read.
        step: The step.
        facts: The names of its facts.
        asked: Where its fields are added that are fields of the file, with when they are asked.
    """
    policy = step.policy
    if policy is None:
        return None
    written = _read_with(outline, step, policy)
    before = len(outline.reading.problems)
    for field in policy.fields:
        own = written.get(field.name)
        compare_answers(outline, field, own, step, facts)
    if len(outline.reading.problems) > before:
        return None
    renaming = _Renaming(step, policy, outline, written)
    asked += renaming.asked()
    return renaming.parts()


def _read_with(outline: Outline, step: StepPolicy, policy: Policy) -> dict[str, Scalar]:
    """Read the names that `with` gives for fields of the policy, recording those that are no fields."""
    if "with" not in step.mapping.entries:
        return {}
    entries = require_map(step.mapping.get("with")).entries
    if not entries:
        raise Unshapely
    found = {}
    here = {*outline.fields, *outline.names.facts, *outline.steps}
    for name, (key, value) in entries.items():
        if name in policy.field:
            found[name] = require_scalar(value)
        elif isinstance(value, Scalar) and value.text in policy.field and name in here:
            message = f"the policy of the step `{step.name}` asks for no `{shorten(name)}`"
            help_ = f"what it asks for comes first: `{value.text}: {name}`"
            outline.reading.refuse("unknown-name", message, key.place, help_)
        else:
            outline.reading.refuse_unknown("unknown-name", "field", key, policy.field)
    return found


def decided_by(step: StepPolicy, policy: Policy) -> DecisionStep:
    """Return what a policy decides as a step, with all its outputs, and names as they are in its own file.

    Args:
        step: Where it is named.
        policy: The policy.
    """
    collected = policy.collect

    def told(output: Any) -> dict[str, Any]:
        # What is collected is a list, whatever a single rule gives.
        found = output if isinstance(output, dict) else {}
        return {name: [value] if name in collected else value for name, value in found.items()}

    return DecisionStep(
        name=step.name,
        means=step.words(policy.title),
        outcomes=tuple((each.name, " ".join(each.title.split())) for each in policy.verdicts),
        rules=tuple(replace(rule, output=told(rule.output) or None) for rule in policy.rules),
        ordered=policy.verdicts_ordered,
        decision=policy.decision,
        place=step.key.place,
        origin=policy.place,
        outputs=tuple((each.name, output) for each in policy.verdicts if (output := told(each.output))),
    )


class _Renaming:
    """The parts of a policy as they read in another one, of which it is a step."""

    def __init__(self, named: StepPolicy, policy: Policy, outline: Outline, written: dict[str, Scalar]) -> None:
        self.named, self.policy, self.outline, self.words = named, policy, outline, named.words
        self.step = step = named.name
        self.place = named.key.place
        self.names = {name: scalar.text for name, scalar in written.items()}
        own: list[Any] = [*policy.numbers, *policy.facts, *policy.constants, *policy.steps]
        self.names |= {each.name: f"{step}.{each.name}" for each in own}
        self.of_facts = {
            name
            for name, scalar in written.items()
            if scalar.text not in outline.fields and policy.field[name].kind == YES_NO
        }
        self.choices = {
            **{name: outline.steps[text] for name, text in self.names.items() if text in outline.steps},
            **{
                each.name: replace(each.field, name=self.names[each.name])
                for each in policy.steps
                if not each.is_number
            },
        }

    def name(self, name: str) -> str:
        return self.names.get(name, name)

    def parts(self) -> StepParts:
        """Return what the step comes to."""
        policy = self.policy
        decided = decided_by(self.named, policy)
        private = (
            replace(each, name=self.name(each.name), means=self.words(each.means), origin=each.origin or each.place)
            for each in policy.steps
        )
        return StepParts(
            numbers=tuple(map(self._number, policy.numbers)),
            facts=tuple(
                replace(
                    each,
                    name=self.name(each.name),
                    means=self.words(each.means),
                    when=self.condition(each.when),
                    cites=self._cites(each.cites),
                )
                for each in policy.facts
            ),
            constants=tuple(
                replace(each, name=self.name(each.name), value=self._value(each.value), cites=self._cites(each.cites))
                for each in policy.constants
            ),
            steps=tuple(map(self._step, (*private, decided))),
            impossible=tuple(
                replace(each, when=self.condition(each.when)) for each in policy.impossible if not each.implied_by
            ),
            answers=tuple(self.name(field.name) for field in policy.fields),
            known=tuple((self.name(field.name), field.known) for field in policy.fields if field.known),
        )

    def asked(self) -> Iterator[Asked]:
        """Iterate over the fields of the policy that are fields of the other one, with when they are asked."""
        for field in self.policy.fields:
            if self.name(field.name) in self.outline.fields:
                when = None if field.applies_when is None else self.condition(field.applies_when)
                yield Asked(self.name(field.name), when, field, self.step, self.place)

    def _cites(self, cites: tuple[str, ...]) -> tuple[str, ...]:
        if self.outline.section("source") is None:
            return ()
        return tuple(f"{self.step}.{each}" for each in cites)

    def _step(self, step: DecisionStep) -> DecisionStep:
        renamed = with_numbers_called(step, self.name)
        return replace(renamed, rules=tuple(map(self._rule, renamed.rules)))

    def _rule(self, rule: Rule) -> Rule:
        # The days on which a rule is valid stay part of its condition; the other policy may have another `as_of`.
        return replace(rule, when=self.condition(rule.when), valid=None, cites=self._cites(rule.cites))

    def _value(self, value: Any) -> Any:
        return replace(value, on=self.name(value.on)) if isinstance(value, ByDay) else value

    def _number(self, number: Number) -> Number:
        if number.kind == TABLE:
            step = replace(self.policy.step[number.name], name=self.name(number.name))
            tests = zip(number.entries, step.options, strict=True)
            entries = tuple(replace(entry, when=step.test_of(option)) for entry, option in tests)
            return replace(number, name=step.name, means=self.words(number.means), entries=entries)
        if number.kind == OUTPUT:
            name, output = number.given_by
            step = replace(with_numbers_called(self.policy.step[name], self.name), name=self.name(name))
            entries = entries_of(step, output)
            own, means = self.name(number.name), self.words(number.means)
            return replace(number, name=own, means=means, entries=entries, given_by=(step.name, output))
        changed = with_values(with_conditions(number, self.condition), self._value)
        return replace(
            changed,
            name=self.name(number.name),
            means=self.words(number.means),
            terms=tuple((self.name(name), times) for name, times in changed.terms),
            parts=tuple(self.name(part) if isinstance(part, str) else part for part in changed.parts),
            named=tuple(self.name(name) if name else "" for name in changed.named),
            entries=tuple(
                replace(entry, named=self.name(entry.named) if entry.named else "") for entry in changed.entries
            ),
        )

    def condition(self, condition: Condition) -> Condition:
        """Return a condition as it reads in the other policy."""
        if isinstance(condition, Some) and condition.written is not None:
            if condition.written.name in self.choices and all(isinstance(each, Holds) for each in condition.parts):
                return self._test(condition.written)
            written = self._compare(condition.written)
            return replace(condition, parts=tuple(map(self.condition, condition.parts)), written=written)
        if isinstance(condition, All | Some):
            return replace(condition, parts=tuple(map(self.condition, condition.parts)))
        if isinstance(condition, Not):
            return replace(condition, part=self.condition(condition.part))
        return self._test(condition)

    def _test(self, test: Compare | Versus | Holds) -> Condition:
        if isinstance(test, Holds):
            return replace(test, fact=self.name(test.fact))
        if isinstance(test, Versus):
            return replace(test, name=self.name(test.name), other=self.name(test.other))
        if test.name in self.of_facts:
            listed = test.value if isinstance(test.value, tuple) else (test.value,)
            held = [each for each in (True, False) if (each in listed) != (test.op == "none_of")]
            tests = tuple(Holds(self.name(test.name), each, test.place) for each in held)
            return tests[0] if len(tests) == 1 else Some(tests, test.place)
        choice = self.choices.get(test.name)
        return self._compare(test) if choice is None else compare_step(choice, self._compare(test))

    def _compare(self, test: Compare) -> Compare:
        """Return a comparison with other names."""
        value: Any = test.value
        value = tuple(map(self._value, value)) if isinstance(value, tuple) else self._value(value)
        named = test.named
        named = tuple(map(self.name, named)) if isinstance(named, tuple) else self.name(named)
        return replace(test, name=self.name(test.name), value=value, named=named)


def refuse_clashes(outline: Outline, parts: list[StepParts]) -> None:
    """Record names that the file declares itself and that parts of a step get."""
    own = {name: entry.key.place for section in NAMED_SECTIONS for name, entry in outline.declared(section).items()}
    for found in parts:
        step = found.step.name
        each: Any
        for each in (*found.numbers, *found.facts, *found.constants, *found.steps[:-1]):
            if each.name in own:
                message = f"`{each.name}` is what a part of the step `{step}` is called here"
                places = (own[each.name], each.place)
                outline.reading.refuse("name-clash", message, places, "give one of the two another name")
            if len(each.name) > LONGEST_NAME:
                message = (
                    f"`{shorten(each.name)}`, a part of the step `{step}`, has more than {LONGEST_NAME} characters"
                )
                outline.reading.refuse("bad-name", message, each.place, "give it, or the step, a shorter name")


def refuse_same_passages(outline: Outline, steps: dict[str, StepPolicy]) -> None:
    """Record passages of the source that have the name under which one that a step cites is told."""
    own = outline.section("source")
    listed = own.get("passages") if isinstance(own, nodes.Mapping) else None
    names = listed.entries if isinstance(listed, nodes.Mapping) else {}
    for passage in (each for step in steps.values() for each in _passages(step)):
        if passage.name in names:
            message = f"`{passage.name}` is what a passage that a step cites is called here"
            places = (names[passage.name].key.place, passage.place)
            outline.reading.refuse("name-clash", message, places, "give one of the two another name")


def with_passages(source: Source | None, steps: dict[str, StepPolicy]) -> Source | None:
    """Return a source with the passages that the policies of steps cite, each under the name of its step."""
    if source is None:
        return None
    return replace(source, passages=(*source.passages, *(each for step in steps.values() for each in _passages(step))))


def _passages(step: StepPolicy) -> Iterator[Passage]:
    policy = step.policy
    if policy is None or policy.source is None:
        return
    cited = {name for rule in policy.rules for name in rule.cites}
    cited |= {name for each in policy.steps for rule in each.rules for name in rule.cites}
    cited |= {name for fact in policy.facts for name in fact.cites}
    cited |= {name for constant in policy.constants for name in constant.cites}
    title = " ".join(policy.source.title.split())
    for passage in policy.source.passages:
        if passage.name in cited:
            yield replace(passage, name=f"{step.name}.{passage.name}", says=f"{title}: {passage.says}")

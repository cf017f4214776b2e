"""What a policy takes over from the libraries that it uses: only what it reaches.

A policy reaches what its own parts read, directly or through others. It then means the same as if all that it reaches
were written in its own file, before its own parts.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.language.model.asking.question_order import with_earlier_questions
from engine.language.model.condition_tree import ByDay
from engine.language.model.field_kinds import Field
from engine.language.model.policy import Policy, names_read
from engine.language.model.policy_parts import Passage, Source
from engine.language.model.relations.derivations import names_in
from engine.language.model.values.computed_outputs import computed_in
from engine.language.parsing.shared_parts import SharedPassage, StepParts, with_known
from engine.language.sections.outline import NAMED_SECTIONS, Outline

if TYPE_CHECKING:
    from engine.language.model.relations.decision_steps import DecisionStep


def take_over(policy: Policy, outline: Outline, of_steps: Collection[str] = ()) -> Policy | None:
    """Add to a policy what it reaches of the libraries that it uses.

    Args:
        policy: The policy, with the fields of all libraries, but otherwise with its own parts only.
        outline: The declarations of its file.
        of_steps: The names of parts that it has from policies that are its steps.

    Returns:
        The policy; None if it has no field then, which is recorded, or if a library could not be read.
    """
    shared = outline.shared
    if not shared.is_whole or any(each.value is None for each in shared.names.values()):
        return None
    own = {name for section in NAMED_SECTIONS for name in outline.declared(section)}
    own |= set(of_steps)
    steps = [each for name, each in shared.steps().items() if name not in own and each]
    numbers = [each for name, each in shared.numbers().items() if name not in own and each]
    facts = [each for name, each in shared.facts().items() if name not in own and each]
    everything = replace(
        policy,
        constants=(*policy.constants, *(value for each in steps for value in each.constants)),
        # A number that a table gives is one of the numbers, and part of its step.
        numbers=tuple(dict.fromkeys((*numbers, *(each for one in steps for each in one.numbers), *policy.numbers))),
        facts=(*facts, *(fact for each in steps for fact in each.facts), *policy.facts),
        steps=(*(step for each in steps for step in each.steps), *policy.steps),
    )
    named = {name for condition in policy.conditions for name in names_in(condition)}
    named |= {name for guarantee in policy.guarantees for name in guarantee.named}
    named |= {policy.as_of} if policy.as_of else set()
    outputs = [*(each.output for each in policy.verdicts), *(each.output for each in policy.rules)]
    named |= {each.number for output in outputs for _, each in computed_in(output)}
    named |= {each.value.on for each in policy.constants if each.name in own and isinstance(each.value, ByDay)}
    named, steps = _with_steps(everything, own | named, steps)
    reached = with_earlier_questions(everything, everything.names_behind(named))
    impossible = []
    for each in shared.impossible:
        # Its fields are all asked for other reasons, so that the facts and numbers that it reads add no question.
        read = names_read(everything, [each.when])
        if all(name in reached for name in read if name in everything.field):
            impossible.append(each)
    impossible += [out for each in steps for out in each.impossible if out not in impossible]
    reached |= names_read(everything, (each.when for each in impossible))
    fields = tuple(field for field in everything.fields if field.name in reached)
    if steps:
        fields = tuple(_with_texts(field, steps) for field in fields)
    if not fields:
        place = outline.top.entries["uses"].key.place
        message = "`situation` is missing here, and nothing reads a field of a library"
        outline.reading.refuse("missing-key", message, place, "let a rule test a field, or write `situation: …`")
        return None
    found = replace(
        everything,
        fields=fields,
        numbers=tuple(number for number in everything.numbers if number.name in reached),
        facts=tuple(fact for fact in everything.facts if fact.name in reached),
        constants=tuple(constant for constant in everything.constants if constant.name in reached),
        steps=_tables_first((*(step for each in steps for step in each.steps), *policy.steps)),
        impossible=(*impossible, *(each for each in policy.impossible if not of_steps or each not in impossible)),
    )
    return _with_citations(found, outline, own)


def _tables_first(steps: tuple[DecisionStep, ...]) -> tuple[DecisionStep, ...]:
    if not steps:
        return ()
    from engine.language.model.relations.decision_steps import tables_first

    return tables_first(steps)


def _with_steps(policy: Policy, names: set[str], steps: list[StepParts]) -> tuple[set[str], list[StepParts]]:
    """Return names with those of all steps of libraries that are reached through them, and these steps.

    A step that is a policy in a file of its own is taken over whole, with all questions that it asks.
    """
    while True:
        reached = policy.names_behind(names)
        through = {step.name for fact, (step, _) in policy.step_facts.items() if fact in reached}
        found = [each for each in steps if not each.names.isdisjoint(through | reached)]
        more = {fact.name for each in found for step in each.steps for fact in step.facts}
        more = more.union(*(each.names for each in found), *(each.answers for each in found))
        if more <= names:
            return names, found
        names = names | more


def _with_texts(field: Field, steps: list[StepParts]) -> Field:
    """Return a field with the texts that steps of libraries know of its answers."""
    known = [text for each in steps for name, texts in each.known if name == field.name for text in texts]
    return with_known(field, known) if known else field


def _with_citations(policy: Policy, outline: Outline, own: set[str]) -> Policy:
    """Add the passages of libraries that something in the policy cites to its source.

    A policy that neither has a source nor cites anything in its own file is not asked where its rules come from: what
    its libraries cite stays with them.

    Args:
        policy: The policy, with all that it reaches.
        outline: The declarations of its file.
        own: The names that its file declares.
    """
    rules = [*(rule for step in policy.steps if step.name in own for rule in step.rules), *policy.rules]
    cited = {name for rule in rules for name in rule.cites}
    cited |= {name for verdict in policy.verdicts for name in verdict.cites}
    cited |= {name for fact in policy.facts if fact.name in own for name in fact.cites}
    cited |= {name for constant in policy.constants if constant.name in own for name in constant.cites}
    if policy.source is None and not cited:
        return replace(
            policy,
            facts=tuple(replace(fact, cites=()) for fact in policy.facts),
            constants=tuple(replace(constant, cites=()) for constant in policy.constants),
            steps=tuple(step.without_citations() for step in policy.steps),
        )
    cited |= {name for step in policy.steps for rule in step.rules for name in rule.cites}
    cited |= {name for fact in policy.facts for name in fact.cites}
    cited |= {name for constant in policy.constants for name in constant.cites}
    listed = policy.source.passages if policy.source else ()
    names = {passage.name for passage in listed}
    taken = [each for name, each in outline.shared.passages.items() if name in cited and name not in names]
    source = policy.source or taken[0].source
    return replace(policy, source=replace(source, passages=(*(_passage(each, source) for each in taken), *listed)))


def _passage(listed: SharedPassage, text: Source) -> Passage:
    """A passage as it is told in a policy: one of another text begins with that text's title."""
    if listed.source.title == text.title:
        return listed.passage
    return replace(listed.passage, says=f"{' '.join(listed.source.title.split())}: {listed.passage.says}")

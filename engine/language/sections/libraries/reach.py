"""What a policy takes over from the libraries that it uses: only what it reaches.

A policy reaches what its own parts read, directly or through others. It then means the same as if all that it reaches
were written in its own file, before its own parts.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from engine.language.model.condition_tree import ByDay
from engine.language.model.policy import Policy, names_read
from engine.language.model.policy_parts import Passage, Source
from engine.language.model.relations.derivations import names_in
from engine.language.model.relations.question_order import with_earlier_questions
from engine.language.parsing.shared_parts import SharedPassage
from engine.language.sections.outline import NAMED_SECTIONS, Outline


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
    everything = replace(
        policy,
        numbers=(*(each for name, each in shared.numbers().items() if name not in own and each), *policy.numbers),
        facts=(*(each for name, each in shared.facts().items() if name not in own and each), *policy.facts),
    )
    named = {name for condition in policy.conditions for name in names_in(condition)}
    named |= {name for guarantee in policy.guarantees for name in guarantee.named}
    named |= {policy.as_of} if policy.as_of else set()
    named |= {each.value.on for each in policy.constants if each.name in own and isinstance(each.value, ByDay)}
    reached = with_earlier_questions(everything.fields, everything.names_behind(own | named))
    impossible = []
    for each in shared.impossible:
        # Its fields are all asked for other reasons, so that the facts and numbers that it reads add no question.
        read = names_read(everything, [each.when])
        if all(name in reached for name in read if name in everything.field):
            impossible.append(each)
    reached |= names_read(everything, (each.when for each in impossible))
    fields = tuple(field for field in everything.fields if field.name in reached)
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
        impossible=(*impossible, *(each for each in policy.impossible if not of_steps or each not in impossible)),
    )
    return _with_citations(found, outline, own)


def _with_citations(policy: Policy, outline: Outline, own: set[str]) -> Policy:
    """Add the passages of libraries that something in the policy cites to its source.

    A policy that neither has a source nor cites anything in its own file is not asked where its rules come from: what
    its libraries cite stays with them.

    Args:
        policy: The policy, with all that it reaches.
        outline: The declarations of its file.
        own: The names that its file declares.
    """
    rules = [*(rule for step in policy.steps for rule in step.rules), *policy.rules]
    cited = {name for rule in rules for name in rule.cites}
    cited |= {name for verdict in policy.verdicts for name in verdict.cites}
    cited |= {name for fact in policy.facts if fact.name in own for name in fact.cites}
    cited |= {name for constant in policy.constants if constant.name in own for name in constant.cites}
    if policy.source is None and not cited:
        return replace(
            policy,
            facts=tuple(replace(fact, cites=()) for fact in policy.facts),
            constants=tuple(replace(constant, cites=()) for constant in policy.constants),
        )
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

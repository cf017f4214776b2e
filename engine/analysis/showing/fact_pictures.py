"""Pictures of a policy's question plan by facts: one for its verdicts, and one for each fact that a picture uses.

In the first picture facts are questions (`opened_facts.py`); what they depend on is in the pictures after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from engine.analysis.planning.plan import Plan, plan
from engine.analysis.showing.opened_facts import as_answers, open_facts
from engine.analysis.showing.picture import Picture, no_picture, part_to_draw, picture_of
from engine.analysis.showing.short_rows import find_unreal
from engine.budget import Budget, attempt
from engine.language.model.condition_tree import ALWAYS, Holds, facts_in
from engine.language.model.field_kinds import YES_NO, Field, Value
from engine.language.model.policy import FIRST, Policy, require_policy
from engine.language.model.policy_parts import Fact, Impossible, Rule, Verdict
from engine.language.model.relations.substitutions import without_facts
from engine.language.situations.situation_records import Answers
from engine.meaning.logic import Logic, logic_of
from engine.meaning.spaces.wording import condition_of

_STEPS = 200_000


def draw_by_facts(
    policy: Policy,
    situation: Mapping[str, Any] | Answers | None = None,
    *,
    given: Mapping[str, Any] | Answers | None = None,
) -> tuple[Picture, ...]:
    """Draw the question plan of a policy as several graphs: one for the verdict, and one for each fact that it uses.

    Args:
        policy: The policy, from `load`.
        situation: A record, complete or partial, whose path is marked; none by default.
        given: Answers that are fixed, as a record: only what they leave open is drawn; none by default.

    Returns:
        The pictures: first that of the verdict, then one for each fact that a picture before it asks for, ending in
        `yes` and `no`. A box that asks for a fact names it in `fact`.

    Raises:
        RecordError: A record has an unknown field or a wrong answer, or `given` is an impossible situation.
        UnsoundError: A plan could not be computed within the step limit.
        TypeError: `policy` is not a policy.

    Example:
        >>> from engine import draw_by_facts, load
        >>> [picture.fact for picture in draw_by_facts(load("other-interviews"))]
        [None, 'settled', 'able_to_bargain', 'something_short']
    """
    require_policy(policy, "draw_by_facts")
    part, known = part_to_draw(policy, situation, given)
    with part.lock:
        opened = _opened(part)
        values = {**known, **_facts_of(part, known)}
    first = plan(opened)
    if first is None:
        raise no_picture(policy)
    return tuple(_pictures(part, first, values))


def _pictures(policy: Policy, first: Plan, values: Mapping[str, Value]) -> Iterator[Picture]:
    """Iterate over the picture of the verdict, then those of the facts in the order in which they are first used."""
    drawn = picture_of(first, values, policy.fact)
    yield drawn
    waiting = _asked(drawn)
    done: set[str] = set()
    while waiting:
        name = waiting.pop(0)
        if name in done:
            continue
        done.add(name)
        found = plan(_as_policy(policy, policy.fact[name]))
        if found is None:
            raise no_picture(policy)
        picture = replace(picture_of(found, values, policy.fact), policy=policy.name, fact=name)
        yield picture
        waiting += _asked(picture)


def _asked(picture: Picture) -> list[str]:
    return [box.fact for box in picture.boxes if box.fact is not None]


def _opened(policy: Policy) -> Policy:
    """Return the opened policy, in which combinations that are no situations are impossible, as far as known."""
    logic = logic_of(policy)
    found = attempt(find_unreal, logic, Budget(_STEPS))
    if found is None:
        return open_facts(policy)
    opened, areas = found
    unreal = [Impossible(condition_of(opened.policy, opened.areas, area), "It cannot be.") for area in areas]
    return replace(opened.policy, impossible=(*opened.policy.impossible, *unreal)) if unreal else opened.policy


def _as_policy(policy: Policy, fact: Fact) -> Policy:
    """Return a fact as a policy with the verdicts `yes` and `no`; facts that it uses become questions."""
    made_of = [name for name in policy.fact if name in facts_in([fact.when])]
    return replace(
        policy,
        title=f"{fact.name}: {fact.means}",
        fields=(
            *policy.fields,
            *(Field(name, each.means, YES_NO) for name, each in policy.fact.items() if name in made_of),
        ),
        numbers=without_facts(policy.numbers, policy.fact),
        facts=(),
        impossible=tuple(each for each in policy.impossible if not facts_in([each.when])),
        verdicts=(Verdict("yes", "yes"), Verdict("no", "no")),
        decision=FIRST,
        rules=(
            Rule("yes", as_answers(fact.when), "yes", "It holds."),
            Rule("no", ALWAYS, "no", "It does not hold.", otherwise=True),
        ),
        guarantees=(),
    )


def _facts_of(policy: Policy, values: Mapping[str, Value]) -> dict[str, bool]:
    """Return the facts whose truth some answers determine, as far as the steps allow."""
    if not values:
        return {}
    logic: Logic = logic_of(policy)
    area = logic.areas.restrict(values)
    found = {}
    for fact in policy.facts:
        sides = [logic.condition(Holds(fact.name, expected)) for expected in (True, False)]
        holds, fails = (attempt(logic.query_of_all([side]).exists, Budget(_STEPS), area) for side in sides)
        if holds is not None and fails is not None and holds != fails:
            found[fact.name] = holds
    return found

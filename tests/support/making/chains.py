"""Which decisions might another one build on?

Steps with rules that are sound by construction, some of them with an edit; each may read those before it, and the facts
that read these.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support.drawing.fields import Hand
from tests.support.drawing.numbers.drawn_numbers import number_axis
from tests.support.drawing.outputs.step_outputs_drawn import (
    draw_made_of,
    draw_outputs,
    draw_worked_out,
    give_without_value,
)
from tests.support.judging.axes import Axis, NamesAxis, draw_facts, fact_axis
from tests.support.judging.spaces import Spec
from tests.support.making.trees import first_table, random_rules, unique_table

_STEPS = ("rating", "route", "effort")
_OUTCOMES = ("poor", "fair", "good", "very-good")
_FACTS = ("well_rated", "on_route", "worth_it")


def draw_steps(
    hand: Hand,
    axes: list[Axis],
    facts: dict[str, Any],
    numbers: dict[str, Any],
    fields: Mapping[str, Spec],
    sound: bool,
) -> tuple[dict[str, Any], list[Axis]]:
    """One to three steps, and the axes that conditions may test after them.

    Adds facts that read them to `facts`, and the numbers that are their outputs, or made of these, to `numbers`.
    """
    steps: dict[str, Any] = {}
    axes = list(axes)
    for name, fact in zip(_STEPS[: hand.pick((1, 2, 3, 2))], _FACTS, strict=False):
        outcomes = _OUTCOMES[: hand.count(2, 4)]
        is_first = hand.chance(50)
        if sound or hand.chance(60):
            rules = (first_table if is_first else unique_table)(hand, axes, outcomes).rules
        else:
            rules = random_rules(hand, axes, outcomes, is_first)
        step: dict[str, Any] = {
            "means": f"the {name}",
            "outcomes": {outcome: f"A {outcome} one" for outcome in outcomes},
            "rules": rules,
        }
        is_ordered = hand.chance(50)
        if is_ordered:
            step["ordered"] = True
        if is_first or hand.chance(20):
            step["decision"] = "first" if is_first else "unique"
        if not sound and hand.chance(20):
            hand.pick(rules)["then"] = hand.pick(outcomes)
        steps[name] = step
        if hand.chance(35):
            is_steady = sound and not is_first
            worked_out = draw_worked_out(hand, fields, numbers, steps, steady=is_steady) if hand.chance(50) else []
            given = draw_outputs(hand, step, name, worked_out, agreeing=sound or hand.chance(40))
            if is_first and (sound or hand.chance(30)):
                give_without_value(hand, {"situation": fields, "numbers": numbers, "steps": steps}, name)
            made = draw_made_of(hand, fields, {**numbers, **given}, steps, hand.pick(list(given)))
            numbers |= {**given, **made}
            # What is made of an output is tested often.
            axes += [number_axis(each, numbers, fields, steps) for each in (*given, *made, *made)]
        own: Axis = NamesAxis(name, outcomes, ordered=is_ordered)
        axes.append(own)
        if hand.chance(40):
            read = draw_facts(hand, [own, hand.pick(axes)], [fact])
            facts |= read
            axes += map(fact_axis, read)
        if hand.chance(50):
            # A step that matters is tested often.
            axes.append(own)
    # Steps may stand in any order.
    names = list(steps)
    return {each: steps[each] for each in (names[::-1] if hand.chance(30) else names)}, axes

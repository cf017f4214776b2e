"""What would settle a finding? A mend is proved to settle it, without a new fault, before anybody is told of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from engine.analysis.inquiry import Inquiry
from engine.analysis.regions import Regions
from engine.language.canonical import condition_data
from engine.language.circles import find_circles
from engine.language.policy import FIRST, All, Condition, Override, Policy, Rule, Some
from engine.language.spelling import on_one_line
from engine.language.words import condition_words
from engine.meaning.areas import bits
from engine.meaning.budget import OutOfSteps
from engine.meaning.changes import change
from engine.meaning.judges import Ending, Label
from engine.meaning.logic import Logic
from engine.meaning.wording import test_of

# An author pastes and then reads a rule for so many regions, not for more.
_MOST_REGIONS = 5
_FAULTS = (Ending.GAP, Ending.CONFLICT)


def mend_conflict(inquiry: Inquiry, first: int, second: int) -> tuple[str, ...]:
    """The ways, in words, in which two rules that disagree can be told apart: those that are proved, the best first."""
    strong, weak = _by_rank(inquiry, first, second)
    ways = []
    for one, other in () if is_table(inquiry.policy) else ((strong, weak), (weak, strong)):
        if _overrides_well(inquiry, one, other):
            winner, loser = inquiry.policy.rules[one].name, inquiry.policy.rules[other].name
            ways.append(f"let `{winner}` override `{loser}`: `overrides: {{{loser}: why}}`")
            break
    narrowed = _narrowed(inquiry, strong, weak)
    if narrowed is not None:
        name = inquiry.policy.rules[weak].name
        if is_table(inquiry.policy):
            ways.append(f"narrow `{name}` to {' and '.join(condition_words(inquiry.policy, narrowed))}")
        else:
            text = on_one_line(condition_data(All((narrowed,)))).removeprefix("{").removesuffix("}")
            ways.append(f"narrow the `when` of `{name}` to `{text}`")
    return tuple(ways)


def is_table(policy: Policy) -> bool:
    """Whether the rules are the rows of a table, which can hold neither overrides nor rules written as YAML."""
    return bool(policy.rules) and (policy.rules[0].place.path or "").startswith("row ")


def _by_rank(inquiry: Inquiry, first: int, second: int) -> tuple[int, int]:
    """Which of two rules should rather override the other: the more special one."""
    counts = [inquiry.count(inquiry.logic.standing(rule)) for rule in (first, second)]
    if counts[0] is not None and counts[1] is not None and counts[0] < counts[1]:
        return first, second
    return second, first


def _overrides_well(inquiry: Inquiry, strong: int, weak: int) -> bool:
    """Whether an override settles what two rules disagree on, closes no circle, and makes no new gap or conflict."""
    policy = inquiry.policy
    overrides = {rule.name: [each.rule for each in rule.overrides] for rule in policy.rules}
    winner, loser = policy.rules[strong], policy.rules[weak]
    overrides[winner.name] = [*overrides[winner.name], loser.name]
    if any(winner.name in circle and loser.name in circle for circle in find_circles(overrides)):
        return False
    edited = replace(winner, overrides=(*winner.overrides, Override(loser.name, "")))
    return _settles(inquiry, strong, edited, (strong, weak))


def _narrowed(inquiry: Inquiry, strong: int, weak: int) -> Condition | None:
    """A test that keeps the weaker rule out of the other's way, where that leaves no gap behind."""
    logic, policy = inquiry.logic, inquiry.policy
    boxes = [logic.formulas.terms(logic.applies[rule])[0] for rule in (strong, weak)]
    for axis in sorted(boxes[0]):
        if axis in logic.areas.group_of:
            continue
        mask = boxes[1].get(axis, logic.areas.whole.masks[axis]) & ~boxes[0][axis]
        if not mask:
            continue
        test = test_of(logic.space, axis, mask)
        if isinstance(test, Some):
            continue
        rule = policy.rules[weak]
        if _settles(inquiry, weak, replace(rule, when=All((rule.when, test))), (strong, weak)):
            return test
    return None


def _settles(inquiry: Inquiry, place: int, edited: Rule, pair: tuple[int, int]) -> bool:
    """Whether, with one rule edited, two rules no longer disagree and no situation is worse off than before."""
    logic, policy = inquiry.logic, inquiry.policy
    near = sorted({place, *bits(logic.neighbours(place))})
    before = _only(policy, [policy.rules[each] for each in near])
    after = _only(policy, [edited if each == place else policy.rules[each] for each in near])
    try:
        if change(before, after, _is_worse).exists(inquiry.budget):
            return False
        rules = [rule.name for rule in after.rules]
        one, other = (rules.index(policy.rules[each].name) for each in pair)
        return not Logic(after).standing(one, other).exists(inquiry.budget)
    except OutOfSteps:
        return False


def _is_worse(label: Label) -> bool:
    """Whether a situation has a fault after an edit that it did not have before."""
    return isinstance(label, tuple) and label[1] in _FAULTS and label[0] != label[1]


def _only(policy: Policy, rules: Sequence[Rule]) -> Policy:
    """The policy with these rules only; overrides of others go."""
    names = {rule.name for rule in rules}
    kept = tuple(
        replace(rule, overrides=tuple(each for each in rule.overrides if each.rule in names)) for rule in rules
    )
    return replace(policy, rules=kept)


def mend_gap(inquiry: Inquiry, regions: Regions | None) -> tuple[str, ...]:
    """A rule, as YAML, for exactly the situations of a gap; nothing where it is too scattered for one rule."""
    policy = inquiry.policy
    if is_table(policy):
        return ()
    if policy.decision == FIRST:
        if policy.rules[-1].otherwise:
            return ()
        return (_skeleton({"otherwise": True}),)
    if regions is None or not 0 < regions.total <= min(len(regions.shown), _MOST_REGIONS):
        return ()
    parts = [region.when for region in regions.shown]
    data = condition_data(_joined(parts))
    return (_skeleton({"when": data}),) if data and _covers(inquiry, parts) else ()


def _skeleton(when: dict[str, Any]) -> str:
    """A rule of which the author has to fill in what is written in capitals; under `first` it goes last."""
    return "- " + on_one_line({"rule": "NAME", **when, "then": "VERDICT", "because": "WHY"})


def _joined(parts: Sequence[All]) -> All:
    """One condition for several: what they have in common, and one of what each has beside it."""
    common = tuple(test for test in parts[0].parts if all(test in part.parts for part in parts))
    if len(parts) == 1:
        return All(common)
    rest = tuple(All(tuple(test for test in part.parts if test not in common)) for part in parts)
    return All((*common, Some(rest)))


def _covers(inquiry: Inquiry, parts: Sequence[Condition]) -> bool:
    """Whether some conditions hold in every situation without a verdict, and in no other possible one."""
    logic = inquiry.logic
    formulas = [logic.condition(part) for part in parts]
    try:
        rest = logic.question([], [*logic.applies, *formulas])
        if rest.exists(inquiry.budget):
            return False
        return not any(logic.question([formula], (), logic.applies).exists(inquiry.budget) for formula in formulas)
    except OutOfSteps:
        return False

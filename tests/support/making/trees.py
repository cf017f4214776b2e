"""Which rules give every situation exactly one verdict?

A random decision tree is cut into rules: its leaves share no situation and leave none out, so the rules are
sound by construction. What is piled on top keeps that: leaves merged under `any`, exceptions that override
what they lie in, and under `first` tests left out because earlier rules make them unnecessary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.support.drawing.fields import Hand
from tests.support.judging.axes import Axis, Cells, draw_nested
from tests.support.judging.joined import Entries, join

Region = dict[int, Cells]
Rule = dict[str, Any]

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


class Step(NamedTuple):
    """One branch on the way to a leaf; a `later` one follows, in leaf order, all that its sibling holds."""

    axis: int
    cells: Cells
    later: bool


Leaf = tuple[Step, ...]


class Table(NamedTuple):
    """Sound rules, and regions with every verdict that may be given inside each."""

    rules: list[Rule]
    regions: list[tuple[Region, set[str]]]


@dataclass
class _Layer:
    """An exception with the region it lies in and the rules it lies on, the nearest last."""

    rule: Rule
    region: Region
    below: tuple[str, ...]


@dataclass
class _Home:
    """The rule of one leaf, or of several merged, and all that was put on top."""

    name: str
    then: str
    regions: list[Region]
    layers: list[_Layer] = field(default_factory=list)

    def given(self) -> set[str]:
        """Every verdict that may be given inside."""
        return {self.then, *(layer.rule["then"] for layer in self.layers)}


def ordinal(place: int, noun: str) -> str:
    """An id for the so-many-th thing of a kind."""
    return "-".join([_ORDINALS[place % 10], *["other"] * (place // 10), noun])


def spell(hand: Hand, axes: Sequence[Axis], region: Region) -> Entries:
    """A condition that holds exactly in a region."""
    return join(axes[place].phrase(hand, cells) for place, cells in region.items())


def branch(hand: Hand, axes: Sequence[Axis], region: Region) -> tuple[int, Cells, Cells] | None:
    """An axis on which a region can still be parted, with the two parts; None when there is none left."""
    left = {place: region.get(place, range(axis.size)) for place, axis in enumerate(axes)}
    open_places = [place for place, cells in left.items() if len(cells) > 1]
    if not open_places:
        return None
    place = hand.pick(open_places)
    one, other = axes[place].split(hand, left[place])
    return (place, other, one) if hand.chance(50) else (place, one, other)


def narrow(hand: Hand, axes: Sequence[Axis], region: Region, times: int = 1) -> Region:
    """A part of a region, the region itself where nothing can be parted."""
    for _ in range(times):
        parts = branch(hand, axes, region)
        if parts:
            region = region | {parts[0]: parts[1]}
    return region


def grow(hand: Hand, axes: Sequence[Axis], splits: int) -> list[Leaf]:
    """The leaves of a random tree, a leaf being the way to it, in the order in which the tree is walked."""
    leaves: list[Leaf] = [()]
    for _ in range(splits):
        place = hand.count(0, len(leaves) - 1)
        parts = branch(hand, axes, _region(leaves[place]))
        if parts:
            axis, one, other = parts
            twigs = (Step(axis, one, later=False), Step(axis, other, later=True))
            leaves[place : place + 1] = [(*leaves[place], twig) for twig in twigs]
    return leaves


def _region(steps: Sequence[Step]) -> Region:
    """What is left of each axis at the end of a way; later steps on an axis lie inside earlier ones."""
    return {step.axis: step.cells for step in steps}


def _rule(name: str, when: Entries, then: str, empty: Rule | None = None) -> Rule:
    """A rule; where there is nothing to test, `otherwise` or what is given."""
    tests: Rule = {"when": when} if when else {"otherwise": True} if empty is None else empty
    return {"rule": name, **tests, "then": then, "because": "That is how we do it."}


def unique_table(hand: Hand, axes: Sequence[Axis], verdicts: Sequence[str]) -> Table:
    """Rules in any order, of which one verdict stands everywhere."""
    homes: list[_Home] = []
    for leaf in grow(hand, axes, hand.count(1, 6)):
        then = hand.pick(verdicts)
        alike = [home for home in homes if home.then == then]
        if alike and hand.chance(40):
            hand.pick(alike).regions.append(_region(leaf))
        else:
            homes.append(_Home(ordinal(len(homes), "case"), then, [_region(leaf)]))
    rules = [_rule(home.name, _spell_any(hand, axes, home.regions), home.then) for home in homes]
    if hand.chance(35):
        _take_the_rest(hand, rules)
    for place in range(hand.pick((0, 1, 2, 0, 3))):
        _put_layer(hand, axes, verdicts, hand.pick(homes), ordinal(place, "exception"))
    rules += [layer.rule for home in homes for layer in home.layers]
    rest = [rule["rule"] for rule in rules if "otherwise" in rule]
    for rule in rules:
        # Where an exception applies, `otherwise` does not, and cannot be overridden.
        if rest and rest[0] in rule.get("overrides", ()):
            del rule["overrides"][rest[0]]
        if not rule.get("overrides", True):
            del rule["overrides"]
    everywhere: set[str] = set()
    if hand.chance(25):
        region = narrow(hand, axes, {}, 2)
        above_all = _rule("above-all", spell(hand, axes, region), hand.pick(verdicts), empty={})
        everywhere.add(above_all["then"])
        if hand.chance(30):
            weaker = [rule["rule"] for rule in rules if rule["rule"] not in rest]
            if weaker:
                above_all["overrides"] = dict.fromkeys(weaker, "It goes before everything.")
        else:
            above_all["overrides"] = [{"rules": "all", "because": "It goes before everything."}]
            if hand.chance(50):
                # Where this one applies the other does, too, which overrides the rest.
                when = spell(hand, axes, narrow(hand, axes, region, hand.count(0, 2)))
                higher = _rule("higher-still", when, hand.pick(verdicts), empty={})
                higher["overrides"] = {"above-all": "Even so."}
                everywhere.add(higher["then"])
                rules.append(higher)
        rules.append(above_all)
    start = hand.count(0, len(rules) - 1)
    regions = [(region, home.given() | everywhere) for home in homes for region in home.regions]
    return Table(rules[start:] + rules[:start], regions)


def _take_the_rest(hand: Hand, rules: list[Rule]) -> None:
    """Let a rule take what the others leave: by `otherwise`, or everywhere, so that all others override it."""
    usual = hand.pick(rules)
    del usual["when"]
    if hand.chance(60):
        usual["otherwise"] = True
        return
    for rule in rules:
        if rule is not usual:
            rule["overrides"] = {usual["rule"]: "It is an exception."}


def _spell_any(hand: Hand, axes: Sequence[Axis], regions: Sequence[Region]) -> Entries:
    """A condition that holds in any of some regions; what they have in common may be said once."""
    whens = [spell(hand, axes, region) for region in regions]
    if len(whens) == 1:
        return whens[0]
    shared = [key for key in whens[0] if all(when.get(key) == whens[0][key] for when in whens)]
    common = {key: whens[0][key] for key in shared}
    rests = [{key: wanted for key, wanted in when.items() if key not in common} for when in whens]
    if all(rests) and "any" not in common:
        return {**common, "any": rests}
    return {"any": whens}


def _put_layer(hand: Hand, axes: Sequence[Axis], verdicts: Sequence[str], home: _Home, name: str) -> None:
    """Put an exception on a leaf's rule or on an earlier exception, or a companion that agrees beside them.

    An exception overrides the rule it lies on and every layer it may share situations with. The rules further
    below are overridden by the ones between already, also where those are overridden themselves.
    """
    exceptions = [layer for layer in home.layers if "overrides" in layer.rule]
    if not exceptions and hand.chance(20):
        region = narrow(hand, axes, hand.pick(home.regions))
        home.layers.append(_Layer(_rule(name, spell(hand, axes, region), home.then), region, ()))
        return
    base = hand.pick([None, *exceptions, *exceptions])
    below = (home.name,) if base is None else (*base.below, base.rule["rule"])
    region = narrow(hand, axes, hand.pick(home.regions) if base is None else base.region)
    rule = _rule(name, spell(hand, axes, region), hand.pick(verdicts))
    targets = [below[-1], *(layer.rule["rule"] for layer in home.layers if layer.rule["rule"] not in below)]
    if len(below) > 1 and hand.chance(25):
        targets.append(below[0])
    rule["overrides"] = dict.fromkeys(targets, "The special case decides.")
    home.layers.append(_Layer(rule, region, below))


def first_table(hand: Hand, axes: Sequence[Axis], verdicts: Sequence[str]) -> Table:
    """Rules read from the top, in which what is shadowed by earlier ones need not be said."""
    leaves = grow(hand, axes, hand.count(1, 6))
    rules: list[Rule] = []
    regions: list[tuple[Region, set[str]]] = []
    has_otherwise = hand.chance(70)
    for place, leaf in enumerate(leaves):
        is_end = has_otherwise and place == len(leaves) - 1
        # Whatever fails a `later` test holds the sibling's, and all of the sibling's rules come before.
        kept = [step for step in leaf if not step.later or not (is_end or hand.chance(60))]
        then = hand.pick(verdicts)
        when = spell(hand, axes, _region(kept))
        rules.append(_rule(ordinal(place, "case"), when, then, empty={} if hand.chance(20) else None))
        regions.append((_region(leaf), {then}))
    for place in range(hand.pick((0, 0, 1, 2))):
        region = narrow(hand, axes, {}, 2)
        rule = _rule(ordinal(place, "extra"), spell(hand, axes, region), hand.pick(verdicts))
        rules.insert(hand.count(0, len(rules) - 1), rule)
        for _, given in regions:
            given.add(rule["then"])
    return Table(rules, regions)


def random_rules(hand: Hand, axes: Sequence[Axis], verdicts: Sequence[str], is_first: bool) -> list[Rule]:
    """Rules with no plan behind them."""
    rules: list[Rule] = []
    for place in range(hand.count(1, 6)):
        when = spell(hand, axes, narrow(hand, axes, {}, hand.count(1, 3)))
        if hand.chance(25):
            when = join([when, draw_nested(hand, axes)[0]])
        if hand.chance(5):
            when = {}
        rule = _rule(ordinal(place, "case"), when, hand.pick(verdicts), empty={})
        if rules and not is_first and hand.chance(30):
            targets = hand.some([earlier["rule"] for earlier in rules], hand.count(1, min(2, len(rules))))
            rule["overrides"] = dict.fromkeys(targets, "It is more important.")
        rules.append(rule)
    if not is_first and hand.chance(20):
        strong = hand.pick(rules)
        named = [{"rules": list(strong["overrides"]), "because": "It is."}] if "overrides" in strong else []
        strong["overrides"] = [*named, {"rules": "all", "because": "It goes before everything."}]
    if hand.chance(50 if is_first else 25):
        last = _rule("last-resort", {}, hand.pick(verdicts))
        rules.insert(len(rules) if is_first else hand.count(0, len(rules)), last)
    return rules


def draw_guarantees(hand: Hand, axes: Sequence[Axis], verdicts: Sequence[str], table: Table) -> list[dict[str, Any]]:
    """Promises that a sound table keeps."""
    used = {rule["then"] for rule in table.rules}
    promises = []
    for place in range(hand.count(0, 2)):
        region, given = ({}, used) if hand.chance(20) else hand.pick(table.regions)
        allowed = [verdict for verdict in verdicts if verdict in given]
        forbidden = [verdict for verdict in verdicts if verdict not in given]
        promise: dict[str, Any] = {"guarantee": ordinal(place, "promise")}
        if region:
            promise["when"] = spell(hand, axes, region)
        word, named = ("never", forbidden) if forbidden and hand.chance(60) else ("only", allowed)
        promise[word] = named[0] if len(named) == 1 and hand.chance(60) else named
        promises.append(promise | {"because": "We promised it."})
    return promises


def draw_invariants(hand: Hand, axes: Sequence[Axis], are_kept: bool) -> list[dict[str, Any]]:
    """Promises that something always holds: in a part of where it holds, or, unless they `are_kept`, anywhere."""
    promises = []
    for place in range(hand.pick((0, 0, 1))):
        wide = narrow(hand, axes, {})
        inside = narrow(hand, axes, wide if are_kept or hand.chance(50) else {}, hand.count(0, 2))
        if wide:
            promise: dict[str, Any] = {"guarantee": ordinal(place, "invariant"), "always": spell(hand, axes, wide)}
            if inside:
                promise["when"] = spell(hand, axes, inside)
            promises.append(promise | {"because": "We promised it."})
    return promises


def draw_indifference(
    hand: Hand, axes: Sequence[Axis], fields: Sequence[str], unread: Sequence[str], are_kept: bool
) -> list[dict[str, Any]]:
    """Promises that some answers make no difference: those that nothing reads, or, unless they `are_kept`, any."""
    promises = []
    for place in range(hand.pick((0, 0, 1, 0, 0, 1, 2))):
        offered = unread if are_kept else fields
        if offered:
            ignored = hand.some(offered, hand.count(1, min(2, len(offered))))
            promise: dict[str, Any] = {"guarantee": ordinal(place, "indifference")}
            promise["ignores"] = ignored[0] if len(ignored) == 1 and hand.chance(60) else ignored
            inside = {} if are_kept or hand.chance(60) else narrow(hand, axes, {}, hand.count(1, 2))
            if inside:
                promise["when"] = spell(hand, axes, inside)
            promises.append(promise | {"because": "It should not matter."})
    return promises


def draw_monotonicity(
    hand: Hand,
    axes: Sequence[Axis],
    ordered: Sequence[str],
    unread: Sequence[str],
    moving: Sequence[str],
    are_kept: bool,
) -> list[dict[str, Any]]:
    """Promises that something never falls, or never rises: the verdict, where nothing reads what rises; or anything.

    `moving` are the numbers and the steps that they may be about.
    """
    promises = []
    for place in range(hand.pick((0, 0, 1, 0, 0, 1, 2))):
        offered = [name for name in ordered if name in unread] if are_kept else ordered
        if offered:
            rising = hand.some(offered, hand.count(1, min(2, len(offered))))
            promise: dict[str, Any] = {"guarantee": ordinal(place, "monotonicity")}
            promise["rising"] = rising[0] if len(rising) == 1 and hand.chance(60) else rising
            subject = hand.pick(moving) if moving and not are_kept and hand.chance(30) else "verdict"
            promise["never"] = {subject: hand.pick(("falls", "rises"))}
            inside = {} if are_kept or hand.chance(60) else narrow(hand, axes, {}, hand.count(1, 2))
            if inside:
                promise["when"] = spell(hand, axes, inside)
            promises.append(promise | {"because": "It should not fall."})
    return promises

"""Hit policies: the outcome of the cubes that hold in an area, and which cubes can still matter there.

A hit policy gets the cubes that may hold in an area and those of them that are unsettled (hold in a part of it only).
It returns the cubes that can still matter, and the label if it is the same whichever unsettled cubes hold. Applied
again to the cubes it kept, it gives the same label. Pruning is exact, for overrides of overrides too.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from enum import Enum
from itertools import groupby
from typing import Protocol

from engine.language.model.policy import FIRST, Policy
from engine.meaning import outcomes
from engine.meaning.cubes import as_bits
from engine.meaning.outcomes import NoVerdict
from engine.meaning.spaces.areas import bits
from engine.threads import cached_property

# A rule that overrides more others than this is looked at by itself, so that the others are still few distances apart.
MOST_NEAR = 64

# The name of a verdict or a rule, an `Ending`, or any other label that the cubes were given.
Label = Hashable


class Ending(Enum):
    """An outcome without a verdict. Not a string, since a verdict may be called `gap`."""

    GAP = outcomes.GAP
    CONFLICT = outcomes.CONFLICT
    IMPOSSIBLE = outcomes.IMPOSSIBLE

    value: NoVerdict  # For type checkers, which infer `str`.


class HitPolicy(Protocol):
    """A hit policy: gives each situation a label, by the cubes that hold in it."""

    def evaluate(self, alive: int, unsettled: int) -> tuple[int, Label | None]:
        """Return the cubes that can still matter, as a bit mask, and the label; None as long as it is not certain."""
        ...

    def weight(self, alive: int) -> int:
        """Return the number of cubes that `evaluate` inspects one by one, as the cost of a call."""
        ...


class First:
    """The first cube that holds gives its label; if none holds, the label is `otherwise`."""

    def __init__(self, labels: Sequence[Label], otherwise: Label) -> None:
        self.labels = labels
        self.otherwise = otherwise
        self._of = _by_label(labels)

    def evaluate(self, alive: int, unsettled: int) -> tuple[int, Label | None]:
        """As `HitPolicy.evaluate`."""
        settled = alive & ~unsettled
        first = settled & -settled
        if first:
            label = self.labels[first.bit_length() - 1]
            alive &= first - 1
        else:
            label = self.otherwise
        others = alive & ~self._of.get(label, 0)
        # Cubes between the last one with another label and the first that holds give the same label as the latter.
        kept = (alive & ((1 << others.bit_length()) - 1)) | first
        return kept, None if others else label

    def weight(self, _: int) -> int:
        """As `HitPolicy.weight`: none."""
        return 0


class Unique:
    """All cubes that hold and are not overridden give their labels, which must agree.

    The first `outs` cubes are not rules: if some of them hold, the first of these gives its label, which says that the
    situation is impossible, or how a step is faulty. The cube `rest` counts only where no other rule's cube holds. With
    `kinds`, cubes agree if their kinds are equal; then their labels are, too.
    """

    def __init__(
        self,
        labels: Sequence[Label],
        overrides: Mapping[int, int],
        outs: int = 0,
        rest: int | None = None,
        kinds: Sequence[Label] | None = None,
    ) -> None:
        self.labels = labels
        self.overrides = dict(overrides)
        self._wide = as_bits(rule for rule, others in self.overrides.items() if others.bit_count() > MOST_NEAR)
        self._edges = _by_distance(self.overrides, self._wide)
        self.outs = (1 << outs) - 1
        self._first_out = First(labels[:outs], None)
        self._rest = 0 if rest is None else 1 << rest
        self._overriding = as_bits(self.overrides)
        self._kinds = labels if kinds is None else kinds
        self._of = _by_label(self._kinds)

    def evaluate(self, alive: int, unsettled: int) -> tuple[int, Label | None]:
        """As `HitPolicy.evaluate`."""
        outs = alive & self.outs
        if outs & ~unsettled:
            return self._first_out.evaluate(outs, unsettled)
        rules, label = self._evaluate_with_rest(alive & ~outs, unsettled)
        return rules | outs, None if outs else label

    def weight(self, alive: int) -> int:
        """As `HitPolicy.weight`: the cubes that override others."""
        return (alive & self._overriding).bit_count()

    def _evaluate_with_rest(self, alive: int, unsettled: int) -> tuple[int, Label | None]:
        """As `evaluate`, of rules, one of which may count only where no other one holds."""
        rest, others = alive & self._rest, alive & ~self._rest
        if not rest or others & ~unsettled:
            return self._evaluate_rules(others, unsettled)
        if not others:
            return self._evaluate_rules(rest, unsettled)
        # Each of the others may hold or not, so all of them matter, and what they say is not certain.
        kept, _ = self._evaluate_rules(others, unsettled)
        return kept | rest, None

    def _evaluate_rules(self, alive: int, unsettled: int) -> tuple[int, Label | None]:
        if alive & self._overriding:
            return self._ranked(alive, unsettled)
        return self._agreed(alive, alive & ~unsettled, 0)

    def _ranked(self, alive: int, unsettled: int) -> tuple[int, Label | None]:
        beaten = self._beaten_by(alive & ~unsettled)
        standing = alive & ~beaten
        # An overridden rule still overrides others: it matters as long as that may change which rules stand.
        weak = self._overriders(alive & beaten & unsettled, standing)
        sure = standing & ~unsettled & ~self._beaten_by((standing & unsettled) | weak)
        kept, label = self._agreed(standing, sure, weak)
        return self._with_beaters(kept, alive & ~unsettled), label

    def _with_beaters(self, kept: int, settled: int) -> int:
        """Add the settled rules that override some of these rules, so that what is overridden stays overridden."""
        while True:
            beaters = self._overriders(settled & ~kept, kept)
            if not beaters:
                return kept
            kept |= beaters

    def _beaten_by(self, rules: int) -> int:
        """Return the rules that some of these rules override."""
        overriding = rules & self._overriding
        singly = overriding if overriding.bit_count() <= len(self._edges) else overriding & self._wide
        beaten = 0
        for rule in bits(singly):
            beaten |= self.overrides[rule]
        if singly == overriding:
            return beaten
        for distance, from_rules in self._edges.items():
            held = overriding & from_rules
            beaten |= held << distance if distance > 0 else held >> -distance
        return beaten

    def _overriders(self, rules: int, others: int) -> int:
        """Return those of `rules` that override one of `others`."""
        overriding = rules & self._overriding
        singly = overriding if overriding.bit_count() <= len(self._edges) else overriding & self._wide
        found = as_bits(rule for rule in bits(singly) if self.overrides[rule] & others)
        if singly == overriding:
            return found
        for distance, from_rules in self._edges.items():
            found |= from_rules & (others >> distance if distance > 0 else others << -distance)
        return found & overriding

    def _agreed(self, standing: int, sure: int, weak: int) -> tuple[int, Label | None]:
        """Return what can still matter and the label, of rules that may stand.

        `sure` are those that stand everywhere. Rules in `weak` do not stand, but may override some that do.
        """
        if not sure:
            return standing | weak, None if standing else Ending.GAP
        one = sure & -sure
        place = one.bit_length() - 1
        label, alike = self.labels[place], self._of[self._kinds[place]]
        another = sure & ~alike
        if another:
            return one | (another & -another), Ending.CONFLICT
        others = standing & ~alike
        if not others:
            return one, label
        kept = others | one
        return kept | self._overriders((standing & alike & ~one) | weak, others), None


class Standing(Unique):
    """As `Unique`, but the label is the tuple of the labels of all cubes that stand, whether they agree or not."""

    def _evaluate_rules(self, alive: int, unsettled: int) -> tuple[int, Label | None]:
        settled = alive & ~unsettled
        standing = alive & ~self._beaten_by(settled)
        weak = self._overriders(alive & ~standing & unsettled, standing)
        kept = self._with_beaters(standing | weak, settled)
        if kept & unsettled:
            return kept, None
        return kept, tuple(self.labels[rule] for rule in bits(standing)) or Ending.GAP


class Mapped:
    """The labels of another hit policy, each replaced by what a function makes of it."""

    def __init__(self, inner: HitPolicy, label_of: Callable[[Label], Label]) -> None:
        self.inner = inner
        self.label_of = label_of

    def evaluate(self, alive: int, unsettled: int) -> tuple[int, Label | None]:
        """As `HitPolicy.evaluate`."""
        kept, label = self.inner.evaluate(alive, unsettled)
        return kept, None if label is None else self.label_of(label)

    def weight(self, alive: int) -> int:
        """As `HitPolicy.weight`."""
        return self.inner.weight(alive)


class Both:
    """Two hit policies for the same situations: the first reads the first `many` cubes, the second the others.

    The label is the pair of theirs. Cubes that both read are listed twice, since one may drop them before the other.
    """

    def __init__(self, one: HitPolicy, many: int, other: HitPolicy) -> None:
        self.one, self.other, self.many = one, other, many

    def evaluate(self, alive: int, unsettled: int) -> tuple[int, Label | None]:
        """As `HitPolicy.evaluate`."""
        own = (1 << self.many) - 1
        kept, label = self.one.evaluate(alive & own, unsettled & own)
        others_kept, other_label = self.other.evaluate(alive >> self.many, unsettled >> self.many)
        both = None if label is None or other_label is None else (label, other_label)
        return kept | others_kept << self.many, both

    def weight(self, alive: int) -> int:
        """As `HitPolicy.weight`."""
        own = (1 << self.many) - 1
        return self.one.weight(alive & own) + self.other.weight(alive >> self.many)


class RuleList:
    """Reads the rules of a policy by its hit policy, after the situations that are out of the question.

    Subclasses set the attributes: `out_labels` of what is out, for each rule what it overrides (a bit mask), by `place`
    (the index of each rule), and `rest`, the rule that applies where no other one does.
    """

    policy: Policy
    out_labels: list[Label]
    overrides: dict[int, int]
    place: dict[str, int]
    rest: int | None

    def hit_policy(self, rules: Sequence[int]) -> HitPolicy:
        """Return the hit policy that reads the impossible combinations and these rules, in that order."""
        labels = self._labels([self.policy.rules[rule].then for rule in rules])
        if self.policy.decision == FIRST:
            return First(labels, Ending.GAP)
        overrides, rest = self._overrides_among(rules), self._rest_among(rules)
        kinds = self._labels([self.agreeing[rule] for rule in rules]) if self.policy.has_rule_outputs else None
        return Unique(labels, overrides, len(self.out_labels), rest, kinds)

    def yielding(self, rules: Sequence[int]) -> HitPolicy:
        """Return the hit policy as `hit_policy` does, with labels that say what is given: verdicts with outputs."""
        if not self.policy.has_rule_outputs:
            return self.hit_policy(rules)
        if self.policy.decision == FIRST:
            return First(self._labels([self.given[rule] for rule in rules]), Ending.GAP)
        if self.policy.collect:
            return Mapped(self._standing_policy(rules), self._yield_of)
        labels = self._labels([self.agreeing[rule] for rule in rules])
        return Unique(labels, self._overrides_among(rules), len(self.out_labels), self._rest_among(rules))

    @cached_property
    def agreeing(self) -> list[Label]:
        """For each rule what it gives, equal for two rules that agree wherever both stand."""
        return [self.policy.yields[rule.name] for rule in self.policy.rules]

    @cached_property
    def given(self) -> list[Label]:
        """For each rule what a situation gets in which it stands alone."""
        if not self.policy.has_rule_outputs:
            return self.agreeing
        return [self._yield_of((rule.name,)) for rule in self.policy.rules]

    def _yield_of(self, label: Label) -> Label:
        """Return what a situation gets, by the names of the rules that stand in it, or its ending."""
        from engine.language.model.relations.rule_outputs import yield_together

        return (yield_together(self.policy, label) or Ending.CONFLICT) if isinstance(label, tuple) else label

    def _standing_policy(self, rules: Sequence[int]) -> HitPolicy:
        """Return the hit policy whose label is the tuple of names of the rules that stand, or an `Ending`."""
        names = [self.policy.rules[rule].name for rule in rules]
        if self.policy.decision == FIRST:
            return First(self._labels((name,) for name in names), Ending.GAP)
        overrides, rest = self._overrides_among(rules), self._rest_among(rules)
        return Standing(self._labels(names), overrides, len(self.out_labels), rest)

    def _labels(self, labels: Iterable[Label]) -> list[Label]:
        return [*self.out_labels, *labels]

    def _overrides_among(self, rules: Sequence[int]) -> dict[int, int]:
        """Map each cube whose rule overrides others of these rules to their cubes, as a bit mask."""
        cube = {rule: len(self.out_labels) + place for place, rule in enumerate(rules)}
        return {
            cube[rule]: as_bits(cube[other] for other in bits(self.overrides[rule]) if other in cube)
            for rule in rules
            if rule in self.overrides
        }

    def _rest_among(self, rules: Sequence[int]) -> int | None:
        """Return the cube of the rule that applies where no other one does; None if it is not among these rules."""
        return len(self.out_labels) + rules.index(self.rest) if self.rest in rules else None


def _by_distance(overrides: Mapping[int, int], but: int) -> dict[int, int]:
    """Group the rules that override another by the distance to it in the list; in a long chain all distances are equal.

    `but` are rules to leave out, as a bit mask.
    All overrides of one distance are then followed by a single shift of a bit mask.
    """
    found: dict[int, list[int]] = {}
    for rule, overridden in overrides.items():
        for other in bits(overridden) if not but >> rule & 1 else ():
            found.setdefault(other - rule, []).append(rule)
    return {distance: as_bits(rules) for distance, rules in found.items()}


def _by_label(labels: Sequence[Label]) -> dict[Label, int]:
    """Map each label to its cubes, as a bit mask; most lists are a few long runs of equal labels."""
    found: dict[Label, int] = {}
    start = 0
    for label, run in groupby(labels):
        many = sum(1 for _ in run)
        found[label] = found.get(label, 0) | ((1 << many) - 1) << start
        start += many
    return found

"""What do the clauses that hold say together, and which of the others can still matter?

A judge is asked with the clauses that may hold in an area and those of them that are not settled there. It answers
with the clauses that can still matter, and with a label once they all say the same whatever becomes of the unsettled
ones; asked again with what it kept, it gives the same label. Pruning is exact, for overrides of overrides too.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from enum import Enum
from typing import Protocol

from engine.meaning.cubes import as_bits
from engine.meaning.spaces.areas import bits

# The name of a verdict or a rule, an ending without one, or whatever else the clauses were given.
Label = Hashable


class Ending(Enum):
    """What a situation gets in place of a verdict. No string: a verdict may be called `gap`."""

    GAP = "gap"
    CONFLICT = "conflict"
    IMPOSSIBLE = "impossible"


class Judge(Protocol):
    """Gives a label to each situation, by the clauses that hold in it."""

    def judged(self, alive: int, unsettled: int) -> tuple[int, Label | None]:
        """The clauses that can still matter, and the label where it is certain."""
        ...

    def weight(self, alive: int) -> int:
        """How many clauses have to be looked at one by one for that."""
        ...


class First:
    """The first clause that holds gives its label; where none does, the situation gets another."""

    def __init__(self, labels: Sequence[Label], otherwise: Label) -> None:
        self.labels = labels
        self.otherwise = otherwise
        self._of = _by_label(labels)

    def judged(self, alive: int, unsettled: int) -> tuple[int, Label | None]:
        settled = alive & ~unsettled
        first = settled & -settled
        if first:
            label = self.labels[first.bit_length() - 1]
            alive &= first - 1
        else:
            label = self.otherwise
        others = alive & ~self._of.get(label, 0)
        # What comes between the last that says something else and the first that holds says the same as that one.
        kept = (alive & ((1 << others.bit_length()) - 1)) | first
        return kept, None if others else label

    def weight(self, _: int) -> int:
        return 0


class Unique:
    """All clauses that hold and are not overridden give their labels; those must agree.

    The first `outs` clauses are no rules: where one of them holds, the situation is impossible.
    """

    def __init__(self, labels: Sequence[Label], overrides: Mapping[int, int], outs: int = 0) -> None:
        self.labels = labels
        self.overrides = dict(overrides)
        self._edges = _by_distance(self.overrides)
        self.outs = (1 << outs) - 1
        self._overriding = as_bits(self.overrides)
        self._of = _by_label(labels)

    def judged(self, alive: int, unsettled: int) -> tuple[int, Label | None]:
        outs = alive & self.outs
        if outs & ~unsettled:
            return outs & ~unsettled & -(outs & ~unsettled), Ending.IMPOSSIBLE
        rules, label = self._rules_judged(alive & ~outs, unsettled)
        return rules | outs, None if outs else label

    def weight(self, alive: int) -> int:
        return (alive & self._overriding).bit_count()

    def _rules_judged(self, alive: int, unsettled: int) -> tuple[int, Label | None]:
        if alive & self._overriding:
            return self._ranked(alive, unsettled)
        return self._agreed(alive, alive & ~unsettled, 0)

    def _ranked(self, alive: int, unsettled: int) -> tuple[int, Label | None]:
        beaten = self._beaten_by(alive & ~unsettled)
        standing = alive & ~beaten
        # An overridden rule still overrides: it matters as long as it may change what else stands.
        weak = self._overriders(alive & beaten & unsettled, standing)
        sure = standing & ~unsettled & ~self._beaten_by((standing & unsettled) | weak)
        kept, label = self._agreed(standing, sure, weak)
        return self._with_beaters(kept, alive & ~unsettled), label

    def _with_beaters(self, kept: int, settled: int) -> int:
        """The rules with the settled ones that override some of them: what is overridden must stay so."""
        while True:
            beaters = self._overriders(settled & ~kept, kept)
            if not beaters:
                return kept
            kept |= beaters

    def _beaten_by(self, rules: int) -> int:
        """The rules that some rules override."""
        overriding = rules & self._overriding
        beaten = 0
        if overriding.bit_count() <= len(self._edges):
            for rule in bits(overriding):
                beaten |= self.overrides[rule]
            return beaten
        for distance, from_rules in self._edges.items():
            held = overriding & from_rules
            beaten |= held << distance if distance > 0 else held >> -distance
        return beaten

    def _overriders(self, rules: int, others: int) -> int:
        """Those of some rules that override one of others."""
        overriding = rules & self._overriding
        if overriding.bit_count() <= len(self._edges):
            return as_bits(rule for rule in bits(overriding) if self.overrides[rule] & others)
        found = 0
        for distance, from_rules in self._edges.items():
            found |= from_rules & (others >> distance if distance > 0 else others << -distance)
        return found & overriding

    def _agreed(self, standing: int, sure: int, weak: int) -> tuple[int, Label | None]:
        """What is certain of rules that may stand, some of them surely; `weak` ones may override them, no more."""
        if not sure:
            return standing | weak, None if standing else Ending.GAP
        one = sure & -sure
        label = self.labels[one.bit_length() - 1]
        alike = self._of[label]
        another = sure & ~alike
        if another:
            return one | (another & -another), Ending.CONFLICT
        others = standing & ~alike
        if not others:
            return one, label
        kept = others | one
        return kept | self._overriders((standing & alike & ~one) | weak, others), None


class Standing(Unique):
    """As `Unique` reads them, but the label is all clauses that stand, by their own labels, agreeing or not."""

    def _rules_judged(self, alive: int, unsettled: int) -> tuple[int, Label | None]:
        settled = alive & ~unsettled
        standing = alive & ~self._beaten_by(settled)
        weak = self._overriders(alive & ~standing & unsettled, standing)
        kept = self._with_beaters(standing | weak, settled)
        if kept & unsettled:
            return kept, None
        return kept, tuple(self.labels[rule] for rule in bits(standing)) or Ending.GAP


class Both:
    """Two judges of the same situations: the first has the first `many` clauses, the second the rest.

    The label is the pair of theirs. What both look at is there twice, since either may do without it sooner.
    """

    def __init__(self, one: Judge, many: int, other: Judge) -> None:
        self.one, self.other, self.many = one, other, many

    def judged(self, alive: int, unsettled: int) -> tuple[int, Label | None]:
        own = (1 << self.many) - 1
        kept, label = self.one.judged(alive & own, unsettled & own)
        others_kept, other_label = self.other.judged(alive >> self.many, unsettled >> self.many)
        both = None if label is None or other_label is None else (label, other_label)
        return kept | others_kept << self.many, both

    def weight(self, alive: int) -> int:
        own = (1 << self.many) - 1
        return self.one.weight(alive & own) + self.other.weight(alive >> self.many)


def _by_distance(overrides: Mapping[int, int]) -> dict[int, int]:
    """The rules that override another, by how far behind them it stands; in a long chain all are the same.

    A step along all overrides of one distance is one shift of a bit mask, however many there are.
    """
    found: dict[int, list[int]] = {}
    for rule, overridden in overrides.items():
        for other in bits(overridden):
            found.setdefault(other - rule, []).append(rule)
    return {distance: as_bits(rules) for distance, rules in found.items()}


def _by_label(labels: Sequence[Label]) -> dict[Label, int]:
    found: dict[Label, list[int]] = {}
    for clause, label in enumerate(labels):
        found.setdefault(label, []).append(clause)
    return {label: as_bits(clauses) for label, clauses in found.items()}

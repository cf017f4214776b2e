"""The order in which fields are best asked where points are compared: the fields of one rule after those of another.

Points are choices that are nested one in another (`point_sums.py`). While they are added up, a state is kept for each
sum that has been reached and each set of other rules that may still apply. There are few such sets if the fields of a
rule are asked one after another: then it is settled before the next rule is begun. Orders are chosen greedily, as
variable orders of decision diagrams often are (S. Malik, A. R. Wang, R. K. Brayton, A. Sangiovanni-Vincentelli, “Logic
verification using binary decision diagrams in a logic synthesis environment”, ICCAD 1988), each with another rule to
begin with; the best of them are improved by moving one field after another (R. Rudell, “Dynamic variable ordering for
ordered binary decision diagrams”, ICCAD 1993).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.language.model.condition_tree import Condition, Holds, Versus, comparisons_in
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import POINTS

# With fewer fields, or with no rule or more rules that read fields by themselves, the order of the file is taken.
FEWEST_FIELDS = 8
MOST_RULES = 200
# How many fields are looked at, while they are moved.
_MOST_MOVES = 100_000
# How many pairs of rules are compared to find orders that begin with different rules, and how many orders are improved.
_MOST_COMPARED = 40_000
_MOST_IMPROVED = 2


def field_order(policy: Policy) -> tuple[str, ...]:
    """Return the names of a policy's fields in the order in which choices between points are nested.

    Without points, it is the order of the file.
    """
    names = tuple(field.name for field in policy.fields)
    if len(names) < FEWEST_FIELDS or not any(number.kind == POINTS for number in policy.numbers):
        return names
    reading = _Reading(policy)
    conditions = [each.when for each in policy.impossible] + [rule.when for rule in policy.rules]
    rules = [fields for when in conditions if (fields := reading.fields(when))]
    if not rules or len(rules) > MOST_RULES:
        return names
    orders = _greedy_orders(names, rules)
    promising = sorted(orders, key=lambda order: _states(order, rules))[:_MOST_IMPROVED]
    improved = [_moved(order, rules) for order in promising]
    best = min(improved, key=lambda order: _states(order, rules))
    return tuple(best)


def _greedy_orders(names: Sequence[str], rules: Sequence[frozenset[str]]) -> list[list[str]]:
    """Return orders of the fields of rules, each of which settles one rule after another; each begins with another."""
    most = max(1, _MOST_COMPARED // len(rules) ** 3)
    starts = list(dict.fromkeys([_nearest(rules), *rules]))[:most]
    return [list(dict.fromkeys([*_greedy_order(names, rules, first), *names])) for first in starts]


def _greedy_order(names: Sequence[str], rules: Sequence[frozenset[str]], first: frozenset[str]) -> list[str]:
    """Return an order of the fields of rules that settles one rule after another, the nearest one next."""
    found: list[str] = []
    following = first
    waiting = list(rules)
    while waiting:
        found += [name for name in names if name in following]
        waiting = [left for fields in waiting if (left := fields - following)]
        following = _nearest(waiting) if waiting else frozenset()
    return found


def _nearest(rules: Sequence[frozenset[str]]) -> frozenset[str]:
    """Return the rule that reads the fewest fields, and of these one whose fields the fewest others read."""
    return min(rules, key=lambda fields: (len(fields), sum(not fields.isdisjoint(other) for other in rules)))


def _moved(order: list[str], rules: Sequence[frozenset[str]]) -> list[str]:
    """Return an order of fields that keeps fewer states than one that is given, found by moving one after another."""
    least = _states(order, rules)
    left = _MOST_MOVES // max(1, len(order) + sum(map(len, rules)))
    is_better = True
    while is_better:
        is_better = False
        for field in list(order):
            others = [each for each in order if each != field]
            for place in range(len(order)):
                left -= 1
                if left < 0:
                    return order
                moved = [*others[:place], field, *others[place:]]
                states = _states(moved, rules)
                if states < least:
                    order, least, is_better = moved, states, True
    return order


def _states(order: Sequence[str], rules: Sequence[frozenset[str]]) -> int:
    """Estimate how many states an order keeps.

    A rule that has been begun may still apply or not; and the more fields have been added up, the more sums there are,
    until those that are left decide between few.
    """
    place = {name: index for index, name in enumerate(order)}
    begun = [0] * (len(order) + 1)
    for fields in rules:
        places = [place[name] for name in fields]
        begun[min(places)] += 1
        begun[max(places)] -= 1
    found = open_rules = 0
    for index in range(len(order)):
        open_rules += begun[index]
        found += min(index + 1, len(order) - index) << open_rules
    return found


class _Reading:
    """The fields that conditions read by themselves, and not by a comparison of points."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._of_fact: dict[str, frozenset[str]] = {}

    def fields(self, when: Condition) -> frozenset[str]:
        """Return the fields that a condition reads."""
        for fact in self.policy.facts_in_order:
            if fact.name not in self._of_fact:
                self._of_fact[fact.name] = self._read(fact.when)
        return self._read(when)

    def _read(self, when: Condition) -> frozenset[str]:
        found: set[str] = set()
        for test in comparisons_in(when):
            if isinstance(test, Holds):
                found |= self._of_fact[test.fact]
            else:
                found |= self._named([test.name, test.other] if isinstance(test, Versus) else [test.name])
        return frozenset(found)

    def _named(self, names: Iterable[str]) -> set[str]:
        policy = self.policy
        return policy.names_behind(name for name in names if name not in policy.nonlinear) & policy.field.keys()

"""Which policies are more than a proof can settle? One maker for each kind, of any size, made up from a seed.

Each spends its work somewhere else: in formulas, in the tree, in sums over whole numbers, in pairs of rules, in counts.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

Mapped = dict[str, Any]

_VERDICTS = ("accept", "deny", "ask")


def _policy(fields: Mapped, rules: list[Mapped], **more: Any) -> Mapped:
    used = {rule["then"] for rule in rules}
    return {
        "policy": "hostile",
        "title": "What is to be done?",
        "situation": fields,
        "verdicts": {name: {"title": name.capitalize()} for name in _VERDICTS if name in used},
        "rules": rules,
        **more,
    }


def _rule(number: int, when: Mapped, then: str, **more: Any) -> Mapped:
    return {"rule": f"r{number}", "when": when, "then": then, "because": "It is so.", **more}


def _otherwise(then: str) -> Mapped:
    return {"rule": "otherwise", "otherwise": True, "then": then, "because": "Nothing else applies."}


def _yes_no(many: int, name: str = "b") -> Mapped:
    return {f"{name}{i}": {"ask": f"Question {name} {i}?", "type": "yes_no"} for i in range(many)}


def _integers(many: int, low: int, high: int, name: str = "n") -> Mapped:
    one = {"type": "integer", "from": low, "to": high}
    return {f"{name}{i}": {"ask": f"Number {name} {i}?", **one} for i in range(many)}


def _halves(when: Mapped) -> list[Mapped]:
    """Two rules that between them say everything: where a condition holds, and where it does not."""
    return [_rule(1, when, "accept"), _rule(2, {"not": when}, "deny")]


def chained_facts(many: int, seed: int = 1) -> Mapped:
    """Facts each upon the one before, which chooses between two answers."""
    random = Random(f"facts {many} {seed}")
    facts: Mapped = {}
    for i in range(many):
        one, other = random.sample(range(24), 2)
        parts: list[Mapped] = [{f"b{one}": random.random() < 0.5}, {f"b{other}": random.random() < 0.5}]
        if i:
            before = {f"f{i - 1}": random.random() < 0.5}
            parts = [{"all": [before, parts[0]]}, {"all": [{"not": before}, parts[1]]}]
        facts[f"f{i}"] = {"means": f"step {i} holds", "when": {"any": parts}}
    return _policy(_yes_no(24), _halves({f"f{many - 1}": True}), facts=facts)


def parity(many: int) -> Mapped:
    """The exclusive or of many answers, said fact by fact, beside the same in another order."""
    facts: Mapped = {}
    for name, order in (("p", range(many)), ("q", [*range(0, many, 2), *range(1, many, 2)])):
        last = None
        for i, bit in enumerate(order):
            when: Mapped = {f"b{bit}": True}
            if last is not None:
                when = {"any": [{last: True, f"b{bit}": False}, {last: False, f"b{bit}": True}]}
            last = f"{name}{i}"
            facts[last] = {"means": f"odd up to {name} {i}", "when": when}
    end = many - 1
    rules = [
        _rule(1, {f"p{end}": True}, "accept"),
        _rule(2, {f"q{end}": False}, "deny"),
    ]
    return _policy(_yes_no(many), rules, facts=facts)


def all_different(fields: int, values: int) -> Mapped:
    """Integers that must all differ, as impossible combinations."""
    impossible = [
        {"when": {f"n{i}": {"at_least": {"field": f"n{j}"}, "at_most": {"field": f"n{j}"}}}, "because": "They differ."}
        for i in range(fields)
        for j in range(i)
    ]
    return _policy(_integers(fields, 1, values), _halves({"n0": 1}), impossible=impossible)


def pigeonholes(holes: int, extra: int = 1) -> Mapped:
    """More things than holes: choices of which no two may be equal."""
    things = holes + extra
    choices = {f"h{j}": f"Hole {j}" for j in range(holes)}
    fields = {f"t{i}": {"ask": f"Where is thing {i}?", "choices": choices} for i in range(things)}
    impossible = [
        {"when": {f"t{i}": f"h{h}", f"t{j}": f"h{h}"}, "because": "A hole holds one."}
        for i in range(things)
        for j in range(i)
        for h in range(holes)
    ]
    return _policy(fields, _halves({"t0": "h0"}), impossible=impossible)


def random_boxes(rows: int, columns: int = 8, seed: int = 1) -> Mapped:
    """Rows that test a few columns at random, and have nothing to do with each other."""
    random = Random(f"boxes {rows} {columns} {seed}")
    rules = []
    for i in range(rows):
        when: Mapped = {}
        for column in random.sample(range(columns), 4):
            low = random.randint(0, 800)
            when[f"n{column}"] = {"at_least": low, "at_most": low + random.randint(50, 200)}
        rules.append(_rule(i, when, random.choice(_VERDICTS)))
    return _policy(_integers(columns, 0, 1000), rules)


def first_boxes(rows: int, columns: int = 10, seed: int = 1) -> Mapped:
    """The same under `first`, with a last row for what is left."""
    table = random_boxes(rows, columns, seed)
    table["rules"].append(_otherwise("ask"))
    return {**table, "decision": "first"}


def dense_comparisons(fields: int, rules: int, seed: int = 1) -> Mapped:
    """Rules that compare weighted sums of all numbers with constants."""
    random = Random(f"dense {fields} {rules} {seed}")
    numbers: Mapped = {
        f"s{i}": {
            "means": f"sum {i}",
            "sum": {f"n{j}": random.choice([-1, 1]) * random.randint(1, 97) for j in range(fields)},
        }
        for i in range(rules)
    }
    rows = [
        _rule(i, {f"s{i}": {"at_least": random.randint(-500, 500)}}, random.choice(_VERDICTS)) for i in range(rules)
    ]
    return _policy(_integers(fields, 0, 1000), rows, numbers=numbers)


def exact_sums(fields: int, sums: int, seed: int = 1) -> Mapped:
    """Sums of large weights that must be one value each: knapsacks."""
    random = Random(f"knapsack {fields} {sums} {seed}")
    numbers: Mapped = {
        f"s{i}": {"means": f"sum {i}", "sum": {f"n{j}": random.randint(1000, 9999) for j in range(fields)}}
        for i in range(sums)
    }
    when = {f"s{i}": {"at_least": 5000 * fields, "at_most": 5000 * fields} for i in range(sums)}
    return _policy(_integers(fields, 0, 1), _halves(when), numbers=numbers)


def ordered_fields(many: int) -> Mapped:
    """Numbers of which each is compared with each other one."""
    rules = [
        _rule(i * many + j, {f"n{i}": {"less_than": {"field": f"n{j}"}}}, _VERDICTS[(i + j) % 3])
        for i in range(many)
        for j in range(i)
    ]
    return _policy(_integers(many, 0, 10 * many), rules)


def large_lists(options: int, rules: int, seed: int = 1) -> Mapped:
    """Lists of many options, rules that each ask for some of them and exclude others."""
    random = Random(f"lists {options} {rules} {seed}")
    choices = {f"o{i}": f"Option {i}" for i in range(options)}
    rows = []
    for i in range(rules):
        some = random.sample(list(choices), 6)
        rows.append(_rule(i, {"x": {"includes": some[:3], "excludes": some[3:]}}, random.choice(_VERDICTS)))
    return _policy({"x": {"ask": "Which?", "type": "any_of", "choices": choices}}, rows)


def deep_nesting(depth: int, many: int, seed: int = 1) -> Mapped:
    """Conditions of all, any and not, as deep as they may be."""
    random = Random(f"deep {depth} {many} {seed}")

    def nest(level: int) -> Mapped:
        if not level:
            return {f"b{bit}": random.random() < 0.5 for bit in random.sample(range(30), 2)}
        if random.random() < 0.2:
            return {"not": nest(level - 1)}
        return {random.choice(["all", "any"]): [nest(level - 1), nest(level - 1)]}

    return _policy(_yes_no(30), [_rule(i, nest(depth), random.choice(_VERDICTS)) for i in range(many)])


def clauses_of_three(many: int, ratio: float = 4.3, seed: int = 1) -> Mapped:
    """Random 3-SAT at its hardest ratio: each clause is a fact, and all of them hold together or not."""
    random = Random(f"clauses {many} {ratio} {seed}")
    parts = [
        {"any": [{f"b{bit}": random.random() < 0.5} for bit in random.sample(range(many), 3)]}
        for _ in range(round(ratio * many))
    ]
    return _policy(_yes_no(many), _halves({"all": parts}))


def impossible_clauses(many: int, ratio: float = 4.0, seed: int = 1) -> Mapped:
    """The same as impossible combinations, with rules beside them."""
    random = Random(f"impossible {many} {ratio} {seed}")
    impossible = [
        {"when": {f"b{bit}": random.random() < 0.5 for bit in random.sample(range(many), 3)}, "because": "No."}
        for _ in range(round(ratio * many))
    ]
    return _policy(_yes_no(many), _halves({"b0": True}), impossible=impossible)


def override_chain(rules: int) -> Mapped:
    """Thresholds of which each overrides the one before."""
    rows = [
        _rule(
            i,
            {"n0": {"at_least": i}},
            _VERDICTS[i % 3],
            **({"overrides": {f"r{i - 1}": "It is higher."}} if i else {}),
        )
        for i in range(rules)
    ]
    return _policy(_integers(1, 0, rules), rows)


def override_web(rules: int, columns: int = 8, seed: int = 1) -> Mapped:
    """Overlapping rows, each of which overrides some of those before it."""
    random = Random(f"web {rules} {columns} {seed}")
    table = random_boxes(rules, columns, seed)
    for i, rule in enumerate(table["rules"]):
        if i:
            rule["overrides"] = {f"r{j}": "It is stronger." for j in random.sample(range(i), min(i, 10))}
    return table


def many_guarantees(many: int, rows: int, seed: int = 1) -> Mapped:
    """Guarantees over rows that overlap at random."""
    random = Random(f"guarantees {many} {rows} {seed}")
    table = random_boxes(rows, 8, seed)
    table["guarantees"] = [
        {
            "guarantee": f"g{i}",
            "when": {"n0": {"at_least": random.randint(0, 900)}, "n1": {"at_most": random.randint(50, 900)}},
            "never": random.choice(list(table["verdicts"])),
            "because": "It must not be.",
        }
        for i in range(many)
    ]
    return table


def scores(fields: int, bands: int, seed: int = 1) -> Mapped:
    """Points added up over many integers, and bands of their sum, beside rules that ask single fields."""
    random = Random(f"scores {fields} {bands} {seed}")
    weights = {f"n{i}": random.randint(1, 60) for i in range(fields)}
    most = sum(9 * weight for weight in weights.values())
    cuts = [most * i // bands for i in range(bands + 1)]
    rules = [
        _rule(i, {"points": {"at_least": cuts[i], "less_than": cuts[i + 1]}}, _VERDICTS[i % 3]) for i in range(bands)
    ]
    rules += [_rule(100 + i, {f"n{i}": 9}, "deny") for i in range(fields)]
    numbers = {"points": {"means": "the points", "sum": weights}}
    return _policy(_integers(fields, 0, 9), rules, numbers=numbers)


def dates_apart(many: int) -> Mapped:
    """Dates each of which must lie some days after every other one."""
    fields = {
        f"d{i}": {"ask": f"Date {i}?", "type": "date", "from": "2020-01-01", "to": "2029-12-31"} for i in range(many)
    }
    numbers: Mapped = {}
    rules = []
    for i in range(many):
        for j in range(i):
            numbers[f"from_{j}_to_{i}"] = {"means": f"days from {j} to {i}", "sum": {f"d{i}": 1, f"d{j}": -1}}
            rules.append(_rule(i * many + j, {f"from_{j}_to_{i}": {"more_than": 30 * (i - j)}}, _VERDICTS[(i + j) % 3]))
    return _policy(fields, rules, numbers=numbers)


def wide_choices(values: int, rules: int, columns: int = 4, seed: int = 1) -> Mapped:
    """Rows over choices of many values, each with a random half of them."""
    random = Random(f"wide {values} {rules} {columns} {seed}")
    choices = {f"v{i}": f"Value {i}" for i in range(values)}
    fields = {f"c{i}": {"ask": f"Choice {i}?", "choices": choices} for i in range(columns)}
    rows = [
        _rule(
            i,
            {f"c{column}": random.sample(list(choices), values // 2) for column in range(columns)},
            random.choice(_VERDICTS),
        )
        for i in range(rules)
    ]
    return _policy(fields, rows)


# Of each kind the maker, sizes with which it is more than the tests have steps for, and sizes that are settled. With
# larger ones (`LARGE`) the steps that a proof has by default end too.
KINDS: dict[str, tuple[Callable[..., Mapped], tuple[int, ...], tuple[int, ...]]] = {
    "chained facts": (chained_facts, (60,), (6,)),
    "parity in two orders": (parity, (40,), (5,)),
    "all different": (all_different, (7, 6), (3, 3)),
    "pigeonholes": (pigeonholes, (11,), (3,)),
    "random boxes": (random_boxes, (600,), (10,)),
    "random boxes, first": (first_boxes, (600,), (10,)),
    "dense comparisons": (dense_comparisons, (7, 12), (2, 3)),
    "exact sums": (exact_sums, (30, 3), (4, 1)),
    "ordered fields": (ordered_fields, (9,), (3,)),
    "large lists": (large_lists, (40, 150), (8, 6)),
    "deep nesting": (deep_nesting, (6, 20), (3, 3)),
    "clauses of three": (clauses_of_three, (60,), (6,)),
    "impossible clauses": (impossible_clauses, (60,), (6,)),
    "override chain": (override_chain, (500,), (10,)),
    "override web": (override_web, (300,), (10,)),
    "guarantees": (many_guarantees, (30, 300), (3, 8)),
    "scores": (scores, (14, 30), (3, 3)),
    "dates apart": (dates_apart, (9,), (3,)),
    "wide choices": (wide_choices, (60, 100), (6, 5)),
}
LARGE: dict[str, tuple[int, ...]] = {
    "chained facts": (150,),
    "parity in two orders": (40,),
    "all different": (7, 6),
    "pigeonholes": (11,),
    "random boxes": (10_000,),
    "random boxes, first": (5_000,),
    "dense comparisons": (7, 12),
    "exact sums": (30, 3),
    "ordered fields": (9,),
    "large lists": (60, 400),
    "deep nesting": (9, 30),
    "clauses of three": (150,),
    "impossible clauses": (150,),
    "override chain": (5_000,),
    "override web": (2_000,),
    "guarantees": (200, 1_000),
    "scores": (14, 30),
    "dates apart": (9,),
    "wide choices": (300, 500),
}

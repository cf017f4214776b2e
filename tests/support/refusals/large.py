"""Files whose size is what makes them hard: each is made here, with how it ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.support.refusals.made import HEAD, MANY, RULES, SITUATION, VERDICTS, WHOLE, rules_of


class Large(NamedTuple):
    """A file whose size is what makes it hard: how it ends, and the first line it prints (empty: whatever it is)."""

    name: str
    text: Callable[[], str]
    code: int
    first: str


def _policy(situation: str = "", rules: str = RULES, verdicts: str = "", rest: str = "") -> str:
    return HEAD + SITUATION + situation + VERDICTS + verdicts + rules + rest


def _names(count: int, stem: str = "t") -> str:
    return ", ".join(f"{stem}{i}" for i in range(count))


def _choices(count: int) -> str:
    return ", ".join(f"t{i}: One" for i in range(count))


def _fact(test: str) -> str:
    return f"facts: {{f: {{means: it holds, when: {test}}}}}\n"


def _rules_on(name: str) -> str:
    """The rules, asking for something else than `fragile`: what nothing reads is warned of before the result."""
    return RULES.replace("{fragile:", f"{{{name}:")


_SOUND = "parcels: sound, "

LARGE = (
    Large("10,000 unknown keys", lambda: WHOLE + "".join(f"k{i}: 1\n" for i in range(MANY)), 2, ""),
    Large(
        "10,000 rules without a reason",
        rules_of(lambda i: f"{{rule: r{i}, when: {{fragile: yes}}, then: van}}"),
        2,
        "parcels.yaml:9:5  missing-key  `because` is missing here",
    ),
    Large(
        "10,000 fields of a bad name",
        lambda: _policy("".join(f"  F{i}: {{ask: Why?, type: yes_no}}\n" for i in range(MANY))),
        2,
        "",
    ),
    Large(
        "10,000 rules of one name",
        rules_of(lambda i: "{rule: a, when: {fragile: yes}, then: van, because: It is so.}"),
        2,
        "parcels.yaml:10:12  duplicate-name  the rule `a` appears here 10000 times",
    ),
    Large(
        "10,000 facts in a circle",
        lambda: _policy(
            rest="facts:\n"
            + "".join(f"  f{i}: {{means: it holds, when: {{f{(i + 1) % MANY}: yes}}}}\n" for i in range(MANY))
        ),
        2,
        "",
    ),
    Large(
        "200 facts that are each made of all the others",
        lambda: _policy(
            rest="facts:\n"
            + "".join(
                f"  f{i}: {{means: it holds, when: {{" + ", ".join(f"f{j}: yes" for j in range(200) if j != i) + "}}\n"
                for i in range(200)
            )
        ),
        2,
        "",
    ),
    Large(
        "2,000 facts in a chain",
        lambda: _policy(
            rules=_rules_on("f0"),
            rest="facts:\n"
            + "".join(f"  f{i}: {{means: it holds, when: {{f{i + 1}: yes}}}}\n" for i in range(2_000))
            + "  f2000: {means: it holds, when: {fragile: yes}}\n",
        ),
        0,
        _SOUND,
    ),
    Large(
        "2,000 questions in a chain",
        lambda: _policy(
            "".join(f"  q{i}: {{ask: Why?, type: yes_no, ask_after: q{i + 1}}}\n" for i in range(2_000))
            + "  q2000: {ask: Why?, type: yes_no, ask_after: fragile}\n",
            rules=_rules_on("q0"),
        ),
        0,
        _SOUND,
    ),
    Large(
        "an alias bomb",
        lambda: (
            HEAD
            + "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
            + "".join(
                f"{chr(98 + i)}: &{chr(98 + i)} [" + ", ".join(["*" + chr(97 + i)] * 9) + "]\n" for i in range(20)
            )
        ),
        2,
        "parcels.yaml:1:1  missing-key  `situation` is missing here",
    ),
    Large(
        "a line of ten megabytes",
        lambda: _policy(rest="about: " + "a " * 5_000_000 + "\n"),
        0,
        _SOUND,
    ),
    Large(
        "a grid of 10^30 steps",
        lambda: _policy(
            "  w: {ask: How heavy?, type: number, from: 0, to: 999999999999999, step: 0.000000000000001}\n",
            rules=_rules_on("f"),
            rest=_fact("{fragile: yes, w: {at_least: 1}}"),
        ),
        0,
        _SOUND,
    ),
    Large(
        "more than 1,200,000 values",
        lambda: "a: [" + "1," * 1_300_000 + "]\n",
        2,
        "parcels.yaml:1:2399999  file-too-large  the file holds more than 1,200,000 keys, values and brackets",
    ),
    Large(
        "a list of 10,000 numbers in a test",
        lambda: _policy(
            "  w: {ask: How heavy?, type: number}\n",
            rules=_rules_on("f"),
            rest=_fact(f"{{fragile: yes, w: [{_names(MANY, '')}]}}"),
        ),
        0,
        _SOUND,
    ),
    Large(
        "a list of 10,000 choices in a test",
        lambda: _policy(
            f"  t: {{ask: Which?, choices: {{{_choices(MANY)}}}}}\n", rest=_fact(f"{{t: [{_names(MANY)}]}}")
        ),
        0,
        "",
    ),
    Large(
        "10,000 unknown names beside 2,000 known ones",
        lambda: _policy(
            "".join(f"  field_number_{i}: {{ask: Why?, type: yes_no}}\n" for i in range(2_000)),
            rules="rules:\n"
            + "".join(
                f"  - {{rule: r{i}, when: {{feild_numbre_{i}: yes}}, then: van, because: It is so.}}\n"
                for i in range(MANY)
            ),
        ),
        2,
        "",
    ),
    Large(
        "a name of 100,000 parts",
        lambda: _policy('  ? "' + ".".join("a" * 100_000) + '"\n  : {ask: Why?, type: yes_no}\n'),
        2,
        "",
    ),
)

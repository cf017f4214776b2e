"""Hypothesis strategies of rule tables: the same rules as a table of cells and as a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from hypothesis import assume
from hypothesis import strategies as st

from engine import Policy
from engine.language.documents.data import data_document
from engine.language.parsing.openers import Opened
from engine.language.sections.policy_file import read_policy
from tests.support.drawing.fields import Draw, Hand, draw_value
from tests.support.drawing.strategies import policies
from tests.support.judging.spaces import NONE, kind

SIGNS = {">=": "at_least", "<=": "at_most", ">": "more_than", "<": "less_than"}
DATED = {">=": "on_or_after", "<=": "on_or_before", ">": "after", "<": "before"}
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ">=": lambda one, other: one >= other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    "<": lambda one, other: one < other,
}
# Known texts that a cell has to quote.
ODD_TEXTS = ("a | b", "> 5", "[x..y]", '5" pipe', ' "padded" ', "= 1", "(none)", "Lyon, Rhône; the city")


# Random tables, written both ways.


class Part(NamedTuple):
    """One alternative of a cell: as it stands there, as a test of a list's `when`, and what it means."""

    text: str
    test: Any
    holds: Callable[[Any], bool]


class Cell(NamedTuple):
    """One cell: as it stands there, as entries of a list's `when`, and what it means."""

    text: str
    when: dict[str, Any]
    holds: Callable[[Any], bool]


class Drawn(NamedTuple):
    """A policy with a table, and the same with a list; `cells` are the tests of each rule, by column."""

    table: dict[str, Any]
    data: bytes
    listed: dict[str, Any]
    cells: list[dict[str, Cell]]
    written: list[tuple[int, list[str]]]

    def read(self) -> Policy:
        return read_policy(
            data_document(self.table, "policy"), lambda path, _: Opened(f"folder/{path}", self.data, path)
        )


def written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _quoted(hand: Hand, text: str) -> str:
    """A name as it stands in a cell: in quotes where it has to be, and sometimes where it need not."""
    needs = text.strip() != text or text[0] in '<>=!≤≥≠[(])"' or "|" in text or '"' in text
    return '"' + text.replace('"', '""') + '"' if needs or hand.chance(10) else text


def _parts(hand: Hand, spec: Mapping[str, Any]) -> Part:
    """One alternative for a field."""
    is_named = kind(spec) in ("choice", "text")
    names = list(spec["choices"] if kind(spec) == "choice" else spec.get("known", ())) if is_named else []
    spell = partial(_quoted, hand) if is_named else written
    rank: Callable[[Any], Any] = names.index if spec.get("ordered") else (lambda value: value)

    valued = {key: said for key, said in spec.items() if key != "or_none"}

    def draw() -> Any:
        return hand.pick(names) if is_named else draw_value(hand, valued, ())

    words = DATED if kind(spec) == "date" else SIGNS
    is_ordered = spec.get("ordered") or kind(spec) in ("integer", "number", "date")
    form = hand.pick(("value", "sign", "range")) if is_ordered else "value"
    gap = hand.pick((" ", "", "  "))
    if form == "value" and "or_none" in spec and hand.chance(25):
        return Part(NONE, NONE, lambda at: at == NONE)
    if form == "value":
        value = draw()
        return Part(spell(value), value, lambda at: at == value)
    if form == "sign":
        sign, value = hand.pick(list(SIGNS)), draw()
        return Part(
            f"{sign}{gap}{spell(value)}",
            {words[sign]: value},
            lambda at: at not in (NONE, None) and COMPARE[sign](rank(at), rank(value)),
        )
    low, high = sorted((draw(), draw()), key=rank)
    opens, closes = hand.pick("[("), hand.pick("])")
    first, last = ">=" if opens == "[" else ">", "<=" if closes == "]" else "<"
    return Part(
        f"{opens}{gap}{spell(low)}{gap}..{gap}{spell(high)}{closes}",
        {words[first]: low, words[last]: high},
        lambda at: (
            at not in (NONE, None) and COMPARE[first](rank(at), rank(low)) and COMPARE[last](rank(at), rank(high))
        ),
    )


def _cell(hand: Hand, name: str, spec: Mapping[str, Any]) -> Cell:
    """A cell for a field: one alternative or several."""
    parts: list[Part] = []
    for part in [_parts(hand, spec) for _ in range(hand.pick((1, 1, 2, 3)))]:
        if isinstance(part.test, dict) or part.test not in [other.test for other in parts]:
            parts.append(part)
    values = [part.test for part in parts if not isinstance(part.test, dict)]
    tests: list[dict[str, Any]] = [{name: part.test} for part in parts if isinstance(part.test, dict)]
    if values:
        tests.insert(0, {name: values[0] if len(values) == 1 else values})
    text = hand.pick((" | ", "|")).join(part.text for part in parts)
    when = tests[0] if len(tests) == 1 else {"any": tests}
    return Cell(text, when, lambda at: any(part.holds(at) for part in parts))


def _flag(hand: Hand, name: str) -> Cell:
    """A cell for a fact."""
    expected = hand.chance(50)
    text = hand.pick(("yes", "true") if expected else ("no", "false"))
    return Cell(text, {name: expected}, lambda at: at == expected)


def _joined(cells: list[Cell]) -> dict[str, Any]:
    """The `when` of a list in which every cell holds."""
    several = [cell.when for cell in cells if "any" in cell.when]
    if len(several) < 2:
        return {key: test for cell in cells for key, test in cell.when.items()}
    return {"all": several} | {key: test for cell in cells for key, test in cell.when.items() if "any" not in cell.when}


def _encoded(hand: Hand, cell: str, separator: str) -> str:
    """A cell as a CSV file has it: in quotes where it has to be, and sometimes where it need not."""
    needs = any(sign in cell for sign in (separator, '"', "\n", "\r"))
    return '"' + cell.replace('"', '""') + '"' if needs or hand.chance(10) else cell


# Cells of outputs, and what they say.
_OUTPUT_CELLS: tuple[tuple[str, Any], ...] = (
    ("4", 4),
    ("4.50", Decimal("4.5")),
    ("true", True),
    ("red ink", "red ink"),
    ('"yes"', "yes"),
    ('"2026-01-31"', "2026-01-31"),
    ("[red, 1]", ["red", 1]),
    ('{rate: 0.5, when: "no"}', {"rate": Decimal("0.5"), "when": "no"}),
    ("null", None),
)


@st.composite
def tables(draw: Draw, small: bool = False) -> Drawn:
    """Policies with a table of rules, beside the same with a list of rules."""
    hand = Hand(draw)
    base = {key: value for key, value in draw(policies(small=small)).items() if key != "collect"}
    for spec in base["situation"].values():
        if kind(spec) == "text":
            spec["known"] = [*spec["known"], *ODD_TEXTS]
    testable = {name: spec for name, spec in base["situation"].items() if kind(spec) != "any_of"}
    testable |= {name: {"type": "number", "from": -20, "to": 20} for name in base.get("numbers", {})}
    columns = {name: partial(_cell, name=name, spec=spec) for name, spec in testable.items()}
    columns |= {name: partial(_flag, name=name) for name in base.get("facts", {})}
    assume(columns)
    is_first = hand.chance(50)
    passages = [name for name, says in base.get("source", {}).get("passages", {}).items() if isinstance(says, str)]
    own = [name for name in ("rule", "because", "added") if hand.chance(50)] + (["cites"] if passages else [])
    are_named = all(isinstance(verdict.get("output", {}), dict) for verdict in base["verdicts"].values())
    own += hand.some(("output.fee", "output.note"), hand.count(1, 2)) if are_named and hand.chance(40) else []
    names = hand.some(columns, hand.count(1, len(columns)))
    rest = hand.count(0, 5) if not is_first and hand.chance(40) else None
    if rest is not None or (is_first and hand.chance(30)):
        own.append("otherwise")
    header = draw(st.permutations([*names, "then", *own]))
    rows, cells, rules, number = [header], [], [], 1
    many = hand.count(1, 6)
    for index in range(many):
        is_last = index == rest or (is_first and index == many - 1 and hand.chance(50))
        while hand.chance(10):
            rows.append([""] * hand.count(1, 3))
            number += 1
        number += 1
        tested = [] if is_last else hand.some(names, hand.count(1, len(names)))
        row = {name: columns[name](hand) for name in header if name in tested}
        rule: dict[str, Any] = {"rule": f"row-{number}", "then": hand.pick(list(base["verdicts"]))}
        rule |= {"otherwise": True} if is_last else {"when": _joined(list(row.values()))}
        texts = {"then": rule["then"]} | {name: cell.text for name, cell in row.items()}
        if "otherwise" in own:
            # Under `first`, a last row without a test takes the rest anyway.
            said = ("yes", "true") if is_last and not (is_first and hand.chance(30)) else ("", "no", "false")
            texts["otherwise"] = hand.pick(said)
        if "rule" in own and hand.chance(70):
            rule["rule"] = texts["rule"] = f"rule-{'abcdef'[index]}"
        rule["because"] = f"Row {number} of sample.csv says so."
        if "because" in own and hand.chance(70):
            rule["because"] = texts["because"] = hand.pick(("It is so.", 'He said: "so, or so".', "One;\ntwo, three."))
        if "added" in own and hand.chance(50):
            rule["added"] = texts["added"] = "It is ours."
        if passages and hand.chance(70):
            rule["cites"] = hand.some(passages, hand.count(1, len(passages)))
            texts["cites"] = " | ".join(rule["cites"])
        for name in own:
            if name.startswith("output.") and hand.chance(60):
                texts[name], value = hand.pick(_OUTPUT_CELLS)
                rule.setdefault("output", {})[name.removeprefix("output.")] = value
        rows.append([texts.get(name, "") for name in header])
        cells.append(row)
        rules.append(rule)
    separator, end = hand.pick(",;"), hand.pick(("\n", "\r\n"))
    written, lines, line = [], [], 1
    for row_cells in rows:
        encoded = [_encoded(hand, cell, separator) for cell in row_cells]
        written.append((line, encoded))
        lines.append(separator.join(encoded))
        line += 1 + lines[-1].count("\n")
    text = end.join(lines) + (end if hand.chance(70) else "")
    data = (b"\xef\xbb\xbf" if hand.chance(20) else b"") + text.encode()
    base = {**base, "decision": "first" if is_first else "unique"}
    return Drawn({**base, "rules": {"table": "sample.csv"}}, data, {**base, "rules": rules}, cells, written)

"""Parser for table cells: a value, alternatives, a comparison, a range, or nothing.

A cell means the same as an entry of `when`, and its values are read by the same functions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from engine.frozen import frozen_value
from engine.language.documents.nodes import Scalar
from engine.language.documents.text import shorten
from engine.language.model.condition_tree import SAME_ORDER, All, Condition, Holds, Some
from engine.language.model.field_kinds import CHOICE, DATE, TEXT, YES_NO
from engine.language.model.values.misfits import Misfit
from engine.language.parsing.bounds import Bound, compare, repetition
from engine.language.parsing.operands import Operand
from engine.problems import Place

# A conjunction of comparisons, each an operator and a value, or several.
Test: TypeAlias = tuple[tuple[str, Bound | tuple[Bound, ...]], ...]

_HOLDS = "holds"
_QUOTED = re.compile(r'"[^"]*+(?:""[^"]*+)*+"')
_PIECE = re.compile(r'"[^"]*+(?:""[^"]*+)*+"|[^"|]++|[|"]')
_OPS = {">=": "at_least", "<=": "at_most", ">": "more_than", "<": "less_than"}
_DATED = {order: dated for dated, order in SAME_ORDER.items()}
_BOTH_SIDES = "write what fits, such as `a | b` or `< 5 | > 5`"
# Signs of other notations, and their replacements here.
_FOREIGN = {
    "=>": "write `>=`",
    "≥": "write `>=`",
    "=<": "write `<=`",
    "≤": "write `<=`",
    "=": "write the value alone",
    "<>": _BOTH_SIDES,
    "!": _BOTH_SIDES,
    "≠": _BOTH_SIDES,
}
_SIGNS = "<>=!≤≥≠"
_ANY = ("-", "–", "—", "*")
_BRACKETS = "write `[3..5]` with both its ends, `[3..5)` without the last one"
_IN_QUOTES = '; text that begins with a sign or a bracket, or holds `|` or `"`, goes in double quotes'
_LONGEST_GUESS = 200
# A place with a line marks text from a file, where a quoted date is text.
_IN_FILE = Place("", 1, 1)


@frozen_value
class RuleCell:
    """The parsed text of a cell: alternative tests (none if any answer will do), or its errors."""

    tests: tuple[Test, ...] = ()
    misfits: tuple[Misfit, ...] = ()

    def condition(self, name: str, place: Place) -> Condition:
        """The condition that the cell states about `name`."""
        if len(self.tests) == 1:
            return _condition(self.tests[0], name, place)
        return Some(tuple(All((_condition(test, name, place),), place) for test in self.tests), place)


def _condition(test: Test, name: str, place: Place) -> Condition:
    """A test as a condition."""
    if len(test) > 1:
        return All(tuple(compare(name, op, bound, place) for op, bound in test), place)
    op, bound = test[0]
    return Holds(name, bool(bound[0]), place) if op == _HOLDS else compare(name, op, bound, place)


def parse_fact_cell(text: str, name: str) -> RuleCell:
    """Parse a cell in the column of a fact."""
    word = text.strip()
    if word in ("yes", "no", "true", "false", ""):
        return RuleCell((((_HOLDS, Bound(word in ("yes", "true"))),),) if word else ())
    help_ = "write `yes` or `no`; where it makes no difference, leave the cell empty"
    return RuleCell(misfits=(Misfit("wrong-comparison", f"`{name}` is a fact, which holds or does not", help_),))


def parse_field_cell(text: str, subject: Operand) -> RuleCell:
    """Parse a cell in the column of a field or derived number."""
    values: dict[Any, Bound] = {}
    tests: list[Test] = []
    misfits: list[Misfit] = []
    for part in _split_alternatives(text) if text.strip() else ():
        try:
            test = _parse_test(part, subject, misfits)
        except Misfit as misfit:
            misfits.append(misfit if misfit.code == "bad-range" else _with_foreign_help(misfit, part, subject))
            continue
        op, bound = test[0]
        if op != "is" or not isinstance(bound, Bound):
            tests.append(test)
        elif bound.value in values:
            misfits.append(Misfit("repeated", repetition(bound, part, "cell"), "keep one of the two"))
        else:
            values[bound.value] = bound
    if misfits:
        return RuleCell(misfits=tuple(misfits))
    if values:
        listed = tuple(values.values())
        tests.insert(0, (("is", listed[0]) if len(listed) == 1 else ("one_of", listed),))
    return RuleCell(tuple(tests))


def _with_foreign_help(misfit: Misfit, part: str, subject: Operand) -> Misfit:
    """The error with help for foreign notation, computed on demand."""

    def help_() -> str:
        from engine.language.suggestions.meant_cells import cell_help

        return (cell_help(subject, part) if len(part) <= _LONGEST_GUESS else "") or misfit.help

    return Misfit(misfit.code, misfit.message, help_)


def _split_alternatives(text: str) -> Iterator[str]:
    """Split a cell at each `|` outside quotes."""
    if '"' not in text:
        yield from map(str.strip, text.split("|"))
        return
    part: list[str] = []
    for found in _PIECE.finditer(text):
        if found.group() == "|":
            yield "".join(part).strip()
            part = []
        else:
            part.append(found.group())
    yield "".join(part).strip()


def _parse_test(part: str, subject: Operand, misfits: list[Misfit]) -> Test:
    """Parse one alternative; raises `Misfit`. Further errors may be added to `misfits`."""
    if not part:
        raise Misfit("bad-cell", "an alternative is missing beside `|`", "write it, or delete the `|`")
    if part[0] in "[(])":
        return _parse_range(part, subject, misfits)
    if part[0] in _SIGNS:
        for sign, help_ in _FOREIGN.items():
            if part.startswith(sign):
                raise Misfit("bad-cell", f"`{sign}` is not a comparison here", _or_quotes(help_, subject))
        sign = part[:2] if part[:2] in _OPS else part[:1]
        return _parse_comparison(sign, part[len(sign) :].strip(), subject)
    if ".." in part and part[0] != '"' and subject.is_ordered():
        raise Misfit("bad-cell", f"`{shorten(part)}` lacks the brackets of a range", _BRACKETS)
    return (("is", _parse_value(part, subject)),)


def _parse_comparison(sign: str, limit: str, subject: Operand) -> Test:
    """Parse a comparison sign and its limit; raises `Misfit`."""
    if not subject.is_ordered():
        raise Misfit("wrong-comparison", f"`{sign}` does not go with `{subject.name}`", _unordered_help(subject))
    if not limit:
        raise Misfit("bad-cell", f"nothing follows `{sign}`", "write the limit, such as `>= 3`")
    if limit[0] == "=":
        raise Misfit("bad-cell", f"`{sign}=` is not a comparison here", "write `>=`, `<=`, `>` or `<`")
    if ("<" in limit or ">" in limit) and limit[0] != '"':
        help_ = f"{_BRACKETS}; put `|` between them where one is enough"
        raise Misfit("bad-cell", "two comparisons are side by side", help_)
    return ((_op(sign, subject), _parse_value(limit, subject)),)


def _parse_range(part: str, subject: Operand, misfits: list[Misfit]) -> Test:
    """Parse a range in interval notation; raises `Misfit`, or adds an error about its lower end to `misfits`."""
    ends = _split_ends(part[1:-1].strip()) if part[0] in "[(" and part[-1] in "])" else None
    if ends is None:
        raise Misfit("bad-cell", f"`{shorten(part)}` is not a range", _or_quotes(_BRACKETS, subject))
    if not all(ends):
        help_ = "write both, or a comparison such as `>= 3`"
        raise Misfit("bad-cell", f"`{shorten(part)}` lacks one of its ends", help_)
    if not subject.is_ordered():
        raise Misfit("wrong-comparison", f"a range does not go with `{subject.name}`", _unordered_help(subject))
    low = _parse_lower_end(ends[0], subject, misfits)
    high = _parse_value(ends[1], subject)
    if low is not None and _rank(low.value, subject) > _rank(high.value, subject):
        raise Misfit("bad-range", f"`{shorten(part)}` begins above its end", "exchange the two")
    first, last = (">=" if part[0] == "[" else ">"), ("<=" if part[-1] == "]" else "<")
    return ((_op(first, subject), high if low is None else low), (_op(last, subject), high))


def _parse_lower_end(text: str, subject: Operand, misfits: list[Misfit]) -> Bound | None:
    """Parse the lower end of a range.

    None if it does not fit; the error is added to `misfits`, so that the upper end is checked too.
    """
    try:
        return _parse_value(text, subject)
    except Misfit as misfit:
        misfits.append(misfit)
        return None


def _split_ends(inside: str) -> tuple[str, str] | None:
    """Split the inside of a range at `..`; None if there is none."""
    quoted = _QUOTED.match(inside) if inside.startswith('"') else None
    low = quoted.group() if quoted else inside.partition("..")[0]
    rest = inside[len(low) :].lstrip()
    return (low.rstrip(), rest[2:].strip()) if rest.startswith("..") else None


def _rank(value: Any, subject: Operand) -> Any:
    """A value's sort key: the index of an option, else the value itself."""
    return subject.field.rank[value] if subject.field and subject.kind() == CHOICE else value


def _op(sign: str, subject: Operand) -> str:
    """The operator for a sign, by the kind of operand."""
    return _DATED[_OPS[sign]] if subject.kind() == DATE else _OPS[sign]


def _parse_value(text: str, subject: Operand) -> Bound:
    """Parse a value, or the name of a constant, which may be in quotes; raises `Misfit`."""
    if '"' in text:
        if _QUOTED.fullmatch(text):
            return subject.bound(Scalar(text[1:-1].replace('""', '"'), False, _IN_FILE))
        help_ = 'put double quotes round all of it, and write those inside twice: `"5"" pipe"`'
        raise Misfit("bad-cell", f"the quotes in `{shorten(text)}` do not enclose all of it", help_)
    try:
        return subject.bound(Scalar(text, True, _IN_FILE), "|")
    except Misfit as misfit:
        if text not in _ANY:
            raise
        help_ = "where any answer will do, leave the cell empty"
        raise Misfit(misfit.code, misfit.message, help_) from None


def _or_quotes(help_: str, subject: Operand) -> str:
    """The help with the advice to quote a text that contains signs."""
    return help_ + (_IN_QUOTES if subject.kind() in (CHOICE, TEXT) else "")


def _unordered_help(subject: Operand) -> str:
    """The help for a comparison of an operand without order."""
    if subject.kind() == YES_NO:
        return "write `yes` or `no`"
    what = "the known texts that fit, `a | b`"
    if subject.kind() == CHOICE:
        what = "the choices that fit, `a | b`, or declare it `ordered: yes`"
    return f"write {what}{_IN_QUOTES}"

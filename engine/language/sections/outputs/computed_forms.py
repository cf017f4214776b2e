"""Outputs written as if they were worked out from answers, but not in the form that is.

An output is the value of a number, in the form that `computed_reader.py` reads, or data that is given back as it is
written. Another map such as `{sum: {weight: 2}}`, or the name of a number without quotes, reads as an amount that is
worked out. It is refused, so that nobody gets the map or the name in place of the amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as AbstractMapping

from engine.language.documents.nodes import Mapping, Node, Scalar, Sequence
from engine.language.documents.text import shorten
from engine.language.model.values.rounding import ROUNDING_MODES
from engine.language.sections.outline import Outline
from engine.language.sections.outputs.computed_reader import computed_output, mode_of, number_named, step_of

_NAME = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*", re.ASCII)
_OPERAND = rf"(?:{_NAME.pattern}|\d+(?:\.\d+)?%?)"
# Names and numbers with operators between them, such as `weight * 2`.
_FORMULA = re.compile(rf"=?\s*\(*{_OPERAND}\)*(?:(?:\s+[-+/]\s+|\s*[*×]\s*)\(*{_OPERAND}\)*)+", re.ASCII)
# A function of names and numbers, such as `round(weight, 2)`.
_CALL = re.compile(rf"=?\s*[A-Za-z_]+\(\s*({_OPERAND}(?:\s*[-+*/,;]\s*{_OPERAND})*)\s*\)", re.ASCII)
# What stands beside `number` where the value of a number is meant.
_BESIDE = {"number", "round", "rounded", "rounding", "to", "mode", "decimals", "digits", "places", "unit", "currency"}
# Keys under which an amount is said to be worked out.
_WORKED_OUT = (
    "number", "sum", "product", "ratio", "larger_of", "smaller_of", "points", "formula", "expression", "expr",
    "calculation", "calculate", "calc", "compute", "computed", "equation", "max", "min", "maximum", "minimum",
    "largest", "smallest", "total", "average", "times", "multiply", "divide", "add", "subtract",
)  # fmt: skip
# What hyphenated and alternative words do not have; texts with it are saved in quotes, whatever they name.
_SIGNS = re.compile(r"[=*×+(]")
_SO = "an output is the value of a number, or is given back as it is written, so nothing is worked out"
_WRITE = "write the value itself"
_ROUNDED = "round: {to: 0.01, mode: half_up}"
# Keys of maps that stand for the value of what they name, if there is nothing else in them.
_REFERENCES = ("field", "constant", "fact", "step", "ref", "reference", "variable", "var", "answer", "question", "from")
# Keys that are worked out only where they name a number, since data has them as well.
_PERHAPS = ("value", "amount")


def refuse_computed(outline: Outline, output: Node | None) -> None:
    """Record everything in an `output` that reads as worked out, except the amounts among its values."""
    _refuse_in(outline, output, is_whole=True)


def _refuse_in(outline: Outline, node: Node | None, *, is_whole: bool = False, is_value: bool = False) -> None:
    """Record the outermost parts of some data that read as worked out."""
    if is_value and computed_output(outline, node) is not None:
        return
    if isinstance(node, Scalar):
        _refuse_text(outline, node)
    elif isinstance(node, Sequence):
        for item in node.items:
            _refuse_in(outline, item)
    elif isinstance(node, Mapping):
        key = _computing_key(outline, node, is_whole=is_whole)
        if key:
            _refuse_map(outline, node, key, is_whole=is_whole, is_value=is_value)
            return
        for entry in node.entries.values():
            _refuse_in(outline, entry.value, is_value=is_whole)


def _refuse_map(outline: Outline, mapping: Mapping, key: str, *, is_whole: bool, is_value: bool) -> None:
    read = _read_by(mapping.get(key))
    number = number_named(outline, mapping)
    if is_value and number is not None and key == "number":
        _refuse_near(outline, mapping, number.text)
        return
    from_ = f" from `{shorten(read)}`" if read else ""
    help_ = f"{_way_out(outline, read)}; if this is data, give the key `{key}` another name"
    if number is not None:
        rounded = f", {_ROUNDED}" if "round" in mapping.entries else ""
        form = f"{{number: {number.text}{rounded}}}"
        help_ = (
            f"an amount is an output of its own: `{{NAME: {form}}}`; if this is data, give the key `{key}` another name"
        )
    outline.reading.refuse("computed-output", f"{_SO}{from_} here", mapping.place, help_)


def _way_out(outline: Outline, read: str) -> str:
    """Say how to give an amount that is read from some name."""
    if read in outline.names.numbers:
        return f"write `{{number: {read}}}`, or rounded `{{number: {read}, {_ROUNDED}}}`"
    name = next(iter(outline.names.numbers), "")
    listed = f"give a number, such as `{{number: {name}}}`" if name else "name the amount under `numbers`"
    return f"{_WRITE}, or {listed}" + ("" if name else ", and write `{number: NAME}`")


def _refuse_near(outline: Outline, mapping: Mapping, number: str) -> None:
    """Record a value that names a number and says something beside it that no amount has."""
    refuse = outline.reading.refuse
    form = f"`{{number: {number}, {_ROUNDED}}}`"
    rounding = mapping.entries.get("round")
    other = next((entry.key for name, entry in mapping.entries.items() if name not in ("number", "round")), None)
    if other is not None:
        message = f"beside the number `{number}` only `round` may stand, not `{shorten(other.text)}`"
        help_ = f"write {form}, and everything else as outputs of their own"
        refuse("computed-output", message, other.place, help_)
        return
    if rounding is None:
        raise AssertionError("a number alone is an amount")
    parts = rounding.value
    if not isinstance(parts, Mapping) or parts.entries.keys() != {"to", "mode"}:
        message = "`round` says to what and how, and nothing else"
        refuse("computed-output", message, rounding.key.place, f"write {form}")
        return
    if step_of(parts.get("to")) is None:
        message = "`to` is what the amount is rounded to, a plain decimal number above 0"
        written = parts.get("to")
        quoted = "without quotes, " if isinstance(written, Scalar) and not written.plain else ""
        refuse("computed-output", message, parts.entries["to"].key.place, f"write it {quoted}as in {form}")
    if mode_of(parts.get("mode")) is None:
        modes = ", ".join(f"`{mode}`" for mode in ROUNDING_MODES)
        refuse("computed-output", f"`mode` is one of {modes}", parts.entries["mode"].key.place, f"write {form}")


def _refuse_text(outline: Outline, scalar: Scalar) -> None:
    """Record an unquoted text that is the name of a number or a constant, or a formula with such names or fields."""
    if not scalar.plain:
        return
    shown = shorten(scalar.text)
    help_ = f'{_way_out(outline, scalar.text)}; if this is text, quote it: `"{shown}"`'
    if _is_amount(outline, scalar):
        what = "number" if scalar.text in outline.names.numbers else "constant"
        message = f"`{shown}` is the name of a {what}, and a text is given back as it is written"
        outline.reading.refuse("computed-output", message, scalar.place, help_)
    elif any(_is_amount(outline, word) for word in _words_of(scalar)) or (
        _SIGNS.search(scalar.text) and any(_is_known(outline, word) for word in _words_of(scalar))
    ):
        outline.reading.refuse("computed-output", f"{_SO} from `{shown}` here", scalar.place, help_)


def _computing_key(outline: Outline, mapping: Mapping, *, is_whole: bool) -> str:
    """The key of a map, as it is written, that reads as worked out; empty if the map is data.

    Args:
        outline: The names of the file.
        mapping: The map.
        is_whole: Whether it is the whole `output`, whose keys are the names of outputs.
    """
    written = {key.casefold(): key for key in reversed(mapping.entries)}
    values = {word: mapping.entries[key].value for word, key in written.items()}
    if _is_rounding(values.get("round")):
        word = next((each for each in (*_WORKED_OUT, *_PERHAPS) if each in values), "round")
    else:
        word = "" if is_whole else _computing_word(outline, values)
    return written.get(word, "")


def _computing_word(outline: Outline, values: AbstractMapping[str, Node]) -> str:
    """The key in lower case that reads as worked out, of a map without rounding; empty if there is none."""
    if _is_name(values.get("number")) and values.keys() <= _BESIDE:
        return "number"
    is_moved = isinstance(values.get("plus", values.get("minus")), Mapping)
    if _is_name(values.get("date")) and (is_moved or _is_known(outline, values["date"])):
        return "date"
    for word in _WORKED_OUT:
        value = values.get(word)
        if _is_formula(value) or any(_is_known(outline, each) for each in _scalars_in(value)):
            return word
    for word in _PERHAPS:
        value = values.get(word)
        if isinstance(value, Scalar) and value.text in outline.names.numbers:
            return word
        if _is_formula(value) and any(_is_known(outline, each) for each in _scalars_in(value)):
            return word
    named = {*outline.names.all(), *outline.names.constants}
    for word in _REFERENCES:
        value = values.get(word)
        if isinstance(value, Scalar) and value.text in named and values.keys() <= {word, *_BESIDE}:
            return word
    return ""


def _is_rounding(node: Node | None) -> bool:
    """Whether something says how to round."""
    return isinstance(node, Mapping) and not node.entries.keys().isdisjoint(("to", "mode"))


def _is_name(node: Node | None) -> bool:
    """Whether something is a text that could be a name of a policy."""
    if not isinstance(node, Scalar) or node.empty or (node.plain and node.text in ("true", "false")):
        return False
    return _NAME.fullmatch(node.text) is not None


def _is_formula(node: Node | None) -> bool:
    """Whether something is a text of names and numbers with operators between them, or a function of some."""
    return isinstance(node, Scalar) and any(True for _ in _words_of(node))


def _is_amount(outline: Outline, scalar: Scalar) -> bool:
    """Whether something is the name of a number or a constant."""
    return scalar.text in outline.names.numbers or scalar.text in outline.names.constants


def _is_known(outline: Outline, node: Node | None) -> bool:
    """Whether something is the name of a field, a number or a constant."""
    names = outline.names
    return isinstance(node, Scalar) and any(
        node.text in each for each in (names.fields, names.numbers, names.constants)
    )


def _scalars_in(node: Node | None) -> Iterator[Scalar]:
    """The words of a text, or of the keys and values of some data."""
    if isinstance(node, Scalar):
        yield node
        yield from _words_of(node)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _scalars_in(item)
    elif isinstance(node, Mapping):
        for entry in node.entries.values():
            yield entry.key
            yield from _scalars_in(entry.value)


def _words_of(scalar: Scalar) -> Iterator[Scalar]:
    """The names in a formula, without that of a function; nothing of any other text."""
    called = _CALL.fullmatch(scalar.text)
    if called or _FORMULA.fullmatch(scalar.text):
        yield from (scalar._replace(text=name) for name in _NAME.findall(called[1] if called else scalar.text))


def _read_by(node: Node | None) -> str:
    """The text that a value would be worked out from, or the first name in it; empty if it is a plain number."""
    first = next(iter(_scalars_in(node)), None)
    return first.text if first is not None and _NAME.search(first.text) else ""

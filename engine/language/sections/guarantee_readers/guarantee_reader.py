"""Reader for guarantees of every kind."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal, TypeGuard

from engine.language.documents.nodes import Mapping, Node, Scalar
from engine.language.model.condition_tree import ALWAYS, Condition
from engine.language.model.field_kinds import CHOICE, YES_NO
from engine.language.model.guarantees import AnyGuarantee, Guarantee, Indifference, Invariant, Monotonicity
from engine.language.parsing.reading import (
    Unshapely,
    read_flag,
    require_map,
    require_name,
    require_scalar,
    require_scalars,
    require_text,
)
from engine.language.sections.item_readers import check_verdict, item_parts, read_when, scalars_in
from engine.language.sections.outline import Outline

# The keys of which a guarantee has exactly one.
_KINDS: tuple[Literal["never", "only", "always", "ignores"], ...] = ("never", "only", "always", "ignores")
_EVERYWHERE = ("always", "yes", "true", "any", "all", "*")
_CONDITION_HELP = "write what always holds, as a condition, such as `{weight: {at_most: 30}}`"


def read_guarantee(outline: Outline, node: Node) -> AnyGuarantee:
    """Read a guarantee; raises `Unshapely` if it is malformed, and records all other problems."""
    mapping = require_map(node, ("guarantee", "when", *_KINDS, "rising", "because"))
    _refuse_swapped(outline, mapping)
    name = require_name(mapping.get("guarantee"))
    kinds = [word for word in _KINDS if word in mapping.entries]
    if len(kinds) != 1:
        raise Unshapely
    kind = kinds[0]
    because = require_text(mapping.get("because"))
    when = read_when(outline, mapping) if "when" in mapping.entries else ALWAYS
    if "rising" in mapping.entries:
        if kind != "never":
            raise Unshapely
        return _read_rising(outline, mapping, name, when, because)
    if kind == "always":
        return Invariant(name.text, when, read_when(outline, mapping, kind), because, name.place)
    written = require_scalars(mapping.get(kind))
    if kind == "ignores":
        outline.reading.refuse_repeats(written)
        return Indifference(name.text, when, tuple(_field(outline, each) for each in written), because, name.place)
    listed = tuple(check_verdict(outline, each) for each in written)
    outline.reading.refuse_repeats(written)
    named = set(listed)
    forbidden = tuple(each for each in outline.verdicts if (each in named) == (kind == "never"))
    return Guarantee(name.text, when, forbidden, because, kind, listed, name.place)


def _field(outline: Outline, written: Scalar) -> str:
    """Check a reference to a field, and return its name."""
    if written.text not in outline.fields:
        what = (
            "number" if written.text in outline.names.numbers else "fact" if written.text in outline.names.facts else ""
        )
        if what:
            message = f"`{written.text}` is a {what}, and a person answers only fields"
            outline.reading.refuse("unknown-name", message, written.place, "name the fields that it reads")
        else:
            questions = {name: field.ask for name, field in outline.fields.items() if field}
            outline.reading.refuse_unknown("unknown-name", "field", written, outline.fields, questions)
    return written.text


def _refuse_swapped(outline: Outline, mapping: Mapping) -> None:
    """Record verdicts where a condition is expected, the reverse, and conditions that say everywhere."""
    for word in ("when", "always"):
        stated = mapping.get(word)
        if _is_everywhere(stated):
            help_ = "a guarantee about every situation has no `when`" if word == "when" else _CONDITION_HELP
            _refuse(outline, f"`{stated.text}` is not allowed here", stated, help_)
    always = mapping.get("always")
    written = scalars_in(always)
    if always is not None and written and all(each.text in outline.verdicts for each in written):
        help_ = f"write `{_on_one_line('only', always)}`"
        _refuse(outline, "`always` takes a condition on the answers, and this is a verdict", always, help_)
    for word in ("never", "only"):
        stated = mapping.get(word)
        if "rising" in mapping.entries and word == "never":
            continue
        if isinstance(stated, Mapping) and stated.entries and not stated.entries.keys() <= outline.verdicts.keys():
            text = _on_one_line("always", stated)
            if word == "never":
                text = _on_one_line("always", stated, negated=True)
            if any(isinstance(each, Scalar) and each.text in ("falls", "rises") for _, each in stated.entries.values()):
                _refuse(outline, "what never falls or rises goes with `rising`", stated, "add `rising: FIELD`")
            message = f"`{word}` takes verdicts, and this is a condition on the answers"
            _refuse(outline, message, stated, f"write `{text}`")


def _is_everywhere(node: Node | None) -> TypeGuard[Scalar]:
    return isinstance(node, Scalar) and node.text.casefold() in _EVERYWHERE


def guarantee_parts(outline: Outline, node: Node) -> list[Callable[[], object]]:
    """Readers for the parts of a malformed guarantee, so that its names and constants are checked nevertheless."""
    if not isinstance(node, Mapping):
        return []
    entries = {key: entry for key, entry in node.entries.items() if not _is_everywhere(entry.value)}
    if "rising" in entries:
        # Beside it, `never` names no verdicts.
        entries.pop("never", None)
    parts: list[Callable[[], object]] = [partial(_field, outline, each) for each in scalars_in(node.get("ignores"))]
    parts += [partial(_check_rising, outline, each) for each in scalars_in(node.get("rising"))]
    return parts + item_parts(outline, node._replace(entries=entries))


def _refuse(outline: Outline, message: str, node: Node, help_: str) -> None:
    outline.reading.refuse("wrong-shape", message, node.place, help_)
    raise Unshapely


def _on_one_line(key: str, node: Node, *, negated: bool = False) -> str:
    """An entry with a node as its value, or with the negation of it."""
    from engine.language.documents.yaml_spelling import on_one_line
    from engine.language.suggestions.meant_names import as_data

    data = as_data(node)
    return on_one_line({key: {"not": data} if negated else data})[1:-1]


def _read_rising(outline: Outline, mapping: Mapping, name: Scalar, when: Condition, because: str) -> Monotonicity:
    """Read a guarantee with `rising`."""
    written = require_scalars(mapping.get("rising"))
    movement_alone = mapping.get("never")
    if isinstance(movement_alone, Scalar) and movement_alone.text in ("falls", "rises"):
        help_ = f"write `never: {{verdict: {movement_alone.text}}}`, or the name of a number in place of `verdict`"
        _refuse(outline, f"nothing says what never {movement_alone.text}", movement_alone, help_)
    moves = require_map(mapping.get("never")).entries
    if len(moves) != 1:
        raise Unshapely
    [(subject, movement)] = moves.values()
    word = require_scalar(movement).text
    if word == "falls":
        never: Literal["falls", "rises"] = "falls"
    elif word == "rises":
        never = "rises"
    else:
        raise Unshapely
    outline.reading.refuse_repeats(written)
    rising = tuple(_check_rising(outline, each) for each in written)
    number = None
    if subject.text != "verdict":
        number = subject.text
        if number not in outline.names.numbers:
            names = ("verdict", *outline.names.numbers)
            outline.reading.refuse_unknown("unknown-name", "number", subject, names)
    elif not _says_ordered(outline):
        message = "the verdicts have no order, so none of them is lower than another"
        help_ = "write them from the lowest to the highest, and `verdicts_ordered: yes` at the top"
        outline.reading.refuse("wrong-comparison", message, subject.place, help_)
    return Monotonicity(name.text, when, rising, number, never, because, name.place)


def _says_ordered(outline: Outline) -> bool:
    """Whether the verdicts are declared to be in order; also where that cannot be read, which is reported there."""
    written = outline.top.get("verdicts_ordered")
    try:
        return read_flag(written)
    except Unshapely:
        return True


def _check_rising(outline: Outline, written: Scalar) -> str:
    """Check a reference to a field whose answers have an order, and return its name."""
    name = _field(outline, written)
    field = outline.fields.get(name)
    if field is not None and not (field.ordered or field.is_ranged or field.kind == YES_NO):
        help_ = "name a field whose answers have an order: a number, a date, a yes or no, or an ordered choice"
        if field.kind == CHOICE:
            help_ = f"if its choices are written from the lowest to the highest, say so in `{name}`: `ordered: yes`"
        message = f"the answers to `{name}` have no order, so they cannot rise"
        outline.reading.refuse("wrong-comparison", message, written.place, help_)
    return name

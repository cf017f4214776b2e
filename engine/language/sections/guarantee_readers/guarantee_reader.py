"""Reader for guarantees of every kind."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal, TypeGuard

from engine.language.documents.nodes import Mapping, Node, Scalar
from engine.language.model.condition_tree import ALWAYS
from engine.language.model.guarantees import AnyGuarantee, Guarantee, Indifference, Invariant
from engine.language.parsing.reading import (
    Unshapely,
    require_map,
    require_name,
    require_scalars,
    require_text,
)
from engine.language.sections.item_readers import check_field, check_verdict, item_parts, read_when, scalars_in
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
        from engine.language.sections.guarantee_readers.rising_reader import read_rising

        return read_rising(outline, mapping, name, when, because)
    if kind == "always":
        return Invariant(name.text, when, read_when(outline, mapping, kind), because, name.place)
    written = require_scalars(mapping.get(kind))
    if kind == "ignores":
        outline.reading.refuse_repeats(written)
        return Indifference(name.text, when, tuple(check_field(outline, each) for each in written), because, name.place)
    listed = tuple(check_verdict(outline, each) for each in written)
    outline.reading.refuse_repeats(written)
    named = set(listed)
    forbidden = tuple(each for each in outline.verdicts if (each in named) == (kind == "never"))
    return Guarantee(name.text, when, forbidden, because, kind, listed, name.place)


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
    parts: list[Callable[[], object]] = [
        partial(check_field, outline, each) for each in scalars_in(node.get("ignores"))
    ]
    rising = scalars_in(node.get("rising"))
    if rising:
        from engine.language.sections.guarantee_readers.rising_reader import check_rising

        parts += [partial(check_rising, outline, each) for each in rising]
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

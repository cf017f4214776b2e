"""Reader for derived numbers of every kind; each kind has its own key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from engine.language.documents.nodes import Mapping, Node, Scalar, Sequence
from engine.language.documents.text import shorten
from engine.language.model.condition_tree import ByDay
from engine.language.model.field_kinds import DATE
from engine.language.model.policy_parts import (
    LARGER_OF,
    OUTPUT,
    POINTS,
    PRODUCT,
    RATIO,
    SMALLER_OF,
    SUM,
    TABLE,
    Number,
    NumberKind,
    PointsEntry,
)
from engine.language.parsing.bounds import Bound
from engine.language.parsing.ratios import refuse_ratio_as_part
from engine.language.parsing.reading import Unshapely, require_list, require_map, require_scalar, require_text
from engine.language.sections.item_readers import read_when
from engine.language.sections.numbers.sum_reader import read_factor, read_sum
from engine.language.sections.outline import Outline

_KINDS: tuple[NumberKind, ...] = (SUM, LARGER_OF, SMALLER_OF, POINTS, PRODUCT, RATIO, TABLE, OUTPUT)


def read_number(outline: Outline, key: Scalar, node: Node) -> Number | None:
    """Read a derived number; None if a part of it is wrong, which is recorded."""
    mapping = require_map(node, ("means", *_KINDS, "plus", "of"))
    kinds = [kind for kind in _KINDS if kind in mapping.entries]
    if (
        len(kinds) != 1
        or ("plus" in mapping.entries and kinds != [SUM])
        or ("of" in mapping.entries) != (kinds == [OUTPUT])
    ):
        raise Unshapely
    if kinds == [SUM]:
        return read_sum(outline, key, node)
    if kinds == [POINTS]:
        return _read_points(outline, key, mapping)
    if kinds == [TABLE]:
        from engine.language.sections.numbers.table_reader import read_number_table

        return read_number_table(outline, key, mapping)
    if kinds == [OUTPUT]:
        from engine.language.sections.numbers.step_output_reader import read_number_output

        return read_number_output(outline, key, mapping)
    if kinds == [RATIO]:
        return _read_ratio(outline, key, mapping)
    return _read_extreme(outline, key, mapping, kinds[0])


def number_parts(outline: Outline, node: Node) -> list[Callable[[], object]]:
    """Readers for the parts of a malformed number, so that the names in its conditions are checked nevertheless."""
    listed = node.get(POINTS) if isinstance(node, Mapping) else None
    entries = [each for each in (listed.items if isinstance(listed, Sequence) else ()) if isinstance(each, Mapping)]
    parts: list[Callable[[], object]] = [
        partial(read_when, outline, each) for each in entries if "when" in each.entries
    ]
    return parts + [partial(read_factor, outline, each.get("add")) for each in entries if "add" in each.entries]


def _read_points(outline: Outline, key: Scalar, mapping: Mapping) -> Number | None:
    """Read a number to which every entry adds its points whose condition holds."""
    from decimal import Decimal

    means = require_text(mapping.get("means"))
    written = require_list(mapping.get(POINTS))
    if not written:
        raise Unshapely
    items = [require_map(item, ("when", "add", "because")) for item in written]
    read = [_read_entry(outline, item) for item in items]
    entries = tuple(entry for entry in read if entry is not None)
    if len(entries) < len(items):
        return None
    return Number(key.text, means, (), Decimal(0), key.place, kind=POINTS, entries=entries)


def _read_entry(outline: Outline, item: Mapping) -> PointsEntry | None:
    """Read an entry of a number of points; None if what it adds is wrong, which is recorded."""
    when, because = read_when(outline, item), require_text(item.get("because"))
    add = read_factor(outline, item.get("add"))
    return None if add is None else PointsEntry(when, add.value, because, add.constant, item.place)


def _read_extreme(outline: Outline, key: Scalar, mapping: Mapping, kind: NumberKind) -> Number | None:
    """Read a number that is the largest or the smallest of its parts, or their product."""
    means = require_text(mapping.get("means"))
    written = [require_scalar(item) for item in require_list(mapping.get(kind))]
    if len(written) < 2:
        raise Unshapely
    if kind != PRODUCT:
        outline.reading.refuse_repeats(written)
    read = [_read_part(outline, key.text, scalar) for scalar in written]
    parts = [part for part in read if part is not None]
    # Of a constant that changes with the day and another one, now this may be the larger one and now that.
    constants = [
        scalar for scalar, part in zip(written, read, strict=True) if part and not isinstance(part.value, str | ByDay)
    ]
    if len(constants) > 1 and kind != PRODUCT:
        word = "larger" if kind == LARGER_OF else "smaller"
        message = f"of the constants `{constants[0].text}` and `{constants[1].text}` the {word} one is always the same"
        outline.reading.refuse("bad-part", message, constants[1].place, "keep that one, and take the other out")
    if len(parts) < len(written):
        return None
    if kind != PRODUCT and (len(constants) > 1 or len({part.value for part in parts}) < len(parts)):
        return None
    return _of_parts(key, means, kind, parts)


def _read_ratio(outline: Outline, key: Scalar, mapping: Mapping) -> Number | None:
    """Read a number that is one amount divided by another one."""
    means = require_text(mapping.get("means"))
    written = require_map(mapping.get(RATIO), ("of", "to"))
    scalars = [require_scalar(written.get(word)) for word in ("of", "to")]
    read = [_read_part(outline, key.text, scalar) for scalar in scalars]
    parts = [part for part in read if part is not None]
    if len(parts) < len(scalars):
        return None
    of, to = scalars
    if not any(isinstance(part.value, str | ByDay) for part in parts):
        message = f"both parts of `{key.text}` are fixed amounts, so nothing that is asked changes it"
        help_ = "divide by hand, and write the result as a constant"
    elif parts[0] == parts[1]:
        message = f"`{of.text}` divided by itself is always 1"
        help_ = "name two different amounts"
    else:
        return _of_parts(key, means, RATIO, parts)
    outline.reading.refuse("bad-part", message, to.place, help_)
    return None


def _of_parts(key: Scalar, means: str, kind: NumberKind, parts: list[Bound]) -> Number:
    from decimal import Decimal

    named = tuple(part.constant for part in parts)
    values = tuple(part.value for part in parts)
    return Number(key.text, means, (), Decimal(0), key.place, named if any(named) else (), kind, values)


def _read_part(outline: Outline, number: str, scalar: Scalar) -> Bound | None:
    """Read a part: the name of a field or number, or a constant; None if it does not fit, which is recorded."""
    name = scalar.text
    if name in outline.names.numbers:
        return None if refuse_ratio_as_part(outline.names, outline.reading, scalar) else Bound(name)
    if name in outline.fields:
        return _read_field(outline, scalar)
    if name in outline.names.facts:
        message = f"`{name}` is a fact, which holds or does not, and not a number"
        outline.reading.refuse("bad-part", message, scalar.place, "name fields, numbers and constants")
        return None
    if name not in outline.constants and name[:1].isalpha():
        known = [*outline.names.amounts(number), *outline.constants]
        outline.reading.refuse_unknown("unknown-name", "field, number or constant", scalar, known)
        return None
    return read_factor(outline, scalar)


def _read_field(outline: Outline, scalar: Scalar) -> Bound | None:
    """Read the name of a field as a part; None if it is no number with neighbours, which is recorded."""
    field = outline.fields[scalar.text]
    if field is None:
        return None
    if field.is_grid and field.kind != DATE:
        return Bound(field.name)
    if field.kind == DATE:
        message = f"`{shorten(field.name)}` is a date, and the parts of a number are amounts"
        help_ = f"compare days: name a sum such as `{{{field.name}: 1, OTHER_DATE: -1}}`"
    else:
        message = f"`{shorten(field.name)}` cannot be part of a number"
        help_ = "the parts are integers, numbers with a `step`, other numbers, and constants"
    outline.reading.refuse("bad-part", message, scalar.place, help_)
    return None

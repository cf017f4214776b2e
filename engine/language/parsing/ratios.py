"""Ratios among the names of a file: they are compared with fixed values alone, and nothing is made of them."""

from __future__ import annotations

from engine.frozen import NamedTuple
from engine.language.documents.nodes import Entry, Mapping, Scalar
from engine.language.model.policy_parts import RATIO, Number
from engine.language.parsing.operands import Names, Operand
from engine.language.parsing.reading import Reading


class RatioParts(NamedTuple):
    """What a ratio divides, and by what, as messages show it."""

    of: str
    to: str


def ratio_parts(names: Names, name: str) -> RatioParts | None:
    """Return the parts of a ratio, also of one that is written wrongly; None if the name is not that of a ratio."""
    found = names.numbers.get(name)
    if isinstance(found, Number) and found.kind == RATIO:
        of, to = (part if isinstance(part, str) else "FIXED" for part in found.parts)
        return RatioParts(of, to)
    written = found.value.get(RATIO) if isinstance(found, Entry) and isinstance(found.value, Mapping) else None
    if written is None:
        return None
    parts = [written.get(key) if isinstance(written, Mapping) else None for key in ("of", "to")]
    of, to = (part.text if isinstance(part, Scalar) and not part.empty else key.upper()
              for part, key in zip(parts, ("of", "to"), strict=True))  # fmt: skip
    return RatioParts(of, to)


def is_name(part: str) -> bool:
    """Whether a part of a ratio is named, and not a fixed amount that is written out."""
    return part[:1].isalpha()


def refuse_ratio_as_part(names: Names, reading: Reading, name: Scalar) -> bool:
    """Whether a part of a number is the name of a ratio, which is recorded."""
    parts = ratio_parts(names, name.text)
    if parts is None:
        return False
    message = f"`{name.text}` is a ratio, and a ratio is compared with fixed amounts; no other number is made of it"
    if is_name(parts.to):
        terms = f"{parts.of}: 1, {parts.to}: -2}}`" if is_name(parts.of) else f"{parts.to}: -2}}, plus: {parts.of}`"
        help_ = f"say without dividing what you compare: where `{name.text}` is 2 or more, `sum: {{{terms} is 0 or more"
    else:
        help_ = f"name `{parts.of}` in its place, and make all that stands beside it {parts.to} times as large"
    reading.refuse("bad-part", message, name.place, help_)
    return True


def refuse_ratio_compared(subject: Operand, other: Scalar) -> bool:
    """Whether one side of a comparison with another field is a ratio, which is recorded."""
    sides = ((subject.name, other.text), (other.text, subject.name))
    found = [(name, against, parts) for name, against in sides if (parts := ratio_parts(subject.names, name))]
    if not found:
        return False
    name, against, parts = found[0]
    message = f"`{name}` is a ratio, and a ratio is compared with fixed amounts alone"
    help_ = "compare each of the two with a fixed amount"
    if len(found) == 1:
        multiplied = f"`product: [{against}, {parts.to}]`"
        help_ = f"say it without dividing: name {multiplied}, and compare `{parts.of}` less that, a `sum`, with 0"
    subject.reading.refuse("wrong-comparison", message, other.place, help_)
    return True

"""Estimates of text width, and line breaking by them. They are upper bounds, since the font is not known."""

from __future__ import annotations

from unicodedata import category, combining, east_asian_width

from engine.frozen import frozen_value

SIZE, LINE, PAD = 14.0, 18.0, 9.0
# The width of bold text relative to normal text.
BOLD = 1.12
_NARROW, _WIDE = frozenset("ijltf.,:;'’|!()[] rI-"), frozenset("mwMW@%—…æœ")
_WIDEST = frozenset("ŒÆ‰")
# The last code point of the Latin letters (Latin Extended-B).
_LATIN = 0x24F


@frozen_value
class Text:
    """Lines of text and the width of the widest."""

    lines: tuple[str, ...]
    width: float

    @property
    def height(self) -> float:
        """The height of all lines."""
        return LINE * len(self.lines)


def width_of(text: str, weight: float = 1.0) -> float:
    """An upper bound on the width of a line in pixels."""
    return SIZE * weight * sum(map(_char_width, text))


def _char_width(sign: str) -> float:
    """The width of a character relative to the font size."""
    if combining(sign):
        return 0.0
    if east_asian_width(sign) in "WF" or ord(sign) > 0x2FFF:
        return 1.1
    if sign in _WIDE:
        return 1.0
    if sign in _NARROW:
        return 0.42
    if sign in _WIDEST:
        return 1.35
    if ord(sign) <= _LATIN:
        return 1.0 if category(sign) in ("Sm", "No") else 0.76 if sign.isupper() else 0.62
    if category(sign) == "Mn":
        return 0.2
    # Other alphabets are wider on average, and symbols fill a square.
    return 1.0 if category(sign)[0] in "SN" else 0.95 if sign.isupper() else 0.75


def wrap_text(words: str, most: float, weight: float = 1.0) -> Text:
    """Break a text into lines of at most `most` pixels. Longer words are broken; control characters count as spaces."""
    shown = "".join(sign if category(sign)[0] != "C" else " " for sign in words)
    lines: list[str] = []
    line = ""
    for word in shown.split():
        while width_of(word, weight) > most:
            fits = next(end for end in range(len(word), 0, -1) if width_of(word[:end], weight) <= most or end == 1)
            lines += [line] if line else []
            lines.append(word[:fits])
            line, word = "", word[fits:]
        longer = f"{line} {word}".strip()
        if line and width_of(longer, weight) > most:
            lines.append(line)
            line = word
        else:
            line = longer
    lines += [line] if line or not lines else []
    return Text(tuple(lines), max(width_of(line, weight) for line in lines))

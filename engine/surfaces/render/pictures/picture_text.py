"""How wide is a text in a picture, and where does it break? Reckoned generously: no font is at hand."""

from __future__ import annotations

from unicodedata import category, combining, east_asian_width

from engine.frozen import frozen_value

SIZE, LINE, PAD = 14.0, 18.0, 9.0
# How much wider a text is in bold.
BOLD = 1.12
_NARROW, _WIDE = frozenset("ijltf.,:;'’|!()[] rI-"), frozenset("mwMW@%—…æœ")
_WIDEST = frozenset("ŒÆ‰")
# The last of the letters that Europe's west and middle write with.
_LATIN = 0x24F


@frozen_value
class Text:
    """Lines, and the width of the widest."""

    lines: tuple[str, ...]
    width: float

    @property
    def height(self) -> float:
        return LINE * len(self.lines)


def width_of(text: str, weight: float = 1.0) -> float:
    """How many pixels a line of text takes at the most."""
    return SIZE * weight * sum(map(_share, text))


def _share(sign: str) -> float:
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
    # Other alphabets are wider on average, and signs that are no letters fill a square.
    return 1.0 if category(sign)[0] in "SN" else 0.95 if sign.isupper() else 0.75


def wrapped(words: str, most: float, weight: float = 1.0) -> Text:
    """A text in lines of at most so many pixels; a word that is longer is broken, signs that show nothing go."""
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

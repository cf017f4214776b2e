"""Which bytes are text that everybody sees alike, and where are those that are not?"""

from __future__ import annotations

import sys

import pytest

from engine.language.documents.text import decode, odd_characters
from engine.problems import Place, Problem

MARK = b"\xef\xbb\xbf"


@pytest.mark.parametrize("mark", [b"", MARK], ids=["bare", "byte-order mark"])
def test_a_byte_that_is_no_text_is_named_at_its_place(mark: bytes) -> None:
    """The byte and its place are those that an editor shows, whether or not a byte-order mark goes before."""
    place = Place("a.yaml", 2, 5)
    help_ = "save the file with the encoding UTF-8"
    problem = Problem("not-utf-8", "the byte 0xff here is not UTF-8 text", (place,), help_)
    assert decode(mark + "ä: b\nc: é".encode() + b"\xff", "a.yaml") == (None, [problem])
    assert decode(mark + "ä: b\n".encode(), "a.yaml") == ("ä: b\n", [])


def test_a_text_that_can_be_seen_is_not_searched_in_vain() -> None:
    """Every character that is refused is one that cannot be seen: `decode` looks for no other."""
    seen = "".join(character for code in range(sys.maxunicode + 1) if (character := chr(code)).isprintable())
    assert odd_characters(seen, "a.yaml") == []

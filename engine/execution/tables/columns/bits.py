"""Bit vectors of rows: eight rows per byte, the first in the lowest bit, as in Arrow.

Padding bits after the last row are undefined, except that `all_rows` and `no_rows` leave them 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Bits: TypeAlias = npt.NDArray[np.uint8]
Flags: TypeAlias = npt.NDArray[np.bool_]


def pack(flags: Flags) -> Bits:
    """Pack booleans into bits."""
    return np.packbits(flags, bitorder="little")


def unpack(bits: Bits, rows: int) -> Flags:
    """Unpack the bits of the given number of rows into booleans."""
    return np.unpackbits(bits, count=rows, bitorder="little").view(np.bool_)


def all_rows(rows: int) -> Bits:
    """A bit vector with all rows set."""
    bits = np.full((rows + 7) // 8, 0xFF, np.uint8)
    if rows % 8:
        bits[-1] = (1 << rows % 8) - 1
    return bits


def no_rows(rows: int) -> Bits:
    """A bit vector with no rows set."""
    return np.zeros((rows + 7) // 8, np.uint8)


def union(parts: Iterable[Bits], rows: int) -> Bits:
    """Bitwise OR. Padding bits after the last row are undefined."""
    found = None
    for part in parts:
        found = part if found is None else found | part
    return no_rows(rows) if found is None else found


def count(bits: Bits) -> int:
    """The number of set bits, including padding."""
    whole = len(bits) // 8 * 8
    many = int(np.bitwise_count(bits[whole:]).sum())
    return many + int(np.bitwise_count(bits[:whole].view(np.uint64)).sum()) if whole else many


def where(bits: Bits, rows: int) -> npt.NDArray[np.intp]:
    """The indexes of the set rows, in order."""
    return np.flatnonzero(unpack(bits, rows))


def from_arrow(buffer: pa.Buffer, offset: int, rows: int) -> Bits:
    """The bits of an Arrow bitmap from a row offset on."""
    start, shift = divmod(offset, 8)
    bits = np.frombuffer(buffer, np.uint8)[start : start + (shift + rows + 7) // 8]
    if not shift:
        return bits
    return pack(unpack(bits, shift + rows)[shift:])


def known_of(array: pa.Array) -> Bits | None:
    """The valid rows of an Arrow array; None if all are valid."""
    validity = array.buffers()[0]
    if validity is None or not array.null_count:
        return None
    return from_arrow(validity, array.offset, len(array)) & all_rows(len(array))


def as_arrow(bits: Bits, rows: int) -> pa.BooleanArray:
    """The bits as an Arrow boolean array that shares their memory."""
    return pa.BooleanArray.from_buffers(pa.bool_(), rows, [None, pa.py_buffer(bits)], null_count=0)

"""The records that the tests of `verdict batch` decide."""

from __future__ import annotations

from pathlib import Path

CSV = '''\
id,offer,honest,note
007,hint,,"a, ""b"""
8,made,yes,
9,Hint,perhaps,late
10,drafting,no,
'''


def files_here() -> list[str]:
    """The names of the files in the working folder."""
    return sorted(path.name for path in Path().iterdir())

"""Reads and writes a list of names as one text, as on a command line or in a CSV cell: `[insured, tracked]`.

The brackets may be left out. A name that holds what separates names stands in double quotes, as a JSON string.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_PLAIN = re.compile(r'[^\s",\[\]\\](?:[^",\[\]\\]*[^\s",\[\]\\])?')


def read_list(text: str, separator: str = ",") -> list[str]:
    """The names in a text, between which a separator stands; no name for an empty one.

    A text that is no such list, for a quotation mark too many, is one name, which nobody knows.
    """
    inside = text.strip()
    if inside.startswith("[") and inside.endswith("]"):
        inside = inside[1:-1]
    if not inside.strip():
        return []
    between = re.escape(separator)
    name_then = re.compile(rf'\s*({_QUOTED}|(?:(?!{between})[^"])*)\s*({between}|$)', re.DOTALL)
    names, at = [], 0
    while True:
        found = name_then.match(inside, at)
        name = _unquoted(found[1]) if found else None
        if found is None or name is None:
            return [text.strip()]
        names.append(name)
        at = found.end()
        if not found[2]:
            return names


def write_list(names: Iterable[str]) -> str:
    """The text that `read_list` reads as these names."""
    return f"[{', '.join(map(write_name, names))}]"


def write_name(name: str) -> str:
    """A name as it stands in a list."""
    if _PLAIN.fullmatch(name):
        return name
    import json

    return json.dumps(name, ensure_ascii=False)


def _unquoted(part: str) -> str | None:
    """What a part of a list says; None for what is quoted wrongly."""
    if not part.startswith('"'):
        return part.strip()
    import json

    try:
        return str(json.loads(part, strict=False))
    except ValueError:
        return None

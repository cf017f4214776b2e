"""The list notation of command lines and CSV cells: `[insured, tracked]`.

The brackets are optional. A name that contains a separator, quote or bracket is written in double quotes, as a JSON
string.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_PLAIN = r'[^\s",\[\]\\](?:[^",\[\]\\]*[^\s",\[\]\\])?'


def read_list(text: str, separator: str = ",") -> list[str]:
    """Parse a list of names; an empty text is an empty list.

    A malformed list (an unbalanced quotation mark, for instance) is returned as one name, which the caller will then
    report as unknown.
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
        name = _unquote(found[1]) if found else None
        if found is None or name is None:
            return [text.strip()]
        names.append(name)
        at = found.end()
        if not found[2]:
            return names


def write_list(names: Iterable[str]) -> str:
    """Format names so that `read_list` reads them back."""
    return f"[{', '.join(map(write_name, names))}]"


def write_name(name: str) -> str:
    """Format one name as it stands in a list, quoted if necessary."""
    if re.fullmatch(_PLAIN, name):
        return name
    import json

    return json.dumps(name, ensure_ascii=False)


def _unquote(part: str) -> str | None:
    """The name that one item of a list spells; None if its quoting is malformed."""
    if not part.startswith('"'):
        return part.strip()
    import json

    try:
        return str(json.loads(part, strict=False))
    except ValueError:
        return None

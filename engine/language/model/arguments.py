"""Was a public function given what it takes? If not, a `TypeError` says in words what it takes, and how to get that.

A mistake of a program, not of an author or a record: so it is no `OneverdictError`, which a program catches to go on.
What deciding needs of this stands in `policy.py`: this module is loaded for the others, and for what is wrong.
"""

from __future__ import annotations

import os
from typing import Any, NoReturn

from engine.language.documents.text import is_document, shortened


def refuse_policy(value: object, function: str, parameter: str) -> NoReturn:
    """Raises `TypeError`, with the way to a policy."""
    raise TypeError(_words(value, function, parameter, "a policy", f"load it first: `load({_given(value)})`"))


def refuse_source(value: object) -> NoReturn:
    """Raises `TypeError`, with what a policy is loaded from."""
    what = "the name of a shipped policy, the path of a file, a mapping, or YAML as text, bytes or a stream"
    raise TypeError(_words(value, "load", "policy", what, 'write `load("rules/refund.yaml")`, say'))


def require_place(policy: object, name: object, folder: object) -> None:
    """Raises `TypeError` where a policy is called by no text, or its folder is no path, or it is a file with both."""
    is_file = isinstance(policy, os.PathLike) or (isinstance(policy, str) and not is_document(policy))
    own = "a file has a name and a folder of its own: leave it out"
    if name is not None:
        require(name, () if is_file else str, "load", "name", "what messages call a policy that is no file", own)
    if folder is not None:
        what = "the path of the folder where the table of a policy that is no file stands"
        require(folder, () if is_file else (str, os.PathLike), "load", "folder", what, own)


def require_steps(value: object, function: str) -> None:
    """Raises `TypeError` for anything but a whole number, and `ValueError` for none at all."""
    require_number(value, function, "steps", 1, "leave it out for the usual number")


def require_number(value: object, function: str, parameter: str, least: int, way: str) -> None:
    """Raises `TypeError` for anything but a whole number, and `ValueError` for one that is too small."""
    what = f"a whole number from {least}"
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(_words(value, function, parameter, what, way))
    if value < least:
        raise ValueError(f"{function}: `{parameter}` must be {what}, not {value}; {way}")


def require(value: object, wanted: type | tuple[type, ...], function: str, parameter: str, what: str, way: str) -> None:
    """Raises `TypeError` for anything of another type; `way` tells how to get it, with `{}` for what was given."""
    if not isinstance(value, wanted):
        raise TypeError(_words(value, function, parameter, what, way.replace("{}", _given(value))))


def _words(value: object, function: str, parameter: str, what: str, way: str) -> str:
    return f"{function}: `{parameter}` must be {what}, not {_shown(value)}; {way}"


def _given(value: object) -> str:
    """What was given, where it can be written so that it can be loaded; else dots."""
    return f'"{shortened(value)}"' if isinstance(value, str) else "…"


def _shown(value: Any) -> str:
    if value is None:
        return "None"
    if isinstance(value, str):
        return f"the text `{shortened(value)}`"
    if isinstance(value, type):
        return f"the class `{value.__name__}`"
    kind = type(value)
    is_plain = kind.__module__ in ("builtins", "__main__")
    return f"a value of the type `{kind.__name__ if is_plain else f'{kind.__module__}.{kind.__name__}'}`"

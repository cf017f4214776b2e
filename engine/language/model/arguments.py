"""Validation of the arguments of public functions.

A wrong argument is a mistake of the program, not of an author or a record. It therefore raises `TypeError` or
`ValueError`, never a `OneverdictError`, which programs catch and continue from. Each message says what the parameter
takes and how to obtain it. The check that deciding needs is `policy.require_policy`, so that this module is imported
only for errors and for rarer functions.
"""

from __future__ import annotations

import os
from typing import Any, NoReturn

from engine.language.documents.text import is_document, shorten


def refuse_policy(value: object, function: str, parameter: str) -> NoReturn:
    """Raise `TypeError` for an argument that is no policy, with advice on loading one."""
    raise TypeError(_words(value, function, parameter, "a policy", f"load it first: `load({_source_text(value)})`"))


def refuse_source(value: object, kind: str = "policy") -> NoReturn:
    """Raise `TypeError` for an argument from which `load` cannot read a policy, or `load_library` a library."""
    if kind == "policy":
        what = "the name of a shipped policy, the path of a file, a mapping, or YAML as text, bytes or a stream"
        raise TypeError(_words(value, "load", kind, what, 'write `load("rules/refund.yaml")`, say'))
    what = "the path of a file, a mapping, or YAML as text, bytes or a stream"
    raise TypeError(_words(value, "load_library", kind, what, 'write `load_library("rules/people.yaml")`, say'))


def require_place(source: object, name: object, folder: object, kind: str = "policy") -> None:
    """Check the `name` and `folder` arguments of `load`, or of `load_library` for the kind `library`.

    Raises:
        TypeError: If `name` is no text or `folder` no path, or if either is given for a source that is a file.
    """
    function = "load" if kind == "policy" else "load_library"
    is_file = isinstance(source, os.PathLike) or (isinstance(source, str) and not is_document(source))
    own = "a file already has a name and a folder: leave it out"
    if name is not None:
        require(name, () if is_file else str, function, "name", f"what messages call a {kind} that is not a file", own)
    if folder is not None:
        what = f"the path of the folder that holds the files which a {kind} that is not a file names"
        require(folder, () if is_file else (str, os.PathLike), function, "folder", what, own)


def require_steps(value: object, function: str) -> None:
    """Require a step budget: a positive integer. Raises `TypeError` or `ValueError`."""
    require_number(value, function, "steps", 1, "leave it out for the default")


def require_number(value: object, function: str, parameter: str, least: int, way: str) -> None:
    """Require an integer of at least `least`; raises `TypeError` for other types, `ValueError` for smaller ones."""
    what = f"a whole number from {least}"
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(_words(value, function, parameter, what, way))
    if value < least:
        raise ValueError(f"{function}: `{parameter}` must be {what}, not {value}; {way}")


def require_flag(value: object, function: str, parameter: str, default: bool) -> None:
    """Require True or False: a text such as `"no"` would count as True. Raises `TypeError`."""
    require(value, bool, function, parameter, "True or False", f"leave it out for {default}")


def require(value: object, wanted: type | tuple[type, ...], function: str, parameter: str, what: str, way: str) -> None:
    """Require an instance of `wanted`.

    Args:
        value: The argument.
        wanted: The types accepted.
        function: The name of the public function.
        parameter: The name of the parameter.
        what: What the parameter takes, in words.
        way: How to obtain it, with `{}` for a spelling of `value`.

    Raises:
        TypeError: If `value` has another type.
    """
    if not isinstance(value, wanted):
        raise TypeError(_words(value, function, parameter, what, way.replace("{}", _source_text(value))))


def _words(value: object, function: str, parameter: str, what: str, way: str) -> str:
    """The message of an error."""
    return f"{function}: `{parameter}` must be {what}, not {_describe(value)}; {way}"


def _source_text(value: object) -> str:
    """A string argument as source text; `…` for anything else."""
    return f'"{shorten(value)}"' if isinstance(value, str) else "…"


def _describe(value: Any) -> str:
    """The argument and its type, in words."""
    if value is None:
        return "None"
    if isinstance(value, str):
        return f"the text `{shorten(value)}`"
    if isinstance(value, type):
        return f"the class `{value.__name__}`"
    kind = type(value)
    is_plain = kind.__module__ in ("builtins", "__main__")
    return f"a value of the type `{kind.__name__ if is_plain else f'{kind.__module__}.{kind.__name__}'}`"

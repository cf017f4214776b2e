"""Which YAML files of a folder are policies or cases, and which belong to another tool?

A file that is named is read, whatever it is. Of a folder only what looks like ours is: a composition of containers or a
workflow would only give an error for each thing that a policy has and it has not.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from engine.bundled import Located, shipped_policies
from engine.language.sections.policy_sources import name_of, read_bytes
from engine.problems import Place, PolicyError, Problem, printable
from engine.surfaces.cli.inputs import files_below, is_cases

_WORD = rb"[\"']?(policy|situation|verdicts|rules|facts|guarantees)[\"']?[ \t]*:"
_KEY = re.compile(rb"^(?:\xef\xbb\xbf)?" + _WORD, re.MULTILINE)
_KEY_IN_BRACES = re.compile(rb"[{,\s]" + _WORD)
_MOST_NAMED = 3


def policies_below(name: str) -> tuple[list[Located], list[Located]]:
    """What a word names, and the YAML files of other tools beside it, where it names a folder.

    Raises `PolicyError` where it names nothing.
    """
    found = list(files_below(name))
    if not os.path.isdir(name) or name in shipped_policies():
        return found, []
    ours = [each for each in found if is_cases(each) or _is_ours(each)]
    others = [each for each in found if each not in ours]
    if not ours:
        help_ = "name the file itself if it is to be one"
        message = f"there is no policy in this folder: {passed_over(others)}"
        raise PolicyError([Problem("no-such-file", message, (Place(name),), help_)])
    return ours, others


def _is_ours(path: Located) -> bool:
    """Whether a file has the key `policy`, or two others of a policy; whether it is right is another question."""
    try:
        data = read_bytes(path)
    except PolicyError:
        return True
    pattern = _KEY_IN_BRACES if data.lstrip()[:1] == b"{" else _KEY
    keys = set(pattern.findall(data))
    return b"policy" in keys or len(keys) > 1


def passed_over(others: Sequence[Located]) -> str:
    """One line about the files of other tools."""
    named = ", ".join(printable(name_of(each)) for each in others[:_MOST_NAMED])
    more = f" and {len(others) - _MOST_NAMED:,} more" if len(others) > _MOST_NAMED else ""
    are = "is no policy and was" if len(others) == 1 else "are no policies and were"
    return f"{named}{more} {are} not checked"

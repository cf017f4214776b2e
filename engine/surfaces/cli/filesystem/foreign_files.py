"""Telling policies, libraries and cases in a folder from the YAML files of other tools.

A file that is named explicitly is always read. In a folder, files that do not look like one of these, such as a
workflow or a Compose file, are skipped, since each would only produce many errors.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from engine.bundled import Located, shipped_policies
from engine.language.sections.policy_sources import base_name, read_bytes
from engine.problems import Place, PolicyError, printable
from engine.surfaces.cli.filesystem.policy_files import files_below, is_cases

_OF_POLICIES = {b"policy", b"situation", b"verdicts", b"rules", b"facts", b"guarantees"}
_OF_LIBRARIES = {b"title", b"uses", b"source", b"situation", b"numbers", b"facts", b"impossible"}
_WORD = rb"[\"']?(library|" + b"|".join(sorted(_OF_POLICIES | _OF_LIBRARIES)) + rb")[\"']?[ \t]*:"
_KEY = re.compile(rb"^(?:\xef\xbb\xbf)?" + _WORD, re.MULTILINE)
_KEY_IN_BRACES = re.compile(rb"[{,\s]" + _WORD)
_MOST_NAMED = 3


def policies_below(name: str) -> tuple[list[Located], list[Located]]:
    """The policy and cases files that a name stands for, and the YAML files of other tools in the same folder.

    The second list is empty unless the name is a folder. Raises `PolicyError` if there is no policy.
    """
    found = list(files_below(name))
    if not os.path.isdir(name) or name in shipped_policies():
        return found, []
    ours = [each for each in found if is_cases(each) or _is_ours(each)]
    others = [each for each in found if each not in ours]
    if not ours:
        help_ = "name the file itself if it is to be one"
        message = f"there is no policy in this folder: {skipped_note(others)}"
        raise PolicyError.of("no-such-file", message, Place(name), help_)
    return ours, others


def _is_ours(path: Located) -> bool:
    """Whether a file has the key `policy`, two other top-level keys of a policy, or `library` and a key beside it.

    It may be wrong otherwise.
    """
    try:
        data = read_bytes(path)
    except PolicyError:
        return True
    pattern = _KEY_IN_BRACES if data.lstrip()[:1] == b"{" else _KEY
    keys = set(pattern.findall(data))
    is_library = b"library" in keys and bool(keys & _OF_LIBRARIES)
    return b"policy" in keys or len(keys & _OF_POLICIES) > 1 or is_library


def skipped_note(others: Sequence[Located]) -> str:
    """A one-line note about skipped files of other tools."""
    named = ", ".join(printable(base_name(each)) for each in others[:_MOST_NAMED])
    more = f" and {len(others) - _MOST_NAMED:,} more" if len(others) > _MOST_NAMED else ""
    are = "is not a policy and was" if len(others) == 1 else "are not policies and were"
    return f"{named}{more} {are} not checked"

"""Where is a policy, and what is in it? By shipped name, by path, from standard input, or as a mapping."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from engine.bundled import Located, shipped_policies
from engine.language.nodes import Document
from engine.language.nodes import Mapping as Nodes
from engine.language.policy import Policy
from engine.language.policy_file import Opener, no_folder, read_policy
from engine.language.suggest import did_you_mean
from engine.language.text import MOST_BYTES, shortened
from engine.language.values import Misfit
from engine.language.yaml_text import read_yaml
from engine.problems import Place, PolicyError, Problem, printable

_MAPPING_NAME = "policy"
_BELOW = "name a file in the policy's folder or below it, with `/` between the names"


def load(policy: str | os.PathLike[str] | Mapping[str, Any]) -> Policy:
    """The policy of a shipped name, a path, or a mapping.

    Text with a `/` or ending in `.yaml` is a path; other text is the name of a policy that comes with the project.

    Args:
        policy: The name, the path, or the mapping.

    Returns:
        The policy, complete and resolved; whether it is sound is what `check` tells.

    Raises:
        PolicyError: It cannot be read; with every problem, each at its place.
        TypeError: Something else was given.

    Example:
        >>> from engine import load
        >>> load("other-interviews").title
        'Should I cancel my other interviews?'
    """
    if isinstance(policy, Mapping):
        from engine.language.data import data_document

        return read_policy(data_document(policy, _MAPPING_NAME))
    _require_source(policy)
    return load_found(find(policy))


def load_found(path: Located) -> Policy:
    """The policy in a file, on a disk or in a zip file; raises `PolicyError`."""
    document = read_document(path)
    if holds_cases(document):
        help_ = "name the policy's own file; `verdict test` runs the cases"
        raise PolicyError(
            [Problem("wrong-file", "this file holds cases, not a policy", (Place(str(path), 1, 1),), help_)]
        )
    return _named_like_file(read_policy(document, partial(read_beside, path)), path)


def _require_source(policy: object) -> None:
    """Raises `TypeError` for anything but a name or a path, with what a policy is loaded from."""
    if not isinstance(policy, (str, os.PathLike)):
        from engine.language.arguments import refuse_source

        refuse_source(policy)


def load_text(data: bytes, file: str = "-", open_beside: Opener = no_folder) -> Policy:
    """The policy in these bytes, as from standard input, its table opened as told; raises `PolicyError`."""
    return read_policy(read_yaml(data, file), open_beside)


def find(policy: str | os.PathLike[str]) -> Located:
    """The file of a shipped name or a path; raises `PolicyError` for a name that nothing bears."""
    text = os.fspath(policy)
    if os.sep in text or text.endswith((".yaml", ".yml", ".csv")) or not isinstance(policy, str):
        return on_disk(text)
    shipped = shipped_policies()
    if text in shipped:
        return shipped[text]
    help_ = did_you_mean(text, shipped) + "; a path contains `/` or ends in `.yaml`"
    if os.path.isfile(f"{text}.yaml"):
        help_ = f"there is a file `{printable(text)}.yaml` here: name it with its ending"
    raise PolicyError(
        [Problem("no-such-policy", f"no policy called `{printable(text)}` comes with the project", (), help_)]
    )


def on_disk(text: str) -> str:
    """A path as `pathlib` spells it, which is how messages name a file."""
    if os.path.normpath(text) == text:
        return text
    from pathlib import Path

    return str(Path(text))


def name_of(path: Located) -> str:
    """What a file is called in its folder."""
    return os.path.basename(path) if isinstance(path, str) else path.name


def read_bytes(path: Located) -> bytes:
    """What a file holds, up to one byte more than is ever read; raises `PolicyError` where it cannot be opened."""
    try:
        with open(path, "rb") if isinstance(path, str) else path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        place = Place(str(path))
        if isinstance(error, FileNotFoundError):
            raise PolicyError([Problem("no-such-file", "there is no such file", (place,), _near(path))]) from None
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise PolicyError(
            [Problem("unreadable-file", f"it cannot be read: {reason.lower()}", (place,), "name a file you may read")]
        ) from None


def read_beside(policy: Located, name: str) -> tuple[str, bytes]:
    """What a file in a policy's folder is called, and what it holds; raises `Misfit` where it is not in there."""
    from pathlib import Path

    shown = shortened(name)
    policy = Path(policy) if isinstance(policy, str) else policy
    # Every file has a folder, those in a zip file too; only the protocol for both does not say so.
    path: Located = policy.parent.joinpath(*parts_below(name))  # type: ignore[attr-defined]
    if isinstance(path, Path) and isinstance(policy, Path):
        if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(policy.parent)):
            raise Misfit("table-place", f"`{shown}` is a link that leads out of the policy's folder", _BELOW)
        if os.path.exists(path) and not os.path.isfile(path):
            raise Misfit("unreadable-file", f"`{shown}` is not a file", "name the table itself")
    try:
        return str(path), read_bytes(path)
    except PolicyError as error:
        problem = error.problems[0]
        message = f"there is no file `{shown}` beside the policy" if problem.code == "no-such-file" else problem.message
        raise Misfit(problem.code, message, problem.help) from None


def parts_below(name: str) -> list[str]:
    """The names in a path from the policy's folder downwards; raises `Misfit` for any other path."""
    if "\\" in name or re.match(r"/|[A-Za-z]:", name):
        raise Misfit("table-place", f"`{shortened(name)}` is no path from the policy's folder", _BELOW)
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise Misfit("table-place", f"`{shortened(name)}` leads out of the policy's folder", _BELOW)
    return parts


def holds_cases(document: Document) -> bool:
    """Whether a file is a cases file, by what it holds."""
    root = document.root
    return isinstance(root, Nodes) and "cases" in root.entries and "rules" not in root.entries


def _near(path: Located) -> str:
    """The files beside a path that is not there, with the one that may be meant."""
    from pathlib import Path

    path = Path(path) if isinstance(path, str) else path
    if not isinstance(path, Path):
        return ""
    if not os.path.isdir(path.parent):
        return f"there is no folder `{printable(str(path.parent))}` either"
    alike = (".csv",) if path.suffix.lower() == ".csv" else (".yaml", ".yml", ".json")
    files = (each for each in sorted(path.parent.iterdir()) if each.suffix.lower() in alike)
    near = did_you_mean(path.name, (printable(each.name) for each in files))
    return near if near.startswith("did you mean") else ""


def read_document(path: Located) -> Document:
    """The nodes of a YAML file; raises `PolicyError` where it cannot be read, or is a table."""
    name = name_of(path)
    if name.lower().endswith(".csv"):
        message = "this is a table, not a policy"
        help_ = f"name the policy beside it, the one with `rules: {{table: {printable(name)}}}`"
        raise PolicyError([Problem("wrong-file", message, (Place(str(path)),), help_)])
    return read_yaml(read_bytes(path), str(path))


def _named_like_file(policy: Policy, path: Located) -> Policy:
    """The policy, if it bears its file's name; else `PolicyError`, since people look for it under that name."""
    name = name_of(path)
    stem = name.removesuffix(".yaml").removesuffix(".yml")
    if policy.name == stem or stem == name:
        return policy
    message = f"the policy `{policy.name}` is in a file called `{printable(name)}`"
    help_ = f"rename the file to `{policy.name}.yaml`, or write `policy: {printable(stem)}`"
    raise PolicyError([Problem("file-name", message, (policy.place,), help_)])

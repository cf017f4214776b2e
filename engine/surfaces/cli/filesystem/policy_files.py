"""The files of policies: those that one was read from, those in a folder, and the cases beside a policy."""

from __future__ import annotations

import os
from collections.abc import Iterator

from engine import Policy, load
from engine.bundled import Located, shipped_policies
from engine.language.documents.nodes import Document
from engine.language.sections.policy_sources import base_name, find, load_found
from engine.problems import Place, PolicyError, printable
from engine.surfaces.cli.inputs import STDIN


def files_of(policy: Policy) -> list[str]:
    """The files that a policy was read from, with its tables, libraries and steps; `-` stands for standard input."""
    rules = [*policy.rules, *(rule for step in policy.steps for rule in step.rules)]
    files = dict.fromkeys([policy.place.file, *(rule.place.file for rule in rules), *policy.memo.libraries])
    return [STDIN if file == "<stdin>" else file for file in files]


def files_below(name: str) -> Iterator[Located]:
    """The file that a name stands for, or every YAML file in a folder and its subfolders, in alphabetical order.

    Raises `PolicyError` if there is no such file, or no YAML file in the folder.
    """
    # `os.path` returns False where `pathlib` raises, for example if the name is too long.
    if not os.path.isdir(name) or name in shipped_policies():
        yield find(name)
        return
    from pathlib import Path

    files = (each for each in Path(name).rglob("*") if each.suffix in (".yaml", ".yml") and each.is_file())
    found = [str(each) for each in sorted(files)]
    if not found:
        raise PolicyError.of("no-such-file", "there is no YAML file in this folder", Place(name))
    yield from found


def is_cases(path: Located) -> bool:
    """Whether the file name marks a cases file."""
    return base_name(path).endswith((".cases.yaml", ".cases.yml"))


def cases_beside(path: Located) -> Located:
    """The path of the cases file of a policy: `NAME.cases.yaml` for `NAME.yaml`."""
    stem, ending = os.path.splitext(base_name(path))
    return _beside(path, f"{stem}.cases{ending}")


def policy_beside(path: Located) -> Located:
    """The path of the policy of a cases file: `NAME.yaml` for `NAME.cases.yaml`."""
    return _beside(path, base_name(path).replace(".cases.", "."))


def _beside(path: Located, name: str) -> Located:
    """The path of another file in the same folder, on disk or in a zip file."""
    if isinstance(path, str):
        return os.path.join(os.path.dirname(path), name)
    found: Located = path.parent.joinpath(name)  # type: ignore[attr-defined]
    return found


def is_there(path: Located) -> bool:
    """Whether the file exists."""
    return os.path.isfile(path) if isinstance(path, str) else path.is_file()


def policy_of_cases(path: Located, document: Document) -> Policy:
    """Load the policy that a cases file is for: the one beside it, or else the shipped policy that it names.

    Raises `PolicyError` if there is neither, or the policy cannot be read.
    """
    from engine.language.situations.cases_file import cases_policy

    beside = policy_beside(path)
    name = cases_policy(document)
    if name is None or is_there(beside) or name.text not in shipped_policies():
        if not is_there(beside):
            missing = printable(base_name(beside))
            message = f"the policy of these cases is not beside them: there is no file `{missing}`"
            place = name.place if name else Place(str(path))
            raise PolicyError.of("no-such-policy", message, place, "move the cases beside their policy")
        return load_found(beside)
    return load(name.text)

"""Where are the policies and schemas that come with the project, in a checkout and in an installed wheel, and which
version of it is this?

What lies on a disk goes by its path, as text: `pathlib` takes longer to load than a policy takes to read.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

# A path on a disk, or an entry of a zip file that the package is in.
Located: TypeAlias = "str | Traversable"


def folder(kind: str) -> Traversable:
    """The folder `rules` or `schemas`; raises `FileNotFoundError` where the installation lacks it."""
    found = _find_folder(kind)
    if not isinstance(found, str):
        return found
    from pathlib import Path

    return Path(found)


def _find_folder(kind: str) -> Located:
    package = os.path.dirname(__file__)
    if os.path.isdir(package):
        packed = os.path.join(package, "_data", kind)
        if os.path.isdir(packed):
            return packed
        # A checkout keeps the folders beside the package; elsewhere a folder of that name belongs to somebody else.
        above = os.path.dirname(package)
        beside = os.path.join(above, kind)
        if os.path.isdir(beside) and os.path.isfile(os.path.join(above, "pyproject.toml")):
            return beside
    else:
        # Slow to load, and needed for a zip file alone.
        from importlib.resources import files

        zipped = files("engine") / "_data" / kind
        if zipped.is_dir():
            return zipped
    raise FileNotFoundError(f"this installation of oneverdict lacks its folder `{kind}`: install it again")


def own_version() -> str:
    """The version of this project: of the checkout that the package lies in, or else of what is installed."""
    project = os.path.join(os.path.dirname(os.path.dirname(__file__)), "pyproject.toml")
    if os.path.isfile(project):
        import tomllib

        with open(project, "rb") as file:
            found = tomllib.load(file).get("project", {})
        if found.get("name") == "oneverdict":
            return str(found["version"])
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("oneverdict")
    except PackageNotFoundError:
        return "0+unknown"


def shipped_policies() -> dict[str, Located]:
    """Policy id to file for every shipped policy, in alphabetical order of their paths; cases files left out."""
    found: dict[str, Located] = {}
    waiting = [_find_folder("rules")]
    while waiting:
        for entry in sorted(_entries(waiting.pop(0)), key=lambda each: each.name):
            place = entry.path if isinstance(entry, os.DirEntry) else entry
            if entry.is_dir():
                waiting.append(place)
            elif entry.name.endswith(".yaml") and not entry.name.endswith(".cases.yaml"):
                found[entry.name.removesuffix(".yaml")] = place
    return found


def _entries(place: Located) -> Iterable[os.DirEntry[str] | Traversable]:
    return os.scandir(place) if isinstance(place, str) else place.iterdir()

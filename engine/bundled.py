"""Where are the policies and schemas that come with the project, in a checkout and in an installed wheel?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


def folder(kind: str) -> Traversable:
    """The folder `rules` or `schemas`; raises `FileNotFoundError` where the installation lacks it."""
    package = _package()
    packed = package / "_data" / kind
    if packed.is_dir():
        return packed
    # A checkout keeps the folders beside the package; elsewhere a folder of that name belongs to somebody else.
    if isinstance(package, Path):
        beside = package.parent / kind
        if beside.is_dir() and (package.parent / "pyproject.toml").is_file():
            return beside
    raise FileNotFoundError(f"this installation of oneverdict lacks its folder `{kind}`: install it again")


def _package() -> Traversable:
    """The folder of this package, which may be inside a zip file."""
    package = Path(__file__).parent
    if package.is_dir():
        return package
    # Slow to load, and needed for a zip file alone.
    from importlib.resources import files

    return files("engine")


def shipped_policies() -> dict[str, Traversable]:
    """Policy id to file for every shipped policy, in alphabetical order of their paths; cases files left out."""
    found: dict[str, Traversable] = {}
    waiting = [folder("rules")]
    while waiting:
        for entry in sorted(waiting.pop(0).iterdir(), key=lambda each: each.name):
            if entry.is_dir():
                waiting.append(entry)
            elif entry.name.endswith(".yaml") and not entry.name.endswith(".cases.yaml"):
                found[entry.name.removesuffix(".yaml")] = entry
    return found

"""Access to the bundled policies, schemas and vocabularies, in a checkout or an installed wheel, and the version.

Files on a disk are given as strings, because `pathlib` takes longer to import than a policy takes to read.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

# A path on a disk, or an entry of the zip file that contains the package.
Located: TypeAlias = "str | Traversable"


def folder(kind: str) -> Traversable:
    """The folder `rules` or `schemas`; raises `FileNotFoundError` if the installation lacks it."""
    found = _find_folder(kind)
    if not isinstance(found, str):
        return found
    from pathlib import Path

    return Path(found)


def _find_folder(kind: str) -> Located:
    """The location of a bundled folder; raises `FileNotFoundError` if the installation lacks it."""
    package = os.path.dirname(__file__)
    if os.path.isdir(package):
        packed = os.path.join(package, "_data", kind)
        if os.path.isdir(packed):
            return packed
        # A checkout keeps the folders beside the package; without `pyproject.toml`, such a folder is unrelated.
        above = os.path.dirname(package)
        beside = os.path.join(above, kind)
        if os.path.isdir(beside) and os.path.isfile(os.path.join(above, "pyproject.toml")):
            return beside
    else:
        # Slow to import, and needed only inside a zip file.
        from importlib.resources import files

        zipped = files("engine") / "_data" / kind
        if zipped.is_dir():
            return zipped
    raise FileNotFoundError(f"this installation of oneverdict lacks its folder `{kind}`: install it again")


def packaged_text(package: str, file: str) -> str:
    """The contents of a text file in the folder of a package, on a disk or in a zip file."""
    from pkgutil import get_data

    data = get_data(package, file)
    if data is None:
        raise FileNotFoundError(f"this installation of oneverdict lacks its file `{file}`: install it again")
    return data.decode()


@cache
def vocabulary(name: str) -> dict[str, Any]:
    """The words by which suggestions recognise other languages and opposites: a file of `language/vocabulary/`."""
    import tomllib

    return tomllib.loads(packaged_text("engine.language", f"vocabulary/{name}.toml"))


def own_version() -> str:
    """The project's version: that of the checkout containing the package, else of the installed distribution."""
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
    """The bundled policies as a mapping from id to file, folder by folder, without cases files and libraries.

    The libraries that they use are in folders called `libraries`.
    """
    found: dict[str, Located] = {}
    folders = [_find_folder("rules")]
    while folders:
        for entry in sorted(_entries(folders.pop(0)), key=lambda each: each.name):
            place = entry.path if isinstance(entry, os.DirEntry) else entry
            if entry.is_dir():
                folders += [place] * (entry.name != "libraries")
            elif entry.name.endswith(".yaml") and not entry.name.endswith(".cases.yaml"):
                found[entry.name.removesuffix(".yaml")] = place
    return found


def _entries(place: Located) -> Iterable[os.DirEntry[str] | Traversable]:
    """The entries of a folder."""
    return os.scandir(place) if isinstance(place, str) else place.iterdir()

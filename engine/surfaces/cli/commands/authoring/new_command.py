"""`verdict new`: a small, sound policy with cases, or a small library, as a starting point."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click

from engine.bundled import folder, packaged_text
from engine.problems import printable
from engine.surfaces.cli.filesystem.atomic_file import write_atomically
from engine.surfaces.cli.filesystem.output_errors import OutputError, unwritable
from engine.surfaces.cli.output import say, tell
from engine.surfaces.cli.refusals import verdict_command

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)

# The policy, its cases and the library in the folder of this module; the name is replaced by the one that is wanted.
_TEMPLATE = "outing"
_POLICY = (("cases", ".cases.yaml", ".cases.yaml"), ("policy", ".yaml", ".yaml"))
_LIBRARY = (("library", ".yaml", ".library.yaml"),)


@verdict_command("new")
@click.argument("name")
@click.option(
    "--folder", "target", type=click.Path(file_okay=False, path_type=Path), default=".", help="Where to write it."
)
@click.option("--library", is_flag=True, help="Write a library, which several policies can use, in place of a policy.")
def command(name: str, target: Path, library: bool) -> None:
    """Write a first policy, NAME.yaml, and its cases, NAME.cases.yaml, to start from."""
    if not _NAME.fullmatch(name):
        of = "library" if library else "policy"
        raise click.UsageError(f"`{printable(name)}` cannot be a {of}'s name: write lower-case words joined by hyphens")
    files = {
        target / f"{name}{ending}": (_schema_line(kind, target) + _template(own).replace(_TEMPLATE, name)).encode()
        for kind, ending, own in (_LIBRARY if library else _POLICY)
    }
    missing = [path for path, data in files.items() if not _holds(path, data)]
    # Complete what an interrupted run left; anything else belongs to somebody and is not overwritten.
    taken = [path for path in missing if os.path.lexists(path)] or (list(files) if not missing else [])
    if taken:
        raise click.UsageError(f"{printable(str(taken[-1]))} is there already; choose another name")
    _write({path: files[path] for path in missing}, target)
    for path in reversed(files):
        say(printable(str(path)))
    tell(f"next: verdict check {printable(str(target / name))}.yaml")


def _template(ending: str) -> str:
    """The policy, the cases or the library to start from."""
    return packaged_text("engine.surfaces.cli.commands.authoring", f"{_TEMPLATE}{ending}")


def _holds(path: Path, data: bytes) -> bool:
    """Whether the file exists with exactly this content."""
    try:
        return path.is_file() and path.read_bytes() == data
    except OSError:
        return False


def _write(files: dict[Path, bytes], target: Path) -> None:
    """Write the files; if one fails, remove those already written."""
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError([unwritable(str(target), error)]) from None
    written: list[Path] = []
    try:
        for path, data in files.items():
            write_atomically(path, data)
            written.append(path)
    except OutputError:
        for path in written:
            path.unlink(missing_ok=True)
        raise


def _schema_line(kind: str, target: Path) -> str:
    """The comment that tells editors the schema of a file; empty outside a checkout, as installed paths may change."""
    file = str(folder("schemas") / f"{kind}.schema.json")
    checkout = os.path.dirname(os.path.dirname(os.path.realpath(file)))
    here = os.path.realpath(target)
    is_near = os.path.isfile(os.path.join(checkout, "pyproject.toml")) and here.startswith(checkout + os.sep)
    return f"# yaml-language-server: $schema={os.path.relpath(file, here)}\n" if is_near else ""

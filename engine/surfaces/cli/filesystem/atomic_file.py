"""How does a file get written, whole or not at all?

A new file is written beside the old one and takes its place in one step, so that at any time, and after any end of the
process, there is the old file or the new one. A process that is killed outright leaves at most a hidden file
`.verdict-….tmp`, which nothing ever reads and no later run trips over.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.surfaces.cli.filesystem.output_errors import OutputError, unwritable
from engine.surfaces.cli.filesystem.special_files import descriptor_of, opened_stream, write_all
from engine.surfaces.cli.filesystem.temporary import temporary_folder
from engine.surfaces.cli.stopping import undone_if_stopped

# How much is copied at once.
_AT_ONCE = 1 << 18


@contextmanager
def _said_of(name: str | os.PathLike[str]) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError([unwritable(name, error)]) from None


def check_writable(name: str | os.PathLike[str]) -> None:
    """Raises `OutputError`, before any work is done, for a name that cannot be written for a reason known by now."""
    with _said_of(name):
        if os.path.isdir(name):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
        if descriptor_of(name) is None:
            os.stat(os.path.dirname(_target(os.fspath(name))[0]))


def write_whole(name: str | os.PathLike[str], data: bytes) -> None:
    """Writes a file so that it is the old one or the new one at any time; a device or a pipe is written to as it is.

    Raises `OutputError`, and leaves the old file as it was, where it cannot be written.
    """
    with _said_of(name):
        stream = opened_stream(name)
        if stream is not None:
            with stream:
                write_all(stream, data)
            return
    with _replaced(name) as beside, _said_of(name):
        beside.write_bytes(data)


@contextmanager
def whole_file(name: str | os.PathLike[str]) -> Iterator[Path]:
    """A new, empty file to write to, which takes the place of the named one in the end.

    Where the work inside fails or is stopped, the named file stays as it was and nothing is left. Into a device or a
    pipe everything is written at the end. Raises `OutputError` where the file cannot be made or put in its place; what
    the work itself raises is left to its caller, who knows what it was about.
    """
    with _said_of(name):
        stream = opened_stream(name)
    if stream is None:
        with _replaced(name) as beside:
            yield beside
        return
    with stream, temporary_folder() as folder:
        beside = folder / "output"
        beside.touch()
        yield beside
        with _said_of(name), beside.open("rb") as written:
            while part := written.read(_AT_ONCE):
                write_all(stream, part)


@contextmanager
def _replaced(name: str | os.PathLike[str]) -> Iterator[Path]:
    with _said_of(name):
        path, old = _target(os.fspath(name))
        # No longer than any name may be, whatever the target is called, and nobody else's.
        beside = path.with_name(f".verdict-{os.urandom(8).hex()}.tmp")

    def remove() -> None:
        beside.unlink(missing_ok=True)

    with undone_if_stopped(remove):
        try:
            with _said_of(name):
                os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            yield beside
            with _said_of(name):
                if old is not None:
                    _keep_rights(path, old, beside)
                _sync(beside)
                os.replace(beside, path)
        finally:
            with suppress(OSError):
                remove()


def _target(name: str) -> tuple[Path, os.stat_result | None]:
    """Where a name leads to, and what is there; raises `OSError` where no file can be."""
    if name.endswith(os.sep):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
    if not name:
        raise OSError(errno.EINVAL, "it has no name", name)
    path = Path(os.path.realpath(name))
    try:
        # Of a link that leads in a circle this says so.
        old = os.stat(path)
    except FileNotFoundError:
        return path, None
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), name)
    return path, old


def _keep_rights(path: Path, old: os.stat_result, new: Path) -> None:
    """Gives a file the owner, the permissions and the attributes of the one that it replaces, as far as one may."""
    made = os.stat(new)
    if hasattr(os, "chown") and (made.st_uid, made.st_gid) != (old.st_uid, old.st_gid):
        try:
            os.chown(new, old.st_uid, old.st_gid)
        except OSError:
            with suppress(OSError):
                os.chown(new, -1, old.st_gid)
    os.chmod(new, stat.S_IMODE(old.st_mode))
    if hasattr(os, "listxattr"):
        with suppress(OSError):
            for attribute in os.listxattr(path):
                with suppress(OSError):
                    os.setxattr(new, attribute, os.getxattr(path, attribute))


def _sync(path: Path) -> None:
    """Waits until a file is on its disk: else a crash of the machine might leave its name and not what it holds."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some file systems have no such thing as a disk.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)

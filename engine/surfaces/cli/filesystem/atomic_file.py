"""Atomic file writing: at any time there is either the complete old file or the complete new one.

A new file is written in the same folder and then renamed over the old one. A process that is killed outright leaves at
most a hidden file `.verdict-….tmp`, which is never read.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.surfaces.cli.filesystem.output_errors import OutputError, unwritable
from engine.surfaces.cli.filesystem.special_files import descriptor_of, open_special, write_all
from engine.surfaces.cli.filesystem.temporary import temporary_folder
from engine.surfaces.cli.stopping import undo_on_signal

# The size of the chunks to copy, in bytes.
_AT_ONCE = 1 << 18


@contextmanager
def _output_errors(name: str | os.PathLike[str]) -> Iterator[None]:
    """Context manager that turns `OSError` into `OutputError` about the named file."""
    try:
        yield
    except OSError as error:
        raise OutputError([unwritable(name, error)]) from None


def check_writable(name: str | os.PathLike[str]) -> None:
    """Raise `OutputError`, before any work is done, if the name is already known not to be writable."""
    with _output_errors(name):
        if os.path.isdir(name):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
        if descriptor_of(name) is None:
            os.stat(os.path.dirname(_target(os.fspath(name))[0]))


def write_atomically(name: str | os.PathLike[str], data: bytes) -> None:
    """Replace a file by new content atomically; a device or a pipe is written to directly.

    Raises `OutputError` if it cannot be written, and leaves the old file as it was.
    """
    with _output_errors(name):
        stream = open_special(name)
        if stream is not None:
            with stream:
                write_all(stream, data)
            return
    with _replacement(name) as beside, _output_errors(name):
        beside.write_bytes(data)


@contextmanager
def open_atomically(name: str | os.PathLike[str]) -> Iterator[Path]:
    """Context manager: yields the path of a new, empty file, which replaces the named one at the end of the block.

    If the block fails or the process is stopped, the named file stays as it was and the new one is removed. For a
    device or a pipe, the content is copied at the end. Raises `OutputError` if the file cannot be created or replaced;
    exceptions of the block itself pass through.
    """
    with _output_errors(name):
        stream = open_special(name)
    if stream is None:
        with _replacement(name) as beside:
            yield beside
        return
    with stream, temporary_folder() as folder:
        beside = folder / "output"
        beside.touch()
        yield beside
        with _output_errors(name), beside.open("rb") as written:
            while part := written.read(_AT_ONCE):
                write_all(stream, part)


@contextmanager
def _replacement(name: str | os.PathLike[str]) -> Iterator[Path]:
    """Context manager: yields a temporary file beside a regular file and renames it over that file at the end."""
    with _output_errors(name):
        path, old = _target(os.fspath(name))
        # A short name, since names have a maximum length, and a random one, since others may write here too.
        beside = path.with_name(f".verdict-{os.urandom(8).hex()}.tmp")

    def remove() -> None:
        beside.unlink(missing_ok=True)

    with undo_on_signal(remove):
        try:
            with _output_errors(name):
                os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            yield beside
            with _output_errors(name):
                if old is not None:
                    _keep_rights(path, old, beside)
                _sync(beside)
                os.replace(beside, path)
        finally:
            with suppress(OSError):
                remove()


def _target(name: str) -> tuple[Path, os.stat_result | None]:
    """The resolved path of an output, and its status, None for a new file.

    Raises `OSError` if no file can be there.
    """
    if name.endswith(os.sep):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
    if not name:
        raise OSError(errno.EINVAL, "it has no name", name)
    path = Path(os.path.realpath(name))
    try:
        # `os.stat` also raises if links form a cycle.
        old = os.stat(path)
    except FileNotFoundError:
        return path, None
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), name)
    return path, old


def _keep_rights(path: Path, old: os.stat_result, new: Path) -> None:
    """Copy the owner, permissions and extended attributes of the replaced file, as far as permitted."""
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
    """Flush a file to its disk; otherwise a crash of the machine could leave its name without its content."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some file systems do not support fsync.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)

"""Special files: devices, pipes, sockets and open descriptors, which are written to directly and never replaced."""

from __future__ import annotations

import os
import re
import stat
from typing import BinaryIO

_DESCRIPTOR = re.compile(r"/dev/fd/(\d+)|/proc/(?:self|thread-self|\d+)/fd/(\d+)")
_BY_NAME = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}
_MOST_LINKS = 40


def descriptor_of(name: str | os.PathLike[str]) -> int | None:
    """The open descriptor of this process that a name stands for, such as 1 for `/dev/stdout`; None for other names."""
    path = os.path.abspath(os.fspath(name))
    for _ in range(_MOST_LINKS):
        if path in _BY_NAME:
            return _BY_NAME[path]
        found = _DESCRIPTOR.fullmatch(path)
        if found is not None:
            owner = path.split("/")[2]
            is_ours = not owner.isdigit() or int(owner) == os.getpid()
            return int(found[1] or found[2]) if is_ours else None
        if not os.path.islink(path):
            return None
        path = os.path.normpath(os.path.join(os.path.dirname(path), os.readlink(path)))
    return None


def is_stdout(name: str) -> bool:
    """Whether a name stands for standard output: `-`, or a name that the system has for it, such as `/dev/stdout`."""
    return name == "-" or descriptor_of(name) == 1


def is_special(name: str) -> bool:
    """Whether a name stands for a special file or standard output."""
    return is_stdout(name) or descriptor_of(name) is not None or (os.path.exists(name) and not os.path.isfile(name))


def open_special(name: str | os.PathLike[str]) -> BinaryIO | None:
    """Open a special file for unbuffered writing; None if the name is a regular file or does not exist.

    Raises `OSError` if it cannot be opened, for example a folder.
    """
    descriptor = descriptor_of(name)
    if descriptor is not None:
        # Opening a descriptor by its name would truncate a redirected file instead of continuing where others stopped.
        return os.fdopen(os.dup(descriptor), "wb", buffering=0)
    try:
        mode = os.stat(name).st_mode
    except FileNotFoundError:
        return None
    return None if stat.S_ISREG(mode) else open(name, "wb", buffering=0)


def write_all(stream: BinaryIO, data: bytes) -> None:
    """Write all the data to an unbuffered stream, which may accept only part of it at a time."""
    left = memoryview(data)
    while left:
        left = left[stream.write(left) :]

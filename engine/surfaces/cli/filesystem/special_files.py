"""Which outputs are written to as they are, and never replaced? Devices, pipes, sockets and open descriptors."""

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
    """Whether a name stands for standard output: `-`, or the name that the system has for it."""
    return name == "-" or descriptor_of(name) == 1


def is_special(name: str) -> bool:
    """Whether a name stands for what is written to as it is."""
    return is_stdout(name) or descriptor_of(name) is not None or (os.path.exists(name) and not os.path.isfile(name))


def opened_stream(name: str | os.PathLike[str]) -> BinaryIO | None:
    """What a name stands for, open for writing, where that is no regular file; None where it is, or is not there.

    Raises `OSError` where it cannot be opened, as with a folder.
    """
    descriptor = descriptor_of(name)
    if descriptor is not None:
        # Opened by its name, a file would be begun anew, and not be written on from where others stopped.
        return os.fdopen(os.dup(descriptor), "wb", buffering=0)
    try:
        mode = os.stat(name).st_mode
    except FileNotFoundError:
        return None
    return None if stat.S_ISREG(mode) else open(name, "wb", buffering=0)


def write_all(stream: BinaryIO, data: bytes) -> None:
    """Writes everything: what has no buffer may take less than it was given."""
    left = memoryview(data)
    while left:
        left = left[stream.write(left) :]

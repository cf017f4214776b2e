"""Errors about outputs that cannot be written."""

from __future__ import annotations

import errno
import os

from engine.problems import OneverdictError, Place, Problem, printable


class OutputError(OneverdictError):
    """A file could not be written."""


_HELP = {
    errno.ENOSPC: "make room on its disk, or name a file on another one",
    errno.EDQUOT: "make room on its disk, or name a file on another one",
    errno.EFBIG: "raise the limit on the size of files, or let less be written",
    errno.EACCES: "name a file that you may write, in a folder in which you may make files",
    errno.EPERM: "name a file that you may write, in a folder in which you may make files",
    errno.EBUSY: "it is perhaps mounted by itself: mount its folder instead",
    errno.EROFS: "name a file on a disk that can be written to",
    errno.EISDIR: "name a file in it",
    errno.ENOENT: "make the folder first, or name another",
    errno.ENOTDIR: "name a file in a folder",
    errno.ENAMETOOLONG: "give it a shorter name",
}


def unwritable(name: str | os.PathLike[str], error: OSError) -> Problem:
    """The problem to report for an output that cannot be written, with a hint that depends on the system error."""
    shown = os.fspath(name)
    message = f"it cannot be written: {(error.strerror or str(error)).lower()}"
    folder = os.path.dirname(os.path.realpath(shown) if os.path.islink(shown) else shown)
    if error.errno == errno.ENOENT and folder and not os.path.isdir(folder):
        message = f"it cannot be written: there is no folder `{printable(folder)}`"
    return Problem("unwritable-file", message, (Place(shown),), _HELP.get(error.errno or 0, ""))

"""How does a test run the command line as a user does, exit code included, without starting a process?"""

from __future__ import annotations

import io
import sys
from typing import NamedTuple
from unittest import mock

from engine.surfaces.cli.command import main


class Result(NamedTuple):
    out: str
    err: str
    code: int


class _Stream(io.TextIOWrapper):
    """A text stream over bytes that is no terminal, as a pipe is."""

    def __init__(self, data: bytes = b"") -> None:
        super().__init__(io.BytesIO(data), encoding="utf-8", newline="")

    def text(self) -> str:
        self.flush()
        raw = self.buffer
        assert isinstance(raw, io.BytesIO)
        return raw.getvalue().decode()


def run(*words: str, stdin: bytes = b"") -> Result:
    """What `verdict` with these words prints, and its exit code."""
    out, err = _Stream(), _Stream()
    code: object = 0
    with (
        mock.patch.object(sys, "argv", ["verdict", *words]),
        mock.patch.object(sys, "stdin", _Stream(stdin)),
        mock.patch.object(sys, "stdout", out),
        mock.patch.object(sys, "stderr", err),
    ):
        try:
            main()
        except SystemExit as leaving:
            code = leaving.code
    return Result(out.text(), err.text(), code if isinstance(code, int) else 0)

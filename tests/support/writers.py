"""Every command that writes a file, with what it needs: shared by the tests of files, streams and signals."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import engine

ROOT = Path(engine.__file__).parent.parent
POLICY = """\
policy: picnic
title: Where do we eat?
situation:
  rain: {ask: Does it rain?, type: yes_no}
  guests: {ask: How many come?, type: integer, from: 1, to: 30}
verdicts: {garden: {title: In the garden}, kitchen: {title: In the kitchen}}
decision: first
rules: {table: rows.csv}
"""
ROWS = "rain,guests,then,because\nyes,,kitchen,Nobody likes wet bread.\nno,,garden,It is pleasant outside.\n"
CASES = "policy: picnic\ncases:\n  - {case: Dry, given: {rain: no}, expect: garden}\n"
_LINES = 3_000


class Writer(NamedTuple):
    """A command's words without its output, the option before the output, and what the output is called."""

    words: tuple[str, ...]
    option: str
    target: str


_POLICY = "picnic.yaml"
WRITERS = {
    "certificate": Writer(("check", _POLICY), "--certificate", "proof.json"),
    "page": Writer(("page", _POLICY), "-o", "page.html"),
    "sql": Writer(("sql", _POLICY, "--dialect", "sqlite"), "-o", "query.sql"),
    "table": Writer(("table", _POLICY, "--format", "markdown"), "-o", "table.md"),
    "draw": Writer(("draw", _POLICY), "-o", "picture.svg"),
    "csv": Writer(("batch", _POLICY, "in.csv", "--to", "csv", "-q"), "-o", "out.csv"),
    "parquet": Writer(("batch", _POLICY, "in.csv", "--to", "parquet", "-q"), "-o", "out.parquet"),
    "lines": Writer(("batch", _POLICY, "in.jsonl", "--to", "jsonl", "-q"), "-o", "out.jsonl"),
}


def lay_out(folder: Path) -> None:
    """What every command that writes needs, in a folder."""
    for name, text in {
        "picnic.yaml": POLICY,
        "rows.csv": ROWS,
        "in.csv": "id,rain,guests\n" + "".join(f"{number},yes,{number % 30 + 1}\n" for number in range(_LINES)),
        "in.jsonl": '{"rain": true, "guests": 3}\n' * _LINES,
    }.items():
        (folder / name).write_text(text, encoding="utf-8")


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def process(
    words: Sequence[str], *, before: str = "", after: str = "", **more: Any
) -> subprocess.CompletedProcess[bytes]:
    """The command in a process that a shell prepares and redirects; `env` adds to the environment."""
    line = f'{before} exec "$0" -m engine "$@" {after}'
    arguments = {"capture_output": True, "timeout": 120, "check": False, **more}
    arguments["env"] = environment(**arguments.get("env", {}))
    return subprocess.run(["sh", "-c", line, sys.executable, *words], **arguments)

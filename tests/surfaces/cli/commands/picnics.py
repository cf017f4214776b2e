"""What do the tests of commands run on, and how is it read back? A policy of each sort, a process, a JSON document."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import engine
from tests.support.running import Result

ROOT = Path(engine.__file__).parent.parent
PICNIC = """\
policy: picnic
title: Where do we eat?
version: "2"
situation:
  rain: {ask: Does it rain?, type: yes_no, if_unsure: yes}
  guests: {ask: How many come?, type: integer, from: 1, to: 30}
guarantees: [{guarantee: crowd, when: {rain: yes, guests: {at_least: 9}}, never: garden, because: It is a mess.}]
verdicts:
  garden: {title: In the garden, must: [Bring rugs.], output: {tables: 0}}
  kitchen: {title: In the kitchen, advice: [Tidy up first.]}
rules:
  - {rule: dry, when: {rain: no}, then: garden, because: It is pleasant outside.}
  - {rule: wet, when: {rain: yes}, then: kitchen, because: Nobody likes wet bread.}
"""
CASES = """\
policy: picnic
cases:
  - {case: Dry, given: {rain: no}, expect: garden, by: [dry]}
  - {case: Wet, given: {rain: yes, guests: 3}, expect: kitchen}
"""
PICNIC_SUMMARY = """\
picnic: sound, each of 60 situations gets exactly one verdict
  garden   30  50.0 %
  kitchen  30  50.0 %
"""
# A gap and a conflict: 9 and more guests in the rain have no place, and children never eat outside.
HOLE = """\
policy: hole
title: Where do we eat?
situation:
  rain: {ask: Does it rain?, type: yes_no, if_unsure: yes}
  guests: {ask: How many come?, type: integer, from: 1, to: 30}
  children: {ask: Are there children?, type: yes_no}
verdicts: {garden: {title: In the garden}, kitchen: {title: In the kitchen}}
rules:
  - {rule: dry, when: {rain: no}, then: garden, because: It is pleasant outside.}
  - {rule: wet, when: {rain: yes, guests: {at_most: 8}}, then: kitchen, because: Nobody likes wet bread.}
  - {rule: small, when: {children: yes, guests: {at_most: 2}}, then: kitchen, because: It is cosy.}
"""
# Sound, but a rule of it is not needed.
SPARE = PICNIC.replace("policy: picnic", "policy: spare") + (
    "  - {rule: storm, when: {rain: yes, guests: 1}, then: kitchen, because: One table is enough.}\n"
)
BROKEN = "policy: broken\ntitle: x\n"


def write(name: str, text: str) -> str:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")
    return name


def data(result: Result) -> dict[str, Any]:
    """The one JSON document that a run printed, less its version, which is 1."""
    found: dict[str, Any] = json.loads(result.out)
    assert found.pop("schema") == 1
    assert result.out == json.dumps({"schema": 1, **found}, ensure_ascii=False, indent=2) + "\n"
    return found


def place(file: str, line: int | None = None, column: int | None = None, path: str | None = None) -> dict[str, Any]:
    return {"file": file, "line": line, "column": column, "path": path}


def alone(*words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """`python -m engine` with these words in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    arguments = {"capture_output": True, "encoding": "utf-8", "timeout": 30, "check": False, **more}
    return subprocess.run([sys.executable, "-m", "engine", *words], env=environment, **arguments)

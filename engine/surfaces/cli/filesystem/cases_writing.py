"""Appending proposed cases to a cases file, leaving existing text unchanged."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from engine import Cases, Field, Policy, Proposal, Proposed
from engine.language.documents.nodes import Mapping as Nodes
from engine.language.documents.nodes import Sequence
from engine.language.documents.yaml_text import read_yaml
from engine.language.model.field_kinds import ANY_OF, CHOICE, TEXT, Value
from engine.language.model.values.value_texts import value_text
from engine.language.situations.cases_file import read_cases
from engine.language.situations.situation_records import nested
from engine.problems import PolicyError
from engine.surfaces.cli.filesystem.atomic_file import write_atomically

_INDENT = "  "
_MOST_REASONS = 3
_WIDTH = 118
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*", re.ASCII)
# Words that some YAML readers take for something other than text.
_NOT_TEXT = {"yes", "no", "on", "off", "y", "n", "true", "false", "null"}


def add_cases(path: Path, policy: Policy, cases: Cases, proposal: Proposal) -> Cases | None:
    """Append the cases to a cases file, creating it if necessary, and read it again.

    Returns None, and leaves the file unchanged, if the cases cannot be appended: the list is in flow style (`[ ]`) or
    is not the last section. The result is checked before the file is written.
    """
    data = path.read_bytes() if path.exists() else f"policy: {policy.name}\ncases:\n".encode()
    indent = _indent(data, str(path)) if path.exists() else _INDENT
    if indent is None:
        return None
    newline = "\r\n" if b"\r\n" in data else "\n"
    text = cases_yaml(policy, proposal, indent).replace("\n", newline)
    between = b"" if data.endswith((b"\n", b"\r")) else newline.encode()
    added = data + between + text.encode()
    try:
        read = read_cases(read_yaml(added, str(path)), policy)
    except PolicyError:
        return None
    wanted = [*cases.cases, *(each.case for each in proposal.cases)]
    if [_comparable(each) for each in read.cases] != [_comparable(each) for each in wanted]:
        return None
    write_atomically(path, added)
    return read


def _comparable(case: Any) -> tuple[Any, ...]:
    """What must be equal in a case that was written and read again."""
    return case.name, case.given.values, case.expect, case.by


def _indent(data: bytes, file: str) -> str | None:
    """The indentation of the cases in a file; None if they are not a block list."""
    root = read_yaml(data, file).root
    cases = root.get("cases") if isinstance(root, Nodes) else None
    if not isinstance(cases, Sequence) or not cases.items:
        return None
    line = data.decode("utf-8-sig").splitlines()[cases.items[0].place.line - 1]
    found = re.match(r"( *)- ", line)
    return found[1] if found else None


def cases_yaml(policy: Policy, proposal: Proposal, indent: str = _INDENT) -> str:
    """The cases as YAML, to follow `cases:`, with the reasons for each as comments."""
    lines = ["", f"{indent}# What these expect is what the policy decides now: read each, then name it in your words."]
    for each in proposal.cases:
        lines += _case_lines(policy, each, indent)
    return "\n".join(lines) + "\n"


def _case_lines(policy: Policy, proposed: Proposed, indent: str) -> Iterator[str]:
    """The lines of one case."""
    case = proposed.case
    for reason in proposed.reasons[:_MOST_REASONS]:
        yield f"{indent}# {''.join(letter for letter in ' '.join(reason.split()) if letter.isprintable())}"
    if len(proposed.reasons) > _MOST_REASONS:
        yield f"{indent}# and {len(proposed.reasons) - _MOST_REASONS:,} more"
    yield f"{indent}- case: {_quoted(case.name)}"
    written = {name: _value(policy.field[name], value) for name, value in case.given.values.items()}
    yield from _wrap(f"{indent}  given: ", _map(nested(written)))
    yield f"{indent}  expect: {_text(case.expect)}"
    if case.by:
        yield f"{indent}  by: [{', '.join(map(_text, case.by))}]"


def _value(field: Field, value: Value) -> str:
    """A value in YAML."""
    if field.kind in (CHOICE, TEXT):
        return _text(str(value))
    if field.kind == ANY_OF and isinstance(value, tuple):
        return f"[{', '.join(map(_text, value))}]"
    return value_text(field, value)


def _text(text: str) -> str:
    """A text in YAML, quoted if necessary."""
    plain = _PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXT
    return text if plain else _quoted(text)


def _quoted(text: str) -> str:
    """A text in double quotes, with invisible characters escaped."""
    return json.dumps(text, ensure_ascii=not text.isprintable())


def _map(entries: Mapping[str, Any]) -> list[str]:
    """A flow mapping, as parts between which a line may be broken."""
    parts = [f"{name}: {value}" if isinstance(value, str) else f"{name}: {' '.join(_map(value))}"
             for name, value in entries.items()]  # fmt: skip
    if not parts:
        return ["{}"]
    return [f"{'{' if not at else ''}{part}{'}' if at == len(parts) - 1 else ','}" for at, part in enumerate(parts)]


def _wrap(start: str, parts: list[str]) -> Iterator[str]:
    """Join the parts to lines of limited width; continuation lines are indented to the start of the mapping."""
    line = start
    for part in parts:
        if len(line) + len(part) > _WIDTH and line.strip() and not line.endswith("given: "):
            yield line.rstrip()
            line = f"{'':<{len(start) + 1}}"
        line += part + " "
    yield line.rstrip()

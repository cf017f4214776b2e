"""Appending proposed cases to a cases file, leaving existing text unchanged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine import Cases, Policy, Proposal, Proposed
from engine.language.documents.nodes import Mapping as Nodes
from engine.language.documents.nodes import Sequence
from engine.language.documents.yaml_text import read_yaml
from engine.language.model.policy_yaml import write_policy
from engine.language.situations.cases_file import read_cases
from engine.language.situations.situation_records import nested
from engine.problems import PolicyError
from engine.surfaces.cli.filesystem.atomic_file import write_atomically

_INDENT = "  "
_MOST_REASONS = 3
_WIDTH = 116


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
    text = cases_yaml(proposal, indent).replace("\n", newline)
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
    return case.name, case.given.values, case.expect, case.by, case.output


def _indent(data: bytes, file: str) -> str | None:
    """The indentation of the cases in a file; None if they are not a block list."""
    root = read_yaml(data, file).root
    cases = root.get("cases") if isinstance(root, Nodes) else None
    if not isinstance(cases, Sequence) or not cases.items:
        return None
    line = data.decode("utf-8-sig").splitlines()[cases.items[0].place.line - 1]
    found = re.match(r"( *)- ", line)
    return found[1] if found else None


def cases_yaml(proposal: Proposal, indent: str = _INDENT) -> str:
    """The cases as YAML, to follow `cases:`, with the reasons for each as comments."""
    lines = ["", f"{indent}# What these expect is what the policy decides now: read each, then name it in your words."]
    for each in proposal.cases:
        lines += _case_lines(each, indent)
    return "\n".join(lines) + "\n"


def _case_lines(proposed: Proposed, indent: str) -> Iterator[str]:
    """The lines of one case."""
    case = proposed.case
    for reason in proposed.reasons[:_MOST_REASONS]:
        yield f"{indent}# {''.join(letter for letter in ' '.join(reason.split()) if letter.isprintable())}"
    if len(proposed.reasons) > _MOST_REASONS:
        yield f"{indent}# and {len(proposed.reasons) - _MOST_REASONS:,} more"
    given = nested(dict(case.given.values))
    more = {"output": case.output, "by": case.by}
    parts = {"case": case.name, "given": given, "expect": case.expect} | {
        key: each for key, each in more.items() if each
    }
    for at, line in enumerate(write_policy(parts, _WIDTH - len(indent)).splitlines()):
        yield f"{indent}{'  ' if at else '- '}{line}"

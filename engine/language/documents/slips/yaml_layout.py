"""Detectors of layout slips in YAML: wrong indentation and missing list hyphens."""

from __future__ import annotations

import re

from engine.language.documents.slips.yaml_lines import (
    ENTRY,
    HEADS,
    ParserError,
    Slip,
    column_of,
    indent_of,
    is_inside_brackets,
    is_written,
    line_above,
    spaces,
)
from engine.language.documents.text import shorten


def dash_slip(lines: list[str], error: ParserError) -> Slip | None:
    """A `- ` missing before the first key of a list item, on the line of the error or above it."""
    line = lines[error.line]
    if re.match(r" *- ", line) and any(part in error.message for part in ("<block end>", "expected key")):
        first = error.line
        while (above := line_above(lines, first)) is not None and indent_of(lines[above]) >= indent_of(line):
            first = above
        entry = ENTRY.match(lines[first])
        if first < error.line and entry and not entry["dash"] and entry["key"] in HEADS:
            return _insert_dash(lines, first, error.line, indent_of(line))
        return None
    found = ENTRY.match(line)
    above = line_above(lines, error.line)
    if (
        "mapping values are not allowed" in error.message
        and above is not None
        and indent_of(line) == indent_of(lines[above]) + 2
    ):
        over = ENTRY.match(lines[above])
        if over and not over["dash"] and over["key"] in HEADS[:3] and found:
            return _insert_dash(lines, above, above + 1)
    if found and not found["dash"] and found["key"] in HEADS[:3] and "'-' indicator" in error.message:
        end = error.line + 1
        while (
            end < len(lines)
            and is_written(lines[end])
            and indent_of(lines[end]) == indent_of(line)
            and not lines[end].lstrip().startswith("- ")
        ):
            end += 1
        return _insert_dash(lines, error.line, end)
    return None


def _insert_dash(lines: list[str], first: int, end: int, column: int | None = None) -> Slip:
    """The slip with a hyphen inserted before line `first`, and the item's other lines up to `end` indented to match.

    Args:
        lines: The lines of the file.
        first: The line that begins the item.
        end: The line after the item's last.
        column: The column of the hyphen; None for the indentation of line `first`.
    """
    indent = indent_of(lines[first]) if column is None else column
    head = f"{' ' * indent}- {lines[first].lstrip()}"
    moved = [
        f"  {line}" if is_written(line) and indent_of(line) <= indent + 1 else line for line in lines[first + 1 : end]
    ]
    key = lines[first].split(":")[0].strip()
    further = ", and indent what belongs to it by two more" if moved != lines[first + 1 : end] else ""
    help_ = f"begin the line with `- `{further}: `{shorten(head, 160)}`"
    message = f"`- ` is missing before `{shorten(key)}`, which begins an item of the list"
    return first, indent_of(lines[first]), message, help_, [*lines[:first], head, *moved, *lines[end:]]


def indent_slip(lines: list[str], error: ParserError) -> Slip | None:
    """A line indented deeper or less deep than the keys it belongs beside."""
    at = error.line
    above = line_above(lines, at)
    if above is None or not ENTRY.match(lines[at]) or is_inside_brackets(lines, at):
        return None
    entry = ENTRY.match(lines[above])
    is_uneven = any(part in error.message for part in ("<block end>", "'-' indicator", "expected key", "block mapping"))
    if not is_uneven and "mapping values are not allowed" not in error.message:
        return None
    if outside := _left_of_its_item(lines, at, above):
        return outside
    if entry is not None and entry["value"] is not None and indent_of(lines[at]) > column_of(lines[above]):
        over = line_above(lines, above)
        if (
            over is not None
            and _is_bare(lines[over])
            and column_of(lines[over]) == column_of(lines[above]) == indent_of(lines[above])
        ):
            # The line above is the misplaced one: it belongs under the bare key before it.
            return _reindent(lines, above, indent_of(lines[at]), "less deep", lines[at])
        return _reindent(lines, at, column_of(lines[above]), "deeper", lines[above])
    return _too_shallow(lines, at) if is_uneven else None


def _left_of_its_item(lines: list[str], at: int, above: int) -> Slip | None:
    """The last key of a list item that is left of the item's hyphen, before the hyphen of the next item."""
    column = indent_of(lines[at])
    if not lines[at].lstrip().startswith("- ") or indent_of(lines[above]) >= column or not ENTRY.match(lines[above]):
        return None
    first = next((each for each in range(above - 1, -1, -1) if lines[each].startswith(f"{' ' * column}- ")), None)
    if first is None or any(is_written(each) and indent_of(each) < column for each in lines[first:above]):
        return None
    return _reindent(lines, above, column_of(lines[first]), "less deep", lines[first])


def _too_shallow(lines: list[str], at: int) -> Slip | None:
    """A line indented less than its siblings but more than their parent."""
    line = lines[at]
    has_dash = line.lstrip().startswith("- ")
    every = [each for each in range(at) if is_written(lines[each])]
    under = max((each for each in every if column_of(lines[each]) < indent_of(line)), default=-1)
    written = [each for each in every if each > under]
    beside = [each for each in written if not has_dash or lines[each].lstrip().startswith("- ")]
    depth = {each: indent_of(lines[each]) if has_dash else column_of(lines[each]) for each in beside}
    targets = sorted({column for column in depth.values() if column > indent_of(line)})
    if not targets:
        return None
    last = max(each for each in beside if depth[each] == targets[0])
    parent = max((each for each in every if each < last and column_of(lines[each]) < targets[0]), default=None)
    first = next((each for each in every if parent is not None and each > parent), last)
    is_child = parent is not None and _is_bare(lines[parent]) and indent_of(line) == column_of(lines[parent]) + 2
    if is_child and targets[0] != indent_of(line) and not lines[first].lstrip().startswith("- "):
        # The lines above are too deep, rather than this one too shallow.
        return _reindent(lines, first, indent_of(line), "deeper", line)
    return _reindent(lines, at, targets[0], "less deep", lines[last])


def _is_bare(line: str) -> bool:
    """Whether a line is a key without a value."""
    entry = ENTRY.match(line)
    return entry is not None and entry["value"] is None


def _reindent(lines: list[str], at: int, target: int, how: str, beside: str) -> Slip:
    """The slip with line `at`, and the following lines with the same mistake, moved to column `target`."""
    indent = indent_of(lines[at])
    shift = target - indent
    changed = list(lines)
    is_bare = _is_bare(lines[at])
    for each in range(at, len(lines)):
        if not is_written(lines[each]):
            continue
        depth = indent_of(lines[each])
        is_other = depth < indent or (depth == indent) == is_bare
        if each > at and (is_other or lines[each][depth:].startswith("- ")):
            break
        if each == at or (depth == indent and not is_bare) or (depth > indent and is_bare and depth <= target):
            changed[each] = " " * (depth + shift) + lines[each].lstrip(" ")
    key = re.split(r":(?: |$)", beside[column_of(beside) :])[0]
    message = f"this line is indented {how} than `{shorten(key)}:`, beside which it belongs"
    return at, indent, message, f"begin it with {spaces(target)}: `{shorten(changed[at], 160)}`", changed

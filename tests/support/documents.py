"""What do the documents of the project show? Their fenced blocks, in order, and what each says that it is.

The word after the opening fence says how a block is tried:

- `console` holds commands after `$ ` with their output below, where `…` alone on a line stands for lines left out;
- `python` is run; `sh` holds commands whose parts must exist, such as an extra, a recipe or a marker;
- `yaml file=NAME` (or `csv`, `json`, `sql`) is a file of that name, which the blocks below it may use;
- `yaml in=NAME` replaces the sections of that file that it holds, or adds them;
- `diff file=NAME` is an edit of that file;
- `text` is for people alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^```(?P<info>[^`\n]+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
_SECTION = re.compile(r"^(?=[a-z]\w*:)", re.MULTILINE)


class Block(NamedTuple):
    language: str
    options: dict[str, str]
    text: str
    line: int
    heading: str


class Story(NamedTuple):
    """A section of a document: its own blocks, and those above it that say what is in which file."""

    document: str
    heading: str
    above: tuple[Block, ...]
    blocks: tuple[Block, ...]


def blocks_of(document: str) -> list[Block]:
    """The fenced blocks of a document, each with the heading of level two that it stands under."""
    text = (ROOT / document).read_text(encoding="utf-8")
    found = []
    for fence in _FENCE.finditer(text):
        language, *options = fence["info"].split()
        before = text[: fence.start()]
        headings = re.findall(r"^##? (.+)$", _FENCE.sub("", before), re.MULTILINE)
        pairs = dict(option.split("=", 1) for option in options)
        found.append(Block(language, pairs, fence["text"], before.count("\n") + 1, headings[-1] if headings else ""))
    return found


def stories_of(document: str) -> Iterator[Story]:
    """The sections of a document that have blocks."""
    blocks = blocks_of(document)
    for heading in dict.fromkeys(block.heading for block in blocks):
        own = tuple(block for block in blocks if block.heading == heading)
        above = tuple(
            block
            for block in blocks
            if block.line < own[0].line and not block.options.keys().isdisjoint(("file", "in"))
        )
        yield Story(document, heading, above, own)


def write_block(block: Block, folder: Path) -> Path:
    """Brings the file that a block is about to the state that the reader has below it, and gives its path."""
    path = folder / (block.options.get("file") or block.options["in"])
    if block.language == "diff":
        path.write_text(edited(path.read_text(encoding="utf-8"), block.text), encoding="utf-8")
    elif "in" in block.options:
        path.write_text(with_sections(path.read_text(encoding="utf-8"), block.text), encoding="utf-8")
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")
    return path


def edited(text: str, edit: str) -> str:
    """The text after an edit: lines with `-` are replaced by those with `+`; others stand for themselves.

    Parts that are apart in the file are separated by a line `@@`.
    """
    for part in re.split(r"^@@.*\n", edit, flags=re.MULTILINE):
        lines = part.splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if line[0] in " -")
        new = "".join(line[1:] for line in lines if line[0] in " +")
        if text.count(old) != 1:
            raise ValueError(f"the edit does not fit the file at one place:\n{old}")
        text = text.replace(old, new)
    return text


def with_sections(text: str, more: str) -> str:
    """A YAML file in which each top-level section of `more` stands in place of the one of its name, or at the end."""
    sections = {part.partition(":")[0]: part for part in _SECTION.split(text) if part}
    sections |= {part.partition(":")[0]: part for part in _SECTION.split(more) if part}
    return "".join(sections.values())

"""The pages of `rules/PROBLEMS.md`, by problem code."""

from __future__ import annotations

import re

from engine.bundled import folder


def code_pages() -> dict[str, str]:
    """A dict from code to page text in Markdown, in the order of the document."""
    text = (folder("rules") / "PROBLEMS.md").read_text(encoding="utf-8")
    parts = re.split(r"^### `([a-z0-9-]+)`\n", text, flags=re.MULTILINE)
    pages = {}
    for code, page in zip(parts[1::2], parts[2::2], strict=True):
        # A page ends where the next group of codes begins.
        pages[code] = re.split(r"^## ", page, maxsplit=1, flags=re.MULTILINE)[0].strip()
    return pages

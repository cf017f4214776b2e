"""Tables in Markdown and as a self-contained HTML page.

If the columns do not fit side by side, as on a phone or on paper, each row becomes a card that leaves out tests whose
answer makes no difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from engine.surfaces.render.pictures.picture_text import width_of
from engine.surfaces.render.sheets import Head, Sheet
from engine.surfaces.render.templates import fill_template

# Characters with a meaning in Markdown.
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~&!])")

# Widths in pixels: cell padding, page margins, and the column width at which text of a role is easy to read.
_PADDING, _MARGINS = 18.0, 44.0
_EASY = {"test": 72.0, "name": 100.0, "count": 72.0, "text": 128.0}
# Text widths are estimated for the widest fonts; usual ones are this much narrower.
_USUAL = 0.8
# The scale of a table on paper.
_ON_PAPER = 0.76


def as_markdown(sheet: Sheet) -> str:
    """A Markdown document with a pipe table, the notes and a legend of the headings."""
    rows = [
        [text or ("–" if head.role == "test" else "") for head, text in zip(sheet.heads, row, strict=True)]
        for row in sheet.rows
    ]
    line = f"|{'|'.join('---:' if head.role == 'count' else '---' for head in sheet.heads)}|"
    top = [f"# {_escape_markdown(sheet.title)}", "", _pipe_row([head.name for head in sheet.heads]), line]
    notes = [f"- {_escape_markdown(note)}" for note in sheet.notes]
    legend = [
        f"- **{_escape_markdown(head.name)}**: {_escape_markdown(head.means)}" for head in sheet.heads if head.means
    ]
    return "\n".join([*top, *map(_pipe_row, rows), "", *notes, *([""] if legend else []), *legend])


def _pipe_row(cells: Sequence[str]) -> str:
    """A row of a pipe table."""
    return f"| {' | '.join(map(_escape_markdown, cells))} |"


def _escape_markdown(text: str) -> str:
    """Escape text for Markdown, on one line."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def as_html(sheet: Sheet) -> str:
    """A self-contained HTML document with the table."""
    widths = (_column_width(head, [row[place] for row in sheet.rows]) for place, head in enumerate(sheet.heads))
    room = sum(widths, _MARGINS)
    rows = (_html_row(sheet.heads, row, fault) for row, fault in zip(sheet.rows, sheet.faults, strict=True))
    # Explicit roles keep table semantics for screen readers when CSS displays the table as blocks.
    return fill_template(
        "engine.surfaces.render",
        "table.html",
        title=escape(sheet.title),
        room=f"{room:.0f}",
        room_on_paper=f"{room * _ON_PAPER:.0f}",
        caption=escape(sheet.caption),
        heads="".join(map(_html_head, sheet.heads)),
        rows="\n".join(rows),
        notes="\n".join(f"<li>{escape(note)}</li>" for note in sheet.notes),
        legend="\n".join(_html_legend(sheet.heads)),
    )


def _column_width(head: Head, texts: Sequence[str]) -> float:
    """The least readable width of a column in pixels, from its longest word and its whole texts."""
    words = [*re.split(r"(?<=[_.])", head.name), *(word for text in texts for word in re.split(r"\s+|(?<=-)", text))]
    longest = max(map(width_of, words)) * _USUAL
    whole = max(map(width_of, (head.name, *texts))) * _USUAL
    return max(longest, min(whole, _EASY[head.role])) + _PADDING


def _html_head(head: Head) -> str:
    """A column heading, with its meaning as a tooltip."""
    # Allow a long name to break between its words.
    name = re.sub(r"([_.])", r"\1<wbr>", escape(head.name))
    shown = f'<abbr title="{escape(head.means)}">{name}</abbr>' if head.means else name
    return f'<th role="columnheader" scope="col">{shown}</th>'


def _html_row(heads: Sequence[Head], row: Sequence[str], fault: bool) -> str:
    """A table row."""
    cells = [_html_cell(head, text, fault) for head, text in zip(heads, row, strict=True)]
    return f'<tr role="row">{"".join(cells)}</tr>'


def _html_cell(head: Head, text: str, fault: bool) -> str:
    """A table cell, marked up for the role of its column."""
    label = f'data-head="{escape(head.name)}"'
    if head.role == "name":
        mark = ' class="fault"' if fault else ""
        return f'<th role="rowheader" scope="row" {label}{mark}>{escape(text)}</th>'
    look = {"test": "" if text else "any", "count": "count" if text else "none", "text": "" if text else "none"}
    name = f' class="{look[head.role]}"' if look[head.role] else ""
    shown = "<br>".join(map(escape, text.splitlines())) or ("any" if head.role == "test" else "")
    return f'<td role="cell" {label}{name}><span>{shown}</span></td>'


def _html_legend(heads: Sequence[Head]) -> Iterator[str]:
    """The meanings of the headings, if there are any."""
    explained = [head for head in heads if head.means]
    if explained:
        yield "<h2>What the columns stand for</h2>"
        yield "<dl>"
        yield from (f"<dt>{escape(head.name)}</dt><dd>{escape(head.means)}</dd>" for head in explained)
        yield "</dl>"

"""How does a table look in Markdown, and as a page that stands alone?

The page is as wide as the window. Where the columns have no room side by side, on a telephone or on paper, each row is
a card of its own that leaves out what makes no difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from engine.surfaces.render.pictures.picture_text import width_of
from engine.surfaces.render.sheets import Head, Sheet

# What Markdown could read as more than text.
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~&!])")

_STYLE = """\
:root { color-scheme: light dark; --line: #767676; --soft: #f2f2ef; --paper: #fff; --ink: #1a1a1a; }
@media (prefers-color-scheme: dark) { :root { --line: #8a8a8a; --soft: #2a2a2a; --paper: #161616; --ink: #ececec; } }
body { margin: 1.25rem; background: var(--paper); color: var(--ink); font: 1rem/1.45 system-ui, sans-serif;
  overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; }
h2 { font-size: 1.15rem; }
table { border-collapse: collapse; font-size: .875rem; }
caption { text-align: start; padding-block-end: .5rem; font-size: 1rem; }
th, td { border: 1px solid var(--line); padding: .35rem .5rem; text-align: start; vertical-align: top;
  overflow-wrap: break-word; }
thead th { background: var(--soft); vertical-align: bottom; }
abbr { text-decoration: underline dotted; text-underline-offset: .2em; cursor: help; }
tbody tr:nth-child(even) { background: var(--soft); }
tbody th { font-weight: 600; }
.any { opacity: .75; }
.fault { font-style: italic; text-decoration: underline; }
.count { text-align: end; font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: fit-content(40%) 1fr; gap: .25rem 1rem; }
dt { font-weight: 600; }
dd { margin: 0; }
tr { break-inside: avoid; }
@page { size: landscape; margin: 12mm; }
@media print { body { margin: 0; } table { font-size: 8pt; } }"""
# Each row below the other: a head beside each cell that says something.
_CARDS = """\
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, caption, tbody, tr { display: block; }
  tr { border: 1px solid var(--line); border-radius: .4rem; margin-block-end: .75rem; padding: .5rem .75rem; }
  tbody th, td, td.count { display: grid; grid-template-columns: min(11rem, 38%) minmax(0, 1fr); gap: .75rem; border: 0;
    padding: .2rem 0; text-align: start; overflow-wrap: anywhere; }
  tbody th::before, td::before { content: attr(data-head); font-weight: 400; opacity: .8; }
  .any, .none { display: none; }"""
# The room of a cell beside its text, and of the page beside the table; and what a longer text needs to be read easily.
_PADDING, _MARGINS = 18.0, 44.0
_EASY = {"test": 72.0, "name": 100.0, "count": 72.0, "text": 128.0}
# How much narrower usual fonts are than the widest, for which widths are reckoned.
_USUAL = 0.8
# How much smaller a table is on paper.
_ON_PAPER = 0.76


def as_markdown(sheet: Sheet) -> str:
    """The table in Markdown, with pipes, and what its heads stand for below."""
    rows = [
        [text or ("–" if head.role == "test" else "") for head, text in zip(sheet.heads, row, strict=True)]
        for row in sheet.rows
    ]
    line = f"|{'|'.join('---:' if head.role == 'count' else '---' for head in sheet.heads)}|"
    top = [f"# {_marked(sheet.title)}", "", _piped([head.name for head in sheet.heads]), line]
    notes = [f"- {_marked(note)}" for note in sheet.notes]
    legend = [f"- **{_marked(head.name)}**: {_marked(head.means)}" for head in sheet.heads if head.means]
    return "\n".join([*top, *map(_piped, rows), "", *notes, *([""] if legend else []), *legend])


def _piped(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(_marked, cells))} |"


def _marked(text: str) -> str:
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def as_html(sheet: Sheet) -> str:
    """The table as an HTML document that needs nothing else."""
    title = escape(sheet.title)
    room = sum(_room(head, [row[place] for row in sheet.rows]) for place, head in enumerate(sheet.heads)) + _MARGINS
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            f"<title>{title}</title>",
            "<style>",
            _STYLE,
            f"@media screen and (max-width: {room:.0f}px), print and (max-width: {room * _ON_PAPER:.0f}px) {{",
            _CARDS,
            "}",
            "</style>",
            "</head>",
            "<body>",
            "<main>",
            f"<h1>{title}</h1>",
            # A table that is shown as blocks is told as one all the same.
            '<table role="table">',
            f"<caption>{escape(sheet.caption)}</caption>",
            f'<thead role="rowgroup"><tr role="row">{"".join(map(_html_head, sheet.heads))}</tr></thead>',
            '<tbody role="rowgroup">',
            *(_html_row(sheet.heads, row, fault) for row, fault in zip(sheet.rows, sheet.faults, strict=True)),
            "</tbody>",
            "</table>",
            "<ul>",
            *(f"<li>{escape(note)}</li>" for note in sheet.notes),
            "</ul>",
            *_html_legend(sheet.heads),
            "</main>",
            "</body>",
            "</html>",
        ]
    )


def _room(head: Head, texts: Sequence[str]) -> float:
    """The width in pixels from which a column can be read easily: its longest word, or a few short ones."""
    words = [*re.split(r"(?<=[_.])", head.name), *(word for text in texts for word in re.split(r"\s+|(?<=-)", text))]
    longest = max(map(width_of, words)) * _USUAL
    whole = max(map(width_of, (head.name, *texts))) * _USUAL
    return max(longest, min(whole, _EASY[head.role])) + _PADDING


def _html_head(head: Head) -> str:
    # A long name may break where its words do.
    name = re.sub(r"([_.])", r"\1<wbr>", escape(head.name))
    shown = f'<abbr title="{escape(head.means)}">{name}</abbr>' if head.means else name
    return f'<th role="columnheader" scope="col">{shown}</th>'


def _html_row(heads: Sequence[Head], row: Sequence[str], fault: bool) -> str:
    cells = [_html_cell(head, text, fault) for head, text in zip(heads, row, strict=True)]
    return f'<tr role="row">{"".join(cells)}</tr>'


def _html_cell(head: Head, text: str, fault: bool) -> str:
    label = f'data-head="{escape(head.name)}"'
    if head.role == "name":
        mark = ' class="fault"' if fault else ""
        return f'<th role="rowheader" scope="row" {label}{mark}>{escape(text)}</th>'
    look = {"test": "" if text else "any", "count": "count" if text else "none", "text": "" if text else "none"}
    name = f' class="{look[head.role]}"' if look[head.role] else ""
    shown = "<br>".join(map(escape, text.splitlines())) or ("any" if head.role == "test" else "")
    return f'<td role="cell" {label}{name}><span>{shown}</span></td>'


def _html_legend(heads: Sequence[Head]) -> Iterator[str]:
    told = [head for head in heads if head.means]
    if told:
        yield "<h2>What the columns stand for</h2>"
        yield "<dl>"
        yield from (f"<dt>{escape(head.name)}</dt><dd>{escape(head.means)}</dd>" for head in told)
        yield "</dl>"

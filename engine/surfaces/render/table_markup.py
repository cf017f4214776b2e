"""How does a decision table look in Markdown, and as a page that stands alone?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from engine.analysis.showing.decision_table import FACTS, DecisionTable, Row

# What Markdown could read as more than text.
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~&!])")

_STYLE = """\
:root { color-scheme: light dark; --line: #767676; --soft: #f2f2ef; --paper: #fff; --ink: #1a1a1a; }
@media (prefers-color-scheme: dark) { :root { --line: #8a8a8a; --soft: #2a2a2a; --paper: #161616; --ink: #ececec; } }
body { margin: 2rem; background: var(--paper); color: var(--ink); font: 1rem/1.45 system-ui, sans-serif; }
h1 { font-size: 1.5rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
caption { text-align: start; padding-block-end: .5rem; }
th, td { border: 1px solid var(--line); padding: .35rem .6rem; text-align: start; vertical-align: top; }
thead th { background: var(--soft); vertical-align: bottom; }
tbody tr:nth-child(even) { background: var(--soft); }
tbody th { font-weight: 600; }
.any { opacity: .75; }
.fault { font-style: italic; text-decoration: underline; }
.count { text-align: end; font-variant-numeric: tabular-nums; }
@media print { body { margin: 0; font-size: .75rem; } .wide { overflow: visible; } tr { break-inside: avoid; } }"""


def as_markdown(table: DecisionTable) -> str:
    """The table in Markdown, with pipes."""
    head = [*(column.head for column in table.columns), *FACTS]
    rows = [[*(words or "–" for words in row.words), *row.facts()] for row in table.rows]
    lines = [f"# {_marked(table.title)}", "", _piped(head), f"|{'---|' * (len(head) - 1)}---:|"]
    return "\n".join([*lines, *map(_piped, rows), "", *(f"- {_marked(note)}" for note in table.notes())])


def _piped(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(_marked, cells))} |"


def _marked(text: str) -> str:
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def as_html(table: DecisionTable) -> str:
    """The table as an HTML document that needs nothing else."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in [*(each.head for each in table.columns), *FACTS])
    notes = "".join(f"<li>{escape(note)}</li>\n" for note in table.notes())
    title = escape(table.title)
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            f"<title>{title}</title>",
            f"<style>\n{_STYLE}\n</style>",
            "</head>",
            "<body>",
            "<main>",
            f"<h1>{title}</h1>",
            '<div class="wide" role="region" aria-label="Decision table" tabindex="0">',
            "<table>",
            "<caption>Each row is a case of its own; “any” means that the answer makes no difference.</caption>",
            f"<thead><tr>{head}</tr></thead>",
            "<tbody>",
            *map(_html_row, table.rows),
            "</tbody>",
            "</table>",
            "</div>",
            f"<ul>\n{notes}</ul>",
            "</main>",
            "</body>",
            "</html>",
        ]
    )


def _html_row(row: Row) -> str:
    cells = [f"<td>{escape(words)}</td>" if words else '<td class="any">any</td>' for words in row.words]
    title, rules, situations = map(escape, row.facts())
    fault = "" if row.verdict else ' class="fault"'
    verdict = f'<th scope="row"{fault}>{title}</th>'
    return f'<tr>{"".join(cells)}{verdict}<td>{rules}</td><td class="count">{situations}</td></tr>'

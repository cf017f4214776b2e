"""Differences between two policies as Markdown and as GitHub annotations, for pull requests."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.analysis.comparing.difference import Change, Difference, Side, many_words
from engine.language.model.words import number_words, share_words
from engine.problems import Place
from engine.surfaces.git_revisions import parse_revision, top_path
from engine.surfaces.render.finding_reports import annotation

_MARKS = re.compile(r"([\\`*_\[\]|~])")
_CALLS = re.compile(r"([@#])(?=\w)")


def github(difference: Difference) -> str:
    """Workflow commands: one for each change, at the rule of the new version in its example, and a summary."""
    lines = []
    for change in difference.changes:
        title = f"{change.before.name} -> {change.after.name}"
        text = "\n".join([many_words(change.situations, difference.total), *list(change.lines(difference.total))[1:]])
        lines.append(annotation("warning", _checkout_place(change.after.places[0]), title, text))
    level = "notice" if difference.same else "warning"
    title = "verdict diff" if difference.proved else "not-proved"
    lines.append(annotation(level, Place(""), title, "\n".join([*difference.notes(), difference.summary()])))
    return "\n".join(lines)


def _checkout_place(place: Place) -> Place:
    """The place in the checked-out file, for a policy that was read at a git revision."""
    named = parse_revision(place.file)
    return place if named is None else place._replace(file=top_path(named))


def markdown(difference: Difference) -> str:
    """A table of all changes, then collapsible details of each with its example and regions."""
    lines = [f"**{_escape_markdown(difference.summary())}**"]
    if difference.changes:
        lines += ["", "| old verdict | new verdict | situations | share |", "|---|---|---:|---:|"]
        lines += [_row(change, difference.total) for change in difference.changes]
    for change in difference.changes:
        lines += ["", *_details(change, difference.total)]
    if difference.notes():
        lines += ["", *(f"- {_escape_markdown(note.removeprefix('note  '))}" for note in difference.notes())]
    return "\n".join(lines)


def _row(change: Change, total: int | None) -> str:
    """The table row of a change."""
    count = change.situations
    share = "" if count is None or total is None else share_words(count, total)
    cells = [_side_words(change.before), _side_words(change.after), number_words(count), share]
    return f"| {' | '.join(cells)} |"


def _side_words(side: Side) -> str:
    """One side of a change: title and name of its verdict."""
    return _escape_markdown(f"{side} ({side.verdict})" if side.verdict else str(side))


def _details(change: Change, total: int | None) -> Iterator[str]:
    """The collapsible details of a change."""
    text = "\n".join(change.lines(total))
    # The fence is longer than any run of backticks in the text, so the text cannot close it.
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text)), 0)
    yield f"<details><summary>{_escape_html(change.headline(total))}</summary>"
    yield from ["", f"{fence}text", text, fence, "", "</details>"]


def _escape_markdown(text: str) -> str:
    """Escape text for Markdown, so that it causes no formatting, table cells, mentions or issue links."""
    return _CALLS.sub(r"\1<!-- -->", _MARKS.sub(r"\\\1", _escape_html(text)))


def _escape_html(text: str) -> str:
    """Escape text for HTML, on one line."""
    return " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

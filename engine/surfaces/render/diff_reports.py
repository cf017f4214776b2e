"""How is a difference written for a pull request: as Markdown for a comment, and beside the lines it is about?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.analysis.comparing.difference import Change, Difference, Side, many_words
from engine.language.model.words import number_words, share_words
from engine.problems import Place
from engine.surfaces.git_revisions import revised, top_path
from engine.surfaces.render.finding_reports import annotation

_MARKS = re.compile(r"([\\`*_\[\]|~])")
_CALLS = re.compile(r"([@#])(?=\w)")


def github(difference: Difference) -> str:
    """A workflow command for each change, at the rule of the new version that its example comes from."""
    lines = []
    for change in difference.changes:
        title = f"{change.before.name} -> {change.after.name}"
        text = "\n".join([many_words(change.situations, difference.total), *list(change.lines(difference.total))[1:]])
        lines.append(annotation("warning", _in_checkout(change.after.places[0]), title, text))
    level = "notice" if difference.same else "warning"
    title = "verdict diff" if difference.proved else "not-proved"
    lines.append(annotation(level, Place(""), title, "\n".join([*difference.notes(), difference.summary()])))
    return "\n".join(lines)


def _in_checkout(place: Place) -> Place:
    """A place of the file as it is in the checkout, without the revision that it was read at."""
    named = revised(place.file)
    return place if named is None else place._replace(file=top_path(named))


def markdown(difference: Difference) -> str:
    """A table of all changes, then each with its example and its regions, to be unfolded."""
    lines = [f"**{_plain(difference.summary())}**"]
    if difference.changes:
        lines += ["", "| old verdict | new verdict | situations | share |", "|---|---|---:|---:|"]
        lines += [_row(change, difference.total) for change in difference.changes]
    for change in difference.changes:
        lines += ["", *_details(change, difference.total)]
    if difference.notes():
        lines += ["", *(f"- {_plain(note.removeprefix('note  '))}" for note in difference.notes())]
    return "\n".join(lines)


def _row(change: Change, total: int | None) -> str:
    count = change.situations
    share = "" if count is None or total is None else share_words(count, total)
    cells = [_titled(change.before), _titled(change.after), number_words(count), share]
    return f"| {' | '.join(cells)} |"


def _titled(side: Side) -> str:
    return _plain(f"{side} ({side.verdict})" if side.verdict else str(side))


def _details(change: Change, total: int | None) -> Iterator[str]:
    text = "\n".join(change.lines(total))
    # No run of backticks in the text may end the block before its end.
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text)), 0)
    yield f"<details><summary>{_html(change.headline(total))}</summary>"
    yield from ["", f"{fence}text", text, fence, "", "</details>"]


def _plain(text: str) -> str:
    """An author's words, of which Markdown makes nothing but words: no emphasis, cell, mention or issue."""
    return _CALLS.sub(r"\1<!-- -->", _MARKS.sub(r"\\\1", _html(text)))


def _html(text: str) -> str:
    return " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

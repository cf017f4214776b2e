"""What is an author told of a typical slip, and does the way out lead out?

`tests/wrong/expected/slips.txt` holds three sound files and a list of single edits, each with the whole message that
comes of it:

    === what the slip is
    @ picnic                 the file it is made in
    - then: go               what stood there
    + then:go                what stands there now
    > same                   what becomes of the file when the way out is pasted
    picnic:31:5  …           the message

`same` is the policy as it was before the slip, `read` another one that is read, `told` no text to paste. After a
message was changed, `REWRITE_EXPECTED=1 python -m pytest -q tests/language/test_slips.py` writes the messages down
anew: read the difference.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import pytest
import yaml

from engine import Policy, PolicyError
from engine.language.documents.yaml_text import read_yaml
from engine.language.sections.policy_sources import load_text
from engine.language.situations.cases_file import read_cases
from engine.problems import Problem
from tests.support.refusals.sections import WRONG

EXPECTED = WRONG / "expected" / "slips.txt"
REWRITING = bool(os.environ.get("REWRITE_EXPECTED"))
# What is missing is told where the rule begins.
_ELSEWHERE = ("a reason is missing", "a verdict is missing")


class Slip(NamedTuple):
    """One edit of one file, and what is expected of it."""

    name: str
    file: str
    old: str
    new: str
    outcome: str
    message: str

    def text(self, bases: dict[str, str]) -> str:
        return bases[self.file].replace(self.old, self.new, 1)


def _read() -> tuple[dict[str, str], list[Slip]]:
    bases: dict[str, str] = {}
    slips = []
    for section in re.split(r"^=== ", EXPECTED.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        name, _, rest = section.partition("\n")
        if name.startswith("base "):
            bases[name.removeprefix("base ")] = rest
            continue
        for part in re.split(r"^@ ", rest, flags=re.MULTILINE)[1:]:
            lines = part.splitlines()
            old, new = ("\n".join(line[2:] for line in lines if line.startswith(sign)) for sign in ("- ", "+ "))
            at = next(index for index, line in enumerate(lines) if line.startswith("> "))
            slips.append(Slip(name, lines[0], old, new, lines[at][2:], "\n".join(lines[at + 1 :])))
    return bases, slips


BASES, SLIPS = _read()


def _load(file: str, text: str) -> str:
    """What a file means, as one text; raises `PolicyError`."""
    if file == "cases":
        read = read_cases(read_yaml(text.encode(), "cases"), _picnic())
        return repr([(case.name, case.given, case.expect, case.by) for case in read.cases])
    return load_text(text.encode(), file).sha256


@cache
def _picnic() -> Policy:
    return load_text(BASES["picnic"].encode(), "picnic")


def _problems(slip: Slip) -> tuple[Problem, ...]:
    with pytest.raises(PolicyError) as refused:
        _load(slip.file, slip.text(BASES))
    return tuple(refused.value.problems)


def _edited_lines(slip: Slip) -> range:
    start = BASES[slip.file][: BASES[slip.file].index(slip.old)].count("\n") + 1
    return range(start, start + slip.new.count("\n") + 1)


def _proposals(problem: Problem) -> list[str]:
    """The texts that are offered to be pasted."""
    return re.findall(r"`([^`]+)`", problem.help)


def _outcome(slip: Slip, problems: tuple[Problem, ...]) -> str:
    """What the file is after a proposal was pasted over a piece of the line it is about."""
    best = "told"
    for proposal in _proposals(problems[0]):
        for text in _pasted(slip.text(BASES), problems[0], proposal):
            if not _is_yaml(text):
                continue
            try:
                meaning = _load(slip.file, text)
            except PolicyError:
                continue
            if meaning == _meant(slip.file):
                return "same"
            best = "read"
    return best


def _is_yaml(text: str) -> bool:
    """What is none is refused in any case, and to find out why takes long."""
    try:
        yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return False
    return True


@cache
def _meant(file: str) -> str:
    return _load(file, BASES[file])


def _pasted(text: str, problem: Problem, proposal: str) -> Iterator[str]:
    """The text with the proposal in place of the line, or of a piece of it that begins at a key or at the place."""
    lines = text.split("\n")
    at = problem.places[0].line - 1
    line = lines[at]
    indent = re.match(r" *(?:- )?", line)
    assert indent
    whole = [proposal, indent.group() + proposal, line[: len(line) - len(line.lstrip())] + proposal]
    if proposal.startswith("- "):
        whole.append(line[: max(0, indent.end() - 2)] + proposal)
    keys = re.finditer(r"[\w.-]+ ?[<>=!]*:|(?<=: )\S", line)
    starts = {problem.places[0].column - 1, *(found.start() for found in keys)}
    words = re.finditer(r"[^\s,{}\[\]]+|\"[^\"]*\"|[}\]]", line)
    ends = {len(line), *(found.end() for found in words), *(found.start() for found in re.finditer(":", line))}
    pieces = [line[:start] + proposal + line[end:] for start in sorted(starts) for end in sorted(ends) if end > start]
    below = at + 1
    while below < len(lines) and lines[below].startswith(" " * (len(indent.group()) + 1)):
        below += 1
    for changed in dict.fromkeys([*whole, *pieces]):
        yield "\n".join([*lines[:at], changed, *lines[at + 1 :]])
        if below > at + 1:
            # The entry goes on below the line.
            yield "\n".join([*lines[:at], changed, *lines[below:]])


def _said(slip: Slip, problems: tuple[Problem, ...]) -> str:
    return "\n".join(str(problem) for problem in problems)


@pytest.fixture(scope="module")
def rewritten() -> Iterator[dict[tuple[str, str, str], tuple[str, str]]]:
    """Collects what is said now, and writes it down at the end, where that is asked for."""
    found: dict[tuple[str, str, str], tuple[str, str]] = {}
    yield found
    if found:
        EXPECTED.write_text(_written(found), encoding="utf-8")


def _written(found: dict[tuple[str, str, str], tuple[str, str]]) -> str:
    head = EXPECTED.read_text(encoding="utf-8").partition("=== ")[0]
    parts = [head, *(f"=== base {name}\n{text}" for name, text in BASES.items())]
    last = ""
    for slip in SLIPS:
        if slip.name != last:
            parts.append(f"=== {slip.name}\n")
            last = slip.name
        edit = [f"- {line}" for line in slip.old.split("\n")] + [f"+ {line}" for line in slip.new.split("\n")]
        outcome, message = found.get((slip.name, slip.file, slip.new), (slip.outcome, slip.message))
        parts.append("\n".join([f"@ {slip.file}", *edit, f"> {outcome}", message, ""]))
    return "".join(parts)


def test_the_files_without_a_slip_are_read() -> None:
    """The files that the slips are made in are sound themselves."""
    for file, text in BASES.items():
        assert _load(file, text)


def _id(slip: Slip) -> str:
    return f"{slip.name} ({slip.file})"


@pytest.mark.parametrize("slip", SLIPS, ids=_id)
def test_what_is_said_of_a_slip(slip: Slip, rewritten: dict[Any, tuple[str, str]]) -> None:
    """One slip is one problem at its line; its message is as expected, and what it proposes leads where it is said."""
    problems = _problems(slip)
    outcome = _outcome(slip, problems)
    if REWRITING:
        rewritten[slip.name, slip.file, slip.new] = (outcome, _said(slip, problems))
        return
    assert (outcome, _said(slip, problems)) == (slip.outcome, slip.message)
    assert len(problems) == 1
    if slip.name not in _ELSEWHERE:
        assert problems[0].places[0].line in _edited_lines(slip)


def test_most_ways_out_give_back_what_was_meant() -> None:
    """Of all slips, most are undone by pasting what is proposed, and hardly any has nothing to paste."""
    outcomes = [slip.outcome for slip in SLIPS]
    assert len({slip.name for slip in SLIPS}) >= 100
    assert outcomes.count("same") >= 0.55 * len(outcomes)
    assert outcomes.count("told") <= 0.15 * len(outcomes)


def test_nothing_is_reported_below_a_line_that_must_be_split() -> None:
    """The mended text has more lines than the file; problems further down would stand where there is nothing."""
    text = (
        "policy: picnic\ntitle: Where?\nsituation:\n"
        "  rain: {ask: Rain?, type: yes_no}\n  guests: {ask: Any guests?, type: yes_no}\n"
        "verdicts: {park: {title: Park}}\nrules:\n"
        "  - rule: dry\n    when:\n      rain: no, guests: yes\n    then: park\n    because: So.\n    colour: red"
    )
    with pytest.raises(PolicyError) as refused:
        load_text(text.encode(), "picnic.yaml")
    assert [(problem.code, problem.places[0].line) for problem in refused.value.problems] == [("yaml-syntax", 10)]

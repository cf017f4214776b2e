"""How does a file of JSON lines become one of decided records? One after the other, each exactly as `decide` reads it.

JSON has types of its own, so that nothing is guessed from a column: `5` is a number, `"5"` a text. A line keeps the
text that it is, and what was found is written at its end.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from engine.execution.extras import TableError
from engine.execution.records.decider import Decider
from engine.execution.tables.matching import find_misnomers
from engine.execution.tables.table_verdicts import (
    DECIDING,
    IMPOSSIBLE,
    POSSIBLE_RULES,
    PROBLEM,
    RULES,
    UNDECIDED,
    VERDICT,
    rules_text,
)
from engine.execution.tables.tally import NearCount, Tallying
from engine.execution.tables.targets import Targets
from engine.language.json_text import read_json
from engine.language.near_texts import near_texts
from engine.language.policy import Policy
from engine.language.records import read_record
from engine.problems import Place, Problem, RecordError

_AT_ONCE = 10_000
_NOTHING: dict[str, str | None] = dict.fromkeys((VERDICT, *DECIDING, PROBLEM))


class _Line(NamedTuple):
    """A line as it stands, and what comes after its entries."""

    text: str
    is_empty: bool
    found: dict[str, str | None]

    def __str__(self) -> str:
        added = _as_json(tuple(self.found.items()))[1:]
        return f"{self.text.rstrip()[:-1].rstrip()}{'' if self.is_empty else ', '}{added}\n"


@lru_cache(maxsize=1024)
def _as_json(entries: tuple[tuple[str, str | None], ...]) -> str:
    """A map as JSON; there are far fewer than there are lines."""
    return json.dumps(dict(entries), ensure_ascii=False)


def decide_lines(
    decider: Decider, sources: Sequence[Path], added: tuple[str, ...], targets: Targets, tallying: Tallying
) -> None:
    """Writes the records of these files, one after the other, with the entries `added`, of which `problem` is one.

    Raises `TableError` for what cannot be read, and `OSError`.
    """
    with targets.decided.open("w", encoding="utf-8", newline="") as decided:
        if targets.rejected is None:
            for lines in _parts(_decided(decider, sources, added, tallying.note), tallying):
                decided.writelines(map(str, lines))
            return
        with targets.rejected.open("w", encoding="utf-8", newline="") as rejected:
            for lines in _parts(_decided(decider, sources, added, tallying.note), tallying):
                for line in lines:
                    is_kept = line.found[PROBLEM] in (None, UNDECIDED)
                    (decided if is_kept else rejected).write(str(line))


def _parts(lines: Iterable[_Line], tallying: Tallying) -> Iterator[list[_Line]]:
    """The lines by the ten thousand, counted."""
    part: list[_Line] = []
    for line in lines:
        part.append(line)
        if len(part) == _AT_ONCE:
            yield _counted(part, tallying)
            part = []
    yield _counted(part, tallying)


def _counted(part: list[_Line], tallying: Tallying) -> list[_Line]:
    verdicts = ((line.found[VERDICT], 1) for line in part)
    problems = ((line.found[PROBLEM], 1) for line in part)
    tallying.add(len(part), *([(name, many) for name, many in each if name] for each in (verdicts, problems)))
    return part


def _decided(
    decider: Decider, sources: Sequence[Path], added: tuple[str, ...], noted: Callable[[Iterable[NearCount]], None]
) -> Iterator[_Line]:
    policy = decider.policy
    heads = {part for field in policy.fields for part in (field.name, field.name.split(".")[0])}
    met: set[tuple[str, ...]] = set()
    for source in sources:
        for number, text in _lines(source):
            record = _record(text, source, number)
            names = tuple(record)
            if names not in met:
                problems = find_misnomers(policy, names, names, added, f"{source}:{number}")
                if problems:
                    raise TableError(problems)
                met.add(names)
            found = found_of(decider, {name: value for name, value in record.items() if name in heads}, noted)
            yield _Line(text, not record, {name: found[name] for name in added})


def _lines(source: Path) -> Iterator[tuple[int, str]]:
    """The lines of a file that are not blank, with their numbers."""
    with source.open("rb") as file:
        for number, data in enumerate(file, 1):
            try:
                text = data.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                place = Place(str(source), number, error.start + 1)
                help_ = "save the file as UTF-8"
                raise TableError([Problem("not-utf-8", "this is not UTF-8", (place,), help_)]) from None
            if text.strip():
                yield number, text.rstrip("\r\n")


def _record(text: str, source: Path, number: int) -> dict[str, Any]:
    try:
        record = read_json(text, str(source))
    except RecordError as error:
        raise TableError(_placed(problem, number) for problem in error.problems) from None
    if not isinstance(record, dict):
        place = Place(str(source), number, 1)
        message = "a record is a map from field names to answers"
        raise TableError([Problem("wrong-shape", message, (place,), "write one record a line, in braces")])
    return record


def _placed(problem: Problem, number: int) -> Problem:
    """What is wrong with a line, in the file that it is a line of."""
    places = tuple(place._replace(line=number, column=place.column or 1) for place in problem.places)
    return replace(problem, places=places)


def found_of(
    decider: Decider, record: dict[str, Any], noted: Callable[[Iterable[NearCount]], None] = lambda near: None
) -> dict[str, str | None]:
    """The verdict, the rules that decide and those that may, and the problem of a record.

    `noted` is told of its texts that are like known ones.
    """
    try:
        decision = decider(record)
    except RecordError as error:
        return _NOTHING | {PROBLEM: _problem(decider.policy, error)}
    if decision.notes:
        values = read_record(decider.policy, record).values
        noted(NearCount(*each, 1) for each in near_texts(decider.policy, values))
    if decision.verdict is None:
        return _NOTHING | {PROBLEM: UNDECIDED}
    rules, possible = rules_text(decision.rules), rules_text(decision.possible_rules)
    return {VERDICT: decision.verdict, RULES: rules, POSSIBLE_RULES: possible, PROBLEM: None}


def _problem(policy: Policy, error: RecordError) -> str:
    """Why a record has no verdict, as a table says it."""
    if any(problem.code == "impossible-situation" for problem in error.problems):
        return IMPOSSIBLE
    wrong = {place.path for problem in error.problems for place in problem.places}
    # What is wrong with an entry inside a nested one is that it is no field of the policy.
    return f"wrong: {', '.join([name for name in policy.field if name in wrong] or sorted(wrong))}"

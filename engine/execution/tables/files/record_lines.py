"""Deciding files of JSON records one by one, with the same results as `decide`.

JSON values have types, so nothing is inferred from a column: `5` is a number and `"5"` a text. Each record keeps its
original text, with the results appended to it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine.execution.extras import TableError
from engine.execution.output_cells import output_cells, output_columns, step_column
from engine.execution.records.decider import Decider
from engine.execution.tables.columns.matching import find_misnomers
from engine.execution.tables.columns.tally import NearCount, RefusedExample, Tallying, wrong_value
from engine.execution.tables.files.own_records import OwnRecords, Refused
from engine.execution.tables.files.record_texts import entries, lines, read_entry
from engine.execution.tables.files.targets import JSON, Targets
from engine.execution.tables.kernels.table_verdicts import (
    DECIDING,
    POSSIBLE_RULES,
    PROBLEM,
    RULES,
    VERDICT,
    rules_text,
)
from engine.frozen import NamedTuple
from engine.language.documents.text import shorten
from engine.language.model.near_texts import near_texts
from engine.language.model.policy import Policy
from engine.language.situations.situation_records import read_record
from engine.language.situations.table_format import OWN_NAMES, TableFormat
from engine.meaning.logic import policy_of_step
from engine.meaning.outcomes import IMPOSSIBLE, UNDECIDED
from engine.problems import Problem, RecordError

_AT_ONCE = 10_000
_NOTHING: dict[str, str | None] = dict.fromkeys((VERDICT, *DECIDING, PROBLEM))


class _Line(NamedTuple):
    """The original text of a record, and what to append to it."""

    text: str
    is_empty: bool
    found: dict[str, str | None]
    examples: tuple[RefusedExample, ...]

    def __str__(self) -> str:
        added = _as_json(tuple(self.found.items()))[1:]
        return f"{self.text.rstrip()[:-1].rstrip()}{'' if self.is_empty else ', '}{added}"


@lru_cache(maxsize=1024)
def _as_json(entries: tuple[tuple[str, str | None], ...]) -> str:
    """A mapping as JSON, cached, since there are far fewer results than records."""
    return json.dumps(dict(entries), ensure_ascii=False)


def decide_lines(
    decider: Decider,
    sources: Sequence[Path],
    kind: str,
    added: tuple[str, ...],
    targets: Targets,
    tallying: Tallying,
    form: TableFormat = OWN_NAMES,
) -> None:
    """Write the records of some files, one after the other, with the members `added`, which include `problem`.

    Raises `TableError` for records that cannot be read, and `OSError`.
    """
    parts = _in_parts(_decide(decider, sources, kind, added, form, tallying), tallying)
    with _open_writer(targets.decided, targets.kind) as decided:
        if targets.rejected is None:
            for lines in parts:
                decided(map(str, lines))
            return
        with _open_writer(targets.rejected, targets.kind) as rejected:
            for lines in parts:
                kept = [line.found[PROBLEM] in (None, UNDECIDED) for line in lines]
                decided(str(line) for line, is_kept in zip(lines, kept, strict=True) if is_kept)
                rejected(str(line) for line, is_kept in zip(lines, kept, strict=True) if not is_kept)


@contextmanager
def _open_writer(path: Path, kind: str) -> Iterator[Callable[[Iterable[str]], None]]:
    """Context manager: yields a function that writes records to a file, one per line, or in one array for JSON."""
    with path.open("w", encoding="utf-8", newline="") as file:
        if kind != JSON:
            yield lambda texts: file.writelines(f"{text}\n" for text in texts)
            return
        before = "[\n"

        def write(texts: Iterable[str]) -> None:
            nonlocal before
            for text in texts:
                file.write(f"{before}{text}")
                before = ",\n"

        yield write
        file.write("[]\n" if before == "[\n" else "\n]\n")


def _in_parts(lines: Iterable[_Line], tallying: Tallying) -> Iterator[list[_Line]]:
    """The lines in lists of limited length, counted in the tally."""
    part: list[_Line] = []
    for line in lines:
        part.append(line)
        if len(part) == _AT_ONCE:
            yield _count(part, tallying)
            part = []
    yield _count(part, tallying)


def _count(part: list[_Line], tallying: Tallying) -> list[_Line]:
    """Add lines to the tally."""
    verdicts = ((line.found[VERDICT], 1) for line in part)
    problems = ((line.found[PROBLEM], 1) for line in part)
    given, missed = ([(name, many) for name, many in each if name] for each in (verdicts, problems))
    tallying.add(len(part), given, missed, [example for line in part for example in line.examples])
    return part


def _decide(
    decider: Decider,
    sources: Sequence[Path],
    kind: str,
    added: tuple[str, ...],
    form: TableFormat,
    tallying: Tallying,
) -> Iterator[_Line]:
    """Decide the records of all files; raises `TableError` for names that seem to be misspelled fields."""
    policy, own = decider.policy, OwnRecords(decider.policy, form)
    steps = [step for step in policy.step if step_column(step) in added]
    of_steps = {step_column(step): Decider(policy_of_step(policy, step)) for step in steps}
    met: set[tuple[str, ...]] = set()
    # The first occurrence of each name.
    first: dict[str, str] = {}
    answered: set[str] = set()
    for source in sources:
        for number, text in (entries if kind == JSON else lines)(source):
            entry = read_entry(text, source, number)
            names = tuple(entry)
            if names not in met:
                answered |= _fields_in(policy, entry, form)
                problems = find_misnomers(policy, names, set(policy.field), (), added, f"{source}:{number}", form)
                if problems:
                    raise TableError(problems)
                met.add(names)
                first = dict.fromkeys(names, f"{source}:{number}") | first
            record = own.record(entry)
            found, examples = decide_record(decider, record, tallying.note)
            found |= _outcomes(of_steps, record, found[PROBLEM])
            yield _Line(text, not entry, {name: found.get(name) for name in added}, examples)
    # Fields are optional in every entry, so whether a name is a misspelling is known only when all are read.
    used = {part for name in answered for part in (form.column(name), form.column(name).split(".")[0])}
    problems = [
        problem
        for name, place in first.items()
        for problem in find_misnomers(policy, [name], answered, used, (), place, form)
    ]
    if problems:
        raise TableError(problems)
    tallying.answer(name for name in policy.field if name not in answered)


def _outcomes(of_steps: Mapping[str, Decider], record: dict[str, Any], problem: str | None) -> dict[str, str | None]:
    """The outcomes of steps; None for those that are open, and for a record that is refused."""
    is_read = problem in (None, UNDECIDED)
    return {name: each.verdict(record) if is_read else None for name, each in of_steps.items()}


def _fields_in(policy: Policy, entry: Mapping[str, Any], form: TableFormat) -> set[str]:
    """The fields that an entry has a member for."""
    columns = {name: form.column(name) for name in policy.field if name not in form.unanswered}
    return {name for name, column in columns.items() if column in entry or column.split(".")[0] in entry}


def decide_record(
    decider: Decider, record: dict[str, Any], noted: Callable[[Iterable[NearCount]], None] = lambda near: None
) -> tuple[dict[str, str | None], tuple[RefusedExample, ...]]:
    """The result members of a record, and examples of its wrong values.

    `noted` receives texts that are nearly equal to known ones.
    """
    try:
        decision = decider(record)
    except RecordError as error:
        examples = tuple(_example(decider.policy, record, problem) for problem in error.problems if problem.places)
        return _NOTHING | {PROBLEM: _problem(decider.policy, error)}, examples
    if decision.notes:
        values = read_record(decider.policy, record).values
        noted(NearCount(*each, 1) for each in near_texts(decider.policy, values))
    if decision.verdict is None:
        return _NOTHING | {PROBLEM: UNDECIDED}, ()
    rules, possible = rules_text(decision.rules), rules_text(decision.possible_rules)
    own = {VERDICT: decision.verdict, RULES: rules, POSSIBLE_RULES: possible, PROBLEM: None}
    policy = decider.policy
    return own | dict(zip(output_columns(policy), output_cells(policy, decision.output), strict=True)), ()


def _example(policy: Policy, record: Mapping[str, Any], problem: Problem) -> RefusedExample:
    """An example of a wrong value."""
    name = problem.places[0].path
    field, value = policy.field.get(name), _value_at(record, name)
    if isinstance(value, Refused):
        return wrong_value(policy.field[name], value.text, value.misfit.message)
    shown = json.dumps(value, ensure_ascii=False, default=float)
    if field is None:
        return RefusedExample(name, shorten(shown), problem.message)
    return wrong_value(field, shown, problem.help)


def _value_at(record: Mapping[str, Any], name: str) -> Any:
    """The value that a record gives for a dotted name, flat or nested; None if there is none."""
    if name in record:
        return record[name]
    inside = [(key, name.removeprefix(f"{key}.")) for key in record if name.startswith(f"{key}.")]
    return next((_value_at(record[key], rest) for key, rest in inside if isinstance(record[key], Mapping)), None)


def _problem(policy: Policy, error: RecordError) -> str:
    """The text of `problem` for an error."""
    if any(problem.code == "impossible-situation" for problem in error.problems):
        return IMPOSSIBLE
    wrong = {place.path for problem in error.problems for place in problem.places}
    fields = [name for name in policy.field if name in wrong]
    # Names that are not fields stand in nested objects, or for one.
    return f"wrong: {', '.join([*fields, *sorted(wrong.difference(fields))])}"

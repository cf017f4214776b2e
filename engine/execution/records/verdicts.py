"""Compiled functions from a record to the name of its verdict, without reasons."""

from __future__ import annotations

import ast
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from engine.analysis.deciding.decision import decide_answers, possible_verdicts
from engine.execution.program import Program, settled_program, verdict_program
from engine.execution.records.field_checks import Inexact
from engine.execution.records.json_records import compile_json, compile_reader
from engine.execution.records.open_ends import possible_ends
from engine.execution.records.open_records import MOST_ASKS, compile_open
from engine.execution.records.plain_records import compile_records
from engine.execution.records.syntax import constant, item, name
from engine.execution.records.tied_answers import TiedEnds
from engine.language.documents.json_text import read_json
from engine.language.documents.text import decode
from engine.language.model.arguments import require
from engine.language.model.policy import Policy
from engine.language.situations.situation_records import Answers, read_record
from engine.meaning.asked.asked_questions import filled
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.spaces.areas import bits
from engine.problems import RecordError
from engine.threads import cached_property

_RECORD = "record"


class Verdicts:
    """The verdict functions of a policy that is proved sound; raises `UnsoundError` if it is too large to compile."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.program = settled_program(policy, verdict_program)

    def compile(self) -> Callable[[Any], Any]:
        """A function from a record to its verdict."""
        try:
            return compile_records(self.policy, self.program, self.decide_open, _verdict)
        except Inexact:
            return self.decide_read

    def decide_open(self, record: object) -> str | None:
        """The verdict of any record, with a fast path for missing answers; raises as `decide` does."""
        found: str | None = self._open_function(record)
        return found

    @cached_property
    def _open_function(self) -> Callable[[Any], Any]:
        """The function for incomplete records, compiled on first use."""
        if len(self.program.asks) > MOST_ASKS:
            return self.decide_read
        kept = self._cache
        try:
            return compile_open(self.policy, self.program, self.decide_read, _cached, self._decide_tied, kept=kept)
        except Inexact:
            return self.decide_read

    @cached_property
    def _cache(self) -> _VerdictCache:
        """The verdicts by sets of ends."""
        return _VerdictCache(self.program)

    @cached_property
    def _tied(self) -> TiedEnds:
        """The analysis of partly answered sums, created on first use."""
        return TiedEnds(self.policy, self.program)

    def _decide_tied(self, record: object, answers: tuple[Any, ...]) -> str | None:
        """The verdict if missing answers in sums may make some of the reached ends impossible."""
        ends = self._tied.possible(answers)
        return self._cache[ends] if ends else self.decide_read(record)

    def compile_json_function(self) -> Callable[[Any], Any]:
        """A function from a record as JSON, in bytes or text, to its verdict.

        Raises `NotInstalledError` without msgspec.
        """

        def otherwise(text: bytes | str) -> Any:
            if isinstance(text, str):
                with suppress(UnicodeEncodeError):
                    return of_bytes(text.encode())
                return self.decide_json(text)
            try:
                return self.decide_open(read(text))
            except Exception:
                pass
            # Called outside the handler, so that its error has no misleading context.
            return self.decide_json(text)

        read: Callable[[Any], Any] = compile_reader()
        try:
            of_bytes = compile_json(self.policy, self.program, otherwise, _verdict)
        except Inexact:
            return self.decide_json
        return of_bytes

    def decide_read(self, record: object) -> str | None:
        """The verdict of any record, None if it is undecided; raises as `decide` does."""
        return self._of_answers(filled(self.policy, read_record(self.policy, record)))

    def decide_json(self, text: bytes | str) -> str | None:
        """The verdict of any record as JSON, None if it is undecided; raises as `decide` does, or `TypeError`."""
        way = "a record that is a mapping is taken by `.verdict`"
        require(text, (str, bytes, bytearray, memoryview), "verdict_json", "text", "JSON as text or bytes", way)
        read, problems = (text, []) if isinstance(text, str) else decode(bytes(text), _RECORD)
        # Problems with invisible characters matter only for files that people read.
        if read is None:
            raise RecordError(problems)
        return self.decide_open(read_json(read, _RECORD))

    def _of_answers(self, answers: Answers) -> str | None:
        """The verdict for valid answers."""
        ends = possible_ends(self.policy, self.program, answers.values)
        if ends is None:
            ends = possible_verdicts(self.policy, answers)
        if not ends:
            # The record is impossible, which `decide_answers` reports.
            return decide_answers(self.policy, answers).verdict
        (verdict, *others) = ends
        return None if others else str(verdict)


class _VerdictCache(dict[int, "str | None"]):
    """The verdict, or None, for each set of ends, given as a bit mask."""

    def __init__(self, program: Program) -> None:
        self._labels = program.labels

    def __missing__(self, ends: int) -> str | None:
        (verdict, *others) = (self._labels[end] for end in bits(ends) if self._labels[end] is not Ending.IMPOSSIBLE)
        return self.setdefault(ends, None if others else str(verdict))


def _cached(ends: ast.expr, _: ast.expr) -> ast.expr:
    """The expression that looks up the verdict for some ends."""
    return item(name("kept"), ends)


def _verdict(label: Label) -> ast.expr:
    """The expression for the verdict of a label."""
    return constant(str(label))

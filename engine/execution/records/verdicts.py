"""Which verdict does a record get, and no more than that: compiled from the tests that lead to verdicts."""

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
from engine.language.model.policy import Policy
from engine.language.situations.situation_records import Answers, read_record
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.spaces.areas import bits
from engine.problems import RecordError
from engine.threads import cached_property

_RECORD = "record"


class Verdicts:
    """The verdicts of a policy that is proved sound; raises `UnsoundError` where it is too large to be compiled."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.program = settled_program(policy, verdict_program)

    def compiled(self) -> Callable[[Any], Any]:
        """A function of a record."""
        try:
            return compile_records(self.policy, self.program, self.of_open, _verdict)
        except Inexact:
            return self.of_record

    def of_open(self, record: object) -> str | None:
        """The verdict of any record, of one that leaves questions open the fast way; raises as `decide` does."""
        found: str | None = self._opened(record)
        return found

    @cached_property
    def _opened(self) -> Callable[[Any], Any]:
        """Compiled when the first record leaves something open."""
        if len(self.program.asks) > MOST_ASKS:
            return self.of_record
        kept = self._kept
        try:
            return compile_open(self.policy, self.program, self.of_record, _kept_for, self._unsettled, kept=kept)
        except Inexact:
            return self.of_record

    @cached_property
    def _kept(self) -> _Kept:
        return _Kept(self.program)

    @cached_property
    def _tied(self) -> TiedEnds:
        return TiedEnds(self.policy, self.program)

    def _unsettled(self, record: object, answers: tuple[Any, ...]) -> str | None:
        ends = self._tied.possible(answers)
        return self._kept[ends] if ends else self.of_record(record)

    def compiled_json(self) -> Callable[[Any], Any]:
        """A function of a record as JSON, bytes or text; raises `NotInstalledError` without msgspec."""

        def otherwise(text: bytes | str) -> Any:
            if isinstance(text, str):
                with suppress(UnicodeEncodeError):
                    return of_bytes(text.encode())
                return self.of_json(text)
            try:
                return self.of_open(read(text))
            except Exception:
                pass
            # What is wrong is said of what was read exactly, and raised by itself.
            return self.of_json(text)

        read: Callable[[Any], Any] = compile_reader()
        try:
            of_bytes = compile_json(self.policy, self.program, otherwise, _verdict)
        except Inexact:
            return self.of_json
        return of_bytes

    def of_record(self, record: object) -> str | None:
        """The verdict of any record, None where it is undecided; raises as `decide` does."""
        return self._of_answers(read_record(self.policy, record))

    def of_json(self, text: bytes | str) -> str | None:
        """The verdict of any record as JSON, None where it is undecided; raises as `decide` does."""
        read, problems = (text, []) if isinstance(text, str) else decode(text, _RECORD)
        # Characters that nobody should meet in a file are nothing to a program.
        if read is None:
            raise RecordError(problems)
        return self.of_open(read_json(read, _RECORD))

    def _of_answers(self, answers: Answers) -> str | None:
        ends = possible_ends(self.policy, self.program, answers.values)
        if ends is None:
            ends = possible_verdicts(self.policy, answers)
        if not ends:
            # It cannot happen, and that is said.
            return decide_answers(self.policy, answers).verdict
        (verdict, *others) = ends
        return None if others else str(verdict)


class _Kept(dict[int, "str | None"]):
    """The verdict, or None, of each set of ends that was met, as bits."""

    def __init__(self, program: Program) -> None:
        self._labels = program.labels

    def __missing__(self, ends: int) -> str | None:
        (verdict, *others) = (self._labels[end] for end in bits(ends) if self._labels[end] is not Ending.IMPOSSIBLE)
        return self.setdefault(ends, None if others else str(verdict))


def _kept_for(ends: ast.expr, _: ast.expr) -> ast.expr:
    return item(name("kept"), ends)


def _verdict(label: Label) -> ast.expr:
    return constant(str(label))

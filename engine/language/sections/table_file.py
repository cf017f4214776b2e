"""Reader for rule tables: one rule per row, with a column for each condition and for the verdict.

`rules: {table: FILE.csv}` is equivalent to the list of rules that the rows describe.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from engine.frozen import NamedTuple
from engine.language.documents.nodes import Scalar
from engine.language.documents.text import shorten
from engine.language.model.cell_text import read_prose
from engine.language.model.condition_tree import ALWAYS, All, Condition, Some
from engine.language.model.field_kinds import ANY_OF
from engine.language.model.policy_parts import Rule
from engine.language.parsing.openers import TABLE, Opener, join_path
from engine.language.parsing.operands import Operand
from engine.language.parsing.reading import WORDS, Unshapely, bad_name_message, require_map, require_scalar
from engine.language.sections.csv_text import CsvRow, read_csv
from engine.language.sections.item_readers import check_citations, check_verdict
from engine.language.sections.outline import Outline
from engine.language.sections.rule_days import read_validity, when_valid
from engine.language.sections.table_cells import RuleCell, parse_fact_cell, parse_field_cell
from engine.problems import Place

_FILE = re.compile(r"[^\r\n]*[^\s/]\.[cC][sS][vV]")
# The columns that say something of a rule itself; all others test a field, number or fact.
OWN_COLUMNS = ("rule", "otherwise", "then", "because", "cites", "added", "valid.from", "valid.to")
# The columns of outputs begin with this.
OUTPUT = "output."
# Keys that rules in a list may have, and their replacements in tables.
_LISTS_ONLY = {
    "overrides": "write `decision: first` at the top of the policy, and put the stronger row first",
}
# The same for a table of amounts, whose rules have no order.
_IN_AMOUNTS = {
    "overrides": "write the rules in a list, `table: [{rule: NAME, overrides: {OTHER: WHY}, …}]`",
}


def read_table(outline: Outline, open_beside: Opener) -> list[Rule]:
    """Read the rules of a policy's table, recording all problems in it."""
    written = require_scalar(require_map(outline.section("rules"), ("table",)).get("table"))
    if not _FILE.fullmatch(written.text):
        raise Unshapely
    opened = outline.reading.read_value(written.place, lambda: open_beside(join_path("", written.text, TABLE), TABLE))
    return read_rows(outline, opened.file, opened.data) if opened else []


def read_rows(outline: Outline, file: str, data: bytes) -> list[Rule]:
    """Read the rows of a table into rules, recording all problems in them."""
    before = len(outline.reading.problems)
    separator, rows = read_csv(data, file, outline.reading)
    header = next(rows, None)
    if header is None:
        return []
    table = _Table(outline, file, separator, header)
    rules = [rule for row in rows if (rule := table.read_rule(row))]
    if not rules and len(outline.reading.problems) == before:
        help_ = "write a row for each rule"
        outline.reading.refuse("empty", "the table has no rows", table.place(header, 0), help_)
    outline.refuse_same_names("rule", table.names)
    return rules


class _Column(NamedTuple):
    """A column of conditions, with the cached function that parses a text in it."""

    name: str
    number: int
    cell: Callable[[str], RuleCell]


class _Table:
    """The header of a table, and the reader for its rows."""

    def __init__(self, outline: Outline, file: str, separator: str, header: CsvRow) -> None:
        self.outline = outline
        self.reading = outline.reading
        self.file = file
        self.basename = re.split(r"[/\\]", file)[-1]
        self.separator = separator
        self.header = [each.strip() for each in header.cells]
        self.known = [*outline.names.all(), *OWN_COLUMNS] if outline.names.all() else []
        self.own: dict[str, int] = {}
        self.tests: list[_Column] = []
        self.outputs: dict[str, int] = {}
        self.names: dict[str, list[Place]] = {}
        self._read_header(header)

    def place(self, row: CsvRow, index: int) -> Place:
        """The place of a cell, with row and column as a spreadsheet shows them."""
        name = self.header[index] if index < len(self.header) else ""
        path = f"row {row.number}, column {shorten(name)}" if name else f"row {row.number}"
        return Place(self.file, row.lines[index], row.columns[index], path)

    def _read_header(self, header: CsvRow) -> None:
        """Assign the columns, recording those that are unnamed, repeated or unknown."""
        seen: dict[str, Place] = {}
        for index, name in enumerate(self.header):
            place = self.place(header, index)
            if not name:
                help_ = "name what it tests, or delete the column"
                self.reading.refuse("empty", f"column {index + 1} of the table has no name", place, help_)
            elif name in seen:
                limits = "" if name in OWN_COLUMNS else "; a cell may hold two limits, such as `[3..5)`"
                help_ = f"keep one of the two{limits}"
                message = f"the column `{shorten(name)}` appears here twice"
                self.reading.refuse("duplicate-key", message, (place, seen[name]), help_)
            else:
                seen[name] = place
                self._assign_column(name, index, place)
        if "then" not in seen:
            help_ = f"write a column `then` with the {self.outline.verdict_word} of each row"
            self.reading.refuse("missing-key", "the column `then` is missing", self.place(header, 0), help_)

    def _assign_column(self, name: str, index: int, place: Place) -> None:
        """Assign a column by its name."""
        names = self.outline.names
        is_tested = any(name in known for known in (names.fields, names.numbers, names.facts, names.steps))
        if name in OWN_COLUMNS:
            self.own[name] = index
            if is_tested:
                message = f"the column `{name}` could be the rule's own `{name}` or a test of what is called so"
                self.reading.refuse(
                    "name-clash", message, place, f"give the field, number or fact `{name}` another name"
                )
        elif is_tested:
            self._add_test(name, index, place)
        elif name.startswith(OUTPUT) and name != OUTPUT:
            self.outputs[name.removeprefix(OUTPUT)] = index
        elif name in _LISTS_ONLY:
            help_ = (_IN_AMOUNTS if self.outline.gives_amounts else _LISTS_ONLY)[name]
            self.reading.refuse("wrong-mode", f"a table has no column `{name}`", place, help_)
        elif name == "when":
            help_ = "write a column for each field, number or fact that is tested"
            self.reading.refuse("unknown-name", "a table has no column `when`", place, help_)
        else:
            self.reading.refuse_unknown("unknown-name", "field, number or fact", Scalar(name, True, place), self.known)

    def _add_test(self, name: str, index: int, place: Place) -> None:
        """Add a column of conditions on a field, derived number or fact."""
        names = self.outline.names
        field = names.fields.get(name) or names.steps.get(name)
        if name in names.facts:
            self.tests.append(_Column(name, index, cache(lambda text: parse_fact_cell(text, name))))
        elif field and field.kind == ANY_OF:
            message = f"the answer to `{name}` is a list, and a cell cannot say how to compare it"
            option = field.options[0]
            help_ = f"name a fact, such as `when: {{{name}: {{includes: {option}}}}}`, and write a column for the fact"
            self.reading.refuse("wrong-comparison", message, place, help_)
        elif field or name in names.numbers:
            subject = Operand(name, field, field is None, names, self.reading)
            self.tests.append(_Column(name, index, cache(lambda text: parse_field_cell(text, subject))))

    def read_rule(self, row: CsvRow) -> Rule | None:
        """Read a row; None if its number of cells differs from the header's, which is recorded."""
        if len(row.cells) != len(self.header):
            self._refuse_length(row)
            return None
        valid = self._read_valid(row)
        when = when_valid(self._read_conditions(row), valid)
        name = self._read_rule_name(row)
        then = self._own_text(row, "then")
        if then:
            then = check_verdict(self.outline, Scalar(then, True, self.place(row, self.own["then"])))
        elif "then" in self.own:
            place = self.place(row, self.own["then"])
            word, help_ = self.outline.verdict_word, "name it in the column `then`"
            self.reading.refuse("empty", f"row {row.number} has no {word}", place, help_)
        return Rule(
            name=name,
            when=when,
            otherwise=self._read_otherwise(row, when),
            then=then,
            because=read_prose(self._own_text(row, "because")) or f"Row {row.number} of {self.basename} says so.",
            cites=self._read_citations(row),
            added=read_prose(self._own_text(row, "added")) or None,
            valid=valid,
            output=self._read_output(row, then) if self.outputs else None,
            place=Place(self.file, row.lines[0], 1, f"row {row.number}"),
        )

    def _read_otherwise(self, row: CsvRow, when: Condition) -> bool:
        """Read whether a row takes what the others leave; then it may test nothing."""
        text = self._own_text(row, "otherwise")
        if text in ("", "no", "false"):
            return False
        place = self.place(row, self.own["otherwise"])
        if text not in ("yes", "true"):
            message = f"`{shorten(text)}` does not fit here"
            self.reading.refuse("wrong-type", message, place, "write `yes`, or leave the cell empty")
        elif when != ALWAYS:
            message = f"row {row.number} has tests, or days, and `otherwise` is for what no test says, on every day"
            self.reading.refuse("misplaced-key", message, place, "leave these cells empty, or the cell `otherwise`")
        return True

    def _read_valid(self, row: CsvRow) -> Condition | None:
        """Read the days on which a row's rule is valid; None if it is on all."""
        columns = {word: f"valid.{word}" for word in ("from", "to")}
        written = {
            word: Scalar(text, True, self.place(row, self.own[column]))
            for word, column in columns.items()
            if (text := self._own_text(row, column))
        }
        place = next(iter(written.values())).place if written else None
        return None if place is None else read_validity(self.outline, written, place)

    def _read_output(self, row: CsvRow, then: str) -> dict[str, Any] | None:
        """Read the outputs of a row; None if all its cells are empty."""
        from engine.language.sections.outputs.output_reader import read_cell, refuse_unnamed

        texts = {name: text for name, index in self.outputs.items() if (text := row.cells[index].strip())}
        if not texts:
            return None
        places = {name: self.place(row, self.outputs[name]) for name in texts}
        refuse_unnamed(self.outline, then, next(iter(places.values())))
        return {name: read_cell(self.outline, text, places[name]) for name, text in texts.items()}

    def _own_text(self, row: CsvRow, word: str) -> str:
        """The text in one of the rule's own columns; empty if the table lacks it."""
        return row.cells[self.own[word]].strip() if word in self.own else ""

    def _read_conditions(self, row: CsvRow) -> Condition:
        """Read the conditions of a row."""
        parts: list[Condition] = []
        number = f"row {row.number}, column "
        for column in self.tests:
            text = row.cells[column.number]
            if not text:
                continue
            cell = column.cell(text)
            if cell.tests or cell.misfits:
                place = Place(self.file, row.lines[column.number], row.columns[column.number], number + column.name)
                if cell.tests:
                    parts.append(self._condition(cell.condition(column.name, place), column.name))
                for misfit in cell.misfits:
                    self.reading.refuse_misfit(misfit, place)
        some = [part for part in parts if isinstance(part, Some) and part.written is None]
        if len(some) > 1:
            # A mapping has only one key `any`, so a rule in a list would nest several under `all`; tables do the same.
            rest = [part for part in parts if not isinstance(part, Some) or part.written is not None]
            parts = [All(tuple(All((part,), part.place) for part in some), some[0].place), *rest]
        return All(tuple(parts), Place(self.file, row.lines[0], 1, f"row {row.number}"))

    def _condition(self, condition: Condition, name: str) -> Condition:
        """The condition of a cell, as it is read of a step."""
        field = self.outline.names.steps.get(name)
        if field is None:
            return condition
        from engine.language.model.relations.decision_steps import compared_step

        return compared_step(field, condition)

    def _read_rule_name(self, row: CsvRow) -> str:
        """Check the name of a row's rule; `row-NUMBER` if it has none."""
        name = self._own_text(row, "rule")
        place = self.place(row, self.own.get("rule", 0))
        if name and (not WORDS.fullmatch(name) or name in ("true", "false")):
            help_ = "a rule's name is lower-case words joined by hyphens, such as `heavy-upstairs`"
            self.reading.refuse("bad-name", bad_name_message(name), place, help_)
        else:
            self.names.setdefault(name or f"row-{row.number}", []).append(place)
        return name or f"row-{row.number}"

    def _read_citations(self, row: CsvRow) -> tuple[str, ...]:
        """Read the passages a row cites."""
        text = self._own_text(row, "cites")
        if not text:
            return ()
        place = self.place(row, self.own["cites"])
        written = [each.strip() for each in text.split("|")]
        if not all(written):
            help_ = "name it, or delete the `|`"
            self.reading.refuse("empty", "a passage is missing beside `|`", place, help_)
        return check_citations(self.outline, [Scalar(each, True, place) for each in written if each])

    def _refuse_length(self, row: CsvRow) -> None:
        """Record a row with more or fewer cells than the header."""
        many, expected = len(row.cells), len(self.header)
        more = many > expected
        place = self.place(row, expected if more else many - 1)
        help_ = f"write a `{self.separator}` between all cells, those that are empty too"
        if more:
            help_ = f"put double quotes round a cell that holds `{self.separator}`, or name the column in the header"
        message = f"row {row.number} has {_cells(many)}, and the header {expected}"
        self.reading.refuse("csv-syntax", message, place, help_)


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count:,} cells"

"""How do the rows of a table become rules? A column for each field, number or fact it tests, and one for the verdict.

`rules: {table: FILE.csv}` stands for the list of rules that the rows spell out, cell by cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from engine.language.documents.nodes import Scalar
from engine.language.documents.text import shortened
from engine.language.model.cell_text import read_prose
from engine.language.model.condition_tree import ALWAYS, All, Condition, Some
from engine.language.model.field_kinds import ANY_OF
from engine.language.model.policy import FIRST, Rule
from engine.language.parsing.openers import Opener
from engine.language.parsing.operands import Operand
from engine.language.parsing.reading import WORDS, Unshapely, a_map, a_scalar
from engine.language.sections.csv_text import CsvRow, read_csv
from engine.language.sections.item_readers import cited, verdict_name
from engine.language.sections.outline import Outline
from engine.language.sections.table_cells import RuleCell, fact_cell, field_cell
from engine.problems import Place

_FILE = re.compile(r"[^\r\n]*[^\s/]\.[cC][sS][vV]")
OWN_COLUMNS = ("rule", "then", "because", "cites", "added")
# What a rule of a list may hold besides, and what a table has in its place.
_LISTS_ONLY = {
    "otherwise": "write `decision: first` at the top of the policy, and leave the tests of the last row empty",
    "overrides": "write `decision: first` at the top of the policy, and put the stronger row first",
}


def read_table(outline: Outline, decision: str | None, open_beside: Opener) -> list[Rule]:
    """The rules that the table of a policy spells out, with every problem in it noted."""
    written = a_scalar(a_map(outline.section("rules"), ("table",)).get("table"))
    if not _FILE.fullmatch(written.text):
        raise Unshapely
    opened = outline.reading.read_value(written.place, lambda: open_beside(written.text))
    rules = _rules(outline, *opened) if opened else []
    if rules and decision == FIRST and rules[-1].when == ALWAYS:
        # The last row without a test is what other policies write as `otherwise: yes`.
        rules[-1] = replace(rules[-1], otherwise=True)
    return rules


def _rules(outline: Outline, file: str, data: bytes) -> list[Rule]:
    before = len(outline.reading.problems)
    separator, rows = read_csv(data, file, outline.reading)
    header = next(rows, None)
    if header is None:
        return []
    table = _Table(outline, file, separator, header)
    rules = [rule for row in rows if (rule := table.rule(row))]
    if not rules and len(outline.reading.problems) == before:
        help_ = "write a row for each rule"
        outline.reading.refuse("empty", "the table has no rows", table.place(header, 0), help_)
    outline.refuse_same_names("rule", table.names)
    return rules


class _Column:
    """A column that tests something; each text that stands in it is read once."""

    def __init__(self, name: str, index: int, read: Callable[[str], RuleCell]) -> None:
        self.name = name
        self.index = index
        self.read = read
        self.seen: dict[str, RuleCell] = {}

    def cell(self, text: str) -> RuleCell:
        found = self.seen.get(text)
        if found is None:
            found = self.seen[text] = self.read(text)
        return found


class _Table:
    """The header of one table, and what its rows say under it."""

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
        self.names: dict[str, list[Place]] = {}
        self._read_header(header)

    def place(self, row: CsvRow, index: int) -> Place:
        """Where a cell stands, with row and column as a spreadsheet shows them."""
        name = self.header[index] if index < len(self.header) else ""
        path = f"row {row.number}, column {shortened(name)}" if name else f"row {row.number}"
        return Place(self.file, row.lines[index], row.columns[index], path)

    def _read_header(self, header: CsvRow) -> None:
        seen: dict[str, Place] = {}
        for index, name in enumerate(self.header):
            place = self.place(header, index)
            if not name:
                help_ = "name what it tests, or delete the column"
                self.reading.refuse("empty", f"column {index + 1} of the table has no name", place, help_)
            elif name in seen:
                limits = "" if name in OWN_COLUMNS else "; a cell may hold two limits, such as `[3..5)`"
                help_ = f"keep one of the two{limits}"
                message = f"the column `{shortened(name)}` stands here twice"
                self.reading.refuse("duplicate-key", message, (place, seen[name]), help_)
            else:
                seen[name] = place
                self._read_name(name, index, place)
        if "then" not in seen:
            help_ = "write a column `then` with the verdict of each row"
            self.reading.refuse("missing-key", "the column `then` is missing", self.place(header, 0), help_)

    def _read_name(self, name: str, index: int, place: Place) -> None:
        names = self.outline.names
        is_tested = name in names.fields or name in names.numbers or name in names.facts
        if name in OWN_COLUMNS:
            self.own[name] = index
            if is_tested:
                message = f"the column `{name}` could be the rule's own `{name}` or a test of what is called so"
                self.reading.refuse("name-clash", message, place, f"call the field, number or fact `{name}` otherwise")
        elif is_tested:
            self._add_test(name, index, place)
        elif name in _LISTS_ONLY:
            self.reading.refuse("wrong-mode", f"a table has no column `{name}`", place, _LISTS_ONLY[name])
        elif name == "when":
            help_ = "write a column for each field, number or fact that is tested"
            self.reading.refuse("unknown-name", "a table has no column `when`", place, help_)
        else:
            self.reading.refuse_unknown("unknown-name", "field, number or fact", Scalar(name, True, place), self.known)

    def _add_test(self, name: str, index: int, place: Place) -> None:
        names = self.outline.names
        field = names.fields.get(name)
        if name in names.facts:
            self.tests.append(_Column(name, index, lambda text: fact_cell(text, name)))
        elif field and field.kind == ANY_OF:
            message = f"the answer to `{name}` is a list, and a cell cannot say how to compare it"
            option = field.options[0]
            help_ = f"name a fact, such as `when: {{{name}: {{includes: {option}}}}}`, and write a column for the fact"
            self.reading.refuse("wrong-comparison", message, place, help_)
        elif field or name in names.numbers:
            subject = Operand(name, field, field is None, names, self.reading)
            self.tests.append(_Column(name, index, lambda text: field_cell(text, subject)))

    def rule(self, row: CsvRow) -> Rule | None:
        """The rule that a row spells out; None, noted, where it has more or fewer cells than the header."""
        if len(row.cells) != len(self.header):
            self._refuse_length(row)
            return None
        when = self._when(row)
        name = self._name(row)
        then = self._own(row, "then")
        if then:
            verdict_name(self.outline, Scalar(then, True, self.place(row, self.own["then"])))
        elif "then" in self.own:
            place = self.place(row, self.own["then"])
            self.reading.refuse("empty", f"row {row.number} has no verdict", place, "name it in the column `then`")
        return Rule(
            name=name,
            when=when,
            then=then,
            because=read_prose(self._own(row, "because")) or f"Row {row.number} of {self.basename} says so.",
            cites=self._cites(row),
            added=read_prose(self._own(row, "added")) or None,
            place=Place(self.file, row.lines[0], 1, f"row {row.number}"),
        )

    def _own(self, row: CsvRow, word: str) -> str:
        return row.cells[self.own[word]].strip() if word in self.own else ""

    def _when(self, row: CsvRow) -> Condition:
        parts: list[Condition] = []
        number = f"row {row.number}, column "
        for column in self.tests:
            text = row.cells[column.index]
            if not text:
                continue
            cell = column.cell(text)
            if cell.tests or cell.misfits:
                place = Place(self.file, row.lines[column.index], row.columns[column.index], number + column.name)
                if cell.tests:
                    parts.append(cell.condition(column.name, place))
                for misfit in cell.misfits:
                    self.reading.refuse_misfit(misfit, place)
        some = [part for part in parts if isinstance(part, Some)]
        if len(some) > 1:
            # One map holds one `any`: as a list of rules says it, too.
            rest = [part for part in parts if not isinstance(part, Some)]
            parts = [All(tuple(All((part,), part.place) for part in some), some[0].place), *rest]
        return All(tuple(parts), Place(self.file, row.lines[0], 1, f"row {row.number}"))

    def _name(self, row: CsvRow) -> str:
        name = self._own(row, "rule")
        place = self.place(row, self.own.get("rule", 0))
        if name and (not WORDS.fullmatch(name) or name in ("true", "false")):
            help_ = "a rule's name is lower-case words joined by hyphens, such as `heavy-upstairs`"
            self.reading.refuse("bad-name", f"`{shortened(name)}` cannot be a name here", place, help_)
        else:
            self.names.setdefault(name or f"row-{row.number}", []).append(place)
        return name or f"row-{row.number}"

    def _cites(self, row: CsvRow) -> tuple[str, ...]:
        text = self._own(row, "cites")
        if not text:
            return ()
        place = self.place(row, self.own["cites"])
        written = [each.strip() for each in text.split("|")]
        if not all(written):
            help_ = "name it, or delete the `|`"
            self.reading.refuse("empty", "a passage is missing beside `|`", place, help_)
        return cited(self.outline, [Scalar(each, True, place) for each in written if each])

    def _refuse_length(self, row: CsvRow) -> None:
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

"""New rules and rows for exactly the situations without a verdict, with words in capitals for the author to fill in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.analysis.describing.regions import Regions
from engine.analysis.proving.findings import Mend
from engine.analysis.proving.mends.mend_trials import is_writable
from engine.analysis.proving.mends.row_cells import cell_for
from engine.analysis.proving.proof_session import ProofSession
from engine.budget import OutOfSteps
from engine.language.documents.yaml_spelling import WIDTH, block_lines, on_one_line
from engine.language.editing.written_rows import written_rows
from engine.language.editing.written_steps import written_rules
from engine.language.model.canonical import written_data
from engine.language.model.condition_tree import All, Condition, Some, all_of
from engine.language.model.policy_parts import Rule
from engine.language.model.relations.decision_steps import DecisionStep

# A rule for more regions is too long to be read.
_MOST_REGIONS = 5


def add_rule(session: ProofSession, regions: Regions | None) -> Mend | None:
    """Return the mend that adds a rule for exactly the gap; None if the gap is too scattered for one."""
    if regions is None or not _are_few(regions):
        return None
    try:
        parts = [_needed(session, region.when) for region in regions.shown]
        when = _needed(session, _joined(parts))
    except OutOfSteps:
        return None
    if not is_writable(session.policy, when):
        return None
    data = written_data(when)
    return _added(session, {"when": data}) if data and _covers(session, parts) else None


def add_last_rule(session: ProofSession) -> Mend | None:
    """Return the mend that adds a last rule for everything else; None if the text cannot be edited so."""
    return _added(session, {"otherwise": True})


def add_rows(session: ProofSession, regions: Regions | None) -> Mend | None:
    """Return the mend that adds table rows for exactly the gap, one per region; None if cells cannot express it."""
    if regions is None or not _are_few(regions):
        return None
    try:
        parts = [_needed(session, region.when) for region in regions.shown]
    except OutOfSteps:
        return None
    rows = [[cell for test in part.parts if (cell := cell_for(session, test)) is not None] for part in parts]
    for part, row in zip(parts, rows, strict=True):
        if not row or len({cell.column for cell in row}) != len(part.parts):
            return None
    given = session.decided_word
    words = f"add {len(rows)} rows, each with the {given} in `then`"
    if len(rows) == 1:
        tests = ", ".join(f"`{cell.text}` in the column `{cell.column}`" for cell in rows[0])
        words = f"add a row with {tests}, and the {given} in `then`"
    found = _added_rows(session, words, [{cell.column: cell.text for cell in row} for row in rows])
    return found[0] if found is not None and _covers(session, [rule.when for rule in found[1]]) else None


def add_last_row(session: ProofSession) -> Mend | None:
    """Return the mend that adds a last row for everything else; None if the text cannot be edited so."""
    words = f"add a last row without any test, and the {session.decided_word} in `then`"
    found = _added_rows(session, words, [{}])
    return None if found is None else found[0]


def _added_rows(
    session: ProofSession, words: str, tests: Sequence[Mapping[str, str]]
) -> tuple[Mend, list[Rule]] | None:
    """Return the mend that adds rows, and the rows as they are read; None if they cannot be read.

    Args:
        session: The proof session.
        words: Description of the edit.
        tests: The cells of each row that state conditions, by column.
    """
    policy = session.policy
    written = written_rows(policy, session.decided)
    if written is None:
        return None
    rules = written.read_added([{**row, "then": policy.verdicts[0].name} for row in tests])
    amounts = dict.fromkeys((f"output.{name}" for name in _own_amounts(session.decided)), "AMOUNT")
    given = {"then": session.decided_word.upper(), "rule": "NAME", "because": "WHY", **amounts}
    given |= {"added": "WHY"} if policy.source else {}
    own = {column: text for column, text in given.items() if column in written.columns}
    rows = [{**row, **own} for row in tests]
    edit = written.add_rows(rows)
    if edit is None or len(rules) != len(rows):
        return None
    return Mend(f"{words} ({edit.file}, line {written.line_of(edit)})", "\n".join(written.lines(rows)), edit), rules


def _are_few(regions: Regions) -> bool:
    """Whether all regions are known, and few enough to be pasted and read."""
    return 0 < regions.total <= min(len(regions.shown), _MOST_REGIONS)


def _needed(session: ProofSession, when: All) -> All:
    """Return a condition without the tests that every possible situation meets; raises `OutOfSteps`."""
    logic = session.logic
    left = (_with_needed(session, test) for test in when.parts)
    fails = ((test, logic.query([logic.formulas.negation[logic.condition(test)]])) for test in left)
    return All(tuple(test for test, query in fails if query.exists(session.mending)))


def _with_needed(session: ProofSession, test: Condition) -> Condition:
    """Return a test with only what is needed in its parts, such as several bands of a field; raises `OutOfSteps`."""
    if isinstance(test, All):
        return all_of(_needed(session, test).parts)
    if isinstance(test, Some) and test.written is None:
        return Some(tuple(_with_needed(session, part) for part in test.parts))
    return test


def _added(session: ProofSession, when: dict[str, object]) -> Mend | None:
    """Return the mend that adds a rule, with words in capitals for the author to fill in; under `first` it goes last.

    None if the rule, read again from the edited text, does not mean what it should.
    """
    # In a policy with a source every rule states its origin; this one is the author's own.
    origin = {"added": "WHY"} if session.policy.source is not None else {}
    step = session.decided
    then = session.decided_word.upper()
    amounts = dict.fromkeys(_own_amounts(step), "AMOUNT")
    output = {"output": amounts} if amounts else {}
    data = {"rule": "NAME", **when, "then": then, "because": "WHY", **output, **origin}
    written = written_rules(session.policy, session.decided)
    edit = None if written is None else written.add_rule(data)
    line = ""
    if written is not None:
        given = {"NAME": "name", then: session.policy.verdicts[0].name}
        rule = None if edit is None else written.read_added(edit, given)
        if edit is None or rule is None or not (rule.otherwise or _covers(session, [rule.when])):
            return None
        line = f" (line {written.line_of(edit)})"
    text = f"- {on_one_line(data)}"
    words = f"add a rule{' at the end' if 'otherwise' in when else ''}{line}"
    if len(text) <= WIDTH:
        return Mend(f"{words}: `{text}`", edit=edit)
    return Mend(words, "\n".join(block_lines([data])), edit)


def _own_amounts(step: DecisionStep | None) -> list[str]:
    """Return the outputs of a step that its outcomes do not give, and that each of its rules has to give."""
    return [name for name in step.amounts if not step.is_given_by_all(name)] if step else []


def _joined(parts: Sequence[All]) -> All:
    """Return the disjunction of conditions, with the tests that they share factored out."""
    common = tuple(test for test in parts[0].parts if all(test in part.parts for part in parts))
    if len(parts) == 1:
        return All(common)
    rest = tuple(All(tuple(test for test in part.parts if test not in common)) for part in parts)
    return All((*common, Some(rest)))


def _covers(session: ProofSession, parts: Sequence[Condition]) -> bool:
    """Whether conditions together hold in every situation without a verdict, and in no other possible one."""
    logic = session.logic
    formulas = [logic.condition(part) for part in parts]
    try:
        rest = logic.query([], [*logic.applies, *formulas])
        if rest.exists(session.mending):
            return False
        return not any(logic.query([formula], (), logic.applies).exists(session.mending) for formula in formulas)
    except OutOfSteps:
        return False

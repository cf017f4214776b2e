"""Mends of gaps: a wider rule, or a new rule for exactly the situations without a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine.analysis.describing.regions import Regions
from engine.analysis.proving.findings import Mend
from engine.analysis.proving.mends.mend_trials import (
    Candidate,
    candidate,
    entry_text,
    parts_of,
    settles_gap,
    spelled,
    tests_of,
)
from engine.analysis.proving.mends.row_cells import cell_for
from engine.analysis.proving.proof_session import ProofSession
from engine.budget import OutOfSteps
from engine.language.documents.yaml_spelling import WIDTH, block_lines, on_one_line
from engine.language.model.canonical import condition_data
from engine.language.model.condition_tree import All, Compare, Condition, Some
from engine.language.model.field_kinds import Value
from engine.language.model.policy import FIRST
from engine.language.model.policy_parts import Rule
from engine.language.sections.text_edits import written_rules
from engine.meaning import reference
from engine.meaning.formulas import TRUE
from engine.meaning.spaces.areas import Area, bits
from engine.meaning.spaces.wording import cells_of

# A rule for more regions is too long to be read.
_MOST_REGIONS = 5
# Rules that are tried, and mends that are shown.
_MOST_TRIED, _MOST_WIDENED = 20, 2


def mend_gap(
    session: ProofSession, example: Mapping[str, Value], regions: Regions | None, areas: Sequence[Area] | None
) -> tuple[Mend, ...]:
    """Return mends that give all situations without a verdict one; empty if they are too scattered for one rule."""
    policy = session.policy
    if policy.decision == FIRST:
        is_closed = policy.rules[-1].otherwise or session.is_table
        last = None if is_closed else _added(session, {"otherwise": True})
        return () if last is None else (last,)
    if session.is_table:
        rows = _rows_for(session, regions)
        return () if rows is None else (rows,)
    wider = [] if areas is None else list(_widened(session, example, areas))
    added = _rule_for(session, regions)
    # If relaxing an entry suffices, a new rule of many lines would hide what is missing.
    if added is None or (wider and added.text):
        return tuple(wider)
    return (*wider, added)


# A wider rule.


def _widened(session: ProofSession, example: Mapping[str, Value], areas: Sequence[Area]) -> Iterator[Mend]:
    """Iterate over rules that cover the whole gap once a single entry is relaxed."""
    found = tried = 0
    situation = reference.Situation(session.policy, example)
    reached = _reached(areas)
    for place, rule in enumerate(session.policy.rules):
        failing = [part for part in parts_of(rule) if not situation.holds(part)]
        if len(failing) != 1 or not _may_take_in(session, rule, failing[0], reached):
            continue
        each = _without_limit(session, place, failing[0], areas)
        tried += 1
        if each is not None and settles_gap(session, each, areas):
            yield each.mend()
            found += 1
        if found == _MOST_WIDENED or tried == _MOST_TRIED:
            return


def _may_take_in(session: ProofSession, rule: Rule, entry: Condition, reached: Sequence[int]) -> bool:
    """Whether a rule, apart from one entry, may hold in the whole gap, by its tests of single fields.

    This rules out nearly every rule of a large table without a trial.
    """
    logic = session.logic
    beside = (logic.condition(part) for part in parts_of(rule) if part is not entry)
    tests, _ = logic.formulas.terms(logic.formulas.conjunction(beside))
    # Tied fields are left out: the gap need not reach all of their cells.
    return not any(reached[axis] & ~mask for axis, mask in tests.items() if axis not in logic.areas.group_of)


def _without_limit(session: ProofSession, place: int, entry: Condition, areas: Sequence[Area]) -> Candidate | None:
    """Return a rule with an entry relaxed to include the gap, or removed; None if neither is possible."""
    rule = session.policy.rules[place]
    try:
        wider = _wider(session, entry, areas)
    except OutOfSteps:
        return None
    key = spelled(entry)[0]
    if wider is None:
        rest = tuple(part for part in parts_of(rule) if part is not entry)
        return None if not rest else candidate(
            session,
            place,
            {"when": All(rest)},
            f"widen `{rule.name}`: take `{entry_text(entry)}` out of its `when`",
            lambda written: written.remove_entry(place, "when", key),
        )  # fmt: skip
    name, data = spelled(wider)
    if name != key or isinstance(wider, Some):
        return None
    return candidate(
        session,
        place,
        {"when": All(tuple(wider if part is entry else part for part in parts_of(rule)))},
        f"widen `{rule.name}`: in its `when`, write `{entry_text(wider)}` for `{entry_text(entry)}`",
        lambda written: written.change_entry(place, "when", key, data),
    )


def _wider(session: ProofSession, entry: Condition, areas: Sequence[Area]) -> Condition | None:
    """Return an entry that also includes the gap; raises `OutOfSteps`.

    None if nothing would be left to test, or if the entry is not a comparison on a single axis.
    """
    logic = session.logic
    box, rest = logic.formulas.terms(logic.condition(entry))
    if rest != TRUE or len(box) != 1 or not all(isinstance(test, Compare) for test in tests_of(entry)):
        return None
    [(axis, mask)] = box.items()
    reached = _reached(areas)[axis]
    if axis not in logic.areas.group_of:
        mask |= reached
    for cell in bits(reached & ~mask):
        # The cells of tied fields are a superset of what the gap reaches: each is checked.
        if any(logic.areas.narrow(area, axis, 1 << cell, session.mending) is not None for area in areas):
            mask |= 1 << cell
    whole = logic.areas.whole.masks[axis]
    return None if mask == whole else cells_of(session.policy, logic.space, axis, mask)


def _reached(areas: Sequence[Area]) -> list[int]:
    """Return for each axis the cells that some area has."""
    masks = [0] * len(areas[0].masks)
    for area in areas:
        masks = [mask | more for mask, more in zip(masks, area.masks, strict=True)]
    return masks


# A new rule.


def _rule_for(session: ProofSession, regions: Regions | None) -> Mend | None:
    if regions is None or not _are_few(regions):
        return None
    try:
        parts = [_needed(session, region.when) for region in regions.shown]
        data = condition_data(_needed(session, _joined(parts)))
    except OutOfSteps:
        return None
    return _added(session, {"when": data}) if data and _covers(session, parts) else None


def _rows_for(session: ProofSession, regions: Regions | None) -> Mend | None:
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
    if not _covers(session, [All(tuple(cell.condition for cell in row)) for row in rows]):
        return None
    told = [", ".join(f"`{cell.text}` in the column `{cell.column}`" for cell in row) for row in rows]
    if len(told) == 1:
        return Mend(f"add a row with {told[0]}, and the verdict in `then`")
    return Mend(f"add {len(told)} rows, each with the verdict in `then`", "\n".join(f"- {row}" for row in told))


def _are_few(regions: Regions) -> bool:
    """Whether all regions are known, and few enough to be pasted and read."""
    return 0 < regions.total <= min(len(regions.shown), _MOST_REGIONS)


def _needed(session: ProofSession, when: All) -> All:
    """Return a condition without the tests that every possible situation meets; raises `OutOfSteps`."""
    logic = session.logic
    left = (_only_needed(session, test) if isinstance(test, All) else test for test in when.parts)
    fails = ((test, logic.query([logic.formulas.negation[logic.condition(test)]])) for test in left)
    return All(tuple(test for test, query in fails if query.exists(session.mending)))


def _only_needed(session: ProofSession, tests: All) -> Condition:
    """Return the comparisons of one entry that are needed, without an enclosing `All` if it is one."""
    needed = _needed(session, tests)
    return needed.parts[0] if len(needed.parts) == 1 else needed


def _added(session: ProofSession, when: dict[str, object]) -> Mend | None:
    """Return the mend that adds a rule, with words in capitals for the author to fill in; under `first` it goes last.

    None if the rule, read again from the edited text, does not mean what it should.
    """
    # In a policy with a source every rule states its origin; this one is the author's own.
    origin = {"added": "WHY"} if session.policy.source is not None else {}
    data = {"rule": "NAME", **when, "then": "VERDICT", "because": "WHY", **origin}
    written = written_rules(session.policy)
    edit = None if written is None else written.add_rule(data)
    line = ""
    if written is not None:
        given = {"NAME": "name", "VERDICT": session.policy.verdicts[0].name}
        rule = None if edit is None else written.read_added(edit, given)
        if edit is None or rule is None or not (rule.otherwise or _covers(session, [rule.when])):
            return None
        line = f" (line {written.line_of(edit)})"
    text = f"- {on_one_line(data)}"
    words = f"add a rule{' at the end' if 'otherwise' in when else ''}{line}"
    if len(text) <= WIDTH:
        return Mend(f"{words}: `{text}`", edit=edit)
    return Mend(words, "\n".join(block_lines([data])), edit)


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

"""Mends of gaps: a wider rule or row, or a new one for exactly the situations without a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine.analysis.describing.named_bounds import name_bounds
from engine.analysis.describing.regions import Regions
from engine.analysis.proving.findings import Mend
from engine.analysis.proving.mends.mend_trials import (
    Candidate,
    candidate,
    entry_text,
    in_place_of,
    parts_of,
    settles_gap,
    spelled,
    tests_of,
)
from engine.analysis.proving.mends.new_rules import add_last_row, add_last_rule, add_rows, add_rule
from engine.analysis.proving.mends.row_cells import cell_for, row_cells, with_cell
from engine.analysis.proving.proof_session import ProofSession
from engine.budget import OutOfSteps
from engine.language.model.condition_tree import All, Compare, Condition, Holds, Some
from engine.language.model.field_kinds import Value
from engine.language.model.policy import FIRST
from engine.meaning import reference
from engine.meaning.formula_store import TRUE
from engine.meaning.spaces.areas import Area, bits
from engine.meaning.spaces.wording import cells_of

# Rules that are tried, and mends that are shown.
_MOST_TRIED, _MOST_WIDENED = 20, 2


def mend_gap(
    session: ProofSession, example: Mapping[str, Value], regions: Regions | None, areas: Sequence[Area] | None
) -> tuple[Mend, ...]:
    """Return mends that give all situations without a verdict one; empty if they are too scattered for one rule."""
    policy = session.policy
    if policy.decision == FIRST:
        if policy.rules[-1].otherwise:
            return ()
        last = add_last_row(session) if session.is_table else add_last_rule(session)
        return () if last is None else (last,)
    wider = [] if areas is None else list(_widened(session, example, areas))
    added = add_rows(session, regions) if session.is_table else add_rule(session, regions)
    if added is None and not (wider or session.is_table or policy.circles):
        # What is too scattered to be said may still be what the other rules leave.
        added = add_last_rule(session)
    # If relaxing an entry suffices, a new rule of many lines would hide what is missing.
    if added is None or (wider and "\n" in added.text):
        return tuple(wider)
    return (*wider, added)


# A wider rule.


def _widened(session: ProofSession, example: Mapping[str, Value], areas: Sequence[Area]) -> Iterator[Mend]:
    """Iterate over rules that cover the whole gap once a single entry, or cell, is relaxed."""
    found = tried = 0
    situation = reference.Situation(session.policy, example)
    reached = _reached(areas)
    relax = _relax_cell if session.is_table else _relax_entry
    for place, rule in enumerate(session.policy.rules):
        entries = [cell for _, cell in row_cells(rule)] if session.is_table else parts_of(rule)
        failing = [entry for entry in entries if not situation.holds(entry)]
        if len(failing) != 1 or not _may_take_in(
            session, [each for each in entries if each is not failing[0]], reached
        ):
            continue
        each = relax(session, place, failing[0], areas)
        tried += 1
        if each is not None and settles_gap(session, each, areas):
            yield each.mend()
            found += 1
        if found == _MOST_WIDENED or tried == _MOST_TRIED:
            return


def _may_take_in(session: ProofSession, entries: Sequence[Condition], reached: Sequence[int]) -> bool:
    """Whether the other entries of a rule may hold in the whole gap, by their tests of single fields.

    This rules out nearly every rule of a large table without a trial.
    """
    logic = session.logic
    tests, _ = logic.formulas.terms(logic.formulas.conjunction(map(logic.condition, entries)))
    # Tied fields are left out: the gap need not reach all of their cells.
    return not any(reached[axis] & ~mask for axis, mask in tests.items() if axis not in logic.areas.group_of)


def _relax_entry(session: ProofSession, place: int, entry: Condition, areas: Sequence[Area]) -> Candidate | None:
    """Return a rule with an entry relaxed to include the gap, or removed; None if neither is possible."""
    rule = session.policy.rules[place]
    if entry is rule.valid:
        return None
    is_plain = all(isinstance(test, Compare) for test in tests_of(entry))
    try:
        wider = _wider(session, entry, areas) if is_plain else None
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


def _relax_cell(session: ProofSession, place: int, entry: Condition, areas: Sequence[Area]) -> Candidate | None:
    """Return a row with one cell relaxed to include the gap, or emptied; None if neither is possible."""
    rule = session.policy.rules[place]
    cells = list(row_cells(rule))
    column = next(column for column, cell in cells if cell is entry)
    try:
        # A cell says of a fact only whether it holds.
        wider = None if isinstance(entry, Holds) else _wider(session, entry, areas)
    except OutOfSteps:
        return None
    where = f"the column `{column}` of {rule.place.path}"
    if wider is None:
        # A row without any test would apply everywhere.
        return None if len(cells) == 1 else with_cell(
            session, place, column, "", f"widen `{rule.name}`: empty the cell in {where}{in_place_of(entry)}"
        )  # fmt: skip
    text = cell_for(session, wider)
    if text is None or text.column != column:
        return None
    words = f"widen `{rule.name}`: write `{text.text}` in {where}{in_place_of(entry)}"
    return with_cell(session, place, column, text.text, words)


def _wider(session: ProofSession, entry: Condition, areas: Sequence[Area]) -> Condition | None:
    """Return an entry that also includes the gap; raises `OutOfSteps`.

    None if nothing would be left to test, or if the entry tests more than a single axis, or what a step gives.
    """
    logic = session.logic
    box, rest = logic.formulas.terms(logic.condition(entry))
    if rest != TRUE or len(box) != 1:
        return None
    [(axis, mask)] = box.items()
    if logic.areas.steps is not None and axis in logic.areas.steps.axes:
        # The amount that a step gives, of which the cells are outcomes.
        return None
    reached = _reached(areas)[axis]
    if axis not in logic.areas.group_of:
        mask |= reached
    for cell in bits(reached & ~mask):
        # The cells of tied fields are a superset of what the gap reaches: each is checked.
        if any(logic.areas.narrow(area, axis, 1 << cell, session.mending) is not None for area in areas):
            mask |= 1 << cell
    whole = logic.areas.whole.masks[axis]
    if mask == whole:
        return None
    return name_bounds(session.policy, cells_of(session.policy, logic.space, axis, mask))


def _reached(areas: Sequence[Area]) -> list[int]:
    """Return for each axis the cells that some area has."""
    masks = [0] * len(areas[0].masks)
    for area in areas:
        masks = [mask | more for mask, more in zip(masks, area.masks, strict=True)]
    return masks

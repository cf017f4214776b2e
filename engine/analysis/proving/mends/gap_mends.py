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
from engine.analysis.proving.proof_session import Inquiry
from engine.budget import OutOfSteps
from engine.language.documents.yaml_spelling import WIDTH, block_lines, on_one_line
from engine.language.model.canonical import condition_data
from engine.language.model.condition_tree import All, Compare, Condition, Some
from engine.language.model.field_kinds import Value
from engine.language.model.policy import FIRST, Rule
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
    inquiry: Inquiry, example: Mapping[str, Value], regions: Regions | None, areas: Sequence[Area] | None
) -> tuple[Mend, ...]:
    """Return mends that give all situations without a verdict one; empty if they are too scattered for one rule."""
    policy = inquiry.policy
    if policy.decision == FIRST:
        is_closed = policy.rules[-1].otherwise or inquiry.is_table
        last = None if is_closed else _added(inquiry, {"otherwise": True})
        return () if last is None else (last,)
    if inquiry.is_table:
        rows = _rows_for(inquiry, regions)
        return () if rows is None else (rows,)
    wider = [] if areas is None else list(_widened(inquiry, example, areas))
    added = _rule_for(inquiry, regions)
    # If relaxing an entry suffices, a new rule of many lines would hide what is missing.
    if added is None or (wider and added.text):
        return tuple(wider)
    return (*wider, added)


# A wider rule.


def _widened(inquiry: Inquiry, example: Mapping[str, Value], areas: Sequence[Area]) -> Iterator[Mend]:
    """Iterate over rules that cover the whole gap once a single entry is relaxed."""
    found = tried = 0
    situation = reference.Situation(inquiry.policy, example)
    reached = _reached(areas)
    for place, rule in enumerate(inquiry.policy.rules):
        failing = [part for part in parts_of(rule) if not situation.holds(part)]
        if len(failing) != 1 or not _may_take_in(inquiry, rule, failing[0], reached):
            continue
        each = _without_limit(inquiry, place, failing[0], areas)
        tried += 1
        if each is not None and settles_gap(inquiry, each, areas):
            yield each.mend()
            found += 1
        if found == _MOST_WIDENED or tried == _MOST_TRIED:
            return


def _may_take_in(inquiry: Inquiry, rule: Rule, entry: Condition, reached: Sequence[int]) -> bool:
    """Whether a rule, apart from one entry, may hold in the whole gap, by its tests of single fields.

    This rules out nearly every rule of a large table without a trial.
    """
    logic = inquiry.logic
    beside = (logic.condition(part) for part in parts_of(rule) if part is not entry)
    tests, _ = logic.formulas.terms(logic.formulas.conjunction(beside))
    # Tied fields are left out: the gap need not reach all of their cells.
    return not any(reached[axis] & ~mask for axis, mask in tests.items() if axis not in logic.areas.group_of)


def _without_limit(inquiry: Inquiry, place: int, entry: Condition, areas: Sequence[Area]) -> Candidate | None:
    """Return a rule with an entry relaxed to include the gap, or removed; None if neither is possible."""
    rule = inquiry.policy.rules[place]
    try:
        wider = _wider(inquiry, entry, areas)
    except OutOfSteps:
        return None
    key = spelled(entry)[0]
    if wider is None:
        rest = tuple(part for part in parts_of(rule) if part is not entry)
        return None if not rest else candidate(
            inquiry,
            place,
            {"when": All(rest)},
            f"widen `{rule.name}`: take `{entry_text(entry)}` out of its `when`",
            lambda written: written.remove_entry(place, "when", key),
        )  # fmt: skip
    name, data = spelled(wider)
    if name != key or isinstance(wider, Some):
        return None
    return candidate(
        inquiry,
        place,
        {"when": All(tuple(wider if part is entry else part for part in parts_of(rule)))},
        f"widen `{rule.name}`: in its `when`, write `{entry_text(wider)}` for `{entry_text(entry)}`",
        lambda written: written.change_entry(place, "when", key, data),
    )


def _wider(inquiry: Inquiry, entry: Condition, areas: Sequence[Area]) -> Condition | None:
    """Return an entry that also includes the gap; raises `OutOfSteps`.

    None if nothing would be left to test, or if the entry is not a comparison on a single axis.
    """
    logic = inquiry.logic
    box, rest = logic.formulas.terms(logic.condition(entry))
    if rest != TRUE or len(box) != 1 or not all(isinstance(test, Compare) for test in tests_of(entry)):
        return None
    [(axis, mask)] = box.items()
    reached = _reached(areas)[axis]
    if axis not in logic.areas.group_of:
        mask |= reached
    for cell in bits(reached & ~mask):
        # The cells of tied fields are a superset of what the gap reaches: each is checked.
        if any(logic.areas.narrow(area, axis, 1 << cell, inquiry.mending) is not None for area in areas):
            mask |= 1 << cell
    whole = logic.areas.whole.masks[axis]
    return None if mask == whole else cells_of(inquiry.policy, logic.space, axis, mask)


def _reached(areas: Sequence[Area]) -> list[int]:
    """Return for each axis the cells that some area has."""
    masks = [0] * len(areas[0].masks)
    for area in areas:
        masks = [mask | more for mask, more in zip(masks, area.masks, strict=True)]
    return masks


# A new rule.


def _rule_for(inquiry: Inquiry, regions: Regions | None) -> Mend | None:
    if regions is None or not _are_few(regions):
        return None
    try:
        parts = [_needed(inquiry, region.when) for region in regions.shown]
        data = condition_data(_needed(inquiry, _joined(parts)))
    except OutOfSteps:
        return None
    return _added(inquiry, {"when": data}) if data and _covers(inquiry, parts) else None


def _rows_for(inquiry: Inquiry, regions: Regions | None) -> Mend | None:
    """Return the mend that adds table rows for exactly the gap, one per region; None if cells cannot express it."""
    if regions is None or not _are_few(regions):
        return None
    try:
        parts = [_needed(inquiry, region.when) for region in regions.shown]
    except OutOfSteps:
        return None
    rows = [[cell for test in part.parts if (cell := cell_for(inquiry, test)) is not None] for part in parts]
    for part, row in zip(parts, rows, strict=True):
        if not row or len({cell.column for cell in row}) != len(part.parts):
            return None
    if not _covers(inquiry, [All(tuple(cell.condition for cell in row)) for row in rows]):
        return None
    told = [", ".join(f"`{cell.text}` in the column `{cell.column}`" for cell in row) for row in rows]
    if len(told) == 1:
        return Mend(f"add a row with {told[0]}, and the verdict in `then`")
    return Mend(f"add {len(told)} rows, each with the verdict in `then`", "\n".join(f"- {row}" for row in told))


def _are_few(regions: Regions) -> bool:
    """Whether all regions are known, and few enough to be pasted and read."""
    return 0 < regions.total <= min(len(regions.shown), _MOST_REGIONS)


def _needed(inquiry: Inquiry, when: All) -> All:
    """Return a condition without the tests that every possible situation meets; raises `OutOfSteps`."""
    logic = inquiry.logic
    left = (_only_needed(inquiry, test) if isinstance(test, All) else test for test in when.parts)
    fails = ((test, logic.question([logic.formulas.negation[logic.condition(test)]])) for test in left)
    return All(tuple(test for test, question in fails if question.exists(inquiry.mending)))


def _only_needed(inquiry: Inquiry, tests: All) -> Condition:
    """Return the comparisons of one entry that are needed, without an enclosing `All` if it is one."""
    needed = _needed(inquiry, tests)
    return needed.parts[0] if len(needed.parts) == 1 else needed


def _added(inquiry: Inquiry, when: dict[str, object]) -> Mend | None:
    """Return the mend that adds a rule, with words in capitals for the author to fill in; under `first` it goes last.

    None if the rule, read again from the edited text, does not mean what it should.
    """
    # In a policy with a source every rule states its origin; this one is the author's own.
    origin = {"added": "WHY"} if inquiry.policy.source is not None else {}
    data = {"rule": "NAME", **when, "then": "VERDICT", "because": "WHY", **origin}
    written = written_rules(inquiry.policy)
    edit = None if written is None else written.add_rule(data)
    line = ""
    if written is not None:
        given = {"NAME": "name", "VERDICT": inquiry.policy.verdicts[0].name}
        rule = None if edit is None else written.read_added(edit, given)
        if edit is None or rule is None or not (rule.otherwise or _covers(inquiry, [rule.when])):
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


def _covers(inquiry: Inquiry, parts: Sequence[Condition]) -> bool:
    """Whether conditions together hold in every situation without a verdict, and in no other possible one."""
    logic = inquiry.logic
    formulas = [logic.condition(part) for part in parts]
    try:
        rest = logic.question([], [*logic.applies, *formulas])
        if rest.exists(inquiry.mending):
            return False
        return not any(logic.question([formula], (), logic.applies).exists(inquiry.mending) for formula in formulas)
    except OutOfSteps:
        return False

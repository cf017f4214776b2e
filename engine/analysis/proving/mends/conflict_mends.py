"""Mends of conflicts: an override, or a narrower `when`, proved to settle the conflict as it would be pasted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.analysis.describing.named_bounds import name_bounds
from engine.analysis.proving.findings import Mend
from engine.analysis.proving.mends.mend_trials import (
    Candidate,
    candidate,
    count_settled,
    entry_text,
    in_place_of,
    is_writable,
    parts_of,
    spelled,
    tests_of,
)
from engine.analysis.proving.mends.row_cells import cell_for, row_cells, with_cell
from engine.analysis.proving.proof_session import ProofSession
from engine.language.documents.yaml_spelling import on_one_line
from engine.language.editing.written_steps import written_rules
from engine.language.model.condition_tree import LIST_OPS, All, Compare, Condition, Holds, Some, all_of
from engine.language.model.field_kinds import ANY_OF, Field
from engine.language.model.policy_parts import Override
from engine.meaning.spaces.wording import cells_of

# Narrower conditions that are tried for one conflict.
_MOST_TRIED = 8
WHY = "WHY"


def mend_conflict(session: ProofSession, first: int, second: int) -> tuple[Mend, ...]:
    """Return mends for two rules that disagree: at most one override and one narrower `when`.

    The one that settles most other conflicts comes first, otherwise the override.
    """
    pair = _by_rank(session, first, second)
    other_way = (pair[1], pair[0])
    overrides = (_override(session, *each) for each in (() if session.is_table else (pair, other_way)))
    narrowed = (each for ranked in (pair, other_way) for each in _narrowings(session, *ranked))
    ways = (_first_that_settles(session, found, pair) for found in (overrides, narrowed))
    return tuple(sorted((way for way in ways if way is not None), key=lambda way: -way.settles))


def _first_that_settles(session: ProofSession, found: Iterable[Candidate | None], pair: tuple[int, int]) -> Mend | None:
    """Return the first candidate that settles the conflict, as a mend; None if there is none."""
    for each in found:
        settled = 0 if each is None else count_settled(session, each, pair)
        if each is not None and settled:
            return each.mend(settled)
    return None


def _by_rank(session: ProofSession, first: int, second: int) -> tuple[int, int]:
    """Return two rules with the one that should prevail first: the more special one, otherwise the later one."""
    counts = [session.count(session.logic.standing(rule)) for rule in (first, second)]
    if counts[0] is not None and counts[1] is not None and counts[0] < counts[1]:
        return first, second
    return second, first


def _override(session: ProofSession, strong: int, weak: int) -> Candidate | None:
    """Return the stronger rule with an override of the weaker one."""
    winner, loser = session.policy.rules[strong], session.policy.rules[weak].name
    what = f"let `{winner.name}` override `{loser}`: add"
    overrides = (*winner.overrides, Override(loser, WHY))
    written = written_rules(session.policy, session.decided)
    own = session.decided.rules[weak].name if session.decided else loser
    item = {"rules": [own], "because": WHY}
    if winner.overrides_all or (written is not None and written.add_item(strong, "overrides", item)):
        return candidate(
            session,
            strong,
            {"overrides": overrides},
            f"{what} `{on_one_line(item)}` to its `overrides`",
            lambda written: written.add_item(strong, "overrides", item),
        )
    if winner.overrides:
        return candidate(
            session,
            strong,
            {"overrides": overrides},
            f"{what} `{own}: {WHY}` to its `overrides`",
            lambda written: written.add_entry(strong, "overrides", own, WHY),
        )
    return candidate(
        session,
        strong,
        {"overrides": overrides},
        f"{what} `overrides: {{{own}: {WHY}}}` to it",
        lambda written: written.add_entry(strong, None, "overrides", {own: WHY}),
    )


def _narrowings(session: ProofSession, strong: int, weak: int) -> Iterator[Candidate]:
    """Iterate over candidates that add a test to the weaker rule, so that it avoids the stronger one."""
    found = 0
    for test in _tests_apart(session, strong, weak):
        each = _narrow(session, weak, test)
        if each is not None:
            yield each
            found += 1
        if found == _MOST_TRIED:
            return


def _tests_apart(session: ProofSession, strong: int, weak: int) -> Iterator[Condition]:
    """Iterate over tests that fail wherever the stronger rule applies: from its facts first, then from its comparisons.

    A test of a single field or sum includes what the weaker rule requires of it, so that it can replace that entry.
    """
    logic, policy = session.logic, session.policy
    for part in parts_of(policy.rules[strong]):
        if isinstance(part, Holds):
            yield Holds(part.fact, not part.expected)
    boxes = [logic.formulas.terms(logic.applies[rule])[0] for rule in (strong, weak)]
    steps = frozenset[int]() if logic.areas.steps is None else logic.areas.steps.axes
    for axis in sorted(boxes[0].keys() - steps):
        mask = boxes[1].get(axis, logic.areas.whole.masks[axis]) & ~boxes[0][axis]
        if mask:
            test = name_bounds(policy, cells_of(policy, logic.space, axis, mask))
            if session.is_table or (not isinstance(test, Some) and is_writable(policy, test)):
                yield test


def _narrow(session: ProofSession, rule: int, test: Condition) -> Candidate | None:
    """Return a rule with one more test, or with it in place of the entry on the same field.

    None if neither is possible.
    """
    policy = session.policy
    own = policy.rules[rule]
    if session.is_table:
        return _cell(session, rule, test)
    name, data = spelled(test)
    before = [part for part in parts_of(own) if part is not own.valid and spelled(part)[0] == name]
    if all(part is own.valid for part in parts_of(own)):
        return candidate(
            session,
            rule,
            {"when": All((*parts_of(own), test))},
            f"narrow `{own.name}`: add `when: {{{entry_text(test)}}}` to it",
            lambda written: written.add_entry(rule, None, "when", {name: data}),
        )
    if not before:
        return candidate(
            session,
            rule,
            {"when": All((*parts_of(own), test))},
            f"narrow `{own.name}`: add `{entry_text(test)}` to its `when`",
            lambda written: written.add_entry(rule, "when", name, data),
        )
    field = policy.field.get(name)
    joint: Condition | None = test
    if field is not None and field.kind == ANY_OF:
        joint = _joint(field, before[0], test)
    elif not all(isinstance(each, Compare) for each in tests_of(before[0])):
        joint = None
    if joint is None:
        return None
    parts = tuple(joint if part is before[0] else part for part in parts_of(own))
    data = spelled(joint)[1]
    return candidate(
        session,
        rule,
        {"when": All(parts)},
        f"narrow `{own.name}`: in its `when`, write `{entry_text(joint)}` for `{entry_text(before[0])}`",
        lambda written: written.change_entry(rule, "when", name, data),
    )


def _joint(field: Field, entry: Condition, test: Condition) -> Condition | None:
    """Return an entry on an `any_of` field joined with a test of its options; None if one entry cannot express both."""
    tests = (*tests_of(entry), test)
    named: dict[str, set[str]] = {}
    for each in tests:
        if not isinstance(each, Compare) or each.op not in LIST_OPS or not isinstance(each.value, tuple):
            return None
        if each.op in ("only", "includes_any") and each.op in named:
            return None
        named.setdefault(each.op, set()).update(each.value)
    return all_of(
        Compare(field.name, op, tuple(option for option in field.options if option in options))
        for op, options in named.items()
    )


def _cell(session: ProofSession, rule: int, test: Condition) -> Candidate | None:
    """Return a table row with another text in one cell; None if there is no such column, or no text for the test.

    None also if the row requires the opposite of a fact, so that another text would move the row, not narrow it.
    """
    cell = cell_for(session, test)
    own = session.policy.rules[rule]
    if cell is None or (isinstance(test, Holds) and test.fact in {column for column, _ in row_cells(own)}):
        return None
    before = [written for column, written in row_cells(own) if column == cell.column]
    place = f"the column `{cell.column}` of {own.place.path}{in_place_of(before[0]) if before else ''}"
    words = f"narrow `{own.name}`: write `{cell.text}` in {place}"
    return with_cell(session, rule, cell.column, cell.text, words)

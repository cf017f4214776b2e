"""Idle answers: choices, texts, options and limits that rules distinguish although it makes no difference.

Two neighbouring cells of a field's axis are alike if every situation has the same outcome with either. This is
determined exactly, by comparing the policy with itself, read as if one cell were the other. Tied fields are left out,
since another answer changes their sum as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from engine.analysis.proving.differences import MOST_ANSWERS, Evidence
from engine.analysis.proving.findings import Finding
from engine.analysis.proving.proof_session import ProofSession
from engine.language.model.condition_tree import All, Compare, Versus
from engine.language.model.field_kinds import ANY_OF, NOT_ASKED, YES_NO, Field
from engine.meaning.changes import change_of
from engine.meaning.cubes import as_bits
from engine.meaning.formulas import Ground
from engine.meaning.logic import Logic
from engine.meaning.spaces.areas import Areas

_HELP = "correct the rules that tell them apart, or treat them as one in every rule"


def find_idle_answers(session: ProofSession, field: Field, evidence: Evidence) -> Iterator[Finding]:
    """Iterate over the answers to a field that rules distinguish in vain; raises `OutOfSteps`."""
    if field.kind == ANY_OF:
        yield from _options(session, field, evidence)
        return
    [axis] = session.logic.space.axes_of(field)
    if field.kind == YES_NO or len(session.logic.space.axes[axis].cells) > MOST_ANSWERS:
        return
    if field.is_listed:
        yield from _choices(session, field, axis, evidence)
    elif axis not in session.logic.areas.group_of:
        yield from _limits(session, field, axis, evidence)


def _choices(session: ProofSession, field: Field, axis: int, evidence: Evidence) -> Iterator[Finding]:
    """Iterate over findings about choices or texts, with one representative for each class that rules distinguish."""
    # Answers that no rule distinguishes may still differ in what is possible.
    number = _class_of(evidence.classes(axis))
    alike: list[dict[int, int]] = []
    known = field.all_listed
    not_asked = field.rank.get(NOT_ASKED)
    for classed in evidence.fine_classes(axis):
        # No answer is beside that the question is not asked.
        cells = [cell for cell in classed if cell != not_asked]
        if not cells:
            continue
        # A text that no rule names is reported as "any other text", known or not.
        cell = cells[-1] if cells[-1] == len(known) else cells[0]
        for group in alike:
            if is_alike(session, field, axis, (next(iter(group.values())), cell), evidence):
                group.setdefault(number[cell], cell)
                break
        else:
            alike.append({number[cell]: cell})
    for group in alike:
        if len(group) > 1:
            named = [f"`{known[cell]}`" if cell < len(known) else "any other text" for cell in group.values()]
            answers = f"{', '.join(named[:-1])} and {named[-1]}"
            message = (
                f"rules tell the answers {answers} to `{field.name}` apart, but it makes no difference: {field.ask}"
            )
            yield Finding("idle-answer", message, (), (field.place,), _HELP)


def _options(session: ProofSession, field: Field, evidence: Evidence) -> Iterator[Finding]:
    """Iterate over findings about options that some test asks for in vain."""
    # The last axis, if there is one more, says whether the question is asked.
    for option, axis in zip(field.options, session.logic.space.axes_of(field), strict=False):
        is_asked = len(evidence.classes(axis)) > 1
        if is_asked and not evidence.matters(axis) and is_alike(session, field, axis, (0, 1), evidence):
            message = f"rules ask whether `{option}` is among the answers to `{field.name}`, but it makes no difference"
            help_ = "correct the rules that ask for it, or take it out of them"
            yield Finding("idle-answer", f"{message}: {field.ask}", (), (field.place,), help_)


def _limits(session: ProofSession, field: Field, axis: int, evidence: Evidence) -> Iterator[Finding]:
    """Iterate over findings about adjacent bands that get the same outcome in every situation.

    The cells of a band get the same outcome, too. Only borders at which one test of a rule ends and another begins
    count: a rule that starts or ends within the range of another does not distinguish two bands.
    """
    ruled, fine = _class_of(evidence.classes(axis)), _class_of(evidence.fine_classes(axis))
    band = [0]
    alike = [[band]]
    none = session.logic.space.none_on(axis)
    for below, above in pairwise(range(len(fine))):
        if none & (1 << below | 1 << above):
            # No value is beside `none`: a rule that is about both has to name them both.
            band = [above]
            alike.append([band])
            continue
        is_same = fine[below] == fine[above] or is_alike(session, field, axis, (below, above), evidence)
        if is_same and ruled[below] == ruled[above]:
            band.append(above)
            continue
        band = [above]
        if is_same and evidence.bordered(axis, below, above) and _is_possible(session, axis, above):
            alike[-1].append(band)
        else:
            alike.append([band])
    for group in alike:
        if len(group) > 1:
            named = [f"`{_entry(session, axis, band)}`" for band in group]
            answers = f"{', '.join(named[:-1])} and {named[-1]}"
            message = f"rules tell {answers} apart, but it makes no difference: {field.ask}"
            yield Finding("idle-answer", message, (), (field.place,), _HELP)


def _class_of(classes: list[list[int]]) -> dict[int, int]:
    """Map each cell to the number of its class."""
    return {cell: number for number, cells in enumerate(classes) for cell in cells}


def _is_possible(session: ProofSession, axis: int, cell: int) -> bool:
    """Whether some possible situation has this cell; raises `OutOfSteps`."""
    logic = session.logic
    return session.exists(logic.query([logic.formulas.literal(axis, 1 << cell)]))


def _entry(session: ProofSession, axis: int, band: list[int]) -> str:
    """Write adjacent cells as an entry of a `when`."""
    from engine.language.documents.yaml_spelling import on_one_line
    from engine.language.model.canonical import written_data
    from engine.meaning.spaces.wording import test_of

    test = test_of(session.logic.space, axis, as_bits(band))
    return on_one_line(written_data(All((test,)))).removeprefix("{").removesuffix("}")


def is_alike(session: ProofSession, field: Field, axis: int, cells: tuple[int, int], evidence: Evidence) -> bool:
    """Whether every situation has the same outcome with either of two cells of an axis; raises `OutOfSteps`."""
    one, other = cells
    if evidence.differ(axis, one, other) or evidence.samples.distinguish(field, axis, cells):
        return False
    if evidence.alike(axis, one, other):
        return True
    if evidence.differ_somewhere(axis, one, other):
        return False
    areas = session.logic.areas
    if areas.steps is not None:
        areas = areas.steps.misread(axis, other)
    ground = Ground(areas, session.logic.formulas)
    query = change_of(session.logic, _Misread(session.logic, areas, axis, one, other), ground=ground)
    query.core = {axis: 1 << one}
    formulas = (*session.logic.outs, *session.logic.applies)
    if areas.steps is None or any(session.logic.formulas.axes[each] >> axis & 1 for each in formulas):
        return not query.exists(session.budget)
    # Only steps read the answer: where they say the same, nothing is different.
    unlike = areas.steps.unlike(axis, one, session.budget)
    return not any(query.exists(session.budget, part) for part in unlike)


class _Misread(Logic):
    """The logic of a policy read as if one cell of an axis were another."""

    def __init__(self, logic: Logic, areas: Areas, axis: int, cell: int, other: int) -> None:
        self._misread = axis, cell, other
        steps = frozenset[int]() if areas.steps is None else areas.steps.axes
        super().__init__(logic.policy, Ground(areas, logic.formulas), logic, as_bits((axis, *steps)))

    def literals(self, test: Compare | Versus) -> Iterator[tuple[int, int]]:
        misread, cell, other = self._misread
        for axis, mask in super().literals(test):
            if axis == misread:
                mask = mask & ~(1 << cell) | (mask >> other & 1) << cell
            yield axis, mask

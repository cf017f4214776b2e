"""Which answers are told apart in vain? Choices, texts, options of a list and limits of numbers and dates.

Two neighbouring cells of a field's axis are alike if every situation gets the same with either. That is asked exactly:
the policy beside itself, read as if the one cell were the other. Fields that share a sum are left out: with another
answer to one of them, the sum is another too.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from engine.analysis.proving.differences import MOST_ANSWERS, Seen
from engine.analysis.proving.findings import Finding
from engine.analysis.proving.proof_session import Inquiry
from engine.language.documents.yaml_spelling import on_one_line
from engine.language.model.canonical import condition_data
from engine.language.model.condition_tree import All, Compare, Versus
from engine.language.model.field_kinds import ANY_OF, CHOICE, TEXT, YES_NO, Field
from engine.meaning.changes import change_of
from engine.meaning.cubes import as_bits
from engine.meaning.logic import Ground, Logic
from engine.meaning.spaces.wording import test_of

_HELP = "correct the rules that tell them apart, or treat them as one in every rule"


def find_idle_answers(inquiry: Inquiry, field: Field, seen: Seen) -> Iterator[Finding]:
    """The answers to a field that rules tell apart, and that get the same in every situation; raises `OutOfSteps`."""
    if field.kind == ANY_OF:
        yield from _options(inquiry, field, seen)
        return
    [axis] = inquiry.logic.space.axes_of(field)
    if field.kind == YES_NO or len(inquiry.logic.space.axes[axis].cells) > MOST_ANSWERS:
        return
    if field.kind in (CHOICE, TEXT):
        yield from _choices(inquiry, field, axis, seen)
    elif axis not in inquiry.logic.areas.group_of:
        yield from _limits(inquiry, field, axis, seen)


def _choices(inquiry: Inquiry, field: Field, axis: int, seen: Seen) -> Iterator[Finding]:
    """The choices, or texts, that some test tells apart from each other: one of each kind."""
    alike: list[list[int]] = []
    known = field.known or field.options
    for cells in seen.told_apart(axis):
        # A text that no rule names is told as any other, whether it is known or not.
        cell = cells[-1] if cells[-1] == len(known) else cells[0]
        group = next((each for each in alike if _is_alike(inquiry, field, axis, (each[0], cell), seen)), None)
        if group is None:
            alike.append([cell])
        else:
            group.append(cell)
    for group in alike:
        if len(group) > 1:
            named = [f"`{known[cell]}`" if cell < len(known) else "any other text" for cell in group]
            answers = f"{', '.join(named[:-1])} and {named[-1]}"
            message = (
                f"rules tell the answers {answers} to `{field.name}` apart, and it makes no difference: {field.ask}"
            )
            yield Finding("idle-answer", message, (), (field.place,), _HELP)


def _options(inquiry: Inquiry, field: Field, seen: Seen) -> Iterator[Finding]:
    """The options that some test asks for, and that may as well be there as not."""
    for option, axis in zip(field.options, inquiry.logic.space.axes_of(field), strict=True):
        is_asked = len(seen.told_apart(axis)) > 1
        if is_asked and not seen.matters(axis) and _is_alike(inquiry, field, axis, (0, 1), seen):
            message = f"rules ask whether `{option}` is among the answers to `{field.name}`, and it makes no difference"
            help_ = "correct the rules that ask for it, or take it out of them"
            yield Finding("idle-answer", f"{message}: {field.ask}", (), (field.place,), help_)


def _limits(inquiry: Inquiry, field: Field, axis: int, seen: Seen) -> Iterator[Finding]:
    """The bands side by side, one ending where another begins, that get the same in every situation.

    A limit at which a rule just begins, or ends, within what another one decides is no band told apart in vain.
    """
    space = inquiry.logic.space
    kinds = {cell: number for number, cells in enumerate(seen.told_apart(axis)) for cell in cells}
    bands: list[list[int]] = [[0]]
    alike: list[list[list[int]]] = [[bands[0]]]
    for below, above in pairwise(range(len(space.axes[axis].cells))):
        if kinds[below] == kinds[above]:
            bands[-1].append(above)
            continue
        bands.append([above])
        if seen.bordered(axis, below, above) and _is_alike(inquiry, field, axis, (below, above), seen):
            alike[-1].append(bands[-1])
        else:
            alike.append([bands[-1]])
    for group in alike:
        if len(group) > 1:
            named = [f"`{_entry(inquiry, axis, band)}`" for band in group]
            answers = f"{', '.join(named[:-1])} and {named[-1]}"
            message = f"rules tell {answers} apart, and it makes no difference: {field.ask}"
            yield Finding("idle-answer", message, (), (field.place,), _HELP)


def _entry(inquiry: Inquiry, axis: int, band: list[int]) -> str:
    """Neighbouring cells as an author would write them in a `when`."""
    test = test_of(inquiry.logic.space, axis, as_bits(band))
    return on_one_line(condition_data(All((test,)))).removeprefix("{").removesuffix("}")


def _is_alike(inquiry: Inquiry, field: Field, axis: int, cells: tuple[int, int], seen: Seen) -> bool:
    """Whether every situation gets the same with either of two cells of an axis; raises `OutOfSteps`."""
    one, other = cells
    if seen.differ(axis, one, other) or seen.samples.tell_apart(field, axis, cells):
        return False
    question = change_of(inquiry.logic, _Misread(inquiry.logic, axis, one, other))
    question.core = {axis: 1 << one}
    return not question.exists(inquiry.budget)


class _Misread(Logic):
    """A policy read as if one cell of an axis were another."""

    def __init__(self, logic: Logic, axis: int, cell: int, other: int) -> None:
        self._misread = axis, cell, other
        super().__init__(logic.policy, Ground(logic.areas, logic.formulas))

    def literals(self, test: Compare | Versus) -> Iterator[tuple[int, int]]:
        misread, cell, other = self._misread
        for axis, mask in super().literals(test):
            if axis == misread:
                mask = mask & ~(1 << cell) | (mask >> other & 1) << cell
            yield axis, mask

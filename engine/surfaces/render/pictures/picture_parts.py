"""Splitting a picture that is wider than a window into parts below each other.

A part starts at a question and grows breadth-first while it fits. An answer that leads to a question in another part
ends at a box that names that question's number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count

from engine.analysis.showing.picture import ELSEWHERE, QUESTION, WORKED_OUT, Answer, Box, Picture
from engine.surfaces.render.pictures.picture_layout import lay_out

# The width of a window in pixels, with margins.
WIDEST = 1240.0


def is_wide(picture: Picture) -> bool:
    """Whether a picture is wider than a window."""
    return lay_out(picture).width > WIDEST


def split_pictures(pictures: Sequence[Picture]) -> list[Picture]:
    """Split the pictures that are too wide; if there are several parts, number all questions.

    Args:
        pictures: The pictures of one policy.

    Returns:
        The parts, ordered so that each part, except the first of its picture, is referred to by an earlier one.
    """
    if len(pictures) == 1 and not is_wide(pictures[0]):
        return list(pictures)
    found: list[Picture] = []
    first = 1
    for picture in pictures:
        found += _Splitter(_number_questions(picture, first)).parts()
        first += sum(_is_question(box) for box in picture.boxes)
    # Number the questions in reading order.
    order = (box.number for part in found for box in part.boxes if box.number is not None)
    numbers = {was: number for number, was in enumerate(order, start=1)}
    return [replace(part, boxes=tuple(_renumber(box, numbers) for box in part.boxes)) for part in found]


def _is_question(box: Box) -> bool:
    """Whether a box is a question."""
    return box.kind in (QUESTION, WORKED_OUT)


def _number_questions(picture: Picture, first: int) -> Picture:
    """Number the questions of a picture from `first`."""
    numbers = count(first)
    boxes = tuple(replace(box, number=next(numbers)) if _is_question(box) else box for box in picture.boxes)
    return replace(picture, boxes=boxes)


def _renumber(box: Box, numbers: Mapping[int, int]) -> Box:
    """The box with its own number, or the number it refers to, replaced."""
    if box.follows is not None:
        follows = numbers[box.follows]
        return replace(box, words=f"go on with {follows}", follows=follows)
    return box if box.number is None else replace(box, number=numbers[box.number])


class _Splitter:
    """Splits one picture whose boxes are in topological order."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.placed: set[int] = set()

    def parts(self) -> list[Picture]:
        """The parts of the picture."""
        found = []
        roots = [0]
        while roots:
            root = roots.pop(0)
            if root not in self.placed:
                parts, left = self._split_answers(root) if is_wide(self._extract([root])) else self._grow_part(root)
                found += parts
                roots += left
        return found

    def _split_answers(self, root: int) -> tuple[list[Picture], list[int]]:
        """Split a question whose own answers are too wide into several boxes with some of the answers each.

        Returns the parts and the questions that they lead to.
        """
        self.placed.add(root)
        box = self.picture.boxes[root]
        waiting = [box.answers]
        found: list[Picture] = []
        while waiting:
            answers = waiting.pop(0)
            again = replace(box, number=None, words=f"{box.words} (further answers)") if found else box
            part = self._extract_boxes([replace(again, answers=answers)], {})
            if is_wide(part) and len(answers) > 1:
                middle = (len(answers) + 1) // 2
                waiting[:0] = [answers[:middle], answers[middle:]]
            else:
                found.append(part)
        return found, [answer.to for answer in box.answers if _is_question(self.picture.boxes[answer.to])]

    def _grow_part(self, root: int) -> tuple[list[Picture], list[int]]:
        """Grow a part from a box. Returns the part, in a list, and the questions it leads to but does not contain."""
        members = [root]
        left: list[int] = []
        waiting = [root]
        part = self._extract(members)
        while waiting:
            for answer in self.picture.boxes[waiting.pop(0)].answers:
                place = answer.to
                if (
                    not _is_question(self.picture.boxes[place])
                    or place in members
                    or place in left
                    or place in self.placed
                ):
                    continue
                longer = self._extract([*members, place])
                if is_wide(longer):
                    left.append(place)
                else:
                    members.append(place)
                    waiting.append(place)
                    part = longer
        self.placed.update(members)
        return [part], left

    def _extract(self, members: list[int]) -> Picture:
        """A picture of some questions with all their answers."""
        places = {place: at for at, place in enumerate(members)}
        return self._extract_boxes([self.picture.boxes[place] for place in members], places)

    def _extract_boxes(self, boxes: list[Box], places: Mapping[int, int]) -> Picture:
        """A picture of the given questions and their ends; `places` maps old box indexes to new ones."""
        ends: list[Box] = []
        drawn = []
        for box in boxes:
            answers = []
            for answer in box.answers:
                to = places.get(answer.to)
                if to is None:
                    ends.append(self._end(answer))
                    to = len(boxes) + len(ends) - 1
                answers.append(replace(answer, to=to))
            drawn.append(replace(box, answers=tuple(answers)))
        whole = (*drawn, *ends)
        return replace(self.picture, boxes=whole, path=tuple(at for at, box in enumerate(whole) if box.passed))

    def _end(self, answer: Answer) -> Box:
        """The box that ends an answer: a verdict, or a reference to a question in another part."""
        box = self.picture.boxes[answer.to]
        if not _is_question(box):
            return box
        return Box(ELSEWHERE, "go on with 000", passed=answer.taken, follows=box.number)

"""How is a picture that is too wide for a window drawn? In parts, one below the other, none wider than a window.

A part begins with a question and holds what follows, from the nearest on, as long as there is room. Where an answer
leads to a question of another part, its box ends there and names that question's number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count

from engine.analysis.showing.picture import ELSEWHERE, QUESTION, WORKED_OUT, Answer, Box, Picture
from engine.surfaces.render.pictures.picture_layout import lay_out

# What a window shows without moving it, with its margins.
WIDEST = 1240.0


def is_wide(picture: Picture) -> bool:
    """Whether a picture is wider than a window."""
    return lay_out(picture).width > WIDEST


def in_parts(pictures: Sequence[Picture]) -> list[Picture]:
    """The pictures, those that are too wide in parts; where there are several, all their questions have numbers.

    Args:
        pictures: The pictures of one policy.

    Returns:
        The parts, in an order in which each but the first of a picture is led to by one before it.
    """
    if len(pictures) == 1 and not is_wide(pictures[0]):
        return list(pictures)
    found: list[Picture] = []
    first = 1
    for picture in pictures:
        found += _Parts(_numbered(picture, first)).parts()
        first += sum(_asks(box) for box in picture.boxes)
    # Numbered anew as they are read.
    order = (box.number for part in found for box in part.boxes if box.number is not None)
    numbers = {was: number for number, was in enumerate(order, start=1)}
    return [replace(part, boxes=tuple(_renumbered(box, numbers) for box in part.boxes)) for part in found]


def _asks(box: Box) -> bool:
    return box.kind in (QUESTION, WORKED_OUT)


def _numbered(picture: Picture, first: int) -> Picture:
    numbers = count(first)
    boxes = tuple(replace(box, number=next(numbers)) if _asks(box) else box for box in picture.boxes)
    return replace(picture, boxes=boxes)


def _renumbered(box: Box, numbers: Mapping[int, int]) -> Box:
    if box.follows is not None:
        follows = numbers[box.follows]
        return replace(box, words=f"go on with {follows}", follows=follows)
    return box if box.number is None else replace(box, number=numbers[box.number])


class _Parts:
    """Cuts one picture, whose questions come before what they lead to."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.placed: set[int] = set()

    def parts(self) -> list[Picture]:
        found = []
        roots = [0]
        while roots:
            root = roots.pop(0)
            if root not in self.placed:
                parts, left = self._chunks(root) if is_wide(self._drawn([root])) else self._part(root)
                found += parts
                roots += left
        return found

    def _chunks(self, root: int) -> tuple[list[Picture], list[int]]:
        """A question with more answers than have room, as several boxes with some of them each."""
        self.placed.add(root)
        box = self.picture.boxes[root]
        waiting = [box.answers]
        found: list[Picture] = []
        while waiting:
            answers = waiting.pop(0)
            again = replace(box, number=None, words=f"{box.words} (further answers)") if found else box
            part = self._drawn_boxes([replace(again, answers=answers)], {})
            if is_wide(part) and len(answers) > 1:
                middle = (len(answers) + 1) // 2
                waiting[:0] = [answers[:middle], answers[middle:]]
            else:
                found.append(part)
        return found, [answer.to for answer in box.answers if _asks(self.picture.boxes[answer.to])]

    def _part(self, root: int) -> tuple[list[Picture], list[int]]:
        """The part that begins with a box, and the questions that it leads to and does not hold."""
        members = [root]
        left: list[int] = []
        waiting = [root]
        part = self._drawn(members)
        while waiting:
            for answer in self.picture.boxes[waiting.pop(0)].answers:
                place = answer.to
                if not _asks(self.picture.boxes[place]) or place in members or place in left or place in self.placed:
                    continue
                longer = self._drawn([*members, place])
                if is_wide(longer):
                    left.append(place)
                else:
                    members.append(place)
                    waiting.append(place)
                    part = longer
        self.placed.update(members)
        return [part], left

    def _drawn(self, members: list[int]) -> Picture:
        """Some questions of the picture with all their answers."""
        places = {place: at for at, place in enumerate(members)}
        return self._drawn_boxes([self.picture.boxes[place] for place in members], places)

    def _drawn_boxes(self, boxes: list[Box], places: Mapping[int, int]) -> Picture:
        """Some questions and what ends there; `places` says where those of the picture are among them."""
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
        box = self.picture.boxes[answer.to]
        if not _asks(box):
            return box
        return Box(ELSEWHERE, "go on with 000", passed=answer.taken, follows=box.number)

"""Fields of a situation, their kinds, and the Python types of their values.

A choice or text is a `str`, a yes/no a `bool`, an integer an `int`, a number a `Decimal`, a date a `datetime.date`,
and an `any_of` answer a tuple of choices in the policy's order. The answer that there is no value is the text `none`,
whatever the kind; no comparison holds of it except equality and membership in a list.
"""

from __future__ import annotations

import datetime
from dataclasses import field as declared
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from engine.frozen import frozen_value, late_type
from engine.problems import Place
from engine.threads import cached_property

if TYPE_CHECKING:
    from decimal import Decimal
else:
    Decimal = late_type("decimal", "Decimal")

Value: TypeAlias = str | bool | int | Decimal | datetime.date | tuple[str, ...]

CHOICE: Final = "choice"
YES_NO: Final = "yes_no"
INTEGER: Final = "integer"
NUMBER: Final = "number"
DATE: Final = "date"
ANY_OF: Final = "any_of"
TEXT: Final = "text"
Kind: TypeAlias = Literal["choice", "yes_no", "integer", "number", "date", "any_of", "text"]
# How answers of each kind are told apart: by equality, by the options that they include, or by an order.
_SHAPES: dict[Kind, Literal["listed", "options", "ranged"]] = {
    CHOICE: "listed",
    YES_NO: "listed",
    INTEGER: "ranged",
    NUMBER: "ranged",
    DATE: "ranged",
    ANY_OF: "options",
    TEXT: "listed",
}
KINDS: tuple[Kind, ...] = tuple(_SHAPES)
UNSURE = "unsure"
# The answer that there is no value, where a field has `or_none`.
NONE = "none"
# What stands for an answer where the question is not asked. Nobody can write it: no choice ends in a line break, and
# readers refuse it as a text.
NOT_ASKED = "not asked\n"

NOWHERE = Place("")


def unnoted_place() -> Any:
    """A dataclass field for a value's place in its file, excluded from comparison and `repr`."""
    return declared(default=NOWHERE, compare=False, repr=False)


@frozen_value
class Field:
    """A field: one question and the answers that it accepts.

    Answers are held as `str` (choice, text), `bool` (yes_no), `int` (integer), `Decimal` (number), `datetime.date`
    (date) or a tuple of choices in the policy's order (any_of).

    Attributes:
        name: Name in records and conditions; dots separate the levels of nested records.
        ask: The question as a person reads it.
        kind: `choice`, `yes_no`, `integer`, `number`, `date`, `any_of` or `text`.
        choices: Pairs of value and text, in written order; for choice and any_of fields.
        ordered: Whether the choices are in ascending order, so that conditions may compare them.
        low: Smallest answer, inclusive; None for an open end.
        high: Largest answer, inclusive; None for an open end.
        step: Distance of neighbouring answers of a number; None for a continuous one.
        unit: Unit of a number, for display.
        known: The texts of a text field that the policy distinguishes.
        if_unsure: The answer that `unsure` is read as; None if `unsure` is refused.
        ask_after: Name of the field to ask before this one.
        place: Position in the source; ignored by `==`.
        or_none: What the answer `none` says, as a person reads it; None if there always is a value. With it, `none` is
            the last of `choices`, or of the texts in `known`.
        applies_when: The condition under which the question is asked; None if it always is.

    Example:
        >>> from engine import load
        >>> field = load("other-interviews").field["offer"]
        >>> field.ask, field.kind, field.options
        ('How far has the job offer got?', 'choice', ('hint', 'drafting', 'made'))
    """

    name: str
    ask: str
    kind: Kind
    choices: tuple[tuple[str, str], ...] = ()
    ordered: bool = False
    low: int | Decimal | datetime.date | None = None
    high: int | Decimal | datetime.date | None = None
    step: Decimal | None = None
    unit: str | None = None
    known: tuple[str, ...] = ()
    if_unsure: Value | None = None
    ask_after: str | None = None
    place: Place = unnoted_place()
    or_none: str | None = None
    # A `Condition`, whose module needs this one.
    applies_when: Any = None

    @cached_property
    def options(self) -> tuple[str, ...]:
        """The options of a `choice` or `any_of` field, in written order."""
        return tuple(value for value, _ in self.choices)

    @cached_property
    def texts(self) -> dict[str, str]:
        """The label of each option."""
        return dict(self.choices)

    @cached_property
    def option_set(self) -> frozenset[str]:
        """The options as a set."""
        return frozenset(self.options)

    @cached_property
    def rank(self) -> dict[str, int]:
        """The index of each option, or of each known text, in written order, with what stands for no answer."""
        return {value: place for place, value in enumerate(self.all_listed)}

    @cached_property
    def all_listed(self) -> tuple[str, ...]:
        """The options or known texts, and what stands for an answer where the question is not asked."""
        return (*(self.known or self.options), *((NOT_ASKED,) if self.applies_when is not None else ()))

    @cached_property
    def absences(self) -> tuple[str, ...]:
        """What stands in place of a value: `none`, and that the question is not asked, as far as the field has them."""
        none = (NONE,) if self.or_none is not None else ()
        return none if self.applies_when is None else (*none, NOT_ASKED)

    def lacks(self, answer: Any) -> bool:
        """Tell whether an answer is no value: that there is none, or that the question is not asked.

        Args:
            answer: An answer to the field.

        Returns:
            Whether it is no value.

        Example:
            >>> from engine import load
            >>> load("other-interviews").field["offer"].lacks("hint")
            False
        """
        if not self.absences or (self.kind == ANY_OF and isinstance(answer, str)):
            return False
        return NOT_ASKED in answer if isinstance(answer, tuple) else answer in self.absences

    @property
    def is_listed(self) -> bool:
        """Whether conditions name its answers one by one, as those of choices, yes and no, and texts."""
        return _SHAPES[self.kind] == "listed"

    @property
    def is_ranged(self) -> bool:
        """Whether its answers lie on a line: integers, numbers and dates."""
        return _SHAPES[self.kind] == "ranged"

    @property
    def none_is_above(self) -> bool:
        """Whether `none`, which stands beside the range of a number or date, comes after it and not before it."""
        return self.high is not None

    @property
    def none_column(self) -> str | None:
        """The name of the yes/no column that says `none` beside a typed one; None if the own column can say it."""
        return f"{self.name}.{NONE}" if self.or_none is not None and self.kind not in (CHOICE, TEXT) else None

    @property
    def limits(self) -> tuple[Any, Any]:
        """Smallest and largest answer; None for an open end, and those of the calendar for a date."""
        if self.kind == DATE:
            return self.low or datetime.date.min, self.high or datetime.date.max
        return self.low, self.high

    @property
    def is_grid(self) -> bool:
        """Whether the values are equally spaced, as sums and comparisons between fields require."""
        return self.is_ranged and (self.kind != NUMBER or self.step is not None)

    @property
    def countable(self) -> bool:
        """Whether the number of answers is finite and stated.

        A text counts: its answers are the known texts and any other text.
        """
        return not self.is_ranged or (self.is_grid and self.low is not None and self.high is not None)

"""The fields of a situation: their kinds, and the Python values of their answers.

A choice or a text is `str`, yes/no `bool`, an integer `int`, a number `Decimal`, a date `datetime.date`, an `any_of`
answer a tuple of choices in the policy's order.
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
KINDS: tuple[Kind, ...] = (CHOICE, YES_NO, INTEGER, NUMBER, DATE, ANY_OF, TEXT)
UNSURE = "unsure"

NOWHERE = Place("")


def unnoted_place() -> Any:
    """The place of a frozen value in its file, which makes no difference to what it says."""
    return declared(default=NOWHERE, compare=False, repr=False)


@frozen_value
class Field:
    """One question and every answer it can get; `low`, `high`, `step` and `if_unsure` are None where none is given."""

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

    @cached_property
    def options(self) -> tuple[str, ...]:
        """The values of a choice, or the names an `any_of` answer may list, in written order."""
        return tuple(value for value, _ in self.choices)

    @cached_property
    def texts(self) -> dict[str, str]:
        """Each choice with the text a person reads."""
        return dict(self.choices)

    @cached_property
    def option_set(self) -> frozenset[str]:
        return frozenset(self.options)

    @cached_property
    def rank(self) -> dict[str, int]:
        """The place of each choice in written order, or of each known text."""
        return {value: place for place, value in enumerate(self.known or self.options)}

    @property
    def is_grid(self) -> bool:
        """Whether its values have neighbours: the fields that a sum may use."""
        return self.kind in (INTEGER, DATE) or (self.kind == NUMBER and self.step is not None)

    @property
    def countable(self) -> bool:
        """Whether it has a finite, stated number of answers."""
        if self.kind in (INTEGER, NUMBER, DATE):
            return self.is_grid and self.low is not None and self.high is not None
        return True

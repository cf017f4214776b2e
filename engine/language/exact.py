"""Which types are exact numbers? Loaded when the first is met: many a policy has none, and they are slow to load."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction


# Kept, for a table may hold a million numbers, and an import statement takes as long as reading one.
@cache
def decimal_type() -> type[Decimal]:
    from decimal import Decimal

    return Decimal


@cache
def fraction_type() -> type[Fraction]:
    from fractions import Fraction

    return Fraction

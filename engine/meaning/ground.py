"""What policies that are compared share: the areas of one space, and the formulas over it."""

from __future__ import annotations

from engine.frozen import NamedTuple
from engine.language.model.policy import Policy
from engine.meaning.formulas import Formulas
from engine.meaning.spaces.areas import Areas
from engine.meaning.spaces.space import Space


class Ground(NamedTuple):
    """What policies that are compared share: the areas of one space, and the formulas over it."""

    areas: Areas
    formulas: Formulas


def common_ground(*policies: Policy) -> Ground:
    """Return the areas and formulas of the space that the fields of these policies span."""
    space = Space(*policies)
    return Ground(Areas(space), Formulas(space))

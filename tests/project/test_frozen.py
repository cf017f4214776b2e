"""Is a frozen value what `dataclass(frozen=True)` would make of its class, and a named tuple what `typing` would?"""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import typing
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from typing import Any

import pytest

from engine.frozen import NamedTuple, frozen_value


@frozen_value
class Point:
    """A place in a plane."""

    x: int
    y: int = 0
    label: str = field(default="", compare=False, repr=False)
    notes: list[str] = field(default_factory=list, init=False, compare=False, repr=False)


@dataclass(frozen=True)
class Pattern:
    """A place in a plane."""

    x: int
    y: int = 0
    label: str = field(default="", compare=False, repr=False)
    notes: list[str] = field(default_factory=list, init=False, compare=False, repr=False)


@frozen_value
class Tagged:
    """A value with data in it that cannot be hashed."""

    name: str
    data: Any = field(default=None, hash=False)


@frozen_value
class Named:
    name: str

    def __hash__(self) -> int:
        return 7

    def __repr__(self) -> str:
        return f"<{self.name}>"


MADE: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((1,), {}),
    ((1, 2), {}),
    ((1, 2, "a"), {}),
    ((), {"x": 1}),
    ((1,), {"label": "a"}),
    ((1,), {"label": "a", "y": 2}),
]


@pytest.mark.parametrize(("given", "named"), MADE)
def test_it_is_made_like_a_dataclass(given: tuple[Any, ...], named: dict[str, Any]) -> None:
    """By order, by name or by default, and with the same text."""
    point, pattern = Point(*given, **named), Pattern(*given, **named)
    assert dataclasses.asdict(point) == dataclasses.asdict(pattern)
    assert repr(point) == repr(pattern).replace("Pattern", "Point")
    assert hash(point) == hash(pattern)
    assert [each.name for each in fields(point)] == [each.name for each in fields(pattern)]


@pytest.mark.parametrize(
    ("given", "named", "made_of"),
    [
        ((), {}, ""),
        ((1, 2, "a", []), {}, "…, …, …, …"),
        ((1,), {"x": 2}, "…, x=…"),
        ((1,), {"z": 2}, "…, z=…"),
        ((), {"y": 2, "z": 2}, "y=…, z=…"),
        ((1,), {"notes": []}, "…, notes=…"),
    ],
)
def test_it_is_made_of_its_parts_and_nothing_else(given: tuple[Any, ...], named: dict[str, Any], made_of: str) -> None:
    """A part that is missing, unknown or given twice is a `TypeError`, as with a dataclass, that names the parts."""
    with pytest.raises(TypeError) as found:
        Point(*given, **named)
    assert str(found.value) == f"Point(x, y, label) cannot be made as Point({made_of})"
    with pytest.raises(TypeError):
        Pattern(*given, **named)


def test_it_is_equal_where_its_parts_are() -> None:
    """Equal and alike in a set by the parts that are compared; never equal to a value of another class."""
    assert Point(1, 2, "a") == Point(1, 2, "b")
    assert len({Point(1, 2, "a"), Point(1, 2, "b"), Point(2, 1)}) == 2
    assert Point(1, 2) != Point(2, 1)
    others: tuple[object, ...] = (Pattern(1, 2), (1, 2))
    assert [other for other in others if Point(1, 2) == other or other == Point(1, 2)] == []


def test_data_that_cannot_be_hashed_is_compared_all_the_same() -> None:
    """Where a part says so, the hash is that of the other parts."""
    one, other = Tagged("a", {"fee": 4}), Tagged("a", {"fee": 5})
    assert one != other
    assert hash(one) == hash(other)
    assert len({one, other, Tagged("a", {"fee": 4})}) == 2


def test_it_cannot_be_changed() -> None:
    """Neither a part nor anything else can be set or deleted, in the words of a dataclass."""
    for value in (Point(1), Pattern(1)):
        for name in ("x", "z"):
            with pytest.raises(FrozenInstanceError, match=f"^cannot assign to field '{name}'$"):
                setattr(value, name, 2)
        with pytest.raises(FrozenInstanceError, match=r"^cannot delete field 'x'$"):
            del value.x


def test_what_is_no_part_is_made_anew() -> None:
    """Two values share nothing that can change, and a changed copy begins with its own."""
    one = Point(1)
    one.notes.append("seen")
    assert Point(1).notes == replace(one, y=2).notes == []


def test_it_can_be_copied_replaced_and_pickled() -> None:
    """Copies are equal values, with everything that the value holds."""
    one = Point(1, 2, "a")
    assert replace(one, y=3) == Point(1, 3)
    assert replace(one, y=3).label == "a"
    for other in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert (other, other.label) == (one, "a")


def test_what_a_class_says_itself_stays() -> None:
    """Methods that a class has are its own, and a class without a docstring is described by its parts."""
    assert (hash(Named("a")), repr(Named("a"))) == (7, "<a>")
    assert (Named.__doc__, Point.__doc__) == ("Named(name)", "A place in a plane.")


@frozen_value
class Spot(Point):
    depth: int = 0


def test_a_class_inherits_the_fields_of_its_base() -> None:
    """Those of the base come first, as in a dataclass, and a class that is looked at late is what it was before."""
    spot = Spot(1, 2, "a", 3)
    assert replace(spot, depth=4) == Spot(1, 2, "b", 4)
    assert [each.name for each in fields(Spot)] == ["x", "y", "label", "notes", "depth"]
    assert [each.type for each in fields(Spot)] == ["int", "int", "str", "list[str]", "int"]
    assert dataclasses.is_dataclass(spot)
    assert spot.label == "a"
    assert not hasattr(Spot, "notes")
    assert [each.name for each in fields(Point)] == ["x", "y", "label", "notes"]


class Stop(NamedTuple):
    """A stop of a bus."""

    name: str
    at: tuple[int, ...] = ()
    next: Stop | None = None

    @property
    def first(self) -> int:
        return self.at[0]

    def __str__(self) -> str:
        return self.name


class Halt(typing.NamedTuple):
    """A stop of a bus."""

    name: str
    at: tuple[int, ...] = ()
    next: Stop | None = None

    @property
    def first(self) -> int:
        return self.at[0]

    def __str__(self) -> str:
        return self.name


class Bare(NamedTuple):
    name: str


def test_a_named_tuple_is_what_typing_would_make_of_its_class() -> None:
    """It is made, shown, taken apart and looked at in the same way; only its annotations stay the text they are."""
    made, pattern = Stop("Elm Street", at=(7, 40)), Halt("Elm Street", at=(7, 40))
    assert (tuple(made), hash(made)) == (tuple(pattern), hash(pattern))
    assert [repr(made), str(made), made.first] == [repr(pattern).replace("Halt", "Stop"), str(pattern), pattern.first]
    assert made._asdict() == pattern._asdict()
    assert tuple(made._replace(name="Oak")) == tuple(pattern._replace(name="Oak"))
    assert Stop.__mro__ == (Stop, tuple, object)
    for name in ("__doc__", "__module__", "__match_args__", "__slots__", "_fields", "_field_defaults"):
        assert getattr(Stop, name) == getattr(Halt, name)
    assert typing.get_type_hints(Stop) == typing.get_type_hints(Halt)
    assert str(inspect.signature(Stop)) == "(name: 'str', at: 'tuple[int, ...]' = (), next: 'Stop | None' = None)"
    assert Bare.__doc__ == "Bare(name,)"


def test_a_named_tuple_can_be_copied_and_pickled() -> None:
    made = Stop("Elm Street", (7, 40))
    for other in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert (type(other), other) == (Stop, made)


@pytest.mark.parametrize(
    ("given", "named"), [((), {}), (("a", (), None, 1), {}), (("a",), {"name": "b"}), (("a",), {"then": 1})]
)
def test_a_named_tuple_is_refused_other_parts(given: tuple[Any, ...], named: dict[str, Any]) -> None:
    for kind in (Stop, Halt):
        with pytest.raises(TypeError):
            kind(*given, **named)

"""How is a frozen value made, how can it hold a mapping, and what can others learn of it?"""

from __future__ import annotations

from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from itertools import repeat
from operator import attrgetter
from types import GenericAlias
from typing import TYPE_CHECKING, Any, ForwardRef, NoReturn, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from inspect import Signature

C = TypeVar("C", bound=type)
K = TypeVar("K")
V = TypeVar("V")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen_value(cls: C) -> C:
    """Makes a class a frozen dataclass.

    `dataclass(frozen=True)` writes and compiles six functions for every class, half a millisecond for each in every
    process that begins; these are closures. A default is one object for all, as it may be where nothing changes. Only
    what is no part of the value, with `init=False`, is made anew for each.
    """
    cls.__doc__ = cls.__doc__ or f"{cls.__name__}({', '.join(cls.__annotations__)})"
    dataclass(init=False, repr=False, eq=False)(cls)
    parts = [each for each in fields(cls) if each.init]
    names = tuple(each.name for each in parts)
    defaults = {each.name: each.default for each in parts if each.default is not MISSING}
    makers = {
        each.name: each.default_factory for each in fields(cls) if not each.init and callable(each.default_factory)
    }
    shown = [each.name for each in parts if each.repr]
    compared = attrgetter(*(each.name for each in parts if each.compare))

    def init(self: Any, *given: Any, **named: Any) -> None:
        if named or len(given) != len(names):
            given = completed(given, named)
        # The quickest way to set one after another: each gives None, so that `any` goes through them all.
        any(map(object.__setattr__, repeat(self), names, given))
        if makers:
            self.__dict__.update({name: make() for name, make in makers.items()})

    def completed(given: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
        """All parts in order, from some that were given in order, some by name, and the defaults."""
        rest = names[len(given) :]
        found = {**defaults, **named}
        if len(given) > len(names) or not named.keys() <= {*rest} <= found.keys():
            made_of = ", ".join([*("…" for _ in given), *(f"{name}=…" for name in named)])
            raise TypeError(f"{cls.__name__}({', '.join(names)}) cannot be made as {cls.__name__}({made_of})")
        return (*given, *(found[name] for name in rest))

    def represent(self: Any) -> str:
        return f"{cls.__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    def equal(self: Any, other: object) -> bool:
        return compared(self) == compared(other) if other.__class__ is cls else NotImplemented

    def hashed(self: Any) -> int:
        return hash(compared(self))

    methods = {"__init__": init, "__repr__": represent, "__eq__": equal, "__hash__": hashed}
    methods |= {"__setattr__": _refuse_setting, "__delattr__": _refuse_deleting}
    shown_outside = {"__signature__": _SIGNATURE} | (_AS_DATA if hasattr(cls, "to_dict") else {})
    for name, method in {**methods, **shown_outside}.items():
        if name not in vars(cls):
            setattr(cls, name, method)
    return cls


class _LateSignature:
    """The signature of a class, worked out when it is asked for: few processes ask, and all begin."""

    def __get__(self, value: object | None, cls: type) -> Signature:
        if value is not None:
            raise AttributeError("__signature__")
        from engine.introspection import signature_of

        return signature_of(cls)


def _pydantic_schema(cls: type, _: Any, __: Any) -> Any:
    from engine.introspection import pydantic_schema

    return pydantic_schema(cls)


def _json_schema(cls: type, _: Any, __: Any) -> dict[str, Any]:
    from engine.introspection import json_schema

    return json_schema(cls)


_SIGNATURE = _LateSignature()
_JSON_SCHEMA: Any = classmethod(_json_schema)
_AS_DATA: dict[str, Any] = {
    "__get_pydantic_core_schema__": classmethod(_pydantic_schema),
    "__get_pydantic_json_schema__": _JSON_SCHEMA,
}


def known_to_pydantic(cls: C) -> C:
    """Lets pydantic take the instances of a class that is no frozen value, and write what `to_dict` gives of them."""
    for name, method in _AS_DATA.items():
        if hasattr(cls, "to_dict") or method is not _JSON_SCHEMA:
            setattr(cls, name, method)
    return cls


def late_type(module: str, name: str) -> Any:
    """A type for annotations alone, imported by whoever resolves them (`typing.get_type_hints`, pydantic).

    What is imported under `TYPE_CHECKING` cannot be resolved by anybody; what is imported at once costs every process.
    """
    return ForwardRef(f"__import__({module!r}, fromlist=[{name!r}]).{name}")


def _refuse_setting(_: Any, name: str, __: Any) -> NoReturn:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_deleting(_: Any, name: str) -> NoReturn:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


class FrozenDict(dict[K, V]):
    """A dict that refuses every change; `dict(value)` is a copy that does not. Equal to a dict of the same entries."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("this value cannot be changed; `dict(value)` is a copy that can")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenDict, (dict(self),)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Pydantic reads it as the dict that it is."""
        from pydantic_core import core_schema

        plain = GenericAlias(dict, getattr(source, "__args__", (Any, Any)))
        return core_schema.no_info_after_validator_function(cls, handler(plain))

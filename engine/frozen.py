"""Frozen value classes and named tuples that are fast to define and visible to introspection, and an immutable dict."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field
from itertools import repeat
from operator import attrgetter
from types import GenericAlias
from typing import TYPE_CHECKING, Any, ForwardRef, NoReturn, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from inspect import Signature

    # Type checkers know this class alone.
    from typing import NamedTuple as NamedTuple
else:

    class _NamedTuples(type):
        """Metaclass that makes a named tuple of each class that derives from `NamedTuple`."""

        def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> type:
            if not bases:
                return type.__new__(cls, name, bases, namespace)
            types = namespace.pop("__annotations__", {})
            defaults = [namespace.pop(each) for each in types if each in namespace]
            made = namedtuple(name, types, defaults=defaults, module=namespace.pop("__module__"))
            made.__annotations__ = made.__new__.__annotations__ = types
            for key, value in namespace.items():
                setattr(made, key, value)
            return made

    class NamedTuple(metaclass=_NamedTuples):
        """What `typing.NamedTuple` is, made in a third of the time: annotations stay text until somebody reads them.

        `typing.NamedTuple` compiles the annotation of every field, which costs each process a tenth of a millisecond
        for each class at start-up.
        """


C = TypeVar("C", bound=type)
K = TypeVar("K")
V = TypeVar("V")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen_value(cls: C) -> C:
    """Class decorator that makes a frozen dataclass.

    `dataclass(frozen=True)` generates and compiles six functions per class, which costs every process half a
    millisecond for each class at start-up; the methods added here are closures, and what introspection reads of a
    dataclass is made on first access. A default value is shared by all instances, which is safe because values do not
    change. Only fields with `init=False`, which are no part of the value, call their default factory for each instance.
    """
    cls.__doc__ = cls.__doc__ or f"{cls.__name__}({', '.join(cls.__annotations__)})"
    declared = _declared(cls)
    parts = {name: each for name, each in declared.items() if each.init}
    names = tuple(parts)
    defaults = {name: each.default for name, each in parts.items() if each.default is not MISSING}
    makers = {
        name: each.default_factory
        for name, each in declared.items()
        if not each.init and each.default_factory is not MISSING
    }
    # How many arguments must be given at least, if they are given by position.
    required = max((place + 1 for place, name in enumerate(names) if name not in defaults), default=0)
    shown = [name for name, each in parts.items() if each.repr]
    compared = attrgetter(*(name for name, each in parts.items() if each.compare))
    hashed_by = attrgetter(*(name for name, each in parts.items() if each.compare and each.hash is not False))

    def init(self: Any, *positional: Any, **keywords: Any) -> None:
        if keywords or not required <= len(positional) <= len(names):
            positional = complete_arguments(positional, keywords)
        # A default that nothing was given for stays on the class alone.
        # The fastest loop over assignments: `__setattr__` returns None, so `any` exhausts the map.
        any(map(object.__setattr__, repeat(self), names, positional))
        if makers:
            self.__dict__.update({name: make() for name, make in makers.items()})

    def complete_arguments(positional: tuple[Any, ...], keywords: dict[str, Any]) -> tuple[Any, ...]:
        """All constructor arguments in order, from positional arguments, keywords and defaults."""
        rest = names[len(positional) :]
        arguments = {**defaults, **keywords}
        if len(positional) > len(names) or not keywords.keys() <= {*rest} <= arguments.keys():
            made_of = ", ".join([*("…" for _ in positional), *(f"{name}=…" for name in keywords)])
            raise TypeError(f"{cls.__name__}({', '.join(names)}) cannot be made as {cls.__name__}({made_of})")
        return (*positional, *(arguments[name] for name in rest))

    def represent(self: Any) -> str:
        return f"{cls.__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    def equal(self: Any, other: object) -> bool:
        return compared(self) == compared(other) if other.__class__ is cls else NotImplemented

    def hashed(self: Any) -> int:
        return hash(hashed_by(self))

    methods = {"__init__": init, "__repr__": represent, "__eq__": equal, "__hash__": hashed}
    methods |= {"__setattr__": _refuse_setting, "__delattr__": _refuse_deleting}
    shown_outside = {**_LATE, "__match_args__": names} | (_AS_DATA if hasattr(cls, "to_dict") else {})
    for name, method in {**methods, **shown_outside}.items():
        if name not in vars(cls):
            setattr(cls, name, method)
    return cls


def _declared(cls: type) -> dict[str, Field[Any]]:
    """The fields of a class by name, those of its bases first; of a `field(...)` its default stays on the class."""
    own = vars(cls)
    found: dict[str, Field[Any]] = dict(getattr(cls, "__declared__", {}))
    for name in own.get("__annotations__", ()):
        value = own.get(name, MISSING)
        if not isinstance(value, Field):
            found[name] = field(default=value)
            continue
        found[name] = value
        if value.default is MISSING:
            delattr(cls, name)
        else:
            setattr(cls, name, value.default)
    cls.__declared__ = found  # type: ignore[attr-defined]
    return found


class _Late:
    """A class attribute that is computed on first access, since few processes ask for it."""

    def __init__(self, name: str, work: Callable[[type], Any]) -> None:
        self.name, self.work = name, work

    def __get__(self, value: object | None, cls: type) -> Any:
        found = self.work(cls)
        setattr(cls, self.name, found)
        return found


class _LateSignature:
    """The signature of a class, computed on first access; its instances have none."""

    def __get__(self, value: object | None, cls: type) -> Signature:
        if value is not None:
            raise AttributeError("__signature__")
        from engine.introspection import signature_of

        return signature_of(cls)


def _fields_of(cls: type) -> dict[str, Field[Any]]:
    return _twin(cls).__dataclass_fields__  # type: ignore[attr-defined,no-any-return]


def _params_of(cls: type) -> Any:
    return _twin(cls).__dataclass_params__  # type: ignore[attr-defined]


def _twin(cls: type) -> type:
    """A dataclass with the fields of a frozen value, for what the module `dataclasses` reads of it."""
    types: dict[str, Any] = {}
    for each in reversed(cls.__mro__):
        types |= vars(each).get("__annotations__", {})
    declared: dict[str, Field[Any]] = cls.__declared__  # type: ignore[attr-defined]
    annotations = {name: types[name] for name in declared}
    twin = type(cls.__name__, (), {"__doc__": cls.__doc__, "__annotations__": annotations, **declared})
    return dataclass(init=False, repr=False, eq=False)(twin)


def _pydantic_schema(cls: type, _: Any, __: Any) -> Any:
    from engine.introspection import pydantic_schema

    return pydantic_schema(cls)


def _json_schema(cls: type, _: Any, __: Any) -> dict[str, Any]:
    from engine.introspection import json_schema

    return json_schema(cls)


_LATE = {
    "__signature__": _LateSignature(),
    "__dataclass_fields__": _Late("__dataclass_fields__", _fields_of),
    "__dataclass_params__": _Late("__dataclass_params__", _params_of),
}
_JSON_SCHEMA: Any = classmethod(_json_schema)
_AS_DATA: dict[str, Any] = {
    "__get_pydantic_core_schema__": classmethod(_pydantic_schema),
    "__get_pydantic_json_schema__": _JSON_SCHEMA,
}


def known_to_pydantic(cls: C) -> C:
    """Class decorator that adds pydantic support to a class that is no frozen value; it is serialised by `to_dict`."""
    for name, method in _AS_DATA.items():
        if hasattr(cls, "to_dict") or method is not _JSON_SCHEMA:
            setattr(cls, name, method)
    return cls


def late_type(module: str, name: str) -> Any:
    """A forward reference for annotations to a type that is expensive to import.

    It is imported only when the annotation is resolved, by `typing.get_type_hints` or pydantic. A name imported under
    `TYPE_CHECKING` could not be resolved at all, and one imported at run time would cost every process.
    """
    return ForwardRef(f"__import__({module!r}, fromlist=[{name!r}]).{name}")


def _refuse_setting(_: Any, name: str, __: Any) -> NoReturn:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_deleting(_: Any, name: str) -> NoReturn:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def data_of(value: Any, *names: str) -> dict[str, Any]:
    """Fields and properties of a value as JSON data, by name; a value within is written by its `to_dict`."""
    return {name: _data(getattr(value, name)) for name in names}


def _data(value: Any) -> Any:
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, tuple):
        return [_data(each) for each in value]
    return {key: _data(each) for key, each in value.items()} if isinstance(value, dict) else value


class FrozenDict(dict[K, V]):
    """An immutable, hashable `dict`: every method that would change it raises `TypeError`.

    It is equal to a `dict` with the same entries; `dict(value)` is a mutable copy.

    Example:
        >>> from engine import FrozenDict
        >>> counts = FrozenDict({"keep": 3})
        >>> counts == {"keep": 3}, {**counts, "cancel": 1}
        (True, {'keep': 3, 'cancel': 1})
        >>> counts["keep"] = 4
        Traceback (most recent call last):
        TypeError: this value cannot be changed; `dict(value)` is a copy that can
    """

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("this value cannot be changed; `dict(value)` is a copy that can")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenDict, (dict(self),)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Validate as a plain dict, then convert."""
        from pydantic_core import core_schema

        plain = GenericAlias(dict, getattr(source, "__args__", (Any, Any)))
        return core_schema.no_info_after_validator_function(cls, handler(plain))

"""What do other libraries see of our classes: a signature, a schema for pydantic and FastAPI, a JSON Schema?

Asked for by name only: nobody who decides pays for it. A result is never made from data, since it would be no result;
what pydantic writes of it is what `to_dict` gives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from inspect import Parameter, Signature
from types import CodeType, NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

_SIMPLE: dict[Any, dict[str, Any]] = {
    # A text that is empty is written as null.
    str: {"type": ["string", "null"]},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    NoneType: {"type": "null"},
}


def signature_of(cls: type) -> Signature:
    """How a frozen value is made: its parts in order, with their types and defaults."""
    hints = get_type_hints(cls)
    return Signature(
        [
            Parameter(
                each.name,
                Parameter.POSITIONAL_OR_KEYWORD,
                default=Parameter.empty if each.default is MISSING else each.default,
                annotation=hints[each.name],
            )
            for each in fields(cls)
            if each.init
        ],
        return_annotation=None,
    )


def pydantic_schema(cls: type) -> Any:
    """A pydantic schema that takes instances alone, and writes what `to_dict` gives, where there is one."""
    from pydantic_core import core_schema

    if not hasattr(cls, "to_dict"):
        return core_schema.is_instance_schema(cls)
    writing = core_schema.plain_serializer_function_ser_schema(_data)
    return core_schema.is_instance_schema(cls, serialization=writing)


def _data(value: Any) -> Any:
    return value.to_dict()


def json_schema(cls: type) -> dict[str, Any]:
    """The JSON Schema of what `to_dict` gives: the parts that are plain, each with its type, beside anything else."""
    parts: dict[str, Any] = {}
    if is_dataclass(cls):
        hints = get_type_hints(cls)
        written = set(_texts(cls.to_dict.__code__))  # type: ignore[attr-defined]
        parts = {each.name: _of_type(hints[each.name]) for each in fields(cls) if each.name in written}
    described = {"title": cls.__name__, "description": (cls.__doc__ or "").strip(), "type": "object"}
    return described | {"properties": {name: schema for name, schema in parts.items() if schema}}


def _texts(code: CodeType) -> Iterator[str]:
    """The texts that stand in a function: among them the keys of the data that it makes."""
    waiting: list[Any] = [code]
    while waiting:
        each = waiting.pop()
        if isinstance(each, CodeType):
            waiting.extend(each.co_consts)
        elif isinstance(each, tuple):
            waiting.extend(each)
        elif isinstance(each, str):
            yield each


def _of_type(hint: Any) -> dict[str, Any]:
    """The schema of a plain type; an empty one, which takes anything, of others."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"enum": list(parts)}
    if origin in (Union, UnionType):
        schemas = [_of_type(part) for part in parts]
        return {"anyOf": schemas} if all(schemas) else {}
    if origin is tuple and parts[1:] == (...,):
        return {"type": "array", "items": _of_type(parts[0])} if _of_type(parts[0]) else {}
    if isinstance(origin, type) and issubclass(origin, dict):
        return {"type": "object", "additionalProperties": _of_type(parts[1])} if _of_type(parts[1]) else {}
    return _SIMPLE.get(hint, {})

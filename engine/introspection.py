"""What other libraries see of public classes: signatures, pydantic schemas and JSON Schemas.

Imported only on request, so that deciding does not pay for it. Results are never constructed from data, since that
would bypass the work that makes them results; pydantic serialises them by `to_dict`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from inspect import Parameter, Signature, cleandoc
from types import CodeType, NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

_SIMPLE: dict[Any, dict[str, Any]] = {
    # `to_dict` writes an empty string as null.
    str: {"type": ["string", "null"]},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    NoneType: {"type": "null"},
}


def signature_of(cls: type) -> Signature:
    """The constructor's signature of a frozen value, with types and defaults."""
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
    """A pydantic schema that accepts only instances, and serialises by `to_dict` if the class has it."""
    from pydantic_core import core_schema

    if not hasattr(cls, "to_dict"):
        return core_schema.is_instance_schema(cls)
    writing = core_schema.plain_serializer_function_ser_schema(_to_data)
    return core_schema.is_instance_schema(cls, serialization=writing)


def _to_data(value: Any) -> Any:
    return value.to_dict()


def json_schema(cls: type) -> dict[str, Any]:
    """The JSON Schema of what `to_dict` returns: the fields of plain types, with additional properties allowed."""
    parts: dict[str, Any] = {}
    if is_dataclass(cls):
        hints = get_type_hints(cls)
        written = set(_string_constants(cls.to_dict.__code__))  # type: ignore[attr-defined]
        parts = {each.name: _schema_of_type(hints[each.name]) for each in fields(cls) if each.name in written}
    # Not the attributes and the example that follow.
    description = cleandoc(cls.__doc__ or "").partition("\n\nAttributes:")[0]
    described = {"title": cls.__name__, "description": description, "type": "object"}
    return described | {"properties": {name: schema for name, schema in parts.items() if schema}}


def _string_constants(code: CodeType) -> Iterator[str]:
    """The string constants in a function, which include the keys of the data it builds."""
    waiting: list[Any] = [code]
    while waiting:
        each = waiting.pop()
        if isinstance(each, CodeType):
            waiting.extend(each.co_consts)
        elif isinstance(each, tuple):
            waiting.extend(each)
        elif isinstance(each, str):
            yield each


def _schema_of_type(hint: Any) -> dict[str, Any]:
    """The schema of a plain type; for all other types an empty one, which accepts anything."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"enum": list(parts)}
    if origin in (Union, UnionType):
        schemas = [_schema_of_type(part) for part in parts]
        return {"anyOf": schemas} if all(schemas) else {}
    if origin is tuple and parts[1:] == (...,):
        return {"type": "array", "items": _schema_of_type(parts[0])} if _schema_of_type(parts[0]) else {}
    if isinstance(origin, type) and issubclass(origin, dict):
        return (
            {"type": "object", "additionalProperties": _schema_of_type(parts[1])} if _schema_of_type(parts[1]) else {}
        )
    return _SIMPLE.get(hint, {})

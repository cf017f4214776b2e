"""Do tools that look at our classes get what they need: type hints, signatures, pydantic, FastAPI, JSON Schema?"""

from __future__ import annotations

import asyncio
import dataclasses
import inspect
import json
import typing
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema
import pytest
from fastapi import FastAPI
from pydantic import TypeAdapter, ValidationError
from pydantic.errors import PydanticInvalidForJsonSchema

import engine
from engine import (
    Decision,
    FrozenDict,
    NearTextWarning,
    Policy,
    Problem,
    Readable,
    RecordError,
    certify,
    check,
    decide,
    decider,
    diff,
    draw,
    explain,
    find_survivors,
    interview,
    load,
    load_cases,
    measure_coverage,
    plan,
    propose_cases,
    run_cases,
    tabulate,
    verify,
)
from engine.language.model.memo import Memo

PUBLIC = [getattr(engine, name) for name in engine.__all__ if name != "__version__"]
CLASSES = [value for value in PUBLIC if inspect.isclass(value)]
FUNCTIONS = [value for value in PUBLIC if not inspect.isclass(value)]
NAME = "other-interviews"
# What a proof is made of, and what keeps threads apart.
_OWN = ("engine.meaning.", "engine.threads")
CASES = f"rules/{NAME}.cases.yaml"


def methods(cls: type) -> Iterator[Callable[..., Any]]:
    """What a class offers by name, with the getters of its properties."""
    for name, value in vars(cls).items():
        found = value.fget if isinstance(value, property) else getattr(value, "func", value)
        if not name.startswith("_") and inspect.isfunction(found):
            yield found


@pytest.mark.parametrize("value", PUBLIC, ids=lambda value: value.__name__)
def test_every_annotation_can_be_resolved(value: Any) -> None:
    """`typing.get_type_hints` finds each type that a class, a method or a function names, and no text is left."""
    for found in (value, *(methods(value) if inspect.isclass(value) else ())):
        for hint in typing.get_type_hints(found).values():
            assert "ForwardRef" not in repr(hint), found


@pytest.mark.parametrize("value", PUBLIC, ids=lambda value: value.__name__)
def test_what_it_is_made_of_is_public(value: Any) -> None:
    """Each class of ours that an annotation names can be imported from `engine`, but for proofs' and threads' own.

    What a policy remembers is no part of it, and nothing that anybody makes or compares.
    """
    for found in (value, *(methods(value) if inspect.isclass(value) else ())):
        for hint in typing.get_type_hints(found).values():
            for each in classes_in(hint):
                if each.__module__.startswith("engine.") and not each.__module__.startswith(_OWN) and each is not Memo:
                    assert each in CLASSES, (found, each)


def classes_in(hint: Any) -> Iterator[type]:
    for part in typing.get_args(hint):
        yield from classes_in(part)
    if inspect.isclass(hint):
        yield hint


@pytest.mark.parametrize("cls", [cls for cls in CLASSES if dataclasses.is_dataclass(cls)], ids=lambda cls: cls.__name__)
def test_the_signature_is_the_real_one(cls: type) -> None:
    """`inspect.signature` names each part in order, with its type and default, as `dataclass` would."""
    signature = inspect.signature(cls)
    fields = [each for each in dataclasses.fields(cls) if each.init]
    assert list(signature.parameters) == [each.name for each in fields]
    for each, parameter in zip(fields, signature.parameters.values(), strict=True):
        assert parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        expected = inspect.Parameter.empty if each.default is dataclasses.MISSING else each.default
        assert parameter.default is expected or parameter.default == expected
        assert parameter.annotation is not inspect.Parameter.empty


def test_a_value_has_no_signature_of_its_class() -> None:
    """A value is nothing that can be called."""
    with pytest.raises(AttributeError):
        getattr(Problem("gap", "a"), "__signature__")  # noqa: B009
    with pytest.raises(TypeError, match="is not a callable object"):
        inspect.signature(Problem("gap", "a"))  # type: ignore[arg-type]


def results() -> Iterator[Any]:
    """One value at least of every class that has `to_dict`."""
    policy, draft = load(NAME), load("other-interviews-as-written")
    cases = load_cases(CASES, policy)
    few = load_cases({"policy": NAME, "cases": [{"case": "a", "given": {"offer": "hint"}, "expect": "keep"}]}, policy)
    proof = check(draft, regions=True)
    yield from (policy, proof, *proof.findings, *(each.regions for each in proof.findings if each.regions))
    yield from (proof.findings[0].problem(), proof.findings[0].places[0])
    yield from (decide(policy, {}), decide(policy, {"offer": "hint"}), decide(draft, {}, draft=True))
    yield from (explain(policy, {"offer": "hint"}), *explain(policy, {"offer": "hint"}).others)
    yield from (interview(policy), plan(policy), draw(policy), certify(policy), verify(policy, certify(policy)))
    yield from (run_cases(policy, cases), *run_cases(policy, cases).results[:2])
    coverage = measure_coverage(policy, few)
    yield from (coverage, coverage.rules, *coverage.missing[:2])
    survivors = find_survivors(policy, few, steps=20_000)
    yield from (survivors, *survivors.survivors[:2])
    proposal = propose_cases(policy, few, steps=20_000)
    yield from (proposal, *proposal.cases[:2])
    difference = diff(draft, policy)
    yield from (difference, difference.old, *difference.changes[:2], *difference.fields, *difference.verdicts)
    table = tabulate(policy)
    yield from (table, table.columns[0], table.rows[0])


# `Readable` is a parameter, `NearTextWarning` a category of warnings: neither is ever a value.
VALUES = [cls for cls in CLASSES if cls not in (NearTextWarning, Readable)]


@pytest.mark.parametrize("cls", VALUES, ids=lambda cls: cls.__name__)
def test_pydantic_takes_every_class(cls: type) -> None:
    """An adapter can be built, and its JSON Schema, but of what cannot be JSON."""
    adapter: TypeAdapter[Any] = TypeAdapter(cls)
    try:
        schema = adapter.json_schema(mode="serialization")
    except PydanticInvalidForJsonSchema:
        assert cls.__name__ == "Decider"
    else:
        jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.thorough
def test_pydantic_writes_what_to_dict_gives() -> None:
    """A value passes as it is, is written as `to_dict` gives it, and that has the shape that the JSON Schema tells."""
    for value in results():
        adapter: TypeAdapter[Any] = TypeAdapter(type(value))
        assert adapter.validate_python(value) is value
        assert json.loads(adapter.dump_json(value)) == json.loads(json.dumps(value.to_dict())), type(value)
        schema = adapter.json_schema(mode="serialization")
        jsonschema.validate(json.loads(adapter.dump_json(value)), schema)
        assert schema["properties"].keys() <= value.to_dict().keys(), type(value)


def test_a_result_is_not_made_from_data() -> None:
    """A decision that nobody decided, and a proof that nobody proved, are none."""
    for value in (decide(load(NAME), {"offer": "hint"}), check(load(NAME))):
        with pytest.raises(ValidationError, match="instance of"):
            TypeAdapter(type(value)).validate_python(value.to_dict())


def test_a_decision_says_its_outcomes_in_the_schema() -> None:
    """Whoever reads the schema learns which outcomes there are."""
    schema = TypeAdapter(Decision).json_schema(mode="serialization")["properties"]
    assert schema["outcome"] == {"enum": ["decided", "undecided", "gap", "conflict"]}
    assert schema["completions"] == {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    assert "words" not in schema


def test_fastapi_answers_with_a_decision() -> None:
    """A function that returns a decision is a service, and its OpenAPI document tells what comes."""
    app, policy = FastAPI(), load(NAME)

    @app.post("/decide")
    def answer(record: dict[str, Any]) -> Decision:
        return decide(policy, record)

    assert asked(app, "POST", "/decide", {"offer": "hint"}) == (200, decide(policy, {"offer": "hint"}).to_dict())
    code, document = asked(app, "GET", "/openapi.json", None)
    response = document["paths"]["/decide"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert (code, response["properties"]["outcome"]) == (200, {"enum": ["decided", "undecided", "gap", "conflict"]})


def asked(app: FastAPI, method: str, path: str, body: Any) -> tuple[int, Any]:
    """What a service answers, asked in this process as a server would."""
    scope: dict[str, Any] = {"type": "http", "http_version": "1.1", "scheme": "http", "method": method, "path": path}
    scope |= {"query_string": b"", "root_path": "", "headers": [(b"content-type", b"application/json")]}
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], json.loads(b"".join(each.get("body", b"") for each in sent[1:]))


def test_an_error_is_data_too() -> None:
    """A refusal can be handed on as JSON, problem by problem."""
    with pytest.raises(RecordError) as caught:
        decide(load(NAME), {"offer": "hit"})
    data = TypeAdapter(RecordError).dump_python(caught.value)
    assert data == caught.value.to_dict() == {"problems": [each.to_dict() for each in caught.value.problems]}


def test_a_frozen_mapping_is_a_mapping() -> None:
    """It is read from a mapping, stays frozen, and is written as one."""
    adapter = TypeAdapter(FrozenDict[str, int])
    made = adapter.validate_python({"a": 1})
    assert (type(made), made, adapter.dump_python(made)) == (FrozenDict, {"a": 1}, {"a": 1})
    assert isinstance(load(NAME), Policy)


def test_a_decider_passes_through_pydantic() -> None:
    """It can be a part of somebody's model, though nothing writes it as JSON."""
    made = decider(load(NAME))
    assert TypeAdapter(type(made)).validate_python(made) is made

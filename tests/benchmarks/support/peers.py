"""How else might a program decide the flagship: by hand, with a validator before it, or in another engine?

Every way is a function of a record that gives the verdict, as somebody would write it who knows the tool well: all that
can be made ready once is made ready once.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Any, Literal

import cel
import fastjsonschema
import jsonschema
import jsonschema_rs
import msgspec
import pydantic
import rule_engine
import zen
from json_logic import jsonLogic

Record = dict[str, Any]
Decide = Callable[[Record], Any]


def by_hand(record: Record) -> str:
    """The shortest that a person would write; it checks nothing."""
    if record["offer"] != "made":
        return "keep"
    elif record["start_date"] and record["acceptance"] != "none":  # noqa: RET505 - as people write it
        return "cancel"
    elif (
        not record["good_enough"]
        and record["other_offers"] >= 1
        and record["confident_and_polite"]
        and record["honest"]
        and record["ready_for_no"]
    ):
        return "use_leverage"
    elif record["good_enough"] and record["title"] and record["money"] and record["responsibility"]:
        return "keep"
    else:
        return "buy_time"


def _by_hand_of(read: Any) -> str:
    """The same for an object."""
    if read.offer != "made":
        return "keep"
    if read.start_date and read.acceptance != "none":
        return "cancel"
    if (
        not read.good_enough
        and read.other_offers >= 1
        and read.confident_and_polite
        and read.honest
        and read.ready_for_no
    ):
        return "use_leverage"
    if read.good_enough and read.title and read.money and read.responsibility:
        return "keep"
    return "buy_time"


_CHOICES = {"offer": ("hint", "drafting", "made"), "acceptance": ("none", "indicated", "signed")}
_FLAGS = (
    *("start_date", "title", "money", "responsibility"),
    *("good_enough", "confident_and_polite", "honest", "ready_for_no"),
)
_TYPES: dict[str, Any] = {
    **{name: Literal[options] for name, options in _CHOICES.items()},
    **dict.fromkeys(_FLAGS, bool),
    "other_offers": Annotated[int, msgspec.Meta(ge=0, le=20)],
}
_STRUCTURE = msgspec.defstruct("Structure", list(_TYPES.items()), forbid_unknown_fields=True, gc=False)
_SCHEMA = {
    "type": "object",
    "properties": {
        **{name: {"enum": list(options)} for name, options in _CHOICES.items()},
        **{name: {"type": "boolean"} for name in _FLAGS},
        "other_offers": {"type": "integer", "minimum": 0, "maximum": 20},
    },
    "required": list(_TYPES),
    "additionalProperties": False,
}

# What each rule tests, in the words of each engine; the first that holds decides.
_ABLE = ("other_offers >= 1", "confident_and_polite", "honest", "ready_for_no")
_RULES = (
    ('offer != "made"', "keep"),
    ('start_date {and} acceptance != "none"', "cancel"),
    (" {and} ".join(("{not}good_enough", *_ABLE)), "use_leverage"),
    ("good_enough {and} title {and} money {and} responsibility", "keep"),
)


def with_msgspec() -> Decide:
    """By hand, on what msgspec has converted and checked."""
    return lambda record: _by_hand_of(msgspec.convert(record, _STRUCTURE))


def with_msgspec_from_json() -> Callable[[bytes], Any]:
    """By hand, on what msgspec has read and checked."""
    read = msgspec.json.Decoder(_STRUCTURE).decode
    return lambda text: _by_hand_of(read(text))


def with_pydantic() -> Decide:
    fields: dict[str, Any] = {name: (kind, ...) for name, kind in _TYPES.items() if name != "other_offers"}
    fields["other_offers"] = (int, pydantic.Field(ge=0, le=20))
    model = pydantic.create_model("Model", __config__=pydantic.ConfigDict(strict=True, extra="forbid"), **fields)
    return lambda record: _by_hand_of(model.model_validate(record))


def _validated(validate: Callable[[Record], object]) -> Decide:
    def decide(record: Record) -> str:
        validate(record)
        return by_hand(record)

    return decide


def with_jsonschema_rs() -> Decide:
    return _validated(jsonschema_rs.validator_for(_SCHEMA).validate)


def with_fastjsonschema() -> Decide:
    return _validated(fastjsonschema.compile(_SCHEMA))


def with_jsonschema() -> Decide:
    return _validated(jsonschema.Draft202012Validator(_SCHEMA).validate)


def zen_table() -> Callable[[Record | bytes], Any]:
    """A decision table that the engine has compiled when it was loaded; it takes JSON faster than maps."""
    rows = [
        {"offer": '"hint", "drafting"', "then": '"keep"'},
        {"start_date": "true", "acceptance": '"indicated", "signed"', "then": '"cancel"'},
        {
            **dict.fromkeys(("confident_and_polite", "honest", "ready_for_no"), "true"),
            "good_enough": "false",
            "other_offers": ">= 1",
            "then": '"use_leverage"',
        },
        {**dict.fromkeys(("good_enough", "title", "money", "responsibility"), "true"), "then": '"keep"'},
        {"then": '"buy_time"'},
    ]
    return zen_decision(list(_TYPES), rows)


def zen_decision(fields: list[str], rows: list[dict[str, str]]) -> Callable[[Record | bytes], Any]:
    """A table of rows, cells by field and the verdict in `then`."""
    table = {
        "hitPolicy": "first",
        "inputs": [{"id": name, "name": name, "field": name} for name in fields],
        "outputs": [{"id": "then", "name": "then", "field": "verdict"}],
        "rules": [{"_id": str(number), **dict.fromkeys(fields, ""), **row} for number, row in enumerate(rows)],
    }
    nodes = [("in", "inputNode", {}), ("table", "decisionTableNode", table), ("out", "outputNode", {})]
    at = {"x": 0, "y": 0}
    content = {
        "nodes": [{"id": id_, "name": id_, "type": kind, "position": at, "content": each} for id_, kind, each in nodes],
        "edges": [
            {"id": f"{one}-{other}", "type": "edge", "sourceId": one, "targetId": other}
            for one, other in (("in", "table"), ("table", "out"))
        ],
    }
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"table": content}}})
    return lambda record: engine.evaluate("table", record)["result"]["verdict"]


def _as_one(write: Callable[[str, str, str], str]) -> str:
    """The rules as one expression of if and else."""
    text = '"buy_time"'
    for test, then in reversed(_RULES):
        text = write(test, f'"{then}"', text)
    return text


def zen_expression() -> Decide:
    text = _as_one(lambda test, then, other: f"{test.format_map({'and': 'and', 'not': 'not '})} ? {then} : {other}")
    found: Decide = zen.compile_expression(text).evaluate
    return found


def cel_in_rust() -> Decide:
    text = _as_one(lambda test, then, other: f"{test.format_map({'and': '&&', 'not': '!'})} ? {then} : {other}")
    found: Decide = cel.compile(text).execute
    return found


def with_rule_engine() -> Decide:
    rules = [(rule_engine.Rule(test.format_map({"and": "and", "not": "not "})), then) for test, then in _RULES]
    return lambda record: next((then for rule, then in rules if rule.matches(record)), "buy_time")


def with_json_logic() -> Decide:
    def var(name: str) -> dict[str, str]:
        return {"var": name}

    able = [{">=": [var("other_offers"), 1]}, *map(var, ("confident_and_polite", "honest", "ready_for_no"))]
    rules = {
        "if": [
            *({"!=": [var("offer"), "made"]}, "keep"),
            *({"and": [var("start_date"), {"!=": [var("acceptance"), "none"]}]}, "cancel"),
            *({"and": [{"!": [var("good_enough")]}, *able]}, "use_leverage"),
            *({"and": [*map(var, ("good_enough", "title", "money", "responsibility"))]}, "keep"),
            "buy_time",
        ]
    }
    return lambda record: jsonLogic(rules, record)


def as_bytes(record: Record) -> bytes:
    """A record as programs send it."""
    return json.dumps(record, separators=(",", ":")).encode()

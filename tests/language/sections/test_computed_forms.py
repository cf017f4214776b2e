"""Is an output that reads as worked out refused wherever it stands, and is other data given back as it is?"""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft7Validator

from engine import ComputedOutput, PolicyError, decide, explain, load
from engine.language.documents.data import data_document
from engine.language.documents.yaml_text import read_yaml
from engine.language.model.cell_text import output_cell
from engine.language.parsing.openers import Opened
from engine.language.sections.file_shape import load_schema
from engine.language.sections.policy_file import read_policy

# Amounts, where they are the whole value of an output.
AMOUNTS: list[tuple[Any, ComputedOutput]] = [
    ({"number": "charged"}, ComputedOutput("charged")),
    (
        {"number": "charged", "round": {"to": 0.01, "mode": "half_up"}},
        ComputedOutput("charged", Decimal("0.01"), "half_up"),
    ),
    ({"number": "charged", "round": {"to": 10, "mode": "down"}}, ComputedOutput("charged", Decimal(10), "down")),
]
# Whether or not a policy has a number of that name.
COMPUTED_BY_SHAPE: list[Any] = [
    {"number": "charged", "round": 0.01},
    {"number": "charged", "round": {"to": 0.01}},
    {"number": "charged", "round": {"to": 0, "mode": "up"}},
    {"number": "charged", "round": {"to": 0.01, "mode": "ceiling"}},
    {"number": "charged", "round": {"to": 0.01, "mode": "up", "unit": "EUR"}},
    {"number": "charged", "decimals": 2, "unit": "EUR"},
    {"number": 4.456, "round": {"to": 0.01}},
    {"sum": {"net": 1}, "round": {"mode": "up"}},
    {"date": "bought", "plus": {"months": 3}},
    {"date": "orderd", "minus": {"days": 1}},
]
# Since they name a field, number or constant of the policy, or are formulas.
COMPUTED_BY_NAME: list[Any] = [
    {"number": "charged", "street": "Main"},
    {"date": "bought"},
    {"sum": {"weight": 2}},
    {"product": ["weight", 2]},
    {"larger_of": ["charged", "minimum"]},
    {"ratio": {"of": "charged", "to": "weight"}},
    {"points": [{"when": {"weight": 1}, "add": 2}]},
    {"formula": "wieght * 2"},
    {"formula": "charged"},
    {"expression": "(weight + 1) * rate"},
    {"compute": "=weight*2"},
    {"value": "charged", "currency": "EUR"},
    {"amount": "weight / 2"},
    {"field": "weight"},
    {"ref": "charged", "unit": "EUR"},
    {"constant": "minimum"},
    {"max": ["weight", 5]},
    {"formula": "max(wieght, 5)"},
    {"value": "round(charged, 2)"},
    {"total": "weight"},
    {"Number": "charged"},
    {"Formula": "weight * 2"},
]
DATA: list[Any] = [
    {"number": 12, "street": "Main"},
    {"number": "12b"},
    {"number": True},
    {"number": None},
    {"number": "twelve", "street": "Main"},
    {"value": 4, "currency": "EUR"},
    {"value": "weight", "reason": "too heavy"},
    {"field": "weight", "reason": "too heavy"},
    {"field": "colour"},
    {"max": 5, "min": ["two", "three"]},
    {"amount": "a - b"},
    {"sum": {"net": 10, "tax": 2}},
    {"points": 3},
    {"product": ["shoes", "socks"]},
    {"formula": "standard"},
    {"round": 2, "number": 3},
    {"round": {"table": 1}},
    {"date": "2026-01-31"},
    {"date": "summer", "plus": 1},
    "charged",
    "weight * 2",
]


def _policy(verdict: Any = None, rule: Any = None) -> dict[str, Any]:
    """A policy with numbers, whose only verdict and only rule give these outputs."""
    return {
        "policy": "parcels",
        "title": "What does it cost?",
        "constants": {"minimum": {"means": "the least", "is": 5}},
        "situation": {
            "weight": {"ask": "How heavy?", "type": "integer", "from": 0, "to": 9},
            "bought": {"ask": "When?", "type": "date", "from": "2020-01-01", "to": "2020-12-31"},
        },
        "numbers": {"charged": {"means": "what it costs", "sum": {"weight": 2}, "plus": "minimum"}},
        "verdicts": {"take": {"title": "We take it", **({} if verdict is None else {"output": verdict})}},
        "rules": [
            {
                "rule": "all",
                "otherwise": True,
                "then": "take",
                "because": "We like it.",
                **({} if rule is None else {"output": rule}),
            }
        ],
    }


def _ways(data: Any) -> list[dict[str, Any]]:
    """Policies with this data in every place of an output."""
    outputs = ({"fee": data}, {"fee": [1, data]}, {"fee": {"deep": data}})
    return [
        *(_policy(verdict=output) for output in (*outputs, [data])),
        *(_policy(rule=output) for output in outputs),
    ]


def _codes(policy: dict[str, Any]) -> list[str]:
    with pytest.raises(PolicyError) as refused:
        load(policy)
    return [problem.code for problem in refused.value.problems]


@pytest.mark.parametrize("data", [*COMPUTED_BY_SHAPE, *COMPUTED_BY_NAME])
def test_what_reads_as_worked_out_is_refused(data: Any) -> None:
    """Once, in a verdict and in a rule, in lists and in maps."""
    for policy in _ways(data):
        assert _codes(policy) == ["computed-output"]


@pytest.mark.parametrize(("data", "amount"), AMOUNTS)
def test_an_amount_is_a_value_of_its_own(data: Any, amount: ComputedOutput) -> None:
    """Of a verdict, of a rule and in a cell, and it is saved so; deeper in data it is refused."""
    for policy in (_policy(verdict={"fee": data}), _policy(rule={"fee": data})):
        assert list(Draft7Validator(load_schema("policy")).iter_errors(policy)) == []
        read = load(policy)
        assert (read.verdicts[0].output or read.rules[0].output) == {"fee": amount}
        assert read.numbers_given.keys() == {"charged"}
        assert read == load(read.to_dict()) == read_policy(read_yaml(read.to_yaml().encode(), "parcels.yaml"))
        assert read.sha256 == load(read.to_dict()).sha256 != load(_policy()).sha256
        assert _from_cell(output_cell(read, amount)) == amount
    for policy in _ways(data):
        is_value = {"fee": data} in (policy["verdicts"]["take"].get("output"), policy["rules"][0].get("output"))
        if not is_value:
            assert _codes(policy) == ["computed-output"]
            assert [error.validator for error in Draft7Validator(load_schema("policy")).iter_errors(policy)] == ["not"]


def test_a_number_that_there_is_not_is_refused() -> None:
    """Wherever it stands; the schema cannot know."""
    for policy in _ways({"number": "chrged"}):
        assert _codes(policy) == ["computed-output"]


def test_a_ratio_is_rounded() -> None:
    """Since its decimals need not end."""
    policy = _policy(rule={"fee": {"number": "charged"}})
    policy["numbers"]["charged"] = {"means": "a third", "ratio": {"of": "weight", "to": 3}}
    assert _codes(policy) == ["computed-output"]
    policy["rules"][0]["output"]["fee"]["round"] = {"to": 0.01, "mode": "half_up"}
    assert decide(load(policy), {"weight": 1}).output == {"fee": "0.33"}
    why = explain(load(policy), {"weight": 1})
    assert why.to_dict()["amounts"]["fee"]["value"] == "1/3"
    assert "fee: 0.33 = charged (≈ 0.3333, rounded to 0.01 (half up))" in str(why)


def test_what_is_collected_is_not_worked_out() -> None:
    """So that only written values are put in a list."""
    policy = _policy(rule={"fee": {"number": "charged"}}) | {"collect": ["fee"]}
    assert _codes(policy) == ["computed-output"]


@pytest.mark.parametrize("data", COMPUTED_BY_SHAPE)
def test_the_schema_refuses_what_shows_in_the_shape(data: Any) -> None:
    """An editor says so while somebody writes it."""
    for policy in _ways(data):
        errors = list(Draft7Validator(load_schema("policy")).iter_errors(policy))
        assert [error.validator for error in errors] == ["not"]


@pytest.mark.parametrize("data", DATA)
def test_other_data_is_given_back(data: Any) -> None:
    """It is the output as it was written, and the schema allows it."""
    for policy in _ways(data):
        assert list(Draft7Validator(load_schema("policy")).iter_errors(policy)) == []
        read = load(policy)
        (written,), (verdict,), (rule,) = policy["verdicts"].values(), read.verdicts, read.rules
        assert verdict.output == written.get("output")
        assert rule.output == policy["rules"][0].get("output")


# In YAML and in cells; a program's texts, and those of JSON, are always text.
COMPUTED_TEXTS = (
    "charged", "minimum", "=weight*2", "weight * 2 + 1", "(weight + 1) * 2", "charged / 2", "charged - minimum",
    "round(charged)", "=abs(weight)",
)  # fmt: skip
TEXTS = ("weight", "weight - bought", "shelf / back", "a*b", "well-charged", "fee (charged)", "f(x)", "charged now")


def _text(output: str) -> bytes:
    data = _policy()
    data["rules"][0]["output"] = {"fee": "OUTPUT"}
    return load(data).to_yaml().replace("OUTPUT", output).encode()


@pytest.mark.parametrize("text", [*COMPUTED_TEXTS, *TEXTS])
@pytest.mark.parametrize("around", ["{}", "[1, {}]", "{{deep: {}}}"])
def test_unquoted_names_and_formulas_are_refused(text: str, around: str) -> None:
    """In quotes they are text."""
    written = read_yaml(_text(around.format(text)), "parcels.yaml")
    if text in COMPUTED_TEXTS:
        with pytest.raises(PolicyError) as refused:
            read_policy(written)
        assert [problem.code for problem in refused.value.problems] == ["computed-output"]
        assert refused.value.problems[0].help.endswith(f'if this is text, quote it: `"{text}"`')
    else:
        assert text in str(read_policy(written).rules[0].output)
    quoted = read_policy(read_yaml(_text(around.format(f'"{text}"')), "parcels.yaml"))
    assert text in str(quoted.rules[0].output)


@pytest.mark.parametrize("text", [*COMPUTED_TEXTS, *TEXTS])
def test_texts_of_programs_are_text_and_are_saved_so(text: str) -> None:
    """A policy made of data gives them back, and so does the YAML and the table that are written of it."""
    output = {"fee": text, "fees": [text, {"deep": text}]}
    policy = load(_policy(verdict=output, rule=output))
    assert policy.rules[0].output == output
    assert read_policy(read_yaml(policy.to_yaml().encode(), "parcels.yaml")) == policy
    for value in output.values():
        assert _from_cell(output_cell(policy, value)) == value


def _from_cell(cell: str) -> Any:
    """The output that a cell of a table is read as."""
    rows = io.StringIO()
    csv.writer(rows).writerows([["weight", "then", "because", "output.fee"], ["", "take", "We like it.", cell]])
    data = {**_policy(), "rules": {"table": "parcels.csv"}}
    read = read_policy(
        data_document(data, "parcels.yaml"), lambda path, _: Opened(path, rows.getvalue().encode(), path)
    )
    return (read.rules[0].output or {})["fee"]


def test_the_help_names_the_key_that_reads_so() -> None:
    """So that data has a way out."""
    with pytest.raises(PolicyError) as refused:
        load(_policy(rule={"house": {"street": "Main", "value": "charged"}}))
    assert refused.value.problems[0].message.endswith("nothing is worked out from `charged` here")
    assert refused.value.problems[0].help.endswith("if this is data, give the key `value` another name")


@pytest.mark.parametrize(
    ("cell", "is_computed"),
    [
        ("[{number: charged}]", True),
        ("{number: charged, unit: EUR}", True),
        ("[{value: charged}]", True),
        ("charged", True),
        ("=weight*2", True),
        ("{number: 3}", False),
        ('"charged"', False),
    ],
)
def test_cells_are_read_as_rules_are(cell: str, *, is_computed: bool) -> None:
    """A cell of a table holds the same data."""
    if not is_computed:
        assert _from_cell(cell) in ({"number": 3}, "charged")
        return
    with pytest.raises(PolicyError) as refused:
        _from_cell(cell)
    assert [(each.code, each.places[0].file) for each in refused.value.problems] == [("computed-output", "parcels.csv")]

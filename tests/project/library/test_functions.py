"""What does a program get from `from engine import …`: names, and functions that load, decide and refuse?"""

from __future__ import annotations

import datetime
import inspect
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import engine
from engine import (
    CasesReport,
    OneverdictError,
    Policy,
    PolicyError,
    Problem,
    RecordError,
    UnsoundError,
    check,
    decide,
    find_survivors,
    load,
    load_cases,
    measure_coverage,
    propose_cases,
    run_cases,
)
from tests.project.library.examples import PARCELS, ROOT


@pytest.mark.parametrize("name", [name for name in engine.__all__ if name != "__version__"])
def test_a_public_name_can_be_imported_and_says_what_it_is(name: str) -> None:
    """Every name of `engine.__all__` is there, and its documentation begins with a sentence."""
    value = getattr(engine, name)
    assert value.__name__ == name
    assert (inspect.getdoc(value) or "").strip()
    assert not (inspect.getdoc(value) or "").startswith(f"{name}(")


def test_the_names_are_listed() -> None:
    """`dir(engine)` lists the public names, and another name is an `AttributeError` that names it."""
    assert dir(engine) == sorted(engine.__all__)
    assert "__version__" in dir(engine)
    with pytest.raises(AttributeError, match=r"^module 'engine' has no attribute 'prove'$"):
        getattr(engine, "prove")  # noqa: B009


@pytest.mark.parametrize("name", ["check", "decide", "load", "run_cases"])
def test_a_function_says_what_its_parameters_are(name: str) -> None:
    """Public functions are typed throughout; what is optional can be given by its name alone."""
    signature = inspect.signature(getattr(engine, name))
    assert signature.return_annotation is not inspect.Signature.empty
    for parameter in signature.parameters.values():
        assert parameter.annotation is not inspect.Parameter.empty
        assert (parameter.default is inspect.Parameter.empty) == (parameter.kind != inspect.Parameter.KEYWORD_ONLY)


def test_load_takes_a_name_a_path_and_a_mapping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Text with a slash or an ending is a path, other text a shipped name, and a mapping is the policy itself."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "parcels.yaml").write_text(PARCELS, encoding="utf-8")
    (tmp_path / "parcels.yml").write_text(PARCELS, encoding="utf-8")
    same = [load("parcels.yaml"), load("./parcels.yml"), load(Path("parcels.yaml")), load(tmp_path / "parcels.yaml")]
    assert same == [load(same[0].to_dict())] * 4
    with pytest.raises(PolicyError) as caught:
        load("parcels")
    assert [problem.code for problem in caught.value.problems] == ["no-such-policy"]


@pytest.mark.parametrize("error", [PolicyError, RecordError, UnsoundError])
def test_an_error_is_one_of_ours(error: type[OneverdictError]) -> None:
    """Whoever catches `OneverdictError` catches every refusal, with its problems, and nothing else."""
    assert issubclass(error, OneverdictError)
    assert not issubclass(error, (ValueError, KeyError, OSError))
    assert error([Problem("gap", "a")]).problems == (Problem("gap", "a"),)


def test_a_policy_is_refused_with_every_problem() -> None:
    """One exception holds all that is wrong with a mapping, each with its path; its text shows all of it."""
    data = load("other-interviews").to_dict()
    data["rules"][0]["then"] = "kep"
    data["rules"][1]["when"] = {"setled": True}
    data["situation"]["honest"]["type"] = "yesno"
    with pytest.raises(PolicyError) as caught:
        load(data)
    problems = {each.places[0].path: each for each in caught.value.problems}
    assert {path: each.code for path, each in problems.items()} == {
        "situation.honest.type": "wrong-shape",
        "rules[0].then": "unknown-verdict",
        "rules[1].when.setled": "unknown-name",
    }
    assert problems["rules[0].then"].help == "did you mean `keep`"
    assert problems["rules[1].when.setled"].help == "did you mean `settled`"
    assert str(caught.value) == "\n".join(map(str, caught.value.problems))


def test_a_record_is_refused_with_every_problem(parcels: Policy) -> None:
    """One exception holds all that is wrong with a record, each with its path, in the record's order."""
    record = {
        "weight": Decimal("NaN"),
        "floors": True,
        "length": "5",
        "day": datetime.datetime(2026, 1, 31, 12, 0),
        "extras": ["insured", "insured"],
        "sender": {"country": 4, "town": "Lyon"},
    }
    with pytest.raises(RecordError) as caught:
        decide(parcels, record)
    assert [each.places[0].path for each in caught.value.problems] == [
        *("weight", "floors", "length", "day", "extras", "sender.country", "sender.town"),
    ]
    assert str(caught.value) == "\n".join(map(str, caught.value.problems))


def test_an_unsound_policy_decides_nothing(hole: Policy) -> None:
    """`UnsoundError` holds the error findings of the proof, even for a record that a rule decides."""
    with pytest.raises(UnsoundError) as caught:
        decide(hole, {"weight": 1})
    assert caught.value.problems == tuple(finding.problem() for finding in check(hole).errors)
    assert [problem.code for problem in caught.value.problems] == ["gap"]


def test_a_draft_can_be_tried(hole: Policy) -> None:
    """With `draft=True` what is decided is decided, and a gap is called a gap."""
    decided, gap, open_ = (decide(hole, record, draft=True) for record in ({"weight": 1}, {"weight": 0.3}, {}))
    assert (decided.outcome, decided.verdict, decided.faults) == ("decided", "van", ())
    assert (gap.outcome, gap.verdict, gap.rules, gap.faults) == ("gap", None, (), ("gap",))
    assert (open_.outcome, open_.possible, open_.faults, open_.ask) == (
        "undecided",
        ("van", "bike"),
        ("gap",),
        "weight",
    )


@pytest.mark.parametrize("weight", [0.3, Decimal("0.3"), Decimal("0.30"), 0.1 + 0.2, 0, 0.0, Decimal("0E+2")])
def test_numbers_are_the_decimals_they_are_written_as(parcels: Policy, weight: float | Decimal) -> None:
    """A double is its shortest decimal, so 0.3 is on the limit; 0.1 + 0.2 is not, and is off the grid."""
    if weight == 0.1 + 0.2 and isinstance(weight, float):
        with pytest.raises(RecordError) as caught:
            decide(parcels, {"weight": weight})
        assert [problem.code for problem in caught.value.problems] == ["off-grid"]
    else:
        assert decide(parcels, {"weight": weight}).verdict == "bike"


@pytest.mark.parametrize(
    "answers",
    [
        {"floors": 3, "length": 5},
        {"floors": 3.0, "length": 5.0},
        {"floors": Decimal(3), "length": Decimal("5.00")},
        {"floors": Decimal("3.0"), "length": None},
        {"day": datetime.date(2026, 1, 31), "extras": ["tracked", "insured"]},
        {"day": "2026-01-31", "extras": ("insured",)},
        {"sender": {"country": "FR"}},
        {"sender.country": "Italy"},
    ],
    ids=str,
)
def test_answers_may_be_written_in_several_ways(parcels: Policy, answers: dict[str, Any]) -> None:
    """Whole numbers as such, as floats or decimals; days as text or dates; lists and tuples; nested and flat."""
    assert decide(parcels, {"weight": 1, **answers}).verdict == "van"


def test_the_record_is_not_changed(parcels: Policy) -> None:
    """`decide` leaves the caller's record as it was."""
    record = {"weight": 1, "extras": ["tracked", "insured"], "sender": {"country": "FR"}, "floors": None}
    before = json.dumps(record)
    decide(parcels, record)
    assert json.dumps(record) == before


@pytest.mark.parametrize("function", [run_cases, measure_coverage, find_survivors, propose_cases])
def test_cases_of_another_policy_are_refused(function: Callable[..., Any]) -> None:
    """Not run as far as they go: neither those of another name, nor those read for another version."""
    policy = load("parcel-prices")
    cases = load_cases("rules/examples/parcel-prices.cases.yaml", policy)
    with pytest.raises(ValueError, match="they are for `parcel-prices`, not `other-interviews`; read the cases with"):
        function(load("other-interviews"), cases)
    narrower, renamed, other = policy.to_dict(), policy.to_dict(), policy.to_dict()
    narrower["situation"]["weight"]["to"] = 1
    renamed["rules"][0]["rule"] = "larger-than-that"
    other["verdicts"]["two"] = other["verdicts"].pop("euros-2")
    for rule in other["rules"]:
        rule["then"] = "two" if rule["then"] == "euros-2" else rule["then"]
    for data in (narrower, renamed, other):
        with pytest.raises(ValueError, match="is no case of this `parcel-prices`; read the cases with this policy"):
            function(load(data), cases)


def test_cases_can_be_loaded_from_anywhere(tmp_path: Path, report: CasesReport) -> None:
    """A path, its text, its bytes, an open file and a mapping give the same cases, wherever each was written."""
    path, policy = ROOT / "rules" / "other-interviews.cases.yaml", load("other-interviews")
    data = path.read_bytes()
    with path.open("rb") as binary, path.open(encoding="utf-8") as text:
        loaded = [load_cases(each, policy) for each in (path, str(path), data.decode(), data, binary, text)]
    given = [[(case.name, case.given, case.expect, case.by) for case in cases.cases] for cases in loaded]
    assert given == [given[0]] * 6
    assert [cases.file for cases in loaded] == [str(path), str(path), "cases", "cases", str(path), str(path)]
    assert all(run_cases(policy, cases).passed for cases in loaded)
    assert run_cases(policy, loaded[0]) == report
    one = {"case": "a hint", "given": {"offer": "hint"}, "expect": "keep", "by": ["tepid-offer"]}
    made = load_cases({"policy": "other-interviews", "cases": [one]}, policy)
    assert [(case.name, case.expect, case.by) for case in made.cases] == [("a hint", "keep", ("tepid-offer",))]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("rules/no-such.cases.yaml", "no-such-file"),
        ({"policy": "other-interviews", "cases": [{"case": "a", "given": {}, "expect": "kep"}]}, "unknown-verdict"),
        ({"policy": "other", "cases": [{"case": "a", "given": {}, "expect": "keep"}]}, "wrong-file"),
        ("policy: other-interviews\ncases: []\n", "empty"),
        ("policy: other-interviews\ncases:\n- \ud800\n", "odd-character"),
        (b"\xff", "not-utf-8"),
    ],
)
def test_cases_that_cannot_be_loaded_are_refused(source: Any, code: str) -> None:
    """As a policy is: with every problem, by code."""
    with pytest.raises(PolicyError) as caught:
        load_cases(source, load("other-interviews"))
    assert [problem.code for problem in caught.value.problems] == [code]

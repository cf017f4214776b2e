"""What does a program get from `from engine import …`: names, values, errors, and nothing it did not ask for?"""

from __future__ import annotations

import dataclasses
import datetime
import inspect
import json
import os
import pickle
import shutil
import subprocess
import sys
import threading
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars
import pytest

import engine
from engine import (
    CasesReport,
    Decision,
    Finding,
    OneverdictError,
    Place,
    Policy,
    PolicyError,
    Problem,
    RecordError,
    UnsoundError,
    certify,
    check,
    decide,
    find_survivors,
    load,
    load_cases,
    measure_coverage,
    propose_cases,
    run_cases,
)
from engine.bundled import shipped_policies
from engine.language.sections.policy_sources import load_text

ROOT = Path(engine.__file__).parent.parent
NAMES = list(shipped_policies())
PARCELS = """\
policy: parcels
title: How does it go?
situation:
  weight: {ask: How heavy?, type: number, from: 0, to: 100, step: 0.1, unit: kg}
  length: {ask: How long?, type: number}
  floors: {ask: How high?, type: integer, from: 0, to: 40}
  day: {ask: When?, type: date, from: 2026-01-01, to: 2026-12-31}
  extras: {ask: What else?, type: any_of, choices: {insured: Insurance, tracked: Tracking}}
  sender.country: {ask: Where from?, type: text, known: [FR, DE]}
verdicts: {van: {title: Send a van}, bike: {title: Send a bike}}
rules:
  - {rule: heavy, when: {weight: {more_than: 0.3}}, then: van, because: It is heavy.}
  - {rule: light, when: {weight: {at_most: 0.3}}, then: bike, because: It is light.}
"""
# The gap is at a weight of 0.3 and no other.
HOLE = PARCELS.replace("at_most: 0.3", "less_than: 0.3")


@pytest.fixture
def parcels() -> Policy:
    return load_text(PARCELS.encode(), "parcels.yaml")


@pytest.fixture
def hole() -> Policy:
    return load_text(HOLE.encode(), "parcels.yaml")


@pytest.fixture(scope="module")
def report() -> CasesReport:
    path = ROOT / "rules" / "other-interviews.cases.yaml"
    policy = load("other-interviews")
    return run_cases(policy, load_cases(path, policy))


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


def values() -> Iterator[Any]:
    """One value of each public class that is no error."""
    policy = load("other-interviews-as-written")
    proof = check(policy)
    problem = proof.findings[0].problem()
    yield from (policy, proof, proof.findings[0], problem, problem.places[0])
    yield decide(load("other-interviews"), {"offer": "hint"})


@pytest.mark.parametrize("value", list(values()), ids=lambda value: type(value).__name__)
def test_a_value_is_frozen(value: Any) -> None:
    """No attribute of a value can be set."""
    name = value._fields[0] if isinstance(value, Place) else dataclasses.fields(value)[0].name
    with pytest.raises(AttributeError):
        setattr(value, name, getattr(value, name))


def test_the_results_of_cases_are_frozen(report: CasesReport) -> None:
    """Neither the report nor one of its results can be changed."""
    for value, name in ((report, "policy"), (report.results[0], "passed")):
        with pytest.raises(AttributeError):
            setattr(value, name, getattr(value, name))


@pytest.mark.parametrize("name", NAMES)
def test_a_proof_is_a_value(name: str) -> None:
    """Two proofs of two readings are equal, print alike, and are JSON, as are their findings."""
    one, other = check(load(name)), check(load(name))
    assert (one, str(one), one.to_dict()) == (other, str(other), other.to_dict())
    assert json.loads(json.dumps(one.to_dict())) == one.to_dict()
    assert list(one.to_dict()) == ["policy", "sha256", "sound", "situations", "verdicts", "rules", "findings"]
    assert one.sound == (not one.errors)
    assert sorted(map(str, (*one.errors, *one.warnings))) == sorted(map(str, one.findings))
    for finding in one.findings:
        assert isinstance(finding, Finding)
        assert json.loads(json.dumps(finding.to_dict())) == finding.to_dict()
        assert isinstance(finding.problem(), Problem)


@pytest.mark.parametrize("name", NAMES)
def test_a_policy_is_a_value(name: str) -> None:
    """Two readings are equal, hash alike and are JSON; a policy of another name is not equal."""
    one, other = load(name), load(name)
    assert (one, hash(one), one.sha256) == (other, hash(other), other.sha256)
    assert json.loads(json.dumps(one.to_dict())) == one.to_dict()
    assert one != dataclasses.replace(one, title="Something else")
    assert len({load(each) for each in NAMES}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_policy_from_data_is_the_policy_of_the_file(name: str) -> None:
    """A mapping, the same through JSON, a path and a name all give one policy."""
    policy = load(name)
    path = Path(str(shipped_policies()[name]))
    same = [load(policy.to_dict()), load(json.loads(json.dumps(policy.to_dict()))), load(path), load(str(path))]
    assert same == [policy] * 4
    assert [check(each).verdicts for each in same] == [check(policy).verdicts] * 4


def test_the_mapping_is_not_kept() -> None:
    """A policy does not change when the mapping it was loaded from does, nor when `to_dict` is written to."""
    policy = load("other-interviews")
    data = policy.to_dict()
    again = load(data)
    data["rules"].clear()
    data["situation"]["offer"]["choices"]["made"] = "Something else"
    policy.to_dict()["rules"].clear()
    assert again == policy


def test_decisions_are_values() -> None:
    """Equal records give equal decisions, whatever they were asked before, and decisions are JSON."""
    policy = load("other-interviews")
    for record in ({}, {"offer": "hint"}, {"offer": "made", "title": "unsure"}):
        one, other = decide(policy, record), decide(load("other-interviews"), record)
        assert (one, str(one)) == (other, str(other))
        assert json.loads(json.dumps(one.to_dict())) == one.to_dict()
    keys = [field.name for field in dataclasses.fields(Decision) if field.name != "words"]
    assert list(decide(policy, {}).to_dict()) == keys


def test_a_decision_names_its_policy_by_hash() -> None:
    """However it is asked: by attribute, printed, as data, copied, or where it was sent, without the policy."""
    policy = load("other-interviews")
    reworded = dataclasses.replace(policy, title="Something else")
    for record in ({}, {"offer": "hint"}):
        asked: list[Callable[[Decision], Any]] = [
            lambda one: one.sha256,
            lambda one: one.to_dict()["sha256"],
            lambda one: dataclasses.asdict(one)["sha256"],
            lambda one: dataclasses.replace(one, draft=True).sha256,
            lambda one: vars(pickle.loads(pickle.dumps(one)))["sha256"],
            lambda one: repr(one).partition("sha256='")[2].partition("'")[0],
        ]
        assert [ask(decide(policy, record)) for ask in asked] == [policy.sha256] * len(asked)
        assert decide(policy, record) != decide(reworded, record)


def test_the_report_of_cases_is_a_value(report: CasesReport) -> None:
    """A report is equal to another run's, and JSON."""
    path = ROOT / "rules" / "other-interviews.cases.yaml"
    policy = load("other-interviews")
    assert run_cases(policy, load_cases(path, policy)) == report
    assert json.loads(json.dumps(report.to_dict())) == report.to_dict()
    assert list(report.to_dict()) == ["policy", "passed", "cases", "unreached"]
    assert report.passed


@pytest.mark.parametrize("name", NAMES)
def test_a_policy_can_be_pickled(name: str) -> None:
    """Before and after it was proved and asked, a policy goes to another process whole."""
    policy = load(name)
    fresh = pickle.loads(pickle.dumps(policy))
    decide(policy, {}, draft=True)
    used = pickle.loads(pickle.dumps(policy))
    assert fresh == used == policy
    assert (fresh.sha256, check(fresh), decide(used, {}, draft=True)) == (
        policy.sha256,
        check(policy),
        decide(policy, {}, draft=True),
    )


def test_results_can_be_pickled() -> None:
    """A proof, a decision and a problem are the same on the other side."""
    for value in values():
        assert pickle.loads(pickle.dumps(value)) == value


def test_errors_can_be_pickled() -> None:
    """An error of another process says the same here, problem by problem."""
    with pytest.raises(RecordError) as caught:
        decide(load("other-interviews"), {"offer": "hit", "honest": 1})
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), again.problems, str(again)) == (RecordError, caught.value.problems, str(caught.value))


@pytest.mark.parametrize("name", ["other-interviews", "customs-channel"])
def test_threads_agree(name: str) -> None:
    """Eight threads that ask one fresh policy about partial records get what one thread gets."""
    fields = load(name).to_dict()["situation"]
    record = {field: spec["if_unsure"] for field, spec in fields.items() if "if_unsure" in spec}
    record |= {field: next(iter(spec["choices"])) for field, spec in fields.items() if spec["type"] == "choice"}
    parts = list(record.items())
    records = [dict(parts[start:stop]) for start in range(len(parts)) for stop in range(start, len(parts) + 1)][:12]
    expected = [decide(load(name), each) for each in records]
    policy = load(name)
    found: dict[int, list[Decision]] = {}
    together = threading.Barrier(8)

    def ask(number: int) -> None:
        together.wait(timeout=30)
        # Each thread begins at another record.
        order = [*range(number, len(records)), *range(number)]
        answers = {each: decide(policy, records[each]) for each in order}
        found[number] = [answers[each] for each in range(len(records))]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert found == dict.fromkeys(range(8), expected)


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


def python(code: str, *path: Path) -> str:
    """What a program prints that runs in a process of its own, with these places on its path."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path)), "PYTHONIOENCODING": "utf-8"}
    # With -P the folder that the tests run in is no place to import from.
    command = [sys.executable, "-P", "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert (done.stderr, done.returncode) == ("", 0)
    return done.stdout


def test_importing_costs_nothing_that_is_not_used() -> None:
    """`import engine` alone imports neither YAML, nor JSON Schema, nor the command line, nor the proof."""
    code = "import sys, engine; print(sorted(set(sys.modules) & {'yaml', 'jsonschema', 'click', 'engine.analysis'}))"
    assert python(code, ROOT) == "[]\n"


# What deciding has no use for: what explains a fault, reads a table, asks a question, hashes, or adds up fields.
UNUSED = [
    *("jsonschema", "importlib.resources", "pathlib", "hashlib", "json", "decimal", "fractions", "difflib"),
    *(
        "engine.language.model.canonical",
        "engine.language.documents.json_text",
        "engine.language.sections.file_shape",
        "engine.language.sections.table_file",
    ),
    *(
        "engine.integers.point_counts",
        "engine.meaning.spaces.tied_fields",
        "engine.integers.omega",
        "engine.integers.polytopes",
    ),
    *("engine.analysis.proving.error_findings", "engine.analysis.deciding.likelihood"),
]


def test_a_sound_policy_decides_without_what_explains_another() -> None:
    """Deciding loads nothing that this policy and its decision do not need."""
    code = (
        "import sys; from engine import decide, load;"
        "assert decide(load('other-interviews'), {'offer': 'hint'}).verdict == 'keep';"
        f"print(sorted({{*{UNUSED}}} & set(sys.modules)))"
    )
    assert python(code, ROOT) == "[]\n"


def test_the_command_decides_without_what_explains_another() -> None:
    """`verdict decide` loads nothing beyond that either, but what the command line itself is made of."""
    code = (
        "import sys; from engine.surfaces.cli.group import verdict; before = set(sys.modules);"
        "verdict.main(['decide', 'other-interviews', '--set', 'offer=hint'], standalone_mode=False);"
        f"print(sorted({{*{UNUSED}}} & set(sys.modules) - before))"
    )
    assert python(code, ROOT).endswith("\n[]\n")


def test_a_library_user_pays_for_no_command_line() -> None:
    """Loading, proving and deciding imports no click."""
    code = (
        "import sys; from engine import check, decide, load; policy = load('other-interviews');"
        "assert check(policy).sound and decide(policy, {'offer': 'hint'}).verdict == 'keep';"
        "print([name for name in sys.modules if name.startswith(('click', 'engine.surfaces'))])"
    )
    assert python(code, ROOT) == "[]\n"


@pytest.mark.slow
def test_it_runs_from_a_zip_file(tmp_path: Path) -> None:
    """With the package and its data in a zip file on the path, shipped policies load, prove and decide."""
    archive = tmp_path / "oneverdict.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for file in sorted((ROOT / "engine").rglob("*.py")):
            packed.write(file, file.relative_to(ROOT))
        for kind in ("rules", "schemas"):
            for file in sorted(path for path in (ROOT / kind).rglob("*") if path.is_file()):
                packed.write(file, Path("engine", "_data", file.relative_to(ROOT)))
    code = (
        "import engine; from engine import check, decide, load\n"
        "from engine.bundled import shipped_policies\n"
        "print(engine.__file__, [check(load(name)).sound for name in shipped_policies()])\n"
        "print(decide(load('other-interviews'), {'offer': 'hint'}).verdict)\n"
    )
    where = archive / "engine" / "__init__.py"
    assert python(code, archive) == f"{where} [True, False, True, True, True]\nkeep\n"


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


# What each parameter of a public function must be, and what is said of the way to it.
_WAYS = {
    **dict.fromkeys(("policy", "old", "new"), 'load it first: `load("refund.yaml")`'),
    "cases": 'read them first: `load_cases("refund.yaml", policy)`',
    "certificate": "read its file with `json.load(file)`",
    "steps": "leave it out for the default",
}


def right_arguments() -> dict[str, Any]:
    """Something right for each parameter that a public function needs."""
    policy = load("other-interviews")
    case = {"case": "a hint", "given": {"offer": "hint"}, "expect": "keep"}
    cases = load_cases({"policy": policy.name, "cases": [case]}, policy)
    found: dict[str, Any] = dict.fromkeys(("policy", "old", "new"), policy)
    return found | {
        "cases": cases,
        "certificate": certify(policy),
        "situation": {},
        "dialect": "sqlite",
        "frame": polars.DataFrame({"offer": ["hint"]}),
    }


RIGHT = right_arguments()


def calls() -> Iterator[tuple[str, str, Callable[..., Any], dict[str, Any]]]:
    """Every parameter of a public function that takes something of ours, with all its other arguments right."""
    for name in engine.__all__:
        function = getattr(engine, name)
        if not inspect.isfunction(function) or name in ("load", "load_cases"):
            continue
        parameters = inspect.signature(function).parameters
        needed = {each: RIGHT[each] for each, found in parameters.items() if found.default is found.empty}
        for each in (each for each in parameters if each in _WAYS):
            yield name, each, function, needed


CALLS = [pytest.param(*call, id=f"{call[0]}({call[1]})") for call in calls()]


@pytest.mark.parametrize(("name", "parameter", "function", "needed"), CALLS)
def test_a_wrong_argument_is_refused_with_the_way_to_a_right_one(
    name: str, parameter: str, function: Callable[..., Any], needed: dict[str, Any]
) -> None:
    """A text, nothing, a number, a class: a `TypeError` names the function, the parameter, and how to get it."""
    for wrong in ("refund.yaml", None, 1.5, True, Policy, object(), [1]):
        with pytest.raises(TypeError) as caught:
            function(**{**needed, parameter: wrong})
        said = str(caught.value)
        assert said.startswith(f"{name}: `{parameter}` must be ")
        assert _WAYS[parameter].replace('"refund.yaml"', '"refund.yaml"' if isinstance(wrong, str) else "…") in said
        assert not isinstance(caught.value, OneverdictError)


ODD = [object(), 5, -1, 1.5, True, "", "text", None, [], [1], b"x", {1: 2}, {"a": object()}, Policy, Decimal(1)]


@pytest.mark.parametrize("name", [name for name in engine.__all__ if inspect.isfunction(getattr(engine, name))])
def test_no_argument_ends_in_the_words_of_another(name: str) -> None:
    """Whatever stands in the place of an argument is taken, or refused in words that name it."""
    function = getattr(engine, name)
    parameters = inspect.signature(function).parameters
    right = {each: RIGHT[each] for each, found in parameters.items() if found.default is found.empty}
    if name == "load":
        right["policy"] = "other-interviews"
    for each in (each for each, found in parameters.items() if not isinstance(found.default, bool)):
        for odd in ODD:
            said = refused(function, {**right, each: odd})
            assert not said or said.startswith(f"{name}: `{each}` must be "), (each, odd)


def refused(function: Callable[..., Any], arguments: dict[str, Any]) -> str:
    """What a call says that is refused for its arguments; nothing where they are taken, or refused as data."""
    try:
        function(**arguments)
    except OneverdictError:
        return ""
    except (TypeError, ValueError) as error:
        return str(error)
    return ""


def test_what_a_wrong_argument_says() -> None:
    """In whole sentences, with what was given."""
    with pytest.raises(TypeError) as caught:
        decide("refund.yaml", {})  # type: ignore[arg-type]
    assert str(caught.value) == (
        'decide: `policy` must be a policy, not the text `refund.yaml`; load it first: `load("refund.yaml")`'
    )
    with pytest.raises(TypeError) as caught:
        run_cases(load("other-interviews"), Decimal(1))  # type: ignore[arg-type]
    assert str(caught.value) == (
        "run_cases: `cases` must be cases of the policy, not a value of the type `decimal.Decimal`; "
        "read them first: `load_cases(…, policy)`"
    )
    for source in (5, None, [1], object()):
        with pytest.raises(TypeError, match=r"^load: `policy` must be the name of a shipped policy, the path"):
            load(source)  # type: ignore[arg-type]
        with pytest.raises((TypeError, PolicyError), match=r"must be the path of a cases file|wrong-shape"):
            load_cases(source, load("other-interviews"))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^check: `steps` must be a whole number from 1, not 0"):
        check(load("other-interviews"), steps=0)
    with pytest.raises(RecordError, match="a record is a map from field names to answers"):
        decide(load("other-interviews"), "offer")  # type: ignore[arg-type]


def test_the_version_is_told_installed_or_not(tmp_path: Path) -> None:
    """`__version__` is that of `pyproject.toml`, in a checkout that is not installed and in one that is."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert engine.__version__ == project["version"]
    code = "import engine; print(engine.__version__)"
    assert python(code, ROOT) == f"{project['version']}\n"
    shutil.copytree(ROOT / "engine", tmp_path / "engine", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "oneverdict"\nversion = "9.8.7"\n', encoding="utf-8")
    assert python(code, tmp_path) == "9.8.7\n"
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "somebody"\nversion = "3"\n', encoding="utf-8")
    assert python(code, tmp_path) == f"{project['version']}\n"
    isolated = f"import sys; sys.path[:] = [{str(tmp_path)!r}, *(p for p in sys.path if 'site-packages' not in p)]; "
    assert python(isolated + code) in ("0+unknown\n", f"{project['version']}\n")

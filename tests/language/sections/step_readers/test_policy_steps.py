"""A policy as a step means the same as its rules within the policy that names it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import PolicyError, check, decide, load

_PLACES = {"count": "amount", "sort": "grade", "steady": "grown"}
_QUESTIONS: dict[str, Any] = {
    "count": {"ask": "How many?", "type": "integer", "from": 0, "to": 3},
    "sort": {"ask": "Which?", "type": "choice", "choices": {"low": "Low", "high": "High"}},
    "steady": {"ask": "Steady?", "type": "yes_no"},
}


def _inner(name: Any, own: Any, tests: list[tuple[str, Any]], outcomes: list[str]) -> dict[str, Any]:
    """The parts of the inner policy, with its fields and its own parts under other names."""
    conditions: dict[str, Callable[[int], dict[str, Any]]] = {
        "count": lambda value: {name("count"): {"at_least": own("limit") if value == 2 else value}},
        "sort": lambda value: {name("sort"): ["low", "high"][value % 2]},
        "steady": lambda value: {own("firm"): bool(value % 2)},
        "twice": lambda value: {own("twice"): {"at_least": 2 * value}},
    }
    rules: list[dict[str, Any]] = [
        {"rule": f"r{at}", "when": conditions[kind](value), "then": outcome, "because": "So."}
        for at, ((kind, value), outcome) in enumerate(zip(tests, outcomes, strict=False))
    ]
    rules.append({"rule": "rest", "otherwise": True, "then": "no", "because": "Else."})
    return {
        "constants": {own("limit"): {"means": "the limit", "is": 2}},
        "numbers": {own("twice"): {"means": "twice", "sum": {name("count"): 2}}},
        "facts": {own("firm"): {"means": "firm", "when": {name("steady"): True}}},
        "rules": rules,
    }


def _outer(**more: Any) -> dict[str, Any]:
    grade = {
        "means": "the grade",
        "outcomes": {"low": "Low", "high": "High"},
        "rules": [
            {"rule": "few", "when": {"amount": {"at_most": 1}}, "then": "low", "because": "Few."},
            {"rule": "many", "otherwise": True, "then": "high", "because": "Many."},
        ],
    }
    policy = {
        "policy": "outer",
        "title": "Outer?",
        "situation": {"amount": _QUESTIONS["count"] | {"ask": "Amount?"}, "age": _QUESTIONS["count"] | {"to": 5}},
        "facts": {"grown": {"means": "grown", "when": {"age": {"at_least": 3}}}},
        "steps": {"grade": grade},
        "verdicts": {"go": {"title": "Go"}, "stay": {"title": "Stay"}},
        "rules": [
            {"rule": "good", "when": {"inner": "yes"}, "then": "go", "because": "Good."},
            {"rule": "bad", "when": {"inner": "no"}, "then": "stay", "because": "Bad."},
        ],
    }
    for section, entries in more.items():
        policy[section] = {**policy.get(section, {}), **entries}  # type: ignore[dict-item]
    return policy


def _holds(test: tuple[str, Any], count: int, sort: str, *, steady: bool) -> bool:
    kind: str = test[0]
    value: int = test[1]
    if kind in ("count", "twice"):
        return count >= value
    return sort == ["low", "high"][value % 2] if kind == "sort" else steady == bool(value % 2)


_ANSWERS: dict[str, list[Any]] = {"count": [0, 1, 2, 3], "sort": ["low", "high"], "steady": [False, True]}
_TESTS = st.lists(st.tuples(st.sampled_from(["count", "sort", "steady", "twice"]), st.integers(0, 3)), max_size=4)
_OUTCOMES = st.lists(st.sampled_from(["yes", "no"]), min_size=4, max_size=4)


def _law(folder: Path, tests: list[tuple[str, Any]], outcomes: list[str], places: dict[str, str]) -> None:
    parts = _inner(str, str, tests, outcomes)
    titles = {"yes": {"title": "Yes"}, "no": {"title": "No"}}
    inner = {"policy": "inner", "title": "Inner?", "situation": _QUESTIONS, "verdicts": titles, "decision": "first"}
    (folder / "inner.json").write_text(json.dumps(inner | parts))
    step = {"policy": "inner.json", "with": places} if places else {"policy": "inner.json"}
    found = load(_outer(steps={"inner": step}), folder=folder)
    names = _inner(lambda name: places.get(name, name), lambda name: f"inner.{name}", tests, outcomes)
    rules = {
        "means": "Inner?",
        "outcomes": {"yes": "Yes", "no": "No"},
        "decision": "first",
        "rules": names.pop("rules"),
    }
    asked = {name: field for name, field in _QUESTIONS.items() if name not in places}
    written = load(_outer(situation=asked, steps={"inner": rules}, **names))
    assert (found, found.sha256) == (written, written.sha256)
    assert load(found.to_dict()) == load(found.to_yaml()) == found
    assert check(found).sound
    answers = [[(name, value) for value in _ANSWERS[name]] for name in asked]
    for amount, age, *others in itertools.product(range(4), range(6), *answers):
        record: dict[str, Any] = {"amount": amount, "age": age, **dict(others)}
        count = record.get("count", amount)
        sort = record.get("sort", "low" if amount <= 1 else "high")
        steady = record.get("steady", age >= 3)
        held = (out for test, out in zip(tests, outcomes, strict=False) if _holds(test, count, sort, steady=steady))
        decided = decide(found, record)
        assert decided.verdict == ("go" if next(held, "no") == "yes" else "stay")


@pytest.mark.thorough
@given(_TESTS, _OUTCOMES, st.sets(st.sampled_from(sorted(_PLACES))))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_policy_as_a_step_means_what_its_rules_mean_in_place(
    tmp_path: Path, tests: list[tuple[str, Any]], outcomes: list[str], places: set[str]
) -> None:
    """Fields, a step and a fact stand for its questions, or these are taken over."""
    _law(tmp_path, tests, outcomes, {name: _PLACES[name] for name in sorted(places)})


def _write(folder: Path, name: str, steps: str, situation: str = "{wet: {ask: Wet?, type: yes_no}}") -> Path:
    path = folder / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"""
policy: {path.stem}
title: {path.stem}
situation: {situation}
steps: {steps}
verdicts: {{"yes": {{title: So}}, "no": {{title: Not}}}}
rules:
  - {{rule: so, when: {{wet: yes}}, then: "yes", because: So.}}
  - {{rule: not, when: {{wet: no}}, then: "no", because: Not.}}
""".replace("steps: {}\n", "")
    )
    return path


def test_paths_are_relative_to_the_file_that_names_them(tmp_path: Path) -> None:
    _write(tmp_path, "low/last", "{}")
    _write(tmp_path, "low/deep/middle", "{a: {policy: ../last.yaml}}")
    policy = load(_write(tmp_path, "top", "{b: {policy: low/deep/middle.yaml}, c: {policy: low/last.yaml}}"))
    assert [step.name for step in policy.steps] == ["b.a", "b", "c"]
    assert policy.steps[0].place.file == str(tmp_path / "low/deep/middle.yaml")
    assert [step.origin.file if step.origin else "" for step in policy.steps] == [
        str(tmp_path / "low" / name) for name in ("last.yaml", "deep/middle.yaml", "last.yaml")
    ]


def test_a_circle_of_files_is_shown(tmp_path: Path) -> None:
    _write(tmp_path, "low/one", "{a: {policy: ../two.yaml}}")
    _write(tmp_path, "two", "{b: {policy: low/one.yaml}}")
    with pytest.raises(PolicyError) as caught:
        load(_write(tmp_path, "top", "{c: {policy: two.yaml}}"))
    [problem] = caught.value.problems
    assert problem.code == "policy-cycle"
    assert problem.message == "these files lead to each other in a circle: `two.yaml` → `low/one.yaml` → `two.yaml`"


def test_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    (tmp_path / "top").mkdir()
    (tmp_path / "top/inner.yaml").symlink_to(_write(tmp_path, "inner", "{}"))
    with pytest.raises(PolicyError) as caught:
        load(_write(tmp_path / "top", "outer", "{a: {policy: inner.yaml}}"))
    assert [problem.code for problem in caught.value.problems] == ["policy-place"]


def test_what_is_wrong_in_the_file_is_told_at_its_place(tmp_path: Path) -> None:
    path = _write(tmp_path, "inner", "{}")
    path.write_text(path.read_text().replace("wet: no", "wett: no"))
    with pytest.raises(PolicyError) as caught:
        load(_write(tmp_path, "outer", "{a: {policy: inner.yaml}}"))
    [problem] = caught.value.problems
    assert (problem.code, problem.places[0].file) == ("unknown-name", str(path))


def test_files_that_name_the_next_one_twice_are_too_many(tmp_path: Path) -> None:
    _write(tmp_path, "p0", "{}")
    for at in range(1, 12):
        _write(tmp_path, f"p{at}", f"{{a: {{policy: p{at - 1}.yaml}}, b: {{policy: p{at - 1}.yaml}}}}")
    with pytest.raises(PolicyError) as caught:
        load(tmp_path / "p11.yaml")
    assert {problem.code for problem in caught.value.problems} == {"policy-cycle"}

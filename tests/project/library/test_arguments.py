"""Is a wrong argument of a public function refused with the way to a right one?"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import numpy
import polars
import pytest

import engine
from engine import (
    OneverdictError,
    Policy,
    PolicyError,
    RecordError,
    certify,
    check,
    decide,
    load,
    load_cases,
    load_library,
    run_cases,
)

# What each parameter of a public function must be, and what is said of the way to it.
_WAYS = {
    **dict.fromkeys(("policy", "old", "new"), 'load it first: `load("refund.yaml")`'),
    "library": 'load it first: `load_library("refund.yaml")`',
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
        "library": load_library({"library": "people", "title": "Who somebody is"}),
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
        if not inspect.isfunction(function) or name in ("load", "load_library", "load_cases"):
            continue
        parameters = inspect.signature(function).parameters
        needed = {each: RIGHT[each] for each, found in parameters.items() if found.default is found.empty}
        # `steps` of `batch` is no number of steps but a flag.
        for each in (each for each, found in parameters.items() if each in _WAYS and found.default is not False):
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
ODD += [numpy.array([1, 2]), polars.DataFrame({"a": [1, 2]})]


@pytest.mark.thorough
@pytest.mark.parametrize("name", [name for name in engine.__all__ if inspect.isfunction(getattr(engine, name))])
def test_no_argument_ends_in_the_words_of_another(name: str) -> None:
    """Whatever stands in the place of an argument is taken, or refused in words that name it."""
    function = getattr(engine, name)
    parameters = inspect.signature(function).parameters
    right = {each: RIGHT[each] for each, found in parameters.items() if found.default is found.empty}
    if name == "load":
        right["policy"] = "other-interviews"
    if name == "load_library":
        right["library"] = "library: people\ntitle: Who somebody is\n"
    for each, found in parameters.items():
        for odd in ODD:
            given = {**right, each: odd}
            if name == "diff" and given.get("between") is None:
                # Two days of a policy are compared in place of two versions.
                given.setdefault("new", RIGHT["new"])
            said = refused(function, given)
            assert not said or said.startswith(f"{name}: `{each}` must be "), (each, odd)
            # A flag is never guessed: `draft="no"` would count as true.
            if isinstance(found.default, bool) and not isinstance(odd, bool):
                assert said.startswith(f"{name}: `{each}` must be True or False, not "), (each, odd)


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

"""Reader for cases files: situations with the verdicts expected of them."""

from __future__ import annotations

import collections.abc
import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from engine.frozen import FrozenDict, frozen_value
from engine.language.documents.nodes import Broken, Document, Entry, Mapping, Node, Scalar, Sequence
from engine.language.documents.text import shorten
from engine.language.model.arguments import require
from engine.language.model.policy import Policy, require_policy
from engine.language.model.values.misfits import Misfit
from engine.language.model.values.value_readers import fit
from engine.language.parsing.reading import (
    Reading,
    Unshapely,
    require_list,
    require_map,
    require_name,
    require_root,
    require_scalar,
    require_text,
)
from engine.language.sections.file_problems import problems_of
from engine.language.sections.policy_sources import Readable, held_document, normalise_path, read_document
from engine.language.situations.situation_records import Answers, read_node_record
from engine.problems import Place, PolicyError, RecordError

if TYPE_CHECKING:
    from engine.language.model.relations.decision_steps import DecisionStep


@frozen_value
class Case:
    """A test case: a record, complete or partial, and the verdict that it must get.

    Attributes:
        name: Description of the case, unique in its file.
        given: The answers; every completion of a partial record must get the verdict.
        expect: Name of the expected verdict.
        by: Names of the rules that must decide, in file order; None if any may.
        place: Position in the source.
        steps: The outcomes that steps must have, by name; steps that are not named may have any.
        output: The expected values of some outputs, by name; None if any may come.

    Example:
        >>> from engine import load, load_cases
        >>> hint = {"case": "A hint is no offer", "given": {"offer": "hint"}, "expect": "keep"}
        >>> data = {"policy": "other-interviews", "cases": [hint]}
        >>> case = load_cases(data, load("other-interviews")).cases[0]
        >>> case.given.values, case.expect, case.by
        ({'offer': 'hint'}, 'keep', None)
    """

    name: str
    given: Answers
    expect: str
    by: tuple[str, ...] | None
    place: Place
    steps: FrozenDict[str, str] = FrozenDict()
    output: dict[str, Any] | None = None


@frozen_value
class Cases:
    """The test cases of a policy.

    Attributes:
        policy: Name of the policy.
        cases: The cases, in file order.
        file: The file they were read from, or `cases`.

    Example:
        >>> from engine import load, load_cases
        >>> len(load_cases("rules/examples/parcel-prices.cases.yaml", load("parcel-prices")).cases)
        30
    """

    policy: str
    cases: tuple[Case, ...]
    file: str


def load_cases(
    cases: str | bytes | os.PathLike[str] | Readable | collections.abc.Mapping[str, Any], policy: Policy
) -> Cases:
    """Read test cases and check them against their policy.

    Args:
        cases: What to read: the path of a cases file (`str` or `os.PathLike`), its text (a `str` with a line break) or
            bytes, an open file, or a mapping with the entries of a file (`policy`, `cases`).
        policy: The policy, from `load`.

    Returns:
        The cases, for `run_cases`, `measure_coverage`, `find_survivors` and `propose_cases`.

    Raises:
        PolicyError: The cases cannot be read, are for another policy, or name an unknown field, answer, verdict or
            rule; `problems` holds everything that is wrong.
        TypeError: `cases` is none of these, or `policy` is not a policy.

    Example:
        >>> from engine import load, load_cases, run_cases
        >>> policy = load("other-interviews")
        >>> case = "- {case: A hint is no offer, given: {offer: hint}, expect: keep}"
        >>> cases = load_cases(f"policy: other-interviews\\ncases:\\n{case}", policy)
        >>> run_cases(policy, cases).passed
        True
    """
    require_policy(policy, "load_cases")
    document = held_document(cases, None, "cases")
    if document is not None:
        return read_cases(document, policy)
    what = "the path of a cases file, its text or bytes, an open file, or a mapping"
    require(cases, (str, os.PathLike), "load_cases", "cases", what, "name a file, as in `rules/refund.cases.yaml`")
    assert isinstance(cases, str | os.PathLike)
    return read_cases(read_document(normalise_path(os.fspath(cases))), policy)


def require_cases(value: object, function: str, policy: Policy) -> None:
    """Check an argument of a public function; raises `TypeError` for no `Cases`, `ValueError` for another policy's."""
    require(value, Cases, function, "cases", "cases of the policy", "read them first: `load_cases({}, policy)`")
    assert isinstance(value, Cases)
    way = "read the cases with this policy: `load_cases(…, policy)`"
    if value.policy != policy.name:
        whose = f"`{shorten(value.policy)}`, not `{policy.name}`"
        raise ValueError(f"{function}: `cases` must be those of the policy, and they are for {whose}; {way}")
    for case in value.cases:
        if not _is_of(case, policy):
            raise ValueError(f"{function}: `{shorten(case.name)}` is no case of this `{policy.name}`; {way}")


def _is_of(case: Case, policy: Policy) -> bool:
    """Whether a policy has all that a case names; the case may have been read for another version."""
    try:
        for name, value in case.given.values.items():
            fit(policy.field[name], value)
    except (KeyError, Misfit):
        return False
    if any(name not in policy.step or case.steps[name] not in policy.step[name].options for name in case.steps):
        return False
    if case.output is not None:
        from engine.language.model.relations.rule_outputs import output_names

        if not set(case.output).issubset(output_names(policy)):
            return False
    return case.expect in policy.verdict and set(case.by or ()) <= policy.rule.keys()


def cases_policy(document: Document) -> Scalar | None:
    """The name of the policy that a cases file is for; None if it does not say."""
    name = document.root.get("policy") if isinstance(document.root, Mapping) else None
    return name if isinstance(name, Scalar) and not name.empty else None


def read_cases(document: Document, policy: Policy) -> Cases:
    """Read a cases file and check it against its policy; raises `PolicyError` with every problem."""
    reading = Reading(document)
    root = require_root(document, reading, "begin with `policy:` and `cases:`")
    top = root if isinstance(root, Mapping) else Mapping({}, root.place)
    reading.read_item("policy", "", lambda: require_map(root, ("policy", "cases")))
    name = reading.read_item("policy", "", lambda: require_name(top.get("policy")))
    if name is not None and name.text != policy.name:
        message = f"these cases are for `{name.text}`, but the policy is `{policy.name}`"
        reading.refuse("wrong-file", message, name.place, "correct the name, or move the file beside its policy")
    items = reading.read_item("cases", "", lambda: require_list(top.get("cases")))
    found = []
    seen: dict[str, Place] = {}
    for index, node in enumerate(items or ()):
        read, parts = partial(_read_case, node, policy, reading), partial(_case_parts, node, policy, reading)
        case = reading.read_item("cases", index, read, parts)
        if case is None:
            continue
        if case.name in seen:
            message = f"two cases are called `{shorten(case.name)}`"
            reading.refuse("duplicate-name", message, (case.place, seen[case.name]), "say what sets them apart")
        seen.setdefault(case.name, case.place)
        found.append(case)
    problems = problems_of(reading, "cases", root)
    if problems:
        raise PolicyError(problems)
    return Cases(policy.name, tuple(found), document.file)


def _read_case(node: Node, policy: Policy, reading: Reading) -> Case:
    """Read one case."""
    mapping = require_map(node, ("case", "given", "expect", "output", "by", "steps"))
    name = require_scalar(mapping.get("case"))
    given = require_map(mapping.get("given"), may_be_empty=True)
    for entry in given.entries.values():
        _check_answer(entry.value)
    expect = _read_expected(mapping, policy, reading)
    output = _read_output(mapping, policy, reading)
    by = _read_by(mapping, policy, reading)
    steps = _read_steps(mapping, policy, reading)
    return Case(require_text(name), _read_given(mapping, policy, reading), expect, by, name.place, steps, output)


def _case_parts(node: Node, policy: Policy, reading: Reading) -> list[Callable[[], object]]:
    """Readers for the parts of a malformed case."""
    if not isinstance(node, Mapping):
        return []
    parts: list[Callable[[], object]] = [
        partial(read, node, policy, reading) for read in (_read_expected, _read_output, _read_by, _read_steps)
    ]
    given = node.get("given")
    if isinstance(given, Mapping):
        answers = {name: entry for name, entry in given.entries.items() if _is_answer(entry.value)}
        part = Mapping({"given": Entry(node.entries["given"].key, given._replace(entries=answers))}, node.place)
        parts.append(partial(_read_given, part, policy, reading))
    return parts


def _is_answer(node: Node) -> bool:
    """Whether a value has the shape of an answer."""
    try:
        _check_answer(node)
    except Unshapely:
        return False
    return True


def _read_expected(mapping: Mapping, policy: Policy, reading: Reading) -> str:
    """Read the expected verdict."""
    expect = require_scalar(mapping.get("expect"))
    if expect.text not in policy.verdict:
        titles = {verdict.name: verdict.title for verdict in policy.verdicts}
        reading.refuse_unknown("unknown-verdict", "verdict", expect, policy.verdict, titles)
    return expect.text


def _read_output(mapping: Mapping, policy: Policy, reading: Reading) -> dict[str, Any] | None:
    """Read the expected outputs; None if there are none."""
    if "output" not in mapping.entries:
        return None
    from engine.language.model.relations.rule_outputs import output_names
    from engine.language.parsing.verdict_output import read_output

    written, names = require_map(mapping.get("output")), output_names(policy)
    for entry in written.entries.values():
        if entry.key.text not in names and names:
            reading.refuse_unknown("unknown-name", "output", entry.key, names)
        elif not names:
            message = f"no verdict and no rule of `{policy.name}` has an output `{shorten(entry.key.text)}`"
            reading.refuse("unknown-name", message, entry.key.place, "take `output` out")
    found: dict[str, Any] = read_output(written, reading)
    return found


def _read_by(mapping: Mapping, policy: Policy, reading: Reading) -> tuple[str, ...] | None:
    """Read the expected rules; None if there are none."""
    if "by" not in mapping.entries:
        return None
    return _check_rules([require_scalar(item) for item in require_list(mapping.get("by"))], policy, reading)


def _read_steps(mapping: Mapping, policy: Policy, reading: Reading) -> FrozenDict[str, str]:
    """Read the expected outcomes of steps."""
    if "steps" not in mapping.entries:
        return FrozenDict()
    found = {}
    for key, value in require_map(mapping.get("steps")).entries.values():
        outcome = require_scalar(value)
        step = policy.step.get(key.text)
        expected = outcome.text
        if step is None:
            reading.refuse_unknown("unknown-name", "step", key, policy.step)
        elif step.is_number:
            expected = _read_amount(outcome, step, reading)
        elif expected not in step.options:
            reading.refuse_unknown("unknown-verdict", "outcome", outcome, step.options, step.text)
        found[key.text] = expected
    return FrozenDict(found)


def _read_amount(written: Scalar, step: DecisionStep, reading: Reading) -> str:
    """Read the amount that the table of a number is expected to give, as a number or as decisions write it, as text."""
    from engine.language.model.values.value_readers import read_decimal
    from engine.language.model.values.value_texts import decimal_text

    amount = reading.read_value(written.place, lambda: read_decimal(Scalar(written.text, True, written.place)))
    text = "" if amount is None else decimal_text(amount)
    if text and text not in step.options:
        reading.refuse_unknown("unknown-verdict", "amount", written, step.options)
    return text


def _read_given(mapping: Mapping, policy: Policy, reading: Reading) -> Answers:
    """Read the situation; its problems are recorded."""
    try:
        return read_node_record(policy, mapping.get("given"))
    except RecordError as error:
        reading.problems += error.problems
        return Answers({}, {})


def _check_answer(node: Node) -> None:
    """Raise `Unshapely` unless a value has the shape of an answer of some kind."""
    if isinstance(node, Mapping):
        for entry in require_map(node).entries.values():
            _check_answer(entry.value)
    elif isinstance(node, Sequence):
        for item in node.items:
            if not isinstance(item, Broken) and (not isinstance(item, Scalar) or item.empty):
                raise Unshapely


def _check_rules(written: list[Scalar], policy: Policy, reading: Reading) -> tuple[str, ...]:
    """Check references to rules, and return them in the policy's order."""
    reading.refuse_repeats(written)
    for scalar in written:
        if scalar.text not in policy.rule:
            reading.refuse_unknown("unknown-rule", "rule", scalar, policy.rule)
    names = {scalar.text for scalar in written}
    return tuple(rule for rule in policy.rule if rule in names)

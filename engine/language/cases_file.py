"""How is a cases file read? Situations for one policy, each with the verdict it must get."""

from __future__ import annotations

from engine.frozen import frozen_value
from engine.language.nodes import Broken, Document, Mapping, Node, Scalar, Sequence
from engine.language.policy import Policy
from engine.language.reading import Reading, Unshapely, a_list, a_map, a_name, a_scalar, a_text, readable_root
from engine.language.records import Answers, read_node_record
from engine.language.text import shortened
from engine.problems import Place, PolicyError, RecordError


@frozen_value
class Case:
    """One situation, whole or partial, and what must come of it; `by` is None where any rules may decide."""

    name: str
    given: Answers
    expect: str
    by: tuple[str, ...] | None
    place: Place


@frozen_value
class Cases:
    policy: str
    cases: tuple[Case, ...]
    file: str


def cases_policy(document: Document) -> Scalar | None:
    """The name of the policy that a cases file is for, if it says so."""
    name = document.root.get("policy") if isinstance(document.root, Mapping) else None
    return name if isinstance(name, Scalar) and not name.empty else None


def read_cases(document: Document, policy: Policy) -> Cases:
    """The cases of a file, checked against the policy they are for; raises `PolicyError` with every problem."""
    reading = Reading(document)
    root = readable_root(document, reading, "begin with `policy:` and `cases:`")
    top = root if isinstance(root, Mapping) else Mapping({}, root.place)
    reading.item("policy", "", lambda: a_map(root, ("policy", "cases")))
    name = reading.item("policy", "", lambda: a_name(top.get("policy")))
    if name is not None and name.text != policy.name:
        message = f"these cases are for `{name.text}`, the policy is `{policy.name}`"
        reading.refuse("wrong-file", message, name.place, "correct the name, or move the file beside its policy")
    items = reading.item("cases", "", lambda: a_list(top.get("cases")))
    found = []
    seen: dict[str, Place] = {}
    for index, node in enumerate(items or ()):
        case = reading.item("cases", index, lambda node=node: _case(node, policy, reading))  # type: ignore[misc]
        if case is None:
            continue
        if case.name in seen:
            message = f"two cases are called `{shortened(case.name)}`"
            reading.refuse("duplicate-name", message, (case.place, seen[case.name]), "say what sets them apart")
        seen.setdefault(case.name, case.place)
        found.append(case)
    problems = reading.closed("cases", root)
    if problems:
        raise PolicyError(problems)
    return Cases(policy.name, tuple(found), document.file)


def _case(node: Node, policy: Policy, reading: Reading) -> Case:
    mapping = a_map(node, ("case", "given", "expect", "by"))
    name = a_scalar(mapping.get("case"))
    given = a_map(mapping.get("given"), may_be_empty=True)
    for entry in given.entries.values():
        _check_answer(entry.value)
    expect = a_scalar(mapping.get("expect"))
    if expect.text not in policy.verdict:
        reading.unknown("unknown-verdict", "verdict", expect, policy.verdict)
    by = None
    if "by" in mapping.entries:
        by = _rules([a_scalar(item) for item in a_list(mapping.get("by"))], policy, reading)
    try:
        answers = read_node_record(policy, given)
    except RecordError as error:
        reading.problems += error.problems
        answers = Answers({}, {})
    return Case(a_text(name), answers, expect.text, by, name.place)


def _check_answer(node: Node) -> None:
    """Refuses what no answer looks like; what the field makes of it is another question."""
    if isinstance(node, Mapping):
        for entry in a_map(node).entries.values():
            _check_answer(entry.value)
    elif isinstance(node, Sequence):
        for item in node.items:
            if not isinstance(item, Broken) and (not isinstance(item, Scalar) or item.empty):
                raise Unshapely


def _rules(written: list[Scalar], policy: Policy, reading: Reading) -> tuple[str, ...]:
    reading.refuse_repeats(written)
    for scalar in written:
        if scalar.text not in policy.rule:
            reading.unknown("unknown-rule", "rule", scalar, policy.rule)
    names = {scalar.text for scalar in written}
    return tuple(rule for rule in policy.rule if rule in names)

"""What do standing rules give beside their verdict? A second reading of outputs, on the plain mapping of a policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from tests.support.judging.spaces import Policy

# The value of an output that a rule does not give.
_NOTHING = "(nothing)"


def by_value(data: Any) -> Any:
    """Data in a form that is equal for equal data: numbers by their value, truth values as themselves."""
    if isinstance(data, Mapping):
        return ("map", *sorted((name, repr(by_value(value))) for name, value in data.items()))
    if isinstance(data, (list, tuple)):
        return ("list", *map(by_value, data))
    if isinstance(data, (bool, str)) or data is None:
        return repr(data)
    return Fraction(str(data))


def own_output(policy: Policy, rule: str) -> Any:
    """What one rule gives: the output of its verdict, replaced by its own under the same names."""
    [found] = [each for each in policy["rules"] if each["rule"] == rule]
    given = policy["verdicts"][found["then"]].get("output")
    return given if "output" not in found else {**(given or {}), **found["output"]}


def disagree(policy: Policy, one: str, other: str) -> bool:
    """Whether two rules that stand together would be a conflict."""
    return repr(_compared(policy, one)) != repr(_compared(policy, other))


def _compared(policy: Policy, rule: str) -> Any:
    then = next(each["then"] for each in policy["rules"] if each["rule"] == rule)
    output = own_output(policy, rule)
    if isinstance(output, Mapping):
        output = {name: value for name, value in output.items() if name not in policy.get("collect", ())} or None
    return then, by_value(output)


def agree(policy: Policy, stands: Sequence[str]) -> bool:
    """Whether all standing rules give the same."""
    return all(not disagree(policy, stands[0], other) for other in stands[1:])


def output_of(policy: Policy, stands: Sequence[str]) -> Any:
    """The outputs where these rules stand and agree: the values of all of them, of what is collected."""
    outputs = [own_output(policy, rule) for rule in stands]
    if not all(isinstance(each, Mapping) or each is None for each in outputs):
        return outputs[0]
    found = dict(outputs[0] or {})
    for name in policy.get("collect", ()):
        listed: list[Any] = []
        for output in outputs:
            if name in (output or {}) and by_value(output[name]) not in map(by_value, listed):
                listed.append(output[name])
        found.pop(name, None)
        if listed:
            found[name] = listed
    return found or None


def open_outputs(policy: Policy, standing: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Each output by name, over situations with one verdict: its value, or the marker `OPEN` if there are several."""
    outputs = [output_of(policy, stands) or {} for stands in standing]
    found = {}
    for name in dict.fromkeys(name for output in outputs for name in output):
        seen = [output.get(name, _NOTHING) for output in outputs]
        found[name] = seen[0] if len({repr(by_value(each)) for each in seen}) == 1 else OPEN
    return found


OPEN = "(open)"


def gets(policy: Policy, verdict: str, stands: Sequence[str]) -> Any:
    """What a situation gets: its verdict with the outputs by value, or the marker of a gap or conflict."""
    return (verdict, repr(by_value(output_of(policy, stands)))) if verdict in policy["verdicts"] else verdict

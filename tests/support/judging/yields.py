"""What do standing rules give beside their verdict? A second reading of outputs, on the plain mapping of a policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import (
    ROUND_DOWN,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    Inexact,
    localcontext,
)
from fractions import Fraction
from typing import Any

from engine import ComputedOutput
from tests.support.judging.amounts import fields_behind, names_behind, used, worth
from tests.support.judging.spaces import Policy, single_tests, whens_of
from tests.support.judging.step_outputs import outputs_of

# The value of an output that a rule does not give.
_NOTHING = "(nothing)"


def by_value(data: Any) -> Any:
    """Data in a form that is equal for equal data: numbers by their value, truth values as themselves."""
    if isinstance(data, ComputedOutput):
        data = data.to_dict()
    if isinstance(data, Mapping):
        return ("map", *sorted((name, repr(by_value(value))) for name, value in data.items()))
    if isinstance(data, (list, tuple)):
        return ("list", *map(by_value, data))
    if isinstance(data, (bool, str, date)) or data is None:
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


def open_outputs(policy: Policy, standing: Sequence[Sequence[str]], at: Mapping[str, Any]) -> dict[str, Any]:
    """Each output by name, over situations with one verdict: its value, or the marker `OPEN` if there are several.

    An amount is open unless `at`, the answers of the record, has all that it reads.
    """
    outputs = [output_of(policy, stands) or {} for stands in standing]
    found = {}
    for name in dict.fromkeys(name for output in outputs for name in output):
        seen = [output.get(name, _NOTHING) for output in outputs]
        found[name] = seen[0] if len({repr(by_value(each)) for each in seen}) == 1 else OPEN
        value: Any = found[name]
        if is_amount(policy, value):
            is_known = set(at).issuperset(fields_behind(policy, value["number"]))
            found[name] = worked_out(policy, {name: value}, at)[name] if is_known else OPEN
    return found


def is_amount(policy: Policy, value: Any) -> bool:
    """Whether an output is worked out from a number."""
    return isinstance(value, Mapping) and value.get("number") in policy.get("numbers", {})


def numbers_given(policy: Policy) -> set[str]:
    """The numbers that some verdict or rule gives."""
    outputs = [each.get("output") for each in (*policy["verdicts"].values(), *policy["rules"])]
    values = [value for output in outputs if isinstance(output, Mapping) for value in output.values()]
    return {value["number"] for value in values if is_amount(policy, value)}


def meaning(policy: Policy, number: str) -> str:
    """How a number is worked out, as it is written: all that it is made of, without words for people.

    Where a test of an answer counts, the question has to be asked. Where an answer may be `none`, that is none of what
    `none_of` lists. Of the outputs of a step, that one counts which the number is.
    """
    parts: dict[str, Any] = {}
    names = names_behind(policy, number)
    whens = [when for name in names if (part := policy.get("numbers", {}).get(name)) for when in whens_of(part)]
    waiting = list(used(policy, whens))
    while waiting:
        name = waiting.pop()
        when = policy["situation"].get(name, {}).get("applies_when")
        if when is not None and f"asks {name}" not in parts:
            parts[f"asks {name}"] = _without_words(when)
            names |= used(policy, [when])
            waiting += used(policy, [when])
    whens += [policy["facts"][name]["when"] for name in names & policy.get("facts", {}).keys()]
    whens += [spec["applies_when"] for name, spec in policy["situation"].items() if f"asks {name}" in parts]
    for holder, key in (test for when in whens for test in single_tests(when)):
        if isinstance(holder[key], Mapping) and "none_of" in holder[key]:
            parts[f"none of {key}"] = "or_none" in policy["situation"].get(key, {})
    for name in sorted(names):
        for section in ("numbers", "facts", "constants", "steps"):
            part = policy.get(section, {}).get(name)
            if part is not None:
                parts[name] = _without_words(part)
            if part is not None and section == "steps":
                parts[name] = _without_outputs(parts[name])
            if part is not None and "output" in part and section == "numbers":
                step = policy["steps"][part["of"]]
                parts[f"{name} by rule"] = [outputs_of(step, rule)[part["output"]] for rule in step["rules"]]
        spec = policy["situation"].get(name, {})
        if spec.get("ordered"):
            parts[name] = list(spec["choices"])
    return repr(by_value(parts))


def _without_outputs(step: Any) -> Any:
    rules = [{key: value for key, value in rule.items() if key != "output"} for rule in step["rules"]]
    return {**step, "outcomes": list(step["outcomes"]), "rules": rules}


def _without_words(part: Any) -> Any:
    if isinstance(part, Mapping):
        words = ("means", "because", "cites", "added", "unit")
        return {key: _without_words(value) for key, value in part.items() if key not in words}
    return [_without_words(each) for each in part] if isinstance(part, list) else part


def fields_given(policy: Policy) -> set[str]:
    """The fields that these numbers read, and those that say whether they are asked."""
    return set().union(*(fields_worked_with(policy, name) for name in numbers_given(policy)))


def fields_worked_with(policy: Policy, number: str) -> set[str]:
    """The fields that a number reads, and those that say whether they are asked."""
    read = fields_behind(policy, number)
    waiting = list(read)
    while waiting:
        spec = policy["situation"][waiting.pop()]
        further = used(policy, [spec["applies_when"]] if "applies_when" in spec else []) & policy["situation"].keys()
        waiting += further - read
        read |= further
    return read


def worked_out(policy: Policy, output: Any, at: Mapping[str, Any]) -> Any:
    """Outputs as somebody gets them for settled answers: with a text of digits for each amount, None without value."""
    if not isinstance(output, Mapping):
        return output
    return {name: _amount(policy, value, at) if is_amount(policy, value) else value for name, value in output.items()}


def _amount(policy: Policy, written: Mapping[str, Any], at: Mapping[str, Any]) -> str | None:
    value = worth(policy, written["number"], at)
    if value is None:
        return None
    return rounded(Fraction(value.toordinal() if isinstance(value, date) else value), written.get("round"))


def rounded(value: Fraction, rounding: Mapping[str, Any] | None) -> str:
    """A value in plain digits, rounded as it is written."""
    with localcontext(Context(prec=500, traps=[Inexact] if rounding is None else [])):
        decimal = Decimal(value.numerator) / Decimal(value.denominator)
        if rounding is None:
            return f"{decimal.normalize():f}" if decimal else "0"
        step = Decimal(str(rounding["to"]))
        # So many digits tell a ratio from the halves that it is near to.
        times = decimal / step
        found = times.quantize(Decimal(1), ROUNDING[rounding["mode"]]) * step
        places = max(0, -int(step.normalize().as_tuple().exponent))
        return f"{found.quantize(Decimal(1).scaleb(-places)) + 0:f}"


ROUNDING = {
    "half_up": ROUND_HALF_UP,
    "half_even": ROUND_HALF_EVEN,
    "half_down": ROUND_HALF_DOWN,
    "down": ROUND_DOWN,
    "up": ROUND_UP,
}


def lacks_output(policy: Policy, stands: Sequence[str], at: Mapping[str, Any]) -> bool:
    """Whether rules that stand and agree give an amount that has no value."""
    output = output_of(policy, stands)
    given = output.values() if isinstance(output, Mapping) else ()
    return any(is_amount(policy, value) and _amount(policy, value, at) is None for value in given)


OPEN = "(open)"


def gets(policy: Policy, verdict: str, stands: Sequence[str]) -> Any:
    """What a situation gets: its verdict with the outputs by value, or the marker of a gap or conflict."""
    return (verdict, repr(by_value(output_of(policy, stands)))) if verdict in policy["verdicts"] else verdict

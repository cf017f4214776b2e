"""Readers for the outputs of rules, in lists and tables, and for the names of those that are collected."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from engine.language.documents.nodes import Entry, Mapping, Node, Scalar, Sequence
from engine.language.documents.text import shorten
from engine.language.model.policy_parts import Rule, Verdict
from engine.language.model.values.computed_outputs import computed_in
from engine.language.parsing.reading import Unshapely, require_list, require_map, require_scalar
from engine.language.parsing.verdict_output import read_output
from engine.language.sections.outline import Outline
from engine.language.sections.outputs.computed_forms import refuse_computed
from engine.language.sections.outputs.computed_reader import computed_output, read_outputs
from engine.problems import Place

# Text in a cell that is in quotes of its own.
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')


def read_rule_output(outline: Outline, rule: Mapping, then: str) -> dict[str, Any]:
    """Read the `output` of a rule with this verdict; raises `Unshapely` unless it is a map with at least one name."""
    mapping = require_map(rule.get("output"))
    if not mapping.entries:
        raise Unshapely
    refuse_unnamed(outline, then, mapping.place)
    found: dict[str, Any] = read_outputs(outline, mapping)
    return found


def read_cell(outline: Outline, text: str, place: Place) -> Any:
    """Read the cell of a table in the column of an output, as an unquoted value of YAML; text may be in quotes."""
    if text[0] in "[{":
        from engine.language.documents.yaml_text import read_yaml

        document = read_yaml(text.encode(), place.file)
        if document.problems or document.root is None:
            message = f"`{shorten(text)}` is not a list or map that can be read"
            outline.reading.refuse("bad-cell", message, place, "write it as in YAML, such as `[a, b]` or `{a: 1}`")
            return None
        from engine.language.sections.outputs.cut_outputs import refuse_cut_outputs

        refuse_cut_outputs(outline.reading, document.root, text, place)
        data: Node = _moved(document.root, place)
    else:
        quoted = _QUOTED.fullmatch(text)
        data = Scalar(text, True, place) if quoted is None else Scalar(quoted[1].replace('""', '"'), False, place)
    amount = computed_output(outline, data)
    if amount is not None:
        return amount
    refuse_computed(outline, Mapping({"": Entry(Scalar("", True, place), data)}, place))
    return read_output(data, outline.reading)


def _moved(node: Node, place: Place) -> Node:
    """The same node with everything in it at one place."""
    if isinstance(node, Mapping):
        entries = {
            key: Entry(entry.key._replace(place=place), _moved(entry.value, place))
            for key, entry in node.entries.items()
        }
        return Mapping(entries, place)
    if isinstance(node, Sequence):
        return Sequence(tuple(_moved(item, place) for item in node.items), place)
    return node._replace(place=place)


def refuse_unnamed(outline: Outline, then: str, place: Place) -> None:
    """Record the outputs of a rule whose verdict has an `output` without names, which they cannot replace."""
    declared = outline.verdicts.get(then)
    given = declared.value if declared is not None else None
    whole = given.get("output") if isinstance(given, Mapping) else None
    if isinstance(whole, Sequence) or (isinstance(whole, Scalar) and not whole.empty):
        message = f"the `output` of the verdict `{then}` has no names, so a rule cannot replace one of them"
        help_ = f"give it a name in the verdict: `{then}: {{output: {{NAME: ...}}}}`"
        outline.reading.refuse("wrong-shape", message, place, help_)


def read_collected(outline: Outline, node: Node | None, given: Iterable[Verdict | Rule] | None) -> tuple[str, ...]:
    """Read the names of the outputs that are collected, recording those that no verdict and no rule has.

    Args:
        outline: The file.
        node: The list of names.
        given: All verdicts and rules; None if some could not be read, so that no name is known to be missing.

    Amounts that are worked out are not collected, and recorded.
    """
    written = [require_scalar(item) for item in require_list(node)]
    outline.reading.refuse_repeats(written)
    known = dict.fromkeys(name for each in given or () if isinstance(each.output, dict) for name in each.output)
    for scalar in written if given is not None else ():
        if scalar.text not in known and known:
            outline.reading.refuse_unknown("unknown-name", "output", scalar, known)
        elif not known:
            message = f"no verdict and no rule has an output `{shorten(scalar.text)}`"
            help_ = "give each rule its value under `output:`, or take `collect` out"
            outline.reading.refuse("unknown-name", message, scalar.place, help_)
    amounts = {name for each in given or () for name, _ in computed_in(each.output)}
    for scalar in written:
        if scalar.text in amounts:
            message = (
                f"`{shorten(scalar.text)}` is worked out by a rule or a verdict, and only written values are collected"
            )
            help_ = "take it out of `collect`, or write the values themselves"
            outline.reading.refuse("computed-output", message, scalar.place, help_)
    return tuple(scalar.text for scalar in written)

"""Readers for the items of each section: facts, verdicts and rules.

Each raises `Unshapely` for an item of the wrong shape, and records all other problems.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from engine.language.documents.nodes import Mapping, Node, Scalar, Sequence
from engine.language.documents.text import shorten
from engine.language.model.condition_tree import ALWAYS, Condition
from engine.language.model.policy import FIRST
from engine.language.model.policy_parts import (
    Fact,
    Impossible,
    Override,
    OverrideAll,
    Passage,
    Rule,
    Source,
    Verdict,
)
from engine.language.parsing.cut_texts import refuse_cut_texts
from engine.language.parsing.reading import (
    Unshapely,
    read_flag,
    read_text,
    read_texts,
    require_line,
    require_list,
    require_map,
    require_name,
    require_scalar,
    require_text,
)
from engine.language.sections.condition_reader import read_condition
from engine.language.sections.outline import Outline

_PASSAGE = re.compile(r"[A-Za-z0-9_.-]+", re.ASCII)


def read_source(outline: Outline) -> Source | None:
    """Read the source and its passages; None if the policy has none."""
    if "source" not in outline.top.entries:
        return None
    mapping = require_map(outline.top.get("source"), ("title", "author", "published", "passages"))
    passages = require_map(mapping.get("passages")).entries if "passages" in mapping.entries else {}
    if not all(_PASSAGE.fullmatch(name) for name in passages):
        raise Unshapely
    return Source(
        title=require_text(mapping.get("title")),
        author=read_text(mapping.get("author")),
        published=read_text(mapping.get("published")),
        passages=tuple(_read_passage(key, value) for key, value in passages.values()),
    )


def read_when(outline: Outline, mapping: Mapping, key: str = "when") -> Condition:
    """Read the condition under `when`, or under another key."""
    return read_condition(mapping.get(key), outline.names, outline.reading)


def read_origin(outline: Outline, mapping: Mapping) -> dict[str, Any]:
    """Read `cites` and `added`, as keyword arguments."""
    cites = [require_scalar(item) for item in require_list(mapping.get("cites"))] if "cites" in mapping.entries else []
    return {"cites": check_citations(outline, cites), "added": read_text(mapping.get("added"))}


def check_citations(outline: Outline, written: list[Scalar]) -> tuple[str, ...]:
    """Check the passages that an item cites, and return their names."""
    outline.reading.refuse_repeats(written)
    for scalar in written:
        if outline.passages is not None and scalar.text not in outline.passages:
            _refuse_unknown_passage(outline, scalar)
    return tuple(scalar.text for scalar in written)


def _refuse_unknown_passage(outline: Outline, written: Scalar) -> None:
    """Record a citation of an unknown passage."""
    if outline.passages:
        outline.reading.refuse_unknown("unknown-passage", "passage", written, outline.passages)
    elif not outline.reading.may_lack("unknown-passage"):
        help_ = "list it under `source:` in `passages:`, or write `added: why it is here` instead"
        outline.reading.refuse("unknown-passage", f"there is no passage `{written.text}`", written.place, help_)


def read_fact(outline: Outline, key: Scalar, node: Node) -> Fact:
    """Read a fact."""
    if isinstance(node, Scalar) and node.text.strip():
        _refuse_sentence(outline, key, node)
    mapping = require_map(node, ("means", "when", "cites", "added"))
    means = require_text(mapping.get("means"))
    return Fact(key.text, means, read_when(outline, mapping), place=key.place, **read_origin(outline, mapping))


def _refuse_sentence(outline: Outline, key: Scalar, written: Scalar) -> None:
    """Record a fact written as a bare condition, such as `guests > 10`, if it can be interpreted."""
    from engine.language.documents.yaml_spelling import on_one_line
    from engine.language.suggestions.meant_names import parse_sentence

    when = parse_sentence(written.text, outline.names, outline.reading)
    if when:
        text = on_one_line({key.text: {"means": written.text, "when": when}})[1:-1]
        message = f"`{shorten(written.text)}` is not allowed here"
        outline.reading.refuse("wrong-shape", message, written.place, f"write `{text}`, with its meaning in words")


def read_impossible(outline: Outline, node: Node) -> Impossible:
    """Read an impossible combination."""
    mapping = require_map(node, ("when", "because"))
    return Impossible(read_when(outline, mapping), require_text(mapping.get("because")), mapping.place)


def read_verdict(outline: Outline, key: Scalar, node: Node) -> Verdict:
    """Read a verdict."""
    mapping = require_map(node, ("title", "must", "advice", "output", "cites", "added"))
    for word in ("must", "advice"):
        refuse_cut_texts(outline.reading, word, mapping.get(word))
    return Verdict(
        name=key.text,
        title=require_text(mapping.get("title")),
        must=read_texts(mapping.get("must")),
        advice=read_texts(mapping.get("advice")),
        output=read_verdict_output(outline, mapping),
        place=key.place,
        **read_origin(outline, mapping),
    )


def read_verdict_output(outline: Outline, verdict: Mapping) -> Any:
    """Read the `output` of a verdict, or of an outcome of a step; None if there is none."""
    if "output" not in verdict.entries:
        return None
    output = verdict.get("output")
    _refuse_misread(outline, verdict)
    if not outline.names.numbers:
        from engine.language.parsing.verdict_output import read_output

        return read_output(output, outline.reading)
    from engine.language.sections.outputs.computed_reader import read_outputs

    return read_outputs(outline, output)


def _refuse_misread(outline: Outline, item: Mapping) -> None:
    """Record outputs of a verdict or a rule that read as worked out, or that a comma cuts."""
    output = item.get("output")
    if _may_be_computed(outline, output):
        from engine.language.sections.outputs.computed_forms import refuse_computed

        refuse_computed(outline, output)
    if _may_be_cut(output):
        from engine.language.sections.outputs.cut_outputs import refuse_cut_outputs

        refuse_cut_outputs(outline.reading, output, outline.reading.text)


def _may_be_cut(output: Node | None) -> bool:
    """Whether an output is a list or map with an empty value, or with a list or map in it."""
    values = [entry.value for entry in output.entries.values()] if isinstance(output, Mapping) else [output]
    return any(value is not None and (not isinstance(value, Scalar) or value.empty) for value in values)


def _may_be_computed(outline: Outline, output: Node | None) -> bool:
    """Whether an output is anything but texts and numbers that no name or formula resembles."""
    values = [entry.value for entry in output.entries.values()] if isinstance(output, Mapping) else [output]
    known = (outline.names.numbers, outline.names.constants)
    return any(
        not isinstance(value, Scalar)
        or (value.plain and (any(value.text in each for each in known) or not set("=*×+-/(").isdisjoint(value.text)))
        for value in values
    )


def with_last_otherwise(rules: list[Rule], decision: str | None) -> list[Rule]:
    """Return rules; under `first`, a last rule without tests means the same as one with `otherwise: yes`."""
    if rules and decision == FIRST and rules[-1].when == ALWAYS:
        return [*rules[:-1], replace(rules[-1], otherwise=True)]
    return rules


def read_rule(outline: Outline, node: Node, decision: str | None) -> Rule:
    """Read a rule; `decision` is None if the policy's decision mode could not be read."""
    keys = ("rule", "valid", "when", "otherwise", "then", "output", "because", "cites", "added", "overrides")
    mapping = require_map(node, keys)
    name = require_name(mapping.get("rule"))
    otherwise = "otherwise" in mapping.entries
    if otherwise and ("when" in mapping.entries or not read_flag(mapping.get("otherwise"))):
        raise Unshapely
    then = check_verdict(outline, require_scalar(mapping.get("then")))
    because = require_text(mapping.get("because"))
    overrides, overrides_all = _read_overrides(outline, mapping)
    origin = read_origin(outline, mapping)
    when = read_when(outline, mapping) if "when" in mapping.entries else ALWAYS
    valid = None
    if "valid" in mapping.entries:
        from engine.language.sections.rule_days import read_valid, when_valid

        valid = read_valid(outline, mapping)
        when = when_valid(when, valid)
    if decision is not None:
        _refuse_mode(outline, mapping, decision)
    output = None
    if "output" in mapping.entries:
        from engine.language.sections.outputs.output_reader import read_rule_output

        _refuse_misread(outline, mapping)
        output = read_rule_output(outline, mapping, then)
    return Rule(
        name.text,
        when,
        then,
        because,
        otherwise,
        overrides=overrides,
        overrides_all=overrides_all,
        valid=valid,
        output=output,
        place=name.place,
        **origin,
    )


def _read_overrides(outline: Outline, mapping: Mapping) -> tuple[tuple[Override, ...], OverrideAll | None]:
    """Read the overrides of a rule, named ones and that of `all`, recording unknown rules."""
    node = mapping.get("overrides")
    if not isinstance(node, Sequence):
        _refuse_no_hyphen(outline, node)
        entries = require_map(node).entries.values() if "overrides" in mapping.entries else ()
        return tuple(_override(outline, key, require_text(reason)) for key, reason in entries), None
    found: dict[str, Override] = {}
    above_all: OverrideAll | None = None
    for item in require_list(node):
        _refuse_reason_by_name(outline, item)
        entry = require_map(item, ("rules", "because"))
        rules, because = entry.get("rules"), require_text(entry.get("because"))
        if isinstance(rules, Scalar):
            above_all = _override_all(outline, require_scalar(rules), because, above_all)
            continue
        for written in map(require_scalar, require_list(rules)):
            if written.text in found:
                message = f"`{written.text}` is overridden twice by this rule"
                places = (written.place, found[written.text].place)
                outline.reading.refuse("repeated", message, places, "keep one of the two, with its reason")
            found.setdefault(written.text, _override(outline, written, because))
    return tuple(found.values()), above_all


def _refuse_no_hyphen(outline: Outline, node: Node | None) -> None:
    """Record `overrides` with the keys of a list item in place of a list."""
    if not isinstance(node, Mapping) or not node.entries or not node.entries.keys() <= {"rules", "because"}:
        return
    if "rules" not in outline.rule_names:
        from engine.language.documents.yaml_spelling import paste
        from engine.language.suggestions.meant_names import as_data

        help_ = paste({"overrides": [as_data(node)]}) or "put a hyphen in front of `rules`"
        outline.reading.refuse("wrong-shape", "`rules` and `because` stand in a list here", node.place, help_)
        raise Unshapely


def _refuse_reason_by_name(outline: Outline, item: Node) -> None:
    """Record an item that names a rule as its key, as in the mapping of rules to reasons."""
    if not isinstance(item, Mapping) or len(item.entries) != 1:
        return
    [(key, value)] = item.entries.values()
    if key.text in outline.rule_names and isinstance(value, Scalar) and not value.empty:
        from engine.language.documents.yaml_spelling import on_one_line

        alone = on_one_line({key.text: value.text})[1:-1]
        listed = on_one_line({"rules": [key.text], "because": value.text})
        help_ = f"write `{listed}`, or leave the hyphens out: `{alone}`"
        outline.reading.refuse("wrong-shape", "what is listed here has `rules` and `because`", key.place, help_)
        raise Unshapely


def _override(outline: Outline, name: Scalar, because: str) -> Override:
    """Check a reference to a rule that gives way, and return the override."""
    if name.text not in outline.rule_names:
        help_ = "" if name.text != "all" else "write `overrides: [{rules: all, because: WHY}]`"
        if help_:
            outline.reading.refuse("unknown-rule", "there is no rule `all`", name.place, help_)
        else:
            outline.reading.refuse_unknown("unknown-rule", "rule", name, outline.rule_names)
    return Override(name.text, because, name.place)


def _override_all(outline: Outline, word: Scalar, because: str, earlier: OverrideAll | None) -> OverrideAll:
    """Read the word `all` in place of a list of rules, recording any other word and a second `all`."""
    if word.text != "all":
        message = f"`{shorten(word.text)}` is not allowed here"
        known = [name for name in (word.text, word.text.casefold()) if name in outline.rule_names]
        help_ = f"write `[{known[0]}]`, or `all` for every other rule" if known else "write a list of rules, or `all`"
        outline.reading.refuse("wrong-shape", message, word.place, help_)
    elif earlier is not None:
        message = "this rule overrides all others twice"
        outline.reading.refuse("repeated", message, (word.place, earlier.place), "keep one of the two, with its reason")
    return OverrideAll(because, word.place)


def _refuse_mode(outline: Outline, mapping: Mapping, decision: str) -> None:
    """Record `overrides` under `first`, and beside `otherwise`."""
    if "overrides" not in mapping.entries:
        return
    place, refuse = mapping.entries["overrides"].key.place, outline.reading.refuse
    if decision == FIRST:
        help_ = "put the stronger rule first, and take `overrides` out"
        refuse("wrong-mode", "under `decision: first` the order of the rules decides, not `overrides`", place, help_)
    elif "otherwise" in mapping.entries:
        message = "`otherwise` applies only where no other rule does, so there is nothing to override"
        refuse("wrong-mode", message, place, "take `overrides` out")


def check_field(outline: Outline, written: Scalar) -> str:
    """Check a reference to a field, and return its name."""
    if written.text not in outline.fields:
        what = (
            "number" if written.text in outline.names.numbers else "fact" if written.text in outline.names.facts else ""
        )
        if what:
            message = f"`{written.text}` is a {what}, and a person answers only fields"
            outline.reading.refuse("unknown-name", message, written.place, "name the fields that it reads")
        else:
            questions = {name: field.ask for name, field in outline.fields.items() if field}
            outline.reading.refuse_unknown("unknown-name", "field", written, outline.fields, questions)
    return written.text


def check_verdict(outline: Outline, scalar: Scalar) -> str:
    """Check a reference to a verdict, and return its name; of the rules of a number, return its amount as text."""
    if outline.gives_amounts:
        from engine.language.model.values.value_readers import read_decimal
        from engine.language.model.values.value_texts import decimal_text

        named = {**dict.fromkeys(outline.constants, "constant"), **dict.fromkeys(outline.names.numbers, "number")}
        if scalar.plain and scalar.text in named:
            message = (
                f"`{shorten(scalar.text)}` is a {named[scalar.text]}, and a table gives amounts that are written out"
            )
            outline.reading.refuse("bad-number", message, scalar.place, "write the amount itself, in plain digits")
            return ""
        amount = outline.reading.read_value(scalar.place, lambda: read_decimal(scalar))
        return "" if amount is None else decimal_text(amount)
    if scalar.text not in outline.verdicts:
        word, titles = outline.verdict_word, outline.verdict_titles()
        outline.reading.refuse_unknown("unknown-verdict", word, scalar, outline.verdicts, titles)
    return scalar.text


def _read_passage(key: Scalar, node: Node) -> Passage:
    if isinstance(node, Mapping):
        mapping = require_map(node, ("says", "background"))
        return Passage(key.text, require_line(mapping.get("says")), read_flag(mapping.get("background")), key.place)
    return Passage(key.text, require_line(node), place=key.place)


def item_parts(outline: Outline, node: Node) -> list[Callable[[], object]]:
    """Readers for the parts of a malformed item, so that its names and constants are checked nevertheless."""
    if not isinstance(node, Mapping):
        return []
    named = [word for word in ("then", "never", "only") if word in node.entries]
    verdicts = [partial(check_verdict, outline, written) for word in named for written in scalars_in(node.get(word))]
    parts: list[Callable[[], object]] = [*verdicts]
    parts += [partial(read_when, outline, node, key) for key in ("when", "always") if key in node.entries]
    if "cites" in node.entries:
        parts.append(partial(read_origin, outline, node))
    if "overrides" in node.entries:
        parts.append(partial(_read_overrides, outline, node))
    if "output" in node.entries:
        parts.append(partial(_refuse_misread, outline, node))
    return parts


def scalars_in(node: Node | None) -> list[Scalar]:
    """The scalars in a value or list that are not empty."""
    items = node.items if isinstance(node, Sequence) else (node,)
    return [item for item in items if isinstance(item, Scalar) and not item.empty]

"""Reader for policy files: assembles a `Policy` from its sections."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeAlias, TypeVar

from engine.language.documents.nodes import Document, Mapping, Node, Scalar
from engine.language.model.condition_tree import ALWAYS
from engine.language.model.guarantees import AnyGuarantee
from engine.language.model.policy import FIRST, UNIQUE, DecisionMode, Policy
from engine.language.model.policy_parts import Rule
from engine.language.parsing.openers import Opener, no_folder
from engine.language.parsing.reading import (
    LONGEST_NAME,
    Reading,
    Unshapely,
    read_text,
    require_line,
    require_list,
    require_map,
    require_name,
    require_root,
    require_text,
)
from engine.language.sections import item_readers as items
from engine.language.sections.constant_reader import CONSTANT_NAME, read_constant_item
from engine.language.sections.field_reader import FIELD_NAME, read_field
from engine.language.sections.file_problems import problems_of
from engine.language.sections.guarantee_readers.guarantee_reader import guarantee_parts, read_guarantee
from engine.language.sections.item_readers import item_parts
from engine.language.sections.numbers.sums_of_sums import refuse_sums_of_sums
from engine.language.sections.outline import SECTIONS, Outline
from engine.problems import PolicyError

T = TypeVar("T")
# From an item to readers for its parts, used if the item as a whole is malformed.
Parts: TypeAlias = Callable[[Node], list[Callable[[], object]]]
_REQUIRED = ("policy", "title", "situation", "verdicts", "rules")
_NAME = re.compile(r"(?!(?:all|any|not)$)[a-z][a-z0-9_]*", re.ASCII)
_VERDICT = re.compile(r"[a-z][a-z0-9_-]*", re.ASCII)


def no_parts(node: Node) -> list[Callable[[], object]]:
    """The `Parts` of items whose parts are not read separately."""
    return []


def read_policy(document: Document, open_beside: Opener = no_folder) -> Policy:
    """Read a policy from its document.

    Args:
        document: The nodes of the file.
        open_beside: Opens the file of its table, if it names one.

    Raises:
        PolicyError: With every problem of the file and its table.
    """
    reading = Reading(document)
    help_ = "begin with `policy:` and `title:`; `verdict new NAME` writes a first policy"
    root = require_root(document, reading, help_)
    tables: list[bytes] = []

    def open_table(name: str) -> tuple[str, bytes]:
        file, data = open_beside(name)
        tables.append(data)
        return file, data

    policy = _Sections(Outline(root, reading), open_table).read(root)
    problems = problems_of(reading, "policy", root)
    if problems or policy is None:
        raise PolicyError(problems)
    policy.memo.text, policy.memo.table = document.text, b"".join(tables)
    return policy


class _Sections:
    """Reads the sections of one file."""

    def __init__(self, outline: Outline, open_beside: Opener) -> None:
        self.outline = outline
        self.open_beside = open_beside
        self.reading = outline.reading

    def read(self, root: Node) -> Policy | None:
        """Read all sections; None if there was any problem."""
        outline, top = self.outline, self.outline.top
        self._read_one("policy", lambda: _check_top(root))
        name = self._read_one("policy", lambda: require_name(top.get("policy")))
        decision = self._read_one("decision", lambda: _read_decision(top.get("decision")))
        outline.refuse_clashes()
        title = self._read_one("title", lambda: require_line(top.get("title")))
        version = self._read_one("version", lambda: read_text(top.get("version")))
        about = self._read_one("about", lambda: read_text(top.get("about")))
        source = self._read_one("source", lambda: items.read_source(outline))
        parts = partial(item_parts, outline)
        for constant in self._read_mapping(
            "constants", CONSTANT_NAME, lambda key, node: read_constant_item(outline, key, node), parts
        ):
            outline.constants[constant.name] = constant
        for field in self._read_mapping(
            "situation", FIELD_NAME, lambda key, node: read_field(key, node, self.reading, outline.constants)
        ):
            outline.fields[field.name] = field
        numbers = self._read_mapping("numbers", _NAME, lambda key, node: items.read_number(outline, key, node))
        facts = self._read_mapping("facts", _NAME, lambda key, node: items.read_fact(outline, key, node), parts)
        impossible = self._read_list("impossible", lambda node: items.read_impossible(outline, node), parts)
        verdicts = self._read_mapping(
            "verdicts", _VERDICT, lambda key, node: items.read_verdict(outline, key, node), parts
        )
        rules = self._read_rules(decision)
        guarantees: list[AnyGuarantee] = self._read_list(
            "guarantees", partial(read_guarantee, outline), partial(guarantee_parts, outline)
        )
        outline.refuse_cycles([*facts, *numbers])
        refuse_sums_of_sums(facts, numbers, self.reading)
        outline.refuse_same_names("rule", outline.rule_names)
        outline.refuse_same_names("guarantee", outline.listed("guarantees", "guarantee"))
        if self.reading.problems or self.reading.suspects or self.reading.incomplete or name is None or title is None:
            return None
        return Policy(
            name=name.text,
            title=title,
            version=version,
            about=about,
            source=source,
            fields=tuple(field for field in outline.fields.values() if field),
            numbers=tuple(numbers),
            facts=tuple(facts),
            impossible=tuple(impossible),
            verdicts=tuple(verdicts),
            rules=tuple(rules),
            decision=decision or UNIQUE,
            guarantees=tuple(guarantees),
            constants=tuple(constant for constant in outline.constants.values() if constant),
            place=name.place,
        )

    def _read_rules(self, decision: DecisionMode | None) -> list[Rule]:
        """Read the rules, from a list or from a table."""
        outline = self.outline
        section = outline.section("rules")
        if isinstance(section, Mapping) and "rule" not in section.entries:
            from engine.language.sections.table_file import read_table

            rules = self._read_one("rules", lambda: read_table(outline, self.open_beside)) or []
        else:
            read, parts = partial(items.read_rule, outline, decision=decision), partial(item_parts, outline)
            rules = self._read_list("rules", read, parts)
        if rules and decision == FIRST and rules[-1].when == ALWAYS:
            # A last rule without tests means the same as one with `otherwise: yes`.
            rules[-1] = replace(rules[-1], otherwise=True)
        self._refuse_two_above_all(rules)
        return rules

    def _refuse_two_above_all(self, rules: list[Rule]) -> None:
        """Record every override of `all` but the first."""
        places = [rule.overrides_all.place for rule in rules if rule.overrides_all]
        for place in places[1:]:
            message = "another rule overrides all others already, and only one can"
            help_ = "name the rules that give way to this one, `rules: [a, b]`"
            self.reading.refuse("wrong-mode", message, (place, places[0]), help_)

    def _read_one(self, section: str, read: Callable[[], T]) -> T | None:
        """Read a section that is a single value."""
        return self.reading.read_item(section, "", read)

    def _read_mapping(
        self, section: str, pattern: re.Pattern[str], read: Callable[[Scalar, Node], T | None], parts: Parts = no_parts
    ) -> list[T]:
        """Read a section that is a mapping of named items."""
        node = self.outline.section(section)
        if node is None:
            return []
        mapping = self.reading.read_item(section, "", lambda: require_map(node))
        found = []
        for name, (key, value) in (mapping.entries if mapping else {}).items():
            if len(name) > LONGEST_NAME or not pattern.fullmatch(name):
                self.reading.suspects.add((section, name))
            item = self.reading.read_item(section, name, partial(read, key, value), partial(parts, value))
            if item is not None:
                found.append(item)
        return found

    def _read_list(self, section: str, read: Callable[[Node], T | None], parts: Parts = no_parts) -> list[T]:
        """Read a section that is a list of items."""
        node = self.outline.section(section)
        if node is None:
            return []
        items = self.reading.read_item(section, "", lambda: require_list(node))
        found = []
        for index, value in enumerate(items or ()):
            item = self.reading.read_item(section, index, partial(read, value), partial(parts, value))
            if item is not None:
                found.append(item)
        return found


def _check_top(root: Node) -> None:
    """Raise `Unshapely` unless all required sections are present and no others."""
    top = require_map(root, SECTIONS)
    if not all(word in top.entries for word in _REQUIRED):
        raise Unshapely


def _read_decision(node: Node | None) -> DecisionMode:
    """Read the decision mode, `unique` by default."""
    word = UNIQUE if node is None else require_text(node)
    if word == UNIQUE:
        return UNIQUE
    if word == FIRST:
        return FIRST
    raise Unshapely

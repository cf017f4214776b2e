"""Reader for policy files: assembles a `Policy` from its sections."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from engine.language.documents.nodes import Document, Mapping, Node, Sequence
from engine.language.model.guarantees import AnyGuarantee
from engine.language.model.policy import FIRST, UNIQUE, DecisionMode, Policy
from engine.language.model.policy_parts import Rule, Verdict
from engine.language.parsing.openers import Companion, Opened, Opener, no_folder
from engine.language.parsing.reading import (
    VERDICT_NAME,
    Reading,
    Unshapely,
    read_flag,
    read_text,
    require_line,
    require_map,
    require_name,
    require_root,
    require_text,
)
from engine.language.parsing.shared_parts import NOTHING_USED, Used
from engine.language.sections import item_readers as items
from engine.language.sections.file_problems import problems_of
from engine.language.sections.guarantee_readers.guarantee_reader import guarantee_parts, read_guarantee
from engine.language.sections.item_readers import item_parts
from engine.language.sections.libraries.declared_sections import SectionReader, read_declarations
from engine.language.sections.outline import SECTIONS, Outline
from engine.problems import PolicyError

if TYPE_CHECKING:
    from engine.language.parsing.shared_parts import Declarations
    from engine.language.sections.step_readers.policy_steps import Chain, StepPolicies, StepPolicy
    from engine.language.sections.step_readers.step_reader import StepsRead

_REQUIRED = ("policy", "title", "verdicts", "rules")


def read_policy(document: Document, open_beside: Opener = no_folder, chain: Chain | None = None) -> Policy:
    """Read a policy from its document.

    Args:
        document: The nodes of the file.
        open_beside: Opens the files of its table, of its libraries and of its steps, if it names any.
        chain: The files that lead to it, if it is a step of another policy.

    Raises:
        PolicyError: With every problem of the file, its table, its libraries and its steps.
    """
    reading = Reading(document)
    help_ = "begin with `policy:` and `title:`; `verdict new NAME` writes a first policy"
    root = require_root(document, reading, help_)
    used = _read_used(root, reading, open_beside, chain)
    tables: dict[str, bytes] = {}

    def open_table(path: str, companion: Companion) -> Opened:
        opened = open_beside(path, companion)
        # An edit for one of several readers would change what the others read.
        tables[opened.file] = b"" if opened.file in tables else opened.data
        return opened

    sections = _PolicySections(Outline(root, reading, used.shared), open_table)
    policies = _read_step_policies(sections.outline, open_beside, chain)
    policy = sections.read(root, policies.found if policies else {})
    found = (*used.problems, *(policies.problems if policies else ()), *problems_of(reading, "policy", root))
    problems = tuple(dict.fromkeys(found))
    if problems or policy is None:
        raise PolicyError(problems)
    policy.memo.text, policy.memo.tables, policy.memo.libraries = document.text, tables, used.files
    if policies:
        policy.memo.libraries = tuple(dict.fromkeys((*used.files, *policies.files)))
    return policy


def _read_step_policies(outline: Outline, open_beside: Opener, chain: Chain | None) -> StepPolicies | None:
    """Read the policies that are steps of this one, if any."""
    if not outline.has_step_policies:
        return None
    from engine.language.sections.step_readers.policy_steps import Chain, read_step_policies

    return read_step_policies(outline.top, outline.reading, open_beside, chain or Chain(open_beside, []), read_policy)


def _read_used(root: Node, reading: Reading, open_beside: Opener, chain: Chain | None) -> Used:
    """Read the libraries that a policy uses, if any."""
    if not isinstance(root, Mapping) or "uses" not in root.entries:
        return NOTHING_USED
    from engine.language.sections.libraries.library_file import Surroundings
    from engine.language.sections.libraries.library_files import read_libraries

    return read_libraries(root, reading, Surroundings(open_beside, read_policy, chain))


class _PolicySections:
    """Reads the sections of a policy."""

    def __init__(self, outline: Outline, open_table: Opener) -> None:
        self.outline = outline
        self.open_table = open_table
        self.reading = outline.reading
        self.sections = SectionReader(outline)

    def read(self, root: Node, policies: dict[str, StepPolicy]) -> Policy | None:
        """Read all sections; None if there was any problem."""
        outline, top, read_one = self.outline, self.outline.top, self.sections.read_one
        read_one("policy", lambda: _check_top(root, may_ask_nothing="uses" in top.entries or bool(policies)))
        name = read_one("policy", lambda: require_name(top.get("policy")))
        decision = read_one("decision", lambda: _read_decision(top.get("decision")))
        outline.refuse_clashes()
        title = read_one("title", lambda: require_line(top.get("title")))
        version = read_one("version", lambda: read_text(top.get("version")))
        about = read_one("about", lambda: read_text(top.get("about")))
        has_steps = "steps" in top.entries or bool(outline.steps)
        if has_steps:
            from engine.language.sections.step_readers.step_reader import declare_steps

            declare_steps(outline, policies)
        outline.open_beside = self.open_table
        own = read_declarations(self.sections)
        has_steps = has_steps or bool(outline.number_steps)
        steps = self._read_steps(own, policies) if has_steps else None
        own = steps.own if steps else own
        parts = partial(item_parts, outline)
        as_of = read_one("as_of", lambda: read_text(top.get("as_of")))
        verdicts = self.sections.read_mapping(
            "verdicts", VERDICT_NAME, lambda key, node: items.read_verdict(outline, key, node), parts
        )
        is_ordered = read_one("verdicts_ordered", lambda: read_flag(top.get("verdicts_ordered")))
        rules = self._read_rules(decision)
        collect = read_one("collect", lambda: self._read_collected(verdicts, rules))
        guarantees: list[AnyGuarantee] = self.sections.read_list(
            "guarantees", partial(read_guarantee, outline), partial(guarantee_parts, outline)
        )
        outline.refuse_same_names("rule", outline.rule_names)
        outline.refuse_same_names("guarantee", outline.listed("guarantees", "guarantee"))
        if "uses" in top.entries:
            from engine.language.sections.libraries.meanings import refuse_two_meanings

            refuse_two_meanings(outline, own, steps.found if steps else {})
        if self.reading.problems or self.reading.suspects or self.reading.incomplete or name is None or title is None:
            return None
        policy = Policy(
            name=name.text,
            title=title,
            version=version,
            about=about,
            source=own.source,
            fields=tuple(field for field in outline.fields.values() if field),
            numbers=own.numbers,
            facts=own.facts,
            impossible=own.impossible,
            verdicts=tuple(verdicts),
            rules=tuple(rules),
            decision=decision or UNIQUE,
            collect=collect or (),
            guarantees=tuple(guarantees),
            as_of=as_of,
            verdicts_ordered=is_ordered or False,
            constants=(*(constant for constant in outline.constants.values() if constant), *own.constants),
            steps=steps.steps if steps else (),
            place=name.place,
        )
        whole: Policy | None = policy
        if "uses" in top.entries:
            from engine.language.sections.libraries.reach import take_over

            whole = take_over(policy, outline, steps.taken if steps else frozenset())
        if whole is not None and any(step.has_outputs for step in whole.steps):
            from engine.language.model.relations.step_outputs import with_outputs_read

            whole = replace(whole, steps=with_outputs_read(whole.steps, whole.numbers))
        if whole is not None and any(field.applies_when is not None for field in whole.fields):
            from engine.language.model.asking.applicability import with_implied

            whole = with_implied(whole)
        if whole is not None and any(entry.number for number in whole.numbers for entry in number.entries):
            from engine.language.sections.numbers.worked_out_checks import check_worked_out

            check_worked_out(whole, self.reading)
            if self.reading.problems:
                return None
        if whole is not None and whole.numbers_given:
            from engine.language.sections.outputs.amount_checks import check_amounts

            check_amounts(whole, self.reading)
        return None if self.reading.problems else whole

    def _read_steps(self, own: Declarations, policies: dict[str, StepPolicy]) -> StepsRead:
        from engine.language.sections.step_readers.step_reader import read_all_steps

        return read_all_steps(self.outline, own, policies, self.open_table)

    def _read_collected(self, verdicts: list[Verdict], rules: list[Rule]) -> tuple[str, ...]:
        """Read the names of the outputs that are collected, if any are."""
        node = self.outline.top.get("collect")
        if node is None:
            return ()
        from engine.language.sections.outputs.output_reader import read_collected

        written = self.outline.section("rules")
        is_whole = len(rules) == len(written.items) if isinstance(written, Sequence) else not self.reading.problems
        is_whole = is_whole and len(verdicts) == len(self.outline.verdicts)
        return read_collected(self.outline, node, [*verdicts, *rules] if is_whole else None)

    def _read_rules(self, decision: DecisionMode | None) -> list[Rule]:
        """Read the rules, from a list or from a table."""
        outline = self.outline
        section = outline.section("rules")
        if isinstance(section, Mapping) and "rule" not in section.entries:
            from engine.language.sections.table_file import read_table

            rules = self.sections.read_one("rules", lambda: read_table(outline, self.open_table)) or []
        else:
            read, parts = partial(items.read_rule, outline, decision=decision), partial(item_parts, outline)
            rules = self.sections.read_list("rules", read, parts)
        rules = items.with_last_otherwise(rules, decision)
        outline.refuse_odd_exceptions(rules, decision)
        return rules


def _check_top(root: Node, *, may_ask_nothing: bool) -> None:
    """Raise `Unshapely` unless all required sections are present and no others."""
    top = require_map(root, SECTIONS)
    if not all(word in top.entries for word in _REQUIRED) or not (may_ask_nothing or "situation" in top.entries):
        raise Unshapely


def _read_decision(node: Node | None) -> DecisionMode:
    """Read the decision mode, `unique` by default."""
    word = UNIQUE if node is None else require_text(node)
    if word == UNIQUE:
        return UNIQUE
    if word == FIRST:
        return FIRST
    raise Unshapely

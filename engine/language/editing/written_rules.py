"""Minimal text edits to a policy file that add, change or remove entries of rules.

The file is edited in place, so the author's layout and comments survive. The meaning of an edited rule is never
inferred from the edit: it is read again from the text (`WrittenRules.reread`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from typing import Any

import yaml

from engine.language.documents.yaml_spelling import block_lines, on_one_line
from engine.language.documents.yaml_text import FASTEST_LOADER, read_yaml
from engine.language.editing.edited_text import EditedText
from engine.language.editing.text_edits import TextEdit
from engine.language.model.condition_tree import ALWAYS
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import Rule
from engine.language.parsing.reading import Reading, Unshapely
from engine.language.sections.item_readers import read_rule
from engine.language.sections.outline import Outline
from engine.threads import cached_property

_LINE_END = re.compile(r"\r\n|\r|\n")


class WrittenRules(EditedText):
    """The rules of a policy in its source text; a rule is identified by its index in the policy."""

    def __init__(self, policy: Policy, text: str) -> None:
        super().__init__(policy, policy.place.file, text)
        found = _LINE_END.search(text)
        self._line_end = found.group() if found else "\n"
        root = yaml.compose(text, Loader=FASTEST_LOADER)
        assert isinstance(root, yaml.MappingNode)
        # Additions to a JSON file have to be JSON.
        self._is_json = root.flow_style and '"' in text[root.start_mark.index : root.start_mark.index + 40]
        self._list = self._rules_in(root)

    def _rules_in(self, root: yaml.Node) -> yaml.Node | None:
        """The list of the rules."""
        return value_of(root, "rules")

    # Edits.

    def add_entry(self, rule: int, within: str | None, key: str, data: Any) -> TextEdit | None:
        """Add `key: data` to a rule, or to the mapping it has under `within`; None if there is no such mapping."""
        node = self._mapping_of(rule, within)
        if node is None:
            return None
        last = node.value[-1][1]
        if node.flow_style:
            return self._edit(_end_offset(last), _end_offset(last), f", {self._entry(key, data)}")
        return self._insert_lines(last, [" " * node.start_mark.column + self._entry(key, data)])

    def add_item(self, rule: int, key: str, data: Any) -> TextEdit | None:
        """Append an item to the list that a rule has under `key`; None if there is no such list."""
        node = value_of(self._list.value[rule], key) if isinstance(self._list, yaml.SequenceNode) else None
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            return None
        last = node.value[-1]
        if node.flow_style:
            return self._edit(_end_offset(last), _end_offset(last), f", {self._flow(data)}")
        return self._insert_lines(last, [f"{' ' * node.start_mark.column}- {self._flow(data)}"])

    def change_entry(self, rule: int, within: str, key: str, data: Any) -> TextEdit | None:
        """Replace the value of `key` in the mapping `within` of a rule.

        None if the entry is missing, or if a comment would be lost.
        """
        node = self._mapping_of(rule, within)
        found = None if node is None else _entry_of(node, key)
        if found is None:
            return None
        name, value = found
        if _last_part(value) is value and not _ends_with_block_text(value):
            return self._edit(value.start_mark.index, _end_offset(value), self._flow(data))
        start, end = name.end_mark.index, _end_offset(value)
        if "#" in self.text[start:end]:
            return None
        return self._edit(start, end, f": {self._flow(data)}")

    def remove_entry(self, rule: int, within: str, key: str) -> TextEdit | None:
        """Remove an entry from the mapping `within` of a rule; None if it is missing or the only one."""
        node = self._mapping_of(rule, within)
        if node is None or len(node.value) == 1:
            return None
        at = next((place for place, (name, _) in enumerate(node.value) if name.value == key), None)
        if at is None:
            return None
        if at + 1 < len(node.value):
            return self._edit(node.value[at][0].start_mark.index, node.value[at + 1][0].start_mark.index, "")
        return self._edit(_end_offset(node.value[at - 1][1]), _end_offset(node.value[at][1]), "")

    def add_rule(self, data: dict[str, Any]) -> TextEdit | None:
        """Append a rule; None if the rules are no list."""
        if not isinstance(self._list, yaml.SequenceNode):
            return None
        last = self._list.value[-1]
        if self._list.flow_style:
            return self._edit(_end_offset(last), _end_offset(last), f", {self._flow(data)}")
        margin = " " * self._list.start_mark.column
        return self._insert_lines(last, [margin + line for line in block_lines([data], len(margin))])

    # Rereading.

    def reread(self, rule: int, edit: TextEdit) -> Rule | None:
        """Read an edited rule from its text; None if it has problems or the edit reaches outside the rule."""
        assert isinstance(self._list, yaml.SequenceNode)
        node = self._list.value[rule]
        start, end = node.start_mark.index, max(node.end_mark.index, _end_offset(node))
        first, last = self._offsets(edit)
        if not start <= first <= last <= end:
            return None
        text = " " * node.start_mark.column + self.text[start:first] + edit.text + self.text[last:end]
        read, own = self._read_rule(text), self.policy.rules[rule]
        # The last rule under `first` may mean `otherwise` without the word.
        return replace(read, otherwise=own.otherwise) if read is not None and read.when == ALWAYS else read

    def read_added(self, edit: TextEdit, replacements: Mapping[str, str]) -> Rule | None:
        """Read the rule that an edit appends; None if it has problems.

        `replacements` maps placeholders in it to the words an author would write.
        """
        text = edit.text.strip("\r\n").removeprefix(",")
        for word, replacement in replacements.items():
            text = text.replace(word, replacement, 1)
        return self._read_rule(text.replace("- ", "  ", 1) if text.lstrip(" ").startswith("- ") else text)

    def _read_rule(self, text: str) -> Rule | None:
        """Read one rule, among the names that the policy declares; None if it has problems."""
        document = read_yaml(text.encode(), self.file)
        outline = copy(self._declared)
        outline.reading = Reading(document)
        if document.root is None:
            return None
        try:
            rule = read_rule(outline, document.root, self.policy.decision)
        except Unshapely:
            return None
        return None if outline.reading.problems or outline.reading.incomplete else rule

    @cached_property
    def _declared(self) -> Outline:
        # Only the names of rules are needed, and rules make up most of a large file, so all but the first are left out.
        """The names that the policy declares, computed once."""
        text = self.text
        if isinstance(self._list, yaml.SequenceNode):
            rules = self._list.value
            text = f"{text[: _end_offset(rules[0])]}{self._line_end}{text[_end_offset(rules[-1]) :]}"
        outline = self._outline(read_yaml(text.encode(), self.file))
        outline.rule_names.update((rule.name, [rule.place]) for rule in self.policy.rules)
        return outline

    # Positions in the text.

    def _mapping_of(self, rule: int, within: str | None) -> yaml.MappingNode | None:
        """The mapping of a rule, or the one under `within` in it; None if there is none."""
        if not isinstance(self._list, yaml.SequenceNode):
            return None
        node = self._list.value[rule]
        found = node if within is None else value_of(node, within)
        return found if isinstance(found, yaml.MappingNode) and found.value else None

    def _insert_lines(self, last: yaml.Node, lines: list[str]) -> TextEdit:
        """An edit that inserts lines after the line on which a node ends."""
        text = self._line_end.join(lines)
        at = _end_offset(last)
        if _ends_with_block_text(last):
            begins = at == 0 or self.text[at - 1] in "\r\n"
            return self._edit(at, at, text + self._line_end if begins else self._line_end + text)
        found = _LINE_END.search(self.text, at)
        at = found.start() if found else len(self.text)
        return self._edit(at, at, self._line_end + text)

    def _entry(self, key: str, data: Any) -> str:
        """An entry in flow style, without braces."""
        return self._flow({key: data}).removeprefix("{").removesuffix("}")

    def _flow(self, data: Any) -> str:
        """Data in flow style, in the file's language."""
        return json.dumps(data, ensure_ascii=False) if self._is_json else on_one_line(data)


def _entry_of(node: yaml.MappingNode, key: str) -> tuple[yaml.ScalarNode, yaml.Node] | None:
    """The key and value nodes of an entry; None if it is missing."""
    return next(((name, value) for name, value in node.value if name.value == key), None)


def value_of(node: yaml.Node | None, key: str) -> yaml.Node | None:
    """The value node of an entry; None if it is missing."""
    found = _entry_of(node, key) if isinstance(node, yaml.MappingNode) else None
    return found[1] if found else None


def _end_offset(node: yaml.Node) -> int:
    """The offset at which the text of a node ends."""
    last = _last_part(node)
    return int(last.end_mark.index)


def _last_part(node: yaml.Node) -> yaml.Node:
    """The node at the end of a node's text: the last leaf or flow collection of a block collection, else itself."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        node = node.value[-1][1] if isinstance(node, yaml.MappingNode) else node.value[-1]
    return node


def _ends_with_block_text(node: yaml.Node) -> bool:
    """Whether a node ends with a literal or folded block scalar."""
    last = _last_part(node)
    return isinstance(last, yaml.ScalarNode) and last.style in ("|", ">")

"""Which edit of a policy's text adds an entry to a rule, changes one or takes one out, and leaves all else as it is?

A file is edited where it stands: what its author wrote, with its layout and comments, stays. What an edited rule then
says is never concluded from the edit; it is read again from the text (`WrittenRules.reread`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from copy import copy
from typing import Any

import yaml

from engine.frozen import frozen_value
from engine.language.documents.text import Lines
from engine.language.documents.yaml_spelling import block_lines, on_one_line
from engine.language.documents.yaml_text import FASTEST_LOADER, read_yaml
from engine.language.model.policy import Policy, Rule
from engine.language.parsing.reading import Reading, Unshapely
from engine.language.sections.item_readers import read_rule
from engine.language.sections.outline import Outline
from engine.threads import cached_property

_LINE_END = re.compile(r"\r\n|\r|\n")


@frozen_value
class TextEdit:
    """Text put in place of what stands between two places of a file; the lines and columns are counted from 1."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str

    def to_dict(self) -> dict[str, Any]:
        """The edit as JSON data."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "end_line": self.end_line,
            "end_column": self.end_column,
            "text": self.text,
        }

    def apply(self, text: str) -> str:
        """The text of the file with the edit made.

        Args:
            text: all that the file holds, without a byte-order mark.

        >>> TextEdit("p.yaml", 1, 3, 1, 4, "BC").apply("abxd")
        'abBCd'
        """
        lines = Lines(text)
        start, end = lines.offset(self.line, self.column), lines.offset(self.end_line, self.end_column)
        return text[:start] + self.text + text[end:]


class WrittenRules:
    """The rules of a policy as they stand in its text; rules go by their place in the policy."""

    def __init__(self, policy: Policy, text: str) -> None:
        self.policy = policy
        self.text = text
        self.file = policy.place.file
        self._lines = Lines(text)
        found = _LINE_END.search(text)
        self._line_end = found.group() if found else "\n"
        root = yaml.compose(text, Loader=FASTEST_LOADER)
        assert isinstance(root, yaml.MappingNode)
        # In a file that is written as JSON, what is added is written so too.
        self._is_json = root.flow_style and '"' in text[root.start_mark.index : root.start_mark.index + 40]
        self._list = _value(root, "rules")

    # Edits.

    def add_entry(self, rule: int, within: str | None, key: str, data: Any) -> TextEdit | None:
        """Adds `key: data` to a rule, or to the map it has under `within`; None where there is no room for it."""
        node = self._map(rule, within)
        if node is None:
            return None
        last = node.value[-1][1]
        if node.flow_style:
            return self._edit(_end(last), _end(last), f", {self._entry(key, data)}")
        return self._own_lines(last, [" " * node.start_mark.column + self._entry(key, data)])

    def change_entry(self, rule: int, within: str, key: str, data: Any) -> TextEdit | None:
        """Puts `data` in place of what a rule has under `key` in the map `within`; None where a comment would go."""
        node = self._map(rule, within)
        found = None if node is None else _entry_of(node, key)
        if found is None:
            return None
        name, value = found
        if _last(value) is value and not _ends_with_block_text(value):
            return self._edit(value.start_mark.index, _end(value), self._flow(data))
        start, end = name.end_mark.index, _end(value)
        if "#" in self.text[start:end]:
            return None
        return self._edit(start, end, f": {self._flow(data)}")

    def remove_entry(self, rule: int, within: str, key: str) -> TextEdit | None:
        """Takes an entry out of a rule's map; None where it is the only one."""
        node = self._map(rule, within)
        if node is None or len(node.value) == 1:
            return None
        at = next((place for place, (name, _) in enumerate(node.value) if name.value == key), None)
        if at is None:
            return None
        if at + 1 < len(node.value):
            return self._edit(node.value[at][0].start_mark.index, node.value[at + 1][0].start_mark.index, "")
        return self._edit(_end(node.value[at - 1][1]), _end(node.value[at][1]), "")

    def add_rule(self, data: dict[str, Any]) -> TextEdit | None:
        """Adds a rule behind all others."""
        if not isinstance(self._list, yaml.SequenceNode):
            return None
        last = self._list.value[-1]
        if self._list.flow_style:
            return self._edit(_end(last), _end(last), f", {self._flow(data)}")
        margin = " " * self._list.start_mark.column
        return self._own_lines(last, [margin + line for line in block_lines([data], len(margin))])

    # What they come to.

    def reread(self, rule: int, edit: TextEdit) -> Rule | None:
        """What an edited rule says, read from its text anew; None where that cannot be read."""
        assert isinstance(self._list, yaml.SequenceNode)
        node = self._list.value[rule]
        start, end = node.start_mark.index, max(node.end_mark.index, _end(node))
        first, last = self._offsets(edit)
        if not start <= first <= last <= end:
            return None
        return self._read(" " * node.start_mark.column + self.text[start:first] + edit.text + self.text[last:end])

    def read_added(self, edit: TextEdit, given: Mapping[str, str]) -> Rule | None:
        """What a rule says that an edit adds behind all others, some of its words filled in by the author."""
        text = edit.text.strip("\r\n").removeprefix(",")
        for word, own in given.items():
            text = text.replace(word, own, 1)
        return self._read(text.replace("- ", "  ", 1) if text.lstrip(" ").startswith("- ") else text)

    def _read(self, text: str) -> Rule | None:
        document = read_yaml(text.encode(), self.file)
        reading = Reading(document)
        outline = self._outline(reading)
        if document.root is None:
            return None
        try:
            rule = read_rule(outline, document.root, self.policy.decision if "otherwise" not in text else None)
        except Unshapely:
            return None
        return None if reading.problems or reading.incomplete else rule

    def _outline(self, reading: Reading) -> Outline:
        """The names that the policy declares, for a reading that begins anew."""
        outline = copy(self._declared)
        outline.reading = reading
        return outline

    @cached_property
    def _declared(self) -> Outline:
        # The rules are most of a large file, and all that is needed of them is their names: one is read again.
        text = self.text
        if isinstance(self._list, yaml.SequenceNode):
            rules = self._list.value
            text = f"{text[: _end(rules[0])]}{self._line_end}{text[_end(rules[-1]) :]}"
        document = read_yaml(text.encode(), self.file)
        assert document.root is not None
        outline = Outline(document.root, Reading(document))
        outline.fields.update(self.policy.field)
        outline.rule_names.update((rule.name, [rule.place]) for rule in self.policy.rules)
        return outline

    # Places in the text.

    def _map(self, rule: int, within: str | None) -> yaml.MappingNode | None:
        if not isinstance(self._list, yaml.SequenceNode):
            return None
        node = self._list.value[rule]
        found = node if within is None else _value(node, within)
        return found if isinstance(found, yaml.MappingNode) and found.value else None

    def _own_lines(self, last: yaml.Node, lines: list[str]) -> TextEdit:
        """Lines put behind the line on which a node ends."""
        text = self._line_end.join(lines)
        at = _end(last)
        if _ends_with_block_text(last):
            begins = at == 0 or self.text[at - 1] in "\r\n"
            return self._edit(at, at, text + self._line_end if begins else self._line_end + text)
        found = _LINE_END.search(self.text, at)
        at = found.start() if found else len(self.text)
        return self._edit(at, at, self._line_end + text)

    def _edit(self, start: int, end: int, text: str) -> TextEdit:
        first, last = self._lines.place(self.file, start), self._lines.place(self.file, end)
        return TextEdit(self.file, first.line, first.column, last.line, last.column, text)

    def _offsets(self, edit: TextEdit) -> tuple[int, int]:
        return self._lines.offset(edit.line, edit.column), self._lines.offset(edit.end_line, edit.end_column)

    def line_of(self, edit: TextEdit) -> int:
        """Where an author has to look: the first line that an edit changes or adds."""
        return edit.line + edit.text.startswith(("\r", "\n"))

    def _entry(self, key: str, data: Any) -> str:
        return self._flow({key: data}).removeprefix("{").removesuffix("}")

    def _flow(self, data: Any) -> str:
        return json.dumps(data, ensure_ascii=False) if self._is_json else on_one_line(data)


def _entry_of(node: yaml.MappingNode, key: str) -> tuple[yaml.ScalarNode, yaml.Node] | None:
    return next(((name, value) for name, value in node.value if name.value == key), None)


def _value(node: yaml.Node, key: str) -> yaml.Node | None:
    found = _entry_of(node, key) if isinstance(node, yaml.MappingNode) else None
    return found[1] if found else None


def _end(node: yaml.Node) -> int:
    """Where the text of a node ends; of a block, where its last part does."""
    last = _last(node)
    return int(last.end_mark.index)


def _last(node: yaml.Node) -> yaml.Node:
    """The part of a node that ends it: itself, unless it is a block."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        node = node.value[-1][1] if isinstance(node, yaml.MappingNode) else node.value[-1]
    return node


def _ends_with_block_text(node: yaml.Node) -> bool:
    last = _last(node)
    return isinstance(last, yaml.ScalarNode) and last.style in ("|", ">")


def written_rules(policy: Policy) -> WrittenRules | None:
    """The rules of a policy in its text, where it was read from a text that holds them; worked out once."""
    text = policy.memo.get("text")
    if not text:
        return None
    if "written" not in policy.memo:
        policy.memo["written"] = WrittenRules(policy, text)
    written: WrittenRules = policy.memo["written"]
    return written

"""The declarations of a policy file: its sections and names, and checks across sections."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from typing import TYPE_CHECKING, Any

from engine.language.documents.nodes import Entry, Mapping, Node, Scalar, Sequence
from engine.language.documents.text import shorten
from engine.language.model.field_kinds import Field
from engine.language.model.policy import FIRST
from engine.language.model.policy_parts import Fact, Rule
from engine.language.model.relations.circles import cycle_text, find_cycles
from engine.language.model.relations.derivations import Derivation, names_of_parts
from engine.language.parsing.operands import Names
from engine.language.parsing.reading import LONGEST_NAME, Reading, bad_name_message
from engine.language.parsing.shared_parts import NOTHING_SHARED, SharedParts
from engine.problems import Place

if TYPE_CHECKING:
    from engine.language.model.relations.decision_steps import DecisionStep
    from engine.language.parsing.openers import Opener

SECTIONS = (
    "policy",
    "title",
    "version",
    "about",
    "uses",
    "source",
    "as_of",
    "constants",
    "situation",
    "numbers",
    "facts",
    "steps",
    "impossible",
    "verdicts_ordered",
    "verdicts",
    "rules",
    "decision",
    "collect",
    "guarantees",
)
LIBRARY_SECTIONS = (
    "library",
    "title",
    "version",
    "about",
    "uses",
    "source",
    "constants",
    "situation",
    "numbers",
    "facts",
    "steps",
    "impossible",
)
# The sections whose names conditions may use, in which libraries share theirs.
NAMED_SECTIONS = ("situation", "numbers", "facts", "steps", "constants")
_DOTTED = r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+"


class Outline:
    """The names that a file declares or finds in the libraries that it uses, collected before any item is read.

    `fields` and `constants` are filled in as these are read, `steps` with the choices that stand for them.
    """

    # What messages call what `then` names.
    verdict_word = "verdict"
    # Whether rules give amounts in place of verdicts.
    gives_amounts = False

    def __init__(self, root: Node, reading: Reading, shared: SharedParts = NOTHING_SHARED) -> None:
        self.reading = reading
        self.shared = shared
        top = root if isinstance(root, Mapping) else Mapping({}, root.place)
        self.kind = "Library" if is_library(root) else "Policy"
        self.sections: tuple[str, ...] = LIBRARY_SECTIONS if self.kind == "Library" else SECTIONS
        self.top = self._lift_indented_sections(self._rename_sections(top))
        # A policy without questions is reported as that.
        reading.may_declare_nothing = self.kind == "Library" and self.section("situation") is None
        self.fields = shared.fields()
        self.fields.update(dict.fromkeys(self.declared("situation")))
        self.constants = shared.constants()
        self.constants.update(dict.fromkeys(self.declared("constants")))
        self.steps: dict[str, Field | None] = shared.step_fields()
        self.names = Names(
            self.fields,
            {**shared.numbers(), **self.declared("numbers")},
            {**shared.facts(), **self.declared("facts")},
            self.constants,
            self.steps,
        )
        reading.derived.update(dict.fromkeys(self.names.numbers, "number"))
        reading.derived.update(dict.fromkeys(self.names.facts, "fact"))
        reading.derived.update(dict.fromkeys(self.steps, "step"))
        # The rules of numbers that are tables, by name, as these are read.
        self.number_steps: dict[str, DecisionStep] = {}
        # The steps that are written in the file, by name, as these are read; None for one that cannot be read.
        self.written_steps: dict[str, DecisionStep | None] = {}
        # The steps that are policies in files of their own, each a `StepPolicy`, by name.
        self.step_policies: dict[str, Any] = {}
        # Opens the tables of numbers; None while no item is read.
        self.open_beside: Opener | None = None
        self.verdicts = self.declared("verdicts")
        self.rule_names = self.listed("rules", "rule")
        self.passages = self._passages()

    def _lift_indented_sections(self, top: Mapping) -> Mapping:
        """The file with sections moved to the top level that are indented like the items of the section before."""
        entries = dict(top.entries)
        for section in ("constants", "situation", "numbers", "facts", "steps", "verdicts"):
            entry = entries.get(section)
            if entry is None or not isinstance(entry.value, Mapping):
                continue
            names = list(entry.value.entries)
            for at, name in enumerate(names):
                key, value = entry.value.entries[name]
                if name not in self.sections or name in entries or not isinstance(value, Scalar) or not value.empty:
                    continue
                message = f"`{name}:` is a section, but its line is indented"
                self.reading.refuse("misplaced-key", message, key.place, f"begin the line with no space: `{name}:`")
                inside = {each: entry.value.entries[each] for each in names[at + 1 :]}
                kept = {each: entry.value.entries[each] for each in names[:at]}
                entries[name] = Entry(key, Mapping(inside, value.place))
                entries[section] = entry._replace(value=entry.value._replace(entries=kept))
                break
        return top._replace(entries=entries)

    def _rename_sections(self, top: Mapping) -> Mapping:
        """The file with sections renamed that stand under another tool's name, so that their names are known."""
        if top.entries.keys() <= set(self.sections):
            return top
        from engine.language.suggestions.keys_meant import key_meant

        entries = dict(top.entries)
        for name, entry in top.entries.items():
            if name not in self.sections:
                key = key_meant(self.kind, name, top, self.sections).key
                entries.setdefault(key or name, entry)
        # The libraries under another tool's key have not been read.
        self.reading.lacks_names |= "uses" in entries and "uses" not in top.entries
        return top._replace(entries=entries)

    def section(self, name: str) -> Node | None:
        """The node of a section; None if it is absent, or is none of this kind of file."""
        return self.top.get(name) if name in self.sections else None

    def _passages(self) -> list[str] | None:
        """The names of the passages that may be cited; None if the source's shape cannot be read."""
        source = self.section("source")
        if source is None:
            return list(self.shared.passages)
        passages = source.get("passages", Mapping({}, source.place)) if isinstance(source, Mapping) else None
        return [*self.shared.passages, *passages.entries] if isinstance(passages, Mapping) else None

    def declared(self, section: str) -> dict[str, Entry]:
        """The entries of a section that is a mapping."""
        node = self.section(section)
        if isinstance(node, Sequence):
            from engine.language.suggestions.shapes_meant import listed_entries

            return listed_entries(node)
        return node.entries if isinstance(node, Mapping) else {}

    @property
    def has_step_policies(self) -> bool:
        """Whether some step is a policy in a file of its own."""
        return any(map(self.is_step_policy, self.declared("steps")))

    def is_step_policy(self, name: str) -> bool:
        """Whether a step of the file, or of a library, is a policy in a file of its own."""
        entry = self.declared("steps").get(name)
        if entry is None:
            shared = self.shared.steps().get(name)
            return shared is not None and shared.step.origin is not None
        return isinstance(entry.value, Mapping) and "policy" in entry.value.entries

    def verdict_titles(self) -> dict[str, str]:
        """Verdict titles by verdict name."""
        titles = {}
        for name, entry in self.verdicts.items():
            title = entry.value.get("title") if isinstance(entry.value, Mapping) else None
            if isinstance(title, Scalar):
                titles[name] = title.text
        return titles

    def listed(self, section: str, word: str) -> dict[str, list[Place]]:
        """The names declared by the items of a list section, each with all places of its declaration."""
        found: dict[str, list[Place]] = {}
        node = self.section(section)
        for item in node.items if isinstance(node, Sequence) else ():
            name = item.get(word) if isinstance(item, Mapping) else None
            if isinstance(name, Scalar) and not name.empty:
                found.setdefault(name.text, []).append(name.place)
        return found

    def refuse_clashes(self) -> None:
        """Record names declared twice, and names that are dotted prefixes of others."""
        seen: dict[str, Place] = {}
        for section in NAMED_SECTIONS:
            for name, entry in self.declared(section).items():
                place = entry.key.place
                if name in seen:
                    said = "fields, numbers, facts, steps and constants share one set of names"
                    message = f"`{name}` is declared twice; {said}"
                    self.reading.refuse("name-clash", message, (place, seen[name]), "rename one of the two")
                seen.setdefault(name, place)
        self._refuse_dotted()
        for name, shared in self.shared.names.items():
            seen.setdefault(name, shared.place)
        for name in self.fields:
            parts = name.split(".") if len(name) <= LONGEST_NAME else []
            for length in range(1, len(parts)):
                start = ".".join(parts[:length])
                if start in seen:
                    message = (
                        f"`{start}` cannot be used beside `{name}`: in a record it would be both a value and a map"
                    )
                    self.reading.refuse("name-clash", message, (seen[name], seen[start]), f"write `{start}.…` for both")

    def _refuse_dotted(self) -> None:
        """Record names with dots that are neither of fields nor of parts of a step."""
        steps = self.declared("steps")
        for section in NAMED_SECTIONS:
            if section == "situation":
                continue
            for name, entry in self.declared(section).items():
                if "." in name and name.rpartition(".")[0] not in steps and re.fullmatch(_DOTTED, name, re.ASCII):
                    whole = name.replace(".", "_")
                    help_ = f"write `{shorten(whole)}`: only a field's name has dots, and that of a part of a step"
                    self.reading.refuse("bad-name", bad_name_message(name), entry.key.place, help_)

    def refuse_same_names(self, word: str, found: dict[str, list[Place]]) -> None:
        """Record names declared in more than one place."""
        for name, places in found.items():
            if len(places) > 1:
                message = f"the {word} `{name}` appears here {_times(len(places))}"
                self.reading.refuse("duplicate-name", message, tuple(places[1:] + places[:1]), "rename all but one")

    def refuse_odd_exceptions(self, rules: list[Rule], decision: str | None) -> None:
        """Record every `otherwise` and every override of `all` but one, and what does not go with them."""
        self._refuse_two_above_all(rules)
        self._refuse_beside_otherwise(rules, decision)

    def _refuse_beside_otherwise(self, rules: list[Rule], decision: str | None) -> None:
        """Record every `otherwise` but one, which is the last rule under `first`, and overrides of it."""
        rest = [rule for rule in rules if rule.otherwise]
        if decision == FIRST:
            for rule in rules[:-1]:
                if rule.otherwise:
                    message = f"`{rule.name}` is `otherwise` and not the last rule, so the rules after it never apply"
                    self.reading.refuse("wrong-mode", message, rule.place, "move this rule to the end")
            return
        for rule in rest[1:]:
            message = f"`{rest[0].name}` takes all remaining situations already, and `{rule.name}` would as well"
            help_ = "keep `otherwise` in one of the two, and say in the `when` of the other where it applies"
            self.reading.refuse("wrong-mode", message, (rule.place, rest[0].place), help_)
        names = {rule.name for rule in rest}
        for override in (override for rule in rules for override in rule.overrides if override.rule in names):
            message = f"`{override.rule}` applies only where no other rule does, so nothing need override it"
            self.reading.refuse("wrong-mode", message, override.place, "take it out of `overrides`")

    def _refuse_two_above_all(self, rules: list[Rule]) -> None:
        """Record every override of `all` but the first."""
        places = [rule.overrides_all.place for rule in rules if rule.overrides_all]
        for place in places[1:]:
            message = "another rule overrides all others already, and only one can"
            help_ = "name the rules that give way to this one, `rules: [a, b]`"
            self.reading.refuse("wrong-mode", message, (place, places[0]), help_)

    def _uses(self, derivation: Derivation) -> list[str]:
        """The names that a number or fact reads; for a number, a field of the same name hides a number."""
        if isinstance(derivation, Fact):
            return list(names_of_parts(derivation))
        return [name for name in names_of_parts(derivation) if name not in self.fields]

    def refuse_cycles(self, derivations: Iterable[Derivation], waiting: dict[str, list[str]]) -> None:
        """Record cycles among numbers and facts and among questions, and unknown fields in `ask_after`.

        `waiting` maps each field with `applies_when` to the fields that it reads.
        """
        for cycle in find_cycles({each.name: self._uses(each) for each in derivations}):
            declared = {**self.declared("facts"), **self.declared("numbers")}
            places = tuple(declared[name].key.place for name in cycle)
            # No number reads a fact, so a circle is of numbers alone, or of facts alone.
            is_about_numbers = cycle[0] in self.names.numbers
            what = "numbers" if is_about_numbers else "facts"
            message = f"these {what} are defined in terms of each other: {cycle_text(cycle)}"
            help_ = "define one of them without the others"
            if is_about_numbers:
                self.reading.refuse("number-cycle", message, places, help_)
            else:
                self.reading.refuse("fact-cycle", message, places, help_)
        pinned = {name: list(waiting.get(name, ())) for name in self.declared("situation")}
        for name in self.declared("situation"):
            field = self.fields[name]
            if field is None or field.ask_after is None:
                continue
            if field.ask_after in self.fields:
                pinned[name].append(field.ask_after)
                continue
            node = self.declared("situation")[name].value
            written = node.get("ask_after") if isinstance(node, Mapping) else None
            if isinstance(written, Scalar):
                self.reading.refuse_unknown("unknown-name", "field", written, self.fields)
        # Those of libraries wait for none of this file.
        own = {name: [each for each in before if each in pinned] for name, before in pinned.items()}
        asked_at = {name: entry.key.place for name, entry in self.declared("situation").items()}
        self.refuse_question_cycles(own, asked_at, waiting)

    def refuse_question_cycles(
        self, before: dict[str, list[str]], places: dict[str, Place], conditional: Container[str]
    ) -> None:
        """Record cycles among questions.

        Args:
            before: The fields whose questions come before that of each field.
            places: Their places.
            conditional: The fields that have `applies_when`.
        """
        for cycle in find_cycles(before):
            message = f"these questions wait for each other: {cycle_text(cycle)}"
            if len(cycle) == 1:
                message = f"the question of `{cycle[0]}` waits for its own answer"
            keys = "`ask_after` or `applies_when`" if any(name in conditional for name in cycle) else "`ask_after`"
            self.reading.refuse("ask-cycle", message, tuple(places[name] for name in cycle), f"remove one {keys}")


def is_library(root: Node | None) -> bool:
    """Whether a file is a library and no policy, judged by its contents."""
    return isinstance(root, Mapping) and "library" in root.entries and "policy" not in root.entries


def _times(count: int) -> str:
    return "twice" if count == 2 else f"{count} times"

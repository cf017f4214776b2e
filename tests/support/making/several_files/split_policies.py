"""Hypothesis strategies of policies that are split over library files, and of the one file that they mean.

What the policy reaches is worked out here anew, over the plain data.
"""

from __future__ import annotations

import posixpath
from collections.abc import Container, Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from hypothesis import assume
from hypothesis import strategies as st

from engine import Policy
from tests.support.drawing.fields import Draw, Hand
from tests.support.drawing.strategies import policies
from tests.support.drawing.yaml_styles import flow
from tests.support.judging.spaces import (
    When,
    bounds,
    conditions,
    entries_of,
    listed,
    other_field,
    parts_of,
    single_tests,
)
from tests.support.judging.yields import numbers_given
from tests.support.making.rows_of_rules import table_of
from tests.support.making.several_files.read_files import read_files

SECTIONS = ("constants", "situation", "numbers", "facts", "steps")
OWN_FILE = "sample-policy.yaml"
_FOLDERS = ("", "", "shared/", "shared/deep/", "other/")


class Split(NamedTuple):
    """A policy split over files, by path from the folder of the policy, and the same in one file."""

    files: dict[str, str]
    inlined: dict[str, Any]

    def read(self) -> Policy:
        """The split policy."""
        return read_files(self.files, OWN_FILE)

    def inline(self) -> Policy:
        """The policy in one file."""
        return read_files({OWN_FILE: _text(self.inlined)}, OWN_FILE)


def names_in(when: When, constants: Container[str]) -> set[str]:
    """Every field, constant, number and fact that a condition names."""
    found = set()
    for holder, key in single_tests(when):
        others = bounds(holder[key])
        found |= {key, *filter(None, map(other_field, others)), *_named(others, constants)}
    return found


def _named(values: Iterable[Any], constants: Container[str]) -> set[str]:
    """The constants among some values."""
    return {value for value in values if isinstance(value, str) and value in constants}


def names_read(section: str, item: Mapping[str, Any], constants: Container[str]) -> set[str]:
    """Every name that a field, constant, number or fact reads itself."""
    if section == "facts":
        return names_in(item["when"], constants)
    if section == "steps":
        given = [
            each.get("output", {}) for each in (*item["outcomes"].values(), *item["rules"]) if isinstance(each, Mapping)
        ]
        worked_out = {value["number"] for output in given for value in output.values() if isinstance(value, Mapping)}
        return worked_out.union(*(names_in(rule.get("when", {}), constants) for rule in item["rules"]))
    if section == "constants":
        return {item["on"]} if "on" in item else set()
    if section == "numbers":
        parts = {part for part in parts_of(item) if isinstance(part, str)}
        for entry in entries_of(item):
            parts |= names_in(entry.get("when", {}), constants) | _named([entry.get("add")], constants)
        return parts | _named([*item.get("sum", {}).values(), item.get("plus")], constants)
    before = {item["ask_after"]} if "ask_after" in item else set()
    return before | names_in(item.get("applies_when", {}), constants)


def closure(names: Iterable[str], reads: Mapping[str, set[str]]) -> set[str]:
    """Names and all that they read, directly or not."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += reads[name]
    return found


class _Libraries:
    """The files of one split; the last one is the policy itself, and each may use those before it."""

    def __init__(self, hand: Hand, policy: Mapping[str, Any]) -> None:
        self.hand = hand
        self.items = {name: (section, item) for section in SECTIONS for name, item in policy.get(section, {}).items()}
        self.constants = policy.get("constants", {})
        self.reads = {name: names_read(section, item, self.constants) for name, (section, item) in self.items.items()}
        tables = [name for name, number in policy.get("numbers", {}).items() if "table" in number]
        self.of_steps = closure([*policy.get("steps", ()), *tables], self.reads)
        self.own = hand.count(1, 4)
        self.parts: list[dict[str, Any]] = [{} for _ in range(self.own + 1)]
        self.home: dict[str, int] = {}
        self.uses: list[set[int]] = [set() for _ in self.parts]
        self.paths = [f"{hand.pick(_FOLDERS)}part-{number}.yaml" for number in range(self.own)] + [OWN_FILE]

    def place(self, name: str) -> int:
        """Put a name into a file that can read what it needs."""
        if name not in self.home:
            needed = [self.place(each) for each in sorted(self.reads[name])]
            least = max(needed, default=0)
            # A step reads so much that some of it would mostly lie in the policy's own file.
            is_early = name in self.of_steps and self.hand.chance(80)
            here = least if is_early else self.hand.count(least, self.own)
            self.home[name] = here
            self.uses[here] |= {each for each in needed if each != here}
        return self.home[name]

    def order(self) -> list[int]:
        """The files, each after those that it uses, as they are named."""
        found: list[int] = []

        def visit(file: int) -> None:
            if file not in found:
                for each in sorted(self.uses[file]):
                    visit(each)
                found.append(file)

        visit(self.own)
        return found


@st.composite
def split_policies(draw: Draw, small: bool = False, sound: bool = False) -> Split:
    """Policies whose fields, numbers, facts, steps, impossible combinations and passages lie in several files.

    The rules of some steps lie in tables beside their libraries. Files use each other in chains and diamonds, say the
    same thing twice, and hold what the policy does not reach.
    """
    hand = Hand(draw)
    policy = draw(policies(small=small, sound=sound, chained=hand.chance(40)))
    of_steps = {name: step["rules"] for name, step in policy.get("steps", {}).items()}
    of_numbers = {name: each["table"] for name, each in policy.get("numbers", {}).items() if "table" in each}
    for name, rules in (of_steps | of_numbers).items():
        if hand.chance(50):
            _name_conditions(policy, name, rules)
    for constant in policy.get("constants", {}).values():
        # A library has no `as_of`.
        if isinstance(constant["is"], dict) and "as_of" in policy:
            constant.setdefault("on", policy["as_of"])
    files = _Libraries(hand, policy)
    for name in files.items:
        files.place(name)
    kept: dict[int, list[dict[str, Any]]] = {}
    for each in policy.get("impossible", ()):
        needed = {files.home[name] for name in names_in(each["when"], files.constants)}
        here = hand.count(max(needed), files.own)
        files.uses[here] |= needed - {here}
        kept.setdefault(here, []).append(each)
    files.uses[files.own] |= {*range(files.own)}
    for file in range(1, files.own):
        files.uses[file] |= {each for each in range(file) if hand.chance(40)}
    for file in range(files.own):
        # A file that another one brings along need not be named.
        if hand.chance(50) and any(file in files.uses[each] for each in range(files.own)):
            files.uses[files.own].discard(file)
    inlined = _inline(files, policy, kept)
    # What reaches no question at all is no policy: `situation` is missing.
    assume("situation" in inlined)
    texts_of = {files.paths[files.own]: _policy_file(files, policy, kept)}
    texts_of |= {files.paths[file]: _library_file(hand, files, policy, kept, file) for file in range(files.own)}
    found: dict[str, str] = {}
    for path, data in texts_of.items():
        found |= _with_tables(hand, path, data)
    return Split(found, inlined)


def _name_conditions(policy: dict[str, Any], step: str, rules: list[dict[str, Any]]) -> None:
    """Make the condition of each rule of a step a fact, so that a table can hold the rule."""
    facts = policy.setdefault("facts", {})
    for number, rule in enumerate(rules):
        if "when" in rule:
            name = f"{step}_case_{number}"
            facts[name] = {"means": f"what is said of case {number}", "when": rule["when"]}
            rule["when"] = {name: True}


def _with_tables(hand: Hand, path: str, data: dict[str, Any]) -> dict[str, str]:
    """The texts of a file and of the tables beside it, which hold the rules of some of its steps and numbers."""
    found: dict[str, str] = {}

    def in_file(name: str, rules: list[dict[str, Any]]) -> str | None:
        table = table_of(rules) if hand.chance(90) else None
        if table is None:
            return None
        file = f"{posixpath.basename(path).removesuffix('.yaml')}-{name}.csv"
        found[posixpath.join(posixpath.dirname(path), file)] = table
        return file

    steps = {}
    for name, step in data.get("steps", {}).items():
        file = in_file(name, step["rules"])
        steps[name] = step
        if file is not None:
            steps[name] = {**step, "rules": {"table": file}}
    numbers = dict(data.get("numbers", {}))
    for name, number in numbers.items():
        file = in_file(name, number["table"]) if "table" in number else None
        if file is not None:
            numbers[name] = {**number, "table": file}
    whole = {**data, **({"steps": steps} if steps else {}), **({"numbers": numbers} if numbers else {})}
    return {path: _text(whole), **found}


def _reached(files: _Libraries, policy: Mapping[str, Any], kept: Mapping[int, list[dict[str, Any]]]) -> set[str]:
    """Every name that the policy's own file reads or declares, and all that these read."""
    own_file = {
        "facts": {name: files.items[name][1] for name in policy.get("facts", {}) if files.home[name] == files.own},
        "impossible": kept.get(files.own, []),
        "rules": policy["rules"],
        "guarantees": policy.get("guarantees", []),
    }
    named = {name for when in conditions(own_file) for name in names_in(when, files.constants)}
    for promise in policy.get("guarantees", ()):
        named |= {name for word in ("ignores", "rising") for name in listed(promise.get(word, ()))}
        if "rising" in promise:
            named |= promise["never"].keys() & files.items.keys()
    named |= {policy["as_of"]} if "as_of" in policy else set()
    named |= numbers_given(policy)
    return closure([*named, *(name for name, home in files.home.items() if home == files.own)], files.reads)


def _inline(files: _Libraries, policy: Mapping[str, Any], kept: Mapping[int, list[dict[str, Any]]]) -> dict[str, Any]:
    """The policy in one file, with what it reaches alone, in the order of the files."""
    reached = _reached(files, policy, kept)
    found = deepcopy(dict(policy))
    order = files.order()
    possible = []
    for file in order:
        for each in kept.get(file, []):
            read = closure(names_in(each["when"], files.constants), files.reads)
            if file == files.own or all(name in reached for name in read if files.items[name][0] == "situation"):
                possible.append(each)
                reached |= read
    for section in SECTIONS:
        names = [name for file in order for name in policy.get(section, {}) if files.home[name] == file]
        found[section] = {name: policy[section][name] for name in names if name in reached}
    found["impossible"] = possible
    return {key: value for key, value in found.items() if value}


def _policy_file(
    files: _Libraries, policy: Mapping[str, Any], kept: Mapping[int, list[dict[str, Any]]]
) -> dict[str, Any]:
    """The policy's own file."""
    head = {key: policy[key] for key in ("policy", "title", "version", "about", "source", "as_of") if key in policy}
    rest = {
        key: policy[key]
        for key in ("verdicts", "verdicts_ordered", "decision", "collect", "rules", "guarantees")
        if key in policy
    }
    uses = [files.paths[each] for each in sorted(files.uses[files.own])]
    return {**head, "uses": uses, **_sections(files, policy, kept, files.own), **rest}


def _sections(
    files: _Libraries, policy: Mapping[str, Any], kept: Mapping[int, list[dict[str, Any]]], file: int
) -> dict[str, Any]:
    """What one file declares."""
    found: dict[str, Any] = {
        section: {name: item for name, item in policy.get(section, {}).items() if files.home[name] == file}
        for section in SECTIONS
    }
    found["impossible"] = kept.get(file, [])
    return {key: value for key, value in found.items() if value}


def _library_file(
    hand: Hand, files: _Libraries, policy: Mapping[str, Any], kept: Mapping[int, list[dict[str, Any]]], file: int
) -> dict[str, Any]:
    """One library: its part, what it needs to say of the source, something that nobody reaches, something twice."""
    data = _sections(files, policy, kept, file)
    citing = [*data.get("facts", {}).values(), *data.get("constants", {}).values()]
    citing += [rule for step in data.get("steps", {}).values() for rule in step["rules"]]
    citing += [rule for number in data.get("numbers", {}).values() for rule in number.get("table", ())]
    cited = {name for each in citing for name in each.get("cites", ())}
    folder = posixpath.dirname(files.paths[file])
    uses = [posixpath.relpath(files.paths[each], folder or ".") for each in sorted(files.uses[file])]
    head: dict[str, Any] = {"library": f"part-{file}", "title": "What several need"}
    if uses:
        head["uses"] = uses
    if cited or ("source" in policy and hand.chance(30)):
        head["source"] = policy["source"]
    seen = sorted(name for name in files.home if files.home[name] in _visible(files, file))
    if hand.chance(40):
        data = _with_decoys(data, seen, f"left_out_{file}")
    for name in seen:
        section, item = files.items[name]
        if name not in data.get(section, {}) and section == "situation" and hand.chance(10):
            data[section] = {**data.get(section, {}), name: deepcopy(item)}
    return {**head, **data}


def _visible(files: _Libraries, file: int) -> set[int]:
    """The files that a file uses, directly or not."""
    found: set[int] = set()
    waiting = list(files.uses[file])
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting += files.uses[each]
    return found


def _with_decoys(data: Mapping[str, Any], seen: list[str], name: str) -> dict[str, Any]:
    """A library that also declares what no policy reaches: a field, a fact, and what is impossible with them."""
    field = {"ask": "Does anybody ask this?", "type": "yes_no"}
    fact = {"means": "somebody asks", "when": {name: True}}
    impossible = {"when": {name: True, f"is_{name}": False}, "because": "One is the other."}
    found = deepcopy(dict(data))
    found["situation"] = {name: field, **found.get("situation", {})}
    found["facts"] = {f"is_{name}": fact, **found.get("facts", {})}
    found["impossible"] = [impossible, *found.get("impossible", [])]
    return found


def _text(data: Mapping[str, Any]) -> str:
    """A file, with each name and each item on a line of its own."""
    lines: list[str] = []
    for key, value in data.items():
        if key in (*SECTIONS, "verdicts"):
            lines += [f"{key}:", *(f"  {flow({name: item})[1:-1]}" for name, item in value.items())]
        elif key == "rules":
            lines += [f"{key}:", *(f"  - {flow(rule)}" for rule in value)]
        else:
            lines.append(flow({key: value})[1:-1])
    return "".join(f"{line}\n" for line in lines)


def library_names(split: Split) -> Iterator[str]:
    """The files of the libraries."""
    return (path for path in split.files if path != OWN_FILE and path.endswith(".yaml"))

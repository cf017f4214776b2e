"""Hypothesis strategies of policies whose steps are policies in files of their own, and of the one file that they mean.

A drawn chain is taken apart: its steps go into files, some of which have steps in further files. What they read is
asked for there under the same name or another one, or is written there once more. What the files mean in one file is
worked out here anew, over the plain data.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st

from engine import Policy
from tests.support.drawing.fields import Draw, Hand
from tests.support.drawing.strategies import policies
from tests.support.drawing.yaml_styles import flow
from tests.support.judging.step_outputs import as_verdict
from tests.support.making.several_files.read_files import read_files
from tests.support.making.several_files.renaming import Renaming
from tests.support.step_order import drop_source

OWN_FILE = "sample-policy.yaml"
_FOLDERS = ("", "", "steps/", "steps/deep/", "other/")
_PARTS = ("constants", "numbers", "facts")
_SECTIONS = ("situation", *_PARTS, "steps")


class StepFiles(NamedTuple):
    """A policy with its files, by path from its folder.

    Attributes:
        files: The texts.
        drawn: The chain in one file, before it was taken apart.
        inlined: What the files mean in one file, with the parts of steps under the names that they have there.
    """

    files: dict[str, str]
    drawn: dict[str, Any]
    inlined: dict[str, Any]

    def read(self) -> Policy:
        """The policy with its files."""
        return read_files(self.files, OWN_FILE)

    def write(self, folder: Path) -> Path:
        """Write the files into a folder, and return the path of the policy."""
        for path, text in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        return folder / OWN_FILE


class _File:
    """One file, while what it holds is collected.

    Attributes:
        path: Its path from the folder of the policy.
        start: What its parts begin with in the one file.
        called: What it calls the names of the drawn chain.
        inlined: What the one file calls them.
        parts: Its sections.
        own: Its own fields, constants, numbers and facts in the one file.
        steps: Its steps in the one file, and those of its steps, in order.
        inside: The files of its steps, with the names that these are given.
        impossible: The combinations of the drawn chain that it says are impossible.
    """

    def __init__(self, path: str, start: str) -> None:
        self.path, self.start = path, start
        self.called: dict[str, str] = {}
        self.inlined: dict[str, str] = {}
        self.parts: dict[str, dict[str, Any]] = {section: {} for section in _SECTIONS}
        self.own: dict[str, dict[str, Any]] = {section: {} for section in ("situation", *_PARTS)}
        self.steps: dict[str, Any] = {}
        self.inside: list[tuple[_File, dict[str, str]]] = []
        self.impossible: list[dict[str, Any]] = []

    def fields(self) -> dict[str, Any]:
        """The fields of the policy in the file, with those that it takes over, as the one file has them."""
        found = {name: self.own["situation"][name] for name in self.parts["situation"]}
        for file, given in self.inside:
            for name, spec in file.fields().items():
                if name not in given:
                    found.setdefault(name, spec)
        return found

    def all_parts(self, section: str) -> dict[str, Any]:
        """The constants, numbers or facts in the one file, its own before those of its steps."""
        found = dict(self.own[section])
        for file, _ in self.inside:
            found |= file.all_parts(section)
        return found

    def all_impossible(self, renaming: Renaming) -> list[dict[str, Any]]:
        """What is impossible by it in the one file."""
        found = [renaming.part(each, self.inlined) for each in self.impossible]
        for file, _ in self.inside:
            found += [each for each in file.all_impossible(renaming) if each not in found]
        return found


class _Taking:
    """Takes a drawn chain apart."""

    def __init__(self, hand: Hand, policy: Mapping[str, Any]) -> None:
        self.hand = hand
        self.items: dict[str, tuple[str, Any]] = {
            name: (section, item) for section in _SECTIONS for name, item in policy.get(section, {}).items()
        }
        self.as_of: str | None = policy.get("as_of")
        self.renaming = Renaming(policy.get("constants", {}))
        self.texts: dict[str, str] = {}
        self.giving = {number["of"] for number in policy.get("numbers", {}).values() if "of" in number}
        # A question is asked under the same answers in all files, so that what says so is no question in some of them.
        specs = policy["situation"].values()
        self.kept = {fact for spec in specs for name in self.renaming.reads(spec) for fact in self._facts_behind(name)}

    def _facts_behind(self, name: str) -> set[str]:
        section, item = self.items[name]
        own = {name} if section == "facts" else set()
        return own.union(*(self._facts_behind(each) for each in self.renaming.reads(item)))

    def file_of(self, name: str, outer: _File, deep: int) -> dict[str, Any]:
        """Write the file of a step, and return the step as the file that names it has it."""
        hand, step = self.hand, self.items[name][1]
        folder = posixpath.dirname(outer.path)
        stem = f"about-{len(self.texts)}"
        inner = _File(posixpath.join(folder, f"{hand.pick(_FOLDERS)}{stem}.yaml"), f"{outer.start}{name}.")
        self.texts[inner.path] = ""
        given: dict[str, str] = {}
        for each in self.renaming.reads(step):
            self._provide(each, inner, outer, given, deep)
        is_dated = any(isinstance(each["is"], dict) and "on" not in each for each in inner.parts["constants"].values())
        if is_dated and self.as_of:
            self._provide(self.as_of, inner, outer, given, deep)
        if not inner.parts["situation"]:
            # A file that asks nothing so far, and whose step asks nothing either, takes one of the questions over.
            fields = [each for each in self.items if self.items[each][0] == "situation"]
            known = [each for each in fields if each in outer.called]
            self._provide(hand.pick(known or fields), inner, outer, given, deep)
        for impossible in [*outer.impossible]:
            if hand.chance(50) and all(read in inner.called for read in self.renaming.reads(impossible)):
                outer.impossible.remove(impossible)
                inner.impossible.append(impossible)
        self.leave_out(inner)
        self.texts[inner.path] = flow(self._policy(stem, step, inner, self.as_of if is_dated else None))
        outer.inside.append((inner, given))
        outer.steps |= {**inner.steps, inner.start[:-1]: self.renaming.part(step, inner.inlined)}
        return {"policy": posixpath.relpath(inner.path, folder or "."), **({"with": given} if given else {})}

    def _policy(self, stem: str, step: Mapping[str, Any], inner: _File, as_of: str | None) -> dict[str, Any]:
        """The policy in the file of a step."""
        whole = {
            "policy": stem,
            "title": step["means"],
            "as_of": as_of and inner.called[as_of],
            **inner.parts,
            "impossible": [self.renaming.part(each, inner.called) for each in inner.impossible],
            "verdicts_ordered": step.get("ordered"),
            "verdicts": {outcome: as_verdict(text) for outcome, text in step["outcomes"].items()},
            "decision": step.get("decision"),
            "rules": [self.renaming.part(rule, inner.called) for rule in step["rules"]],
        }
        return {key: value for key, value in whole.items() if value}

    def _provide(self, name: str, inner: _File, outer: _File, given: dict[str, str], deep: int) -> None:
        """Let a file know a name, as a question or as a part of its own."""
        if name in inner.called:
            return
        hand = self.hand
        section, item = self.items[name]
        # What gives outputs that numbers read is never asked.
        may_ask = name in outer.called and section in ("facts", "steps") and name not in self.giving | self.kept
        if section == "situation":
            # When it is asked is said in every file.
            for each in self.renaming.reads(item):
                self._provide(each, inner, outer, given, deep)
        if section == "situation" or (may_ask and hand.chance(25 if section == "steps" else 50)):
            own = name if section == "situation" and hand.chance(60) else f"asked_{len(inner.parts['situation'])}"
            if name not in outer.called:
                # The file that names this one takes the question over.
                own = outer.called[name] = outer.inlined[name] = name
            elif own != outer.called[name] or hand.chance(20):
                given[own] = outer.called[name]
            inner.called[name], inner.inlined[name] = own, outer.inlined[name]
            question = _question(section, item)
            inner.parts["situation"][own] = self.renaming.part(question, inner.called)
            inner.own["situation"][own] = self.renaming.part(question, inner.inlined)
            return
        for each in self.renaming.reads(item):
            self._provide(each, inner, outer, given, deep)
        inner.called[name], inner.inlined[name] = name, f"{inner.start}{name}"
        if section != "steps":
            inner.parts[section][name] = self.renaming.part(item, inner.called)
            inner.own[section][f"{inner.start}{name}"] = self.renaming.part(item, inner.inlined)
        elif deep and hand.chance(85):
            inner.parts[section][name] = self.file_of(name, inner, deep - 1)
        else:
            inner.parts[section][name] = self.renaming.part(item, inner.called)
            inner.steps[f"{inner.start}{name}"] = self.renaming.part(item, inner.inlined)

    def leave_out(self, file: _File) -> None:
        """Leave out questions that the file of a step asks under the same name, so that they are taken over."""
        own = file.parts["situation"]
        asked = {name for name, spec in own.items() if "ask_after" in spec}
        asked |= {spec["ask_after"] for spec in own.values() if "ask_after" in spec}
        for inside, given in file.inside:
            for name in inside.fields():
                if name in own and name not in given and name not in asked and len(own) > 1 and self.hand.chance(40):
                    del own[name]


def _question(section: str, item: Mapping[str, Any]) -> dict[str, Any]:
    """A field in the file of a step that takes the same answers."""
    if section == "facts":
        return {"ask": "Is that so?", "type": "yes_no"}
    if section == "steps":
        ordered = {"ordered": True} if item.get("ordered") else {}
        return {"ask": "Which one?", "choices": dict.fromkeys(item["outcomes"], "One"), **ordered}
    found = {key: value for key, value in deepcopy(dict(item)).items() if key != "ask_after"}
    return found | {"ask": "What do they say?"}


@st.composite
def step_files(draw: Draw, sound: bool = False) -> StepFiles:
    """Small chains whose steps are policies in files of their own, two deep, some beside steps that are written out."""
    return _draw_files(draw, Hand(draw), sound)[0]


def _draw_files(draw: Draw, hand: Hand, sound: bool) -> tuple[StepFiles, dict[str, Any]]:
    """The files, and the data of the first one."""
    drawn = draw(policies(small=True, chained=True, sound=sound, dated=hand.chance(40)))
    drop_source(drawn)
    taking = _Taking(hand, drawn)
    top = _File(OWN_FILE, "")
    taking.texts[OWN_FILE] = ""
    top.called = top.inlined = {name: name for name in taking.items}
    top.parts = {section: deepcopy(dict(drawn.get(section, {}))) for section in _SECTIONS}
    top.own = {section: dict(drawn.get(section, {})) for section in ("situation", *_PARTS)}
    top.impossible = list(drawn.get("impossible", ()))
    names = list(drawn["steps"])
    in_files = hand.some(names, hand.count(1, len(names)))
    for name in names:
        if name in in_files:
            top.parts["steps"][name] = taking.file_of(name, top, 1)
        else:
            top.steps[name] = drawn["steps"][name]
    taking.leave_out(top)
    written = {key: value for key, value in {**drawn, **top.parts, "impossible": top.impossible}.items() if value}
    taking.texts[OWN_FILE] = flow(written)
    inlined = {
        **drawn,
        "situation": top.fields(),
        **{section: top.all_parts(section) for section in _PARTS},
        "steps": top.steps,
        "impossible": top.all_impossible(taking.renaming),
    }
    return StepFiles(taking.texts, drawn, {key: value for key, value in inlined.items() if value}), written


@st.composite
def step_libraries(draw: Draw, sound: bool = False) -> StepFiles:
    """Chains as `step_files` draws them, whose steps lie in a library that the policy uses.

    The policy reads all that the library has but some constants, so that it means the same as with these parts in its
    own file.
    """
    hand = Hand(draw)
    split, written = _draw_files(draw, hand, sound)
    promise = {"guarantee": "all-is-read", "always": _read_all(split.inlined, written), "because": "It is always so."}
    guarantees = [*written.get("guarantees", ()), promise]
    inlined: dict[str, Any] = deepcopy(split.inlined) | {"guarantees": guarantees}
    renaming = Renaming(inlined.get("constants", {}))
    parts = [
        each for section in ("situation", "numbers", "facts", "steps") for each in inlined.get(section, {}).values()
    ]
    parts += [
        inlined,
        *inlined.get("impossible", ()),
        *({"when": each["always"]} for each in guarantees if "always" in each),
    ]
    parts += [each for each in guarantees if "when" in each]
    read = {name for part in parts for name in renaming.reads(part)}
    if "constants" in inlined:
        kept = {name: each for name, each in inlined["constants"].items() if name in read or "." in name}
        inlined["constants"] = kept
    top = deepcopy(written)
    for constant in (*top.get("constants", {}).values(), *inlined.get("constants", {}).values()):
        # A library has no `as_of`.
        if isinstance(constant["is"], dict) and "as_of" in top:
            constant.setdefault("on", top["as_of"])
    library = {key: top.pop(key) for key in (*_SECTIONS, "impossible") if key in top}
    folder = hand.pick(("", "shared/"))
    for step in library["steps"].values():
        if "policy" in step:
            step["policy"] = posixpath.relpath(step["policy"], folder or ".")
    path = f"{folder}shared-parts.yaml"
    own = {**top, "uses": [path], "guarantees": guarantees}
    texts = {path: flow({"library": "shared-parts", "title": "What several need", **library}), OWN_FILE: flow(own)}
    drawn = {**split.drawn, "guarantees": guarantees}
    return StepFiles({**split.files, **texts}, drawn, {key: value for key, value in inlined.items() if value})


def _read_all(inlined: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    """A condition that always holds and reads every question, number, fact and step that a file declares or asks."""
    tests: dict[str, Any] = dict.fromkeys(written.get("facts", {}), True)
    tests |= {name: {"at_least": 0} for name in written.get("numbers", {})}
    tests |= {name: next(iter(inlined["steps"][name]["outcomes"])) for name in written["steps"]}
    tests |= {name: _some_test(spec) for name, spec in inlined["situation"].items()}
    whens = [{name: test} for name, test in tests.items()]
    return {"any": [*whens, *({"not": when} for when in whens)]}


def _some_test(spec: Mapping[str, Any]) -> Any:
    """An entry of a condition about a field."""
    if "choices" in spec:
        choice = next(iter(spec["choices"]))
        return {"includes": choice} if spec.get("type") == "any_of" else choice
    if spec["type"] in ("yes_no", "text"):
        return spec["known"][0] if "known" in spec else True
    end = next((spec[end] for end in ("from", "to") if end in spec), 0)
    return {"on_or_after" if spec["type"] == "date" else "at_least": end}

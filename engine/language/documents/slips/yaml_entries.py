"""Detectors of slips in whole entries: no colon, no text, or several entries on one line."""

from __future__ import annotations

import re

from engine.language.documents.slips.yaml_lines import SIGNS, TEXTS, Slip, indent_of, mend_line, quote
from engine.language.documents.text import shorten

# The key that begins an item of a section.
_ITEM_HEADS = {"rules": "rule", "guarantees": "guarantee", "cases": "case"}
_SECTION = re.compile(r"[a-z]+: *")
_NAME = r"[a-z_][\w.-]*"


def bare_comparison(lines: list[str], at: int) -> Slip | None:
    """`weight > 10` on a line of its own, among the entries of a condition."""
    found = re.fullmatch(
        rf"(?P<before> *(?:- +)*)(?P<key>[a-z_][\w.]*) *(?P<test>(?:{SIGNS}) *[\w.'\"-]+) *", lines[at]
    )
    if not found:
        return None
    fixed = f"{found['before']}{found['key']}: {quote(found['test'])}"
    return mend_line(lines, at, len(found["before"]), fixed, f"a colon is missing after `{found['key']}`")


def word_without_text(lines: list[str], at: int, below: int) -> Slip | None:
    """`good` in place of `good: A good one`, as the first of some entries."""
    found = re.fullmatch(r"( *)([a-z_][\w.-]*) *", lines[at])
    if not found or indent_of(lines[below]) != len(found[1]):
        return None
    message = f"a colon is missing after `{shorten(found[2])}`, and what belongs behind it"
    fixed = f"{found[1]}{found[2]}: {found[2]}"
    return mend_line(lines, at, len(found[1]), fixed, message, f"write `{shorten(found[2])}: …`")


def head_slip(lines: list[str], at: int, below: int) -> Slip | None:
    """`- A sunny day` in place of `- case: A sunny day`, before the other keys of the item."""
    found = re.fullmatch(r"(?P<before> *- +)(?P<text>[^\s'\"\[{#&*!|>%@`-][^:#]*?) *", lines[at])
    if not found or indent_of(lines[below]) != len(found["before"]):
        return None
    over = next((line for line in reversed(lines[:at]) if _SECTION.fullmatch(line)), "")
    head = _ITEM_HEADS.get(over.rstrip(" :"))
    if head is None:
        return None
    fixed = f"{found['before']}{head}: {found['text']}"
    message = f"`{head}:` is missing before `{shorten(found['text'])}`, with which the item begins"
    return mend_line(lines, at, len(found["before"]), fixed, message)


def entries_on_one_line(lines: list[str], at: int) -> Slip | None:
    """`rain: no, guests: 5`: two entries on one line that is not in braces."""
    found = re.fullmatch(rf"(?P<before> *(?:- +)*)(?P<entries>{_NAME}: [^\s,:]+(?:, +{_NAME}: .+)) *", lines[at])
    entries = re.split(rf", +(?={_NAME}: )", found["entries"]) if found else []
    if not found or entries[0].split(":")[0] in TEXTS or any(": " in each.partition(": ")[2] for each in entries):
        return None
    indent = " " * len(found["before"])
    changed = [found["before"] + entries[0], *(indent + each for each in entries[1:])]
    message = "entries beside each other on one line stand in braces"
    below = ", ".join(f"`{shorten(each)}`" for each in entries[1:])
    own = "a line of its own" if len(entries) == 2 else "lines of their own"
    help_ = f"write {below} on {own} below"
    return at, len(found["before"]), message, help_, [*lines[:at], *changed, *lines[at + 1 :]]

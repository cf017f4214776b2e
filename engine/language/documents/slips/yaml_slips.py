"""Recognition of the authoring slip behind a YAML syntax error, and repair of the text.

A parser reports where it could not continue, often far from the author's mistake. Each detector looks at the lines
around that point for one kind of slip. A recognised slip is reported at its own line together with the corrected
line, and the corrected text is read again, so that the file's other problems are reported too.
"""

from __future__ import annotations

import re

from engine.frozen import NamedTuple
from engine.language.documents.foreign_operators import meanings_of
from engine.language.documents.slips.yaml_entries import (
    bare_comparison,
    entries_on_one_line,
    head_slip,
    word_without_text,
)
from engine.language.documents.slips.yaml_layout import dash_slip, indent_slip
from engine.language.documents.slips.yaml_lines import (
    ENTRY,
    SIGNS,
    TEXTS,
    ParserError,
    Slip,
    column_of,
    indent_of,
    is_written,
    line_above,
    match_brackets,
    mend_line,
    open_brackets,
    quote,
    quote_part,
    show,
    spaces,
)
from engine.language.documents.slips.yaml_quotes import quotes_slip
from engine.language.documents.text import shorten
from engine.problems import Place, Problem

# All keys of the language that may be followed by a value on the same line.
_KEYS = (
    "policy title version about source situation numbers facts impossible verdicts rules decision guarantees ask type "
    "choices ordered from to step unit known if_unsure or_none ask_after applies_when means sum plus "
    "when because must advice "
    "output cites added rule otherwise then overrides guarantee never only always ignores rising verdicts_ordered case "
    "given expect by cases says author published passages"
)
_MAPS = ("when", "not", "given", "sum", "overrides")
_ANY_HEAD = "[a-z_]+"
_COLON = "unquoted text cannot hold a `: `"
_LISTS = "must|advice|cites|known|by|all|any|never|only"
_BRACKETED = r"(?:\[[^\]]*\]|\{[^}]*\})"


class SlipRepair(NamedTuple):
    """A slip and the text without it; `is_test` for an unquoted comparison, which later readers explain better."""

    problem: Problem
    text: str
    is_test: bool


# Longer lines are not written by hand, and the regular expressions would take long on them.
_LONGEST_LINE = 10_000


def find_repair(text: str, error: ParserError, file: str) -> SlipRepair | None:
    """Recognise the slip behind a syntax error and repair the text; None if no detector recognises one."""
    lines = text.split("\n")
    # A parser may report the end of a text without a final line break as one line further down.
    end = (len(lines) - 1, len(lines[-1]))
    if error.line > end[0]:
        error = error._replace(line=end[0], column=end[1])
    if error.start and error.start[0] > end[0]:
        error = error._replace(start=end)
    if max(len(lines[error.line]), len(lines[error.start[0]]) if error.start else 0) > _LONGEST_LINE:
        return None
    for detect in _DETECTORS:
        found = detect(lines, error)
        if found is not None:
            at, column, message, help_, changed = found
            place = Place(file, at + 1, column + 1)
            code = "text-cut" if detect is _hash_in_text else "yaml-syntax"
            problem = Problem(code, message, (place,), help_)
            return SlipRepair(problem, "\n".join(changed), detect is _comparison)
    return None


def _comparison(lines: list[str], error: ParserError) -> Slip | None:
    """`weight: > 10`: an unquoted comparison, which begins a block of text or cannot begin a value."""
    above = line_above(lines, error.line) if "mapping values are not allowed" in error.message else None
    is_beside = above is not None and indent_of(lines[above]) == indent_of(lines[error.line])
    if above is not None and is_beside and (bare := bare_comparison(lines, above)):
        return bare
    for at in {error.line, error.start[0] if error.start else error.line}:
        found = re.search(rf"(?:^|[:,\[{{] +|- +)(?P<test>(?:{SIGNS}) *(?P<value>[^\s,\]}}'\"#][^,\]}}#]*))", lines[at])
        if not found or lines[at][found.start("test")] not in "<>=!":
            if (bare := bare_comparison(lines, at)) and "expected ':'" in error.message:
                return bare
            continue
        start, test = found.start("test"), found["test"].rstrip()
        message, help_ = f"unquoted text cannot begin with `{test[0]}`", f"put the text in quotes: `{quote(test)}`"
        return mend_line(lines, at, start, quote_part(lines[at], start, test), message, help_)
    return None


def _space_after_colon(lines: list[str], error: ParserError) -> Slip | None:
    """`then:refuse`, `then = refuse`, `then refuse`: a malformed `key: value`."""
    if glued := re.match(r"(?P<before> *(?:- +)*)(?P<key>[a-z_][\w.-]*):(?P<value>[\[{\"'].*?) *$", lines[error.line]):
        fixed = f"{glued['before']}{glued['key']}: {glued['value']}"
        message = f"a space is missing after `{glued['key']}:`"
        return mend_line(lines, error.line, len(glued["before"]), fixed, message)
    if "expected ':'" not in error.message and "block mapping" not in error.context and "':'" not in error.message:
        return None
    at = error.start[0] if error.start and "simple key" in error.context else error.line
    for here in (at, at - 1):
        if here < 0 or here >= len(lines):
            continue
        line = lines[here]
        found = re.match(
            r"(?P<before> *(?:- +)*)(?P<key>[A-Za-z_][\w.-]*)(?P<sign>:| *= *| +)(?P<value>[^\s:=].*?) *$", line
        )
        if not found or (found["sign"] != ":" and found["key"] not in _KEYS.split()):
            if here == at and (bare := _bare_key(lines, here) or _continued_text(lines, here)):
                return bare
            continue
        fixed = f"{found['before']}{found['key']}: {found['value']}"
        message = {
            ":": f"a space is missing after `{found['key']}:`",
            "": f"a colon is missing after `{found['key']}`",
        }.get(found["sign"].strip(), f"`{found['sign'].strip()}` is used in place of a colon")
        return mend_line(lines, here, len(found["before"]), fixed, message)
    return None


def _bare_key(lines: list[str], at: int) -> Slip | None:
    """`situation` for `situation:`, with its contents indented below."""
    found = re.fullmatch(r"( *(?:- +)*)([\w.-]+) *", lines[at])
    below = next((line for line in lines[at + 1 :] if is_written(line)), "")
    if not found or (indent_of(below) <= indent_of(lines[at]) and found[2] not in _KEYS.split()):
        return None
    message = f"a colon is missing after `{shorten(found[2])}`"
    return mend_line(lines, at, len(found[1]), f"{found[1]}{found[2]}:", message)


def _continued_text(lines: list[str], at: int) -> Slip | None:
    """A text continued on a second line that is not indented, or a list item without its hyphen."""
    above = line_above(lines, at)
    entry = ENTRY.match(lines[above]) if above is not None else None
    if above is None or ENTRY.match(lines[at]) or not is_written(lines[at]):
        return None
    indent = indent_of(lines[at])
    is_item = lines[above].lstrip().startswith("- ") and entry is None and indent_of(lines[above]) == indent
    is_list = entry is not None and entry["value"] is None and entry["key"] in _LISTS.split("|")
    if is_item or is_list:
        fixed = f"{' ' * (indent if is_item or indent > column_of(lines[above]) else indent + 2)}- {lines[at].strip()}"
        message = "a `- ` is missing before this text, which belongs to a list"
        return mend_line(lines, at, indent, fixed, message, f"begin it with a hyphen: `{shorten(fixed, 160)}`")
    if entry is None or entry["value"] is None:
        return None
    if indent > column_of(lines[above]):
        return None
    fixed = " " * (column_of(lines[above]) + 2) + lines[at].strip()
    message = f"this line continues the text of `{shorten(entry['key'])}:` but is not indented deeper"
    help_ = f"begin it with {spaces(indent_of(fixed))}: `{shorten(fixed, 160)}`"
    return mend_line(lines, at, indent, fixed, message, help_)


def _hash_in_text(lines: list[str], error: ParserError) -> Slip | None:
    """`{ask: Parcel #1 of 2, type: yes_no}`: a `#` that makes the rest of the line, with its brackets, a comment."""
    at = error.start[0] if error.start and "flow" in error.context else error.line
    line = lines[at]
    found = re.search(
        r"(?:(?<=: )|(?<=\[)|(?<=\{)|(?<=, ))(?P<text>[^\s'\"\[\]{},:#][^'\"\[\]{},:#]* #\S[^\]},]*)", line
    )
    if not found or not open_brackets(line[: found.start()]) or "!" in open_brackets(line[: found.start()]):
        return None
    start, text = found.start("text"), found["text"].rstrip()
    fixed = quote_part(line, start, text)
    if open_brackets(fixed):
        return None
    column = line.index(" #", start) + 1
    message = "the text ends before this `#`, and the rest is lost as a comment"
    return mend_line(lines, at, column, fixed, message, f"put the whole text in quotes: {show(quote(text))}")


def _hyphen(lines: list[str], error: ParserError) -> Slip | None:
    """`-rule: heavy`, `• rule: heavy`: a malformed hyphen; `must: - Book it`: a list on the line of its key."""
    # Before the first key of an item, the parser stops at the line below.
    above = line_above(lines, error.line)
    for at in (error.line,) if above is None else (error.line, above):
        if found := re.match(rf"( *)(?P<mark>[–—•*·+]|\d+[.)]) +(?={_ANY_HEAD}: )", lines[at]):
            fixed = f"{found[1]}- {lines[at][found.end() :]}"
            message = f"`{found['mark']}` does not begin a list item"
            help_ = f"begin it with a hyphen: `{shorten(fixed, 160)}`"
            return mend_line(lines, at, len(found[1]), fixed, message, help_)
        if found := re.match(r"( *)-(?=[a-z{\[\"'])" if at == error.line else rf"( *)-(?={_ANY_HEAD}: )", lines[at]):
            fixed = f"{found[1]}- {lines[at][found.end() :]}"
            return mend_line(lines, at, len(found[1]), fixed, "a space is missing after `-`")
    line = lines[error.line]
    listed = re.match(rf"(?P<key> *(?:- +)*(?:{_LISTS}): +)- +(?P<value>\S.*?) *$", line)
    if listed and "sequence entries" in error.message:
        fixed = f"{listed['key']}[{quote(listed['value'])}]"
        message, help_ = "a list cannot begin on the line of its key", f"write {show(fixed)}, or put it below"
        return mend_line(lines, error.line, len(listed["key"]), fixed, message, help_)
    return None


def _map_without_braces(lines: list[str], error: ParserError) -> Slip | None:
    """`guests: at_least: 5`, `when: fragile: yes`, `rain: (ask: Does it rain?)`: no braces around a map on one line."""
    line = lines[error.line]
    found = re.search(
        r"(?P<key>[\w.-]+): (?P<value>\(?(?P<word>[a-z_][\w.-]*): "
        rf"(?:[^{{}}\[\]'\"]|{_BRACKETED})*?)(?P<end>[\]}}]*(?: +#.*)? *)$",
        line,
    )
    if not found or found["key"] in TEXTS:
        return None
    # Elsewhere, a word of the author's before a colon may be part of a text.
    if not (found["key"] in _MAPS or found["word"] in _KEYS.split() or meanings_of(found["word"])):
        return None
    inside = found["value"].rstrip()
    if inside.startswith("("):
        inside = inside[1:].removesuffix(")")
    fixed = f"{line[: found.start('value')]}{{{inside}}}{found['end']}".rstrip()
    message = "a map on the line of its key needs braces"
    return mend_line(lines, error.line, found.start("value"), fixed, message)


def _colon_in_text(lines: list[str], error: ParserError) -> Slip | None:
    """`because: Note: it shakes`: a colon in unquoted text, or a colon missing on the line above."""
    if "mapping values are not allowed" not in error.message:
        return None
    line = lines[error.line]
    if (above := line_above(lines, error.line)) is not None and ENTRY.match(line):
        # The line above should have been a key, and this line belongs under or beside it.
        words = re.match(r"(?P<before> *(?:- +)*)(?P<key>[a-z_]+) +(?P<value>[^\s:=].*?) *$", lines[above])
        if words and words["key"] in _KEYS.split() and not ENTRY.match(lines[above]):
            fixed = f"{words['before']}{words['key']}: {words['value']}"
            return mend_line(lines, above, len(words["before"]), fixed, f"a colon is missing after `{words['key']}`")
        begun = head_slip(lines, above, error.line) or _bare_key(lines, above)
        if begun := begun or word_without_text(lines, above, error.line):
            return begun
    if (joined := entries_on_one_line(lines, error.line)) is not None:
        return joined
    found = re.match(r"(?P<key> *(?:- +)*[\w.-]+: +)(?P<value>[^'\"\[{&*!|>%@`].*: .*|[^'\"\[{&*!|>%@`].*:) *$", line)
    if not found:
        return None
    fixed = found["key"] + quote(found["value"].rstrip())
    help_ = f"put the text in quotes: {show(fixed)}"
    return mend_line(lines, error.line, error.column, fixed, _COLON, help_)


def _odd_beginning(lines: list[str], error: ParserError) -> Slip | None:
    """`title: [Draft] How to …`, `title: @home`: unquoted text that begins with an indicator character."""
    at = error.start[0] if error.start and error.start[0] < error.line and "anchor" not in error.context else error.line
    for here in dict.fromkeys((error.line, at)):
        hyphen = "|- .*?" if "sequence entries" in error.message else ""
        found = re.match(
            rf"(?P<key> *(?:- +)*[\w.-]+: +)(?P<value>[@`%|>&*!].*?{hyphen}|{_BRACKETED} *[^\s#,\]}}].*?) *$",
            lines[here],
        )
        below = next((line for line in lines[here + 1 :] if is_written(line)), "")
        if found and not (found["value"][0] in "|>" and indent_of(below) > indent_of(lines[here])):
            fixed = found["key"] + quote(found["value"])
            first = found["value"][0]
            message = f"unquoted text cannot begin with {'a backtick' if first == '`' else f'`{first}`'}"
            help_ = f"put the text in quotes: {show(fixed)}"
            return mend_line(lines, here, len(found["key"]), fixed, message, help_)
    return None


def _comma(lines: list[str], error: ParserError) -> Slip | None:
    """Inside braces: a missing comma, another separator in its place, or `: ` in unquoted text."""
    line = lines[error.line]
    if "flow" not in error.context and "mapping values" not in error.message:
        return None
    parted = re.sub(r"(?<=[\w}\]?]);(?= [a-z_][\w.-]*: )", ",", line)
    parted = re.sub(r"(?<=: )(\w+) (?:and|&&?) (?=[a-z_][\w.-]*: )", r"\1, ", parted) if "{" in line else line
    if parted != line and "{" in line:
        message = "entries of a map in braces are separated by commas"
        return mend_line(lines, error.line, error.column, parted, message)
    behind = re.search(r"(?<=[}\]]) (?P<next>[a-z_][\w.-]*): ", line)
    if behind and open_brackets(line[: behind.start()]) not in ("", "!"):
        return _insert_comma(lines, error.line, behind.start(), behind["next"])
    for found in re.finditer(
        r"(?<=[{,] )?(?P<key>[\w.-]+): (?P<value>[^,{}\[\]'\":]+?) (?P<next>[a-z_][\w.-]*): ", line
    ):
        rest = line[found.end() :]
        is_key = found["next"] in _KEYS.split() and "{" in line[: found.start()]
        if is_key or (found["value"] in ("yes", "no", "true", "false") or found["value"].isdigit()) or rest[:1] in "{[":
            return _insert_comma(lines, error.line, found.start("next") - 1, found["next"])
    found_ = re.search(r"(?P<key>[\w.-]+): (?P<value>[^,{}\[\]'\"]*?: [^,{}\[\]]*)(?=, [\w.-]+: |[\]}]|$)", line)
    if found_ and "{" in line[: found_.start()]:
        start, text = found_.start("value"), found_["value"].rstrip()
        help_ = f"put the text in quotes: {show(quote(text))}"
        return mend_line(lines, error.line, start, quote_part(line, start, text), _COLON, help_)
    return None


def _insert_comma(lines: list[str], at: int, column: int, key: str) -> Slip:
    """The slip of a comma that is missing at a column, before a key."""
    fixed = f"{lines[at][:column]},{lines[at][column:]}"
    return mend_line(lines, at, column + 1, fixed, f"a comma is missing before `{shorten(key)}:`")


def _wrong_bracket(lines: list[str], at: int) -> Slip | None:
    """`[FR, DE}`: a bracket closed by one of the other kind."""
    line = lines[at]
    open_, place = match_brackets(line)
    if place is None or not open_:
        return None
    closing = "]" if open_[-1] == "[" else "}"
    fixed = line[:place] + closing + line[place:]
    if open_brackets(fixed) == "!":
        fixed = line[:place] + closing + line[place + 1 :]
    return mend_line(lines, at, place, fixed, f"a `{closing}` is missing before this `{line[place]}`")


def _brackets(lines: list[str], error: ParserError) -> Slip | None:
    """A bracket not closed on the line that opens it, or one closing bracket too many."""
    at = error.start[0] if error.start and "flow" in error.context else error.line
    line = lines[at]
    open_ = open_brackets(line)
    if open_ == "!":
        rest = line.rstrip()
        if rest and rest[-1] in "]}" and open_brackets(rest[:-1]) == "":
            message, help_ = f"a `{rest[-1]}` closes nothing here", f"delete it: {show(rest[:-1])}"
            return mend_line(lines, at, len(rest) - 1, rest[:-1], message, help_)
        return _wrong_bracket(lines, at)
    if open_ and "flow" in error.context:
        if re.match(r"[^\[{]*[\]}]", "".join(lines[at + 1 : at + 2])):
            return None
        closing = "".join("]" if each == "[" else "}" for each in reversed(open_))
        rest = line.rstrip()
        fixed = rest + (" " if rest.endswith(":") else "") + closing
        kind = "list" if open_[0] == "[" else "map"
        column = error.start[1] if error.start else 0
        message = f"the {kind} opened by `{open_[0]}` is not closed, or a comma is missing in it"
        return mend_line(lines, at, column, fixed, message, f"close it with `{closing}`: {show(fixed)}")
    return None


_DETECTORS = (
    _hyphen,
    _comparison,
    _hash_in_text,
    quotes_slip,
    _map_without_braces,
    _comma,
    _space_after_colon,
    _colon_in_text,
    _brackets,
    _odd_beginning,
    dash_slip,
    indent_slip,
)

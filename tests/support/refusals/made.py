"""Which wrong files cannot be kept as text, or are too long to keep? Each is made here, with what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

_HEAD = "policy: parcels\ntitle: How to deliver a parcel\n"
_SITUATION = 'situation:\n  fragile: {ask: "Can it break?", type: yes_no}\n'
_VERDICTS = "verdicts:\n  van: {title: Send a van}\n  bike: {title: Send a bike}\n"
_RULES = (
    "rules:\n  - {rule: fragile, when: {fragile: yes}, then: van, because: A bike shakes.}\n"
    "  - {rule: sturdy, when: {fragile: no}, then: bike, because: A bike is cheap.}\n"
)
_WHOLE = _HEAD + _SITUATION + _VERDICTS + _RULES
_LINES = _WHOLE.count("\n")
_MANY = 10_000
_SHOWN = 100


class Made(NamedTuple):
    """A file, and all that is printed of it."""

    name: str
    data: Callable[[], bytes]
    printed: str


def _one(name: str, text: Callable[[], str | bytes], *said: str) -> Made:
    def data() -> bytes:
        made = text()
        return made if isinstance(made, bytes) else made.encode()

    return Made(name, data, "".join(f"{line}\n" for line in said))


def _many(name: str, text: Callable[[], str], problems: Iterable[tuple[str, ...]], more: int = _MANY - _SHOWN) -> Made:
    """A file of so many problems that only the first hundred are printed, and the number of the others."""
    lines = [line for problem in problems for line in problem]
    return _one(name, text, *lines, f"parcels.yaml  more-problems  and {more:,} more problems")


def _rules(rule: Callable[[int], str]) -> Callable[[], str]:
    return lambda: _HEAD + _SITUATION + _VERDICTS + "rules:\n" + "".join(f"  - {rule(i)}\n" for i in range(_MANY))


def _each_rule(said: Callable[[int], tuple[str, ...]], column: int) -> Iterable[tuple[str, ...]]:
    """The same problem in each of the first hundred rules."""
    first = (_HEAD + _SITUATION + _VERDICTS).count("\n") + 2
    for i in range(_SHOWN):
        problem, *rest = said(i)
        yield (f"parcels.yaml:{first + i}:{column}  {problem}", *rest)


_TOO_DEEP = "too-deep  maps and lists are nested deeper than 32"
_FLATTER = "  help  make it flatter; a part of a condition can be named as a fact"
_TOO_LARGE = "  help  split it into several policies"
_UNCLOSED = "yaml-syntax  the map opened by `{` is not closed, or a comma is missing in it"
_UTF_8 = "  help  save the file with the encoding UTF-8"
_A = "a" * 59 + "…"
_BIDI = "hidden-direction  the invisible character U+202E changes the order in which this line is shown"
_CONTROL = "odd-character  the control character U+0000 cannot be seen"

MADE = (
    _one(
        "Latin 1",
        lambda: _WHOLE.encode() + "about: Größe\n".encode("latin-1"),
        f"parcels.yaml:{_LINES + 1}:10  not-utf-8  the byte 0xf6 here is not UTF-8 text",
        _UTF_8,
    ),
    _one(
        "half a character at the end",
        lambda: _WHOLE.encode() + "about: Größe".encode()[:-2],
        f"parcels.yaml:{_LINES + 1}:11  not-utf-8  the byte 0xc3 here is not UTF-8 text",
        _UTF_8,
    ),
    _one(
        "a surrogate",
        lambda: _WHOLE.encode() + b"about: \xed\xa0\x80\n",
        f"parcels.yaml:{_LINES + 1}:8  not-utf-8  the byte 0xed here is not UTF-8 text",
        _UTF_8,
    ),
    _one(
        "UTF-16 with its mark",
        lambda: _WHOLE.encode("utf-16"),
        "parcels.yaml:1:1  not-utf-8  the byte 0xff here is not UTF-8 text",
        _UTF_8,
    ),
    _one(
        "UTF-32 with its mark, written the other way round",
        lambda: b"\x00\x00\xfe\xff" + _WHOLE.encode("utf-32-be"),
        "parcels.yaml:1:3  not-utf-8  the byte 0xfe here is not UTF-8 text",
        _UTF_8,
    ),
    _one(
        "UTF-16 without its mark",
        lambda: "policy".encode("utf-16-le"),
        *(line for i in range(6) for line in (f"parcels.yaml:1:{2 * i + 2}  {_CONTROL}", "  help  delete it")),
    ),
    _one(
        "a NUL byte",
        lambda: _WHOLE + "about: a\0b\n",
        f"parcels.yaml:{_LINES + 1}:9  {_CONTROL}",
        "  help  delete it",
    ),
    _one(
        "an archive",
        lambda: b"PK\x03\x04\x14\x00\x08\x00\xff\xfe",
        "parcels.yaml:1:9  not-utf-8  the byte 0xff here is not UTF-8 text",
        _UTF_8,
    ),
    _one(
        "a byte more than is read",
        lambda: _WHOLE.encode().ljust(16 * 2**20 + 1, b"#"),
        "parcels.yaml  file-too-large  the file holds 16,777,217 bytes; at most 16,777,216 are read",
        _TOO_LARGE,
    ),
    _one("100,000 brackets", lambda: "[" * 100_000, f"parcels.yaml:1:33  {_TOO_DEEP}", _FLATTER),
    _one("100,000 braces", lambda: "{a: " * 100_000, f"parcels.yaml:1:129  {_TOO_DEEP}", _FLATTER),
    _one("100,000 hyphens", lambda: "- " * 100_000, f"parcels.yaml:1:65  {_TOO_DEEP}", _FLATTER),
    _one("100,000 question marks", lambda: "? " * 100_000, f"parcels.yaml:1:65  {_TOO_DEEP}", _FLATTER),
    _one(
        "maps within maps, line by line",
        lambda: "".join(f"{' ' * i}a:\n" for i in range(1_000)),
        f"parcels.yaml:33:33  {_TOO_DEEP}",
        _FLATTER,
    ),
    _one(
        "100,000 brackets that close",
        lambda: "]" * 100_000,
        "parcels.yaml:1:1  yaml-syntax  a value is missing here",
        "  help  write the value, or close what is open",
    ),
    _one(
        "50,000 texts in quotes, in a list that is closed as a map",
        lambda: "policy: parcels\na: [" + '"x]" ,' * 50_000 + "}",
        "parcels.yaml:2:300005  yaml-syntax  a value is missing here",
        "  help  write the value, or close what is open",
    ),
    _one(
        "a brace never closed, and no line break at the end",
        lambda: _WHOLE + "numbers: {",
        f"parcels.yaml:{_LINES + 1}:10  empty  `numbers` is empty",
        "  help  write a map with at least one derived number; without any, leave `numbers` out",
        f"parcels.yaml:{_LINES + 1}:11  {_UNCLOSED}",
        "  help  close it with `}`: `numbers: {}`",
    ),
    _one(
        "a brace never closed behind a key, and no line break at the end",
        lambda: _WHOLE + "numbers: {sum: ",
        f"parcels.yaml:{_LINES + 1}:16  {_UNCLOSED}",
        "  help  close it with `}`: `numbers: {sum: }`",
    ),
    _one(
        "a title of a megabyte and two lines",
        lambda: (
            _HEAD.replace("How to deliver a parcel", "|\n  " + "a" * 10**6 + "\n  b") + _SITUATION + _VERDICTS + _RULES
        ),
        f"parcels.yaml:2:8  wrong-shape  `{_A}` is not allowed here",
        "  help  write one line of text here",
    ),
    _one(
        "a key of a megabyte",
        lambda: _WHOLE + '? "' + "k" * 10**6 + '"\n: 1\n',
        f"parcels.yaml:{_LINES + 1}:3  not-a-key  a `?` before a key is not supported",
        "  help  delete it; text that begins with `?` goes in quotes",
    ),
    _one(
        "a number of a million digits",
        lambda: _WHOLE.replace("type: yes_no", "type: integer, from: " + "9" * 10**6),
        f"parcels.yaml:4:56  bad-number  `{'9' * 59}…` is longer than 40 characters",
        "  help  round it",
    ),
    _one(
        "quotes never closed before ten megabytes",
        lambda: _HEAD + 'about: "' + "a " * 5_000_000,
        "parcels.yaml:3:8  yaml-syntax  the quotes opened here are never closed",
        "  help  close the quotes",
    ),
    _one(
        "3,000,000 colons",
        lambda: _HEAD + "about: " + "a: " * 3_000_000,
        "parcels.yaml:3:9  yaml-syntax  a `:` that starts a value is not allowed here",
        "  help  put the text in quotes, or put the key on a new line",
    ),
    _one(
        "8,000,000 comments",
        lambda: "#\n" * 8_000_000,
        "parcels.yaml:1:1  empty-file  there is nothing in this file",
        "  help  begin with `policy:` and `title:`; `verdict new NAME` writes a first policy",
    ),
    _one(
        "1,000,000 characters that change the direction",
        lambda: _WHOLE + 'about: "' + "\u202e" * 10**6 + '"\n',
        *(
            line
            for i in range(20)
            for line in (
                f"parcels.yaml:{_LINES + 1}:{9 + i}  {_BIDI}",
                "  help  delete it; where the text needs it, write it in double quotes as \\u202e",
            )
        ),
    ),
    _many(
        "10,000 keys that stand there already",
        lambda: _WHOLE + "version: 1\n" * (_MANY + 1),
        (
            (
                f"parcels.yaml:{_LINES + 2 + i}:1  duplicate-key  the key `version` appears here twice",
                f"  also  parcels.yaml:{_LINES + 1}:1",
                "  help  keep one of the two",
            )
            for i in range(_SHOWN)
        ),
    ),
    _many(
        "10,000 tabs",
        lambda: _WHOLE + "#\tA comment.\n" * _MANY,
        (
            (
                f"parcels.yaml:{_LINES + 1 + i}:2  tab  there is a tab here",
                "  help  replace it with spaces: `# A comment.`",
            )
            for i in range(_SHOWN)
        ),
    ),
    _many(
        "10,000 unknown names",
        _rules(lambda i: f"{{rule: r{i:05}, when: {{x{i}: yes}}, then: van, because: It is so.}}"),
        _each_rule(
            lambda i: (
                f"unknown-name  there is no field, number or fact `x{i}`",
                "  help  there is `fragile`",
            ),
            27,
        ),
    ),
    _many(
        "10,000 wrong answers",
        _rules(lambda i: f"{{rule: r{i:05}, when: {{fragile: {i + 2}}}, then: van, because: It is so.}}"),
        _each_rule(
            lambda i: (
                f"wrong-type  `{i + 2}` does not fit here",
                "  help  expected yes or no (`true` or `false` in JSON and Python)",
            ),
            36,
        ),
    ),
)


class Large(NamedTuple):
    """A file whose size is what makes it hard: how it ends, and the first line it prints (empty: whatever it is)."""

    name: str
    text: Callable[[], str]
    code: int
    first: str


def _policy(situation: str = "", rules: str = _RULES, verdicts: str = "", rest: str = "") -> str:
    return _HEAD + _SITUATION + situation + _VERDICTS + verdicts + rules + rest


def _names(count: int, stem: str = "t") -> str:
    return ", ".join(f"{stem}{i}" for i in range(count))


def _choices(count: int) -> str:
    return ", ".join(f"t{i}: One" for i in range(count))


def _fact(test: str) -> str:
    return f"facts: {{f: {{means: it holds, when: {test}}}}}\n"


def _rules_on(name: str) -> str:
    """The rules, asking for something else than `fragile`: what nothing reads is warned of before the result."""
    return _RULES.replace("{fragile:", f"{{{name}:")


_SOUND = "parcels: sound, "

LARGE = (
    Large("10,000 unknown keys", lambda: _WHOLE + "".join(f"k{i}: 1\n" for i in range(_MANY)), 2, ""),
    Large(
        "10,000 rules without a reason",
        _rules(lambda i: f"{{rule: r{i}, when: {{fragile: yes}}, then: van}}"),
        2,
        "parcels.yaml:9:5  missing-key  `because` is missing here",
    ),
    Large(
        "10,000 fields of a bad name",
        lambda: _policy("".join(f"  F{i}: {{ask: Why?, type: yes_no}}\n" for i in range(_MANY))),
        2,
        "",
    ),
    Large(
        "10,000 rules of one name",
        _rules(lambda i: "{rule: a, when: {fragile: yes}, then: van, because: It is so.}"),
        2,
        "parcels.yaml:10:12  duplicate-name  the rule `a` appears here 10000 times",
    ),
    Large(
        "10,000 facts in a circle",
        lambda: _policy(
            rest="facts:\n"
            + "".join(f"  f{i}: {{means: it holds, when: {{f{(i + 1) % _MANY}: yes}}}}\n" for i in range(_MANY))
        ),
        2,
        "",
    ),
    Large(
        "200 facts that are each made of all the others",
        lambda: _policy(
            rest="facts:\n"
            + "".join(
                f"  f{i}: {{means: it holds, when: {{" + ", ".join(f"f{j}: yes" for j in range(200) if j != i) + "}}\n"
                for i in range(200)
            )
        ),
        2,
        "",
    ),
    Large(
        "2,000 facts in a chain",
        lambda: _policy(
            rules=_rules_on("f0"),
            rest="facts:\n"
            + "".join(f"  f{i}: {{means: it holds, when: {{f{i + 1}: yes}}}}\n" for i in range(2_000))
            + "  f2000: {means: it holds, when: {fragile: yes}}\n",
        ),
        0,
        _SOUND,
    ),
    Large(
        "2,000 questions in a chain",
        lambda: _policy(
            "".join(f"  q{i}: {{ask: Why?, type: yes_no, ask_after: q{i + 1}}}\n" for i in range(2_000))
            + "  q2000: {ask: Why?, type: yes_no, ask_after: fragile}\n",
            rules=_rules_on("q0"),
        ),
        0,
        _SOUND,
    ),
    Large(
        "an alias bomb",
        lambda: (
            _HEAD
            + "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
            + "".join(
                f"{chr(98 + i)}: &{chr(98 + i)} [" + ", ".join(["*" + chr(97 + i)] * 9) + "]\n" for i in range(20)
            )
        ),
        2,
        "parcels.yaml:1:1  missing-key  `situation` is missing here",
    ),
    Large(
        "a line of ten megabytes",
        lambda: _policy(rest="about: " + "a " * 5_000_000 + "\n"),
        0,
        _SOUND,
    ),
    Large(
        "a grid of 10^30 steps",
        lambda: _policy(
            "  w: {ask: How heavy?, type: number, from: 0, to: 999999999999999, step: 0.000000000000001}\n",
            rules=_rules_on("f"),
            rest=_fact("{fragile: yes, w: {at_least: 1}}"),
        ),
        0,
        _SOUND,
    ),
    Large(
        "more than 1,200,000 values",
        lambda: "a: [" + "1," * 1_300_000 + "]\n",
        2,
        "parcels.yaml:1:2399999  file-too-large  the file holds more than 1,200,000 keys, values and brackets",
    ),
    Large(
        "a list of 10,000 numbers in a test",
        lambda: _policy(
            "  w: {ask: How heavy?, type: number}\n",
            rules=_rules_on("f"),
            rest=_fact(f"{{fragile: yes, w: [{_names(_MANY, '')}]}}"),
        ),
        0,
        _SOUND,
    ),
    Large(
        "a list of 10,000 choices in a test",
        lambda: _policy(
            f"  t: {{ask: Which?, choices: {{{_choices(_MANY)}}}}}\n", rest=_fact(f"{{t: [{_names(_MANY)}]}}")
        ),
        0,
        "",
    ),
    Large(
        "10,000 unknown names beside 2,000 known ones",
        lambda: _policy(
            "".join(f"  field_number_{i}: {{ask: Why?, type: yes_no}}\n" for i in range(2_000)),
            rules="rules:\n"
            + "".join(
                f"  - {{rule: r{i}, when: {{feild_numbre_{i}: yes}}, then: van, because: It is so.}}\n"
                for i in range(_MANY)
            ),
        ),
        2,
        "",
    ),
    Large(
        "a name of 100,000 parts",
        lambda: _policy('  ? "' + ".".join("a" * 100_000) + '"\n  : {ask: Why?, type: yes_no}\n'),
        2,
        "",
    ),
)

"""Wrong files that cannot be kept as text: each is made here, with what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

HEAD = "policy: parcels\ntitle: How to deliver a parcel\n"
SITUATION = 'situation:\n  fragile: {ask: "Can it break?", type: yes_no}\n'
VERDICTS = "verdicts:\n  van: {title: Send a van}\n  bike: {title: Send a bike}\n"
RULES = (
    "rules:\n  - {rule: fragile, when: {fragile: yes}, then: van, because: A bike shakes.}\n"
    "  - {rule: sturdy, when: {fragile: no}, then: bike, because: A bike is cheap.}\n"
)
WHOLE = HEAD + SITUATION + VERDICTS + RULES
_LINES = WHOLE.count("\n")
MANY = 10_000
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


def _many(name: str, text: Callable[[], str], problems: Iterable[tuple[str, ...]], more: int = MANY - _SHOWN) -> Made:
    """A file of so many problems that only the first hundred are printed, and the number of the others."""
    lines = [line for problem in problems for line in problem]
    return _one(name, text, *lines, f"parcels.yaml  more-problems  and {more:,} more problems")


def rules_of(rule: Callable[[int], str]) -> Callable[[], str]:
    return lambda: HEAD + SITUATION + VERDICTS + "rules:\n" + "".join(f"  - {rule(i)}\n" for i in range(MANY))


def _each_rule(said: Callable[[int], tuple[str, ...]], column: int) -> Iterable[tuple[str, ...]]:
    """The same problem in each of the first hundred rules."""
    first = (HEAD + SITUATION + VERDICTS).count("\n") + 2
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
        lambda: WHOLE.encode() + "about: Größe\n".encode("latin-1"),
        f"parcels.yaml:{_LINES + 1}:10  not-utf-8  the byte 0xf6 here is not UTF-8 text",
        _UTF_8,
    ),
    _one(
        "half a character at the end",
        lambda: WHOLE.encode() + "about: Größe".encode()[:-2],
        f"parcels.yaml:{_LINES + 1}:11  not-utf-8  the byte 0xc3 here is not UTF-8 text",
        _UTF_8,
    ),
    _one(
        "a surrogate",
        lambda: WHOLE.encode() + b"about: \xed\xa0\x80\n",
        f"parcels.yaml:{_LINES + 1}:8  not-utf-8  the byte 0xed here is not UTF-8 text",
        _UTF_8,
    ),
    _one(
        "UTF-16 with its mark",
        lambda: WHOLE.encode("utf-16"),
        "parcels.yaml:1:1  not-utf-8  the byte 0xff here is not UTF-8 text",
        _UTF_8,
    ),
    _one(
        "UTF-32 with its mark, written the other way round",
        lambda: b"\x00\x00\xfe\xff" + WHOLE.encode("utf-32-be"),
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
        lambda: WHOLE + "about: a\0b\n",
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
        lambda: WHOLE.encode().ljust(16 * 2**20 + 1, b"#"),
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
        lambda: WHOLE + "numbers: {",
        f"parcels.yaml:{_LINES + 1}:10  empty  `numbers` is empty",
        "  help  write a map with at least one derived number; without any, leave `numbers` out",
        f"parcels.yaml:{_LINES + 1}:11  {_UNCLOSED}",
        "  help  close it with `}`: `numbers: {}`",
    ),
    _one(
        "a brace never closed behind a key, and no line break at the end",
        lambda: WHOLE + "numbers: {sum: ",
        f"parcels.yaml:{_LINES + 1}:16  {_UNCLOSED}",
        "  help  close it with `}`: `numbers: {sum: }`",
    ),
    _one(
        "a title of a megabyte and two lines",
        lambda: HEAD.replace("How to deliver a parcel", "|\n  " + "a" * 10**6 + "\n  b") + SITUATION + VERDICTS + RULES,
        f"parcels.yaml:2:8  wrong-shape  `{_A}` is not allowed here",
        "  help  write one line of text here",
    ),
    _one(
        "a key of a megabyte",
        lambda: WHOLE + '? "' + "k" * 10**6 + '"\n: 1\n',
        f"parcels.yaml:{_LINES + 1}:3  not-a-key  a `?` before a key is not supported",
        "  help  delete it; text that begins with `?` goes in quotes",
    ),
    _one(
        "a number of a million digits",
        lambda: WHOLE.replace("type: yes_no", "type: integer, from: " + "9" * 10**6),
        f"parcels.yaml:4:56  bad-number  `{'9' * 59}…` is longer than 40 characters",
        "  help  round it",
    ),
    _one(
        "quotes never closed before ten megabytes",
        lambda: HEAD + 'about: "' + "a " * 5_000_000,
        "parcels.yaml:3:8  yaml-syntax  the quotes opened here are never closed",
        "  help  close the quotes",
    ),
    _one(
        "3,000,000 colons",
        lambda: HEAD + "about: " + "a: " * 3_000_000,
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
        lambda: WHOLE + 'about: "' + "\u202e" * 10**6 + '"\n',
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
        lambda: WHOLE + "version: 1\n" * (MANY + 1),
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
        lambda: WHOLE + "#\tA comment.\n" * MANY,
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
        rules_of(lambda i: f"{{rule: r{i:05}, when: {{x{i}: yes}}, then: van, because: It is so.}}"),
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
        rules_of(lambda i: f"{{rule: r{i:05}, when: {{fragile: {i + 2}}}, then: van, because: It is so.}}"),
        _each_rule(
            lambda i: (
                f"wrong-type  `{i + 2}` does not fit here",
                "  help  expected yes or no (`true` or `false` in JSON and Python)",
            ),
            36,
        ),
    ),
)

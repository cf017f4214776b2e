"""How are many small wrong files kept in one text file, each with what the command line must say of it?

A file `THEME.txt` holds sections. A section is

    === what is wrong, in words
    the text of `parcels.yaml`
    @@ NAME
    the text of another file beside it (`<stdin>` is what comes on standard input)
    $ check parcels.yaml
    --- exit 2
    what is printed: standard error, then standard output

The section `base` at the head is a whole policy, with the files beside it. A section's policy is completed with the
parts of the base that it does not write, behind its own text, so that lines are counted from the section's first line;
`(alone)` after the words leaves the text as it is, and no policy where there is none but another file. Otherwise the
base's other files are there, too, unless the section writes them. The line with `$` may be left out where it is the
same as the base's.
`⟨U+0009⟩` stands for the character of that number.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from tests.support.running import Result

# Where the sections are, and all other golden texts.
WRONG = Path(__file__).parents[2] / "wrong"
POLICY = "parcels.yaml"
STDIN = "<stdin>"
_ALONE = " (alone)"
_CODE = re.compile("⟨U\\+([0-9A-F]{4,6})⟩")
_KEY = re.compile(r"^([a-z]+):", re.MULTILINE)


class Section(NamedTuple):
    """One set of files, the command that is run on them, and what must come of it."""

    name: str
    head: str
    files: dict[str, str]
    command: tuple[str, ...]
    code: int
    printed: str


def read_sections(path: Path) -> list[Section]:
    """The sections of a file, the base left out; two of one name are a mistake."""
    parts = re.split(r"^=== (.*)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    texts = list(zip(parts[::2], parts[1::2], strict=True))
    base_name, base = texts[0]
    assert base_name == "base", path
    usual = _command(base) or ("check", POLICY)
    base, *beside = re.split(r"^@@ (.*)\n", _without_command(base), flags=re.MULTILINE)
    others = dict(zip(beside[::2], beside[1::2], strict=True))
    names = [name for name, _ in texts]
    assert len(names) == len(set(names)), f"{path.name}: {sorted(each for each in names if names.count(each) > 1)}"
    return [_section(name, text, base, others, usual) for name, text in texts[1:]]


def base_policy(path: Path) -> str:
    """The whole policy at the head of a file."""
    base = _without_command(re.split(r"^=== .*\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1])
    return re.split(r"^@@ ", base, flags=re.MULTILINE)[0]


def _command(text: str) -> tuple[str, ...]:
    found = re.search(r"^\$ (.*)$", text, re.MULTILINE)
    return tuple(found[1].split(" ")) if found else ()


def _without_command(text: str) -> str:
    return re.sub(r"^\$ .*\n", "", text, flags=re.MULTILINE)


def _section(name: str, text: str, base: str, beside: dict[str, str], usual: tuple[str, ...]) -> Section:
    head, _, expected = text.partition("--- exit ")
    code, _, printed = expected.partition("\n")
    written = re.split(r"^@@ (.*)\n", _without_command(head), flags=re.MULTILINE)
    policy = written[0] if name.endswith(_ALONE) else _completed(written[0], base)
    others = dict(zip(written[1::2], written[2::2], strict=True))
    files = {
        **({} if name.endswith(_ALONE) else beside),
        **({POLICY: policy} if policy or not others else {}),
        **others,
    }
    command = _command(head) or usual
    return Section(
        name, head, {file: _characters(each) for file, each in files.items()}, command, int(code or -1), printed
    )


def _completed(text: str, base: str) -> str:
    """The text, and behind it what the base says of anything that it does not."""
    parts = _KEY.split(base)[1:]
    written = set(_KEY.findall(text))
    missing = [f"{key}:{rest}" for key, rest in zip(parts[::2], parts[1::2], strict=True) if key not in written]
    return text + "".join(missing)


def _characters(text: str) -> str:
    return _CODE.sub(lambda found: chr(int(found[1], 16)), text)


def write_files(section: Section, folder: Path) -> bytes:
    """Writes the section's files into a folder; gives what comes on standard input."""
    for name, text in section.files.items():
        if name != STDIN:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(text.encode())
    return section.files.get(STDIN, "").encode()


def printed_by(result: Result) -> str:
    return result.err + result.out


def rewrite(path: Path, results: dict[str, Result]) -> None:
    """Puts what was printed into the file, in place of what was expected."""
    parts = re.split(r"^(=== .*\n)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for index in range(1, len(parts), 2):
        name = parts[index][4:-1]
        if name in results:
            head = parts[index + 1].partition("--- exit ")[0]
            result = results[name]
            parts[index + 1] = f"{head}--- exit {result.code}\n{printed_by(result)}"
    path.write_text("".join(parts), encoding="utf-8")

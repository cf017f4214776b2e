"""Does every code have a page, and is its wrong example wrong in that way alone and its right one right?

The pages are `rules/PROBLEMS.md`. A fenced block says in its info string what it is: `yaml wrong` and
`yaml right` are policies, and `diff right` is an edit that makes the wrong one above it right; `yaml policy` is one
that the other blocks of its page are about, `record` and `cases` belong to it, and `sh` blocks are run in a folder
that holds it. `yaml library` is one that the policies of its page use. `file=NAME` saves a policy under that name,
`steps=N` bounds its proof, and `also=CODE,CODE` names codes that cannot be kept apart from it. `csv wrong` and
`csv right` are tables of the page's policy, which then has a `file=NAME` too; `json wrong certificate` is a certificate
of it, `csv wrong table` and `csv right table` are tables of records. `words=WORD,WORD` are given to `verdict test` with
cases.
"""

from __future__ import annotations

import ast
import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import engine
from engine import PolicyError, check, check_library, decide, load, load_library
from engine.analysis.proving.findings import SEVERITIES
from engine.language.documents.text import MOST_BYTES
from engine.language.model.policy import Policy
from engine.language.sections.policy_sources import load_text
from engine.problems import OneverdictError
from engine.surfaces.cli.group import verdict
from engine.surfaces.cli.inputs import read_answers
from engine.surfaces.render.code_pages import code_pages
from tests.support.documents import edited

ENGINE = Path(engine.__file__).parent
PAGES = code_pages()
MOST_LINES = 40
# What carries a code as its first argument.
CARRIERS = {"Problem", "Finding", "Misfit", "of", "refuse", "_refuse", "refuse_unknown"}

PLAIN = """\
policy: picnic
title: Where do we eat?
situation:
  rain: {ask: Does it rain?, type: yes_no}
verdicts: {garden: {title: In the garden}, kitchen: {title: In the kitchen}}
rules:
  - {rule: dry, when: {rain: no}, then: garden, because: It is pleasant outside.}
  - {rule: wet, when: {rain: yes}, then: kitchen, because: Nobody likes wet bread.}
"""
# Codes whose example cannot stand in a page: what yields them, and every code that comes of it.
UNWRITTEN = {
    "file-too-large": (b"#" * (MOST_BYTES + 1), ["file-too-large"]),
    "not-utf-8": (PLAIN.replace("eat?", "eat at Zoé's?").encode("latin-1"), ["not-utf-8"]),
    "hidden-direction": (PLAIN.replace("rain: no", "rain: \u202eno").encode(), ["hidden-direction"]),
    "more-problems": (
        PLAIN.encode()
        + b"".join(b"  - {rule: r%d, when: {rain: no}, then: barn, because: So.}\n" % n for n in range(150)),
        ["unknown-verdict"] * 100 + ["more-problems"],
    ),
}
# What no example can show, since it is about what is installed.
UNSHOWN = {"not-installed"}
NOT_RIGHT = {"other-policy", "wrong-certificate", "not-verified", "no-certificate"}
WRITTEN = [code for code in PAGES if code not in UNWRITTEN and code not in UNSHOWN]


@dataclass(frozen=True)
class Block:
    """One fenced block of a page: the words of its info string, `key=value` words apart, and its text."""

    words: tuple[str, ...]
    options: dict[str, str]
    text: str


def blocks(page: str) -> list[Block]:
    """The blocks of a page; in place of an edit stands the policy that it makes of the wrong one above it."""
    found: list[Block] = []
    for info, text in re.findall(r"^```([^\n]+)\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL):
        words = info.split()
        options = dict(word.split("=", 1) for word in words if "=" in word)
        block = Block(tuple(word for word in words if "=" not in word), options, text)
        if block.words[0] == "diff":
            wrong = next(each for each in reversed(found) if "wrong" in each.words)
            named = {key: value for key, value in wrong.options.items() if key == "file"}
            block = Block((wrong.words[0], *block.words[1:]), named | options, edited(wrong.text, text))
        found.append(block)
    return found


def chosen(code: str, kind: str) -> list[Block]:
    return [block for block in blocks(PAGES[code]) if kind in block.words]


def base(code: str, folder: Path) -> Path | None:
    """The policy that the other blocks of a page are about, saved under its name; else None. Saves libraries, too."""
    for block in chosen(code, "library"):
        (folder / block.options["file"]).write_text(block.text, encoding="utf-8")
    for block in chosen(code, "policy"):
        path = folder / (block.options.get("file") or f"{load_text(block.text.encode()).name}.yaml")
        path.write_text(block.text, encoding="utf-8")
        return path
    return None


def codes_of(code: str, block: Block, folder: Path) -> set[str]:
    """Every code that an example yields, by the way that its info string names."""
    policy = base(code, folder)
    language, _, *kind = block.words
    if language == "sh":
        return {each for line in block.text.splitlines() for each in run_line(line)}
    if kind == ["cases"]:
        assert policy is not None
        path = policy.with_suffix(".cases.yaml")
        path.write_text(block.text, encoding="utf-8")
        words = block.options["words"].split(",") if "words" in block.options else []
        output = CliRunner().invoke(verdict, ["test", "--format", "github", *words, str(path)]).stdout
        return set(re.findall(r"title=([a-z0-9-]+)::", output))
    if kind == ["table"]:
        (folder / "records.csv").write_text(block.text, encoding="utf-8")
        return set(run_line(f"verdict batch {policy} {folder / 'records.csv'} -o {folder / 'decided.csv'}"))
    if kind == ["certificate"]:
        (folder / "proof.json").write_text(block.text, encoding="utf-8")
        return set(run_line(f"verdict verify {folder / 'proof.json'} {policy}"))
    try:
        if block.text.startswith("library:"):
            path = folder / block.options["file"]
            path.write_text(block.text, encoding="utf-8")
            return {finding.code for finding in check_library(load_library(path)).findings}
        if kind == ["record"]:
            assert policy is not None
            record = folder / f"record.{language}"
            record.write_text(block.text, encoding="utf-8")
            loaded = load(policy)
            decide(loaded, read_answers(loaded, str(record), ()))
            return set()
        if language == "csv":
            assert policy is not None
            (folder / block.options["file"]).write_text(block.text, encoding="utf-8")
            return finding_codes(load(policy), block)
        return finding_codes(saved(block, folder), block)
    except OneverdictError as error:
        return {problem.code for problem in error.problems}


def saved(block: Block, folder: Path) -> Policy:
    if "file" not in block.options:
        return load_text(block.text.encode())
    path = folder / block.options["file"]
    path.write_text(block.text, encoding="utf-8")
    return load(path)


def finding_codes(policy: Policy, block: Block) -> set[str]:
    steps = block.options.get("steps")
    proof = check(policy, steps=int(steps)) if steps else check(policy)
    return {finding.code for finding in proof.findings}


def run_line(line: str) -> Iterator[str]:
    """The codes that a line of a shell prints as JSON, each problem's and each finding's."""
    name, *words = shlex.split(line)
    assert name == "verdict"
    result = CliRunner().invoke(verdict, [*words, "--format", "json"])
    data = json.loads(result.stdout)
    problems = data.get("problems", [])
    findings = [each for one in data.get("policies", []) for each in (*one["findings"], *one.get("overlaps", ()))]
    unsound = any(finding["severity"] == "error" for finding in findings)
    # A certificate that is not right is read, and does not hold; one that was not written is no unreadable input.
    unreadable = 1 if {each["code"] for each in problems} & NOT_RIGHT else 2
    assert result.exit_code == (unreadable if problems else 1 if unsound else 0)
    yield from (each["code"] for each in [*problems, *findings])


def run_codes(*words: str) -> Result:
    return CliRunner().invoke(verdict, ["codes", *words])


@pytest.mark.parametrize("code", WRITTEN)
def test_the_wrong_example_is_wrong_in_this_way_alone(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each wrong example yields its page's code, and no other but those its info string names as `also=`."""
    monkeypatch.chdir(tmp_path)
    found = [(block, codes_of(code, block, tmp_path)) for block in chosen(code, "wrong")]
    expected = [{code, *filter(None, block.options.get("also", "").split(","))} for block, _ in found]
    assert found
    assert [codes for _, codes in found] == expected


@pytest.mark.parametrize("code", WRITTEN)
def test_the_right_example_is_right(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each right example, and each policy that others are about, can be read and has no finding at all."""
    monkeypatch.chdir(tmp_path)
    right = [codes_of(code, block, tmp_path) for block in chosen(code, "right")]
    alone = [block for block in chosen(code, "policy") if "file" not in block.options]
    policies = [finding_codes(load_text(block.text.encode()), block) for block in alone]
    assert right
    assert right + policies == [set()] * len(right + policies)


@pytest.mark.parametrize("code", UNWRITTEN)
def test_a_code_without_an_example_is_explained_in_words(code: str) -> None:
    """Where no example can stand in a page, the page has none, and a file of that kind yields the code."""
    data, expected = UNWRITTEN[code]
    with pytest.raises(PolicyError) as caught:
        load_text(data)
    assert [problem.code for problem in caught.value.problems] == expected
    assert blocks(PAGES[code]) == []


@pytest.mark.parametrize("code", PAGES)
def test_a_page_begins_with_a_short_sentence(code: str) -> None:
    """A page's first line is one sentence that fits a list, a paragraph follows, and the page stays short."""
    lines = PAGES[code].splitlines()
    assert re.fullmatch(r"[A-Z`].{,74}\.", lines[0])
    assert lines[1] == ""
    assert re.match(r"[A-Z`]", lines[2])
    assert len(lines) <= MOST_LINES
    assert [line for line in lines if len(line) > 120] == []


def emitted_codes() -> set[str]:
    """Every code in the source of the engine, found where something that carries a code is called."""
    found = set(SEVERITIES)
    for file in ENGINE.rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for scope in ast.walk(tree):
            if isinstance(scope, ast.FunctionDef | ast.Module):
                found |= set(_codes_in(scope))
    return found


def _codes_in(scope: ast.FunctionDef | ast.Module) -> Iterator[str]:
    """The codes given in one function, as text or by a name that the function gives to texts."""
    named: dict[str, set[str]] = {}
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            named.setdefault(node.targets[0].id, set()).update(_texts(node.value))
    for node in ast.walk(scope):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
        if name in CARRIERS:
            code = node.args[0]
            if isinstance(code, ast.Name) and isinstance(scope, ast.FunctionDef):
                texts = named.get(code.id, set())
            else:
                texts = _texts(code)
            yield from (text for text in texts if re.fullmatch("[a-z0-9]+(-[a-z0-9]+)+|[a-z]+", text))


def _texts(node: ast.expr) -> set[str]:
    if isinstance(node, ast.IfExp):
        return _texts(node.body) | _texts(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


@pytest.mark.thorough
def test_every_code_has_a_page_and_every_page_a_code() -> None:
    """The pages are those of the codes that the engine can print: none is missing and none is left over."""
    assert sorted(PAGES) == sorted(emitted_codes())


def test_the_headings_are_the_pages() -> None:
    """`verdict codes` knows every heading of the reference, each once."""
    text = (ENGINE.parent / "rules" / "PROBLEMS.md").read_text(encoding="utf-8")
    assert re.findall(r"^### `(.+)`$", text, flags=re.MULTILINE) == list(PAGES)


def test_codes_lists_every_code_with_its_first_line() -> None:
    """`verdict codes` prints a line for each code: the code, then what it is."""
    result = run_codes()
    width = max(map(len, PAGES))
    lines = [f"{code:<{width}}  {page.splitlines()[0]}" for code, page in PAGES.items()]
    assert (result.exit_code, result.stderr, result.stdout.splitlines()) == (0, "", lines)


def test_codes_prints_a_page() -> None:
    """`verdict codes gap` prints the page of `gap`, and nothing of the pages around it."""
    result = run_codes("gap")
    assert (result.exit_code, result.stderr, result.stdout) == (0, "", f"gap\n\n{PAGES['gap']}\n")
    assert re.findall(r"^#.*", result.stdout, flags=re.MULTILINE) == []


def test_codes_prints_json() -> None:
    """`verdict codes --format json` gives every page under its code."""
    result = run_codes("--format", "json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, {"schema": 1, "codes": PAGES})


def test_an_unknown_code_is_refused_with_the_one_that_may_be_meant() -> None:
    """`verdict codes` with a slip in the code ends with 2 and names the code that is probably meant."""
    result = run_codes("conflit")
    last = result.stderr.splitlines()[-1]
    expected = "Error: there is no code `conflit`; did you mean `conflict`"
    assert (result.exit_code, result.stdout, last) == (2, "", expected)

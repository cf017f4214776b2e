"""Are the documents true? Their commands and programs are run, their files used, and their links followed."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Sequence
from pathlib import Path
from textwrap import indent

import pytest
import yaml

from engine import PolicyError, Problem, load
from engine.analysis.planning import planner
from engine.analysis.proving import proof_session
from engine.analysis.testing import mutation_run
from engine.surfaces.cli.group import COMMANDS
from engine.verification import verifier
from tests.support.documents import ROOT, Block, Story, blocks_of, stories_of, with_sections, write_block
from tests.support.running import run

DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "rules/README.md",
    "engine/README.md",
    "engine/PROOFS.md",
    "tests/README.md",
    "tests/benchmarks/README.md",
]
STORIES = [story for document in DOCUMENTS for story in stories_of(document)]
RUN = ("console", "python")
WRITTEN = ("yaml", "csv", "json", "sql", "diff")
EVERY_DOCUMENT = sorted(
    str(path.relative_to(ROOT))
    for path in [
        *ROOT.glob("*.md"),
        *(path for room in ("rules", "engine", "tests") for path in (ROOT / room).rglob("*.md")),
    ]
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
TEST_SOURCES = {path: path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")}


def prose(document: str) -> str:
    """A document without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", (ROOT / document).read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the shipped rules and schemas, as the reader of a clone has it."""
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "story",
    [story for story in STORIES if any(block.language in RUN or block.options for block in story.blocks)],
    ids=lambda story: f"{story.document}: {story.heading}",
)
def test_what_a_section_shows_happens(folder: Path, story: Story) -> None:
    """From top to bottom: files are written, commands print what stands below them, and assertions hold.

    `HEAD` is what was there before the last edit that is shown.
    """
    blocks = [*story.above, *story.blocks]
    edits = [place for place, block in enumerate(blocks) if block.language == "diff"]
    for place, block in enumerate(blocks):
        where = f"{story.document}:{block.line}"
        if [place] == edits[-1:]:
            commit_all(folder)
        if block.language == "python":
            exec(compile("\n" * block.line + block.text, str(ROOT / story.document), "exec"), {})
        elif block.language == "console":
            run_session(block, where)
        elif block.language in WRITTEN:
            path = write_block(block, folder)
            if {"policy:", "rules:"} <= set(re.findall(r"^\w+:", path.read_text(encoding="utf-8"), re.MULTILINE)):
                load(path)


def commit_all(folder: Path) -> None:
    """Makes the folder a git checkout, with all that is in it as its first commit."""
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
    for words in (("init", "-q"), ("add", "."), (*identity, "commit", "-q", "-m", "rules: begin")):
        subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)


def run_session(block: Block, where: str) -> None:
    """Standard output and standard error together are the lines below a command; `…` stands for lines left out.

    `cat` shows a file. The first `cat` of a file that is not there says what its reader has.
    """
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        shown = shown.strip("\n")
        if command.startswith("cat "):
            path = Path(command.removeprefix("cat "))
            if not path.exists():
                path.write_text(shown + "\n", encoding="utf-8")
            printed = path.read_text(encoding="utf-8")
        else:
            piped = re.fullmatch(r"printf '(.*)' \| (verdict .*)", command)
            words = shlex.split(piped[2] if piped else command)
            assert words[0] == "verdict", f"{where}: only `verdict` and `cat` are run here, not `{words[0]}`"
            result = run(*words[1:], stdin=piped[1].replace("\\n", "\n").encode() if piped else b"")
            printed = result.out + result.err
        if not shows(shown.split("\n"), printed.strip("\n").split("\n")):
            assert printed.strip("\n") == shown, f"{where}: {command}"


def shows(shown: list[str], printed: list[str]) -> bool:
    """Whether these are the printed lines, in which `…` stands for any number of them, or for the rest of one."""
    if not shown:
        return not printed
    if shown[0] != "…":
        start = shown[0].removesuffix("…")
        is_first = printed[:1] == shown[:1] or (start != shown[0] and bool(printed) and printed[0].startswith(start))
        return is_first and shows(shown[1:], printed[1:])
    return any(shows(shown[1:], printed[place:]) for place in range(len(printed) + 1))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_block_says_what_it_is(document: str) -> None:
    """No block is left untried because nobody said how; an example that is a file says so."""
    for block in blocks_of(document):
        assert block.language in (*RUN, *WRITTEN, "sh", "text"), f"{document}:{block.line}: {block.language}"
        named = block.options.keys() & {"file", "in"}
        assert bool(named) == (block.language in WRITTEN), f"{document}:{block.line}: which file is this?"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_lines_for_a_shell_name_what_there_is(document: str) -> None:
    """Such as commands with their options, extras, recipes, markers and files of tests."""
    for block in blocks_of(document):
        if block.language == "sh":
            for line in block.text.splitlines():
                for command in re.split(r" && | \| ", re.sub(r"\s+#.*", "", line)):
                    check_line(shlex.split(command), f"{document}:{block.line}: {line}")


def check_line(words: list[str], where: str) -> None:
    while words and re.match(r"[A-Z_]+=", words[0]):
        words = words[1:]
    match [Path(words[0]).name, *words[1:]]:
        case ["python3", "-m", "venv", ".venv"]:
            pass
        case ["verdict", command, *options]:
            known = run(command, "--help").out
            assert [word for word in options if word.startswith("--") and word not in known] == [], where
            assert command in COMMANDS, where
        case ["pip", "install", *what] | ["python", "-m", "pip", "install", *what]:
            extras = [extra for each in what for extra in re.findall(r"\[(.*)\]", each)]
            named = {name for extra in extras for name in extra.split(",")}
            assert named <= PROJECT["project"]["optional-dependencies"].keys(), where
        case ["pytest", *what] | ["python", "-m", "pytest", *what]:
            markers = {each.partition(":")[0] for each in PROJECT["tool"]["pytest"]["ini_options"]["markers"]}
            asked = {what[place + 1] for place, word in enumerate(what[:-1]) if word == "-m"}
            assert {word for each in asked for word in re.findall(r"\w+", each)} <= markers | {"not", "or", "and"}, (
                where
            )
            paths = [word.partition("::")[0] for word in what if "/" in word or word.endswith(".py")]
            assert [path for path in paths if "*" not in path and not (ROOT / path).exists()] == [], where
        case ["just", *recipes]:
            just = (ROOT / "justfile").read_text(encoding="utf-8")
            assert set(recipes) <= set(re.findall(r"^(\w+)[^\n=]*:(?!=)", just, re.MULTILINE)), where
        case ["pre-commit", "install" | "run" | "try-repo", *_] | ["git", "clone" | "tag" | "push", *_]:
            pass
        case ["apt-get", "install", *packages]:
            installed = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
            assert [package for package in packages if package not in installed] == [], where
        case ["git", "grep", *what]:
            assert [path for path in what[what.index("--") + 1 :] if not (ROOT / path).exists()] == [], where
        case ["ruff", "check" | "format", *_] | ["mypy" | "lint-imports"]:
            pass
        case ["run"]:
            assert (ROOT / words[0]).is_file(), where
        case _:
            pytest.fail(f"{where}: nothing is known of this command")


@pytest.mark.parametrize("document", EVERY_DOCUMENT)
def test_every_link_leads_somewhere(document: str) -> None:
    """Each relative link is a file of the project, and a heading in it where it names one."""
    dead = []
    for target, anchor in re.findall(r"\]\((?!https?://|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)", prose(document)):
        path = (ROOT / document).parent / target if target else ROOT / document
        if not path.exists() or (anchor and path.suffix == ".md" and anchor not in anchors(path)):
            dead.append(f"{target}#{anchor}" if anchor else target)
    assert dead == []


def anchors(path: Path) -> set[str]:
    """The headings of a document, as GitHub names them in an address, and the anchors that it sets itself."""
    text = prose(str(path.resolve().relative_to(ROOT)))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    named = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return named | set(re.findall(r'<a id="([^"]+)"', text))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_names_commands_there_are(document: str) -> None:
    """Wherever a document writes `verdict` and a word as code, it is a command, and knows the options after it."""
    for command, rest in re.findall(r"`verdict\s([a-z][a-z-]*)([^`]*)`", prose(document)):
        assert command in COMMANDS
        assert set(re.findall(r"--[a-z-]+", rest)) <= set(re.findall(r"--[a-z-]+", run(command, "--help").out))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_test_that_a_document_names_exists(document: str) -> None:
    """A claim is shown by a test, or a file of tests, of that name."""
    text = prose(document)
    sources = "\n".join(TEST_SOURCES.values())
    assert [name for name in re.findall(r"`(test_\w+)`", text) if f"def {name}(" not in sources] == []
    files = {path.name for path in TEST_SOURCES}
    assert [name for name in re.findall(r"`(test_\w+\.py)`", text) if name not in files] == []
    paths = re.findall(r"`((?:engine|tests|rules|schemas)/[\w./-]*)`", text)
    assert [path for path in paths if not (ROOT / path).exists()] == []


# What a fragment may lack, since it shows one section alone.
ELSEWHERE = {"unknown-name", "unknown-passage", "unknown-rule", "unknown-verdict"}
FRAGMENTS = [block for block in blocks_of("rules/LANGUAGE.md") if block.language == "yaml" and not block.options]
HALL = next(block.text for block in FRAGMENTS if block.text.startswith("policy: hall-booking"))


def hall_with_every_field() -> str:
    """The longer policy of the language, with the fields of its own and those of the section about fields."""
    fields = next(block.text for block in FRAGMENTS if block.text.startswith("situation:"))
    (asked_on,) = re.findall(r"^  asked_on: .*\n", HALL, re.MULTILINE)
    return with_sections(HALL, fields + asked_on)


@pytest.mark.parametrize("block", FRAGMENTS, ids=lambda block: f"{block.heading}, line {block.line}")
def test_a_fragment_of_the_language_can_be_read(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of the section of its name in the longer policy; whole policies, cases and a record as they are."""
    monkeypatch.chdir(tmp_path)
    keys = set(re.findall(r"^(\w+):", block.text, re.MULTILINE))
    if "cases" in keys:
        assert set(yaml.safe_load(block.text)) == {"policy", "cases"}  # run by `test_cases_in_the_guide_hold`
    elif keys >= {"ask", "because"}:
        assert all(yaml.safe_load(block.text).values())  # values in quotes, of several places
    elif "guests" in keys:
        (tmp_path / "hall-booking.yaml").write_text(hall_with_every_field(), encoding="utf-8")
        (tmp_path / "record.yaml").write_text(block.text, encoding="utf-8")
        assert run("decide", "hall-booking.yaml", "record.yaml").err == ""
    else:
        fact = "facts:\n  shown:\n    means: what is shown\n" + indent(block.text, "    ")
        section = fact if keys == {"when"} else block.text
        problems = problems_of(section if "policy" in keys else with_sections(hall_with_every_field(), section))
        assert [problem for problem in problems if problem.code not in ELSEWHERE] == []


def problems_of(text: str) -> Sequence[Problem]:
    try:
        load(text)
    except PolicyError as error:
        return error.problems
    return ()


def test_every_benchmark_is_described() -> None:
    names = {path.name for path in (ROOT / "tests" / "benchmarks").glob("bench_*.py")}
    assert set(re.findall(r"^\| `(bench_\w+\.py)` \|", prose("tests/benchmarks/README.md"), re.MULTILINE)) == names


def test_the_changelog_has_a_section_for_this_version() -> None:
    """Above it there is nothing but what comes next."""
    headings = re.findall(r"^## \[(.+?)\]", prose("CHANGELOG.md"), re.MULTILINE)
    assert headings[:2] == ["Unreleased", PROJECT["project"]["version"]]


def test_the_budgets_that_are_told_are_those_of_the_code() -> None:
    """`engine/PROOFS.md` has a row for each number of steps."""
    rows = {row[1]: row[2] for row in re.finditer(r"^\| (.+?) \| ([\d,]+) \|", prose("engine/PROOFS.md"), re.MULTILINE)}
    assert rows == {
        "`check`, `explain`, `diff`": f"{proof_session.STEPS:,}",
        "`test --mutants`": f"{mutation_run.STEPS:,}",
        "`verify`": f"{verifier.STEPS:,}",
        "`ask`, `plan`": f"{planner.PLAN_STEPS:,}",
    }
    assert prose("rules/PROBLEMS.md").count(f"Without `--steps` {proof_session.STEPS:,} are allowed.") >= 1


@pytest.mark.parametrize(
    ("document", "block"),
    [
        (story.document, block)
        for story in STORIES
        for block in story.blocks
        if "github" in str(block.options) or "pre-commit" in str(block.options)
    ],
    ids=lambda each: each.options["file"] if isinstance(each, Block) else each,
)
def test_hooks_and_actions_are_called_as_they_are(document: str, block: Block) -> None:
    """A hook that is shown has its id here, and an action gets inputs that it takes."""
    shown = yaml.safe_load(block.text)
    ids = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    for repository in shown.get("repos", []):
        assert {hook["id"] for hook in repository["hooks"]} <= ids
    steps = [step for job in shown.get("jobs", {}).values() for step in job["steps"]]
    ours = [step for step in steps if "oneverdict" in step.get("uses", "")]
    assert all(step.get("with", {}).keys() <= action["inputs"].keys() for step in ours)
    assert ours or "repos" in shown

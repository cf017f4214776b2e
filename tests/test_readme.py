"""Is every block of the README true? Commands are run, code is run, names of tests are looked up."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.running import run

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAIN_LINE = re.compile(r"```sh\n(python3 -m venv [^\n]*verdict decide[^\n]*)\n```\n\n```text\n(.*?)```", re.DOTALL)


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the shipped rules and the README's own policy, as its reader has it."""
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    (tmp_path / "picnic.yaml").write_text(blocks("yaml")[0], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def sessions() -> list[list[tuple[str, str]]]:
    """Of every console block, the commands with the output printed below each; they are run one after the other."""
    found = []
    for block in blocks("console"):
        parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
        found.append([(command, output.strip("\n")) for command, _, output in (part.partition("\n") for part in parts)])
    return found


@pytest.mark.parametrize("session", sessions(), ids=[session[0][0] for session in sessions()])
def test_commands_print_what_the_readme_shows(clone: Path, session: list[tuple[str, str]]) -> None:
    """Standard output and standard error together are the lines below the command; a file is shown by `cat`.

    The first `cat` of a file that is not there says what its reader has.
    """
    for command, output in session:
        if command.startswith("cat "):
            shown = Path(command.removeprefix("cat "))
            if not shown.exists():
                shown.write_text(output + "\n", encoding="utf-8")
            assert shown.read_text(encoding="utf-8").strip("\n") == output
            continue
        result = run(*shlex.split(command)[1:])
        assert (result.out + result.err).strip("\n") == output


def test_the_main_line_prints_what_the_readme_shows(clone: Path) -> None:
    """The verdict of the line that a newcomer runs is the text below it."""
    found = MAIN_LINE.search(README)
    assert found
    words = shlex.split(found.group(1).split(" && ")[-1])
    result = run(*words[1:])
    assert (result.out, result.code) == (found.group(2), 0)


@pytest.mark.parametrize("block", blocks("python"))
def test_the_code_of_the_readme_runs(block: str) -> None:
    """Its assertions hold."""
    exec(compile(block, "README.md", "exec"), {})


def test_the_mend_that_the_readme_names_works(clone: Path) -> None:
    """With the two edits it describes, the README's own policy is sound."""
    text = blocks("yaml")[0].replace("{rain: yes, guests: {more_than: 4}}", "{rain: yes}")
    mended = text.rstrip() + "\n    overrides: {dry: The park would be too small.}\n"
    (clone / "picnic.yaml").write_text(mended, encoding="utf-8")
    assert run("check", "picnic.yaml").out.startswith(
        "picnic: sound, each of 120 situations gets exactly one verdict\n"
    )


def test_every_test_that_the_readme_names_exists() -> None:
    """Each claim is shown by a test, or a file of tests, of that name."""
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").glob("test_*.py"))
    names = re.findall(r"\| `(test_\w+)` \|", README)
    assert names
    assert [name for name in names if f"def {name}(" not in tests] == []
    assert [name for name in re.findall(r"`(tests/\w+\.py)`", README) if not (ROOT / name).is_file()] == []


def test_every_link_of_the_readme_leads_somewhere() -> None:
    """Each relative link is a file of the project."""
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []

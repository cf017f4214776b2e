"""Does pytest run cases files as tests, and say what is wrong as `verdict test` does?"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import engine

ROOT = Path(engine.__file__).parent.parent
PICNIC = """\
policy: picnic
title: Where do we eat?
situation: {rain: {ask: Does it rain?, type: yes_no}}
verdicts: {garden: {title: In the garden}, kitchen: {title: In the kitchen}}
rules:
  - {rule: dry, when: {rain: no}, then: garden, because: It is pleasant outside.}
  - {rule: wet, when: {rain: yes}, then: kitchen, because: Nobody likes wet bread.}
"""
CASES = """\
policy: picnic
cases:
  - {case: Dry, given: {rain: no}, expect: garden}
  - {case: Wet, given: {rain: yes}, expect: kitchen}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "picnic.yaml").write_text(PICNIC, encoding="utf-8")
    (tmp_path / "picnic.cases.yaml").write_text(CASES, encoding="utf-8")
    return tmp_path


def collected(folder: Path, *words: str) -> tuple[str, int]:
    """What a pytest of its own prints in a folder, every warning an error, and its exit code."""
    # Named here, so that a checkout that is not installed has it too; where it is, it is loaded once all the same.
    plugin = ["-p", "engine.surfaces.pytest_plugin"]
    flags = ["-q", "-p", "no:cacheprovider", "-W", "error", "--color=no"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plugin, *flags, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={
            "PYTHONPATH": str(ROOT),
            "PATH": "",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        check=False,
    )
    return done.stdout + done.stderr, done.returncode


@pytest.mark.thorough
def test_each_case_is_a_test(folder: Path) -> None:
    """A folder's cases are collected, named by their files and in words."""
    said, code = collected(folder, ".", "-vv")
    assert [line.split()[:1] for line in said.splitlines() if "PASSED" in line] == [
        ["picnic.cases.yaml::Dry"],
        ["picnic.cases.yaml::Wet"],
    ]
    assert ("2 passed" in said, code) == (True, 0)
    assert "1 passed, 1 deselected" in collected(folder, "-k", "Wet")[0]


@pytest.mark.thorough
def test_a_case_that_fails_says_what_came_instead(folder: Path) -> None:
    """No traceback, but the place, the case, and the verdict that came, in the author's words."""
    (folder / "picnic.cases.yaml").write_text(CASES.replace("expect: kitchen", "expect: garden"), encoding="utf-8")
    said, code = collected(folder)
    assert (
        f"{folder}/picnic.cases.yaml:4:12  fails  Wet\n"
        "  expected “In the garden” (garden), got “In the kitchen” (kitchen) by `wet`\n"
    ) in said
    assert ("Traceback" in said, "1 failed, 1 passed" in said, code) == (False, True, 1)


def test_a_case_of_an_unsound_policy_says_so_when_it_fails(folder: Path) -> None:
    """A gap fails a case, and the way to see why is named."""
    (folder / "picnic.yaml").write_text(PICNIC.replace("rain: yes}, then", "rain: no}, then"), encoding="utf-8")
    said, _ = collected(folder, "-k", "Wet")
    assert "  expected “In the kitchen” (kitchen), but this is a gap\n" in said
    assert f"  help  the policy is not sound; `verdict check {folder}/picnic.yaml` says why\n" in said


@pytest.mark.thorough
def test_a_file_that_cannot_be_read_is_an_error_with_every_problem(folder: Path) -> None:
    """The problems are printed as the command prints them, without a traceback."""
    text = CASES.replace("rain: no", "ran: no").replace("expect: kitchen", "expect: cellar")
    (folder / "picnic.cases.yaml").write_text(text, encoding="utf-8")
    said, code = collected(folder)
    assert (
        f"{folder}/picnic.cases.yaml:3:25  unknown-field  there is no field `ran`\n  help  did you mean `rain`" in said
    )
    assert "unknown-verdict" in said
    assert ("Traceback" in said, code) == (False, 2)


def test_other_files_are_left_alone(folder: Path) -> None:
    """A folder without cases has nothing to run, policies are no tests, and the engine's readers are not loaded."""
    (folder / "picnic.cases.yaml").unlink()
    (folder / "test_light.py").write_text(
        "import sys\n\n\ndef test_light():\n    loaded = [each for each in sys.modules if each.startswith('engine.')]\n"
        "    assert loaded == ['engine.surfaces', 'engine.surfaces.pytest_plugin']\n"
        "    assert not {'yaml', 'click', 'jsonschema'} & sys.modules.keys()\n",
        encoding="utf-8",
    )
    said, code = collected(folder)
    assert ("1 passed" in said, code) == (True, 0)


def test_the_distribution_has_the_entry_point() -> None:
    """`pip install` is all that pytest needs to find it."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '[project.entry-points.pytest11]\noneverdict = "oneverdict_pytest"\n' in text
    assert '"engine/surfaces/pytest_plugin.py" = "oneverdict_pytest.py"\n' in text


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a package `engine` of its own, in an environment in which oneverdict is installed."""
    site, project = tmp_path / "site", tmp_path / "project"
    metadata = site / "oneverdict-0.1.0.dist-info"
    metadata.mkdir(parents=True)
    shutil.copy(ROOT / "engine" / "surfaces" / "pytest_plugin.py", site / "oneverdict_pytest.py")
    shutil.copytree(ROOT / "engine", site / "engine", ignore=shutil.ignore_patterns("__pycache__"))
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: oneverdict\nVersion: 0.1.0\n", encoding="utf-8")
    (metadata / "entry_points.txt").write_text("[pytest11]\noneverdict = oneverdict_pytest\n", encoding="utf-8")
    (project / "engine").mkdir(parents=True)
    (project / "engine" / "__init__.py").write_text("POWER = 85\n", encoding="utf-8")
    (project / "test_engine.py").write_text(
        "import sys\n\nimport engine\n\n\ndef test_power():\n    assert engine.POWER == 85\n"
        "    assert [each for each in sys.modules if each.startswith('engine.')] == []\n"
        "    assert 'oneverdict_pytest' in sys.modules\n",
        encoding="utf-8",
    )
    return project


def run_there(project: Path, *words: str) -> tuple[str, int]:
    """What `python -m pytest` prints there, with every plug-in that is installed, and its exit code."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--color=no", *words],
        cwd=project,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"PYTHONPATH": str(project.parent / "site"), "PATH": "", "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
    )
    return done.stdout + done.stderr, done.returncode


def test_a_project_may_have_an_engine_of_its_own(project: Path) -> None:
    """Its tests run, its package is its own, and nothing of ours is looked for."""
    said, code = run_there(project)
    assert ("1 passed" in said, code) == (True, 0), said


@pytest.mark.thorough
def test_cases_beside_an_engine_of_its_own_say_what_hides_ours(project: Path) -> None:
    """In words, with the module that is in the way and two ways on; everything else runs."""
    (project / "picnic.yaml").write_text(PICNIC, encoding="utf-8")
    (project / "picnic.cases.yaml").write_text(CASES, encoding="utf-8")
    said, code = run_there(project, "--continue-on-collection-errors")
    cases = f"{project}/picnic.cases.yaml"
    assert (
        f"{cases}: cases are run by the package `engine` of oneverdict, which another module of that name hides here:"
        f" {project}/engine/__init__.py\n"
        f"  help  run `verdict test {cases}`, which does not look for modules in this folder; `pytest -p no:oneverdict`"
        " leaves such files alone\n"
    ) in said
    assert ("Traceback" in said, "1 passed, 1 error" in said, code) == (False, True, 1), said
    said, code = run_there(project, "-p", "no:oneverdict", "--deselect", "test_engine.py::test_power")
    assert ("1 deselected" in said, code) == (True, 5), said


def test_cases_run_where_it_is_installed(project: Path) -> None:
    """By the entry point, in a project without a package of that name."""
    shutil.rmtree(project / "engine")
    (project / "test_engine.py").unlink()
    (project / "picnic.yaml").write_text(PICNIC, encoding="utf-8")
    (project / "picnic.cases.yaml").write_text(CASES, encoding="utf-8")
    said, code = run_there(project)
    assert ("2 passed" in said, code) == (True, 0), said


def test_the_shipped_cases_run() -> None:
    """`pytest rules/` runs every case that comes with the project."""
    said, code = collected(ROOT, "-o", "addopts=", "rules/other-interviews.cases.yaml")
    assert ("36 passed" in said, code) == (True, 0)

"""Does `from engine import …` import nothing that it was not asked for, wherever the package is?"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import engine
from engine.bundled import shipped_policies
from tests.project.library.examples import ROOT


def python(code: str, *path: Path) -> str:
    """What a program prints that runs in a process of its own, with these places on its path."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path)), "PYTHONIOENCODING": "utf-8"}
    # With -P the folder that the tests run in is no place to import from.
    command = [sys.executable, "-P", "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert (done.stderr, done.returncode) == ("", 0)
    return done.stdout


def test_importing_costs_nothing_that_is_not_used() -> None:
    """`import engine` alone imports neither YAML, nor JSON Schema, nor the command line, nor the proof."""
    code = "import sys, engine; print(sorted(set(sys.modules) & {'yaml', 'jsonschema', 'click', 'engine.analysis'}))"
    assert python(code, ROOT) == "[]\n"


# What deciding has no use for: what explains a fault, reads a table, asks a question, hashes, or adds up fields.
UNUSED = [
    *("jsonschema", "importlib.resources", "pathlib", "hashlib", "json", "decimal", "fractions", "difflib"),
    *(
        "engine.language.model.canonical",
        "engine.language.documents.json_text",
        "engine.language.sections.file_shape",
        "engine.language.sections.table_file",
    ),
    *(
        "engine.integers.point_counts",
        "engine.meaning.spaces.tied_fields",
        "engine.integers.omega",
        "engine.integers.polytopes",
    ),
    *("engine.analysis.proving.error_findings", "engine.analysis.deciding.likelihood"),
]


def test_a_sound_policy_decides_without_what_explains_another() -> None:
    """Deciding loads nothing that this policy and its decision do not need."""
    code = (
        "import sys; from engine import decide, load;"
        "assert decide(load('other-interviews'), {'offer': 'hint'}).verdict == 'keep';"
        f"print(sorted({{*{UNUSED}}} & set(sys.modules)))"
    )
    assert python(code, ROOT) == "[]\n"


def test_the_command_decides_without_what_explains_another() -> None:
    """`verdict decide` loads nothing beyond that either, but what the command line itself is made of.

    click imports `locale` where it looks for the translation of a message.
    """
    code = (
        "import sys; from engine.surfaces.cli.group import verdict; before = set(sys.modules);"
        "verdict.main(['decide', 'other-interviews', '--set', 'offer=hint'], standalone_mode=False);"
        f"print(sorted({{*{[*UNUSED, 'locale']}}} & set(sys.modules) - before))"
    )
    assert python(code, ROOT).endswith("\n[]\n")


@pytest.mark.parametrize("words", ["decide other-interviews --set offer=hint", "check other-interviews"])
def test_a_command_loads_the_modules_that_are_listed_and_no_other(words: str) -> None:
    """What is loaded for a sound policy without numbers, steps, dates and libraries is paid for by every start.

    `loaded_by_decide.txt` and `loaded_by_check.txt` list it. A module that not every such run needs is imported where
    it is used; for one that is needed `REWRITE_EXPECTED=1` writes the list anew.
    """
    code = (
        "import sys; from engine.surfaces.cli.group import verdict;"
        f"verdict.main({words.split()}, standalone_mode=False);"
        "print(*sorted(name for name in sys.modules if name.startswith('engine.')), sep='\\n')"
    )
    loaded = [line for line in python(code, ROOT).splitlines() if line.startswith("engine.")]
    listed = Path(__file__).parent / f"loaded_by_{words.split()[0]}.txt"
    if os.environ.get("REWRITE_EXPECTED"):
        listed.write_text("\n".join([*loaded, ""]), encoding="utf-8")
    assert loaded == listed.read_text(encoding="utf-8").splitlines()


# What a proof as text has no use for: what looks up versions, quotes addresses, and explains shapes.
UNUSED_BY_CHECK = ["importlib.metadata", "urllib.parse", "csv", "pathlib", "jsonschema"]


def test_the_command_proves_without_what_other_formats_need() -> None:
    """`verdict check` loads nothing that only SARIF, certificates or a fault need."""
    code = (
        "import sys; from engine.surfaces.cli.group import verdict; before = set(sys.modules);"
        "verdict.main(['check', 'other-interviews'], standalone_mode=False);"
        f"print(sorted({{*{UNUSED_BY_CHECK}}} & set(sys.modules) - before))"
    )
    assert python(code, ROOT).endswith("\n[]\n")


def test_a_library_user_pays_for_no_command_line() -> None:
    """Loading, proving and deciding imports no click."""
    code = (
        "import sys; from engine import check, decide, load; policy = load('other-interviews');"
        "assert check(policy).sound and decide(policy, {'offer': 'hint'}).verdict == 'keep';"
        "print([name for name in sys.modules if name.startswith(('click', 'engine.surfaces'))])"
    )
    assert python(code, ROOT) == "[]\n"


@pytest.mark.thorough
def test_it_runs_from_a_zip_file(tmp_path: Path) -> None:
    """With the package and its data in a zip file on the path, shipped policies load, prove and decide."""
    archive = tmp_path / "oneverdict.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for file in sorted((ROOT / "engine").rglob("*.py")):
            packed.write(file, file.relative_to(ROOT))
        for kind in ("rules", "schemas"):
            for file in sorted(path for path in (ROOT / kind).rglob("*") if path.is_file()):
                packed.write(file, Path("engine", "_data", file.relative_to(ROOT)))
    code = (
        "import engine; from engine import check, decide, load\n"
        "from engine.bundled import shipped_policies\n"
        "print(engine.__file__, [check(load(name)).sound for name in shipped_policies()])\n"
        "print(decide(load('other-interviews'), {'offer': 'hint'}).verdict)\n"
    )
    where = archive / "engine" / "__init__.py"
    sound = [not name.endswith("-as-written") for name in shipped_policies()]
    assert python(code, archive) == f"{where} {sound}\nkeep\n"


def test_the_version_is_told_installed_or_not(tmp_path: Path) -> None:
    """`__version__` is that of `pyproject.toml`, in a checkout that is not installed and in one that is."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert engine.__version__ == project["version"]
    code = "import engine; print(engine.__version__)"
    assert python(code, ROOT) == f"{project['version']}\n"
    shutil.copytree(ROOT / "engine", tmp_path / "engine", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "oneverdict"\nversion = "9.8.7"\n', encoding="utf-8")
    assert python(code, tmp_path) == "9.8.7\n"
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "somebody"\nversion = "3"\n', encoding="utf-8")
    assert python(code, tmp_path) == f"{project['version']}\n"
    isolated = f"import sys; sys.path[:] = [{str(tmp_path)!r}, *(p for p in sys.path if 'site-packages' not in p)]; "
    assert python(isolated + code) in ("0+unknown\n", f"{project['version']}\n")

"""Are the public names, which are written once, the same for Python, for type checkers and in an archive?"""

from __future__ import annotations

import ast
import py_compile
import subprocess
import sys
import zipfile
from importlib import import_module
from pathlib import Path

import pytest
from mypy import api as mypy

import engine
from engine import public_names

ENGINE = Path(engine.__file__).parent
NAMES = [name for name in engine.__all__ if name != "__version__"]


def _python(program: str, *options: str) -> str:
    return subprocess.run([sys.executable, *options, "-c", program], check=True, capture_output=True, text=True).stdout


def test_the_list_has_nothing_but_imports_of_names_under_their_own_name() -> None:
    """What type checkers take for public (`import a as a`), and what can be looked up without importing it."""
    _, *imports = ast.parse((ENGINE / "public_names.py").read_text(encoding="utf-8")).body
    assert imports
    for each in imports:
        assert isinstance(each, ast.ImportFrom)
        assert each.level == 0
        assert [alias.asname for alias in each.names] == [alias.name for alias in each.names]


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_is_what_the_list_imports_from_its_own_module(name: str) -> None:
    found = getattr(engine, name)
    assert found is getattr(public_names, name)
    assert found is getattr(import_module(found.__module__), name)


def test_every_name_of_the_list_is_public() -> None:
    assert set(NAMES) == {name for name in vars(public_names) if not name.startswith("__")}
    assert dir(engine) == engine.__all__ == sorted({*NAMES, "__version__"})


def test_importing_the_engine_imports_none_of_its_modules() -> None:
    count = "import sys; print([name for name in sys.modules if name.startswith('engine')])"
    assert _python(f"import engine; {count}") == "['engine']\n"
    assert _python(f"import engine; engine.__all__; dir(engine); {count}") == "['engine']\n"


def test_a_public_name_imports_no_more_than_its_module_does() -> None:
    count = "import sys; print(sorted(name for name in sys.modules if name.startswith('engine')))"
    assert _python(f"from engine import Problem; {count}") == _python(f"import engine.problems; {count}")


def test_a_name_that_is_not_public_is_refused() -> None:
    with pytest.raises(AttributeError, match="module 'engine' has no attribute 'decid'"):
        _ = engine.decid  # type: ignore[attr-defined]
    with pytest.raises(ImportError, match="cannot import name 'look_up'"):
        exec("from engine import look_up")


@pytest.mark.parametrize("compiled", [False, True], ids=["source", "bytecode alone"])
def test_the_names_are_found_in_an_archive(tmp_path: Path, compiled: bool) -> None:
    """Without a file system, and without the source."""
    archive = tmp_path / "engine.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        for name in ("__init__.py", "public_names.py"):
            source, written = ENGINE / name, tmp_path / f"{name}c"
            found = py_compile.compile(str(source), str(written), doraise=True) if compiled else source
            opened.write(str(found), f"engine/{Path(str(found)).name}")
    beginning = f"import sys; sys.path.insert(0, {str(archive)!r})"
    where, count = _python(f"{beginning}; import engine; print(engine.__file__, len(engine.__all__))", "-I").split()
    assert Path(where) == archive / "engine" / ("__init__.pyc" if compiled else "__init__.py")
    assert int(count) == len(NAMES) + 1


def test_type_checkers_see_the_names_and_refuse_others(tmp_path: Path) -> None:
    asking = tmp_path / "asking.py"
    asking.write_text(
        "from engine import __version__, decide, decid\nimport engine\n"
        "reveal_type(engine.load)\nreveal_type(__version__)\n"
    )
    said, _, _ = mypy.run(["--strict", str(asking)])
    assert 'has no attribute "decid"; maybe "decide"?' in said
    assert 'Revealed type is "def (policy: ' in said
    assert 'Revealed type is "str"' in said
    assert "Found 1 error" in said

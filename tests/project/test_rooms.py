"""How the engine and its tests are laid out: small rooms, and one name for one thing.

Which way they import, `lint-imports` says.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

import engine

ENGINE = Path(engine.__file__).parent
TESTS = Path(__file__).parents[1]
ROOMS = sorted(init.parent for init in ENGINE.rglob("__init__.py"))
# Bytecode is left out by its folder: while Python writes it, another process sees files with other names there.
TEST_ROOMS = sorted({path.parent for path in TESTS.rglob("*.*") if path.is_file() and "__pycache__" not in path.parts})
MODULES = sorted(path for path in ENGINE.rglob("*.py") if path.stem not in ("__init__", "__main__"))


@pytest.mark.parametrize("room", [*ROOMS, *TEST_ROOMS], ids=lambda room: str(room.relative_to(ENGINE.parent)))
def test_a_room_is_small_and_says_what_it_holds(room: Path) -> None:
    """What has no Python, such as golden texts, says it in `tests/README.md`."""
    files = [each for each in room.iterdir() if each.is_file()]
    assert len(files) <= 15
    if any(each.suffix == ".py" for each in files):
        assert ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8")))
    else:
        assert f"| `{room.relative_to(TESTS.parent)}/` |" in (TESTS / "README.md").read_text(encoding="utf-8")


def test_the_tests_of_a_room_are_in_a_room_of_that_name() -> None:
    rooms = [room.relative_to(TESTS) for room in TEST_ROOMS if room != TESTS]
    mirrored = [room for room in rooms if (ENGINE / room.parts[0]).is_dir()]
    assert Path("analysis", "proving") in mirrored
    assert [str(room) for room in mirrored if not (ENGINE / room).is_dir()] == []


def test_no_module_or_room_is_called_as_another() -> None:
    places = defaultdict(list)
    for path in [*MODULES, *ROOMS]:
        places[path.stem].append(str(path))
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_no_public_class_is_called_as_another() -> None:
    places = defaultdict(list)
    for path in MODULES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(path))
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_what_contributing_names_is_there() -> None:
    """Every file in its walks and recipes."""
    root = ENGINE.parent
    text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    tracked = [path.relative_to(root).as_posix() for top in ("engine", "tests") for path in (root / top).rglob("*.*")]
    named = re.findall(r"`([\w/<>]+\.(?:py|js|json|md|txt))`", text)
    assert len(named) > 50
    missing = [name for name in named if "<" not in name and not (root / name).is_file()]
    assert [name for name in missing if not any(f"/{path}".endswith(f"/{name}") for path in tracked)] == []

"""Is everything public documented in full, do its examples run, and is the generated reference up to date?"""

from __future__ import annotations

import ast
import dataclasses
import doctest
import inspect
import textwrap
from importlib import import_module
from pathlib import Path

import griffe
import pytest

import engine
from tests.project.api_reference import COMMAND, PATH, Documented, groups, reference

Section = griffe.DocstringSectionKind
PUBLIC = [each for group in groups().values() for each in group]
MEMBERS = [member for each in PUBLIC for member in each.members]
ENGINE = Path(engine.__file__).parent
WITH_EXAMPLES = [
    ".".join(path.relative_to(ENGINE.parent).with_suffix("").parts)
    for path in sorted(ENGINE.rglob("*.py"))
    if "    >>> " in path.read_text(encoding="utf-8")
]


def test_the_reference_is_up_to_date() -> None:
    assert PATH.read_text(encoding="utf-8") == reference(), f"run `{COMMAND}`"


def test_every_heading_of_the_reference_has_names() -> None:
    assert all(groups().values())


@pytest.mark.thorough
@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_the_examples_of_a_module_run(module: str) -> None:
    tried = doctest.testmod(import_module(module), optionflags=doctest.ELLIPSIS)
    assert tried.attempted
    assert not tried.failed


@pytest.mark.parametrize("documented", PUBLIC + MEMBERS, ids=lambda each: each.name)
def test_it_is_documented_in_full(documented: Documented) -> None:
    """Exactly its arguments or fields, and as far as there is any what it returns and raises."""
    assert _summary(documented)
    if documented.is_class:
        assert list(documented.items(Section.attributes)) == [*documented.fields]
        assert documented.example
        return
    assert list(documented.items(Section.parameters)) == [each.name for each in documented.parameters]
    if documented.parameters:
        assert documented.returns or documented.result == "None"
    if documented in PUBLIC or _raises(documented):
        assert documented.items(Section.raises)
    if documented in PUBLIC:
        assert documented.example


def _summary(documented: Documented) -> str:
    """The first line, a sentence on its own, and none that was written for the class by `dataclass`."""
    first, _, rest = (inspect.getdoc(documented.value) or "").partition("\n")
    generated = (
        documented.is_class and dataclasses.is_dataclass(documented.value) and first.startswith(f"{documented.name}(")
    )
    complete = first.endswith((".", "?")) and (not rest or rest.startswith("\n"))
    return first if complete and not generated else ""


def _raises(documented: Documented) -> bool:
    assert documented.function is not None
    tree = ast.parse(textwrap.dedent(inspect.getsource(documented.function)))
    return any(isinstance(node, ast.Raise) for node in ast.walk(tree))

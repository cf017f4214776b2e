"""What does an author begin with: what do `verdict new`, `schema` and `codes` write and print?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine import check, load
from engine.surfaces.render.code_pages import code_pages
from tests.support.running import Result, run
from tests.surfaces.cli.commands.picnics import write

pytestmark = pytest.mark.usefixtures("folder")


def test_new_writes_a_policy_to_start_from(folder: Path) -> None:
    """Two files, named on stdout: sound with no finding, with cases that hold; the next step is told on stderr."""
    result = run("new", "first-steps")
    assert result == Result("first-steps.yaml\nfirst-steps.cases.yaml\n", "next: verdict check first-steps.yaml\n", 0)
    assert check(load(folder / "first-steps.yaml")).findings == ()
    assert run("test", "first-steps.yaml") == Result("first-steps: 2 of 2 cases hold\n", "", 0)


def test_new_names_the_schemas_of_a_checkout(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a checkout the first line of both files leads an editor to a schema, whatever folder it is moved to."""
    write("pyproject.toml", "")
    for kind in ("policy", "cases"):
        write(f"schemas/{kind}.schema.json", run("schema", kind).out)
    monkeypatch.setattr("engine.surfaces.cli.commands.authoring.new_command.folder", lambda kind: folder / kind)
    run("new", "first-steps", "--folder", "deep/er")
    for ending, kind in (("yaml", "policy"), ("cases.yaml", "cases")):
        text = (folder / "deep" / "er" / f"first-steps.{ending}").read_text(encoding="utf-8")
        assert text.startswith(
            f"# yaml-language-server: $schema=../../schemas/{kind}.schema.json\npolicy: first-steps\n"
        )
    assert check(load(folder / "deep" / "er" / "first-steps.yaml")).sound


def test_new_names_no_schema_of_an_installation(folder: Path) -> None:
    """Where the schemas lie elsewhere, perhaps in an environment that goes tomorrow, neither file leads there."""
    run("new", "first-steps")
    for file in folder.glob("first-steps.*"):
        assert file.read_text(encoding="utf-8").startswith("policy: first-steps\n")


@pytest.mark.parametrize("left", ["yaml", "cases.yaml"])
def test_new_finishes_what_was_stopped_half_way(folder: Path, left: str) -> None:
    """A run that was killed after one file: the next writes the other, and then both are there already."""
    run("new", "first-steps")
    texts = {file.name: file.read_text(encoding="utf-8") for file in folder.glob("first-steps.*")}
    (folder / f"first-steps.{left}").unlink()
    assert run("new", "first-steps").code == 0
    assert {file.name: file.read_text(encoding="utf-8") for file in folder.glob("first-steps.*")} == texts
    assert run("new", "first-steps").code == 2


@pytest.mark.parametrize("ending", ["yaml", "cases.yaml"])
def test_new_overwrites_nothing(folder: Path, ending: str) -> None:
    """Where one of the files is there, neither is written."""
    write(f"mine.{ending}", "keep me")
    result = run("new", "mine")
    assert (result.out, result.code) == ("", 2)
    assert result.err.splitlines()[-1] == f"Error: mine.{ending} is there already; choose another name"
    assert [path.read_text(encoding="utf-8") for path in folder.glob("mine.*")] == ["keep me"]


@pytest.mark.parametrize("name", ["Mine", "my_policy", "my policy", "a--b", "-", "1st", "../mine", "mine.yaml", ""])
def test_new_refuses_what_cannot_be_a_name(folder: Path, name: str) -> None:
    """A policy's name is lower-case words joined by hyphens; nothing is written under another."""
    before = sorted(folder.rglob("*"))
    result = run("new", "--", name)
    assert (result.out, result.code) == ("", 2)
    assert result.err.splitlines()[-1] == (
        f"Error: `{name}` cannot be a policy's name: write lower-case words joined by hyphens"
    )
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("kind", ["policy", "cases"])
def test_schema_prints_a_schema_or_its_place(kind: str) -> None:
    """The JSON Schema itself, or with `--path` the file it stands in."""
    text, path = run("schema", kind), run("schema", kind, "--path")
    assert (text.err, text.code, path.err, path.code) == ("", 0, "", 0)
    assert Path(path.out.rstrip("\n")).read_text(encoding="utf-8").rstrip("\n") == text.out.rstrip("\n")
    assert json.loads(text.out)["type"] == "object"
    if kind == "policy":
        assert run("schema") == text


def test_codes_explains_each_code() -> None:
    """The page of one code, and a list of all."""
    pages = code_pages()
    assert run("codes", "gap") == Result(f"gap\n\n{pages['gap']}\n", "", 0)
    assert [line.split()[0] for line in run("codes").out.splitlines()] == list(pages)

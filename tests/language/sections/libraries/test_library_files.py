"""Where may the libraries of a policy stand, who reads them, and what is said where they may not?

What is said of each small wrong library stands in `tests/wrong/libraries.txt`; that a policy means the same in one file
and in several is a law, `tests/laws/several_files/test_libraries.py`.
"""

from __future__ import annotations

import os
import random
import zipfile
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from engine import PolicyError, Problem, check, check_library, load, load_library
from engine.language.documents.data import data_document, plain_data
from engine.language.documents.nodes import Document
from engine.language.sections.file_shape import load_schema
from engine.language.sections.library_sources import read_library
from engine.language.sections.policy_file import read_policy
from engine.language.sections.policy_sources import read_beside, read_document
from tests.project.library_schema import FILE, library_schema_text
from tests.support.drawing.shapes import reshape
from tests.support.running import Result, run

PEOPLE = """\
library: people
title: Who somebody is
situation:
  age: {ask: How old are you?, type: integer, from: 0, to: 120}
facts:
  adult: {means: of age, when: {age: {at_least: 18}}}
"""
LOAN = """\
policy: loan
title: May you borrow a saw?
uses: [people.yaml]
verdicts: {lend: {title: Lend it}, keep: {title: Keep it}}
rules:
  - {rule: adults, when: {adult: yes}, then: lend, because: They know how.}
  - {rule: children, when: {adult: no}, then: keep, because: It is dangerous.}
"""
BELOW = "name a file in the policy's folder or below it, with `/` between the names"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a policy and the library that it uses."""
    monkeypatch.chdir(tmp_path)
    write({"people.yaml": PEOPLE, "loan.yaml": LOAN})
    return tmp_path


def write(files: dict[str, str]) -> None:
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")


def problems_of(path: str) -> tuple[Problem, ...]:
    with pytest.raises(PolicyError) as caught:
        load(path)
    return caught.value.problems


# Where a library is.


def test_paths_lead_from_the_file_that_names_them(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library below names one above itself, and one beside itself; from wherever the command is run."""
    write(
        {
            "loan.yaml": LOAN.replace("people.yaml", "common/more/adults.yaml"),
            "common/more/adults.yaml": PEOPLE.replace("people", "adults")
            .replace("situation", "uses: [../years.yaml, beside.yaml]\nsituation")
            .replace(
                "  age: {ask: How old are you?, type: integer, from: 0, to: 120}\n", "  left: {ask: L, type: yes_no}\n"
            ),
            "common/more/beside.yaml": "library: beside\ntitle: Nothing much\nuses: [../../common/years.yaml]\n",
            "common/years.yaml": PEOPLE.partition("facts:")[0],
        }
    )
    assert [field.place.file for field in load("loan.yaml").fields] == ["common/years.yaml"]
    expected = check(load("loan.yaml"))
    monkeypatch.chdir(folder / "common")
    assert check(load("../loan.yaml")) == expected
    assert str(load("../loan.yaml").fields[0].place) == "../common/years.yaml:4:3"
    assert load(folder / "loan.yaml") == load("../loan.yaml")


def test_a_library_below_may_not_lead_out_of_the_folder_of_the_policy(folder: Path) -> None:
    """As many `..` as there are folders are allowed, and no more; the message is about the library that says so."""
    write(
        {
            "rules/loan.yaml": LOAN.replace("people", "common/adults"),
            "rules/common/adults.yaml": PEOPLE + "uses: [../../people.yaml]\n",
        }
    )
    assert problems_of("rules/loan.yaml")[0].places[0].file == "rules/common/adults.yaml"
    assert [(each.code, each.message, each.help) for each in problems_of("rules/loan.yaml")] == [
        ("library-place", "`../people.yaml` leads out of the policy's folder", BELOW)
    ]


def test_a_library_by_itself_may_use_one_above(folder: Path) -> None:
    """Which folder it must not leave, only a policy can say."""
    old = "facts: {old: {means: old, when: {age: {at_least: 70}}}}\n"
    write({"common/more.yaml": f"library: more\ntitle: More\nuses: [../people.yaml]\n{old}"})
    assert [fact.name for fact in load_library("common/more.yaml").facts] == ["adult", "old"]


def test_a_link_to_a_library_may_not_lead_out(folder: Path) -> None:
    """Neither the file nor a folder on the way; a link within the folder is followed, and is the file it leads to."""
    write({"rules/loan.yaml": LOAN, "rules/own.yaml": PEOPLE})
    Path("rules/people.yaml").symlink_to("../people.yaml")
    (problem,) = problems_of("rules/loan.yaml")
    assert (problem.code, problem.message) == (
        "library-place",
        "`people.yaml` is a link that leads out of the policy's folder",
    )
    Path("rules/people.yaml").unlink()
    Path("rules/people.yaml").symlink_to("own.yaml")
    assert load("rules/loan.yaml").rules == load("loan.yaml").rules
    Path("rules/out").symlink_to(folder)
    write({"rules/loan.yaml": LOAN.replace("people.yaml", "out/people.yaml")})
    assert [problem.code for problem in problems_of("rules/loan.yaml")] == ["library-place"]


def test_links_that_never_end_are_a_circle(folder: Path) -> None:
    """A folder that links to itself makes no new files: the library is met again."""
    Path("again").symlink_to(".")
    write({"people.yaml": PEOPLE + "uses: [again/people.yaml]\n"})
    assert [(each.code, each.message) for each in problems_of("loan.yaml")] == [
        ("library-cycle", "the library `people.yaml` uses itself")
    ]


def test_a_library_that_is_a_folder_or_a_pipe(folder: Path) -> None:
    """What is no file is not opened."""
    Path("people.yaml").unlink()
    os.mkfifo("people.yaml")
    assert [(each.message, each.help) for each in problems_of("loan.yaml")] == [
        ("`people.yaml` is not a file", "name the library itself")
    ]


def test_a_program_has_a_folder_only_if_it_names_one(folder: Path) -> None:
    """A mapping, text and a stream find libraries in the folder that is named, and are told that there is none."""
    data: dict[str, Any] = {
        "policy": "loan",
        "title": "?",
        "uses": ["people.yaml"],
        "verdicts": {"lend": {"title": "L"}},
    }
    data["rules"] = [{"rule": "all", "when": {"age": {"at_least": 0}}, "then": "lend", "because": "So."}]
    sources: tuple[Any, ...] = (data, LOAN)
    for source in sources:
        assert load(source, folder=folder).fields == load("loan.yaml").fields
        with pytest.raises(PolicyError) as caught:
            load(source)
        assert [problem.code for problem in caught.value.problems] == ["library-place"]
    more = "library: more\ntitle: More\nuses: [people.yaml]\n"
    assert load_library(more, folder=folder).fields == load_library("people.yaml").fields
    with pytest.raises(PolicyError, match=r"there is no folder to look for `people.yaml` in"):
        load_library(more)


def test_a_policy_in_a_zip_file_finds_its_libraries_there(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "rules.zip", "w") as archive:
        archive.writestr("rules/loan.yaml", LOAN.replace("people.yaml", "common/more.yaml"))
        archive.writestr("rules/common/more.yaml", "library: more\ntitle: More\nuses: [../people.yaml]\n")
        archive.writestr("rules/people.yaml", PEOPLE)
    path = zipfile.Path(tmp_path / "rules.zip", "rules/loan.yaml")
    policy = read_policy(read_document(path), partial(read_beside, path))
    assert policy.fields[0].place.file.endswith("rules.zip/rules/people.yaml")
    assert check(policy).sound


@pytest.mark.thorough
def test_a_chain_of_libraries_may_be_long(folder: Path) -> None:
    """Two thousand files that use each other one by one are read in order, without a limit of depth."""
    many = 2_000
    for number in range(many):
        following = f"uses: [part-{number + 1}.yaml]\n" if number + 1 < many else PEOPLE.partition("situation")[2]
        text = f"library: part-{number}\ntitle: A part\n" + (
            following if number + 1 < many else f"situation{following}"
        )
        Path(f"part-{number}.yaml").write_text(text, encoding="utf-8")
    write({"loan.yaml": LOAN.replace("people.yaml", "part-0.yaml")})
    assert load("loan.yaml").fields[0].place.file == f"part-{many - 1}.yaml"


# What is said.


def test_all_problems_of_all_files_are_told_at_once(folder: Path) -> None:
    """Those of libraries first, each once however often the file is used; a name that a broken file may declare is not
    called unknown.
    """
    write(
        {
            "people.yaml": PEOPLE.replace("to: 120", "to: old"),
            "more.yaml": "library: more\ntitle: More\nuses: [people.yaml, gone.yaml]\n",
            "loan.yaml": LOAN.replace("people.yaml", "people.yaml, more.yaml")
            .replace("then: keep", "then: kep")
            .replace("adult: no", "adult: no, licence: yes"),
        }
    )
    assert [(each.places[0].file, each.code) for each in problems_of("loan.yaml")] == [
        ("people.yaml", "wrong-type"),
        ("more.yaml", "no-such-file"),
        ("loan.yaml", "unknown-verdict"),
    ]


def test_a_name_of_a_library_is_suggested(folder: Path) -> None:
    """What a library declares is known wherever a name is mistyped, in tables too."""
    write(
        {
            "loan.yaml": LOAN.partition("rules:")[0] + "rules: {table: loan.csv}\n",
            "loan.csv": "adlut,then\nyes,lend\nno,keep\n",
        }
    )
    assert [(str(each.places[0]), each.help) for each in problems_of("loan.yaml")] == [
        ("loan.csv:1:1", "did you mean `adult`")
    ]
    write({"loan.csv": "adult,then\nyes,lend\nno,keep\n"})
    assert check(load("loan.yaml")).findings == ()


def test_mends_edit_the_policy_and_know_what_libraries_declare(folder: Path) -> None:
    """A rule that reads a library's fact is mended in the policy's text, and the mend makes the policy sound."""
    write({"loan.yaml": LOAN.replace("{adult: no}", "{age: {at_most: 18}}")})
    (conflict,) = check(load("loan.yaml")).errors
    edits = [mend.edit for mend in conflict.mends]
    assert edits
    assert {edit.file if edit else None for edit in edits} == {"loan.yaml"}
    write(
        {
            "loan.yaml": LOAN.partition("rules:")[0] + "rules: {table: loan.csv}\n",
            "loan.csv": "adult,age,then\nyes,,lend\n,< 10,keep\n",
        }
    )
    (gap,) = check(load("loan.yaml")).errors
    assert {mend.edit.file for mend in gap.mends if mend.edit} == {"loan.csv"}


# Libraries by themselves.


def test_a_library_is_checked_by_itself(folder: Path) -> None:
    """What it declares itself is told; the findings of what it uses are told of that."""
    anybody = "facts: {anybody: {means: anybody, when: {age: {at_least: 0}}}}\n"
    write(
        {
            "people.yaml": PEOPLE + "  old: {means: very old, when: {age: {at_least: 121}}}\n",
            "more.yaml": f"library: more\ntitle: More\nuses: [people.yaml]\n{anybody}",
        }
    )
    assert [each.code for each in check_library(load_library("people.yaml")).findings] == ["impossible-test"]
    checked = check_library(load_library("more.yaml"))
    assert [(each.code, each.places[0].file) for each in checked.findings] == [("always-true-test", "more.yaml")]
    assert (checked.declares, checked.situations, checked.sound) == ("1 fact", 121, True)


def test_a_library_is_no_policy_and_a_policy_no_library(folder: Path) -> None:
    """`load` says so, and `load_library` does, whatever they read."""
    for source in ("people.yaml", PEOPLE, {"library": "people", "title": "?"}):
        with pytest.raises(PolicyError, match="this file is a library, not a policy"):
            load(source)
    for source in ("loan.yaml", LOAN):
        with pytest.raises(PolicyError, match="this file is not a library"):
            load_library(source)


def test_the_schema_of_libraries_is_that_of_policies() -> None:
    """`python -m tests.project.library_schema` writes it anew."""
    assert FILE.read_text(encoding="utf-8") == library_schema_text()


_SCHEMA = Draft7Validator(load_schema("library"))
_SHAPE_CODES = {"unknown-key", "missing-key", "wrong-shape", "empty", "bad-name", "misplaced-key", "repeated"}


@pytest.mark.parametrize("seed", range(0, 200, 10))
def test_reader_and_schema_agree_on_the_shape_of_libraries(seed: int) -> None:
    """What the schema finds wrong is never read, and where the reader says that the shape is wrong, the schema does."""
    for number in range(seed, seed + 10):
        bent = reshape(random.Random(number), _LIBRARY)
        if isinstance(bent, dict) and "library" in bent and "policy" not in bent:
            document = data_document(bent, "library")
            assert document.root is not None
            errors = [error.message for error in islice(_SCHEMA.iter_errors(plain_data(document.root)), 3)]
            codes = codes_of(document)
            assert bool(codes) if errors else not codes or not codes <= _SHAPE_CODES, (bent, errors, codes)


def codes_of(document: Document) -> set[str]:
    """The codes with which a library is refused."""
    try:
        read_library(document)
    except PolicyError as error:
        return {problem.code for problem in error.problems}
    return set()


_LIBRARY: dict[str, Any] = {
    "library": "people",
    "title": "Who somebody is",
    "source": {"title": "The law", "passages": {"p1": "One is of age at 18."}},
    "constants": {"full": {"means": "full age", "is": 18}},
    "situation": {"age": {"ask": "How old?", "type": "integer", "from": 0, "to": 120}},
    "numbers": {"left": {"means": "years to go", "sum": {"age": -1}, "plus": 120}},
    "facts": {"adult": {"means": "of age", "when": {"age": {"at_least": 18}}, "cites": ["p1"]}},
    "impossible": [{"when": {"age": 119}, "because": "Nobody is."}],
}


def test_commands_say_what_a_library_is(folder: Path) -> None:
    """Every command that decides names the mistake and the way out."""
    said = (
        "people.yaml:1:1  wrong-file  this file is a library, not a policy\n"
        "  help  name a policy that has it in `uses:`; `verdict check` checks a library by itself\n"
    )
    for words in (("decide",), ("show",), ("table",), ("ask",), ("explain",), ("sql", "--dialect", "duckdb")):
        assert run(words[0], "people.yaml", *words[1:]) == Result("", said, 2)


NOTHING_DECLARED = {
    "the day of a dated constant": "constants: {free: {means: what is free, is: {start: 22, 2024-07-01: 0}, on: age}}",
    "a sum": "numbers: {twice: {means: twice as old, sum: {age: 2}}}",
    "a larger number": "numbers: {paid: {means: years that are paid, larger_of: [age, 18]}}",
    "a fact": "facts: {adult: {means: of age, when: {age: {at_least: 18}}}}",
    "a combination": "impossible: [{when: {age: {at_least: 18}}, because: Nobody is.}]",
}


@pytest.mark.parametrize("section", NOTHING_DECLARED.values(), ids=list(NOTHING_DECLARED))
def test_a_library_without_questions_may_name_none(folder: Path, section: str) -> None:
    write({"people.yaml": f"library: people\ntitle: Who somebody is\n{section}\n"})
    with pytest.raises(PolicyError, match="`age`"):
        load_library("people.yaml")
    with pytest.raises(PolicyError, match="`age`"):
        load("loan.yaml")
    result = run("check", "people.yaml")
    assert result.code == 2
    assert "`age`" in result.err


@pytest.mark.parametrize("gone", ["missing", "unreadable"])
def test_names_of_a_library_that_cannot_be_read_are_not_blamed(folder: Path, gone: str) -> None:
    text = LOAN.replace("{adult: yes}", "{hours: {at_least: limit}, kind: {one_of: kinds}, due: {before: first_day}}")
    text = text.replace("{adult: no}", "{sum_up: {at_most: limit}}")
    own = """\
situation:
  hours: {ask: For how long?, type: integer, from: 0, to: 120}
  kind: {ask: Which saw?, choices: {hand: Handsaw, chain: Chainsaw}}
  due: {ask: Until when?, type: date}
numbers: {sum_up: {means: what it costs, sum: {hours: price}, plus: base}, more: {means: m, larger_of: [hours, least]}}
"""
    write({"loan.yaml": text.replace("verdicts:", f"{own}verdicts:")})
    (folder / "people.yaml").unlink()
    if gone == "unreadable":
        (folder / "people.yaml").write_bytes(b"\xff")
    with pytest.raises(PolicyError) as refused:
        load("loan.yaml")
    assert [problem.code for problem in refused.value.problems] == [
        "no-such-file" if gone == "missing" else "not-utf-8"
    ]

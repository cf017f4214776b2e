"""What is said of every wrong file, and how soon?

The small wrong files, and what the command line must print of each, are the sections of `tests/wrong/*.txt` (the form
is described in `tests/support/refusals/sections.py`; forged certificates have another, and
`test_forged_certificates.py`; the wrong records of a Python program are in `test_wrong_data.py`). After a message was
changed,

    REWRITE_EXPECTED=1 python -m pytest -q tests/language/test_wrong.py tests/language/test_wrong_data.py

writes what is printed now into the golden texts: read the difference, since a bad message is as easily kept as a good
one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.refusals.forged import PATH as CERTIFICATES
from tests.support.refusals.large import LARGE, Large
from tests.support.refusals.made import MADE, Made
from tests.support.refusals.running import MOST_MEMORY, measured, run_quickly
from tests.support.refusals.sections import WRONG, Section, base_policy, printed_by, read_sections, rewrite, write_files
from tests.support.running import Result

REWRITING = bool(os.environ.get("REWRITE_EXPECTED"))


# Small files: the sections of the text files.


def _sections() -> list[Any]:
    return [
        pytest.param(path, section, id=f"{path.stem}: {section.name}")
        for path in sorted(WRONG.glob("*.txt"))
        if path != CERTIFICATES
        for section in read_sections(path)
    ]


@pytest.fixture(scope="module")
def rewritten() -> Iterator[dict[Path, dict[str, Result]]]:
    """Collects what is printed, and writes it into the files at the end, where that is asked for."""
    results: dict[Path, dict[str, Result]] = {}
    yield results
    for path, found in results.items():
        rewrite(path, found)


@pytest.mark.parametrize(("path", "section"), _sections())
def test_what_is_printed(
    path: Path,
    section: Section,
    rewritten: dict[Path, dict[str, Result]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The command prints, whole, what the section expects, ends with its exit code, and is quick."""
    stdin = write_files(section, tmp_path)
    monkeypatch.chdir(tmp_path)
    result = run_quickly(*section.command, stdin=stdin)
    if REWRITING:
        rewritten.setdefault(path, {})[section.name] = result
        return
    assert (result.code, printed_by(result)) == (section.code, section.printed)


def test_results_and_complaints_do_not_mix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong with a file is printed on standard error only; standard output stays empty."""
    monkeypatch.chdir(tmp_path)
    for section in read_sections(WRONG / "shape.txt"):
        stdin = write_files(section, tmp_path)
        assert run_quickly(*section.command, stdin=stdin).out == ""


# Files that are made.


@pytest.mark.thorough
@pytest.mark.parametrize("made", MADE, ids=[made.name for made in MADE])
def test_what_is_printed_of_a_made_file(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be kept as text is refused, whole and soon."""
    (tmp_path / "parcels.yaml").write_bytes(made.data())
    monkeypatch.chdir(tmp_path)
    assert run_quickly("check", "parcels.yaml") == Result("", made.printed, 2)


# Four times what the slowest takes.
_LONGEST_OF_LARGE = 20.0


def _large() -> list[Any]:
    """Every fourth one by day, all others in the search."""
    return [
        pytest.param(each, id=each.name, marks=pytest.mark.search if place % 4 else ())
        for place, each in enumerate(LARGE)
    ]


@pytest.mark.thorough
@pytest.mark.parametrize("large", _large())
def test_a_large_file_takes_little(large: Large, tmp_path: Path) -> None:
    """However large a file is, what is wrong with it is said in a few seconds (four times that here), and 500 MB."""
    (tmp_path / "parcels.yaml").write_text(large.text(), encoding="utf-8")
    found = measured(tmp_path, "check", "parcels.yaml")
    assert found.result.code == large.code
    assert (found.result.err + found.result.out).startswith(large.first)
    assert "Traceback" not in found.result.err
    assert found.seconds < _LONGEST_OF_LARGE
    assert found.memory < MOST_MEMORY


def test_sixteen_megabytes_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of exactly 16 MB is read."""
    whole = base_policy(WRONG / "accepted.txt").encode()
    (tmp_path / "parcels.yaml").write_bytes(whole + b"#" * (16 * 2**20 - len(whole)))
    monkeypatch.chdir(tmp_path)
    assert run_quickly("check", "--quiet", "parcels.yaml") == Result("", "", 0)


def test_standard_input_is_not_read_without_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """More than 16 MB on standard input are refused like a file of that size."""
    monkeypatch.chdir(tmp_path)
    printed = (
        "<stdin>  file-too-large  the file holds 16,777,217 bytes; at most 16,777,216 are read\n"
        "  help  split it into several policies\n"
    )
    assert run_quickly("check", "-", stdin=b"#" * 2**25) == Result("", printed, 2)

"""A pytest plugin that collects `*.cases.yaml` files and runs each case as a test.

It is active once installed: `pytest rules/` runs the cases, and `-p no:oneverdict` turns the plugin off. Pytest loads
this file in every run of its environment, as the top-level module `oneverdict_pytest`. So the package `engine` is
imported only when a cases file is found: a project may have a package of the same name.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from engine.language.model.policy import Policy
    from engine.language.situations.cases_file import Case

_ENDINGS = (".cases.yaml", ".cases.yml")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A collector for the path if it is a cases file, else None."""
    return CasesFile.from_parent(parent, path=file_path) if file_path.name.endswith(_ENDINGS) else None


class CasesFile(pytest.File):
    """A cases file; if it cannot be read, collection fails with all of its problems."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield one test per case; raises `CollectError` if the cases or their policy cannot be read."""
        self._require_engine()
        from engine.language.sections.policy_sources import read_document
        from engine.language.situations.cases_file import read_cases
        from engine.problems import PolicyError
        from engine.surfaces.cli.filesystem.policy_files import policy_of_cases

        try:
            document = read_document(str(self.path))
            policy = policy_of_cases(str(self.path), document)
            cases = read_cases(document, policy)
        except PolicyError as error:
            raise self.CollectError(str(error)) from None
        for case in cases.cases:
            yield CaseItem.from_parent(self, name=case.name, policy=policy, case=case)

    def _require_engine(self) -> None:
        """Raise `CollectError` if another module called `engine` shadows the package of oneverdict."""
        from importlib.util import find_spec

        try:
            is_ours = find_spec("engine.verification.verifier") is not None
        except (ImportError, AttributeError, ValueError):
            is_ours = False
        if not is_ours:
            there = getattr(sys.modules.get("engine"), "__file__", None) or "without a file"
            raise self.CollectError(
                f"{self.path}: cases are run by the package `engine` of oneverdict, which another module of that name"
                f" hides here: {there}\n"
                f"  help  run `verdict test {self.path}`, which does not look for modules in this folder; `pytest -p"
                " no:oneverdict` leaves such files alone"
            )


class CaseItem(pytest.Item):
    """One case. It passes if every completion of its answers gets the expected verdict."""

    def __init__(self, *, policy: Policy, case: Case, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.policy, self.case = policy, case

    def runtest(self) -> None:
        """Run the case; warn about texts that differ from a known one only in spelling."""
        from engine.analysis.testing.cases import run_case
        from engine.problems import NearTextWarning

        result = run_case(self.policy, self.case)
        for note in result.notes:
            self.warn(NearTextWarning(note))
        if not result.passed:
            raise _Fails(str(result) + self._unsound_hint())

    def _unsound_hint(self) -> str:
        """A hint for the failure report if the policy is not sound, else an empty text."""
        from engine.analysis.proving.errors import find_errors

        if not find_errors(self.policy):
            return ""
        return f"\n  help  the policy is not sound; `verdict check {self.policy.place.file}` says why"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Describe a failed case by its actual verdict; for any other exception, use pytest's own report."""
        if isinstance(excinfo.value, _Fails):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[PathLike[str], int, str]:
        """The file, the zero-based line and the name of the case."""
        return self.path, self.case.place.line - 1, self.case.name


class _Fails(Exception):
    """The case does not hold; the message gives the actual outcome."""

"""How does pytest run the cases of policies? Each `*.cases.yaml` it comes by is a file of tests, each case a test.

`pytest rules/` is all it takes; `-p no:oneverdict` turns it off. This file is installed as the module
`oneverdict_pytest` too, and pytest loads it by that name with every run in its environment: so it imports nothing of
the package `engine` before there is a cases file, and a project may have a package of that name of its own.
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
    """The cases file at a path."""
    return CasesFile.from_parent(parent, path=file_path) if file_path.name.endswith(_ENDINGS) else None


class CasesFile(pytest.File):
    """A cases file; one that cannot be read is an error of its own, with every problem in it."""

    def collect(self) -> Iterator[pytest.Item]:
        self._require_engine()
        from engine.language.sections.policy_sources import read_document
        from engine.language.situations.cases_file import read_cases
        from engine.problems import PolicyError
        from engine.surfaces.cli.inputs import policy_of_cases

        try:
            document = read_document(str(self.path))
            policy = policy_of_cases(str(self.path), document)
            cases = read_cases(document, policy)
        except PolicyError as error:
            raise self.CollectError(str(error)) from None
        for case in cases.cases:
            yield CaseItem.from_parent(self, name=case.name, policy=policy, case=case)

    def _require_engine(self) -> None:
        """Raises `CollectError` where another module of the name hides our package."""
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
    """One case: it passes when it holds for the policy, whatever it leaves out."""

    def __init__(self, *, policy: Policy, case: Case, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.policy, self.case = policy, case

    def runtest(self) -> None:
        from engine.analysis.testing.cases import run_case
        from engine.problems import NearTextWarning

        result = run_case(self.policy, self.case)
        for note in result.notes:
            self.warn(NearTextWarning(note))
        if not result.passed:
            raise _Fails(str(result) + self._draft())

    def _draft(self) -> str:
        from engine.analysis.proving.proof import find_errors

        if not find_errors(self.policy):
            return ""
        return f"\n  help  the policy is not sound; `verdict check {self.policy.place.file}` says why"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What came in place of what the case expects; of anything else that went wrong, all there is."""
        if isinstance(excinfo.value, _Fails):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[PathLike[str], int, str]:
        return self.path, self.case.place.line - 1, self.case.name


class _Fails(Exception):
    """A case does not hold; its text says what came instead."""

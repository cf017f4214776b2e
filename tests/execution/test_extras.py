"""Is a missing package told with a command that installs it, however this distribution was installed?"""

from __future__ import annotations

import shlex
import sys
from importlib import metadata

import pytest

from engine import NotInstalledError
from engine.execution import extras
from engine.execution.extras import install_command, need

EXTRAS = ("json", "tables", "sql")


@pytest.mark.parametrize("extra", EXTRAS)
def test_the_command_names_every_package_of_the_extra(extra: str) -> None:
    """No index needs to know this distribution: the packages are named, with the versions that it demands."""
    python, *pip, _ = shlex.split(install_command(extra, ()))[:4]
    assert [python, *pip] == [sys.executable, "-m", "pip"]
    wanted = shlex.split(install_command(extra, ()))[4:]
    demanded = [each.partition(";") for each in metadata.requires("oneverdict") or ()]
    assert wanted == [name.strip() for name, _, marker in demanded if f"'{extra}'" in marker]
    assert wanted


def test_without_metadata_the_modules_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who runs the engine from a folder, without having installed it, gets a command too."""
    monkeypatch.setattr(extras, "_DISTRIBUTION", "no-such-distribution")
    monkeypatch.setattr(sys, "executable", "/opt/my python/bin/python3")
    assert install_command("sql", ("sqlglot",)) == '"/opt/my python/bin/python3" -m pip install sqlglot'


def test_all_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(
        NotInstalledError, match="decided with no_such_a, no_such_b and no_such_c, which are not installed"
    ):
        need("tables", "tables are decided", "no_such_a", "json", "no_such_b", "no_such_c")

"""Reads a policy whose files are texts by their paths."""

from __future__ import annotations

from collections.abc import Mapping

from engine import Policy
from engine.language.documents.yaml_text import read_yaml
from engine.language.model.values.misfits import Misfit
from engine.language.parsing.openers import Companion, Opened
from engine.language.sections.policy_file import read_policy


def read_files(files: Mapping[str, str], path: str) -> Policy:
    """Read the policy at a path, with what it names beside it."""

    def open_beside(other: str, _: Companion) -> Opened:
        if other not in files:
            raise Misfit("no-such-file", f"there is no file `{other}` beside the policy")
        return Opened(other, files[other].encode(), other)

    return read_policy(read_yaml(files[path].encode(), path), open_beside)

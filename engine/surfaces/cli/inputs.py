"""Inputs of commands: policies, folders of policies, records and standard input, as named on the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from errno import EBADF
from typing import BinaryIO

import click

from engine import Answers, Policy
from engine.language.documents.text import MOST_BYTES, decode, shorten
from engine.language.documents.yaml_text import read_yaml
from engine.language.sections.policy_sources import find, load_found, load_text, normalise_path, read_bytes
from engine.language.situations.situation_records import read_node_record, read_record, read_settings
from engine.problems import Place, PolicyError, Problem, RecordError
from engine.surfaces.cli.progress_line import show_progress

STDIN = "-"


def stdin_stream() -> BinaryIO:
    """The binary stream of standard input; raises `OSError` if the process was started without one."""
    if sys.stdin is None:
        raise OSError(EBADF, "there is none", "standard input")
    return sys.stdin.buffer


def stdin_bytes() -> bytes:
    """Read standard input, at most one byte more than the size limit, so that the caller can detect input too large.

    Raises `OSError` with the file name `standard input`.
    """
    try:
        return stdin_stream().read(MOST_BYTES + 1)
    except OSError as error:
        raise OSError(error.errno, error.strerror, "standard input") from None


def load_named(name: str) -> Policy:
    """Load a policy by path, by the name of a shipped policy, or from standard input (`-`); raises `PolicyError`."""
    return load_text(stdin_bytes(), "<stdin>") if name == STDIN else load_found(find(name))


def load_policy(name: str, *, quiet: bool = False) -> Policy:
    """Load the policy that the running command is about, and show the progress; raises `PolicyError`."""
    with show_progress(quiet=quiet):
        loaded = load_named(name)
    click.get_current_context().obj = loaded
    return loaded


def read_answers(policy: Policy, record: str | None, settings: tuple[str, ...]) -> Answers:
    """Read the answers of a record file (JSON or YAML, `-` for standard input) and of `--set field=value`.

    Raises `RecordError` or `PolicyError` with everything that is wrong, including a field answered in both.
    """
    problems: list[Problem] = []
    answers = _read(lambda: Answers({}, {}) if record is None else _record(policy, record), problems)
    added = _read(lambda: read_settings(policy, _settings(settings)), problems)
    twice = [name for name in added.values if name in answers.values]
    if twice:
        places = tuple(Place("--set", path=name) for name in twice)
        names = ", ".join(f"`{name}`" for name in twice)
        message = f"{names} is answered in the record too"
        problems.append(Problem("answered-twice", message, places, "keep one of the two"))
    if problems:
        raise RecordError(problems)
    values = {**answers.values, **added.values}
    in_order = {name: values[name] for name in policy.field if name in values}
    return Answers(in_order, {**answers.assumed, **added.assumed})


def _read(read: Callable[[], Answers], problems: list[Problem]) -> Answers:
    """Call a reader; if it fails, collect its problems and return no answers, so that the other source is read too."""
    try:
        return read()
    except (PolicyError, RecordError) as error:
        problems += error.problems
        return Answers({}, {})


def read_given(policy: Policy, given: tuple[str, ...]) -> Answers:
    """Read the answers of `--from field=value`; raises `RecordError` with everything that is wrong with them."""
    return read_settings(policy, _settings(given, "--from"), "--from")


def _settings(settings: tuple[str, ...], option: str = "--set") -> dict[str, str]:
    """Split `field=value` settings into a dict; raises `RecordError` for malformed and repeated ones."""
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for setting in settings:
        name, equals, value = setting.partition("=")
        place = Place(option, path=shorten(name))
        if not equals or not name.strip():
            message = f"`{shorten(setting)}` does not answer a field"
            problems.append(Problem("wrong-shape", message, (place,), f"write `{option} field=value`"))
        elif name.strip() in found:
            problems.append(
                Problem("answered-twice", f"`{shorten(name)}` is set twice", (place,), "keep one of the two")
            )
        found.setdefault(name.strip(), value)
    if problems:
        raise RecordError(problems)
    return found


def _record(policy: Policy, record: str) -> Answers:
    """Read a record file, as JSON if it is JSON and otherwise as YAML."""
    data = stdin_bytes() if record == STDIN else read_bytes(normalise_path(record))
    file = "<stdin>" if record == STDIN else record
    from engine.language.documents.json_text import is_json, read_json

    # JSON and YAML read `true` and `"2026-01-31"` differently, so a record that is JSON is read as JSON.
    text, problems = decode(data, file)
    if text is None or problems:
        raise RecordError(problems)
    if (text.lstrip()[:1] in ("{", "[") and record.endswith(".json")) or is_json(text):
        return read_record(policy, read_json(text, file), name=file)
    document = read_yaml(data, file)
    if document.problems:
        raise RecordError(document.problems)
    return read_node_record(policy, document.root)

"""Inputs of commands: policies, folders of policies, records and standard input, as named on the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from errno import EBADF
from typing import BinaryIO

import click

from engine import Answers, Policy, load
from engine.bundled import Located, shipped_policies
from engine.language.documents.nodes import Document
from engine.language.documents.text import MOST_BYTES, decode, shorten
from engine.language.documents.yaml_text import read_yaml
from engine.language.sections.policy_sources import base_name, find, load_found, load_text, normalise_path, read_bytes
from engine.language.situations.situation_records import read_node_record, read_record, read_settings
from engine.problems import Place, PolicyError, Problem, RecordError, printable
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


def files_of(policy: Policy) -> list[str]:
    """The files that a policy was read from: its own, its rule table and libraries; `-` stands for standard input."""
    files = dict.fromkeys([policy.place.file, *(rule.place.file for rule in policy.rules), *policy.memo.libraries])
    return [STDIN if file == "<stdin>" else file for file in files]


def files_below(name: str) -> Iterator[Located]:
    """The file that a name stands for, or every YAML file in a folder and its subfolders, in alphabetical order.

    Raises `PolicyError` if there is no such file, or no YAML file in the folder.
    """
    # `os.path` returns False where `pathlib` raises, for example if the name is too long.
    if not os.path.isdir(name) or name in shipped_policies():
        yield find(name)
        return
    from pathlib import Path

    files = (each for each in Path(name).rglob("*") if each.suffix in (".yaml", ".yml") and each.is_file())
    found = [str(each) for each in sorted(files)]
    if not found:
        raise PolicyError.of("no-such-file", "there is no YAML file in this folder", Place(name))
    yield from found


def is_cases(path: Located) -> bool:
    """Whether the file name marks a cases file."""
    return base_name(path).endswith((".cases.yaml", ".cases.yml"))


def cases_beside(path: Located) -> Located:
    """The path of the cases file of a policy: `NAME.cases.yaml` for `NAME.yaml`."""
    stem, ending = os.path.splitext(base_name(path))
    return _beside(path, f"{stem}.cases{ending}")


def policy_beside(path: Located) -> Located:
    """The path of the policy of a cases file: `NAME.yaml` for `NAME.cases.yaml`."""
    return _beside(path, base_name(path).replace(".cases.", "."))


def _beside(path: Located, name: str) -> Located:
    """The path of another file in the same folder, on disk or in a zip file."""
    if isinstance(path, str):
        return os.path.join(os.path.dirname(path), name)
    found: Located = path.parent.joinpath(name)  # type: ignore[attr-defined]
    return found


def is_there(path: Located) -> bool:
    """Whether the file exists."""
    return os.path.isfile(path) if isinstance(path, str) else path.is_file()


def policy_of_cases(path: Located, document: Document) -> Policy:
    """Load the policy that a cases file is for: the one beside it, or else the shipped policy that it names.

    Raises `PolicyError` if there is neither, or the policy cannot be read.
    """
    from engine.language.situations.cases_file import cases_policy

    beside = policy_beside(path)
    name = cases_policy(document)
    if name is None or is_there(beside) or name.text not in shipped_policies():
        if not is_there(beside):
            missing = printable(base_name(beside))
            message = f"the policy of these cases is not beside them: there is no file `{missing}`"
            place = name.place if name else Place(str(path))
            raise PolicyError.of("no-such-policy", message, place, "move the cases beside their policy")
        return load_found(beside)
    return load(name.text)


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

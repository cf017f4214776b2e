"""What does a word on the command line name: a policy, a folder of policies, a record, standard input?"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from errno import EBADF
from typing import BinaryIO

from engine.bundled import Located, shipped_policies
from engine.language.documents.nodes import Document
from engine.language.documents.text import MOST_BYTES, decode, shortened
from engine.language.documents.yaml_text import read_yaml
from engine.language.model.policy import Policy
from engine.language.sections.policy_sources import (
    find,
    load,
    load_found,
    load_text,
    name_of,
    normalise_path,
    read_bytes,
)
from engine.language.situations.situation_records import Answers, read_node_record, read_record, read_settings
from engine.problems import Place, PolicyError, Problem, RecordError, printable

STDIN = "-"


def stdin_stream() -> BinaryIO:
    """Standard input, which a process may be begun without."""
    if sys.stdin is None:
        raise OSError(EBADF, "there is none", "standard input")
    return sys.stdin.buffer


def stdin_bytes() -> bytes:
    """What standard input holds, up to one byte more than is ever read; raises `OSError` with its name."""
    try:
        return stdin_stream().read(MOST_BYTES + 1)
    except OSError as error:
        raise OSError(error.errno, error.strerror, "standard input") from None


def load_named(name: str) -> Policy:
    """The policy that a word names; raises `PolicyError`."""
    return load_text(stdin_bytes(), "<stdin>") if name == STDIN else load_found(find(name))


def files_of(policy: Policy) -> list[str]:
    """The names of the files that a policy was read from, `-` for standard input: its own, and its table of rules."""
    files = dict.fromkeys([policy.place.file, *(rule.place.file for rule in policy.rules)])
    return [STDIN if file == "<stdin>" else file for file in files]


def files_below(name: str) -> Iterator[Located]:
    """The policy or cases file a word names, or every YAML file in the folder it names, in alphabetical order."""
    # os.path answers no where pathlib raises: for a name that is too long, say.
    if not os.path.isdir(name) or name in shipped_policies():
        yield find(name)
        return
    from pathlib import Path

    files = (each for each in Path(name).rglob("*") if each.suffix in (".yaml", ".yml") and each.is_file())
    found = [str(each) for each in sorted(files)]
    if not found:
        raise PolicyError([Problem("no-such-file", "there is no YAML file in this folder", (Place(name),))])
    yield from found


def is_cases(path: Located) -> bool:
    return name_of(path).endswith((".cases.yaml", ".cases.yml"))


def cases_beside(path: Located) -> Located:
    """Where the cases of a policy file are: `NAME.cases.yaml` for `NAME.yaml`."""
    stem, ending = os.path.splitext(name_of(path))
    return _beside(path, f"{stem}.cases{ending}")


def policy_beside(path: Located) -> Located:
    """Where the policy of a cases file is: `NAME.yaml` for `NAME.cases.yaml`."""
    return _beside(path, name_of(path).replace(".cases.", "."))


def _beside(path: Located, name: str) -> Located:
    """Another file in the same folder, on a disk or in a zip file."""
    if isinstance(path, str):
        return os.path.join(os.path.dirname(path), name)
    found: Located = path.parent.joinpath(name)  # type: ignore[attr-defined]
    return found


def is_there(path: Located) -> bool:
    """Whether there is such a file."""
    return os.path.isfile(path) if isinstance(path, str) else path.is_file()


def policy_of_cases(path: Located, document: Document) -> Policy:
    """The policy that a cases file is for: `NAME.yaml` beside `NAME.cases.yaml`, else the shipped one it names."""
    from engine.language.situations.cases_file import cases_policy

    beside = policy_beside(path)
    name = cases_policy(document)
    if name is None or is_there(beside) or name.text not in shipped_policies():
        if not is_there(beside):
            missing = printable(name_of(beside))
            message = f"the policy of these cases is not beside them: there is no file `{missing}`"
            place = name.place if name else Place(str(path))
            raise PolicyError([Problem("no-such-policy", message, (place,), "move the cases beside their policy")])
        return load_found(beside)
    return load(name.text)


def read_answers(policy: Policy, record: str | None, settings: tuple[str, ...]) -> Answers:
    """The answers of a record file (JSON or YAML, `-` for standard input) and of `--set field=value`, which adds to it.

    Raises `RecordError` or `PolicyError` with everything that is wrong.
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
    """The answers, or none and what is wrong with them, so that the other half is read too."""
    try:
        return read()
    except (PolicyError, RecordError) as error:
        problems += error.problems
        return Answers({}, {})


def read_given(policy: Policy, given: tuple[str, ...]) -> Answers:
    """The answers of `--from field=value`; raises `RecordError` with everything that is wrong with them."""
    return read_settings(policy, _settings(given, "--from"), "--from")


def _settings(settings: tuple[str, ...], option: str = "--set") -> dict[str, str]:
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for setting in settings:
        name, equals, value = setting.partition("=")
        place = Place(option, path=shortened(name))
        if not equals or not name.strip():
            message = f"`{shortened(setting)}` does not answer a field"
            problems.append(Problem("wrong-shape", message, (place,), f"write `{option} field=value`"))
        elif name.strip() in found:
            problems.append(
                Problem("answered-twice", f"`{shortened(name)}` is set twice", (place,), "keep one of the two")
            )
        found.setdefault(name.strip(), value)
    if problems:
        raise RecordError(problems)
    return found


def _record(policy: Policy, record: str) -> Answers:
    data = stdin_bytes() if record == STDIN else read_bytes(normalise_path(record))
    file = "<stdin>" if record == STDIN else record
    from engine.language.documents.json_text import is_json, read_json

    # JSON and YAML differ in what `true` and `"2026-01-31"` may be; a record that is JSON is read as JSON.
    text, problems = decode(data, file)
    if text is None or problems:
        raise RecordError(problems)
    if (text.lstrip()[:1] in ("{", "[") and record.endswith(".json")) or is_json(text):
        return read_record(policy, read_json(text, file), name=file)
    document = read_yaml(data, file)
    if document.problems:
        raise RecordError(document.problems)
    return read_node_record(policy, document.root)

"""Locating and loading policies: shipped by name, from a path or stream, or as text, bytes or a mapping."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol, runtime_checkable

from engine.bundled import Located, shipped_policies
from engine.language.documents.nodes import Document
from engine.language.documents.nodes import Mapping as Nodes
from engine.language.documents.text import MOST_BYTES, is_document, odd_characters, shorten
from engine.language.documents.yaml_text import read_yaml
from engine.language.model.policy import Policy
from engine.language.model.values.misfits import Misfit
from engine.language.parsing.openers import Companion, Opened, Opener, no_folder, stay_below
from engine.language.sections.outline import is_library
from engine.language.sections.policy_file import read_policy
from engine.problems import Place, PolicyError, printable
from engine.progress import tell_observer

_CREATE_IT = "create it, or write the path of an existing file, relative to the folder of the file that names it"


@runtime_checkable
class Readable(Protocol):
    """Protocol of streams: an open file, or anything with `read`, of text or of bytes.

    Example:
        >>> import io
        >>> from engine import Readable
        >>> isinstance(io.StringIO("policy: rain"), Readable)
        True
    """

    def read(self, size: int = ..., /) -> str | bytes:
        """Read the next characters or bytes.

        Args:
            size: Largest number to read; all that are left by default.

        Returns:
            What was read; empty at the end.
        """
        ...


def load(
    policy: str | os.PathLike[str] | Mapping[str, Any] | bytes | Readable,
    *,
    name: str | None = None,
    folder: str | os.PathLike[str] | None = None,
) -> Policy:
    """Read a policy: a shipped one, a file, or what a program holds.

    Reading checks names, kinds and values, and reports every problem at once. It does not prove anything: `check` does.

    Args:
        policy: What to read.

            - `str` with a line break, or beginning with `{`: the policy itself, as YAML or JSON
            - `str` with a `/`, or ending in `.yaml`: the path of a file
            - any other `str`: the name of a shipped policy
            - `os.PathLike`: the path of a file
            - `bytes`, an open file or another stream: YAML or JSON in UTF-8
            - a mapping: the policy as data, as `Policy.to_dict` returns it
        name: What messages call a policy that is not a file; `policy` by default, or the name of an open file.
        folder: The folder of the rule tables, libraries and policies that such a policy names, if any.

    Returns:
        The policy.

    Raises:
        PolicyError: The policy cannot be found or read; `problems` holds everything that is wrong with it.
        TypeError: `policy` is none of these, `name` is not a text, or `folder` is not a path; or one of them is given
            beside a file.

    Example:
        >>> from engine import load
        >>> policy = load('''
        ... policy: rain
        ... title: Do I take an umbrella?
        ... situation: {rain: {ask: Does it rain?, type: yes_no}}
        ... verdicts: {umbrella: {title: Take it}, nothing: {title: Leave it}}
        ... rules:
        ...   - {rule: wet, when: {rain: yes}, then: umbrella, because: Nobody likes to be wet.}
        ...   - {rule: dry, when: {rain: no}, then: nothing, because: It is heavy.}
        ... ''')
        >>> policy.title
        'Do I take an umbrella?'
    """
    held = read_held(policy, name, folder, "policy", read_beside)
    return _read_document_policy(*held) if isinstance(held, tuple) else load_found(find(held))


def read_held(
    source: object,
    name: str | None,
    folder: str | os.PathLike[str] | None,
    kind: str,
    open_around: Callable[[Located, str, Companion], Opened],
) -> tuple[Document, Opener] | str | os.PathLike[str]:
    """Read a policy or a library that a program holds, or return the path or name under which it is found.

    Args:
        source: What to read, as `load` and `load_library` take it.
        name: What messages call it.
        folder: The folder of the files that it names.
        kind: `policy` or `library`.
        open_around: Opens a file that another one names: `read_beside` or `read_around`.

    Returns:
        The nodes and the opener of the files that they name; or `source` itself if it is a path or a name.

    Raises:
        PolicyError: The text cannot be read.
        TypeError: `source` is none of these, or `name` or `folder` does not go with it.
    """
    if name is not None or folder is not None:
        from engine.language.model.arguments import require_place

        require_place(source, name, folder, kind)
    document = held_document(source, name, kind)
    if document is not None:
        # What it names is looked up beside a file of this name, which need not exist.
        beside = None if folder is None else os.path.join(folder, f"{kind}.yaml")
        return document, no_folder if beside is None else partial(open_around, beside)
    if not isinstance(source, str | os.PathLike):
        from engine.language.model.arguments import refuse_source

        refuse_source(source, kind)
    return source


def held_document(held: object, name: str | None, default: str) -> Document | None:
    """Read what a program holds (a text, bytes, a stream or a mapping) into nodes; None for anything else.

    Messages call it `name`, or by the name of an open file, or else `default`.
    """
    if isinstance(held, Mapping):
        from engine.language.documents.data import data_document

        return data_document(held, name or default)
    if isinstance(held, str):
        return read_yaml(encode(held, name or default), name or default) if is_document(held) else None
    if isinstance(held, bytes | bytearray | memoryview):
        return read_yaml(bytes(held), name or default)
    if isinstance(held, os.PathLike | type) or not isinstance(held, Readable):
        return None
    own = getattr(held, "name", None)
    name = name or (own if isinstance(own, str) else default)
    return read_yaml(read_stream(held, name), name)


def load_found(path: Located) -> Policy:
    """Load the policy in a file, on a disk or in a zip file; raises `PolicyError`."""
    return load_read(read_document(path), path)


def load_read(document: Document, path: Located) -> Policy:
    """Load the policy in a file whose document has been read; raises `PolicyError`."""
    return _require_file_name(_read_document_policy(document, partial(read_beside, path)), path)


def load_text(data: bytes, file: str = "-", open_beside: Opener = no_folder) -> Policy:
    """Load a policy from bytes, such as standard input.

    Args:
        data: The policy, as YAML or JSON.
        file: Its name in messages.
        open_beside: Opens the files of its table and of its libraries, if it names any.

    Raises:
        PolicyError: With every problem.
    """
    return _read_document_policy(read_yaml(data, file), open_beside)


def _read_document_policy(document: Document, open_beside: Opener) -> Policy:
    """Read a policy from a document, unless it holds cases or a library."""
    message = help_ = ""
    if holds_cases(document):
        message = "this file holds cases, not a policy"
        help_ = "name the policy's own file; `verdict test` runs the cases"
    elif is_library(document.root):
        message = "this file is a library, not a policy"
        help_ = "name a policy that has it in `uses:`; `verdict check` checks a library by itself"
    if message:
        raise PolicyError.of("wrong-file", message, Place(document.file, 1, 1), help_)
    return read_policy(document, open_beside)


def encode(text: str, name: str) -> bytes:
    """Encode a text as UTF-8; raises `PolicyError` if it holds lone surrogates."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise PolicyError(odd_characters(text, name)) from None


def read_stream(stream: Readable, name: str) -> bytes:
    """Read a stream, up to one byte more than the size limit; raises `PolicyError` if that fails."""
    parts: list[str | bytes] = []
    remaining = MOST_BYTES + 1
    try:
        while remaining > 0 and (part := stream.read(remaining)):
            parts.append(part)
            remaining -= len(part)
    except UnicodeDecodeError:
        help_ = "save it with the encoding UTF-8"
        raise PolicyError.of("not-utf-8", "this is not UTF-8 text", Place(name), help_) from None
    except OSError as error:
        message = f"it cannot be read: {(error.strerror or str(error)).lower()}"
        raise PolicyError.of("unreadable-file", message, Place(name)) from None
    return b"".join(encode(part, name) if isinstance(part, str) else part for part in parts)


def find(policy: str | os.PathLike[str]) -> Located:
    """The file of a shipped policy or a path; raises `PolicyError` for an unknown name."""
    text = os.fspath(policy)
    if os.sep in text or text.endswith((".yaml", ".yml", ".csv")) or not isinstance(policy, str):
        return normalise_path(text)
    shipped = shipped_policies()
    if text in shipped:
        return shipped[text]
    from engine.language.documents.name_suggestions import did_you_mean

    help_ = did_you_mean(text, shipped) + "; a path contains `/` or ends in `.yaml`"
    if os.path.isfile(f"{text}.yaml"):
        help_ = f"there is a file `{printable(text)}.yaml` here: name it with its ending"
    elif text and os.path.isdir(text):
        help_ = f"`{printable(text)}` is a folder: name the file of a policy in it"
    raise PolicyError.of("no-such-policy", f"no policy called `{printable(text)}` comes with the project", (), help_)


def normalise_path(text: str) -> str:
    """Normalise a path as `pathlib` does, which is how messages name files."""
    if os.path.normpath(text) == text:
        return text
    from pathlib import Path

    return str(Path(text))


def base_name(path: Located) -> str:
    """The base name of a file."""
    return os.path.basename(path) if isinstance(path, str) else path.name


def read_bytes(path: Located) -> bytes:
    """Read a file, up to one byte more than the size limit; raises `PolicyError` if that fails."""
    tell_observer(f"reading {path}")
    try:
        with open(path, "rb") if isinstance(path, str) else path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        place = Place(str(path))
        if isinstance(error, FileNotFoundError):
            raise PolicyError.of("no-such-file", "there is no such file", place, missing_file_help(path)) from None
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        help_ = "name a file in it" if isinstance(error, IsADirectoryError) else "name a file you may read"
        raise PolicyError.of("unreadable-file", f"it cannot be read: {reason.lower()}", place, help_) from None


def read_beside(policy: Located, path: str, companion: Companion) -> Opened:
    """Read a file in a policy's folder or below it, as an `Opener` does.

    Raises:
        Misfit: If it cannot be read, or lies outside the folder.
    """
    return _read_companion(policy, stay_below(path, companion), companion)


def read_around(library: Located, path: str, companion: Companion) -> Opened:
    """Read a file that a library uses, as an `Opener` does, for a library that is read by itself.

    It may lie above the library's folder: only the policies that use the library can tell what lies outside theirs.
    """
    return _read_companion(library, path.split("/"), companion)


def _read_companion(policy: Located, parts: list[str], companion: Companion) -> Opened:
    """Read a file that belongs to another one; raises `Misfit`."""
    from pathlib import Path

    name = "/".join(parts)
    policy = Path(policy) if isinstance(policy, str) else policy
    # Entries of zip files have a `parent` too, although the protocol `Traversable` does not declare it.
    path: Located = policy.parent.joinpath(*parts)  # type: ignore[attr-defined]
    resolved = name
    if isinstance(path, Path) and isinstance(policy, Path):
        real, top = os.path.realpath(path), os.path.realpath(policy.parent)
        if parts[0] != ".." and not Path(real).is_relative_to(top):
            raise companion.links_out(name)
        if os.path.exists(path) and not os.path.isfile(path):
            raise Misfit("unreadable-file", f"`{shorten(name)}` is not a file", f"name the {companion.word} itself")
        resolved = os.path.relpath(real, top).replace(os.sep, "/")
    try:
        return Opened(str(path), read_bytes(path), resolved)
    except PolicyError as error:
        problem = error.problems[0]
        missing = f"there is no file `{shorten(name)}` beside the policy"
        message = missing if problem.code == "no-such-file" else problem.message
        raise Misfit(problem.code, message, problem.help or _CREATE_IT) from None


def holds_cases(document: Document) -> bool:
    """Whether a document is a cases file, judged by its contents."""
    root = document.root
    return isinstance(root, Nodes) and "cases" in root.entries and "rules" not in root.entries


def link_help(path: str | os.PathLike[str]) -> str:
    """The help for a symbolic link whose target is missing; empty if `path` is no link."""
    return f"it is a link to `{printable(os.readlink(path))}`, where there is no file" if os.path.islink(path) else ""


def missing_file_help(path: Located) -> str:
    """The help for a missing file: where a link leads, or a similar name in its folder; empty if there is none."""
    from pathlib import Path

    path = Path(path) if isinstance(path, str) else path
    if not isinstance(path, Path):
        return ""
    if path.suffix in (".yaml", ".yml") and path.stem in shipped_policies():
        return f"the policy that comes with the project is called `{path.stem}`, without an ending or a folder"
    if leads := link_help(path):
        return leads
    if not os.path.isdir(path.parent):
        return f"there is no folder `{printable(str(path.parent))}` either"
    alike = (".csv",) if path.suffix.lower() == ".csv" else (".yaml", ".yml", ".json")
    files = (each for each in sorted(path.parent.iterdir()) if each.suffix.lower() in alike and each.exists())
    from engine.language.documents.name_suggestions import did_you_mean_file

    return did_you_mean_file(path.name, (printable(each.name) for each in files))


def read_document(path: Located) -> Document:
    """Read a YAML file into nodes; raises `PolicyError` if it cannot be read or is a table."""
    name = base_name(path)
    if name.lower().endswith(".csv"):
        message = "this is a table, not a policy"
        help_ = f"name the policy beside it, the one with `rules: {{table: {printable(name)}}}`"
        raise PolicyError.of("wrong-file", message, Place(str(path)), help_)
    return read_yaml(read_bytes(path), str(path))


def _require_file_name(policy: Policy, path: Located) -> Policy:
    """Return the policy; raises `PolicyError` if its name differs from its file's, under which people look for it."""
    name = base_name(path)
    stem = name.removesuffix(".yaml").removesuffix(".yml")
    if policy.name == stem or stem == name:
        return policy
    message = f"the policy `{policy.name}` is in a file called `{printable(name)}`"
    help_ = f"rename the file to `{policy.name}.yaml`, or write `policy: {printable(stem)}`"
    raise PolicyError.of("file-name", message, policy.place, help_)

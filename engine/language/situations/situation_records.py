"""Reading of situation records from Python or JSON mappings, YAML, and command-line settings.

Fields may be left out. All invalid entries are reported at once, and nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from engine.frozen import frozen_value
from engine.language.documents.nodes import Broken, Node, Scalar
from engine.language.documents.nodes import Mapping as Nodes
from engine.language.documents.plain_values import plain_scalar, plain_value
from engine.language.documents.text import shorten
from engine.language.model.field_kinds import UNSURE, Field, Value
from engine.language.model.policy import Policy
from engine.language.model.values.misfits import Misfit
from engine.language.model.values.value_readers import data_value, is_unsure, node_value
from engine.language.parsing.reading import limit_problems
from engine.language.situations.typed_text import typed_value
from engine.problems import Place, Problem, RecordError

Situation = Mapping[str, Value]
_RECORD = "record"
_MOST_SUGGESTED = 100


@frozen_value
class Answers:
    """A record as read: typed and checked answers.

    Attributes:
        values: The answer to each answered field, by field name.
        assumed: Those of `values` that stand for the answer `unsure`.

    Example:
        >>> from engine import interview, load
        >>> interview(load("other-interviews"), {"offer": "made"}).answers
        Answers(values={'offer': 'made'}, assumed={})
    """

    values: dict[str, Value]
    assumed: dict[str, Value]


@frozen_value
class _Entry:
    """One entry of a record: its dotted name, the places of key and value, and the function that reads it."""

    name: str
    key: Place
    place: Place
    empty: bool
    raw: Any
    read: Callable[[Field, Any], Value]


def read_record(policy: Policy, record: object, *, name: str = _RECORD) -> Answers:
    """Read a Python or JSON mapping, or check answers that have been read; raises `RecordError` with every problem."""
    if isinstance(record, Answers):
        record = {**record.values, **dict.fromkeys(record.assumed, UNSURE)}
    if not isinstance(record, Mapping):
        message = "a record is a map from field names to answers"
        raise RecordError.of("wrong-shape", message, Place(name), f"write `{_example(policy)}`")
    problems: list[Problem] = []
    return _to_answers(policy, _data_entries(policy, record, "", name, problems), problems)


def read_node_record(policy: Policy, node: Node | None) -> Answers:
    """Read a YAML mapping; raises `RecordError` with every problem."""
    if node is None or (isinstance(node, Scalar) and node.empty):
        return Answers({}, {})
    if not isinstance(node, Nodes):
        message = "a record is a map from field names to answers"
        raise RecordError.of("wrong-shape", message, node.place, f"write `{_example(policy)}`")
    problems: list[Problem] = []
    return _to_answers(policy, _node_entries(policy, node, "", problems), problems)


def read_settings(policy: Policy, settings: Mapping[str, str], option: str = "--set") -> Answers:
    """Read the texts given to a command-line option, by field name; raises `RecordError` with every problem."""
    entries = []
    for name, text in settings.items():
        value = text.strip()
        place = Place(option, path=shorten(name))
        entries.append(_Entry(name, place, place, not value, value, typed_value))
    return _to_answers(policy, entries, [])


def _example(policy: Policy) -> str:
    return f"{{{policy.fields[0].name}: …}}"


def _prefixes(policy: Policy) -> set[str]:
    """The dotted prefixes of field names, which stand for nested mappings: `sender` of `sender.country`."""
    found = set()
    for field in policy.fields:
        parts = field.name.split(".")
        found |= {".".join(parts[:length]) for length in range(1, len(parts))}
    return found


def _data_entries(
    policy: Policy, record: Mapping[Any, Any], above: str, file: str, problems: list[Problem]
) -> list[_Entry]:
    """Flatten a nested mapping into entries, reporting keys that are no text.

    A nested mapping that is missing (`None`) answers nothing, like an empty one.
    """
    prefixes = policy.keep(_prefixes)
    found: list[_Entry] = []
    for key, value in record.items():
        part = key if type(key) is str else _key_text(key, policy, above)
        if part is None:
            message = f"the key `{shorten(repr(key), 40)}` is not text"
            problems.append(Problem("unknown-field", message, (Place(file, path=above),), "name a field"))
            continue
        name = above + part
        place = Place(file, path=shorten(name))
        if name in prefixes and isinstance(value, Mapping):
            found += _data_entries(policy, value, f"{name}.", file, problems)
        else:
            plain = plain_value(value)
            if plain is not None or name not in prefixes:
                found.append(_Entry(name, place, place, plain is None, plain, data_value))
    return found


def _key_text(key: Any, policy: Policy, above: str) -> str | None:
    """The text of a key that is no plain string: a field name that equals it, or the string it holds; None if neither.

    Field names are compared as a dict would, so that compiled policies, which look fields up, agree.
    """
    names = [name.removeprefix(above) for name in (*policy.field, *policy.keep(_prefixes)) if name.startswith(above)]
    with suppress(Exception):
        equal = dict(zip(names, names, strict=True)).get(key)
        if equal is not None:
            return equal
    plain = plain_scalar(key)
    return plain if isinstance(plain, str) else None


def _node_entries(policy: Policy, mapping: Nodes, above: str, problems: list[Problem]) -> list[_Entry]:
    """Flatten a nested YAML mapping into entries; one that is empty or `null` answers nothing."""
    prefixes = policy.keep(_prefixes)
    found: list[_Entry] = []
    for name, (key, node) in mapping.entries.items():
        if above + name in prefixes and isinstance(node, Nodes):
            found += _node_entries(policy, node, f"{above}{name}.", problems)
        elif not isinstance(node, Broken):
            empty = isinstance(node, Scalar) and node.empty
            if not empty or above + name not in prefixes:
                place = key.place if empty else node.place
                found.append(_Entry(above + name, key.place, place, empty, node, node_value))
    return found


def _to_answers(policy: Policy, entries: list[_Entry], problems: list[Problem]) -> Answers:
    """Convert entries to answers; raises `RecordError` with every problem."""
    values: dict[str, Value] = {}
    assumed: dict[str, Value] = {}
    seen: dict[str, Place] = {}
    for entry in entries:
        field = policy.field.get(entry.name)
        if field is None:
            problems.append(_unknown_field(policy, entry, suggest=len(problems) < _MOST_SUGGESTED))
        elif entry.name in seen:
            message = f"`{entry.name}` is answered twice, flat and nested"
            problems.append(Problem("answered-twice", message, (entry.key, seen[entry.name]), "keep one of the two"))
        else:
            seen[entry.name] = entry.key
            if not entry.empty:
                _read_answer(field, entry, values, assumed, problems)
    if problems:
        raise RecordError(limit_problems(problems, entries[0].place.file if entries else ""))
    in_order = {field.name: values[field.name] for field in policy.fields if field.name in values}
    return Answers(in_order, {name: value for name, value in in_order.items() if name in assumed})


def _read_answer(
    field: Field, entry: _Entry, values: dict[str, Value], assumed: dict[str, Value], problems: list[Problem]
) -> None:
    """Read one answer into `values` and `assumed`, or report it."""
    if is_unsure(field, entry.raw):
        if field.if_unsure is None:
            from engine.language.model.values.value_texts import expected

            message = f"`{field.name}` cannot be answered `unsure`"
            help_ = f"expected {expected(field)}; where it is not known, leave the field out"
            problems.append(Problem("unsure-refused", message, (entry.place,), help_))
        else:
            values[field.name] = assumed[field.name] = field.if_unsure
        return
    try:
        values[field.name] = entry.read(field, entry.raw)
    except Misfit as misfit:
        message = f"`{field.name}`: {misfit.message}"
        problems.append(Problem(misfit.code, message, (entry.place,), misfit.help))


def _unknown_field(policy: Policy, entry: _Entry, *, suggest: bool) -> Problem:
    """The problem of an entry that is no field."""
    if entry.name in policy.keep(_prefixes):
        message = f"`{entry.name}` is a map of answers, not an answer"
        inside = ", ".join(f"`{name}`" for name in policy.field if name.startswith(entry.name + "."))
        return Problem("wrong-type", message, (entry.key,), f"it holds {inside}")
    message = f"there is no field `{shorten(entry.name)}`"
    derived = entry.name in policy.number or entry.name in policy.fact
    questions = {field.name: field.ask for field in policy.fields}
    from engine.language.documents.name_suggestions import did_you_mean, label_help

    near = (label_help(entry.name, questions) or did_you_mean(entry.name, policy.field)) if suggest else ""
    help_ = "it is derived from the fields" if derived else near
    if entry.name in policy.step:
        message = f"`{shorten(entry.name)}` is a step, which is worked out and not answered"
        help_ = "leave it out, and answer the questions that it reads"
    return Problem("unknown-field", message, (entry.key,), help_)


def nested(flat: dict[str, Any]) -> dict[str, Any]:
    """Convert a record with dotted names to nested maps, as records are written."""
    found: dict[str, Any] = {}
    for name, value in flat.items():
        *above, last = name.split(".")
        inside = found
        for part in above:
            inside = inside.setdefault(part, {})
        inside[last] = value
    return found

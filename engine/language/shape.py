"""What is wrong with the shape of a file? JSON Schema finds it; here it is said in an author's words, at its place.

The readers accept only what they expect and stop at anything else; this module then explains. The schemas are the
authority: a property test shows that readers and schemas accept the same files.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import cache
from itertools import islice
from typing import Any

from engine.bundled import folder
from engine.language.data import plain_data
from engine.language.nodes import Broken, Mapping, Node, Scalar, Sequence, at_path
from engine.language.spellings import meanings_of
from engine.language.suggest import did_you_mean
from engine.language.text import shortened
from engine.problems import Place, Problem

Path = tuple[str | int, ...]
MOST_EXPLAINED = 1_000
# The keys under which something gets its own name.
_NAMES = (("policy",), ("rule",), ("guarantee",))
# What other tools call the types of answers.
_OTHER_TYPES = {
    "boolean": "yes_no",
    "bool": "yes_no",
    "string": "text",
    "str": "text",
    "float": "number",
    "decimal": "number",
    "int": "integer",
    "enum": "choice",
    "list": "any_of",
}


def load_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema `policy` or `cases`, as data."""
    text = (folder("schemas") / f"{kind}.schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


@cache
def _validator(kind: str) -> Any:
    from jsonschema import Draft7Validator

    return Draft7Validator(load_schema(kind))


def explain_shape(
    kind: str, root: Node, suspects: Collection[tuple[str, str | int]], settled: Collection[Place] = ()
) -> list[Problem]:
    """Every problem of shape in the sections and items that a reader refused, but for what stands under a settled key.

    `suspects` names them as (section, key or index); what was read without complaint is not looked at again, so that
    one slip in a file of ten thousand rules is explained at once.
    """
    instance = plain_data(_only(root, suspects)) if isinstance(root, Mapping) else plain_data(root)
    indexes = _kept_indexes(root, suspects)
    found = []
    validator = _validator(kind)
    for error in islice(validator.iter_errors(instance), MOST_EXPLAINED):
        path = tuple(error.absolute_path)
        if len(path) > 1 and isinstance(path[1], int) and path[0] in indexes:
            path = (path[0], indexes[path[0]][path[1]], *path[2:])
        if _is_settled(root, path, settled):
            continue
        found += [problem for problem in _explained(validator.schema, error, root, path) if problem not in found]
    return found[:MOST_EXPLAINED]


def _is_settled(root: Node, path: Path, settled: Collection[Place]) -> bool:
    """Whether a path leads through a key whose value was refused as a whole already."""
    keys = (at_path(root, path[: length + 1])[1] for length in range(len(path)))
    return any(key is not None and key.place in settled for key in keys)


def _kept_indexes(root: Node, suspects: Collection[tuple[str, str | int]]) -> dict[str, list[int]]:
    """For each list section, the places in the file of the items that are looked at."""
    if not isinstance(root, Mapping):
        return {}
    kept = {}
    for section, (_, value) in root.entries.items():
        if isinstance(value, Sequence):
            chosen = sorted(key for name, key in suspects if name == section and isinstance(key, int))
            kept[section] = chosen or list(range(min(1, len(value.items))))
    return kept


def _only(root: Mapping, suspects: Collection[tuple[str, str | int]]) -> Mapping:
    """The file with no more than the suspected items in each section (one at least, where there are any)."""
    indexes = _kept_indexes(root, suspects)
    entries = {}
    for section, entry in root.entries.items():
        value = entry.value
        if isinstance(value, Sequence):
            value = Sequence(tuple(value.items[index] for index in indexes[section]), value.place)
        elif isinstance(value, Mapping) and (section, "") not in suspects:
            chosen = [key for name, key in suspects if name == section and key in value.entries]
            chosen = chosen or list(value.entries)[:1]
            value = Mapping({str(key): value.entries[str(key)] for key in chosen}, value.place)
        entries[section] = entry._replace(value=value)
    return Mapping(entries, root.place)


def _explained(schema: Any, error: Any, root: Node, path: Path) -> list[Problem]:
    node, key = at_path(root, path)
    if isinstance(node, Broken):
        return []
    if error.validator == "additionalProperties" and isinstance(node, Mapping):
        return _unknown_keys(error, node)
    return [_one_problem(schema, error, node, key, path)]


def _one_problem(schema: Any, error: Any, node: Node, key: Scalar | None, path: Path) -> Problem:
    keyword = error.validator
    said = error.schema.get("errorMessage", "")
    place = node.place
    if "propertyNames" in error.absolute_schema_path:
        name = str(error.instance)
        written = node.entries[name].key.place if isinstance(node, Mapping) and name in node.entries else place
        if "then" in error.absolute_schema_path:
            return Problem("misplaced-key", f"`{shortened(name)}` cannot stand here", (written,), said)
        return Problem("bad-name", f"`{shortened(name)}` cannot be a name here", (written,), said)
    if keyword == "required":
        if said:
            return Problem("missing-key", said, (place,))
        # One error for each missing key; which one it is stands first in the validator's own sentence.
        missing = next(name for name in error.validator_value if error.message.startswith(f"'{name}'"))
        about = _sentence_part(error.schema["properties"][missing].get("description", ""))
        return Problem(
            "missing-key", f"`{missing}` is missing{_in_what(key)}", (place,), f"write `{missing}: …`: {about}"
        )
    if keyword == "pattern" and path[-1:] in _NAMES and isinstance(node, Scalar) and node.text.strip():
        return Problem("bad-name", f"`{shortened(node.text)}` cannot be a name here", (place,), said)
    if not path:
        return Problem(
            "wrong-shape", _not_here(node), (place,), "begin with `policy:`; `verdict new NAME` writes a first file"
        )
    if keyword in ("minItems", "minProperties") or (isinstance(node, Scalar) and (node.empty or not node.text.strip())):
        return Problem("empty", f"{_named(key)} is empty", (place,), said or _sentence_part(_described(schema, error)))
    if keyword == "uniqueItems":
        return Problem("repeated", f"{_named(key)} holds the same text twice", (place,), "keep one of the two")
    if keyword == "enum" and isinstance(node, Scalar) and not said:
        other = _OTHER_TYPES.get(node.text.lower()) if path[-1:] == ("type",) else None
        said = f"write `{other}`" if other else did_you_mean(node.text, error.validator_value)
    return Problem("wrong-shape", _not_here(node), (place,), said or _sentence_part(_described(schema, error)))


def _unknown_keys(error: Any, node: Mapping) -> list[Problem]:
    allowed = list(error.schema.get("properties", {}))
    unused = [name for name in allowed if name not in node.entries]
    return [
        Problem(
            "unknown-key",
            f"there is no key `{shortened(name)}` here",
            (entry.key.place,),
            _meant(name, unused),
        )
        for name, entry in islice(node.entries.items(), MOST_EXPLAINED)
        if name not in allowed
    ]


def _meant(name: str, unused: list[str]) -> str:
    if "at_least" in unused and (meant := [f"`{each}`" for each in meanings_of(name) if each in unused]):
        return f"write {' or '.join(meant)}"
    if "from" in unused and name in ("min", "minimum", "max", "maximum"):
        return "write `from`" if name.startswith("min") else "write `to`"
    return did_you_mean(name, unused) or "delete it"


def _named(key: Scalar | None) -> str:
    return f"`{shortened(key.text)}`" if key else "this"


def _in_what(key: Scalar | None) -> str:
    return f" in `{shortened(key.text)}`" if key else " here"


def _not_here(node: Node) -> str:
    if isinstance(node, Scalar):
        return f"`{shortened(node.text)}` cannot stand here"
    return f"a {'map' if isinstance(node, Mapping) else 'list'} cannot stand here"


def _described(schema: Any, error: Any) -> str:
    """What the schema says of the slot where an error is; jsonschema itself drops a description beside a `$ref`."""
    node, said = schema, ""
    for step in error.absolute_schema_path:
        if isinstance(node, dict) and "$ref" in node:
            slot = node.get("description")
            node = schema["definitions"][node["$ref"].rsplit("/", 1)[1]]
            said = slot or node.get("description", said)
        elif isinstance(node, dict):
            said = node.get("description", said)
        node = node[step]
    return str(said)


def _sentence_part(text: str) -> str:
    """A description's first sentence, fit to follow a colon: lower case at its head, no full stop."""
    sentence = text.split(". ")[0].rstrip(".")
    return sentence[:1].lower() + sentence[1:] if sentence[1:2].islower() else sentence

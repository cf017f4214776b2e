"""Explanations of schema violations, in an author's words and at their places.

The readers stop at anything malformed; this module validates such items with JSON Schema and translates the errors.
The schemas are authoritative: a property test checks that readers and schemas accept the same files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import replace
from functools import cache
from itertools import islice
from typing import Any

from engine.bundled import folder
from engine.language.documents.data import plain_data
from engine.language.documents.name_suggestions import did_you_mean, normalise_name
from engine.language.documents.nodes import Broken, Mapping, Node, Scalar, Sequence, at_path
from engine.language.documents.text import shorten
from engine.language.parsing.reading import bad_name_message
from engine.language.suggestions.keys_meant import OTHER_TYPES, KeySuggestion, key_meant, rejoin_text
from engine.language.suggestions.shapes_meant import comparisons_meant, shape_meant
from engine.problems import Place, Problem

Path = tuple[str | int, ...]
MOST_EXPLAINED = 1_000
LONGEST_NAME = 100
# Paths of the values that are names.
_NAMES = (("policy",), ("rule",), ("guarantee",))

# Keys of which one is enough.
_EITHER = ({"choices", "type"}, {"never", "only", "always", "ignores", "rising"}, {"situation", "uses"})


def load_schema(kind: str) -> dict[str, Any]:
    """Load the JSON Schema `kind`: `policy`, `cases` or `columns`."""
    text = (folder("schemas") / f"{kind}.schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


@cache
def _validator(kind: str) -> Any:
    """The compiled validator for a schema."""
    from jsonschema import Draft7Validator

    return Draft7Validator(load_schema(kind))


def explain_shape(
    kind: str, root: Node, suspects: Collection[tuple[str, str | int]], settled: Collection[Place] = ()
) -> list[Problem]:
    """Explain the violations in the items that a reader refused.

    Only suspect items are validated, so that one slip in a file of ten thousand rules is explained at once.

    Args:
        kind: The schema.
        root: The root of the file.
        suspects: The refused items, as (section, key or index); an empty key stands for the section itself.
        settled: Places of keys below which nothing more is reported.

    Returns:
        At most 1,000 problems.
    """
    instance = plain_data(_reduce(root, suspects)) if isinstance(root, Mapping) else plain_data(root)
    indexes = _kept_indexes(root, suspects)
    validator = _validator(kind)
    errors = []
    for error in islice(validator.iter_errors(instance), MOST_EXPLAINED):
        path = tuple(error.absolute_path)
        if len(path) > 1 and isinstance(path[1], int) and path[0] in indexes:
            path = (path[0], indexes[path[0]][path[1]], *path[2:])
        if not _is_settled(root, path, settled):
            errors.append((error, path))
    # A missing key whose synonym is present is reported once, as the unknown key.
    meant = {
        path: _meant_keys(error, root, path) for error, path in errors if error.validator == "additionalProperties"
    }
    found: list[Problem] = []
    for error, path in errors:
        if error.validator == "required" and _missing_keys(error) & (
            _found_keys(meant.get(path, {})) | _keys_in_condition(root, path)
        ):
            continue
        if path and path[-1] in _found_keys(meant.get(path[:-1], {})):
            # It is empty, and its contents, which stand beside it, are reported.
            continue
        found += [problem for problem in _explain(validator.schema, error, root, path, meant) if problem not in found]
    return found[:MOST_EXPLAINED]


def _found_keys(meant: dict[str, KeySuggestion]) -> set[str]:
    """The missing keys that are present under other names, and those that are not needed beside these."""
    found = {each.key for each in meant.values() if each.key}.union(*(each.unneeded for each in meant.values()))
    return found.union(*(either for either in _EITHER if found & either))


def _keys_in_condition(root: Node, path: Path) -> set[str]:
    """The keys inside the item's condition, where they are already reported as misplaced."""
    node, _ = at_path(root, path)
    when = node.get("when") if isinstance(node, Mapping) else None
    return set(when.entries) if isinstance(when, Mapping) else set()


def _missing_keys(error: Any) -> set[str]:
    """The key that a `required` error is about, taken from the validator's message."""
    return {name for name in error.validator_value if error.message.startswith(f"'{name}'")}


def _meant_keys(error: Any, root: Node, path: Path) -> dict[str, KeySuggestion]:
    """A suggestion for each unknown key of a map."""
    node, _ = at_path(root, path)
    if not isinstance(node, Mapping):
        return {}
    allowed = list(error.schema.get("properties", {}))
    unknown = [name for name in islice(node.entries, MOST_EXPLAINED) if name not in allowed]
    return {name: key_meant(error.schema.get("title", ""), name, node, allowed) for name in unknown}


def _is_settled(root: Node, path: Path, settled: Collection[Place]) -> bool:
    """Whether a path leads through a settled key."""
    keys = (at_path(root, path[: length + 1])[1] for length in range(len(path)))
    return any(key is not None and key.place in settled for key in keys)


def _kept_indexes(root: Node, suspects: Collection[tuple[str, str | int]]) -> dict[str, list[int]]:
    """For each list section, the original indexes of the items that are validated."""
    if not isinstance(root, Mapping):
        return {}
    kept = {}
    for section, (_, value) in root.entries.items():
        if isinstance(value, Sequence):
            chosen = sorted(key for name, key in suspects if name == section and isinstance(key, int))
            kept[section] = chosen or list(range(min(1, len(value.items))))
    return kept


def _reduce(root: Mapping, suspects: Collection[tuple[str, str | int]]) -> Mapping:
    """The file reduced to the suspect items, but at least one item of each section that has any."""
    indexes = _kept_indexes(root, suspects)
    entries = {}
    for section, entry in root.entries.items():
        value = entry.value
        if isinstance(value, Sequence):
            value = value._replace(items=tuple(value.items[index] for index in indexes[section]))
        elif isinstance(value, Mapping) and (section, "") not in suspects:
            chosen = [key for name, key in suspects if name == section and key in value.entries]
            chosen = chosen or list(value.entries)[:1]
            value = Mapping({str(key): value.entries[str(key)] for key in chosen}, value.place)
        entries[section] = entry._replace(value=value)
    return Mapping(entries, root.place)


def _explain(
    schema: Any, error: Any, root: Node, path: Path, meant: dict[Path, dict[str, KeySuggestion]]
) -> list[Problem]:
    """Translate one error of the validator into problems."""
    node, key = at_path(root, path)
    if isinstance(node, Broken):
        return []
    if error.validator == "additionalProperties" and isinstance(node, Mapping):
        return [
            Problem(
                "unknown-key", f"there is no key `{shorten(name)}` here", (node.entries[name].key.place,), each.help
            )
            for name, each in meant[path].items()
        ]
    around, over = at_path(root, path[:-1])
    if isinstance(node, Mapping) and isinstance(around, Sequence) and (help_ := comparisons_meant(over, around)):
        return [Problem("wrong-shape", _not_here(around), (around.place,), help_)]
    problem = _one_problem(schema, error, node, key, path)
    if error.validator in ("type", "minItems") or problem.code in ("wrong-shape", "empty"):
        help_ = shape_meant(error.schema, key, node, root)
        if key and isinstance(around, Mapping) and isinstance(node, Scalar) and node.empty:
            help_ = rejoin_text(around, key.text) or help_
        problem = replace(problem, help=help_) if help_ else problem
    return [problem]


def _one_problem(schema: Any, error: Any, node: Node, key: Scalar | None, path: Path) -> Problem:
    """Translate an error other than unknown keys."""
    keyword = error.validator
    advice = error.schema.get("errorMessage", "")
    place = node.place
    if "propertyNames" in error.absolute_schema_path:
        name = str(error.instance)
        written = node.entries[name].key.place if isinstance(node, Mapping) and name in node.entries else place
        if "then" in error.absolute_schema_path:
            return Problem("misplaced-key", f"`{shorten(name)}` is not allowed here", (written,), advice)
        return Problem("bad-name", bad_name_message(name), (written,), _name_help(error, name) or advice)
    if keyword == "required":
        if advice:
            return Problem("missing-key", advice, (place,))
        # The validator reports each missing key separately, and its message begins with the key.
        (missing,) = _missing_keys(error)
        about = _sentence_part(error.schema["properties"][missing].get("description", ""))
        return Problem(
            "missing-key", f"`{missing}` is missing{_in_what(key)}", (place,), f"write `{missing}: …`: {about}"
        )
    # The `policy` of a step is a file.
    if (
        keyword == "pattern"
        and path[-1:] in _NAMES
        and (path[0], path[-1]) != ("steps", "policy")
        and isinstance(node, Scalar)
        and node.text.strip()
    ):
        return Problem("bad-name", bad_name_message(node.text), (place,), _name_help(error, node.text) or advice)
    if not path:
        return Problem(
            "wrong-shape", _not_here(node), (place,), "begin with `policy:`; `verdict new NAME` writes a first file"
        )
    if keyword == "minItems" and isinstance(node, Sequence) and node.items:
        return Problem("wrong-shape", f"{_named(key)} has too few parts", (place,), advice)
    if keyword in ("minItems", "minProperties") or (isinstance(node, Scalar) and (node.empty or not node.text.strip())):
        return Problem(
            "empty", f"{_named(key)} is empty", (place,), advice or _sentence_part(_described(schema, error))
        )
    if keyword == "uniqueItems":
        return Problem("repeated", f"{_named(key)} holds the same text twice", (place,), "keep one of the two")
    if keyword == "enum" and isinstance(node, Scalar) and not advice:
        other = OTHER_TYPES.get(node.text.casefold()) if path[-1:] == ("type",) else None
        advice = f"write `type: {other}`" if other else did_you_mean(node.text, error.validator_value)
    return Problem("wrong-shape", _not_here(node), (place,), advice or _sentence_part(_described(schema, error)))


def _name_help(error: Any, written: str) -> str:
    """The help that suggests a valid name similar to the one written; empty if there is none."""
    advice = error.schema.get("errorMessage", "")
    pattern = error.schema.get("pattern", "")
    like = normalise_name(written)
    # A dot is suggested in fields alone.
    dotted = (like,) if "dots" in advice or "." not in like else ()
    for name in (*dotted, re.sub(r"[-.]+", "_", like), re.sub(r"[_.]+", "-", like)):
        if name != written and name and len(name) <= LONGEST_NAME and pattern and re.search(pattern, name):
            return f"write `{name}`: {advice.partition(', such as')[0]}"
    return ""


def _named(key: Scalar | None) -> str:
    return f"`{shorten(key.text)}`" if key else "this"


def _in_what(key: Scalar | None) -> str:
    return f" in `{shorten(key.text)}`" if key else " here"


def _not_here(node: Node) -> str:
    """A message that refuses a value, by its shape."""
    if isinstance(node, Scalar):
        return f"`{shorten(node.text)}` is not allowed here"
    return f"a {'map' if isinstance(node, Mapping) else 'list'} is not allowed here"


def _described(schema: Any, error: Any) -> str:
    """The schema's description of the place of an error; `jsonschema` ignores a description beside a `$ref`."""
    node, description = schema, ""
    for step in error.absolute_schema_path:
        if isinstance(node, dict) and "$ref" in node:
            slot = node.get("description")
            node = schema["definitions"][node["$ref"].rsplit("/", 1)[1]]
            description = slot or node.get("description", description)
        elif isinstance(node, dict):
            description = node.get("description", description)
        node = node[step]
    return str(description)


def _sentence_part(text: str) -> str:
    """The first sentence of a description, made to follow a colon."""
    sentence = text.split(". ")[0].rstrip(".")
    return sentence[:1].lower() + sentence[1:] if sentence[1:2].islower() else sentence

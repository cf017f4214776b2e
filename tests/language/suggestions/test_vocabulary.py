"""Do the files of `engine/language/vocabulary/` speak of keys, types and comparisons that the language has?"""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.bundled import folder, vocabulary
from engine.language.model.field_kinds import KINDS
from engine.language.suggestions.condition_writing import DISTINCTIONS

OPERATORS, KEYS = vocabulary("operators"), vocabulary("keys")
# No word means `not_exactly`: only the negation of one does.
MEANINGS = {*OPERATORS["words"], *OPERATORS["opposites"], "not_exactly"}


def _properties() -> dict[str, set[str]]:
    """The keys of each kind of map, by its title in the schemas."""
    found: dict[str, set[str]] = {}

    def collect(schema: Any) -> None:
        if isinstance(schema, dict):
            if "properties" in schema:
                found.setdefault(str(schema.get("title", "")), set()).update(schema["properties"])
            for part in schema.values():
                collect(part)
        elif isinstance(schema, list):
            for part in schema:
                collect(part)

    for kind in ("policy", "library", "cases"):
        collect(json.loads((folder("schemas") / f"{kind}.schema.json").read_text(encoding="utf-8")))
    return found


@pytest.mark.parametrize(("title", "synonyms"), KEYS["synonyms"].items())
def test_synonyms_are_of_keys_that_the_schema_has(title: str, synonyms: dict[str, str]) -> None:
    assert synonyms.keys() <= _properties()[title]


def test_what_has_no_counterpart_is_in_maps_of_the_schema() -> None:
    assert {kind for each in KEYS["without_counterpart"] for kind in each["kinds"]} <= _properties().keys()


def test_types_are_kinds_of_fields_by_other_names() -> None:
    assert KEYS["types"].keys() == set(KINDS)
    assert not {word for words in KEYS["types"].values() for word in words} & {*KINDS}


def test_words_mean_one_thing_each() -> None:
    """A word that means several things is listed as disputed."""
    words = [word for listed in OPERATORS["words"].values() for word in listed.split()]
    assert len(words) == len({*words})
    assert not {*words} & OPERATORS["disputed"].keys()


def test_disputed_words_have_known_meanings_that_help_can_tell_apart() -> None:
    for word, listed in OPERATORS["disputed"].items():
        meanings = tuple(listed.split())
        assert {*meanings} <= MEANINGS, word
        assert len(meanings) == 1 or meanings in DISTINCTIONS, word


def test_opposites_have_meanings_too() -> None:
    assert {meaning for listed in OPERATORS["opposites"].values() for meaning in listed.split()} <= MEANINGS


def test_antonyms_are_pairs() -> None:
    opposites = vocabulary("opposites")
    pairs = [
        pair for kind in ("antonyms", "opposite_prefixes", "opposite_suffixes") for pair in opposites[kind].split()
    ]
    assert [pair for pair in pairs if pair.count("/") != 1] == []

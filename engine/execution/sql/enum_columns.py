"""Simplifications for text columns whose possible values are known, such as ENUM columns."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from engine.language.model.field_kinds import CHOICE, TEXT, UNSURE, Field
from engine.language.model.values.value_readers import is_unsure


def narrow_to_texts(field: Field, texts: Collection[str] | None) -> Field:
    """The field, without its reading of `unsure` if the column cannot hold that text; `texts` is None if unknown."""
    return field if texts is None or UNSURE in texts else replace(field, if_unsure=None)


def are_answers(field: Field, texts: Collection[str]) -> bool:
    """Whether all texts are valid answers to the field."""
    return all(_is_answer(field, text) for text in texts)


def _is_answer(field: Field, text: str) -> bool:
    """Whether a text is a valid answer to the field."""
    if is_unsure(field, text):
        return field.if_unsure is not None
    return field.kind == TEXT or (field.kind == CHOICE and text in field.options)

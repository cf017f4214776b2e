"""Formatting of plain data as YAML snippets that an author can paste."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import yaml

from engine.language.documents.nodes import WORDS_FOR_NOTHING

# Anything longer is written in block style, one entry a line.
WIDTH = 100
# Never wrap: line breaks would depend on the length of names.
NO_WRAPPING = 2**31


_QUOTED = (*WORDS_FOR_NOTHING, "true", "false")


class PlainDumper(yaml.SafeDumper):
    """A dumper that quotes only where YAML syntax requires it: a scalar's type is that of its field, not its own."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012

    def ignore_aliases(self, data: object) -> bool:
        """Write repeated values in full, because aliases cannot be read."""
        return True


def represent_as_text(dumper: yaml.SafeDumper, data: object) -> yaml.ScalarNode:
    """Represent a value by its `str`."""
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(data))


def _represent_string(dumper: yaml.SafeDumper, data: str) -> yaml.ScalarNode:
    """Represent a string, quoted if it would otherwise be read as null or as a truth value."""
    style = '"' if data in _QUOTED else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=style)


def _represent_bool(dumper: yaml.SafeDumper, data: bool) -> yaml.ScalarNode:
    """Represent a truth value as `yes` or `no`."""
    return represent_as_text(dumper, "yes" if data else "no")


def _represent_float(dumper: yaml.SafeDumper, data: float) -> yaml.ScalarNode:
    """Represent a float in positional notation, without an exponent."""
    return represent_as_text(dumper, format(Decimal(repr(data)), "f"))


PlainDumper.add_representer(str, _represent_string)
PlainDumper.add_representer(bool, _represent_bool)
PlainDumper.add_representer(int, represent_as_text)
PlainDumper.add_representer(float, _represent_float)


def on_one_line(data: Any) -> str:
    """Format plain data in flow style, on one line."""
    text = yaml.dump(
        data, Dumper=PlainDumper, default_flow_style=True, sort_keys=False, allow_unicode=True, width=NO_WRAPPING
    )
    return text.removesuffix("...\n").rstrip("\n")


def paste(data: dict[str, Any], words: str = "write ", longest: int = 200) -> str:
    """Return the entries of a map as YAML to paste, in backticks after some words; empty if they are too long."""
    text = on_one_line(data)[1:-1]
    return f"{words}`{text}`" if len(text) <= longest else ""


def block_lines(data: Any, margin: int = 0) -> list[str]:
    """Format plain data in block style, one entry a line; an entry that fits on one line stays on it.

    Args:
        data: Dicts, lists, strings, numbers and truth values.
        margin: Number of columns by which the caller will indent the lines.

    >>> block_lines([{"rule": "few", "when": {"guests": {"at_most": 4}}}])
    ['- rule: few', '  when: {guests: {at_most: 4}}']
    """
    if isinstance(data, dict) and data:
        return [line for key, value in data.items() for line in _entry_lines(key, value, margin)]
    if isinstance(data, list) and data:
        return [line for item in data for line in _item_lines(item, margin)]
    return [on_one_line(data)]


def _entry_lines(key: str, value: Any, margin: int) -> list[str]:
    """Format one entry of a dict, on one line if it fits."""
    line = on_one_line({key: value}).removeprefix("{").removesuffix("}")
    if not isinstance(value, dict | list) or not value or margin + len(line) <= WIDTH:
        return [line]
    name = on_one_line(key)
    return [f"{name}:", *(f"  {line}" for line in block_lines(value, margin + 2))]


def _item_lines(item: Any, margin: int) -> list[str]:
    """Format one item of a list, on one line if it fits and is no rule."""
    line = on_one_line(item)
    # Rules are always broken over lines, however short; other items only when they do not fit.
    if not isinstance(item, dict | list) or ("rule" not in item and margin + 2 + len(line) <= WIDTH):
        return [f"- {line}"]
    first, *rest = block_lines(item, margin + 2)
    return [f"- {first}", *(f"  {line}" for line in rest)]

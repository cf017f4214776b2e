"""How is a part of a policy written as YAML, so that an author can paste it: on one line, or on a line an entry?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import yaml

from engine.language.documents.nodes import WORDS_FOR_NOTHING

# What is longer is told on a line an entry.
WIDTH = 100
# No line of a mend is ever broken: where a piece of YAML wraps would depend on the length of a name.
_NO_WRAPPING = 2**31


_QUOTED = (*WORDS_FOR_NOTHING, "true", "false")


class _Plain(yaml.SafeDumper):
    """Quotes only where YAML's syntax asks for it: a scalar's type is that of the field it is compared with."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012

    def ignore_aliases(self, data: object) -> bool:
        """What stands in two places is written twice: aliases are not read."""
        return True


def _text(dumper: yaml.SafeDumper, data: object) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(data))


def _string(dumper: yaml.SafeDumper, data: str) -> yaml.ScalarNode:
    """What would be read as nothing at all, or could not be a name, is quoted."""
    style = '"' if data in _QUOTED else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=style)


def _yes_no(dumper: yaml.SafeDumper, data: bool) -> yaml.ScalarNode:
    return _text(dumper, "yes" if data else "no")


def _number(dumper: yaml.SafeDumper, data: float) -> yaml.ScalarNode:
    return _text(dumper, format(Decimal(repr(data)), "f"))


_Plain.add_representer(str, _string)
_Plain.add_representer(bool, _yes_no)
_Plain.add_representer(int, _text)
_Plain.add_representer(float, _number)


def on_one_line(data: Any) -> str:
    """Plain data (maps, lists, texts, numbers, yes and no) as YAML in braces and brackets."""
    text = yaml.dump(
        data, Dumper=_Plain, default_flow_style=True, sort_keys=False, allow_unicode=True, width=_NO_WRAPPING
    )
    return text.removesuffix("...\n").rstrip("\n")


def block_lines(data: Any, margin: int = 0) -> list[str]:
    """Plain data as YAML, an entry on a line of its own; inside it, only what is too long for one line is broken.

    Args:
        data: maps, lists, texts, numbers, yes and no.
        margin: how many columns the lines are going to be indented.

    >>> block_lines([{"rule": "few", "when": {"guests": {"at_most": 4}}}])
    ['- rule: few', '  when: {guests: {at_most: 4}}']
    """
    if isinstance(data, dict) and data:
        return [line for key, value in data.items() for line in _entry_lines(key, value, margin)]
    if isinstance(data, list) and data:
        return [line for item in data for line in _item_lines(item, margin)]
    return [on_one_line(data)]


def _entry_lines(key: str, value: Any, margin: int) -> list[str]:
    line = on_one_line({key: value}).removeprefix("{").removesuffix("}")
    if not isinstance(value, dict | list) or not value or margin + len(line) <= WIDTH:
        return [line]
    name = on_one_line(key)
    return [f"{name}:", *(f"  {line}" for line in block_lines(value, margin + 2))]


def _item_lines(item: Any, margin: int) -> list[str]:
    line = on_one_line(item)
    # A rule stands on lines of its own, however short it is; a condition in a list only where it has to.
    if not isinstance(item, dict | list) or ("rule" not in item and margin + 2 + len(line) <= WIDTH):
        return [f"- {line}"]
    first, *rest = block_lines(item, margin + 2)
    return [f"- {first}", *(f"  {line}" for line in rest)]

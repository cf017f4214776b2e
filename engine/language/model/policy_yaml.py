"""How is a policy written down, so that it is read again as what it is?"""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Any

import yaml

from engine.language.documents.text import odd_characters
from engine.language.model.values import decimal_text

# A line is broken nowhere but between entries.
_NO_WRAPPING = 2**31
# Texts that no reader takes for anything else, wherever they stand, and are written as they are. All others get quotes.
_WORDS = re.compile(r"[^\W\d_][\w'/.-]*(,? [\w'/.(-][\w'/.()-]*)*[.?!]?")
_NO_WORDS = re.compile(r"y|n|yes|no|on|off|true|false|null|nan|inf", re.IGNORECASE)


def write_policy(parts: dict[str, Any]) -> str:
    """The parts of a policy as YAML: loaded again, it is the same policy, with the same `sha256`.

    Comments and layout of the file that it comes from are not kept, and the rules of a table are written as a list.
    """
    data = {key: _written(part, in_output=False) for key, part in parts.items()}
    text = _dumped(data, allow_unicode=True)
    # Rather all letters as codes than one that a file may not hold.
    return _dumped(data, allow_unicode=False) if odd_characters(text, "") else text


def _dumped(data: Any, *, allow_unicode: bool) -> str:
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=allow_unicode, width=_NO_WRAPPING)
    return text


class _Typed(str):
    """A number, a day, yes, no or nothing, as it is written."""

    __slots__ = ()


def _written(part: Any, *, in_output: bool) -> Any:
    """Data in which whatever is no text is spelled out; in an output as JSON spells it."""
    if isinstance(part, dict):
        return {key: _written(value, in_output=in_output or key == "output") for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_written(value, in_output=in_output) for value in part]
    if isinstance(part, bool):
        return _Typed(("true" if part else "false") if in_output else "yes" if part else "no")
    if isinstance(part, float):
        return _Typed(decimal_text(Decimal(repr(part))))
    if isinstance(part, int | Decimal):
        return _Typed(decimal_text(part))
    if isinstance(part, datetime.date):
        return _Typed(part.isoformat())
    return _Typed("null") if part is None else part


class _Dumper(yaml.SafeDumper):
    """Writes innermost maps and lists on one line, and everything else on lines of their own."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012

    def represent_sequence(self, tag: str, sequence: Any, flow_style: Any = None) -> Any:
        return _in_one_line(super().represent_sequence(tag, sequence, flow_style))

    def represent_mapping(self, tag: str, mapping: Any, flow_style: Any = None) -> Any:
        return _in_one_line(super().represent_mapping(tag, mapping, flow_style))

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def check_simple_key(self) -> bool:
        # However long: a key is never written after a `?`.
        return isinstance(self.event, yaml.ScalarEvent) or bool(super().check_simple_key())


def _in_one_line(node: yaml.CollectionNode) -> yaml.CollectionNode:
    """A map or a list, which stands on one line where it holds no other."""
    parts = [each[1] if isinstance(each, tuple) else each for each in node.value]
    node.flow_style = all(isinstance(each, yaml.ScalarNode) for each in parts)
    return node


def _typed(dumper: yaml.SafeDumper, data: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(data))


def _text(dumper: yaml.SafeDumper, data: str) -> yaml.ScalarNode:
    is_plain = _WORDS.fullmatch(data) and not _NO_WORDS.fullmatch(data)
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=None if is_plain else '"')


_Dumper.add_representer(_Typed, _typed)
_Dumper.add_representer(str, _text)

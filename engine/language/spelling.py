"""How is a part of a policy written as YAML, on one line, so that an author can paste it?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import yaml

# No line of a mend is ever broken: where a piece of YAML wraps would depend on the length of a name.
_NO_WRAPPING = 2**31


class _Plain(yaml.SafeDumper):
    """Quotes only where YAML's syntax asks for it: a scalar's type is that of the field it is compared with."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012


def _text(dumper: yaml.SafeDumper, data: object) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(data))


def _yes_no(dumper: yaml.SafeDumper, data: bool) -> yaml.ScalarNode:
    return _text(dumper, "yes" if data else "no")


def _number(dumper: yaml.SafeDumper, data: float) -> yaml.ScalarNode:
    return _text(dumper, format(Decimal(repr(data)), "f"))


_Plain.add_representer(bool, _yes_no)
_Plain.add_representer(int, _text)
_Plain.add_representer(float, _number)


def on_one_line(data: Any) -> str:
    """Plain data (maps, lists, texts, numbers, yes and no) as YAML in braces and brackets."""
    text = yaml.dump(
        data, Dumper=_Plain, default_flow_style=True, sort_keys=False, allow_unicode=True, width=_NO_WRAPPING
    )
    return text.removesuffix("...\n").rstrip("\n")

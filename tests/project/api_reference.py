"""Generates the reference of the public names, `engine/API.md`, from their docstrings.

`python -m tests.project.api_reference` writes it; `tests/project/test_api_reference.py` checks that it is up to date.
The order and the headings are those of `engine/public_names.py`; docstrings are parsed by griffe.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import sys
import typing
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from textwrap import indent
from typing import Any, ForwardRef

import griffe

import engine
from engine import public_names

PATH = Path(engine.__file__).with_name("API.md")
COMMAND = "python -m tests.project.api_reference"
HEAD = f"""# API reference

Everything that can be imported from `engine`. Values are immutable and compare with `==`; `str()` of a result is what a
person reads, `to_dict()` what a program reads. This page is generated from the docstrings by `{COMMAND}`.
"""
Section = griffe.DocstringSectionKind
_LISTS = {
    Section.attributes: "Attributes",
    Section.parameters: "Arguments",
    Section.raises: "Raises",
    Section.warns: "Warns",
}


@dataclasses.dataclass(frozen=True)
class Documented:
    """A public name, or a public method or property of a class (`Decision.to_dict`), with its docstring."""

    name: str
    value: Any

    @cached_property
    def is_class(self) -> bool:
        return inspect.isclass(self.value)

    @cached_property
    def function(self) -> Callable[..., Any] | None:
        """The function that is called for it; None for a class."""
        getter = self.value.fget if isinstance(self.value, property) else getattr(self.value, "func", self.value)
        return getter if inspect.isfunction(getter) else None

    @cached_property
    def is_property(self) -> bool:
        return not self.is_class and self.value is not self.function

    @cached_property
    def sections(self) -> list[griffe.DocstringSection]:
        text = inspect.getdoc(self.value) or ""
        return griffe.Docstring(text).parse("google", warnings=False)

    def items(self, kind: Section) -> dict[str, str]:
        """The entries of a section: of arguments, attributes, exceptions or warnings."""
        items = [item for each in self.sections if each.kind is kind for item in each.value]
        return {getattr(item, "name", None) or str(item.annotation): item.description for item in items}

    @property
    def returns(self) -> str:
        found = [each.value for each in self.sections if each.kind is Section.returns]
        return "\n".join(item.description for items in found for item in items)

    @property
    def example(self) -> str:
        """The text of `Example:`, which griffe takes for a remark."""
        remarks = [each.value for each in self.sections if each.kind is Section.admonition]
        return "\n".join(str(each.description) for each in remarks if each.kind == "example")

    @cached_property
    def parameters(self) -> list[inspect.Parameter]:
        """What it is called with, but for `self`."""
        if self.function is None or self.is_property:
            return []
        return [each for each in inspect.signature(self.function).parameters.values() if each.name != "self"]

    @property
    def result(self) -> str:
        """The type that it returns, as it is written."""
        return "" if self.function is None else self.written(inspect.signature(self.function).return_annotation)

    def written(self, annotation: Any) -> str:
        """A type as the source has it, but with what aliases stand for."""
        text = annotation.__forward_arg__ if isinstance(annotation, ForwardRef) else str(annotation)
        module = sys.modules[(self.function or self.value).__module__]

        def expand(found: re.Match[str]) -> str:
            alias = vars(module).get(found[0])
            if typing.get_origin(alias) is None:
                return found[0]
            others = (each for name, each in sys.modules.items() if name.startswith("engine."))
            for each in (module, *(other for other in others if vars(other).get(found[0]) is alias)):
                if stated := re.search(rf"^{found[0]}(?:: TypeAlias)? = (.+)$", inspect.getsource(each), re.MULTILINE):
                    return stated[1]
            return found[0]

        return re.sub(r"\b[A-Z]\w+", expand, text)

    @property
    def is_short(self) -> bool:
        """Whether its documentation is one sentence."""
        return len(self.sections) == 1 and "\n\n" not in str(self.sections[0].value)

    @cached_property
    def fields(self) -> dict[str, str]:
        """The public fields of a class, each with its type as it is written."""
        fields = dataclasses.fields(self.value) if dataclasses.is_dataclass(self.value) else None
        names = [each.name for each in fields if each.init] if fields else [*getattr(self.value, "__annotations__", {})]
        return {name: self.written(self.value.__annotations__[name]) for name in names if not name.startswith("_")}

    @cached_property
    def members(self) -> list[Documented]:
        """The public methods and properties that a class defines itself."""
        members = vars(self.value).items() if self.is_class else ()
        found = [Documented(f"{self.name}.{name}", value) for name, value in members if not name.startswith("_")]
        return [each for each in found if each.function and not each.function.__name__.startswith("_")]

    @property
    def anchor(self) -> str:
        return f"{'class' if self.is_class else 'function'}-{self.name.lower()}"


def groups() -> dict[str, list[Documented]]:
    """The public names under the headings of `public_names.py`."""
    found: dict[str, list[Documented]] = {}
    group: list[Documented] = []
    for line in inspect.getsource(public_names).splitlines():
        if heading := re.fullmatch(r"# ([A-Z].*)", line):
            group = found[heading[1]] = []
        elif name := re.fullmatch(r"from \S+ import (\w+) as \1", line):
            group.append(Documented(name[1], getattr(engine, name[1])))
    return found


def reference() -> str:
    """The page."""
    listed = groups()
    page = _Page({each.name: each.anchor for group in listed.values() for each in group})
    lines = [HEAD]
    for heading, group in listed.items():
        lines.append(f"- **{heading}:** {', '.join(f'[`{each.name}`](#{each.anchor})' for each in group)}")
    for heading, group in listed.items():
        lines += ["", f"## {heading}", ""]
        for each in group:
            lines += page.entry(each)
    return "\n".join(lines).rstrip() + "\n"


class _Page:
    """Writes public names as Markdown in which each leads to where it is explained."""

    def __init__(self, anchors: dict[str, str]) -> None:
        self.anchors = anchors

    def entry(self, documented: Documented) -> Iterator[str]:
        yield f'<a id="{documented.anchor}"></a>\n\n### `{documented.name}`\n'
        yield f"```python\n{_signature(documented)}\n```\n"
        yield from self._body(documented)
        short = [each for each in documented.members if each.is_short]
        if short:
            yield "**Methods and properties**\n"
            yield from (f"- `{_heading(each)}`: {self._linked(each.sections[0].value)}" for each in short)
            yield ""
        for each in documented.members:
            if not each.is_short:
                yield f"#### `{_heading(each)}`\n"
                yield from self._body(each)

    def _body(self, documented: Documented) -> Iterator[str]:
        types = {each.name: documented.written(each.annotation) for each in documented.parameters} | documented.fields
        for each in documented.sections:
            if each.kind is Section.text:
                yield f"{self._linked(each.value)}\n"
            elif each.kind is Section.returns:
                yield f"**Returns**\n\n{self._linked(documented.returns)}\n"
            elif each.kind is Section.admonition:
                yield f"**Example**\n\n```pycon\n{documented.example}\n```\n"
            else:
                yield f"**{_LISTS[each.kind]}**\n"
                for name, text in documented.items(each.kind).items():
                    of_type = f" (`{types[name]}`)" if name in types else ""
                    item = f"{self._linked(f'`{name}`')}{of_type}: {self._linked(text)}"
                    yield indent(item, "  ").replace("  ", "- ", 1)
                yield ""

    def _linked(self, text: str) -> str:
        def link(found: re.Match[str]) -> str:
            return f"[{found[0]}](#{self.anchors[found[1]]})" if found[1] in self.anchors else found[0]

        return re.sub(r"`(\w+)`", link, text)


def _signature(documented: Documented) -> str:
    if not documented.is_class:
        return _call(documented.name, documented)
    bases = [base.__name__ for base in documented.value.__bases__ if base not in (object, tuple)]
    return f"class {documented.name}({', '.join(bases)})" if bases else f"class {documented.name}"


def _heading(member: Documented) -> str:
    short = member.name.partition(".")[2]
    return f".{short}: {member.result}" if member.is_property else _call(f".{short}", member)


def _call(name: str, documented: Documented) -> str:
    """A function as it is called; on several lines where one is too long."""
    parts: list[str] = []
    for each in documented.parameters:
        if each.kind is each.KEYWORD_ONLY and "*" not in parts:
            parts.append("*")
        default = "" if each.default is each.empty else f" = {_default(each.default)}"
        parts.append(f"{each.name}: {documented.written(each.annotation)}{default}")
    line = f"{name}({', '.join(parts)}) -> {documented.result}"
    if len(line) <= 100 or name.startswith("."):
        return line
    return "\n".join([f"{name}(", *(f"    {part}," for part in parts), f") -> {documented.result}"])


def _default(value: Any) -> str:
    return f"{value:_}" if type(value) is int else "..." if value is ... else repr(value)


if __name__ == "__main__":
    PATH.write_text(reference(), encoding="utf-8")

"""Parts of a policy, as plain data, with other names for what they read."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from tests.support.judging.spaces import JOINERS, When


class Renaming:
    """Writes parts of a policy with other names."""

    def __init__(self, constants: Mapping[str, Any]) -> None:
        self.constants = constants

    def part(self, item: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
        """A field, constant, number, fact, step, rule or impossible combination with other names for what it reads."""
        found: dict[str, Any] = deepcopy(dict(item))
        for word in ("when", "applies_when"):
            if word in found:
                found[word] = self.condition(found[word], names)
        if "on" in found:
            found["on"] = names[found["on"]]
        if "sum" in found:
            found["sum"] = {names[part]: self.value(weight, names) for part, weight in found["sum"].items()}
        if "plus" in found:
            found["plus"] = self.value(found["plus"], names)
        if "add" in found:
            found["add"] = self.value(found["add"], names)
        for word in ("larger_of", "smaller_of", "product"):
            if word in found:
                found[word] = [names[part] if isinstance(part, str) else part for part in found[word]]
        if "ratio" in found:
            found["ratio"] = {
                word: names[part] if isinstance(part, str) else part for word, part in found["ratio"].items()
            }
        if "of" in found:
            found["of"] = names[found["of"]]
        if isinstance(found.get("output"), Mapping):
            found["output"] = {name: self._output(each, names) for name, each in found["output"].items()}
        if "outcomes" in found:
            found["outcomes"] = {
                outcome: self.part(each, names) if isinstance(each, Mapping) else each
                for outcome, each in found["outcomes"].items()
            }
        for word in ("points", "table", "rules"):
            if word in found:
                found[word] = [self.part(each, names) for each in found[word]]
        return found

    def _output(self, output: Any, names: Mapping[str, str]) -> Any:
        """An output, or another name for the number that it is worked out from."""
        is_worked_out = isinstance(output, Mapping) and "number" in output
        return {**output, "number": names[output["number"]]} if is_worked_out else output

    def value(self, value: Any, names: Mapping[str, str]) -> Any:
        """A value, or another name for the constant that it names."""
        return names[value] if isinstance(value, str) and value in self.constants else value

    def condition(self, when: When, names: Mapping[str, str]) -> dict[str, Any]:
        """A condition."""
        found: dict[str, Any] = {}
        for key, wanted in when.items():
            if key == "not":
                found[key] = self.condition(wanted, names)
            elif key in JOINERS:
                found[key] = [self.condition(part, names) for part in wanted]
            else:
                found[names[key]] = self._wanted(wanted, names)
        return found

    def _wanted(self, wanted: Any, names: Mapping[str, str]) -> Any:
        if isinstance(wanted, Mapping):
            return {
                word: names[each] if word == "field" else self._wanted(each, names) for word, each in wanted.items()
            }
        return [self._wanted(each, names) for each in wanted] if isinstance(wanted, list) else self.value(wanted, names)

    def reads(self, item: Mapping[str, Any]) -> list[str]:
        """The names that a part reads itself."""
        noted = _Noted()
        self.part(item, noted)
        return list(dict.fromkeys(noted.asked))


class _Noted(dict[str, str]):
    """Calls everything what it is called, and notes what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def __missing__(self, name: str) -> str:
        self.asked.append(name)
        return name

"""Which sections and names does a policy file declare, and do the names go together?"""

from __future__ import annotations

from engine.language.circles import circle_text, find_circles
from engine.language.conditions import Names
from engine.language.nodes import Entry, Mapping, Node, Scalar, Sequence
from engine.language.policy import Fact, Field, Holds, comparisons_in
from engine.language.reading import LONGEST_NAME, Reading
from engine.problems import Place


class Outline:
    """The names a file declares, known before any of its items is read; `fields` is filled as they are read."""

    def __init__(self, root: Node, reading: Reading) -> None:
        self.reading = reading
        self.top = root if isinstance(root, Mapping) else Mapping({}, root.place)
        self.fields: dict[str, Field | None] = dict.fromkeys(self.declared("situation"))
        self.names = Names(self.fields, self.declared("numbers"), self.declared("facts"))
        self.verdicts = self.declared("verdicts")
        self.rule_names = self.listed("rules", "rule")
        self.passages = self._passages()

    def section(self, name: str) -> Node | None:
        return self.top.get(name)

    def _passages(self) -> dict[str, Entry] | None:
        """The passages of the source; None where it is written in a shape that cannot be read."""
        source = self.section("source")
        if source is None:
            return {}
        passages = source.get("passages", Mapping({}, source.place)) if isinstance(source, Mapping) else None
        return passages.entries if isinstance(passages, Mapping) else None

    def declared(self, section: str) -> dict[str, Entry]:
        node = self.section(section)
        return node.entries if isinstance(node, Mapping) else {}

    def listed(self, section: str, word: str) -> dict[str, list[Place]]:
        """The names that a list section declares, with every place where each is."""
        found: dict[str, list[Place]] = {}
        node = self.section(section)
        for item in node.items if isinstance(node, Sequence) else ():
            name = item.get(word) if isinstance(item, Mapping) else None
            if isinstance(name, Scalar) and not name.empty:
                found.setdefault(name.text, []).append(name.place)
        return found

    def refuse_clashes(self) -> None:
        """Fields, numbers and facts share one set of names, and a name is not also the beginning of another."""
        seen: dict[str, Place] = {}
        for section in ("situation", "numbers", "facts"):
            for name, entry in self.declared(section).items():
                place = entry.key.place
                if name in seen:
                    message = f"`{name}` is declared twice; fields, numbers and facts share one set of names"
                    self.reading.refuse("name-clash", message, (place, seen[name]), "rename one of the two")
                seen.setdefault(name, place)
        for name in self.fields:
            parts = name.split(".") if len(name) <= LONGEST_NAME else []
            for length in range(1, len(parts)):
                start = ".".join(parts[:length])
                if start in seen:
                    message = (
                        f"`{start}` cannot stand beside `{name}`: in a record it would be a value and a map at once"
                    )
                    self.reading.refuse("name-clash", message, (seen[name], seen[start]), f"write `{start}.…` for both")

    def refuse_same_names(self, word: str, found: dict[str, list[Place]]) -> None:
        """Notes every name that was found in more places than one."""
        for name, places in found.items():
            if len(places) > 1:
                message = f"the {word} `{name}` stands here {_times(len(places))}"
                self.reading.refuse("duplicate-name", message, tuple(places[1:] + places[:1]), "rename all but one")

    def refuse_circles(self, facts: list[Fact]) -> None:
        uses = {
            fact.name: [test.fact for test in comparisons_in(fact.when) if isinstance(test, Holds)] for fact in facts
        }
        for circle in find_circles(uses):
            places = tuple(self.declared("facts")[name].key.place for name in circle)
            message = f"these facts are defined by each other: {circle_text(circle)}"
            self.reading.refuse("fact-cycle", message, places, "define one of them without the others")
        pinned: dict[str, list[str]] = {}
        for name, field in self.fields.items():
            if field is None or field.ask_after is None:
                continue
            if field.ask_after in self.fields:
                pinned[name] = [field.ask_after]
                continue
            node = self.declared("situation")[name].value
            written = node.get("ask_after") if isinstance(node, Mapping) else None
            if isinstance(written, Scalar):
                self.reading.unknown("unknown-name", "field", written, self.fields)
        for circle in find_circles(pinned):
            places = tuple(self.declared("situation")[name].key.place for name in circle)
            message = f"these questions wait for each other: {circle_text(circle)}"
            self.reading.refuse("ask-cycle", message, places, "take one `ask_after` out")


def _times(count: int) -> str:
    return "twice" if count == 2 else f"{count} times"

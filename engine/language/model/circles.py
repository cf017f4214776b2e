"""Which names are defined by each other, round in a circle?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def find_circles(uses: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Circles of names that use each other, each once, found without recursion however long the chain."""
    done: set[str] = set()
    found: list[list[str]] = []
    for start in uses:
        path: list[str] = []
        on_path: set[str] = set()
        waiting: list[tuple[str, bool]] = [(start, False)]
        while waiting:
            name, leaving = waiting.pop()
            if leaving:
                on_path.discard(path.pop())
                done.add(name)
            elif name in on_path:
                found.append(path[path.index(name) :])
            elif name not in done and name in uses:
                path.append(name)
                on_path.add(name)
                waiting.append((name, True))
                waiting.extend((other, False) for other in reversed(uses[name]))
    return found


def circle_text(circle: Sequence[str]) -> str:
    return " → ".join(f"`{name}`" for name in [*circle, circle[0]])

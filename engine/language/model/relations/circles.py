"""Cycles and topological order of definitions that use each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def find_cycles(uses: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Find cycles in a graph by depth-first search with an explicit stack.

    Args:
        uses: For each name, the names that its definition uses.

    Returns:
        One cycle for each back edge; empty if and only if the graph has no cycle.
    """
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


def in_order(uses: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the names of a graph without cycles in topological order.

    Args:
        uses: For each name, the names that its definition uses; all of them are keys.

    Returns:
        Each name after those that it uses, otherwise in the order of the keys.
    """
    ordered: dict[str, None] = {}
    for name in uses:
        waiting = [name]
        while waiting:
            current = waiting[-1]
            missing = [used for used in uses[current] if used not in ordered]
            waiting.extend(reversed(missing))
            if not missing:
                ordered.setdefault(current)
                waiting.pop()
    return list(ordered)


def cycle_text(cycle: Sequence[str]) -> str:
    """Format a cycle as `a → b → a`."""
    return " → ".join(f"`{name}`" for name in [*cycle, cycle[0]])

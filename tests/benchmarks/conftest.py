"""What do all benchmarks share: large tables, rows to compare with, and the tables that are printed at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
from time import process_time, sleep
from typing import Any

import pytest

from engine import Policy, load
from tests.benchmarks.support.rows import HEAD, Growth, Row, growth_lines, table
from tests.support.making.tables import Table, tree_table

_ROWS = pytest.StashKey[list[Row]]()
_GROWTH = pytest.StashKey[list[Growth]]()


class Comparison:
    """Our time, as it was measured by pytest-benchmark, and what it is set beside."""

    def __init__(self, benchmark: Any, rows: list[Row]) -> None:
        self._benchmark = benchmark
        self._rows = rows

    def measure(self, work: Callable[..., Any], rounds: int = 3, setup: Callable[[], Any] | None = None) -> Any:
        """Runs the work, and gives what it gives."""
        return self._benchmark.pedantic(work, setup=setup, rounds=rounds)

    def in_turn(
        self,
        work: str,
        run: Callable[[], object],
        others: Mapping[str, tuple[Callable[[], object], float | None]],
        *,
        rounds: int,
        clock: Callable[[], float] = process_time,
        memory: int = 0,
        pause: float = 0,
    ) -> None:
        """Measures our way and the others in turn; each other with how many times its time ours may be.

        Each begins after so many seconds of `pause`: threads of the one before may still be busy to clear up.
        """
        taken: dict[str, list[float]] = {name: [] for name in others}

        def turn() -> None:
            for name, (other, _) in others.items():
                sleep(pause)
                began = clock()
                other()
                taken[name].append(clock() - began)
            sleep(pause)

        self.measure(run, rounds=rounds, setup=turn)
        for name, (_, most) in others.items():
            self.beside(work, name, median(taken[name]), memory, most=most)

    def beside(self, work: str, beside: str, other: float, memory: int, **more: Any) -> None:
        """Notes a row; there is none where benchmarks are disabled."""
        if self._benchmark.stats is None:
            return
        row = Row(work, self._benchmark.stats.stats.median, beside, other, memory, **more)
        self._benchmark.extra_info.setdefault("rows", []).append(row.to_dict())
        self._rows.append(row)


@pytest.fixture
def ours(benchmark: Any, pytestconfig: pytest.Config) -> Comparison:
    return Comparison(benchmark, pytestconfig.stash.setdefault(_ROWS, []))


@pytest.fixture
def growth(pytestconfig: pytest.Config) -> list[Growth]:
    return pytestconfig.stash.setdefault(_GROWTH, [])


@pytest.fixture(scope="session")
def sound_table() -> Table:
    """Ten thousand rows over twenty columns, disjoint and complete."""
    return tree_table(10_000, 20, seed=1, grown=0)


@pytest.fixture(scope="session")
def sound_policy(sound_table: Table) -> Policy:
    return load(sound_table)


def pytest_configure(config: pytest.Config) -> None:
    """Leaves the table of every single time to `-v`: the tables here say what it comes to."""
    config.option.benchmark_quiet = True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Prints the tables; nothing where no benchmark was run."""
    rows, grown = config.stash.get(_ROWS, []), config.stash.get(_GROWTH, [])
    if rows:
        terminalreporter.section("ours beside others, in processor seconds; tables in seconds on the clock")
        terminalreporter.write_line("\n".join(table(HEAD, (row.cells() for row in rows))))
    if grown:
        terminalreporter.section("a proof with exact counts, in processor seconds")
        terminalreporter.write_line("\n".join(growth_lines(grown)))

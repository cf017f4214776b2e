"""What do all tests share: how Hypothesis runs by day and in the long searches, and which tests are quick?"""

from __future__ import annotations

import gc
import os
import secrets
import signal
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, is_hypothesis_test, settings

# Generated policies are large on purpose; what they cost is measured elsewhere. To make a failure small takes minutes:
# it is the same on every run, so that it can be made small when somebody asks for it, with the profile `shrinking`.
settings.register_profile(
    "everyday",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
settings.register_profile(
    "shrinking",
    settings.get_profile("everyday"),
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    report_multiple_bugs=False,
)
# What is drawn afresh is told with a line that draws it again.
settings.register_profile("search", settings.get_profile("everyday"), derandomize=False, print_blob=True)
settings.load_profile("everyday")

# Before `tests.support.searching` reads it, and for every process that pytest-xdist starts.
os.environ.setdefault("SEARCH_SEED", str(secrets.randbits(48)))

# Hundreds of tests start a process. Where no bytecode may be written, as in many containers, each would compile all
# that it imports anew. Those processes, and the workers of pytest-xdist, may write it, into folders that git ignores.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# What runs in the background or under `nohup` ignores these signals, and so would every process that a test starts and
# stops. Where there is a handler, a new process has the default.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
    signal.signal(signal.SIGHUP, lambda *_: None)


def pytest_collection_finish() -> None:
    """Collect garbage less often, which saves a tenth of the time: a proof makes many objects, hardly any in cycles."""
    gc.set_threshold(100_000, 50, 100)


# Before Hypothesis itself loads the profile that is asked for by name.
@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Searches draw afresh for every seed."""
    if config.option.markexpr == "search":
        settings.load_profile("search")


def pytest_report_header(config: pytest.Config) -> str | None:
    """Tells how to draw the same again."""
    return f"SEARCH_SEED={os.environ['SEARCH_SEED']}" if config.option.markexpr == "search" else None


_TOLD = "told"


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Return a function that prints a line at the end of the run, such as how many examples a search has compared.

    What a test writes itself is lost where it runs in a worker of pytest-xdist.
    """
    return lambda line: record_property(_TOLD, line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the tests told."""
    reports = [report for each in ("passed", "failed") for report in terminalreporter.stats.get(each, ())]
    for report in reports:
        for name, line in report.user_properties:
            if name == _TOLD and report.when == "call":
                terminalreporter.write_line(f"  {line}")


# Which tests are quick: all but those in files that begin something slow (a browser, a database, process after process,
# a table of millions), those that are drawn, and those marked as slow or thorough; of a test with many cases, every
# tenth case.
SLOW_FILES = frozenset({
    "test_answers_searched.py",
    "test_batch.py",
    "test_batch_engines.py",
    "test_batch_large.py",
    "test_batch_tables.py",
    "test_drawn_policies.py",
    "test_mutations.py",
    "test_oracle.py",
    "test_output_files.py",
    "test_page.py",
    "test_page_in_use.py",
    "test_process_wide.py",
    "test_proof_against_solver.py",
    "test_pytest_plugin.py",
    "test_sql.py",
    "test_stopping.py",
    "test_streams.py",
    "test_threads.py",
})  # fmt: skip
_EACH = 10


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """`-m quick` does not even read the files in which nothing is."""
    return True if config.option.markexpr == "quick" and collection_path.name in SLOW_FILES else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Marks what is quick."""
    cases: Counter[str] = Counter()
    for item in items:
        test, has_cases, _ = item.nodeid.partition("[")
        if (not has_cases or cases[test] % _EACH == 0) and _is_quick(item):
            item.add_marker("quick")
        cases[test] += 1


def _is_quick(item: pytest.Item) -> bool:
    marked = {mark.name for mark in item.iter_markers()}
    is_slow = item.path.name in SLOW_FILES or not marked.isdisjoint(("slow", "thorough", "search"))
    return not is_slow and not is_hypothesis_test(getattr(item, "obj", None))

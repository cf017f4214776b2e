"""Does a call of the library leave the process that makes it as it was, and does it meanwhile?"""

from __future__ import annotations

import ast
import decimal
import gc
import locale
import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import polars
import pytest

import engine
from engine import (
    OneverdictError,
    batch,
    certify,
    check,
    decide,
    decider,
    diff,
    explain,
    find_survivors,
    interview,
    load,
    load_cases,
    measure_coverage,
    plan,
    propose_cases,
    run_cases,
    tabulate,
    verify,
    write_sql,
)

ENGINE = Path(engine.__file__).parent
NAME = "other-interviews"
# What changes a whole process, by module and name.
_CHANGING = {
    "gc": {"disable", "enable", "freeze", "unfreeze", "set_threshold", "collect", "set_debug"},
    "sys": {
        *("setrecursionlimit", "setswitchinterval", "set_int_max_str_digits", "settrace", "setprofile"),
        *("set_asyncgen_hooks", "setdlopenflags", "excepthook", "displayhook", "unraisablehook"),
    },
    "decimal": {"setcontext", "getcontext"},
    "locale": {"setlocale"},
    "warnings": {"simplefilter", "filterwarnings", "resetwarnings", "catch_warnings"},
    "signal": {"signal", "alarm", "setitimer", "set_wakeup_fd"},
    "os": {"environ", "putenv", "unsetenv", "chdir", "umask", "nice", "dup2"},
    "random": {"seed"},
    "threading": {"stack_size", "settrace", "setprofile", "excepthook"},
    "socket": {"setdefaulttimeout"},
    "faulthandler": {"enable", "disable"},
}


def changes(path: Path) -> Iterator[str]:
    """Each place of a module at which something is named that changes the process."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.attr in _CHANGING.get(node.value.id, ()):
                yield f"{path.relative_to(ENGINE)}:{node.lineno}: {node.value.id}.{node.attr}"
        elif isinstance(node, ast.ImportFrom) and node.module in _CHANGING:
            for alias in node.names:
                if alias.name in _CHANGING[node.module]:
                    yield f"{path.relative_to(ENGINE)}:{node.lineno}: {node.module}.{alias.name}"


@pytest.mark.thorough
def test_no_module_of_the_library_names_what_changes_the_process() -> None:
    """Only what belongs to the command line may: there the process is ours."""
    library = [path for path in sorted(ENGINE.rglob("*.py")) if "surfaces" not in path.parts]
    assert [found for path in library for found in changes(path)] == []
    assert len(library) > 100


def large(folder: Path) -> Path:
    """A policy of many rows: what a large file is read with must not be the business of the process either."""
    names = [f"c{number}" for number in range(3_000)]
    policy = f"""policy: large
title: Where to?
situation: {{place: {{ask: Where?, type: text, known: [{", ".join(names)}]}}}}
verdicts: {{left: {{title: Left}}, right: {{title: Right}}}}
decision: first
rules: {{table: large.csv}}
"""
    rows = [f"r{at},{name},{('left', 'right')[at % 2]},So it is." for at, name in enumerate(names)]
    table = "\n".join(["rule,place,then,because", *rows, "rest,,left,Else."])
    (folder / "large.csv").write_text(table, encoding="utf-8")
    (folder / "large.yaml").write_text(policy, encoding="utf-8")
    return folder / "large.yaml"


def state() -> dict[str, Any]:
    """What there is of a process that somebody else may rely on."""
    context = decimal.getcontext()
    return {
        "gc": (gc.isenabled(), gc.get_threshold(), gc.get_freeze_count(), gc.get_debug()),
        "recursion": sys.getrecursionlimit(),
        "digits": sys.get_int_max_str_digits(),
        "hooks": (sys.gettrace(), sys.getprofile(), sys.excepthook, sys.unraisablehook),
        "decimals": (context.prec, context.rounding, context.Emin, context.Emax, dict(context.traps)),
        "flags": dict(context.flags),
        "locale": locale.setlocale(locale.LC_ALL),
        "warnings": list(warnings.filters),
        "signals": {number: signal.getsignal(number) for number in signal.valid_signals()},
        "environ": dict(os.environ),
        "folder": Path.cwd(),
        "paths": list(sys.path),
        "threads": {thread.name for thread in threading.enumerate() if not thread.daemon},
    }


def used(folder: Path) -> None:
    """Every public function, with what is right and with what is not."""
    policy, draft = load(NAME), load(f"{NAME}-as-written")
    cases = load_cases(f"rules/{NAME}.cases.yaml", policy)
    few = load_cases({"policy": NAME, "cases": [{"case": "a", "given": {"offer": "hint"}, "expect": "keep"}]}, policy)
    load(large(folder))
    check(draft, regions=True)
    decide(policy, {})
    decider(policy)({"offer": "hint"})
    decider(policy).verdict_json(b'{"offer": "hint"}')
    explain(policy, {"offer": "hint"})
    interview(policy).answer("made")
    diff(draft, policy)
    plan(policy)
    tabulate(policy)
    verify(policy, certify(policy))
    run_cases(policy, cases)
    measure_coverage(policy, cases)
    find_survivors(policy, few, steps=2_000)
    propose_cases(policy, few, steps=2_000)
    write_sql(policy, "sqlite", rules=True, problem=True)
    batch(policy, polars.DataFrame({"offer": ["hint", "made"]}), rules=True, problem=True)
    for wrong in ("rules/none.yaml", {"policy": "x"}, {}):
        with pytest.raises(OneverdictError):
            load(wrong)
    with pytest.raises(OneverdictError):
        decide(policy, {"offer": "hit", "honest": 1})


@pytest.mark.thorough
def test_no_call_changes_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor while it lasts: what would change it is not even called."""
    # Other packages may change it when they are imported, which is theirs.
    assert all(map(import_module, ("numpy", "pyarrow", "polars", "sqlglot", "msgspec")))
    before = state()
    for module, name in ((gc, "disable"), (gc, "enable"), (gc, "freeze"), (sys, "setrecursionlimit")):
        monkeypatch.setattr(module, name, lambda *_, name=name: pytest.fail(f"{name} is called"))
    used(tmp_path)
    monkeypatch.undo()
    after = state()
    assert {key: (before[key], after[key]) for key in before if before[key] != after[key]} == {}

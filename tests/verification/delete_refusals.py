"""Does a forged certificate notice when any one refusal of the verifier is deleted?

    python -m tests.verification.delete_refusals

takes every statement of `engine/verification/` that refuses, and every single condition of those that decide about it,
leaves it out of a copy in memory, and gives that copy the certificates of `tests/wrong/certificates.txt`. One that is
said the same of by all is printed: it is either tested by nothing, or can never be reached.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, NamedTuple

import engine.verification
from tests.support.refusals.forged import ACCEPTED, odd_values, read_forgeries

FOLDER = Path(engine.verification.__file__).parent
_PACKAGE = "engine.verification"
_REFUSING = {"refuse", "_refuse_other", "_problem"}
# What decides whether something is refused, and is no refusal itself.
_JUDGES = {"is_partition", "number_of", "_is_written", "_wrong_claims"}


class Deletion(NamedTuple):
    """A module of the verifier without one refusal, or one condition of it."""

    module: str
    line: int
    what: str
    code: CodeType


def deletions() -> Iterator[Deletion]:
    """Every single thing that can be left out."""
    for path in sorted(FOLDER.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        for at in range(_places(ast.parse(text))):
            tree = ast.parse(text)
            line, what = _delete(tree, at)
            ast.fix_missing_locations(tree)
            yield Deletion(path.stem, line, what, compile(tree, str(path), "exec"))


class _Places(ast.NodeTransformer):
    """Counts what can be left out, and leaves out one of it."""

    def __init__(self, wanted: int = -1) -> None:
        self.wanted = wanted
        self.seen = 0
        self.found = (0, "")
        self._judging = False

    def _is_wanted(self, node: ast.AST, what: str) -> bool:
        self.seen += 1
        if self.seen - 1 != self.wanted:
            return False
        self.found = (getattr(node, "lineno", 0), what)
        return True

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        before, self._judging = self._judging, node.name in _JUDGES
        try:
            return self.generic_visit(node)
        finally:
            self._judging = before

    def visit_If(self, node: ast.If) -> Any:
        before = self._judging
        self._judging = before or any(map(_refuses, node.body))
        node.test = self.visit(node.test)
        self._judging = before
        node.body = [self.visit(each) for each in node.body]
        node.orelse = [self.visit(each) for each in node.orelse]
        return node

    def visit_Expr(self, node: ast.Expr) -> Any:
        return self._statement(node)

    def visit_Raise(self, node: ast.Raise) -> Any:
        return self._statement(node)

    def _statement(self, node: ast.stmt) -> Any:
        if not _refuses(node) or not self._is_wanted(node, ast.unparse(node)):
            return self.generic_visit(node)
        # Still a generator where it was one.
        is_given = isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield)
        return ast.parse("yield from ()" if is_given else "pass").body[0]

    def visit_BoolOp(self, node: ast.BoolOp) -> Any:
        if self._judging:
            for each in node.values:
                if self._is_wanted(each, f"`{ast.unparse(each)}` of `{ast.unparse(node)}`"):
                    node.values.remove(each)
                    return node.values[0] if len(node.values) == 1 else node
        return self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> Any:
        if self._judging and len(node.ops) == 2:
            shown = ast.unparse(node)
            if self._is_wanted(node, f"the first of `{shown}`"):
                return ast.Compare(node.comparators[0], node.ops[1:], node.comparators[1:])
            if self._is_wanted(node, f"the last of `{shown}`"):
                return ast.Compare(node.left, node.ops[:1], node.comparators[:1])
        return self.generic_visit(node)


def _refuses(node: ast.stmt) -> bool:
    """Whether a statement is a refusal: it raises, or calls what refuses, or gives a problem."""
    if isinstance(node, ast.Raise):
        return True
    value = node.value if isinstance(node, ast.Expr) else None
    value = value.value if isinstance(value, ast.Yield) else value
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in _REFUSING


def _places(tree: ast.Module) -> int:
    counting = _Places()
    counting.visit(tree)
    return counting.seen


def _delete(tree: ast.Module, at: int) -> tuple[int, str]:
    deleting = _Places(at)
    deleting.visit(tree)
    return deleting.found


class _Altered:
    """Finds and loads one module of the verifier as it was altered."""

    def __init__(self, deletion: Deletion) -> None:
        self.name = f"{_PACKAGE}.{deletion.module}"
        self.code = deletion.code

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        return ModuleSpec(name, self) if name == self.name else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(self.code, module.__dict__)


@contextmanager
def without(deletion: Deletion) -> Iterator[Callable[..., Any]]:
    """The verifier (`verify_named`) of a copy of the package, in which something was left out."""
    kept = {name: module for name, module in sys.modules.items() if f"{name}.".startswith(f"{_PACKAGE}.")}
    finder: Any = _Altered(deletion)
    for name in kept:
        del sys.modules[name]
    sys.meta_path.insert(0, finder)
    try:
        yield importlib.import_module(f"{_PACKAGE}.verifier").verify_named
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if f"{name}.".startswith(f"{_PACKAGE}.")]:
            del sys.modules[name]
        sys.modules.update(kept)
        engine.verification = kept[_PACKAGE]


class Examples:
    """The certificates of the file, and what is to be said of each."""

    def __init__(self) -> None:
        bases, forgeries = read_forgeries()
        self.all: list[tuple[Any, Any, int | None, str]] = []
        self.all += [(each.base.policy, each.data, each.steps, each.expected) for each in forgeries]
        self.all += [(each.policy, each.right, None, ACCEPTED) for each in bases]
        self.odd = [(bases[0].policy, data) for _, data in odd_values(bases[0])]

    def notice(self, verify: Callable[..., Any]) -> bool:
        """Whether something else is said of one of them than is to be said."""
        for policy, data, steps, expected in self.all:
            limits = () if steps is None else (steps,)
            if _said(lambda: verify(policy, data, "proof.json", *limits)) != expected:  # noqa: B023
                return True
        return any(" certificate-shape " not in _said(lambda: verify(policy, data, "")) for policy, data in self.odd)  # noqa: B023


def _said(verify: Callable[[], Any]) -> str:
    """What comes of it; any error that is no refusal is something else as well."""
    try:
        verify()
    except Exception as error:
        return f"{error}\n"
    return ACCEPTED


def unnoticed(deleted: Iterable[Deletion]) -> Iterator[Deletion]:
    """Those of some deletions after which the same is said of every certificate."""
    examples = Examples()
    for deletion in deleted:
        with without(deletion) as verify:
            if not examples.notice(verify):
                yield deletion


def main() -> int:
    deleted = list(deletions())
    found = list(unnoticed(deleted))
    for each in found:
        print(f"engine/verification/{each.module}.py:{each.line}: {each.what}")  # noqa: T201
    print(f"{len(deleted)} deletions, {len(found)} of which no test notices")  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

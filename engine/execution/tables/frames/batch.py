"""Which verdict does every record of a table get? Of a table of whatever kind somebody has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Set
from typing import Any, TypeVar
from warnings import warn

from engine.execution.extras import TableError, need
from engine.execution.tables.columns.tally import NearCount, Noted, Tallying
from engine.language.documents.text import shortened
from engine.language.model.arguments import require
from engine.language.model.policy import Policy, require_policy
from engine.language.situations.columns_file import ColumnsSource, add_columns, load_columns
from engine.language.situations.table_format import OWN_NAMES
from engine.problems import NearTextWarning, Problem
from engine.threads import ForkLock

T = TypeVar("T")
_TAKEN = "Polars, pandas and PySpark frames, pyarrow tables and DuckDB relations are"


def batch(
    policy: Policy,
    frame: T,
    *,
    rules: bool = False,
    problem: bool = False,
    columns: ColumnsSource | None = None,
    other: Collection[str] = (),
) -> T:
    """The same table with a column `verdict` at its end; on request `rules` and `possible_rules`, and `problem`.

    A row is a record: a column answers the field of its name, a null is not answered, and all other columns are the
    user's own. A column of texts is read as the cells of a CSV file are. `verdict` is null where there is none;
    `problem` then says why: `undecided`, `impossible`, or `wrong: ` and the fields with a wrong value. `rules` are the
    rules that decide whatever the missing answers are, `possible_rules` those that decide for some of these answers
    and not for others, each joined by `, ` and null where there are none. Lazy frames stay lazy.

    Args:
        policy: The policy, as `load` gives it.
        frame: A Polars, pandas or PySpark frame, a pyarrow table, or a DuckDB relation.
        rules: Whether to add the rules that decide.
        problem: Whether to add why there is no verdict.
        columns: What the columns are called that answer fields, and how their cells are written, where they are not
            made for this policy: a mapping from fields to columns, the path of a columns file, or what such a file
            holds.
        other: The columns that answer no field, although their names are near to one: such a column is refused until
            it is mapped or named here.

    Returns:
        A table of the same kind, with the columns of this one and those that were added.

    Raises:
        UnsoundError: The policy is not proved sound.
        TableError: The table cannot be decided by it at all.
        SqlError: The policy cannot be written as SQL where that is needed.
        PolicyError: `columns` says what cannot be.
        NotInstalledError: The extra `tables`, or `sql` where that is needed, is not installed.
        TypeError: `policy` is no policy.

    Warns:
        NearTextWarning: Texts are no known ones but for capitals, white space or the form of their letters, and so
            match no rule. A lazy frame tells it when it is carried out; DuckDB and PySpark do not.

    Example:
        >>> import polars
        >>> from engine import batch, load
        >>> batch(load("other-interviews"), polars.DataFrame({"offer": ["hint"]}))["verdict"].to_list()
        ['keep']
    """
    require_policy(policy, "batch")
    need("tables", "tables are decided", "numpy", "pyarrow")
    from engine.execution.tables.kernels.row_decider import RowDecider
    from engine.execution.tables.kernels.table_verdicts import DECIDING, PROBLEM, VERDICT

    added = (VERDICT, *(DECIDING if rules else ()), *((PROBLEM,) if problem else ()))
    require(other, (list, tuple, Set), "batch", "other", "a list of names", "take the names of columns")
    form = OWN_NAMES if columns is None else load_columns(policy, columns, "batch")
    form = add_columns(policy, {}, other, "other", form)
    tallying = Tallying(policy.verdict)
    found: Any = _decide(RowDecider(policy, rules=rules, form=form), frame, added, tallying.note)
    for note in tallying.tally().notes:
        warn(note, NearTextWarning, stacklevel=2)
    return found  # type: ignore[no-any-return]


def _decide(decider: Any, frame: Any, added: tuple[str, ...], noted: Noted) -> Any:
    """By the frame's own package, which is there where the frame comes from."""
    package, kind = type(frame).__module__.partition(".")[0], type(frame).__name__
    match package, kind:
        case "polars", "DataFrame":
            from engine.execution.tables.frames.polars_frames import decide_polars

            return decide_polars(decider, frame, added, noted)
        case "polars", "LazyFrame":
            from engine.execution.tables.frames.polars_frames import plan_polars

            return plan_polars(decider, frame, added, noted=_warn_once())
        case "pandas", "DataFrame":
            from engine.execution.tables.frames.arrow_frames import decide_pandas

            return decide_pandas(decider, frame, added, noted)
        case "pyarrow", "Table":
            from engine.execution.tables.frames.arrow_frames import decide_table

            return decide_table(decider, frame, added, noted)
        case "duckdb" | "_duckdb", "DuckDBPyRelation":
            from engine.execution.tables.frames.sql_frames import decide_duckdb

            return decide_duckdb(decider, frame, added)
        case "pyspark", "DataFrame":
            from engine.execution.tables.frames.sql_frames import decide_spark

            return decide_spark(decider, frame, added)
    raise TableError([Problem("wrong-type", f"a `{kind}` is no table that can be decided", (), f"{_TAKEN} taken")])


def _warn_once() -> Noted:
    """What warns of texts of a plan as they come, of each field once."""
    told: set[str] = set()
    lock = ForkLock()

    def noted(near: Iterable[NearCount]) -> None:
        for field, text, known, _ in near:
            with lock:
                is_new = field not in told
                told.add(field)
            if is_new:
                example = f"such as `{shortened(text)}` for `{shortened(known)}`"
                counts = "and count as texts that no rule names"
                message = f"some answers to `{field}` are written unlike known texts, {example}, {counts}"
                warn(message, NearTextWarning, stacklevel=2)

    return noted

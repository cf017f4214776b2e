"""The public function `batch`, which decides a table of any supported type."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Set
from typing import Any, TypeVar
from warnings import warn

from engine.execution.extras import TableError, need
from engine.execution.tables.columns.tally import NearCount, Noted, Tallying
from engine.language.documents.text import shorten
from engine.language.model.arguments import require, require_flag
from engine.language.model.policy import Policy, require_policy
from engine.language.situations.columns_file import ColumnsSource, add_columns, load_columns
from engine.language.situations.table_format import OWN_NAMES
from engine.problems import NearTextWarning
from engine.threads import ForkLock

T = TypeVar("T")
_DUCKDB = ("duckdb", "_duckdb")
_TAKEN = "Polars, pandas and PySpark frames, pyarrow tables and DuckDB relations are"


def batch(
    policy: Policy,
    frame: T,
    *,
    rules: bool = False,
    problem: bool = False,
    steps: bool = False,
    outputs: bool = False,
    columns: ColumnsSource | None = None,
    other: Collection[str] = (),
) -> T:
    """Decide every row of a table, and add the verdicts as a column.

    A row is a record: a column answers the field of its name, null is not answered, and other columns are kept as they
    are. Texts are read as the cells of a CSV file. The added columns are texts: `verdict`, null if there is none; on
    request `rules` and `possible_rules`, as in `Decision`, joined by `, `; `problem`, why there is no verdict:
    `undecided`, `impossible`, or `wrong: ` and the fields with a wrong answer; `output.NAME` for each output, text as
    it is and other values as JSON, null where there is none or missing answers still change it. Lazy frames stay lazy.

    Args:
        policy: The policy, from `load`.
        frame: A Polars, pandas or PySpark frame, a pyarrow table, or a DuckDB relation.
        rules: Add the columns `rules` and `possible_rules`.
        problem: Add the column `problem`.
        steps: Add a column for the outcome of each step, such as `steps.risk`; null where it is open, or there is no
            verdict because of a wrong answer.
        outputs: Add a column `output.NAME` for each output; `output` for outputs of verdicts that have no names.
        columns: The format of a table that was not made for the policy: a mapping from field to column, the path of a
            columns file, the contents of such a file as a mapping, or a `TableFormat`.
        other: Columns that answer no field although their names resemble one. Such a column is an error until it is
            mapped or listed here.

    Returns:
        A table of the same type, with the columns of `frame` and those that were added.

    Raises:
        UnsoundError: The policy is not proved sound.
        TableError: The table cannot be decided: its type is unknown, or a column has a wrong type or an ambiguous name.
        SqlError: The policy cannot be written as SQL, which DuckDB and PySpark need.
        PolicyError: `columns` cannot be read, or does not fit the policy.
        NotInstalledError: The extra `tables` is not installed; or `sql`, which DuckDB and PySpark need.
        TypeError: `policy` is not a policy, or another argument has the wrong type.

    Warns:
        NearTextWarning: Text answers differ from a known text only in case, white space or Unicode form, and so match
            no rule. A lazy frame warns when it is collected; DuckDB and PySpark do not.

    Example:
        >>> import polars
        >>> from engine import batch, load
        >>> batch(load("other-interviews"), polars.DataFrame({"offer": ["hint"]}))["verdict"].to_list()
        ['keep']
    """
    require_policy(policy, "batch")
    require_flag(rules, "batch", "rules", False)
    require_flag(problem, "batch", "problem", False)
    require_flag(steps, "batch", "steps", False)
    require_flag(outputs, "batch", "outputs", False)
    need("tables", "tables are decided", "numpy", "pyarrow")
    from engine.execution.output_cells import step_column
    from engine.execution.tables.kernels.row_decider import RowDecider
    from engine.execution.tables.kernels.table_verdicts import DECIDING, PROBLEM, VERDICT

    of_steps = [step_column(step.name) for step in policy.steps if steps]
    if outputs and policy.numbers_given and type(frame).__module__.partition(".")[0] in _DUCKDB:
        help_ = "decide a pyarrow table, or leave `outputs` out"
        raise TableError.of("wrong-type", "a database has no columns for amounts that are worked out", (), help_)
    added = (VERDICT, *(DECIDING if rules else ()), *of_steps, *((PROBLEM,) if problem else ()))
    if outputs:
        from engine.execution.output_cells import output_columns

        added = (*added, *output_columns(policy))
    require(other, (list, tuple, Set), "batch", "other", "a list of names", "take the names of columns")
    form = OWN_NAMES if columns is None else load_columns(policy, columns, "batch")
    form = add_columns(policy, {}, other, "other", form)
    tallying = Tallying(policy.verdict)
    found: Any = _decide(
        RowDecider(policy, rules=rules, outputs=outputs, form=form, steps=steps), frame, added, tallying.note
    )
    for note in tallying.tally().notes:
        warn(note, NearTextWarning, stacklevel=2)
    return found  # type: ignore[no-any-return]


def _decide(decider: Any, frame: Any, added: tuple[str, ...], noted: Noted) -> Any:
    """Dispatch by the type of the frame, importing only what that type needs."""
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
    raise TableError.of("wrong-type", f"a `{kind}` is not a table that can be decided", (), f"{_TAKEN} taken")


def _warn_once() -> Noted:
    """A function that warns of texts nearly equal to known ones, once for each field."""
    told: set[str] = set()
    lock = ForkLock()

    def noted(near: Iterable[NearCount]) -> None:
        for field, text, known, _ in near:
            with lock:
                is_new = field not in told
                told.add(field)
            if is_new:
                example = f"such as `{shorten(text)}` for `{shorten(known)}`"
                counts = "and count as texts that no rule names"
                message = f"some answers to `{field}` are written unlike known texts, {example}, {counts}"
                warn(message, NearTextWarning, stacklevel=2)

    return noted

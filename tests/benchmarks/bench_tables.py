"""How many rows a second are decided, beside what a person would write by hand for the same table?

Seconds on the clock, since all of it runs on every core; each way is run once in each round. By hand nothing is
checked: a null takes the last branch, and a wrong value too.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from engine import Policy, batch, load
from engine.execution.tables.columns.tally import Tallying
from engine.execution.tables.files.table_files import decide_files
from engine.execution.tables.files.targets import CSV, PARQUET, Targets
from engine.execution.tables.kernels.blocks import decide_blocks
from engine.execution.tables.kernels.row_decider import RowDecider
from engine.execution.tables.kernels.table_verdicts import PROBLEM, VERDICT
from tests.benchmarks.conftest import Comparison
from tests.support.making.records_made import typed_frame, write_csv, write_parquet
from tests.support.making.tables import first_table, tree_table

pytestmark = pytest.mark.benchmark(timer=perf_counter)
ROWS, FILE_ROWS, CSV_ROWS, TABLE_ROWS = 10_000_000, 10_000_000, 3_000_000, 4_000_000
ROUNDS, PAUSE = 9, 0.05
CORES = os.cpu_count() or 1
# A plan takes a millisecond to write, however many rows there are.
TIMES = 4
VERDICTS = pl.Enum(["cancel", "keep", "buy_time", "use_leverage"])
CASE = """CASE
    WHEN offer <> 'made' THEN 'keep'
    WHEN start_date AND acceptance <> 'none' THEN 'cancel'
    WHEN NOT good_enough AND other_offers >= 1 AND confident_and_polite AND honest AND ready_for_no THEN 'use_leverage'
    WHEN NOT (title AND money AND responsibility AND good_enough) THEN 'buy_time'
    ELSE 'keep' END"""

Run = Callable[[], object]


def by_hand(yes: Callable[[str], pl.Expr] = pl.col, no_offer: str | int = 0) -> pl.Expr:
    """The flagship as somebody would write it; `yes` is how a column says so."""

    def lit(name: str) -> pl.Expr:
        return pl.lit(name, dtype=VERDICTS)

    return (
        pl.when(pl.col("offer") != "made")
        .then(lit("keep"))
        .when(yes("start_date") & (pl.col("acceptance") != "none"))
        .then(lit("cancel"))
        .when(
            ~yes("good_enough")
            & (pl.col("other_offers") != no_offer)
            & yes("confident_and_polite")
            & yes("honest")
            & yes("ready_for_no")
        )
        .then(lit("use_leverage"))
        .when(~(yes("title") & yes("money") & yes("responsibility") & yes("good_enough")))
        .then(lit("buy_time"))
        .otherwise(lit("keep"))
        .alias("verdict")
    )


@pytest.fixture(scope="module")
def flagship() -> Policy:
    return load("other-interviews")


@pytest.fixture(scope="module")
def frame(flagship: Policy) -> pl.DataFrame:
    return typed_frame(flagship, ROWS)


def test_a_typed_table_in_memory(ours: Comparison, flagship: Policy, frame: pl.DataFrame) -> None:
    """Ten million rows of Enums, booleans and small numbers, the verdict as an Enum."""
    arrow = frame.to_arrow()
    made, none = list(frame["offer"].dtype.categories).index("made"), 0  # type: ignore[attr-defined]
    columns = {name: frame[name].to_physical().to_numpy() for name in frame.columns}

    def numpy() -> object:
        yes = columns.__getitem__
        conditions = [
            columns["offer"] != made,
            yes("start_date") & (columns["acceptance"] != none),
            ~yes("good_enough")
            & (columns["other_offers"] >= 1)
            & yes("confident_and_polite")
            & yes("honest")
            & yes("ready_for_no"),
            ~(yes("title") & yes("money") & yes("responsibility") & yes("good_enough")),
        ]
        return np.select(conditions, [np.int8(code) for code in (1, 0, 3, 2)], np.int8(1))

    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE records AS SELECT * FROM arrow")
        others: dict[str, tuple[Run, float | None]] = {
            "Polars by hand": (lambda: frame.with_columns(by_hand()), 0.5),
            "Polars by hand, streaming": (
                lambda: frame.lazy().with_columns(by_hand()).collect(engine="streaming"),
                None,
            ),
            "numpy by hand": (numpy, None),
            "DuckDB by hand": (
                lambda: connection.execute(f"SELECT v, count(*) FROM (SELECT {CASE} AS v FROM records) GROUP BY v"),
                None,
            ),
        }
        ours.in_turn(
            f"{ROWS:,} rows in memory",
            lambda: batch(flagship, frame),
            others,
            rounds=ROUNDS,
            clock=perf_counter,
            pause=PAUSE,
        )
    assert (
        batch(flagship, arrow)["verdict"].to_pylist()[:1000] == frame.head(1000).select(by_hand())["verdict"].to_list()
    )


def test_an_arrow_table_in_memory(ours: Comparison, flagship: Policy, frame: pl.DataFrame) -> None:
    """The same as a pyarrow table, decided with numpy, the verdict as a dictionary."""
    arrow = frame.to_arrow()
    others: dict[str, tuple[Run, float | None]] = {"Polars by hand": (lambda: frame.with_columns(by_hand()), 0.5)}
    run: Run = lambda: batch(flagship, arrow)  # noqa: E731
    ours.in_turn(f"{ROWS:,} rows as an Arrow table", run, others, rounds=ROUNDS, clock=perf_counter, pause=PAUSE)


def test_the_kernel(ours: Comparison, flagship: Policy, frame: pl.DataFrame) -> None:
    """The numpy kernel alone, a byte a row for the verdicts made, beside a copy of all bytes it reads and writes."""
    arrow = frame.select(*flagship.field).to_arrow().combine_chunks()
    decider = RowDecider(flagship)

    def block(start: int, rows: int) -> dict[str, pa.Array]:
        return {name: arrow[name].chunk(0).slice(start, rows) for name in arrow.column_names}

    many = (arrow.nbytes + ROWS) // CORES
    source, target = np.ones((CORES, many), np.uint8), np.ones((CORES, many), np.uint8)
    with ThreadPoolExecutor(CORES) as workers:
        copy: Run = lambda: list(workers.map(np.copyto, target, source))  # noqa: E731
        run: Run = lambda: decide_blocks(decider, ROWS, block, lambda found: found.column(VERDICT))  # noqa: E731
        others: dict[str, tuple[Run, float | None]] = {"a copy of as many bytes": (copy, 3)}
        ours.in_turn(f"{ROWS:,} rows, the kernel", run, others, rounds=ROUNDS, clock=perf_counter, pause=PAUSE)


def test_a_lazy_table(ours: Comparison, flagship: Policy, frame: pl.DataFrame) -> None:
    """Forty million of the same as a Polars plan, carried out by the streaming engine."""
    plan = pl.concat([frame] * TIMES).lazy()
    by_itself: Run = lambda: plan.with_columns(by_hand()).collect(engine="streaming")  # noqa: E731
    others: dict[str, tuple[Run, float | None]] = {"Polars by hand, streaming": (by_itself, 1 / 0.95)}
    run: Run = lambda: batch(flagship, plan).collect(engine="streaming")  # noqa: E731
    ours.in_turn(f"{TIMES * ROWS:,} rows, lazy", run, others, rounds=ROUNDS, clock=perf_counter, pause=PAUSE)


def test_a_duckdb_relation(ours: Comparison, flagship: Policy, frame: pl.DataFrame) -> None:
    """The same as a table in DuckDB, its choices as ENUMs: the verdicts counted, by the query and by a CASE by hand."""
    records = frame.to_arrow()  # noqa: F841
    choices = ", ".join(
        f"{field.name}::ENUM({', '.join(map(repr, field.options))}) AS {field.name}"
        for field in flagship.fields
        if field.options
    )
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE typed AS SELECT * REPLACE ({choices}) FROM records")
        relation = connection.table("typed")
        by_case = f"SELECT v, count(*) FROM (SELECT {CASE} AS v FROM typed) GROUP BY v"
        others: dict[str, tuple[Run, float | None]] = {
            "DuckDB by hand": (lambda: connection.sql(by_case).fetchall(), 1 / 0.95)
        }
        run: Run = lambda: batch(flagship, relation).aggregate("verdict, count(*)", "verdict").fetchall()  # noqa: E731
        ours.in_turn(f"{ROWS:,} rows in DuckDB", run, others, rounds=ROUNDS, clock=perf_counter, pause=PAUSE)


@pytest.mark.parametrize("kind", [PARQUET, CSV])
def test_a_file_to_a_file(ours: Comparison, flagship: Policy, tmp_path: Path, kind: str) -> None:
    """The whole of `verdict batch`, checks and counts included, beside a copy with the verdict by hand, unchecked."""
    source, target, copy = (tmp_path / f"{name}.{kind}" for name in ("in", "out", "copy"))
    rows = FILE_ROWS if kind == PARQUET else CSV_ROWS
    (write_parquet if kind == PARQUET else write_csv)(flagship, source, rows)
    decider = RowDecider(flagship, blanks=kind == CSV)

    def run() -> None:
        decide_files(decider, [source], kind, (VERDICT, PROBLEM), Targets(kind, target), Tallying(flagship.verdict))

    def texts(name: str) -> pl.Expr:
        return pl.col(name) == "true"

    if kind == PARQUET:
        others: dict[str, tuple[Run, float | None]] = {
            "a copy by hand": (lambda: pl.scan_parquet(source).with_columns(by_hand()).sink_parquet(copy), 1 / 0.75)
        }
    else:
        as_text = by_hand(texts, "0")
        others = {
            "a copy by hand, cells kept as they are": (
                lambda: pl.scan_csv(source, infer_schema=False).with_columns(as_text).sink_csv(copy),
                1 / 0.75,
            ),
            "a copy by hand, cells read as types": (
                lambda: pl.scan_csv(source).with_columns(by_hand()).sink_csv(copy),
                None,
            ),
        }
    ours.in_turn(f"{rows:,} rows, {kind} to {kind}", run, others, rounds=5, clock=perf_counter, pause=PAUSE)


@pytest.mark.parametrize(("make", "columns"), [(tree_table, 3), (tree_table, 5), (first_table, 5), (tree_table, 10)])
def test_a_thousand_rules(ours: Comparison, make: Callable[..., dict[str, object]], columns: int) -> None:
    """Large tables of rules, prepared for many rows; beside fifty million rows a second."""
    policy = load(make(1_000, columns, 1, **({"grown": 0} if make is tree_table else {})))
    random = np.random.default_rng(1)
    arrays = {}
    for field in policy.fields:
        if field.options:
            codes = pa.array(random.integers(0, len(field.options), TABLE_ROWS, np.uint8))
            arrays[field.name] = pa.DictionaryArray.from_arrays(codes, pa.array(field.options))
        else:
            assert isinstance(field.high, int)
            arrays[field.name] = pa.array(random.integers(0, field.high + 1, TABLE_ROWS))
    decider = RowDecider(policy)
    decider.expect(10**9)

    def block(start: int, rows: int) -> dict[str, pa.Array]:
        return {name: array.slice(start, rows) for name, array in arrays.items()}

    ours.measure(lambda: decide_blocks(decider, TABLE_ROWS, block, lambda found: found), rounds=ROUNDS)
    wanted = TABLE_ROWS / 50_000_000
    name = f"{TABLE_ROWS:,} rows, 1,000 {'disjoint' if make is tree_table else 'first-match'} rules over {columns}"
    ours.beside(name, "50 million rows a second", wanted, 0, most=1 if columns <= 5 else None)

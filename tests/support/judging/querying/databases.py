"""How does a test put rows into each database, and ask it?

Each database answers `ask`: a table of typed columns, and a query over it whose rows come back in the order of the
table. A database that is not installed skips the test, and the reason says how to install it; the gate, `.ci/run`, has
them all and takes a skipped test for a failure.
"""

from __future__ import annotations

import datetime
import json
import math
import os
import pwd
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol
from unittest import mock

import pytest

Row = dict[str, Any]
# What orders the rows, and shows that a column which is no field is kept; no field is called so.
PLACE = "the place"


class Database(Protocol):
    name: str

    def ask(self, kinds: Mapping[str, str], rows: Sequence[Row], query: str, *results: str) -> list[tuple[Any, ...]]:
        """What the query over the table `records` puts into columns of the result, row by row."""
        ...


def can_hold(name: str, row: Row) -> bool:
    """Whether a database can hold what is in a row: to SQLite, what is no number is NULL."""
    return name != "sqlite" or not any(isinstance(value, float) and math.isnan(value) for value in row.values())


def _asked(query: str, results: Sequence[str]) -> str:
    listed = ", ".join(_quoted(results))
    return f'SELECT {listed} FROM ({query.partition(chr(10))[2]}) AS "asked" ORDER BY "{PLACE}"'


class DuckDB:
    name = "duckdb"

    def ask(self, kinds: Mapping[str, str], rows: Sequence[Row], query: str, *results: str) -> list[tuple[Any, ...]]:
        import duckdb
        import pyarrow as pa

        types = {
            "text": pa.string(),
            "bool": pa.bool_(),
            "bigint": pa.int64(),
            "integer": pa.int32(),
            "smallint": pa.int16(),
            "double": pa.float64(),
            "decimal": pa.decimal128(30, 10),
            "date": pa.date32(),
            "list": pa.list_(pa.string()),
        }
        columns = {name: pa.array([row[name] for row in rows], types[kind]) for name, kind in kinds.items()}
        with duckdb.connect() as connection:
            connection.register("records", pa.table({**columns, PLACE: pa.array(range(len(rows)))}))
            return connection.execute(_asked(query, results)).fetchall()


class SQLite:
    name = "sqlite"

    def ask(self, kinds: Mapping[str, str], rows: Sequence[Row], query: str, *results: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(":memory:")
        try:
            connection.execute(f"CREATE TABLE records ({', '.join(_quoted([*kinds, PLACE]))})")
            marks = ", ".join("?" * (len(kinds) + 1))
            stored = [(*(_as_sqlite(row[name]) for name in kinds), place) for place, row in enumerate(rows)]
            connection.executemany(f"INSERT INTO records VALUES ({marks})", stored)
            return connection.execute(_asked(query, results)).fetchall()
        finally:
            connection.close()


def _as_sqlite(value: Any) -> Any:
    if isinstance(value, list):
        return json.dumps(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


class Postgres:
    name = "postgres"

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def ask(self, kinds: Mapping[str, str], rows: Sequence[Row], query: str, *results: str) -> list[tuple[Any, ...]]:
        types = {"bool": "BOOLEAN", "double": "DOUBLE PRECISION", "decimal": "NUMERIC", "list": "TEXT[]"}
        columns = [f'"{name}" {types.get(kind, kind)}' for name, kind in kinds.items()]
        with self._connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS records")
            cursor.execute(f'CREATE TABLE records ({", ".join(columns)}, "{PLACE}" INTEGER)')
            with cursor.copy("COPY records FROM STDIN") as copy:
                for place, row in enumerate(rows):
                    copy.write_row([*(row[name] for name in kinds), place])
            cursor.execute(_asked(query, results))
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    def run(self, statement: str) -> None:
        """Prepares something that a table needs."""
        self._connection.execute(statement)


def _quoted(names: Sequence[str]) -> list[str]:
    return [f'"{name}"' for name in names]


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """A PostgreSQL server of our own, in a folder of its own, reached by a socket in it and by nothing else."""
    import psycopg

    initdb, control = _postgres_binary("initdb"), _postgres_binary("pg_ctl")
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    quiet: dict[str, Any] = {"check": True, "stdout": subprocess.DEVNULL, "cwd": "/"}
    # The server does not run as root.
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        quiet |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    try:
        data = str(folder / "data")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        subprocess.run([initdb, "-D", data, "-U", "test", "-A", "trust", "-E", "UTF8", "--no-sync"], **quiet)
        subprocess.run([control, "-D", data, "-o", options, "-l", f"{folder}/log", "-w", "start"], **quiet)
        try:
            with psycopg.connect(f"host={folder} user=test dbname=postgres", autocommit=True) as connection:
                yield Postgres(connection)
        finally:
            subprocess.run([control, "-D", data, "-m", "immediate", "stop"], **quiet)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _postgres_binary(name: str) -> str:
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = str(places[-1]) if places else shutil.which(name)
    if found is None:
        pytest.skip("PostgreSQL is not installed: on Debian, `apt-get install postgresql`")
    return found


_COMPILED = 10_000


class Spark:
    name = "spark"

    def __init__(self, session: Any) -> None:
        self.session = session

    def ask(self, kinds: Mapping[str, str], rows: Sequence[Row], query: str, *results: str) -> list[tuple[Any, ...]]:
        self.show(kinds, rows)
        # What Spark compiles to Java it compiles for seconds where it is long; read step by step it is the same.
        is_compiled = len(query) < _COMPILED
        self.session.conf.set("spark.sql.codegen.wholeStage", str(is_compiled).lower())
        self.session.conf.set("spark.sql.codegen.factoryMode", "FALLBACK" if is_compiled else "NO_CODEGEN")
        found = sorted(self.session.sql(query).collect(), key=lambda each: each[PLACE])
        return [tuple(each[name] for name in results) for each in found]

    def show(self, kinds: Mapping[str, str], rows: Sequence[Row]) -> None:
        """Makes the rows the table `records`."""
        names = {"text": "string", "bool": "boolean", "decimal": "decimal(30,10)", "list": "array<string>"}
        schema = ", ".join(f"`{name}` {names.get(kind, kind)}" for name, kind in {**kinds, PLACE: "int"}.items())
        data = [(*(row[name] for name in kinds), place) for place, row in enumerate(rows)]
        self.session.createDataFrame(data, schema).createOrReplaceTempView("records")


@contextmanager
def spark_session() -> Iterator[Spark]:
    """A local Spark, small and without its web pages."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Java, which Spark runs on, is not installed: on Debian, `apt-get install openjdk-17-jre-headless`")
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.memory": "1g",
        # For a minute's work the second compiler of Java's and its parallel collector take more than they give.
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData",
        "spark.sql.shuffle.partitions": "2",
        "spark.default.parallelism": "1",
        "spark.driver.host": "localhost",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.log.level": "OFF",
    }
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[1]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    # Its workers are to run this Python, whichever one is first on the way.
    with mock.patch.dict(os.environ, {"PYSPARK_PYTHON": sys.executable}):
        session = builder.getOrCreate()
    try:
        yield Spark(session)
    finally:
        session.stop()

"""Do DuckDB and Spark tables get row by row what tables in memory get?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import assume, given

from engine import Policy, TableError, batch, columns_sql, load
from engine.execution.program import verdict_program
from tests.support.by_day import draw_by_day
from tests.support.drawing.columns import Table, tables_with_columns
from tests.support.judging.querying.databases import spark_session
from tests.support.judging.querying.sql_rows import Told, leaves_out_parts, left_open
from tests.support.making.tables import tree_table

# Spark says so of every pandas of these days, where it hands Arrow batches to Python; no pandas is used for them.
pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")

ADDED = [*Told._fields]


def _same(policy: Policy, found: Sequence[tuple[str | None, ...]], rows: Sequence[tuple[str | None, ...]]) -> bool:
    """Row by row the same; SQL may leave open what only a sum over missing answers could tell."""
    is_tied = bool(verdict_program(policy).tied)
    return len(found) == len(rows) and all(
        one in [other, *(left_open(other) if is_tied else ())] for one, other in zip(found, rows, strict=True)
    )


@pytest.mark.thorough
@draw_by_day(25)
@given(drawn=tables_with_columns(typed=True))
def test_a_duckdb_relation_gets_what_decide_says_of_each_row(drawn: tuple[Policy, Table, list[Told]]) -> None:
    """Drawn policies and typed columns of every kind that DuckDB has, in order."""
    _agree_in_duckdb(drawn, lambda relation: relation)


@pytest.mark.thorough
@draw_by_day(25)
@given(drawn=tables_with_columns(typed=True))
def test_columns_of_enums_get_what_columns_of_texts_get(drawn: tuple[Policy, Table, list[Told]]) -> None:
    """The same with every column of texts as an ENUM of just those that stand in it, right ones and wrong ones."""
    _agree_in_duckdb(drawn, _with_enums)


def _agree_in_duckdb(drawn: tuple[Policy, Table, list[Told]], prepared: Callable[[Any], Any]) -> None:
    policy, table, rows = drawn
    assume(not leaves_out_parts(policy))
    with duckdb.connect() as connection:
        relation = prepared(connection.from_arrow(_as_days(pa.table(table.columns))))
        found = batch(policy, relation, rules=True, problem=True).project(", ".join(ADDED)).fetchall()
    assert _same(policy, found, rows), (found, rows)


def _with_enums(relation: Any) -> Any:
    texts = [name for name, kind in zip(relation.columns, relation.types, strict=True) if kind == "VARCHAR"]
    for name in texts:
        held = [text for (text,) in relation.project(f'"{name}"').distinct().fetchall() if text is not None]
        if held:
            listed = ", ".join("'" + text.replace("'", "''") + "'" for text in held)
            relation = relation.project(f'* REPLACE ("{name}"::ENUM({listed}) AS "{name}")')
    return relation


def test_an_enum_is_asked_for_nothing_that_it_cannot_hold() -> None:
    """Where its texts are all answers nothing is checked; `unsure` is among the tests only where the ENUM has it."""
    policy = load("other-interviews")
    texts = {"offer": ["hint", "made"], "acceptance": ["none", "signed"]}
    plain, known, unsure = (
        columns_sql(policy, "duckdb", texts=each, rules=False)
        for each in ({}, {**texts, "no field": ["a"]}, {**texts, "acceptance": ["none", "unsure"]})
    )
    assert plain.verdict.startswith("""CASE WHEN "offer" IN ('hint', 'drafting', 'made') AND""")
    assert known.verdict.startswith("""CASE WHEN TYPEOF("start_date") = 'BOOLEAN' AND""")
    assert ("'unsure'" in known.verdict, "'unsure'" in unsure.verdict) == (False, True)
    with duckdb.connect() as connection:
        said = "unnest(['unsure', 'signed', 'none']::ENUM('unsure', 'signed', 'none')[]) AS said(acceptance)"
        made = connection.sql(f"SELECT 'made'::ENUM('made') AS offer, true AS start_date, acceptance FROM {said}")
        assert batch(policy, made).project("verdict").fetchall() == [(None,), ("cancel",), (None,)]


def _as_days(table: pa.Table) -> pa.Table:
    kinds = [
        pa.date32() if pa.types.is_date64(kind) else pa.string() if pa.types.is_string_view(kind) else kind
        for kind in table.schema.types
    ]
    return table.cast(pa.schema(list(zip(table.schema.names, kinds, strict=True))))


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    with spark_session() as found:
        yield found.session


SUMS = load(
    {
        "policy": "instalments",
        "title": "Can it be paid?",
        "situation": {
            "income": {"ask": "What comes in?", "type": "integer", "from": 0, "to": 9_000},
            "repayment": {"ask": "What goes out?", "type": "integer", "from": 0, "to": 9_000},
            "sender.country": {"ask": "Where from?", "type": "text", "known": ["FR"]},
        },
        "numbers": {"burden": {"means": "beyond a third", "sum": {"repayment": 3, "income": -1}}},
        "verdicts": {"yes": {"title": "Yes"}, "no": {"title": "No"}},
        "decision": "first",
        "rules": [
            {"rule": "abroad", "when": {"not": {"sender.country": "FR"}}, "then": "no", "because": "It is abroad."},
            {"rule": "too-much", "when": {"burden": {"more_than": 0}}, "then": "no", "because": "It is too much."},
            {"rule": "rest", "otherwise": True, "then": "yes", "because": "It can be paid."},
        ],
    }
)
PARCELS = load(
    {
        "policy": "parcels",
        "title": "How do we send it?",
        "situation": {
            "fragile": {"ask": "Can it break?", "type": "yes_no"},
            "weight": {"ask": "How heavy is it?", "type": "integer", "from": 0, "to": 30},
        },
        "steps": {
            "care": {
                "means": "how carefully it is carried",
                "outcomes": {"little": "As always", "much": "With care"},
                "rules": [
                    {"rule": "glass", "when": {"fragile": True}, "then": "much", "because": "It can break."},
                    {"rule": "rest", "otherwise": True, "then": "little", "because": "It cannot."},
                ],
            },
            "effort": {
                "means": "how much work it is",
                "outcomes": {"small": "Little", "large": "Much"},
                "decision": "first",
                "rules": [
                    {"rule": "careful", "when": {"care": "much"}, "then": "large", "because": "Care is work."},
                    {"rule": "heavy", "when": {"weight": {"at_least": 10}}, "then": "large", "because": "Lifting is."},
                    {"rule": "rest", "otherwise": True, "then": "small", "because": "It is light."},
                ],
            },
        },
        "verdicts": {"van": {"title": "By van"}, "bike": {"title": "By bike"}},
        "rules": [
            {"rule": "hard", "when": {"effort": "large"}, "then": "van", "because": "A van is easier."},
            {"rule": "easy", "when": {"effort": "small"}, "then": "bike", "because": "It is quick."},
        ],
    }
)
# Whole rows, missing answers and wrong ones; columns of every kind that a cluster decides in another way.
FRAMES: dict[str, tuple[Policy, dict[str, list[Any]]]] = {
    "as SQL": (
        load("other-interviews"),
        {
            "id": [1, 2, 3, 4, 5, 6],
            "offer": ["hint", "made", None, "Hint", "made", "made"],
            "start_date": [None, True, True, True, False, True],
            "acceptance": [None, "signed", "signed", "none", "unsure", None],
            "good_enough": [None, None, None, None, False, None],
            "other_offers": [None, None, 3, 21, 0, 21],
        },
    ),
    "sums, by workers": (
        SUMS,
        {
            "income": [3_000, 3_000, None, None, 9_001],
            "repayment": [1_000, 1_001, 3_001, 2_999, 1],
            "sender.country": ["FR", "FR", "FR", "FR", "IT"],
        },
    ),
    "steps, as SQL": (PARCELS, {"fragile": [True, False, None, None], "weight": [3, 20, 20, None]}),
    "steps, by workers": (PARCELS, {"fragile": ["yes", "no", "perhaps", None], "weight": [3, 20, 20, None]}),
    "texts, by workers": (load("other-interviews"), {"offer": ["drafting", "made"], "honest": ["yes", "perhaps"]}),
    "a thousand rules, by workers": (
        load(tree_table(1_000, 4, 1, grown=0)),
        {"kind_1": ["k0", "k6", None], "amount_1": [0, 20_000, 5], "amount_2": [7, 7, 7], "amount_3": [9, 10, 20_001]},
    ),
}


@pytest.mark.thorough
@pytest.mark.parametrize("name", FRAMES)
def test_a_spark_frame_gets_what_a_table_in_memory_gets(name: str, spark: Any) -> None:
    """Row by row the same verdicts, rules and problems, beside the columns that were there."""
    policy, columns = FRAMES[name]
    frame = spark.createDataFrame(pa.table(columns))
    decided = batch(policy, frame, rules=True, steps=True, problem=True)
    added = [*ADDED[:-1], *(f"steps.{step}" for step in policy.step), ADDED[-1]]
    assert decided.columns == [*columns, *added]
    rows = [tuple(row) for row in decided.collect()]
    table = batch(policy, pa.table(columns), rules=True, steps=True, problem=True)
    assert [row[len(columns) :] for row in rows] == [tuple(row.values()) for row in table.select(added).to_pylist()]


def test_a_duckdb_relation_gets_the_outcomes_of_steps() -> None:
    """As a table in memory does, for whole rows and missing answers."""
    table = pa.table({"fragile": [True, False, None, None, False], "weight": [3, 20, 20, None, 31]})
    with duckdb.connect() as connection:
        found = batch(PARCELS, connection.from_arrow(table), rules=True, steps=True, problem=True).to_arrow_table()
    wanted = batch(PARCELS, table, rules=True, steps=True, problem=True)
    assert found.to_pylist() == wanted.to_pylist()
    assert wanted["steps.effort"].to_pylist() == ["large", "large", "large", None, None]


@pytest.mark.thorough
def test_a_nested_column_is_an_answer_of_a_database_too(spark: Any) -> None:
    """`sender.country` inside a struct; the struct stays as it is, and nothing else is added."""
    sender = pa.array([{"country": "FR"}, {"country": "IT"}], pa.struct([("country", pa.string())]))
    table = pa.table({"sender": sender, "repayment": [1, 1], "income": [9, 9]})
    decided = batch(SUMS, spark.createDataFrame(table))
    assert decided.columns == ["sender", "repayment", "income", "verdict"]
    assert [row["verdict"] for row in decided.collect()] == ["yes", "no"]
    with duckdb.connect() as connection:
        relation = batch(SUMS, connection.from_arrow(table))
        assert relation.columns == ["sender", "repayment", "income", "verdict"]
        assert relation.project("verdict").fetchall() == [("yes",), ("no",)]


_HALVES = load(
    {
        "policy": "halves",
        "title": "Which one?",
        "situation": {
            "size.length": {"ask": "How long?", "type": "number"},
            "kind": {"ask": "Which?", "choices": {"x": "X", "y": "Y"}},
        },
        "verdicts": {"one": {"title": "One"}, "other": {"title": "The other"}},
        "rules": [
            {"rule": "long", "when": {"size.length": {"at_least": 5.25}}, "then": "one", "because": "So."},
            {"rule": "short", "when": {"size.length": {"less_than": 5.25}}, "then": "other", "because": "So."},
        ],
    }
)


def test_a_decimal_as_wide_as_there_are_is_compared_exactly(spark: Any) -> None:
    """Spark would round what it is compared with to its places, and DuckDB finds no type for both: it is refused."""
    frame = spark.sql('SELECT CAST(5 AS DECIMAL(38, 0)) AS `size.length`, "x" AS kind')
    assert [row["verdict"] for row in batch(_HALVES, frame).collect()] == ["other"]
    for kind in ("DECIMAL(38, 0)", "HUGEINT", "DECIMAL(38, 38)"):
        with duckdb.connect() as connection, pytest.raises(TableError) as refused:
            batch(_HALVES, connection.sql(f'SELECT 0::{kind} AS "size.length"'))
        assert "which SQL does not read exactly" in refused.value.problems[0].message
    with duckdb.connect() as connection:
        assert batch(_HALVES, connection.sql('SELECT 5::DECIMAL(36, 2) AS "size.length"')).fetchall()[0][1] == "other"


def test_what_only_seems_to_be_text_is_refused() -> None:
    """DuckDB hands JSON and UUIDs over as texts, and does not compare them as such."""
    for value in ("uuid()", "'\"x\"'::JSON"):
        with duckdb.connect() as connection, pytest.raises(TableError) as refused:
            batch(_HALVES, connection.sql(f"SELECT {value} AS kind"))
        assert refused.value.problems[0].code == "wrong-type"


def test_a_struct_is_not_taken_for_the_table_of_its_name(spark: Any) -> None:
    """`size.length` is inside the column `size`, also where the table is called `size` and has a column `length`."""
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE size AS SELECT {'length': 9.0} AS size, 1 AS length")
        assert batch(_HALVES, connection.table("size")).project("verdict").fetchall() == [("one",)]
    frame = spark.sql("SELECT named_struct('length', 9.0D) AS size, 1 AS length").alias("size")
    assert [row["verdict"] for row in batch(_HALVES, frame).collect()] == ["one"]


@pytest.mark.parametrize("name", ["Verdict", "RULES", "Problem", "Size.Length"])
def test_a_column_whose_name_differs_in_capitals_alone_is_refused(name: str, spark: Any) -> None:
    """A database would take one for the other: nothing of the user's is overwritten, lost or decided instead."""
    with duckdb.connect() as connection:
        relation = connection.sql(f"SELECT {{'length': 9.0}} AS size, 1 AS \"{name}\"")
        frame = spark.sql(f"SELECT named_struct('length', 9.0D) AS size, 1 AS `{name}`")
        for table in (relation, frame):
            with pytest.raises(TableError) as refused:
                batch(_HALVES, table, rules=True, problem=True)
            assert [problem.code for problem in refused.value.problems] == ["name-clash"]


def test_two_columns_that_spark_does_not_tell_apart_are_refused(spark: Any) -> None:
    """Before Spark is asked for one of them, and by name; a struct is found by its column's name."""
    frame = spark.sql("SELECT named_struct('length', 9.0D) AS size, 1 AS SIZE")
    with pytest.raises(TableError) as refused:
        batch(_HALVES, frame)
    assert str(refused.value) == (
        "table: SIZE  name-clash  the database does not distinguish the column `SIZE` from `size`\n"
        "  help  rename the column"
    )


def test_a_column_that_sql_does_not_read_exactly_is_refused() -> None:
    """Texts for yes and no, and numbers in 32 bits: by name, with what to do."""
    table = pa.table({"offer": ["hint"], "honest": ["yes"], "other_offers": pa.array([1.0], pa.float32())})
    with duckdb.connect() as connection, pytest.raises(TableError) as refused:
        batch(load("other-interviews"), connection.from_arrow(table))
    assert str(refused.value) == (
        "table: other_offers  wrong-type  the column `other_offers` holds values of the type `float`, "
        "which SQL does not read exactly\n  help  cast it: expected a whole number from 0 to 20\n"
        "table: honest  wrong-type  the column `honest` holds values of the type `string`, "
        "which SQL does not read exactly\n  help  cast it: expected yes or no (`true` or `false` in JSON and Python)"
    )

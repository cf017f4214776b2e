"""`verdict sql`: compile a policy to a query over a table of records."""

from __future__ import annotations

import click

from engine import Policy, write_sql
from engine.execution.sql.policy_sql import TESTED
from engine.surfaces.cli.columns_options import columns_options, read_format
from engine.surfaces.cli.filesystem.delivery import deliver
from engine.surfaces.cli.filesystem.distinct_files import refuse_overwriting
from engine.surfaces.cli.filesystem.formats_by_name import choose_format
from engine.surfaces.cli.filesystem.policy_files import files_of
from engine.surfaces.cli.inputs import load_policy
from engine.surfaces.cli.options import file_format_option, output_option
from engine.surfaces.cli.output import json_text
from engine.surfaces.cli.progress_line import show_progress
from engine.surfaces.cli.refusals import verdict_command

_ENDINGS = {".sql": "text", ".txt": "text", ".json": "json"}


@verdict_command("sql")
@click.argument("policy")
@click.option("--dialect", required=True, metavar="NAME", help=f"One of {', '.join(TESTED)}.")
@click.option(
    "--table",
    default="records",
    show_default=True,
    metavar="NAME",
    help="The table, schema.table, or database.schema.table.",
)
@click.option("--rules", is_flag=True, help="Add the rules that decide.")
@click.option("--steps", is_flag=True, help="Add a column `steps.NAME` with the outcome of each step.")
@click.option("--outputs", is_flag=True, help="Add a column `output.NAME` for each output.")
@click.option("--problem", is_flag=True, help="Add why there is no verdict.")
@columns_options
@file_format_option("text", "text", "json")
@output_option
def command(
    policy: str,
    dialect: str,
    table: str,
    rules: bool,
    steps: bool,
    outputs: bool,
    problem: bool,
    columns: str | None,
    column: tuple[str, ...],
    asked: str | None,
    output: str,
) -> None:
    """Write a policy as a query that adds the verdict to every row of a table.

    The table has a column for every field, under its name or the one given by `--column` or `--columns`; NULL is a
    missing answer. A row gets no verdict if a value is wrong, or if missing answers could change it.
    """
    loaded = load_policy(policy)
    own = read_format(loaded, columns, column)
    refuse_overwriting([output], [*files_of(loaded), *([columns] if columns else [])])
    form = choose_format(output, asked, _ENDINGS, "text")
    with show_progress():
        text = write_sql(
            loaded, dialect, table=table, rules=rules, steps=steps, problem=problem, outputs=outputs, columns=own
        )
    if form == "json":
        deliver(form, json_text(_data(loaded, dialect, table, text)), output)
    else:
        # Written as a document, so that the constants in it do not depend on the terminal's encoding.
        deliver("sql", text, output)


def _data(policy: Policy, dialect: str, table: str, text: str) -> dict[str, object]:
    """The query and its origin as JSON data."""
    return {
        "policy": policy.name,
        "version": policy.version,
        "sha256": policy.sha256,
        "dialect": dialect,
        "tested": True,
        "table": table,
        "sql": text,
    }

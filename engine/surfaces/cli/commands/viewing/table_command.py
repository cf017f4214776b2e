"""`verdict table`: a policy as a decision table."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from typing import TypeVar

import click

from engine import DecisionTable, Policy, RuleTable, tabulate, tabulate_rules
from engine.surfaces.cli.filesystem.delivery import deliver
from engine.surfaces.cli.filesystem.distinct_files import refuse_overwriting
from engine.surfaces.cli.filesystem.formats_by_name import choose_format
from engine.surfaces.cli.filesystem.policy_files import files_of
from engine.surfaces.cli.inputs import load_policy
from engine.surfaces.cli.options import default_of, file_format_option, output_option
from engine.surfaces.cli.output import EXIT_FAILS, EXIT_HOLDS, EXIT_UNREADABLE, fail, json_text, tell
from engine.surfaces.cli.progress_line import show_progress
from engine.surfaces.cli.refusals import verdict_command
from engine.surfaces.render.rule_csv import write_rule_csv
from engine.surfaces.render.sheets import sheet_of_rules, sheet_of_table
from engine.surfaces.render.table_csv import write_csv
from engine.surfaces.render.table_markup import as_html, as_markdown

_ENDINGS = {
    ".txt": "text",
    ".json": "json",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".csv": "csv",
}


# Formats for people: short rows and few of them by default.
_FOR_PEOPLE = ("text", "markdown", "html")
_FEW_ROWS = {"text": 40}
_MOST_ROWS = default_of(tabulate, "rows")
T = TypeVar("T", DecisionTable, RuleTable)


@verdict_command("table")
@click.argument("policy")
@click.option("--written", is_flag=True, help="Show the rules as written, one row per rule.")
@click.option(
    "--disjoint/--short",
    default=None,
    help="Show rows that do not overlap, or fewer and shorter ones in terms of the policy's facts, which may overlap "
    "if they say the same.  [default: --short as text, Markdown and HTML, --disjoint as JSON and CSV]",
)
@click.option(
    "--rows",
    type=click.IntRange(min=1),
    help="The maximum number of rows."
    f"  [default: {_FEW_ROWS['text']} as text, else {_MOST_ROWS:,}; all with --written]",
)
@click.option("--all", "everything", is_flag=True, help="Show all rows.")
@file_format_option("text", "text", "json", "markdown", "html", "csv")
@output_option
def command(
    policy: str,
    written: bool,
    disjoint: bool | None,
    rows: int | None,
    everything: bool,
    asked: str | None,
    output: str,
) -> None:
    """Show a policy as a decision table.

    Its rows together cover every possible situation, with as few rows as were found. As CSV they are rules again, which
    `rules: {table: FILE.csv}` reads under `decision: first`. If a row is a gap or a conflict, the exit code is 1.

    With `--written` the rows are the rules of the file, for review: each with its condition, verdict, reason and
    overrides.
    """
    if everything and rows is not None:
        raise click.UsageError("`--all` and `--rows` say two things; keep one")
    if written and disjoint is not None:
        raise click.UsageError("`--written` shows the rules, so it goes with neither `--disjoint` nor `--short`")
    loaded = load_policy(policy)
    refuse_overwriting([output], files_of(loaded))
    form = choose_format(output, asked, _ENDINGS, "text")
    if written:
        _write(_RULE_WRITERS, form, loaded, tabulate_rules(loaded, rows=rows), output)
        return
    most = None if everything else rows or _FEW_ROWS.get(form, _MOST_ROWS)
    with show_progress():
        table = tabulate(loaded, rows=most, disjoint=form not in _FOR_PEOPLE if disjoint is None else disjoint)
    _write(_WRITERS, form, loaded, table, output)
    raise click.exceptions.Exit(EXIT_HOLDS if table.sound else EXIT_FAILS)


def _write(writers: Mapping[str, Callable[[Policy, T], str]], form: str, policy: Policy, table: T, output: str) -> None:
    """Write a table, and report how many of its rows are omitted."""
    left_out = table.total - len(table.rows)
    if form == "csv" and left_out:
        message = f"as CSV a table is rules again, and {left_out:,} of them would be missing"
        raise click.UsageError(f"{message}; add `--all`")
    deliver(form, writers[form](policy, table), output)
    if left_out:
        tell(f"verdict: {left_out:,} of {table.total:,} rows are left out; `--all` shows them")


def _text(_: Policy, table: DecisionTable | RuleTable) -> str:
    """The table as text of the terminal's width."""
    return table.text(shutil.get_terminal_size((100, 24)).columns)


def _json(_: Policy, table: DecisionTable | RuleTable) -> str:
    """The table as JSON."""
    return json_text(table.to_dict())


def _csv(policy: Policy, table: DecisionTable) -> str:
    """The table as CSV that can be read again as rules; ends the command if a heading cannot be expressed."""
    found = write_csv(policy, table)
    for head in found.unsaid:
        fail(f"a cell in a table of rules cannot express what is under “{head}”")
    if found.unsaid:
        tell("  help  name it as a fact in the policy, or write the table as `markdown` or `html`")
        raise click.exceptions.Exit(EXIT_UNREADABLE)
    if not table.sound:
        tell("verdict: rows without a verdict wait for one in the column `then`")
    return found.text


def _rule_csv(policy: Policy, table: RuleTable) -> str:
    """The rules as CSV for people."""
    found = write_rule_csv(policy, table)
    if found.unsaid:
        heads = " and ".join(f"`{head}`" for head in found.unsaid)
        tell(f"verdict: this sheet is for people to read; `rules: {{table: …}}` refuses what is under {heads}")
    return found.text


_WRITERS: dict[str, Callable[[Policy, DecisionTable], str]] = {
    "text": _text,
    "json": _json,
    "markdown": lambda _, table: as_markdown(sheet_of_table(table)),
    "html": lambda _, table: as_html(sheet_of_table(table)),
    "csv": _csv,
}
_RULE_WRITERS: dict[str, Callable[[Policy, RuleTable], str]] = {
    "text": _text,
    "json": _json,
    "markdown": lambda _, table: as_markdown(sheet_of_rules(table)),
    "html": lambda _, table: as_html(sheet_of_rules(table)),
    "csv": _rule_csv,
}

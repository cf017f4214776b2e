"""`verdict batch`: decide every record of a table of any size."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Unpack

import click

from engine import Policy, TableError, TableFormat
from engine.execution.extras import need
from engine.execution.tables.columns.tally import Tallying
from engine.execution.tables.files.targets import RECORDS, TEXTS, Targets
from engine.surfaces.cli.columns_options import FileSettings, columns_options, file_options, read_format
from engine.surfaces.cli.filesystem.batch_files import (
    KINDS,
    WRITTEN,
    kind_of,
    kind_of_input,
    kind_of_name,
    open_targets,
)
from engine.surfaces.cli.filesystem.batch_sources import find_inputs, open_sources, unreadable
from engine.surfaces.cli.filesystem.distinct_files import refuse_overwriting
from engine.surfaces.cli.filesystem.formats_by_name import is_foreign_format
from engine.surfaces.cli.filesystem.policy_files import files_of
from engine.surfaces.cli.filesystem.special_files import is_stdout
from engine.surfaces.cli.inputs import STDIN, load_policy
from engine.surfaces.cli.options import format_option
from engine.surfaces.cli.output import EXIT_FAILS, EXIT_HOLDS, json_text, say_as, tell
from engine.surfaces.cli.progress_line import show_progress
from engine.surfaces.cli.refusals import verdict_command
from engine.surfaces.render.batch_summary import summary

_OTHER_KIND = {
    True: "records of JSON are written as such again; name the output `.jsonl` or `.json`",
    False: "a table is not written as records of JSON; name the output `.csv`, `.tsv` or `.parquet`",
}
# How long Polars' allocator keeps free memory. A shorter time than the default saves about 100 MB in long runs.
_ALLOCATOR = "_RJEM_MALLOC_CONF", "dirty_decay_ms:100,muzzy_decay_ms:0"


@verdict_command("batch")
@click.argument("policy")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    required=True,
    help="The file to write, atomically; `-` is standard output.",
)
@click.option("--rules", is_flag=True, help="Add the rules that decide and those that may.")
@click.option("--steps", is_flag=True, help="Add the outcome of each step, as a column `steps.NAME`.")
@click.option("--outputs", is_flag=True, help="Add a column `output.NAME` for each output.")
@click.option(
    "--quarantine", metavar="FILE", help="Write wrong and impossible records to this file instead of the output."
)
@click.option(
    "--from", "read_as", type=click.Choice(KINDS), help="The format of the inputs, if their names do not tell it."
)
@click.option(
    "--to", "write_as", type=click.Choice(WRITTEN), help="The format of the output, if its name does not tell it."
)
@columns_options
@file_options
@click.option("-q", "--quiet", is_flag=True, help="No progress and no summary.")
@format_option()
def command(
    policy: str,
    inputs: tuple[str, ...],
    output: str,
    rules: bool,
    steps: bool,
    outputs: bool,
    quarantine: str | None,
    read_as: str | None,
    write_as: str | None,
    quiet: bool,
    form: str,
    columns: str | None,
    column: tuple[str, ...],
    **settings: Unpack[FileSettings],
) -> None:
    """Decide every record of a table.

    INPUT is a file of CSV (also compressed, `.csv.gz`), TSV, JSON lines, JSON, Parquet or a workbook (`.xlsx`), a
    pattern such as `'in/*.parquet'`, or `-` for standard input; several inputs are read one after the other. A column
    answers the field of its name, or the one given by `--column` or `--columns`; an empty cell or a null is a missing
    answer, and all other columns are kept unchanged. The output has the columns `verdict` and `problem`: why a record
    has no verdict.

    Exits with 1 if a record is wrong, impossible or undecided.
    """
    if policy == STDIN and STDIN in inputs:
        raise click.UsageError("the policy and the records cannot both come from standard input")
    kind = kind_of(inputs, read_as, "--from", kind_of_input)
    target = kind_of((output,), write_as, "--to", kind_of_name)
    if (kind in RECORDS) != (target in RECORDS):
        raise click.UsageError(_OTHER_KIND[kind in RECORDS])
    if quarantine is not None and (kind_of_name(quarantine) or write_as) != target:
        raise click.UsageError("the quarantine is a file of the same kind as the output; name it so")
    need("tables", "files of records are decided", "numpy", "pyarrow", "polars")
    loaded = load_policy(policy, quiet=quiet)
    own = read_format(loaded, columns, column, settings)
    found = find_inputs(inputs)
    if quarantine is not None and is_stdout(output) and is_stdout(quarantine):
        raise click.UsageError("the output and the quarantine cannot both go to standard output")
    refuse_overwriting(
        [output] if quarantine is None else [output, quarantine],
        [*found, *files_of(loaded), *([columns] if columns else [])],
    )
    if kind_of_name(output) not in (None, target):
        raise click.UsageError(f"`{output}` is the name of another kind of file than `--to {target}`; keep one")
    for name in (output, quarantine or STDIN):
        if kind_of_name(name) is None and is_foreign_format(name):
            raise click.UsageError(f"`{name}` cannot be written as its name says; name it `.{target}`")
    try:
        with ExitStack() as stack:
            show = stack.enter_context(show_progress(quiet=quiet))
            tallying = Tallying(loaded.verdict, lambda rows: show(f"deciding the records, {rows:,} read so far"))
            sources = stack.enter_context(open_sources(found, kind, own))
            targets = stack.enter_context(open_targets(target, output, quarantine))
            write_decided = _decide(loaded, kind, rules, steps, outputs, own)
            show("deciding the records")
            write_decided(sources, targets, tallying)
    except OSError as error:
        raise TableError([unreadable(error.filename or ", ".join(found), error)]) from None
    tally = tallying.tally()
    if not quiet:
        # If the table itself goes to standard output, the report goes to standard error.
        report = json_text({"policy": loaded.name, **tally.to_dict()}) if form == "json" else summary(loaded, tally)
        if any(is_stdout(name) for name in (output, quarantine) if name is not None):
            tell(report)
        else:
            say_as(form, report)
    raise click.exceptions.Exit(EXIT_HOLDS if tally.is_whole else EXIT_FAILS)


def _decide(
    policy: Policy, kind: str, rules: bool, steps: bool, outputs: bool, own: TableFormat
) -> Callable[[list[Path], Targets, Tallying], None]:
    """A function that decides files of a format by a policy. Heavy libraries are imported only here."""
    os.environ.setdefault(*_ALLOCATOR)
    from engine.execution.output_cells import step_column
    from engine.execution.tables.kernels.table_verdicts import DECIDING, PROBLEM, VERDICT

    of_steps = [step_column(step.name) for step in policy.steps if steps]
    added = (VERDICT, *(DECIDING if rules else ()), *of_steps, PROBLEM)
    if outputs:
        from engine.execution.output_cells import output_columns

        added = (*added, *output_columns(policy))
    if kind in RECORDS:
        from engine import decider
        from engine.execution.tables.files.record_lines import decide_lines

        made = decider(policy)
        return lambda sources, targets, tallying: decide_lines(made, sources, kind, added, targets, tallying, own)
    from engine.execution.tables.files.table_files import decide_files
    from engine.execution.tables.kernels.row_decider import RowDecider

    rows = RowDecider(policy, rules=rules, outputs=outputs, blanks=kind in TEXTS, form=own, steps=steps)
    return lambda sources, targets, tallying: decide_files(rows, sources, kind, added, targets, tallying)

"""`verdict diff`: which situations, and how many, change their verdict between two versions of a policy."""

from __future__ import annotations

import sys

import click

from engine import Difference, Policy, diff
from engine.problems import PolicyError, Problem
from engine.surfaces.cli.inputs import STDIN, load_named
from engine.surfaces.cli.options import format_option, steps_option
from engine.surfaces.cli.output import EXIT_FAILS, EXIT_HOLDS, say_as, say_json
from engine.surfaces.cli.progress_line import show_progress
from engine.surfaces.cli.refusals import verdict_command
from engine.surfaces.git_revisions import load_at_revision, parse_revision
from engine.surfaces.render.diff_reports import github, markdown


@verdict_command("diff")
@click.argument("old")
@click.argument("new", required=False)
@click.option(
    "--between", nargs=2, metavar="DAY DAY", help="Compare two days of one policy: what changes from one to the other."
)
@format_option("markdown", "github")
@steps_option(diff, "The limit on work; beyond it, the comparison is incomplete.")
@click.option("--disjoint", is_flag=True, help="Show regions that do not overlap, however many it takes.")
@click.option("--all", "everything", is_flag=True, help="Show every change in detail, with all its regions.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing if no situation changes.")
def command(
    old: str,
    new: str | None,
    between: tuple[str, str] | None,
    form: str,
    steps: int,
    disjoint: bool,
    everything: bool,
    quiet: bool,
) -> None:
    """Show which situations change their verdict between two versions of a policy, or between two days of one.

    OLD and NEW are policies, or `REV:path` for a file of a git checkout as it was at a revision, such as
    `main:rules/picnic.yaml`; `REV:./path` is relative to the current folder. Exits with 0 if it is proved that no
    situation changes.

    With `--between DAY DAY` the two days are put in place of the answer that the policy's `as_of` names.
    """
    if old == new == STDIN:
        raise click.UsageError("the old and the new version cannot both come from standard input")
    if (new is None) == (between is None):
        raise click.UsageError("give two versions, OLD and NEW, or one policy and two days: `--between DAY DAY`")
    with show_progress(quiet=quiet):
        if between is not None:
            (one,) = _loaded(old)
            found = diff(one, between=between, steps=steps)
        else:
            one, other = _loaded(old, str(new))
            found = diff(one, other, steps=steps)
    if form == "json":
        say_json(found.to_dict())
    elif not (quiet and found.same):
        say_as(form, _render(found, form, disjoint, everything))
    raise click.exceptions.Exit(EXIT_HOLDS if found.same else EXIT_FAILS)


def _render(found: Difference, form: str, disjoint: bool, everything: bool) -> str:
    """The difference in a text format."""
    if form != "text":
        return {"markdown": markdown, "github": github}[form](found)
    limits = {"changes": len(found.changes), "regions": sys.maxsize} if everything else {}
    return found.text(disjoint=disjoint, **limits)


def _loaded(*words: str) -> list[Policy]:
    """Load the policies; raises `PolicyError` with everything that is wrong with one of them."""
    loaded: list[Policy] = []
    problems: list[Problem] = []
    for word in words:
        try:
            named = parse_revision(word)
            loaded.append(load_named(word) if named is None else load_at_revision(named))
        except PolicyError as error:
            problems += [problem for problem in error.problems if problem not in problems]
    if problems:
        raise PolicyError(problems)
    return loaded

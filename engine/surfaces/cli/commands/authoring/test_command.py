"""`verdict test`: run the cases of policies, and measure what they cover."""

from __future__ import annotations

import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from engine import Cases, Policy, find_survivors, measure_coverage, propose_cases, run_cases
from engine.analysis.proving.errors import find_errors
from engine.bundled import Located, shipped_policies
from engine.frozen import NamedTuple
from engine.language.sections.outline import is_library
from engine.language.sections.policy_sources import base_name, load_found, read_document
from engine.language.situations.cases_file import read_cases
from engine.problems import Place, PolicyError, Problem, printable
from engine.surfaces.cli.filesystem.cases_writing import add_cases, cases_yaml
from engine.surfaces.cli.filesystem.output_errors import OutputError
from engine.surfaces.cli.filesystem.policy_files import (
    cases_beside,
    files_below,
    is_cases,
    is_there,
    policy_beside,
    policy_of_cases,
)
from engine.surfaces.cli.inputs import STDIN
from engine.surfaces.cli.options import format_option, steps_option
from engine.surfaces.cli.output import (
    EXIT_FAILS,
    EXIT_HOLDS,
    EXIT_UNREADABLE,
    say,
    say_as,
    say_json,
    tell,
    tell_problems,
)
from engine.surfaces.cli.progress_line import show_progress
from engine.surfaces.cli.refusals import verdict_command
from engine.surfaces.render.cases_reports import TestedPolicy, failures, junit, lines
from engine.surfaces.render.finding_reports import github


class _Requested(NamedTuple):
    """What to do besides running the cases."""

    coverage: bool
    mutants: bool
    write: bool
    steps: int
    quiet: bool


@verdict_command("test")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--coverage", is_flag=True, help="Say which rules, answers and boundaries no case reaches.")
@click.option("--mutants", is_flag=True, help="Say which single edits of the policy no case would notice.")
@click.option(
    "--threshold",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Fail if the cases reach less or, with --mutants, notice less.",
)
@click.option("--write", is_flag=True, help="Add the cases that are missing, for you to review.")
@steps_option(find_survivors, "The limit on work for mutants; beyond it, the rest is undecided.")
@format_option("junit", "github")
@click.option("-q", "--quiet", is_flag=True, help="Print failures only.")
def command(
    paths: tuple[str, ...],
    coverage: bool,
    mutants: bool,
    threshold: float | None,
    write: bool,
    steps: int,
    form: str,
    quiet: bool,
) -> None:
    """Run the cases of policies.

    PATH is a cases file, a policy (its cases are in `NAME.cases.yaml` beside it), the name of a policy that comes
    with the project, or a folder. A case with missing answers must hold
    for all possible ones.

    `--mutants` tries every copy of the policy with one small edit, such as a number moved by one or a test left out:
    the cases should notice each that changes a verdict. `--write` adds the cases that reach and notice the rest.
    """
    wanted = None if threshold is None else Fraction(str(threshold))
    asked = _Requested(coverage or write or wanted is not None, mutants or write, write, steps, quiet)
    found: list[TestedPolicy] = []
    problems: list[Problem] = []
    for path in _find_cases(paths, write, problems):
        try:
            found.append(_test_file(path, asked))
        except (PolicyError, OutputError) as error:
            problems += error.problems
    below = [problem for tried in found for problem in (tried.below(wanted) if wanted is not None else ())]
    if form == "json":
        say_json(_data(found, problems, wanted, below))
    elif form == "junit":
        say_as(form, junit(found, problems, wanted))
    elif form == "github":
        warnings = [problem for tried in found for problem in tried.warnings()]
        say_as(form, github([*problems, *failures(found), *below, *warnings]))
    else:
        tell_problems(problems)
        for line in (line for tried in found for line in lines(tried, quiet=quiet)):
            say(line)
        for problem in below:
            say(str(problem))
    if problems:
        raise click.exceptions.Exit(EXIT_UNREADABLE)
    written = not write or all(tried.all_written for tried in found)
    held = all(tried.report.passed for tried in found)
    raise click.exceptions.Exit(EXIT_HOLDS if held and written and not below else EXIT_FAILS)


def _find_cases(names: tuple[str, ...], may_be_new: bool, problems: list[Problem]) -> Iterator[Located]:
    """The cases files that the names stand for; problems with a name are collected."""
    for name in names:
        try:
            yield from _cases_files(name, may_be_new)
        except PolicyError as error:
            problems += error.problems


def _cases_files(name: str, may_be_new: bool) -> Iterator[Located]:
    """The cases files that one name stands for. A policy stands for the cases file beside it, which may not exist yet.

    Raises `PolicyError` if there is none.
    """
    if name == STDIN or (os.path.exists(name) and not os.path.isfile(name) and not os.path.isdir(name)):
        what = "standard input" if name == STDIN else "a pipe or a device"
        message = f"cases are read from a file beside their policy, and not from {what}"
        raise PolicyError.of("wrong-file", message, Place(name), "name the file of the policy or of its cases")
    files = list(files_below(name))
    if os.path.isdir(name) and name not in shipped_policies():
        cases = [path for path in files if is_cases(path)]
        if not cases:
            raise PolicyError.of("no-such-file", "there is no cases file in this folder", Place(name))
        yield from cases
        return
    path = files[0]
    beside = path if is_cases(path) else cases_beside(path)
    if is_there(path) and not is_there(beside) and is_library(read_document(path).root):
        message, help_ = "this file is a library, which has no cases", "name the cases of a policy that uses it"
        raise PolicyError.of("wrong-file", message, Place(str(path)), help_)
    if is_there(path) and not is_there(beside) and not may_be_new:
        message, help_ = (
            "this policy has no cases",
            f"write them in `{printable(base_name(beside))}` beside it, or let `--write` begin it",
        )
        raise PolicyError.of("no-such-file", message, Place(str(path)), help_)
    yield beside


def _test_file(path: Located, asked: _Requested) -> TestedPolicy:
    """Run the requested tests on one cases file; raises `PolicyError` if it cannot be read."""
    if asked.write and not isinstance(path, str):
        message = "it lies in a zip file, to which no cases are added"
        help_ = "copy the policy and its cases to a folder, and name them there"
        raise PolicyError.of("unwritable-file", message, Place(str(path)), help_)
    with show_progress(quiet=asked.quiet):
        policy, cases = _read(path, asked.write)
        sound = not find_errors(policy)
    if not sound:
        why = f"`verdict check {printable(policy.place.file)}` says why"
        tell(f"verdict: `{policy.name}` is not sound, so its cases are run as a draft; {why}")
    proposal = unwritten = None
    if asked.write and sound:
        with show_progress(quiet=asked.quiet):
            proposal = propose_cases(policy, cases, steps=asked.steps)
        if proposal.cases:
            added = add_cases(Path(str(path)), policy, cases, proposal)
            unwritten = cases_yaml(proposal) if added is None else None
            cases = cases if added is None else added
    elif asked.write:
        tell("verdict: what a policy decides that is not sound is no advice on what to expect: no case is added")
    with show_progress(quiet=asked.quiet):
        return TestedPolicy(
            policy,
            run_cases(policy, cases),
            measure_coverage(policy, cases) if asked.coverage else None,
            find_survivors(policy, cases, steps=asked.steps) if asked.mutants else None,
            proposal,
            str(path),
            unwritten,
        )


def _read(path: Located, may_be_new: bool) -> tuple[Policy, Cases]:
    """Load a policy and its cases; with `may_be_new`, a missing cases file counts as empty."""
    policy_file = policy_beside(path)
    if may_be_new and not os.path.lexists(str(path)) and is_there(policy_file):
        policy = load_found(policy_file)
        return policy, Cases(policy.name, (), str(path))
    document = read_document(path)
    policy = policy_of_cases(path, document)
    return policy, read_cases(document, policy)


def _data(
    found: list[TestedPolicy], problems: list[Problem], threshold: Fraction | None, below: list[Problem]
) -> dict[str, Any]:
    """The results as JSON data. For a single policy, coverage and mutants are repeated at the top level."""
    alone = found[0].found() if len(found) == 1 else {}
    met = {} if threshold is None else {"threshold": float(threshold), "below": [each.to_dict() for each in below]}
    unread = {"problems": [problem.to_dict() for problem in problems]} if problems else {}
    return {"policies": [tried.to_dict() for tried in found], **alone, **met, **unread}

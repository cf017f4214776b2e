"""`verdict test`: runs the cases of policies, and names the rules that no case reaches."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import click

from engine.analysis.cases import CasesReport, run_cases
from engine.analysis.proof import find_errors
from engine.language.cases_file import read_cases
from engine.language.files import read_document
from engine.problems import Place, PolicyError, Problem
from engine.surfaces.inputs import cases_beside, files_below, is_cases, policy_of_cases
from engine.surfaces.options import HELP, format_option
from engine.surfaces.output import EXIT_FAILS, EXIT_HOLDS, EXIT_UNREADABLE, say, say_json, tell, tell_problems
from engine.surfaces.reports import github


@click.command("test", context_settings=HELP)
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@format_option("junit", "github")
@click.option("-q", "--quiet", is_flag=True, help="Print failures only.")
def command(paths: tuple[str, ...], form: str, quiet: bool) -> None:
    """Run the cases of policies.

    PATH is a cases file, a policy (its cases are in `NAME.cases.yaml` beside it), the name of a policy that comes
    with the project, or a folder. A case that leaves answers out must hold whatever they are.
    """
    found: list[CasesReport] = []
    problems: list[Problem] = []
    for name in paths:
        try:
            for path in _cases_files(name):
                _run_file(path, found, problems)
        except PolicyError as error:
            problems += error.problems
    if form == "json":
        extra = {"problems": [problem.to_dict() for problem in problems]} if problems else {}
        say_json({"policies": [report.to_dict() for report in found], **extra})
    elif form == "junit":
        say(_junit(found, problems))
    elif form == "github":
        say(github([*problems, *_failures(found)]))
    else:
        tell_problems(problems)
        _print(found, quiet)
    if problems:
        raise click.exceptions.Exit(EXIT_UNREADABLE)
    raise click.exceptions.Exit(EXIT_HOLDS if all(report.passed for report in found) else EXIT_FAILS)


def _cases_files(name: str) -> Iterator[Path]:
    """The cases files that a word stands for; a policy stands for the cases beside it."""
    files = [Path(str(path)) for path in files_below(name)]
    if os.path.isdir(name):
        cases = [path for path in files if is_cases(path)]
        if not cases:
            raise PolicyError([Problem("no-such-file", "there is no cases file in this folder", (Place(name),))])
        yield from cases
        return
    path = files[0]
    beside = path if is_cases(path) else cases_beside(path)
    if os.path.isfile(path) and not os.path.isfile(beside):
        message, help_ = "this policy has no cases", f"write them in `{beside.name}` beside it"
        raise PolicyError([Problem("no-such-file", message, (Place(str(path)),), help_)])
    yield beside


def _run_file(path: Path, found: list[CasesReport], problems: list[Problem]) -> None:
    try:
        document = read_document(path)
        policy = policy_of_cases(path, document)
        cases = read_cases(document, policy)
    except PolicyError as error:
        problems += error.problems
        return
    if find_errors(policy):
        why = f"`verdict check {policy.place.file}` says why"
        tell(f"verdict: `{policy.name}` is not sound, so its cases are run as a draft; {why}")
    found.append(run_cases(policy, cases))


def _print(found: list[CasesReport], quiet: bool) -> None:
    for report in found:
        failed = [result for result in report.results if not result.passed]
        for result in failed:
            say(str(result))
        if not quiet or failed:
            held = len(report.results) - len(failed)
            noun = "case holds" if len(report.results) == 1 else "cases hold"
            say(f"{report.policy}: {held} of {len(report.results)} {noun}")
        if report.unreached and not quiet:
            say(f"  no case reaches {', '.join(f'`{name}`' for name in report.unreached)}")


def _failures(found: list[CasesReport]) -> list[Problem]:
    return [
        Problem("failed-case", f"{result.case}: {result.message}", (result.place,))
        for report in found
        for result in report.results
        if not result.passed
    ]


def _junit(found: list[CasesReport], problems: list[Problem]) -> str:
    """JUnit's XML, as build servers read it: a suite a policy, and unreadable files as errors."""
    root = ElementTree.Element("testsuites")
    for report in found:
        failed = sum(not result.passed for result in report.results)
        suite = _suite(root, report.policy, len(report.results), failed, 0)
        for result in report.results:
            case = ElementTree.SubElement(suite, "testcase", name=result.case, classname=report.policy)
            if not result.passed:
                ElementTree.SubElement(case, "failure", message=result.message).text = str(result.place)
    if problems:
        suite = _suite(root, "unreadable", len(problems), 0, len(problems))
        for problem in problems:
            case = ElementTree.SubElement(suite, "testcase", name=problem.code, classname="unreadable")
            ElementTree.SubElement(case, "error", message=problem.message).text = str(problem)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode")


def _suite(root: ElementTree.Element, name: str, tests: int, failures: int, errors: int) -> ElementTree.Element:
    counts = {"tests": tests, "failures": failures, "errors": errors}
    return ElementTree.SubElement(root, "testsuite", {"name": name, **{key: str(each) for key, each in counts.items()}})

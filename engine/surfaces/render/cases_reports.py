"""Reports of test runs: text for people, JSON data, JUnit XML and GitHub annotations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree

from engine.analysis.testing.cases import CaseResult, CasesReport
from engine.analysis.testing.coverage import Coverage
from engine.analysis.testing.goals import RULE, Goal
from engine.analysis.testing.mutation_report import Mutation
from engine.analysis.testing.proposals import Proposal
from engine.frozen import frozen_value
from engine.language.model.policy import Policy
from engine.problems import WARNING, Place, Problem, printable


@frozen_value
class TestedPolicy:
    """Test results of one policy; a measurement that was not requested is None.

    Attributes:
        policy: The tested policy.
        report: The result of each case.
        coverage: What the cases reach.
        mutation: Which edits of the policy the cases notice.
        proposal: Proposed cases for what they do not reach or notice.
        file: The path of the cases file.
        unwritten: The proposed cases as YAML, if they could not be added to the file.
    """

    policy: Policy
    report: CasesReport
    coverage: Coverage | None = None
    mutation: Mutation | None = None
    proposal: Proposal | None = None
    file: str = ""
    unwritten: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """All results as JSON data."""
        return self.report.to_dict() | self.found()

    def found(self) -> dict[str, Any]:
        """The requested measurements and proposals as JSON data, without the cases."""
        coverage = {} if self.coverage is None else {"coverage": self.coverage.to_dict()}
        mutation = {} if self.mutation is None else self.mutation.to_dict()
        proposed = (
            {}
            if self.proposal is None
            else {"proposed": self.proposal.to_dict() | {"file": self.file, "written": not self.unwritten}}
        )
        return {**coverage, **mutation, **proposed}

    @property
    def all_written(self) -> bool:
        """Whether cases were proposed for everything missing and added to the file."""
        return self.proposal is not None and not self.unwritten

    def below(self, threshold: Fraction) -> list[Problem]:
        """A problem for each measurement below the threshold, a percentage."""
        shares = []
        if self.coverage is not None:
            shares.append(("the cases reach", self.coverage.reached, self.coverage.total, self.coverage.percent))
        if self.mutation is not None:
            shares.append(("the cases notice", self.mutation.killed, self.mutation.mutants, self.mutation.percent))
        return [
            Problem("below-threshold", f"{what} {percent:g} %, and {float(threshold):g} % are wanted", (self._place,),
                    "add cases; `verdict test --write` proposes some")
            for what, many, total, percent in shares
            if many * 100 < threshold * total
        ]  # fmt: skip

    def warnings(self) -> list[Problem]:
        """Warnings with their places: near-misses of known texts, and everything that no case reaches or notices."""
        missing = self.coverage.missing if self.coverage is not None else ()
        survivors = self.mutation.survivors if self.mutation is not None else ()
        found = [Problem("not-covered", f"no case {goal.words}", (self._place_of(goal),), "add a case", WARNING)
                 for goal in missing]  # fmt: skip
        found += [Problem("unnoticed-change", f"no case notices this edit: {each.mutant.words}", (each.place,),
                          f"add a case with {_answers(each.answers)}", WARNING) for each in survivors]  # fmt: skip
        return [*(note for result in self.report.results for note in _near_texts(result)), *found]

    @property
    def _place(self) -> Place:
        return self.policy.place

    def _place_of(self, goal: Goal) -> Place:
        return self.policy.rule[goal.name].place if goal.kind == RULE else self._place


def _near_texts(result: CaseResult) -> list[Problem]:
    """Warnings for answers that differ from a known text only in spelling."""
    help_ = "write the known text if that is meant"
    return [Problem("near-text", f"{result.case}: {note}", (result.place,), help_, WARNING) for note in result.notes]


def _answers(answers: tuple[tuple[str, str], ...]) -> str:
    """The answers of an example on one line."""
    return ", ".join(f"“{question} {answer}”" for question, answer in answers) or "any answers"


def lines(tried: TestedPolicy, *, quiet: bool) -> Iterator[str]:
    """The results as text; with `quiet`, failures only."""
    report = tried.report
    failed = [result for result in report.results if not result.passed]
    for result in failed if quiet else report.results:
        if not result.passed:
            yield str(result)
        yield from map(str, _near_texts(result))
    if not quiet or failed:
        held = len(report.results) - len(failed)
        noun = "case holds" if len(report.results) == 1 else "cases hold"
        yield f"{report.policy}: {held} of {len(report.results)} {noun}"
    if quiet:
        return
    if tried.proposal is not None:
        yield from _proposal_lines(tried, tried.proposal)
    if tried.coverage is not None:
        yield f"{report.policy}: {tried.coverage}"
    elif report.unreached:
        yield f"  no case reaches {', '.join(f'`{name}`' for name in report.unreached)}"
    if tried.mutation is not None:
        yield f"{report.policy}: {tried.mutation.summary()}"
        yield from (f"\n{survivor}" for survivor in tried.mutation.survivors)


def _proposal_lines(tried: TestedPolicy, proposal: Proposal) -> Iterator[str]:
    """The lines that report whether the proposed cases were added."""
    file = printable(tried.file)
    if tried.unwritten is not None:
        yield f"{file}: {proposal}; they cannot be added at its end, so put them where they belong:"
        yield tried.unwritten
    elif proposal.cases:
        yield f"{file}: added {proposal}; they expect what the policy decides now, so read each"
    else:
        yield f"{file}: {proposal}"


def failures(found: Sequence[TestedPolicy]) -> list[Problem]:
    """A problem for each failed case."""
    return [
        Problem("failed-case", f"{result.case}: {result.message}", (result.place,))
        for tried in found
        for result in tried.report.results
        if not result.passed
    ]


def junit(found: Sequence[TestedPolicy], problems: Sequence[Problem], threshold: Fraction | None) -> str:
    """JUnit XML: one suite per policy, an extra test for the threshold, and unreadable files as errors.

    Uncovered goals and unnoticed edits are output of the suite; they fail only through the threshold.
    """
    root = ElementTree.Element("testsuites")
    for tried in found:
        report = tried.report
        below = [] if threshold is None else tried.below(threshold)
        failed = sum(not result.passed for result in report.results) + bool(below)
        suite = _suite(root, report.policy, len(report.results) + (threshold is not None), failed, 0)
        _properties(suite, tried)
        for result in report.results:
            case = ElementTree.SubElement(suite, "testcase", name=result.case, classname=report.policy)
            if not result.passed:
                ElementTree.SubElement(case, "failure", message=result.message).text = str(result.place)
        if threshold is not None:
            name = f"at least {float(threshold):g} %"
            case = ElementTree.SubElement(suite, "testcase", name=name, classname=report.policy)
            if below:
                message = "; ".join(problem.message for problem in below)
                ElementTree.SubElement(case, "failure", message=message).text = str(below[0].places[0])
        warnings = tried.warnings()
        if warnings:
            ElementTree.SubElement(suite, "system-out").text = "\n".join(map(str, warnings))
    if problems:
        suite = _suite(root, "unreadable", len(problems), 0, len(problems))
        for problem in problems:
            case = ElementTree.SubElement(suite, "testcase", name=problem.code, classname="unreadable")
            ElementTree.SubElement(case, "error", message=problem.message).text = str(problem)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode")


def _properties(suite: ElementTree.Element, tried: TestedPolicy) -> None:
    """Add the measured percentages to a suite."""
    shares = {"coverage": tried.coverage, "mutants": tried.mutation}
    shown = {name: each.percent for name, each in shares.items() if each is not None}
    if shown:
        properties = ElementTree.SubElement(suite, "properties")
        for name, percent in shown.items():
            ElementTree.SubElement(properties, "property", name=name, value=f"{percent:g}")


def _suite(root: ElementTree.Element, name: str, tests: int, failed: int, errors: int) -> ElementTree.Element:
    """Add a suite with its counts."""
    counts = {"tests": tests, "failures": failed, "errors": errors}
    return ElementTree.SubElement(root, "testsuite", {"name": name, **{key: str(each) for key, each in counts.items()}})

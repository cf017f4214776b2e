"""`verdict check`: prove policies sound and complete, and check libraries and the cases files beside them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from engine import Finding, Policy, Proof, check
from engine.language.documents.yaml_text import read_yaml
from engine.language.sections.outline import is_library
from engine.language.sections.policy_sources import load_read, load_text, read_document
from engine.problems import NOTE, PolicyError, Problem, printable
from engine.surfaces.cli.filesystem.foreign_files import policies_below, skipped_note
from engine.surfaces.cli.filesystem.policy_files import files_of, is_cases, policy_of_cases
from engine.surfaces.cli.inputs import STDIN, stdin_bytes
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
from engine.surfaces.render.colours import colour_code
from engine.surfaces.render.proof_text import proof_blocks

if TYPE_CHECKING:
    from engine import LibraryCheck
    from engine.bundled import Located
    from engine.language.documents.nodes import Document

Prove = Callable[[Policy], Proof]


class _Results:
    """Results collected over everything named on the command line."""

    def __init__(self, certificate: str | None) -> None:
        self.certificate = certificate
        self.proofs: list[Proof] = []
        self.libraries: list[LibraryCheck] = []
        # For each proof, the overlaps of a rule list, if they were requested.
        self.notes: list[tuple[Finding, ...]] = []
        self.cases: list[dict[str, Any]] = []
        self.problems: list[Problem] = []
        self.policies: list[Policy] = []
        self.unwritten: list[Problem] = []
        self.skipped: list[Located] = []

    def proof(self, policy: Policy, *, steps: int, regions: bool, overlaps: bool) -> Proof:
        """Check a policy and record it; with `overlaps`, find its overlapping rules too."""
        if self.certificate is not None:
            from engine.surfaces.cli.filesystem.distinct_files import refuse_overwriting

            refuse_overwriting([self.certificate], files_of(policy))
        self.policies.append(policy)
        self.notes.append(_overlaps(policy, steps) if overlaps else ())
        return check(policy, steps=steps, regions=regions)

    def note(self, error: PolicyError) -> None:
        """Record problems without duplicates: the same broken policy is read again for its cases file."""
        self.problems += [problem for problem in error.problems if problem not in self.problems]

    def findings(self) -> list[Finding]:
        """All findings and overlaps, in the order of the policies and libraries."""
        return [
            *(
                finding
                for proof, notes in zip(self.proofs, self.notes, strict=True)
                for finding in (*proof.findings, *notes)
            ),
            *(finding for checked in self.libraries for finding in checked.findings),
        ]

    def exit_code(self, strict: bool) -> int:
        """The exit code of the command: 2 for unreadable or unwritable files, 1 for findings, otherwise 0."""
        if self.problems or any(problem.code == "unwritable-file" for problem in self.unwritten):
            return EXIT_UNREADABLE
        if self.unwritten:
            return EXIT_FAILS
        checked: list[Proof | LibraryCheck] = [*self.proofs, *self.libraries]
        beyond_notes = [finding for each in checked for finding in each.findings if finding.severity != NOTE]
        fails = any(not each.sound for each in checked) or (strict and bool(beyond_notes))
        return EXIT_FAILS if fails else EXIT_HOLDS


def _overlaps(policy: Policy, steps: int) -> tuple[Finding, ...]:
    """Find the overlaps of a rule list."""
    from engine.analysis.proving.rule_order import find_overlaps

    return find_overlaps(policy, steps)


@verdict_command("check")
@click.argument("policies", nargs=-1, required=True, metavar="POLICY...")
@format_option("sarif", "github")
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings too.")
@steps_option(check, "The limit on work for a proof; beyond it, the policy is not proved.")
@click.option("--regions", is_flag=True, help="Show for each error all situations with it, as disjoint regions.")
@click.option(
    "--overlaps",
    is_flag=True,
    help="Note where a later rule would say otherwise, under `decision: first`; not an error.",
)
@click.option(
    "--certificate", metavar="FILE", help="Write a certificate of the proof for one policy, for `verdict verify`."
)
@click.option("--all", "every", is_flag=True, help="Show each conflict separately, however many there are.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing if there are no findings.")
def command(
    policies: tuple[str, ...],
    form: str,
    strict: bool,
    steps: int,
    regions: bool,
    overlaps: bool,
    certificate: str | None,
    every: bool,
    quiet: bool,
) -> None:
    """Prove that every possible situation gets exactly one verdict.

    Prints a summary, then every gap, conflict, broken guarantee, dead or redundant rule, useless
    override and uncited passage, each with the number of situations and an example. A folder stands for all YAML files
    in it; a cases file is read beside its policy; of a library, what can be said without a policy is checked.
    """
    checked = _Results(certificate)
    if certificate is not None:
        from engine.surfaces.cli.filesystem.certificate_file import check_target

        check_target(certificate, policies)
    with show_progress(quiet=quiet):
        for name in policies:
            _check_named(name, partial(checked.proof, steps=steps, regions=regions, overlaps=overlaps), checked)
        written = certificate is not None and _certify(certificate, steps, checked)
    if form == "json":
        proofs = [
            proof.to_dict() | ({"overlaps": [note.to_dict() for note in notes]} if overlaps else {})
            for proof, notes in zip(checked.proofs, checked.notes, strict=True)
        ]
        extra: dict[str, Any] = {"cases": checked.cases} if checked.cases else {}
        if certificate is not None:
            extra["certificate"] = certificate if written else None
        problems = [problem.to_dict() for problem in (*checked.problems, *checked.unwritten)]
        if checked.libraries:
            extra["libraries"] = [each.to_dict() for each in checked.libraries]
        say_json({"policies": proofs, **extra, **({"problems": problems} if problems else {})})
    elif form in ("sarif", "github"):
        from engine.surfaces.render.finding_reports import RENDER

        say_as(form, RENDER[form]([*checked.problems, *checked.unwritten, *checked.findings()]))
    else:
        _print(checked, every, quiet)
    if checked.skipped and not quiet:
        tell(skipped_note(checked.skipped))
    raise click.exceptions.Exit(checked.exit_code(strict))


def _check_named(name: str, prove: Prove, checked: _Results) -> None:
    """Check everything that one name on the command line stands for."""
    try:
        if name == STDIN:
            data = stdin_bytes()
            document = read_yaml(data, "<stdin>")
            if is_library(document.root):
                _check_library(document, None, checked)
            else:
                checked.proofs.append(prove(load_text(data, "<stdin>")))
            return
        ours, others = policies_below(name)
        checked.skipped += others
        for path in ours:
            _check_file(path, prove, checked)
    except PolicyError as error:
        checked.note(error)


def _check_file(path: Located, prove: Prove, checked: _Results) -> None:
    """Prove a policy, check a library, or read a cases file and its policy."""
    try:
        document = read_document(path)
        if not is_cases(path) and is_library(document.root):
            _check_library(document, path, checked)
            return
        if not is_cases(path):
            checked.proofs.append(prove(load_read(document, path)))
            return
        from engine.language.situations.cases_file import read_cases

        policy = policy_of_cases(path, document)
        cases = read_cases(document, policy)
        checked.cases.append({"file": cases.file, "policy": cases.policy, "cases": len(cases.cases)})
    except PolicyError as error:
        checked.note(error)


def _check_library(document: Document, path: Located | None, checked: _Results) -> None:
    """Check a library, from a file or from standard input; what reads libraries is imported where there is one."""
    from engine import check_library
    from engine.language.sections.library_sources import load_read_library, read_library

    library = read_library(document) if path is None else load_read_library(document, path)
    checked.libraries.append(check_library(library))


def _certify(file: str, steps: int, checked: _Results) -> bool:
    """Write the certificate of the one given policy; returns whether it was written and records why not."""
    if checked.problems:
        return False
    if len(checked.policies) != 1:
        raise click.UsageError(f"a certificate covers one policy; {len(checked.policies)} were given")
    from engine import CertificateError, certify
    from engine.surfaces.cli.filesystem.certificate_file import write_certificate
    from engine.surfaces.cli.filesystem.output_errors import OutputError

    try:
        write_certificate(file, certify(checked.policies[0], steps=steps))
    except (CertificateError, OutputError) as error:
        checked.unwritten += error.problems
        return False
    return True


def _print(checked: _Results, every: bool, quiet: bool) -> None:
    """Print the results as text."""
    tell_problems([*checked.problems, *checked.unwritten])
    blocks: list[str] = []
    for proof, notes in zip(checked.proofs, checked.notes, strict=True):
        blocks += [colour_code(str(note), note.code, note.severity) for note in notes]
        blocks += proof_blocks(proof, every=every, quiet=quiet)
    for library in checked.libraries:
        blocks += [colour_code(str(each), each.code, each.severity) for each in library.findings]
        blocks += [library.summary()] if library.findings or not quiet else []
    if not quiet:
        blocks += [
            f"{printable(each['file'])}: {each['cases']} {'case' if each['cases'] == 1 else 'cases'}, all readable"
            for each in checked.cases
        ]
    if blocks:
        say("\n\n".join(blocks))

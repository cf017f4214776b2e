"""`verdict verify`: check a certificate with the independent verifier."""

from __future__ import annotations

import click

from engine import CertificateError, verify
from engine.surfaces.cli.filesystem.certificate_file import read_certificate_data
from engine.surfaces.cli.inputs import STDIN, load_named
from engine.surfaces.cli.options import format_option, steps_option
from engine.surfaces.cli.output import EXIT_FAILS, say_json, say_result, tell_problems
from engine.surfaces.cli.progress_line import show_progress
from engine.surfaces.cli.refusals import verdict_command
from engine.verification.verifier import verify_named

# Codes for a readable certificate that is wrong or could not be verified.
_REFUSED = {"other-policy", "wrong-certificate", "not-verified"}


@verdict_command("verify")
@click.argument("file")
@click.argument("policy")
@format_option()
@steps_option(verify, "The limit on work; beyond it, the certificate is not verified.")
def command(file: str, policy: str, form: str, steps: int) -> None:
    """Verify a certificate of a policy independently.

    FILE was written by `verdict check POLICY --certificate FILE`; `-` is standard input. Every leaf of its tree is
    checked against the definition of the language alone, all counts are added up, and any change to the policy or to
    the file is detected.
    """
    if file == STDIN and policy == STDIN:
        raise click.UsageError("the certificate and the policy cannot both come from standard input")
    shown = "<stdin>" if file == STDIN else file
    try:
        with show_progress():
            data = read_certificate_data(file)
            found = verify_named(load_named(policy), data, shown, steps)
    except CertificateError as error:
        if any(problem.code not in _REFUSED for problem in error.problems):
            raise
        if form == "json":
            say_json({"problems": [problem.to_dict() for problem in error.problems]})
        else:
            tell_problems(error.problems)
        raise click.exceptions.Exit(EXIT_FAILS) from None
    say_result(found, as_json=form == "json")

"""Reading and writing certificate files, as strict JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NoReturn

import click

from engine import Certificate, CertificateError
from engine.language.documents.text import shorten
from engine.language.sections.policy_sources import missing_file_help
from engine.problems import Place, printable
from engine.surfaces.cli.filesystem.atomic_file import check_writable, write_atomically
from engine.surfaces.cli.filesystem.formats_by_name import is_foreign_format
from engine.surfaces.cli.filesystem.special_files import is_stdout
from engine.surfaces.cli.inputs import STDIN, stdin_bytes

MOST_BYTES = 64 * 1024 * 1024
_MOST_DIGITS = 4000
_LONGEST_DOUBLE = 100


def check_target(name: str, policies: Sequence[str]) -> None:
    """Check, before any work is done, that a certificate of these policies can be written under this name.

    Raises `click.UsageError` for several policies, for standard output and for the file name of another format, and
    `OutputError` for a folder and for a missing folder.
    """
    if len(policies) != 1:
        raise click.UsageError(f"a certificate covers one policy; {len(policies)} were given")
    if is_stdout(name):
        raise click.UsageError("a certificate is written to a file; standard output is for the findings")
    if is_foreign_format(name):
        raise click.UsageError(f"`{printable(name)}` cannot be written as its name says; a certificate is JSON")
    check_writable(name)


def write_certificate(name: str, certificate: Certificate) -> None:
    """Write a certificate atomically.

    Raises `CertificateError` if it exceeds the size limit for reading, and `OutputError` if it cannot be written.
    """
    text = certificate.to_json().encode()
    if len(text) > MOST_BYTES:
        message = f"the certificate would hold {len(text):,} bytes; at most {MOST_BYTES:,} are read"
        raise CertificateError.of("no-certificate", message, Place(name), "split the policy into several")
    write_atomically(name, text)


def read_certificate_data(name: str) -> Any:
    """The JSON data of a file, or of standard input (`-`).

    Raises `CertificateError` for anything that is not strict JSON: duplicate keys, numbers that cannot be represented
    exactly, NaN, or more than the size limit.
    """
    shown = "<stdin>" if name == STDIN else name
    data = stdin_bytes() if name == STDIN else _bytes(name)
    place = Place(shown)
    if len(data) > MOST_BYTES:
        _refuse("file-too-large", f"the file holds more than {MOST_BYTES:,} bytes", place, "no certificate is so large")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse("not-utf-8", f"the byte {data[error.start]:#04x} here is not UTF-8 text", place)
    try:
        return json.loads(
            text,
            parse_float=lambda digits: _float(digits, place),
            parse_int=lambda digits: _int(digits, place),
            parse_constant=lambda word: _refuse("not-a-number", f"`{word}` is not a number", place),
            object_pairs_hook=lambda pairs: _map(pairs, place),
        )
    except json.JSONDecodeError as error:
        place = Place(shown, error.lineno, error.colno)
        help_ = "name first the file that `verdict check --certificate` has written, and then the policy"
        _refuse("json-syntax", "this is not JSON", place, help_)
    except RecursionError:
        _refuse("too-deep", "maps and lists are nested too deep", place)


def _bytes(name: str) -> bytes:
    """Read a file up to the size limit."""
    try:
        with open(name, "rb") as file:
            return file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        _refuse("no-such-file", "there is no such file", Place(name), missing_file_help(name))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        _refuse("unreadable-file", f"it cannot be read: {reason.lower()}", Place(name), "name a file you may read")


def _refuse(code: str, message: str, place: Place, help_: str = "") -> NoReturn:
    """Raise a `CertificateError` with one problem."""
    raise CertificateError.of(code, message, place, help_)


def _int(digits: str, place: Place) -> int:
    """Parse an integer of limited length."""
    if len(digits) > _MOST_DIGITS:
        _refuse("not-a-number", f"a number of more than {_MOST_DIGITS} digits is not supported", place)
    return int(digits)


def _float(digits: str, place: Place) -> float:
    """Parse a double; a number that differs from the shortest decimal of its double is an error."""
    number = float(digits)
    if len(digits) > _LONGEST_DOUBLE or Decimal(digits) != Decimal(repr(number)):
        _refuse("not-a-number", f"`{shorten(digits)}` is not a number that a certificate can hold", place)
    return number


def _map(pairs: list[tuple[str, Any]], place: Place) -> dict[str, Any]:
    """Build a dict; a duplicate key is an error."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            below = place._replace(path=shorten(key))
            _refuse(
                "duplicate-key", f"the key `{shorten(key)}` stands twice in one map", below, "write a new certificate"
            )
        found[key] = value
    return found

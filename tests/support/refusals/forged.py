"""How are forged certificates kept in one text file, each with what the verifier must say of it?

`certificates.txt` holds two kinds of sections. A base is a policy and the certificate that it has, without its hashes:

    === policy NAME
    the text of the policy
    --- certificate
    the text of its certificate

A forgery alters the certificate of the base that stands above it. Its checksum is made anew, as a careful forger would,
where what comes of it still has the shape of a certificate; `unsealed` leaves the old one:

    === what was altered, in words
    set PATH = JSON
    add PATH[PLACE] = JSON
    drop PATH
    with --steps NUMBER
    --- refused
    what the verifier says, whole

or `--- accepted`, where the certificate is another right one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from engine import Certificate, OneverdictError, certify
from engine.language.model.policy import Policy
from engine.language.sections.policy_sources import load_text
from engine.verification.certificate_shape import read_certificate
from engine.verification.verifier import STEPS, verify_named

PATH = Path(__file__).parents[2] / "wrong" / "certificates.txt"
ACCEPTED = "accepted"
_ELIDED = "(the hash that it must be)"
_HASH = re.compile(r'^(  "(?:sha256|checksum)": ").*(",?)$', re.MULTILINE)
_LINE = re.compile(r"(set|add) (\S+) = (.*)|(drop) (\S+)|(unsealed)|with --steps (\d+)")


class Base(NamedTuple):
    """A policy, and its certificate as the file shows it."""

    name: str
    policy: Policy
    shown: str

    @property
    def right(self) -> dict[str, Any]:
        return certify(self.policy).to_dict()


class Forgery(NamedTuple):
    """One altered certificate, and what must be said of it (`ACCEPTED`, or the words)."""

    name: str
    base: Base
    data: Any
    steps: int
    expected: str


def shown_certificate(certificate: Certificate) -> str:
    """A certificate as the file shows it."""
    return _HASH.sub(rf"\1{_ELIDED}\2", certificate.to_json())


def read_forgeries(path: Path = PATH) -> tuple[list[Base], list[Forgery]]:
    """The sections of the file."""
    parts = re.split(r"^=== (.*)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    bases: list[Base] = []
    forgeries: list[Forgery] = []
    for name, text in zip(parts[::2], parts[1::2], strict=True):
        if name.startswith("policy "):
            policy, _, shown = text.partition("--- certificate\n")
            bases.append(Base(name, load_text(policy.encode(), f"{name[7:]}.yaml"), shown))
        else:
            forgeries.append(_forgery(name, text, bases[-1]))
    names = [each.name for each in forgeries]
    assert len(names) == len(set(names)), sorted(each for each in names if names.count(each) > 1)
    return bases, forgeries


def _forgery(name: str, text: str, base: Base) -> Forgery:
    head, _, expected = text.partition("--- ")
    data, steps, is_sealed = base.right, STEPS, True
    for line in head.splitlines():
        found = _LINE.fullmatch(line)
        assert found, f"{name}: {line}"
        if found[1]:
            put(data, found[2], json.loads(found[3]), adding=found[1] == "add")
        elif found[4]:
            drop(data, found[5])
        elif found[6]:
            is_sealed = False
        else:
            steps = int(found[7])
    word, _, words = expected.partition("\n")
    return Forgery(name, base, sealed(data) if is_sealed else data, steps, ACCEPTED if word == ACCEPTED else words)


def _steps(path: str) -> list[str | int]:
    return [int(step[1:-1]) if step[0] == "[" else step for step in re.findall(r"\[\d+\]|[^.\[]+", path)]


def put(data: Any, path: str, value: Any, *, adding: bool = False) -> None:
    """Puts a value at a path, in place of what is there, or before it."""
    *inside, last = _steps(path)
    for step in inside:
        data = data[step]
    if adding:
        data.insert(last, value)
    else:
        data[last] = value


def drop(data: Any, path: str) -> None:
    *inside, last = _steps(path)
    for step in inside:
        data = data[step]
    del data[last]


def sealed(data: Any) -> Any:
    """The data with the checksum of what it says, where it has the shape of a certificate."""
    try:
        return read_certificate({**data, "checksum": ""}).sealed().to_dict()
    except OneverdictError:
        return data


def said(forgery: Forgery) -> str:
    """What the verifier says of a forgery; `ACCEPTED` where it finds nothing."""
    try:
        verify_named(forgery.base.policy, forgery.data, "proof.json", forgery.steps)
    except OneverdictError as error:
        return f"{error}\n"
    return ACCEPTED


def rewrite(results: Mapping[str, str], certificates: Mapping[str, str], path: Path = PATH) -> None:
    """Puts what was said now into the file, in place of what was expected."""
    parts = re.split(r"^(=== .*\n)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for index in range(1, len(parts), 2):
        name = parts[index][4:-1]
        if name in certificates:
            parts[index + 1] = (
                f"{parts[index + 1].partition('--- certificate')[0]}--- certificate\n{certificates[name]}"
            )
        elif name in results:
            words = results[name]
            outcome = f"{ACCEPTED}\n" if words == ACCEPTED else f"refused\n{words}"
            parts[index + 1] = f"{parts[index + 1].partition('--- ')[0]}--- {outcome}"
    path.write_text("".join(parts), encoding="utf-8")


def odd_values(base: Base) -> Iterator[tuple[str, Any]]:
    """Data that a program can make, and no file of JSON holds; or that has no entries to alter."""
    yield "a number", 5
    yield "a text", "certificate"
    for name, path, value in (
        ("a name that is no text", "verdicts", {1: 2}),
        ("an end that is no number", "tree.nodes[1].branches[0].ranges[0].from", float("nan")),
        ("an end of endless digits", "tree.nodes[1].branches[0].ranges[0].from", 10**4000),
        ("a count of endless digits", "situations", 10**4000),
    ):
        data = base.right
        put(data, path, value)
        yield name, data

"""Structural validation of certificate data: every entry must be present, of the right type, and known."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from typing import Any

from engine.frozen import FrozenDict
from engine.language.documents.text import shorten
from engine.problems import Place
from engine.verification.certificates import (
    FORM,
    MOST,
    OUTCOMES,
    Certificate,
    CertificateBranch,
    CertificateError,
    CertificateNode,
    CertificateQuestion,
    CertificateSpan,
    CertificateTarget,
    Written,
)

_MOST_NODES = 10**9


def read_certificate(data: object, name: str = "certificate") -> Certificate:
    """Parse JSON data as a certificate; raise `CertificateError` at the first entry that does not fit the format."""
    return _Reader(name).certificate(data)


class _Reader:
    """Validates each kind of entry and converts it; `refuse` makes the error for the first mismatch."""

    def __init__(self, name: str) -> None:
        self.name = name

    def refuse(self, message: str, path: str) -> CertificateError:
        help_ = "use the file as `verdict check POLICY --certificate FILE` wrote it"
        return CertificateError.of("certificate-shape", message, Place(self.name, path=path), help_)

    def certificate(self, data: object) -> Certificate:
        """Convert the data of a whole certificate."""
        if not isinstance(data, dict) or "certificate" not in data:
            raise self.refuse("this is not a certificate", "")
        form = data["certificate"]
        if type(form) is not int or form != FORM:
            message = f"the format of this certificate is not {FORM}, the only one that this program reads"
            raise self.refuse(message, "certificate")
        keys = ("policy", "sha256", "sound", "situations", "verdicts", "gaps", "conflicts", "impossible", "guarantees")
        found = self.map(data, "", ("certificate", *keys, "tree", "checksum"))
        tree = self.map(found["tree"], "tree", ("root", "nodes"))
        nodes = self.items(tree["nodes"], "tree.nodes")
        verdicts = self.map(found["verdicts"], "verdicts")
        guarantees = self.map(found["guarantees"], "guarantees")
        return Certificate(
            policy=self.text(found["policy"], "policy"),
            sha256=self.text(found["sha256"], "sha256"),
            sound=self.flag(found["sound"], "sound"),
            situations=self.count(found["situations"], "situations"),
            verdicts=FrozenDict({key: self.count(each, _below("verdicts", key)) for key, each in verdicts.items()}),
            gaps=self.count(found["gaps"], "gaps"),
            conflicts=self.count(found["conflicts"], "conflicts"),
            impossible=self.count(found["impossible"], "impossible"),
            guarantees=FrozenDict(
                {key: self.flag(each, _below("guarantees", key)) for key, each in guarantees.items()}
            ),
            root=self.target(self.map(tree["root"], "tree.root"), "tree.root"),
            nodes=tuple(self.node(node, f"tree.nodes[{place}]") for place, node in enumerate(nodes)),
            checksum=self.text(found["checksum"], "checksum"),
        )

    def node(self, data: object, path: str) -> CertificateNode:
        entries = dict(self.map(data, path))
        branches = self.items(entries.pop("branches", None), f"{path}.branches")
        if set(entries) not in ({"field"}, {"field", "option"}, {"field", "minus"}, {"number"}, {"sum"}):
            message = "a node asks for a `field`, an `option` of it, it `minus` another, a `number`, or a `sum`"
            raise self.refuse(message, path)
        terms = self.terms(entries.pop("sum"), f"{path}.sum") if "sum" in entries else ()
        texts = {key: self.text(value, f"{path}.{key}") for key, value in entries.items()}
        asked = CertificateQuestion(**texts, sum=terms)
        return CertificateNode(
            asked, tuple(self.branch(each, f"{path}.branches[{at}]") for at, each in enumerate(branches))
        )

    def terms(self, data: object, path: str) -> tuple[tuple[str, Written], ...]:
        """Convert a sum: fields with what they are multiplied by."""
        found = self.map(data, path)
        return tuple(
            (name, self.written(times, f"{path}.{shorten(name)}", "a factor")) for name, times in found.items()
        )

    def written(self, data: object, path: str, message: str) -> Written:
        """Return `data` if it is a number, or the text of one or of a date."""
        if type(data) not in (int, float, str) or not _is_written(data):  # type: ignore[arg-type]
            raise self.refuse(message, path)
        return data  # type: ignore[return-value]

    def branch(self, data: object, path: str) -> CertificateBranch:
        """Convert a branch: its target, and either values or ranges."""
        entries = dict(self.map(data, path))
        by = {key: entries.pop(key) for key in ("values", "others", "ranges") if key in entries}
        target = self.target(entries, path)
        if set(by) == {"ranges"}:
            spans = self.filled(by["ranges"], f"{path}.ranges")
            return CertificateBranch(
                target, spans=tuple(self.span(each, f"{path}.ranges[{at}]") for at, each in enumerate(spans))
            )
        if not by or "ranges" in by or by.get("others", True) is not True:
            raise self.refuse("a branch has `values`, `others: true`, or both; or else it has `ranges`", path)
        values = self.filled(by["values"], f"{path}.values") if "values" in by else []
        for value in values:
            if type(value) not in (str, bool):
                raise self.refuse("a value is a text, `true` or `false`", f"{path}.values")
        return CertificateBranch(target, tuple(values), "others" in by)

    def span(self, data: object, path: str) -> CertificateSpan:
        """Convert a range; each end is optional, and inclusive or exclusive by its key."""
        entries = self.map(data, path)
        ends = [key for key in ("from", "above", "to", "below") if key in entries]
        if len(ends) < len(entries) or {"from", "above"} <= set(ends) or {"to", "below"} <= set(ends):
            raise self.refuse("a range has `from` or `above`, and `to` or `below`", path)
        for key in ends:
            self.written(entries[key], f"{path}.{key}", "an end of a range is a number or a date")
        low, high = (next((entries[key] for key in keys if key in entries), None)
                     for keys in (("from", "above"), ("to", "below")))  # fmt: skip
        return CertificateSpan(low, "above" not in entries, high, "below" not in entries)

    def target(self, entries: dict[str, Any], path: str) -> CertificateTarget:
        """Convert a target, which must be the only entry."""
        if len(entries) != 1 or not set(entries) <= {"node", "verdict", "outcome"}:
            raise self.refuse("a branch leads to exactly one of a `node`, a `verdict` and an `outcome`", path)
        ((key, value),) = entries.items()
        if key == "node" and (type(value) is not int or not 0 <= value < _MOST_NODES):
            raise self.refuse("a node is referred to by its number in the list, from 0", f"{path}.node")
        if key != "node":
            self.text(value, f"{path}.{key}")
        if key == "outcome" and value not in OUTCOMES:
            raise self.refuse(f"an outcome is one of {', '.join(f'`{each}`' for each in OUTCOMES)}", f"{path}.outcome")
        return CertificateTarget(**{key: value})

    # Values of single entries.

    def map(self, data: object, path: str, keys: Iterable[str] | None = None) -> dict[str, Any]:
        """Return `data` if it is an object with string keys and, if given, exactly these `keys`."""
        if not isinstance(data, dict) or any(type(key) is not str for key in data):
            raise self.refuse("a map of names and values is expected here", path)
        if keys is not None:
            wanted = set(keys)
            if missing := sorted(wanted - set(data)):
                raise self.refuse(f"`{missing[0]}` is missing here", path)
            if extra := sorted(set(data) - wanted):
                raise self.refuse(f"`{shorten(extra[0])}` is not an entry of a certificate", path)
        return data

    def items(self, data: object, path: str) -> list[Any]:
        if not isinstance(data, list):
            raise self.refuse("a list is expected here", path)
        return data

    def filled(self, data: object, path: str) -> list[Any]:
        """Return `data` if it is a list with at least one item."""
        if data == []:
            raise self.refuse("this list is empty", path)
        return self.items(data, path)

    def text(self, data: object, path: str) -> str:
        if type(data) is not str:
            raise self.refuse("a text is expected here", path)
        return data

    def flag(self, data: object, path: str) -> bool:
        if type(data) is not bool:
            raise self.refuse("`true` or `false` is expected here", path)
        return data

    def count(self, data: object, path: str) -> int | None:
        if data is not None and (type(data) is not int or not 0 <= data < MOST):
            raise self.refuse("a count is a whole number, 0 or more, or `null`", path)
        return data


def _below(path: str, key: str) -> str:
    return f"{path}.{shorten(key)}"


def _is_written(end: int | float | str) -> bool:
    """Whether a number is finite and short enough for Python to print and read back."""
    return isfinite(end) if isinstance(end, float) else isinstance(end, str) or abs(end) < MOST

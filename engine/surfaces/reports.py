"""How are problems and findings written for machines that collect them, and a proof summed up for people?"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import quote

from engine.analysis.proof import Proof
from engine.language.words import number_words, share_words
from engine.problems import ERROR, Place, Problem, printable

_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def proof_summary(proof: Proof) -> str:
    """One sentence, then how the situations are shared among the verdicts, where they can be counted."""
    lines = [proof.summary()]
    if proof.situations is not None and proof.sound:
        width = max(len(name) for name in proof.verdicts)
        digits = max(len(number_words(count)) for count in proof.verdicts.values())
        for name, count in proof.verdicts.items():
            line = f"  {name:<{width}}  {number_words(count):>{digits}}"
            lines.append(line if count is None else f"{line}  {share_words(count, proof.situations)}")
    return "\n".join(lines)


def _version() -> str:
    try:
        return version("oneverdict")
    except PackageNotFoundError:
        return "0"


def sarif(problems: Sequence[Problem]) -> str:
    """SARIF 2.1.0, as code hosts read it."""
    codes = sorted({problem.code for problem in problems})
    driver = {"name": "oneverdict", "version": _version(), "rules": [{"id": code} for code in codes]}
    results = [
        {
            "ruleId": problem.code,
            "level": "error" if problem.severity == ERROR else "warning",
            "message": {"text": problem.message + (f"; help: {problem.help}" if problem.help else "")},
            "locations": [_location(place) for place in problem.places[:1]],
            "relatedLocations": [_location(place) for place in problem.places[1:]],
        }
        for problem in problems
    ]
    run = {"tool": {"driver": driver}, "results": results}
    return json.dumps({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _location(place: Place) -> dict[str, Any]:
    where: dict[str, Any] = {"artifactLocation": {"uri": quote(os.fsencode(place.file))}}
    if place.line:
        where["region"] = {"startLine": place.line, "startColumn": place.column}
    return {"physicalLocation": where}


def github(problems: Sequence[Problem]) -> str:
    """Workflow commands, which GitHub shows beside the lines they are about."""
    return "\n".join(_annotation(problem) for problem in problems)


def _annotation(problem: Problem) -> str:
    level = "error" if problem.severity == ERROR else "warning"
    text = problem.message + (f"\nhelp: {problem.help}" if problem.help else "")
    return annotation(level, problem.places[0] if problem.places else Place(""), problem.code, text)


def annotation(level: str, place: Place, title: str, text: str) -> str:
    """One workflow command; `level` is `error`, `warning` or `notice`."""
    parts = [f"file={_property(place.file)}"] if place.file else []
    if place.line:
        parts += [f"line={place.line}", f"col={place.column}"]
    parts.append(f"title={_property(title)}")
    return f"::{level} {','.join(parts)}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return printable(_data(text)).replace(":", "%3A").replace(",", "%2C")


RENDER: dict[str, Callable[[Sequence[Problem]], str]] = {"sarif": sarif, "github": github}

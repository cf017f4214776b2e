"""Problems and findings as SARIF and GitHub annotations."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import quote

from engine.analysis.describing.example_numbers import amount_words
from engine.analysis.proving.findings import Finding
from engine.language.editing.text_edits import TextEdit
from engine.problems import NOTE, Place, Problem, printable
from engine.surfaces.render.code_pages import code_pages

# Severities that workflow commands call by another name.
_LEVELS = {NOTE: "notice"}
_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def _version() -> str:
    """The installed version of the package, or `0`."""
    try:
        return version("oneverdict")
    except PackageNotFoundError:
        return "0"


def sarif(found: Sequence[Problem | Finding]) -> str:
    """SARIF 2.1.0 with a rule per code, all places, examples, and complete mends as fixes."""
    pages = code_pages()
    codes = sorted({each.code for each in found})
    rules = [_rule(code, pages.get(code, code), next(each for each in found if each.code == code)) for code in codes]
    driver = {"name": "oneverdict", "version": _version(), "rules": rules}
    results = [_result(each, codes.index(each.code)) for each in found]
    # Columns count code points.
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _rule(code: str, page: str, example: Problem | Finding) -> dict[str, Any]:
    """The SARIF rule of a code; its descriptions are the first sentence and paragraph of its page."""
    first, _, rest = page.partition("\n\n")
    return {
        "id": code,
        "shortDescription": {"text": first},
        "fullDescription": {"text": " ".join(rest.partition("\n\n")[0].split()) or first},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": _level(example)},
    }


def _level(each: Problem | Finding) -> str:
    """The SARIF level, which is spelled like our severity."""
    return each.severity


def _result(each: Problem | Finding, index: int) -> dict[str, Any]:
    """The SARIF result of one problem or finding."""
    mends = each.mends if isinstance(each, Finding) else ()
    beside = each.rules[1:] if isinstance(each, Finding) and len(each.rules) == len(each.places) else ()
    related = [
        {"id": at, **_location(place), "message": {"text": f"the rule `{beside[at]}`" if beside else "also here"}}
        for at, place in enumerate(each.places[1:])
    ]
    fixes = [
        {"description": {"text": mend.words}, "artifactChanges": [_artifact_change(mend.edit)]}
        for mend in mends
        if mend.edit is not None and mend.is_whole
    ]
    return {
        "ruleId": each.code,
        "ruleIndex": index,
        "level": _level(each),
        "message": {"text": _details(each)},
        "locations": [_location(place) for place in each.places[:1]],
        "relatedLocations": related,
        **({"fixes": fixes} if fixes else {}),
    }


def _details(each: Problem | Finding) -> str:
    """The message, followed by the example, the help and the proved mends, one per line."""
    lines = [each.message]
    if isinstance(each, Finding):
        lines += _example(each)
    if each.help:
        lines.append(f"help: {each.help}")
    if isinstance(each, Finding):
        lines += [f"proved mend: {mend}" for mend in each.mends]
    return "\n".join(lines)


def _example(finding: Finding) -> Iterator[str]:
    """The example of a finding on one line; of a pair each situation, and what both have in common."""
    for name, side in zip(("one situation", "the other situation"), finding.pair, strict=False):
        by = f" by {', '.join(f'`{rule}`' for rule in side.rules)}" if side.rules else ""
        yield f"{name}: {'; '.join([*_shown(side.answers, side.derived), f'{side.decides}: {side.title}{by}'])}"
    if finding.answers:
        shown = _shown(finding.answers, (*finding.numbers, *finding.facts))
        yield f"{'in both' if finding.pair else 'for example'}: {'; '.join(shown)}"


def _shown(answers: Iterable[tuple[str, str]], derived: Iterable[tuple[str, str]]) -> list[str]:
    """Answers after their questions, and in brackets what follows from them."""
    return [f"{question} {answer}" for question, answer in answers] + [
        f"({means} {amount_words(value)})" for means, value in derived
    ]


def _artifact_change(edit: TextEdit) -> dict[str, Any]:
    """The SARIF form of a text edit."""
    region = {
        "startLine": edit.line,
        "startColumn": edit.column,
        "endLine": edit.end_line,
        "endColumn": edit.end_column,
    }
    replacement = {"deletedRegion": region, "insertedContent": {"text": edit.text}}
    return {"artifactLocation": _artifact(edit.file), "replacements": [replacement]}


def _artifact(file: str) -> dict[str, Any]:
    """The SARIF location of a file."""
    return {"uri": quote(os.fsencode(file))}


def _location(place: Place) -> dict[str, Any]:
    """The SARIF form of a place."""
    where: dict[str, Any] = {"artifactLocation": _artifact(place.file)}
    if place.line:
        where["region"] = {"startLine": place.line, "startColumn": place.column}
    return {"physicalLocation": where}


def github(found: Sequence[Problem | Finding]) -> str:
    """Workflow commands that GitHub shows as annotations beside the lines concerned."""
    return "\n".join(
        annotation(
            _LEVELS.get(each.severity, each.severity),
            each.places[0] if each.places else Place(""),
            each.code,
            _details(each),
        )
        for each in found
    )


def annotation(level: str, place: Place, title: str, text: str) -> str:
    """One workflow command; `level` is `error`, `warning` or `notice`."""
    parts = [f"file={_escape_property(place.file)}"] if place.file else []
    if place.line:
        parts += [f"line={place.line}", f"col={place.column}"]
    parts.append(f"title={_escape_property(title)}")
    return f"::{level} {','.join(parts)}::{_escape_message(text)}"


def _escape_message(text: str) -> str:
    """Escape the message of a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    """Escape a property of a workflow command."""
    return printable(_escape_message(text)).replace(":", "%3A").replace(",", "%2C")


RENDER: dict[str, Callable[[Sequence[Problem | Finding]], str]] = {"sarif": sarif, "github": github}

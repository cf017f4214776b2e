"""The JSON Schema of libraries, made from that of policies, so that no definition is written twice.

    python -m tests.project.library_schema

writes `schemas/library.schema.json` anew; `test_shipped.py` compares the two.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from engine.language.sections.outline import LIBRARY_SECTIONS

SCHEMAS = Path(__file__).parents[2] / "schemas"
FILE = SCHEMAS / "library.schema.json"
_REFERENCE = re.compile(r'"#/definitions/(\w+)"')
_NAME = {
    "description": "The library's name: lower-case words joined by hyphens.",
    "type": "string",
    "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$(?!\\n)",
    "errorMessage": "a library's name is lower-case words joined by hyphens, such as `people`",
    "examples": ["people"],
}


def library_schema() -> dict[str, Any]:
    """The schema: the sections that libraries have, and the definitions that these need."""
    policy = json.loads((SCHEMAS / "policy.schema.json").read_text(encoding="utf-8"))
    properties = {name: policy["properties"][name] for name in LIBRARY_SECTIONS[1:]}
    properties["title"] |= {"description": "What the library is about, in one line.", "examples": ["Who somebody is"]}
    properties["version"] |= {"description": "Which edition of the library this is."}
    properties["about"] |= {"description": "A paragraph for those who use the library: what it is for."}
    needed: dict[str, None] = {}
    waiting = _REFERENCE.findall(json.dumps(properties))
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed[name] = None
            waiting += _REFERENCE.findall(json.dumps(policy["definitions"][name]))
    return {
        "$schema": policy["$schema"],
        "$id": "library.schema.json",
        "title": "Library",
        "description": "One library: fields, numbers, facts and impossible combinations that policies use.",
        "type": "object",
        "required": ["library", "title"],
        "additionalProperties": False,
        "properties": {"library": _NAME, **properties},
        "definitions": {name: each for name, each in policy["definitions"].items() if name in needed},
    }


def library_schema_text() -> str:
    """The schema as its file holds it."""
    return json.dumps(library_schema(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(library_schema_text(), encoding="utf-8")

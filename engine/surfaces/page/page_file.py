"""Assembling a page: template, style sheet, scripts and data in one HTML document."""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from typing import Any

from engine.language.model.policy import Policy
from engine.surfaces.page.page_data import page_data
from engine.surfaces.render.policy_text import policy_words

_SCRIPTS = ("answers.js", "reasoning.js", "page.js")


def render_page(policy: Policy) -> str:
    """The page as HTML; raises `UnsoundError` for a policy that is not proved sound."""
    data = page_data(policy)
    script = "\n".join(_read_part(name) for name in _SCRIPTS)
    style = _read_part("page.css")
    return _fill(
        _read_part("page.html"),
        {
            "title": html.escape(policy.title),
            "words": html.escape("\n".join(policy_words(policy))),
            "style": style,
            "style_hash": _hash(style),
            "script": script,
            "script_hash": _hash(script),
            "data": _embed_json(data),
        },
    )


def _read_part(name: str) -> str:
    """Read a file of this package."""
    return files("engine.surfaces.page").joinpath(name).read_text(encoding="utf-8").strip()


def _fill(template: str, parts: Mapping[str, str]) -> str:
    """Replace each `{{name}}` in the template; the inserted parts are not searched for placeholders."""
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], template).strip()


def _hash(text: str) -> str:
    """The hash of an inline script or style, for the page's content security policy."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _embed_json(data: Mapping[str, Any]) -> str:
    """JSON that is safe inside a script element: characters that could end the element are escaped."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return re.sub("[<>&\u2028\u2029]", lambda found: f"\\u{ord(found[0]):04x}", text)

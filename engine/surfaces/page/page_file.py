"""Assembling a page: template, style sheet, scripts and data in one HTML document."""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from engine.bundled import packaged_text
from engine.language.model.policy import Policy
from engine.surfaces.page.page_data import page_data
from engine.surfaces.render.policy_text import policy_words
from engine.surfaces.render.templates import fill_template

_SCRIPTS = ("answers.js", "points.js", "reasoning.js", "amounts.js", "page.js")


def render_page(policy: Policy) -> str:
    """The page as HTML; raises `UnsoundError` for a policy that is not proved sound."""
    data = page_data(policy)
    script = "\n".join(_read_part(name) for name in _SCRIPTS)
    style = _read_part("page.css")
    return fill_template(
        "engine.surfaces.page",
        "page.html",
        title=html.escape(policy.title),
        words=html.escape("\n".join(policy_words(policy))),
        style=style,
        style_hash=_hash(style),
        script=script,
        script_hash=_hash(script),
        data=_embed_json(data),
    )


def _read_part(name: str) -> str:
    """Read a file of this package."""
    return packaged_text("engine.surfaces.page", name).strip()


def _hash(text: str) -> str:
    """The hash of an inline script or style, for the page's content security policy."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _embed_json(data: Mapping[str, Any]) -> str:
    """JSON that is safe inside a script element: characters that could end the element are escaped."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return re.sub("[<>&\u2028\u2029]", lambda found: f"\\u{ord(found[0]):04x}", text)

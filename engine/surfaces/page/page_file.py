"""How does a policy become one page that works from a file? Style, script and data in one document, no more."""

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
    script = "\n".join(_part(name) for name in _SCRIPTS)
    style = _part("page.css")
    return _filled(
        _part("page.html"),
        {
            "title": html.escape(policy.title),
            "words": html.escape("\n".join(policy_words(policy))),
            "style": style,
            "style_hash": _hash(style),
            "script": script,
            "script_hash": _hash(script),
            "data": _embedded(data),
        },
    )


def _part(name: str) -> str:
    return files("engine.surfaces.page").joinpath(name).read_text(encoding="utf-8").strip()


def _filled(template: str, parts: Mapping[str, str]) -> str:
    """The template with its parts, none of which is looked at for parts of its own."""
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], template).strip()


def _hash(text: str) -> str:
    """What the page's own policy allows to run: this text and no other."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _embedded(data: Mapping[str, Any]) -> str:
    """JSON that cannot end the element it stands in, whatever an author wrote."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return re.sub("[<>&\u2028\u2029]", lambda found: f"\\u{ord(found[0]):04x}", text)

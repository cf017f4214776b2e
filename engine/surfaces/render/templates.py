"""Documents from template files, in whose place of each `{{name}}` a text is inserted."""

from __future__ import annotations

import re

from engine.bundled import packaged_text


def fill_template(package: str, file: str, **parts: str) -> str:
    """Fill in a template file of a package; the inserted parts are not searched for placeholders."""
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], packaged_text(package, file)).strip()

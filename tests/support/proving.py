"""What does a proof find, of one kind?"""

from __future__ import annotations

from typing import Any

from engine import Finding, check, load


def broken_guarantees(policy: dict[str, Any]) -> list[Finding]:
    """The findings of guarantees that a policy breaks."""
    return [each for each in check(load(policy)).findings if each.code == "broken-guarantee"]

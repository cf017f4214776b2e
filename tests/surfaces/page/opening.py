"""A policy as a page, opened in a browser."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from engine import Policy
from engine.surfaces.page.page_file import render_page


def open_page(page: Page, policy: Policy, folder: Path, fragment: str = "") -> Page:
    """The page of a policy, with what stands in its address behind `#`."""
    path = folder / "page.html"
    path.write_text(render_page(policy), encoding="utf-8")
    page.goto(f"file://{path}{fragment}")
    return page

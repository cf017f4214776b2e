"""Starts a browser for the tests of the page: any Chromium there is, or a skip that says what to install."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserType, sync_playwright

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
)
MISSING = (
    "no browser is installed: on Debian, `apt-get install chromium`; elsewhere Google Chrome, "
    "or `python -m playwright install chromium`"
)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@contextmanager
def headless_browser() -> Iterator[Browser]:
    """A Chromium without a screen; skips the test where there is none."""
    with sync_playwright() as driver:
        path = _find_browser(driver.chromium)
        if path is None:
            pytest.skip(MISSING)
        browser = driver.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def _find_browser(chromium: BrowserType) -> str | None:
    """The path of Playwright's own browser, else of one that the system has."""
    own = [path for path in (chromium.executable_path, *APPLICATIONS) if path and Path(path).exists()]
    found = [path for path in map(shutil.which, COMMANDS) if path]
    return next(iter([*own, *found]), None)

"""Is the page for everybody: by keyboard, with typing errors, across reloads, and without telling anybody?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from engine import load
from engine.language.model.near_texts import near_text
from engine.surfaces.page.page_file import render_page
from tests.support.making.picnic import STORM_PICNIC
from tests.support.running import run
from tests.surfaces.page.opening import open_page

SETTLED = "#offer=made&start_date=yes&acceptance=signed"


@pytest.mark.thorough
def test_the_flagship_by_keyboard_alone(page: Page, tmp_path: Path) -> None:
    """A signed offer with a start date takes three answers, a hint takes one; the verdict comes first, and is heard."""
    open_page(page, load("other-interviews"), tmp_path)
    for key in ("3", "1", "3"):
        page.keyboard.press(key)
        page.keyboard.press("Enter")
    assert page.locator("h1").inner_text() == "Cancel the other interviews"
    assert page.evaluate("document.activeElement.tagName") == "H1"
    assert page.evaluate("location.hash") == SETTLED
    assert page.locator("main h2").all_inner_texts() == [
        "Why",
        "What you must do",
        "Advice",
        "Source",
        "Your answers",
    ]
    page.goto(page.url.partition("#")[0])
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    assert page.locator("h1").inner_text() == "Keep the other interviews"


@pytest.mark.thorough
def test_back_change_and_reload(page: Page, tmp_path: Path) -> None:
    """Back asks the last question again with its answer; a changed answer keeps the others; all of it is reloaded."""
    open_page(page, load("other-interviews"), tmp_path, SETTLED)
    page.get_by_role("button", name="Back").click()
    assert page.locator("h1").inner_text() == "Have you accepted the offer?"
    assert page.locator("input:checked").get_attribute("value") == "signed"
    page.go_back()
    assert page.locator("h1").inner_text() == "Cancel the other interviews"
    page.get_by_role("button", name="Change: Do you have a start date?").click()
    page.get_by_label("I’m not sure").check()
    page.get_by_role("button", name="Continue").click()
    assert page.locator("h1").inner_text() == "Taken as a whole, would you take the offer as it stands?"
    page.reload()
    assert page.locator("h1").inner_text() == "Taken as a whole, would you take the offer as it stands?"
    assert "I’m not sure (read as: no)" in page.locator(".given").inner_text()
    page.goto(page.url.partition("#")[0] + "#offer=made&start_date=unsure&good_enough=no&confident_and_polite=no")
    assert "Taken as answered, where you were not sure" in page.locator("main").inner_text()


@pytest.mark.thorough
def test_the_address_holds_what_was_asked_and_no_more(page: Page, tmp_path: Path) -> None:
    """An answer that is no longer asked for leaves the address, and is remembered should it be asked for again."""
    open_page(page, load("other-interviews"), tmp_path, SETTLED)
    page.get_by_role("button", name="Change: How far has the job offer got?").click()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    assert page.locator("h1").inner_text() == "Keep the other interviews"
    assert page.evaluate("location.hash") == "#offer=hint"
    page.get_by_role("button", name="Change: How far has the job offer got?").click()
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    assert page.locator("h1").inner_text() == "Cancel the other interviews"
    assert page.evaluate("location.hash") == SETTLED


def test_whoever_begins_to_write_means_the_field(page: Page, tmp_path: Path) -> None:
    """After a question has moved the focus to its heading, a number can be written at once."""
    open_page(page, load("parcel-prices"), tmp_path)
    page.keyboard.type("1.2")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#weight=1.2"


def test_a_text_that_differs_in_capitals_only_is_asked_about_once(page: Page, tmp_path: Path) -> None:
    """Texts are compared exactly, which few people expect; nothing is changed for them."""
    open_page(page, load("customs-channel"), tmp_path)
    page.keyboard.type("de")
    page.keyboard.press("Enter")
    assert page.get_by_role("alert").inner_text() == (
        "The rules know “DE”, not “de”. Write it so, or continue once more to keep yours."
    )
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#coming_from=de"


def test_the_page_finds_the_known_text_that_the_library_finds(page: Page, tmp_path: Path) -> None:
    """Capitals of all scripts, white space, unseen signs, wide and joined letters."""
    known = ("FR", "New York", "Straße", "ΟΔΟΣ", "ﬁne", "İzmir")
    open_page(page, load("customs-channel"), tmp_path)
    texts = [
        "fr",
        "F\u200bR",
        "\uff26\uff32",
        "new\u00a0york",
        "STRASSE",
        "οδος",
        "FINE",
        "izmir",
        "i\u0307zmir",
        "FRR",
        "",
    ]
    for text in (*texts, *known):
        found = page.evaluate("([known, text]) => nearText({kind: 'text', known}, text) ?? null", [known, text])
        assert found == near_text(known, text)


def test_a_wrong_answer_is_explained_beside_its_field(page: Page, tmp_path: Path) -> None:
    """In plain words, with what would fit; nothing moves on."""
    open_page(page, load("parcel-prices"), tmp_path)
    page.get_by_label("What does it weigh?").fill("1.25")
    page.keyboard.press("Enter")
    assert page.get_by_role("alert").inner_text() == (
        "“1.25” lies between two steps. Write a number from 0.1 to 60 in steps of 0.1."
    )
    assert page.evaluate("document.activeElement.id") == "answer"
    page.get_by_label("What does it weigh?").fill("1.2")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#weight=1.2"


def test_answers_that_cannot_be_together(page: Page, tmp_path: Path) -> None:
    """The page says why, and what to do."""
    rules = [
        {"rule": "calm", "when": {"wind": "calm", "rain": False}, "then": "garden", "because": "It is pleasant."},
        {"rule": "wind", "when": {"wind": ["fresh", "storm"]}, "then": "kitchen", "because": "Plates fly."},
        {"rule": "rain", "when": {"rain": True}, "then": "kitchen", "because": "Bread gets wet."},
    ]
    storm = {"when": {"rain": False, "wind": "storm"}, "because": "Storms bring rain here."}
    open_page(page, load({**STORM_PICNIC, "rules": rules, "impossible": [storm]}), tmp_path, "#rain=no&wind=storm")
    assert page.locator("h1").inner_text() == "These answers cannot be true together"
    assert "Storms bring rain here." in page.locator("main").inner_text()


@pytest.mark.thorough
@pytest.mark.parametrize(("scheme", "width", "height"), [("light", 1280, 900), ("dark", 360, 740)])
def test_the_page_is_for_everybody(browser: Browser, tmp_path: Path, scheme: Any, width: int, height: int) -> None:
    """axe finds nothing to complain of, on any kind of question, on verdicts and on errors; nothing sticks out."""
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    opened = context.new_page()
    states = (
        ("other-interviews", ""),
        ("other-interviews", "#offer=made"),
        ("other-interviews", SETTLED),
        ("parcel-prices", ""),
        ("customs-channel", ""),
        ("customs-channel", "#coming_from=US"),
        ("air-passenger-rights", "#trip.distance=900"),
    )
    for name, fragment in states:
        open_page(opened, load(name), tmp_path, fragment)
        if not fragment:
            opened.keyboard.press("Enter")
        found = Axe().run(opened)
        assert found.response["violations"] == [], name + fragment
        assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth"), name + fragment
    context.close()


def test_what_an_author_writes_is_text(page: Page, tmp_path: Path) -> None:
    """Markup in titles, questions and reasons is shown, never followed."""
    evil = '</script><img src=x onerror="document.title=1">\u2028{{script}}'
    mapping = {
        **STORM_PICNIC,
        "title": evil,
        "situation": {**STORM_PICNIC["situation"], "rain": {"ask": evil, "type": "yes_no"}},
    }
    # Spelled out, a line separator may stand in a policy.
    open_page(page, load(json.dumps(mapping)), tmp_path)
    assert page.locator("h1").inner_text().startswith("</script><img src=x")
    assert page.locator("img").count() == 0


def test_the_command_writes_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One file, whole or not at all; an unsound policy gets none."""
    monkeypatch.chdir(tmp_path)
    result = run("page", "other-interviews", "-o", "page.html")
    assert (result.out, result.err, result.code) == ("", "", 0)
    written = Path("page.html").read_text(encoding="utf-8")
    assert written == render_page(load("other-interviews")) + "\n"
    assert "http" not in written.replace("http-equiv", "")
    unsound = run("page", "other-interviews-as-written", "-o", "draft.html")
    assert (unsound.out, unsound.code) == ("", 1)
    assert "gap" in unsound.err
    assert not Path("draft.html").exists()

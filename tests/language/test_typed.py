"""Is a number that somebody types taken for what it says, and asked back where it says two things?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page

from engine import load
from engine.language.model.field_kinds import Field
from engine.language.model.values.misfits import Misfit
from engine.language.model.values.value_texts import value_text
from engine.language.situations.typed_text import typed_value
from engine.surfaces.page.page_file import render_page
from tests.support.browser import headless_browser
from tests.support.running import run

POLICY: dict[str, Any] = {
    "policy": "rent",
    "title": "Is it too much?",
    "situation": {
        "rent": {"ask": "What is the rent?", "type": "number", "from": 0, "to": 9000, "step": 0.01, "unit": "euros"},
        "rooms": {"ask": "How many rooms?", "type": "integer", "from": 0, "to": 20},
        "weight": {"ask": "How heavy?", "type": "number", "from": 0, "to": 20},
        "people": {"ask": "How many people live there?", "type": "integer"},
        "town": {"ask": "Where?", "type": "text", "known": ["1,5"]},
    },
    "verdicts": {"much": {"title": "Too much"}, "fine": {"title": "It is fine"}},
    "rules": [
        {"rule": "high", "when": {"rent": {"more_than": 12.5}}, "then": "much", "because": "It is high."},
        {"rule": "low", "when": {"rent": {"at_most": 12.5}}, "then": "fine", "because": "It is low."},
    ],
}
TAKEN = [
    ("rent", "12,50", "12.5"),
    ("rent", "12.50", "12.5"),
    ("rent", "0,5", "0.5"),
    ("rent", "0.500", "0.5"),
    ("rent", "0,250", "0.25"),
    ("rent", "1000", "1000"),
    ("rent", "1000,5", "1000.5"),
    ("weight", "1.234", "1.234"),
    ("weight", "1,234", "1.234"),
    ("weight", "1.2340", "1.234"),
    ("rooms", "3,0", "3"),
    ("people", "1234", "1234"),
    ("town", "1,5", "1,5"),
    ("town", "1.000", "1.000"),
]
ASKED_BACK = [
    ("rent", "1.000", "`1.000` can be read as 1 and as 1000", "write `1` or `1000`"),
    ("rent", "1,000", "`1,000` can be read as 1 and as 1000", "write `1` or `1000`"),
    ("rent", "1.250", "`1.250` can be read as 1.25 and as 1250", "write `1.25` or `1250`"),
    ("rooms", "1.000", "`1.000` can be read as 1 and as 1000", "write `1`"),
    ("weight", "1.000", "`1.000` can be read as 1 and as 1000", "write `1`"),
    ("people", "1.234", "`1.234` can be read as 1.234 and as 1234", "write `1234`"),
    ("people", "-1,000", "`-1,000` can be read as -1 and as -1000", "write `-1` or `-1000`"),
    ("rent", "1.234,50", "`1.234,50` has its digits in groups", "write `1234.50`"),
    ("rent", "1,234.50", "`1,234.50` has its digits in groups", "write `1234.50`"),
    ("rent", "1 250", "`1 250` has its digits in groups", "write `1250`"),
    ("people", "1'234'567", "`1'234'567` has its digits in groups", "write `1234567`"),
]


def _field(name: str) -> Field:
    return load(POLICY).field[name]


@pytest.mark.parametrize(("name", "text", "value"), TAKEN)
def test_what_says_one_thing_is_taken(name: str, text: str, value: str) -> None:
    """A comma before decimals, and three decimals that cannot be thousands."""
    assert value_text(_field(name), typed_value(_field(name), text)) == value


@pytest.mark.parametrize(("name", "text", "message", "help_"), ASKED_BACK)
def test_what_says_two_things_is_asked_back(name: str, text: str, message: str, help_: str) -> None:
    """In the words of whoever typed it, with what to write in its place, of which each is taken."""
    with pytest.raises(Misfit) as caught:
        typed_value(_field(name), text)
    assert (caught.value.message, caught.value.help) == (message, help_)
    for way in help_.removeprefix("write ").split(" or "):
        typed_value(_field(name), way.strip("`"))


def test_the_command_asks_back_wherever_something_is_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With `--set` and in an interview; in a file nothing but a point is read."""
    monkeypatch.chdir(tmp_path)
    Path("rent.yaml").write_text(load(POLICY).to_yaml())
    assert run("decide", "rent.yaml", "--set", "rent=12,50").out.startswith("It is fine\n")
    assert run("decide", "rent.yaml", "--set", "rent=12,51").out.startswith("Too much\n")
    assert run("decide", "rent.yaml", "--set", "rent=1.000").err == (
        "--set: rent  bad-number  `rent`: `1.000` can be read as 1 and as 1000\n  help  write `1` or `1000`\n"
    )
    assert run("ask", "rent.yaml", stdin=b"12,50\n").out.startswith("It is fine\n")
    assert "can be read as 1 and as 1000" in run("ask", "rent.yaml", stdin=b"1.000\n").err
    Path("record.yaml").write_text("rent: 12,50\n")
    assert run("decide", "rent.yaml", "record.yaml").code == 2
    Path("record.yaml").write_text("rent: 1.000\n")
    assert run("decide", "rent.yaml", "record.yaml").out.startswith("It is fine\n")


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(render_page(load(POLICY)), encoding="utf-8")
    with headless_browser() as browser:
        page = browser.new_page()
        page.goto(path.as_uri())
        yield page


_NUMBERS = st.from_regex(r"[-+]?[0-9]{1,4}([.,' ][0-9]{1,4}){0,3}", fullmatch=True)


@pytest.mark.thorough
@given(text=st.one_of(_NUMBERS, st.sampled_from([each[1] for each in (*TAKEN, *ASKED_BACK)])), data=st.data())
def test_the_page_takes_what_the_library_takes(text: str, data: st.DataObject, opened: Page) -> None:
    """And asks back what it asks back, with the same ways to write it."""
    name = data.draw(st.sampled_from(["rent", "rooms", "weight", "people"]))
    code = "([name, text]) => readEntered(policy.fields.get(name), text)"
    found = opened.evaluate(code, [name, text])
    value, help_ = _read(name, text)
    if value is not None:
        assert found == {"answer": value}
    else:
        assert help_ in found["error"]


def _read(name: str, text: str) -> tuple[str | None, str]:
    """What the library takes a text for; else what the page should say of it, as far as both say the same."""
    field = _field(name)
    try:
        return value_text(field, typed_value(field, text)), ""
    except Misfit as misfit:
        is_asked_back = "can be read as" in misfit.message or "in groups" in misfit.message
        return None, misfit.help.replace("`", "").replace("write", "Write") if is_asked_back else ""


@pytest.mark.thorough
def test_an_answer_that_stays_is_not_asked_back(opened: Page) -> None:
    """What stands in the field from before was understood already."""
    code = "([text, was]) => readEntered(policy.fields.get('rent'), text, was)"
    assert "error" in opened.evaluate(code, ["1.250", "1"])
    assert opened.evaluate(code, ["1.250", "1.250"]) == {"answer": "1.25"}
    assert opened.evaluate("() => readEntered(policy.fields.get('weight'), '1.234', '1.234')") == {"answer": "1.234"}
    assert json.dumps(opened.evaluate(code, ["12,50", "12,5"])) == '{"answer": "12.5"}'

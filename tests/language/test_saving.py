"""Is a policy that is written down the same policy when it is loaded again: as YAML, as JSON, as a mapping?"""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine
from engine import Policy, PolicyError, load
from engine.bundled import shipped_policies
from engine.language.sections.policy_sources import load_text
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import policies
from tests.support.running import run

ROOT = Path(engine.__file__).parents[1]


def _again(saved: Policy) -> list[Policy]:
    """What is loaded from everything that a policy can be saved as."""
    text, data = saved.to_yaml(), saved.to_dict()
    bare, whole = json.dumps(data), json.dumps(data, ensure_ascii=False, indent=2)
    return [load(text), load(text.encode()), load(data), load(bare), load(whole), load(io.StringIO(bare))]


@pytest.mark.thorough
@draw_by_day(25)
@given(drawn=policies())
def test_a_saved_policy_is_the_same_policy(drawn: dict[str, Any]) -> None:
    """Of every construct; its hash too, and saved once more it is the same text."""
    saved = load(drawn)
    for found in _again(saved):
        assert (found, found.sha256) == (saved, saved.sha256)
        assert found.to_yaml() == saved.to_yaml()


@pytest.mark.parametrize("name", shipped_policies())
def test_a_shipped_policy_can_be_saved(name: str) -> None:
    """A table of rules, whose last row may test nothing, is saved as a list of rules."""
    saved = load(name)
    assert {found.sha256 for found in _again(saved)} == {saved.sha256}


# What YAML, or one version of it, takes for something else than text, and what breaks it.
_WORDS = "null ~ yes no on off y n True 2020-01-01 12 0x1F 1e3 1_000 .inf 12:30 [a] {a} *a &a !a %a @a `a` | > << = ---"
_ODD = [
    *_WORDS.split(),
    *("a, b", "a: b", "a #b", "# a", "- a", "? a", "a\u00a0b", "\u0301", "x" * 200),
    *("'a'", '"a"', "a\\b", "it's", "a 😀 b", "é", "İ", "日本語"),
]
_TEXTS = st.one_of(
    st.sampled_from(_ODD),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"]), min_size=1),
)
_NAMES = _TEXTS.filter(lambda text: text == text.strip())
_DATA = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**14), 10**14), st.just(0.25), _TEXTS, st.just("a\nb\t c\n")),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_TEXTS, inner, max_size=3)),
    max_leaves=6,
)


@draw_by_day(30)
@given(data=st.data())
def test_names_and_texts_of_every_kind_are_kept(data: st.DataObject) -> None:
    """Choices, known texts, titles, reasons and outputs that YAML would take for something else."""
    choices = data.draw(st.lists(_NAMES, min_size=2, max_size=4, unique=True))
    known = data.draw(st.lists(_TEXTS.filter(str.strip), min_size=1, max_size=3, unique=True))
    line = _TEXTS.filter(str.strip)
    kind = data.draw(st.sampled_from(["choice", "any_of"]))
    test = {"is": choices[0], "choice": choices[0], "any_of": {"includes": choices[0]}}[kind]
    drawn = {
        "policy": "odd",
        "title": data.draw(line),
        "version": data.draw(line),
        "about": data.draw(line) + "\n" + data.draw(line),
        "situation": {
            "one": {"ask": data.draw(line), "type": kind, "choices": {name: data.draw(line) for name in choices}},
            "two": {"ask": data.draw(line), "type": "text", "known": known},
        },
        "verdicts": {"null": {"title": data.draw(line), "output": data.draw(_DATA)}, "no": {"title": data.draw(line)}},
        "rules": [
            {"rule": "yes", "when": {"one": test}, "then": "null", "because": data.draw(line)},
            {"rule": "on", "when": {"two": known[:1], "not": {"one": test}}, "then": "no", "because": data.draw(line)},
        ],
    }
    saved = load(drawn)
    for found in _again(saved):
        assert (found, found.sha256) == (saved, saved.sha256)


PARCELS = """\
policy: parcels
title: "Where does it go? \\u202e"
situation:
  day: {ask: When?, type: date, from: 2026-01-01}
  weight: {ask: How heavy?, type: number, step: 0.1}
verdicts: {van: {title: A van, output: {from: "2026-01-31", price: 12.50}}, bike: {title: A bike}}
rules:
  - {rule: late, when: {day: {after: 2026-01-31}}, then: van, because: It is late.}
  - {rule: early, when: {day: {on_or_before: 2026-01-31}}, then: bike, because: It is early.}
"""


def test_texts_that_might_be_halves_of_one_are_quoted() -> None:
    """A reader refuses a list in brackets whose unquoted texts a comma may have cut."""
    halves = ["Ask how it was paid", "pay it back the same way", "Albany", "NY"]
    situation = {"town": {"ask": "Where?", "type": "text", "known": halves}}
    verdicts = {"van": {"title": "Van", "must": halves, "advice": halves}}
    rule = {"rule": "all", "when": {"town": halves}, "then": "van", "because": "So it is."}
    saved = load({"policy": "p", "title": "T", "situation": situation, "verdicts": verdicts, "rules": [rule]})
    assert {found.sha256 for found in _again(saved)} == {saved.sha256}


def test_what_is_saved_can_be_read_by_people() -> None:
    """In the order of a policy file, short maps on one line, quotes only where they are needed."""
    assert load(PARCELS).to_yaml() == (
        "policy: parcels\n"
        'title: "Where does it go? \\u202E"\n'
        "situation:\n"
        "  day: {ask: 'When?', type: date, from: 2026-01-01}\n"
        "  weight: {ask: 'How heavy?', type: number, step: 0.1}\n"
        "verdicts:\n"
        "  van:\n"
        "    title: A van\n"
        '    output: {from: "2026-01-31", price: 12.5}\n'
        "  bike: {title: A bike}\n"
        "rules:\n"
        "- rule: late\n"
        "  when:\n"
        "    day: {after: 2026-01-31}\n"
        "  then: van\n"
        "  because: It is late.\n"
        "- rule: early\n"
        "  when:\n"
        "    day: {on_or_before: 2026-01-31}\n"
        "  then: bike\n"
        "  because: It is early.\n"
        "decision: unique\n"
    )
    assert load(load(PARCELS).to_yaml()) == load(PARCELS)


def test_a_number_of_a_program_is_saved_with_all_its_digits() -> None:
    """As a decimal, without an exponent."""
    data = load(PARCELS).to_dict() | {"title": "Where to?"}
    data["situation"]["weight"]["step"] = Decimal("0.0000001")
    assert "step: 0.0000001}" in load(data).to_yaml()


@settings(max_examples=60, deadline=None)
@given(
    letters=st.text(st.sampled_from('aé:#{ \n"\\\u00a0😀'), min_size=1, max_size=8),
    length=st.sampled_from([100, 127, 128, 129, 1000, 1020, 1021, 1022, 1023, 1024, 1025, 1100, 4000]),
    value=st.sampled_from([1, "text", [1], {"x": 1}]),
)
def test_a_long_key_is_saved_or_refused_when_it_is_loaded(letters: str, length: int, value: Any) -> None:
    """YAML reads keys of some length only: one that cannot be written is not taken, from whatever is read again."""
    key = (letters * length)[:length]
    data = load(PARCELS).to_dict() | {"title": "Where to?"}
    verdict = next(iter(data["verdicts"].values()))
    verdict["output"] = {"first": {key: value}, "last": 1}
    codes: set[str] = set()
    saved = None
    try:
        saved = load(data)
    except PolicyError as error:
        codes = {problem.code for problem in error.problems}
    if saved is None:
        assert codes == {"not-a-key"}
        assert 2 + 12 * length > 1024
    else:
        assert length <= 1022
        assert load(saved.to_yaml()) == saved


# Ways to hand a policy over.


class _Drips(io.RawIOBase):
    """A stream that gives a few bytes at a time."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def read(self, size: int = -1) -> bytes:
        return self._data.read(min(7, size))


def test_a_policy_is_loaded_from_whatever_holds_it(tmp_path: Path) -> None:
    """Text, bytes, streams of both, a mapping, a path, and files with a byte-order mark or Windows line ends."""
    expected = load_text(PARCELS.encode(), "parcels.yaml")
    path = tmp_path / "parcels.yaml"
    path.write_text(PARCELS)
    with path.open() as text, path.open("rb") as data:
        opened = [load(text), load(data)]
    held: list[Any] = [
        *(PARCELS, "\ufeff" + PARCELS, PARCELS.replace("\n", "\r\n"), PARCELS.encode(), bytearray(PARCELS.encode())),
        *(memoryview(PARCELS.encode()), io.StringIO(PARCELS), io.BytesIO(PARCELS.encode()), _Drips(PARCELS.encode())),
        *(path, str(path), expected.to_yaml()),
    ]
    assert [*map(load, held), *opened] == [expected] * (len(held) + 2)


def test_a_name_is_a_name_and_a_path_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line is never taken for the policy itself, unless it begins as JSON does."""
    monkeypatch.chdir(tmp_path)
    assert load("other-interviews").name == "other-interviews"
    with pytest.raises(PolicyError, match="no policy called `policy: parcels` comes with the project"):
        load("policy: parcels")
    with pytest.raises(PolicyError, match="there is no such file"):
        load("parcels.yaml")
    assert load(json.dumps(load("parcel-prices").to_dict())) == load("parcel-prices")
    for wrong in (5, None, ["policy"]):
        with pytest.raises(
            TypeError, match="load: `policy` must be the name of a shipped policy, the path of a file, a mapping, or"
        ):
            load(wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="load: `name` must be what messages call a policy that is not a file"):
        load("other-interviews", name="mine")


def test_a_path_may_hold_whatever_a_system_allows(tmp_path: Path) -> None:
    """A `Path` is never taken for the policy itself, and nor is a word of the command line."""
    folder = tmp_path / "a\nb"
    folder.mkdir()
    path = folder / "parcels.yaml"
    path.write_text(PARCELS)
    assert load(path) == load(PARCELS)
    assert run("check", str(path)).code == 0


def _said(*given: Any, **named: Any) -> str:
    with pytest.raises(PolicyError) as caught:
        load(*given, **named)
    return str(caught.value)


def test_what_is_wrong_is_said_of_the_name_that_was_given(tmp_path: Path) -> None:
    """With line and column, or the path in a mapping; an open file is called by its own name."""
    wrong = PARCELS.replace("type: date", "type: day")
    assert _said(wrong).startswith("policy:4:")
    assert _said(wrong, name="the web form").startswith("the web form:4:")
    assert _said(wrong.encode(), name="a.yaml").startswith("a.yaml:4:")
    assert _said({"policy": "p"}, name="a form").startswith("a form  missing")
    path = tmp_path / "parcels.yaml"
    path.write_text(wrong)
    with path.open() as file:
        assert _said(file).startswith(f"{path}:4:")
    path.write_bytes(b"\xff\n")
    with path.open(encoding="utf-8") as file:
        assert _said(file) == f"{path}  not-utf-8  this is not UTF-8 text\n  help  save it with the encoding UTF-8"
    assert _said(b"policy: \xff\n") == (
        "policy:1:9  not-utf-8  the byte 0xff here is not UTF-8 text\n  help  save the file with the encoding UTF-8"
    )
    assert "U+D800 is half of a character" in _said("policy: p\ntitle: \ud800\n")
    assert "this file holds cases" in _said("policy: p\ncases: []\n")
    with tmp_path.joinpath("w.yaml").open("w") as file:
        assert "it cannot be read" in _said(file)


def test_a_table_is_looked_for_in_the_folder_that_was_given() -> None:
    """And nowhere else."""
    text = (ROOT / "rules" / "examples" / "parcel-prices.yaml").read_text()
    for held in (text, text.encode(), io.StringIO(text)):
        assert load(held, folder=ROOT / "rules" / "examples") == load("parcel-prices")
    assert "there is no folder to look for" in _said(text)
    assert "there is no file" in _said(text, folder=str(ROOT))


@pytest.mark.parametrize("text", ["\ud800", "\0", "\x1b[31m", "a\u202eb", "\u2066", "a\rb", "\u2028", "\x85", "\x7f"])
def test_a_mapping_holds_no_character_that_a_file_may_not_hold(text: str) -> None:
    """Neither in keys nor in texts, however deep; the path leads to it."""
    data = load("other-interviews").to_dict()
    found = {
        "title": _said({**data, "title": text}),
        "verdicts.keep.output.a[0].b": _said(
            {**data, "verdicts": {**data["verdicts"], "keep": {"title": "Keep", "output": {"a": [{"b": text}]}}}}
        ),
        "situation.offer.choices": _said(
            {**data, "situation": {**data["situation"], "offer": {"ask": "?", "choices": {text: "A", "b": "B"}}}}
        ),
    }
    for path, said in found.items():
        assert said.startswith(f"policy: {path}")
        assert "odd-character" in said or "hidden-direction" in said
        said.encode()

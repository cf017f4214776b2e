"""Does a compiled policy read JSON as strictly and exactly as everything else?"""

from __future__ import annotations

import json
import sys
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import RecordError, decider, load
from engine.execution.extras import install_command
from engine.execution.records.decider import Decider
from engine.language.documents.json_text import read_json
from tests.support.drawing.strategies import partial_records, policies, records
from tests.support.judging.deciding import WHOLE, as_json, parcels_decider, said


@pytest.fixture(scope="module")
def flagship() -> Decider:
    return decider(load("other-interviews"))


@pytest.fixture(scope="module")
def parcels() -> Decider:
    return parcels_decider()


@pytest.mark.thorough
@settings(max_examples=100)
@given(data=st.data())
def test_json_is_read_as_exactly_as_it_is_written(data: st.DataObject) -> None:
    """Bytes and text, whole, partial and wrong, get what the data in them gets."""
    drawn = data.draw(policies(sound=True))
    compiled = decider(load(drawn))
    record = as_json(data.draw(partial_records(drawn) if data.draw(st.booleans()) else records(drawn)))
    if data.draw(st.booleans()):
        record[data.draw(st.sampled_from([*record, "colour"]))] = data.draw(
            st.sampled_from([None, 1, "no", True, 1e300])
        )
    text = json.dumps(record, ensure_ascii=data.draw(st.booleans()), indent=data.draw(st.sampled_from([None, 1])))
    exact = read_json(text, "record")
    assert (
        said(compiled.verdict_json, text) == said(compiled.verdict_json, text.encode()) == said(compiled.verdict, exact)
    )


WRONG_JSON: dict[str, bytes | str] = {
    "no JSON": b"{offer: made}",
    "nothing": b"",
    "text after it": b'{"offer": "hint"} {}',
    "a list": b"[]",
    "no UTF-8": b'{"offer": "\xff"}',
    "a key twice": b'{"offer": "made", "offer": "hint"}',
    "a wrong value": b'{"offer": "mad", "honest": 1}',
    "deep": b'{"offer": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "half a character": '{"offer": "\ud800"}',
}
SAID = {
    "no JSON": "record:1:2  json-syntax  this is not JSON\n"
    "  help  texts and names need double quotes, and entries are separated by commas",
    "nothing": "record:1:1  json-syntax  this is not JSON\n"
    "  help  texts and names need double quotes, and entries are separated by commas",
    "text after it": "record:1:19  json-syntax  this is not JSON\n"
    "  help  texts and names need double quotes, and entries are separated by commas",
    "a list": "record  wrong-shape  a record is a map from field names to answers\n  help  write `{offer: …}`",
    "no UTF-8": "record:1:12  not-utf-8  the byte 0xff here is not UTF-8 text\n"
    "  help  save the file with the encoding UTF-8",
    "a key twice": "record: offer  duplicate-key  the key `offer` appears here twice\n  help  keep one of the two",
    "a wrong value": "record: offer  unknown-choice  `offer`: `mad` is not a choice of `offer`\n"
    "  help  did you mean `made`\n"
    "record: honest  wrong-type  `honest`: `1` does not fit here\n"
    "  help  expected yes or no (`true` or `false` in JSON and Python)",
    "deep": "record  too-deep  maps and lists are nested too deep",
    "half a character": "record: offer  unknown-choice  `offer`: `\\ud800` is not a choice of `offer`\n"
    "  help  there are `hint`, `drafting`, `made`",
}


@pytest.mark.parametrize("name", WRONG_JSON)
def test_what_is_said_of_wrong_json(name: str, flagship: Decider) -> None:
    """What is no JSON is refused with its place, and what is no record as every wrong record is."""
    with pytest.raises(RecordError) as refused:
        flagship.verdict_json(WRONG_JSON[name])
    assert str(refused.value) == SAID[name]


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_no_key_of_a_json_record_stands_twice(separators: tuple[str, str], parcels: Decider) -> None:
    """In a whole record, short or long, flat or nested, a second answer is refused, also where it is the same."""
    text = json.dumps(WHOLE, separators=separators)
    assert parcels.verdict_json(text) == parcels.verdict_json(text.encode()) == parcels.verdict(WHOLE)
    for key, value in (*WHOLE.items(), *WHOLE["sender"].items()):
        entry = json.dumps({key: value}, separators=separators)[1:-1]
        twice = text.replace(entry, entry + separators[0] + entry)
        assert said(parcels.verdict_json, twice)[1][0].code == "duplicate-key"
        assert said(parcels.verdict_json, twice.encode())[1][0].code == "duplicate-key"


@pytest.mark.parametrize(
    "weight", ["5.5", "5.50", "55e-1", "5.500000000000000000000000000001", "5.4999999999999999999"]
)
def test_a_number_in_json_is_the_decimal_that_is_written(weight: str, parcels: Decider) -> None:
    """Digits that a double would lose count: a number hardly off the grid is off it."""
    text = json.dumps(WHOLE).replace('"weight": 5.5', f'"weight": {weight}')
    expected = said(parcels.verdict, WHOLE | {"weight": Decimal(weight)})
    assert said(parcels.verdict_json, text) == expected


@pytest.mark.parametrize("rest", ["", ', "wet": true'])
@pytest.mark.parametrize(
    "number",
    ["1e-400", "-1e-400", "4.9e-324", "1e400", "0e5", "1E2", "1e2", "0.0", "-0.0", "12345678901234567890", "0.1"],
)
def test_a_number_with_an_exponent_is_exact_too(number: str, rest: str) -> None:
    """Hardly more than 0 is more than 0, in whole records and in those that leave something open."""
    policy = load(
        {
            "policy": "rain",
            "title": "Does it rain?",
            "situation": {
                "much": {"ask": "How much?", "type": "number"},
                "wet": {"ask": "Is it wet?", "type": "yes_no"},
            },
            "verdicts": {"yes-it-does": {"title": "Yes"}, "no-rain": {"title": "No"}},
            "decision": "first",
            "rules": [
                {"rule": "rain", "when": {"much": {"more_than": 0}}, "then": "yes-it-does", "because": "It rains."},
                {"rule": "none", "when": {"wet": [True, False]}, "then": "no-rain", "because": "It is dry."},
            ],
        }
    )
    compiled, text = decider(policy), f'{{"much": {number}{rest}}}'
    exact = said(compiled.verdict, read_json(text, "record"))
    assert said(compiled.verdict_json, text) == said(compiled.verdict_json, text.encode()) == exact


def test_no_key_of_a_partial_json_record_stands_twice(parcels: Decider) -> None:
    """Flat or nested, and whatever else is in it."""
    for text in (
        '{"fragile": true, "fragile": true}',
        '{"sender": {"country": "FR", "country": "FR"}}',
        '{"sender": {"country": "a:b"}, "fragile": true, "fragile": false}',
    ):
        assert said(parcels.verdict_json, text)[1][0].code == "duplicate-key"
        assert said(parcels.verdict_json, text.encode())[1][0].code == "duplicate-key"


def test_json_without_msgspec(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where msgspec is missing the error says what to install, and everything else works."""
    monkeypatch.setitem(sys.modules, "msgspec", None)
    compiled = decider(load("other-interviews"))
    assert compiled.verdict({"offer": "hint"}) == "keep"
    with pytest.raises(ImportError) as missing:
        compiled.verdict_json(b"{}")
    assert str(missing.value) == (
        "not-installed  JSON is read with msgspec, which is not installed\n"
        f"  help  install it with `{install_command('json', ('msgspec',))}`"
    )


@pytest.mark.parametrize("record", [{"offer": "hint"}, {"offer": "made"}, None, 5, []], ids=repr)
def test_what_is_no_json_is_refused_in_words(flagship: Decider, record: object) -> None:
    with pytest.raises(TypeError, match=r"verdict_json: `text` must be JSON as text or bytes, not .*\.verdict`"):
        flagship.verdict_json(record)  # type: ignore[arg-type]


@pytest.mark.parametrize("known", [{"parcel": "box"}, WHOLE], ids=len)
def test_json_in_any_buffer_is_read(parcels: Decider, known: dict[str, object]) -> None:
    """What has read bytes from a socket or a file may have them in a buffer."""
    text = json.dumps(known)
    for data in (text.encode(), bytearray(text.encode()), memoryview(text.encode())):
        assert parcels.verdict_json(data) == parcels.verdict_json(text)  # type: ignore[arg-type]

"""Does a compiled policy always decide as `decide` does: whole records, partial ones, wrong ones, strange ones?"""

from __future__ import annotations

import copy
import json
import multiprocessing
import pickle
import sys
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any
from unittest.mock import ANY, MagicMock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Policy, RecordError, UnsoundError, check, decide, decider, load
from engine.analysis.decision import Decision
from engine.execution import decisions, verdicts
from engine.execution.decider import Decider
from engine.execution.program import Program, verdict_program
from engine.language.files import load_text
from engine.language.json_text import read_json
from engine.language.records import read_record
from engine.language.values import value_data
from engine.meaning import reference
from engine.meaning.budget import OutOfSteps
from engine.problems import OneverdictError
from tests.oracle import outcome
from tests.spaces import situations
from tests.strategies import partial_records, policies, records
from tests.tables import tree_table
from tests.test_wrong import ACCEPTED, RECORDS
from tests.wrong.sections import base_policy

WRONG = Path(__file__).parent / "wrong"


def said(function: Callable[[Any], Any], record: Any) -> Any:
    """What a function says of a record: a value, with the words of a decision, or an error with its problems."""
    try:
        found = function(record)
    except OneverdictError as error:
        return type(error), error.problems, error.__context__
    except Exception as error:
        # What objects of the caller raise where they are looked at.
        return type(error), error.args, error.__context__
    return (found, found.words, str(found)) if isinstance(found, Decision) else found


def decides_alike(compiled: Decider, record: Any) -> Any:
    """Compares everything that a decider says of a record with `decide`, twice; gives what `decide` says."""
    expected = said(lambda each: decide(compiled.policy, each), record)
    verdict = expected[0].verdict if isinstance(expected[0], Decision) else expected
    for _ in range(2):
        assert said(compiled, record) == expected
        assert said(compiled.verdict, record) == verdict
    return expected


def as_json(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record as JSON data, dotted names nested."""
    found: dict[str, Any] = {}
    for name, value in record.items():
        *above, last = name.split(".")
        inside = found
        for each in above:
            inside = inside.setdefault(each, {})
        inside[last] = value_data(tuple(value) if isinstance(value, list) else value)
    return found


def never(*_: Any) -> Any:
    raise AssertionError("a whole record of plain data goes the fast way")


@pytest.fixture(scope="module")
def flagship() -> Decider:
    return decider(load("other-interviews"))


@pytest.fixture(scope="module")
def parcels() -> Decider:
    """A policy with a field of every kind."""
    return decider(load_text(base_policy(WRONG / "decide.txt").encode(), "parcels.yaml"))


# Drawn policies and records.


@settings(max_examples=150)
@given(data=st.data())
def test_every_record_is_decided_as_decide_does(data: st.DataObject) -> None:
    """Whole and partial records, of doubles, decimals and days as text, `unsure` and null, nested and flat."""
    drawn = data.draw(policies(sound=True))
    compiled = decider(load(drawn))
    for strategy in (records(drawn), records(drawn, unsure=False), partial_records(drawn)):
        record = data.draw(strategy)
        decides_alike(compiled, record)
        decides_alike(compiled, as_json(record))


STRANGE: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        1,
        1.0,
        0.5,
        -1,
        10**30,
        float("nan"),
        float("inf"),
        Decimal("0.5"),
        Decimal("NaN"),
        "",
        "no",
    ),
    *("unsure", "2026-02-30", "2026-W05-6", "20260131", [], ["unsure"], {}, {"a": 1}, (), date(2026, 1, 31), b"no"),
)


@settings(max_examples=100)
@given(data=st.data())
def test_a_wrong_record_is_refused_as_decide_refuses_it(data: st.DataObject) -> None:
    """Some answers replaced by others, names that are no fields, and names written flat: the same problems."""
    drawn = data.draw(policies(sound=True))
    compiled = decider(load(drawn))
    whole = data.draw(records(drawn))
    nested = as_json(whole)
    for _ in range(3):
        record = dict(data.draw(st.sampled_from([whole, nested])))
        for name in data.draw(st.lists(st.sampled_from([*record, "colour"]), min_size=1, max_size=3)):
            record[name] = data.draw(st.sampled_from(STRANGE))
        decides_alike(compiled, record)


@settings(max_examples=60)
@given(data=policies(small=True, sound=True))
def test_every_situation_gets_the_verdict_that_trying_all_finds(data: dict[str, Any]) -> None:
    """Every cell and boundary of small policies, whole, as the oracle reads the rules; impossible ones are refused."""
    compiled = decider(load(data))
    for situation in situations(data):
        expected = outcome(data, situation)
        if expected.possible:
            assert compiled.verdict(situation) == compiled.verdict(as_json(situation)) == expected.verdict
            assert compiled(situation).rules == expected.stands
        else:
            assert said(compiled.verdict, situation)[0] is RecordError


@settings(max_examples=60)
@given(data=st.data())
def test_a_whole_record_of_plain_data_goes_the_fast_way(data: st.DataObject) -> None:
    """What is valid is never read a second time, whatever the policy."""
    drawn = data.draw(policies(sound=True))
    record = as_json(data.draw(records(drawn, unsure=False)))
    compiled = decider(load(drawn))
    if isinstance(decides_alike(compiled, record)[0], Decision):
        text = json.dumps(record).encode()
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(verdicts, "read_record", never)
            patched.setattr(decisions, "read_record", never)
            assert compiled(record).verdict == compiled.verdict(record) == compiled.verdict_json(text)


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


# Records by hand.


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_that_decide_refuses(name: str, parcels: Decider) -> None:
    """Every wrong record that is known here, with the same problems."""
    assert decides_alike(parcels, RECORDS[name])[0] is RecordError


@pytest.mark.parametrize("record", [each[1] for each in ACCEPTED], ids=[each[0] for each in ACCEPTED])
def test_a_record_that_decide_accepts(record: Mapping[str, Any], parcels: Decider) -> None:
    """Every way to write an answer that is known here."""
    decides_alike(parcels, record)


WHOLE = {
    "parcel": "box",
    "size": "small",
    "fragile": True,
    "urgent": False,
    "weight": 5.5,
    "length": 0.1,
    "floors": 3,
    "value": -7,
    "pickup": "2026-01-31",
    "extras": ["tracked"],
    "sender": {"country": "FR", "age": 30},
}


_YES: dict[str, Any] = {
    **dict.fromkeys(load("other-interviews").field, True),
    "offer": "made",
    "acceptance": "none",
    "other_offers": 0,
}
ASKED = [_YES, {"offer": "hint"}, _YES | {"honest": "unsure"}, _YES | {"offer": "mad"}, {"offer": "made"}]


class _Text(str):
    __slots__ = ()


class _Kind(str, Enum):  # noqa: UP042 - an older way, whose `str` is not its text
    BOX = "box"


class _Whole(int):
    pass


class _SaysYes:
    """Equal to everything, true, and in a union with anything still so."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return hash(True)

    def __and__(self, other: object) -> bool:
        return True

    __rand__ = __or__ = __ror__ = __and__


class _Fails:
    """Nothing can be done with it."""

    def _fail(self, *_: object) -> Any:
        raise RuntimeError("it fails")

    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __len__ = _fail
    __hash__ = object.__hash__


class _Day(date):
    pass


class _Hidden(dict[str, Any]):
    """A dict that holds more than it says when it is asked for single entries."""

    def items(self) -> Any:
        return {**self, "colour": "blue"}.items()


ODD: dict[str, dict[str, Any]] = {
    "1 for yes": {"urgent": 1, "fragile": 1},
    "0 for no": {"urgent": 0, "fragile": 0.0},
    "a text of another class": {"parcel": _Text("box"), "sender": {"country": _Text("FR"), "age": 3}},
    "a text that is an enumeration": {"parcel": _Kind.BOX},
    "an integer of another class": {"floors": _Whole(3), "value": _Whole(3)},
    "a day of another class": {"pickup": _Day(2026, 1, 31)},
    "a day with a time": {"pickup": datetime(2026, 1, 31)},
    "a week": {"pickup": "2026-W05-6"},
    "a day without hyphens": {"pickup": "20260131"},
    "a day of no calendar": {"pickup": "2026-02-30"},
    "a day out of range": {"pickup": "2027-01-01"},
    "equal to everything": dict.fromkeys(WHOLE, _SaysYes()),
    "a flag equal to everything": {"urgent": _SaysYes()},
    "a choice equal to everything": {"parcel": _SaysYes()},
    "any": dict.fromkeys(WHOLE, ANY),
    "mocks": {"urgent": MagicMock(), "fragile": MagicMock()},
    "one that fails": {"urgent": _Fails()},
    "a number that fails": {"weight": _Fails(), "floors": _Fails()},
    "a list that fails": {"extras": [_Fails()]},
    "an option equal to everything": {"extras": [_SaysYes()]},
    "options of another class": {"extras": [_Text("tracked")]},
    "lists in a list": {"extras": [["tracked"]]},
    "the same option twice": {"extras": ["tracked", "tracked"]},
    "options in a set": {"extras": {"tracked", "insured"}},
    "options in a tuple": {"extras": ("tracked", "insured")},
    "no option": {"extras": []},
    "a decimal": {"weight": Decimal("5.5"), "length": Decimal("0.1")},
    "whole numbers as doubles": {"floors": 3.0, "value": 1e3},
    "a whole number for a double": {"weight": 5, "length": 3},
    "hardly off the grid": {"weight": 5.500000000000001},
    "off the grid": {"weight": 5.3},
    "a little below the range": {"weight": -5e-324},
    "minus nought": {"weight": -0.0, "length": -0.0, "floors": -0.0},
    "the smallest double": {"length": 5e-324},
    "the largest double": {"length": sys.float_info.max},
    "a fraction": {"weight": Fraction(1, 2)},
    "not a number": {"length": float("nan")},
    "infinite": {"length": float("inf")},
    "very large": {"value": 10**18 + 1, "length": 10**400},
    "too large": {"value": 10**500},
    "an empty text": {"sender": {"country": "", "age": 3}},
    "unsure": {"fragile": "unsure", "extras": "unsure"},
    "unsure where it is refused": {"urgent": "unsure", "sender": {"country": "unsure", "age": 3}},
    "a part left out": {"sender": {"country": "FR"}},
    "a part too many": {"sender": {"country": "FR", "age": 3, "town": "Paris"}},
    "a part that is no map": {"sender": "FR"},
    "a part of another class": {"sender": OrderedDict(country="FR", age=3)},
    "flat and nested": {"sender": {"country": "FR"}, "sender.age": 30},
    "answered twice": {"sender.age": 30},
    "one left out": {"parcel": None},
    "impossible": {"parcel": "letter", "weight": 6},
}


@pytest.mark.parametrize("name", ODD)
def test_a_strange_record_is_decided_as_decide_does(name: str, parcels: Decider) -> None:
    """Only data of exactly the usual types is taken the fast way; whatever else equals it is read with care."""
    decides_alike(parcels, WHOLE | ODD[name])


def test_a_record_may_be_any_map(parcels: Decider) -> None:
    """Maps of other classes are read by their entries, and nothing is added to them."""
    flat = {name: value for name, value in WHOLE.items() if name != "sender"} | {
        "sender.country": "FR",
        "sender.age": 3,
    }
    answered: defaultdict[str, Any] = defaultdict(lambda: True, WHOLE)
    del answered["urgent"]
    for record in (WHOLE, flat, OrderedDict(WHOLE), MappingProxyType(WHOLE), _Hidden(WHOLE), answered):
        decides_alike(parcels, record)
    assert "urgent" not in answered
    for record in (None, [WHOLE], "parcel", 5, {**WHOLE, 5: True}, {**WHOLE, _SaysYes(): True}):
        decides_alike(parcels, record)


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
    "  help  texts and names stand in double quotes, and a comma stands between entries",
    "nothing": "record:1:1  json-syntax  this is not JSON\n"
    "  help  texts and names stand in double quotes, and a comma stands between entries",
    "text after it": "record:1:19  json-syntax  this is not JSON\n"
    "  help  texts and names stand in double quotes, and a comma stands between entries",
    "a list": "record  wrong-shape  a record is a map from field names to answers\n  help  write `{offer: …}`",
    "no UTF-8": "record:1:12  not-utf-8  the byte 0xff here is not UTF-8 text\n"
    "  help  save the file with the encoding UTF-8",
    "a key twice": "record: offer  duplicate-key  the key `offer` stands here twice\n  help  keep one of the two",
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


def test_json_without_msgspec(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where msgspec is missing the error says what to install, and everything else works."""
    monkeypatch.setitem(sys.modules, "msgspec", None)
    compiled = decider(load("other-interviews"))
    assert compiled.verdict({"offer": "hint"}) == "keep"
    with pytest.raises(ImportError, match=r"^JSON is read with msgspec: pip install 'oneverdict\[json\]'$"):
        compiled.verdict_json(b"{}")


# Decisions as values.


def test_nobody_shares_an_output() -> None:
    """Whoever changes the output of a decision changes nobody else's, nor the policy's; other decisions are shared."""
    data = load("other-interviews").to_dict()
    data["verdicts"]["keep"]["output"] = {"calls": [{"to": "nobody"}]}
    compiled = decider(load(data))
    whole = _YES | {"offer": "hint"}
    for record in (whole, {"offer": "hint"}):
        compiled(record).output["calls"][0]["to"] = "everybody"
        assert compiled(record) == decide(compiled.policy, record)
        assert compiled(record).output == {"calls": [{"to": "nobody"}]}
    bought = _YES | {"start_date": False, "good_enough": False}
    assert compiled(bought) is compiled(dict(bought))


def test_a_decider_is_compiled_again_where_it_is_unpickled(flagship: Decider) -> None:
    """Pickled and copied deciders decide alike, before and after they were used, and say which policy they have."""
    fresh = decider(load("other-interviews"))
    for compiled in (fresh, flagship):
        compiled.verdict_json(b'{"offer": "hint"}')
        for other in (pickle.loads(pickle.dumps(compiled)), copy.deepcopy(compiled), copy.copy(compiled)):
            assert (other.policy, repr(other)) == (flagship.policy, "decider(other-interviews)")
            assert decides_alike(other, {"offer": "hint"})[0].verdict == "keep"


def _asked(compiled: Decider, records: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(said(compiled, each), said(compiled.verdict, each)) for each in records]


def test_threads_agree() -> None:
    """Eight threads that ask one fresh decider get what one gets."""
    expected = _asked(decider(load("other-interviews")), ASKED)
    compiled = decider(load("other-interviews"))
    found: list[list[tuple[Any, ...]]] = []
    threads = [threading.Thread(target=lambda: found.append(_asked(compiled, ASKED))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert found == [expected] * 8


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="there are no forks here")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("is_used", [False, True])
def test_forks_agree(is_used: bool) -> None:
    """A process that was forked goes on with the decider that it has inherited, used before or not."""
    expected = _asked(decider(load("other-interviews")), ASKED)
    compiled = decider(load("other-interviews"))
    if is_used:
        _asked(compiled, ASKED)
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=lambda: sender.send(_asked(compiled, ASKED) == expected))
    process.start()
    assert receiver.poll(60)
    assert receiver.recv()
    process.join(timeout=60)
    assert process.exitcode == 0


# Large policies, and what cannot be compiled.


def test_a_large_table_gets_the_verdicts_of_its_rows() -> None:
    """A thousand rows: the verdict and the row of records all over the table, and of some with answers left out."""
    data = tree_table(1_000, 8, seed=2, grown=0)
    compiled = decider(load(data))
    for place in range(300):
        record = {
            name: f"k{place * 3 % 7}" if "choices" in field else (place * (number + 1) * 7_919) % 20_001
            for number, (name, field) in enumerate(data["situation"].items())
        }
        found = reference.outcome(compiled.policy, read_record(compiled.policy, record).values)
        assert (compiled.verdict(record), compiled(record).rules) == (found.verdict, found.stands)
        if place % 20 == 0:
            del record["amount_3"]
            decides_alike(compiled, record)


def _flags(many: int, facts: dict[str, Any], rules: list[dict[str, Any]], **more: Any) -> Decider:
    fields = {f"q{place}": {"ask": "Is it so?", "type": "yes_no"} for place in range(many)}
    verdicts_ = {verdict: {"title": verdict.title()} for verdict in ("even", "odd")}
    policy = {"policy": "flags", "title": "What is it?", "situation": fields, "verdicts": verdicts_, **more}
    return decider(load({**policy, **({"facts": facts} if facts else {}), "rules": rules}))


def test_what_is_shared_is_not_repeated_without_end() -> None:
    """Whether an odd number of sixteen answers is yes: 31 tests, which would be 65,535 were none of them shared."""
    facts: dict[str, Any] = {"odd0": {"means": "odd", "when": {"q0": True}}}
    for place in range(1, 16):
        ways = [{f"q{place}": True, f"odd{place - 1}": False}, {f"q{place}": False, f"odd{place - 1}": True}]
        facts[f"odd{place}"] = {"means": "odd", "when": {"any": ways}}
    rules = [
        {"rule": "r1", "when": {"odd15": True}, "then": "odd", "because": "It is odd."},
        {"rule": "r2", "when": {"odd15": False}, "then": "even", "because": "It is even."},
    ]
    compiled = _flags(16, facts, rules)
    assert len(verdict_program(compiled.policy).asks) == 31
    for number in range(0, 1 << 16, 97):
        record = {f"q{place}": bool(number >> place & 1) for place in range(16)}
        assert compiled.verdict(record) == ("odd" if number.bit_count() % 2 else "even")
    assert compiled.verdict({"q0": True}) is None


def test_a_deep_program_is_no_deep_code() -> None:
    """Six hundred rules, each asked only after all those before it were not met."""
    rules: list[dict[str, Any]] = [
        {"rule": f"r{place}", "when": {f"q{place}": True}, "then": ("even", "odd")[place % 2], "because": "So."}
        for place in range(600)
    ]
    rules.append({"rule": "rest", "otherwise": True, "then": "even", "because": "So."})
    compiled = _flags(600, {}, rules, decision="first")
    assert verdict_program(compiled.policy).depth() == 600
    for place in range(0, 600, 7):
        record = {f"q{each}": each >= place for each in range(600)}
        assert compiled.verdict(record) == ("even", "odd")[place % 2]
        assert compiled(record).rules == (f"r{place}",)


def test_an_unsound_policy_is_not_compiled() -> None:
    """What is not proved decides nothing: the findings of its proof are told."""
    policy = load("rules/drafts/other-interviews-as-written.yaml")
    with pytest.raises(UnsoundError) as refused:
        decider(policy)
    assert refused.value.problems == tuple(finding.problem() for finding in check(policy).errors)


def _gives_up(policy: Policy) -> Program:
    raise OutOfSteps


def test_a_policy_whose_tests_are_not_found_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the steps end before the tests that lead to the verdicts are found, nothing is compiled."""
    monkeypatch.setattr(verdicts, "verdict_program", _gives_up)
    with pytest.raises(UnsoundError) as refused:
        decider(load("customs-channel"))
    (problem,) = refused.value.problems
    assert (problem.code, problem.message, problem.help) == (
        "not-proved",
        "the tests that lead to its verdicts were not found within 2,000,000 steps",
        "write fewer or simpler rules",
    )


def test_rules_that_are_too_many_to_tell_apart_are_found_as_decide_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only the tests that lead to the rules are not found, decisions take longer and are the same."""
    monkeypatch.setattr(decisions, "rules_program", _gives_up)
    decides_alike(decider(load("other-interviews")), {"offer": "hint"})


def test_numbers_that_no_double_stands_for_are_compared_as_decimals() -> None:
    """A limit far beyond the digits of a double: no record takes the fast way, and every one is decided exactly."""
    low = "100000000000000000000.5"
    field = {"ask": "How much?", "type": "number", "from": 0, "to": 9, "step": Decimal("0.00000000000001")}
    data = load("other-interviews").to_dict()
    data["situation"] |= {"much": field}
    compiled = decider(load(data))
    whole = _YES | {"offer": "hint"}
    for much in (0, 9, 5.5, 0.3, 1e-14, Decimal("8.99999999999999"), Decimal("8.999999999999999"), Decimal(low)):
        decides_alike(compiled, whole | {"much": much})
    assert compiled.verdict_json(json.dumps(whole | {"much": 5.5})) == "keep"

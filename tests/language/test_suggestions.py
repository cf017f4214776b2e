"""Does a suggestion ever say the opposite of what was written?"""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import PolicyError, load
from engine.language.documents.name_suggestions import did_you_mean, did_you_mean_file, find_by_label
from engine.language.documents.negation import is_opposite


def _listed(words: str) -> list[str]:
    return words.split()


_WORDS = st.sampled_from(
    _listed(
        "signed paid insured coach refund member valid late damaged delivered weight approved heavy smoker resident "
        "complete known allowed agreed normal legal possible regular returned used opened"
    )
)
_NAMES = st.lists(_WORDS, min_size=1, max_size=3, unique=True).map("_".join)
_NEGATED = st.sampled_from(
    [f"{word}_{{}}" for word in _listed("not no non never without isnt is_not nto except ohne lacks nt")]
    + [f"{{}}_{word}" for word in _listed("not none without")]
    + [f"{word}{{}}" for word in ("un", "in", "dis", "non", "not", "!", "<> ", "!= ", "≠ ", "non-")]
    + [f"{word} {{}}" for word in ("not", "no", "anything but", "doesn't", "neither", "isn't", "other than")]
)


@given(_NAMES, _NEGATED, st.lists(_NAMES, max_size=3))
def test_no_suggestion_crosses_a_negation(name: str, negated: str, others: list[str]) -> None:
    """A name with a negation is never answered by the name without it, nor the other way round."""
    written = negated.format(name)
    assert f"did you mean `{name}`" not in did_you_mean(written, [name, *others])
    assert f"did you mean `{written}`" not in did_you_mean(name, [written, *others])


_OPPOSITES = st.sampled_from(
    _listed(
        "min/max least/most more/less before/after includes/excludes above/below from/to first/last with/without "
        "accepted/rejected allowed/denied open/closed upper/lower inside/outside earliest/latest over/under yes/no "
        "since/until minimum/maximum included/excluded start/end on/off true/false all/any arrival/departure"
    )
).map(lambda pair: pair.split("/"))
_AROUND = st.sampled_from(
    ["{}", "{}_weight", "weight_{}", "at_{}", "{}_than", "on_or_{}", "{}_day_paid", "is {} coach"]
)


@given(_OPPOSITES, _AROUND, st.booleans())
def test_no_suggestion_is_an_antonym(pair: list[str], around: str, other_way: bool) -> None:
    """A name is never answered by one with the opposite word in its place."""
    one, other = (around.format(word) for word in (reversed(pair) if other_way else pair))
    assert "did you mean" not in did_you_mean(one, [other])


@st.composite
def _slips(draw: st.DrawFn) -> tuple[str, str]:
    """A name of two words, and the same with one letter wrong, missing, doubled, or exchanged with the next."""
    name = "_".join(draw(st.lists(_WORDS, min_size=2, max_size=3, unique=True)))
    at = draw(st.integers(1, len(name) - 3))
    slip = draw(st.sampled_from(["missing", "doubled", "exchanged"]))
    if slip == "missing":
        return name, name[:at] + name[at + 1 :]
    if slip == "doubled":
        return name, name[:at] + name[at] + name[at:]
    return name, name[:at] + name[at + 1] + name[at] + name[at + 2 :]


@given(_slips())
def test_a_slip_of_one_letter_is_still_suggested(slip: tuple[str, str]) -> None:
    """The guard does not take the suggestion from an ordinary slip."""
    name, written = slip
    assert did_you_mean(written, [name]) == f"did you mean `{name}`"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("singed", "signed"),
        ("at_mots", "at_most"),
        ("at_lest", "at_least"),
        ("befor", "before"),
        ("wieght", "weight"),
        ("start", "start_date"),
        ("insurd", "insured"),
        ("isnured", "insured"),
        ("incldues", "includes"),
        ("exludes", "excludes"),
        ("imposible", "impossible"),
        ("unsinged", "unsigned"),
        ("nto_signed", "not_signed"),
        ("Not_Signed", "not_signed"),
        ("guarantee", "guarantees"),
        ("more_then", "more_than"),
        ("advise", "advice"),
    ],
)
def test_what_is_suggested(written: str, name: str) -> None:
    """Slips that people make are answered with the name they meant."""
    assert did_you_mean(written, [name]) == f"did you mean `{name}`"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("possible", "impossible"),
        ("not_more_than", "more_than"),
        ("no_less_than", "less_than"),
        ("less_than", "more_than"),
        ("lest_than", "more_than"),
        ("includes_any", "includes"),
        ("excludes_all", "excludes"),
        ("since", "includes"),
        ("cant_pay", "can_pay"),
        ("hasnt_paid", "has_paid"),
        ("notSigned", "signed"),
        ("unsgined", "signed"),
        ("coach or not", "coach"),
        ("harmless", "harmful"),
        ("maxweight", "minweight"),
        ("employer", "employee"),
        ("illegal", "legal"),
        ("inclueds", "excludes"),
    ],
)
def test_what_is_never_suggested(written: str, name: str) -> None:
    """Names that are alike in letters and not in meaning are never proposed for one another."""
    assert did_you_mean(written, [name]) == f"there is `{name}`"
    assert did_you_mean(name, [written]) == f"there is `{written}`"


@given(st.text(max_size=30), st.text(max_size=30))
def test_the_guard_takes_any_text(one: str, other: str) -> None:
    """Any two texts can be compared; a text is never the opposite of itself, and opposites are so both ways."""
    assert not is_opposite(one, one)
    assert is_opposite(one, other) == is_opposite(other, one)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("pic-nic.yaml", "did you mean `picnic.yaml`"),
        ("picnic.yaml", "did you mean `picnic.yml`"),
        ("Parcels.yaml", "did you mean `parcels.yaml`"),
        ("a.yaml", ""),
        ("trip.yaml", ""),
    ],
)
def test_a_file_is_suggested_by_its_name_without_the_extension(written: str, expected: str) -> None:
    """A short name is not close to every other file that ends alike."""
    files = ["x.yaml", "parcels.yaml", "picnic.yml" if written == "picnic.yaml" else "picnic.yaml"]
    assert did_you_mean_file(written, files) == expected


def test_a_label_is_taken_for_its_name() -> None:
    """What people read leads to the name, unless two names have the same label."""
    labels = {"box": "A box", "crate": "A crate.", "case": "A crate."}
    assert find_by_label("a  BOX.", labels) == "box"
    assert find_by_label("A crate", labels) is None
    assert find_by_label("", {"none": ""}) is None
    assert re.fullmatch(r"[a-z]+", find_by_label("A box", labels) or "")


@pytest.mark.parametrize(
    "condition",
    ["{guests: {at_least: []}}", "{guests: {more_than: []}}", "{day: {before: []}}", "{guests: {at_most: ['']}}", "[]"],
)
def test_nothing_in_brackets_is_no_value(condition: str) -> None:
    """An empty list stands where one value is meant: refused in words, at its place."""
    text = (
        "policy: picnic\ntitle: Where?\nsituation:\n"
        "  guests: {ask: How many?, type: integer, from: 1, to: 60}\n  day: {ask: When?, type: date}\n"
        "verdicts: {park: {title: Park}}\nrules:\n"
        f"  - {{rule: dry, when: {condition}, then: park, because: So it is.}}\n"
    )
    with pytest.raises(PolicyError, match="a list is not allowed here") as refused:
        load(text)
    assert [place.line for problem in refused.value.problems for place in problem.places] == [8]

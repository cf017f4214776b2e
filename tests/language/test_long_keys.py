"""Is a key that is longer than YAML reads named as that, where it begins, and no shorter one?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import PolicyError, load
from engine.language.documents.yaml12_loader import Yaml12Loader
from engine.language.documents.yaml_text import FASTEST_LOADER, read_yaml
from engine.language.situations.cases_file import read_cases
from engine.problems import Place

MOST = 1024
# Where a key may stand; what is around it is sound.
AROUND = (
    "{key}: 1\n",
    "first: 1\n{key}: {{x: 1}}\nlast: 2\n",
    "first:\n  inner:\n    {key}: 1\n    other: 2\n",
    "list:\n  - {key}: 1\n    other: 2\n",
    "list:\n  - - {key}: 1\n",
    "{{{key}: 1}}\n",
    "first: {{a: 1, 'b, {{c': 2, {key}: 3, d: [4]}}\n",
    "list: [{{a: [1, 2], {key}: 3}}, 4]\n",
    "first: {{a: {{{key}: [1]}},\n  b: 2}}\n",
)
WRITTEN = ("{}", '"{}"', "'{}'")


@pytest.mark.parametrize("loader", [FASTEST_LOADER, Yaml12Loader], ids=["fastest", "python"])
@given(
    around=st.sampled_from(AROUND),
    written=st.sampled_from(WRITTEN),
    letters=st.text(st.sampled_from("aé😀- "), min_size=1, max_size=5),
    length=st.sampled_from([5, 900, MOST - 1, MOST, MOST + 1, MOST + 2, 1100, 3000]),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
def test_a_key_that_is_too_long_is_named(
    loader: type, around: str, written: str, letters: str, length: int, line_end: str
) -> None:
    """One problem, at the beginning of the key; a key of the greatest length is read."""
    inside = length - len(written) + 2
    key = written.format(("k" + letters * length)[: inside - 1] + "k")
    text = around.format(key=key).replace("\n", line_end)
    found = read_yaml(text.encode(), "p.yaml", loader)
    if len(key) <= MOST:
        assert (found.problems, found.root is None) == ((), False)
        return
    before = text[: text.index(key)]
    [problem] = found.problems
    assert (problem.code, problem.message.partition("…` ")[2]) == (
        "not-a-key",
        "is longer than the 1,024 characters that YAML reads",
    )
    assert problem.places == (Place("p.yaml", before.count("\n") + 1, len(before) - before.rfind("\n")),)


def test_it_is_said_of_policies_and_of_cases() -> None:
    """Whoever wrote a sentence where a key belongs is told what to do with it."""
    sentence = "we stay at home if it rains and " * 40 + "so on"
    help_ = "shorten it, or put the text in a value; text that holds a `: ` goes in quotes"
    with pytest.raises(PolicyError) as refused:
        load(f"policy: p\ntitle: Where?\n{sentence}: yes\n")
    [problem] = refused.value.problems
    assert (problem.code, problem.places[0].line, problem.places[0].column, problem.help) == ("not-a-key", 3, 1, help_)
    document = read_yaml(f"policy: p\ncases:\n  - {{case: Dry, given: {{{sentence}: yes}}}}\n".encode(), "p.cases.yaml")
    with pytest.raises(PolicyError) as refused:
        read_cases(document, load("other-interviews"))
    [problem] = refused.value.problems
    assert (problem.code, problem.places[0].line, problem.help) == ("not-a-key", 3, help_)


def test_a_long_text_with_a_colon_is_no_long_key() -> None:
    """What is too long there is a value, which goes in quotes."""
    text = "policy: p\ntitle: " + "word " * 300 + ": more\n"
    [problem] = read_yaml(text.encode(), "p.yaml").problems
    assert (problem.code, problem.message) == ("yaml-syntax", "unquoted text cannot hold a `: `")

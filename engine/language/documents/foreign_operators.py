"""The vocabulary of comparison operators that other languages and plain English use, mapped to this language's.

Most words map to one comparison. A word on which people disagree, such as `above` (is the end included?), maps to
several. The targets are the comparisons of this language (`at_least`, `includes` …) and the following, which it
writes in other ways:

    is           equal to one value                     is_not       any other value
    one_of       equal to one of several                none_of      equal to none of them
    between      both ends included                     not_between  below the lower end or above the upper
    includes_any at least one of them is in the list    not_all      not all of them are in the list
    exactly      these are in the list and no others    not_exactly  any other list
    not_only     something besides these is in the list
    empty        the list is empty                      not_empty    it is not
"""

from __future__ import annotations

import re

from engine.bundled import vocabulary

_OPERATORS = vocabulary("operators")
_MEANT = {word: (meaning,) for meaning, words in _OPERATORS["words"].items() for word in words.split()}
# Words whose reading is disputed; the likeliest reading is first.
_MEANT |= {word: tuple(meanings.split()) for word, meanings in _OPERATORS["disputed"].items()}
_NEGATED = re.compile(
    r"(?:is_not|isnt|are_not|arent|was_not|wasnt|does_not|doesnt|do_not|dont|must_not|mustnt|may_not|can_not|cannot|cant"
    r"|should_not|shouldnt|will_not|wont|not|no|never|non)_(?:be_)?|!(?!=)|¬|~(?!=)"
)
_FILLED = re.compile(r"(?:is|are|be|was|must_be|must|should_be|should|has_to_be|can_be|does|do|value|op)_")
_SIGN = re.compile(r"(!==|===|!=|==|=!|:=|/=|~=|<>|><|>=|=>|<=|=<|[=<>≥≤⩾⩽≠!¬~])\s*(?=[^\s=<>!])")
_BEHIND = re.compile(
    r"(?P<value>.+?)\s*"
    r"(?:(?P<more>\+|(?:or|and) (?:more|over|above|older|later|longer|higher|up|greater)|upwards?|onwards?)"
    r"|(?:or|and) (?P<less>less|fewer|under|below|younger|earlier|shorter|lower|down|smaller))"
)
_TO = r"\.\.+|…|–|—|\bto\b|\band\b|\bthrough\b|\buntil\b|;"
_MOST_WORDS = 5
_WHY_NOT: dict[str, str] = {word: each["why"] for each in _OPERATORS["unaskable"] for word in each["words"].split()}
# What other languages write to join conditions, and whether all of them, any, none … have to hold.
JOINERS: dict[str, str] = {word: joiner for joiner, words in _OPERATORS["joiners"].items() for word in words.split()}


def meanings_of(word: str) -> tuple[str, ...]:
    """The comparisons a foreign operator may mean, likeliest first; empty if it is unknown.

    Negation (`not_`, `isnt_`, `!` …) and fillers (`is_`, `must_be_` …) before a known word are understood.

    >>> meanings_of("gte"), meanings_of("not_more_than"), meanings_of("above")
    (('at_least',), ('at_most',), ('more_than', 'at_least'))
    """
    return _meanings(_plain(word))


def _meanings(plain: str) -> tuple[str, ...]:
    """The meanings of a normalised operator."""
    if plain in _MEANT:
        return _MEANT[plain]
    if found := _NEGATED.match(plain):
        opposites = (_OPERATORS["opposites"].get(each, "") for each in _meanings(plain[found.end() :]))
        return tuple(dict.fromkeys(opposite for each in opposites for opposite in each.split()))
    for end in ("_to", "_than", "_that", "_of", "_be", "_s"):
        if plain.endswith(end) and plain.removesuffix(end) in _MEANT:
            return _MEANT[plain.removesuffix(end)]
    found = _FILLED.match(plain)
    return _meanings(plain[found.end() :]) if found else ()


def _plain(word: str) -> str:
    """Normalise an operator's spelling: `$gte`, `isNot`, `Is Not` and `is-not` become `gte` and `is_not`."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", word.strip().removeprefix("$"))
    joined = re.sub(r"[\s_-]+", "_", apart.replace("'", "").replace("’", "")).casefold().strip("_")
    return joined or word.strip()


def on_days(text: str) -> str:
    """The text with words for ages replaced by words for days: what is older than a day is earlier than it.

    >>> on_days("no older than 2026-01-31"), on_days("2026-01-31 or newer")
    ('no earlier than 2026-01-31', '2026-01-31 or later')
    """
    earlier = re.sub(r"\bolder(?![a-z])|(?<=_)older(?![a-z])", "earlier", text, flags=re.IGNORECASE)
    return re.sub(r"\b(?:young|new)er(?![a-z])|(?<=_)(?:young|new)er(?![a-z])", "later", earlier, flags=re.IGNORECASE)


def why_unaskable(word: str) -> str:
    """Why a foreign operator has no counterpart in a condition; empty if it may have one."""
    plain = _plain(word)
    while found := _NEGATED.match(plain) or _FILLED.match(plain):
        plain = plain[found.end() :]
    return _WHY_NOT.get(plain, "")


def split_text(text: str) -> tuple[str, str] | None:
    """Split a text such as `!= coach` or `at least 5` into operator and operand; None if it holds no operator.

    The operator may be a sign or up to five words at the front, or a trailing phrase such as `or more`.

    >>> split_text("no more than 5"), split_text("!=coach"), split_text("10 or more"), split_text("coach")
    (('no more than', '5'), ('!=', 'coach'), ('at_least', '10'), None)
    """
    if found := _SIGN.match(text):
        return found[1], text[found.end() :].strip()
    words = text.split()
    for count in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        phrase = " ".join(words[:count])
        if meanings_of(phrase):
            return phrase, " ".join(words[count:])
    if found := _BEHIND.fullmatch(text):
        return "at_least" if found["more"] else "at_most", found["value"]
    return None


def split_range(text: str) -> tuple[str, str] | None:
    """The two ends of a range as people write it: `1-5`, `1..5`, `1 to 5`, `1 and 5`; None if `text` is not a range.

    >>> split_range("1-5"), split_range("2026-01-01 to 2026-02-01"), split_range("2026-01-01")
    (('1', '5'), ('2026-01-01', '2026-02-01'), None)
    """
    found = re.fullmatch(
        r"[\[(]?\s*(\S+?)\s*(?:\.\.+|…|–|—|\bto\b|\band\b|\bthrough\b|\buntil\b|;)\s*(\S+?)\s*[\])]?", text
    )
    found = found or re.fullmatch(r"([-+]?[\d.]+)\s*-\s*([-+]?[\d.]+)", text)
    return (found[1], found[2]) if found else None

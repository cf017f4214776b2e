"""A guard against suggestions that reverse the meaning of what was written.

`not_signed` and `signed`, `at_least` and `at_most`, `uninsured` and `insured` have similar spellings and opposite
meanings, so string similarity alone would suggest one for the other. `is_opposite` detects negations, comparison
signs and antonyms.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import cache

from engine.bundled import vocabulary

_VOCABULARY = vocabulary("opposites")


def _listed(kind: str) -> tuple[str, ...]:
    """The words of the vocabulary under a key."""
    return tuple(_VOCABULARY[kind].split())


def _pairs(kind: str) -> list[tuple[str, ...]]:
    """The pairs of the vocabulary under a key."""
    return [tuple(pair.split("/")) for pair in _listed(kind)]


_QUANTIFIERS, _NEGATIONS = frozenset(_listed("quantifiers")), frozenset(_listed("negations"))
_OPPOSITES = _pairs("antonyms")
_POLES = frozenset(word for pair in _OPPOSITES for word in pair)
_PREFIXES, _SUFFIXES = _listed("negating_prefixes"), _listed("negating_suffixes")
_OPPOSITE_PREFIXES, _OPPOSITE_SUFFIXES = _pairs("opposite_prefixes"), _pairs("opposite_suffixes")
_CLOSE = 0.6
_WORD = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![^\W\d_A-Z])|\d+")
_SIGN = re.compile(r"[!<>=≠≤≥¬~^]+|(?<![^\s])-(?=\S)")


def is_opposite(written: str, name: str) -> bool:
    """Whether a negation, a sign or an antonym separates the two names, so that `name` must not be suggested.

    Errs towards true: a missing suggestion costs the author a look at the list of names, a suggestion with the
    opposite meaning produces a wrong rule.

    >>> is_opposite("not_signed", "signed"), is_opposite("uninsured", "insured"), is_opposite("at_most", "at_least")
    (True, True, True)
    >>> is_opposite("singed", "signed"), is_opposite("at_mots", "at_most")
    (False, False)
    """
    if _SIGN.findall(written) != _SIGN.findall(name):
        return True
    ours, theirs = _words(written), _words(name)
    if "".join(ours) == "".join(theirs):
        return False
    for word in list(ours):
        if word in theirs:
            ours.remove(word)
            theirs.remove(word)
    # Only the differing words remain; pair each with the one most similar to it.
    for word in list(ours):
        like = max(theirs, key=lambda other: _similarity(word, other), default=None)
        if like is not None and _is_opposite_word(word, like):
            return True
        if like is not None and _similarity(word, like) >= _CLOSE:
            ours.remove(word)
            theirs.remove(like)
    return (
        any(word in _QUANTIFIERS or _negates(word) for word in (*ours, *theirs))
        or any(_is_opposite_word(word, other) for word in ours for other in theirs)
        or _is_opposite_word("".join(_words(written)), "".join(_words(name)))
    )


def _words(text: str) -> list[str]:
    """The words of a name in lower case; camel case is split."""
    return [word.casefold() for word in _WORD.findall(text.replace("'", "").replace("’", ""))]


@cache
def _similarity(one: str, other: str) -> float:
    """Similarity ratio between 0 and 1."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _negates(word: str) -> bool:
    """Whether a word is a negation, possibly misspelt (`nto`)."""
    return word in _NEGATIONS or any(is_one_slip_away(word, negation) for negation in _NEGATIONS if len(negation) > 2)


def is_one_slip_away(word: str, meant: str) -> bool:
    """Whether the words differ by at most one inserted, missing, replaced or transposed letter."""
    if abs(len(word) - len(meant)) > 1:
        return False
    start = 0
    while start < min(len(word), len(meant)) and word[start] == meant[start]:
        start += 1
    rest, wanted = word[start:], meant[start:]
    return (
        rest[1:] == wanted[1:]
        or rest[1:] == wanted
        or rest == wanted[1:]
        or (rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:])
    )


def _is_opposite_word(word: str, other: str) -> bool:
    """Whether the words are antonyms, or one is the other with a negating prefix or suffix."""
    return _is_antonym(word, other) or any(
        _is_negated(one, two) or _has_opposite_prefix(one, two) or _has_opposite_suffix(one, two)
        for one, two in ((word, other), (other, word))
    )


def _is_antonym(word: str, other: str) -> bool:
    """Whether the two words are listed antonyms; one of them may be misspelt, unless it resembles the other more."""
    for pair in _OPPOSITES:
        for pole, opposite in (pair, pair[::-1]):
            if other == opposite and (
                word == pole or (word not in _POLES and len(pole) > 3 and is_one_slip_away(word, pole))
            ):
                return not is_one_slip_away(word, other) or word in _POLES
            if word == pole and other not in _POLES and len(opposite) > 3 and is_one_slip_away(other, opposite):
                return not is_one_slip_away(other, word)
    return False


def _is_negated(longer: str, shorter: str) -> bool:
    """Whether `longer` is `shorter`, or resembles it, with a negating prefix or suffix."""
    parts = [longer[len(each) :] for each in _PREFIXES if longer.startswith(each)]
    if shorter in parts:
        return True
    whole = _similarity(longer, shorter)
    parts = [longer[len(each) :] for each in _PREFIXES if longer.startswith(each) and not shorter.startswith(each)]
    parts += [longer[: -len(each)] for each in _SUFFIXES if longer.endswith(each) and not shorter.endswith(each)]
    return any(
        part == shorter or (len(part) > 2 and _similarity(part, shorter) >= max(whole, _CLOSE)) for part in parts
    )


def _has_opposite_prefix(word: str, other: str) -> bool:
    """Whether the words agree except for prefixes with opposite meanings."""
    return any(
        word.startswith(one) and other.startswith(two) and _are_near(word[len(one) :], other[len(two) :])
        for one, two in _OPPOSITE_PREFIXES
        if not (two.startswith(one) and word.startswith(two)) and not (one.startswith(two) and other.startswith(one))
    )


def _has_opposite_suffix(word: str, other: str) -> bool:
    """Whether the words agree except for suffixes with opposite meanings."""
    return any(
        word.endswith(one) and other.endswith(two) and _are_near(word[: -len(one)], other[: -len(two)])
        for one, two in _OPPOSITE_SUFFIXES
    )


def _are_near(one: str, other: str) -> bool:
    """Whether two remainders are equal or similar."""
    return one == other or (len(one) > 2 and _similarity(one, other) >= _CLOSE)

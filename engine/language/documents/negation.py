"""A guard against suggestions that reverse the meaning of what was written.

`not_signed` and `signed`, `at_least` and `at_most`, `uninsured` and `insured` have similar spellings and opposite
meanings, so string similarity alone would suggest one for the other. `is_opposite` detects negations, comparison
signs and antonyms.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import cache


def _words_in(words: str) -> list[str]:
    """Split a list of words."""
    return words.split()


# Adding one of these words always changes the meaning.
_QUANTIFIERS = frozenset(_words_in("all any every each some only both either exactly"))
_NEGATIONS = frozenset(
    _words_in(
        "not no non nor never neither none nobody nothing nowhere without except excepting unless lacks lacking lack "
        "but other isnt arent wasnt werent dont doesnt didnt hasnt havent hadnt cant cannot couldnt wont wouldnt "
        "shouldnt mustnt neednt aint anti minus fails failed false ohne nicht kein keine keinen nie pas sans sin nunca"
    )
)
# Antonyms, including the two ends of a scale.
_OPPOSITES = [
    tuple(pair.split("/"))
    for pair in _words_in(
        "min/max minimum/maximum least/most more/less more/fewer greater/less greater/smaller larger/smaller "
        "bigger/smaller higher/lower high/low upper/lower above/below over/under up/down up/from on/off in/out "
        "inside/outside within/outside within/without with/without into/outof before/after earlier/later early/late "
        "earliest/latest sooner/later first/last start/end begin/end beginning/ending begins/ends since/until "
        "since/before from/to from/until from/till till/since until/after past/future old/new older/newer "
        "older/younger old/young all/any all/some all/none any/none any/every some/none yes/no always/sometimes "
        "often/seldom "
        "true/false right/wrong true/wrong and/or both/either both/neither either/neither open/closed opened/closed "
        "opens/closes allow/deny allowed/denied allow/forbid allowed/forbidden allow/refuse allowed/refused "
        "accept/refuse accept/reject accepted/refused accepted/rejected accept/except accepted/excepted grant/refuse "
        "granted/refused grant/deny granted/denied approve/reject approved/rejected pass/fail passed/failed win/lose "
        "won/lost buy/sell bought/sold seller/buyer give/take given/taken sender/recipient keep/cancel kept/cancelled "
        "same/different same/other equal/unequal equal/different include/exclude included/excluded includes/excludes "
        "only/except rise/fall rises/falls gain/loss paid/owed debit/credit lender/borrower landlord/tenant "
        "employer/employee parent/child married/single alive/dead public/private male/female man/woman husband/wife "
        "left/right front/back top/bottom long/short longer/shorter wide/narrow far/near near/far full/empty many/few "
        "heavy/light hot/cold wet/dry fast/slow good/bad better/worse best/worst healthy/ill safe/dangerous "
        "arrival/departure arrives/departs arrived/departed entry/exit domestic/foreign known/unknown "
        "optional/required voluntary/compulsory temporary/permanent guilty/innocent active/passive "
        "can/cant will/wont do/dont plus/minus positive/negative add/remove added/removed for/against "
        "ascending/descending"
    )
]
_POLES = frozenset(word for pair in _OPPOSITES for word in pair)
_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non", "not", "no", "mis", "anti", "de", "ex", "never")
_SUFFIXES = ("less", "free", "nt", "not", "out")
# Prefixes that distinguish opposites: `includes` and `excludes`, `upgrade` and `downgrade`.
_OPPOSITE_PREFIXES = [
    tuple(pair.split("/"))
    for pair in _words_in(
        "in/ex im/ex in/out in/dis up/down over/under pre/post on/off with/without min/max minimum/maximum "
        "before/after inter/intra hyper/hypo pro/anti ac/ex over/below above/below in/de as/des as/dis de/in "
        "more/less least/most micro/macro sub/super fore/after inner/outer internal/external"
    )
]
_OPPOSITE_SUFFIXES = [
    ("ful", "less"),
    ("er", "ee"),
    ("or", "ee"),
    ("in", "out"),
    ("on", "off"),
    ("up", "down"),
    ("with", "without"),
]
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

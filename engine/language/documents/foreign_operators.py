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

# Comparison to the words that unambiguously mean it.
_WORDS = {
    "at_least": ">= => ≥ ⩾ gte ge min minimum from starting starting_from starting_at or_more at_least at_minimum "
    "greater_than_or_equal greater_or_equal greater_or_equals more_than_or_equal more_or_equal equal_or_greater "
    "equal_or_more greater_equal minimal lower_bound lower_limit begins_at atleast above_or_equal not_under "
    "on_or_after on_or_later from_on onwards_from as_of earliest since",
    "at_most": "<= =< ≤ ⩽ lte le max maximum to up_to upto at_most at_maximum less_than_or_equal less_or_equal "
    "less_or_equals fewer_than_or_equal equal_or_less equal_or_fewer less_equal smaller_or_equal maximal upper_bound "
    "upper_limit ends_at atmost below_or_equal not_over on_or_before on_or_earlier latest through thru",
    "more_than": "> gt greater greater_than more more_than larger larger_than bigger bigger_than higher higher_than "
    "longer_than older_than exceed exceeds exceeding in_excess_of later later_than after",
    "less_than": "< lt less less_than fewer fewer_than smaller smaller_than lower lower_than shorter_than "
    "younger_than earlier earlier_than before",
    "is": "is be value := same",
    "is_not": "!= !== =! <> >< ≠ /= ~= ¬ ! ~ ne neq not is_not isnt unequal unequal_to other_than anything_but "
    "anything_except everything_but everything_except all_but all_except any_but any_except except but_not differs "
    "differs_from different_from different never",
    "one_of": "in is_in one_of is_one_of any_of anyof either among in_list in_set member_of is_any_of values enum",
    "none_of": "not_in notin nin none_of noneof neither nor is_none_of not_one_of not_any_of isnt_in not_among",
    "between": "between in_between range in_range within within_range inside",
    "not_between": "outside out_of_range not_between not_in_range not_within",
    "includes": "includes include including includes_all include_all includes_both contains contain containing "
    "contains_all has has_all have with holds all_of all every superset superset_of is_superset_of",
    "includes_any": "includes_any include_any includes_some includes_one_of includes_either contains_any "
    "contains_some contains_one_of has_any has_some has_one_of any some intersects overlaps with_any",
    "excludes": "excludes exclude excluding excludes_all exclude_all includes_none includes_no includes_none_of "
    "include_none contains_none contains_no contains_none_of has_none has_no has_none_of without without_any lacks "
    "lacking none no disjoint disjoint_from excludes_each excludes_every includes_not contains_not",
    "not_all": "",
    "only": "only subset subset_of is_subset_of nothing_but none_but only_in contained_in only_includes includes_only "
    "contains_only has_only",
    "exactly": "= == === eq equal equals equal_to equals_to exactly same_as matches_exactly consists_of set_equals",
    "empty": "empty is_empty",
    "not_empty": "not_empty nonempty non_empty is_not_empty isnt_empty",
}
# Words whose reading is disputed: is the end included, and is `all` or `any` meant? The likeliest reading is first.
_DISPUTED = {
    "above": ("more_than", "at_least"),
    "over": ("more_than", "at_least"),
    "beyond": ("more_than", "at_least"),
    "past": ("more_than", "at_least"),
    "starting_after": ("more_than", "at_least"),
    "below": ("less_than", "at_most"),
    "under": ("less_than", "at_most"),
    "beneath": ("less_than", "at_most"),
    "until": ("at_most", "less_than"),
    "till": ("at_most", "less_than"),
    "by": ("at_most", "less_than"),
    "no_later": ("at_most",),
    "excludes_any": ("excludes", "not_all"),
    "exclude_any": ("excludes", "not_all"),
    "excludes_some": ("not_all", "excludes"),
    "excludes_one_of": ("not_all", "excludes"),
}
_MEANT = {word: (meaning,) for meaning, words in _WORDS.items() for word in words.split()} | _DISPUTED
_OPPOSITE = {
    "at_least": ("less_than",),
    "at_most": ("more_than",),
    "more_than": ("at_most",),
    "less_than": ("at_least",),
    "is": ("is_not",),
    "is_not": ("is",),
    "one_of": ("none_of",),
    "none_of": ("one_of",),
    "between": ("not_between",),
    "not_between": ("between",),
    # "Does not include a, b" may mean that neither is there, or that not both are.
    "includes": ("excludes", "not_all"),
    "includes_any": ("excludes",),
    "excludes": ("includes_any",),
    "not_all": ("includes",),
    "only": ("not_only",),
    "not_only": ("only",),
    "exactly": ("not_exactly",),
    "empty": ("not_empty",),
    "not_empty": ("empty",),
}
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
# Operators that have no counterpart in a condition, and why.
_UNASKABLE = {
    "starts_with startswith begins_with ends_with endswith matches match matching like regex pattern glob": (
        "a text is compared as a whole: write the known texts that fit, `[a, b]`, or ask a yes/no question instead"
    ),
    "exists exist present defined known given answered set null is_null missing unknown blank nil": (
        "a condition is about an answer, never about whether there is one: where the lack of it matters, "
        "make it an answer, such as a choice `unknown`"
    ),
    "count size length len number_of how_many min_items max_items": (
        "a condition cannot count: ask for the number in a separate field"
    ),
}
_WHY_NOT = {word: why for words, why in _UNASKABLE.items() for word in words.split()}


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
        return tuple(
            dict.fromkeys(opposite for each in _meanings(plain[found.end() :]) for opposite in _OPPOSITE.get(each, ()))
        )
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

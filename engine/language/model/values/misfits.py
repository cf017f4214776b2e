"""Values that do not fit their field, and the help for those often written otherwise."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

from engine.language.model.field_kinds import Field

# What people and spreadsheets write for yes and no, for help texts: only `yes`, `no`, `true` and `false` are read.
FLAGS = {word: flag for flag, words in (("yes", "yes y true t on 1 ja oui"), ("no", "no n false f off 0 nein non"))
         for word in words.split()}  # fmt: skip


# The code of a value that cannot be used because of a problem that is reported elsewhere.
REPORTED = ""


class Misfit(Exception):
    """A value that does not fit its field: problem code, message, and help."""

    def __init__(self, code: str, message: str, help_: str | Callable[[], str] = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self._help = help_

    @property
    def help(self) -> str:
        """The help, computed on first use: searching for similar names takes time."""
        return self._help if isinstance(self._help, str) else self._help()


def date_help(text: str) -> str:
    """The help that shows a date in the required form; empty if it is ambiguous or no date.

    >>> date_help("31.1.2026"), date_help("2026/01/31"), date_help("01/02/2026")
    ('write `2026-01-31`', 'write `2026-01-31`', '')
    """
    found = re.fullmatch(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})", text.strip(), re.ASCII)
    if not found:
        return ""
    first, sign, middle, last = int(found[1]), found[2], int(found[3]), int(found[4])
    year, month, day = (first, middle, last) if len(found[1]) == 4 else (last, middle, first)
    if len(found[1]) != 4 and sign != ".":
        # Some write the month first; the two orders can be told apart only if one of the numbers exceeds 12.
        if first <= 12 and middle <= 12 and first != middle:
            return ""
        month, day = (middle, first) if middle <= 12 else (first, middle)
    try:
        return f"write `{datetime.date(year, month, day).isoformat()}`" if year > 99 else ""
    except ValueError:
        return ""


def option_help(field: Field, written: str) -> str:
    """The help for an unknown option: the one with this label, or with a similar name."""
    from engine.language.documents.name_suggestions import did_you_mean, label_help

    return label_help(written, field.texts) or did_you_mean(written, field.options)

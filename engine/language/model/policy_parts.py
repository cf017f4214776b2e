"""The parts of a frozen `Policy`: constants, derived numbers, facts, verdicts, rules, and their source."""

from __future__ import annotations

import datetime
from dataclasses import field as declared
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from engine.frozen import frozen_value, late_type
from engine.language.model.condition_tree import ByDay, Condition
from engine.language.model.field_kinds import unnoted_place
from engine.problems import Place

if TYPE_CHECKING:
    from decimal import Decimal
else:
    Decimal = late_type("decimal", "Decimal")

SUM: Final = "sum"
LARGER_OF: Final = "larger_of"
SMALLER_OF: Final = "smaller_of"
POINTS: Final = "points"
PRODUCT: Final = "product"
RATIO: Final = "ratio"
TABLE: Final = "table"
OUTPUT: Final = "output"
NumberKind: TypeAlias = Literal["sum", "larger_of", "smaller_of", "points", "product", "ratio", "table", "output"]
# The kinds whose amounts rules give, one in each situation.
GIVEN_BY_RULES: Final = (TABLE, OUTPUT)


# A value in a list constant; its type is that of the field that it is compared with.
Item: TypeAlias = str | Decimal | datetime.date


# A fixed value in a number: a `Decimal`, or the `ByDay` of a dated constant.
Fixed: TypeAlias = Any


@frozen_value
class Constant:
    """A named value that conditions and derived numbers refer to.

    Attributes:
        name: Name in conditions and sums.
        means: What it is, as a person reads it.
        value: Its value: a `Decimal` or a `datetime.date`, a tuple of these and texts for a list, or
            the values of a dated constant, each with its first day.
        unit: Unit of a number, for display.
        cites: Names of the source passages that it rests on.
        place: Position in the source; ignored by `==`.

    Example:
        >>> from engine import Constant
        >>> Constant("adult", "when somebody is of age", 18, unit="years")
        Constant(name='adult', means='when somebody is of age', value=18, unit='years', cites=())
    """

    name: str
    means: str
    value: Decimal | datetime.date | tuple[Item, ...] | ByDay
    unit: str | None = None
    cites: tuple[str, ...] = ()
    place: Place = unnoted_place()


@frozen_value
class PointsEntry:
    """An entry of a number of points: what it adds where its condition holds.

    Attributes:
        when: The condition under which it adds its points.
        add: The points, which may be negative. In a number that is the output of a step, an amount that it may give:
            a `Decimal`, or a `ComputedOutput` where it is worked out.
        because: The reason, as a person reads it.
        named: Name of the constant that the points come from; empty if they are written out. Ignored by `==`.
        place: Position in the source; ignored by `==`.

    Example:
        >>> from engine import Compare, PointsEntry
        >>> PointsEntry(Compare("age", "at_least", 75), 2, "Old age is a risk.").add
        2
    """

    when: Condition
    add: Fixed
    because: str
    named: str = declared(default="", compare=False, repr=False)
    place: Place = unnoted_place()

    @property
    def number(self) -> str:
        """Name of the number that the amount is worked out from; empty if it is written out."""
        return getattr(self.add, "number", "")


@frozen_value
class Number:
    """A derived number: a sum of fields and other numbers, the largest or smallest, a product, or another kind.

    Attributes:
        name: Name in conditions.
        means: What it is, as a person reads it.
        terms: For a sum, pairs of the name of a field or number and its coefficient, as written. A date counts as its
            day number. Here and below, the value of a dated constant is a `ByDay`.
        plus: For a sum, the constant term.
        place: Position in the source; ignored by `==`.
        named: Name of the constant that each coefficient and then `plus`, or each part, comes from, empty for one that
            is written out; `()` if all are written out. Ignored by `==`.
        kind: How it is worked out: `sum`, `larger_of`, `smaller_of`, `product`, `points`, `ratio`, `table` or
            `output`.
        parts: For `larger_of`, `smaller_of` and `product`, names of fields and numbers, and constants; for `ratio`,
            what is divided and then its divisor, which is positive everywhere.
        entries: For `points`, the entries, of which every one adds its points whose condition holds. For `table`, one
            for each value, under the condition that the step of the same name has it, which has the rules; for
            `output` likewise, of the step that `given_by` names.
        given_by: For `output`, the name of the step that gives it, and that of the output; `()` otherwise.

    Example:
        >>> from engine import load
        >>> notice = load("air-passenger-rights").number["notice"]
        >>> notice.means, [(name, int(factor)) for name, factor in notice.terms]
        ('days between the news and the flight', [('trip.departs', 1), ('told_on', -1)])
    """

    name: str
    means: str
    terms: tuple[tuple[str, Fixed], ...]
    plus: Fixed
    place: Place = unnoted_place()
    named: tuple[str, ...] = declared(default=(), compare=False, repr=False)
    kind: NumberKind = SUM
    parts: tuple[str | Fixed, ...] = ()
    entries: tuple[PointsEntry, ...] = ()
    given_by: tuple[str, ...] = ()


@frozen_value
class Fact:
    """A named condition, for use in other conditions.

    Attributes:
        name: Name in conditions.
        means: What it says, as a person reads it.
        when: The condition under which it holds.
        cites: Names of the source passages that it rests on.
        added: Why it is there although the source does not say it; None if not stated.
        place: Position in the source; ignored by `==`.

    Example:
        >>> from engine import load
        >>> load("other-interviews").fact["something_short"].means
        'the title, the money or the responsibility is not what you hoped for'
    """

    name: str
    means: str
    when: Condition
    cites: tuple[str, ...] = ()
    added: str | None = None
    place: Place = unnoted_place()


@frozen_value
class Impossible:
    """A combination of answers that cannot occur; no rule has to cover it.

    Attributes:
        when: The condition that describes it.
        because: Why it cannot occur.
        place: Position in the source; ignored by `==`.
        implied_by: Name of the field whose `applies_when` implies it; empty if an author wrote it.

    Example:
        >>> from engine import load
        >>> load("air-passenger-rights").impossible[0].because
        'News that came after the day of the flight counts as news of that day, so give that day.'
    """

    when: Condition
    because: str
    place: Place = unnoted_place()
    implied_by: str = ""


@frozen_value
class Verdict:
    """A verdict: one of the possible results of a policy.

    Attributes:
        name: Name in rules, cases and results.
        title: The verdict as a person reads it.
        must: What the person has to do.
        advice: What the person is advised to do.
        output: JSON data for programs; None if there is none.
        cites: Names of the source passages that it rests on.
        added: Why it is there although the source does not say it; None if not stated.
        place: Position in the source; ignored by `==`.

    Example:
        >>> from engine import load
        >>> load("parcel-prices").verdict["euros-6"].output
        {'price': 6}
    """

    name: str
    title: str
    must: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    output: Any = declared(default=None, hash=False)
    cites: tuple[str, ...] = ()
    added: str | None = None
    place: Place = unnoted_place()


@frozen_value
class Override:
    """An entry of a rule's `overrides`: a rule that it takes precedence over.

    Attributes:
        rule: Name of the weaker rule.
        because: Why the other rule takes precedence.
        place: Position in the source; ignored by `==`.

    Example:
        >>> from engine import load
        >>> print(load("other-interviews").rule["settled-offer"].overrides[0].because)
        You have already said yes, so it is too late to ask for time.
    """

    rule: str
    because: str
    place: Place = unnoted_place()


@frozen_value
class OverrideAll:
    """A rule's `overrides` of `all`: it takes precedence over every rule that it can.

    These are all rules but itself, `otherwise`, and those that override it, directly or through the overrides that are
    written for single rules.

    Attributes:
        because: Why it takes precedence over all of them.
        place: Position in the source; ignored by `==`.

    Example:
        >>> from engine import load
        >>> dry = {"rule": "dry", "then": "go", "because": "It is dry."}
        >>> first = [{"rules": "all", "because": "Safety comes first."}]
        >>> storm = {"rule": "storm", "when": {"storm": True}, "then": "stay", "because": "So.", "overrides": first}
        >>> policy = load({
        ...     "policy": "picnic", "title": "Do we go?",
        ...     "situation": {"storm": {"ask": "Is there a storm?", "type": "yes_no"}},
        ...     "verdicts": {"go": {"title": "Go"}, "stay": {"title": "Stay"}}, "rules": [dry, storm],
        ... })
        >>> policy.rule["storm"].overrides_all
        OverrideAll(because='Safety comes first.')
    """

    because: str
    place: Place = unnoted_place()


@frozen_value
class Rule:
    """A decision rule: a condition and the verdict that it gives.

    Attributes:
        name: Name in overrides, cases and results.
        when: The condition under which it applies.
        then: Name of its verdict.
        because: The reason, as a person reads it.
        otherwise: Whether it applies where no other rule does; its `when` is then empty.
        cites: Names of the source passages that it rests on.
        added: Why it is there although the source does not say it; None if not stated.
        overrides: The rules that it takes precedence over, as far as they are named.
        overrides_all: That it takes precedence over all other rules; None if it says no such thing.
        valid: The days on which it is valid, as the last part of `when`; None if it is valid on all days. Ignored by
            `==`, since it is part of `when`.
        output: Its own outputs by name, JSON data for programs, which replace those of its verdict; None if there are
            none.
        place: Position in the source; ignored by `==`.

    Example:
        >>> from engine import load
        >>> rule = load("other-interviews").rule["tepid-offer"]
        >>> rule.when.parts, rule.then
        ((Compare(name='offer', op='one_of', value=('hint', 'drafting')),), 'keep')
    """

    name: str
    when: Condition
    then: str
    because: str
    otherwise: bool = False
    cites: tuple[str, ...] = ()
    added: str | None = None
    overrides: tuple[Override, ...] = ()
    overrides_all: OverrideAll | None = None
    valid: Condition | None = declared(default=None, compare=False, repr=False)
    output: dict[str, Any] | None = declared(default=None, hash=False)
    place: Place = unnoted_place()

    def reason_over(self, weaker: str) -> str:
        """Return why this rule takes precedence over another one that it overrides.

        Args:
            weaker: Name of the rule that is overridden.

        Returns:
            The reason that is written for that rule, or else the one for all rules.
        """
        own = next((each.because for each in self.overrides if each.rule == weaker), "")
        return own or (self.overrides_all.because if self.overrides_all else "")


@frozen_value
class Passage:
    """A passage of the source that a policy is taken from.

    Attributes:
        name: Name in `cites`.
        says: The text, in full or in summary.
        background: Whether no rule needs to cite it.
        place: Position in the source; ignored by `==`.

    Example:
        >>> from engine import load
        >>> load("other-interviews").source.passages[1].says
        'The answer can go either way.'
    """

    name: str
    says: str
    background: bool = False
    place: Place = unnoted_place()


@frozen_value
class Source:
    """The text that a policy is taken from.

    Attributes:
        title: Title of the text.
        author: Author, if stated.
        published: Date of publication as written, if stated.
        passages: The passages that rules, facts and verdicts cite.

    Example:
        >>> from engine import load
        >>> load("other-interviews").source.author
        'Julie Desmond'
    """

    title: str
    author: str | None = None
    published: str | None = None
    passages: tuple[Passage, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the source as JSON data, as the language writes it."""
        from engine.language.model.values.value_texts import omit_empty

        passages = {
            each.name: {"says": each.says, "background": True} if each.background else each.says
            for each in self.passages
        }
        return omit_empty(title=self.title, author=self.author, published=self.published, passages=passages)

"""What is a policy, once it is read? Frozen values, complete and resolved: every name in them exists.

Values of fields are plain Python: a choice or a text is `str`, yes/no `bool`, an integer `int`, a number `Decimal`,
a date `datetime.date`, an `any_of` answer a tuple of choices in the policy's order.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import field as declared
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from engine.frozen import frozen_value, late_type
from engine.problems import Place
from engine.threads import ForkLock, cached_property

if TYPE_CHECKING:
    from decimal import Decimal
else:
    Decimal = late_type("decimal", "Decimal")

Value: TypeAlias = str | bool | int | Decimal | datetime.date | tuple[str, ...]

CHOICE: Final = "choice"
YES_NO: Final = "yes_no"
INTEGER: Final = "integer"
NUMBER: Final = "number"
DATE: Final = "date"
ANY_OF: Final = "any_of"
TEXT: Final = "text"
Kind: TypeAlias = Literal["choice", "yes_no", "integer", "number", "date", "any_of", "text"]
KINDS: tuple[Kind, ...] = (CHOICE, YES_NO, INTEGER, NUMBER, DATE, ANY_OF, TEXT)
UNIQUE: Final = "unique"
FIRST: Final = "first"
DecisionMode: TypeAlias = Literal["unique", "first"]
UNSURE = "unsure"

NOWHERE = Place("")


def _place() -> Any:
    return declared(default=NOWHERE, compare=False, repr=False)


@frozen_value
class Field:
    """One question and every answer it can get; `low`, `high`, `step` and `if_unsure` are None where none is given."""

    name: str
    ask: str
    kind: Kind
    choices: tuple[tuple[str, str], ...] = ()
    ordered: bool = False
    low: int | Decimal | datetime.date | None = None
    high: int | Decimal | datetime.date | None = None
    step: Decimal | None = None
    unit: str | None = None
    known: tuple[str, ...] = ()
    if_unsure: Value | None = None
    ask_after: str | None = None
    place: Place = _place()

    @cached_property
    def options(self) -> tuple[str, ...]:
        """The values of a choice, or the names an `any_of` answer may list, in written order."""
        return tuple(value for value, _ in self.choices)

    @cached_property
    def texts(self) -> dict[str, str]:
        """Each choice with the text a person reads."""
        return dict(self.choices)

    @cached_property
    def option_set(self) -> frozenset[str]:
        return frozenset(self.options)

    @cached_property
    def rank(self) -> dict[str, int]:
        """The place of each choice in written order, or of each known text."""
        return {value: place for place, value in enumerate(self.known or self.options)}

    @property
    def is_grid(self) -> bool:
        """Whether its values have neighbours: the fields that a sum may use."""
        return self.kind in (INTEGER, DATE) or (self.kind == NUMBER and self.step is not None)

    @property
    def countable(self) -> bool:
        """Whether it has a finite, stated number of answers."""
        if self.kind in (INTEGER, NUMBER, DATE):
            return self.is_grid and self.low is not None and self.high is not None
        return True


@frozen_value
class Number:
    """A derived number: `plus` and the sum of coefficient times field; a date counts as its day."""

    name: str
    means: str
    terms: tuple[tuple[str, Decimal], ...]
    plus: Decimal
    place: Place = _place()


@frozen_value
class Compare:
    """`name` compared with constants: `value` is a tuple for one_of, includes, excludes and only."""

    name: str
    op: str
    value: Value
    place: Place = _place()


@frozen_value
class Versus:
    """Two fields compared: their exact difference against 0."""

    name: str
    op: str
    other: str
    place: Place = _place()


@frozen_value
class Holds:
    """A fact that is expected to hold, or not to."""

    fact: str
    expected: bool
    place: Place = _place()


@frozen_value
class All:
    """A condition that holds where all of its parts do, and so where it has none."""

    parts: tuple[Condition, ...]
    place: Place = _place()


@frozen_value
class Some:
    """A condition that holds where one of its parts does, at least."""

    parts: tuple[Condition, ...]
    place: Place = _place()


@frozen_value
class Not:
    """A condition that holds where its part does not."""

    part: Condition
    place: Place = _place()


Condition: TypeAlias = Compare | Versus | Holds | All | Some | Not
ALWAYS = All(())

# The operators with a constant, an order and the words for it; dates have words of their own for the same order.
ORDER_OPS = ("at_least", "at_most", "more_than", "less_than")
DATE_OPS = ("on_or_after", "on_or_before", "after", "before")
SAME_ORDER = dict(zip(DATE_OPS, ORDER_OPS, strict=True))
LIST_OPS = ("includes", "excludes", "only")


@frozen_value
class Fact:
    """A named condition: what it means, and when it holds."""

    name: str
    means: str
    when: Condition
    cites: tuple[str, ...] = ()
    added: str | None = None
    place: Place = _place()


@frozen_value
class Impossible:
    """What cannot happen, and why not."""

    when: Condition
    because: str
    place: Place = _place()


@frozen_value
class Verdict:
    """A verdict: its title, what must be done, advice, and data for programs."""

    name: str
    title: str
    must: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    output: Any = None
    cites: tuple[str, ...] = ()
    added: str | None = None
    place: Place = _place()


@frozen_value
class Override:
    """A rule that another one is stronger than, and why."""

    rule: str
    because: str
    place: Place = _place()


@frozen_value
class Rule:
    """A decision rule; `otherwise` marks the last rule of a `first` policy, whose `when` always holds."""

    name: str
    when: Condition
    then: str
    because: str
    otherwise: bool = False
    cites: tuple[str, ...] = ()
    added: str | None = None
    overrides: tuple[Override, ...] = ()
    place: Place = _place()


@frozen_value
class Guarantee:
    """A promise: where `when` holds, no rule that stands gives a verdict of `forbidden`."""

    name: str
    when: Condition
    forbidden: tuple[str, ...]
    because: str
    word: Literal["never", "only"]
    listed: tuple[str, ...]
    place: Place = _place()


@frozen_value
class Passage:
    """A passage of a source; one of `background` needs no rule."""

    name: str
    says: str
    background: bool = False
    place: Place = _place()


@frozen_value
class Source:
    """The text that a policy is taken from, with its passages."""

    title: str
    author: str | None = None
    published: str | None = None
    passages: tuple[Passage, ...] = ()


@frozen_value
class Policy:
    """A whole policy. Two policies are equal when they say the same; places and comments make no difference."""

    name: str
    title: str
    fields: tuple[Field, ...]
    verdicts: tuple[Verdict, ...]
    rules: tuple[Rule, ...]
    version: str | None = None
    about: str | None = None
    source: Source | None = None
    numbers: tuple[Number, ...] = ()
    facts: tuple[Fact, ...] = ()
    impossible: tuple[Impossible, ...] = ()
    decision: DecisionMode = UNIQUE
    guarantees: tuple[Guarantee, ...] = ()
    place: Place = _place()
    # What is known of this policy beside what it says: the text it was read from, and what was worked out from it and
    # is worth keeping, such as its proof. Filled by those who know it; a copy that says something else begins anew.
    memo: dict[str, Any] = declared(default_factory=dict, init=False, compare=False, repr=False)

    @cached_property
    def field(self) -> dict[str, Field]:
        return {each.name: each for each in self.fields}

    @cached_property
    def asking_order(self) -> tuple[Field, ...]:
        """The fields in file order, but each after the field that its `ask_after` names."""
        ordered: dict[str, Field] = {}
        for field in self.fields:
            chain = [field]
            while (above := chain[-1].ask_after) is not None and above not in ordered:
                chain.append(self.field[above])
            for each in reversed(chain):
                ordered.setdefault(each.name, each)
        return tuple(ordered.values())

    @cached_property
    def number(self) -> dict[str, Number]:
        return {each.name: each for each in self.numbers}

    @cached_property
    def fact(self) -> dict[str, Fact]:
        return {each.name: each for each in self.facts}

    @cached_property
    def facts_in_order(self) -> tuple[Fact, ...]:
        """The facts, each after the facts it is made of; in file order otherwise."""
        ordered: dict[str, Fact] = {}
        for fact in self.facts:
            waiting = [fact]
            while waiting:
                current = waiting[-1]
                used = (test.fact for test in comparisons_in(current.when) if isinstance(test, Holds))
                missing = [self.fact[name] for name in used if name not in ordered]
                waiting.extend(reversed(missing))
                if not missing:
                    ordered.setdefault(current.name, current)
                    waiting.pop()
        return tuple(ordered.values())

    @cached_property
    def verdict(self) -> dict[str, Verdict]:
        return {each.name: each for each in self.verdicts}

    @cached_property
    def rule(self) -> dict[str, Rule]:
        return {each.name: each for each in self.rules}

    @cached_property
    def overriders(self) -> dict[str, tuple[str, ...]]:
        """Rule to the rules that name it in `overrides`, in file order."""
        found: dict[str, list[str]] = {rule.name: [] for rule in self.rules}
        for rule in self.rules:
            for override in rule.overrides:
                found[override.rule].append(rule.name)
        return {name: tuple(others) for name, others in found.items()}

    def to_dict(self) -> dict[str, Any]:
        """The policy as JSON data, in one fixed spelling: what `sha256` is taken over."""
        from engine.language.model.canonical import policy_data

        return policy_data(self)

    def to_yaml(self) -> str:
        """The policy as the text of a policy file.

        Returns:
            YAML that `load` reads as an equal policy, with the same `sha256`. Comments and layout of the file that it
            comes from are not in it, and the rules of a table are a list.

        Example:
            >>> from engine import load
            >>> policy = load("customs-channel")
            >>> load(policy.to_yaml()) == policy
            True
        """
        from engine.language.model.policy_yaml import write_policy

        return write_policy(self)

    @cached_property
    def sha256(self) -> str:
        # Deciding does without: its libraries take longer to load than many a verdict takes.
        import hashlib
        import json

        text = json.dumps(self.to_dict(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def __hash__(self) -> int:
        return hash(self.sha256)

    @property
    def lock(self) -> ForkLock:
        """Held by whoever works something out for `memo`; a fork forgets what was being worked out meanwhile."""
        lock: ForkLock | None = self.memo.get("lock")
        if lock is None:
            lock = self.memo.setdefault("lock", ForkLock(self._forget))
        return lock

    def _forget(self) -> None:
        """Forgets what was worked out, but not the text that it was read from."""
        for key in self.memo.keys() - {"text"}:
            del self.memo[key]

    def __getstate__(self) -> dict[str, Any]:
        kept = {key: value for key, value in self.memo.items() if key == "text"}
        return {key: value for key, value in self.__dict__.items() if key != "memo"} | {"memo": kept}


def comparisons_in(condition: Condition) -> Iterator[Compare | Versus | Holds]:
    """Every single comparison of a condition, in written order; facts are named, not opened."""
    waiting = [condition]
    while waiting:
        current = waiting.pop()
        if isinstance(current, All | Some):
            waiting.extend(reversed(current.parts))
        elif isinstance(current, Not):
            waiting.append(current.part)
        else:
            yield current


def require_policy(value: object, function: str, parameter: str = "policy") -> None:
    """Raises `TypeError` where a public function was given anything but a policy, with the way to one."""
    if not isinstance(value, Policy):
        from engine.language.model.arguments import refuse_policy

        refuse_policy(value, function, parameter)

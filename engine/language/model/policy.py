"""What is a policy, once it is read? Frozen values, complete and resolved: every name in them exists."""

from __future__ import annotations

from dataclasses import field as declared
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from engine.frozen import frozen_value, late_type
from engine.language.model.condition_tree import ALWAYS, Condition, Holds, comparisons_in
from engine.language.model.field_kinds import Field, unnoted_place
from engine.problems import Place
from engine.threads import ForkLock, cached_property

if TYPE_CHECKING:
    from decimal import Decimal
else:
    Decimal = late_type("decimal", "Decimal")

UNIQUE: Final = "unique"
FIRST: Final = "first"
DecisionMode: TypeAlias = Literal["unique", "first"]


@frozen_value
class Number:
    """A derived number: `plus` and the sum of coefficient times field; a date counts as its day."""

    name: str
    means: str
    terms: tuple[tuple[str, Decimal], ...]
    plus: Decimal
    place: Place = unnoted_place()


@frozen_value
class Fact:
    """A named condition: what it means, and when it holds."""

    name: str
    means: str
    when: Condition
    cites: tuple[str, ...] = ()
    added: str | None = None
    place: Place = unnoted_place()


@frozen_value
class Impossible:
    """What cannot happen, and why not."""

    when: Condition
    because: str
    place: Place = unnoted_place()


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
    place: Place = unnoted_place()


@frozen_value
class Override:
    """A rule that another one is stronger than, and why."""

    rule: str
    because: str
    place: Place = unnoted_place()


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
    place: Place = unnoted_place()


@frozen_value
class Guarantee:
    """A promise: where `when` holds, no rule that stands gives a verdict of `forbidden`."""

    name: str
    when: Condition
    forbidden: tuple[str, ...]
    because: str
    word: Literal["never", "only"]
    listed: tuple[str, ...]
    place: Place = unnoted_place()


@frozen_value
class Passage:
    """A passage of a source; one of `background` needs no rule."""

    name: str
    says: str
    background: bool = False
    place: Place = unnoted_place()


@frozen_value
class Source:
    """The text that a policy is taken from, with its passages."""

    title: str
    author: str | None = None
    published: str | None = None
    passages: tuple[Passage, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The source as a mapping of the language, as JSON data."""
        from engine.language.model.canonical import given

        passages = {
            each.name: {"says": each.says, "background": True} if each.background else each.says
            for each in self.passages
        }
        return given(title=self.title, author=self.author, published=self.published, passages=passages)


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
    place: Place = unnoted_place()
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
        """The policy as a mapping of the language itself, in one fixed spelling that comments and layout do not change.

        Reading it again gives an equal policy; `sha256` is taken over it.

        Returns:
            JSON data. A rule that tests nothing, as a row of a table may, is given a test that every situation meets.

        Example:
            >>> from engine import load
            >>> policy = load("customs-channel")
            >>> load(policy.to_dict()) == policy
            True
        """
        from engine.language.model.canonical import json_data

        data: dict[str, Any] = json_data(self._parts())
        return data

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

        return write_policy(self._parts())

    def _parts(self) -> dict[str, Any]:
        """The mapping of `to_dict`, in which numbers are exact and days are days."""
        from engine.language.model.canonical import always, condition_parts, field_data, given

        return given(
            policy=self.name,
            title=self.title,
            version=self.version,
            about=self.about,
            source=self.source.to_dict() if self.source else None,
            situation={field.name: field_data(field) for field in self.fields},
            numbers={
                each.name: given(
                    means=each.means,
                    sum=dict(each.terms),
                    plus=each.plus or None,
                )
                for each in self.numbers
            },
            facts={
                each.name: given(means=each.means, when=condition_parts(each.when), cites=each.cites, added=each.added)
                for each in self.facts
            },
            impossible=[{"when": condition_parts(each.when), "because": each.because} for each in self.impossible],
            verdicts={
                each.name: given(
                    title=each.title, must=each.must, advice=each.advice, cites=each.cites, added=each.added
                )
                | ({} if each.output is None else {"output": each.output})
                for each in self.verdicts
            },
            rules=[
                given(
                    rule=each.name,
                    when=None if each.otherwise else condition_parts(each.when) or always(self.fields),
                    otherwise=each.otherwise or None,
                    then=each.then,
                    because=each.because,
                    cites=each.cites,
                    added=each.added,
                    overrides={override.rule: override.because for override in each.overrides},
                )
                for each in self.rules
            ],
            decision=self.decision,
            guarantees=[
                given(
                    guarantee=each.name,
                    when=None if each.when == ALWAYS else condition_parts(each.when),
                    because=each.because,
                )
                | {each.word: list(each.listed)}
                for each in self.guarantees
            ],
        )

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


def require_policy(value: object, function: str, parameter: str = "policy") -> None:
    """Raises `TypeError` where a public function was given anything but a policy, with the way to one."""
    if not isinstance(value, Policy):
        from engine.language.model.arguments import refuse_policy

        refuse_policy(value, function, parameter)

"""The frozen `Policy`: the complete, resolved result of reading a policy, in which every name is defined."""

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
    """A derived number: `plus` plus the sum of coefficient times field. A date counts as its ordinal day."""

    name: str
    means: str
    terms: tuple[tuple[str, Decimal], ...]
    plus: Decimal
    place: Place = unnoted_place()


@frozen_value
class Fact:
    """A named condition and its meaning."""

    name: str
    means: str
    when: Condition
    cites: tuple[str, ...] = ()
    added: str | None = None
    place: Place = unnoted_place()


@frozen_value
class Impossible:
    """A combination of answers that cannot occur, and why."""

    when: Condition
    because: str
    place: Place = unnoted_place()


@frozen_value
class Verdict:
    """A verdict: title, obligations (`must`), advice, and output data for programs."""

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
    """A rule that gives way to the rule holding this override, and why."""

    rule: str
    because: str
    place: Place = unnoted_place()


@frozen_value
class Rule:
    """A decision rule; `otherwise` marks the last rule of a `first` policy, which covers all remaining situations."""

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
    """A promise that no situation satisfying `when` gets a verdict in `forbidden`.

    `word` and `listed` keep the form the author used: `never` with the forbidden verdicts, or `only` with the others.
    """

    name: str
    when: Condition
    forbidden: tuple[str, ...]
    because: str
    word: Literal["never", "only"]
    listed: tuple[str, ...]
    place: Place = unnoted_place()


@frozen_value
class Passage:
    """A passage of a source; a `background` passage need not be cited by any rule."""

    name: str
    says: str
    background: bool = False
    place: Place = unnoted_place()


@frozen_value
class Source:
    """The text that a policy formalises, with its passages."""

    title: str
    author: str | None = None
    published: str | None = None
    passages: tuple[Passage, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The source as a mapping of the language, as JSON data."""
        from engine.language.model.canonical import omit_empty

        passages = {
            each.name: {"says": each.says, "background": True} if each.background else each.says
            for each in self.passages
        }
        return omit_empty(title=self.title, author=self.author, published=self.published, passages=passages)


@frozen_value
class Policy:
    """A complete policy. Equality and hash ignore places and comments."""

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
    # Cache for what is derived from the policy, such as its proof, and the source text under the key `text`. It is not
    # part of the value: `replace` makes a copy with an empty memo.
    memo: dict[str, Any] = declared(default_factory=dict, init=False, compare=False, repr=False)

    @cached_property
    def field(self) -> dict[str, Field]:
        """Fields by name."""
        return {each.name: each for each in self.fields}

    @cached_property
    def asking_order(self) -> tuple[Field, ...]:
        """The fields in file order, except that each comes after the field its `ask_after` names."""
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
        """Derived numbers by name."""
        return {each.name: each for each in self.numbers}

    @cached_property
    def fact(self) -> dict[str, Fact]:
        """Facts by name."""
        return {each.name: each for each in self.facts}

    @cached_property
    def facts_in_order(self) -> tuple[Fact, ...]:
        """The facts in topological order: each after the facts it uses, otherwise in file order."""
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
        """Verdicts by name."""
        return {each.name: each for each in self.verdicts}

    @cached_property
    def rule(self) -> dict[str, Rule]:
        """Rules by name."""
        return {each.name: each for each in self.rules}

    @cached_property
    def overriders(self) -> dict[str, tuple[str, ...]]:
        """Each rule's name mapped to the rules that override it, in file order."""
        found: dict[str, list[str]] = {rule.name: [] for rule in self.rules}
        for rule in self.rules:
            for override in rule.overrides:
                found[override.rule].append(rule.name)
        return {name: tuple(others) for name, others in found.items()}

    def to_dict(self) -> dict[str, Any]:
        """The policy as a mapping of the language itself, in one fixed spelling that comments and layout do not change.

        Reading it again gives an equal policy; `sha256` is taken over it.

        Returns:
            JSON data. A rule that tests nothing, as a row of a table may, gets a condition that every situation meets.

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
        """The mapping of `to_dict`, before numbers and dates are converted to JSON values."""
        from engine.language.model.canonical import condition_parts, field_data, omit_empty, tautology

        return omit_empty(
            policy=self.name,
            title=self.title,
            version=self.version,
            about=self.about,
            source=self.source.to_dict() if self.source else None,
            situation={field.name: field_data(field) for field in self.fields},
            numbers={
                each.name: omit_empty(
                    means=each.means,
                    sum=dict(each.terms),
                    plus=each.plus or None,
                )
                for each in self.numbers
            },
            facts={
                each.name: omit_empty(
                    means=each.means, when=condition_parts(each.when), cites=each.cites, added=each.added
                )
                for each in self.facts
            },
            impossible=[{"when": condition_parts(each.when), "because": each.because} for each in self.impossible],
            verdicts={
                each.name: omit_empty(
                    title=each.title, must=each.must, advice=each.advice, cites=each.cites, added=each.added
                )
                | ({} if each.output is None else {"output": each.output})
                for each in self.verdicts
            },
            rules=[
                omit_empty(
                    rule=each.name,
                    when=None if each.otherwise else condition_parts(each.when) or tautology(self.fields),
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
                omit_empty(
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
        # Imported here because deciding does not need them and they are slow to load.
        """SHA-256 of the canonical form, as hexadecimal digits; equal policies have equal hashes."""
        import hashlib
        import json

        text = json.dumps(self.to_dict(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def __hash__(self) -> int:
        return hash(self.sha256)

    @property
    def lock(self) -> ForkLock:
        """The lock that guards computations kept in `memo`; a forked child drops those unfinished at the fork."""
        lock: ForkLock | None = self.memo.get("lock")
        if lock is None:
            lock = self.memo.setdefault("lock", ForkLock(self._forget))
        return lock

    def _forget(self) -> None:
        """Clear the memo, except for the source text."""
        for key in self.memo.keys() - {"text"}:
            del self.memo[key]

    def __getstate__(self) -> dict[str, Any]:
        kept = {key: value for key, value in self.memo.items() if key == "text"}
        return {key: value for key, value in self.__dict__.items() if key != "memo"} | {"memo": kept}


def require_policy(value: object, function: str, parameter: str = "policy") -> None:
    """Check an argument of a public function; raises `TypeError` for anything but a policy."""
    if not isinstance(value, Policy):
        from engine.language.model.arguments import refuse_policy

        refuse_policy(value, function, parameter)

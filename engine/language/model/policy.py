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
    """A derived number: a linear combination of fields.

    Attributes:
        name: Name in conditions.
        means: What it is, as a person reads it.
        terms: Pairs of field name and coefficient. A date counts as its day number.
        plus: Constant term.
        place: Position in the source; ignored by `==`.

    Example:
        >>> from engine import load
        >>> notice = load("air-passenger-rights").number["notice"]
        >>> notice.means, [(name, int(factor)) for name, factor in notice.terms]
        ('days between the news and the flight', [('trip.departs', 1), ('told_on', -1)])
    """

    name: str
    means: str
    terms: tuple[tuple[str, Decimal], ...]
    plus: Decimal
    place: Place = unnoted_place()


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

    Example:
        >>> from engine import load
        >>> load("air-passenger-rights").impossible[0].because
        'News that came after the day of the flight counts as news of that day, so give that day.'
    """

    when: Condition
    because: str
    place: Place = unnoted_place()


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
    output: Any = None
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
class Rule:
    """A decision rule: a condition and the verdict that it gives.

    Attributes:
        name: Name in overrides, cases and results.
        when: The condition under which it applies.
        then: Name of its verdict.
        because: The reason, as a person reads it.
        otherwise: Whether it is the last rule of a `first` policy, which applies in every remaining situation.
        cites: Names of the source passages that it rests on.
        added: Why it is there although the source does not say it; None if not stated.
        overrides: The rules that it takes precedence over.
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
    place: Place = unnoted_place()


@frozen_value
class Guarantee:
    """A property that the proof has to establish: where `when` holds, certain verdicts are never given.

    Attributes:
        name: Name in findings and certificates.
        when: The condition; always true if the author gave none.
        forbidden: Names of the verdicts that must not be given there.
        because: Why it must hold.
        word: How the author wrote it: `never` (these verdicts) or `only` (all but these).
        listed: The verdicts as the author listed them.
        place: Position in the source; ignored by `==`.

    Example:
        >>> from engine import load
        >>> guarantee = load("other-interviews").guarantees[0]
        >>> guarantee.name, guarantee.forbidden
        ('a-hint-never-cancels', ('cancel',))
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
        from engine.language.model.canonical import omit_empty

        passages = {
            each.name: {"says": each.says, "background": True} if each.background else each.says
            for each in self.passages
        }
        return omit_empty(title=self.title, author=self.author, published=self.published, passages=passages)


@frozen_value
class Policy:
    """A policy as read: an immutable value in which every name refers to something that exists.

    Two policies are equal, and have the same `sha256`, when they say the same; layout, comments and positions do not
    count. `load` makes policies; `check` proves them. Results about a policy (its proof, its decision tree) are cached
    on it; it can be shared between threads.

    Attributes:
        name: Name of the policy.
        title: The question that it answers.
        fields: The fields, in file order; `field` finds one by name.
        verdicts: The verdicts, in file order; `verdict` finds one by name.
        rules: The rules, in file order; `rule` finds one by name.
        version: Version as written, if stated.
        about: Description, if stated.
        source: The text that it is taken from, if stated.
        numbers: The derived numbers; `number` finds one by name.
        facts: The facts; `fact` finds one by name.
        impossible: The combinations of answers that cannot occur.
        decision: `unique` (rules that apply must agree unless one overrides another) or `first` (the first decides).
        guarantees: The properties that the proof has to establish.
        place: Position in the source; ignored by `==`.

    Example:
        >>> from engine import load
        >>> policy = load("other-interviews")
        >>> policy.title, len(policy.rules), policy.rule["tepid-offer"].then
        ('Should I cancel my other interviews?', 6, 'keep')
    """

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
        """Return the policy as JSON data in canonical form, in the language of policy files.

        `load` reads the data as an equal policy; `sha256` is the hash of it.

        Returns:
            JSON data. A rule without a test, as a row of a table may be, is given a test that every situation meets.

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
        """Return the policy as the text of a policy file.

        Returns:
            YAML that `load` reads as an equal policy. Comments and layout of the original file are not kept, and the
            rules of a table become a list.

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

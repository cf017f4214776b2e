"""Guarantees: what the proof of a policy has to establish, whatever its rules say."""

from __future__ import annotations

from typing import Literal, TypeAlias

from engine.frozen import frozen_value
from engine.language.model.condition_tree import All, Condition, Not
from engine.language.model.field_kinds import unnoted_place
from engine.problems import Place


@frozen_value
class Guarantee:
    """A promise about the verdict of each situation: where `when` holds, certain verdicts are never given.

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

    @property
    def critical(self) -> Condition:
        """The condition under which a forbidden verdict breaks the guarantee."""
        return self.when

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition that the guarantee states."""
        return (self.when,)

    @property
    def named(self) -> tuple[str, ...]:
        """The fields that the guarantee names beside its conditions."""
        return ()


@frozen_value
class Invariant:
    """A promise about the answers, facts and numbers of each situation: where `when` holds, `always` holds.

    Attributes:
        name: Name in findings and certificates.
        when: The condition; always true if the author gave none.
        always: What holds in every possible situation that meets `when`, whatever the verdict is.
        because: Why it must hold.
        place: Position in the source; ignored by `==`.

    Example:
        >>> from engine import load
        >>> data = load("parcel-prices").to_dict()
        >>> promise = {"guarantee": "no-stones", "always": {"weight": {"at_most": 60}}, "because": "The van is small."}
        >>> invariant = load(data | {"guarantees": [promise]}).guarantees[0]
        >>> invariant.name, invariant.always.parts[0].op
        ('no-stones', 'at_most')
    """

    name: str
    when: Condition
    always: Condition
    because: str
    place: Place = unnoted_place()

    @property
    def critical(self) -> Condition:
        """The condition under which a situation breaks the guarantee, whatever its verdict is."""
        return All((self.when, Not(self.always)))

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition that the guarantee states."""
        return self.when, self.always

    @property
    def named(self) -> tuple[str, ...]:
        """The fields that the guarantee names beside its conditions."""
        return ()


@frozen_value
class Indifference:
    """A promise about two situations: those that differ in some answers alone never get different verdicts.

    Attributes:
        name: Name in findings and certificates.
        when: The condition that holds in both situations; always true if the author gave none.
        ignores: Names of the fields that the two situations may answer differently.
        because: Why it must hold.
        place: Position in the source; ignored by `==`.

    Example:
        >>> from engine import load
        >>> data = load("parcel-prices").to_dict()
        >>> promise = {"guarantee": "one-price", "ignores": "zone", "because": "We deliver everywhere."}
        >>> load(data | {"guarantees": [promise]}).guarantees[0].ignores
        ('zone',)
    """

    name: str
    when: Condition
    ignores: tuple[str, ...]
    because: str
    place: Place = unnoted_place()

    @property
    def critical(self) -> Condition:
        """The condition that holds in both situations of every pair that the guarantee is about."""
        return self.when

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition that the guarantee states."""
        return (self.when,)

    @property
    def named(self) -> tuple[str, ...]:
        """The fields that the guarantee names beside its conditions."""
        return self.ignores

    @property
    def compared(self) -> tuple[str, ...]:
        """The fields that the two situations may answer differently."""
        return self.ignores


@frozen_value
class Monotonicity:
    """A promise about two situations: where some answers rise and all others stay, something never falls, or rises.

    Attributes:
        name: Name in findings and certificates.
        when: The condition that holds in both situations; always true if the author gave none.
        rising: Names of the fields of which none is lower in the second situation, and at least one is higher.
        number: Name of the derived number that never moves so; None if it is about a step or the verdict.
        step: Name of the step whose outcome never moves so; None if it is about a number or the verdict.
        never: How it never moves from the first situation to the second.
        because: Why it must hold.
        place: Position in the source; ignored by `==`.

    Example:
        >>> from engine import load
        >>> data = load("parcel-prices").to_dict() | {"verdicts_ordered": True}
        >>> promise = {"guarantee": "no-discount", "because": "Fuel is dear."}
        >>> promise |= {"rising": "weight", "never": {"verdict": "falls"}}
        >>> guarantee = load(data | {"guarantees": [promise]}).guarantees[0]
        >>> guarantee.rising, guarantee.never
        (('weight',), 'falls')
    """

    name: str
    when: Condition
    rising: tuple[str, ...]
    number: str | None
    step: str | None
    never: Literal["falls", "rises"]
    because: str
    place: Place = unnoted_place()

    @property
    def critical(self) -> Condition:
        """The condition that holds in both situations of every pair that the guarantee is about."""
        return self.when

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition that the guarantee states."""
        return (self.when,)

    @property
    def named(self) -> tuple[str, ...]:
        """The fields, and the number or step, that the guarantee names beside its conditions."""
        return self.rising if self.moving is None else (*self.rising, self.moving)

    @property
    def moving(self) -> str | None:
        """Name of the number or the step that never moves so; None if the verdict does not."""
        return self.number or self.step

    @property
    def compared(self) -> tuple[str, ...]:
        """The fields that the two situations may answer differently."""
        return self.rising


PairGuarantee: TypeAlias = Indifference | Monotonicity
AnyGuarantee: TypeAlias = Guarantee | Invariant | PairGuarantee

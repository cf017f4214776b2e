"""Verification of the leaves of a certificate: the outcome stated for each leaf, and the guarantees broken there.

A partial space is split until no open test is left in it. All of its situations then have the same outcome, and one of
them is evaluated by the definition of the language, with the rules that are still relevant.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.language.documents.text import shorten
from engine.language.model.asking.applicability import is_left_out
from engine.language.model.field_kinds import Value
from engine.language.model.policy import FIRST
from engine.language.model.values.computed_outputs import computed_in
from engine.language.model.values.value_texts import value_text
from engine.meaning.outcomes import CONFLICT, GAP, IMPOSSIBLE
from engine.meaning.reference import Situation
from engine.threads import cached_method
from engine.verification.branches import Branches
from engine.verification.certificates import EMPTY, CertificateTarget
from engine.verification.partial_spaces import PartialSpace, PartialSpaces
from engine.verification.position_ranges import Part
from engine.verification.residual_formulas import FAILED, NOTHING, Section

_MOST_SHOWN = 12
# An outcome: ("verdict", name), or ("", "gap"), ("", "conflict") or ("", "impossible"); a verdict may be called `gap`.
Got = tuple[str, str]


class Leaves:
    """Verifies the leaves of one certificate: records what it finds and raises `CertificateError` for what is wrong.

    `reached` holds the outcomes that some situation gets, `broken` the indices of the guarantees that some situation
    breaks, and `read` the number of situations evaluated by the definition.
    """

    def __init__(self, spaces: PartialSpaces, branches: Branches) -> None:
        self.spaces = spaces
        self.branches = branches
        self.policy = spaces.policy
        self.subjects = spaces.subjects
        self.reached: set[Got] = set()
        self.broken: set[int] = set()
        self.read = 0
        facts = spaces.residuals.facts
        self._of_steps = [(facts[fact], fact) for step in self.policy.steps for fact in step.rule_facts]
        self._facts: tuple[Part, ...] = ()
        self._ruled_out: list[str] = []

    def got(self, space: PartialSpace, target: CertificateTarget, number: int | None) -> Got:
        """Verify the stated outcome of a leaf below node `number` and return it.

        Raises:
            CertificateError: Some situation of the leaf has another outcome, or a leaf stated to be empty has
                situations.
            OutOfSteps: The budget is spent.
        """
        if target.outcome == EMPTY:
            self.branches.refuse("it is stated to be empty, but it has situations", number, self.shown(space))
        said = ("verdict", target.verdict) if target.verdict is not None else ("", target.outcome or "")
        self.spaces.budget.spend()
        for place in self.spaces.split(space._replace(guarantees=NOTHING), self.spaces.drop_irrelevant):
            values = self.subjects.situation(place.parts)
            self.read += 1
            got = self._read(place, values)
            if got != said:
                message = f"it certifies {_words(said)} for a situation that gets {_words(got)}"
                self.branches.refuse(message, number, self._example(values))
        self.reached.add(said)
        if space.guarantees:
            self._guarantees(space, target)
        return said

    def _read(self, space: PartialSpace, values: dict[str, Value]) -> Got:
        """Evaluate one situation by the definition, with the rules that are left in its partial space."""
        situation = self._situation(space, values)
        if any(situation.holds(each.when) for each in self.policy.impossible):
            return "", IMPOSSIBLE
        found = situation.outcome(self.policy.rules[at] for at in space.rules)
        return ("", found.kind) if found.verdict is None else ("verdict", found.verdict)

    def _situation(self, space: PartialSpace, values: dict[str, Value]) -> Situation:
        """Return a situation of a partial space; rules of steps that apply nowhere in the space are not evaluated."""
        facts = space.parts[len(self.subjects.all) :]
        if facts != self._facts:
            # Leaves of the same outcomes of steps come one after another.
            self._facts = facts
            self._ruled_out = [fact for place, fact in self._of_steps if space.parts[place] == FAILED]
        return Situation(self.policy, values, self._ruled_out)

    def _guarantees(self, space: PartialSpace, target: CertificateTarget) -> None:
        """Record the guarantees that some situation of a leaf breaks, by the definition."""
        for at, formula in space.guarantees.items():
            if at in self.spaces.lacking:
                if at not in self.broken and target.verdict is not None and self._lacks_output(at, space):
                    self.broken.add(at)
                continue
            forbidden = self.spaces.forbidden[at]
            is_always = at in self.spaces.always
            concerns = target.verdict in forbidden or target.outcome == CONFLICT or is_always
            if at in self.broken or target.outcome == IMPOSSIBLE or not concerns:
                continue
            # Where a verdict is given, no step is faulty.
            faults = NOTHING if target.verdict is not None else space.faults
            alone = space._replace(impossible=NOTHING, faults=faults, rules=NOTHING, guarantees=Section({at: formula}))
            if target.verdict is not None or is_always:
                if any(self._promised(at, place) for place in self._open(alone)):
                    self.broken.add(at)
                continue
            for rule in space.rules:
                if self.spaces.then[rule] in forbidden and self._stands(at, rule, alone, space):
                    self.broken.add(at)

    def _lacks_output(self, at: int, space: PartialSpace) -> bool:
        """Whether some situation of a leaf with a verdict gets an output from a number that has no value there."""
        number = self.spaces.lacking[at]
        own = Section({at: space.guarantees[at]})
        alone = space._replace(impossible=NOTHING, faults=NOTHING, rules=NOTHING, guarantees=own)
        return any(self._stands(at, rule, alone, space) for rule in space.rules if number in self._given_by(rule))

    @cached_method
    def _given_by(self, rule: int) -> frozenset[str]:
        """Return the numbers from which a rule works out outputs."""
        from engine.language.model.relations.rule_outputs import output_of

        return frozenset(each.number for _, each in computed_in(output_of(self.policy, self.policy.rules[rule])))

    def _open(self, space: PartialSpace) -> Iterator[PartialSpace]:
        """Split a partial space until no open test is left, without dropping conditions."""
        return self.spaces.split(space, lambda each: each)

    def _promised(self, guarantee: int, space: PartialSpace) -> bool:
        """Whether the critical condition of a guarantee holds in a partial space without open tests."""
        if guarantee not in space.guarantees:
            return False
        values = self.subjects.situation(space.parts)
        self.read += 1
        situation = self._situation(space, values)
        return situation.fault is None and situation.holds(self.spaces.critical[guarantee])

    def _stands(self, guarantee: int, rule: int, alone: PartialSpace, space: PartialSpace) -> bool:
        """Whether a rule stands in some situation of a partial space to which a guarantee applies.

        Only the rule itself and the rules that override it, or come before it under `first`, are evaluated.
        """
        stronger = range(rule) if self.policy.decision == FIRST else self.spaces.overriders[rule]
        near = Section((at, each) for at, each in space.rules.items() if at == rule or at in stronger)
        name = self.policy.rules[rule].name
        for place in self._open(alone._replace(rules=near)):
            if rule in place.rules and self._promised(guarantee, place):
                situation = self._situation(place, self.subjects.situation(place.parts))
                if name in situation.outcome(self.policy.rules[at] for at in place.rules).stands:
                    return True
        return False

    def shown(self, space: PartialSpace) -> str:
        """Describe one situation of a partial space, for an error message."""
        return self._example(self.subjects.situation(space.parts))

    def _example(self, values: dict[str, Value]) -> str:
        fields = self.policy.field
        answers = [
            f"{name}: {shorten(value_text(fields[name], each))}"
            for name, each in values.items()
            if not is_left_out(fields[name], each)
        ]
        more = ", …" if len(answers) > _MOST_SHOWN else ""
        return f"for example: {', '.join(answers[:_MOST_SHOWN])}{more}"


def _words(got: Got) -> str:
    kind, name = got
    endings = {GAP: "no verdict", CONFLICT: "a conflict", IMPOSSIBLE: "no verdict (impossible)"}
    return f"the verdict `{name}`" if kind else endings[name]

"""Notes on overlaps: under `first`, where a later rule would give another verdict than the rule that decides.

Overlaps are what an order of rules is for, and no error; readers of a list whose rows contradict each other may want to
know them.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.analysis.proving.findings import Finding
from engine.analysis.proving.proof_session import ProofSession
from engine.budget import OutOfSteps
from engine.language.model.policy import FIRST, Policy
from engine.language.model.words import number_words
from engine.meaning import reference
from engine.meaning.spaces.areas import bits

# Rules that get a note each; more are only counted.
MOST_TOLD = 20


def find_overlaps(policy: Policy, steps: int) -> tuple[Finding, ...]:
    """Return a note for each rule that would give another verdict where an earlier one decides; only under `first`.

    Args:
        policy: The policy; it need not be sound.
        steps: The step limit; a note says what could not be determined within it.

    Returns:
        The notes in file order, none for the last rule if it is `otherwise`, which is meant to be passed over.
    """
    if policy.decision != FIRST:
        return ()
    with policy.lock:
        return tuple(_overlaps(ProofSession(policy, steps)))


def _overlaps(session: ProofSession) -> Iterator[Finding]:
    """Iterate over the notes; ends early if the steps run out."""
    told = more = 0
    for place, rule in enumerate(session.policy.rules):
        if rule.otherwise:
            continue
        try:
            earlier = _deciding_otherwise(session, place)
            if earlier and told < MOST_TOLD:
                yield _note(session, place, earlier)
                told += 1
            else:
                more += bool(earlier)
        except OutOfSteps:
            yield session.out_of_steps("overlap", f"where rules before `{rule.name}` and after say otherwise")
            return
    if more:
        message = f"and {more:,} more rules would say otherwise where an earlier one decides"
        yield Finding("overlap", message, (), (session.policy.place,))


def _deciding_otherwise(session: ProofSession, place: int) -> list[int]:
    """Return the earlier rules that give something else and decide somewhere where a rule applies."""
    logic = session.logic
    before = bits(logic.neighbours(place) & ((1 << place) - 1))
    return [each for each in before if logic.given[each] != logic.given[place]
            and session.exists(logic.query([logic.applies[place], logic.stands(each)]))]  # fmt: skip


def _note(session: ProofSession, place: int, earlier: list[int]) -> Finding:
    """Return the note for a rule, given the earlier rules that decide otherwise."""
    logic, policy = session.logic, session.policy
    rule = policy.rules[place]
    counts = [session.count(logic.query([logic.applies[place], logic.stands(each)])) for each in earlier]
    whole = None if None in counts else sum(count or 0 for count in counts)
    query = logic.query([logic.applies[place]], (), [logic.stands(each) for each in earlier])

    def shows(values: object) -> bool:
        given = reference.outcome(policy, values)  # type: ignore[arg-type]
        return rule.name in given.applies and logic.given[logic.place[given.stands[0]]] != logic.given[place]

    shown = session.example(query, shows)
    named = ", ".join(f"`{policy.rules[each].name}` ({number_words(count)})"
                      for each, count in zip(earlier, counts, strict=True))  # fmt: skip
    many = "some situations" if whole is None else f"{whole:,} situation{'s' * (whole != 1)}"
    message = f"in {many} an earlier rule decides, and `{rule.name}` would say otherwise: {named}"
    return Finding(
        "overlap",
        message,
        rules=(rule.name, *(policy.rules[each].name for each in earlier)),
        places=(rule.place, *(policy.rules[each].place for each in earlier)),
        situations=whole,
        **session.shown_by(shown, [rule.when, *(policy.rules[each].when for each in earlier)]),
    )

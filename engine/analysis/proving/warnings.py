"""The warnings of a proof: rules, overrides and tests without effect, idle verdicts, and missing citations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from engine.analysis.proving.findings import Finding
from engine.analysis.proving.idle import idle_questions
from engine.analysis.proving.proof_session import ProofSession
from engine.budget import OutOfSteps
from engine.language.model.condition_tree import SAME_ORDER, All, Compare, Condition, Not, Some
from engine.language.model.policy import FIRST, Policy
from engine.language.model.policy_parts import GIVEN_BY_RULES, Override, OverrideAll, Rule
from engine.language.model.words import condition_phrase
from engine.meaning.changes import change_of, change_without
from engine.meaning.formulas import Ground
from engine.meaning.logic import Logic
from engine.meaning.queries import Query
from engine.meaning.spaces.areas import bits
from engine.progress import tell_observer

# With at most so many rules, each is tried whether it is needed to hide another.
_MOST_TRIED = 12


def find_warnings(session: ProofSession) -> Iterator[Finding]:
    """Iterate over every warning about rules, overrides, tests, answers and verdicts without effect."""
    session.reset_budget()
    dead: set[str] = set()
    redundant: set[str] = set()
    by_code = {"dead-rule": dead, "redundant-rule": redundant}
    questions = [*_questions(session)]
    if not session.step:
        # Whether an answer makes a difference is a question about the verdict.
        questions += idle_questions(session, dead, redundant)
    for place, (what, found) in enumerate(questions):
        tell_observer(what)
        try:
            for finding in found:
                yield finding
                if finding.code in by_code:
                    by_code[finding.code].add(finding.rules[0])
        except OutOfSteps:
            more = len(questions) - place - 1
            further = f", nor answer {more:,} more questions about rules and tests" if more else ""
            yield session.out_of_steps("not-checked", what + further)
            return
    yield from _verdicts(session, dead)


def _verdicts(session: ProofSession, dead: set[str]) -> Iterator[Finding]:
    """Iterate over the verdicts that only rules which never decide give."""
    policy = session.policy
    giving: dict[str, list[Rule]] = {}
    for rule in policy.rules:
        giving.setdefault(rule.then, []).append(rule)
    for verdict in policy.verdicts:
        rules = giving.get(verdict.name, [])
        if rules and all(rule.name in dead for rule in rules):
            what = f"nobody ever gets the verdict `{verdict.name}`"
            if session.decided:
                word = "value" if session.decided.is_number else "outcome"
                what = f"{session.decided.called} never has the {word} `{verdict.name}`"
            message = f"{what}: no rule that gives it ever decides"
            help_ = "correct the rules that give it, or take it out with them"
            places = (verdict.place, *(rule.place for rule in rules))
            yield Finding("idle-verdict", message, tuple(rule.name for rule in rules), places, help_, 0)


def _questions(session: ProofSession) -> Iterator[tuple[str, Iterator[Finding]]]:
    """Iterate over queries: what is asked, in words, and its findings, to be computed lazily."""
    for rule in session.policy.rules:
        yield f"whether the rule `{rule.name}` is needed", _rule(session, rule)
        for override in rule.overrides:
            yield f"whether `{rule.name}` has to override `{override.rule}`", _override(session, rule, override)
        if rule.overrides_all:
            yield f"whether `{rule.name}` has to override all others", _override_all(session, rule, rule.overrides_all)
    for owner, rules, condition, anywhere in _conditions(session):
        yield f"whether every test in {owner} makes a difference", _tests(session, condition, rules, anywhere)


def find_rule_warnings(session: ProofSession, rule: Rule) -> Iterator[Finding]:
    """Iterate over every warning about one rule, its overrides and its tests; raises `OutOfSteps`."""
    yield from _rule(session, rule)
    for override in rule.overrides:
        yield from _override(session, rule, override)
    if rule.overrides_all:
        yield from _override_all(session, rule, rule.overrides_all)
    yield from _tests(session, rule.when, (rule.name,), anywhere=False)


def find_idle_tests(session: ProofSession) -> Iterator[Finding]:
    """Iterate over warnings about tests that no or every possible situation meets; raises `OutOfSteps`."""
    for _, rules, condition, anywhere in _conditions(session):
        yield from _tests(session, condition, rules, anywhere)


def find_uncited(policy: Policy) -> Iterator[Finding]:
    """Iterate over warnings for passages that nothing cites, and rules that neither cite nor are marked as added."""
    if policy.source is None:
        return
    rules = [*(rule for step in policy.steps for rule in step.rules), *policy.rules]
    cited = {
        passage
        for section in (policy.constants, policy.facts, policy.verdicts, rules)
        for each in section
        for passage in each.cites
    }
    for passage in policy.source.passages:
        if passage.name not in cited and not passage.background:
            message = f"nothing cites the passage `{passage.name}`: {passage.says}"
            help_ = "cite it where it is followed, or mark it `background: yes`"
            yield Finding("uncited-passage", message, (), (passage.place,), help_)
    named = [(f"{step.name}/{rule.name}", rule) for step in policy.steps for rule in step.rules]
    for name, rule in [*named, *((rule.name, rule) for rule in policy.rules)]:
        # A rule in another file goes by the source of that file.
        is_own = rule.place.file not in policy.memo.libraries
        if is_own and not rule.cites and rule.added is None:
            message = f"the rule `{name}` neither cites a passage nor says why it was added"
            help_ = "write `cites: [PASSAGE]`, or `added: why it is here`"
            yield Finding("uncited-rule", message, (name,), (rule.place,), help_)


def _rule(session: ProofSession, rule: Rule) -> Iterator[Finding]:
    """Iterate over the finding for a rule that never decides, or that can be removed without effect."""
    logic = session.logic
    place = logic.place[rule.name]
    found = session.witness(place)
    if found.matters:
        return
    if not found.stands and not session.exists(logic.standing(place)):
        yield _dead(session, rule)
    elif not _changes_something(session, place):
        message = f"leaving out `{rule.name}` changes nothing: the other rules decide the same without it"
        help_ = "remove it; where several rules are redundant, remove one and check again"
        yield Finding("redundant-rule", message, (rule.name,), (rule.place,), help_)


def _changes_something(session: ProofSession, rule: int) -> bool:
    """Whether some possible situation has another outcome without the rule; all conflicts count as one outcome."""
    logic, policy = session.logic, session.policy
    own = policy.rules[rule]
    if own.name in policy.above_all and not own.overrides_all:
        # Without the rule, the one that overrides all others may override more of them.
        return session.exists(
            change_of(logic, Logic(_without(policy, own), Ground(logic.areas, logic.formulas), logic))
        )
    rest = own if logic.rest is None else policy.rules[logic.rest]
    is_new = rest is own or logic.given[logic.place[rest.name]] != logic.given[rule]
    if policy.decision != FIRST and is_new and rule not in logic.stronger(rule):
        # A shortcut for most rules: where no other rule applies, removing it leaves a gap, or the verdict of the rest.
        others = [logic.applies[each] for each in bits(logic.neighbours(rule))]
        if session.exists(logic.query([logic.applies[rule]], others)):
            return True
    return session.exists(change_without(logic, rule))


def _without(policy: Policy, left_out: Rule) -> Policy:
    """Return the policy without a rule, and without the overrides of it."""
    rules = (rule for rule in policy.rules if rule is not left_out)
    kept = (
        replace(rule, overrides=tuple(each for each in rule.overrides if each.rule != left_out.name)) for rule in rules
    )
    return replace(policy, rules=tuple(kept))


def _dead(session: ProofSession, rule: Rule) -> Finding:
    """Return the finding for a rule that never decides, with the reason."""
    logic, policy = session.logic, session.policy
    place = logic.place[rule.name]
    applies = logic.applies[place]
    others = [each for each in rule.overrides if each.rule != rule.name]
    still = [f"`{each.rule}`" for each in others if session.exists(_freed(session, rule, each))]
    if rule.overrides_all and _matters(session, replace(rule, overrides_all=None)):
        still.append("all others")
    if not session.exists(logic.query([applies])):
        message = f"`{rule.name}` never decides: its `when` holds in no possible situation{session.where_decided}"
        return Finding("dead-rule", message, (rule.name,), (rule.place,), "correct its `when`, or remove it", 0)
    if rule.otherwise:
        every = f"in every possible situation{session.where_decided}"
        message = f"`{rule.name}` never decides: {every} another rule applies"
        help_ = "take it out, or correct the rules that leave nothing to it"
        return Finding("dead-rule", message, (rule.name,), (rule.place,), help_, 0)
    stronger = [policy.rules[each] for each in _hiding(session, place)]
    names = ", ".join(f"`{each.name}`" for each in stronger)
    how = f"an earlier rule decides ({names})" if policy.decision == FIRST else f"another rule overrides it ({names})"
    message = f"`{rule.name}` never decides: wherever it applies, {how if stronger else 'it overrides itself'}"
    if still:
        message += f"; it still overrides {', '.join(still)}"
    help_ = "narrow the stronger rules, or remove this one"
    places = (rule.place, *(each.place for each in stronger))
    return Finding("dead-rule", message, (rule.name, *(each.name for each in stronger)), places, help_, 0)


def _hiding(session: ProofSession, rule: int) -> list[int]:
    """Return rules that together keep a dead rule from standing; if they are few, none can be left out."""
    logic = session.logic
    stronger = [each for each in logic.stronger(rule) if each != rule]
    hiding = session.hiding(rule, stronger)
    if len(hiding) > _MOST_TRIED:
        return hiding
    for each in reversed(hiding):
        others = [logic.applies[other] for other in hiding if other != each]
        if not session.exists(logic.query([logic.applies[rule]], others)):
            hiding.remove(each)
    return hiding


def _freed(session: ProofSession, rule: Rule, override: Override) -> Query:
    """Return the query for situations in which only this override keeps the other rule from standing."""
    logic = session.logic
    one, other = logic.place[rule.name], logic.place[override.rule]
    others = [logic.applies[each] for each in logic.stronger(other) if each != one]
    return logic.query([logic.applies[one], logic.applies[other]], others)


def _override(session: ProofSession, rule: Rule, override: Override) -> Iterator[Finding]:
    """Iterate over the finding for an override without effect."""
    is_said_twice = rule.overrides_all is not None and override.rule not in session.policy.above_all
    if not is_said_twice and session.exists(_freed(session, rule, override)):
        return
    without = replace(rule, overrides=tuple(each for each in rule.overrides if each != override))
    if override.rule in session.policy.above_all and _matters(session, without):
        # Without the override, the rule that overrides all others would override more of them.
        return
    logic = session.logic
    both = [logic.applies[logic.place[name]] for name in (rule.name, override.rule)]
    if is_said_twice:
        reason = f"`{rule.name}` overrides all others"
    elif session.exists(logic.query(both)):
        reason = f"wherever both apply, another rule overrides `{override.rule}` too"
    else:
        reason = "the two never apply together"
    message = f"that `{rule.name}` overrides `{override.rule}` makes no difference: {reason}"
    places = (override.place, session.policy.rule[override.rule].place)
    yield Finding("useless-override", message, (rule.name, override.rule), places, "take the override out")


def _override_all(session: ProofSession, rule: Rule, override: OverrideAll) -> Iterator[Finding]:
    """Iterate over the finding for an override of `all` without effect."""
    if not _matters(session, replace(rule, overrides_all=None)):
        message = f"that `{rule.name}` overrides all others makes no difference: it never keeps one from deciding"
        yield Finding("useless-override", message, (rule.name,), (override.place,), "take the override out")


def _matters(session: ProofSession, edited: Rule) -> bool:
    """Whether other rules would stand in some possible situation if a rule had other overrides."""
    policy, logic = session.policy, session.logic
    rules = tuple(edited if rule.name == edited.name else rule for rule in policy.rules)
    before, after = policy.overriders, replace(policy, rules=rules).overriders

    def freed(rule: str, held: Sequence[str], others: Sequence[str]) -> bool:
        """Whether a rule is kept from standing by some of `held`, and by none of `others`, in a possible situation."""
        near = logic.neighbours(logic.place[rule])
        more = [name for name in held if name not in others and (name == rule or near >> logic.place[name] & 1)]
        applies = [logic.applies[logic.place[name]] for name in more]
        against = [logic.applies[logic.place[name]] for name in others]
        return bool(more) and session.exists(logic.query([logic.applies[logic.place[rule]]], against, applies))

    return any(
        freed(name, before[name], after[name]) or freed(name, after[name], before[name])
        for name in policy.rule
        if before[name] != after[name]
    )


def _conditions(session: ProofSession) -> Iterator[tuple[str, tuple[str, ...], Condition, bool]]:
    """Iterate over every `when`: its owner, its rules, the condition, and whether impossible situations count."""
    policy = session.policy
    for rule in policy.rules if session.step else ():
        yield f"the rule `{rule.name}`", (rule.name,), rule.when, False
    if session.step:
        # What is not of the step is examined with the policy.
        return
    for each in policy.numbers:
        # Whether rules give an amount anywhere is said of the rules.
        for entry in each.entries if each.kind not in GIVEN_BY_RULES else ():
            yield f"the number `{each.name}`", (), entry.when, False
    for fact in policy.facts:
        yield f"the fact `{fact.name}`", (), fact.when, False
    for field in policy.fields:
        if field.applies_when is not None:
            yield f"the `applies_when` of `{field.name}`", (), field.applies_when, False
    for number, impossible in enumerate(policy.impossible, start=1):
        if impossible.implied_by:
            continue
        # Impossible combinations hold in no possible situation, so their tests are examined over all situations.
        yield f"the impossible combination {number}", (), impossible.when, True
    for rule in policy.rules:
        yield f"the rule `{rule.name}`", (rule.name,), rule.when, False
    for guarantee in policy.guarantees:
        yield f"the guarantee `{guarantee.name}`", (), guarantee.when, False


def _tests(session: ProofSession, condition: Condition, rules: tuple[str, ...], anywhere: bool) -> Iterator[Finding]:
    """Iterate over the outermost tests of a condition, at any depth, that no or every possible situation meets."""
    logic = session.logic
    waiting = _entries(condition)
    while waiting:
        entry = waiting.pop(0)
        formula = logic.condition(entry)
        if not session.may_hold(formula, anywhere):
            message = f"no possible situation{session.where_decided} meets this test: {_words(session, entry)}"
            help_ = "correct the test, or take it out"
            yield Finding("impossible-test", message, rules, (entry.place,), help_, 0)
        elif not session.may_hold(logic.formulas.negation[formula], anywhere):
            message = f"every possible situation{session.where_decided} meets this test: {_words(session, entry)}"
            help_ = "take it out, or correct it"
            yield Finding("always-true-test", message, rules, (entry.place,), help_)
        else:
            waiting = [part for part in _entries(entry) if not _closes_band(session.policy, entry, part)] + waiting


def _words(session: ProofSession, entry: Condition) -> str:
    return condition_phrase(session.policy, entry)


def _closes_band(policy: Policy, entry: Condition, part: Condition) -> bool:
    """Whether a comparison only repeats the end of its field's range, beside the other end of a band.

    Writing both ends of every band, `{at_least: 66, at_most: 120}`, is good style even for the outermost ones. By
    itself, or at the other end of the range, such a comparison is pointless.
    """
    if not isinstance(part, Compare) or not isinstance(entry, All) or len(entry.parts) < 2:
        return False
    if not all(isinstance(each, Compare) and each.name == part.name for each in entry.parts):
        return False
    field = policy.field.get(part.name)
    ends = {} if field is None else {"at_least": field.low, "at_most": field.high}
    return part.value is not None and part.value == ends.get(SAME_ORDER.get(part.op, part.op))


def _entries(condition: Condition) -> list[Condition]:
    """Return the parts of a condition one level down; facts are examined where they are defined."""
    if isinstance(condition, Some) and condition.written is not None:
        return []
    if isinstance(condition, All | Some):
        return list(condition.parts)
    return [condition.part] if isinstance(condition, Not) else []

"""The warnings of a proof: rules, overrides and tests without effect, idle verdicts, and missing citations."""

from __future__ import annotations

from collections.abc import Iterator

from engine.analysis.proving.findings import Finding
from engine.analysis.proving.idle import idle_questions
from engine.analysis.proving.proof_session import Inquiry
from engine.budget import OutOfSteps
from engine.language.model.condition_tree import SAME_ORDER, All, Compare, Condition, Not, Some
from engine.language.model.policy import FIRST, Override, Policy, Rule
from engine.language.model.words import condition_phrase
from engine.meaning.queries import Question
from engine.meaning.spaces.areas import bits
from engine.progress import tell_observer

# With at most so many rules, each is tried whether it is needed to hide another.
_MOST_TRIED = 12


def find_warnings(inquiry: Inquiry) -> Iterator[Finding]:
    """Iterate over every warning about rules, overrides, tests, answers and verdicts without effect."""
    inquiry.reset_budget()
    dead: set[str] = set()
    redundant: set[str] = set()
    by_code = {"dead-rule": dead, "redundant-rule": redundant}
    questions = [*_questions(inquiry), *idle_questions(inquiry, dead, redundant)]
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
            yield inquiry.out_of_steps("not-checked", what + further)
            return
    yield from _verdicts(inquiry.policy, dead)


def _verdicts(policy: Policy, dead: set[str]) -> Iterator[Finding]:
    """Iterate over the verdicts that only rules which never decide give."""
    giving: dict[str, list[Rule]] = {}
    for rule in policy.rules:
        giving.setdefault(rule.then, []).append(rule)
    for verdict in policy.verdicts:
        rules = giving.get(verdict.name, [])
        if rules and all(rule.name in dead for rule in rules):
            message = f"nobody ever gets the verdict `{verdict.name}`: no rule that gives it ever decides"
            help_ = "correct the rules that give it, or take it out with them"
            places = (verdict.place, *(rule.place for rule in rules))
            yield Finding("idle-verdict", message, tuple(rule.name for rule in rules), places, help_, 0)


def _questions(inquiry: Inquiry) -> Iterator[tuple[str, Iterator[Finding]]]:
    """Iterate over queries: what is asked, in words, and its findings, to be computed lazily."""
    for rule in inquiry.policy.rules:
        yield f"whether the rule `{rule.name}` is needed", _rule(inquiry, rule)
        for override in rule.overrides:
            yield f"whether `{rule.name}` has to override `{override.rule}`", _override(inquiry, rule, override)
    for owner, rules, condition, anywhere in _conditions(inquiry):
        yield f"whether every test in {owner} makes a difference", _tests(inquiry, condition, rules, anywhere)


def find_rule_warnings(inquiry: Inquiry, rule: Rule) -> Iterator[Finding]:
    """Iterate over every warning about one rule, its overrides and its tests; raises `OutOfSteps`."""
    yield from _rule(inquiry, rule)
    for override in rule.overrides:
        yield from _override(inquiry, rule, override)
    yield from _tests(inquiry, rule.when, (rule.name,), anywhere=False)


def find_uncited(policy: Policy) -> Iterator[Finding]:
    """Iterate over warnings for passages that nothing cites, and rules that neither cite nor are marked as added."""
    if policy.source is None:
        return
    cited = {
        passage
        for section in (policy.facts, policy.verdicts, policy.rules)
        for each in section
        for passage in each.cites
    }
    for passage in policy.source.passages:
        if passage.name not in cited and not passage.background:
            message = f"nothing cites the passage `{passage.name}`: {passage.says}"
            help_ = "cite it where it is followed, or mark it `background: yes`"
            yield Finding("uncited-passage", message, (), (passage.place,), help_)
    for rule in policy.rules:
        if not rule.cites and rule.added is None:
            message = f"the rule `{rule.name}` neither cites a passage nor says why it was added"
            help_ = "write `cites: [PASSAGE]`, or `added: why it is here`"
            yield Finding("uncited-rule", message, (rule.name,), (rule.place,), help_)


def _rule(inquiry: Inquiry, rule: Rule) -> Iterator[Finding]:
    """Iterate over the finding for a rule that never decides, or that can be removed without effect."""
    logic = inquiry.logic
    place = logic.place[rule.name]
    found = inquiry.witness(place)
    if found.matters:
        return
    if not found.stands and not inquiry.exists(logic.standing(place)):
        yield _dead(inquiry, rule)
    elif not _changes_something(inquiry, place):
        message = f"leaving out `{rule.name}` changes nothing: the other rules decide the same without it"
        help_ = "remove it; where several rules are redundant, remove one and check again"
        yield Finding("redundant-rule", message, (rule.name,), (rule.place,), help_)


def _changes_something(inquiry: Inquiry, rule: int) -> bool:
    """Whether some possible situation has another outcome without the rule; all conflicts count as one outcome."""
    logic = inquiry.logic
    # A shortcut for most rules: where no other rule applies, removing it leaves a gap.
    others = [logic.applies[each] for each in bits(logic.neighbours(rule))]
    if rule not in logic.stronger(rule) and inquiry.exists(logic.question([logic.applies[rule]], others)):
        return True
    return inquiry.exists(logic.changed_without(rule))


def _dead(inquiry: Inquiry, rule: Rule) -> Finding:
    """Return the finding for a rule that never decides, with the reason."""
    logic, policy = inquiry.logic, inquiry.policy
    place = logic.place[rule.name]
    applies = logic.applies[place]
    others = [each for each in rule.overrides if each.rule != rule.name]
    still = [each.rule for each in others if inquiry.exists(_freed(inquiry, rule, each))]
    if not inquiry.exists(logic.question([applies])):
        message = f"`{rule.name}` never decides: its `when` holds in no possible situation"
        return Finding("dead-rule", message, (rule.name,), (rule.place,), "correct its `when`, or remove it", 0)
    stronger = [policy.rules[each] for each in _hiding(inquiry, place)]
    names = ", ".join(f"`{each.name}`" for each in stronger)
    how = f"an earlier rule decides ({names})" if policy.decision == FIRST else f"another rule overrides it ({names})"
    message = f"`{rule.name}` never decides: wherever it applies, {how if stronger else 'it overrides itself'}"
    if still:
        message += f"; it still overrides {', '.join(f'`{name}`' for name in still)}"
    help_ = "narrow the stronger rules, or remove this one"
    places = (rule.place, *(each.place for each in stronger))
    return Finding("dead-rule", message, (rule.name, *(each.name for each in stronger)), places, help_, 0)


def _hiding(inquiry: Inquiry, rule: int) -> list[int]:
    """Return rules that together keep a dead rule from standing; if they are few, none can be left out."""
    logic = inquiry.logic
    stronger = [each for each in logic.stronger(rule) if each != rule]
    hiding = inquiry.hiding(rule, stronger)
    if len(hiding) > _MOST_TRIED:
        return hiding
    for each in reversed(hiding):
        others = [logic.applies[other] for other in hiding if other != each]
        if not inquiry.exists(logic.question([logic.applies[rule]], others)):
            hiding.remove(each)
    return hiding


def _freed(inquiry: Inquiry, rule: Rule, override: Override) -> Question:
    """Return the query for situations in which only this override keeps the other rule from standing."""
    logic = inquiry.logic
    one, other = logic.place[rule.name], logic.place[override.rule]
    others = [logic.applies[each] for each in logic.stronger(other) if each != one]
    return logic.question([logic.applies[one], logic.applies[other]], others)


def _override(inquiry: Inquiry, rule: Rule, override: Override) -> Iterator[Finding]:
    """Iterate over the finding for an override without effect."""
    if inquiry.exists(_freed(inquiry, rule, override)):
        return
    logic = inquiry.logic
    both = [logic.applies[logic.place[name]] for name in (rule.name, override.rule)]
    if inquiry.exists(logic.question(both)):
        reason = f"wherever both apply, another rule overrides `{override.rule}` too"
    else:
        reason = "the two never apply together"
    message = f"that `{rule.name}` overrides `{override.rule}` makes no difference: {reason}"
    places = (override.place, inquiry.policy.rule[override.rule].place)
    yield Finding("useless-override", message, (rule.name, override.rule), places, "take the override out")


def _conditions(inquiry: Inquiry) -> Iterator[tuple[str, tuple[str, ...], Condition, bool]]:
    """Iterate over every `when`: its owner, its rules, the condition, and whether impossible situations count."""
    policy = inquiry.policy
    for fact in policy.facts:
        yield f"the fact `{fact.name}`", (), fact.when, False
    for number, impossible in enumerate(policy.impossible, start=1):
        # Impossible combinations hold in no possible situation, so their tests are examined over all situations.
        yield f"the impossible combination {number}", (), impossible.when, True
    for rule in policy.rules:
        yield f"the rule `{rule.name}`", (rule.name,), rule.when, False
    for guarantee in policy.guarantees:
        yield f"the guarantee `{guarantee.name}`", (), guarantee.when, False


def _tests(inquiry: Inquiry, condition: Condition, rules: tuple[str, ...], anywhere: bool) -> Iterator[Finding]:
    """Iterate over the outermost tests of a condition, at any depth, that no or every possible situation meets."""
    logic = inquiry.logic
    waiting = _entries(condition)
    while waiting:
        entry = waiting.pop(0)
        formula = logic.condition(entry)
        if not inquiry.may_hold(formula, anywhere):
            message = f"no possible situation meets this test: {_words(inquiry, entry)}"
            yield Finding("impossible-test", message, rules, (entry.place,), "correct the test, or take it out", 0)
        elif not inquiry.may_hold(logic.formulas.negation[formula], anywhere):
            message = f"every possible situation meets this test: {_words(inquiry, entry)}"
            yield Finding("always-true-test", message, rules, (entry.place,), "take it out, or correct it")
        else:
            waiting = [part for part in _entries(entry) if not _closes_band(inquiry.policy, entry, part)] + waiting


def _words(inquiry: Inquiry, entry: Condition) -> str:
    return condition_phrase(inquiry.policy, entry)


def _closes_band(policy: Policy, entry: Condition, part: Condition) -> bool:
    """Whether a comparison only repeats the end of its field's range, beside the other end of a band.

    Writing both ends of every band, `{at_least: 66, at_most: 120}`, is good style even for the outermost ones. By
    itself,
    or at the other end of the range, such a comparison is pointless.
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
    if isinstance(condition, All | Some):
        return list(condition.parts)
    return [condition.part] if isinstance(condition, Not) else []

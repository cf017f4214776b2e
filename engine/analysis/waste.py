"""What in a policy makes no difference? Rules, overrides and tests without effect, and what nothing cites."""

from __future__ import annotations

from collections.abc import Iterator

from engine.analysis.findings import Finding
from engine.analysis.inquiry import Inquiry
from engine.language.policy import FIRST, All, Condition, Not, Override, Policy, Rule, Some
from engine.language.words import condition_words
from engine.meaning.budget import OutOfSteps
from engine.meaning.formulas import TRUE


def find_waste(inquiry: Inquiry) -> Iterator[Finding]:
    """Every warning about rules, overrides and tests that change nothing."""
    inquiry.begin_anew()
    questions = list(_questions(inquiry))
    for place, (what, found) in enumerate(questions):
        try:
            yield from found
        except OutOfSteps:
            more = len(questions) - place - 1
            further = f", nor {more:,} more questions about rules and tests" if more else ""
            yield inquiry.out_of_steps("not-checked", what + further)
            return


def _questions(inquiry: Inquiry) -> Iterator[tuple[str, Iterator[Finding]]]:
    """What is asked, in words, and the findings of each question, found when they are first looked at."""
    for rule in inquiry.policy.rules:
        yield f"whether the rule `{rule.name}` is needed", _rule(inquiry, rule)
        for override in rule.overrides:
            yield f"whether `{rule.name}` has to override `{override.rule}`", _override(inquiry, rule, override)
    for owner, rules, condition, within in _conditions(inquiry):
        yield f"whether every test in {owner} makes a difference", _tests(inquiry, condition, rules, within)


def find_uncited(policy: Policy) -> Iterator[Finding]:
    """Passages that nothing cites, and rules that neither cite nor are marked as added."""
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
            message = f"the rule `{rule.name}` neither cites a passage nor says that it is ours"
            help_ = "write `cites: [PASSAGE]`, or `added: why it is here`"
            yield Finding("uncited-rule", message, (rule.name,), (rule.place,), help_)


def _rule(inquiry: Inquiry, rule: Rule) -> Iterator[Finding]:
    if not inquiry.exists(inquiry.stands[rule.name]):
        yield _dead(inquiry, rule)
    elif not _changes_something(inquiry, rule):
        message = f"leaving out `{rule.name}` changes nothing: the other rules decide the same without it"
        help_ = "remove it; where several rules are redundant, remove one and check again"
        yield Finding("redundant-rule", message, (rule.name,), (rule.place,), help_)


def _changes_something(inquiry: Inquiry, rule: Rule) -> bool:
    """Whether some possible situation has another outcome without the rule; one conflict is as good as another."""
    logic, formulas = inquiry.logic, inquiry.logic.formulas
    others = logic.none_of(formula for name, formula in logic.applies.items() if name != rule.name)
    # The quick way out for most rules: where nothing else applies, leaving it out leaves a gap.
    if rule.name not in inquiry.policy.overriders[rule.name] and inquiry.exists(
        formulas.conjunction([logic.applies[rule.name], others])
    ):
        return True
    left = logic.stands(without=rule.name)
    given, without = inquiry.given, logic.given(left)
    before, after = logic.decided(given), logic.decided(without)
    same = [formulas.conjunction([before[verdict], after[verdict]]) for verdict in before]
    same.append(formulas.conjunction([logic.gap(inquiry.stands), logic.gap(left)]))
    same.append(formulas.conjunction([logic.conflict(inquiry.stands, given), logic.conflict(left, without)]))
    return inquiry.exists(formulas.conjunction([logic.applies[rule.name], logic.none_of(same)]))


def _dead(inquiry: Inquiry, rule: Rule) -> Finding:
    logic, policy = inquiry.logic, inquiry.policy
    applies = logic.applies[rule.name]
    others = [each for each in rule.overrides if each.rule != rule.name]
    still = [each.rule for each in others if inquiry.exists(_freed(inquiry, rule, each))]
    if not inquiry.exists(applies):
        message = f"`{rule.name}` never decides: its `when` holds in no possible situation"
        return Finding("dead-rule", message, (rule.name,), (rule.place,), "correct its `when`, or remove it", 0)
    if policy.decision == FIRST:
        earlier = policy.rules[: policy.rules.index(rule)]
    else:
        earlier = tuple(policy.rule[name] for name in policy.overriders[rule.name] if name != rule.name)
    stronger = [
        each for each in earlier if inquiry.exists(logic.formulas.conjunction([applies, logic.applies[each.name]]))
    ]
    names = ", ".join(f"`{each.name}`" for each in stronger)
    how = f"an earlier rule decides ({names})" if policy.decision == FIRST else f"another rule overrides it ({names})"
    message = f"`{rule.name}` never decides: wherever it applies, {how if stronger else 'it overrides itself'}"
    if still:
        message += f"; it still overrides {', '.join(f'`{name}`' for name in still)}"
    help_ = "narrow the stronger rules, or remove this one"
    places = (rule.place, *(each.place for each in stronger))
    return Finding("dead-rule", message, (rule.name, *(each.name for each in stronger)), places, help_, 0)


def _freed(inquiry: Inquiry, rule: Rule, override: Override) -> int:
    """The situations in which only this override keeps the other rule from standing."""
    logic = inquiry.logic
    others = [logic.applies[name] for name in inquiry.policy.overriders[override.rule] if name != rule.name]
    return logic.formulas.conjunction([logic.applies[rule.name], logic.applies[override.rule], logic.none_of(others)])


def _override(inquiry: Inquiry, rule: Rule, override: Override) -> Iterator[Finding]:
    if inquiry.exists(_freed(inquiry, rule, override)):
        return
    logic = inquiry.logic
    both = logic.formulas.conjunction([logic.applies[rule.name], logic.applies[override.rule]])
    if inquiry.exists(both):
        reason = f"wherever both apply, another rule overrides `{override.rule}` too"
    else:
        reason = "the two never apply together"
    message = f"that `{rule.name}` overrides `{override.rule}` makes no difference: {reason}"
    places = (override.place, inquiry.policy.rule[override.rule].place)
    yield Finding("useless-override", message, (rule.name, override.rule), places, "take the override out")


def _conditions(inquiry: Inquiry) -> Iterator[tuple[str, tuple[str, ...], Condition, int]]:
    """Every `when` of the policy: whose it is, the rules it belongs to, and the situations it is judged in."""
    policy, possible = inquiry.policy, inquiry.logic.possible
    for fact in policy.facts:
        yield f"the fact `{fact.name}`", (), fact.when, possible
    for number, impossible in enumerate(policy.impossible, start=1):
        # What is impossible holds in no possible situation: its tests are judged over all situations there are.
        yield f"the impossible combination {number}", (), impossible.when, TRUE
    for rule in policy.rules:
        yield f"the rule `{rule.name}`", (rule.name,), rule.when, possible
    for guarantee in policy.guarantees:
        yield f"the guarantee `{guarantee.name}`", (), guarantee.when, possible


def _tests(inquiry: Inquiry, condition: Condition, rules: tuple[str, ...], within: int) -> Iterator[Finding]:
    """The outermost entries of a condition, at any depth, that hold or fail in every possible situation."""
    formulas = inquiry.logic.formulas
    waiting = _entries(condition)
    while waiting:
        entry = waiting.pop(0)
        formula = inquiry.logic.condition(entry)
        words = (
            " and ".join(condition_words(inquiry.policy, entry)) if not isinstance(entry, Some | Not) else "this part"
        )
        if not _exists(inquiry, formulas.conjunction([within, formula])):
            message = f"no possible situation meets this test: {words}"
            yield Finding("impossible-test", message, rules, (entry.place,), "correct the test, or take it out", 0)
        elif not _exists(inquiry, formulas.conjunction([within, formulas.negation[formula]])):
            message = f"every possible situation meets this test: {words}"
            yield Finding("always-true-test", message, rules, (entry.place,), "take it out, or correct it")
        else:
            waiting = _entries(entry) + waiting


def _exists(inquiry: Inquiry, formula: int) -> bool:
    return inquiry.solver.satisfiable(formula, inquiry.budget)


def _entries(condition: Condition) -> list[Condition]:
    """What a condition is made of, one level down; a fact is judged where it is defined."""
    if isinstance(condition, All | Some):
        return list(condition.parts)
    return [condition.part] if isinstance(condition, Not) else []

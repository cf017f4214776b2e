"""Does `other-interviews` say what it is meant to say, in every one of its situations and after an author's edits?

The meaning is written here a second time, as plain `if`s that know nothing of rules and overrides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest

from engine import Finding, Guarantee, Policy, PolicyError, Proof, check, decide, load, run_cases
from engine.bundled import shipped_policies
from engine.frozen import FrozenDict
from engine.language.sections.policy_sources import load_text, read_document
from engine.language.situations.cases_file import read_cases
from engine.meaning import reference
from engine.surfaces.cli.filesystem.policy_files import cases_beside

Situation = dict[str, Any]

NAME, DRAFT = "other-interviews", "other-interviews-as-written"
ANSWERS: dict[str, tuple[Any, ...]] = {
    "offer": ("hint", "drafting", "made"),
    "start_date": (True, False),
    "acceptance": ("none", "indicated", "signed"),
    "title": (True, False),
    "money": (True, False),
    "responsibility": (True, False),
    "good_enough": (True, False),
    "other_offers": tuple(range(21)),
    "confident_and_polite": (True, False),
    "honest": (True, False),
    "ready_for_no": (True, False),
}


def every_situation() -> Iterator[Situation]:
    for answers in product(*ANSWERS.values()):
        yield dict(zip(ANSWERS, answers, strict=True))


def is_settled(at: Situation) -> bool:
    return bool(at["offer"] == "made" and at["start_date"] and at["acceptance"] in ("indicated", "signed"))


def is_short(at: Situation) -> bool:
    return not (at["title"] and at["money"] and at["responsibility"])


def can_bargain(at: Situation) -> bool:
    return bool(at["other_offers"] >= 1 and at["confident_and_polite"] and at["honest"] and at["ready_for_no"])


def meant(at: Situation) -> tuple[str, tuple[str, ...]]:
    """The verdict that is meant, and the rules that give it."""
    if at["offer"] in ("hint", "drafting"):
        return "keep", ("tepid-offer",)
    if is_settled(at):
        return "cancel", ("settled-offer",)
    if not at["good_enough"] and can_bargain(at):
        return "use_leverage", ("second-offer",)
    if not at["good_enough"]:
        return "buy_time", ("short-of-hopes", "not-good-enough") if is_short(at) else ("not-good-enough",)
    if is_short(at):
        return "buy_time", ("short-of-hopes",)
    return "keep", ("nothing-short",)


# The paragraphs of the article, each as it stands.
WRITTEN: dict[str, tuple[str, Callable[[Situation], bool]]] = {
    "accepted": ("cancel", is_settled),
    "tepid": ("keep", lambda at: at["offer"] in ("hint", "drafting")),
    "short-of-hopes": ("keep", lambda at: at["offer"] == "made" and is_short(at)),
    "leverage": ("use_leverage", lambda at: at["offer"] == "made" and not at["good_enough"] and can_bargain(at)),
}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load(NAME)


@pytest.fixture(scope="module")
def text() -> str:
    return Path(str(shipped_policies()[NAME])).read_text(encoding="utf-8")


@pytest.mark.thorough
def test_every_situation_gets_the_verdict_that_is_meant(policy: Policy) -> None:
    """All 48,384 situations: the definition gives the verdict of the plain reading, by the rules it names."""
    different = []
    for at in every_situation():
        found = reference.outcome(policy, at)
        if (found.verdict, found.stands) != meant(at):
            different.append((at, found))
    assert different == []


def test_decide_gives_the_verdict_that_is_meant(policy: Policy) -> None:
    """Every 97th situation: `decide` gives the verdict of the plain reading, by the rules it names."""
    spread = list(every_situation())[::97]
    decided = [decide(policy, at) for at in spread]
    assert [(each.verdict, each.rules) for each in decided] == [meant(at) for at in spread]
    assert {each.verdict for each in decided} == set(policy.verdict)


def test_the_proof_counts_what_is_meant(policy: Policy) -> None:
    """The proof has no finding, and its counts are those of the plain reading."""
    verdicts: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    for verdict, by in map(meant, every_situation()):
        verdicts[verdict] += 1
        rules.update(by)
    expected = Proof(NAME, policy.sha256, 48_384, FrozenDict(verdicts), FrozenDict(rules), ())
    assert check(policy) == expected
    assert expected.verdicts == {"cancel": 5_376, "keep": 32_928, "buy_time": 9_440, "use_leverage": 640}


def test_a_hint_is_decided_whatever_else_holds(policy: Policy) -> None:
    """One answer is enough where the others cannot change the verdict."""
    decision = decide(policy, {"offer": "hint"})
    assert (decision.outcome, decision.verdict, decision.rules) == ("decided", "keep", ("tepid-offer",))
    assert (decision.possible, decision.ask, decision.assumed) == (("keep",), None, {})


def test_an_offer_that_was_made_is_undecided(policy: Policy) -> None:
    """A made offer alone can still get every verdict, and the next question is asked."""
    decision = decide(policy, {"offer": "made"})
    assert (decision.outcome, decision.verdict, decision.rules) == ("undecided", None, ())
    assert (decision.possible, decision.ask) == (tuple(policy.verdict), "start_date")


def test_what_nobody_is_sure_of_is_read_with_caution(policy: Policy) -> None:
    """Every field but the offer, the count and honesty may be answered `unsure`, and says how it was read."""
    readings: dict[str, Any] = {name: False for name, answers in ANSWERS.items() if answers == (True, False)}
    readings |= {"acceptance": "none", "good_enough": True}
    del readings["honest"]
    decision = decide(policy, dict.fromkeys(readings, "unsure") | {"offer": "made", "other_offers": 3, "honest": True})
    assert (decision.verdict, decision.rules, decision.assumed) == ("buy_time", ("short-of-hopes",), readings)


def test_its_cases_hold_and_reach_every_rule(policy: Policy) -> None:
    """Every case beside the policy holds, and every rule decides in one of them."""
    cases = read_cases(read_document(cases_beside(Path(str(shipped_policies()[NAME])))), policy)
    report = run_cases(policy, cases)
    assert [result for result in report.results if not result.passed] == []
    assert report.unreached == ()
    assert len(report.results) > 30


def test_it_promises_something(policy: Policy) -> None:
    """At least three guarantees are proved, and each of them can be broken by some verdict."""
    assert len(policy.guarantees) >= 3
    assert all(
        isinstance(each, Guarantee) and each.forbidden and set(each.forbidden) < set(policy.verdict)
        for each in policy.guarantees
    )


def test_the_article_as_written_has_the_gaps_and_conflicts_of_brute_force() -> None:
    """The draft is unsound: the counts of its gap, conflicts, verdicts and rules are those of trying everything."""
    draft = load(DRAFT)
    gaps = 0
    pairs: Counter[tuple[str, ...]] = Counter()
    verdicts, rules = dict.fromkeys(draft.verdict, 0), dict.fromkeys(WRITTEN, 0)
    for at in every_situation():
        stands = [name for name, (_, applies) in WRITTEN.items() if applies(at)]
        given = {WRITTEN[name][0] for name in stands}
        gaps += not stands
        pairs.update(pair for pair in combinations(stands, 2) if len({WRITTEN[name][0] for name in pair}) > 1)
        if len(given) == 1:
            verdicts[given.pop()] += 1
            for name in stands:
                rules[name] += 1
    proof = check(draft)
    expected = [("gap", (), gaps), *(("conflict", pair, count) for pair, count in pairs.items())]
    assert sorted((each.code, each.rules, each.situations) for each in proof.findings) == sorted(expected)
    assert (proof.sound, proof.situations, proof.verdicts, proof.rules) == (False, 48_384, verdicts, rules)
    assert (gaps, len(pairs)) == (1_264, 3)


def test_the_examples_of_the_draft_show_what_they_are_examples_of() -> None:
    """The example of the gap is in no rule, and that of each conflict in both of its rules."""
    for finding in check(load(DRAFT)).findings:
        at = finding.example
        assert at is not None
        stands = tuple(name for name, (_, applies) in WRITTEN.items() if applies(at))
        assert set(finding.rules) <= set(stands)
        assert bool(stands) == (finding.code == "conflict")


def edited(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the policy"
    return text.replace(old, new)


def place(text: str, line: str, word: str) -> tuple[int, int]:
    """Line and column of a word, in the one line of a text that holds `line`."""
    lines = text.splitlines()
    (number,) = [number for number, each in enumerate(lines) if line in each]
    return number + 1, lines[number].index(word) + 1


def read(text: str) -> Policy:
    return load_text(text.encode(), "edited.yaml")


def refused(text: str) -> list[tuple[str, str, str, tuple[int, int]]]:
    """Code, message, help and place of every problem for which a text is refused."""
    with pytest.raises(PolicyError) as caught:
        read(text)
    return [
        (problem.code, problem.message, problem.help, (problem.places[0].line, problem.places[0].column))
        for problem in caught.value.problems
    ]


def only_finding(text: str) -> Finding:
    (finding,) = check(read(text)).findings
    return finding


def test_a_new_choice_is_a_gap(text: str) -> None:
    """An offer that can be withdrawn too leaves a third more situations, all of them without a verdict."""
    line = "      made: The offer has been made\n"
    finding = only_finding(edited(text, line, f"{line}      withdrawn: They have taken it back\n"))
    assert (finding.code, finding.situations) == ("gap", 16_128)
    assert finding.message == "16,128 of 64,512 situations get no verdict"
    assert finding.answers == (("How far has the job offer got?", "They have taken it back"),)


def test_a_new_choice_for_a_rule_keeps_it_sound(text: str) -> None:
    """The new choice in a rule's list as well: sound again, and that rule decides a third more situations."""
    line = "      made: The offer has been made\n"
    grown = edited(text, line, f"{line}      withdrawn: They have taken it back\n")
    proof = check(read(edited(grown, "when: {offer: [hint, drafting]}", "when: {offer: [hint, drafting, withdrawn]}")))
    assert (proof.findings, proof.situations, proof.rules["tepid-offer"]) == ((), 64_512, 48_384)


def test_a_reworded_reason_changes_the_sha256_and_no_count(policy: Policy, text: str) -> None:
    """What a person reads belongs to the policy's identity, and not to its proof."""
    reworded = read(edited(text, "because: Kind words are not an offer.", "because: Words are cheap."))
    before, after = check(policy), check(reworded)
    assert after.sha256 != before.sha256
    assert {**after.to_dict(), "sha256": before.sha256} == before.to_dict()


def test_a_comment_changes_nothing(policy: Policy, text: str) -> None:
    """A comment, an empty line and another layout leave the policy, its sha256 and its proof as they are."""
    commented = edited(text, "rules:\n", "# What follows are the rules.\n\n\nrules:\n")
    commented = edited(
        commented,
        "  honest: {ask: ",
        "  honest:\n    {ask:     ",
    )
    same = read(commented)
    assert (same, same.sha256, check(same)) == (policy, policy.sha256, check(policy))


def without_rule(text: str, name: str) -> str:
    """The text less one rule: everything up to the next empty line."""
    before, after = text.split(f"  - rule: {name}\n")
    return before + after.split("\n\n", 1)[1]


def test_a_missing_rule_is_a_gap(text: str) -> None:
    """Without `nothing-short` exactly its situations have no verdict."""
    finding = only_finding(without_rule(text, "nothing-short"))
    count = sum(meant(at)[1] == ("nothing-short",) for at in every_situation())
    assert (finding.code, finding.situations) == ("gap", count)
    assert finding.message == f"{count:,} of 48,384 situations get no verdict"
    assert finding.example is not None
    assert meant(finding.example) == ("keep", ("nothing-short",))


def test_a_missing_rule_that_others_override_is_named_where_they_do(text: str) -> None:
    """Without `not-good-enough` both overrides of it are located, with nothing said of the rest."""
    shorter = without_rule(text, "not-good-enough")
    places = [
        place(shorter, "not-good-enough: You have already", "not-good-enough"),
        place(shorter, "not-good-enough: Now you are", "not-good-enough"),
    ]
    assert [(code, where) for code, _, _, where in refused(shorter)] == [("unknown-rule", each) for each in places]


def test_a_slip_in_a_field_is_located(text: str) -> None:
    """A field name with a slip is shown where it stands, with the name that is probably meant."""
    wrong = edited(text, "when: {offer: [hint, drafting]}", "when: {ofer: [hint, drafting]}")
    expected = ("unknown-name", "did you mean `offer`", place(wrong, "ofer", "ofer"))
    assert [(code, help_, where) for code, _, help_, where in refused(wrong)] == [expected]


def test_a_slip_in_a_choice_is_located(text: str) -> None:
    """A choice with a slip is shown where it stands, with the choice that is probably meant."""
    wrong = edited(text, "when: {offer: [hint, drafting]}", "when: {offer: [hint, draftign]}")
    expected = ("unknown-choice", "did you mean `drafting`", place(wrong, "draftign", "draftign"))
    assert [(code, help_, where) for code, _, help_, where in refused(wrong)] == [expected]


def test_a_dropped_override_is_a_conflict(text: str) -> None:
    """Without its override a signed offer that falls short gets two verdicts, and both rules are named and located."""
    line = "      short-of-hopes: You have already said yes, so it is too late to ask for time.\n"
    shorter = edited(text, line, "")
    # Where `second-offer` applies too, it still overrides `short-of-hopes`.
    count = sum(
        is_settled(at) and is_short(at) and (at["good_enough"] or not can_bargain(at)) for at in every_situation()
    )
    proof = check(read(shorter))
    conflict, broken = proof.findings
    assert (conflict.code, conflict.rules, conflict.situations) == (
        "conflict",
        ("settled-offer", "short-of-hopes"),
        count,
    )
    assert conflict.message == (
        f'{count:,} of 48,384 situations get both "Cancel the other interviews" and '
        '"Keep the other interviews and ask for time"'
    )
    assert [(each.line, each.column) for each in conflict.places] == [
        place(shorter, f"- rule: {name}", name) for name in conflict.rules
    ]
    # The guarantee that nothing but `cancel` comes of a settled offer is broken there too.
    assert (broken.code, broken.rules, broken.situations) == ("broken-guarantee", ("short-of-hopes",), count)
    assert not proof.sound


def test_a_lost_condition_breaks_a_guarantee(text: str) -> None:
    """Bargaining without honesty: every situation in which it would happen is counted against the guarantee."""
    finding = only_finding(edited(text, "      honest: yes\n", ""))
    count = sum(
        at["offer"] == "made"
        and not is_settled(at)
        and not at["good_enough"]
        and not at["honest"]
        and can_bargain({**at, "honest": True})
        for at in every_situation()
    )
    assert (finding.code, finding.rules, finding.situations) == ("broken-guarantee", ("second-offer",), count)
    assert finding.message == (
        f"{count:,} of 48,384 situations break the guarantee `no-bluff`: "
        "The article asks for all three strengths at once."
    )


def test_a_narrower_field_changes_the_counts(text: str) -> None:
    """With at most 5 other offers there are 6/21 of the situations, still sound."""
    proof = check(read(edited(text, "    to: 20\n", "    to: 5\n")))
    assert (proof.findings, proof.situations, proof.verdicts["use_leverage"]) == ((), 48_384 * 6 // 21, 32 * 5)


def test_the_order_of_its_rules_makes_no_difference(policy: Policy) -> None:
    """The rules the other way round: every situation and every count is the same."""
    data = policy.to_dict()
    turned = check(load({**data, "rules": data["rules"][::-1]}))
    proof = check(policy)
    assert (turned.findings, turned.verdicts, turned.rules) == ((), proof.verdicts, proof.rules)


def test_read_from_the_top_it_is_refused(text: str) -> None:
    """`decision: first` beside overrides is an error at each rule that has them."""
    wrong = edited(text, "decision: unique  ", "decision: first  ")
    assert [code for code, *_ in refused(wrong)] == ["wrong-mode"] * 2

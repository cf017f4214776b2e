"""The texts that a decision keeps, so that it can be printed without its policy, and what it says without a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from engine.analysis.deciding.completions import Deciding
from engine.analysis.deciding.given_outputs import Given
from engine.frozen import FrozenDict
from engine.language.model.policy import Policy
from engine.language.situations.situation_records import Answers
from engine.meaning.outcomes import Fault

# What the names of outputs follow in `Decision.words`.
OUTPUT = "output "


def words_of(
    policy: Policy, answers: Answers, verdict: str | None, deciding: Deciding, given: Given, ask: str | None
) -> FrozenDict[str, str]:
    """Return the texts of a decision, by what they are about, such as `title keep` or `because tepid-offer`.

    Args:
        policy: The policy.
        answers: The answers of the record.
        verdict: The verdict, if there is exactly one.
        deciding: The rules that decide.
        given: The outputs, with amounts worked out.
        ask: Name of the field to ask for next, if any.
    """
    passages = policy.source.passages if policy.source else ()
    words = {f"title {each.name}": each.title for each in policy.verdicts}
    words |= {f"passage {each.name}": f"{each.name}: {each.says}" for each in passages}
    words |= {f"rule {rule}": policy.verdict[policy.rule[rule].then].title for each in deciding for rule in each}
    if deciding.possible:
        words |= {f"because {rule}": policy.rule[rule].because for rule in deciding.possible}
        from engine.analysis.deciding.fields_read import open_words

        words["not answered"] = open_words(policy, answers.values, deciding.possible)
    if answers.assumed:
        from engine.language.model.words import answer_words

        for name, value in answers.assumed.items():
            words[f"assumed {name}"] = f"{policy.field[name].ask} {answer_words(policy.field[name], value)}"
    if verdict and policy.has_rule_outputs:
        from engine.analysis.describing.output_words import output_lines

        words |= {f"{OUTPUT}{name}": text for name, text in output_lines(*given)}
    if ask:
        words["ask"] = policy.field[ask].ask
    return FrozenDict(words)


def undecided_lines(
    possible: Iterable[str],
    faults: Iterable[Fault],
    completions: int | None,
    situations: Mapping[str, int],
    words: Mapping[str, str],
) -> list[str]:
    """Write which verdicts are still possible, with their shares of the completions if these are counted.

    Args:
        possible: The verdicts that some completion gets.
        faults: The faults that some completion of a draft has.
        completions: Number of completions; None if not counted.
        situations: For each possible verdict the number of completions that get it.
        words: The texts of the decision.
    """
    from engine.language.model.words import share_words

    lines = ["Not decided yet. It can still be", ""]
    titles = {name: words[f"title {name}"] for name in possible}
    width = max(map(len, titles.values()), default=0)
    for name, title in titles.items():
        share = share_words(situations[name], completions) if completions else ""
        lines.append(f"  - {title:<{width}}  {share}".rstrip())
    lines += [f"  - a {fault}: no verdict" for fault in faults]
    if completions:
        many = f"{completions:,} situation{'s' if completions > 1 else ''}"
        lines += ["", f"The percentages are shares of the {many} still possible, not how likely a verdict is."]
    return lines


def gap_lines(words: Mapping[str, str]) -> list[str]:
    """Write that no rule of a draft, or of one of its steps, stands."""
    if "faulty step" in words:
        return ["No verdict: this is a gap of the draft", "", f"  No rule of {words['faulty step']} stands."]
    return ["No verdict: this is a gap of the draft", "", "  No rule stands in this situation."]


def conflict_lines(rules: Sequence[str], possible_rules: Sequence[str], words: Mapping[str, str]) -> list[str]:
    """Write which rules of a draft disagree.

    Args:
        rules: The rules that disagree whatever the missing answers are.
        possible_rules: The rules that stand for some completions and not for others.
        words: The texts of the decision.
    """
    lines = ["No verdict: this is a conflict of the draft", ""]
    if rules:
        if "faulty step" in words:
            lines[0] = f"No verdict: this is a conflict in {words['faulty step']}"
        lines += ["  These rules disagree:" if len(rules) > 1 else "  This rule disagrees with others:"]
        lines += _titled(rules, words)
    if possible_rules:
        about = words["not answered"]
        these = "these" if len(possible_rules) > 1 else "this"
        whatever = f"Whatever you answer about {about}, some of these rules disagree:"
        lines.append(f"  {f'Depending on {about}, {these} may stand too:' if rules else whatever}")
        lines += _titled(possible_rules, words)
    return lines


def _titled(rules: Iterable[str], words: Mapping[str, str]) -> list[str]:
    return [f"  - {rule}: “{words[f'rule {rule}']}”" for rule in rules]

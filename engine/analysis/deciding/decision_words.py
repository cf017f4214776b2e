"""The texts that a decision keeps, so that it can be printed without its policy."""

from __future__ import annotations

from engine.analysis.deciding.completions import Deciding
from engine.analysis.deciding.given_outputs import Given
from engine.frozen import FrozenDict
from engine.language.model.policy import Policy
from engine.language.situations.situation_records import Answers

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

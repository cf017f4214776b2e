"""What a decision without a verdict says: what is still possible, or which fault of a draft it met, as lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from engine.language.model.words import share_words
from engine.meaning.outcomes import Fault


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

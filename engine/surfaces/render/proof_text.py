"""A proof as text for people: a summary, then each finding; many conflicts are grouped by rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from engine.analysis.proving.findings import SEVERITIES, Finding
from engine.analysis.proving.proof import Proof
from engine.language.model.words import number_words, share_words
from engine.surfaces.render.colours import colour_code

# More conflicts than this are grouped by rule, with the largest of each group in full.
MOST_CONFLICTS = 4


def proof_summary(proof: Proof) -> str:
    """One sentence; for a sound policy, also by the number and share of situations of each verdict, if they were
    counted.
    """
    lines = [proof.summary()]
    if proof.situations is not None and proof.sound:
        width = max(len(name) for name in proof.verdicts)
        digits = max(len(number_words(count)) for count in proof.verdicts.values())
        for name, count in proof.verdicts.items():
            line = f"  {name:<{width}}  {number_words(count):>{digits}}"
            lines.append(line if count is None else f"{line}  {share_words(count, proof.situations)}")
        if proof.otherwise and (left := proof.rules[proof.otherwise]) is not None:
            lines.append(f"`{proof.otherwise}` takes what the other rules leave: {_situations(left, proof.situations)}")
    return "\n".join(lines)


def _situations(count: int, whole: int) -> str:
    """A number of situations, with its share."""
    return f"{number_words(count)} situation{'' if count == 1 else 's'}, {share_words(count, whole)}"


def proof_blocks(proof: Proof, *, every: bool, quiet: bool) -> list[str]:
    """The paragraphs that report a proof.

    Args:
        proof: The result of a check.
        every: Whether to report each conflict separately, however many there are.
        quiet: Whether to leave out the summary of a sound policy.
    """
    conflicts = [finding for finding in proof.findings if finding.code == "conflict"]
    grouped = not every and len(conflicts) > MOST_CONFLICTS
    others = [finding for finding in proof.findings if not (grouped and finding.code == "conflict")]
    texts = [(str(finding), finding) for finding in others]
    if grouped:
        at = proof.findings.index(conflicts[0])
        texts[at:at] = list(_group_by_rule(conflicts))
    blocks = [colour_code(text, finding.code, finding.severity) for text, finding in texts]
    if proof.sound:
        return [*blocks, proof_summary(proof)] if blocks or not quiet else []
    hint = ["conflicts are shown rule by rule, in an order to settle them in; `--all` shows each"] if grouped else []
    begin = [] if len(proof.errors) == 1 else [_where_to_begin(texts[0][1])]
    return ["\n".join([_summary(proof, conflicts), *begin]), *blocks, *hint]


def _summary(proof: Proof, conflicts: Sequence[Finding]) -> str:
    """How many findings of each kind there are, and the largest error of each, in a good order to fix them."""
    lines = [proof.summary()]
    if len(proof.findings) == 1:
        return lines[0]
    kinds = Counter(finding.code for finding in proof.findings)
    width = max(map(len, kinds))
    for code in sorted(kinds, key=list(SEVERITIES).index):
        worst = max((finding for finding in proof.findings if finding.code == code), key=_size)
        note = (
            f"  {worst.message}" if SEVERITIES[code] == "error" and (code != "conflict" or len(conflicts) == 1) else ""
        )
        if code == "conflict" and len(conflicts) > 1:
            rule, many = Counter(rule for finding in conflicts for rule in finding.rules).most_common(1)[0]
            note = f"  most with `{rule}`, which disagrees with {many} rules" if many > 1 else ""
        lines.append(f"  {code:<{width}}  {kinds[code]:>2}{note}")
    return "\n".join(lines)


def _where_to_begin(first: Finding) -> str:
    """The advice to begin with the error that is shown first."""
    settled = first.mends[0].settles if first.mends else 1
    more = f", whose mend settles {settled} conflicts" if settled > 1 else ""
    return f"  begin with the first one below{more}, then check again"


def _size(finding: Finding) -> int:
    """The number of situations of a finding; 0 if it is unknown."""
    return finding.situations or 0


def _group_by_rule(conflicts: Sequence[Finding]) -> Iterator[tuple[str, Finding]]:
    """Group conflicts greedily, by the rule with the most remaining conflicts; yields texts and main conflicts."""
    left = list(conflicts)
    while left:
        rule = Counter(name for finding in left for name in finding.rules).most_common(1)[0][0]
        own = sorted((finding for finding in left if rule in finding.rules), key=_size, reverse=True)
        left = [finding for finding in left if rule not in finding.rules]
        yield _group_text(rule, own), own[0]


def _group_text(rule: str, own: Sequence[Finding]) -> str:
    """One rule and the rules it conflicts with; the largest conflict is shown in full."""
    worst = own[0]
    if len(own) == 1:
        return str(worst)
    named = [f"`{_other_rule(finding, rule)}` ({number_words(finding.situations)})" for finding in own]
    own_place = worst.rules.index(rule)
    place, beside = worst.places[own_place], worst.places[1 - own_place]
    _, message, _, *rest = str(worst).splitlines()
    return "\n".join(
        [
            f"{place}  error  conflict  {rule}",
            f"  `{rule}` disagrees with {len(own)} rules (number of situations in brackets): {', '.join(named)}",
            f"  worst with `{_other_rule(worst, rule)}`: {message.strip()}",
            f"  and at        {beside}",
            *rest,
        ]
    )


def _other_rule(finding: Finding, rule: str) -> str:
    """The rule of a conflict that is not the given one."""
    return next(name for name in finding.rules if name != rule)

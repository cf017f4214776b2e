"""Reader for the steps of a policy: their outcomes, which conditions name, and then their rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from engine.frozen import NamedTuple
from engine.language.documents.nodes import Entry, Mapping, Node, Scalar
from engine.language.model.field_kinds import Field
from engine.language.model.policy import FIRST, UNIQUE, DecisionMode, Policy
from engine.language.model.policy_parts import Fact, Impossible, Rule
from engine.language.model.relations.circles import cycle_text, find_cycles
from engine.language.model.relations.decision_steps import DecisionStep, step_field, tables_first
from engine.language.model.relations.derivations import Derivation, names_behind, names_in, names_of_parts
from engine.language.parsing.openers import Opener
from engine.language.parsing.reading import (
    LONGEST_NAME,
    PART_NAME,
    VERDICT_NAME,
    Unshapely,
    read_flag,
    require_list,
    require_map,
    require_text,
)
from engine.language.parsing.shared_parts import Declarations, StepParts
from engine.language.sections.item_readers import item_parts, read_rule, read_verdict_output, with_last_otherwise
from engine.language.sections.outline import Outline
from engine.problems import Place

if TYPE_CHECKING:
    from engine.language.sections.step_readers.policy_steps import StepPolicy

_KEYS = ("means", "outcomes", "ordered", "decision", "rules")
STEPS = "steps"


class StepOutline(Outline):
    """The outline of a policy as the rules of one of its steps see it: its outcomes are their verdicts."""

    verdict_word = "outcome"

    def __init__(self, policy: Outline, step: Mapping) -> None:
        self.__dict__.update(policy.__dict__)
        self.top = step
        self.sections = ("rules",)
        self.verdicts = _outcome_entries(step)
        self.rule_names = self.listed("rules", "rule")


def _outcome_entries(step: Node | None) -> dict[str, Entry]:
    outcomes = step.get("outcomes") if isinstance(step, Mapping) else None
    return outcomes.entries if isinstance(outcomes, Mapping) else {}


def declare_steps(outline: Outline, policies: dict[str, StepPolicy]) -> None:
    """Make the steps of a file known to its conditions, and the questions of those that are policies.

    This comes before any item is read.
    """
    outline.step_policies = policies
    for name, entry in outline.declared(STEPS).items():
        step = policies.get(name)
        outline.steps[name] = _policy_field(step, step.policy) if step and step.policy else _declared_field(name, entry)
        outline.reading.derived[name] = "step"
    if policies:
        from engine.language.sections.step_readers.step_parts import take_questions

        take_questions(outline, policies)


def _policy_field(step: StepPolicy, policy: Policy) -> Field:
    """The choice that stands for a step that is a policy."""
    outcomes = tuple((each.name, " ".join(each.title.split())) for each in policy.verdicts)
    return step_field(step.name, step.words(policy.title), outcomes, policy.verdicts_ordered, step.key.place)


class StepsRead(NamedTuple):
    """The steps of a file: what it declares with what they bring along, and each step that could be read, by name.

    `taken` are the names that it has from policies that are steps.
    """

    own: Declarations
    found: dict[str, StepParts]
    taken: frozenset[str] = frozenset()

    @property
    def steps(self) -> tuple[DecisionStep, ...]:
        """All steps, the tables of numbers first, in file order; those of a policy that is a step come before it."""
        return tables_first(step for parts in self.found.values() for step in parts.steps)


def read_all_steps(
    outline: Outline, own: Declarations, policies: dict[str, StepPolicy], open_beside: Opener
) -> StepsRead:
    """Read the steps of a file whose other declarations have been read, recording all problems in them.

    Args:
        outline: The declarations of the file.
        own: What it declares itself.
        policies: The policies that are steps, by name.
        open_beside: Opens the tables of steps.
    """
    of_numbers = {number.name: number for number in own.numbers if number.name in outline.number_steps}
    written = {
        **{name: StepParts((outline.number_steps[name],), numbers=(of_numbers[name],)) for name in of_numbers},
        **{step.name: StepParts((step,)) for step in _read_steps(outline, open_beside)},
    }
    read = _read_policy_steps(outline, own, written, policies) if policies else StepsRead(own, written)
    own = read.own
    _check_steps(outline, read.steps, [*own.numbers, *own.facts], own.impossible)
    return read


def _read_policy_steps(
    outline: Outline, own: Declarations, written: dict[str, StepParts], policies: dict[str, StepPolicy]
) -> StepsRead:
    """Read the steps that are policies; `written` are the others."""
    from engine.language.sections.step_readers.step_applicability import Asked, refuse_waiting, take_applicability
    from engine.language.sections.step_readers.step_parts import (
        read_parts,
        refuse_clashes,
        refuse_same_passages,
        with_passages,
    )

    taken = {name for name in outline.fields if name not in outline.declared("situation")}
    taken -= outline.shared.names.keys()
    facts = {fact.name for fact in own.facts} | outline.shared.facts().keys()
    found: dict[str, StepParts] = {}
    asked: list[Asked] = []
    for name, step in policies.items():
        parts = outline.reading.read_item(STEPS, name, partial(read_parts, outline, step, facts, asked))
        if parts is not None:
            found[name] = parts
    refuse_clashes(outline, list(found.values()))
    every = list(found.values())
    shared = outline.shared
    known: list[Derivation] = [*own.facts, *own.numbers]
    known += [each for each in (*shared.facts().values(), *shared.numbers().values()) if each]
    for parts in (*(each for each in shared.steps().values() if each), *every):
        known += [*parts.facts, *parts.numbers]
    take_applicability(outline, asked, taken, known)
    refuse_waiting(outline, known)
    refuse_same_passages(outline, policies)
    own = Declarations(
        with_passages(own.source, policies),
        (*own.numbers, *(each for parts in every for each in parts.numbers)),
        (*own.facts, *(each for parts in every for each in parts.facts)),
        # What several say alike, such as a library that they use, is said once.
        (
            *own.impossible,
            *dict.fromkeys(each for parts in every for each in parts.impossible if each not in own.impossible),
        ),
        tuple(each for parts in every for each in parts.constants),
    )
    read = {**written, **found}
    ordered = {name: read[name] for name in (*outline.number_steps, *outline.declared(STEPS)) if name in read}
    return StepsRead(own, ordered, frozenset(taken.union(*(parts.names for parts in every))))


def _declared_field(name: str, entry: Entry) -> Field | None:
    """The choice that stands for a step; None if its outcomes cannot be read, which is reported with the step."""
    node = entry.value
    outcomes = _outcome_entries(node)
    if not isinstance(node, Mapping) or not outcomes:
        return None
    try:
        ordered = read_flag(node.get("ordered"))
    except Unshapely:
        return None
    means = node.get("means")
    texts = tuple((outcome, _text_of(each.value) or outcome) for outcome, each in outcomes.items())
    return step_field(name, means.text if isinstance(means, Scalar) else name, texts, ordered, entry.key.place)


def _text_of(outcome: Node) -> str:
    """The text of an outcome; empty if it cannot be read."""
    text = outcome.get("title") if isinstance(outcome, Mapping) else outcome
    return text.text if isinstance(text, Scalar) else ""


def _read_steps(outline: Outline, open_beside: Opener) -> list[DecisionStep]:
    """Read the steps of a file that are written in it, recording all problems in them."""
    section = outline.section(STEPS)
    if section is None:
        return []
    mapping = outline.reading.read_item(STEPS, "", lambda: require_map(section))
    found = []
    for name, (_, value) in (mapping.entries if mapping else {}).items():
        if len(name) > LONGEST_NAME or not PART_NAME.fullmatch(name):
            outline.reading.suspects.add((STEPS, name))
        if isinstance(value, Mapping) and "policy" in value.entries:
            # It has been read from its own file.
            continue
        step = _read_once(outline, name, open_beside)
        if step is not None:
            found.append(step)
    return found


def _read_once(outline: Outline, name: str, open_beside: Opener) -> DecisionStep | None:
    """Read a step that is written in the file, the first time that anything asks for it; None if it is wrong."""
    if name not in outline.written_steps:
        key, value = outline.declared(STEPS)[name]
        read = partial(_read_step, outline, key, value, open_beside)
        outline.written_steps[name] = outline.reading.read_item(STEPS, name, read)
    return outline.written_steps[name]


def step_named(outline: Outline, name: str) -> DecisionStep | None:
    """Return a step that conditions may read, with all its outputs; None if it cannot be read, which is reported.

    Its outputs name numbers as the file does; conditions of one in a file of its own read as they do there.

    Args:
        outline: The declarations of the file, whose steps have been declared.
        name: Name of the step.
    """
    policy: StepPolicy | None = outline.step_policies.get(name)
    if policy is not None:
        from engine.language.model.relations.step_outputs import with_numbers_called
        from engine.language.sections.step_readers.step_parts import decided_by

        if policy.policy is None:
            return None
        return with_numbers_called(decided_by(policy, policy.policy), lambda number: f"{name}.{number}")
    if name in outline.declared(STEPS):
        assert outline.open_beside is not None
        return _read_once(outline, name, outline.open_beside)
    parts = outline.shared.steps().get(name)
    return None if parts is None else parts.step


def _read_step(policy: Outline, key: Scalar, node: Node, open_beside: Opener) -> DecisionStep:
    """Read one step."""
    mapping = require_map(node, _KEYS)
    outline = StepOutline(policy, mapping)
    decision = _read_decision(mapping.get("decision"))
    rules, is_whole = read_step_rules(outline, open_beside, decision)
    rules = with_last_otherwise(rules, decision)
    outline.refuse_same_names("rule", outline.rule_names)
    outline.refuse_odd_exceptions(rules, decision)
    outcomes = require_map(mapping.get("outcomes")).entries
    read = {name: _read_outcome(outline, entry.value) for name, entry in outcomes.items()}
    if not is_whole or not all(VERDICT_NAME.fullmatch(name) for name in outcomes):
        raise Unshapely
    return DecisionStep(
        name=key.text,
        means=require_text(mapping.get("means")),
        outcomes=tuple((name, text) for name, (text, _) in read.items()),
        rules=tuple(rules),
        ordered=read_flag(mapping.get("ordered")),
        decision=decision,
        place=key.place,
        outputs=tuple((name, output) for name, (_, output) in read.items() if output),
    )


def _read_outcome(outline: StepOutline, node: Node) -> tuple[str, dict[str, Any]]:
    """Read the text of an outcome, with its outputs if it is a map of both."""
    if not isinstance(node, Mapping):
        return require_text(node), {}
    mapping = require_map(node, ("title", "output"))
    if "output" in mapping.entries:
        require_map(mapping.get("output"))
    output: dict[str, Any] = read_verdict_output(outline, mapping)
    return require_text(mapping.get("title")), output or {}


def _read_decision(node: Node | None) -> DecisionMode:
    """Read the decision mode, `unique` by default."""
    word = UNIQUE if node is None else require_text(node)
    if word == FIRST:
        return FIRST
    if word != UNIQUE:
        raise Unshapely
    return UNIQUE


def read_step_rules(outline: StepOutline, open_beside: Opener, decision: DecisionMode) -> tuple[list[Rule], bool]:
    """Read the rules of a step, from a list or a table, and whether all of them could be read."""
    section = outline.section("rules")
    if isinstance(section, Mapping) and "rule" not in section.entries:
        from engine.language.sections.table_file import read_table

        return read_table(outline, open_beside), True
    items = require_list(section)
    rules = []
    for item in items:
        try:
            rules.append(read_rule(outline, item, decision))
        except Unshapely:
            for read in item_parts(outline, item):
                _try(read)
    return rules, len(rules) == len(items)


def _try(read: Callable[[], object]) -> None:
    """Read a part of a malformed item, for the problems that it records."""
    try:
        read()
    except Unshapely:
        return


# What steps may not read, and what may not read steps.


def _check_steps(
    outline: Outline, steps: Iterable[DecisionStep], parts: Iterable[Derivation], impossible: Iterable[Impossible]
) -> None:
    """Record circles among steps, facts and numbers, and what reads a step that must be known before."""
    shared = outline.shared
    of_libraries = [each for each in shared.steps().values() if each]
    taken: list[Derivation | None] = [*shared.numbers().values(), *shared.facts().values()]
    for one in of_libraries:
        taken += [*one.numbers, *one.facts]
    known = {part.name: part for part in (*taken, *parts) if part}
    steps = [*(step for each in of_libraries for step in each.steps), *steps]
    owners = {fact.name: step for step in steps for fact in step.facts}
    derived: dict[str, Derivation] = {**known, **{fact.name: fact for step in steps for fact in step.facts}}
    tables = {step.name for step in steps if step.is_number}
    # A step stands for all its facts.
    uses: dict[str, list[str]] = {step.name: [] for step in steps}
    for part in derived.values():
        if part.name in tables:
            # Its step stands for it.
            continue
        own = owners.get(part.name)
        read = [_owner(owners, name) for name in names_of_parts(part)]
        uses.setdefault(own.name if own else part.name, []).extend(
            name for name in read if own is None or name != own.name or part.name.startswith(f"{own.name}/")
        )
    places = {step.name: step.place for step in steps} | {name: part.place for name, part in known.items()}
    kept = {name: list(dict.fromkeys(each for each in found if each in uses)) for name, found in uses.items()}
    for cycle in find_cycles(kept):
        if any(name in outline.steps or name in tables for name in cycle):
            what = "steps" if outline.names.numbers.keys().isdisjoint(cycle) else _kinds(outline, cycle)
            message = f"these {what} are defined in terms of each other: {cycle_text(cycle)}"
            if len(cycle) == 1:
                message = f"the {'number' if cycle[0] in tables else 'step'} `{cycle[0]}` reads itself"
            outline.reading.refuse(
                "step-cycle", message, tuple(places[name] for name in cycle), "define one of them without the others"
            )
            return
    for each in impossible:
        read = [_owner(owners, name) for name in names_behind(derived, _tested(each))]
        named = [step for step in steps if step.name in read]
        if named:
            refuse_step(outline, each.place, named[0])
    for field in outline.fields.values():
        if field is not None and field.applies_when is not None:
            read = [_owner(owners, name) for name in names_behind(derived, names_in(field.applies_when))]
            for name in [step.name for step in steps if step.name in read][:1]:
                message = f"whether `{field.name}` is asked is known before anything is decided, so its `applies_when`"
                help_ = "test the fields that the step reads"
                outline.reading.refuse("asked-step", f"{message} cannot read the step `{name}`", field.place, help_)


def _kinds(outline: Outline, names: Iterable[str]) -> str:
    """Return what some names are: `numbers`, or `steps and facts`."""
    facts = outline.names.facts
    kinds = {"steps" if name in outline.steps else "facts" if name in facts else "numbers" for name in names}
    return " and ".join(sorted(kinds, reverse=True))


def _tested(each: Impossible) -> list[str]:
    return list(names_of_parts(Fact("", "", each.when)))


def _owner(owners: dict[str, DecisionStep], name: str) -> str:
    return owners[name].name if name in owners else name


def refuse_step(outline: Outline, place: Place, step: DecisionStep) -> None:
    """Record an impossible combination that reads a step, or a number that a table gives."""
    message = f"what is impossible is known before anything is decided, so it cannot read {step.called}"
    help_ = f"test the fields that the {'number' if step.is_number else 'step'} reads"
    outline.reading.refuse("impossible-step", message, place, help_)

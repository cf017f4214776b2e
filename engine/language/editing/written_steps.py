"""The rules of a step, or of a number that a table gives, in the text of its policy, and edits of them."""

from __future__ import annotations

import yaml

from engine.language.documents.nodes import Document, Mapping
from engine.language.editing.written_rules import WrittenRules, value_of
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import TABLE, Rule
from engine.language.model.relations.decision_steps import DecisionStep
from engine.language.model.relations.step_outputs import decided_rule
from engine.language.sections.numbers.table_reader import table_outline
from engine.language.sections.outline import Outline
from engine.language.sections.step_readers.step_reader import STEPS, StepOutline

_NUMBERS = "numbers"


class WrittenStepRules(WrittenRules):
    """The rules of a step or number in the text of its policy; a rule is identified by its index in the step.

    The policy is the one that decides the step: its rules have the names that they have outside the step.
    """

    def __init__(self, policy: Policy, text: str, step: DecisionStep) -> None:
        self.step = step
        super().__init__(policy, text)

    def _rules_in(self, root: yaml.Node) -> yaml.Node | None:
        section, key = (_NUMBERS, TABLE) if self.step.is_number else (STEPS, "rules")
        return value_of(value_of(value_of(root, section), self.step.name), key)

    def _outline(self, document: Document) -> Outline:
        section = _NUMBERS if self.step.is_number else STEPS
        own = document.root.get(section) if isinstance(document.root, Mapping) else None
        step = own.get(self.step.name) if isinstance(own, Mapping) else None
        assert isinstance(step, Mapping)
        policy = super()._outline(document)
        outline = table_outline(policy, step) if self.step.is_number else StepOutline(policy, step)
        outline.rule_names.update((rule.name, [rule.place]) for rule in self.step.rules)
        return outline

    def _read_rule(self, text: str) -> Rule | None:
        rule = super()._read_rule(text)
        return None if rule is None else decided_rule(self.step, rule)


def is_in_file_of_step(policy: Policy, name: str) -> bool:
    """Whether a name, such as `postage.net`, is private to the file of a step, so that no rule can read it."""
    step, dot, _ = name.partition(".")
    return bool(dot) and name not in policy.field and step in policy.step and policy.step[step].origin is not None


def written_rules(policy: Policy, step: DecisionStep | None = None) -> WrittenRules | None:
    """Return the rules of a policy in its text; None if it was not read from text. The result is cached.

    Args:
        policy: The policy.
        step: The step that it decides, if it has the rules of a step that another policy writes itself.
    """
    text = policy.memo.text
    if not text:
        return None
    return policy.keep(WrittenRules, text) if step is None else policy.keep(WrittenStepRules, text, step)

"""Decision rules that people edit as YAML, proved to give every possible situation exactly one verdict."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.analysis.comparing.comparison import diff as diff
    from engine.analysis.comparing.difference import Change as Change
    from engine.analysis.comparing.difference import Difference as Difference
    from engine.analysis.comparing.difference import FieldChange as FieldChange
    from engine.analysis.comparing.difference import Restated as Restated
    from engine.analysis.comparing.difference import Side as Side
    from engine.analysis.comparing.difference import Version as Version
    from engine.analysis.deciding.counterfactuals import Reversal as Reversal
    from engine.analysis.deciding.counterfactuals import Turn as Turn
    from engine.analysis.deciding.decision import Decision as Decision
    from engine.analysis.deciding.decision import decide as decide
    from engine.analysis.deciding.explanation import Explanation as Explanation
    from engine.analysis.deciding.explanation import explain as explain
    from engine.analysis.deciding.interview import Interview as Interview
    from engine.analysis.deciding.interview import interview as interview
    from engine.analysis.deciding.why_not import OtherRule as OtherRule
    from engine.analysis.describing.regions import Region as Region
    from engine.analysis.describing.regions import Regions as Regions
    from engine.analysis.planning.plan import Plan as Plan
    from engine.analysis.planning.plan import Step as Step
    from engine.analysis.planning.plan import Way as Way
    from engine.analysis.planning.plan import plan as plan
    from engine.analysis.proving.certificate import certify as certify
    from engine.analysis.proving.findings import Finding as Finding
    from engine.analysis.proving.findings import Mend as Mend
    from engine.analysis.proving.proof import Proof as Proof
    from engine.analysis.proving.proof import check as check
    from engine.analysis.showing.decision_table import Column as Column
    from engine.analysis.showing.decision_table import DecisionTable as DecisionTable
    from engine.analysis.showing.decision_table import Row as Row
    from engine.analysis.showing.picture import Answer as Answer
    from engine.analysis.showing.picture import Box as Box
    from engine.analysis.showing.picture import Picture as Picture
    from engine.analysis.showing.picture import draw as draw
    from engine.analysis.showing.rule_table import RuleRow as RuleRow
    from engine.analysis.showing.rule_table import RuleTable as RuleTable
    from engine.analysis.showing.rule_table import tabulate_rules as tabulate_rules
    from engine.analysis.showing.tabulation import tabulate as tabulate
    from engine.analysis.testing.cases import CaseResult as CaseResult
    from engine.analysis.testing.cases import CasesReport as CasesReport
    from engine.analysis.testing.cases import run_cases as run_cases
    from engine.analysis.testing.coverage import Coverage as Coverage
    from engine.analysis.testing.coverage import Reached as Reached
    from engine.analysis.testing.coverage import measure_coverage as measure_coverage
    from engine.analysis.testing.goals import Goal as Goal
    from engine.analysis.testing.mutants import Mutant as Mutant
    from engine.analysis.testing.mutation_report import Mutation as Mutation
    from engine.analysis.testing.mutation_report import Survivor as Survivor
    from engine.analysis.testing.mutation_run import find_survivors as find_survivors
    from engine.analysis.testing.proposals import Proposal as Proposal
    from engine.analysis.testing.proposals import Proposed as Proposed
    from engine.analysis.testing.proposals import propose_cases as propose_cases
    from engine.execution.extras import NotInstalledError as NotInstalledError
    from engine.execution.extras import TableError as TableError
    from engine.execution.records.decider import Decider as Decider
    from engine.execution.records.decider import decider as decider
    from engine.execution.sql.limits import SqlError as SqlError
    from engine.execution.sql.policy_sql import SqlColumns as SqlColumns
    from engine.execution.sql.policy_sql import columns_sql as columns_sql
    from engine.execution.sql.policy_sql import write_sql as write_sql
    from engine.execution.tables.frames.batch import batch as batch
    from engine.frozen import FrozenDict as FrozenDict
    from engine.language.model.condition_tree import All as All
    from engine.language.model.condition_tree import Compare as Compare
    from engine.language.model.condition_tree import Holds as Holds
    from engine.language.model.condition_tree import Not as Not
    from engine.language.model.condition_tree import Some as Some
    from engine.language.model.condition_tree import Versus as Versus
    from engine.language.model.field_kinds import Field as Field
    from engine.language.model.policy import Fact as Fact
    from engine.language.model.policy import Guarantee as Guarantee
    from engine.language.model.policy import Impossible as Impossible
    from engine.language.model.policy import Number as Number
    from engine.language.model.policy import Override as Override
    from engine.language.model.policy import Passage as Passage
    from engine.language.model.policy import Policy as Policy
    from engine.language.model.policy import Rule as Rule
    from engine.language.model.policy import Source as Source
    from engine.language.model.policy import Verdict as Verdict
    from engine.language.sections.policy_sources import Readable as Readable
    from engine.language.sections.policy_sources import load as load
    from engine.language.sections.text_edits import TextEdit as TextEdit
    from engine.language.situations.cases_file import Case as Case
    from engine.language.situations.cases_file import Cases as Cases
    from engine.language.situations.cases_file import load_cases as load_cases
    from engine.language.situations.situation_records import Answers as Answers
    from engine.language.situations.table_format import CellFormat as CellFormat
    from engine.language.situations.table_format import TableFormat as TableFormat
    from engine.problems import NearTextWarning as NearTextWarning
    from engine.problems import OneverdictError as OneverdictError
    from engine.problems import Place as Place
    from engine.problems import PolicyError as PolicyError
    from engine.problems import Problem as Problem
    from engine.problems import RecordError as RecordError
    from engine.problems import UnsoundError as UnsoundError
    from engine.verification.certificates import Certificate as Certificate
    from engine.verification.certificates import CertificateBranch as CertificateBranch
    from engine.verification.certificates import CertificateError as CertificateError
    from engine.verification.certificates import CertificateNode as CertificateNode
    from engine.verification.certificates import CertificateQuestion as CertificateQuestion
    from engine.verification.certificates import CertificateSpan as CertificateSpan
    from engine.verification.certificates import CertificateTarget as CertificateTarget
    from engine.verification.verifier import Verification as Verification
    from engine.verification.verifier import verify as verify

    __version__: str

# Looked up when first used: whoever wants one verdict does not pay for everything that can be asked.
_NAMES = {
    "engine.analysis.testing.cases": "CaseResult CasesReport run_cases",
    "engine.analysis.proving.certificate": "certify",
    "engine.analysis.comparing.comparison": "diff",
    "engine.analysis.testing.coverage": "Coverage Reached measure_coverage",
    "engine.analysis.deciding.decision": "Decision decide",
    "engine.analysis.comparing.difference": "Change Difference FieldChange Restated Side Version",
    "engine.analysis.deciding.explanation": "Explanation explain",
    "engine.analysis.proving.findings": "Finding Mend",
    "engine.analysis.testing.goals": "Goal",
    "engine.analysis.deciding.interview": "Interview interview",
    "engine.analysis.testing.mutants": "Mutant",
    "engine.analysis.testing.mutation_run": "find_survivors",
    "engine.analysis.deciding.why_not": "OtherRule",
    "engine.analysis.showing.picture": "Answer Box Picture draw",
    "engine.analysis.planning.plan": "Plan Step Way plan",
    "engine.analysis.proving.proof": "Proof check",
    "engine.analysis.testing.proposals": "Proposal Proposed propose_cases",
    "engine.analysis.describing.regions": "Region Regions",
    "engine.analysis.deciding.counterfactuals": "Reversal Turn",
    "engine.analysis.testing.mutation_report": "Mutation Survivor",
    "engine.analysis.showing.decision_table": "Column DecisionTable Row",
    "engine.analysis.showing.rule_table": "RuleRow RuleTable tabulate_rules",
    "engine.analysis.showing.tabulation": "tabulate",
    "engine.execution.extras": "NotInstalledError TableError",
    "engine.execution.records.decider": "Decider decider",
    "engine.execution.sql.limits": "SqlError",
    "engine.execution.sql.policy_sql": "SqlColumns columns_sql write_sql",
    "engine.execution.tables.frames.batch": "batch",
    "engine.frozen": "FrozenDict",
    "engine.language.situations.cases_file": "Case Cases load_cases",
    "engine.language.sections.policy_sources": "Readable load",
    "engine.language.model.condition_tree": "All Compare Holds Not Some Versus",
    "engine.language.model.field_kinds": "Field",
    "engine.language.model.policy": "Fact Guarantee Impossible Number Override Passage Policy Rule Source Verdict",
    "engine.language.situations.situation_records": "Answers",
    "engine.language.situations.table_format": "CellFormat TableFormat",
    "engine.language.sections.text_edits": "TextEdit",
    "engine.problems": "NearTextWarning OneverdictError Place PolicyError Problem RecordError UnsoundError",
    "engine.verification.certificates": "Certificate CertificateBranch CertificateError "
    "CertificateNode CertificateQuestion CertificateSpan CertificateTarget",
    "engine.verification.verifier": "Verification verify",
}
_HOME = {name: module for module, names in _NAMES.items() for name in names.split()}

__all__ = sorted([*_HOME, "__version__"])


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from engine.bundled import own_version

        return own_version()
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__

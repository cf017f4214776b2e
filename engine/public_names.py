"""The public names of `engine`, grouped by use: their only list.

Type checkers and editors read it as the imports that it is. It is never run as a module, which would import everything:
`engine/__init__.py` learns from it which module each name comes from, and API.md has its sections in this order.
"""

# isort: skip_file

# Load a policy
from engine.language.sections.policy_sources import load as load
from engine.language.sections.policy_sources import Readable as Readable
from engine.language.sections.library_sources import load_library as load_library

# Check it
from engine.analysis.proving.proof import check as check
from engine.analysis.proving.proof import Proof as Proof
from engine.analysis.proving.proof import StepCounts as StepCounts
from engine.analysis.proving.library_check import check_library as check_library
from engine.analysis.proving.library_check import LibraryCheck as LibraryCheck
from engine.analysis.proving.findings import Finding as Finding
from engine.analysis.proving.findings import PairSide as PairSide
from engine.analysis.proving.findings import Mend as Mend
from engine.language.editing.text_edits import TextEdit as TextEdit
from engine.analysis.describing.regions import Regions as Regions
from engine.analysis.describing.regions import Region as Region

# Decide
from engine.analysis.deciding.decision import decide as decide
from engine.analysis.deciding.decision import Decision as Decision
from engine.analysis.deciding.step_decisions import StepDecision as StepDecision
from engine.execution.records.decider import decider as decider
from engine.execution.records.decider import Decider as Decider

# Explain a decision
from engine.analysis.deciding.explanation import explain as explain
from engine.analysis.deciding.explanation import Explanation as Explanation
from engine.analysis.deciding.scores import Score as Score
from engine.analysis.describing.amounts import Amount as Amount
from engine.analysis.deciding.why_not import OtherRule as OtherRule
from engine.analysis.deciding.counterfactuals import Reversal as Reversal
from engine.analysis.deciding.counterfactuals import Turn as Turn

# Ask questions
from engine.analysis.deciding.interview import interview as interview
from engine.analysis.deciding.interview import Interview as Interview
from engine.analysis.planning.plan import plan as plan
from engine.analysis.planning.plan import Plan as Plan
from engine.analysis.planning.plan import Step as Step
from engine.analysis.planning.plan import Way as Way

# Compare two versions
from engine.analysis.comparing.comparison import diff as diff
from engine.analysis.comparing.difference import Difference as Difference
from engine.analysis.comparing.difference import Version as Version
from engine.analysis.comparing.difference import Change as Change
from engine.analysis.comparing.difference import Side as Side
from engine.analysis.comparing.difference import FieldChange as FieldChange
from engine.analysis.comparing.difference import Restated as Restated

# Test with cases
from engine.language.situations.cases_file import load_cases as load_cases
from engine.language.situations.cases_file import Cases as Cases
from engine.language.situations.cases_file import Case as Case
from engine.language.situations.situation_records import Answers as Answers
from engine.analysis.testing.cases import run_cases as run_cases
from engine.analysis.testing.cases import CasesReport as CasesReport
from engine.analysis.testing.cases import CaseResult as CaseResult
from engine.analysis.testing.coverage import measure_coverage as measure_coverage
from engine.analysis.testing.coverage import Coverage as Coverage
from engine.analysis.testing.coverage import Reached as Reached
from engine.analysis.testing.goals import Goal as Goal
from engine.analysis.testing.mutation_run import find_survivors as find_survivors
from engine.analysis.testing.mutation_report import Mutation as Mutation
from engine.analysis.testing.mutation_report import Survivor as Survivor
from engine.analysis.testing.mutants import Mutant as Mutant
from engine.analysis.testing.proposals import propose_cases as propose_cases
from engine.analysis.testing.proposals import Proposal as Proposal
from engine.analysis.testing.proposals import Proposed as Proposed

# Show
from engine.analysis.showing.tabulation import tabulate as tabulate
from engine.analysis.showing.decision_table import DecisionTable as DecisionTable
from engine.analysis.showing.decision_table import Column as Column
from engine.analysis.showing.decision_table import Row as Row
from engine.analysis.showing.rule_table import tabulate_rules as tabulate_rules
from engine.analysis.showing.rule_table import RuleTable as RuleTable
from engine.analysis.showing.rule_table import RuleRow as RuleRow
from engine.analysis.showing.picture import draw as draw
from engine.analysis.showing.fact_pictures import draw_by_facts as draw_by_facts
from engine.analysis.showing.step_picture import draw_steps as draw_steps
from engine.analysis.showing.step_picture import NeedBox as NeedBox
from engine.analysis.showing.step_picture import StepPicture as StepPicture
from engine.analysis.showing.picture import Picture as Picture
from engine.analysis.showing.picture import Box as Box
from engine.analysis.showing.picture import Answer as Answer

# Decide tables
from engine.execution.tables.frames.batch import batch as batch
from engine.language.situations.table_format import TableFormat as TableFormat
from engine.language.situations.table_format import CellFormat as CellFormat

# Write SQL
from engine.execution.sql.policy_sql import write_sql as write_sql
from engine.execution.sql.policy_sql import columns_sql as columns_sql
from engine.execution.sql.policy_sql import SqlColumns as SqlColumns

# Certify a proof
from engine.analysis.proving.certificate import certify as certify
from engine.verification.verifier import verify as verify
from engine.verification.verifier import Verification as Verification
from engine.verification.certificates import Certificate as Certificate
from engine.verification.certificates import CertificateTarget as CertificateTarget
from engine.verification.certificates import CertificateNode as CertificateNode
from engine.verification.certificates import CertificateQuestion as CertificateQuestion
from engine.verification.certificates import CertificateBranch as CertificateBranch
from engine.verification.certificates import CertificateSpan as CertificateSpan

# Values of a policy
from engine.language.model.policy import Policy as Policy
from engine.language.model.field_kinds import Field as Field
from engine.language.model.policy_parts import Constant as Constant
from engine.language.model.condition_tree import ByDay as ByDay
from engine.language.model.policy_parts import Number as Number
from engine.language.model.policy_parts import PointsEntry as PointsEntry
from engine.language.model.policy_parts import Fact as Fact
from engine.language.model.relations.decision_steps import DecisionStep as DecisionStep
from engine.language.model.policy_parts import Impossible as Impossible
from engine.language.model.policy_parts import Verdict as Verdict
from engine.language.model.values.computed_outputs import ComputedOutput as ComputedOutput
from engine.language.model.policy_parts import Rule as Rule
from engine.language.model.policy_parts import Override as Override
from engine.language.model.policy_parts import OverrideAll as OverrideAll
from engine.language.model.guarantees import Guarantee as Guarantee
from engine.language.model.guarantees import Invariant as Invariant
from engine.language.model.guarantees import Indifference as Indifference
from engine.language.model.guarantees import Monotonicity as Monotonicity
from engine.language.model.policy_parts import Source as Source
from engine.language.model.policy_parts import Passage as Passage
from engine.language.model.relations.library import Library as Library
from engine.frozen import FrozenDict as FrozenDict

# Conditions
from engine.language.model.condition_tree import All as All
from engine.language.model.condition_tree import Some as Some
from engine.language.model.condition_tree import Not as Not
from engine.language.model.condition_tree import Compare as Compare
from engine.language.model.condition_tree import Versus as Versus
from engine.language.model.condition_tree import Holds as Holds

# Errors and warnings
from engine.problems import OneverdictError as OneverdictError
from engine.problems import PolicyError as PolicyError
from engine.problems import RecordError as RecordError
from engine.problems import UnsoundError as UnsoundError
from engine.verification.certificates import CertificateError as CertificateError
from engine.execution.extras import TableError as TableError
from engine.execution.sql.limits import SqlError as SqlError
from engine.execution.extras import NotInstalledError as NotInstalledError
from engine.problems import NearTextWarning as NearTextWarning
from engine.problems import Problem as Problem
from engine.problems import Place as Place

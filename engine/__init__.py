"""Decision rules that people edit as YAML, proved to give every possible situation exactly one verdict."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.analysis.cases import CaseResult as CaseResult
    from engine.analysis.cases import CasesReport as CasesReport
    from engine.analysis.cases import run_cases as run_cases
    from engine.analysis.certificate import certify as certify
    from engine.analysis.comparison import diff as diff
    from engine.analysis.coverage import Coverage as Coverage
    from engine.analysis.coverage import measure_coverage as measure_coverage
    from engine.analysis.decision import Decision as Decision
    from engine.analysis.decision import decide as decide
    from engine.analysis.difference import Change as Change
    from engine.analysis.difference import Difference as Difference
    from engine.analysis.explanation import Explanation as Explanation
    from engine.analysis.explanation import explain as explain
    from engine.analysis.findings import Finding as Finding
    from engine.analysis.findings import Mend as Mend
    from engine.analysis.interview import Interview as Interview
    from engine.analysis.interview import interview as interview
    from engine.analysis.mutation import find_survivors as find_survivors
    from engine.analysis.picture import Picture as Picture
    from engine.analysis.picture import draw as draw
    from engine.analysis.plan import Plan as Plan
    from engine.analysis.plan import plan as plan
    from engine.analysis.proof import Proof as Proof
    from engine.analysis.proof import check as check
    from engine.analysis.proposals import Proposal as Proposal
    from engine.analysis.proposals import propose_cases as propose_cases
    from engine.analysis.survivors import Mutation as Mutation
    from engine.analysis.survivors import Survivor as Survivor
    from engine.analysis.tables import DecisionTable as DecisionTable
    from engine.analysis.tables import tabulate as tabulate
    from engine.execution.extras import NotInstalledError as NotInstalledError
    from engine.execution.extras import TableError as TableError
    from engine.execution.records.decider import decider as decider
    from engine.execution.sql.limits import SqlError as SqlError
    from engine.execution.sql.policy_sql import SqlColumns as SqlColumns
    from engine.execution.sql.policy_sql import columns_sql as columns_sql
    from engine.execution.sql.policy_sql import write_sql as write_sql
    from engine.execution.tables.batch import batch as batch
    from engine.language.files import load as load
    from engine.language.policy import Policy as Policy
    from engine.language.text_edits import TextEdit as TextEdit
    from engine.problems import OneverdictError as OneverdictError
    from engine.problems import Place as Place
    from engine.problems import PolicyError as PolicyError
    from engine.problems import Problem as Problem
    from engine.problems import RecordError as RecordError
    from engine.problems import UnsoundError as UnsoundError
    from engine.verification.certificates import Certificate as Certificate
    from engine.verification.certificates import CertificateError as CertificateError
    from engine.verification.verifier import Verification as Verification
    from engine.verification.verifier import verify as verify

# Looked up when first used: whoever wants one verdict does not pay for everything that can be asked.
_HOME = {
    "CaseResult": "engine.analysis.cases",
    "CasesReport": "engine.analysis.cases",
    "Certificate": "engine.verification.certificates",
    "CertificateError": "engine.verification.certificates",
    "Change": "engine.analysis.difference",
    "Coverage": "engine.analysis.coverage",
    "Decision": "engine.analysis.decision",
    "DecisionTable": "engine.analysis.tables",
    "Difference": "engine.analysis.difference",
    "Explanation": "engine.analysis.explanation",
    "Finding": "engine.analysis.findings",
    "Interview": "engine.analysis.interview",
    "Mend": "engine.analysis.findings",
    "Mutation": "engine.analysis.survivors",
    "NotInstalledError": "engine.execution.extras",
    "OneverdictError": "engine.problems",
    "Picture": "engine.analysis.picture",
    "Place": "engine.problems",
    "Plan": "engine.analysis.plan",
    "Policy": "engine.language.policy",
    "PolicyError": "engine.problems",
    "Problem": "engine.problems",
    "Proof": "engine.analysis.proof",
    "Proposal": "engine.analysis.proposals",
    "RecordError": "engine.problems",
    "SqlColumns": "engine.execution.sql.policy_sql",
    "SqlError": "engine.execution.sql.limits",
    "Survivor": "engine.analysis.survivors",
    "TableError": "engine.execution.extras",
    "TextEdit": "engine.language.text_edits",
    "UnsoundError": "engine.problems",
    "Verification": "engine.verification.verifier",
    "batch": "engine.execution.tables.batch",
    "certify": "engine.analysis.certificate",
    "check": "engine.analysis.proof",
    "columns_sql": "engine.execution.sql.policy_sql",
    "decide": "engine.analysis.decision",
    "decider": "engine.execution.records.decider",
    "diff": "engine.analysis.comparison",
    "draw": "engine.analysis.picture",
    "explain": "engine.analysis.explanation",
    "find_survivors": "engine.analysis.mutation",
    "interview": "engine.analysis.interview",
    "load": "engine.language.files",
    "measure_coverage": "engine.analysis.coverage",
    "plan": "engine.analysis.plan",
    "propose_cases": "engine.analysis.proposals",
    "run_cases": "engine.analysis.cases",
    "tabulate": "engine.analysis.tables",
    "verify": "engine.verification.verifier",
    "write_sql": "engine.execution.sql.policy_sql",
}

__all__ = [*_HOME]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(_HOME)

"""Decision rules that people edit as YAML, proved to give every possible situation exactly one verdict."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.analysis.cases import CaseResult as CaseResult
    from engine.analysis.cases import CasesReport as CasesReport
    from engine.analysis.cases import run_cases as run_cases
    from engine.analysis.certificate import certify as certify
    from engine.analysis.decision import Decision as Decision
    from engine.analysis.decision import decide as decide
    from engine.analysis.explanation import Explanation as Explanation
    from engine.analysis.explanation import explain as explain
    from engine.analysis.findings import Finding as Finding
    from engine.analysis.proof import Proof as Proof
    from engine.analysis.proof import check as check
    from engine.analysis.tables import DecisionTable as DecisionTable
    from engine.analysis.tables import tabulate as tabulate
    from engine.language.files import load as load
    from engine.language.policy import Policy as Policy
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
    "Decision": "engine.analysis.decision",
    "Explanation": "engine.analysis.explanation",
    "DecisionTable": "engine.analysis.tables",
    "Finding": "engine.analysis.findings",
    "OneverdictError": "engine.problems",
    "Place": "engine.problems",
    "Policy": "engine.language.policy",
    "PolicyError": "engine.problems",
    "Problem": "engine.problems",
    "Proof": "engine.analysis.proof",
    "RecordError": "engine.problems",
    "UnsoundError": "engine.problems",
    "Verification": "engine.verification.verifier",
    "certify": "engine.analysis.certificate",
    "check": "engine.analysis.proof",
    "decide": "engine.analysis.decision",
    "explain": "engine.analysis.explanation",
    "load": "engine.language.files",
    "run_cases": "engine.analysis.cases",
    "tabulate": "engine.analysis.tables",
    "verify": "engine.verification.verifier",
}

__all__ = [*_HOME]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(_HOME)

"""The main jobs in one call each: an export scored, a scored table analysed, both at once."""

from cx_nlp.analysis.calls import analyze, job, opened_source, score
from cx_nlp.analysis.exports import analysis_target, analyze_export
from cx_nlp.analysis.fixes import FixSummary, check_fix
from cx_nlp.analysis.tables import CausesSummary, causes, write_audit_sample
from cx_nlp.analysis.watching import drift

__all__ = [
    "CausesSummary", "FixSummary", "analysis_target", "analyze", "analyze_export", "causes", "check_fix", "drift", "job",
    "opened_source", "score", "write_audit_sample",
]  # fmt: skip

"""Scoring: comments to tagged comments, for frames in memory and for exports of any length."""

from cx_nlp.scoring.manifest import Counts
from cx_nlp.scoring.run import Progress, Put, ScoreSummary, score_export, scoring
from cx_nlp.tagger.frames import Scored, score_comments, score_frame

__all__ = [
    "Counts",
    "Progress",
    "Put",
    "ScoreSummary",
    "Scored",
    "score_comments",
    "score_export",
    "score_frame",
    "scoring",
]

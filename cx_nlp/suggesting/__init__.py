"""Which comments of an export to label next."""

from cx_nlp.suggesting.api import suggest_labels
from cx_nlp.suggesting.run import SuggestSummary, suggest_from

__all__ = ["SuggestSummary", "suggest_from", "suggest_labels"]

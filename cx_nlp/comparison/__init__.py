"""Two models on one history: what changes, and how much of a trend is the model's."""

from cx_nlp.comparison.result import Comparison
from cx_nlp.comparison.run import compare

__all__ = ["Comparison", "compare"]

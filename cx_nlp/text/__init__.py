"""Text of comments: normalisation with exact offsets, accent folding, language."""

from cx_nlp.text.accents import fold_accents, lower
from cx_nlp.text.language import Language, detect
from cx_nlp.text.normalise import normalize
from cx_nlp.text.offsets import Normalized

__all__ = ["Language", "Normalized", "detect", "fold_accents", "lower", "normalize"]

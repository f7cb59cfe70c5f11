"""Text of comments: normalisation with exact offsets, accent folding, language."""

from cx_nlp.text.accents import fold_accents, lower
from cx_nlp.text.emoji import TOKENS as _EMOJI_TOKENS
from cx_nlp.text.language import Language, detect
from cx_nlp.text.markup import TOKENS as _MARKUP_TOKENS
from cx_nlp.text.normalise import normalize
from cx_nlp.text.offsets import Normalized

PLACEHOLDERS = frozenset([*_EMOJI_TOKENS.values(), *_MARKUP_TOKENS.values()])
"""The words that normalised text has in place of emoji, addresses and handles."""

__all__ = ["PLACEHOLDERS", "Language", "Normalized", "detect", "fold_accents", "lower", "normalize"]

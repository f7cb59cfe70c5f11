"""Sparse features of clauses and whole comments: word n-grams with negation, accent-free words, characters, neighbours.

Texts are read piece by piece (`reading`), words are looked up as integers (`lexicon`, `grams`), and a batch is gone
through as arrays. Characters are counted once per distinct word and multiplied in as a sparse product, which gives the
counts of scikit-learn's `char_wb` at several times its speed.
"""

from cx_nlp.features.batch import Features
from cx_nlp.features.channel import Channel, Floats
from cx_nlp.features.reading import Reading
from cx_nlp.features.steps import Steps, Weights
from cx_nlp.features.terms import Terms
from cx_nlp.features.tokens import Tokens
from cx_nlp.features.vectoriser import CLAUSE_BLOCKS, COMMENT_BLOCKS, RECIPES, TextFeatures

__all__ = [
    "CLAUSE_BLOCKS",
    "COMMENT_BLOCKS",
    "RECIPES",
    "Channel",
    "Features",
    "Floats",
    "Reading",
    "Steps",
    "Terms",
    "TextFeatures",
    "Tokens",
    "Weights",
]

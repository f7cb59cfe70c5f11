"""Figures from gold and predicted records: F1 by view and label, spans, reliability, intervals, slices."""

from cx_nlp.metrics.classes import class_figures
from cx_nlp.metrics.confusion import NOTHING, confusion
from cx_nlp.metrics.evaluation import Evaluation, Slice
from cx_nlp.metrics.intervals import Figure
from cx_nlp.metrics.labels import MINIMUM_SUPPORT, VIEWS, LabelFigures
from cx_nlp.metrics.mentions import mention_figures
from cx_nlp.metrics.reliability import Bin, Reliability, reliability
from cx_nlp.metrics.slices import DEFAULT_SLICES, Slicer, by_diacritics, by_key, by_language, by_length

__all__ = [
    "DEFAULT_SLICES",
    "MINIMUM_SUPPORT",
    "NOTHING",
    "VIEWS",
    "Bin",
    "Evaluation",
    "Figure",
    "LabelFigures",
    "Reliability",
    "Slice",
    "Slicer",
    "by_diacritics",
    "by_key",
    "by_language",
    "by_length",
    "class_figures",
    "confusion",
    "mention_figures",
    "reliability",
]

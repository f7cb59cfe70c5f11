"""Fit a model on labelled comments, and measure it on comments it has not seen."""

from cx_nlp.training.accurate import Tuning
from cx_nlp.training.curve import LearningCurve, learning_curve
from cx_nlp.training.distilling import distill
from cx_nlp.training.evaluating import evaluate, evaluate_labelled
from cx_nlp.training.label_errors import LabelErrors, find_label_errors
from cx_nlp.training.learning import Trained, train, train_labelled

__all__ = [
    "LabelErrors", "LearningCurve", "Trained", "Tuning", "distill", "evaluate", "evaluate_labelled", "find_label_errors",
    "learning_curve", "train", "train_labelled",
]  # fmt: skip

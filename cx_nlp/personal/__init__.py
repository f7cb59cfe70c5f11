"""Personal data in the text of a comment: found with its kind and place, and masked by a word that keeps the sentence readable."""

from cx_nlp.personal.finding import KINDS, Span, find_personal
from cx_nlp.personal.masking import LABELS, hide, labels_for, mask, mask_slice

__all__ = ["KINDS", "LABELS", "Span", "find_personal", "hide", "labels_for", "mask", "mask_slice"]

"""Dataset shift: whether new comments are like those that a model's figures were measured on."""

from cx_nlp.shift.comparison import compare
from cx_nlp.shift.counting import SAMPLE, ProfileCounter, counted
from cx_nlp.shift.known_words import Everywhere, known_words
from cx_nlp.shift.profile import Profile
from cx_nlp.shift.result import Drift, Part, Shift

__all__ = [
    "SAMPLE",
    "Drift",
    "Everywhere",
    "Part",
    "Profile",
    "ProfileCounter",
    "Shift",
    "compare",
    "counted",
    "known_words",
]

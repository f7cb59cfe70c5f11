"""From the fast tagger's probabilities to its tags."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from made_layout import layout_of

from cx_nlp.tagger.candidates import Candidates
from cx_nlp.tagger.decision import Probabilities
from cx_nlp.tagger.decode import Decoder

CATEGORIES = ("delivery#value", "product#quality", "staff#quality")
POLARITIES = ("negative", "neutral", "positive")
SENTIMENTS = ("mixed", "negative", "neutral", "positive")
BLAME, PRAISE = (0.9, 0.0, 0.1), (0.2, 0.0, 0.8)


class Candidate(NamedTuple):
    """What the one comment of a batch may hold."""

    category: int
    mention: float
    polarity: tuple[float, ...]
    clause: int = 0
    second_clause: int = -1
    second_likely: float = 0.0
    second_polarity: tuple[float, ...] = (1 / 3, 1 / 3, 1 / 3)


def told(*candidates: Candidate, sentiment: str, sure: float = 0.9) -> list[tuple[str, str, int, float]]:
    """Category, polarity, clause and confidence of the mentions, from a threshold of one half on."""
    layout = layout_of(CATEGORIES, POLARITIES, SENTIMENTS)
    columns = [np.array(column) for column in zip(*candidates, strict=True)]
    category, mention, polarity, clause, second_clause, second_likely, second_polarity = columns
    found = Candidates(
        np.zeros(len(candidates), np.intp), category, clause, second_clause, second_likely, np.zeros((len(candidates), 1))
    )  # fmt: skip
    felt = np.where(np.array(SENTIMENTS) == sentiment, sure, (1 - sure) / 3)[None]
    tags = Decoder(layout, np.full(3, 0.5)).tags(
        Probabilities(found, mention, polarity, second_polarity, felt)
    )
    assert SENTIMENTS[tags.sentiment[0]] == sentiment
    said = tags.mentions
    return [
        (CATEGORIES[k], POLARITIES[p], int(c), round(float(sure_of), 4))
        for k, p, c, sure_of in zip(said.category, said.polarity, said.clause, said.confidence, strict=True)
    ]


def test_one_clause_says_of_every_category_what_is_said_of_it() -> None:
    found = told(Candidate(0, 0.9, BLAME), Candidate(2, 0.6, PRAISE), sentiment="mixed")
    assert found == [(CATEGORIES[0], "negative", 0, 0.81), (CATEGORIES[2], "positive", 0, 0.48)]


def test_a_second_clause_that_says_the_opposite_is_told_with_its_own_polarity() -> None:
    both = Candidate(0, 0.8, BLAME, 0, 3, 0.7, PRAISE)
    found = told(both, sentiment="mixed")
    assert found == [(CATEGORIES[0], "negative", 0, 0.72), (CATEGORIES[0], "positive", 3, 0.448)]


@pytest.mark.parametrize(
    "candidate",
    [Candidate(0, 0.8, BLAME, 0, 3, 0.7, BLAME), Candidate(0, 0.8, BLAME, 0, 3, 0.4, PRAISE), Candidate(0, 0.8, BLAME)],
    ids=["says the same", "hardly speaks of it", "is not there"],
)  # fmt: skip
def test_otherwise_a_second_clause_adds_nothing(candidate: Candidate) -> None:
    assert told(candidate, sentiment="negative") == [(CATEGORIES[0], "negative", 0, 0.72)]


def test_a_sentiment_without_its_mention_brings_the_one_that_leans_to_it() -> None:
    likelier, leaning = Candidate(0, 0.45, PRAISE), Candidate(2, 0.35, BLAME, clause=1)
    # The first is nearer to its threshold, but says the opposite.
    assert told(likelier, leaning, sentiment="negative") == [(CATEGORIES[2], "negative", 1, 0.315)]
